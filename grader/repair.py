"""Putting a submission back into the sheet's form, without losing anything of the student's.

What a submission says of ids, points, types and tags counts for nothing: cells are recognised,
and everything around their text is written anew from the gradebook. What was mended is noted in
the notebook's metadata, for the feedback and the grade table.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from grader import course
from grader.execute import RECORD
from grader.reading import FINGERPRINT, NOTES, cell_source

DEFINITION = re.compile(r"^(?:async\s+)?(?:def|class)\s+(\w+)", re.MULTILINE)
MANY = 6  # more missing cells than this are counted, not named
NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class Truth:
    """What the gradebook knows of a cell."""

    grade_id: str
    cell_type: str
    source: str
    checksum: str
    locked: bool
    grade: bool
    solution: bool
    points: float | None

    @property
    def visible(self) -> str:
        """The text as students got it."""
        return course.HIDDEN.sub("", self.source).strip()

    @property
    def defines(self) -> set[str]:
        return set(DEFINITION.findall(self.source)) if self.solution else set()

    def metadata(self) -> dict:
        """nbgrader's metadata for the cell, all of it."""
        meta = {
            "grade_id": self.grade_id,
            "grade": self.grade,
            "solution": self.solution,
            "locked": self.locked,
            "task": False,
            "cell_type": self.cell_type,
            "checksum": self.checksum,
            "schema_version": 3,
        }
        return meta | ({"points": self.points} if self.grade else {})


@dataclass(eq=False)  # two equal cells are still two cells
class Part:
    """A cell on its way: the student's text, and the truth it was recognised as, if any."""

    cell_type: str
    source: str
    attachments: dict = field(default_factory=dict)
    claimed: dict = field(default_factory=dict)
    tags: list = field(default_factory=list)
    cell_id: str = ""
    truth: Truth | None = None

    def cell(self) -> NotebookNode:
        kind = self.truth.cell_type if self.truth else self.cell_type
        cell = NEW_CELL[kind](source=self.source)
        if self.attachments and kind == "markdown":
            cell["attachments"] = self.attachments
        if self.truth:
            cell.metadata["nbgrader"] = NotebookNode(self.truth.metadata())
            cell["id"] = self.truth.grade_id
        return cell


class RepairNotebook(NbGraderPreprocessor):
    """The first of the sanitising steps."""

    def preprocess(self, nb: NotebookNode, resources: dict):
        names = resources["nbgrader"]
        truths = read_truths(names["db_url"], names["assignment"], names["notebook"])
        notes = list(resources.get(NOTES, ()))
        parts = [part for part in map(_part, nb.cells) if part is not None]
        empty = not any(part.source.strip() for part in parts)
        parts = repair(parts, truths, [] if empty else notes)
        repaired = new_notebook(cells=[part.cell() for part in parts])
        repaired.metadata["kernelspec"] = _kernelspec(names["assignment"], nb, notes)
        repaired.metadata[RECORD] = NotebookNode(repairs=notes, submission=resources[FINGERPRINT])
        return repaired, resources


def read_truths(db_url: str, sheet: str, notebook: str) -> list[Truth]:
    """The gradebook's cells of a notebook, in the order of the source notebook."""
    with Gradebook(db_url) as gradebook:
        known = gradebook.find_notebook(notebook, sheet)
        points = {cell.name: cell.max_score for cell in known.grade_cells}
        solutions = {cell.name for cell in known.solution_cells}
        truths = {
            cell.name: Truth(
                cell.name,
                cell.cell_type,
                cell.source,
                cell.checksum,
                cell.locked,
                cell.name in points,
                cell.name in solutions,
                points.get(cell.name),
            )
            for cell in known.source_cells
        }
    order = [name for name in course.graded_cells(sheet) if name in truths]
    return [truths[name] for name in [*order, *sorted(truths.keys() - set(order))]]


def repair(parts: list[Part], truths: list[Truth], notes: list[str]) -> list[Part]:
    """The parts in the sheet's form: every graded cell once, in its place, as the gradebook says."""
    _recognise(parts, truths, notes)
    _note_changes(parts, notes)
    parts = _without_duplicates(parts, truths, notes)
    return _complete(parts, truths, notes)


def _part(cell: object) -> Part | None:
    if not isinstance(cell, dict):
        return None
    kind = cell.get("cell_type")
    metadata = cell.get("metadata") if isinstance(cell.get("metadata"), dict) else {}
    attachments = cell.get("attachments")
    return Part(
        kind if kind in NEW_CELL else "raw",
        cell_source(cell),
        attachments if _are_attachments(attachments) else {},
        metadata.get("nbgrader") if isinstance(metadata.get("nbgrader"), dict) else {},
        metadata.get("tags") if isinstance(metadata.get("tags"), list) else [],
        cell.get("id") if isinstance(cell.get("id"), str) else "",
    )


