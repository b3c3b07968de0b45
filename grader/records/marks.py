"""When a submission is done: a mark in the gradebook's database, written last, in one step.

The mark ties what belongs together: the graded notebook, the gradebook's grades, the feedback. It
is taken away before a submission is graded and set when its feedback is there, so whatever ends a
run in between leaves a submission without a mark, and the next run finishes it.
"""

import datetime
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa
from nbgrader.api import Gradebook

from grader.intake.submissions import Submission
from grader.records.gradebook import (
    add_table,
    course_directory,
    find_submission,
    row_of,
    said_in_words,
)

_TABLE = sa.Table(
    "judge_marks",
    sa.MetaData(),
    sa.Column("sheet", sa.Text, primary_key=True),
    sa.Column("student", sa.Text, primary_key=True),
    sa.Column("notebook", sa.Text, nullable=False),
    sa.Column("page", sa.Text, nullable=False),
    sa.Column("grades", sa.Text, nullable=False),
    sa.Column("time", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Mark:
    """What a finished submission was when it was finished.

    notebook: a digest of the graded notebook;
    page: a digest of the feedback page;
    grades: a digest of its points and comments in the gradebook, those given by hand included;
    time: when, in UTC; no two markings have the same.
    """

    notebook: str
    page: str
    grades: str
    time: str


def read_all() -> dict[Submission, Mark]:
    """The marks of all submissions that are done."""
    with _connection() as connection:
        rows = connection.execute(sa.select(_TABLE)).mappings().all()
    return {Submission(row["sheet"], row["student"]): _mark(row) for row in rows}


def read(submission: Submission, transaction: sa.Connection | None = None) -> Mark | None:
    """The mark of a submission; None if it is not done."""
    with _connection(transaction) as connection:
        row = connection.execute(sa.select(_TABLE).where(_row_of(submission))).mappings().first()
    return None if row is None else _mark(row)


def take_away(submission: Submission, transaction: sa.Connection | None = None) -> None:
    """From now on the submission is not done."""
    with _connection(transaction) as connection:
        connection.execute(sa.delete(_TABLE).where(_row_of(submission)))


def take_away_all(sheet: str) -> None:
    """From now on no submission to this sheet is done."""
    with _connection() as connection:
        connection.execute(sa.delete(_TABLE).where(_TABLE.c.sheet == sheet))


def put(submission: Submission, mark: Mark, transaction: sa.Connection | None = None) -> None:
    """From now on the submission is done."""
    names = {"sheet": submission.sheet, "student": submission.student}
    with _connection(transaction) as connection:
        connection.execute(sa.delete(_TABLE).where(_row_of(submission)))
        connection.execute(sa.insert(_TABLE).values(**names, **asdict(mark)))


def of_files(submission: Submission, grades: str) -> Mark:
    """The mark that fits a submission's files as they are now."""
    now = datetime.datetime.now(datetime.UTC).isoformat()
    return Mark(digest(submission.graded_notebook), digest(submission.page), grades, now)


def digest(file: Path) -> str:
    """A digest of a file's content; empty where there is no file."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def grades_digest(book: Gradebook, submission: Submission) -> str:
    """A digest of all that the gradebook says of a submission and its feedback shows."""
    found = find_submission(book, submission.sheet, submission.student)
    facts = []
    for notebook in found.notebooks if found else ():
        facts.append(repr((notebook.name, notebook.late_submission_penalty)))
        facts += [
            repr((g.cell_id, g.auto_score, g.manual_score, g.extra_credit)) for g in notebook.grades
        ]
        facts += [
            repr((c.cell_id, c.auto_comment or None, c.manual_comment or None))
            for c in notebook.comments
        ]
    return hashlib.sha256("\n".join(sorted(facts)).encode()).hexdigest()


def _mark(row: sa.RowMapping) -> Mark:
    return Mark(row["notebook"], row["page"], row["grades"], row["time"])


def _row_of(submission: Submission) -> sa.ColumnElement[bool]:
    return row_of(_TABLE, submission.sheet, submission.student)


@contextmanager
def _connection(transaction: sa.Connection | None = None) -> Iterator[sa.Connection]:
    """A transaction on the gradebook's database, in which the table is there.

    transaction: one that is going on, of whoever has read the marks before; it stays open.
    """
    if transaction is not None:
        yield transaction
        return
    with said_in_words():
        engine = sa.create_engine(course_directory().db_url)
        try:
            add_table(engine, _TABLE)
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()
