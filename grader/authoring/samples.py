"""The sample submissions in submitted/, made from the released notebooks and their solutions.

Each sheet's reference/<sheet>/samples.py says who hands in what.
"""

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import nbformat

from grader import terminal
from grader.course import banks, layout, outline
from grader.errors import CourseError, unknown

MARKER = re.compile(r"^[^\n]*### (BEGIN|END) SOLUTION[^\n]*\n?", re.MULTILINE)

Files = Mapping[str, str | nbformat.NotebookNode]  # of a submission, by name
Sample = Mapping[str, str] | Callable[[nbformat.NotebookNode], Files]


def samples(sheets: list[str]) -> int:
    """Write every sample of these sheets, in the place of what was there."""
    console = terminal.output()
    for sheet in sheets:
        for folder in write(sheet, layout.SUBMITTED):
            names = ", ".join(sorted(file.name for file in folder.iterdir()))
            words = f"{folder.relative_to(layout.SUBMITTED.parent)}: {names}"
            console.print(words, highlight=False, soft_wrap=True)
    return 0


def write(sheet: str, submitted: Path) -> list[Path]:
    """Write the samples of a sheet to a folder of submissions; where each one lies."""
    folders = []
    for student, sample in known(sheet).items():
        folder = submitted / student / sheet
        files = submission(sheet, sample)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, content in files.items():
            if isinstance(content, str):
                (folder / name).write_text(content, encoding="utf-8")
            else:
                nbformat.write(content, folder / name)
        folders.append(folder)
    return folders


def known(sheet: str) -> dict[str, Sample]:
    """The samples of a sheet, by student."""
    return banks.module(sheet, "samples").SAMPLES


def submission(sheet: str, sample: Sample) -> Files:
    """The files of a submission by name: texts, or notebooks.

    sample: the sources of the cells that are not as in the solution, by grade id; or a function
    that makes the files of the notebook with the solution.
    """
    notebook = filled_in(sheet)
    if callable(sample):
        return sample(notebook)
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    for grade_id, source in sample.items():
        if grade_id not in cells:
            problem = f"reference/{sheet}/samples.py: there is no cell {grade_id!r}."
            raise unknown(problem, grade_id, cells, "The cells are")
        cells[grade_id].source = source
    return {layout.source_notebook(sheet).name: notebook}


def filled_in(sheet: str) -> nbformat.NotebookNode:
    """The notebook of a student who has everything right: the release with the answers in it."""
    file = layout.RELEASE / sheet / layout.source_notebook(sheet).name
    if not file.exists():
        raise CourseError(
            f"release/{sheet} has not been made. Run `python -m grader release {sheet}` first."
        )
    notebook = nbformat.read(file, as_version=4)
    answers = outline.graded_cells(sheet)
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution"):
            source = MARKER.sub("", answers[meta["grade_id"]].source)
            cell.source = source.partition(outline.RUBRIC)[0].strip()
    return notebook
