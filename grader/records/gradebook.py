"""The way into nbgrader: its configuration, its gradebook, and what stands in it."""

import datetime
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Gradebook,
    GradeCell,
    MissingEntry,
    SolutionCell,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.api import Grade as GradeEntry
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.orm import Query
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader.course import layout
from grader.errors import CourseError, MachineTrouble


@cache
def config() -> Config:
    """The settings in nbgrader_config.py; treat as read-only."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(layout.ROOT)).load_config()


_instead: ContextVar[str] = ContextVar("the address of another gradebook", default="")


@contextmanager
def another(db_url: str) -> Iterator[None]:
    """In here, the gradebook is the one at this address."""
    before = _instead.set(db_url)
    try:
        yield
    finally:
        _instead.reset(before)


def course_directory(
    sheet: str = "*", student: str = "*", settings: Config | None = None
) -> CourseDirectory:
    """nbgrader's view of the folders, for one sheet and one student or team (globs allowed).

    settings: nbgrader's configuration, if it is to be another than the course's.
    """
    address = {"db_url": _instead.get()} if _instead.get() else {}
    found = config() if settings is None else settings
    return CourseDirectory(config=found, assignment_id=sheet, student_id=student, **address)


@contextmanager
def gradebook() -> Iterator[Gradebook]:
    """The open gradebook. Raises CourseError where the database cannot be used."""
    folders = course_directory()
    with said_in_words(), Gradebook(folders.db_url, folders.course_id) as book:
        yield book


@contextmanager
def transaction(book: Gradebook) -> Iterator[sa.Connection]:
    """All that is read and written in here, in one step. Raises CourseError as `gradebook`."""
    with said_in_words():
        try:
            yield book.db.connection()
            book.db.commit()
        except BaseException:
            book.db.rollback()
            raise


@contextmanager
def said_in_words() -> Iterator[None]:
    """Whatever the database refuses becomes a CourseError that says what to do."""
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.NoSuchModuleError) as error:
        raise CourseError(in_words(error)) from error
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("psycopg"):
            raise
        raise CourseError(in_words(error)) from error


def add_table(engine: sa.Engine, table: sa.Table) -> None:
    """Make a table of our own in the gradebook's database, if it is not there."""
    if not sa.inspect(engine).has_table(table.name):
        with suppress(sa.exc.DatabaseError):  # another process was faster
            table.create(engine, checkfirst=True)


def row_of(table: sa.Table, sheet: str, student: str) -> sa.ColumnElement[bool]:
    """The condition for the row of a submission in a table of our own."""
    return sa.and_(table.c.sheet == sheet, table.c.student == student)


# What a database's complaint means: (a part of its words, what to do).
_COMPLAINTS = (
    (
        ("locked",),
        "Another program is writing to the gradebook {where} and did not end within a minute. "
        "Close it (another grader, the formgrader, a database browser), and start again.",
    ),
    (
        ("readonly", "read-only", "unable to open"),
        "The gradebook {where} cannot be written. Give your account the right to write to the "
        "file and to its folder, and start again.",
    ),
    (
        ("malformed", "not a database", "corrupt"),
        "The gradebook {where} is damaged ({said}). Move it away, put the newest sound copy from "
        "{copies} in its place, and start again: what was graded since is graded again.",
    ),
    (
        ("disk is full", "no space left"),
        "The disk that holds the gradebook {where} is full. Make room, and start again.",
    ),
    (
        ("psycopg",),
        "PostgreSQL needs its driver: .venv/bin/pip install 'psycopg[binary]'.",
    ),
)
_ANY_OTHER = (
    "The gradebook {where} cannot be used: {said}. Is db_url in nbgrader_config.py right, and does "
    "its server run?"
)
COPIES = layout.ROOT / "gradebook_copies"


