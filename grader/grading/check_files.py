"""Plain modules of student code, judged without a notebook: `python -m grader check`."""

import ast
import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from grader.course import banks, outline
from grader.errors import CourseError
from grader.grading import given
from grader.judging.inputs import seed_for
from grader.judging.judge import judge_item
from grader.judging.report import Line, Report
from grader.running.session import PlainProcess, Stopped

LOAD_SECONDS = 30.0  # of work: see `budget`
FRAMEWORKS = {"torch", "tensorflow"}
LATE = {"torch": ["torch._dynamo"]}  # imported with the first optimizer, which takes a second
MAX_TRIES = 40  # at joining lines to something that parses
UNDEFINED = re.compile(r"NameError: name '(\w+)' is not defined")
TRIPLE_QUOTES = ('"""', "'''")
FUTURE = re.compile(r"^from __future__ import [^\n]*\bannotations\b", re.MULTILINE)


def check_file(
    file: Path, sheet: str, secret: str, only: list[str] | None = None
) -> Iterator[Report]:
    """Judge a module's items one after another, in a process of the module's own.

    Raises CourseError if the file cannot be read or an item of `only` does not exist.
    """
    items = outline.items(sheet)
    for name in only or ():
        outline.find_item(sheet, name)
    source = read_text(file)
    frameworks = _frameworks(banks.bank(sheet))
    with PlainProcess() as process:
        _import(process, frameworks)
        broken = _load(process, source, str(file))
        process.fill_in(given.imports(sheet))  # of which one may have failed, or all be missing
        for item in items.values():
            if only and item.name not in only:
                continue
            with process.item():
                report = judge_item(process, sheet, item, seed_for(secret, sheet, item.name))
            failures = [broken[answer] for answer in item.answers if answer in broken]
            yield _explain(report, failures[0] if failures else None, broken)


def _frameworks(bank: banks.Bank) -> set[str]:
    """The frameworks that a sheet's checks and references import."""
    values = [*vars(bank.reference).values(), *vars(bank.checks).values()]
    return {value.__name__ for value in values if isinstance(value, ModuleType)} & FRAMEWORKS


def _import(process: PlainProcess, names: set[str]) -> None:
    """Import what the checks need, so that no call of the student's has to wait for it."""
    for name in [part for one in sorted(names) for part in (one, *LATE.get(one, ()))]:
        source = f"__import__({name!r})\n"
        with suppress(Stopped):  # then the student's own import says so
            process.load({"source": source, "file": "<imports>", "first_line": 1, "future": ""})


def read_text(file: Path) -> str:
    """A module's text, also where an editor saved it with a BOM or not as UTF-8."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CourseError(f"{file} cannot be read: {error.strerror}.") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _load(process: PlainProcess, source: str, file: str) -> dict[str, str]:
    """Load a module piece by piece; what failed, by the name that is missing for it."""
    broken = {}
    future = "from __future__ import annotations\n" if FUTURE.search(source) else ""
    for first_line, piece in pieces(source):
        request = {"source": piece, "file": file, "first_line": first_line, "future": future}
        try:
            reply = process.load(request, LOAD_SECONDS)
        except Stopped as stopped:
            reply = {"status": "error", "bases": ["Stopped"], "message": str(stopped), "where": ""}
        if reply["status"] != "ok":
            where = f" ({reply['where']})" if reply.get("where") else f" (from line {first_line})"
            words = f"{reply['bases'][0]}: {reply['message']}{where}"
            names = outline.functions_in(piece) | outline.variables_in(piece)
            for name in names | given.imported(piece):
                broken[name] = words
    return broken


def pieces(source: str) -> Iterator[tuple[int, str]]:
    """The top-level statements of a module with their first lines, as if each were a cell.

    A statement that fails takes nothing with it but itself. Where the file does not parse, it is
    cut where a line starts in the first column, and what does not parse alone is joined with the
    next parts as long as that helps.
    """
    lines = list(io.StringIO(source, newline=""))  # as Python counts them: no other line ends
    if not _problem(source):
        starts = _starts(ast.parse(source).body)
        for start, after in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
            yield start, "".join(lines[start - 1 : after - 1])
        return
    chunks = _chunks(lines)
    position = 0
    while position < len(chunks):
        piece, length = _completed([text for _, text in chunks[position:]])
        yield chunks[position][0], piece
        position += length


def _completed(chunks: list[str]) -> tuple[str, int]:
    """The first chunk with as many of the next as it takes to parse; how many these are.

    If it never does, the first one alone. Inside a text in triple quotes, which may be long, only
    a chunk that could end it is worth a try.
    """
    joined, tries, in_text = "", 0, False
    for length, chunk in enumerate(chunks, 1):
        joined += chunk
        if in_text and not any(quotes in chunk for quotes in TRIPLE_QUOTES):
            continue
        problem = _problem(joined)
        if not problem:
            return joined, length
        in_text = problem.startswith("unterminated triple-quoted string")
        tries += 1
        if tries == MAX_TRIES:
            break
    return chunks[0], 1


def _starts(statements: list[ast.stmt]) -> list[int]:
    """The first lines of statements; what begins on the last line of another belongs to it."""
    starts, end = [], 0
    for node in statements:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        if first > end:
            starts.append(first)
        end = node.end_lineno or first
    return starts


def _chunks(lines: list[str]) -> list[tuple[int, str]]:
    """Runs of lines that start in the first column; decorators stay with what they decorate."""
    chunks: list[tuple[int, str]] = []
    decorating = False
    for number, line in enumerate(lines, 1):
        goes_on = line[:1] in set(" \t\r\n)]}#") or line.startswith(CONTINUING)
        if chunks and (goes_on or decorating):
            chunks[-1] = (chunks[-1][0], chunks[-1][1] + line)
        else:
            chunks.append((number, line))
        if not goes_on:
            decorating = line.startswith("@")
    return chunks


CONTINUING = ("else", "elif", "except", "finally")


def _problem(source: str) -> str:
    """Why a piece of code does not parse; empty if it does."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error.msg
    except (ValueError, RecursionError, MemoryError) as error:
        return type(error).__name__
    return ""


def _explain(report: Report, failure: str | None, broken: dict[str, str]) -> Report:
    """Where an item is missing because its definition failed, say that instead.

    And where it lacks a name because an import failed, say that too.
    """
    if failure is None:
        lines = tuple(
            replace(line, message=_with_cause(line.message, broken)) for line in report.lines
        )
        return replace(report, lines=lines)
    if report.score > 0:
        return report
    lines = tuple(
        replace(line, message=f"Its definition fails with {failure}")
        if line.core and not line.passed
        else line
        for line in report.lines
    )
    return replace(report, lines=lines or (Line("runs", False),))


def _with_cause(message: str, broken: dict[str, str]) -> str:
    missing = UNDEFINED.search(message)
    if missing is None or missing[1] not in broken:
        return message
    return f"{message} {missing[1]} is missing because of {broken[missing[1]]}"
