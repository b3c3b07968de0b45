"""What a run says while it works: how far it is, how fast, and what takes longest."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
)
from rich.text import Text

MINUTE = 60.0


class RunProgress:
    """A run's progress: a bar in a terminal, a line for each submission elsewhere.

    total: how many there are to do; now: a clock, in seconds.
    """

    def __init__(self, console: Console, total: int, now: Callable[[], float] = time.monotonic):
        self._console, self._total, self._now = console, total, now
        self._start = now()
        self._running: dict[str, float] = {}  # since when
        self._done = 0
        columns = [TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()]
        self._bar = Progress(*columns, _State(self), console=console)
        self._task = self._bar.add_task("", total=total)

    def __enter__(self) -> "RunProgress":
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def started(self, name: str) -> None:
        """One is being worked on."""
        self._running[name] = self._now()

    def put_back(self, name: str) -> None:
        """It will be tried again, alone, when the others are done."""
        self._running.pop(name, None)
        self._line(f"{name} will be tried again")

    def finished(self, name: str) -> None:
        """One is done."""
        since = self._running.pop(name, None)  # on a cluster nobody knows when one begins
        took = "" if since is None else f" in {self._now() - since:.1f} s"
        self._done += 1
        self._bar.advance(self._task)
        self._line(f"{self._done}/{self._total} {name}{took}; {self.state()}")

    def _line(self, words: str) -> None:
        if not self._console.is_terminal:
            self._console.print(words, highlight=False, soft_wrap=True)

    def state(self) -> str:
        """The rate, the time left at that rate, and what has run longest; for one line."""
        parts = []
        elapsed = self._now() - self._start
        if self._done and elapsed:
            parts.append(f"{self._done / elapsed * MINUTE:.1f} a minute")
            left = (self._total - self._done) * elapsed / self._done
            parts.append(f"{_clock(left)} left" if left else "done")
        if self._running:
            longest, since = min(self._running.items(), key=lambda item: item[1])
            parts.append(f"longest now: {longest}, {self._now() - since:.0f} s")
        return ", ".join(parts)


class _State(ProgressColumn):
    """What `RunProgress.state` says, as it is now."""

    def __init__(self, run: RunProgress):
        super().__init__()
        self._run = run

    def render(self, task: Task) -> Text:
        return Text(self._run.state())


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
