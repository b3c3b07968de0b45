"""Markdown that takes too long to show, or cannot be shown at all, becomes plain text.

The feedback page and the formgrader turn a student's text into HTML with nbconvert, whose patterns
need quadratic time for some texts and which raises at others. So each text is tried once, with a
limit on processor time. All texts of a sheet together stay a factor of ten below it. The page takes
time for each tag, so there is a limit on those too; the solutions have 458 to 816.
"""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from nbconvert.filters import strip_files_prefix
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

MAX_CHARACTERS = 100_000  # of one text; what is longer is shown as plain text
MAX_PLAIN = 20_000  # of plain text
WIDTH = 200  # of its lines: in long ones nbconvert's patterns take quadratic time, code or not
SECONDS = 1.0  # of processor time, for one text
SECONDS_IN_ALL = 1.5  # for all texts of a notebook
MAX_TAGS = 20_000  # of HTML, for all texts of a notebook: what the page takes grows with them
QUICK = 2_000  # characters, which take milliseconds whatever they are


class TooSlow(BaseException):
    """Raised where the time is used up; no `except Exception` on the way swallows it."""


class Trial:
    """The texts of one notebook, tried one after another."""

    def __init__(self) -> None:
        self.left = SECONDS_IN_ALL
        self.tags = MAX_TAGS

    def shown(self, source: str, attachments: dict[str, dict[str, str]]) -> str:
        """The text itself, or where it cannot be shown as Markdown, as a block of plain text."""
        before = time.process_time()
        fine = self._renders(source, attachments)
        self.left -= time.process_time() - before
        return source if fine else as_plain_text(source)

    def _renders(self, source: str, attachments: dict[str, dict[str, str]]) -> bool:
        if len(source) > MAX_CHARACTERS or self.left <= 0:
            return False
        if threading.current_thread() is not threading.main_thread():  # no signal gets there
            return len(source) <= QUICK and self._try(source, attachments)
        try:
            with _at_most(min(SECONDS, self.left)):
                return self._try(source, attachments)
        except TooSlow:
            return False

    def _try(self, source: str, attachments: dict[str, dict[str, str]]) -> bool:
        try:
            renderer = IPythonRenderer(escape=False, attachments=attachments)
            page = MarkdownWithMath(renderer=renderer).render(strip_files_prefix(source))
        except Exception:  # too deep for the parser, or a picture that is not there
            return False
        tags = page.count("<")
        if tags > self.tags:
            return False
        self.tags -= tags
        return True


def as_plain_text(source: str) -> str:
    """Markdown that shows a text as it was typed: a block of code, by its indentation.

    Of more than 20,000 characters, the first: the rest is in the file that was handed in.
    """
    lines = [
        line[start : start + WIDTH]
        for line in source[:MAX_PLAIN].split("\n")
        for start in range(0, max(len(line), 1), WIDTH)
    ]
    if len(source) > MAX_PLAIN:
        lines.append(f"… {len(source) - MAX_PLAIN:,} more characters are not shown here")
    return "\n".join(f"    {line}" for line in lines)


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise TooSlow after this much processor time; patterns look for signals while they search."""

    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
