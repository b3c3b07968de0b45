"""The sheet of the corpus: the toy sheet with two written answers, and a course that holds it."""

import copy
import shutil
from pathlib import Path

import nbformat
import toy
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

ROOT = Path(__file__).resolve().parents[2]
SHEET, NOTEBOOK = toy.SHEET, "toy.ipynb"
POINTS = 4  # for `bit` and `half`, which are judged automatically
QUESTION = "## 1\n\n**Why is a bit** a Größe of its own?\n\nOne sentence is enough."
WHERE = "## 3\n\nWhere does a half come from?\n\nGive an example."
ANSWER = "Because the natural logarithm of two is no whole number."
EXAMPLE = "From cutting a cake for two."
MARK = "### {} SOLUTION"
DRAW = "if False:\n    raise SystemExit"  # a given cell that does nothing


def source() -> NotebookNode:
    """The source notebook."""
    notebook = toy.notebook()
    cells = [new_markdown_cell("# A sheet about two", id="title"), *notebook.cells]
    cells[2:2] = [new_markdown_cell(QUESTION, id="q-why"), _text("why", ANSWER, 2)]
    cells += [new_markdown_cell(WHERE, id="q-where"), _text("where", EXAMPLE, 1)]
    cells += [new_code_cell(DRAW, id="draw"), new_markdown_cell("The end.", id="end")]
    notebook.cells = cells
    return notebook


def _text(name: str, answer: str, points: int) -> NotebookNode:
    meta = {"grade_id": name, "grade": True, "solution": True, "locked": False, "task": False}
    meta |= {"points": points, "schema_version": 3}
    text = f"{MARK.format('BEGIN')}\n{answer}\n{MARK.format('END')}"
    return new_markdown_cell(text, id=name, metadata={"nbgrader": meta})


def make_course(root: Path) -> None:
    """A course with this one sheet, not yet released."""
    for part in ("derivations", "grader", "helpers", "reference"):
        shutil.copytree(ROOT / part, root / part, ignore=toy.all_but("sheet[0-9]*"))
    for file in ("nbgrader_config.py", "environment.yml", "requirements.lock"):
        shutil.copy(ROOT / file, root / file)
    toy.write(root)
    nbformat.write(source(), root / "source" / SHEET / NOTEBOOK)
    (root / "submitted").mkdir()


def right(released: NotebookNode) -> NotebookNode:
    """The released notebook with all answers, as a good student hands it in."""
    notebook = copy.deepcopy(released)
    answers = {
        "why": ANSWER,
        "where": EXAMPLE,
        "bit": 'bit = r"""\n1 \\text{ bit} &= \\log 2\n"""\nprint(bit)',
        "half": 'def half(x):\n    """Half of x."""\n    return x / 2',
    }
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(name, cell.source)
    return notebook
