"""The command line: `python -m grader COMMAND`.

What a command needs is imported when it runs: nbgrader alone costs seconds.
"""

import argparse
import json
import os
import secrets
import sys
from pathlib import Path

from grader.course import layout
from grader.errors import CourseError


def main(argv: list[str] | None = None) -> int:
    """Run one command; its exit code."""
    options = _parser().parse_args(argv)
    try:
        return options.run(options)
    except CourseError as error:
        print(f"grader: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("grader: stopped; what was graded before is kept.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m grader",
        description="Release sheets, grade submissions, measure the checks.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    grade = commands.add_parser("grade", help="grade submissions, many at a time")
    grade.add_argument("sheets", nargs="*", metavar="SHEET", help="default: all")
    grade.add_argument("--student", default="*", metavar="GLOB", help="only these (or teams)")
    grade.add_argument("--jobs", type=_positive, metavar="N", help="default: one per core")
    grade.add_argument("--scheduler", metavar="ADDRESS", help="a dask scheduler, tcp://host:8786")
    grade.add_argument("--force", action="store_true", help="grade anew what is graded already")
    _add_isolation(grade)
    grade.set_defaults(run=_grade)

    check = commands.add_parser("check", help="judge plain modules of student functions")
    check.add_argument("sheet", metavar="SHEET")
    check.add_argument("files", nargs="+", type=Path, metavar="FILE")
    check.add_argument("--only", action="append", metavar="ITEM", help="may be repeated")
    check.add_argument("--json", action="store_true", help="one line of JSON per file")
    check.add_argument("--seed", metavar="WORDS", help="the same inputs every time")
    _add_isolation(check)
    check.set_defaults(run=_check)

    audit = commands.add_parser("audit", help="measure the checks of a sheet")
    audit.add_argument("sheets", nargs="*", metavar="SHEET", help="default: all")
    audit.add_argument("--json", action="store_true", help="the figures as JSON")
    audit.add_argument("--jobs", type=_positive, metavar="N", help="default: one per core")
    audit.set_defaults(run=_audit)

    release = commands.add_parser("release", help="make release/ and the zips for students")
    release.add_argument("sheets", nargs="*", metavar="SHEET", help="default: all")
    release.add_argument("--if-needed", action="store_true", help="only sheets that changed")
    release.set_defaults(run=_release)

    solutions = commands.add_parser("solutions", help="make solutions/, executed in full")
    solutions.add_argument("sheets", nargs="*", metavar="SHEET", help="default: all")
    solutions.set_defaults(run=_solutions)
    return parser


def _add_isolation(command: argparse.ArgumentParser) -> None:
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


def _grade(options: argparse.Namespace) -> int:
    from grader.grading.batch import grade
    from grader.records.gradebook import config

    _choose_isolation(options.isolation)
    config()  # which may demand a level too
    print(f"Isolation:     {_isolation()}", flush=True)
    return grade(
        _chosen(options.sheets),
        student=options.student,
        jobs=options.jobs,
        scheduler=options.scheduler,
        force=options.force,
    )


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
    return code


def _audit(options: argparse.Namespace) -> int:
    from grader.audit.audit import audit

    return audit(_chosen(options.sheets), as_json=options.json, jobs=options.jobs)


def _release(options: argparse.Namespace) -> int:
    from grader.authoring.release import release

    return release(_chosen(options.sheets), if_needed=options.if_needed)


def _solutions(options: argparse.Namespace) -> int:
    from grader.authoring.release import solutions

    return solutions(_chosen(options.sheets))


if __name__ == "__main__":
    sys.exit(main())
