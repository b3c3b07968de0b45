"""Where the course's parts lie, and what the source notebooks say of their items."""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat

from helpers.grading import WRITTEN

ROOT = Path(__file__).resolve().parent.parent
SOURCE, RELEASE, SUBMITTED = ROOT / "source", ROOT / "release", ROOT / "submitted"
AUTOGRADED, FEEDBACK, SOLUTIONS = ROOT / "autograded", ROOT / "feedback", ROOT / "solutions"
# all of the course that a student's code may import
PACKAGES = [ROOT / "helpers", ROOT / "derivations"]
SHOWN = [*PACKAGES, ROOT / "data"]  # all that it may read, data sets included

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


class CourseError(Exception):
    """Something the course's staff can mend; the message says what, where and how."""


@dataclass(frozen=True)
class Item:
    """A judged item: its name, its points, and the grade id of its test cell.

    answer: the name under which the student defines it, where that is another than the item's;
    others: what else is judged in this item, of which the answer is the first.
    """

    name: str
    points: float
    grade_id: str
    answer: str = ""
    others: tuple[str, ...] = ()

    def __post_init__(self):
        object.__setattr__(self, "answer", self.answer or self.name)

    @property
    def answers(self) -> tuple[str, ...]:
        """All names that the student defines for it."""
        return (self.answer, *self.others)

    def replaced_by(self, name: str) -> str:
        """What a mistake or an alternative stands for: `<item>__<name>` or, for one of the others,
        `<item>__<other>__<name>`.
        """
        return next((other for other in self.others if name.startswith(f"{other}__")), self.answer)


@dataclass(frozen=True)
class Bank:
    """The instructors' side of a sheet: the modules in reference/<sheet>/."""

    reference: ModuleType
    checks: ModuleType
    mistakes: ModuleType


def sheets() -> list[str]:
    """The names of all sheets, in order."""
    return sorted(path.parent.name for path in SOURCE.glob("*/*.ipynb"))


def find_sheet(name: str) -> str:
    """The sheet of that name; CourseError with the known names for any other."""
    if name not in sheets():
        raise CourseError(f"There is no sheet {name!r}. The sheets are: {', '.join(sheets())}.")
    return name


def source_notebook(sheet: str) -> Path:
    """The one notebook of a sheet in source/."""
    notebooks = sorted((SOURCE / find_sheet(sheet)).glob("*.ipynb"))
    if len(notebooks) != 1:
        raise CourseError(f"source/{sheet} must hold exactly one notebook, not {len(notebooks)}.")
    return notebooks[0]


@cache
def read_source(sheet: str) -> nbformat.NotebookNode:
    """The source notebook; treat as read-only."""
    return nbformat.read(source_notebook(sheet), as_version=4)


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
    """The same where no item has another one's answer among its others."""
    answers = {item.answer for item in found.values()}
    return {
        name: replace(item, others=tuple(o for o in item.others if o not in answers))
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

    Told by the look of a line, so that code which does not parse has some too; so for variables.
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


@cache
def bank(sheet: str) -> Bank:
    """The plug-in of a sheet: reference implementations, checks, mistakes."""
    find_sheet(sheet)
    return Bank(*(part(sheet, name) for name in ("reference", "checks", "mistakes")))


def part(sheet: str, name: str) -> ModuleType:
    """One module of reference/<sheet>/, by name."""
    try:
        return importlib.import_module(f"reference.{sheet}.{name}")
    except ModuleNotFoundError as error:
        raise CourseError(f"reference/{sheet}/{name}.py is missing or broken: {error}") from error


def named_by_item(module: ModuleType, item: str) -> dict[str, Callable[..., Any]]:
    """The functions `<item>__<id>` of a module, by id; what each replaces: `Item.replaced_by`."""
    start = f"{item}__"
    return {
        name.removeprefix(start): value
        for name, value in vars(module).items()
        if name.startswith(start)
    }


def is_value(reference: ModuleType, item: str) -> bool:
    """Whether an item is a variable (a text, a number, …) and neither a function nor a class."""
    return item in vars(reference) and not callable(vars(reference)[item])


def in_place_of(item: str, function: Callable[..., Any], reference: ModuleType) -> Any:
    """What a function `<item>__<id>` puts in the place of an item.

    The function itself; of a value item, what a student would have written, which it returns.
    """
    return function() if is_value(reference, item) else function


def data_files(sheet: str) -> list[tuple[Path, str]]:
    """The sheet's own files beside the notebook, with their names relative to it."""
    folder = SOURCE / sheet
    files = [f for f in folder.rglob("*") if f.is_file() and f.suffix != ".ipynb"]
    return [
        (f, str(f.relative_to(folder)))
        for f in sorted(files)
        if not any(p.startswith(".") or p == WRITTEN for p in f.relative_to(folder).parts)
    ]
