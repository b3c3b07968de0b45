"""CSV files that people write, by hand or with a spreadsheet program in whichever language.

Excel writes semicolons where the comma is the decimal sign, and the letters of its system.
"""

import csv
import io
from pathlib import Path

from grader.errors import CourseError

BETWEEN = ",;\t"  # what may stand between two columns
MARK = b"\xff\xfe"  # at the beginning of what Excel calls Unicode text


def rows(path: Path) -> list[list[str]]:
    """All rows, the names of the columns first. Raises CourseError where it cannot be read."""
    text = _text(path)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))


def reader(path: Path) -> csv.DictReader:
    """The rows by column; blanks around the names of columns do not count."""
    text = _text(path)
    found = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True
    )
    found.fieldnames = [name.strip() for name in found.fieldnames or ()]
    return found


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        return data.decode("utf-16" if data.startswith(MARK) else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """What stands between the names of the columns most often."""
    first = text.partition("\n")[0]
    return max(BETWEEN, key=first.count)
