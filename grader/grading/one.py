"""Grading one submission, so that it is done or visibly not, wherever the process may end."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from nbgrader.converters import GenerateFeedback

from grader import record
from grader.errors import CourseError
from grader.grading import needed
from grader.intake.submissions import Submission
from grader.nbgrader_patches import AutogradeFolder
from grader.records import marks
from grader.records.gradebook import convert, gradebook, reopen
from grader.running import sandbox, warm


@dataclass(frozen=True)
class Task:
    """What is to be done for a submission.

    submission: which one;
    seen: the time of the mark that it had when this was decided; "" if it had none;
    only_feedback: it is judged, and its grade is newer than its feedback;
    alone: it was tried before, and nothing else is running now;
    isolation: the level for a worker on another machine; see `sandbox.demand`;
    run_everything: whether all cells run there, needed or not; see `needed.everything`;
    place: where its kernel is forked; "": it starts cold; None: see `warm.use`.
    """

    submission: Submission
    seen: str = ""
    only_feedback: bool = False
    alone: bool = False
    isolation: str | None = None
    run_everything: bool | None = None
    place: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    failure: why the submission has no grade or no feedback; "" if it has;
    again: whether another try, alone, may come to something else.
    """

    failure: str = ""
    again: bool = False

    @classmethod
    def of_death(cls) -> "Outcome":
        """The outcome of a task whose process died."""
        return cls("the process that graded it died twice", again=True)


class AutogradeAgain(AutogradeFolder):
    """Autograde for a submission of which an earlier one may be graded."""

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """nbgrader leaves the points of an earlier submission until those of this one are there."""
        super().init_assignment(assignment_id, student_id)
        reopen(assignment_id, student_id)


def grade_one(task: Task) -> Outcome:
    """Grade a submission and write its feedback."""
    submission = task.submission
    if task.isolation is not None:
        os.environ[sandbox.VARIABLE] = task.isolation
    if task.run_everything is not None:
        needed.run_everything(task.run_everything)
    warm.use(task.place)
    try:
        with _to_itself(submission.folder):
            mark = marks.read(submission)
            if mark and mark.time != task.seen:
                return Outcome()  # another run did it in the meantime
            if not task.only_feedback:
                marks.take_away(submission)
                submission.page.unlink(missing_ok=True)  # it speaks of the grade before
                convert(AutogradeAgain, submission.sheet, submission.student)
                if not task.alone and record.read_file(submission.graded_notebook).kernel_died:
                    # By the student's code, or for want of memory: a try alone tells which.
                    return Outcome("its kernel died", again=True)
            _write_feedback(submission)
    except CourseError as error:
        return Outcome(str(error), again=True)
    except Exception as error:  # a class is not stopped by one of its submissions
        return Outcome(f"{type(error).__name__}: {error}", again=True)
    return Outcome()


def _write_feedback(submission: Submission) -> None:
    """The last steps: the page, and the mark that says that all is done."""
    with gradebook() as book:  # before the page, so that a grade given meanwhile is newer than it
        grades = marks.grades_digest(book, submission)
    convert(GenerateFeedback, submission.sheet, submission.student)
    mark = marks.of_files(submission, grades)
    if not mark.page:
        raise CourseError("nbgrader wrote no feedback page")
    marks.put(submission, mark)


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
