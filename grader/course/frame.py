"""What a sheet's notebook has around its exercises when students get it: made here, not written.

The first code cell, which finds the helpers; the last one, which says how far the reader is; the
name and the points of the exercise above each visible check.
"""

import re
import textwrap
from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

FIRST, TITLE, LAST = "find-helpers", "how-far-title", "how-far"  # ids of the cells
NBVAL = re.compile(r"^# NBVAL\w*[^\n]*\n", re.MULTILINE)  # for the course's own tests alone

START = """\
# Finds what comes with this sheet, and makes checks answer in one line. Nothing to change here.
try:
    from helpers import standing
except ImportError:  # the notebook was opened without its folder
    try:
        from google.colab import files
    except ImportError:
        raise ImportError(
            "Unpack {sheet}.zip, and open {notebook} in the folder that comes out of it."
        ) from None
    import os
    import zipfile

    print("Choose {sheet}.zip, as you got it.")
    zipfile.ZipFile(next(iter(files.upload()))).extractall()
    os.chdir("{sheet}")
    os.system("pip install -q lark")  # all else is there
    from helpers import standing
standing.begin()"""

HOW_FAR = "## How far am I?\n\nRun all cells (menu *Run*), then look below. It never stops early."


def framed(notebook: NotebookNode, sheet: str, name: str, items: Mapping[str, tuple]) -> None:
    """Put the frame around a source notebook, in place.

    sheet, name: of the sheet, and of its notebook's file;
    items: the name and the points of what is judged, by the grade id of its test cell.
    """
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = NBVAL.sub("", cell.source)
        settings = cell.metadata.get("nbgrader", {})
        if settings.get("grade_id") in items:
            cell.source = named_check(cell.source, *items[settings["grade_id"]])
    texts = sum(
        float(c.metadata.nbgrader.points)
        for c in notebook.cells
        if c.metadata.get("nbgrader", {}).get("grade") and c.metadata.nbgrader.grade_id not in items
    )
    place = next((i for i, c in enumerate(notebook.cells) if c.cell_type == "code"), 0)
    notebook.cells.insert(place, _first(sheet, name))
    notebook.cells += [new_markdown_cell(HOW_FAR, id=TITLE), _last(items, texts)]


def _first(sheet: str, name: str) -> NotebookNode:
    return new_code_cell(START.format(sheet=sheet, notebook=name), id=FIRST)


def _last(items: Mapping[str, tuple], texts: float) -> NotebookNode:
    listed = ", ".join(f"{name} {points:g}" for name, points in items.values())
    lines = textwrap.wrap(listed, 95, break_long_words=False)
    body = "\n".join(lines)
    return new_code_cell(f'standing.show("""\n{body}\n""", texts={texts:g})', id=LAST)


def named_check(source: str, name: str, points: float) -> str:
    """A visible check whose first line says which exercise it is about."""
    unit = "point" if points == 1 else "points"
    line = f"# Check of {name} ({points:g} {unit})."
    return f"{line}\n{source}" if not source.startswith(line) else source
