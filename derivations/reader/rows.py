r"""From the text of a derivation to its rows.

A row ends at `\\` or at the end of a line of text. It continues where brackets are still open,
where it ends in an operator, and where the next one starts with `+`, `&` without `=`, or, in a
derivation whose other rows start with `=`, with a minus sign. An empty line ends a paragraph: a row
below it goes on with the one above only where that is open, or where it starts with `+` or `&`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from derivations.reader.grammar import (
    NOT_EQUALITIES,
    is_blank,
    relation,
    starts_with_relation,
    unclosed,
    without_skipped,
    written_out,
)

BREAK, NEWLINE = "break", "newline"


@dataclass(frozen=True)
class Row:
    """A row of the text, from offset start to end."""

    text: str
    start: int
    end: int

    @property
    def source(self) -> str:
        return self.text[self.start : self.end]


def rows_of(text: str, inequalities: bool = False) -> list[Row]:
    """The rows of a text, without those that hold only spaces, comments or remarks.

    inequalities: whether a row may begin with one, as with an equality sign.
    """
    rows: list[Row] = []
    separators: list[str] = []
    found = [(Row(text, a, b), separator) for a, b, separator in _pieces(text)]
    pieces = [(piece, separator) for piece, separator in found if not is_blank(piece.source)]
    style = any(starts_with_relation(piece.source, inequalities) for piece, _ in pieces[1:])
    marked = any(separator == BREAK for _, separator in pieces[:-1])
    for piece, separator in pieces:
        paragraph = bool(rows) and _empty_line(text[rows[-1].end : piece.start])
        # If rows end in a LaTeX line break, a row without one continues in the next.
        open_end = bool(rows) and marked and separators[-1] != BREAK and not paragraph
        if inequalities:  # whose sign would be lost at the end of a row
            open_end |= bool(rows) and _ends_in_relation(rows[-1].source)
        if rows and _continues(rows[-1].source, piece.source, style and not paragraph, open_end):
            rows[-1] = Row(text, rows[-1].start, piece.end)
            separators[-1] = separator
        else:
            rows.append(piece)
            separators.append(separator)
    return rows


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Start and end of the pieces between line ends, and the kind of line end after each."""
    start = 0
    for end in re.finditer(r"%[^\n]*|\\\\\*?(?:\[\s*-?[\d.]+\s*[a-z]{2}\s*\])?|\\.|\n", text):
        if end[0] == "\n" or end[0].startswith("\\\\"):
            yield start, end.start(), NEWLINE if end[0] == "\n" else BREAK
            start = end.end()
    yield start, len(text), NEWLINE


def _matrix_open(row: str) -> bool:
    """Whether the last matrix that is written out in a row has no end yet."""
    kinds = [kind for kind, _ in written_out(row)]
    return bool(kinds) and kinds[-1] == "begin"


def _empty_line(between: str) -> bool:
    return re.search(r"\n[ \t]*\n", between) is not None


def _continues(row: str, piece: str, with_relations: bool, open_end: bool) -> bool:
    words = without_skipped(piece)
    if _matrix_open(row):
        return True
    if starts_with_relation(piece) or NOT_EQUALITIES.match(words):
        return False
    if open_end or unclosed(row) is not None or _ends_open(row):
        return True
    starts_with_amp = re.match(r"(?:\s|\\(?:quad|qquad|[,;:! ]))*&", piece) is not None
    return (
        words.startswith(("+", r"\cdot", r"\times", "*", "/", ")", "]", "}"))
        or starts_with_amp
        or (with_relations and words.startswith(("-", "−", "–")))
    )


def _ends_in_relation(row: str) -> bool:
    return re.search(rf"(?:{relation(inequalities=True).pattern})[\s&]*$", row) is not None


def _ends_open(row: str) -> bool:
    return re.search(r"(?:[-+*/−–(\[{]|\\cdot|\\times|\\log|\\ln|\\exp)[\s&]*$", row) is not None
