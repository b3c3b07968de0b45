"""Moodle's grading worksheet: the addresses and times that its zip of hand-ins does not hold.

Its columns: https://github.com/moodle/moodle/blob/MOODLE_405_STABLE/mod/assign/gradingtable.php
"""

import datetime
import re
from dataclasses import replace
from pathlib import Path

from grader.errors import CourseError
from grader.exchange import times
from grader.exchange.platforms import Account, Recognised
from grader.records import spreadsheets

GERMAN = {  # by the English name; a worksheet is in the language of whoever downloads it
    "Identifier": "ID",
    "Full name": "Vollständiger Name",
    "Email address": "E-Mail-Adresse",
    "Status": "Status",
    "Grade": "Bewertung",
    "Maximum grade": "Bestwertung",
    "Grade can be changed": "Bewertung kann geändert werden",
    "Last modified (submission)": "Zuletzt geändert (Abgabe)",
    "Last modified (grade)": "Zuletzt geändert (Bewertung)",
    "Feedback comments": "Feedback als Kommentar",
}
COLUMNS = list(GERMAN)
NEEDED = ("Identifier", "Full name", "Last modified (submission)")
PARTICIPANT = "Participant "  # and the number; in another language another word
LATE = re.compile(r"\b(late|spät|später|verspätet)\b")  # in the column Status
NOTHING = ("", "-")  # what stands where there is no time or address


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a worksheet, by its columns in English. Raises CourseError without them."""
    reader = spreadsheets.reader(path)
    titles = list(reader.fieldnames or ())
    english = {column(name, titles): name for name in COLUMNS}
    if missing := [name for name in NEEDED if name not in map(english.get, titles)]:
        raise CourseError(
            f"{path} has no column {' and no '.join(missing)}: it must be Moodle's grading "
            "worksheet, downloaded in English or German."
        )
    return [
        {english.get(title, title): cell or "" for title, cell in row.items() if title}
        for row in reader
    ]


def column(name: str, titles: list[str]) -> str:
    """What a column, named in English, is called among the titles of a worksheet."""
    german = GERMAN.get(name, name)
    return german if name not in titles and german in titles else name


def with_worksheet(found: Recognised, path: Path, zone: datetime.tzinfo) -> Recognised:
    """The same hand-ins with the addresses and times of a worksheet, and with everybody in it."""
    by_number = {number(row["Identifier"]): row for row in rows(path)}
    accounts = {a: _account(a, by_number.get(a.id, {})) for a in found.accounts}
    pieces = []
    for piece in found.pieces:
        row = by_number.get(piece.account.id, {})
        late = piece.late or bool(LATE.search(row.get("Status", "")))
        said = row.get("Last modified (submission)", "").strip()
        time = times.read(said, zone) or piece.time
        unread = "" if time or said in NOTHING else said
        account = accounts[piece.account]
        pieces.append(replace(piece, account=account, time=time, late=late, unread=unread))
    there = {account.id for account in found.accounts}
    more = [
        Account("moodle", one, row["Full name"], _address(row))
        for one, row in by_number.items()
        if one and one not in there
    ]
    everybody = [*accounts.values(), *more]
    return Recognised(found.platform, pieces, everybody, found.unknown)


def number(identifier: str) -> str:
    """The number of a participant: "Participant 12345" and "Teilnehmer/in12345" have one."""
    digits = re.search(r"\d+$", identifier.strip())
    return digits[0] if digits else ""


def _account(account: Account, row: dict[str, str]) -> Account:
    return replace(account, login=_address(row) or account.login)


def _address(row: dict[str, str]) -> str:
    said = row.get("Email address", "").strip()
    return "" if said in NOTHING else said
