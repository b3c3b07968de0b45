"""What a source notebook says of its sheet: items, points, answers, given cells."""

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import nbformat

from grader.course import frame, layout, names
from grader.errors import CourseError, unknown

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
HIDDEN = re.compile(rf"^{BEGIN_HIDDEN}.*?^{END_HIDDEN}[^\n]*\n?", re.MULTILINE | re.DOTALL)
FUNCTION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
VARIABLE = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
RUBRIC = "**Rubric**"  # what begins the rubric in a text item's solution region
SOLUTION_REGION = re.compile(
    r"^[^\n]*### BEGIN SOLUTION[^\n]*\n(.*?)^[^\n]*### END SOLUTION[^\n]*$",
    re.MULTILINE | re.DOTALL,
)

HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t]*$|^\*\*(.+?)\*\*", re.MULTILINE)
POINTS = re.compile(r"[ \t]*\([^()]*\bpoints?\b[^()]*\)[ \t.]*$")  # at the end of a heading


@dataclass(frozen=True)
class Title:
    """What a graded cell is called where people read of it.

    name: the heading above it, or the words in bold that begin its question, without the points;
    part: the heading of the part of the sheet that it belongs to; empty where there is none.
    """

    name: str
    part: str


@dataclass(frozen=True)
class Item:
    """A judged item.

    name: what `judge("…")` in its test cell calls it;
    points: the most it can earn;
    grade_id: the id of its test cell;
    answer: the name under which the student defines it; empty means the item's own;
    other_functions: the other functions that are judged in this item.
    """

    name: str
    points: float
    grade_id: str
    answer: str = ""
    other_functions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer", self.answer or self.name)

    @property
    def answers(self) -> tuple[str, ...]:
        """All names that the student defines for it."""
        return (self.answer, *self.other_functions)

    def replaced_by(self, name: str) -> str:
        """The function that a mistake or an alternative replaces.

        name: as in `<item>__<name>`; for one of the other functions, `<other>__<name>`.
        """
        return next(
            (other for other in self.other_functions if name.startswith(f"{other}__")), self.answer
        )


@dataclass(frozen=True)
class JudgeCall:
    """A call `judge("item")` in a hidden region.

    item: the name of the item;
    sheet: the sheet that the call names, else empty.
    """

    item: str
    sheet: str = ""


@cache
def read_source(sheet: str) -> nbformat.NotebookNode:
    """The source notebook; treat as read-only. CourseError if it cannot be read."""
    file = layout.source_notebook(sheet)
    try:
        return nbformat.read(file, as_version=4)
    except ValueError as error:
        problem = str(error).partition("\n")[0][:200]
        raise CourseError(f"source/{sheet}/{file.name} is no notebook: {problem}") from error


def handed_out(sheet: str) -> nbformat.NotebookNode:
    """The notebook as students get it, but with its solutions and hidden tests; a new copy."""
    notebook = copy.deepcopy(read_source(sheet))
    judged = {item.grade_id: (item.name, item.points) for item in items(sheet).values()}
    frame.framed(notebook, sheet, layout.source_notebook(sheet).name, judged)
    return notebook


def given_cells(sheet: str) -> tuple[nbformat.NotebookNode, ...]:
    """The cells that students get and need not change, in order; those of source/ come after them.

    What older releases handed out is as source/ has it.
    """
    found = [*handed_out(sheet).cells, *read_source(sheet).cells]
    return tuple(cell for cell in found if "nbgrader" not in cell.metadata)


def graded_cells(sheet: str) -> dict[str, nbformat.NotebookNode]:
    """The source notebook's cells that nbgrader knows, by grade id, in order."""
    cells = read_source(sheet).cells
    return {c.metadata.nbgrader.grade_id: c for c in cells if "nbgrader" in c.metadata}


def sheet_title(sheet: str) -> str:
    """The first heading of the sheet; its name where it has none."""
    texts = [c.source for c in read_source(sheet).cells if c.cell_type == "markdown"]
    found = (match[2] for text in texts for match in HEADING.finditer(text) if match[1] == "#")
    return next(found, sheet)


def titles(sheet: str) -> dict[str, Title]:
    """The titles of all cells that earn points, by grade id, in the notebook's order."""
    found: dict[str, Title] = {}
    part, above = "", []
    for cell in read_source(sheet).cells:
        meta = cell.metadata.get("nbgrader", {})
        if not meta and cell.cell_type == "markdown":
            headings = list(HEADING.finditer(cell.source))
            part = next((h[2] for h in reversed(headings) if h[1] == "##"), part)
            above += [h for h in headings if h[1] not in ("#", "##")]
        if meta.get("grade"):
            found[meta.grade_id] = Title(_heading(above, meta.grade_id), part)
            above = []
    names_given = [title.name for title in found.values()]
    return {
        grade_id: title
        if names_given.count(title.name) == 1
        else replace(title, name=f"{title.name} ({grade_id})")
        for grade_id, title in found.items()
    }


def _heading(above: list[re.Match], grade_id: str) -> str:
    """The last heading that names points, else the last one of all; the id where there is none."""
    words = [heading[2] or heading[3] for heading in above]
    with_points = [word for word in words if POINTS.search(word)]
    chosen = (with_points or [h[2] for h in above if h[2]] or words or [grade_id])[-1]
    return POINTS.sub("", chosen).rstrip(".")


