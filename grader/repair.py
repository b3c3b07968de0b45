"""Putting a submission back into the sheet's form, without losing anything of the student's.

What a submission says of ids, points, types and tags counts for nothing: cells are recognised,
and everything around their text is written anew from the gradebook. What was mended is noted in
the notebook's metadata, for the feedback and the grade table.
"""

from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from grader import course
from grader.execute import RECORD
from grader.intake import listing, plain
from grader.reading import FINGERPRINT, NOTES, cell_source

MANY = 6  # if more cells than this had the same happen to them, they are counted, not named
CLAIMS = ("grade", "solution", "locked", "points", "schema_version", "task")
NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class Truth:
    """What the gradebook knows of a cell.

    items: the names of all that is judged on the sheet.
    """

    grade_id: str
    cell_type: str
    source: str
    checksum: str
    locked: bool
    grade: bool
    solution: bool
    points: float | None
    items: frozenset[str] = frozenset()

    @property
    def visible(self) -> str:
        """The text as students got it."""
        return course.HIDDEN.sub("", self.source).strip()

    @property
    def unwritten(self) -> set[str]:
        """What the cell may hold although nobody wrote anything in it."""
        return {"", self.visible, self.source.strip()}

    @property
    def functions(self) -> set[str]:
        """The functions and classes that a solution cell is for."""
        return course.functions_in(self.source) if self.solution else set()

    @property
    def values(self) -> set[str]:
        """The variables that a solution cell is for: of all that it assigns, what is judged."""
        return self.items & course.variables_in(self.source) if self.solution else set()

    @property
    def is_definition(self) -> bool:
        """Whether this is a solution cell that defines something."""
        return bool(self.functions or self.values)

    def is_defined_in(self, part: "Part") -> bool:
        """Whether a part defines something that this solution cell is for."""
        if part.cell_type == "markdown":
            return False
        functions = self.functions & course.functions_in(part.source)
        return bool(functions or self.values & course.variables_in(part.source))

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

    @property
    def text(self) -> str:
        return self.source.strip()

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
        empty = not any(part.text for part in parts)
        parts = repair(parts, truths, Given.of_sheet(names["assignment"]), [] if empty else notes)
        repaired = new_notebook(cells=[part.cell() for part in parts])
        repaired.metadata["kernelspec"] = _kernelspec(names["assignment"], nb, notes)
        repaired.metadata[RECORD] = NotebookNode(repairs=notes, submission=resources[FINGERPRINT])
        return repaired, resources


def read_truths(db_url: str, sheet: str, notebook: str) -> list[Truth]:
    """The gradebook's cells of a notebook, in the order of the source notebook."""
    with Gradebook(db_url) as gradebook:
        known = gradebook.find_notebook(notebook, sheet)
        items = frozenset(course.judged_item(cell.source) for cell in known.source_cells)
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
                items,
            )
            for cell in known.source_cells
        }
    order = [name for name in course.graded_cells(sheet) if name in truths]
    return [truths[name] for name in [*order, *sorted(truths.keys() - set(order))]]


@dataclass(frozen=True)
class Given:
    """The cells that students get and need not change.

    types: by their texts; followed_by: the grade id of the graded cell right below.
    """

    types: dict[str, str]
    followed_by: dict[str, str]

    @classmethod
    def of_sheet(cls, sheet: str) -> "Given":
        types, followed_by = {}, {}
        above = ""
        for cell in course.read_source(sheet).cells:
            text = cell.source.strip()
            if "nbgrader" not in cell.metadata:
                types[text] = cell.cell_type
            elif above in types:
                followed_by[above] = cell.metadata.nbgrader.grade_id
            above = text
        return cls(types, followed_by)


def repair(parts: list[Part], truths: list[Truth], given: Given, notes: list[str]) -> list[Part]:
    """The sheet's form: every graded cell once, in its place, as the gradebook says."""
    _recognise(parts, truths, given, notes)
    _note_changes(parts, notes)
    _restore_types(parts, given, notes)
    parts = _without_duplicates(parts, truths, notes)
    parts = _with_original_tests(parts, notes)
    return _complete(parts, truths, given, notes)


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


