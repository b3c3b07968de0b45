r"""From the text of a derivation to its lines: rows are found, parsed, and cut at their `=`.

A row ends at `\\` or at the end of a line of text. It goes on where brackets are still open, where
it ends in an operator, and where the next one starts with `+`, `&` without `=`, or, in a derivation
whose other rows start with `=`, with a minus sign.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lark import Lark, Token
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, VisitError

from helpers.derivations.expressions import Builder, Name, Node, Problem, depth, walk

MAX_TEXT, MAX_ROW, MAX_ROWS, MAX_DEPTH = 20_000, 2_000, 100, 60

COMMANDS = re.findall(
    r"\\[a-zA-Z]+",
    r"""\frac \tfrac \dfrac \sqrt \log \ln \exp \int \sum \prod \mathbb \mathrm \mathcal \text
    \operatorname \left \right \cdot \mid \parallel \top \det \pi \mu \sigma \Sigma \boldsymbol
    \mathbf \lVert \rVert \lvert \rvert \infty \quad \times \diag \tr \underbrace \sim \theta \phi
    """,
)
# Words for what may come next, for those of the grammar's terminals that a reader can do with.
EXPECTED = {
    "a number or a name": {"NUMBER", "SYMBOL"},
    "an opening bracket": {"LPAR"},
    "an opening brace {": {"LBRACE"},
    "a closing bracket )": {"RPAR"},
    "a closing bracket ]": {"RSQB"},
    "a closing brace }": {"RBRACE"},
    "a closing brace \\}": {"RCURLY"},
    "a bar |": {"BAR"},
    "a bar \\|": {"NORM"},
    "an operator": {"MINUS"},
    "a comma": {"COMMA"},
    "the end of the line": {"$END"},
}
NOT_EQUALITIES = re.compile(
    r"<|>|\\(?:leq?|geq?|approx|neq?|not|propto|Rightarrow|implies|Leftrightarrow|iff|to|rightarrow|simeq)"
    r"(?![a-zA-Z])"
)
BARE_WORDS = re.compile(
    r"(?<![\\a-zA-Z])(?:log|ln|exp|frac|sqrt|int|sum|prod|mu|sigma|pi|theta|phi|Sigma|cdot|left|right)(?![a-zA-Z])"
)
NO_ARGUMENT = "has no argument: a name, a fraction or a bracket is expected"
BREAK, NEWLINE = "break", "newline"
PAIRS = {"(": ")", "[": "]", "{": "}", r"\{": r"\}"}


@dataclass(frozen=True)
class Row:
    """A row of the text, from offset start to end."""

    text: str
    start: int
    end: int

    @property
    def source(self) -> str:
        return self.text[self.start : self.end]


@dataclass(frozen=True)
class Line:
    """One line of a derivation: its LaTeX, and its tree, or what kept it from being read.

    row: the row it stands in; start: where its own LaTeX begins in that row. Places in the tree and
    in problems are counted from there.
    """

    latex: str
    row: Row
    start: int
    tree: Node | None
    problem: Problem | None = None

    def where(self, problem: Problem) -> str:
        """The student's own line of text with a caret below the place of a problem."""
        if problem.position is None:
            return ""
        offset = min(self.row.start + self.start + problem.position, self.row.end)
        before = self.row.text.rfind("\n", 0, offset) + 1
        after = self.row.text.find("\n", offset)
        line = self.row.text[before : after if after >= 0 else len(self.row.text)]
        column = offset - before
        if len(line) > 100:
            cut = max(0, min(column - 60, len(line) - 100))
            line, column = line[cut : cut + 100], column - cut
        pad = "".join("\t" if c == "\t" else " " for c in line[:column])
        return f"{line}\n{pad}^"


def read(text: str) -> list[Line]:
    """The lines of a derivation. Raises Problem for a text that is none at all."""
    if not isinstance(text, str):
        raise Problem(f'a derivation is a string, r"""…""", not {type(text).__name__}')
    lost = re.search(
        r"[\x07\x08\x0b\x0c]|\t(?=heta|ext|op\b|frac|imes|au\b|r\b)|\r(?=ight|ho\b|m\b)", text
    )
    if lost:
        raise Problem('Python has eaten a backslash: put an r before the quotes, r"""…"""')
    if len(text) > MAX_TEXT:
        raise Problem(f"it has {len(text):,} characters; at most {MAX_TEXT:,} are read")
    rows = list(rows_of(text.replace("\r\n", "\n")))
    if len(rows) > MAX_ROWS:
        raise Problem(f"it has {len(rows)} rows; at most {MAX_ROWS} are read")
    return [line for row in rows for line in _lines(row)]


