"""Where the parts of the course lie."""

from pathlib import Path

from grader.errors import CourseError, unknown
from helpers.grading import WRITTEN

ROOT = Path(__file__).resolve().parents[2]
SOURCE, RELEASE, SUBMITTED = ROOT / "source", ROOT / "release", ROOT / "submitted"
AUTOGRADED, FEEDBACK, SOLUTIONS = ROOT / "autograded", ROOT / "feedback", ROOT / "solutions"
BUILD = ROOT / "build"  # what is not complete yet; git does not see it
# All of the course that a student's code may import.
PACKAGES = [ROOT / "helpers", ROOT / "derivations"]
SHOWN = [*PACKAGES, ROOT / "data"]  # all that it may read, data sets included


def sheets() -> list[str]:
    """The names of all sheets, in order."""
    return sorted(path.parent.name for path in SOURCE.glob("*/*.ipynb"))


def find_sheet(name: str) -> str:
    """The sheet of that name; CourseError with the known names for any other."""
    if name not in sheets():
        raise unknown(f"There is no sheet {name!r}.", name, sheets(), "The sheets are")
    return name


def source_notebook(sheet: str) -> Path:
    """The one notebook of a sheet in source/."""
    notebooks = sorted((SOURCE / find_sheet(sheet)).glob("*.ipynb"))
    if len(notebooks) != 1:
        raise CourseError(f"source/{sheet} must hold exactly one notebook, not {len(notebooks)}.")
    return notebooks[0]


def data_files(sheet: str) -> list[tuple[Path, str]]:
    """The sheet's own files beside the notebook, with their names relative to it."""
    folder = SOURCE / sheet
    files = [f for f in folder.rglob("*") if f.is_file() and f.suffix != ".ipynb"]
    return [
        (f, str(f.relative_to(folder)))
        for f in sorted(files)
        if not any(p.startswith(".") or p == WRITTEN for p in f.relative_to(folder).parts)
    ]
