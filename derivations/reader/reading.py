"""From the text of a derivation to its lines: its rows, cut at their `=` and parsed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from derivations.expressions import Node, Problem
from derivations.reader.grammar import (
    EQUAL,
    PAIRS,
    is_blank,
    kind_of_relation,
    relation,
    starts_with_relation,
    without_layout,
)
from derivations.reader.parsing import parse
from derivations.reader.rows import Row, rows_of

MAX_TEXT, MAX_ROW, MAX_ROWS = 20_000, 2_000, 100


@dataclass(frozen=True)
class Line:
    """One line of a derivation: its LaTeX, and its tree or the problem in it.

    row: the row it stands in; start: where its own LaTeX begins in that row. Places in the tree and
    in problems are counted from there. restarts: whether a chain of equalities begins again here.
    relation: what joins it to the line before, EQUAL, AT_LEAST or AT_MOST.
    """

    latex: str
    row: Row
    start: int
    tree: Node | Problem
    restarts: bool = False
    relation: str = EQUAL

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


def read(text: str, inequalities: bool = False) -> list[Line]:
    r"""The lines of a derivation. Raises Problem for a text that is not a derivation.

    inequalities: whether \ge and \le may join lines, as = does.
    """
    if not isinstance(text, str):
        raise Problem(f'a derivation is a string, r"""…""", not {type(text).__name__}')
    lost = re.search(
        r"[\x07\x08\x0b\x0c]|\t(?=heta|ext|op\b|frac|imes|au\b|r\b)|\r(?=ight|ho\b|m\b)", text
    )
    if lost:
        raise Problem('a backslash is lost: put an r before the quotes, r"""…"""')
    if len(text) > MAX_TEXT:
        raise Problem(f"it has {len(text):,} characters; at most {MAX_TEXT:,} are allowed")
    rows = list(rows_of(text.replace("\r\n", "\n"), inequalities))
    if len(rows) > MAX_ROWS:
        raise Problem(f"it has {len(rows)} rows; at most {MAX_ROWS} are allowed")
    lines: list[Line] = []
    for i, row in enumerate(rows):
        found = list(_lines(row, inequalities))
        below = [r for r in rows[i + 1 : i + 2] if starts_with_relation(r.source, inequalities)]
        joined = len(found) > 1 or bool(below)
        if lines and found and joined and not starts_with_relation(row.source, inequalities):
            found[0] = replace(found[0], restarts=True)
        lines += found
    return lines


def _lines(row: Row, inequalities: bool) -> Iterator[Line]:
    """The sides of the relations of a row, each a line."""
    source = row.source
    joins = relation(inequalities)
    for start, end, sign in _sides(source, joins):
        joined = kind_of_relation(sign)
        if is_blank(source[start:end]):
            if start and "text" in source[start:end]:
                words = "words are skipped, so nothing is left here"
                latex = source[start:end].strip()
                yield Line(latex, row, start, Problem(words, 0), relation=joined)
            continue
        start += len(source[start:end]) - len(without_layout(source[start:end]))
        latex = source[start:end].strip().rstrip("&").strip()
        if len(source) > MAX_ROW:
            words = f"this line has {len(source):,} characters; at most {MAX_ROW:,} are allowed"
            yield Line(latex[:200], row, start, Problem(words, 0), relation=joined)
            continue
        try:
            tree: Node | Problem = parse(source[start:end], inequalities)
        except Problem as problem:
            tree = problem
        yield Line(latex, row, start, tree, relation=joined)


def _sides(source: str, joins: re.Pattern) -> Iterator[tuple[int, int, str]]:
    """Start and end of the sides of the relations, and what stands before each.

    A relation inside brackets does not count.
    """
    start, sign = 0, ""
    depth_now = 0
    for found in re.finditer(rf"%[^\n]*|{joins.pattern}|\\[{{}}]|\\.|[()\[\]{{}}]", source):
        token = found[0]
        if token in PAIRS:
            depth_now += 1
        elif token in PAIRS.values():
            depth_now -= 1
        elif depth_now <= 0 and joins.fullmatch(token):
            yield start, found.start(), sign
            start, sign = found.end(), token
    yield start, len(source), sign
