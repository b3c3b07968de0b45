"""The check: each line against the one before, and the derivation against its requirements."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np

from derivations.evaluator.values import Values, agree, close, evaluate
from derivations.expressions import (
    Call,
    Name,
    Negative,
    Node,
    Number,
    Problem,
    exchanged,
    walk,
)
from derivations.forms import Facts, Form, every
from derivations.hints import find_hint
from derivations.reader import reading
from derivations.reader.parsing import tree_of
from derivations.tables import DERIVATIONS, Derivation, Route
from derivations.verdict import (
    CARRIED,
    RIGHT,
    UNREAD,
    WRONG,
    CheckedLine,
    Difference,
    Requirement,
    Verdict,
)

FOLLOWS = "every line follows from the one before, and a step lies between start and end"
# Names for what may be wrong with a derivation as a whole, beside the names of slips.
JUMP, STOPS_EARLY, REPAIRED = "jump", "stops_early", "repaired"
ALL_SECONDS = 15.0  # for all lines of a derivation
LONG_LOGARITHM = (
    r"\log 2\pi\dots is read as \log(2\pi\dots): brackets would say what the logarithm takes."
)
SEED = 2026  # a student sees the same counterexample at each run


def check_derivation(name: str, text: str, generator: np.random.Generator | None = None) -> Verdict:
    """Check a derivation line by line.

    name: of the derivation, one of `DERIVATIONS`; text: its LaTeX, one line for each `=`;
    generator: draws the settings at which lines are compared (default: the same at each call).
    Raises ValueError for an unknown name; anything else that is wrong stands in the verdict.
    """
    if name not in DERIVATIONS:
        raise ValueError(f"there is no derivation {name!r}; there are {', '.join(DERIVATIONS)}")
    table = DERIVATIONS[name]
    try:
        lines = reading.read(text)
    except Problem as problem:
        return Verdict(table.title, (), problem=problem.message)
    if not lines:
        return Verdict(table.title, (), problem="Not written yet: there are no lines.")
    return _Check(table, lines, generator or np.random.default_rng(SEED)).verdict()


@dataclass(frozen=True)
class _Value:
    """The tree of a line and its values."""

    tree: Node
    values: Values


@dataclass(frozen=True)
class _Goal:
    """What the lines of a chain should all equal: a statement's quantity, or a known part.

    route: None for a part; sign: -1 where the whole statement is multiplied by it; line: that
    holds the part.
    """

    route: Route | None
    sign: int
    values: Values
    line: int = 0


@dataclass(frozen=True)
class _Chain:
    """Lines, by number, that are joined by equality signs, and what they should equal."""

    lines: tuple[int, ...]
    goal: _Goal


class _Check:
    """One derivation under check: its settings, and the values of its lines."""

    def __init__(
        self, table: Derivation, lines: Sequence[reading.Line], generator: np.random.Generator
    ):
        self.table, self.lines = table, lines
        self.groups = table.draw(generator)
        self.deadline = time.thread_time() + ALL_SECONDS
        self.routes = table.routes
        self.goals = list(self._all_goals())
        self.found = [self._evaluate(line.tree) for line in lines]
        self.chains: list[_Chain] = []
        for chain in self._cut():
            self.chains.append(_Chain(chain, self._goal_of(chain)))
        self.goal_at = {i: chain.goal for chain in self.chains for i in chain.lines}

    def verdict(self) -> Verdict:
        checked = tuple(self._checked(i) for i in range(len(self.lines)))
        return Verdict(self.table.title, checked, tuple(self._requirements(checked)))

    # --- chains

    def _all_goals(self) -> Iterator[_Goal]:
        signs = (1, -1) if self.table.across else (1,)
        for sign in signs:
            for route in self.routes:
                values = evaluate(tree_of(route.quantity), self.groups)
                yield _Goal(route, sign, [sign * group for group in values])

    def _cut(self) -> Iterator[tuple[int, ...]]:
        starts = [0, *(i for i, line in enumerate(self.lines) if line.restarts), len(self.lines)]
        for first, end in pairwise(starts):
            yield tuple(range(first, end))

    def _goal_of(self, chain: Sequence[int]) -> _Goal:
        """The statement that a chain proves; the exercise's own where no line says another."""
        own = self.goals[0]
        first = self.found[chain[0]]
        if not isinstance(first, _Value):
            return own
        said = next((goal for goal in self.goals if agree(first.values, goal.values)), None)
        if said is None:
            return self._known_part(chain[0], first) or own
        fits, fits_own = (self._fitting(chain, goal) for goal in (said, own))
        return own if fits_own > fits else said

    def _fitting(self, chain: Sequence[int], goal: _Goal) -> int:
        return sum(self._fits(i, goal) for i in chain)

    def _fits(self, i: int, goal: _Goal) -> bool:
        found = self.found[i]
        return isinstance(found, _Value) and agree(found.values, goal.values)

    def _known_part(self, i: int, first: _Value) -> _Goal | None:
        """A chain may restart from a part of a right line: its lines are then equal to that."""
        if isinstance(first.tree, (Name, Number)):
            return None
        for chain in self.chains:
            for j in chain.lines:
                if chain.goal.route and self._fits(j, chain.goal) and self._part(i, j) is not None:
                    return _Goal(None, 1, first.values, j)
        return None

    def _part(self, i: int, j: int) -> Node | None:
        """The node of line j that is spelt as line i."""
        wanted, whole = self.found[i], self.found[j]
        if not isinstance(wanted, _Value) or not isinstance(whole, _Value):
            return None
        return next((n for n in walk(whole.tree) if repr(n) == repr(wanted.tree)), None)

    def _evaluate(self, tree: Node | Problem) -> _Value | Problem:
        if isinstance(tree, Problem):
            return tree
        if time.thread_time() > self.deadline:
            return Problem(f"the lines before this one took more than {ALL_SECONDS:g} s", 0)
        try:
            return _Value(tree, evaluate(tree, self.groups))
        except Problem as problem:
            return problem

    # --- lines

    def _checked(self, i: int) -> CheckedLine:
        line, found = self.lines[i], self.found[i]
        if isinstance(found, Problem):
            where = line.where(found)
            return CheckedLine(i + 1, line.latex, UNREAD, _sentence(found.message), where)
        goal = self.goal_at[i]
        if agree(found.values, goal.values):
            return CheckedLine(i + 1, line.latex, RIGHT, note=_note(found.tree))
        name, before = self._before(i)
        if agree(found.values, before):
            words = f"This follows from {name}, which is wrong."
            return CheckedLine(i + 1, line.latex, CARRIED, words)
        difference = self._difference(found, name, before)
        message, where, slip = self._explained(line, found, goal)
        note = _note(found.tree)
        return CheckedLine(i + 1, line.latex, WRONG, message, where, difference, slip, note)

    def _before(self, i: int) -> tuple[str, Values]:
        """What a line is compared with: the last one before it that has values, by its name."""
        for j in reversed(range(i)):
            found = self.found[j]
            if isinstance(found, _Value) and self.goal_at[j] is self.goal_at[i]:
                return f"line {j + 1}", found.values
        return "the quantity", self.goal_at[i].values

    def _explained(
        self, line: reading.Line, found: _Value, goal: _Goal
    ) -> tuple[str, str, str | None]:
        """What is known of a wrong line: the message, the place, and the name of a known slip."""
        for slip in goal.route.slips if goal.route else ():
            slipped = [goal.sign * v for v in evaluate(tree_of(slip.latex), self.groups)]
            if agree(found.values, slipped):
                return slip.sentence, "", slip.name
        hint = find_hint(found.tree, goal.values, self.groups)
        if hint is None:
            return "", "", None
        words = f"One small change here would make it right: look at {hint.kind}."
        return words, line.where(Problem("", hint.position)), None

    def _difference(self, found: _Value, name: str, before: Values) -> Difference:
        """A setting at which a line differs clearly from another one, or from the quantity."""
        pairs = zip(found.values, before, strict=True)
        gaps = [np.abs(a - b) / (1 + np.abs(a) + np.abs(b)) * ~close(a, b) for a, b in pairs]
        group = int(np.argmax([gap.max() for gap in gaps]))
        setting = int(np.argmax(gaps[group] >= gaps[group].max() / 2))
        used = {node.key for node in walk(found.tree) if isinstance(node, Name)}
        return Difference(
            self.groups[group].describe(setting, used),
            name,
            _number(before[group][setting]),
            _number(found.values[group][setting]),
        )

    # --- requirements

    def _requirements(self, checked: Sequence[CheckedLine]) -> Iterator[Requirement]:
        facts = {i: self._facts(i) for i, line in enumerate(checked) if line.verdict == RIGHT}
        shown = self._steps_shown(facts)
        ways = [list(self._ends(way, facts, checked)) for way in self._ways()]
        # of the ways to read a proof, the one that shows most; at a tie, the exercise's own
        ends = max(ways, key=lambda found: sum(r.met for r in found[:2]))
        yield from ends[:2]
        route = self._ways()[ways.index(ends)].route
        for step, met in zip(route.steps, shown, strict=True):
            yield Requirement(step.words, met, 2, "" if met else "(no right line shows it)")
        yield self._follows(checked, any(shown) or not shown)

    def _facts(self, i: int) -> Facts:
        """A right line as forms see it; a part of a line stands in that line's place."""
        goal, found = self.goal_at[i], self.found[i]
        tree = found.tree
        if goal.route is None:
            chain = next(chain for chain in self.chains if i in chain.lines)
            whole = self.found[goal.line]
            tree = exchanged(whole.tree, self._part(chain.lines[0], goal.line), tree)
            goal = self.goal_at[goal.line]
        if goal.sign < 0:
            tree = tree.operand if isinstance(tree, Negative) else Negative(tree.position, tree)
        return Facts(tree, [goal.sign * values for values in goal.values], self.groups)

    def _route_of(self, i: int) -> Route:
        goal = self.goal_at[i]
        return goal.route or self.goal_at[goal.line].route or self.routes[0]

    def _steps_shown(self, facts: dict[int, Facts]) -> list[bool]:
        """Whether each step is shown, by a line of whichever statement, in either direction."""
        shown = [False] * len(self.table.steps)
        for route in self.routes:
            lines = [facts[i] for i in sorted(facts) if self._route_of(i) is route]
            for k, step in enumerate(route.steps):
                shown[k] |= step.met(lines) or step.met(lines[::-1])
        return shown

    def _ways(self) -> list["_Way"]:
        """Where a proof may begin and end: per statement forwards, backwards, from both sides."""
        ways = []
        for route in self.routes:
            chains = [chain for chain in self.chains if chain.goal.route is route]
            if not chains:
                continue
            first, last = chains[0].lines[0], chains[-1].lines[-1]
            ways.append(_Way(route, first, last, forwards=True))
            ways.append(_Way(route, last, first, forwards=False))
            for one, other in permutations(chains, 2):
                if self._part(other.lines[-1], one.lines[-1]) is not None:
                    ways.append(_Way(route, one.lines[0], other.lines[0], forwards=True))
        whole = _Way(self.routes[0], 0, len(self.lines) - 1, forwards=True)
        return ways or [whole]

    def _ends(
        self, way: "_Way", facts: dict[int, Facts], checked: Sequence[CheckedLine]
    ) -> Iterator[Requirement]:
        """The requirements for both sides of the statement, at the lines that a way gives."""
        route, start, end = way.route, way.route.start, way.route.end
        start_words, end_words = route.start_words, route.end_words
        if not way.forwards:
            start = every(start, route.finish or start)
            start_words = start_words.replace("starts from", "ends in", 1)
            end_words = end_words.replace("ends in", "starts from", 1)
        early = (None, STOPS_EARLY) if way.forwards else (STOPS_EARLY, None)
        yield self._requirement(start_words, facts, start, checked[way.start], early[0])
        yield self._requirement(end_words, facts, end, checked[way.end], early[1])

    def _follows(self, checked: Sequence[CheckedLine], has_step: bool) -> Requirement:
        bad = [line for line in checked if line.verdict != RIGHT]
        if bad:
            named = next((line.slip for line in bad if line.slip), None)
            repaired = REPAIRED if checked[-1].verdict == RIGHT else None
            return Requirement(FOLLOWS, False, 2, f"(see line {bad[0].number})", named or repaired)
        if not has_step:
            return Requirement(FOLLOWS, False, 2, "(there is none)", JUMP)
        return Requirement(FOLLOWS, True, 2)

    def _requirement(
        self,
        words: str,
        facts: dict[int, Facts],
        form: Form,
        line: CheckedLine,
        slip: str | None,
    ) -> Requirement:
        seen = facts.get(line.number - 1)
        if seen is None:
            why = "cannot be read" if line.verdict == UNREAD else "is wrong"
            return Requirement(words, False, 1, f"(line {line.number} {why})", line.slip)
        if form(seen):
            return Requirement(words, True, 1)
        return Requirement(words, False, 1, f"(line {line.number} does not)", slip)


@dataclass(frozen=True)
class _Way:
    """A way to read a proof: the lines that should show the two sides of a statement."""

    route: Route
    start: int
    end: int
    forwards: bool


def _note(tree: Node) -> str:
    r"""What a student should know of how a right line was read: `\log 2\pi\sigma^2`."""
    long = any(isinstance(node, Call) and node.reach == "long" for node in walk(tree))
    return LONG_LOGARITHM if long else ""


def _number(value: float) -> str:
    return f"{value:.6g}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith("?") else ".")
