"""Answers that stand in another place than the cell for them, and code that cannot work.

A written answer is taken from the cells around its own, where that was left as it was: below it,
above it, in the question's cell, as comments or plain words in a code cell. So a person gets to
see it, and nobody gets a zero that nobody decided on.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable

from grader.intake.cells import Cells, Given, Specs, StudentCell
from grader.intake.texts import normal, tell

ENOUGH = 30  # characters of a text beside a code cell that may be meant as its answer
MAX_CODE = 20_000  # characters of a cell that are looked at as code
KEEP_NOTHING = re.compile(r"%%(timeit|writefile|file|bash|sh|script|html|latex|markdown|prun)\b")
DEBUGGER = re.compile(r"^[^#\n]*\b(set_trace|breakpoint)\(", re.MULTILINE)
NOT_PYTHON = re.compile(r"^([ \t]*)(?:[%!][^\n]*|[\w.]+\?{1,2}[ \t]*$)", re.MULTILINE)
ASSIGNED = re.compile(r"^([ \t]*\w+[ \t]*=)[ \t]*[%!][^\n]*", re.MULTILINE)


def with_answers(cells: Cells, specs: Specs, given: Given, notes: list[str]) -> Cells:
    """The cells, each written answer in its own; a text beside unwritten code is noted."""
    taken: list[str] = []
    unread: list[str] = []
    for spec in (spec for spec in specs if spec.solution):
        at = next(i for i, cell in enumerate(cells) if cell.spec is spec)
        if cells[at].text not in spec.unwritten:
            continue
        if cells[at].text:  # the same, but for blanks: as it was released, or it counts as written
            cells[at].source = spec.source
        around = _around(cells, at, given)
        if spec.is_definition:
            text = sum(len(_prose(cell)) for cell in around)
            unread += [spec.grade_id] if text >= ENOUGH else []
        else:
            question = given.questions.get(spec.grade_id, "")
            used = _take(cells[at], around, question)
            taken += [spec.grade_id] if used else []
            cells = [cell for cell in cells if not any(cell is one for one in used) or cell.source]
    words = "was left as it was; what stood around it was taken as the answer"
    tell(notes, words, words.replace("was left as it was", "were left as they were"), taken)
    words = "was left as it was, and text beside it is not judged"
    tell(notes, words, words.replace("was left as it was", "were left as they were"), unread)
    return cells


def _around(cells: Cells, at: int, given: Given) -> Cells:
    """The cells of the student's own above and below a cell, up to the sheet's next one.

    Where a cell was put back, nobody knows its place exactly: up to the next graded one.
    """

    def ends(cell: StudentCell) -> bool:
        return cell.spec is not None or (given.holds(cell) and not cells[at].put_back)

    first, last = at, at + 1
    while first > 0 and not ends(cells[first - 1]):
        first -= 1
    while last < len(cells) and not ends(cells[last]):
        last += 1
    return [cell for cell in cells[first:at] + cells[at + 1 : last] if not given.holds(cell)]


def _take(answer: StudentCell, around: Cells, question: str) -> Cells:
    """Put what stands around an answer's cell into it; the cells that are used up.

    A changed question gets its own text back.
    """
    used = []
    texts = []
    for cell in around:
        text = _prose(cell)
        if question and _resembles(text, question):
            text = _added(text, question)
            left = question
        else:
            left = ""
        if text:
            texts.append(_with_pictures_of(cell, text, answer))
            cell.source = left
            used.append(cell)
    if texts:
        answer.source = "\n\n".join(texts)
    return used


def _with_pictures_of(cell: StudentCell, text: str, answer: StudentCell) -> str:
    """Give the answer a cell's pictures; the text with the names that they have there."""
    for name, bundle in cell.attachments.items():
        new = name
        while answer.attachments.get(new, bundle) != bundle:
            new = f"{len(answer.attachments) + 1}-{new}"
        text = text.replace(f"(attachment:{name})", f"(attachment:{new})")
        answer.attachments[new] = bundle
    return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _resembles(text: str, question: str) -> bool:
    """Whether a text is the question with something written into it."""
    there = set(_lines(text))
    wanted = _lines(question)
    return 2 * sum(line in there for line in wanted) > len(wanted)


def _added(text: str, question: str) -> str:
    """What a text has and the question has not; also words behind one of its lines."""
    known = set(_lines(question))
    return "\n".join(line for line in text.split("\n") if line.strip() not in known).strip()


def _prose(cell: StudentCell) -> str:
    """The words of a cell: a text, or code that is nothing but comments, strings or no code."""
    if cell.cell_type != "code":
        return normal(cell.source)
    source = cell.source
    if len(source) > MAX_CODE or not source.strip():
        return ""
    if _problem(source):
        return "" if cell.names or source.lstrip().startswith(("%", "!")) else source.strip()
    if not _syntax_error(source) and all(map(_is_words, ast.parse(source).body)):
        return "\n".join(_words(source)).strip()
    return ""


def _is_words(statement: ast.stmt) -> bool:
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "print":
        return bool(value.args) and all(_is_text(argument) for argument in value.args)
    return isinstance(statement, ast.Expr | ast.Assign) and _is_text(value)


def _is_text(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def _words(source: str) -> Iterable[str]:
    """The comments and strings of some code."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield token.string.lstrip("#").strip()
            elif token.type == tokenize.STRING:
                yield str(ast.literal_eval(token.string)).strip()
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def code_notes(cells: Cells) -> list[str]:
    """Why code in a solution cell cannot work, where its item's report could not say so."""
    notes = []
    for cell in cells:
        if cell.spec and cell.spec.is_definition and cell.text not in cell.spec.unwritten:
            notes += [f"The cell {cell.spec.grade_id} {why}." for why in _troubles(cell.source)]
    return notes


def _troubles(source: str) -> Iterable[str]:
    magic = KEEP_NOTHING.match(source.lstrip())
    if magic:
        yield f"starts with %%{magic[1]}, so nothing that it defines is kept"
    elif len(source) <= MAX_CODE:
        problem = _problem(source)
        if problem:
            yield f"is not Python ({problem})"
    if DEBUGGER.search(source[:MAX_CODE]):
        yield "still calls a debugger"


def _problem(source: str) -> str:
    """Why some code is no Python, also without what only IPython understands; empty if it is."""
    without_magics = ASSIGNED.sub(r"\1 None", NOT_PYTHON.sub(r"\1pass", source))
    return _syntax_error(source) and _syntax_error(without_magics)


def _syntax_error(source: str) -> str:
    try:
        ast.parse(source)
    except SyntaxError as error:
        return f"line {error.lineno}: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        return type(error).__name__
    return ""
