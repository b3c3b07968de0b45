"""Rules for what commands make of a sheet: release/, solutions/, submitted/."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat

from grader.authoring import samples
from grader.authoring.lint.finding import Finding
from grader.authoring.proof import lack_of_proof
from grader.course import layout, names, outline
from grader.intake.submissions import fingerprint

SECRETS = ("HIDDEN", "SOLUTION", "judge(", "Rubric", "reference")
MAX_BYTES = 4_000_000  # of a committed file


def is_released_as_it_is_now(sheet: str) -> Iterator[Finding]:
    """release/ holds the cells of source/, except for solutions and hidden tests."""
    released = _made(layout.RELEASE, sheet)
    cells = {cell.id: cell for cell in released.cells} if released else {}
    source = outline.handed_out(sheet).cells
    if list(cells) != [cell.id for cell in source]:
        yield _stale("release", sheet, "It has other cells than source/, or is missing.")
        return
    for cell in source:
        shown = outline.HIDDEN.sub("", cell.source)
        if cell.metadata.get("nbgrader", {}).get("solution"):
            parts = outline.SOLUTION_REGION.split(shown)[::2]  # what stands around the solutions
            same = all(part.strip() in cells[cell.id].source for part in parts)
        else:
            same = shown.strip() == cells[cell.id].source.strip()
        if not same:
            yield _stale("release", sheet, f"The cell {cell.id} is not as in source/.")


def hides_what_students_must_not_see(sheet: str) -> Iterator[Finding]:
    """release/ is valid Python, and holds no solution, hidden test or rubric."""
    released = _made(layout.RELEASE, sheet)
    for cell in released.cells if released else ():
        where = f"release/{sheet}, cell {cell.id}"
        for secret in SECRETS:
            if secret in cell.source:
                yield Finding(
                    where, f"Students would read {secret!r}.", "Look at the markers in source/."
                )
        if cell.cell_type == "code" and names.parsed(cell.source) is None:
            yield Finding(where, "It is no valid Python.", "Look at the markers in source/.")


def is_solved_as_it_is_now(sheet: str) -> Iterator[Finding]:
    """solutions/ holds the source, executed without an error."""
    problem = lack_of_proof(sheet)
    if problem:
        yield _stale("solutions", sheet, problem)


def has_its_samples(sheet: str) -> Iterator[Finding]:
    """submitted/ holds the sample submissions of the sheet."""
    if _made(layout.RELEASE, sheet) is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        for made in samples.write(sheet, Path(folder)):
            there = layout.SUBMITTED / made.relative_to(folder)
            if fingerprint(made) != fingerprint(there):
                yield Finding(
                    f"submitted/{made.relative_to(folder)}",
                    "It is not what samples.py says, or missing.",
                    f"Run `python -m grader samples {sheet}`.",
                )


def has_small_files(sheet: str) -> Iterator[Finding]:
    """No file of it is too large to be committed."""
    for part in ("source", "reference", "release", "solutions"):
        for file in sorted((layout.ROOT / part / sheet).rglob("*")):
            if file.is_file() and file.stat().st_size > MAX_BYTES:
                yield Finding(
                    str(file.relative_to(layout.ROOT)),
                    f"It has {file.stat().st_size / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f}.",
                    "Fewer or smaller pictures make a smaller notebook.",
                )


RULES = (
    is_released_as_it_is_now,
    hides_what_students_must_not_see,
    is_solved_as_it_is_now,
    has_its_samples,
    has_small_files,
)


def _made(folder: Path, sheet: str) -> nbformat.NotebookNode | None:
    file = folder / sheet / layout.source_notebook(sheet).name
    return nbformat.read(file, as_version=4) if file.exists() else None


def _stale(folder: str, sheet: str, problem: str) -> Finding:
    return Finding(f"{folder}/{sheet}", problem, f"Run `python -m grader {folder} {sheet}`.")