def _recognise(parts: list[Part], truths: list[Truth], given: Given, notes: list[str]) -> None:
    """Match cells to the gradebook: by what they plainly are, else by grade id, cell id, place."""
    by_id = {truth.grade_id: truth for truth in truths}
    named = [by_id.get(str(part.claimed.get("grade_id"))) for part in parts]
    claims = [c or by_id.get(p.cell_id) for p, c in zip(parts, named, strict=True)]
    homeless = _homeless(parts, claims, truths)
    wrong, unknown = [], []
    for part, claim in zip(parts, claims, strict=True):
        part.truth = _evident(part, claim, truths, homeless) or claim
        if claim is not None and part.truth is not claim:
            wrong.append(part.truth.grade_id)
        if part.claimed.get("grade_id") and claim is None:
            unknown.append(plain(str(part.claimed["grade_id"]), 40))
    _recognise_by_place(parts, by_id, given)
    lost = [p.truth.grade_id for p, c in zip(parts, named, strict=True) if p.truth and not c]
    _tell(notes, "had lost its id", "had lost their ids", lost)
    _tell(notes, "had the id of another cell", "had the ids of other cells", wrong)
    if unknown:
        notes.append(f"Ids that the sheet does not have: {listing(unknown)}.")


def _homeless(parts: list[Part], claims: list[Truth | None], truths: list[Truth]) -> list[Truth]:
    """What is not written in the cells that claim to be the ones for it."""
    at_home = {
        claim.grade_id
        for part, claim in zip(parts, claims, strict=True)
        if claim and claim.is_defined_in(part) and part.text not in claim.unwritten
    }
    return [truth for truth in truths if truth.is_definition and truth.grade_id not in at_home]


def _evident(
    part: Part, claim: Truth | None, truths: list[Truth], homeless: list[Truth]
) -> Truth | None:
    """The graded cell that a part is by its text, or by what it defines, if there is just one."""
    same = [truth for truth in truths if part.text and part.text in truth.unwritten]
    if not same and not (claim and claim.is_defined_in(part)):
        same = [truth for truth in homeless if truth.is_defined_in(part)]
    return same[0] if len(same) == 1 else None


def _recognise_by_place(parts: list[Part], by_id: dict[str, Truth], given: Given) -> None:
    """The rest, written answers above all: by the question that they stand below."""
    taken = {part.truth.grade_id for part in parts if part.truth}
    above = ""
    for part in parts:
        truth = by_id.get(given.followed_by.get(above, ""))
        free = part.truth is None and part.text and part.text not in given.types
        if free and truth and truth.grade_id not in taken:
            part.truth = truth
        above = part.text


def _note_changes(parts: list[Part], notes: list[str]) -> None:
    known = [part for part in parts if part.truth]
    types = [p.truth.grade_id for p in known if p.cell_type != p.truth.cell_type]
    _tell(notes, "had been turned into another type", "had been turned into other types", types)
    settings = [p.truth.grade_id for p in known if p.claimed and _has_other_settings(p)]
    _tell(notes, "had other grading settings", "had other grading settings", settings)
    if any(part.tags for part in parts):
        notes.append("Cell tags were removed.")


def _has_other_settings(part: Part) -> bool:
    true = part.truth.metadata()
    claimed, known = part.claimed, part.truth.grade_id == part.claimed.get("grade_id")
    return known and any(claimed.get(key) != true.get(key) for key in CLAIMS)


def _restore_types(parts: list[Part], given: Given, notes: list[str]) -> None:
    """The sheet's own cells that are not graded: an import that became text imports nothing."""
    changed = [
        p for p in parts if not p.truth and given.types.get(p.text, p.cell_type) != p.cell_type
    ]
    for part in changed:
        part.cell_type = given.types[part.text]
    if changed:
        notes.append(f"Cells of the sheet with a changed type, which was restored: {len(changed)}.")


def _without_duplicates(parts: list[Part], truths: list[Truth], notes: list[str]) -> list[Part]:
    """Each recognised cell once; what a student wrote in a second one stays as a plain cell."""
    kept = list(parts)
    for truth in truths:
        same = [part for part in kept if part.truth is truth]
        if len(same) < 2:
            continue
        notes.append(f"The cell {truth.grade_id} was there {len(same)} times.")
        chosen = _chosen(same, truth, _before_test(kept, truth, truths))
        texts = truth.unwritten | {chosen.text}
        kept = [p for p in kept if p not in same or p is chosen or p.text not in texts]
        for part in same:
            if part is not chosen:
                part.truth = None
    return kept


