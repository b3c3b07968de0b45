"""The way into nbgrader: its configuration, its gradebook, and what stands in it."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from nbgrader.api import Grade as GradeEntry
from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader.course import layout
from grader.errors import CourseError, MachineTrouble


@cache
def config() -> Config:
    """The settings in nbgrader_config.py; treat as read-only."""
    return PyFileConfigLoader("nbgrader_config.py", path=str(layout.ROOT)).load_config()


def course_directory(sheet: str = "*", student: str = "*") -> CourseDirectory:
    """nbgrader's view of the folders, for one sheet and one student or team (globs allowed)."""
    return CourseDirectory(config=config(), assignment_id=sheet, student_id=student)


@contextmanager
def gradebook() -> Iterator[Gradebook]:
    """The open gradebook. Raises CourseError where the database cannot be used."""
    folders = course_directory()
    with said_in_words(), Gradebook(folders.db_url, folders.course_id) as book:
        yield book


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


def convert(converter: type, sheet: str, student: str = "*", **settings: dict[str, object]) -> None:
    """Run one of nbgrader's converters, over what it made before; CourseError if it fails.

    settings: more of nbgrader's configuration, by class.
    """
    said = _FailureLog()
    log = logging.getLogger(f"grader.{converter.__name__}.{sheet}.{student}")
    log.addHandler(said)
    log.propagate = False
    try:
        folders = course_directory(sheet, student)
        merged = Config(config())
        merged.merge(Config(settings))
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
    judged: how many of the items that are judged automatically have been;
    not_judged: how many of them have not.
    """

    score: float
    max_score: float
    open: int
    late: float
    judged: int
    not_judged: int


def find_submission(book: Gradebook, sheet: str, student: str) -> SubmittedAssignment | None:
    """The gradebook's entry of a submission; None if there is none."""
    try:
        return book.find_submission(sheet, student)
    except MissingEntry:
        return None


def grade_of(book: Gradebook, sheet: str, student: str) -> Grade | None:
    """The grade of a submission; None if there is none."""
    submission = find_submission(book, sheet, student)
    if submission is None:
        return None
    grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
    tests = [grade for notebook in submission.notebooks for grade in _of_tests(notebook)]
    not_judged = sum(1 for g in tests if g.auto_score is None and g.manual_score is None)
    penalty = submission.late_submission_penalty or 0.0
    return Grade(
        max(0.0, submission.score - penalty),
        submission.max_score,
        sum(1 for g in grades if g.needs_manual_grade),
        max(0.0, submission.total_seconds_late),
        len(tests) - not_judged,
        not_judged,
    )


def _of_tests(notebook: SubmittedNotebook) -> list[GradeEntry]:
    """The grades of cells that are judged; a person grades those in which students answer."""
    answers = {comment.name for comment in notebook.comments}
    return [grade for grade in notebook.grades if grade.name not in answers]


def reopen(sheet: str, student: str) -> None:
    """Take back what was given automatically; what a person gave stays, to be looked at again.

    As long as a submission is being judged, no points of an earlier one stand in the gradebook.
    """
    with gradebook() as book:
        submission = find_submission(book, sheet, student)
        for notebook in submission.notebooks if submission else ():
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = None, True
        book.db.commit()


def has_sheet(sheet: str) -> bool:
    """Whether the sheet was released into this gradebook."""
    notebook = layout.source_notebook(sheet).stem
    with gradebook() as book:
        try:
            book.find_notebook(notebook, sheet)
        except MissingEntry:
            return False
    return True
