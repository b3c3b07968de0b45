"""How long grading took, for the class report alone.

Kept in a table of the gradebook's database, apart from all that has to be the same on each machine
and in each run: neither the marks, nor grades.csv, nor a student's page knows of it.
"""

import sqlalchemy as sa
from nbgrader.api import Gradebook

from grader.intake.submissions import Submission
from grader.records.gradebook import add_table, row_of

_TABLE = sa.Table(
    "run_times",
    sa.MetaData(),
    sa.Column("sheet", sa.Text, primary_key=True),
    sa.Column("student", sa.Text, primary_key=True),
    sa.Column("seconds", sa.Float, nullable=False),
)


def prepare(book: Gradebook) -> None:
    """Make the table, if it is not there: before the transactions that `put` is part of."""
    add_table(book.engine, _TABLE)


def is_prepared(book: Gradebook) -> bool:
    """Whether the table is there, which is so once grading has begun with this gradebook."""
    return sa.inspect(book.db.connection()).has_table(_TABLE.name)


def put(connection: sa.Connection, submission: Submission, seconds: float) -> None:
    """A submission was graded in these seconds of the clock."""
    names = {"sheet": submission.sheet, "student": submission.student}
    connection.execute(sa.delete(_TABLE).where(row_of(_TABLE, **names)))
    connection.execute(sa.insert(_TABLE).values(**names, seconds=seconds))


def read_all(book: Gradebook) -> dict[Submission, float]:
    """The seconds of each submission for which they are known."""
    if not is_prepared(book):
        return {}
    rows = book.db.connection().execute(sa.select(_TABLE)).mappings()
    return {Submission(row["sheet"], row["student"]): row["seconds"] for row in rows}
