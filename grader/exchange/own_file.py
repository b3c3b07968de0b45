"""A platform's own grade file: points go into one column, and everything else stays as it is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.exchange import worksheet
from grader.records import spreadsheets

KEYS = {
    "ilias": "usr_id",
    "moodle": "Identifier",
    "canvas": "ID",
    "brightspace": "OrgDefinedId",
}
GRADE_COLUMNS = {"ilias": "mark", "moodle": "Grade"}
POSSIBLE = "Points Possible"  # begins the row in which Canvas has the most points
MOST = re.compile(r"MaxPoints:([\d.,]+)")  # in the name of a column of Brightspace


@dataclass(frozen=True)
class Filled:
    """A grade file with the points in it.

    data: the file;
    column: the name of the column with the points;
    numbers: whose rows were found, by the platform's numbers;
    most: how many points the platform allows there, as the file says it; None if it does not.
    """

    data: bytes
    column: str
    numbers: frozenset[str]
    most: float | None


def fill(source: Path, platform: str, scores: Mapping[str, str], column: str = "") -> Filled:
    """Put points into a platform's grade file.

    scores: by the number that a row has in the platform's column for it;
    column: where the points go; the platform's own where empty.
    Raises CourseError where a column is missing, or the file cannot be read.
    """
    found = spreadsheets.read(source)
    rows = found.rows
    titles = [title.strip() for title in rows[0]] if rows else []
    key, wanted = KEYS[platform], column or GRADE_COLUMNS.get(platform, "")
    if platform == "moodle":
        key, wanted = (worksheet.column(name, titles) for name in (key, wanted))
    known = f"There are: {', '.join(titles)}."
    if key not in titles:
        raise CourseError(
            f"{source} has no column {key!r}, which {platform} knows people by. {known}"
        )
    if wanted not in titles:
        lacks = f"has no column {wanted!r}" if wanted else "does not say which column it is"
        raise CourseError(f"{source} {lacks}. Say it with --column NAME. {known}")
    key_at, place = titles.index(key), titles.index(wanted)
    numbers = set()
    for i, row in enumerate(rows[1:], 1):
        number = row[key_at].strip() if key_at < len(row) else ""
        number = worksheet.number(number) if platform == "moodle" else number
        if scores.get(number):  # what was not judged leaves the cell alone
            found.put(i, place, scores[number])
            numbers.add(number)
    most = MOST_POINTS[platform](titles, rows[1:], place) if platform in MOST_POINTS else ""
    return Filled(found.data, wanted, frozenset(numbers), _number(most))


# --- how many points a platform allows: the titles, the rows, and the place of the column


def _most_of_moodle(titles: list[str], rows: list[list[str]], place: int) -> str:
    title = worksheet.column("Maximum grade", titles)
    at = titles.index(title) if title in titles else len(titles)
    return next((row[at] for row in rows if at < len(row) and row[at].strip()), "")


def _most_of_canvas(titles: list[str], rows: list[list[str]], place: int) -> str:
    return next((row[place] for row in rows if POSSIBLE in row[0] and place < len(row)), "")


def _most_of_brightspace(titles: list[str], rows: list[list[str]], place: int) -> str:
    said = MOST.search(titles[place])
    return said[1] if said else ""


MOST_POINTS: dict[str, Callable[[list[str], list[list[str]], int], str]] = {
    "moodle": _most_of_moodle,
    "canvas": _most_of_canvas,
    "brightspace": _most_of_brightspace,
}


def _number(words: str) -> float | None:
    """A number with a point, or with a comma, as a platform in German writes it."""
    try:
        return float(words.strip().replace(",", "."))
    except ValueError:
        return None
