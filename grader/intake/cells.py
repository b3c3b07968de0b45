"""The cells of a sheet as the gradebook has them, and those of a submission on their way."""

from collections.abc import Set
from dataclasses import dataclass, field
from functools import cached_property

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import Gradebook, GradeCell, SolutionCell

from grader.course import outline
from grader.intake.texts import normal, paragraphs

NEW_CELL = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
WRITES_A_FILE = ("%%writefile", "%%file")  # what such a cell defines is not in the notebook


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

    @cached_property
    def unwritten(self) -> set[str]:
        """What the cell may hold, in normal form, although nobody wrote anything in it."""
        return {"", normal(outline.HIDDEN.sub("", self.source)), normal(self.source)}

    @cached_property
    def functions(self) -> set[str]:
        """The functions and classes that a solution cell is for."""
        return outline.functions_in(self.source) if self.solution else set()

    @cached_property
    def values(self) -> Set[str]:
        """The variables that a solution cell is for: of all that it assigns, what is judged."""
        return self.items & outline.variables_in(self.source) if self.solution else set()

    @property
    def is_definition(self) -> bool:
        """Whether this is a solution cell that defines something."""
        return bool(self.functions or self.values)

    def is_defined_in(self, cell: "StudentCell") -> bool:
        """Whether a cell defines something that this solution cell is for."""
        if cell.cell_type == "markdown" or cell.source.startswith(WRITES_A_FILE):
            return False
        return bool((self.functions | self.values) & cell.names)

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
    attachments: pictures in a text, by name, as nbformat has them;
    claimed: nbgrader's metadata as handed in, which counts for nothing;
    tags: as handed in;
    cell_id: as handed in;
    outputs: as handed in, but rebuilt; shown for given cells only;
    spec: the cell of the gradebook it was recognised as, if any;
    put_back: whether the submission did not have it;
    _of_source: a source, and what follows from it.
    """

    cell_type: str
    source: str
    attachments: dict = field(default_factory=dict)
    claimed: dict = field(default_factory=dict)
    tags: list = field(default_factory=list)
    cell_id: str = ""
    outputs: list[NotebookNode] = field(default_factory=list)
    spec: CellSpec | None = None
    put_back: bool = False

    _of_source: tuple[str, str, set[str]] | None = None

    @property
    def text(self) -> str:
        """The text in normal form."""
        return self._derived()[1]

    @property
    def names(self) -> set[str]:
        """The functions, classes and variables that the cell defines at its top level."""
        return self._derived()[2]

    def _derived(self) -> tuple[str, str, set[str]]:
        if self._of_source is None or self._of_source[0] is not self.source:
            names = outline.functions_in(self.source) | outline.variables_in(self.source)
            self._of_source = self.source, normal(self.source), names
        return self._of_source

    @property
    def kind(self) -> str:
        """The type that it goes on with: its own, or the one that the gradebook says."""
        return self.spec.cell_type if self.spec else self.cell_type

    def as_node(self, number: int) -> NotebookNode:
        """The cell as it goes on, with the metadata of what it was recognised as.

        number: its place; the id follows from it, so that every run makes the same page.
        """
        node = NEW_CELL[self.kind](source=self.source, id=f"number-{number}")
        if self.attachments and self.kind == "markdown":
            node["attachments"] = self.attachments
        if self.outputs and self.kind == "code" and not self.spec:
            node["outputs"] = self.outputs
        if self.spec:
            node.metadata["nbgrader"] = NotebookNode(self.spec.metadata())
            node["id"] = self.spec.grade_id
        return node


Cells = list[StudentCell]
Specs = list[CellSpec]


def read_specs(db_url: str, sheet: str, notebook: str) -> Specs:
    """The gradebook's cells of a notebook, in the order of the source notebook."""
    with Gradebook(db_url) as gradebook:
        known = gradebook.find_notebook(notebook, sheet)
        judged = (outline.judged_item(cell.source) for cell in known.source_cells)
        items = frozenset(name for name in judged if name is not None)
        of_kind = {"notebook_id": known.id}  # nbgrader's own lists cost a query for each cell
        graded = gradebook.db.query(GradeCell.name, GradeCell.max_score).filter_by(**of_kind)
        points = {name: most for name, most in graded}
        answers = gradebook.db.query(SolutionCell.name).filter_by(**of_kind)
        solutions = {name for (name,) in answers}
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
    """The cells that students get and need not change; all texts in normal form.

    types: their types, by their texts;
    parts: the paragraphs of those that are text;
    followed_by: the grade id of the graded cell right below, by text and by last paragraph;
    questions: the text of the cell right above a graded one, by grade id.
    """

    types: dict[str, str]
    parts: frozenset[str]
    followed_by: dict[str, str]
    questions: dict[str, str]

    @classmethod
    def of_sheet(cls, sheet: str) -> "Given":
        """The given cells of a sheet."""
        types, questions = {}, {}
        parts: list[str] = []
        above = ""
        for cell in outline.handed_out(sheet).cells:
            text = normal(cell.source)
            if "nbgrader" not in cell.metadata:
                types[text] = cell.cell_type
                parts += paragraphs(text) if cell.cell_type == "markdown" else ()
            elif above in types:
                questions[cell.metadata.nbgrader.grade_id] = above
            above = text
        followed_by = {text: grade_id for grade_id, text in questions.items()}
        for text, grade_id in list(followed_by.items()):
            *_, last = paragraphs(text)
            if parts.count(last) == 1:
                followed_by.setdefault(last, grade_id)
        return cls(types, frozenset(parts), followed_by, questions)

    def holds(self, cell: StudentCell) -> bool:
        """Whether a cell is a given one, or a paragraph of one."""
        return cell.text in self.types or cell.text in self.parts
