"""From one side of a relation to its tree, or to words for why it cannot be read."""

import difflib
import re
from functools import cache

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, VisitError

from derivations.expressions import Name, Node, Problem, depth, walk
from derivations.reader.building import Builder
from derivations.reader.grammar import NOT_EQUALITIES, parser, unclosed, written_out

MAX_DEPTH = 60

COMMANDS = re.findall(
    r"\\[a-zA-Z]+",
    r"""\frac \tfrac \dfrac \sqrt \log \ln \exp \int \sum \prod \mathbb \mathrm \mathcal \text
    \operatorname \left \right \cdot \mid \parallel \top \det \pi \mu \sigma \Sigma \boldsymbol
    \mathbf \lVert \rVert \lvert \rvert \infty \quad \times \diag \tr \underbrace \sim \theta \phi
    \nabla \partial \varepsilon
    """,
)
# Words for the terminals of the grammar, as far as they help a student.
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
BARE_WORDS = re.compile(
    r"(?<![\\a-zA-Z])(?:log|ln|exp|frac|sqrt|int|sum|prod|mu|sigma|pi|theta|phi|Sigma|cdot|left|right)(?![a-zA-Z])"
)
NO_MATRIX = (
    "a matrix cannot be written out by its entries: use names, \\mathrm{diag}(…) or determinants "
    "of its blocks"
)
NO_ARGUMENT = "has no argument: a name, a fraction or a bracket is expected"


def parse(side: str, inequalities: bool = False) -> Node:
    """The tree of one side of a relation. Raises Problem where it cannot be read.

    inequalities: whether sides may be joined by them; the words of a problem say so.
    """
    for _, position in written_out(side):
        raise Problem(NO_MATRIX, position)
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
        raise _unreadable(side, error.pos_in_stream or 0, inequalities) from None
    if depth(tree) > MAX_DEPTH:
        raise Problem("this line is nested too deeply", tree.position)
    for node in walk(tree):
        word = BARE_WORDS.match(side, node.position) if isinstance(node, Name) else None
        if word:
            raise Problem(f"write \\{word[0]} instead of {word[0]}", node.position)
    return tree


def _unexpected(side: str, error: UnexpectedToken) -> Problem:
    token: Token = error.token
    if token.type == "$END":
        return _at_the_end(side, error)
    position = token.start_pos or 0
    before = side[:position].rstrip()
    for word in BARE_WORDS.finditer(side):
        if word.start() <= position <= word.end() + 1:
            return Problem(f"write \\{word[0]} instead of {word[0]}", word.start())
    if function := re.search(r"\\(?:log|ln|exp)\s*$", before):
        return Problem(f"{function[0]} {NO_ARGUMENT}", position)
    if token.type in ("COMMA", "SEMICOLON") and re.search(r"KL\W*[(\[][^|]*$", before):
        return Problem(r"a bar \| is expected between the two distributions", position)
    bracket = unclosed(side)
    if token.type in ("RPAR", "RSQB", "RBRACE", "RCURLY"):
        return Problem(f"this {token} closes nothing, or something is missing before it", position)
    if bracket is not None and token.type == "_REL":
        return Problem(f"this {bracket[1]} is never closed", bracket[0])
    return Problem(f"{_said(error.expected)}{_found(token)}", position)


def _found(token: Token) -> str:
    return f", not {str(token).strip()}" if str(token).strip() else ""


def _said(expected: set[str]) -> str:
    """The terminals that are expected, in words."""
    words = [word for word, terminals in EXPECTED.items() if terminals & set(expected)]
    if "a number or a name" in words:
        words = [w for w in words if not w.startswith("an opening")]
    if not words:
        return "something else is expected here"
    return " or ".join(words[:3]) + " is expected here"


def _at_the_end(side: str, error: UnexpectedToken | None = None) -> Problem:
    bracket = unclosed(side)
    if bracket is not None:
        return Problem(f"this {bracket[1]} is never closed", bracket[0])
    end = len(side.rstrip())
    if word := re.search(r"\\(?:log|ln|exp|frac|sqrt|int|sum)\s*$", side):
        return Problem(f"{word[0].strip()} {NO_ARGUMENT}", end)
    said = _said(error.expected) if error else "more is expected"
    return Problem(f"the line ends too early: {said}", end)


def _unreadable(side: str, position: int, inequalities: bool) -> Problem:
    rest = side[position:]
    if sign := NOT_EQUALITIES.match(side, position):
        joined = r"an equality, \ge or \le" if inequalities else "an equality"
        return Problem(f"each line is {joined}: {sign[0]} is not allowed", position)
    if re.match(r"\\(?:text|mbox)", rest):
        return Problem("this may hold words only: write mathematics outside it", position)
    command = re.match(r"\\[a-zA-Z]+", rest)
    if command:
        near = difflib.get_close_matches(command[0], COMMANDS, 1, 0.75)
        hint = f"; did you mean {near[0]}?" if near and near[0] != command[0] else ""
        return Problem(f"{command[0]} is not a known command{hint}", position)
    if word := BARE_WORDS.match(side, position):
        return Problem(f"write \\{word[0]} instead of {word[0]}", position)
    return Problem(f"this {rest[:1]!r} cannot be read here", position)


@cache
def tree_of(latex: str) -> Node:
    """The tree of an expression from a table; kept, because tables do not change."""
    return parse(latex)