def _chosen(same: list[Part], truth: Truth, before_test: list[Part]) -> Part:
    """Of a test cell the first; else what is in force at the test when run from the top."""
    if truth.locked:
        return next((part for part in same if part.text in truth.unwritten), same[0])
    written = [part for part in same if part.text not in truth.unwritten] or same
    return ([part for part in written if part in before_test] or written)[-1]


def _before_test(parts: list[Part], truth: Truth, truths: list[Truth]) -> list[Part]:
    """The parts that stand before the first test that comes after a cell in the sheet."""
    test = next((t for t in truths[truths.index(truth) :] if t.locked), None)
    places = [i for i, part in enumerate(parts) if test and part.truth is test]
    return parts[: places[0]] if places else parts


def _with_original_tests(parts: list[Part], notes: list[str]) -> list[Part]:
    """Locked cells get their text back; what a student added to one stays, as a cell before it."""
    kept, changed = [], []
    for part in parts:
        truth = part.truth
        if truth and truth.locked:
            if part.text not in truth.unwritten:
                changed.append(truth.grade_id)
                if _own_lines(part) - _own_lines(Part("code", truth.source)):
                    kept.append(Part(part.cell_type, part.source))
            part.source = truth.source
        kept.append(part)
    words = "had been changed; the original was used"
    _tell(notes, words, words, changed)
    return kept


def _own_lines(part: Part) -> set[str]:
    lines = {line.strip() for line in part.source.splitlines()}
    return {line for line in lines if line and not line.startswith("#")}


def _complete(parts: list[Part], truths: list[Truth], given: Given, notes: list[str]) -> list[Part]:
    """Put missing and misplaced cells behind the one that comes before them in the sheet."""
    missing, moved = [], []
    previous = -1
    for truth in truths:
        place = next((i for i, part in enumerate(parts) if part.truth is truth), None)
        if place is None:
            missing.append(truth.grade_id)
            place = _behind(parts, previous, given)
            parts.insert(place, _new_part(truth, parts))
        elif truth.locked and place < previous:
            moved.append(truth.grade_id)
            part = parts.pop(place)
            place = _behind(parts, previous - 1, given)
            parts.insert(place, part)
        previous = place
    _tell(notes, "was missing and was put back", "were missing and were put back", missing)
    words = "stood before the cell it belongs to"
    _tell(notes, words, "stood before the cells they belong to", moved)
    return parts


def _new_part(truth: Truth, parts: list[Part]) -> Part:
    """A missing cell; empty where its blank form would replace what is written elsewhere."""
    elsewhere = any(truth.is_defined_in(part) for part in parts)
    return Part(truth.cell_type, "" if elsewhere else truth.source, truth=truth)


def _behind(parts: list[Part], previous: int, given: Given) -> int:
    """The place behind a cell, and behind the code cells of their own that students added to it."""
    place = previous + 1
    for i in range(place, len(parts)):
        if parts[i].truth:
            break
        if parts[i].cell_type == "code" and parts[i].text not in given.types:
            place = i + 1
    return place


def _tell(notes: list[str], one: str, many: str, names: list[str]) -> None:
    """Note the same about some cells: by name, or how many."""
    if len(names) > MANY:
        notes.append(f"{len(names)} cells of the sheet {many}.")
    else:
        notes += [f"The cell {name} {one}." for name in names]


def _kernelspec(sheet: str, nb: NotebookNode, notes: list[str]) -> NotebookNode:
    wanted = course.read_source(sheet).metadata.kernelspec
    given, info = (nb.metadata.get(key) for key in ("kernelspec", "language_info"))
    given, info = (value if isinstance(value, dict) else {} for value in (given, info))
    language = given.get("language") or info.get("name") or "python"
    if language != "python":
        name = plain(str(given.get("name", language)), 40)
        notes.append(f"The notebook was set to another kernel ({name}).")
    return wanted
