"""Grading a class: every submission a task of its own, several at a time.

A task is nbgrader's own Autograde and GenerateFeedback for one submission, so that the grades are
the same as those of `nbgrader autograde`. Tasks run in worker processes here, or on the workers of
a dask scheduler; one that fails or dies takes no other with it.
"""

import fnmatch
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader import course, results, teams
from grader.intake import fingerprint
from grader.release import release

console = Console(stderr=True)


@dataclass(frozen=True, order=True)
class Submission:
    """A folder under submitted/: whose it is (a student or a team), and for which sheet."""

    sheet: str
    student: str

    @property
    def folder(self) -> Path:
        return course.SUBMITTED / self.student / self.sheet

    @property
    def graded_notebook(self) -> Path:
        name = course.source_notebook(self.sheet).name
        return course.AUTOGRADED / self.student / self.sheet / name


def grade(
    sheets: list[str],
    student: str = "*",
    jobs: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
) -> int:
    """Grade what is in submitted/ and print the table; 0 when every submission has a grade."""
    teams.of_each_student()  # a mistake in the teams' file is better known before
    release(sheets, if_needed=True)
    found = find_submissions(sheets, student)
    if not found:
        console.print(f"Nothing to grade in submitted/ for {', '.join(sheets)}, student {student}.")
        return 0
    waiting = found if force else not_graded(found)
    if len(waiting) < len(found):
        done = len(found) - len(waiting)
        console.print(f"{done} of {len(found)} are graded already (--force grades them anew).")
    failures = run_all(waiting, jobs, scheduler) if waiting else {}
    return results.conclude(found, failures, find_submissions(sheets))


def find_submissions(sheets: list[str], student: str = "*") -> list[Submission]:
    """The submissions to these sheets, in order."""
    return sorted(
        Submission(folder.name, folder.parent.name)
        for sheet in sheets
        for folder in course.SUBMITTED.glob(f"*/{sheet}")
        if folder.is_dir() and fnmatch.fnmatch(folder.parent.name, student)
    )


def not_graded(submissions: list[Submission]) -> list[Submission]:
    """Those whose files are not just the ones graded before, or that the gradebook lacks."""
    from grader.gradebook import grade_of, gradebook

    with gradebook() as book:
        return [
            submission
            for submission in submissions
            if results.record_of(submission).get("submission") != fingerprint(submission.folder)
            or grade_of(book, submission.sheet, submission.student) is None
        ]


def run_all(
    submissions: list[Submission], jobs: int | None, scheduler: str | None
) -> dict[Submission, str]:
    """Grade all of them with a progress bar; why it failed, for each that could not be graded."""
    failures: dict[Submission, str] = {}
    columns = [TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
    with Progress(*columns, TextColumn("{task.description}"), console=console) as progress:
        task = progress.add_task("", total=len(submissions))

        def finished(submission: Submission, failure: str) -> None:
            if failure:
                failures[submission] = failure
            words = f"{submission.student} {submission.sheet}"
            progress.update(task, advance=1, description=words)

        with _executor(jobs, scheduler) as executor:
            lost = _collect(executor, submissions, finished)
        for submission in lost:  # their worker died; each gets one of its own
            with _executor(1, None) as executor:
                for again in _collect(executor, [submission], finished):
                    finished(again, "the process that graded it died twice")
    return failures


def _collect(
    executor: Executor, submissions: list[Submission], finished: Callable[[Submission, str], None]
) -> list[Submission]:
    """Wait for all tasks; returns those whose worker process died under them."""
    futures: dict[Future, Submission] = {executor.submit(grade_one, s): s for s in submissions}
    lost = []
    for future in as_completed(futures):
        try:
            finished(futures[future], future.result())
        except BrokenProcessPool:
            lost.append(futures[future])
        except Exception as error:  # the task itself reports; this is the worker or the network
            finished(futures[future], f"{type(error).__name__}: {error}")
    return lost


@contextmanager
def _executor(jobs: int | None, scheduler: str | None) -> Iterator[Executor]:
    if scheduler is not None:
        from distributed import Client

        with Client(scheduler, timeout=30) as client:
            yield client.get_executor(pure=False)
        return
    jobs = jobs or os.cpu_count() or 1
    executor = ProcessPoolExecutor(jobs, get_context("spawn"))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def grade_one(submission: Submission) -> str:
    """Grade one submission and write its feedback; "" or why that failed."""
    from nbgrader.converters import GenerateFeedback

    from grader.gradebook import convert

    try:
        for converter in (_autograde(), GenerateFeedback):
            convert(converter, submission.sheet, submission.student)
    except course.CourseError as error:
        return str(error)
    return ""


def _autograde() -> type:
    from nbgrader.converters import Autograde

    class AutogradeFolder(Autograde):
        """Autograde that also takes a folder without a notebook: it gets its zero, and feedback."""

        def init_notebooks(self) -> None:
            folder = Path(
                self._format_source(self.coursedir.assignment_id, self.coursedir.student_id)
            )
            name = course.source_notebook(self.coursedir.assignment_id).name
            self.assignments = {str(folder): [str(folder / name)]}
            self.notebooks = []

    return AutogradeFolder
