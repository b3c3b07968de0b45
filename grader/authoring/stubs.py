"""Cutting solutions out of what students get, also where the answer is a text in the code."""

import io
import tokenize
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from grader.course import outline
from grader.nbgrader_patches import ClearSolutionsWith


class ClearSolutionsInStrings(ClearSolutionsWith):
    """nbgrader's ClearSolutions, with a stub of its own for a solution inside a string literal.

    nbgrader would put the stub for code into the text, where it means nothing.
    """

    string_stub = Unicode(
        "YOUR ANSWER HERE",
        help="The text that will replace a solution inside a string literal of a code cell",
    ).tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        """nbgrader's step; of the pictures, only those stay that the rest of the text shows."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if "attachments" in cell:
            shown = unquote(cell.source)
            kept = {k: v for k, v in cell.attachments.items() if f"attachment:{k}" in shown}
            cell.attachments = NotebookNode(kept)
        return cell, resources

    def before_clearing(self, cell: NotebookNode) -> None:
        if cell.cell_type == "code":
            cell.source = self._with_stubs_in_strings(cell.source)

    def _with_stubs_in_strings(self, source: str) -> str:
        lines = source.split("\n")
        for first, last in reversed(list(_inside_of_strings(source))):
            text = "\n".join(lines[first:last])
            text = outline.SOLUTION_REGION.sub(lambda region: self.string_stub, text)
            lines[first:last] = text.split("\n")
        return "\n".join(lines)


class AddFrame(NbGraderPreprocessor):
    """The first step of a release: what stands around the exercises (see `course.frame`)."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The notebook as students get it, with its solutions and hidden tests."""
        sheet = resources["nbgrader"]["assignment"]
        nb.cells = outline.handed_out(sheet).cells
        return nb, resources


def _inside_of_strings(source: str) -> Iterator[tuple[int, int]]:
    """The lines between those with the quotes, for each string literal of some code.

    What does not read as Python has none; nbgrader's own step then does what it does.
    """
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return
    for token in tokens:
        if token.type == tokenize.STRING and token.end[0] - token.start[0] > 1:
            yield token.start[0], token.end[0] - 1
