"""What a worker takes along of the gradebook, and what it brings back.

Workers never open the gradebook. nbgrader's own steps run there as they are, on a gradebook in the
worker's memory that holds one sheet and one submission. The process that keeps the real one open
puts the results into it, in one transaction.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from nbgrader.api import Base, Gradebook

from grader.intake.submissions import Submission
from grader.records import secret, teams
from grader.records.gradebook import another, course_directory

# Each process has its own.
MEMORY = "sqlite:///file:grader-excerpt?mode=memory&cache=shared&uri=true"
TABLES = Base.metadata.tables
Rows = dict[str, list[dict[str, Any]]]  # by table

# How tables hang together: (table, its column, the table whose `id` stands there).
OF_SHEET = (
    ("notebook", "assignment_id", "assignment"),
    ("base_cell", "notebook_id", "notebook"),
    ("grade_cells", "id", "base_cell"),
    ("solution_cells", "id", "base_cell"),
    ("task_cells", "id", "base_cell"),
    ("source_cell", "notebook_id", "notebook"),
)
OF_SUBMISSION = (
    ("submitted_notebook", "assignment_id", "submitted_assignment"),
    ("grade", "notebook_id", "submitted_notebook"),
    ("comment", "notebook_id", "submitted_notebook"),
)
# By what a row of a submission is known, and what grading changes of it: the rest is people's.
GRADED = {
    "submitted_assignment": ("student_id", ("timestamp",)),
    "submitted_notebook": ("notebook_id", ("late_submission_penalty",)),
    "grade": ("cell_id", ("auto_score", "needs_manual_grade")),
    "comment": ("cell_id", ("auto_comment",)),
}


@dataclass(frozen=True)
class Excerpt:
    """The part of the gradebook that grading one submission needs.

    rows: of the sheet, of the submission, and the people's names;
    secret: the course's, from which inputs are drawn.
    """

    rows: Rows = field(repr=False)
    secret: str = field(repr=False)


class Taking:
    """Takes excerpts from an open gradebook; what belongs to a sheet is read once."""

    def __init__(self, book: Gradebook):
        self._book = book
        self._secret = secret.secret(course_directory().db_url)
        self._sheets: dict[str, Rows] = {}

    def of(self, submission: Submission) -> Excerpt:
        """The excerpt for a submission, as the gradebook is in the transaction that is going on."""
        connection, sheet = self._book.db.connection(), submission.sheet
        if sheet not in self._sheets:
            courses = connection.execute(sa.select(TABLES["course"])).mappings()
            rows = {"course": [dict(row) for row in courses]}
            rows["assignment"] = _where(connection, "assignment", "name", [sheet])
            self._sheets[sheet] = _follow(connection, rows, OF_SHEET)
        people = [submission.student, *teams.members().get(submission.student, ())]
        named = {"student": _where(connection, "student", "id", people)}
        return Excerpt(
            self._sheets[sheet] | named | _of_submission(connection, submission), self._secret
        )


@contextmanager
def laid_out(excerpt: Excerpt) -> Iterator[None]:
    """In here, the gradebook is the excerpt, in this process's memory."""
    with _memory().begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            connection.execute(sa.delete(table))
        for table in Base.metadata.sorted_tables:
            if rows := excerpt.rows.get(table.name):
                connection.execute(sa.insert(table), rows)
        secret.write(connection, excerpt.secret)
    with another(MEMORY):
        yield


def results(submission: Submission) -> Rows:
    """What the gradebook in memory says of the submission now."""
    with _memory().begin() as connection:
        rows = _of_submission(connection, submission)
        return rows | {"student": _where(connection, "student", "id", [submission.student])}


def put_back(connection: sa.Connection, submission: Submission, found: Rows) -> bool:
    """Write a worker's results into the real gradebook; whether all of it was new there.

    What a person decided meanwhile stays, and the item stays marked as to be looked at again.
    """
    if not _where(connection, "student", "id", [submission.student]):
        connection.execute(sa.insert(TABLES["student"]), found["student"])
    known = _of_submission(connection, submission)
    is_new = not known["submitted_assignment"]
    for name, (key, columns) in GRADED.items():
        if is_new:
            if found[name]:
                connection.execute(sa.insert(TABLES[name]), found[name])
            continue
        ids = {row[key]: row["id"] for row in known[name]}
        changed = [{"_id": ids[row[key]]} | row for row in found[name] if row[key] in ids]
        _update(connection, TABLES[name], columns, changed)
    return is_new


def _update(
    connection: sa.Connection, table: sa.Table, columns: Iterable[str], rows: list[dict[str, Any]]
) -> None:
    """Give rows, each known by its `_id`, their values in these columns."""
    values: dict[str, Any] = {name: sa.bindparam(f"_{name}") for name in columns}
    if "needs_manual_grade" in values:  # as nbgrader says it where there is a manual score
        values["needs_manual_grade"] = sa.or_(
            values["needs_manual_grade"], table.c.manual_score.is_not(None)
        )
    given = [{"_id": row["_id"]} | {f"_{name}": row[name] for name in columns} for row in rows]
    if given:
        change = sa.update(table).where(table.c.id == sa.bindparam("_id")).values(values)
        connection.execute(change, given)


def _of_submission(connection: sa.Connection, submission: Submission) -> Rows:
    """The rows of a submission; none where there is none."""
    assignment, table = TABLES["assignment"], TABLES["submitted_assignment"]
    query = sa.select(table).join(assignment, assignment.c.id == table.c.assignment_id)
    query = query.where(
        assignment.c.name == submission.sheet, table.c.student_id == submission.student
    )
    rows = {table.name: [dict(row) for row in connection.execute(query).mappings()]}
    return _follow(connection, rows, OF_SUBMISSION)


def _follow(connection: sa.Connection, rows: Rows, tables: Iterable[tuple[str, str, str]]) -> Rows:
    """These rows, and those of further tables that belong to them."""
    for table, column, parent in tables:
        rows[table] = _where(connection, table, column, [row["id"] for row in rows[parent]])
    return rows


def _where(
    connection: sa.Connection, table: str, column: str, values: list[str]
) -> list[dict[str, Any]]:
    if not values:
        return []
    query = sa.select(TABLES[table]).where(TABLES[table].c[column].in_(values))
    return [dict(row) for row in connection.execute(query).mappings()]


@cache
def _memory() -> sa.Engine:
    """The database in memory, which stays there as long as its connection does."""
    settings = {"poolclass": sa.StaticPool, "connect_args": {"check_same_thread": False}}
    engine = sa.create_engine(MEMORY, **settings)
    Base.metadata.create_all(engine)
    secret.METADATA.create_all(engine)
    return engine
