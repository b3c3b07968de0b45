"""Reading whatever a student handed in as a notebook.

Nothing here raises because of what is in a file: a file that cannot be read becomes an empty
notebook and a note that says why, and the batch goes on. Time and memory are in proportion to the
size of the file, and every size has a limit.
"""

import copy
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.corpus.words import generate_corpus_id as random_cell_id
from nbformat.v4 import new_notebook

from grader.course import layout
from grader.intake.files import (
    Found,
    Unreadable,
    Upload,
    course_timezone,
    listing,
    look_through,
    remarks,
)
from grader.intake.outputs import rebuilt
from grader.intake.submissions import fingerprint
from grader.intake.texts import normal, plain, without_conflicts

NOTES = "submission_notes"  # the key of nbconvert's resources under which notes travel
FINGERPRINT = "submission_fingerprint"
PICTURES = "submission_pictures"  # files of pictures that lie beside the notebook, by name
MAX_FILE_BYTES = 100_000_000
MAX_BYTES_IN_ALL = 200_000_000  # of all files that may be the notebook
MAX_NOTEBOOKS = 10  # files that may be the notebook and are read
MAX_PARTS = 3_000_000  # lists, dictionaries and their items: each takes up to 100 bytes of memory
MAX_CELLS = 500
MAX_CELL_CHARACTERS = 1_000_000
MAX_DEPTH = 100  # of lists and dictionaries in each other; notebooks that Jupyter wrote have ten
MAX_TRIES = 10_000  # at finding a cell in a damaged file
MAX_SALVAGED = 20_000_000  # characters that are looked at for that, some of them many times
RECURSION = 100_000  # characters that a try counts for which ends in a RecursionError
SAME_TIME = 2.0  # seconds: what an archive keeps of the time is no finer
CELL_START = re.compile(r'\{\s*"(?:attachments|cell_type|execution_count|id|metadata)"\s*:')
CELL_KEYS = {"cell_type", "source"}
KEPT_KEYS = ("cell_type", "source", "attachments", "id")  # and some of the metadata
FLAT_KEYS: tuple[str, ...] = (
    "grade_id",
    "grade",
    "solution",
    "locked",
    "points",
    "schema_version",
    "task",
)
FLAT_KEYS += ("name", "language", "display_name")  # of the notebook's own metadata


class NotANotebook(Exception):
    """No notebook can be had from a file; the message says why."""


class SubmissionExporter(NotebookExporter):
    """nbconvert's notebook exporter, for files that may be damaged or misnamed."""

    def from_filename(self, filename: str, resources: Any = None, **kwargs: Any) -> Any:
        path = Path(filename)
        if not path.absolute().is_relative_to(layout.SUBMITTED):  # what the first step made of it
            return super().from_filename(filename, resources=resources, **kwargs)
        nb, notes, pictures = read_submission(path, course_timezone(self.config))
        resources = copy.deepcopy(resources) if resources is not None else {}
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        resources[NOTES] = notes
        resources[PICTURES] = pictures
        resources[FINGERPRINT] = fingerprint(path.parent)
        return self.from_notebook_node(nb, resources=resources, **kwargs)


@dataclass
class Candidate:
    """A file that could be read as a notebook.

    upload: the file;
    notebook: what it holds;
    notes: what had to be done to read it;
    written: how many of its cells are not as they were released.
    """

    upload: Upload
    notebook: NotebookNode
    notes: list[str]
    written: int

    def is_meant(self, wanted: Path) -> tuple[bool, bool]:
        """Whether there is work in it, and whether it has the sheet's name or one made of it."""
        alike = rf"{re.escape(wanted.stem)}(?![a-z0-9])"
        return self.written > 0, bool(re.match(alike, self.upload.basename, re.IGNORECASE))

    def is_older(self, other: "Candidate") -> bool:
        """Whether it was clearly changed before another."""
        return self.upload.time < other.upload.time - SAME_TIME


def _best(candidates: list[Candidate], wanted: Path) -> Candidate:
    """Of those with work in them and the sheet's name the newest; of several, the exact name."""
    meant = max(candidate.is_meant(wanted) for candidate in candidates)
    rest = [candidate for candidate in candidates if candidate.is_meant(wanted) == meant]
    newest = [one for one in rest if not any(one.is_older(other) for other in rest)]
    return max(
        newest,
        key=lambda one: (
            one.upload.basename == wanted.name,
            -one.upload.name.count("/"),
            one.written,
        ),
    )


