"""release/ and solutions/, made from source/ by nbgrader."""

import hashlib
import os
import zipfile
from pathlib import Path

from rich.console import Console

from grader import course

STAMPS = course.RELEASE / ".stamps"
STUDENT_REQUIREMENTS = "numpy matplotlib scipy tqdm ipywidgets lark scikit-learn jupyterlab"
console = Console(stderr=True)


def release(sheets: list[str], if_needed: bool = False) -> int:
    """Make release/<sheet> and the zip for students, and fill the gradebook."""
    for sheet in sheets:
        stamp = STAMPS / sheet
        digest = _digest(sheet)
        if if_needed and stamp.exists() and stamp.read_text() == digest and _is_there(sheet):
            console.print(f"release: {sheet} is up to date")
            continue
        _run("generate_assignment", sheet)
        _zip(sheet)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(digest)
        console.print(f"release: {sheet} made, for students: release/{sheet}.zip")
    return 0


def solutions(sheets: list[str]) -> int:
    """Make solutions/<sheet>, executed in full."""
    for sheet in sheets:
        console.print(f"solutions: running {sheet} in full …")
        _run("generate_solution", sheet)
        console.print(f"solutions: {sheet} made")
    return 0


def _is_there(sheet: str) -> bool:
    from grader.gradebook import has_sheet

    notebook = course.RELEASE / sheet / course.source_notebook(sheet).name
    return notebook.exists() and has_sheet(sheet)


def _digest(sheet: str) -> str:
    """A fingerprint of everything that a release is made from."""
    files = [course.source_notebook(sheet), *(file for file, _ in course.data_files(sheet))]
    files += [course.ROOT / "nbgrader_config.py", *_helpers()]
    words = hashlib.sha256()
    for file in files:
        words.update(str(file.relative_to(course.ROOT)).encode() + b"\0" + file.read_bytes())
    return words.hexdigest()


def _run(command: str, sheet: str) -> None:
    """One of nbgrader's converters; CourseError with its log if it fails."""
    from nbgrader.apps import NbGraderAPI

    from grader.gradebook import config, course_directory

    api = NbGraderAPI(course_directory(), config=config())
    before = Path.cwd()
    os.chdir(course.ROOT)
    try:
        result = getattr(api, command)(sheet, force=True)
    finally:
        os.chdir(before)
    if not result["success"]:
        said = result.get("log") or result.get("error", "")
        raise course.CourseError(f"nbgrader {command} {sheet} failed:\n{said}")


def _helpers() -> list[Path]:
    found = [file for package in course.PACKAGES for file in package.rglob("*") if file.is_file()]
    return sorted(file for file in found if "__pycache__" not in file.parts)


def _zip(sheet: str) -> None:
    """What a student unpacks and works with, without a network: notebook, data, helpers."""
    folder = course.RELEASE / sheet
    with zipfile.ZipFile(course.RELEASE / f"{sheet}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            archive.write(file, Path(sheet) / file.relative_to(folder))
        for file in _helpers():
            archive.write(file, Path(sheet) / file.relative_to(course.ROOT))
