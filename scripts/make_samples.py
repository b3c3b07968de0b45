"""Write the sample submissions to submitted/, from the released notebooks and their solutions.

Each sheet's reference/<sheet>/samples.py says who hands in what. Run after `grader release`, for
some sheets or for all:

    .venv/bin/python scripts/make_samples.py [SHEET ...]
"""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from grader.course import banks, layout, outline

MARKER = re.compile(r"^[^\n]*### (BEGIN|END) SOLUTION[^\n]*\n?", re.MULTILINE)


def filled_in(sheet: str) -> nbformat.NotebookNode:
    """The notebook of a student who has everything right: the release with the answers in it."""
    name = layout.source_notebook(sheet).name
    notebook = nbformat.read(layout.RELEASE / sheet / name, as_version=4)
    answers = outline.graded_cells(sheet)
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if meta.get("solution"):
            source = MARKER.sub("", answers[meta["grade_id"]].source)
            cell.source = source.partition(outline.RUBRIC)[0].strip()
    return notebook


def submission(sheet: str, sample: dict[str, str] | Callable) -> dict[str, Any]:
    """The files of a submission by name: texts, or notebooks.

    sample: the sources of the cells that are not as in the solution, by grade id; or a function
    that makes the files of the notebook with the solution.
    """
    notebook = filled_in(sheet)
    if callable(sample):
        return sample(notebook)
    cells = {c.metadata.nbgrader.grade_id: c for c in notebook.cells if "nbgrader" in c.metadata}
    for grade_id, source in sample.items():
        cells[grade_id].source = source
    return {layout.source_notebook(sheet).name: notebook}


def main(sheets: list[str], submitted: Path = layout.SUBMITTED) -> None:
    """Write every sample of some sheets; of every sheet where none is named."""
    for sheet in map(layout.find_sheet, sheets or layout.sheets()):
        for student, sample in banks.module(sheet, "samples").SAMPLES.items():
            folder = submitted / student / sheet
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for name, content in submission(sheet, sample).items():
                if isinstance(content, str):
                    (folder / name).write_text(content, encoding="utf-8")
                else:
                    nbformat.write(content, folder / name)
            files = ", ".join(sorted(file.name for file in folder.iterdir()))
            print(f"{folder.relative_to(submitted.parent)}: {files}")


if __name__ == "__main__":
    main(sys.argv[1:])
