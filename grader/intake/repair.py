"""Putting a submission back into the sheet's form, without losing anything of the student's.

What a submission says of ids, points, types and tags counts for nothing: cells are recognised,
and everything around their text is written again from the gradebook. What was repaired is noted in
the record.
"""

from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, GradeCell, MissingEntry, SourceCell, TaskCell
from nbgrader.preprocessors import NbGraderPreprocessor, OverwriteCells

from grader.course import outline
from grader.intake.answers import code_notes, with_answers
from grader.intake.cells import NEW_CELL, Cells, CellSpec, Given, Specs, StudentCell, read_specs
from grader.intake.display import Trial
from grader.intake.files import listing
from grader.intake.outputs import MAX_IN_ALL, size
from grader.intake.pictures import Pictures
from grader.intake.reading import FINGERPRINT, NOTES, PICTURES
from grader.intake.texts import plain, tell, tidy
from grader.record import Record

CLAIMS = ("grade", "solution", "locked", "points", "schema_version", "task")


class OverwriteCellsAtOnce(OverwriteCells):
    """OverwriteCells that asks the gradebook once, and not for each cell."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        self.notebook_id, self.assignment_id = names["notebook"], names["assignment"]
        with Gradebook(names["db_url"]) as book:
            self.gradebook = _SourceCells(book, self.notebook_id, self.assignment_id)
            return NbGraderPreprocessor.preprocess(self, nb, resources)


class _SourceCells:
    """What OverwriteCells asks a gradebook for each cell, found at once."""

    def __init__(self, book: Gradebook, notebook: str, sheet: str):
        known = book.find_notebook(notebook, sheet)
        self._source = {cell.name: cell for cell in known.source_cells}
        self._graded = {
            cell.name: cell
            for kind in (GradeCell, TaskCell)
            for cell in book.db.query(kind).filter_by(notebook_id=known.id)
        }

    def find_source_cell(self, name: str, *names: str) -> SourceCell:
        """Raises MissingEntry where the sheet has no such cell."""
        if name not in self._source:
            raise MissingEntry(f"No such source cell: {name}")
        return self._source[name]

    def find_graded_cell(self, name: str, *names: str) -> GradeCell | TaskCell:
        """Raises MissingEntry where no such cell of the sheet earns points."""
        if name not in self._graded:
            raise MissingEntry(f"No such graded cell: {name}")
        return self._graded[name]


class RepairNotebook(NbGraderPreprocessor):
    """The first of the sanitising steps."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        names = resources["nbgrader"]
        specs = read_specs(names["db_url"], names["assignment"], names["notebook"])
        notes = list(resources.get(NOTES, ()))
        pictures = Pictures(resources.get(PICTURES, {}))
        cells = [_student_cell(cell, pictures) for cell in nb.cells]
        notes += pictures.notes()
        empty = not any(cell.text for cell in cells)
        given = Given.of_sheet(names["assignment"])
        cells = repair(cells, specs, given, [] if empty else notes)
        _limit_outputs(cells, given)
        _show_all(cells, notes)
        repaired = new_notebook(cells=[cell.as_node(i) for i, cell in enumerate(cells)])
        repaired.metadata["kernelspec"] = _kernelspec(names["assignment"], nb, notes)
        Record(submission=resources[FINGERPRINT], repairs=tuple(notes)).write(repaired)
        return repaired, resources


def repair(cells: Cells, specs: Specs, given: Given, notes: list[str]) -> Cells:
    """The sheet's form: every graded cell once, in its place, as the gradebook says."""
    _recognise(cells, specs, given, notes)
    _note_changes(cells, notes)
    _restore_types(cells, given, notes)
    cells = _without_duplicates(cells, specs, notes)
    cells = _with_original_tests(cells, notes)
    cells = _complete(cells, specs, given, notes)
    cells = with_answers(cells, specs, given, notes)
    notes += code_notes(cells)
    return cells


