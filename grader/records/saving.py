"""From the judge's verdicts to the gradebook."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades

from grader import record
from grader.course import digests, outline


class SaveVerdicts(SaveAutoGrades):
    """SaveAutoGrades in one transaction, and with no points, not even zero, where the check itself
    failed.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        noted = record.read(nb)
        self._trouble = {report.item for report in noted.trouble}
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as book:
            self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
            self.student_id = names["student"]
            self.gradebook = _InOneStep(book, self.notebook_id, self.assignment_id, self.student_id)
            nb, resources = NbGraderPreprocessor.preprocess(self, nb, resources)
            book.db.commit()
        replace(noted, checks=digests.of_checks(names["assignment"])).write(nb)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        if outline.judged_item(cell.source) not in self._trouble:
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"])
        grade.auto_score, grade.needs_manual_grade = None, True


class _InOneStep:
    """What SaveAutoGrades asks a gradebook for each cell: found at once, committed by others."""

    def __init__(self, book: Gradebook, *names: str):
        notebook = book.find_submission_notebook(*names)
        self._grades, self._comments = (
            {
                name: row
                for name, row in book.db.query(BaseCell.name, kind)
                .join(kind.cell)
                .filter(kind.notebook_id == notebook.id)
            }
            for kind in (Grade, Comment)
        )
        self.db = SimpleNamespace(commit=lambda: None)

    def find_grade(self, grade_id: str, *names: str) -> Any:
        """The grade of a cell. Raises KeyError where the sheet has no such cell."""
        return self._grades[grade_id]

    def find_comment(self, grade_id: str, *names: str) -> Any:
        """The comment to a cell. Raises KeyError where the sheet has no such cell."""
        return self._comments[grade_id]
