"""Reading whatever a student handed in as a notebook.

Nothing here raises because of what is in a file: a file that cannot be read becomes an empty
notebook and a note that says why, and the batch goes on.
"""

import contextlib
import copy
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbformat.v4.rwbase import rejoin_lines

from grader import course

NOTES = "submission_notes"  # the key of nbconvert's resources under which notes travel
FINGERPRINT = "submission_fingerprint"
MAX_FILE_BYTES = 200_000_000
NOTEBOOK_NAME = re.compile(r"\.ipynb(\.(json|txt))?$", re.IGNORECASE)


def fingerprint(folder: Path) -> str:
    """A digest of all files in a submission's folder: other files, other digest."""
    words = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file() and not f.is_symlink()):
        words.update(str(file.relative_to(folder)).encode() + b"\0")
        words.update(hashlib.sha256(file.read_bytes()).digest())
    return words.hexdigest()


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


def read_submission(path: Path) -> tuple[NotebookNode, list[str]]:
    """The notebook meant by a path, and notes on what had to be done to get it."""
    notes = []
    found: dict[Path, tuple[NotebookNode, list[str]]] = {}
    for candidate in candidates(path):
        remarks: list[str] = []
        try:
            found[candidate] = read_notebook(candidate, remarks), remarks
        except Unreadable as reason:
            notes.append(f"{candidate.name} cannot be read: {reason}")
    if not found:
        notes = notes or [f"There is no notebook {path.name}."]
        return new_notebook(), notes + _stray_files(path)
    chosen = next(iter(found))
    if len(found) > 1:
        written = {file: _written_cells(nb) for file, (nb, _) in found.items()}
        if chosen.name != path.name or not written[chosen]:
            chosen = max(written, key=lambda file: written[file])
        others = [file.name for file in found if file != chosen]
        notes.append(f"Not used, because {chosen.name} was: {', '.join(others)}.")
    nb, remarks = found[chosen]
    if chosen.name != path.name:
        notes.append(f"{chosen.name} was taken for {path.name}.")
    return nb, notes + remarks + _stray_files(path)


def candidates(path: Path) -> list[Path]:
    """The files that may be the notebook: the right name first, then by name."""
    folder = path.parent
    files = [f for f in folder.iterdir() if NOTEBOOK_NAME.search(f.name)] if folder.is_dir() else []
    return sorted(files, key=lambda f: (f.name != path.name, f.name))


def _stray_files(path: Path) -> list[str]:
    if path.parent.name not in course.sheets():
        return []
    known = {name for _, name in course.data_files(path.parent.name)} | {"timestamp.txt"}
    names = sorted(
        f.name + "/" * f.is_dir()
        for f in path.parent.iterdir()
        if f.name not in known and not f.name.startswith(".") and not NOTEBOOK_NAME.search(f.name)
    )
    return [f"Not used: {', '.join(names)}."] if names else []


def read_notebook(path: Path, notes: list[str]) -> NotebookNode:
    """Read one file; what had to be mended is added to the notes. Raises Unreadable."""
    if path.is_symlink() or not path.is_file():
        raise Unreadable("it is not a plain file.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Unreadable(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
    text = _decode(path.read_bytes(), path.name, notes)
    if not text.strip():
        raise Unreadable("it is empty.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        cells = list(_salvage(text))
        if not cells:
            raise Unreadable(f"it is not a notebook ({error}).") from None
        notes.append(
            f"{path.name} breaks off or is damaged; the {len(cells)} cells before that were kept."
        )
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    if not isinstance(content, dict) or not ({"cells", "worksheets"} & content.keys()):
        raise Unreadable("it holds no cells.")
    return _upgrade(content, path.name, notes)


def _decode(content: bytes, name: str, notes: list[str]) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            notes.append(f"{name} was saved as {encoding.upper()}, not UTF-8.")
            return content.decode(encoding, errors="replace")
    if content.startswith(b"\xef\xbb\xbf"):
        notes.append(f"{name} starts with a byte order mark.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.append(f"{name} was not saved as UTF-8.")
        return content.decode("cp1252", errors="replace")


def _salvage(text: str) -> Iterable[dict[str, Any]]:
    """The complete cells at the start of a notebook that breaks off."""
    start = re.search(r'"cells"\s*:\s*\[', text)
    position = start.end() if start else len(text)
    decoder = json.JSONDecoder()
    while True:
        position += len(text[position:]) - len(text[position:].lstrip(" \t\r\n,"))
        try:
            cell, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        if isinstance(cell, dict):
            yield cell


def _upgrade(content: dict[str, Any], name: str, notes: list[str]) -> NotebookNode:
    """A version 4 notebook, though not a valid one: `repair` rebuilds every cell."""
    if not isinstance(content.get("metadata"), dict):
        content["metadata"] = {}
    nb = nbformat.from_dict(content)
    if "worksheets" in content:
        notes.append(f"{name} is in an old notebook format.")
        with contextlib.suppress(Exception):  # whatever an old file holds, it stops nobody
            nb = nbformat.convert(nb, 4)
    if not isinstance(nb.get("cells"), list):
        raise Unreadable("its cells are damaged.")
    with contextlib.suppress(Exception):
        nb = rejoin_lines(nb)
    return nb


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
    return source if isinstance(source, str) else ""