def _lines(row: Row) -> Iterator[Line]:
    """The sides of the relations of a row, each a line."""
    source = row.source
    for start, end in _sides(source):
        if _blank(source[start:end]):
            if start and "text" in source[start:end]:
                words = "words are skipped, so that nothing is left here"
                yield Line(source[start:end].strip(), row, start, None, Problem(words, 0))
            continue
        start += len(source[start:end]) - len(_without_layout(source[start:end]))
        latex = source[start:end].strip().rstrip("&").strip()
        if len(source) > MAX_ROW:
            words = f"this line has {len(source):,} characters; at most {MAX_ROW:,} are read"
            yield Line(latex[:200], row, start, None, Problem(words, 0))
            continue
        try:
            yield Line(latex, row, start, parse(source[start:end]))
        except Problem as problem:
            yield Line(latex, row, start, None, problem)


def _sides(source: str) -> Iterator[tuple[int, int]]:
    """Where the sides of the relations start and end: a relation inside brackets is none."""
    start = depth_now = 0
    for found in re.finditer(rf"%[^\n]*|{_relation().pattern}|\\[{{}}]|\\.|[()\[\]{{}}]", source):
        token = found[0]
        if token in PAIRS:
            depth_now += 1
        elif token in PAIRS.values():
            depth_now -= 1
        elif depth_now <= 0 and _relation().fullmatch(token):
            yield start, found.start()
            start = found.end()
    yield start, len(source)


# --- rows


def rows_of(text: str) -> list[Row]:
    """The rows of a text that hold anything."""
    rows: list[Row] = []
    separators: list[str] = []
    found = [(Row(text, a, b), separator) for a, b, separator in _pieces(text)]
    pieces = [(piece, separator) for piece, separator in found if not _blank(piece.source)]
    style = any(_starts_with_relation(piece.source) for piece, _ in pieces[1:])
    marked = any(separator == BREAK for _, separator in pieces[:-1])
    for piece, separator in pieces:
        # Where rows end in a break of LaTeX, one that does not goes on in the next.
        open_end = bool(rows) and marked and separators[-1] != BREAK
        if rows and _continues(rows[-1].source, piece.source, style, open_end):
            rows[-1] = Row(text, rows[-1].start, piece.end)
            separators[-1] = separator
        else:
            rows.append(piece)
            separators.append(separator)
    return rows


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """What lies between line ends of LaTeX or of the text, and which of them stands behind it."""
    start = 0
    for end in re.finditer(r"%[^\n]*|\\\\\*?(?:\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?|\\.|\n", text):
        if end[0] == "\n" or end[0].startswith("\\\\"):
            yield start, end.start(), NEWLINE if end[0] == "\n" else BREAK
            start = end.end()
    yield start, len(text), NEWLINE


def _continues(row: str, piece: str, with_relations: bool, open_end: bool) -> bool:
    words = _without_skipped(piece)
    if _starts_with_relation(piece) or NOT_EQUALITIES.match(words):
        return False
    if open_end or _unclosed(row) is not None or _ends_open(row):
        return True
    starts_with_amp = re.match(r"(?:\s|\\(?:quad|qquad|[,;:! ]))*&", piece) is not None
    return (
        words.startswith(("+", r"\cdot", r"\times", "*", "/", ")", "]", "}"))
        or starts_with_amp
        or (with_relations and words.startswith(("-", "−", "–")))
    )


def _ends_open(row: str) -> bool:
    return re.search(r"(?:[-+*/−–(\[{]|\\cdot|\\times|\\log|\\ln|\\exp)[\s&]*$", row) is not None


def _unclosed(row: str) -> tuple[int, str] | None:
    """The place of the first bracket that is never closed, and the bracket."""
    opened: list[tuple[int, str]] = []
    for found in re.finditer(r"\\[{}]|\\.|%[^\n]*|[()\[\]{}]", row):
        token = found[0]
        if token in PAIRS:
            opened.append((found.start(), token))
        elif token in PAIRS.values() and opened and PAIRS[opened[-1][1]] == token:
            opened.pop()
    return opened[0] if opened else None


# --- parsing


