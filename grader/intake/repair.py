"""Putting a submission back into the sheet's form, without losing anything of the student's.

What a submission says of ids, points, types and tags counts for nothing: cells are recognised,
and everything around their text is written anew from the gradebook. What was mended is noted in
the notebook's metadata, for the feedback and the grade table.
"""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import TypeGuard, TypeVar

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.course import outline
from grader.intake.files import listing, plain
from grader.intake.reading import FINGERPRINT, NOTES, cell_source
from grader.record import Record

T = TypeVar("T")

MANY = 6  # if more cells than this had the same happen to them, they are counted, not named
CLAIMS = ("grade", "solution", "locked", "points", "schema_version", "task")
NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


@dataclass(frozen=True)
class CellSpec:
    """A graded cell as the gradebook has it.

    grade_id: its id, the same word in notebook and gradebook;
    cell_type: "code", "markdown" or "raw";
    source: its text, hidden tests included;
    checksum: nbgrader's, over text and settings;
    locked: whether students may not change it (a test);
    grade: whether it has points;
    solution: whether students answer in it;
    points: the most it can earn; None where it has none;
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
        return outline.HIDDEN.sub("", self.source).strip()

    @property
    def unwritten(self) -> set[str]:
        """What the cell may hold although nobody wrote anything in it."""
        return {"", self.visible, self.source.strip()}

    @property
    def functions(self) -> set[str]:
        """The functions and classes that a solution cell is for."""
        return outline.functions_in(self.source) if self.solution else set()

    @property
    def values(self) -> Set[str]:
        """The variables that a solution cell is for: of all that it assigns, what is judged."""
        return self.items & outline.variables_in(self.source) if self.solution else set()

    @property
    def is_definition(self) -> bool:
        """Whether this is a solution cell that defines something."""
        return bool(self.functions or self.values)

    def is_defined_in(self, cell: "StudentCell") -> bool:
        """Whether a cell defines something that this solution cell is for."""
        if cell.cell_type == "markdown":
            return False
        functions = self.functions & outline.functions_in(cell.source)
        return bool(functions or self.values & outline.variables_in(cell.source))

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
class StudentCell:
    """A cell of a submission on its way.

    cell_type: as handed in, "raw" where it was none of nbformat's;
    source: the student's text;
    attachments: pictures in a text, by name;
    claimed: nbgrader's metadata as handed in, which counts for nothing;
    tags: as handed in;
    cell_id: as handed in;
    spec: the cell of the gradebook it was recognised as, if any.
    """

    cell_type: str
    source: str
    attachments: dict = field(default_factory=dict)
    claimed: dict = field(default_factory=dict)
    tags: list = field(default_factory=list)
    cell_id: str = ""
    spec: CellSpec | None = None

    @property
    def text(self) -> str:
        return self.source.strip()

    def as_node(self) -> NotebookNode:
        """The cell as it goes on, with the metadata of what it was recognised as."""
        kind = self.spec.cell_type if self.spec else self.cell_type
        node = NEW_CELL[kind](source=self.source)
        if self.attachments and kind == "markdown":
            node["attachments"] = self.attachments
        if self.spec:
            node.metadata["nbgrader"] = NotebookNode(self.spec.metadata())
            node["id"] = self.spec.grade_id
        return node


Cells = list[StudentCell]
Specs = list[CellSpec]


class RepairNotebook(NbGraderPreprocessor):
    """The first of the sanitising steps."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        specs = read_specs(names["db_url"], names["assignment"], names["notebook"])
        notes = list(resources.get(NOTES, ()))
        cells = [cell for cell in map(_student_cell, nb.cells) if cell is not None]
        empty = not any(cell.text for cell in cells)
        cells = repair(cells, specs, Given.of_sheet(names["assignment"]), [] if empty else notes)
        repaired = new_notebook(cells=[cell.as_node() for cell in cells])
        repaired.metadata["kernelspec"] = _kernelspec(names["assignment"], nb, notes)
        Record(submission=resources[FINGERPRINT], repairs=tuple(notes)).write(repaired)
        return repaired, resources


