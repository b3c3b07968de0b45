"""What students get back: the judge's reports and what was mended, but no hidden source."""

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.preprocessors import NbGraderPreprocessor

from grader import course
from grader.execute import RECORD


class PrepareFeedback(NbGraderPreprocessor):
    """Cut the judge's calls out of the test cells, and put notes on repairs at the top."""

    def preprocess(self, nb: NotebookNode, resources: dict):
        for cell in nb.cells:
            cell.source = course.HIDDEN.sub("", cell.source).rstrip()
        repairs = nb.metadata.get(RECORD, {}).get("repairs", [])
        if repairs:
            lines = "\n".join(f"- {_plain(note)}" for note in repairs)
            title = "**Before grading, this was noticed or mended in your submission:**"
            nb.cells.insert(0, new_markdown_cell(f"{title}\n\n{lines}"))
        return nb, resources


def _plain(note: str) -> str:
    """A note without anything that Markdown or a browser would act on."""
    return note.replace("<", "‹").replace(">", "›").replace("`", "'").replace("\n", " ")
