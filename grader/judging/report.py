"""The verdict on one item: lines that hold or not, and the points for them."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

FORMULA = re.compile(r"\$([^$]+)\$")
NOT_WRITTEN = "Not written yet"  # how the message begins where there is no answer


@dataclass(frozen=True)
class Line:
    """One line of a report.

    what: the property that was tested, with formulas as LaTeX between dollar signs;
    passed: whether it holds;
    share: its weight among the lines of its item;
    core: without it the item earns nothing;
    message: for the student, where it failed;
    mistake: the id of a known mistake that was recognised;
    sentence: what it is, in words; the message begins with them, and with the student's constant;
    suspects: ids of all known mistakes that give the same;
    of: the function or method that it is about, where the item has several; empty: all of them;
    call: the number of the comparison that failed, in the order in which they were made;
    error_expected: whether the line demands an exception;
    margin: how far the numbers stayed from the threshold, as a factor: a tolerance over the
    largest deviation. Infinite where nothing was near, or nothing is a matter of degree.
    """

    what: str
    passed: bool
    share: float = 1.0
    core: bool = False
    message: str = ""
    mistake: str | None = None
    sentence: str = ""
    suspects: tuple[str, ...] = field(default=(), repr=False)
    error_expected: bool = field(default=False, repr=False)
    of: str = field(default="", repr=False)
    call: int | None = field(default=None, repr=False)
    margin: float = field(default=math.inf, repr=False)


@dataclass(frozen=True)
class Report:
    """The verdict on one item.

    item: its name;
    points: the most it can earn;
    score: what it earned;
    lines: what was tested, in order;
    stopped: whether the code took its process down or had to be stopped;
    trouble: why the check itself failed, which is the staff's business; else empty.
    """

    item: str
    points: float
    score: float
    lines: tuple[Line, ...]
    stopped: bool = False
    trouble: str = ""

    @property
    def passed(self) -> bool:
        """Whether the item has all its points."""
        return self.score >= self.points

    @property
    def failed_lines(self) -> list[Line]:
        """The lines that do not hold."""
        return [line for line in self.lines if not line.passed]

    @property
    def passed_lines(self) -> list[Line]:
        """The lines that hold."""
        return [line for line in self.lines if line.passed]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, the way `check --json` prints it."""
        return {
            "item": self.item,
            "points": self.points,
            "score": self.score,
            "passed": [plain(line.what) for line in self.passed_lines],
            "failed": [
                {"what": plain(line.what), "message": line.message, "mistake": line.mistake}
                for line in self.failed_lines
            ],
        }

    @property
    def core_failed(self) -> bool:
        """Whether the item earns nothing for lines that hold, because a core line does not."""
        passed = any(line.passed for line in self.lines)
        return passed and any(line.core and not line.passed for line in self.lines)


def plain(words: str) -> str:
    """Words for a terminal: formulas without dollar signs and backslashes."""
    return FORMULA.sub(lambda formula: formula[1].replace("\\", ""), words)


def score(lines: Sequence[Line], points: float) -> float:
    """Points by shares, rounded down to halves; none where a core line failed."""
    if not lines or any(line.core and not line.passed for line in lines):
        return 0.0
    earned = sum(line.share for line in lines if line.passed)
    return math.floor(2 * points * earned / sum(line.share for line in lines) + 1e-9) / 2
