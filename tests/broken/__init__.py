"""Right submissions, and what students and their tools do to notebooks.

Each of the functions `student_…` below changes a right notebook in place.
"""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

MARKERS = re.compile(r"^[^\n]*### (BEGIN|END) SOLUTION[^\n]*\n?", re.MULTILINE)
QUICK_IMPORTS = """import numpy as np

from helpers.checks import rejects
from helpers.densities import discretised_normal, log_normal
"""

Breaker = Callable[[NotebookNode], None]


def right(root: Path, quick: bool = False) -> NotebookNode:
    """The released notebook with all solutions written into it, as a good student hands it in.

    quick: without the figures and explanations, which only cost time.
    """
    notebook = nbformat.read(root / "release/sheet1_kl/kl.ipynb", as_version=4)
    source = nbformat.read(root / "source/sheet1_kl/kl.ipynb", as_version=4)
    answers = {grade_id(cell): MARKERS.sub("", cell.source).rstrip() for cell in source.cells}
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = answers[grade_id(cell)]
    if quick:
        notebook.cells = [c for c in notebook.cells if grade_id(c) or c.id == "imports"]
        next(c for c in notebook.cells if c.id == "imports").source = QUICK_IMPORTS
    return notebook


def blank(root: Path) -> NotebookNode:
    """The notebook as students get it."""
    return nbformat.read(root / "release/sheet1_kl/kl.ipynb", as_version=4)


def grade_id(cell: NotebookNode) -> str | None:
    """The id by which nbgrader knows a cell."""
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def place(notebook: NotebookNode, name: str) -> int:
    """Where the (first) cell with a grade id stands."""
    return next(i for i, cell in enumerate(notebook.cells) if grade_id(cell) == name)


def get(notebook: NotebookNode, name: str) -> NotebookNode:
    """The (first) cell with a grade id."""
    return notebook.cells[place(notebook, name)]


def delete(notebook: NotebookNode, *names: str) -> None:
    """Delete all cells with these grade ids."""
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in names]


def tests(notebook: NotebookNode) -> list[str]:
    """The grade ids of the test cells."""
    return [
        str(grade_id(c)) for c in notebook.cells if c.metadata.get("nbgrader", {}).get("locked")
    ]


def duplicate(
    notebook: NotebookNode, name: str, first: str | None = None, second: str | None = None
) -> None:
    """A cell twice, with its metadata, as copy and paste makes it; None: the text it had."""
    at = place(notebook, name)
    twin = copy.deepcopy(notebook.cells[at])
    twin.id = f"{twin.id}-2"
    notebook.cells.insert(at + 1, twin)
    for cell, text in zip(notebook.cells[at : at + 2], (first, second), strict=True):
        cell.source = cell.source if text is None else text


# --- what students do


def student_duplicated_a_solution(notebook: NotebookNode) -> None:
    duplicate(notebook, "kl-normal")


def student_duplicated_and_filled_the_first(notebook: NotebookNode, root: Path) -> None:
    duplicate(notebook, "kl-normal", second=get(blank(root), "kl-normal").source)


def student_duplicated_and_filled_the_second(notebook: NotebookNode, root: Path) -> None:
    duplicate(notebook, "kl-normal", first=get(blank(root), "kl-normal").source)


def student_duplicated_and_emptied_the_second(notebook: NotebookNode) -> None:
    duplicate(notebook, "kl-normal", second="")


def student_duplicated_and_filled_both(notebook: NotebookNode) -> None:
    duplicate(notebook, "kl-normal", first="def kl_normal(*arguments):\n    return 0.0")


def student_duplicated_an_answer(notebook: NotebookNode) -> None:
    duplicate(notebook, "discrete-formula", first="A first answer.", second="A second answer.")


def student_duplicated_a_test(notebook: NotebookNode) -> None:
    duplicate(notebook, "kl-normal-test")


def student_duplicated_and_changed_a_test(notebook: NotebookNode) -> None:
    duplicate(notebook, "kl-normal-test", second="kl_normal(1.0, 1.0, 0.0, 2.0)  # my own try")


def student_deleted_the_first_test(notebook: NotebookNode) -> None:
    delete(notebook, tests(notebook)[0])


def student_deleted_a_middle_test(notebook: NotebookNode) -> None:
    delete(notebook, "kl-mvn-test")


def student_deleted_the_last_test(notebook: NotebookNode) -> None:
    delete(notebook, tests(notebook)[-1])


def student_deleted_tests_in_a_row(notebook: NotebookNode) -> None:
    delete(notebook, *tests(notebook)[3:7])


