"""The parser, and the parts of its grammar that are needed before a row is parsed."""

import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

from lark import Lark

PAIRS = {"(": ")", "[": "]", "{": "}", r"\{": r"\}"}
NOT_EQUALITIES = re.compile(
    r"<|>|\\(?:leq?|geq?|approx|neq?|not|propto|Rightarrow|implies|Leftrightarrow|iff|to|rightarrow|simeq)"
    r"(?![a-zA-Z])"
)
_BOUND = r"\\(?:ge|le)(?:q|qslant)?(?![a-zA-Z])|[≥≤]"
_NOTE = r"\\(?:overset|stackrel)\s*\{(?:[^{}]|\{[^{}]*\})*\}\s*\{?\s*"  # above a sign
INEQUALITY = rf"{_NOTE}(?:{_BOUND})\s*\}}?|{_BOUND}"
_WRITTEN_OUT = re.compile(r"\\(begin|end)\s*\{\s*(\w*matrix|array|cases)\*?\s*\}")
_BEFORE_A_MATRIX = re.compile(r"(?:[(\[|]|\\(?:det|lvert|vert|lbrack|left\s*\S)|\\[{|])\s*\Z")
EQUAL, AT_LEAST, AT_MOST = "=", r"\ge", r"\le"  # what may join two lines


@cache
def parser() -> Lark:
    """The parser of one side of a relation.

    What Lark works out of the grammar takes most of a second. It is kept beside what Python has
    compiled, where that folder can be written; Lark checks that it is of this grammar.
    """
    grammar = Path(__file__).with_name("grammar.lark")
    kept = Path(cache_from_source(str(grammar))).with_suffix(".tables")
    with suppress(OSError):
        kept.parent.mkdir(parents=True, exist_ok=True)
    built = Lark(
        grammar.read_text("utf-8"),
        parser="lalr",
        start="side",
        propagate_positions=True,
        maybe_placeholders=False,
        cache=str(kept),
    )
    built.parse("0")  # compiles the lexer's expressions
    return built


@cache
def _skipped() -> re.Pattern:
    return _terminals("SPACE", "SIZE", "ENVIRONMENT", "REMARK")


@cache
def _layout() -> re.Pattern:
    return _terminals("SPACE", "ENVIRONMENT", "REMARK")


@cache
def relation(inequalities: bool = False) -> re.Pattern:
    """What joins two lines: an equality sign or, where a derivation has them, an inequality."""
    equality = _terminals("_REL").pattern
    return re.compile(f"{equality}|{INEQUALITY}" if inequalities else equality)


def kind_of_relation(sign: str) -> str:
    """EQUAL, AT_LEAST or AT_MOST, however it is written."""
    found = re.findall(_BOUND, sign)
    if not found:
        return EQUAL
    return AT_LEAST if found[-1][:2] in ("≥", r"\g") else AT_MOST


def _terminals(*names: str) -> re.Pattern:
    patterns = [parser().get_terminal(name).pattern.to_regexp() for name in names]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def without_skipped(text: str) -> str:
    """The text without what is skipped at its start: spaces, sizes, environments, remarks."""
    return _cut(text, _skipped())


def without_layout(text: str) -> str:
    r"""The same, but a \left or \big at its start stays: it belongs to the bracket behind it."""
    return _cut(text, _layout())


def _cut(text: str, pattern: re.Pattern) -> str:
    position = 0
    while (found := pattern.match(text, position)) and found[0]:
        position = found.end()
    return text[position:]


def is_blank(text: str) -> bool:
    return not without_skipped(text)


def starts_with_relation(text: str, inequalities: bool = False) -> bool:
    return relation(inequalities).match(without_skipped(text)) is not None


def written_out(row: str) -> Iterator[tuple[str, int]]:
    """Where matrices that are written out by their entries begin and end in a row.

    Yields "begin" or "end" and the place. An array behind a bracket, a bar or \\det is a matrix;
    any other aligns equations.
    """
    arrays: list[bool] = []  # of each that is open: whether it is a matrix
    for found in _WRITTEN_OUT.finditer(row):
        kind, is_array = found[1], found[2] == "array"
        if not is_array:
            yield kind, found.start()
        elif kind == "begin":
            arrays.append(_BEFORE_A_MATRIX.search(row, 0, found.start()) is not None)
        if is_array and arrays and arrays[-1]:
            yield kind, found.start()
        if is_array and kind == "end" and arrays:
            arrays.pop()


def unclosed(row: str) -> tuple[int, str] | None:
    """The place of the first bracket that is never closed, and the bracket."""
    opened: list[tuple[int, str]] = []
    for found in re.finditer(r"\\[{}]|\\.|%[^\n]*|[()\[\]{}]", row):
        token = found[0]
        if token in PAIRS:
            opened.append((found.start(), token))
        elif token in PAIRS.values() and opened and PAIRS[opened[-1][1]] == token:
            opened.pop()
    return opened[0] if opened else None
