"""CSV files that people write, by hand or with a spreadsheet program in whichever language.

Excel writes semicolons where the comma is the decimal sign, and the letters of its system.
"""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError

BETWEEN = ",;\t"  # what may stand between two columns
MARK = codecs.BOM_UTF16_LE  # at the beginning of what Excel calls Unicode text
UTF_16 = "utf-16-le"


@dataclass
class Spreadsheet:
    """A file cell by cell, to change some of them and leave everything else as it is.

    cells: of each row, as they are written, with their quotes;
    ends: what ends each row;
    between: what stands between two cells;
    encoding: of the file.
    """

    cells: list[list[str]]
    ends: list[str]
    between: str
    encoding: str

    @property
    def rows(self) -> list[list[str]]:
        """What the cells hold, the names of the columns first."""
        return [[_content(cell) for cell in row] for row in self.cells]

    def put(self, row: int, column: int, words: str) -> None:
        """Write plain words into a cell, in quotes where it had some."""
        cells = self.cells[row]
        cells += [""] * (column + 1 - len(cells))  # Excel leaves out empty cells at the end
        cells[column] = f'"{words}"' if cells[column].startswith('"') else words

    @property
    def data(self) -> bytes:
        """The file."""
        lines = zip(self.cells, self.ends, strict=True)
        text = "".join(self.between.join(row) + end for row, end in lines)
        begin = MARK if self.encoding == UTF_16 else b""
        return begin + text.encode(self.encoding, "surrogateescape")


def read(path: Path) -> Spreadsheet:
    """A file to be changed. Raises CourseError where it cannot be read."""
    text, encoding = _text(path, "surrogateescape")
    found = Spreadsheet([], [], _delimiter(text), encoding)
    between = re.escape(found.between)
    cell = re.compile(
        rf'("(?:[^"]|"")*"[^{between}\r\n]*|[^{between}\r\n]*)({between}|\r\n|\r|\n|\Z)'
    )
    row: list[str] = []
    place = 0
    while (place < len(text) or row) and (one := cell.match(text, place)):
        row.append(one[1])
        place = one.end()
        if one[2] != found.between:
            found.cells.append(row)
            found.ends.append(one[2])
            row = []
    return found


def _content(cell: str) -> str:
    inside, quote, rest = cell.removeprefix('"').rpartition('"')
    return inside.replace('""', '"') + rest if quote and cell.startswith('"') else cell


def reader(path: Path) -> csv.DictReader:
    """The rows by column; blanks around the names of columns do not count."""
    text, _ = _text(path)
    found = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True
    )
    found.fieldnames = [name.strip() for name in found.fieldnames or ()]
    return found


def _text(path: Path, errors: str = "replace") -> tuple[str, str]:
    """What a file says, and its encoding. errors: what becomes of bytes that are no letters."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error
    if data.startswith(MARK):
        return data.removeprefix(MARK).decode(UTF_16, errors), UTF_16
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return data.decode("cp1252", errors), "cp1252"


def _delimiter(text: str) -> str:
    """What stands between the names of the columns most often."""
    first = text.partition("\n")[0]
    return max(BETWEEN, key=first.count)
