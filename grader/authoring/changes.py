"""A sheet whose cells change although submissions to it are graded."""

from collections.abc import Iterator

import sqlalchemy as sa
from nbformat import NotebookNode
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    GradeCell,
    Notebook,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from nbgrader.preprocessors import SaveCells
from traitlets import Bool

from grader.errors import CourseError

KINDS = {
    "grade_cells": GradeCell,
    "solution_cells": SolutionCell,
    "task_cells": TaskCell,
    "source_cells": SourceCell,
}


class SaveChangedCells(SaveCells):
    """SaveCells that can add and remove cells of a notebook that has submissions.

    nbgrader refuses that. Here it is done where `change` says so: what was given for cells that
    stay is kept, new cells wait in every submission, and cells that went take their points along.
    """

    change = Bool(False, help="Whether cells may come and go.").tag(config=True)

    def _create_notebook(self, nb: NotebookNode) -> None:
        known = sa.select(Notebook).where(
            Notebook.name == self.notebook_id, Notebook.assignment.has(name=self.assignment_id)
        )
        notebook = self.gradebook.db.scalars(known).first()
        if notebook is not None and notebook.submissions:
            added, removed = self._differences(notebook)
            if (added or removed) and not self.change:
                raise CourseError(self._refusal(notebook, added, removed))
            self._fit(notebook, added, removed)
        super()._create_notebook(nb)

    def _differences(self, notebook: Notebook) -> tuple[list[tuple[str, str]], list]:
        """The cells that came, as (kind, name), and those of the gradebook that went."""
        added, removed = [], []
        for kind in KINDS:
            old = {cell.name: cell for cell in getattr(notebook, kind)}
            new = getattr(self, f"new_{kind}")
            added += [(kind, name) for name in new if name not in old]
            removed += [cell for name, cell in old.items() if name not in new]
        return added, removed

    def _refusal(self, notebook: Notebook, added: list, removed: list) -> str:
        came = sorted({name for _, name in added})
        went = sorted({cell.name for cell in removed})
        by_hand = sum(grade.manual_score is not None for grade in _grades(removed))
        changes = [f"new: {', '.join(came)}"] * bool(came) + [f"gone: {', '.join(went)}"] * bool(
            went
        )
        lost = f" {by_hand} grades given by hand go with these cells." if by_hand else ""
        return (
            f"Cells of {self.assignment_id} changed ({'; '.join(changes)}), and "
            f"{len(notebook.submissions)} submissions to it are graded.{lost} To change the sheet, "
            f"run: python -m grader release {self.assignment_id} --change. All other grades stay, "
            "and the next `grade` judges the submissions again."
        )

    def _fit(self, notebook: Notebook, added: list, removed: list) -> None:
        """Give the gradebook the notebook's cells, in one step."""
        session = self.gradebook.db
        for cell in removed:
            for entry in [*getattr(cell, "grades", ()), *getattr(cell, "comments", ())]:
                session.delete(entry)
            session.delete(cell)
        session.flush()
        for kind, name in added:
            cell = KINDS[kind](name=name, notebook=notebook, **getattr(self, f"new_{kind}")[name])
            session.add(cell)
            session.flush()
            for submission in notebook.submissions if isinstance(cell, BaseCell) else ():
                for entry in ENTRIES[type(cell)]:
                    session.add(entry(cell_id=cell.id, notebook=submission))
        session.commit()
        session.expire_all()


ENTRIES = {GradeCell: (Grade,), SolutionCell: (Comment,), TaskCell: (Grade, Comment)}


def _grades(cells: list) -> Iterator[Grade]:
    for cell in cells:
        yield from getattr(cell, "grades", ())
