"""Reading whatever a student handed in as a notebook.

Nothing here raises because of what is in a file: a file that cannot be read becomes an empty
notebook and a note that says why, and the batch goes on.
"""

import contextlib
import copy
import datetime
import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbformat.v4.nbbase import random_cell_id
from nbformat.v4.rwbase import rejoin_lines
from nbgrader.converters import base
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files, parse_utc

from grader import course

NOTES = "submission_notes"  # the key of nbconvert's resources under which notes travel
FINGERPRINT = "submission_fingerprint"
MAX_FILE_BYTES = 200_000_000
MAX_DEPTH = 100  # of lists and dictionaries in each other; notebooks that Jupyter wrote have ten
MAX_TRIES = 10_000  # at finding a cell in a damaged file
MAX_NAMES = 10  # more names than this are counted, not listed
TIMESTAMP = "timestamp.txt"
NOTEBOOK_NAME = re.compile(r"^[^.].*\.ipynb(\.(json|txt))?$", re.IGNORECASE | re.DOTALL)
CONFLICT = re.compile(
    r"^<{7} .*?\n(.*?)(?:^\|{7}.*?)?^={7}$.*?^>{7} .*?\n", re.MULTILINE | re.DOTALL
)
CELL_START = re.compile(r'\{\s*"(?:attachments|cell_type|execution_count|id|metadata)"\s*:')
CELL_KEYS = {"cell_type", "source"}


def fingerprint(folder: Path) -> str:
    """A digest of all files in a submission's folder: other files, other digest."""
    words = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file() and not f.is_symlink()):
        words.update(os.fsencode(file.relative_to(folder)) + b"\0")
        with contextlib.suppress(OSError), file.open("rb") as stream:  # it may not be readable
            words.update(hashlib.file_digest(stream, "sha256").digest())
    return words.hexdigest()


def plain(text: str, limit: int = 500) -> str:
    """Text of a student's for a note: not without end, and nothing in it that UTF-8 cannot say."""
    text = text if len(text) <= limit else f"{text[:limit]}…"
    return text.encode("utf-8", errors="replace").decode()


def listing(names: list[str]) -> str:
    """Names with commas between them, but not hundreds of them."""
    more = len(names) - MAX_NAMES
    return plain(", ".join(names[:MAX_NAMES]) + (f" and {more} more" if more > 0 else ""))


class Unreadable(Exception):
    """No notebook can be had from a file; the message says why."""


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter, for files that may be damaged or misnamed."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any):
        path = Path(filename)
        nb, notes = read_submission(path)
        resources = copy.deepcopy(resources) if resources is not None else {}
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        resources[NOTES] = notes
        resources[FINGERPRINT] = fingerprint(path.parent)
        return self.from_notebook_node(nb, resources=resources, **kwargs)


def expected_notebooks(notebooks: list[str], **_: Any) -> None:
    """nbgrader's pre-convert hook: look for the sheet's notebook, under whatever name it lies.

    nbgrader lists the files it found; the list is changed in place to the name that the sheet's
    notebook should have, and `read_submission` finds the file that is meant.
    """
    for folder in {Path(name).parent for name in notebooks}:
        if folder.name in course.sheets():
            wanted = str(folder / course.source_notebook(folder.name).name)
            notebooks[:] = [n for n in notebooks if Path(n).parent != folder] + [wanted]


def kept_files(folder: str, exclude: list[str] | None = None) -> list[str]:
    """nbgrader's list of the files to copy on: of a submission, only the time of handing in.

    nbgrader would copy whatever lies there to autograded/ and feedback/: what a link points to,
    be it the gradebook, and anything that was put there to be imported.
    """
    if not Path(folder).absolute().is_relative_to(course.SUBMITTED):
        return find_all_files(folder, exclude)
    file = Path(folder) / TIMESTAMP
    return [str(file)] if file.is_file() and not file.is_symlink() else []


