"""The folder of a submission: which file is the notebook, when it came, what else lies there.

Students hand in the notebook, the folder that it lay in, or an archive of either. All of it is
looked through, up to limits that no real submission reaches; links are never followed.
"""

import datetime
import os
import re
import stat
import zipfile
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from grader.course import layout
from grader.intake.texts import plain

MAX_NAMES = 10  # more names than this are counted, not listed
MAX_LEVELS = 6  # folders in folders that are looked through
MAX_FILES = 2_000  # files that are looked at, those in archives included
MAX_ARCHIVE_BYTES = 50_000_000
MAX_MEMBER_BYTES = 30_000_000  # of one file in an archive, unpacked
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others may need any memory
TIMESTAMP = "timestamp.txt"
NOTEBOOK_NAME = re.compile(r"^[^.].*\.ipynb(\.(json|txt))?$", re.IGNORECASE | re.DOTALL)
PICTURE_NAME = re.compile(r"\.(png|jpe?g|gif|webp|svg)$", re.IGNORECASE)
ISO_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)"
    r"(?:\s*(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)|\s+([A-Z]\w*/\w[\w/+-]*))?",
    re.ASCII,
)


class Unreadable(Exception):
    """A file that cannot be read; the message says why."""


@dataclass(frozen=True)
class Upload:
    """A file of a submission, or one in an archive.

    name: its path in the submission, that of the archive first;
    path: the file on disk, the archive's for what lies in one;
    member: its entry in the archive; empty for a plain file;
    time: when it was changed last, in seconds since 1970.
    """

    name: str
    path: Path
    member: str = ""
    time: float = 0.0

    @property
    def basename(self) -> str:
        """The name without folders."""
        return self.name.rpartition("/")[2]

    def read(self, limit: int) -> bytes:
        """Its content. Raises Unreadable, also where it is more than `limit` bytes."""
        if self.path.is_symlink() or not self.path.is_file():
            raise Unreadable("it is not a plain file.")
        limit = min(limit, MAX_MEMBER_BYTES) if self.member else limit
        try:
            content = self._start(limit + 1)
        except OSError as error:
            raise Unreadable(f"{error.strerror or error}.") from None
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError) as error:
            raise Unreadable(f"the archive cannot be opened ({plain(str(error), 80)}).") from None
        except Exception as error:  # what the packages for compression raise is not documented
            raise Unreadable(f"the archive is damaged ({type(error).__name__}).") from None
        if len(content) > limit:
            raise Unreadable(f"it is larger than {limit // 1_000_000} MB.")
        return content

    def _start(self, size: int) -> bytes:
        if not self.member:
            with self.path.open("rb") as stream:
                return stream.read(size)
        with zipfile.ZipFile(self.path) as archive:
            if archive.getinfo(self.member).compress_type not in COMPRESSIONS:
                raise ValueError("compressed in a way that is not read")
            with archive.open(self.member) as stream:
                return stream.read(size)


