"""The command line: `python -m grader COMMAND`.

What a command needs is imported when it runs: nbgrader alone costs seconds.
"""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from grader.course import layout
from grader.errors import CourseError, unknown


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(argv)
    try:
        return options.run(options)
    except CourseError as error:
        print(f"grader: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("grader: stopped; what is finished is kept, the next run goes on.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # whoever reads the output has seen enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m grader",
        description="Grade submissions; write, measure and release sheets.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (
        *(_add_collect, _add_grade, _add_handout, _add_check, _add_release, _add_solutions),
        *(_add_samples, _add_new, _add_lint, _add_try, _add_audit, _add_needed),
    ):
        add(commands)
    return parser


def _add(
    commands: Any, name: str, run: Any, words: str, some_sheets: bool = False, ends: str = ""
) -> Any:
    """A command of its own; some_sheets: it takes any number of them; ends: its exit codes."""
    description = f"{words[0].upper()}{words[1:]}."
    epilog = f"exit codes: {ends}" if ends else None
    command = commands.add_parser(name, help=words, description=description, epilog=epilog)
    command.set_defaults(run=run)
    if some_sheets:
        command.add_argument("sheets", nargs="*", metavar="SHEET", help="default: all sheets")
    return command


def _add_isolation(command: Any) -> None:
    words = (
        "what must separate student code from this machine; default: auto, the strongest that it "
        "offers. required: full, or nothing is graded"
    )
    levels = ("auto", "required", "full", "restricted", "none")
    command.add_argument("--isolation", choices=levels, metavar="LEVEL", help=words)


def _choose_isolation(choice: str | None) -> None:
    """The level for this run, whatever the environment and nbgrader_config.py say."""
    from grader.running import sandbox

    if choice is not None:
        os.environ[sandbox.VARIABLE] = choice


def _isolation() -> str:
    """What holds, in words. Raises CourseError where the level cannot be had."""
    from grader.running import sandbox

    return sandbox.announcement(layout.PACKAGES)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not at least 1")
    return number


def _chosen(sheets: list[str]) -> list[str]:
    return [layout.find_sheet(name) for name in sheets] or layout.sheets()


# --- in and out of learning platforms


def _add_collect(commands: Any) -> None:
    words = "take over what a learning platform collected, after showing it"
    ends = (
        "0 all was taken, or was there already; 1 the table has hand-ins that are not taken (the "
        "others are), or nobody agreed and nothing was written; 2 the download, the worksheet, the "
        "roster or teams.csv cannot be used"
    )
    collect = _add(commands, "collect", _collect, words, ends=ends)
    collect.add_argument("sheet", metavar="SHEET")
    collect.add_argument("source", type=Path, metavar="DOWNLOAD", help="a zip, or a folder")
    words = "ilias, moodle, canvas, brightspace or folder; default: found out from the names"
    collect.add_argument("--from", dest="platform", default="", metavar="PLATFORM", help=words)
    words = "such as 2026-11-10T12:00; default: the due date in the gradebook"
    collect.add_argument("--deadline", default="", metavar="TIME", help=words)
    words = "Moodle's grading worksheet, for addresses and times"
    collect.add_argument("--worksheet", type=Path, metavar="FILE", help=words)
    collect.add_argument("--yes", action="store_true", help="write it without asking")
    words = "also replace hand-ins of which nobody knows whether they are older"
    collect.add_argument("--replace", action="store_true", help=words)


def _collect(options: argparse.Namespace) -> int:
    from grader.exchange import collect

    if options.platform and options.platform not in collect.PLATFORMS:
        lead = "The platforms are"
        problem = f"There is no platform {options.platform!r}."
        raise unknown(problem, options.platform, collect.PLATFORMS, lead)
    return collect.collect(
        layout.find_sheet(options.sheet),
        options.source,
        options.platform,
        options.deadline,
        options.worksheet,
        options.yes,
        options.replace,
    )


def _add_handout(commands: Any) -> None:
    words = "make the feedback zip and the grade file that a learning platform takes"
    ends = (
        "0 both files are written, whatever the lines with ! say; 2 there are no grades, the sheet "
        "was not collected from there, or FILE cannot be used, and nothing was written"
    )
    out = _add(commands, "handout", _handout, words, ends=ends)
    out.add_argument("sheet", metavar="SHEET")
    names = ("ilias", "moodle", "canvas", "brightspace")
    out.add_argument("--for", dest="platform", required=True, choices=names)
    words = "what the grade is called there; default: the sheet's name"
    out.add_argument("--column", default="", metavar="NAME", help=words)
    words = "the platform's own grade file: the points go into a copy of it"
    out.add_argument("--into", type=Path, metavar="FILE", help=words)


def _handout(options: argparse.Namespace) -> int:
    from grader.exchange.handout import handout

    sheet = layout.find_sheet(options.sheet)
    return handout(sheet, options.platform, options.column, options.into)


# --- grading


def _add_grade(commands: Any) -> None:
    grade = _add(commands, "grade", _grade, "grade submissions, many at a time", True)
    grade.add_argument("--student", default="*", metavar="GLOB", help="only these (or teams)")
    grade.add_argument("--jobs", type=_positive, metavar="N", help="default: one per core")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="a dask scheduler, tcp://host:8786")
    grade.add_argument("--force", action="store_true", help="grade again what is graded already")
    grade.add_argument("--outdated", action="store_true", help="and what older checks judged")
    words = "also given cells that no answer and no check needs, see `needed`"
    grade.add_argument("--run-everything", action="store_true", help=words)
    _add_isolation(grade)