def handed_in(folder: Path) -> datetime.datetime | None:
    """The time of handing in; nbgrader's own function stops at a file that holds none."""
    file = folder / TIMESTAMP
    if not file.is_file():
        return None
    try:
        return parse_utc(file.read_text("utf-8").strip())
    except (OSError, ValueError, OverflowError):
        return None


# nbgrader has no setting for these.
base.find_all_files = kept_files
CourseDirectory.get_existing_timestamp = lambda self, folder: handed_in(Path(folder))


def read_submission(path: Path) -> tuple[NotebookNode, list[str]]:
    """The notebook meant by a path, and notes on what had to be done to get it."""
    notes = []
    found: dict[Path, tuple[NotebookNode, list[str]]] = {}
    for candidate in candidates(path):
        remarks: list[str] = []
        try:
            found[candidate] = read_notebook(candidate, remarks), remarks
        except Unreadable as reason:
            notes.append(f"{plain(candidate.name)} cannot be read: {reason}")
    if not found:
        notes = notes or [f"There is no notebook {path.name}."]
        return new_notebook(), notes + _stray_files(path)
    chosen = next(iter(found))
    if len(found) > 1:
        written = {file: _written_cells(nb) for file, (nb, _) in found.items()}
        if chosen.name != path.name or not written[chosen]:
            chosen = max(written, key=lambda file: written[file])
        others = [file.name for file in found if file != chosen]
        notes.append(f"Not used, because {plain(chosen.name)} was: {listing(others)}.")
    nb, remarks = found[chosen]
    if chosen.name != path.name:
        notes.append(f"{plain(chosen.name)} was taken for {path.name}.")
    return nb, notes + remarks + _stray_files(path)


def candidates(path: Path) -> list[Path]:
    """The files that may be the notebook: the right name first, then by name."""
    folder = path.parent
    files = [f for f in folder.iterdir() if NOTEBOOK_NAME.search(f.name)] if folder.is_dir() else []
    return sorted(files, key=lambda f: (f.name != path.name, f.name))


def _stray_files(path: Path) -> list[str]:
    if path.parent.name not in course.sheets():
        return []
    data = {Path(name).parts[0] for _, name in course.data_files(path.parent.name)}
    files = path.parent.iterdir() if path.parent.is_dir() else []
    names = sorted(
        f.name + "/" * f.is_dir()
        for f in files
        if f.name not in data | {TIMESTAMP}
        and not f.name.startswith(".")
        and not NOTEBOOK_NAME.search(f.name)
    )
    notes = [f"Not used: {listing(names)}."] if names else []
    if (path.parent / TIMESTAMP).exists() and handed_in(path.parent) is None:
        notes.append(f"{TIMESTAMP} holds no time, so this counts as handed in on time.")
    return notes