@dataclass
class Found:
    """What lies in the folder of a submission.

    notebooks: what may be the notebook;
    pictures: by name, without folders;
    strays: what is neither, by its name at the top, with the pictures in it;
    problems: a sentence each.
    """

    notebooks: list[Upload] = field(default_factory=list)
    pictures: dict[str, Upload] = field(default_factory=dict)
    strays: dict[str, list[Upload]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def expected_notebooks(notebooks: list[str], **_: Any) -> None:
    """nbgrader's pre-convert hook: look for the sheet's notebook, under whatever name it lies.

    nbgrader lists the files it found; the list is changed in place to the name that the sheet's
    notebook should have, and `read_submission` finds the file that is meant.
    """
    for folder in {Path(name).parent for name in notebooks}:
        if folder.name in layout.sheets():
            wanted = str(folder / layout.source_notebook(folder.name).name)
            notebooks[:] = [n for n in notebooks if Path(n).parent != folder] + [wanted]


def is_linked(folder: Path) -> bool:
    """Whether the folder of a submission, or the student's above it, is a link."""
    return folder.is_symlink() or folder.parent.is_symlink()


def look_through(folder: Path) -> Found:
    """Everything that lies in the folder of a submission."""
    found = Found()
    if is_linked(folder):
        found.problems.append("The folder is a link to another one, and links are not followed.")
        return found
    expected = _names_of_the_sheet(folder.name)
    used = expected | {TIMESTAMP}
    files: dict[str, list[Upload]] = {name: [] for name in _top_names(folder)}
    for number, upload in enumerate(_uploads(folder, found.problems)):
        if number >= MAX_FILES:
            found.problems.append(f"Only the first {MAX_FILES} files were looked at.")
            break
        top = upload.name.partition("/")[0]
        files.setdefault(top, []).append(upload)
        if NOTEBOOK_NAME.search(upload.basename):
            found.notebooks.append(upload)
            used.add(top)
        elif PICTURE_NAME.search(upload.basename):
            found.pictures.setdefault(upload.basename, upload)
    found.strays = {
        name + "/" * (folder / name).is_dir(): files[name]
        for name in sorted(files.keys() - used)
        if not name.startswith(".")
    }
    return found


def _names_of_the_sheet(sheet: str) -> set[str]:
    """What lies beside the sheet's notebook because students got it so."""
    if sheet not in layout.sheets():
        return set()
    return {Path(name).parts[0] for _, name in layout.data_files(sheet)}


def _top_names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _uploads(folder: Path, problems: list[str]) -> Iterator[Upload]:
    """All files, level by level; those of an archive after it.

    By name, but notebooks first: other files, however many, must not hide them.
    """
    known = folder.name in layout.sheets()
    expected = layout.source_notebook(folder.name).name if known else ""
    level = [(folder, "")]
    for _ in range(MAX_LEVELS):
        below = []
        for place, prefix in level:
            for entry in sorted(_entries(place), key=lambda entry: _rank(entry.name, expected)):
                name = f"{prefix}{entry.name}"
                if _is_hidden(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False) and not NOTEBOOK_NAME.search(entry.name):
                    below.append((Path(entry.path), f"{name}/"))
                    continue
                yield Upload(name, Path(entry.path), time=_changed(entry))
                if entry.name.lower().endswith(".zip") and entry.is_file(follow_symlinks=False):
                    yield from members(Path(entry.path), name, problems)
        level = below


def _rank(name: str, expected: str) -> int:
    """The sheet's own notebook, other notebooks, all else."""
    return 2 if not NOTEBOOK_NAME.search(name) else 0 if name == expected else 1


def plain_files(folder: Path) -> list[tuple[str, Path]]:
    """All files in the folder of a submission, hidden ones too, with their names in it, by name."""
    found, level = [], [] if is_linked(folder) else [(folder, "")]
    for _ in range(MAX_LEVELS):
        below = []
        for place, prefix in level:
            for entry in _entries(place):
                if entry.is_dir(follow_symlinks=False):
                    below.append((Path(entry.path), f"{prefix}{entry.name}/"))
                elif entry.is_file(follow_symlinks=False):
                    found.append((f"{prefix}{entry.name}", Path(entry.path)))
        level = below
    return sorted(found)


def _entries(folder: Path) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name in ("__MACOSX", "__pycache__")


def _changed(entry: os.DirEntry) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except OSError:
        return 0.0


def members(path: Path, name: str, problems: list[str]) -> Iterator[Upload]:
    """The files in an archive; its links and what is hidden are passed over."""
    try:
        if path.stat().st_size > MAX_ARCHIVE_BYTES:
            raise Unreadable("it is too large")
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except Exception as error:  # a damaged archive raises all kinds
        problems.append(f"{plain(name)} cannot be opened ({plain(str(error), 80)}).")
        return
    for info in infos:
        parts = info.filename.replace("\\", "/").strip("/").split("/")
        is_link = stat.S_ISLNK(info.external_attr >> 16)
        if not (info.is_dir() or is_link or any(map(_is_hidden, parts)) or len(parts) > MAX_LEVELS):
            yield Upload(f"{name}/{'/'.join(parts)}", path, info.filename, _zip_time(info))


def _zip_time(info: zipfile.ZipInfo) -> float:
    try:
        return datetime.datetime(*info.date_time).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def remarks(folder: Path, found: Found, text: str = "", timezone: str = "") -> list[str]:
    """Notes on what lies in a submission's folder and is not used, and on the time.

    text: the notebook's; pictures that it names are used.
    """
    said = unquote(text)
    strays = [
        name
        for name, uploads in found.strays.items()
        if not uploads or not all(_is_named(upload, said) for upload in uploads)
    ]
    notes = [f"Not used: {listing(strays)}."] if strays else []
    if is_linked(folder):
        return notes
    if os.path.lexists(folder / TIMESTAMP) and handed_in(folder, timezone) is None:
        form = "2026-11-10T12:00:00" + ("" if timezone else "+01:00")
        notes.append(
            f"{TIMESTAMP} holds no time in the form {form}, so this counts as handed in on time."
        )
    return notes


def _is_named(upload: Upload, text: str) -> bool:
    return bool(PICTURE_NAME.search(upload.basename)) and upload.basename in text


def handed_in(folder: Path, timezone: str = "") -> datetime.datetime | None:
    """The time of handing in, in UTC and without a zone as nbgrader wants it; None if unknown.

    timezone: the name of the zone that holds where the file names none; "" if it has to name one.
    """
    file = folder / TIMESTAMP
    if is_linked(folder) or file.is_symlink() or not file.is_file():
        return None
    try:
        with file.open(encoding="utf-8") as stream:
            return time_of(stream.read(1000).strip(), timezone)
    except (OSError, ValueError, OverflowError, LookupError):  # or there is no such zone
        return None


def time_of(text: str, timezone: str) -> datetime.datetime | None:
    """A time in ISO 8601 with its distance from UTC, or with a zone's name behind a blank.

    timezone: the zone that holds where the text names none. Returns: in UTC, without a zone; None
    for any other text. Raises ValueError, OverflowError or LookupError for what cannot be a time.
    """
    found = ISO_TIME.fullmatch(text)
    if found is None:
        return None
    digits, offset, zone = found.groups()
    time = datetime.datetime.fromisoformat(digits.replace(",", "."))
    if offset in ("Z", "UTC", "GMT"):
        time = time.replace(tzinfo=datetime.UTC)
    elif offset:
        time = datetime.datetime.fromisoformat(time.isoformat() + offset)
    elif zone or timezone:
        time = time.replace(tzinfo=zoneinfo.ZoneInfo(zone or timezone))
    else:
        return None
    return time.astimezone(datetime.UTC).replace(tzinfo=None)


def course_timezone(config: Any) -> str:
    """The zone of times of handing in that name none: nbgrader's own setting; "" if not set."""
    zone = config.Exchange.timezone if "timezone" in config.Exchange else ""
    return zone if isinstance(zone, str) else ""


def listing(names: list[str]) -> str:
    """Names with commas between them, but not hundreds of them."""
    more = len(names) - MAX_NAMES
    shown = ", ".join(plain(name, 100) for name in names[:MAX_NAMES])
    return plain(shown + (f" and {more} more" if more > 0 else ""))
