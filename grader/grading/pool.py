"""Processes that work through a list of tasks, and end with the process that started them."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable
from multiprocessing.connection import Connection, wait
from typing import Any

START = "spawn"  # how processes begin; a forked one would share TensorFlow's threads


class Died:
    """The outcome of a task whose process died."""


class _Worker:
    """A process that does one task after another; `pipe` is readable when it is done or dead."""

    def __init__(self, work: Callable[[Any], Any]):
        context: Any = multiprocessing.get_context(START)  # their types know no Process
        self.pipe, inner = context.Pipe()
        self._process = context.Process(target=_serve, args=(inner, work), daemon=True)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # until it is ready
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
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
    work: Callable[[Any], Any], tasks: Iterable[Any], jobs: int
) -> Generator[tuple[Any, Any], None, None]:
    """Each task with what `work` returns for it, as they are done; Died where a process died.

    Tasks are taken one at a time, the next when one has started. A process that dies is replaced,
    so that the others' tasks go on as many at a time as before. Close the iterator, and all
    processes end at once.
    """
    waiting = iter(tasks)
    following = next(waiting, None)
    workers: list[_Worker] = []
    try:
        while following is not None or workers:
            while following is not None and len(workers) < jobs:
                workers.append(_Worker(work))
                workers[-1].give(following)
                following = next(waiting, None)
            ready = wait([worker.pipe for worker in workers])
            for worker in [worker for worker in workers if worker.pipe in ready]:
                task, outcome = worker.task, worker.outcome()
                if following is not None and not isinstance(outcome, Died):
                    worker.give(following)
                    following = next(waiting, None)
                else:
                    workers.remove(worker)
                    worker.end()
                yield task, outcome
    finally:
        for worker in workers:
            worker.end()


def _serve(pipe: Connection, work: Callable[[Any], Any]) -> None:
    """The life of a worker."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, _pass_over)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        pipe.send(work(task))


def _pass_over(signum: int, frame: object) -> None:
    """Ctrl-C is for the process that started this one. Kernels must not inherit SIG_IGN."""


def _end_with_parent() -> None:
    """Wait for the end of the process that started this one, then end as if killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)
