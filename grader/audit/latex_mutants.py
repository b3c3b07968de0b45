"""Machine-made wrong versions of a derivation in LaTeX: one small change each.

Signs, factors, powers, indices, fractions, logarithms, names, and what a density is of and given:
the slips of the pen in a derivation. One pass over the tokens, without an understanding of the
formula: what comes out is material to try a check on, and judges nothing.

Comments, layout, words such as `tr` in roman type, the limits of sums and integrals, and
differentials stay as they are.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

TOKEN = re.compile(
    r"""
    (?P<comment> %[^\n]* )
  | (?P<layout> \s+ | [&~] | \\[,;:!>\ ]
      | \\(?:left|right|[bB]igg?[lrm]?|q?quad|displaystyle|nonumber|notag)(?![A-Za-z]) )
  | (?P<break> \\\\(?:\s*\[[^\]]*\])? | \\(?:begin|end)\s*\{[^}]*\} )
  | (?P<differential> (?:d|\\mathrm\{d\})\s*(?:\\[A-Za-z]+|[A-Za-z])(?![A-Za-z]) )
  | (?P<word> \\(?:text[a-z]*|mathrm|operatorname\*?|mathbb|mathcal|label|tag|[hv]space)\s*
      \{[^}]*\} | (?:exp|log|ln|tr|det|diag|KL|ELBO)(?![A-Za-z]) )
  | (?P<sum> \\(?:sum|prod|i*int)(?![A-Za-z])(?:\\limits)?
      (?:\s*[_^]\s*(?:\{(?:[^{}]|\{[^{}]*\})*\}|\\[A-Za-z]+|[^\s{}\\]))* )
  | (?P<command> \\[A-Za-z]+ | \\. )
  | (?P<number> [0-9]+(?:\.[0-9]+)? )
  | (?P<letter> [A-Za-z] )
  | (?P<other> . )
    """,
    re.VERBOSE,
)
FRACTION = re.compile(r"\\[dtc]?frac")
COMMAND_AT_THE_END = re.compile(r"\\[A-Za-z]+$")
PAIRS = {"(": ")", "[": "]", "{": "}"}
CLOSING = set(PAIRS.values())
BARS = {"|", r"\mid", r"\vert"}
TIMES = {r"\cdot", r"\times", "*"}
LOGARITHMS = {r"\log", r"\ln"}
OTHER_SIGN = {"+": "-", "-": "+"}
OTHER_INDEX = {"1": "2", "2": "1"}
OTHER_NAME = {r"\mu": r"\sigma", r"\sigma": r"\mu", "p": "q", "q": "p"}
DENSITIES = {"p", "q"}
RUNNING_INDICES = set("ijklmn")
NO_POWERS = {r"\top", r"\intercal", r"\prime", r"\dagger", "T", "*"}
BEFORE_A_LEADING_SIGN = {"=", ",", "^", r"\{", *PAIRS, *TIMES}
NO_FACTORS = {r"\|", r"\}", r"\le", r"\leq", r"\ge", r"\geq", r"\approx", r"\equiv", *BARS, *TIMES}
WITH_ARGUMENT = {r"\sqrt", r"\mathbf", r"\boldsymbol", r"\bm", r"\hat", r"\bar", r"\tilde"}
NEAR = 20  # characters shown on each side of a change


@dataclass(frozen=True)
class Token:
    """A piece of a formula.

    kind: the name of the group of TOKEN that found it;
    text: its characters;
    start: where it begins in the text;
    bare: whether it is a digit that is an argument without braces, as in x^2.
    """

    kind: str
    text: str
    start: int
    bare: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Edit:
    """Some tokens that are replaced by a text.

    first: the first token that goes;
    last: the first token that stays;
    new: the text in their place.
    """

    first: int
    last: int
    new: str = ""


def latex_mutants(text: str) -> Iterator[tuple[str, str]]:
    """Every small change of a derivation: what was changed and where, in words; the changed text.

    In the order of the text. Each changed text comes once, and none is the original.
    """
    formula = Formula(text)
    found = {text}
    alike: Counter[str] = Counter()
    for place in range(len(formula.tokens)):
        for rule in RULES:
            for edit in rule(formula, place):
                start, end, new = formula.on_text(edit)
                changed = text[:start] + new + text[end:]
                if changed not in found:
                    found.add(changed)
                    words = _words(text, start, end, new)
                    alike[words] += 1
                    number = f" ({alike[words]})" if alike[words] > 1 else ""
                    yield words + number, changed


def _words(text: str, start: int, end: int, new: str) -> str:
    above, _, before = text[:start].rpartition("\n")
    after = text[end:].partition("\n")[0]
    number = 1 + sum(1 for line in above.split("\n") if line.partition("%")[0].strip())
    excerpt = _last(before) + text[start:end] + _first(after)
    old, new, excerpt = (" ".join(words.split()) for words in (text[start:end], new, excerpt))
    return f"line {number}: `{old}` → `{new or '(left out)'}` in `{excerpt}`"


def _last(text: str) -> str:
    return text if len(text) <= NEAR else "…" + text[-NEAR:]


def _first(text: str) -> str:
    return text if len(text) <= NEAR else text[:NEAR] + "…"


class Formula:
    """The tokens of a derivation that mean something, and how they belong together.

    indices: the places of tokens inside subscripts; powers: of those in exponents that are numbers.
    """

    def __init__(self, text: str):
        self.text = text
        found = (Token(str(m.lastgroup), m.group(), m.start()) for m in TOKEN.finditer(text))
        self.tokens = [token for token in found if token.kind not in ("comment", "layout")]
        self._take_digits_apart()
        self.indices: set[int] = set()
        self.powers: set[int] = set()
        for place in range(len(self.tokens)):
            inside = range(place + 1, self.argument(place + 1))
            if self.at(place) == "_":
                self.indices |= set(inside)
            elif self.at(place) == "^" and re.fullmatch(r"-?[0-9]+", self.content(place + 1)):
                self.powers |= set(inside)

    def _take_digits_apart(self) -> None:
        """An argument without braces is one digit: \\frac12 is a half."""
        place = 0
        while place < len(self.tokens):
            first = place + 1
            for _ in range(self._arguments(place)):
                self._take_one_digit(first)
                first = self.argument(first)
            place += 1

    def _arguments(self, place: int) -> int:
        return 2 if FRACTION.fullmatch(self.at(place)) else int(self.at(place) in ("_", "^"))

    def _take_one_digit(self, place: int) -> None:
        if self.at(place).isdecimal():
            token = self.tokens[place]
            rest = Token("number", token.text[1:], token.start + 1)
            digit = replace(token, text=token.text[0], bare=True)
            self.tokens[place : place + 1] = [digit, rest] if rest.text else [digit]

    def at(self, place: int) -> str:
        """The text of a token; empty where there is none."""
        return self.tokens[place].text if 0 <= place < len(self.tokens) else ""

    def kind(self, place: int) -> str:
        return self.tokens[place].kind if 0 <= place < len(self.tokens) else ""

    def closing(self, place: int) -> int:
        """The place of the bracket that closes one; its own where none does."""
        opening, depth = self.at(place), 0
        for other in range(place, len(self.tokens)):
            depth += (self.at(other) == opening) - (self.at(other) == PAIRS[opening])
            if depth == 0:
                return other
        return place

    def argument(self, place: int) -> int:
        """Where the argument that begins at a place has ended."""
        last = self.closing(place) if self.at(place) == "{" else place
        return min(last + 1, len(self.tokens))

    def source(self, first: int, last: int) -> str:
        """The text of the tokens from `first` up to `last`, without that one."""
        return self.text[self.tokens[first].start : self.tokens[last - 1].end]

    def content(self, place: int) -> str:
        """The text of the argument that begins at a place, without its braces."""
        last = self.argument(place)
        words = self.source(place, last) if place < last else ""
        return words[1:-1].strip() if words[:1] == "{" and words[-1:] == "}" else words

    def factor(self, place: int) -> int:
        """Where the factor that begins at a place has ended, with its indices and powers."""
        if not self.begins_factor(place) and self.kind(place) != "number":
            return place
        end = place + 1
        if self.at(place) in PAIRS:
            end = self.closing(place) + 1
        for _ in range(self._arguments(place) or int(self.at(place) in WITH_ARGUMENT)):
            end = self.argument(end)
        end = self._behind_scripts(end)
        if self.at(place) in DENSITIES and self.at(end) == "(":
            end = self._behind_scripts(self.closing(end) + 1)
        return end

    def factor_before(self, end: int) -> int:
        """Where the factor that ends at a place begins; the place itself where none does."""
        return next((start for start in range(end) if self.factor(start) == end), end)

    def begins_factor(self, place: int) -> bool:
        """Whether something other than a number begins here that a number can multiply."""
        if self.kind(place) in ("command", "other"):
            is_command = self.kind(place) == "command" and self.at(place) not in NO_FACTORS
            return is_command or self.at(place) in PAIRS
        return self.kind(place) in ("letter", "word", "sum")

    def is_leading(self, place: int) -> bool:
        """Whether a sign stands where a line or a bracket begins."""
        before = place - 1
        return self.kind(before) in ("", "break") or self.at(before) in BEFORE_A_LEADING_SIGN

    def of_density(self, place: int) -> range:
        """The places of the arguments of a density, as x | z in p(x | z)."""
        opening = self._behind_scripts(place + 1)
        if self.at(place) in DENSITIES and self.at(opening) == "(":
            return range(opening + 1, self.closing(opening))
        return range(0)

    def _behind_scripts(self, place: int) -> int:
        while self.at(place) in ("_", "^"):
            place = self.argument(place + 1)
        return place

    def on_text(self, edit: Edit) -> tuple[int, int, str]:
        """An edit as start and end in the text, and what replaces what is between."""
        start, end = self.tokens[edit.first].start, self.tokens[edit.last - 1].end
        new, after = edit.new, self.text[end:]
        if COMMAND_AT_THE_END.search(self.text[:start]) and (new + after)[:1].isalpha():
            new = f" {new}"  # or \mu_i x without its index would be another command
        if COMMAND_AT_THE_END.search(new) and after[:1].isalpha():
            new = f"{new} "
        return start, end, new


Edits = Iterator[Edit]


def _signs(formula: Formula, place: int) -> Edits:
    """One sign turned; a leading minus left out."""
    if formula.at(place) not in OTHER_SIGN or place in formula.indices | formula.powers:
        return
    if formula.at(place) == "-" and formula.is_leading(place):
        yield Edit(place, place + 1)
    else:
        yield Edit(place, place + 1, OTHER_SIGN[formula.at(place)])


def _numbers(formula: Formula, place: int) -> Edits:
    """One number more or less by one; a number left out where it multiplies something."""
    if formula.kind(place) != "number" or place in formula.indices | formula.powers:
        return
    is_argument = formula.tokens[place].bare
    whole, *rest = formula.at(place).split(".")
    for number in (int(whole) + 1, int(whole) - 1):
        new = ".".join([str(number), *rest])
        if number >= 0:
            yield Edit(place, place + 1, _argument(new) if is_argument else new)
    times = formula.at(place + 1) in TIMES
    multiplies = not is_argument and (times or formula.begins_factor(place + 1))
    if multiplies and formula.at(place) != "1":
        yield Edit(place, place + 1 + times)


def _argument(text: str) -> str:
    return text if len(text) == 1 else f"{{{text}}}"


def _unit_fractions(formula: Formula, place: int) -> Edits:
    """1/2, 1/3, … left out: as a factor, or as a term with its sign."""
    end = _end_of_unit_fraction(formula, place)
    times = formula.at(end) in TIMES
    if end == place:
        return
    if times or formula.begins_factor(end):
        yield Edit(place, end + times)
    elif formula.at(place - 1) in OTHER_SIGN.keys() | TIMES:
        if not formula.is_leading(place - 1):
            yield Edit(place - 1, end)
    elif formula.kind(place - 1) in ("letter", "number") or formula.at(place - 1) in CLOSING:
        yield Edit(place, end)


def _end_of_unit_fraction(formula: Formula, place: int) -> int:
    if FRACTION.fullmatch(formula.at(place)):
        below = formula.argument(place + 1)
        parts, end = (formula.content(place + 1), formula.content(below)), formula.argument(below)
    else:
        end = place + 3
        parts = (formula.at(place), formula.at(place + 2) * (formula.at(place + 1) == "/"))
    return end if parts[0] == "1" and parts[1].isdecimal() else place


def _powers(formula: Formula, place: int) -> Edits:
    """One power higher by one, or left out; transposes and e^{…} stay."""
    if formula.at(place) != "^" or formula.at(place - 1) in ("e", r"\exp"):
        return
    power, end = formula.content(place + 1), formula.argument(place + 1)
    if power in NO_POWERS or power.startswith("("):
        return
    if power.isdecimal():
        yield Edit(place, end, f"^{_argument(str(int(power) + 1))}")
    yield Edit(place, end)


def _indices(formula: Formula, place: int) -> Edits:
    """One index 1 or 2 changed into the other; a running index left out."""
    if place in formula.indices and formula.at(place) in OTHER_INDEX:
        yield Edit(place, place + 1, OTHER_INDEX[formula.at(place)])
    if formula.at(place) == "_" and formula.content(place + 1) in RUNNING_INDICES:
        yield Edit(place, formula.argument(place + 1))


def _fractions(formula: Formula, place: int) -> Edits:
    """One fraction turned over."""
    if FRACTION.fullmatch(formula.at(place)):
        below = formula.argument(place + 1)
        above, under = formula.content(place + 1), formula.content(below)
        if above != under:
            new = f"{formula.at(place)}{{{under}}}{{{above}}}"
            yield Edit(place, formula.argument(below), new)
    elif formula.at(place) == "/" and place not in formula.indices:
        first, last = formula.factor_before(place), formula.factor(place + 1)
        if first < place and last > place + 1:
            above, under = formula.source(first, place), formula.source(place + 1, last)
            yield Edit(first, last, f"{under}/{above}")


def _logarithms(formula: Formula, place: int) -> Edits:
    """One logarithm left out."""
    if formula.at(place) in LOGARITHMS and formula.at(place + 1) not in ("", "_", "^"):
        yield Edit(place, place + 1)


def _names(formula: Formula, place: int) -> Edits:
    """Mean for scale, or p for q, in one place."""
    if formula.at(place) in OTHER_NAME:
        yield Edit(place, place + 1, OTHER_NAME[formula.at(place)])


def _conditions(formula: Formula, place: int) -> Edits:
    """p(x | z) for p(z | x), p(x | z) for p(x, z), p(x) for p(z)."""
    inside = formula.of_density(place)
    between = [other for other in inside if formula.at(other) in {",", *BARS}]
    if len(inside) == 1 and formula.at(inside.start) == "z":
        yield Edit(inside.start, inside.stop, "x")
    if len(between) != 1 or not inside.start < between[0] < inside.stop - 1:
        return
    bar = between[0]
    if formula.at(bar) == ",":
        yield Edit(bar, bar + 1, " |")
    else:
        left, right = formula.source(inside.start, bar), formula.source(bar + 1, inside.stop)
        whole = formula.source(inside.start, inside.stop)
        middle = whole[len(left) : len(whole) - len(right)]
        yield Edit(inside.start, inside.stop, right + middle + left)


RULES = (
    _signs,
    _numbers,
    _unit_fractions,
    _powers,
    _indices,
    _fractions,
    _logarithms,
    _names,
    _conditions,
)