def _student_cell(raw: NotebookNode, pictures: Pictures) -> StudentCell:
    kind = raw.get("cell_type")
    kind = kind if kind in NEW_CELL else "raw"
    source = tidy(raw.source)
    attachments: dict = {}
    if kind != "code":
        source, attachments = pictures.settle(source, raw.get("attachments"))
    metadata = raw.metadata
    cell_id = str(raw.get("id", ""))
    claimed, tags = metadata.get("nbgrader", {}), metadata.get("tags", [])
    outputs = raw.get("outputs", [])
    return StudentCell(kind, source, attachments, claimed, tags, cell_id, outputs)


def _limit_outputs(cells: Cells, given: Given) -> None:
    """Outputs stay below given cells alone, once for each, as far as there is room for all."""
    room = MAX_IN_ALL
    seen: set[str] = set()
    for cell in cells:
        length = sum(map(size, cell.outputs))
        if cell.text not in given.types or cell.text in seen or length > room:
            cell.outputs = []
        elif cell.outputs:
            seen.add(cell.text)
            room -= length


def _show_all(cells: Cells, notes: list[str]) -> None:
    """Texts that Markdown cannot or should not be made of stay as they were typed."""
    trial = Trial()
    changed = 0
    for cell in cells:
        if cell.kind == "markdown":
            shown = trial.shown(cell.source, cell.attachments)
            changed += shown != cell.source
            cell.source = shown
    if changed:
        notes.append(f"Texts that cannot be shown as Markdown and are shown as typed: {changed}.")


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
    tell(notes, "had lost its id", "had lost their ids", lost)
    tell(notes, "had the id of another cell", "had the ids of other cells", wrong)
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
    text = cell.text
    same = [spec for spec in specs if text and text in spec.unwritten]
    if not same and not (claim and claim.is_defined_in(cell)):
        same = [spec for spec in unclaimed if spec.is_defined_in(cell)]
    return same[0] if len(same) == 1 else None


def _recognise_by_place(cells: Cells, by_id: dict[str, CellSpec], given: Given) -> None:
    """The rest, written answers above all: by the question that they stand below."""
    taken = {cell.spec.grade_id for cell in cells if cell.spec}
    above = ""
    for cell in cells:
        spec = by_id.get(given.followed_by.get(above, ""))
        free = cell.spec is None and cell.text and not given.holds(cell)
        if free and spec and spec.grade_id not in taken:
            cell.spec = spec
        above = cell.text


def _note_changes(cells: Cells, notes: list[str]) -> None:
    known = [(cell, cell.spec) for cell in cells if cell.spec]
    types = [spec.grade_id for cell, spec in known if cell.cell_type != spec.cell_type]
    tell(notes, "had been turned into another type", "had been turned into other types", types)
    settings = [spec.grade_id for cell, spec in known if _has_other_settings(cell, spec)]
    tell(notes, "had other grading settings", "had other grading settings", settings)
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
    tell(notes, words, words, changed)
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
    tell(notes, "was missing and was put back", "were missing and were put back", missing)
    words = "stood before the cell it belongs to"
    tell(notes, words, "stood before the cells they belong to", moved)
    return cells


def _missing_cell(spec: CellSpec, cells: Cells) -> StudentCell:
    """A missing cell; empty where its blank form would replace what is written elsewhere."""
    elsewhere = any(spec.is_defined_in(cell) for cell in cells)
    return StudentCell(spec.cell_type, "" if elsewhere else spec.source, spec=spec, put_back=True)


def _behind(cells: Cells, previous: int, given: Given) -> int:
    """The place behind a cell, and behind the code cells of their own that students added to it."""
    place = previous + 1
    for i in range(place, len(cells)):
        if cells[i].spec:
            break
        if cells[i].cell_type == "code" and cells[i].text not in given.types:
            place = i + 1
    return place


def _kernelspec(sheet: str, nb: NotebookNode, notes: list[str]) -> NotebookNode:
    wanted = outline.read_source(sheet).metadata.kernelspec
    given, info = (nb.metadata.get(key) for key in ("kernelspec", "language_info"))
    given, info = (value if isinstance(value, dict) else {} for value in (given, info))
    language = given.get("language") or info.get("name") or "python"
    if language != "python":
        name = plain(str(given.get("name", language)), 40)
        notes.append(f"The notebook was set to another kernel ({name}).")
    return wanted
