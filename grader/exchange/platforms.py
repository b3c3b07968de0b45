"""What downloads of hand-ins look like, platform by platform. docs/handing_in.md has the sources.

Each reader takes a file's or folder's name and says whose it is. The names are all that the
platforms give: nothing here looks into a file.
"""

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.exchange import times
from grader.exchange.download import Download
from grader.intake.files import Upload

# ILIAS, class.ilExAssignment.php: <last name>_<first name>_<login>_<number of the user>
ILIAS = re.compile(r"(?P<last>[^_]+)_(?P<first>[^_]+)_(?P<login>.+)_(?P<id>\d+)")
ILIAS_TEAM = re.compile(r"Team[ _](?P<team>\d+)", re.IGNORECASE)
ILIAS_LATE = re.compile(r"(late submission|versp.{1,2}tete abgabe) - ", re.IGNORECASE)
# Moodle, importziplib.php: <name>_<participant>_assignsubmission_file[_[<file>]]
MOODLE = re.compile(r"(?P<name>.+)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?P<rest>_?.*)")
# Canvas, assignment.rb: <lastfirst>[_LATE]_<number of the user>_<number of the file>_<file>
CANVAS = re.compile(
    r"(?P<name>[^_]+)(?P<late>_LATE)?_(?P<id>\d+)_(?P<file>\d+)_(?P<rest>.+)", re.IGNORECASE
)
# Brightspace: <number of the user>-<number of the folder> - <name> - <date and time>
BRIGHTSPACE = re.compile(r"(?P<id>\d+)-(?P<box>\d+) - (?P<name>.+?) - (?P<time>[^-]*\d{4}.*)")
LISTS = re.compile(r"(index\.html?|status\.(csv|xlsx?)|README\.md)$", re.IGNORECASE)


@dataclass(frozen=True)
class Account:
    """Somebody on a platform, or a team's member.

    platform: "ilias", "moodle", "canvas", "brightspace" or "folder";
    id: the number that the platform has for a person, or for one in this exercise (Moodle);
    name: the person's, as far as the download says it;
    login: the account; empty where the download does not say it;
    team: the platform's number of the team; empty for one person;
    prefix: what feedback for it has to be called, up to the name of the file;
    """

    platform: str
    id: str
    name: str = ""
    login: str = ""
    team: str = ""
    prefix: str = ""


@dataclass(frozen=True)
class Piece:
    """One file that somebody handed in.

    account: who;
    upload: the file as it lies in the download;
    name: what it is called without the platform's additions;
    time: when it was handed in, if the download says so;
    late: whether the platform says that it came late;
    attempt: what orders the hand-ins of one person where there is no time;
    unread: the time as the platform wrote it, where that could not be read.
    """

    account: Account
    upload: Upload
    name: str
    time: datetime.datetime | None = None
    late: bool = False
    attempt: int = 0
    unread: str = ""


@dataclass
class Recognised:
    """A download that was understood.

    platform: which platform's it is;
    pieces: the files of all persons;
    accounts: everybody whom the download names, those without a file too;
    unknown: files that belong to nobody.
    """

    platform: str
    pieces: list[Piece] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def recognise(download: Download, zone: datetime.tzinfo, platform: str = "") -> Recognised:
    """Whose the files of a download are.

    zone: of times without one;
    platform: which platform it is from; without it, the one whose names fit the most files.
    """
    names = [platform] if platform else list(READERS)
    tries = [_read(name, download, zone) for name in names]
    best = max(tries, key=lambda one: (len(one.pieces), len(one.accounts)))
    if not platform and not (best.pieces or best.accounts):
        return _read("folder", download, zone)
    return best


def _read(platform: str, download: Download, zone: datetime.tzinfo) -> Recognised:
    found = Recognised(platform)
    read = _plain if platform == "folder" else READERS[platform]
    for folder in download.folders:
        account = FOLDERS[platform](folder) if platform in FOLDERS else None
        found.accounts += [account] if account else []
    for upload in download.files:
        piece = read(upload, zone)
        if piece is not None:
            found.pieces.append(piece)
        elif not LISTS.search(upload.basename):
            found.unknown.append(upload.name)
    found.accounts += [piece.account for piece in found.pieces]
    found.accounts = list(dict.fromkeys(found.accounts))
    return found


# --- ILIAS


