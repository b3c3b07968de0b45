"""Reading whatever a student handed in as a notebook.

Nothing here raises because of what is in a file: a file that cannot be read becomes an empty
notebook and a note that says why, and the batch goes on.
"""

import contextlib
import copy
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.corpus.words import generate_corpus_id as random_cell_id
from nbformat.v4 import new_notebook
from nbformat.v4.rwbase import rejoin_lines

from grader.course import layout
from grader.intake.files import candidates, listing, plain, stray_files
from grader.intake.submissions import fingerprint

NOTES = "submission_notes"  # the key of nbconvert's resources under which notes travel
FINGERPRINT = "submission_fingerprint"
MAX_FILE_BYTES = 200_000_000
MAX_DEPTH = 100  # of lists and dictionaries in each other; notebooks that Jupyter wrote have ten
MAX_TRIES = 10_000  # at finding a cell in a damaged file
CONFLICT = re.compile(
    r"^<{7} .*?\n(.*?)(?:^\|{7}.*?)?^={7}$.*?^>{7} .*?\n", re.MULTILINE | re.DOTALL
)
CELL_START = re.compile(r'\{\s*"(?:attachments|cell_type|execution_count|id|metadata)"\s*:')
CELL_KEYS = {"cell_type", "source"}


class NotANotebook(Exception):
    """No notebook can be had from a file; the message says why."""


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter, for files that may be damaged or misnamed."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        path = Path(filename)
        nb, notes = read_submission(path)
        resources = copy.deepcopy(resources) if resources is not None else {}
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        resources[NOTES] = notes
        resources[FINGERPRINT] = fingerprint(path.parent)
        return self.from_notebook_node(nb, resources=resources, **kwargs)


def read_submission(path: Path) -> tuple[NotebookNode, list[str]]:
    """The notebook meant by a path, and notes on what had to be done to get it."""
    notes = []
    found: dict[Path, tuple[NotebookNode, list[str]]] = {}
    for candidate in candidates(path):
        remarks: list[str] = []
        try:
            found[candidate] = read_notebook(candidate, remarks), remarks
        except NotANotebook as reason:
            notes.append(f"{plain(candidate.name)} cannot be read: {reason}")
    if not found:
        notes = notes or [f"There is no notebook {path.name}."]
        return new_notebook(), notes + stray_files(path)
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
    return nb, notes + remarks + stray_files(path)


def read_notebook(path: Path, notes: list[str]) -> NotebookNode:
    """Read one file; what had to be mended is added to the notes. Raises NotANotebook."""
    name = plain(path.name)
    text = _decode(_content(path), name, notes)
    if not text.strip("\ufeff\0 \t\r\n"):
        raise NotANotebook("it is empty.")
    text, conflicts = CONFLICT.subn(r"\1", text)
    if conflicts:
        notes.append(f"{name} held both sides of a merge conflict; the first was used.")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        cells = list(_salvage(text))
        if not cells:
            raise NotANotebook(f"it is not a notebook ({plain(str(error))}).") from None
        notes.append(f"{name} is damaged or breaks off; {len(cells)} cells could be read.")
        content = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    if not isinstance(content, dict) or not ({"cells", "worksheets"} & content.keys()):
        raise NotANotebook("it holds no cells.")
    if not _is_shallow(content):
        raise NotANotebook("it is nested too deeply.")
    return _upgrade(content, name, notes)


def _content(path: Path) -> bytes:
    if path.is_symlink() or not path.is_file():
        raise NotANotebook("it is not a plain file.")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise NotANotebook(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB.")
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotANotebook(f"{error.strerror}.") from None


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
        raise NotANotebook("its cells are damaged.")
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
        for file in layout.RELEASE.glob("*/*.ipynb")
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
