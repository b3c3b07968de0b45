"""Moodle's grading worksheet: the addresses and times that its zip of hand-ins does not hold.

Its columns: https://github.com/moodle/moodle/blob/MOODLE_405_STABLE/mod/assign/gradingtable.php
"""

import datetime
import re
from dataclasses import replace
from pathlib import Path

from grader.errors import CourseError
from grader.exchange.platforms import Account, Recognised
from grader.records import spreadsheets

COLUMNS = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade"]
COLUMNS += ["Grade can be changed", "Last modified (submission)", "Last modified (grade)"]
COLUMNS += ["Feedback comments"]
PARTICIPANT = "Participant "  # and the number; in another language another word
TIMES = (
    "%A, %d %B %Y, %I:%M %p",
    "%A, %B %d, %Y, %I:%M %p",
    "%A, %d %B %Y, %H:%M",
    "%d.%m.%Y %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a worksheet. Raises CourseError where it has not its columns."""
    reader = spreadsheets.reader(path)
    if not {"Identifier", "Full name"} <= set(reader.fieldnames or ()):
        raise CourseError(
            f"{path} has no columns Identifier and Full name: it must be Moodle's grading "
            "worksheet, downloaded in English."
        )
    return [{key: value or "" for key, value in row.items() if key} for row in reader]


def time_of(text: str, zone: datetime.tzinfo) -> datetime.datetime | None:
    """A time as Moodle writes it; None if there is none, or in a form that is not known."""
    for form in TIMES:
        try:
            return datetime.datetime.strptime(text.strip(), form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def with_worksheet(found: Recognised, path: Path, zone: datetime.tzinfo) -> Recognised:
    """The same hand-ins with the addresses and times of a worksheet, and with everybody in it."""
    by_number = {number(row): row for row in rows(path)}
    accounts = {a: _account(a, by_number.get(a.id)) for a in found.accounts}
    pieces = []
    for piece in found.pieces:
        row = by_number.get(piece.account.id, {})
        late = piece.late or bool(re.search(r"\blate\b", row.get("Status", "")))
        time = time_of(row.get("Last modified (submission)", ""), zone)
        account = accounts[piece.account]
        pieces.append(replace(piece, account=account, time=time or piece.time, late=late))
    there = {account.id for account in found.accounts}
    more = [
        Account("moodle", one, row["Full name"], row.get("Email address", ""))
        for one, row in by_number.items()
        if one and one not in there
    ]
    everybody = [*accounts.values(), *more]
    return Recognised(found.platform, pieces, everybody, found.unknown)


def number(row: dict[str, str]) -> str:
    """The number of the participant in a row."""
    digits = re.search(r"\d+$", row.get("Identifier", "").strip())
    return digits[0] if digits else ""


def _account(account: Account, row: dict[str, str] | None) -> Account:
    address = (row or {}).get("Email address", "")
    return replace(account, login=address) if address else account
