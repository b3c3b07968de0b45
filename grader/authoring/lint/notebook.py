"""Rules for the notebook in source/."""

import json
from collections import Counter
from collections.abc import Iterator

from nbformat import NotebookNode

from grader.authoring.lint.finding import Finding
from grader.course import layout, names, outline
from grader.records import rubric

MAX_LINES = 12  # of a function in the solution
UNSEEN = {"grader", "reference"}  # packages of ours that students do not have


def is_written_by_jupyter(sheet: str) -> Iterator[Finding]:
    """The file has the form that Jupyter writes, so that saving it again changes nothing."""
    file = layout.source_notebook(sheet)
    text = file.read_text("utf-8")
    if text != json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n":
        yield Finding(
            f"source/{sheet}/{file.name}",
            "The file is not formatted as Jupyter does.",
            "Open it in JupyterLab and save it.",
        )


def has_no_outputs(sheet: str) -> Iterator[Finding]:
    """It is committed without outputs and execution counts."""
    for cell in _code(sheet):
        if cell.outputs or cell.execution_count is not None:
            yield _finding(
                sheet,
                cell,
                "It has outputs or an execution count.",
                "Clear all outputs (JupyterLab: Edit), and save.",
            )


def has_words_as_ids(sheet: str) -> Iterator[Finding]:
    """Each cell has a word as its id, which is its grade id, too."""
    for cell in outline.read_source(sheet).cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
        if cell.id != grade_id:
            yield _finding(
                sheet,
                cell,
                f"The cell's id is not its grade id {grade_id!r}.",
                f'Write "id": "{grade_id}" in the file.',
            )
        if not cell.id.replace("-", "").isalnum():
            yield _finding(sheet, cell, "The id is not made of words and hyphens.", "Change it.")


def has_one_cell_for_each_id(sheet: str) -> Iterator[Finding]:
    """No two cells have one id, and none has none."""
    written = json.loads(layout.source_notebook(sheet).read_text("utf-8"))  # reading repairs ids
    for name, times in Counter(cell.get("id", "") for cell in written["cells"]).items():
        if times > 1 and name:
            yield Finding(_where(sheet, name), f"{times} cells have this id.", "Give each its own.")
        if not name:
            yield Finding(_where(sheet, "?"), f"{times} cells have no id.", "Give each its own.")


def is_python(sheet: str) -> Iterator[Finding]:
    """Each code cell is valid Python, apart from IPython's magics."""
    for cell in _code(sheet):
        if names.parsed(cell.source) is None:
            yield _finding(sheet, cell, "It is no valid Python.", "Run the cell to see where.")


def shows_only_helpers(sheet: str) -> Iterator[Finding]:
    """Where students see it, it imports nothing of ours but helpers."""
    for cell in _code(sheet):
        for package in sorted(names.imported(outline.HIDDEN.sub("", cell.source)) & UNSEEN):
            yield _finding(
                sheet,
                cell,
                f"It imports {package}, which students do not have.",
                "Import it in the hidden region, or move what students need to helpers.",
            )


def judges_in_each_test(sheet: str) -> Iterator[Finding]:
    """Each test cell judges one item, once, and none of another sheet."""
    items = []
    for cell in _code(sheet):
        if not cell.metadata.get("nbgrader", {}).get("grade"):
            continue
        calls = outline.judge_calls(cell.source)
        if len(calls) != 1:
            yield _finding(
                sheet,
                cell,
                f"It has {len(calls)} calls of judge in a hidden region.",
                f'Write one judge("item") between the lines {outline.BEGIN_HIDDEN} and '
                f"{outline.END_HIDDEN}, which begin in the first column.",
            )
        for call in calls:
            if call.sheet not in ("", sheet):
                yield _finding(
                    sheet, cell, f"It judges an item of {call.sheet}.", "Leave sheet= out."
                )
            if call.item in items:
                yield _finding(
                    sheet, cell, f"{call.item} is judged twice.", "Give this item another name."
                )
            items.append(call.item)


def has_short_solutions(sheet: str) -> Iterator[Finding]:
    """A function of the solution has at most twelve lines."""
    for cell in _solutions(sheet, "code"):
        if outline.functions_in(cell.source):
            for region in outline.SOLUTION_REGION.findall(cell.source):
                lines = [line for line in region.splitlines() if line.strip()]
                if len(lines) > MAX_LINES:
                    yield _finding(
                        sheet,
                        cell,
                        f"The solution has {len(lines)} lines; at most {MAX_LINES} are expected.",
                        "Shorten it, give a part of it, or make two items of it.",
                    )


def marks_its_solutions(sheet: str) -> Iterator[Finding]:
    """What students must not see stands between the solution markers."""
    for cell in _solutions(sheet, "code", "markdown"):
        if not outline.SOLUTION_REGION.search(cell.source):
            yield _finding(
                sheet,
                cell,
                "It is a solution without the lines ### BEGIN SOLUTION and ### END SOLUTION.",
                "Put them around what students have to write.",
            )


def has_rubrics(sheet: str) -> Iterator[Finding]:
    """Each text answer carries a rubric."""
    for cell in _solutions(sheet, "markdown"):
        if outline.RUBRIC not in cell.source:
            yield _finding(
                sheet,
                cell,
                "The text has no rubric.",
                f"Add {outline.RUBRIC} below the model answer, above ### END SOLUTION.",
            )


def rubrics_add_up(sheet: str) -> Iterator[Finding]:
    """The lines of a rubric come to the points of its question; the formgrader counts by them."""
    for cell in _solutions(sheet, "markdown"):
        points = sum(line.points or 0.0 for line in rubric.read(cell.source).lines)
        earned = cell.metadata.nbgrader.get("points", 0)
        if outline.RUBRIC in cell.source and points != earned:
            yield _finding(
                sheet,
                cell,
                f"The lines of its rubric come to {points:g} points, and it earns {earned:g}.",
                "Begin each line that gives points with them: `- 2 points: …`.",
            )


RULES = (
    is_written_by_jupyter,
    has_no_outputs,
    has_words_as_ids,
    has_one_cell_for_each_id,
    is_python,
    shows_only_helpers,
    judges_in_each_test,
    has_short_solutions,
    marks_its_solutions,
    has_rubrics,
    rubrics_add_up,
)


def _code(sheet: str) -> list[NotebookNode]:
    return [cell for cell in outline.read_source(sheet).cells if cell.cell_type == "code"]


def _solutions(sheet: str, *kinds: str) -> list[NotebookNode]:
    cells = outline.graded_cells(sheet).values()
    return [c for c in cells if c.cell_type in kinds and c.metadata.nbgrader.solution]


def _finding(sheet: str, cell: NotebookNode, problem: str, fix: str) -> Finding:
    return Finding(_where(sheet, cell.id), problem, fix)


def _where(sheet: str, cell: str) -> str:
    return f"source/{sheet}/{layout.source_notebook(sheet).name}, cell {cell}"
