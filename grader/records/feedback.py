"""What people see: rubrics for those who grade; reports, and nothing hidden, for students."""

import re

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor

from grader import record
from grader.course import outline

MAX_TOKENS = 10_000  # words and signs of a notebook's code that are shown; our sheets have 6,000
MAX_TOKEN = 10  # characters of a token, on average
TOKEN = re.compile(r"\w+|[^\w\s]")
PICTURES = {"image/png", "image/jpeg"}
NO_DESCRIPTION = "A figure without a description"
RUBRIC_CELL = "grader_rubric"  # in the metadata of a cell that only the formgrader shows


class ShowRubrics(NbGraderPreprocessor):
    """Below each text answer, the rubric of the source notebook: for the formgrader only."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        source = outline.graded_cells(resources["nbgrader"]["assignment"])
        cells = []
        for cell in nb.cells:
            cells.append(cell)
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if cell.cell_type == "markdown" and grade_id in source:
                cells += _rubric(source[grade_id].source)
        nb.cells = cells
        return nb, resources


def _rubric(model_answer: str) -> list[NotebookNode]:
    for region in outline.SOLUTION_REGION.findall(model_answer):
        _, title, rubric = region.partition(outline.RUBRIC)
        if title:
            return [new_markdown_cell(title + rubric, metadata={RUBRIC_CELL: True})]
    return []


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


class PrepareFeedback(NbGraderPreprocessor):
    """Cut the judge's calls out of the test cells, and put notes on repairs at the top."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        nb.cells = [cell for cell in nb.cells if not cell.metadata.get(RUBRIC_CELL)]
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("locked"):  # in others it is the student's
                cell.source = outline.HIDDEN.sub("", cell.source).rstrip()
            for output in cell.get("outputs", ()):
                _describe_pictures(output)
        repairs = record.read(nb).repairs
        if repairs:
            lines = "\n".join(f"- {_plain(note)}" for note in repairs)
            title = "**Before grading, this was noticed or repaired in your submission:**"
            nb.cells.insert(0, new_markdown_cell(f"{title}\n\n{lines}"))
        return nb, resources


def _describe_pictures(output: NotebookNode) -> None:
    """A description of each picture, for people who cannot see it."""
    for kind in PICTURES & set(output.get("data", ())):
        output.metadata.setdefault(kind, NotebookNode()).setdefault("alt", NO_DESCRIPTION)


def _plain(note: str) -> str:
    """A note without anything that Markdown or a browser would act on."""
    return note.replace("<", "‹").replace(">", "›").replace("`", "'").replace("\n", " ")