def read_notebook(path: Path, notes: list[str]) -> NotebookNode:
    """Read one file; what had to be mended is added to the notes. Raises Unreadable."""
    name = plain(path.name)
    text = _decode(_content(path), name, notes)
    if not text.strip("\ufeff\0 \t\r\n"):
        raise Unreadable("it is empty.")
    text, conflicts = CONFLICT.subn(r"\1", text)
    if conflicts:
        notes.append(f"{name} held both sides of a merge conflict; the first was used.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        cells = list(_salvage(text))
        if not cells:
            raise Unreadable(f"it is not a notebook ({plain(str(error))}).") from None
        notes.append(f"{name} is damaged or breaks off; {len(cells)} cells could be read.")
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    if not isinstance(content, dict) or not ({"cells", "worksheets"} & content.keys()):
        raise Unreadable("it holds no cells.")
    if not _is_shallow(content):
        raise Unreadable("it is nested too deeply.")
    return _upgrade(content, name, notes)


def _content(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise Unreadable("it is not a plain file.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Unreadable(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{error.strerror}.") from None


def _decode(content: bytes, name: str, notes: list[str]) -> str:
    encoding = json.detect_encoding(content)  # by the first bytes, as the JSON standard says
    if encoding == "utf-8-sig":
        notes.append(f"{name} starts with a byte order mark.")
    elif encoding != "utf-8":
        notes.append(f"{name} was saved as {encoding.upper()}, not UTF-8.")
        return content.decode(encoding, errors="replace")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # UTF-8 that breaks off
            return content.decode(encoding, errors="replace")
        notes.append(f"{name} was not saved as UTF-8.")
        return content.decode("cp1252", errors="replace")


def _salvage(text: str) -> Iterable[dict[str, Any]]:
    """The complete cells of a notebook that is damaged or breaks off."""
    start = re.search(r'"cells"\s*:\s*\[', text)
    position = start.end() if start else len(text)
    decoder = json.JSONDecoder()
    for _ in range(MAX_TRIES):
        found = CELL_START.search(text, position)
        if not found:
            return
        position = found.end()
        with contextlib.suppress(ValueError, RecursionError):  # the next one may be whole
            cell, position = decoder.raw_decode(text, found.start())
            if cell.keys() >= CELL_KEYS:
                yield cell


def _is_shallow(value: object, levels: int = MAX_DEPTH) -> bool:
    if not isinstance(value, dict | list):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(part, levels - 1) for part in parts)


def _upgrade(content: dict[str, Any], name: str, notes: list[str]) -> NotebookNode:
    """A version 4 notebook, though not a valid one: `repair` rebuilds every cell."""
    if "worksheets" in content:
        notes.append(f"{name} is in an old notebook format.")
        content = {"cells": list(_old_cells(content["worksheets"]))}
    if not isinstance(content["cells"], list):
        raise Unreadable("its cells are damaged.")
    metadata = content.get("metadata")
    content = {
        "cells": [cell for cell in content["cells"] if isinstance(cell, dict)],
        "metadata": metadata if isinstance(metadata, dict) else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    if not _give_ids(content["cells"]):
        notes.append("Some cells shared a cell id.")
    nb = nbformat.from_dict(content)
    with contextlib.suppress(Exception):
        nb = rejoin_lines(nb)
    return nb


def _give_ids(cells: list[dict[str, Any]]) -> bool:
    """Every cell gets an id of its own, or nbconvert stops; whether no two had the same."""
    found = [cell["id"] for cell in cells if isinstance(cell.get("id"), str)]
    seen: set[str] = set()
    for cell in cells:
        if not isinstance(cell.get("id"), str) or cell["id"] in seen:
            cell["id"] = random_cell_id()
        seen.add(cell["id"])
    return len(set(found)) == len(found)


def _old_cells(worksheets: object) -> Iterable[dict[str, Any]]:
    """The cells of formats 2 and 3, which kept code in `input` and had cells for headings."""
    for sheet in worksheets if isinstance(worksheets, list) else []:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        for cell in cells if isinstance(cells, list) else []:
            if isinstance(cell, dict):
                text = cell_source(cell if "source" in cell else {"source": cell.get("input")})
                kind = cell.get("cell_type")
                if kind in ("heading", "html"):
                    text, kind = ("# " * (kind == "heading")) + text, "markdown"
                metadata = cell.get("metadata")
                yield {"cell_type": kind, "source": text, "metadata": metadata}


def _written_cells(nb: NotebookNode) -> int:
    """How many cells are not as they were released: of two copies, the one with more counts."""
    blank = {
        cell.source.strip()
        for file in course.RELEASE.glob("*/*.ipynb")
        for cell in nbformat.read(file, as_version=4).cells
    }
    sources = [cell_source(cell).strip() for cell in nb.cells if isinstance(cell, dict)]
    return sum(1 for source in sources if source and source not in blank)


def cell_source(cell: dict[str, Any]) -> str:
    """A cell's text, also where it was stored as a list of lines or not at all."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""
