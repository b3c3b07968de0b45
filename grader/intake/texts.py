"""Text in one normal form, and what tools leave in it: line ends, `#%%`, marks of a merge.

Everything here takes time in proportion to the length of the text.
"""

import io
import re
import unicodedata
from collections.abc import Iterator

MANY = 6  # if more cells than this had the same happen to them, they are counted, not named
MAX_MARKS = 30  # Unicode's own limit on combining characters in a row, for text in normal use
CELL_MARK = re.compile(r"\s*#[ \t]?%%(?:[ \t]+(?:md|raw|\[\w+\]))?[ \t]*(?:\n|$)")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


def plain(text: str, limit: int = 500) -> str:
    """Text of a student's for a note: one line, shortened, without anything that acts in a
    terminal, and encodable as UTF-8.
    """
    text = text if len(text) <= limit else f"{text[:limit]}…"
    return CONTROL.sub("?", text).encode("utf-8", errors="replace").decode()


def tidy(text: str) -> str:
    """The text with the one line end that Python knows, and without an editor's mark of a cell."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    mark = CELL_MARK.match(text)
    return text[mark.end() :] if mark else text


def normal(text: str) -> str:
    """The form in which texts are compared.

    Unicode's form C, `\\n` at the end of a line, no blanks before it, nothing empty around it, and
    no mark of a cell in front.
    """
    lines = _composed(tidy(text)).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def _composed(text: str) -> str:
    """Unicode's form C; a text with endless rows of accents stays, as to sort them takes long."""
    if text.isascii():
        return text
    row = 0
    for character in text:
        row = row + 1 if unicodedata.combining(character) else 0
        if row > MAX_MARKS:
            return text
    return unicodedata.normalize("NFC", text)


def without_conflicts(text: str) -> tuple[str, int]:
    """The text with the first side of each merge conflict, and how many there were.

    A conflict whose end is missing stays as it is.
    """
    if "<<<<<<<" not in text:
        return text, 0
    kept: list[str] = []
    settled, start, side = 0, 0, ""  # where the open conflict starts in `kept`, and its part
    first: list[str] = []
    for line in io.StringIO(text, newline=""):
        mark = _mark(line)
        if mark == "<":
            start, side, first = len(kept), "<", []
        elif side and mark in ("|", "="):
            side = mark
        elif side == "=" and mark == ">":
            del kept[start:]
            kept += first
            settled, side = settled + 1, ""
            continue
        elif side == "<":
            first.append(line)
        kept.append(line)
    return "".join(kept), settled


def _mark(line: str) -> str:
    """The kind of a conflict's mark: one of `<|=>`; empty for any other line."""
    bare = line.rstrip("\r\n")
    for mark in "<|>":
        if bare == mark * 7 or bare.startswith(f"{mark * 7} "):
            return mark
    return "=" if bare.rstrip() == "=" * 7 else ""


def paragraphs(text: str) -> Iterator[str]:
    """The parts of a text between empty lines, in normal form."""
    return (part.strip() for part in re.split(r"\n\n+", normal(text)) if part.strip())


def tell(notes: list[str], one: str, many: str, names: list[str]) -> None:
    """Note the same about some cells: by name, or how many."""
    if len(names) > MANY:
        notes.append(f"{len(names)} cells of the sheet {many}.")
    else:
        notes += [f"The cell {name} {one}." for name in names]
