"""Grading a class: every submission a task of its own, several at a time.

A task is nbgrader's own Autograde and GenerateFeedback for one submission, so that the grades are
the same as those of `nbgrader autograde`. Tasks run in worker processes here, or on the workers of
a dask scheduler; one that fails or dies takes no other with it, and is tried again, alone. Workers
bring results back; this process alone writes them to the gradebook.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

from grader import terminal
from grader.authoring.release import release
from grader.course import digests
from grader.errors import CourseError
from grader.grading import needed, pool
from grader.grading.one import Outcome, Task, grade_one
from grader.grading.progress import RunProgress
from grader.grading.writing import Writer
from grader.intake.submissions import Submission, find_submissions, fingerprint
from grader.records import copies, marks, results, teams
from grader.records.gradebook import gradebook
from grader.running import sandbox, warm

AHEAD = 1000  # submissions that a cluster has at a time: enough to keep a big one busy

console = terminal.progress()


def grade(
    sheets: list[str],
    student: str = "*",
    jobs: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
    outdated: bool = False,
) -> int:
    """Grade what is in submitted/ and print the table; 0 when every submission is judged.

    force: also what is graded already; outdated: also what older checks judged.
    """
    teams.of_each_student()  # a mistake in the teams' file is better known before
    copies.prepare()
    sandbox.remove_abandoned()
    found = find_submissions(sheets, student)
    if not found:
        console.print(f"Nothing to grade in submitted/ for {', '.join(sheets)}, student {student}.")
        return 0
    release(list(dict.fromkeys(one.sheet for one in found)), if_needed=True)
    tasks = unfinished(found, force, outdated)
    pages = sum(task.only_feedback for task in tasks)
    if done := len(found) - len(tasks) + pages:
        console.print(f"{done} of {len(found)} are graded already (--force grades them again).")
    if pages:
        console.print(f"{pages} of these have grades newer than their feedback: it is made again.")
    failures = run_all(tasks, jobs, scheduler) if tasks else {}
    return results.conclude(found, failures, find_submissions(sheets))


def unfinished(
    submissions: list[Submission], force: bool = False, outdated: bool = False
) -> list[Task]:
    """What is left to do: submissions to be judged, and feedback that is older than its grade."""
    known = marks.read_all()
    tasks, old = [], 0
    with gradebook() as book:
        for submission in submissions:
            mark, noted = known.get(submission), submission.record()
            current = noted.checks == digests.of_checks(submission.sheet)
            task = Task(submission, seen=mark.time if mark else "")
            if (
                force
                or mark is None
                or mark.notebook != marks.digest(submission.graded_notebook)
                or noted.submission != fingerprint(submission.folder)
                or noted.trouble
                or (outdated and not current)
            ):
                tasks.append(task)
                continue
            old += not current
            if (mark.page, mark.grades) != (
                marks.digest(submission.page),
                marks.grades_digest(book, submission),
            ):
                tasks.append(replace(task, only_feedback=True))
    if old:
        console.print(f"{old} of these were judged by older checks (--outdated judges them again).")
    return tasks


def run_all(tasks: list[Task], jobs: int | None, scheduler: str | None) -> dict[Submission, str]:
    """Do all of them, and say how far it is; why it failed, for each that could not be done.

    What fails or loses its process is put back, and tried again alone when the others are done.
    """
    failures: dict[Submission, str] = {}
    put_back = []
    with _stoppable(), RunProgress(console, len(tasks)) as progress:

        def started(task: Task) -> None:
            progress.started(_name(task))

        for task, outcome in _outcomes(tasks, jobs, scheduler, started):
            if outcome.again:
                put_back.append(replace(task, alone=True))
                progress.put_back(_name(task))
            else:
                progress.finished(_name(task))
        for again in put_back:
            for task, outcome in _outcomes([again], 1, scheduler, started):
                progress.finished(_name(task))
                if outcome.failure:
                    failures[task.submission] = outcome.failure
    return failures


def _name(task: Task) -> str:
    return f"{task.submission.student} {task.submission.sheet}"


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM ends the run as Ctrl-C does; either way no process and no scratch folder stays."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum: int, frame: object) -> None:
        raise SystemExit(128 + signum)

    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except (KeyboardInterrupt, SystemExit):
        sandbox.remove_abandoned()
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)


def _outcomes(
    tasks: Sequence[Task],
    jobs: int | None,
    scheduler: str | None,
    started: Callable[[Task], None],
) -> Iterator[tuple[Task, Outcome]]:
    """Each task with its outcome, as they are done, here or on a cluster.

    started: called with each task that begins; on a cluster nobody knows when one does.
    """
    with gradebook() as book:
        writer = Writer(book)
        ready = map(writer.hand_out, tasks)
        if scheduler is not None:
            found = _on_cluster(ready, scheduler)
        else:
            found = _here(ready, Counter(t.submission.sheet for t in tasks), jobs, started)
        with closing(found):
            for task, outcome in found:
                yield task, writer.put_back(task, outcome)


def _here(
    tasks: Iterable[Task], left: Counter[str], jobs: int | None, started: Callable[[Task], None]
) -> Generator[tuple[Task, Outcome], None, None]:
    """Each task with its outcome, from processes on this machine. left: how many of each sheet."""
    ready = map(_with_place, tasks)
    with closing(pool.work_through(grade_one, ready, jobs or os.cpu_count() or 1, started)) as done:
        for task, outcome in done:
            left[task.submission.sheet] -= 1
            if not left[task.submission.sheet]:
                warm.close(needed.imports(task.submission.sheet))
            yield task, Outcome.of_death() if isinstance(outcome, pool.Died) else outcome


def _with_place(task: Task) -> Task:
    """A task that is about to start, with the place where its kernel is forked."""
    if task.alone:  # whatever was wrong before, this may be better
        return replace(task, place="")
    return replace(task, place=warm.start(needed.imports(task.submission.sheet)))


def _on_cluster(
    tasks: Iterator[Task], scheduler: str
) -> Generator[tuple[Task, Outcome], None, None]:
    """Each task with its outcome, from the workers of a dask cluster."""
    from distributed import Client, as_completed

    try:
        client = Client(scheduler, timeout=30)
    except OSError as error:
        raise CourseError(f"No dask scheduler answers at {scheduler}: {error}") from error
    with client:
        level = os.environ.get(sandbox.VARIABLE)
        every = needed.everything()
        done = as_completed()
        going: dict[Any, Task] = {}

        def submit(count: int) -> None:
            for task in islice(tasks, count):
                there = replace(task, isolation=level, run_everything=every)
                future = client.submit(grade_one, there, pure=False)
                going[future] = task
                done.add(future)

        submit(AHEAD)
        for future in done:
            task, lost = going.pop(future), future.exception()
            # Of the worker or the network: a task reports by itself.
            yield task, Outcome(f"{type(lost).__name__}: {lost}", True) if lost else future.result()
            submit(1)
