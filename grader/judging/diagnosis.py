"""Naming mistakes: which known one explains the lines of a report that failed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, Protocol

from grader.course import banks
from grader.errors import CourseError
from grader.judging import fitting, together
from grader.judging.report import Line

EITHER = "|"  # between the ids of two mistakes that explain the same


class Judged(Protocol):
    """What is known of the code beside the lines; see `Student`."""

    def rules_out(self, mistake: str, of: str) -> bool:
        """Whether a function is right where a mistake is not, by the mistake's id."""

    def contradictions(self, mistake: str, of: str) -> int:
        """How often it is so beside the core."""

    def explained_together(self, calls: list[int | None]) -> str | None:
        """The id of two mistakes that explain all of these calls together."""

    def fitted(self, calls: Iterable[int], more: Iterable[int]) -> dict[str, set[int]]:
        """Mistakes with a constant that explain all of these calls, and some of more."""

    def is_known(self, name: str, calls: Iterable[int]) -> bool:
        """Whether these calls show which value a mistake's constant has."""


def name_mistakes(lines: list[Line], judged: Judged, bank: banks.Bank, item: str) -> Iterator[Line]:
    """Name the mistake on each failed line: of those that explain enough, the one that fits most.

    One line alone is easily explained by a mistake that was not made: with a mean of 0, squares
    of sums and of differences agree.

    Each function or method of an item is named by its own lines. Where no mistake explains the core
    lines of one, first a mistake with a free constant is looked for, then two that explain them
    together.
    """
    lines = _with_fitted(lines, judged)
    votes = Counter(suspect for line in lines for suspect in line.suspects)
    ruled_out = {of: _ruled_out(of, lines, judged) for of in _functions(lines)}
    both = {of: _together(_about(of, lines), ruled_out[of], judged) for of in ruled_out}
    for line in lines:
        suspects = [
            suspect
            for suspect in line.suspects
            if suspect not in ruled_out[line.of] and _explains(suspect, line, lines)
        ]
        if suspects:
            line = replace(line, mistake=_most_fitting(suspects, votes, judged, line.of))
        elif both[line.of] and line.core and not line.passed:
            line = replace(line, mistake=both[line.of])
        if line.mistake is not None and not line.passed:
            line = _said(line, bank, item, lines, judged)
        yield line


def _ruled_out(of: str, lines: list[Line], judged: Judged) -> set[str]:
    suspects = {suspect for line in _about(of, lines) for suspect in line.suspects}
    return {suspect for suspect in suspects if judged.rules_out(suspect, of)}


def _functions(lines: list[Line]) -> set[str]:
    return {line.of for line in lines}


def _about(of: str, lines: list[Line]) -> list[Line]:
    """The lines about one function or method that failed."""
    return [line for line in lines if line.of == of and not line.passed]


def _with_fitted(lines: list[Line], judged: Judged) -> list[Line]:
    """The lines, with mistakes that have a constant as suspects where there are no others."""
    for of in _functions(lines):
        failed = [line for line in _about(of, lines) if line.call is not None]
        core = [line for line in failed if line.core]
        if all(line.mistake or line.suspects for line in core or failed):
            continue
        calls = [line.call for line in core if line.call is not None]
        more = [line.call for line in failed if not line.core and line.call is not None]
        if not core:  # those that nothing explains come first: a constant is fitted to them
            more.sort(key=lambda call: any(line.suspects for line in failed if line.call == call))
        found = judged.fitted(calls, more)
        lines = [
            replace(line, suspects=line.suspects + tuple(n for n in found if line.call in found[n]))
            for line in lines
        ]
    return lines


def _together(failed: list[Line], ruled_out: set[str], judged: Judged) -> str | None:
    """The id of two mistakes for the core lines that failed; None where one explains them."""
    core = [line for line in failed if line.core]
    if not core or any(line.mistake for line in core):
        return None
    common = set(core[0].suspects).intersection(*(line.suspects for line in core)) - ruled_out
    return None if common else judged.explained_together([line.call for line in core])


def _explains(suspect: str, line: Line, lines: list[Line]) -> bool:
    """Whether a mistake explains every failed core line, and enough of the lines of one kind.

    Only lines about the same function or method, and about all of them unless another one is wrong
    too. A line about all is explained by what explains the whole core.

    Values: half of them, for there may be a second mistake. Expected errors: all, for a
    function that checks nothing makes each single omission, and none of them is what is wrong.
    """
    failed = [other for other in lines if not other.passed]
    core = [other for other in failed if other.core and _belongs(other, line, failed)]
    if any(suspect not in other.suspects for other in core):
        return False
    alike = [
        other
        for other in failed
        if other.error_expected == line.error_expected and line.of in ("", other.of)
    ]
    explained = sum(suspect in other.suspects for other in alike)
    return explained == len(alike) if line.error_expected else 2 * explained >= len(alike)


def _belongs(core: Line, line: Line, failed: list[Line]) -> bool:
    """Whether a core line that failed has to be explained by what is named on a line."""
    if line.of in ("", core.of):
        return True
    others = {other.of for other in failed if other.core} - {"", line.of}
    return core.of == "" and not others


def _most_fitting(suspects: list[str], votes: Counter[str], judged: Judged, of: str) -> str | None:
    """The suspect that explains most lines, or two that explain as many and fit as well.

    Where more than two do, nobody knows which it is, and none is named.
    """
    most = max(votes[suspect] for suspect in suspects)
    best = [suspect for suspect in suspects if votes[suspect] == most]
    if len(best) > 1:
        against = {suspect: judged.contradictions(suspect, of) for suspect in best}
        best = [suspect for suspect in best if against[suspect] == min(against.values())]
    return EITHER.join(best) if len(best) <= 2 else None


def ids_in(name: str) -> list[str]:
    """The ids of the mistakes that a name stands for: one, or two of which it is one."""
    return name.split(EITHER)


def _without_constants(name: str) -> str:
    return EITHER.join(fitting.split(part)[0] for part in ids_in(name))


def _said(line: Line, bank: banks.Bank, item: str, lines: list[Line], judged: Judged) -> Line:
    """A failed line whose mistake is known, in words."""
    known, name = banks.named_by_item(bank.mistakes, item), str(line.mistake)

    def value(part: str) -> float | None:
        """Of the constant in a mistake, where the calls show it."""
        mistake, fitted = fitting.split(part)
        constant = banks.constant_of(known[mistake])
        calls = [line.call for line in lines if part in line.suspects and line.call is not None]
        if constant is None or not judged.is_known(part, calls):
            return None
        return constant.usual if fitted is None else fitted

    sentence = _sentence(known, item, name, value)
    return replace(
        line,
        mistake=_without_constants(name),
        sentence=_sentence(known, item, name, lambda part: None),
        message=" ".join(filter(None, [sentence, line.message])),
    )


def _sentence(
    known: dict[str, Callable[..., Any]],
    item: str,
    name: str,
    value: Callable[[str], float | None],
) -> str:
    """What students read of a mistake, of two at once, or of either of two.

    known: the mistakes of the item, by their ids; value: of the constant in one of them.
    """

    def of_one(part: str) -> str:
        mistake = fitting.split(part)[0]
        if mistake not in known:
            raise CourseError(f"mistakes.py has no {item}__{mistake}.")
        return banks.sentence_of(known[mistake], value(part))

    def of_any(part: str) -> str:
        return of_one(part) if together.is_single(part) else together.sentence(part, of_one)

    return together.either(list(map(of_any, ids_in(name))))
