"""Does the solution pass the visible checks? If not, the sheet must not go to students."""

import copy
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from traitlets.config import Config

from grader import terminal
from grader.course import layout, outline
from grader.errors import CourseError
from grader.running import kernel, sandbox

CELL_SECONDS = 900
START_SECONDS = 600  # on a machine that has much else to do
MAX_ADVICE = 500  # characters of an error that are shown
console = terminal.progress()


def demand(sheet: str) -> None:
    """Raise CourseError with the cell and the reason if the solution fails a visible check.

    An executed notebook in solutions/ whose cells are those of source/ is proof enough. Without
    one, the solution runs here, with short training and without the hidden tests.
    """
    if lack_of_proof(sheet):
        console.print(f"release: running the solution of {sheet}, with short training …")
        _run(sheet)


def lack_of_proof(sheet: str) -> str:
    """Why solutions/<sheet> does not show that the source runs, a sentence; empty if it does."""
    source = outline.read_source(sheet)
    try:
        file = layout.SOLUTIONS / sheet / layout.source_notebook(sheet).name
        solved = nbformat.read(file, as_version=4)
    except (OSError, ValueError):
        return "It is missing, or no notebook."
    if [cell.source for cell in solved.cells] != [cell.source for cell in source.cells]:
        return "It was made from another version of the notebook."
    for cell in solved.cells:
        if cell.cell_type == "code" and cell.execution_count is None:
            return f"The cell {cell.id} was not executed."
    return failure(solved)


def failure(executed: nbformat.NotebookNode) -> str:
    """Which cell of an executed notebook fails and why, a sentence; empty if none does."""
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                reason = f"{output.ename}: {output.evalue}"[:MAX_ADVICE]
                return f"The cell {cell.get('id', '?')} fails: {reason}"
    return ""


def _run(sheet: str) -> None:
    notebook = copy.deepcopy(outline.read_source(sheet))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = outline.HIDDEN.sub("", cell.source)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / sheet
        folder.mkdir()
        for file, below in layout.data_files(sheet):
            (folder / below).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, folder / below)
        problem = _execute(notebook, folder)
    if problem:
        raise CourseError(
            f"The solution of {sheet} fails its own visible checks. {problem}\n"
            f"Fix it in source/{sheet}, and try again; nothing was released."
        )


def _execute(notebook: nbformat.NotebookNode, folder: Path) -> str:
    """Run a notebook in a folder, as far as it goes; what went wrong, else empty."""
    begun = [""]
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        startup_timeout=START_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        config=Config({"KernelManager": {"transport_encryption": kernel.ENCRYPTION}}),
        on_cell_start=lambda cell, cell_index: begun.append(cell.id),
    )
    short = {"NBGRADER_EXECUTION": "validate", "PYTHONPATH": str(layout.ROOT)}
    try:  # stderr: the kernel's own words, as it ends; not the cells'
        client.execute(env=os.environ | sandbox.ONE_THREAD | short, stderr=subprocess.DEVNULL)
    except CellExecutionError:
        return failure(notebook)
    except (CellTimeoutError, DeadKernelError) as error:
        return f"The cell {begun[-1]} does not end well: {str(error)[:MAX_ADVICE]}"
    return ""
