"""Processes that work through a list of tasks, and end with the process that started them."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from grader.running import orphans

# How processes begin: forked from one that has imported READY and computed nothing. One forked from
# this process, which may have computed, would share TensorFlow's threads.
START = "forkserver"
READY = ["grader.pipeline", "grader.grading.one", "derivations.ready", "grader.grading.ready"]
SHEETS = "GRADER_READY_FOR"  # tells `grader.grading.ready` the sheets whose banks workers need


def prepare(sheets: Iterable[str] = ()) -> None:
    """Start the process that workers are forked from; it imports while this one does other things.

    sheets: those that workers will judge. Its environment and folder are those of this moment;
    workers get the environment of theirs.
    """
    if START == "forkserver":
        forkserver.set_forkserver_preload(READY)
        resource_tracker.ensure_running()  # first, because it unblocks SIGINT in this process
        os.environ[SHEETS] = " ".join(sheets)
        with _interrupts_wait():  # Ctrl-C goes to all processes, and is this one's business
            forkserver.ensure_running()
        del os.environ[SHEETS]


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """SIGINT comes when this is over; a process that starts meanwhile has it blocked."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Died:
    """The outcome of a task whose process died."""


class _Worker:
    """A process that does one task after another; `pipe` is readable when it is done or dead."""

    def __init__(self, work: Callable[[Any], Any]):
        context: Any = multiprocessing.get_context(START)  # their types know no Process
        self.pipe, inner = context.Pipe()
        arguments = inner, work, dict(os.environ)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        with _interrupts_wait():  # until it is ready
            self._process.start()
        inner.close()
        self.task: Any = None

    def give(self, task: Any) -> None:
        """Hand over a task; where the process is dead already, `outcome` says so."""
        self.task = task
        try:
            self.pipe.send(task)
        except OSError:
            self._process.kill()

    def outcome(self) -> Any:
        """What came of the task; Died if the process died under it."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            return Died()

    def end(self) -> None:
        """End the process at once, whatever it does."""
        self._process.kill()
        self._process.join()
        self.pipe.close()


def work_through(
    work: Callable[[Any], Any],
    tasks: Iterable[Any],
    jobs: int,
    started: Callable[[Any], None] = lambda task: None,
) -> Generator[tuple[Any, Any], None, None]:
    """Each task with what `work` returns for it, as they are done; Died where a process died.

    Tasks are taken one at a time, the next when one has started. A process that dies is replaced,
    so that the others' tasks go on as many at a time as before. started: called with each task that
    begins. Close the iterator, and all
    processes end at once.
    """
    prepare()
    waiting = iter(tasks)
    following = next(waiting, None)
    workers: list[_Worker] = []
    try:
        while following is not None or workers:
            while following is not None and len(workers) < jobs:
                workers.append(_Worker(work))
                workers[-1].give(following)
                started(following)
                following = next(waiting, None)
            ready = wait([worker.pipe for worker in workers])
            for worker in [worker for worker in workers if worker.pipe in ready]:
                task, outcome = worker.task, worker.outcome()
                if following is not None and not isinstance(outcome, Died):
                    worker.give(following)
                    started(following)
                    following = next(waiting, None)
                else:
                    workers.remove(worker)
                    worker.end()
                yield task, outcome
    finally:
        for worker in workers:
            worker.end()


def _serve(pipe: Connection, work: Callable[[Any], Any], environment: dict[str, str]) -> None:
    """The life of a worker."""
    os.environ.clear()  # what it is forked from may be older than the environment's last change
    os.environ.update(environment)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, _pass_over)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    orphans.end_with_parent()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(work(task))


def _pass_over(signum: int, frame: object) -> None:
    """Ctrl-C is for the process that started this one. Kernels must not inherit SIG_IGN."""
