"""The way into nbgrader: its configuration, its gradebook, and what stands in it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from nbgrader.api import Gradebook, MissingEntry
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
    """The open gradebook."""
    folders = course_directory()
    with Gradebook(folders.db_url, folders.course_id) as book:
        yield book


def convert(converter: type, sheet: str, student: str = "*") -> None:
    """Run one of nbgrader's converters, over what it made before; CourseError if it fails."""
    said = _FailureLog()
    log = logging.getLogger(f"grader.{converter.__name__}.{sheet}.{student}")
    log.addHandler(said)
    log.propagate = False
    try:
        folders = course_directory(sheet, student)
        converter(coursedir=folders, config=config(), force=True, log=log).start()
    except (Exception, SystemExit) as error:
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

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage().strip()
        if not self.reason and text.startswith("Traceback"):
            self.reason = text.splitlines()[-1][:500]


@dataclass(frozen=True)
class Grade:
    """What the gradebook says of one submission.

    score: points so far, less a penalty for being late;
    max_score: the most it can earn;
    open: how many items wait for a person;
    late: seconds after the due date.
    """

    score: float
    max_score: float
    open: int
    late: float


def grade_of(book: Gradebook, sheet: str, student: str) -> Grade | None:
    """The grade of a submission; None if there is none."""
    try:
        submission = book.find_submission(sheet, student)
    except MissingEntry:
        return None
    waiting = [g for notebook in submission.notebooks for g in notebook.grades]
    penalty = submission.late_submission_penalty or 0.0
    return Grade(
        max(0.0, submission.score - penalty),
        submission.max_score,
        sum(1 for g in waiting if g.needs_manual_grade),
        max(0.0, submission.total_seconds_late),
    )


def has_sheet(sheet: str) -> bool:
    """Whether the sheet was released into this gradebook."""
    notebook = layout.source_notebook(sheet).stem
    with gradebook() as book:
        try:
            book.find_notebook(notebook, sheet)
        except MissingEntry:
            return False
    return True