@cache
def parser() -> Lark:
    """The parser of one side of a relation; building it takes a fifth of a second."""
    grammar = Path(__file__).with_name("grammar.lark").read_text("utf-8")
    built = Lark(
        grammar,
        parser="lalr",
        start="side",
        propagate_positions=True,
        maybe_placeholders=False,
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
def _relation() -> re.Pattern:
    return _terminals("_REL")


def _terminals(*names: str) -> re.Pattern:
    patterns = [parser().get_terminal(name).pattern.to_regexp() for name in names]
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


def _without_skipped(text: str) -> str:
    """The text from its first character on that means something."""
    return _cut(text, _skipped())


def _without_layout(text: str) -> str:
    r"""The same, but a \left or \big at its start stays: it belongs to the bracket behind it."""
    return _cut(text, _layout())


def _cut(text: str, pattern: re.Pattern) -> str:
    position = 0
    while (found := pattern.match(text, position)) and found[0]:
        position = found.end()
    return text[position:]


def _blank(text: str) -> bool:
    return not _without_skipped(text)


def _starts_with_relation(text: str) -> bool:
    return _relation().match(_without_skipped(text)) is not None


def parse(side: str) -> Node:
    """The tree of one side of a relation. Raises Problem where it cannot be read."""
    try:
        tree = Builder().transform(parser().parse(side))
    except VisitError as error:
        if isinstance(error.orig_exc, Problem):
            raise error.orig_exc from None
        raise
    except UnexpectedEOF:
        raise _at_the_end(side) from None
    except UnexpectedToken as error:
        raise _unexpected(side, error) from None
    except UnexpectedCharacters as error:
        raise _unreadable(side, error.pos_in_stream) from None
    if depth(tree) > MAX_DEPTH:
        raise Problem("this line is nested too deeply to be read", tree.position)
    for node in walk(tree):
        word = BARE_WORDS.match(side, node.position) if isinstance(node, Name) else None
        if word:
            raise Problem(f"write \\{word[0]} for {word[0]}", node.position)
    return tree


def _unexpected(side: str, error: UnexpectedToken) -> Problem:
    token: Token = error.token
    if token.type == "$END":
        return _at_the_end(side, error)
    position = token.start_pos
    before = side[:position].rstrip()
    for word in BARE_WORDS.finditer(side):
        if word.start() <= position <= word.end() + 1:
            return Problem(f"write \\{word[0]} for {word[0]}", word.start())
    if word := re.search(r"\\(?:log|ln|exp)\s*$", before):
        return Problem(f"{word[0]} {NO_ARGUMENT}", position)
    if token.type in ("COMMA", "SEMICOLON") and re.search(r"KL\W*[(\[][^|]*$", before):
        return Problem(r"a bar \| is expected between the two distributions", position)
    unclosed = _unclosed(side)
    if token.type in ("RPAR", "RSQB", "RBRACE", "RCURLY"):
        return Problem(f"this {token} closes nothing, or what it closes is not complete", position)
    if unclosed is not None and token.type == "_REL":
        return Problem(f"this {unclosed[1]} is never closed", unclosed[0])
    return Problem(f"{_said(error.expected)}{_found(token)}", position)


def _found(token: Token) -> str:
    return f", not {str(token).strip()}" if str(token).strip() else ""


def _said(expected: set[str]) -> str:
    """What is expected, in words."""
    words = [word for word, terminals in EXPECTED.items() if terminals & set(expected)]
    if "a number or a name" in words:
        words = [w for w in words if not w.startswith("an opening")]
    if not words:
        return "something else is expected here"
    return " or ".join(words[:3]) + " is expected here"


def _at_the_end(side: str, error: UnexpectedToken | None = None) -> Problem:
    unclosed = _unclosed(side)
    if unclosed is not None:
        return Problem(f"this {unclosed[1]} is never closed", unclosed[0])
    end = len(side.rstrip())
    if word := re.search(r"\\(?:log|ln|exp|frac|sqrt|int|sum)\s*$", side):
        return Problem(f"{word[0].strip()} {NO_ARGUMENT}", end)
    said = _said(error.expected) if error else "more is expected"
    return Problem(f"the line ends too early: {said}", end)


def _unreadable(side: str, position: int) -> Problem:
    rest = side[position:]
    if sign := NOT_EQUALITIES.match(side, position):
        return Problem(f"each line is an equality: {sign[0]} is not read here", position)
    if re.match(r"\\(?:text|mbox)", rest):
        return Problem("only words are skipped here: write mathematics outside of it", position)
    command = re.match(r"\\[a-zA-Z]+", rest)
    if command:
        near = difflib.get_close_matches(command[0], COMMANDS, 1, 0.75)
        hint = f"; did you mean {near[0]}?" if near and near[0] != command[0] else ""
        return Problem(f"{command[0]} is not known here{hint}", position)
    if word := BARE_WORDS.match(side, position):
        return Problem(f"write \\{word[0]} for {word[0]}", position)
    return Problem(f"this {rest[:1]!r} cannot be read here", position)