def items(sheet: str) -> dict[str, Item]:
    """The automatically judged items of a sheet, by name, in the notebook's order."""
    found = {}
    solutions, judged = [""], True  # the last solution cells above; whether a test came since
    for grade_id, cell in graded_cells(sheet).items():
        name = judged_item(cell.source)
        if name is not None:
            points = float(cell.metadata.nbgrader.points)
            found[name] = Item(name, points, grade_id, *_answers(name, solutions))
            judged = True
        elif cell.cell_type == "code" and cell.metadata.nbgrader.solution:
            solutions, judged = [*([] if judged else solutions), cell.source], False
    return _without_doubles(found)


def find_item(sheet: str, name: str) -> Item:
    """The item of that name; CourseError with the known names for any other."""
    known = items(sheet)
    if name not in known:
        raise unknown(f"{sheet} has no item {name!r}.", name, known, "It has")
    return known[name]


def _answers(item: str, solutions: list[str]) -> tuple[str, tuple[str, ...]]:
    """The name that solution cells give to an item, and the other functions in them.

    The name: the item's own, or that of the last cell's first function.
    """
    functions = [name for source in solutions for name in FUNCTION.findall(source)]
    last = FUNCTION.findall(solutions[-1])
    variables = {name for source in solutions for name in variables_in(source)}
    answer = last[0] if last and item not in {*functions, *variables} else item
    return answer, tuple(name for name in functions if name != answer)


def _without_doubles(found: dict[str, Item]) -> dict[str, Item]:
    """The same where no item has another one's answer among its other functions."""
    answers = {item.answer for item in found.values()}
    return {
        name: replace(
            item, other_functions=tuple(o for o in item.other_functions if o not in answers)
        )
        for name, item in found.items()
    }


@lru_cache(1024)
def judged_item(source: str) -> str | None:
    """The name of the item that a test cell judges in its hidden region, if it judges one."""
    calls = judge_calls(source)
    return calls[0].item if calls else None


def judge_calls(source: str) -> list[JudgeCall]:
    """The calls of `judge` in the hidden regions of a test cell, however they are spelled."""
    trees = [names.parsed(region) for region in HIDDEN.findall(source)]
    return [call for tree in trees if tree for call in _judge_calls(tree)]


def _judge_calls(tree: ast.Module) -> Iterator[JudgeCall]:
    spellings = _names_of_judge(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in spellings:
            arguments = dict(zip(("item", "sheet"), node.args, strict=False))
            arguments |= {word.arg: word.value for word in node.keywords if word.arg}
            texts = {
                name: value.value
                for name, value in arguments.items()
                if isinstance(value, ast.Constant) and isinstance(value.value, str)
            }
            if "item" in texts:
                yield JudgeCall(texts["item"], texts.get("sheet", ""))


def _names_of_judge(tree: ast.Module) -> set[str]:
    """What `grader.judge` is called in a piece of code; it may have been imported before."""
    found = {"judge", "grader.judge"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "grader":
            found |= {alias.asname or alias.name for alias in node.names if alias.name == "judge"}
        elif isinstance(node, ast.Import):
            found |= {f"{a.asname}.judge" for a in node.names if a.name == "grader" and a.asname}
    return found


def functions_in(source: str) -> set[str]:
    """The functions and classes that a piece of code defines at its top level.

    Found by a regular expression, so that it works for code with syntax errors, too.
    """
    return set(FUNCTION.findall(source))


def variables_in(source: str) -> set[str]:
    """The variables that a piece of code assigns at its top level; see `functions_in`.

    A line of a text may look like an assignment: compare with names that are expected.
    """
    return set(VARIABLE.findall(source))


def solution_source(sheet: str) -> str:
    """The source notebook's solution cells as one plain module.

    Ahead of them stand the imports of the whole notebook; among them, in the notebook's order,
    what its given cells define and the solution uses by name, directly or not: constants with the
    expressions that they are, and functions.
    """
    cells = [c for c in read_source(sheet).cells if c.cell_type == "code"]
    imports = [node for c in cells for node in names.imports(c.source)]
    head = [ast.unparse(node) for node in imports if "grader" not in names.roots(node)]
    solution = [names.piece(c.source) for c in cells if _role(c) == "solution"]
    given = {id(c): names.statements(c.source) for c in cells if _role(c) == "given"}
    wanted = _used_by(solution, [piece for pieces in given.values() for piece in pieces])
    body = []
    for c in cells:
        kept = [piece.source for piece in given.get(id(c), ()) if piece in wanted]
        body += [names.plain(c.source)] if _role(c) == "solution" else kept
    return "\n\n\n".join(["\n".join(dict.fromkeys(head)), *body]) + "\n"


def _role(cell: nbformat.NotebookNode) -> str:
    """What a code cell is for: "solution", "test" or "given"."""
    meta = cell.metadata.get("nbgrader", {})
    return "solution" if meta.get("solution") else "test" if meta.get("grade") else "given"


def _used_by(solution: list[names.Piece], given: list[names.Piece]) -> set[names.Piece]:
    """The given statements that define what the solution uses and does not define itself."""
    own = frozenset().union(*(piece.defines for piece in solution))
    wanted: set[names.Piece] = set()
    used = frozenset().union(*(piece.uses for piece in solution)) - own
    while more := {piece for piece in given if piece.defines & used} - wanted:
        wanted |= more
        used |= frozenset().union(*(piece.uses for piece in more)) - own
    return wanted
