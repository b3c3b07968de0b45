r"""The check of an inequality: lines joined by =, and by \ge or \le in one direction.

A line is right if it stands in the relation that is written to the last right line before it, at
every setting, and lies between the two sides of the statement: what lies beyond them may be true,
but nothing leads back from there. Where log p(x) is bounded, a chain may begin with p(x) itself:
each of its lines is then read with a logarithm in front.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from derivations.checking import Chain, Check, Goal, Value, Way, note_on, sentence
from derivations.evaluator.values import Values, agree, close, evaluate
from derivations.expressions import Call, Problem
from derivations.forms import Facts, is_logarithm, moved_inside
from derivations.hints import find_hint
from derivations.reader import reading
from derivations.reader.grammar import AT_LEAST, AT_MOST, EQUAL
from derivations.reader.parsing import tree_of
from derivations.verdict import CARRIED, RIGHT, UNREAD, WRONG, CheckedLine, Difference, Requirement

OPPOSITE = {AT_LEAST: AT_MOST, AT_MOST: AT_LEAST, EQUAL: EQUAL}
MIXED = (
    r"This chain has \ge and \le in it: together they prove nothing about its first and last line. "
    "Keep to one direction."
)
TURNED = "The inequality holds the other way round: the sign is turned."
NOT_EVERYWHERE = "The inequality holds at some settings only."
UNEQUAL = "This is an inequality, not an equality: = is wrong here."
BEYOND = (
    "The inequality holds, but it gives away too much: this line lies beyond what is to be shown, "
    "and no line leads back."
)
UNKNOWN = "A chain begins here. It must start from one of the two sides, or from a right line."
JENSEN = "Jensen's inequality: the logarithm is concave, so log E[f] is at least E[log f]."
FAULTS = {"turned": TURNED, "equality": UNEQUAL, "mixed": MIXED}  # what mistakes are called
STRICT = "The inequality holds at every setting."
EQUALITY = "Equality holds here, at every setting."


@dataclass(frozen=True)
class _Step:
    """How a line was reached.

    base: the values it is compared with; joined: the relation to them; fault: words for what is
    wrong, "" for a right line; beyond: whether it is true, but beyond what is to be shown.
    """

    base: Values
    joined: str
    fault: str | None = None
    beyond: bool = False

    @property
    def right(self) -> bool:
        return self.fault is None


class BoundCheck(Check):
    """One derivation of an inequality under check."""

    def _all_chains(self) -> list[Chain]:
        table, route = self.table, self.routes[0]
        self.ends = [
            evaluate(tree_of(side), self.groups) for side in (table.quantity, table.closed)
        ]
        self.top, self.bottom = self.ends if table.relation == AT_LEAST else self.ends[::-1]
        self.steps: dict[int, _Step] = {}
        self.written = self._take_logarithms()
        chains = []
        for lines in self._cut():
            start = self._base(lines)
            goal = Goal(route, 1, start or self.ends[0], known=start is not None)
            self._walk(lines, goal)
            chains.append(Chain(lines, goal))
        self._name_jensen()
        return chains

    def _take_logarithms(self) -> dict[int, Value]:
        """Takes the logarithm of each line of a chain for p(x): the lines as they are written."""
        written: dict[int, Value] = {}
        side = tree_of(self.table.quantity)
        if not is_logarithm(side):
            return written
        argument = evaluate(side.argument, self.groups)
        for lines in self._cut():
            known = {i: found for i in lines if isinstance(found := self.found[i], Value)}
            begins = lines[0] in known and agree(known[lines[0]].values, argument)
            positive = all((part > 0).all() for found in known.values() for part in found.values)
            if begins and positive:
                written |= known
        for i, found in written.items():
            tree = Call(found.tree.position, "log", found.tree)
            self.found[i] = Value(tree, [np.log(part) for part in found.values])
        return written

    def _base(self, lines: Sequence[int]) -> Values | None:
        """What a chain starts from: a side of the statement, or a right line before it."""
        found = self.found[lines[0]]
        if not isinstance(found, Value):
            signs = [self.lines[i].relation for i in lines[1:]]
            backwards = next((sign for sign in signs if sign != EQUAL), self.table.relation)
            return self.ends[backwards != self.table.relation]
        known = [*self.ends, *(facts.values for facts in self.facts.values())]
        same = next((values for values in known if agree(values, found.values)), None)
        return self.ends[0] if same is None and lines[0] == 0 else same

    def _walk(self, lines: Sequence[int], goal: Goal) -> None:
        """Compares each line of a chain with the last right one."""
        base, joined, direction = goal.values, EQUAL, EQUAL
        for i in lines:
            sign = EQUAL if i == lines[0] else self.lines[i].relation
            mixed = EQUAL != direction != sign != EQUAL
            direction = sign if direction == EQUAL else direction
            joined = sign if joined == EQUAL else joined
            found = self.found[i]
            if not isinstance(found, Value):
                continue
            step = _Step(base, joined, fault=MIXED) if mixed else self._step(found, base, joined)
            if i == lines[0] and not goal.known:
                step = replace(step, fault=UNKNOWN)
            self.steps[i] = step
            if step.right:
                self.facts[i] = Facts(found.tree, found.values, self.groups)
                self.route_of[i] = self.routes[0]
                base, joined = found.values, EQUAL

    def _step(self, found: Value, base: Values, joined: str) -> _Step:
        step = _Step(base, joined)
        if joined == EQUAL:
            if agree(base, found.values):
                return step
            return replace(step, fault=UNEQUAL if self._between(found.values) else "")
        if not self._holds(base, found.values, joined):
            turned = self._holds(base, found.values, OPPOSITE[joined])
            return replace(step, fault=TURNED if turned else NOT_EVERYWHERE)
        if self._between(found.values):
            return step
        return replace(step, fault=BEYOND, beyond=True)

    def _between(self, values: Values) -> bool:
        return _at_least(self.top, values) and _at_least(values, self.bottom)

    def _holds(self, one: Values, other: Values, relation: str) -> bool:
        return _at_least(one, other) if relation == AT_LEAST else _at_least(other, one)

    def _name_jensen(self) -> None:
        """Marks the lines to which a logarithm has come by moving into an expectation."""
        for i in sorted(self.facts):
            above, below = i - 1, i
            if self.lines[i].relation == EQUAL or self.lines[i].restarts:
                continue
            if self.lines[i].relation == AT_MOST:
                above, below = below, above
            if above in self.facts and below in self.facts:
                self.facts[below].by_jensen = self._is_jensen(self.facts[above], self.facts[below])

    def _is_jensen(self, above: Facts, below: Facts) -> bool:
        return any(agree(values, below.values) for values in moved_inside(above))

    # --- lines

    def _checked(self, i: int) -> CheckedLine:
        line, found = self.lines[i], self.found[i]
        shown = CheckedLine(i + 1, line.latex, RIGHT, begins=line.restarts, relation=line.relation)
        if not isinstance(found, Value):
            where = line.where(found)
            return replace(shown, verdict=UNREAD, message=sentence(found.message), where=where)
        step = self.steps[i]
        if step.right:
            return replace(shown, note=self._note(i, found, step))
        name, before = self._before(i)
        if line.relation == EQUAL and agree(found.values, before):
            return replace(shown, verdict=CARRIED, message=self._carried(i))
        message, where, slip = self._reason(line, found, step)
        difference = self._violation(found, step, name, before)
        if i in self.written and difference is not None:
            powers = [np.exp(part) for part in before]
            difference = self._difference(self.written[i], name, powers)
        return replace(
            shown,
            verdict=WRONG,
            message=message,
            where=where,
            slip=slip,
            difference=difference,
            note=note_on(found.tree),
        )

    def _note(self, i: int, found: Value, step: _Step) -> str:
        """Why an inequality holds, and how the line was read."""
        why = ""
        if self.lines[i].relation != EQUAL and not self.lines[i].restarts:
            lower = i if self.lines[i].relation == AT_LEAST else i - 1
            named = lower in self.facts and self.facts[lower].by_jensen
            why = JENSEN if named else STRICT
            why = EQUALITY if agree(step.base, found.values) else why
        return " ".join(filter(None, [why, note_on(found.tree)]))

    def _reason(self, line: reading.Line, found: Value, step: _Step) -> tuple[str, str, str | None]:
        """What is known of a wrong line: the message, the place, and the name of a known slip."""
        fault = step.fault or ""
        called = next((name for name, words in FAULTS.items() if words == fault), None)
        if fault in (MIXED, UNKNOWN):
            return fault, "", called
        facts = Facts(found.tree, found.values, self.groups)
        for slip in self.routes[0].slips:
            if slip.fits(facts):
                return slip.sentence, "", slip.name
        if fault in (TURNED, UNEQUAL):
            return fault, "", called
        for wanted in (step.base, *self.ends):
            hint = find_hint(found.tree, wanted, self.groups) if self.hints else None
            if hint is not None:
                words = f"{fault} One small change here would make it right: look at {hint.kind}."
                return words.strip(), line.where(Problem("", hint.position)), None
        return fault, "", None

    def _violation(self, found: Value, step: _Step, name: str, before: Values) -> Difference | None:
        """A setting at which what is written does not hold."""
        if step.fault in (MIXED, UNKNOWN):
            return None
        if step.beyond:
            under = not _at_least(found.values, self.bottom)
            return self._difference(
                found, "what is to be shown", self.bottom if under else self.top
            )
        if step.joined == EQUAL:
            return self._difference(found, name, before)
        above, below = before, found.values
        if step.joined == AT_MOST:
            above, below = below, above
        excess = [np.where(_reaches(a, b), 0, b - a) for a, b in zip(above, below, strict=True)]
        if not any(np.any(group > 0) for group in excess):  # it fails against a line before that
            return self._violation(found, step, self._name_of(step.base), step.base)
        return self._at_largest(excess, found, name, before)

    def _name_of(self, base: Values) -> str:
        """The line with these values, which is right, or the side that a chain starts from."""
        lines = (i for i, facts in self.facts.items() if facts.values is base)
        return next((f"line {i + 1}" for i in lines), "the quantity")

    # --- requirements

    def _requirements(self, checked: Sequence[CheckedLine]) -> Iterator[Requirement]:
        route, last = self.routes[0], len(checked) - 1
        ways = (Way(route, 0, last), Way(route, last, 0, forwards=False))
        ends = [list(self._ends(way, checked)) for way in ways]
        yield from max(ends, key=lambda found: sum(end.met for end in found))
        lines = [self.facts[i] for i in sorted(self.facts)]
        shown = [step.met(lines) for step in route.steps]
        for step, met in zip(route.steps, shown, strict=True):
            yield Requirement(step.words, met, 2, "" if met else "(no right line shows it)")
        yield self._follows(checked, any(shown) or not shown)


def _reaches(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Where one number is at least another one, to rounding."""
    return (one >= other) | close(one, other)


def _at_least(one: Values, other: Values) -> bool:
    return all(bool(_reaches(a, b).all()) for a, b in zip(one, other, strict=True))