def read_specs(db_url: str, sheet: str, notebook: str) -> Specs:
    """The gradebook's cells of a notebook, in the order of the source notebook."""
    with Gradebook(db_url) as gradebook:
        known = gradebook.find_notebook(notebook, sheet)
        judged = (outline.judged_item(cell.source) for cell in known.source_cells)
        items = frozenset(name for name in judged if name is not None)
        points = {cell.name: cell.max_score for cell in known.grade_cells}
        solutions = {cell.name for cell in known.solution_cells}
        specs = {
            cell.name: CellSpec(
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
    order = [name for name in outline.graded_cells(sheet) if name in specs]
    return [specs[name] for name in [*order, *sorted(specs.keys() - set(order))]]


@dataclass(frozen=True)
class Given:
    """The cells that students get and need not change.

    types: their types, by their texts;
    followed_by: the grade id of the graded cell right below, by their texts.
    """

    types: dict[str, str]
    followed_by: dict[str, str]

    @classmethod
    def of_sheet(cls, sheet: str) -> "Given":
        types, followed_by = {}, {}
        above = ""
        for cell in outline.read_source(sheet).cells:
            text = cell.source.strip()
            if "nbgrader" not in cell.metadata:
                types[text] = cell.cell_type
            elif above in types:
                followed_by[above] = cell.metadata.nbgrader.grade_id
            above = text
        return cls(types, followed_by)


def repair(cells: Cells, specs: Specs, given: Given, notes: list[str]) -> Cells:
    """The sheet's form: every graded cell once, in its place, as the gradebook says."""
    _recognise(cells, specs, given, notes)
    _note_changes(cells, notes)
    _restore_types(cells, given, notes)
    cells = _without_duplicates(cells, specs, notes)
    cells = _with_original_tests(cells, notes)
    return _complete(cells, specs, given, notes)


def _student_cell(raw: object) -> StudentCell | None:
    if not isinstance(raw, dict):
        return None
    kind, attachments = str(raw.get("cell_type")), raw.get("attachments")
    metadata = _of_type(dict, raw.get("metadata"))
    return StudentCell(
        kind if kind in NEW_CELL else "raw",
        cell_source(raw),
        attachments if _are_attachments(attachments) else {},
        _of_type(dict, metadata.get("nbgrader")),
        _of_type(list, metadata.get("tags")),
        _of_type(str, raw.get("id")),
    )


def _of_type(kind: type[T], value: object) -> T:
    """A value of the expected type; an empty one in the place of any other."""
    return value if isinstance(value, kind) else kind()


def _are_attachments(value: object) -> TypeGuard[dict]:
    return isinstance(value, dict) and all(
        isinstance(bundle, dict) and all(isinstance(data, str) for data in bundle.values())
        for bundle in value.values()
    )


def _recognise(cells: Cells, specs: Specs, given: Given, notes: list[str]) -> None:
    """Match cells to the gradebook: by what they plainly are, else by grade id, cell id, place."""
    by_id = {spec.grade_id: spec for spec in specs}
    named = [by_id.get(str(cell.claimed.get("grade_id"))) for cell in cells]
    claims = [c or by_id.get(p.cell_id) for p, c in zip(cells, named, strict=True)]
    unclaimed = _unclaimed(cells, claims, specs)
    wrong, unknown = [], []
    for cell, claim in zip(cells, claims, strict=True):
        cell.spec = _recognised_as(cell, claim, specs, unclaimed) or claim
        if claim is not None and cell.spec is not None and cell.spec is not claim:
            wrong.append(cell.spec.grade_id)
        if cell.claimed.get("grade_id") and claim is None:
            unknown.append(plain(str(cell.claimed["grade_id"]), 40))
    _recognise_by_place(cells, by_id, given)
    lost = [p.spec.grade_id for p, c in zip(cells, named, strict=True) if p.spec and not c]
    _tell(notes, "had lost its id", "had lost their ids", lost)
    _tell(notes, "had the id of another cell", "had the ids of other cells", wrong)
    if unknown:
        notes.append(f"Ids that the sheet does not have: {listing(unknown)}.")


def _unclaimed(cells: Cells, claims: list[CellSpec | None], specs: Specs) -> Specs:
    """Solution cells whose function is not defined in the cell that carries their id."""
    claimed = {
        claim.grade_id
        for cell, claim in zip(cells, claims, strict=True)
        if claim and claim.is_defined_in(cell) and cell.text not in claim.unwritten
    }
    return [spec for spec in specs if spec.is_definition and spec.grade_id not in claimed]


def _recognised_as(
    cell: StudentCell, claim: CellSpec | None, specs: Specs, unclaimed: Specs
) -> CellSpec | None:
    """The one graded cell whose text the cell has, or whose function it defines.

    None if there is none or several.
    """
    same = [spec for spec in specs if cell.text and cell.text in spec.unwritten]
    if not same and not (claim and claim.is_defined_in(cell)):
        same = [spec for spec in unclaimed if spec.is_defined_in(cell)]
    return same[0] if len(same) == 1 else None


def _recognise_by_place(cells: Cells, by_id: dict[str, CellSpec], given: Given) -> None:
    """The rest, written answers above all: by the question that they stand below."""
    taken = {cell.spec.grade_id for cell in cells if cell.spec}
    above = ""
    for cell in cells:
        spec = by_id.get(given.followed_by.get(above, ""))
        free = cell.spec is None and cell.text and cell.text not in given.types
        if free and spec and spec.grade_id not in taken:
            cell.spec = spec
        above = cell.text


def _note_changes(cells: Cells, notes: list[str]) -> None:
    known = [(cell, cell.spec) for cell in cells if cell.spec]
    types = [spec.grade_id for cell, spec in known if cell.cell_type != spec.cell_type]
    _tell(notes, "had been turned into another type", "had been turned into other types", types)
    settings = [spec.grade_id for cell, spec in known if _has_other_settings(cell, spec)]
    _tell(notes, "had other grading settings", "had other grading settings", settings)
    if any(cell.tags for cell in cells):
        notes.append("Cell tags were removed.")


def _has_other_settings(cell: StudentCell, spec: CellSpec) -> bool:
    true, claimed = spec.metadata(), cell.claimed
    known = spec.grade_id == claimed.get("grade_id")
    return known and any(claimed.get(key) != true.get(key) for key in CLAIMS)


def _restore_types(cells: Cells, given: Given, notes: list[str]) -> None:
    """The sheet's own cells that are not graded: an import that became text imports nothing."""
    changed = [
        p for p in cells if not p.spec and given.types.get(p.text, p.cell_type) != p.cell_type
    ]
    for cell in changed:
        cell.cell_type = given.types[cell.text]
    if changed:
        notes.append(f"Cells of the sheet with a changed type, which was restored: {len(changed)}.")


def _without_duplicates(cells: Cells, specs: Specs, notes: list[str]) -> Cells:
    """Each recognised cell once; what a student wrote in a second one stays as a plain cell."""
    kept = list(cells)
    for spec in specs:
        same = [cell for cell in kept if cell.spec is spec]
        if len(same) < 2:
            continue
        notes.append(f"The cell {spec.grade_id} was there {len(same)} times.")
        chosen = _chosen(same, spec, _before_test(kept, spec, specs))
        texts = spec.unwritten | {chosen.text}
        kept = [p for p in kept if p not in same or p is chosen or p.text not in texts]
        for cell in same:
            if cell is not chosen:
                cell.spec = None
    return kept


def _chosen(same: Cells, spec: CellSpec, before_test: Cells) -> StudentCell:
    """Of a test cell the first; else what is in force at the test when run from the top."""
    if spec.locked:
        return next((cell for cell in same if cell.text in spec.unwritten), same[0])
    written = [cell for cell in same if cell.text not in spec.unwritten] or same
    return ([cell for cell in written if cell in before_test] or written)[-1]


def _before_test(cells: Cells, spec: CellSpec, specs: Specs) -> Cells:
    """The cells that stand before the first test that comes after a cell in the sheet."""
    test = next((t for t in specs[specs.index(spec) :] if t.locked), None)
    places = [i for i, cell in enumerate(cells) if test and cell.spec is test]
    return cells[: places[0]] if places else cells


def _with_original_tests(cells: Cells, notes: list[str]) -> Cells:
    """Locked cells get their text back; what a student added to one stays, as a cell before it."""
    kept, changed = [], []
    for cell in cells:
        spec = cell.spec
        if spec and spec.locked:
            if cell.text not in spec.unwritten:
                changed.append(spec.grade_id)
                if _own_lines(cell) - _own_lines(StudentCell("code", spec.source)):
                    kept.append(StudentCell(cell.cell_type, cell.source))
            cell.source = spec.source
        kept.append(cell)
    words = "had been changed; the original was used"
    _tell(notes, words, words, changed)
    return kept


def _own_lines(cell: StudentCell) -> set[str]:
    lines = {line.strip() for line in cell.source.splitlines()}
    return {line for line in lines if line and not line.startswith("#")}


def _complete(cells: Cells, specs: Specs, given: Given, notes: list[str]) -> Cells:
    """Put missing and misplaced cells behind the one that comes before them in the sheet."""
    missing, moved = [], []
    previous = -1
    for spec in specs:
        place = next((i for i, cell in enumerate(cells) if cell.spec is spec), None)
        if place is None:
            missing.append(spec.grade_id)
            place = _behind(cells, previous, given)
            cells.insert(place, _missing_cell(spec, cells))
        elif spec.locked and place < previous:
            moved.append(spec.grade_id)
            cell = cells.pop(place)
            place = _behind(cells, previous - 1, given)
            cells.insert(place, cell)
        previous = place
    _tell(notes, "was missing and was put back", "were missing and were put back", missing)
    words = "stood before the cell it belongs to"
    _tell(notes, words, "stood before the cells they belong to", moved)
    return cells


def _missing_cell(spec: CellSpec, cells: Cells) -> StudentCell:
    """A missing cell; empty where its blank form would replace what is written elsewhere."""
    elsewhere = any(spec.is_defined_in(cell) for cell in cells)
    return StudentCell(spec.cell_type, "" if elsewhere else spec.source, spec=spec)


def _behind(cells: Cells, previous: int, given: Given) -> int:
    """The place behind a cell, and behind the code cells of their own that students added to it."""
    place = previous + 1
    for i in range(place, len(cells)):
        if cells[i].spec:
            break
        if cells[i].cell_type == "code" and cells[i].text not in given.types:
            place = i + 1
    return place


def _tell(notes: list[str], one: str, many: str, names: list[str]) -> None:
    """Note the same about some cells: by name, or how many."""
    if len(names) > MANY:
        notes.append(f"{len(names)} cells of the sheet {many}.")
    else:
        notes += [f"The cell {name} {one}." for name in names]


def _kernelspec(sheet: str, nb: NotebookNode, notes: list[str]) -> NotebookNode:
    wanted = outline.read_source(sheet).metadata.kernelspec
    given, info = (nb.metadata.get(key) for key in ("kernelspec", "language_info"))
    given, info = (value if isinstance(value, dict) else {} for value in (given, info))
    language = given.get("language") or info.get("name") or "python"
    if language != "python":
        name = plain(str(given.get("name", language)), 40)
        notes.append(f"The notebook was set to another kernel ({name}).")
    return wanted
