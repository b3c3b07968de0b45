"""Naming mistakes: which known one explains the lines of a report that failed."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.course import banks
from grader.errors import CourseError
from grader.judging.report import Line


def name_mistakes(
    lines: list[Line], rules_out: Callable[[str], bool], bank: banks.Bank, item: str
) -> Iterator[Line]:
    """Name the mistake on each failed line: of those that explain enough, the one that fits most.

    One line alone is easily explained by a mistake that was not made: with a mean of 0, squares
    of sums and of differences agree.

    rules_out: whether the code is right where a mistake is not, by the mistake's id.
    """
    votes = Counter(suspect for line in lines for suspect in line.suspects)
    ruled_out = {suspect for suspect in votes if rules_out(suspect)}
    for line in lines:
        suspects = [
            suspect
            for suspect in line.suspects
            if suspect not in ruled_out and _explains(suspect, line, lines)
        ]
        if suspects:
            name = max(suspects, key=lambda suspect: votes[suspect])
            line = replace(line, mistake=name)
        if line.mistake is not None and not line.passed:
            sentence = _sentence(bank, item, line.mistake)
            line = replace(line, message=" ".join(filter(None, [sentence, line.message])))
        yield line


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
    if mistake not in known:
        raise CourseError(f"mistakes.py has no {item}__{mistake}.")
    return inspect.getdoc(known[mistake]) or ""
