"""From the judge's verdicts to the gradebook."""

from dataclasses import replace

from nbformat import NotebookNode
from nbgrader.preprocessors import SaveAutoGrades

from grader import record
from grader.course import digests, outline


class SaveVerdicts(SaveAutoGrades):
    """SaveAutoGrades that gives no points, not even zero, where the check itself failed."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        noted = record.read(nb)
        self._trouble = {report.item for report in noted.trouble}
        sheet = resources["nbgrader"]["assignment"]
        nb, resources = super().preprocess(nb, resources)
        replace(noted, checks=digests.of_checks(sheet)).write(nb)
        return nb, resources

    def _add_score(self, cell: NotebookNode, resources: dict) -> None:
        if outline.judged_item(cell.source) not in self._trouble:
            super()._add_score(cell, resources)
            return
        names = (self.notebook_id, self.assignment_id, self.student_id)
        grade = self.gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], *names)
        grade.auto_score, grade.needs_manual_grade = None, True
        self.gradebook.db.commit()