def read_submission(
    path: Path, timezone: str = ""
) -> tuple[NotebookNode, list[str], dict[str, Upload]]:
    """The notebook meant by a path, notes on what had to be done to get it, pictures beside it.

    timezone: see `files.handed_in`.
    """
    found = look_through(path.parent)
    candidates, notes = _read_all(found, path)
    notes += found.problems
    if not candidates:
        notes = notes or [f"There is no notebook {path.name}."]
        return new_notebook(), notes + remarks(path.parent, found, "", timezone), found.pictures
    best = _best(candidates, path)
    name = plain(best.upload.name)
    others = [other for other in candidates if other is not best]
    older = [other for other in others if other.is_older(best)]
    rest = [other for other in others if not other.is_older(best)]
    for group, why in ((older, "is newer"), (rest, "was")):
        if group:
            names = listing([other.upload.name for other in group])
            notes.append(f"Not used, because {name} {why}: {names}.")
    if best.upload.name != path.name:
        notes.append(f"{name} was taken for {path.name}.")
    text = "\n".join(cell.source for cell in best.notebook.cells if cell.get("cell_type") != "code")
    after = remarks(path.parent, found, text, timezone)
    return best.notebook, notes + best.notes + after, found.pictures


def _read_all(found: Found, path: Path) -> tuple[list[Candidate], list[str]]:
    """All files that can be read as a notebook, none twice, and why the others cannot."""
    candidates, notes = [], []
    contents: set[bytes] = set()
    room = MAX_BYTES_IN_ALL
    uploads = sorted(found.notebooks, key=lambda u: (u.name != path.name, -u.time, u.name))
    blank = _released_texts() if len(uploads) > 1 else frozenset()
    for upload in uploads[:MAX_NOTEBOOKS]:
        fixed: list[str] = []
        try:
            content = _content(upload, min(room, MAX_FILE_BYTES))
            room -= len(content)
            if content not in contents:
                contents.add(content)
                notebook = parsed(content, plain(upload.name), fixed)
                written = _written_cells(notebook, blank)
                candidates.append(Candidate(upload, notebook, fixed, written))
        except NotANotebook as reason:
            notes.append(f"{plain(upload.name)} cannot be read: {reason}")
    if len(uploads) > MAX_NOTEBOOKS:
        notes.append(f"There are {len(uploads)} notebooks; {MAX_NOTEBOOKS} were looked at.")
    return candidates, notes


def _content(upload: Upload, limit: int) -> bytes:
    try:
        return upload.read(limit)
    except Unreadable as reason:
        raise NotANotebook(str(reason)) from None


def parsed(content: bytes, name: str, notes: list[str]) -> NotebookNode:
    """The notebook in a file's content; what had to be fixed is added to the notes.

    Raises NotANotebook.
    """
    text = _decode(content, name, notes)
    if not text.strip("\ufeff\0 \t\r\n"):
        raise NotANotebook("it is empty.")
    if sum(map(text.count, "[{,")) > MAX_PARTS:
        raise NotANotebook(f"it has more than {MAX_PARTS:,} parts.")
    text, conflicts = without_conflicts(text)
    if conflicts:
        notes.append(f"{name} held both sides of a merge conflict; the first was used.")
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        cells = list(_salvage(text))
        if not cells:
            raise NotANotebook(f"it is not a notebook ({plain(str(error))}).") from None
        notes.append(f"{name} is damaged or breaks off; {len(cells)} cells could be read.")
        found = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    if not isinstance(found, dict) or not ({"cells", "worksheets"} & found.keys()):
        raise NotANotebook("it holds no cells.")
    if not _is_shallow(found):
        raise NotANotebook("it is nested too deeply.")
    return _upgrade(found, name, notes)


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
    looked_at = 0
    for _ in range(MAX_TRIES):
        found = CELL_START.search(text, position)
        if not found or looked_at > MAX_SALVAGED:
            return
        position = found.end()
        try:
            cell, position = decoder.raw_decode(text, found.start())
        except json.JSONDecodeError as error:  # the next one may be whole
            looked_at += error.pos - found.start()
        except (ValueError, RecursionError):
            looked_at += RECURSION
        else:
            looked_at += position - found.start()
            if cell.keys() >= CELL_KEYS:
                yield cell


