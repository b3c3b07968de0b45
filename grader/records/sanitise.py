"""Taking the active parts out of what a student's code put out, before people open it.

The formgrader shows it in the session of whoever grades: a script in it could press the buttons
there. What stays is text, formulas, pictures, and HTML from a list. Texts are cleaned when a page
is made (see `texts`).
"""

import base64
import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

from grader.records import texts

KEPT = {"text/plain", "text/latex", "image/png", "image/jpeg", "image/gif"}


class RemoveActiveContent(NbGraderPreprocessor):
    """A step of Autograde, after the notebook ran; the judge's own reports are left as they are."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean the outputs of a cell; in a test cell stands the judge's report, which is safe."""
        for output in cell.get("outputs", ()) if cell.cell_type == "code" else ():
            if "data" in output and not is_grade(cell):
                output.data = _cleaned(output.data)
                output.metadata = NotebookNode()
            elif "text/html" in output.get("data", {}):
                output.data["text/html"] = texts.with_names_typeset(output.data["text/html"])
        return cell, resources


def _cleaned(data: NotebookNode) -> NotebookNode:
    kept = NotebookNode({kind: value for kind, value in data.items() if kind in KEPT})
    if isinstance(data.get("text/html"), str):
        kept["text/html"] = texts.shown(data["text/html"])
    elif isinstance(data.get("text/latex"), str):  # no script is there to typeset it
        kept["text/html"] = texts.render(data["text/latex"])
    for kind in {"image/svg+xml", "image/webp"} & data.keys():
        if "image/png" not in kept and isinstance(data[kind], str):
            kept["text/html"] = _as_picture(kind, data[kind])
    if not kept:
        kept["text/plain"] = f"({', '.join(sorted(map(str, data)))[:200]}: not shown)"
    return kept


def _as_picture(kind: str, text: str) -> str:
    """A picture as an <img> by itself, in which a browser runs no script and loads nothing."""
    if kind == "image/svg+xml":
        text = base64.b64encode(text.encode("utf-8", "replace")).decode()
    data = re.sub(r"[^A-Za-z0-9+/=]", "", text)
    return f'<img alt="a figure" src="data:{kind};base64,{data}">'