def student_deleted_all_tests(notebook: NotebookNode) -> None:
    delete(notebook, *tests(notebook))


def student_deleted_an_answer(notebook: NotebookNode) -> None:
    delete(notebook, "discrete-formula")


def student_moved_a_test_before_its_solution(notebook: NotebookNode) -> None:
    cell = notebook.cells.pop(place(notebook, "kl-mvn-test"))
    notebook.cells.insert(place(notebook, "kl-mvn"), cell)


def student_moved_a_test_to_the_top(notebook: NotebookNode) -> None:
    notebook.cells.insert(0, notebook.cells.pop(place(notebook, "elbo-test")))


def student_moved_a_solution_to_the_end(notebook: NotebookNode) -> None:
    notebook.cells.append(notebook.cells.pop(place(notebook, "kl-normal")))


def student_wrote_a_function_in_a_cell_of_their_own(notebook: NotebookNode) -> None:
    """The sheet's cell for it and its test are gone."""
    at = place(notebook, "posterior")
    own = new_code_cell(notebook.cells[at].source)
    delete(notebook, "posterior", "posterior-test")
    notebook.cells.insert(at, own)


def student_wrote_all_functions_in_the_first_cell(notebook: NotebookNode) -> None:
    solutions = [c for c in notebook.cells if c.cell_type == "code" and grade_id(c)]
    solutions = [c for c in solutions if c.metadata.nbgrader.solution]
    imports = next(c for c in notebook.cells if c.id == "imports")
    imports.source = "\n\n".join([imports.source, *(c.source for c in solutions)])
    delete(notebook, *(str(grade_id(c)) for c in solutions))


def student_wrote_the_function_into_the_test(notebook: NotebookNode, root: Path) -> None:
    get(notebook, "elbo-test").source = get(notebook, "elbo").source
    get(notebook, "elbo").source = get(blank(root), "elbo").source


def student_changed_points(notebook: NotebookNode) -> None:
    get(notebook, "kl-normal-test").metadata.nbgrader.points = 100
    get(notebook, "kl-discrete-test").metadata.nbgrader.points = [None]
    del get(notebook, "kl-mvn-test").metadata.nbgrader["points"]


def student_changed_types(notebook: NotebookNode) -> None:
    for name, kind in (
        ("kl-normal", "markdown"),
        ("kl-mvn", "raw"),
        ("kl-mvn-test", "markdown"),
        ("elbo-test", "raw"),
        ("discrete-formula", "code"),
        ("bound-why", "raw"),
    ):
        get(notebook, name)["cell_type"] = kind


def student_turned_the_imports_into_text(notebook: NotebookNode) -> None:
    next(c for c in notebook.cells if c.id == "imports")["cell_type"] = "raw"


def student_changed_ids(notebook: NotebookNode) -> None:
    get(notebook, "kl-normal").metadata.nbgrader.grade_id = "kl-normal-2"
    get(notebook, "kl-mvn-test").metadata.nbgrader.grade_id = "no such id"
    get(notebook, "elbo-test").metadata.nbgrader.grade_id = ["a", "list"]


def student_lost_ids(notebook: NotebookNode) -> None:
    del get(notebook, "kl-normal").metadata.nbgrader["grade_id"]
    del get(notebook, "kl-mvn-test").metadata["nbgrader"]


def student_swapped_ids_of_solution_and_test(notebook: NotebookNode) -> None:
    one, other = get(notebook, "kl-normal"), get(notebook, "kl-normal-test")
    one.metadata, other.metadata = other.metadata, one.metadata


def student_swapped_ids_of_two_solutions(notebook: NotebookNode) -> None:
    one, other = get(notebook, "kl-normal"), get(notebook, "elbo")
    one.metadata, other.metadata = other.metadata, one.metadata


def student_used_a_tool_that_drops_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
    notebook.metadata = NotebookNode()


def student_used_a_tool_that_drops_metadata_and_cell_ids(notebook: NotebookNode) -> None:
    student_used_a_tool_that_drops_metadata(notebook)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{number:08x}"


def student_cut_the_asserts(notebook: NotebookNode) -> None:
    cell = get(notebook, "kl-normal-test")
    cell.source = cell.source.split("assert")[0]


def student_made_a_test_pass(notebook: NotebookNode) -> None:
    get(notebook, "kl-normal-test").source = "assert True\nprint('all points')"


