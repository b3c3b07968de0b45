"""What kind of mistake it is where no known one explains a function: random, or nearly right.

Each is measured on what the student's code returned, so that it holds for any item.
"""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from grader.judging.report import Line

UNSTEADY, NEAR = "~unsteady", "~near"  # like the twists of `together`, of no bank
NEARLY = 0.05  # the largest deviation that counts as near, relative to the right value

_UNSTEADY = (
    "The same call gives another result each time: random numbers are drawn, or something is kept "
    "from the call before. A result that needs neither is expected."
)
_NEAR = (
    "Every value is within {} of the right one, but not exact: a sum over draws or grid points, "
    "a finite difference, a small constant that is added, or a count that is one off may stand "
    "where a formula is expected."
)


class Judged(Protocol):
    """What is measured on calls that went wrong, by their numbers; see `Student`."""

    def changes(self, call: int) -> bool:
        """Whether the same call gives another value when it is made again."""

    def deviation(self, call: int) -> float:
        """The largest deviation from the right value, relative to it; infinite where none is."""


def name_kinds(lines: Iterable[Line], judged: Judged) -> tuple[Line, ...]:
    """The lines; where no core line about a function has a mistake's name, its kind is named."""
    lines = tuple(lines)
    failed = [line for line in lines if _failed(line)]
    for of in sorted({line.of for line in failed}):
        core = [i for i, line in enumerate(lines) if _failed(line) and line.of == of]
        if not any(lines[i].mistake for i in core):
            named = dict(zip(core, _kinds([lines[i] for i in core], failed, judged), strict=True))
            lines = tuple(named.get(i, line) for i, line in enumerate(lines))
    return lines


def _failed(line: Line) -> bool:
    return line.core and not line.passed


def _kinds(core: list[Line], failed: list[Line], judged: Judged) -> list[Line]:
    """The core lines about a function that failed, with its kind of mistake where it shows.

    failed: the item's, about any function. One function may only seem near because another, which
    it calls, is wrong, and its own part is large.
    """
    calls = [line.call for line in core if line.call is not None]
    if not calls:
        return core
    if judged.changes(calls[0]):  # the other calls are made again for few students only
        random = {calls[0], *(call for call in calls[1:] if judged.changes(call))}
        return [_said(line, UNSTEADY, _UNSTEADY) if line.call in random else line for line in core]
    farthest = max(math.inf if f.call is None else judged.deviation(f.call) for f in failed)
    if farthest > NEARLY:
        return core
    return [_said(line, NEAR, _NEAR.format(_percent(farthest))) for line in core]


def _percent(share: float) -> str:
    """A share that is at most this, in words."""
    for limit in (0.0001, 0.001, 0.01, 0.02):
        if share <= limit:
            return f"{100 * limit:g} %"
    return f"{100 * NEARLY:g} %"


def _said(line: Line, kind: str, sentence: str) -> Line:
    return replace(line, mistake=kind, sentence=sentence, message=f"{sentence} {line.message}")
