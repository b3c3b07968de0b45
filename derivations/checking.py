"""The check: each line against the one before, and the derivation against its requirements."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derivations.evaluator.values import Values, agree, close, evaluate
from derivations.expressions import Name, Node, Problem, walk
from derivations.forms import Facts, Form
from derivations.hints import find_hint
from derivations.reader import reading
from derivations.reader.parsing import tree_of
from derivations.tables import DERIVATIONS, Derivation
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


class _Check:
    """One derivation under check: its settings, and the values of its lines."""

    def __init__(
        self, table: Derivation, lines: Sequence[reading.Line], generator: np.random.Generator
    ):
        self.table, self.lines = table, lines
        self.groups = table.draw(generator)
        self.deadline = time.thread_time() + ALL_SECONDS
        self.quantity = evaluate(tree_of(table.quantity), self.groups)
        self.found = [self._evaluate(line.tree) for line in lines]

    def verdict(self) -> Verdict:
        checked = tuple(self._checked(i) for i in range(len(self.lines)))
        return Verdict(self.table.title, checked, tuple(self._requirements(checked)))

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
        if agree(found.values, self.quantity):
            return CheckedLine(i + 1, line.latex, RIGHT)
        name, before = self._before(i)
        if agree(found.values, before):
            words = f"This follows from {name}, which is wrong."
            return CheckedLine(i + 1, line.latex, CARRIED, words)
        difference = self._difference(found, name, before)
        message, where, slip = self._explained(line, found)
        return CheckedLine(i + 1, line.latex, WRONG, message, where, difference, slip)

    def _before(self, i: int) -> tuple[str, Values]:
        """What a line is compared with: the last one before it that has values, by its name."""
        for j in reversed(range(i)):
            found = self.found[j]
            if isinstance(found, _Value):
                return f"line {j + 1}", found.values
        return "the quantity", self.quantity

    def _explained(self, line: reading.Line, found: _Value) -> tuple[str, str, str | None]:
        """What is known of a wrong line: the message, the place, and the name of a known slip."""
        for slip in self.table.slips:
            if agree(found.values, evaluate(tree_of(slip.latex), self.groups)):
                return slip.sentence, "", slip.name
        hint = find_hint(found.tree, self.quantity, self.groups)
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
        table = self.table
        facts = {
            i: Facts(found.tree, found.values, self.groups)
            for i, found in enumerate(self.found)
            if isinstance(found, _Value) and checked[i].verdict == RIGHT
        }
        first, final = facts.get(0), facts.get(len(checked) - 1)
        yield self._requirement(table.start_words, first, table.start, checked[0])
        yield self._requirement(table.end_words, final, table.end, checked[-1], STOPS_EARLY)
        right = [facts[i] for i in sorted(facts)]
        steps = [step.met(right) for step in table.steps]
        for step, met in zip(table.steps, steps, strict=True):
            yield Requirement(step.words, met, 2, "" if met else "(no right line shows it)")
        yield self._follows(checked, any(steps) or not steps)

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
        facts: Facts | None,
        form: Form,
        line: CheckedLine,
        slip: str | None = None,
    ) -> Requirement:
        if facts is None:
            why = "cannot be read" if line.verdict == UNREAD else "is wrong"
            return Requirement(words, False, 1, f"(line {line.number} {why})", line.slip)
        if form(facts):
            return Requirement(words, True, 1)
        return Requirement(words, False, 1, f"(line {line.number} does not)", slip)


def _number(value: float) -> str:
    return f"{value:.6g}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:] + ("" if words.endswith("?") else ".")