def in_words(error: Exception) -> str:
    """What to do about a database that refuses, and that nothing was overwritten."""
    said = str(getattr(error, "orig", None) or error).strip().splitlines()[0][:300]
    where = sa.make_url(course_directory().db_url).render_as_string(hide_password=True)
    advice = next(
        (words for parts, words in _COMPLAINTS if any(part in said.lower() for part in parts)),
        _ANY_OTHER,
    )
    words = advice.format(where=where, said=said, copies=f"{COPIES.name}/")
    return f"{words} Nothing was overwritten."


def due_date(sheet: str) -> datetime.datetime | None:
    """Until when a sheet can be handed in, in UTC and without a zone; None if nobody said so."""
    database = sa.make_url(course_directory().db_url)
    if database.drivername.startswith("sqlite") and not Path(database.database or "").exists():
        return None  # opening it would make an empty one
    with gradebook() as book:
        try:
            return book.find_assignment(sheet).duedate
        except MissingEntry:
            return None


def convert(
    converter: type, sheet: str, student: str = "*", **settings: Mapping[str, object]
) -> None:
    """Run one of nbgrader's converters, over what it made before; CourseError if it fails.

    settings: more of nbgrader's configuration, by class.
    """
    said = _FailureLog()
    log = logging.getLogger(f"grader.{converter.__name__}.{sheet}.{student}")
    log.addHandler(said)
    log.propagate = False
    try:
        merged = Config(config())
        merged.merge(Config(settings))
        folders = course_directory(sheet, student, merged)
        converter(coursedir=folders, config=merged, force=True, log=log).start()
    except (Exception, SystemExit) as error:
        cause = said.error or error
        if isinstance(cause, CourseError):
            raise cause from error
        if isinstance(cause, sa.exc.DBAPIError):
            raise CourseError(in_words(cause)) from error
        reason = said.reason or f"{type(error).__name__}: {error}"
        named, _, words = reason.partition(": ")
        if named.rpartition(".")[2] == MachineTrouble.__name__:
            raise MachineTrouble(words) from error
        raise CourseError(f"{converter.__name__} {sheet}: {reason}") from error
    finally:
        log.removeHandler(said)


class _FailureLog(logging.Handler):
    """Keeps the reason of a failure: nbgrader logs it as a traceback and raises something else."""

    reason = ""
    error: BaseException | None = None

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if not self.reason and text.startswith("Traceback"):
            self.reason = text.splitlines()[-1][:500]
            self.error = sys.exception()


@dataclass(frozen=True)
class Grade:
    """What the gradebook says of one submission.

    score: points so far, less a penalty for being late;
    max_score: the most it can earn;
    open: how many items wait for a person;
    late: seconds after the due date;
    handed_in: the day, as 2026-11-10 in UTC; empty if it is not known;
    judged: how many of the items that are judged automatically have been;
    not_judged: how many of them have not.
    """

    score: float
    max_score: float
    open: int
    late: float
    handed_in: str
    judged: int
    not_judged: int


@dataclass(frozen=True)
class Entry:
    """What the gradebook says of one cell that earns points.

    points: the most it can earn;
    score: what it has earned, extra credit included; None as long as nobody has decided;
    by_hand: whether a person has decided;
    waits: whether it waits for a person, who may also confirm points that it has;
    is_text: whether it is the student's own, which people grade; else it is a judged test.
    """

    points: float
    score: float | None
    by_hand: bool
    waits: bool
    is_text: bool = False


Entries = dict[tuple[str, str], dict[str, Entry]]


