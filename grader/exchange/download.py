"""A download from a learning platform, a zip or a folder, opened without trusting it.

A zip's members go to a folder for the time being, under names of our own. Links, absolute names,
names with `..`, and what is too large to be a hand-in stay where they are, and are named.
"""

import datetime
import re
import shutil
import stat
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from grader.errors import CourseError
from grader.intake import files
from grader.intake.files import Unreadable, Upload
from grader.intake.texts import plain

MAX_FILES = 100_000  # of a whole class
MAX_BYTES = 8_000_000_000  # of a whole class, unpacked
UNIX_TIMES = 0x5455  # the extra field in which zip on Unix writes times with their zone
DRIVE = re.compile("[A-Za-z]:")  # of Windows
SKIPPED = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass
class Download:
    """What a platform gave.

    name: what the zip or the folder is called;
    files: everything that was read, with names as in the download;
    folders: the names of all folders, empty ones too;
    refused: a sentence for each thing that was not read.
    """

    name: str
    files: list[Upload] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@contextmanager
def opened(path: Path, timezone: str) -> Iterator[Download]:
    """Open a zip or a folder. Raises CourseError where it is neither.

    timezone: the name of the zone of times in a zip that name none.
    """
    if path.is_dir():
        yield _folder(path)
    elif path.is_file() and zipfile.is_zipfile(path):
        with tempfile.TemporaryDirectory(prefix="collect-") as name:
            yield _unpacked(path, Path(name), timezone)
    else:
        raise CourseError(f"{path} is neither a folder nor a zip.")


def _folder(path: Path) -> Download:
    found = Download(path.resolve().name)
    for entry in sorted(path.rglob("*")):
        name = entry.relative_to(path).as_posix()
        if entry.is_symlink():
            found.refused.append(f"{plain(name)} is a link, and links are not followed.")
        elif entry.is_dir():
            found.folders.append(name)
        elif entry.is_file() and not _is_skipped(name):
            found.files.append(Upload(name, entry, time=entry.stat().st_mtime))
    return found


def _is_skipped(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(set(parts) & set(SKIPPED)) or parts[-1].startswith("._")


def _unpacked(path: Path, folder: Path, timezone: str) -> Download:
    found, room = Download(path.stem), MAX_BYTES
    with zipfile.ZipFile(path) as archive:
        infos = archive.infolist()
        if len(infos) > MAX_FILES:
            raise CourseError(f"{path} holds {len(infos)} files, more than any class hands in.")
        for number, info in enumerate(infos):
            name = info.filename.replace("\\", "/")
            if why := problem(info):
                found.refused.append(f"{plain(name, 150)}: {why}")
            elif name.endswith("/"):
                found.folders.append(name.rstrip("/"))
            elif not _is_skipped(name):
                target = folder / f"{number:06}{PurePosixPath(name).suffix.lower()[:10]}"
                try:
                    room -= _unpack(archive, info, target, room)
                except (OSError, RuntimeError, ValueError, zipfile.BadZipFile, Unreadable) as error:
                    target.unlink(missing_ok=True)
                    found.refused.append(f"{plain(name, 150)}: {plain(str(error), 100)}")
                else:
                    found.files.append(Upload(name, target, time=_time(info, timezone)))
                    found.folders += map(str, PurePosixPath(name).parents[:-1])
    found.folders = sorted(set(found.folders) - {"."})
    return found


def problem(info: zipfile.ZipInfo) -> str:
    """Why a member of an archive is not read; empty if it is."""
    name = info.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link."
    if not parts or name.startswith("/") or ".." in parts or DRIVE.match(name):
        return "its name leads out of the folder."
    if info.flag_bits & 1:
        return "it is locked with a password."
    return ""


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, room: int) -> int:
    """Write one member; how many bytes it has. Raises Unreadable where these are too many."""
    if info.compress_type not in files.COMPRESSIONS:
        raise Unreadable("it is compressed in a way that is not read.")
    limit = min(files.MAX_ARCHIVE_BYTES, room)
    with archive.open(info) as source, target.open("wb") as stream:
        while block := source.read(1 << 20):
            if stream.tell() + len(block) > limit:
                raise Unreadable(f"it is larger than {limit // 1_000_000} MB.")
            stream.write(block)
        return stream.tell()


def _time(info: zipfile.ZipInfo, timezone: str) -> float:
    """When a member was changed last, in seconds since 1970; 0 if that is not known."""
    extra = info.extra
    while len(extra) >= 4:
        kind, size = struct.unpack("<HH", extra[:4])
        if kind == UNIX_TIMES and size >= 5 and extra[4] & 1:
            return float(struct.unpack("<i", extra[5:9])[0])
        extra = extra[4 + size :]
    try:
        zone = ZoneInfo(timezone) if timezone else datetime.UTC
        return datetime.datetime(*info.date_time, tzinfo=zone).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def copy(upload: Upload, target: Path) -> None:
    """Write a file of a download to its place. Raises Unreadable."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if upload.member:
        target.write_bytes(upload.read(files.MAX_MEMBER_BYTES))
    else:
        shutil.copyfile(upload.path, target, follow_symlinks=False)
