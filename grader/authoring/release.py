"""release/ and solutions/, made from source/ by nbgrader."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat

from grader import atomic, terminal
from grader.authoring import package, proof
from grader.course import digests, layout
from grader.errors import CourseError

STAMPS = layout.RELEASE / ".stamps"
MADE_BY = (
    "nbgrader_config.py",
    "grader/pipeline.py",
    "grader/authoring/stubs.py",
    "grader/authoring/package.py",
    "grader/course/frame.py",
    "requirements.lock",
)  # what says how students get a sheet
console = terminal.progress()


def release(sheets: list[str], if_needed: bool = False, change: bool = False) -> int:
    """Make release/<sheet> and the zip for students, and fill the gradebook.

    change: also where cells of a sheet came or went that submissions were graded by; their grades
    stay, those of cells that went away excepted. Raises CourseError without it, and
    for a sheet whose solution fails its own visible checks.
    """
    from nbgrader.converters import GenerateAssignment

    from grader.records import marks
    from grader.records.gradebook import convert

    for sheet in sheets:
        stamp = STAMPS / sheet
        known = stamp.read_text().split() if stamp.exists() else []
        made_from = _made_from(sheet, known)
        was_made = made_from[:1] == known[:1]
        if if_needed and was_made and _is_there(sheet):
            atomic.write(stamp, "\n".join(made_from))
            console.print(f"release: {sheet} is up to date")
            continue
        if not was_made:
            proof.demand(sheet)
        if change:
            marks.take_away_all(sheet)
        with _beside(layout.RELEASE / sheet) as made:
            convert(
                GenerateAssignment,
                sheet,
                SaveChangedCells={"change": change},
                CourseDirectory={"release_directory": _in_course(made.parent)},
            )
        if not (was_made and _archive(sheet).exists()):
            _zip(sheet)
        atomic.write(stamp, "\n".join(made_from))
        console.print(f"release: {sheet} made, for students: release/{sheet}.zip")
    return 0


def solutions(sheets: list[str]) -> int:
    """Make solutions/<sheet>, executed in full."""
    from nbgrader.converters import GenerateSolution

    from grader.records.gradebook import convert

    release(sheets, if_needed=True)  # nbgrader wants the sheet in its gradebook
    for sheet in sheets:
        console.print(f"solutions: running {sheet} in full …")
        with _beside(layout.SOLUTIONS / sheet) as made:
            folder = {"solution_directory": _in_course(made.parent)}
            convert(GenerateSolution, sheet, CourseDirectory=folder)
            _demand_no_errors(made)
        console.print(f"solutions: {sheet} made")
    return 0


def _demand_no_errors(folder: Path) -> None:
    """Raise CourseError where a cell of an executed notebook failed: nbgrader goes on after it."""
    for path in folder.glob("*.ipynb"):
        problem = proof.failure(nbformat.read(path, as_version=4))
        if problem:
            raise CourseError(
                f"The solution {path.name} does not run. {problem}\nFix it in source/, and try "
                f"again; what was in solutions/{folder.name} before is still there."
            )


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder to be filled, whose files take the places of those in another at the end.

    That may be after minutes; until then, whatever happens, the old ones are there (nbgrader
    would delete them first, and leave nothing where making new ones fails).
    """
    layout.BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=layout.BUILD) as name:
        new = Path(name) / folder.name
        yield new
        files = [path.relative_to(new) for path in new.rglob("*") if path.is_file()]
        for file in files:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            atomic.move(new / file, folder / file)
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            if path.relative_to(folder) not in files:
                path.unlink()


def _in_course(folder: Path) -> str:
    """A folder as nbgrader names it."""
    return str(folder.relative_to(layout.ROOT))


def _is_there(sheet: str) -> bool:
    from grader.records.gradebook import has_sheet

    notebook = layout.RELEASE / sheet / layout.source_notebook(sheet).name
    return notebook.exists() and _archive(sheet).exists() and has_sheet(sheet)


def _archive(sheet: str) -> Path:
    return layout.RELEASE / f"{sheet}.zip"


def _made_from(sheet: str, known: list[str]) -> list[str]:
    """Digests of the files that a release is made from, and of all that it might be made from.

    known: those of the last time. To find out which files the first ones are, all helpers are read,
    which takes long; not where the second digest is as it was.
    """
    near = _digest(sheet, package.everything())
    return known if known[1:] == [near] else [_digest(sheet, package.files(sheet)), near]


def _digest(sheet: str, used: list[Path]) -> str:
    """A fingerprint of a sheet, of how it is made, and of some files of our packages."""
    files = [layout.source_notebook(sheet), *(file for file, _ in layout.data_files(sheet))]
    return digests.of_files([*files, *(layout.ROOT / name for name in MADE_BY), *used])


def _zip(sheet: str) -> None:
    """What a student unpacks and works with: notebook, data, and only the helpers that it uses."""
    folder = layout.RELEASE / sheet
    with (
        atomic.replacing(_archive(sheet)) as new,
        zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            archive.write(file, Path(sheet) / file.relative_to(folder))
        for file in package.files(sheet):
            archive.write(file, Path(sheet) / file.relative_to(layout.ROOT))
        for name, text in (
            ("README.md", package.readme(sheet)),
            ("requirements.txt", package.requirements(sheet)),
            ("environment.yml", package.environment(sheet)),
        ):
            archive.writestr(f"{sheet}/{name}", text)
