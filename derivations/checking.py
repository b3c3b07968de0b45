"""The check: each line against the one before, and the derivation against its requirements."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, product

import numpy as np

from derivations.evaluator.values import FLOOR, RTOL, Values, agree, close, evaluate
from derivations.expressions import (
    Call,
    Derivative,
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
from derivations.reader.grammar import EQUAL
from derivations.reader.parsing import tree_of
from derivations.tables import Derivation, Route
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
JUMP, STOPS_EARLY, REPAIRED, UNREADABLE = "jump", "stops_early", "repaired", "unreadable"
ALL_SECONDS = 15.0  # for all lines of a derivation
MAX_WHOLE = 30_000  # characters of a tree in which parts are looked for
LONG_LOGARITHM = (
    r"\log 2\pi\dots is read as \log(2\pi\dots): brackets would say what the logarithm takes."
)
LOGARITHM_OF_MEAN = (
    r"\log \frac{1}{k} \sum\dots is read as \log(\frac{1}{k} \sum\dots), the logarithm of the mean."
)
SHORT_DERIVATIVE = (
    r"A derivative is read as that of the next factor that may depend on its name, "
    r"\nabla_\mu q(x) f(x) as (\nabla_\mu q(x)) f(x): brackets would say what it applies to."
)
READ_LONGER = {"long": LONG_LOGARITHM, "mean": LOGARITHM_OF_MEAN, "short": SHORT_DERIVATIVE}
UNKNOWN_START = (
    "A chain of equalities begins here. It must start from the quantity, or from a part of a right "
    "line as it is written there."
)
REMARK = "This says what a name is, which is no line of the derivation: put it behind a %."
TURNED = "The sign of the whole is turned: this is minus what the chain begins with."


@dataclass(frozen=True)
class Value:
    """The tree of a line and its values."""

    tree: Node
    values: Values


@dataclass(frozen=True)
class Goal:
    """What the lines of a chain should all equal: a statement's quantity, or a known part.

    route: None for a part; sign: -1 where the whole statement is multiplied by it; line: the one
    that holds the part; known: False for a new chain that begins with neither.
    """

    route: Route | None
    sign: int
    values: Values
    line: int | None = None
    known: bool = True


@dataclass(frozen=True)
class Chain:
    """Lines, by number, that are joined by equality signs, and what they should equal."""

    lines: tuple[int, ...]
    goal: Goal


class Check:
    """One derivation under check: its settings, and the values of its lines."""

    def __init__(
        self,
        table: Derivation,
        lines: Sequence[reading.Line],
        generator: np.random.Generator,
        hints: bool = True,
    ):
        self.table, self.lines, self.hints = table, lines, hints
        self.groups = table.draw(generator)
        self.deadline = time.thread_time() + ALL_SECONDS
        self.routes = table.routes
        self.goals = list(self._all_goals())
        self.found = [self._evaluate(line.tree) for line in lines]
        self.facts: dict[int, Facts] = {}
        self.route_of: dict[int, Route] = {}
        self.sides: dict[int, tuple[bool, bool]] = {}
        self.chains = self._all_chains()
        self.goal_at = {i: chain.goal for chain in self.chains for i in chain.lines}

    def verdict(self) -> Verdict:
        checked = tuple(self._checked(i) for i in range(len(self.lines)))
        return Verdict(self.table.title, checked, tuple(self._requirements(checked)))

    # --- chains

    def _all_goals(self) -> Iterator[Goal]:
        signs = (1, -1) if self.table.across else (1,)
        for sign in signs:
            for route in self.routes:
                values = evaluate(tree_of(route.quantity), self.groups)
                yield Goal(route, sign, [sign * group for group in values])

    def _cut(self) -> Iterator[tuple[int, ...]]:
        starts = [0, *(i for i, line in enumerate(self.lines) if line.restarts), len(self.lines)]
        for first, end in pairwise(starts):
            yield tuple(range(first, end))

    def _all_chains(self) -> list[Chain]:
        """The chains, in order. A part is looked for in the lines of all chains but its own."""
        cut = list(self._cut())
        goals = {chain: self._statement(chain) for chain in cut}
        for chain, goal in goals.items():
            if goal is None:
                continue
            for i, value in self._right(chain, goal):
                self.facts[i] = self._as_stated(value.tree, goal)
                self.route_of[i] = goal.route or self.routes[0]
        wholes = {i: self.facts[i].tree for i in sorted(self.facts)}
        for chain in cut:
            goals[chain] = goals[chain] or self._known_part(chain, wholes)
        unknown = replace(self.goals[0], known=False)
        return [Chain(chain, goals[chain] or unknown) for chain in cut]

    def _statement(self, chain: Sequence[int]) -> Goal | None:
        """The statement that a chain proves, the exercise's own where that fits more lines."""
        own = self.goals[0]
        first = self.found[chain[0]]
        if not isinstance(first, Value):
            return own
        fits_own = len(self._right(chain, own))
        for said in self.goals:
            if agree(first.values, said.values):
                return own if fits_own > len(self._right(chain, said)) else said
        return own if fits_own or len(chain) == len(self.lines) else None

    def _right(self, chain: Sequence[int], goal: Goal) -> list[tuple[int, Value]]:
        """The lines of a chain that have the goal's value."""
        found = [(i, value) for i in chain if isinstance(value := self.found[i], Value)]
        return [pair for pair in found if agree(pair[1].values, goal.values)]

    def _as_stated(self, tree: Node, goal: Goal) -> Facts:
        """A right line as forms see it, without the sign that the statement is multiplied by."""
        if goal.sign < 0:
            tree = tree.operand if isinstance(tree, Negative) else Negative(tree.position, tree)
        return Facts(tree, [goal.sign * values for values in goal.values], self.groups)

    def _known_part(self, chain: Sequence[int], wholes: dict[int, Node]) -> Goal | None:
        """A chain may start from a part of a right line: its lines are then equal to that.

        wholes: the right lines, with what the parts have become; changed here. Each line of the
        chain counts as the whole line with this part replaced.
        """
        first = self.found[chain[0]]
        if not isinstance(first, Value) or isinstance(first.tree, (Name, Number)):
            return None
        spelling = repr(first.tree)
        for j, whole in wholes.items():
            part = _part(whole, spelling)
            if part is not None:
                goal = Goal(None, 1, first.values, j)
                for i, value in self._right(chain, goal):
                    wholes[j] = exchanged(whole, part, value.tree)
                    self.facts[i] = Facts(wholes[j], self.facts[j].values, self.groups)
                    self.route_of[i] = self.route_of[j]
                return goal
        return None

    def _evaluate(self, tree: Node | Problem) -> Value | Problem:
        if isinstance(tree, Problem):
            return tree
        if time.thread_time() > self.deadline:
            return Problem(f"the lines before this one took more than {ALL_SECONDS:g} s", 0)
        try:
            return Value(tree, evaluate(tree, self.groups))
        except Problem as problem:
            return problem

    # --- lines

    def _checked(self, i: int) -> CheckedLine:
        line, found = self.lines[i], self.found[i]
        if isinstance(found, Problem):
            where = line.where(found)
            return CheckedLine(i + 1, line.latex, UNREAD, sentence(found.message), where)
        goal = self.goal_at[i]
        begins = line.restarts
        if agree(found.values, goal.values):
            return CheckedLine(i + 1, line.latex, RIGHT, note=note_on(found.tree), begins=begins)
        name, before = self._before(i)
        if agree(found.values, before):
            words = self._carried(i)
            return CheckedLine(i + 1, line.latex, CARRIED, words, begins=begins)
        difference = self._difference(found, name, before)
        message, where, slip = self._explained(line, found, goal)
        note = note_on(found.tree)
        return CheckedLine(i + 1, line.latex, WRONG, message, where, difference, slip, note, begins)

    def _before(self, i: int) -> tuple[str, Values]:
        """What a line is compared with: the last one before it that has values, by its name."""
        for j, values in self._all_before(i):
            return f"line {j + 1}", values
        return "the quantity", self.goal_at[i].values

    def _all_before(self, i: int) -> Iterator[tuple[int, Values]]:
        """The lines of the same chain that have values, backwards from a line."""
        for j in reversed(range(i)):
            found = self.found[j]
            if isinstance(found, Value) and self.goal_at[j] is self.goal_at[i]:
                yield j, found.values

    def _carried(self, i: int) -> str:
        """What is said of a line that is equal to one before it that is wrong: to the first one."""
        first, values = next(self._all_before(i))
        for j, other in self._all_before(first):
            if self.lines[first].relation != EQUAL or not agree(other, values):
                break
            first = j
        return f"This follows from line {first + 1}, which is wrong."

    def _explained(
        self, line: reading.Line, found: Value, goal: Goal
    ) -> tuple[str, str, str | None]:
        """What is known of a wrong line: the message, the place, and the name of a known slip."""
        if line.restarts and isinstance(found.tree, Name):
            return REMARK, "", None
        if line.restarts and not goal.known:
            return UNKNOWN_START, "", None
        if goal.sign < 0 and agree(found.values, [-values for values in goal.values]):
            return TURNED, "", "sign_flipped"
        facts = Facts(found.tree, found.values, self.groups)
        for slip in goal.route.slips if goal.route else ():
            if slip.fits(facts, goal.sign):
                return slip.sentence, "", slip.name
        hint = find_hint(found.tree, goal.values, self.groups) if self.hints else None
        if hint is None:
            return "", "", None
        words = f"One small change here would make it right: look at {hint.kind}."
        return words, line.where(Problem("", hint.position)), None

    def _difference(self, found: Value, name: str, before: Values) -> Difference:
        """A setting at which a line differs clearly from another one, or from the quantity."""
        pairs = zip(found.values, before, strict=True)
        gaps = [np.abs(a - b) / (1 + np.abs(a) + np.abs(b)) * ~close(a, b) for a, b in pairs]
        return self._at_largest(gaps, found, name, before)

    def _at_largest(self, gaps: Values, found: Value, name: str, before: Values) -> Difference:
        """The first setting at which a gap is not much less than the largest one."""
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
        # of the ways to read a proof, the one that shows most of both sides; at a tie, the first
        ways = [(way, list(self._ends(way, checked))) for way in self._ways()]
        way, ends = max(ways, key=lambda found: sum(end.met for end in found[1]))
        yield from ends
        shown = [self._shows(way, k) for k in range(len(way.route.steps))]
        for step, met in zip(way.route.steps, shown, strict=True):
            why = "" if met else "(no right line between start and end shows it)"
            yield Requirement(step.words, met, 2, why)
        yield self._follows(checked, any(shown) or not shown)

    def _stretches(self, route: Route) -> list[tuple[int, ...]]:
        """The right lines for a statement, cut where a chain begins with one of its sides again."""
        stretches: list[tuple[int, ...]] = []
        for chain in self.chains:
            own = [i for i in chain.lines if self.route_of.get(i) is route]
            if not own or chain.goal.line is not None:
                continue
            lines = tuple(k for i in own for k in (i, *self._parts_of(i)))
            if stretches and not any(self._sides(route, own[0])):
                lines = stretches.pop() + lines
            stretches.append(lines)
        return stretches

    def _parts_of(self, i: int) -> Iterator[int]:
        """The right lines that take the place of a part of a line."""
        for chain in self.chains:
            if chain.goal.line == i:
                yield from (k for k in chain.lines if k in self.facts)

    def _sides(self, route: Route, i: int) -> tuple[bool, bool]:
        """Whether a right line has the form of the start, and of the end."""
        if i not in self.sides:
            self.sides[i] = route.start(self.facts[i]), route.end(self.facts[i])
        return self.sides[i]

    def _ways(self) -> Iterator["Way"]:
        """Where a proof may begin and end: per statement forwards, backwards, from both sides."""
        for route in self.routes:
            chains = [chain.lines for chain in self.chains if chain.goal.route is route]
            if not chains:
                continue
            first, last = chains[0][0], chains[-1][-1]
            yield Way(route, first, last)
            yield Way(route, last, first, forwards=False)
            yield from self._from_both_sides(route, chains)
            yield from self._claimed(route, chains[-1])

    def _from_both_sides(self, route: Route, chains: list[tuple[int, ...]]) -> Iterator["Way"]:
        """Two chains may lead from the start and from the end to the same line."""
        known = [chain for chain in chains if chain[0] in self.facts]
        from_start = [chain for chain in known if self._sides(route, chain[0])[0]]
        from_end = [chain for chain in known if self._sides(route, chain[0])[1]]
        for one, other in product(from_start, from_end):
            if one is not other and self._meet(one, other):
                yield Way(route, one[0], other[0], met=True)
                return

    def _claimed(self, route: Route, chain: Sequence[int]) -> Iterator["Way"]:
        """A chain may state the claim in its first two lines, and then lead back to the first."""
        if len(chain) > 2 and chain[1] in self.facts and self._meet(chain[:1], chain):
            sides = self._sides(route, chain[1])
            if sides == (True, False):
                yield Way(route, chain[1], chain[-1])
            elif sides == (False, True):
                yield Way(route, chain[-1], chain[1], forwards=False)

    def _meet(self, one: Sequence[int], other: Sequence[int]) -> bool:
        """Whether two chains end in a line that is spelt the same."""
        ends = self.found[one[-1]], self.found[other[-1]]
        trees = [repr(end.tree) for end in ends if isinstance(end, Value)]
        return len(trees) == 2 and trees[0] == trees[1]

    def _ends(self, way: "Way", checked: Sequence[CheckedLine]) -> Iterator[Requirement]:
        """The requirements for both sides of the statement, at the lines that a way gives."""
        route, start, end = way.route, way.route.start, way.route.end
        start_words, end_words = route.start_words, route.end_words
        if not way.forwards:
            start = every(start, route.finish or start)
            start_words = start_words.replace("starts from", "ends in", 1)
            end_words = end_words.replace("ends in", "starts from", 1)
        early = (None, STOPS_EARLY) if way.forwards else (STOPS_EARLY, None)
        yield self._requirement(start_words, start, checked[way.start], early[0])
        yield self._requirement(end_words, end, checked[way.end], early[1])

    def _shows(self, way: "Way", k: int) -> bool:
        """Whether a step is shown, by lines of whichever statement, in the order of the way."""
        for route in self.routes:
            stretches = way.ordered(self._stretches(route))
            sides = {i: self._sides(route, i) for stretch in stretches for i in stretch}
            lines = [self.facts[i] for i in _leading(stretches, sides)]
            if route.steps[k].met(lines):
                return True
        return False

    def _follows(self, checked: Sequence[CheckedLine], has_step: bool) -> Requirement:
        bad = [line for line in checked if line.verdict != RIGHT]
        if bad:
            unread = next((line for line in bad if line.verdict == UNREAD), None)
            slip = next((line.slip for line in bad if line.slip), None)
            if slip is None and unread:
                return Requirement(FOLLOWS, False, 2, _why_not(unread), UNREADABLE)
            repaired = REPAIRED if checked[-1].verdict == RIGHT else None
            return Requirement(FOLLOWS, False, 2, f"(see line {bad[0].number})", slip or repaired)
        if not has_step:
            return Requirement(FOLLOWS, False, 2, "(there is none)", JUMP)
        return Requirement(FOLLOWS, True, 2)

    def _requirement(
        self,
        words: str,
        form: Form,
        line: CheckedLine,
        slip: str | None,
    ) -> Requirement:
        seen = self.facts.get(line.number - 1)
        if seen is None:
            known = UNREADABLE if line.verdict == UNREAD else line.slip
            return Requirement(words, False, 1, _why_not(line), known)
        if form(seen):
            return Requirement(words, True, 1)
        return Requirement(words, False, 1, f"(line {line.number} does not)", slip)


