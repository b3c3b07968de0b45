"""A tiny sheet: `bit`, whose answer is a text in a variable, and a function `half`."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

SHEET = "toy"
STUB = "% YOUR DERIVATION HERE: one line for each ="

BIT = r'''
bit = r"""
% ### BEGIN SOLUTION
1 \text{ bit} &= \log 2
% ### END SOLUTION
"""
print(bit)
'''
HALF = '''
def half(x):
    """Half of x."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION
'''
TEST = """
assert {item} is not None
### BEGIN HIDDEN TESTS
from grader import judge

judge("{item}")
### END HIDDEN TESTS
"""

REFERENCE = {
    "__init__": '"""A tiny sheet for tests."""\n',
    "reference": r"""
bit = r"\log 2"


def half(x):
    return 0.5 * x
""",
    "checks": r"""
import re


def bit(student, draw):
    formula = re.sub(r"%[^\n]*|\s", "", student.text("bit")).rpartition("=")[2]
    mistake = {"2": "no_logarithm", r"\log3": "of_three"}.get(formula)
    yield student.holds(formula == r"\log2", "is log 2", "It is not.", mistake=mistake, core=True)


def half(student, draw):
    # 3 s of work: many tests wait until a call without an end is stopped.
    yield student.compare("half", draw.normal(), what="halves", core=True, seconds=3)
""",
    "mistakes": r'''
def bit__no_logarithm():
    """The logarithm is missing."""
    return r"1 \text{ bit} = 2"


def bit__of_three():
    """A bit has two values, not three."""
    return r"\log 3"


def half__doubled(x):
    """It is doubled."""
    return 2 * x
''',
    "alternatives": r'''
def bit__short():
    """The value alone."""
    return r"\log 2  % nats"
''',
    "equivalents": r"""
LEFT = "Only what stands to the right is looked at."
EQUIVALENT = {
    r"bit: line 1: `1` → `2` in `1 \text{ bit} &= \log…`": LEFT,
    r"bit: line 1: `1` → `0` in `1 \text{ bit} &= \log…`": LEFT,
}
""",
}


def notebook() -> nbformat.NotebookNode:
    """The source notebook."""
    cells = [new_code_cell("import math", id="imports")]
    for item, source in (("bit", BIT), ("half", HALF)):
        solution = {"grade": False, "locked": False, "solution": True}
        test = {"grade": True, "locked": True, "points": 2, "solution": False}
        cells += [_cell(item, source, solution), _cell(f"{item}-test", _test(item), test)]
    spec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": spec})


def _test(item: str) -> str:
    return TEST.format(item=item)


def _cell(name: str, source: str, meta: dict) -> nbformat.NotebookNode:
    meta = {"grade_id": name, "schema_version": 3, "task": False} | meta
    return new_code_cell(source.strip(), id=name, metadata={"nbgrader": meta})


def write(root: Path) -> None:
    """Put the sheet into a course."""
    for folder in (root / "source" / SHEET, root / "reference" / SHEET):
        folder.mkdir(parents=True)
    nbformat.write(notebook(), root / "source" / SHEET / "toy.ipynb")
    for name, source in REFERENCE.items():
        (root / "reference" / SHEET / f"{name}.py").write_text(source)


def all_but(*patterns: str) -> Callable[[Any, list[str]], set[str]]:
    """What copytree is to leave out. What Python has compiled goes along, not to be compiled again.

    But not what it is compiling at this moment, which has another name by the time it is copied.
    """
    return shutil.ignore_patterns("*.pyc.*", *patterns)


def course(root: Path, parts: Path) -> None:
    """A course with this sheet alone. parts: where its machinery is copied from."""
    for part in ("derivations", "grader", "helpers"):
        shutil.copytree(parts / part, root / part, ignore=all_but("weights"))
    (root / "reference").mkdir()
    for file in (
        *("nbgrader_config.py", "pyproject.toml", "environment.yml", "requirements.lock"),
        *("reference/__init__.py", "reference/randomness.py"),
    ):
        shutil.copy(parts / file, root / file)
    write(root)
    (root / "submitted").mkdir()


def answer(half: str = "x / 2", more: str = "") -> nbformat.NotebookNode:
    """What a student hands in: right in `bit`, and what `half` returns."""
    handed_in = notebook()
    for cell in handed_in.cells:
        if cell.id == "half":
            cell.source = f"def half(x):\n    return {half}\n{more}"
        cell.source = re.sub(r"(?m)^.*### (BEGIN|END) SOLUTION.*\n?", "", cell.source)
    return handed_in
