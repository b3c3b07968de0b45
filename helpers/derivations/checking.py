"""The verdict on a derivation: each line against the one before, and what the whole shows."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers.derivations import display, reading
from helpers.derivations.expressions import Name, Problem, walk
from helpers.derivations.forms import Facts, Form, Values, agree, close, evaluate, tree_of
from helpers.derivations.hints import find_hint
from helpers.derivations.settings import Settings
from helpers.derivations.tables import DERIVATIONS, Derivation

RIGHT, WRONG, CARRIED, UNREAD = "right", "wrong", "carried", "unread"
FOLLOWS = "every line follows from the one before, and a step lies between start and end"
# What may be wrong with a derivation as a whole, by the names that slips of single lines have too.
JUMP, STOPS_EARLY, REPAIRED = "jump", "stops_early", "repaired"
ALL_SECONDS = 15.0  # for all lines of a derivation
SEED = 2026  # a student sees the same counterexample at each run


@dataclass(frozen=True)
class Difference:
    """A setting at which a line differs: its names, what is compared with, and both values."""

    names: dict[str, str]
    compared: str
    there: str
    here: str


@dataclass(frozen=True)
class CheckedLine:
    """One line with its verdict.

    number: counted from 1, `A = B = C` as three; verdict: RIGHT, WRONG, CARRIED (equal to a line
    before that is wrong) or UNREAD; message: for the student; where: their line of text with a
    caret below the place in question; slip: the name of a recognised slip.
    """

    number: int
    latex: str
    verdict: str
    message: str = ""
    where: str = ""
    difference: Difference | None = None
    slip: str | None = None


@dataclass(frozen=True)
class Requirement:
    """Something a derivation must show; share: its weight in the points."""

    words: str
    met: bool
    share: int
    message: str = ""
    slip: str | None = None


@dataclass(frozen=True)
class Verdict:
    """What came of a derivation; shown as a table in a notebook and as text in a terminal."""

    title: str
    lines: tuple[CheckedLine, ...]
    requirements: tuple[Requirement, ...] = field(default=())
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing is missing and no line is wrong."""
        return not self.problem and all(r.met for r in self.requirements)

    @property
    def missing(self) -> str:
        """What is missing, in words; empty if nothing is."""
        unmet = [f"{r.words} {r.message}".strip() for r in self.requirements if not r.met]
        return self.problem or "; ".join(unmet)

    @property
    def account(self) -> str:
        """What is wrong with the wrong lines, in sentences; the named slips are told elsewhere."""
        return display.account(self)

    def __repr__(self) -> str:
        return display.text(self)

    def _repr_html_(self) -> str:
        return display.html(self)


def check_derivation(name: str, text: str, generator: np.random.Generator | None = None) -> Verdict:
    """Check a derivation line by line.

    name: of the derivation, one of `DERIVATIONS`; text: its LaTeX, one line for each `=`;
    generator: draws the settings at which lines are compared (default: the same at each call).
    Raises ValueError for an unknown name; everything else is told in the verdict.
    """
    if name not in DERIVATIONS:
        raise ValueError(f"there is no derivation {name!r}; there are {', '.join(DERIVATIONS)}")
    table = DERIVATIONS[name]
    try:
        lines = reading.read(text)
    except Problem as problem:
        return Verdict(table.title, (), problem=problem.message)
    if not lines:
        return Verdict(table.title, (), problem="Not written yet: it holds no line.")
    return _Check(table, lines, generator or np.random.default_rng(SEED)).verdict()


class _Check:
    """One derivation under check: its settings, and the values of its lines."""

    def __init__(self, table: Derivation, lines: Sequence[reading.Line], generator):
        self.table, self.lines = table, lines
        self.groups: list[Settings] = table.draw(generator)
        self.deadline = time.monotonic() + ALL_SECONDS
        self.quantity = evaluate(tree_of(table.quantity), self.groups)
        self.values: list[Values | Problem] = [self._evaluate(line) for line in lines]

    def verdict(self) -> Verdict:
        checked = tuple(self._checked(i) for i in range(len(self.lines)))
        return Verdict(self.table.title, checked, tuple(self._requirements(checked)))

    def _evaluate(self, line: reading.Line) -> Values | Problem:
        if line.problem is not None:
            return line.problem
        try:
            if time.monotonic() > self.deadline:
                raise Problem(f"the lines before this one took more than {ALL_SECONDS:g} s", 0)
            return evaluate(line.tree, self.groups)
        except Problem as problem:
            return problem

    # --- lines

    def _checked(self, i: int) -> CheckedLine:
        line, values = self.lines[i], self.values[i]
        if isinstance(values, Problem):
            where = line.where(values)
            return CheckedLine(i + 1, line.latex, UNREAD, _sentence(values.message), where)
        if agree(values, self.quantity):
            return CheckedLine(i + 1, line.latex, RIGHT)
        before = next((j for j in reversed(range(i)) if isinstance(self.values[j], list)), None)
        if before is not None and agree(values, self.values[before]):
            words = f"This follows from line {before + 1}, which is wrong."
            return CheckedLine(i + 1, line.latex, CARRIED, words)
        return self._wrong(i, before)

    def _wrong(self, i: int, before: int | None) -> CheckedLine:
        line, values = self.lines[i], self.values[i]
        difference = self._difference(i, before)
        slip = self._slip(values)
        if slip is not None:
            return CheckedLine(i + 1, line.latex, WRONG, slip.sentence, "", difference, slip.name)
        hint = find_hint(line.tree, self.quantity, self.groups)
        if hint is None:
            return CheckedLine(i + 1, line.latex, WRONG, "", "", difference)
        where = line.where(Problem("", hint.position))
        words = f"One small change here would make it right: look at {hint.kind}."
        return CheckedLine(i + 1, line.latex, WRONG, words, where, difference)

    def _slip(self, values: Values):
        for slip in self.table.slips:
            if agree(values, evaluate(tree_of(slip.latex), self.groups)):
                return slip
        return None

    def _difference(self, i: int, before: int | None) -> Difference:
        """A setting at which a line differs clearly from the one before, or from the quantity."""
        values = self.values[i]
        compared = self.quantity if before is None else self.values[before]
        pairs = zip(values, compared, strict=True)
        gaps = [np.abs(a - b) / (1 + np.abs(a) + np.abs(b)) * ~close(a, b) for a, b in pairs]
        group = int(np.argmax([gap.max() for gap in gaps]))
        setting = int(np.argmax(gaps[group] >= gaps[group].max() / 2))
        used = {node.key for node in walk(self.lines[i].tree) if isinstance(node, Name)}
        return Difference(
            self.groups[group].describe(setting, used),
            "the quantity" if before is None else f"line {before + 1}",
            _number(compared[group][setting]),
            _number(values[group][setting]),
        )

    # --- requirements

    def _requirements(self, checked: Sequence[CheckedLine]) -> Iterator[Requirement]:
        table = self.table
        facts = {
            i: Facts(self.lines[i].tree, self.values[i], self.groups)
            for i, line in enumerate(checked)
            if line.verdict == RIGHT
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
