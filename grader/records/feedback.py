"""What the formgrader shows besides the answers: rubrics; and that its pages stay quick."""

import re

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.course import outline
from grader.records import rubric

MAX_TOKENS = 10_000  # words and signs of a notebook's code that are shown; our sheets have 6,000
MAX_TOKEN = 10  # characters of a token, on average
TOKEN = re.compile(r"\w+|[^\w\s]")


class ShowRubrics(NbGraderPreprocessor):
    """With each text answer, the rubric of the source notebook: for the formgrader only.

    It is in the metadata of the answer, beside which `texts.to_html` shows it, so that it is in
    sight however long the answer is. Whatever a student has put there goes.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        source = outline.graded_cells(resources["nbgrader"]["assignment"])
        for cell in nb.cells:
            cell.metadata.pop(rubric.BESIDE, None)
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if cell.cell_type == "markdown" and grade_id in source:
                cell.metadata[rubric.BESIDE] = rubric.read(source[grade_id].source).rubric
        return nb, resources


class ShortenLongCode(NbGraderPreprocessor):
    """Cut code that fills pages, after it ran: colouring a million characters takes half a minute.

    A step of Autograde, so that the formgrader's page is as quick as the feedback.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        room = MAX_TOKENS
        for cell in nb.cells:
            if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("locked"):
                cell.source, room = _shortened(cell.source, room)
        return nb, resources


def _shortened(source: str, room: int) -> tuple[str, int]:
    """Some code as far as there is room for its tokens and characters; the room that is left."""
    end = min(len(source), room * MAX_TOKEN)
    tokens = 0
    for tokens, token in enumerate(TOKEN.finditer(source, 0, end), 1):
        if tokens > room:
            end = token.start()
            break
    if end < len(source):
        words = f"# … {len(source) - end:,} more characters are not shown here"
        source = f"{source[:end]}\n{words}".lstrip()
    return source, max(0, room - tokens)
