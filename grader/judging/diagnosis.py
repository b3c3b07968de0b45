"""Naming mistakes: which known one explains the lines of a report that failed."""

import inspect
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from grader.course import banks
from grader.errors import CourseError
from grader.judging import together
from grader.judging.report import Line


class Judged(Protocol):
    """What is known of the code beside the lines; see `Student`."""

    def rules_out(self, mistake: str) -> bool:
        """Whether the code is right where a mistake is not, by the mistake's id."""

    def explained_together(self, failed: int) -> str | None:
        """The id of two mistakes that explain all failed core lines together."""


def name_mistakes(lines: list[Line], judged: Judged, bank: banks.Bank, item: str) -> Iterator[Line]:
    """Name the mistake on each failed line: of those that explain enough, the one that fits most.

    One line alone is easily explained by a mistake that was not made: with a mean of 0, squares
    of sums and of differences agree.

    Where there is none for the core lines, two that explain them together are looked for.
    """
    votes = Counter(suspect for line in lines for suspect in line.suspects)
    ruled_out = {suspect for suspect in votes if judged.rules_out(suspect)}
    both = _together(lines, ruled_out, judged)
    for line in lines:
        suspects = [
            suspect
            for suspect in line.suspects
            if suspect not in ruled_out and _explains(suspect, line, lines)
        ]
        if suspects:
            name = max(suspects, key=lambda suspect: votes[suspect])
            line = replace(line, mistake=name)
        elif both and line.core and not line.passed:
            line = replace(line, mistake=both)
        if line.mistake is not None and not line.passed:
            sentence = _sentence(bank, item, line.mistake)
            message = " ".join(filter(None, [sentence, line.message]))
            line = replace(line, sentence=sentence, message=message)
        yield line


def _together(lines: list[Line], ruled_out: set[str], judged: Judged) -> str | None:
    """The id of two mistakes for the core lines that failed; None where one explains them."""
    core = [line for line in lines if line.core and not line.passed]
    if not core or any(line.mistake for line in core):
        return None
    common = set(core[0].suspects).intersection(*(line.suspects for line in core)) - ruled_out
    return None if common else judged.explained_together(len(core))


def _explains(suspect: str, line: Line, lines: list[Line]) -> bool:
    """Whether a mistake explains every failed core line, and enough of the lines of one kind.

    Values: half of them, for there may be a second mistake. Expected errors: all, for a
    function that checks nothing makes each single omission, and none of them is what is wrong.
    """
    failed = [other for other in lines if not other.passed]
    core = [other for other in failed if other.core]
    if any(suspect not in other.suspects for other in core):
        return False
    alike = [other for other in failed if other.error_expected == line.error_expected]
    explained = sum(suspect in other.suspects for other in alike)
    return explained == len(alike) if line.error_expected else 2 * explained >= len(alike)


def _sentence(bank: banks.Bank, item: str, mistake: str) -> str:
    known = banks.named_by_item(bank.mistakes, item)

    def of_one(name: str) -> str:
        if name not in known:
            raise CourseError(f"mistakes.py has no {item}__{name}.")
        return inspect.getdoc(known[name]) or ""

    return of_one(mistake) if together.is_single(mistake) else together.sentence(mistake, of_one)