@dataclass(frozen=True)
class Way:
    """A way to read a proof.

    start, end: the lines that should show the two sides of the statement; met: whether both begin a
    chain, and the two chains end in the same line.
    """

    route: Route
    start: int
    end: int
    forwards: bool = True
    met: bool = False

    def ordered(self, stretches: list[tuple[int, ...]]) -> list[tuple[int, ...]]:
        """Stretches of lines in the order that leads from the start to the end."""
        if not self.forwards:
            return [stretch[::-1] for stretch in reversed(stretches)]
        one, other = (next((s for s in stretches if i in s), ()) for i in (self.start, self.end))
        if not self.met or one is other:
            return stretches
        return [one + other[::-1], *(s for s in stretches if s not in (one, other))]


def _leading(
    stretches: Sequence[Sequence[int]], sides: dict[int, tuple[bool, bool]]
) -> Iterator[int]:
    """The lines that lead from the start to the end, or may still come to.

    sides: whether a line has the form of the start, and of the end. Where the result has been
    reached, what lies between the result and itself shows nothing: a text could state the result
    and write out its parts.
    """
    reached = any(
        any(sides[i][0] for i in stretch) and any(sides[i][1] for i in stretch)
        for stretch in stretches
    )
    for stretch in stretches:
        for k, i in enumerate(stretch):
            before = next((sides[j] for j in stretch[k::-1] if any(sides[j])), (False, False))
            after = next((sides[j] for j in stretch[k:] if any(sides[j])), (False, False))
            if not reached or any(sides[i]) or before[0] or after[0]:
                yield i


def _part(whole: Node, spelling: str) -> Node | None:
    """The node of a tree that is spelt so."""
    if len(spelled := repr(whole)) > MAX_WHOLE or spelling not in spelled:
        return None
    return next((node for node in walk(whole) if repr(node) == spelling), None)


def _why_not(line: CheckedLine) -> str:
    """Why a line that is not right shows nothing, in brackets."""
    whys = {UNREAD: "cannot be read", CARRIED: "follows from one that is wrong"}
    return f"(line {line.number} {whys.get(line.verdict, 'is wrong')})"


def note_on(tree: Node) -> str:
    r"""What a student should know of how a line was read, as `\log 2\pi\sigma^2`."""
    reaches = {node.reach for node in walk(tree) if isinstance(node, (Call, Derivative))}
    return " ".join(words for reach, words in READ_LONGER.items() if reach in reaches)


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) > RTOL * FLOOR else "0"


def sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith("?") else ".")