def _ilias_account(folder: str) -> Account | None:
    """Of the folder of one person, in a team's or not."""
    parts = PurePosixPath(folder).parts
    found = ILIAS.fullmatch(parts[-1]) if parts else None
    if found is None or parts[-1].startswith("multi_feedback"):
        return None
    team = next((m["team"] for part in parts[:-1] if (m := ILIAS_TEAM.fullmatch(part))), "")
    name = f"{found['first']} {found['last']}"
    return Account("ilias", found["id"], name, found["login"], team, f"{parts[-1]}/")


def _ilias(upload: Upload, zone: datetime.tzinfo) -> Piece | None:
    place = _first(_ilias_account, upload.name)
    if place is None:
        return None
    account, rest = place
    late = ILIAS_LATE.match(PurePosixPath(rest).name)
    name = rest.replace(late[0], "", 1) if late else rest
    time = datetime.datetime.fromtimestamp(upload.time, zone) if upload.time else None
    return Piece(account, upload, name, time, bool(late))


def _first(read: Callable[[str], Account | None], name: str) -> tuple[Account, str] | None:
    """The account of the outermost folder that has one, and the name of the file in there."""
    parts = PurePosixPath(name).parts
    for depth in range(1, len(parts)):
        account = read("/".join(parts[:depth]))
        if account is not None:
            return account, "/".join(parts[depth:])
    return None


# --- Moodle


def _moodle_account(folder: str) -> Account | None:
    last = PurePosixPath(folder).name
    found = MOODLE.fullmatch(last)
    return _of_moodle(found, f"{last}/") if found and found["rest"] in ("", "_") else None


def _of_moodle(found: re.Match[str], prefix: str) -> Account:
    return Account("moodle", found["id"], found["name"], prefix=prefix)


def _moodle(upload: Upload, zone: datetime.tzinfo) -> Piece | None:
    if place := _first(_moodle_account, upload.name):
        return Piece(place[0], upload, place[1])
    found = MOODLE.fullmatch(upload.basename)  # a download without folders
    if found is None or len(found["rest"]) < 2:
        return None
    prefix = upload.basename.removesuffix(found["rest"]) + "_"
    return Piece(_of_moodle(found, prefix), upload, found["rest"].lstrip("_"))


# --- Canvas


def _canvas(upload: Upload, zone: datetime.tzinfo) -> Piece | None:
    found = CANVAS.fullmatch(upload.basename)
    if found is None:
        return None
    prefix = upload.basename.removesuffix(found["rest"])
    account = Account("canvas", found["id"], found["name"], prefix=prefix)
    return Piece(account, upload, found["rest"], None, bool(found["late"]), int(found["file"]))


# --- Brightspace


def _brightspace_account(folder: str) -> Account | None:
    last = PurePosixPath(folder).name
    found = BRIGHTSPACE.fullmatch(last)
    if found is None:
        return None
    last_name, comma, first_name = found["name"].partition(", ")
    name = f"{first_name} {last_name}" if comma else found["name"]
    return Account("brightspace", found["id"], name, prefix=f"{last}/")


def _brightspace(upload: Upload, zone: datetime.tzinfo) -> Piece | None:
    place = _first(_brightspace_account, upload.name)
    if place is None:
        return None
    said = BRIGHTSPACE.fullmatch(place[0].prefix.rstrip("/"))
    text = said["time"] if said else ""
    time = times.read(text, zone)
    return Piece(place[0], upload, place[1], time, unread="" if time else text)


# --- a folder of notebooks, archives, or folders with them


def _plain(upload: Upload, zone: datetime.tzinfo) -> Piece | None:
    parts = PurePosixPath(upload.name).parts
    if len(parts) > 1:
        who, name = parts[0], "/".join(parts[1:])
    elif upload.basename.lower().endswith((".ipynb", ".zip")):
        who, name = PurePosixPath(upload.name).stem, upload.name
    else:
        return None
    return Piece(Account("folder", who, who, who, prefix=f"{who}/"), upload, name)


READERS: dict[str, Callable[[Upload, datetime.tzinfo], Piece | None]] = {
    "moodle": _moodle,
    "brightspace": _brightspace,
    "canvas": _canvas,
    "ilias": _ilias,
}
FOLDERS: dict[str, Callable[[str], Account | None]] = {
    "moodle": _moodle_account,
    "brightspace": _brightspace_account,
    "ilias": _ilias_account,
}


def by_person(pieces: Iterable[Piece]) -> dict[tuple[str, str], list[Piece]]:
    """The pieces of each person or team: by team where there is one, else by number and name."""
    found: dict[tuple[str, str], list[Piece]] = {}
    for piece in pieces:
        team = piece.account.team
        found.setdefault(("team", team) if team else ("one", piece.account.id), []).append(piece)
    return found
