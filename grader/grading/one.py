"""Grading one submission, so that it is done or visibly not, wherever the process may end."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from grader import record
from grader.errors import CourseError
from grader.grading import needed
from grader.intake.submissions import Submission
from grader.nbgrader_patches import AutogradeFolder
from grader.records import excerpt, fresh, marks
from grader.records.excerpt import Excerpt, Rows
from grader.records.gradebook import convert
from grader.running import sandbox, warm

_one_at_a_time = threading.Lock()  # folder and environment belong to the whole process


@dataclass(frozen=True)
class Task:
    """What is to be done for a submission.

    submission: which one;
    seen: the time of the mark that it had when this was decided; "" if it had none;
    only_feedback: it is judged, and its grade is newer than its feedback;
    alone: it was tried before, and nothing else is running now;
    isolation: the level for a worker on another machine; see `sandbox.demand`;
    run_everything: whether all cells run there, needed or not; see `needed.everything`;
    place: where its kernel is forked; "": it starts cold; None: see `warm.use`;
    excerpt: what it needs of the gradebook; None where there is nothing left to do;
    graded: a digest of the graded notebook when it was handed out.
    """

    submission: Submission
    seen: str = ""
    only_feedback: bool = False
    alone: bool = False
    isolation: str | None = None
    run_everything: bool | None = None
    place: str | None = None
    excerpt: Excerpt | None = field(default=None, compare=False, repr=False)
    graded: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    failure: why the submission has no grade or no feedback; "" if it has;
    again: whether another try, alone, may come to something else;
    results: what the gradebook is to say of it; None where that stays as it is;
    mark: the one that fits its files and these results; None where it is not done;
    seconds: of the clock, for running and judging it; None where that was not done.
    """

    failure: str = ""
    again: bool = False
    results: Rows | None = field(default=None, compare=False, repr=False)
    mark: marks.Mark | None = None
    seconds: float | None = field(default=None, compare=False)

    @classmethod
    def of_death(cls) -> "Outcome":
        """The outcome of a task whose process died."""
        return cls("the process that graded it died twice", again=True)


def grade_one(task: Task) -> Outcome:
    """Grade a submission and write its feedback; what stands in the gradebook is another's work."""
    if task.excerpt is None:  # another run did it in the meantime
        return Outcome()
    if task.isolation is not None:
        os.environ[sandbox.VARIABLE] = task.isolation
    if task.run_everything is not None:
        needed.run_everything(task.run_everything)
    warm.use(task.place)
    try:
        with (
            _one_at_a_time,
            _to_itself(task.submission.folder),
            excerpt.laid_out(task.excerpt),
        ):
            return _grade(task)
    except CourseError as error:
        return Outcome(str(error), again=True)
    except Exception as error:  # a class is not stopped by one of its submissions
        return Outcome(f"{type(error).__name__}: {error}", again=True)


def _grade(task: Task) -> Outcome:
    """The same where nobody else works on the submission; the gradebook is the task's excerpt."""
    submission = task.submission
    if not task.alone and marks.digest(submission.graded_notebook) != task.graded:
        return Outcome("another run is at it", again=True)
    results = seconds = None
    if not task.only_feedback:
        submission.page.unlink(missing_ok=True)  # it speaks of the grade before
        began = time.monotonic()
        convert(AutogradeFolder, submission.sheet, submission.student)
        seconds = time.monotonic() - began
        if not task.alone and record.read_file(submission.graded_notebook).kernel_died:
            # By the student's code, or for lack of memory: a try alone tells which.
            return Outcome("its kernel died", again=True)
        results = excerpt.results(submission)
    return Outcome(results=results, mark=fresh.write_page(submission), seconds=seconds)


@contextmanager
def _to_itself(folder: Path) -> Iterator[None]:
    """Only one process at a time works on a submission, also where two graders run."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network disks know no locks on folders
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
