"""What a source notebook says of its sheet: items, points, answers, given cells."""

import re
from dataclasses import dataclass, replace
from functools import cache

import nbformat

from grader.course import layout

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
HIDDEN = re.compile(rf"^{BEGIN_HIDDEN}.*?^{END_HIDDEN}[^\n]*\n?", re.MULTILINE | re.DOTALL)
JUDGE_CALL = re.compile(r"""^judge\(["'](\w+)["']\)""", re.MULTILINE)
FUNCTION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
VARIABLE = re.compile(r"^(\w+)[ \t]*(?::[^=\n]*)?=(?!=)", re.MULTILINE)
CONSTANT = re.compile(r"""^[A-Z][A-Z0-9_, ]* = [-\d("'\[{].*""", re.MULTILINE)
RUBRIC = "**Rubric**"  # what begins the rubric in a text item's solution region
SOLUTION_REGION = re.compile(
    r"^[^\n]*### BEGIN SOLUTION[^\n]*\n(.*?)^[^\n]*### END SOLUTION[^\n]*$",
    re.MULTILINE | re.DOTALL,
)


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


@cache
def read_source(sheet: str) -> nbformat.NotebookNode:
    """The source notebook; treat as read-only."""
    return nbformat.read(layout.source_notebook(sheet), as_version=4)


def graded_cells(sheet: str) -> dict[str, nbformat.NotebookNode]:
    """The source notebook's cells that nbgrader knows, by grade id, in order."""
    cells = read_source(sheet).cells
    return {c.metadata.nbgrader.grade_id: c for c in cells if "nbgrader" in c.metadata}


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


def judged_item(source: str) -> str | None:
    """The name of the item that a test cell judges in its hidden region, if it judges one."""
    for region in HIDDEN.findall(source):
        call = JUDGE_CALL.search(region)
        if call:
            return call.group(1)
    return None


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
    """The source notebook's solution cells as one plain module, after the imports and constants
    (a line each, names in capitals) that the notebook gives.
    """
    cells = [c for c in read_source(sheet).cells if c.cell_type == "code"]
    chosen = [c.source for c in cells if c.metadata.get("nbgrader", {}).get("solution")]
    imports = [line for c in cells for line in c.source.splitlines() if _is_import(line)]
    given = [c.source for c in cells if "nbgrader" not in c.metadata]
    constants = [line for source in given for line in CONSTANT.findall(source)]
    head = "\n".join([*dict.fromkeys(imports), *constants])
    return "\n\n\n".join([head, *chosen]) + "\n"


def _is_import(line: str) -> bool:
    return line.startswith(("import ", "from ")) and "grader" not in line
