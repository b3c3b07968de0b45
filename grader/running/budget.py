"""What a student's process may use up: limits that do not depend on how busy the machine is.

Two things are counted, for a process and all that it started:

- its *work*: processor time, of all threads, also of children that have ended;
- its *own time*: the time that passed, less the time in which it could not run. That is what its
  threads waited for a processor (the kernel's run queue, /proc/PID/task/TID/schedstat), the time in
  which it was stopped from outside, and any time in which the grader itself could not look.

An endless loop uses up the work; sleeping and waiting for input use up the own time. The clock is
only a last resort: where it alone has run out, the machine is at fault, which is MachineTrouble.

Without /proc (macOS) the wait for a processor is not known, and own time is the time that passed.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from grader.errors import MachineTrouble
from grader.running import sandbox

LOOK_SECONDS = 0.5  # between two looks; what is over before the first is not counted
LONGEST_GAP = 1.0  # what passes between two looks counts as no more than this
OWN = 2  # seconds of own time for each second of work that is allowed
CLOCK = 20  # seconds of the clock for the same
LEAST_CLOCK = 120.0
NANOSECONDS = 1e9


@dataclass(frozen=True)
class Usage:
    """What a process and its descendants have used up since they started.

    work: processor time in seconds;
    waits: seconds in the run queue, by process and thread;
    stopped: whether the process is stopped by a signal from outside.
    """

    work: float = 0.0
    waits: dict[tuple[int, int], float] = field(default_factory=dict)
    stopped: bool = False


class Spent(Exception):
    """A limit that is the student's is used up; the message says which, after "The call"."""


class Budget:
    """The limits of one cell or call, which may use up `seconds` of work.

    read: gives the Usage so far, None where there is nothing to read any more;
    clock: seconds that pass.
    """

    def __init__(
        self,
        seconds: float,
        read: Callable[[], Usage | None],
        clock: Callable[[], float] = time.monotonic,
    ):
        self.seconds, self._read, self._clock = seconds, read, clock
        self.work = self.own = 0.0
        self._began = self._looked = clock()
        self._last: Usage | None = None

    @property
    def used(self) -> float:
        """Seconds that count: of work, or of own time where that is more."""
        return max(self.work, self.own)

    def look(self) -> None:
        """Read what was used up; raises Spent or MachineTrouble where it is too much.

        Cheap: between two reads at least LOOK_SECONDS pass.
        """
        now = self._clock()
        passed = now - self._looked
        if passed < LOOK_SECONDS:
            return
        usage = self._read()
        if usage is None:  # it is gone, and nobody waits for long for what will not come
            self.own += min(passed, LONGEST_GAP)
        elif self._last is not None:
            self._count(usage, self._last, passed)
        self._last, self._looked = usage or self._last, now
        if self.work > self.seconds:
            raise Spent(endless(self.seconds))
        if self.own > OWN * self.seconds:
            raise Spent(idle(OWN * self.seconds))
        limit = max(LEAST_CLOCK, CLOCK * self.seconds)
        if now - self._began > limit:
            raise MachineTrouble(
                f"the machine was too busy: student code could compute for only {self.work:.1f} s "
                f"of the {limit:g} s that passed"
            )

    def _count(self, usage: Usage, last: Usage, passed: float) -> None:
        self.work += max(0.0, usage.work - last.work)
        if usage.stopped or last.stopped:
            return
        waited = sum(
            max(0.0, seconds - last.waits.get(thread, 0.0))
            for thread, seconds in usage.waits.items()
        )
        # A wait is known only when it is over, so it may belong to the time before the last look.
        self.own = max(0.0, self.own + min(passed - waited, LONGEST_GAP))


def endless(seconds: float) -> str:
    """What a student reads where the work is used up."""
    return f"did not finish within {seconds:g} s and was stopped: is there an endless loop?"


def idle(seconds: float) -> str:
    """What a student reads where the own time is used up."""
    return (
        f"did not finish within {seconds:g} s and was stopped, although it computed little: "
        "does it sleep, or wait for something?"
    )


def usage_of(pid: int) -> Usage | None:
    """What a process and its descendants have used up; None if it is gone.

    In the sandbox, what a student's process starts stays below it: see `sandbox`.
    """
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
        outer = family[: 1 + sandbox.has_namespaces()]  # what a student's process cannot stop
        stopped = any(one.status() == psutil.STATUS_STOPPED for one in outer)
    except psutil.Error:
        return None
    work, waits = 0.0, {}
    for process in family:
        with suppress(psutil.Error):
            times = process.cpu_times()
            work += times.user + times.system + times.children_user + times.children_system
        waits |= _waits(process.pid)
    return Usage(work, waits, stopped)


def _waits(pid: int) -> dict[tuple[int, int], float]:
    waits = {}
    with suppress(OSError):  # it has ended, or this system has no /proc
        for thread in os.listdir(f"/proc/{pid}/task"):
            with suppress(OSError, ValueError, IndexError):
                text = Path(f"/proc/{pid}/task/{thread}/schedstat").read_text()
                waits[pid, int(thread)] = int(text.split()[1]) / NANOSECONDS
    return waits
