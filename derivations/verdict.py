"""The verdict on a derivation, and how it reads as plain text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

RIGHT, WRONG, CARRIED, UNREAD = "right", "wrong", "carried", "unread"
RELATIONS = {"=": "=", r"\ge": "≥", r"\le": "≤"}  # what joins lines, by its LaTeX
MARKS = {RIGHT: "✓", WRONG: "✗", CARRIED: "(✓)", UNREAD: "✗"}

FORMULA = re.compile(r"\$([^$]+)\$")


@dataclass(frozen=True)
class Difference:
    """One setting at which the values differ.

    names: the value of each name there; compared: what the line is compared with; there, here: the
    values of that and of the line.
    """

    names: dict[str, str]
    compared: str
    there: str
    here: str

    @property
    def assignments(self) -> list[str]:
        """The names with their values, each as one equation."""
        return [f"{name} = {value}" if name else value for name, value in self.names.items()]

    def sentence(self, assignments: list[str]) -> str:
        """The difference in words; assignments: the names and values as they should look."""
        at = f"At {', '.join(assignments)}: " if assignments else ""
        return f"{at}{self.compared} is {self.there}, this one {self.here}."

    def __str__(self) -> str:
        return self.sentence(self.assignments)


@dataclass(frozen=True)
class CheckedLine:
    """One line with its verdict.

    number: counted from 1, `A = B = C` as three; verdict: RIGHT, WRONG, CARRIED (equal to an
    earlier line that is wrong) or UNREAD; message: for the student; where: the student's own line
    of text with a caret below the place; slip: the name of a known slip; note: how the
    line was read, or why an inequality holds; begins: whether a new chain begins here; relation:
    what joins it to the line before, as LaTeX.
    """

    number: int
    latex: str
    verdict: str
    message: str = ""
    where: str = ""
    difference: Difference | None = None
    slip: str | None = None
    note: str = ""
    begins: bool = False
    relation: str = "="

    @property
    def mark(self) -> str:
        return MARKS[self.verdict]

    @property
    def one_line(self) -> str:
        """The LaTeX without line breaks."""
        return " ".join(self.latex.split())

    @property
    def account(self) -> str:
        """What is wrong with the line, by its number, without the sentence of a known slip."""
        if self.verdict == UNREAD:
            return f"Line {self.number} cannot be read: {self.message}"
        message = "" if self.slip else self.message
        return " ".join(filter(None, [f"Line {self.number}:", message, str(self.difference or "")]))


@dataclass(frozen=True)
class Requirement:
    """Something a derivation must show.

    words: with formulas as LaTeX between dollar signs; message: where it is missing; share: its
    weight in the points; slip: the name of what went wrong, if it is known.
    """

    words: str
    met: bool
    share: int
    message: str = ""
    slip: str | None = None

    @property
    def mark(self) -> str:
        return MARKS[RIGHT if self.met else WRONG]

    @property
    def latex(self) -> str:
        """The words and the message, with formulas between dollar signs."""
        return f"{self.words} {self.message}".strip()

    def __str__(self) -> str:
        return FORMULA.sub(lambda formula: formula[1].replace("\\", ""), self.latex)


@dataclass(frozen=True)
class Verdict:
    """The result of a check; its repr is a table in plain text.

    problem: why the text is not a derivation at all; then there are no lines.
    """

    title: str
    lines: tuple[CheckedLine, ...]
    requirements: tuple[Requirement, ...] = ()
    problem: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing is missing and no line is wrong."""
        return not self.problem and all(r.met for r in self.requirements)

    @property
    def missing(self) -> str:
        """What is missing, in words; empty if nothing is."""
        return self.problem or "; ".join(str(r) for r in self.requirements if not r.met)

    @property
    def account(self) -> str:
        """What is wrong with the wrong lines, in sentences, without those of known slips."""
        wrong = [line for line in self.lines if line.verdict != RIGHT]
        return " ".join(line.account for line in wrong)

    @property
    def summary(self) -> str:
        """The verdict in half a sentence."""
        if self.problem:
            return self.problem
        if self.passed:
            return "complete, and every line is right."
        wrong = sum(line.verdict in (WRONG, UNREAD) for line in self.lines)
        if not wrong:
            return "every line is right; something is still missing."
        carried = [line.number for line in self.lines if line.verdict == CARRIED]
        more = f"; {_lines(carried)} from what is wrong" if carried else ""
        return f"{wrong} of {len(self.lines)} lines must be corrected{more}."

    def __repr__(self) -> str:
        out = [f"{self.title.capitalize()}: {self.summary}"]
        for i, line in enumerate(self.lines):
            joined = i and not line.begins and line.verdict != UNREAD
            sign = f"{RELATIONS[line.relation]} " if joined else ""
            out.append(f"  {line.mark:<3} {line.number:>2}  {sign}{line.one_line}")
            out += [f"          {words}" for words in _below(line)]
        out += [f"  {one.mark:<3}     {one}" for one in self.requirements]
        return "\n".join(out)


def _lines(numbers: list[int]) -> str:
    """Lines that follow, by their numbers."""
    *others, last = map(str, numbers)
    return f"lines {', '.join(others)} and {last} follow" if others else f"line {last} follows"


def _below(line: CheckedLine) -> Iterator[str]:
    """The text below a line that is not right."""
    yield from line.where.split("\n") if line.where else ()
    if line.message:
        yield line.message
    if line.difference:
        yield str(line.difference)
    if line.note:
        yield line.note
