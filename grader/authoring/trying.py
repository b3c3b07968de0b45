"""The command `try`: what the check of one item says, line by line, as students will read it."""

import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

from grader import terminal
from grader.audit.audit import Task, namespace_with
from grader.course import banks, outline
from grader.errors import CourseError, unknown
from grader.judging import rendering
from grader.judging.diagnosis import ids_in
from grader.judging.inputs import seed_for
from grader.judging.judge import judge_item
from grader.judging.report import Report
from grader.running.session import InProcess

SOLUTION = "solution"


def try_item(
    sheet: str,
    item: str,
    names: Sequence[str] = (),
    file: Path | None = None,
    seed: str | None = None,
) -> int:
    """Print the reports on the solution, the mistakes and the alternatives of an item.

    names: only these ("solution", or the ids of mistakes and alternatives);
    file: a module with an implementation of the author's own, which is judged instead;
    seed: words that fix the inputs; new inputs without.
    Returns 0 if what is right is accepted and each mistake caught.
    """
    outline.find_item(sheet, item)
    secret = seed or secrets.token_hex(16)
    console = terminal.output()
    good = True
    for task in _chosen(sheet, item, names, file):
        verdict, fine, text = _tried(task, secret)
        good &= fine
        title = f"{task.kind} {task.name}" if task.kind != SOLUTION else SOLUTION
        for words, style in ((f"{title}: {verdict}", "bold"), (f"{text}\n", "")):
            console.print(words, style=style, markup=False, highlight=False, soft_wrap=True)
    return 0 if good else 1


def _chosen(sheet: str, item: str, names: Sequence[str], file: Path | None) -> list[Task]:
    if file is not None:
        return [Task(sheet, item, "file", str(file), _text(file))]
    tasks = list(_tasks(sheet, item))
    known = list(dict.fromkeys(task.name for task in tasks))
    for name in names:
        if name not in known:
            raise unknown(f"{item} has nothing named {name!r}.", name, known, "It has")
    return [task for task in tasks if task.name in names or not names]


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{file} cannot be read: {error}") from error


def _tasks(sheet: str, item: str) -> Iterator[Task]:
    yield Task(sheet, item, SOLUTION, SOLUTION)
    for kind, part in (("alternative", "alternatives"), ("mistake", "mistakes")):
        for name in banks.named_by_item(banks.module(sheet, part), item):
            yield Task(sheet, item, kind, name)


def _tried(task: Task, secret: str) -> tuple[str, bool, str]:
    """The verdict on an implementation in words, whether it is the expected one, the report."""
    try:
        namespace = namespace_with(task)
    except Exception as error:
        words = f"its definition fails with {type(error).__name__}: {error}"
        return words, False, ""
    seed = seed_for(secret, task.sheet, task.item)
    item = outline.items(task.sheet)[task.item]
    report = judge_item(InProcess(namespace), task.sheet, item, seed)
    return *_verdict(task, report), rendering.text(report)


def _verdict(task: Task, report: Report) -> tuple[str, bool]:
    if report.trouble:
        return f"THE CHECK ITSELF FAILS: {report.trouble}", False
    if task.kind != "mistake":
        return ("accepted" if report.passed else "NOT ACCEPTED"), report.passed
    if report.passed:
        return "NOT CAUGHT", False
    named = [line.mistake for line in report.failed_lines if line.mistake]
    if any(task.name in ids_in(name) for name in named):
        return "caught and named", True
    return f"caught, but taken for {named[0]}" if named else "caught, but not named", True
