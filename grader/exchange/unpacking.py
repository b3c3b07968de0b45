"""Which files of a hand-in are kept: notebooks, pictures, texts. Data and weights are not."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.course import layout
from grader.intake import files
from grader.intake.files import Unreadable, Upload
from grader.intake.texts import plain
from helpers.grading import WRITTEN

KEPT = (
    *(".ipynb", ".json", ".txt", ".md", ".py", ".pdf", ".html", ".csv", ".tex", ".docx", ".odt"),
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".heic"),
)
GIVEN = {path.name for path in layout.SHOWN} | {WRITTEN}  # folders that every student has
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
    kept, left_out = Kept(), []
    given = {name for _, name in layout.data_files(sheet)}
    for name, upload in pieces:
        inside = name.lower().endswith(".zip")
        for inner, one in _members(name, upload, kept.notes) if inside else [(name, upload)]:
            path = PurePosixPath(inner)
            if set(path.parts[:-1]) & set(HIDDEN) or path.name.startswith("."):
                continue
            if set(path.parts[:-1]) & GIVEN or inner in given or not _is_kept(path):
                left_out.append(inner)
            else:
                kept.files[_free(_short(path), kept.files)] = one
    if left_out:
        kept.notes.append(f"Left out: {_listing(left_out)}.")
    return kept


def _is_kept(path: PurePosixPath) -> bool:
    """Whether it may be of use; README and the list of packages come with every sheet."""
    return path.suffix.lower() in KEPT and path.name not in ("README.md", "requirements.txt")


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
    found = list(files.members(upload.path, name, notes))
    sizes = _sizes(upload) if found else {}
    room = MAX_UNPACKED
    for one in found:
        inner = one.name.removeprefix(f"{name}/")
        room -= sizes[one.member]
        if ".." in PurePosixPath(inner).parts or one.member.startswith(("/", "\\")):
            notes.append(f"{plain(one.name, 100)} was refused: it leads out of its folder.")
        elif sizes[one.member] > files.MAX_MEMBER_BYTES and _is_kept(PurePosixPath(inner)):
            notes.append(f"{plain(one.name, 100)} was refused: it is too large when unpacked.")
        elif room < 0:
            notes.append(f"{plain(name)} was not read to its end: it unpacks to too much.")
            return
        else:
            yield inner, one


def _sizes(upload: Upload) -> dict[str, int]:
    """How many bytes the members of an archive have, by name."""
    with zipfile.ZipFile(upload.path) as archive:
        return {info.filename: info.file_size for info in archive.infolist()}


def drop_unreadable(kept: Kept) -> None:
    """Take out what cannot be read, with a note."""
    for name, upload in list(kept.files.items()):
        try:
            upload.read(files.MAX_ARCHIVE_BYTES)
        except Unreadable as error:
            kept.notes.append(f"{plain(name)} cannot be read: {error}")
            del kept.files[name]