def _is_shallow(value: object) -> bool:
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        insides = (part.values() if isinstance(part, dict) else part for part in level)
        level = [part for inside in insides for part in inside if isinstance(part, dict | list)]
        if not level:
            return True
    return False


def _upgrade(content: dict[str, Any], name: str, notes: list[str]) -> NotebookNode:
    """A version 4 notebook, though not a valid one: `repair` rebuilds every cell."""
    if "worksheets" in content:
        notes.append(f"{name} is in an old notebook format.")
        content = {"cells": list(_old_cells(content["worksheets"]))}
    if not isinstance(content["cells"], list):
        raise NotANotebook("its cells are damaged.")
    cells = [cell for cell in content["cells"] if isinstance(cell, dict)]
    if len(cells) > MAX_CELLS:
        notes.append(f"{name} holds {len(cells):,} cells; the first {MAX_CELLS:,} were used.")
    cells = [_reduced(cell) for cell in cells[:MAX_CELLS]]
    _limit_lengths(cells, name, notes)
    _settle_conflicts(cells, notes)
    if not _give_ids(cells):
        notes.append("Some cells shared a cell id.")
    metadata = content.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    flat = {key: _flat(metadata.get(key)) for key in ("kernelspec", "language_info")}
    kept = {key: value for key, value in flat.items() if value}
    return nbformat.from_dict(
        {"cells": cells, "metadata": kept, "nbformat": 4, "nbformat_minor": 5}
    )


def _reduced(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell without whatever is not looked at, its source as one text, its outputs bounded."""
    kept = {key: cell[key] for key in KEPT_KEYS if key in cell}
    kept["source"] = cell_source(cell)
    if cell.get("cell_type") == "code":
        kept["outputs"] = rebuilt(cell.get("outputs"))
    metadata = cell.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    kept["metadata"] = {"nbgrader": _flat(metadata.get("nbgrader"))}
    if isinstance(metadata.get("tags"), list) and metadata["tags"]:
        kept["metadata"]["tags"] = ["some"]
    return kept


def _flat(value: object) -> dict[str, Any]:
    """A dictionary without lists and dictionaries in it, which are replaced by words."""
    if not isinstance(value, dict):
        return {}
    known = [key for key in value if key in FLAT_KEYS]
    return {k: value[k] if _is_scalar(value[k]) else str(value[k])[:100] for k in known}


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)


def _limit_lengths(cells: list[dict[str, Any]], name: str, notes: list[str]) -> None:
    long = [cell for cell in cells if len(cell["source"]) > MAX_CELL_CHARACTERS]
    for cell in long:
        cell["source"] = cell["source"][:MAX_CELL_CHARACTERS]
    if long:
        limit = f"{MAX_CELL_CHARACTERS:,} characters"
        notes.append(f"{name}: cells with more than {limit}, which were cut: {len(long)}.")


def _settle_conflicts(cells: list[dict[str, Any]], notes: list[str]) -> None:
    """What a merge of notebooks left in the cells themselves."""
    settled = 0
    for cell in cells:
        cell["source"], conflicts = without_conflicts(cell["source"])
        settled += conflicts > 0
    if settled:
        words = "the first was used"
        notes.append(f"Cells that held both sides of a merge conflict; {words}: {settled}.")


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


def _released_texts() -> frozenset[str]:
    """The cells of all sheets as students get them."""
    return frozenset(
        normal(cell.source)
        for file in layout.RELEASE.glob("*/*.ipynb")
        for cell in nbformat.read(file, as_version=4).cells
    )


def _written_cells(nb: NotebookNode, blank: frozenset[str]) -> int:
    """How many cells are not as they were released: of two copies, the one with more counts."""
    sources = [normal(cell.source) for cell in nb.cells]
    return sum(1 for source in sources if source and source not in blank)


def cell_source(cell: dict[str, Any]) -> str:
    """A cell's text, also where it was stored as a list of lines or not at all."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.encode("utf-8", "replace").decode() if isinstance(source, str) else ""
