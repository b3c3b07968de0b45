"""Which files of a hand-in are kept: notebooks, pictures, texts. Data and weights are not."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.course import layout
from grader.exchange.download import problem
from grader.intake import files
from grader.intake.files import Unreadable, Upload
from grader.intake.texts import plain
from helpers.grading import WRITTEN

KEPT = (
    *(".ipynb", ".json", ".txt", ".md", ".py", ".pdf", ".html", ".csv", ".tex", ".docx", ".odt"),
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".heic"),
)
GIVEN = {path.name for path in layout.SHOWN} | {WRITTEN}  # folders that every student has
EVERYWHERE = ("README.md", "requirements.txt")  # files that come with every sheet
OTHER_ARCHIVES = (".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
HIDDEN = (".ipynb_checkpoints", "__pycache__", "__MACOSX")
MAX_UNPACKED = 500_000_000  # bytes of one archive, weights and data included


@dataclass
class Kept:
    """The files of a hand-in that go into its folder.

    files: by their names in the folder;
    notes: what is left out, and why, a sentence each.
    """

    files: dict[str, Upload] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def has_notebook(self) -> bool:
        """Whether any of them may be the notebook."""
        return any(files.NOTEBOOK_NAME.search(PurePosixPath(name).name) for name in self.files)


def kept_files(pieces: list[tuple[str, Upload]], sheet: str) -> Kept:
    """What to keep of some files: (name in the hand-in, file). Archives are looked into."""
    kept = Kept()
    left_out: dict[str, list[str]] = {}
    given = {name for _, name in layout.data_files(sheet)}
    for name, upload in pieces:
        inside = name.lower().endswith(".zip")
        for inner, one in _members(name, upload, kept.notes) if inside else [(name, upload)]:
            path = PurePosixPath(inner)
            if set(path.parts[:-1]) & set(HIDDEN) or path.name.startswith("."):
                continue
            if set(path.parts[:-1]) & GIVEN or inner in given or path.name in EVERYWHERE:
                left_out.setdefault("as it came with the sheet", []).append(inner)
            elif path.suffix.lower() not in KEPT:
                left_out.setdefault(_why_not(path), []).append(inner)
            else:
                kept.files[_free(_short(path), kept.files)] = one
    kept.notes += [f"Left out, {why}: {_listing(names)}." for why, names in left_out.items()]
    return kept


def _why_not(path: PurePosixPath) -> str:
    """Why a file is left out for its kind; a zip that gets here was in another one."""
    kind = path.suffix.lower()
    if kind == ".zip":
        return "as archives in archives are not opened"
    if kind in OTHER_ARCHIVES:
        return "as only zip archives are opened"
    return "as neither notebook, picture nor text"


def _listing(names: list[str]) -> str:
    """Files by name; of a folder with several, only how many."""
    folders: dict[str, list[str]] = {}
    for name in names:
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    shown = []
    for folder, its in folders.items():
        shown += [f"{folder}/ ({len(its)} files)"] if folder and len(its) > 1 else its
    return files.listing(shown)


def _short(path: PurePosixPath) -> str:
    """The name in the folder: without the folders, which intake would only look through."""
    return plain(path.name, 150) or "unnamed"


def _free(name: str, used: dict[str, Upload]) -> str:
    """The name, or one like it that is not used yet."""
    path, number, found = PurePosixPath(name), 2, name
    while found in used or found == files.TIMESTAMP:
        found, number = f"{path.stem} ({number}){path.suffix}", number + 1
    return found


def _members(name: str, upload: Upload, notes: list[str]) -> Iterator[tuple[str, Upload]]:
    """The files in a student's archive, those excepted that are too large or lead out of it."""
    before = len(notes)
    found = list(files.members(upload.path, name, notes))
    if len(notes) > before:  # it cannot be opened
        return
    with zipfile.ZipFile(upload.path) as archive:
        infos = {info.filename: info for info in archive.infolist()}
    notes += [f"Refused in {plain(name, 100)}: {words}" for words in _refused(infos)]
    room = MAX_UNPACKED
    for one in found:
        info, inner = infos[one.member], one.name.removeprefix(f"{name}/")
        if problem(info):
            continue
        room -= info.file_size
        if info.file_size > files.MAX_MEMBER_BYTES and PurePosixPath(inner).suffix.lower() in KEPT:
            notes.append(f"{plain(one.name, 100)} was refused: it is too large when unpacked.")
        elif room < 0:
            notes.append(f"{plain(name)} was not read to its end: it unpacks to too much.")
            return
        else:
            yield inner, one


def _refused(infos: dict[str, zipfile.ZipInfo]) -> Iterator[str]:
    """The members that are not read, by the reason."""
    whys: dict[str, list[str]] = {}
    for name, info in infos.items():
        if why := problem(info):
            whys.setdefault(why, []).append(name)
    for why, names in whys.items():
        yield f"{files.listing(names)}: {why}"


def drop_unreadable(kept: Kept) -> None:
    """Take out what cannot be read, with a note."""
    for name, upload in list(kept.files.items()):
        try:
            upload.read(files.MAX_ARCHIVE_BYTES)
        except Unreadable as error:
            kept.notes.append(f"{plain(name)} cannot be read: {error}")
            del kept.files[name]