def student_changed_locks_and_schemas(notebook: NotebookNode) -> None:
    for name, schema in (("kl-normal", 1), ("kl-normal-test", 99), ("elbo-test", "three")):
        get(notebook, name).metadata.nbgrader.schema_version = schema
    del get(notebook, "kl-mvn-test").metadata.nbgrader["schema_version"]
    get(notebook, "kl-mvn").metadata.nbgrader.locked = True
    get(notebook, "posterior-test").metadata.nbgrader.locked = False
    get(notebook, "elbo").metadata.nbgrader.grade = True
    get(notebook, "discrete-purpose").metadata.nbgrader.solution = False


def student_used_an_id_that_is_unknown(notebook: NotebookNode) -> None:
    own = {"grade_id": "my-own", "grade": True, "locked": True, "points": 50, "solution": False}
    notebook.cells.append(new_code_cell("50", metadata={"nbgrader": own | {"schema_version": 3}}))


def student_repeated_cell_ids(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.id = "same"


def student_tagged_cells(notebook: NotebookNode) -> None:
    for name in ("kl-normal", "kl-normal-test"):
        tags = ["skip-execution", "raises-exception", "hide-input"]
        get(notebook, name).metadata["tags"] = tags


def student_used_another_kernel(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec = {"name": "ir", "language": "R", "display_name": "R"}


def student_used_julia(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec = {"name": "julia-1.11", "display_name": ["Julia"]}
    notebook.metadata.language_info = {"name": "julia"}


REPAIRABLE = {
    name.removeprefix("student_"): breaker
    for name, breaker in list(globals().items())
    if name.startswith("student_")
}


def apply(breaker: Callable, notebook: NotebookNode, root: Path) -> NotebookNode:
    """Break a notebook, and return it."""
    if "root" in breaker.__annotations__:
        breaker(notebook, root)
    else:
        breaker(notebook)
    return notebook


# --- files


def as_version_3(notebook: NotebookNode) -> str:
    """The notebook in the format of IPython 1 and 2."""
    return json.dumps(nbformat.convert(copy.deepcopy(notebook), 3))


def as_version_2(notebook: NotebookNode) -> str:
    """The notebook in the format of IPython 0.12, which knew no metadata of cells."""
    cells = [
        {"cell_type": "code", "language": "python", "input": c.source.splitlines(True)}
        if c.cell_type == "code"
        else {"cell_type": "markdown", "source": c.source.splitlines(True)}
        for c in notebook.cells
    ]
    cells.insert(0, {"cell_type": "heading", "source": ["A heading"], "level": 1})
    return json.dumps({"nbformat": 2, "metadata": {"name": "kl"}, "worksheets": [{"cells": cells}]})


def with_conflict(notebook: NotebookNode) -> str:
    """The notebook with what git leaves where two people changed the same line."""
    lines = nbformat.writes(notebook).splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if "variance_ratio" in line or "np.log(" in line)
    theirs = lines[at].replace("np.log", "np.exp")
    lines[at] = f"<<<<<<< HEAD\n{lines[at]}=======\n{theirs}>>>>>>> theirs\n"
    return "".join(lines)


def with_strange_parts(notebook: NotebookNode) -> str:
    """Valid JSON of the right shape, but with values where no tool would put them."""
    content = json.loads(nbformat.writes(notebook))
    for cell in content["cells"]:
        cell["attachments"] = [1, {"a.png": "x"}, None, {"b.png": {"image/png": 3}}][
            len(cell["source"]) % 4
        ]
        if cell["cell_type"] == "markdown" and "nbgrader" not in cell["metadata"]:
            cell["metadata"] = ["not", "a", "dictionary"]
    strange = [None, 7, "text", [], {}, {"cell_type": "code"}, {"cell_type": 5, "source": None}]
    strange += [{"cell_type": "markdown", "source": ["a", 3, None], "metadata": None}]
    strange += [{"cell_type": "code", "source": {"a": 1}, "outputs": "none", "metadata": 1.5}]
    strange += [{"cell_type": "markdown", "source": "\ud800 \0 <script>alert(1)</script>"}]
    strange += [{"cell_type": "code", "source": "1", "metadata": {"nbgrader": {"grade_id": {}}}}]
    strange += [{"cell_type": "code", "source": "2", "metadata": {"nbgrader": [], "tags": "x"}}]
    content["cells"] += strange
    content["metadata"] = {"kernelspec": ["python3"], "language_info": 3}
    return json.dumps(content)


def with_outputs_of(notebook: NotebookNode, size: int) -> NotebookNode:
    """The notebook with one line of output of that many bytes stored in it."""
    cell = next(c for c in notebook.cells if c.cell_type == "code")
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="x" * size)]
    return notebook


def in_utf_16(notebook: NotebookNode) -> bytes:
    """The notebook as some editors on Windows save it."""
    return nbformat.writes(notebook).encode("utf-16")