def _are_attachments(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(bundle, dict) and all(isinstance(data, str) for data in bundle.values())
        for bundle in value.values()
    )


def _recognise(parts: list[Part], truths: list[Truth], notes: list[str]) -> None:
    """Match cells to the gradebook: by grade id, else by cell id, by text, by what they define."""
    by_id = {truth.grade_id: truth for truth in truths}
    for part in parts:
        part.truth = by_id.get(str(part.claimed.get("grade_id")))
    for part in parts:
        seen = {other.truth.grade_id for other in parts if other.truth}
        if part.truth is not None or not part.source.strip():
            continue
        lost = [truth for truth in truths if truth.grade_id not in seen]
        part.truth = _guess(part, lost)
        if part.truth is not None:
            notes.append(f"The cell {part.truth.grade_id} had lost its id.")


def _guess(part: Part, lost: list[Truth]) -> Truth | None:
    text = part.source.strip()
    defined = set(DEFINITION.findall(part.source)) if part.cell_type == "code" else set()
    for truth in lost:
        if part.cell_id == truth.grade_id or text in (truth.source.strip(), truth.visible):
            return truth
    return next((truth for truth in lost if truth.defines & defined), None)


def _note_changes(parts: list[Part], notes: list[str]) -> None:
    for part in parts:
        truth = part.truth
        if truth is None:
            continue
        name, claimed = truth.grade_id, part.claimed
        if part.cell_type != truth.cell_type:
            notes.append(f"The cell {name} had been turned from {truth.cell_type} to another type.")
        if truth.grade and claimed and claimed.get("points") != truth.points:
            notes.append(f"The points of the cell {name} had been changed.")
        if truth.locked and part.source.strip() not in (truth.visible, truth.source.strip()):
            notes.append(f"The test cell {name} had been changed; the original was used.")
    if any(part.tags for part in parts):
        notes.append("Cell tags were removed.")


def _without_duplicates(parts: list[Part], truths: list[Truth], notes: list[str]) -> list[Part]:
    """Each recognised cell once; what a student wrote in a second one stays as a plain cell."""
    kept = list(parts)
    for truth in truths:
        same = [part for part in kept if part.truth is truth]
        if truth.locked:
            dropped, chosen = same[1:], same[:1]
        else:
            written = [part for part in same if part.source.strip() != truth.source.strip()]
            chosen = (written or same)[-1:]
            texts = {part.source.strip() for part in chosen} | {truth.source.strip()}
            dropped = [p for p in same if p not in chosen and p.source.strip() in texts]
            for part in same:
                if part not in chosen:
                    part.truth = None
        if len(same) > 1:
            notes.append(f"The cell {truth.grade_id} was there {len(same)} times.")
        kept = [part for part in kept if part not in dropped]
    return kept


def _complete(parts: list[Part], truths: list[Truth], notes: list[str]) -> list[Part]:
    """Locked cells get their text back; missing and misplaced ones go behind the cell before."""
    missing = []
    previous = -1
    for truth in truths:
        place = next((i for i, part in enumerate(parts) if part.truth is truth), None)
        if place is None:
            parts.insert(previous + 1, Part(truth.cell_type, truth.source, truth=truth))
            missing.append(truth.grade_id)
            place = previous + 1
        elif truth.locked:
            parts[place].source = truth.source
            if place < previous:
                parts.insert(previous, parts.pop(place))
                notes.append(f"The cell {truth.grade_id} stood before the cell it belongs to.")
                place = previous
        previous = place
    notes += _missing_notes(missing)
    return parts


def _missing_notes(missing: list[str]) -> Iterable[str]:
    if len(missing) > MANY:
        return [f"{len(missing)} cells of the sheet were missing and were put back, unanswered."]
    return [f"The cell {name} was missing and was put back." for name in missing]


def _kernelspec(sheet: str, nb: NotebookNode, notes: list[str]) -> NotebookNode:
    wanted = course.read_source(sheet).metadata.kernelspec
    given = nb.metadata.get("kernelspec", {})
    name = given.get("name") if isinstance(given, dict) else None
    language = given.get("language", "python") if isinstance(given, dict) else "python"
    if name and language != "python":
        notes.append(f"The notebook was set to another kernel ({name}).")
    return wanted
