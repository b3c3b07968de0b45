"""Grading a class: every submission a task of its own, several at a time.

A task is nbgrader's own Autograde and GenerateFeedback for one submission, so that the grades are
the same as those of `nbgrader autograde`. Tasks run in worker processes here, or on the workers of
a dask scheduler; one that fails or dies takes no other with it.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context

from nbgrader.converters import GenerateFeedback
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from grader import terminal
from grader.authoring.release import release
from grader.errors import CourseError
from grader.intake.submissions import Submission, find_submissions, fingerprint
from grader.nbgrader_patches import AutogradeFolder
from grader.records import results, teams
from grader.records.gradebook import convert, grade_of, gradebook
from grader.running import sandbox

console = terminal.progress()


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


def not_graded(submissions: list[Submission]) -> list[Submission]:
    """Those whose files are not just the ones graded before, or that the gradebook lacks."""
    with gradebook() as book:
        return [
            submission
            for submission in submissions
            if submission.record().submission != fingerprint(submission.folder)
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
    level = os.environ.get(sandbox.VARIABLE)
    futures: dict[Future, Submission] = {
        executor.submit(grade_one, s, level): s for s in submissions
    }
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


def grade_one(submission: Submission, isolation: str | None = None) -> str:
    """Grade one submission and write its feedback; "" or why that failed.

    isolation: the level for a worker that may run on another machine; see `sandbox.demand`.
    """
    if isolation is not None:
        os.environ[sandbox.VARIABLE] = isolation
    try:
        for converter in (AutogradeFolder, GenerateFeedback):
            convert(converter, submission.sheet, submission.student)
    except CourseError as error:
        return str(error)
    return ""