def _grade(options: argparse.Namespace) -> int:
    from grader.grading import needed, pool

    sheets = _chosen(options.sheets)
    if options.scheduler is None:  # while this process imports the rest
        pool.prepare(sheet for sheet in sheets if any(layout.SUBMITTED.glob(f"*/{sheet}")))
    from grader.grading.batch import grade
    from grader.records.gradebook import config

    _choose_isolation(options.isolation)
    if options.run_everything:
        needed.run_everything()
    config()  # which may demand a level too
    print(f"Isolation:     {_isolation()}", flush=True)
    return grade(
        sheets,
        student=options.student,
        jobs=options.jobs,
        scheduler=options.scheduler,
        force=options.force,
        outdated=options.outdated,
    )


def _add_check(commands: Any) -> None:
    check = _add(commands, "check", _check, "judge plain files of student functions")
    check.add_argument("sheet", metavar="SHEET")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.add_argument("--only", action="append", metavar="ITEM", help="may be repeated")
    check.add_argument("--json", action="store_true", help="one line of JSON per file")
    check.add_argument("--seed", metavar="WORDS", help="the same inputs every time")
    _add_isolation(check)


def _check(options: argparse.Namespace) -> int:
    from grader.grading.check_files import check_file
    from grader.judging import rendering

    layout.find_sheet(options.sheet)
    _choose_isolation(options.isolation)
    print(f"Isolation: {_isolation()}", file=sys.stderr)
    secret = options.seed or secrets.token_hex(16)
    code = 0
    for file in options.files:
        try:
            reports = list(check_file(file, options.sheet, secret, options.only))
        except CourseError as error:
            print(f"grader: {error}", file=sys.stderr)
            code = 2
            continue
        if options.json:
            items = [report.as_dict() for report in reports]
            print(json.dumps({"file": str(file), "sheet": options.sheet, "items": items}))
        else:
            print(rendering.file_text(file, reports))
        for report in reports:
            if report.trouble:
                words = f"{report.item}: the check itself failed ({report.trouble})"
                print(f"grader: {file}: {words}", file=sys.stderr)
                code = 2
    return code


# --- what is made from source/


def _add_release(commands: Any) -> None:
    words = "make release/ and the zips for students, after a look at the solution"
    release = _add(commands, "release", _release, words, True)
    release.add_argument("--if-needed", action="store_true", help="only sheets that changed")
    release.add_argument("--change", action="store_true", help="also cells of a graded sheet")


def _release(options: argparse.Namespace) -> int:
    from grader.authoring.release import release
    from grader.records import copies

    copies.prepare()
    return release(_chosen(options.sheets), options.if_needed, options.change)


def _add_solutions(commands: Any) -> None:
    _add(commands, "solutions", _solutions, "make solutions/, executed in full", True)


def _solutions(options: argparse.Namespace) -> int:
    from grader.authoring.release import solutions
    from grader.records import copies

    copies.prepare()
    return solutions(_chosen(options.sheets))


def _add_samples(commands: Any) -> None:
    _add(commands, "samples", _samples, "write the sample submissions to submitted/", True)


def _samples(options: argparse.Namespace) -> int:
    from grader.authoring.samples import samples

    return samples(_chosen(options.sheets))


# --- for authors of sheets


def _add_new(commands: Any) -> None:
    new = _add(commands, "new", _new, "make a new sheet with one worked item and one text")
    new.add_argument("sheet", metavar="SHEET", help="its name, such as sheet9_topic")


def _new(options: argparse.Namespace) -> int:
    from grader.authoring.scaffold import new

    return new(options.sheet)


def _add_lint(commands: Any) -> None:
    _add(commands, "lint", _lint, "say what a sheet still lacks, without running it", True)


def _lint(options: argparse.Namespace) -> int:
    from grader.authoring.lint import lint

    return lint(_chosen(options.sheets))


def _add_try(commands: Any) -> None:
    words = "show what the check of an item says of the solution, mistakes and alternatives"
    attempt = _add(commands, "try", _try, words)
    attempt.add_argument("sheet", metavar="SHEET")
    attempt.add_argument("item", metavar="ITEM")
    attempt.add_argument(
        "names", nargs="*", metavar="NAME", help="only these mistakes, alternatives, or: solution"
    )
    attempt.add_argument("--file", type=Path, help="judge your own code in this file instead")
    attempt.add_argument("--seed", metavar="WORDS", help="the same inputs every time")


def _try(options: argparse.Namespace) -> int:
    from grader.authoring.trying import try_item

    sheet = layout.find_sheet(options.sheet)
    return try_item(sheet, options.item, options.names, options.file, options.seed)


def _add_audit(commands: Any) -> None:
    audit = _add(commands, "audit", _audit, "measure the checks of a sheet", True)
    audit.add_argument("--only", action="append", metavar="ITEM", help="may be repeated")
    audit.add_argument("--json", action="store_true", help="the figures as JSON")
    audit.add_argument("--jobs", type=_positive, metavar="N", help="default: one per core")
    words = "judge right answers and mistakes with the inputs of N seeds; default: 20"
    audit.add_argument("--seeds", type=_positive, metavar="N", help=words)
    words = "how far right answers stay from every threshold, over N draws"
    audit.add_argument("--margins", type=_positive, metavar="N", default=0, help=words)


def _audit(options: argparse.Namespace) -> int:
    from grader.audit.audit import SEEDS
    from grader.audit.command import audit

    chosen, only, seeds = _chosen(options.sheets), options.only or (), options.seeds or SEEDS
    return audit(chosen, options.json, options.jobs, only, options.margins, seeds)


def _add_needed(commands: Any) -> None:
    words = "say which given cells of a sheet run in grading, and why"
    _add(commands, "needed", _needed, words, True)


def _needed(options: argparse.Namespace) -> int:
    from grader.grading import needed

    for sheet in _chosen(options.sheets):
        needed.show(sheet)
    return 0


if __name__ == "__main__":
    sys.exit(main())