def entries(book: Gradebook, sheet: str | None = None, student: str | None = None) -> Entries:
    """The cells of submissions that earn points, by sheet and student, and by grade id.

    sheet, student: only those of this one. A few queries, whatever their number.
    """
    query = (
        book.db.query(
            Assignment.name,
            SubmittedAssignment.student_id,
            BaseCell.id,
            BaseCell.notebook_id,
            BaseCell.name,
            GradeEntry.auto_score,
            GradeEntry.manual_score,
            GradeEntry.extra_credit,
            GradeEntry.needs_manual_grade,
        )
        .join(GradeEntry.cell)
        .join(GradeEntry.notebook)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedAssignment.assignment)
    )
    most = dict(book.db.query(GradeCell.id, GradeCell.max_score).all())
    most |= dict(book.db.query(TaskCell.id, TaskCell.max_score).all())
    texts = {
        tuple(row)
        for kind in (SolutionCell, TaskCell)
        for row in book.db.query(kind.notebook_id, kind.name)
    }
    found: Entries = {}
    for name, who, cell, notebook, grade_id, auto, manual, extra, waits in _only(
        query, sheet, student
    ):
        given = auto if manual is None else manual
        score = None if given is None else given + (extra or 0.0)
        found.setdefault((name, who), {})[grade_id] = Entry(
            float(most.get(cell, 0.0)),
            score,
            manual is not None,
            bool(waits),
            (notebook, grade_id) in texts,
        )
    return found


def _only(query: Query, sheet: str | None, student: str | None) -> Query:
    query = query.filter(Assignment.name == sheet) if sheet else query
    return query.filter(SubmittedAssignment.student_id == student) if student else query


def comments_of(book: Gradebook, submission: SubmittedAssignment) -> dict[str, str]:
    """The comments that people wrote, by grade id of the cell that they belong to."""
    rows = (
        book.db.query(BaseCell.name, Comment.manual_comment)
        .join(Comment.cell)
        .join(Comment.notebook)
        .filter(SubmittedNotebook.assignment_id == submission.id)
    )
    return {name: comment for name, comment in rows if comment and comment.strip()}


def find_submission(book: Gradebook, sheet: str, student: str) -> SubmittedAssignment | None:
    """The gradebook's entry of a submission; None if there is none."""
    try:
        return book.find_submission(sheet, student)
    except MissingEntry:
        return None


def grade_of(book: Gradebook, sheet: str, student: str) -> Grade | None:
    """The grade of a submission; None if there is none."""
    return grades(book, sheet, student).get((sheet, student))


def grades(
    book: Gradebook, sheet: str | None = None, student: str | None = None
) -> dict[tuple[str, str], Grade]:
    """The grades of all submissions, by sheet and student; sheet, student: only of this one."""
    kind = SubmittedAssignment
    query = book.db.query(
        Assignment.name,
        kind.student_id,
        kind.timestamp,
        kind.extension,
        Assignment.duedate,
        kind.late_submission_penalty,
    ).join(kind.assignment)
    known = entries(book, sheet, student)
    found = {}
    for name, who, handed_in, extension, due, penalty in _only(query, sheet, student):
        late = 0.0
        if handed_in and due:
            late = (handed_in - due - (extension or timedelta())).total_seconds()
        cells = list(known.get((name, who), {}).values())
        day = f"{handed_in:%Y-%m-%d}" if handed_in else ""
        found[name, who] = _grade(cells, max(0.0, late), penalty or 0.0, day)
    return found


def _grade(cells: list[Entry], late: float, penalty: float, handed_in: str) -> Grade:
    judged = [entry.score is not None for entry in cells if not entry.is_text]
    return Grade(
        score=max(0.0, sum(entry.score or 0.0 for entry in cells) - penalty),
        max_score=sum(entry.points for entry in cells),
        open=sum(entry.waits for entry in cells),
        late=late,
        handed_in=handed_in,
        judged=sum(judged),
        not_judged=len(judged) - sum(judged),
    )


def reopen(book: Gradebook, sheet: str, student: str) -> None:
    """Take back what was given automatically; what a person gave stays, to be looked at again.

    As long as a submission is being judged, no points of an earlier one stand in the gradebook.
    """
    submission = find_submission(book, sheet, student)
    for notebook in submission.notebooks if submission else ():
        for grade in notebook.grades:
            grade.auto_score, grade.needs_manual_grade = None, True
    book.db.flush()


def has_sheet(sheet: str) -> bool:
    """Whether the sheet was released into this gradebook."""
    notebook = layout.source_notebook(sheet).stem
    with gradebook() as book:
        try:
            book.find_notebook(notebook, sheet)
        except MissingEntry:
            return False
    return True
