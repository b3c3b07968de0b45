"""Digests of what a verdict rests on."""

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from grader.course import layout

# The parts of the grader that a verdict does not depend on.
NOT_JUDGING = {"audit", "authoring", "records", "__main__.py", "atomic.py", "terminal.py"}


@cache
def of_checks(sheet: str) -> str:
    """A digest of the sheet's notebook, of its reference and of the grader, as they are now."""
    root = layout.ROOT
    sources = [*(root / "reference").glob("*.py")]
    sources += [file for package in layout.PACKAGES for file in _code(package)]
    sources += [f for f in _files(root / "reference" / sheet) if f.suffix != ".pyc"]
    grader = root / "grader"
    sources += [f for f in _code(grader) if f.relative_to(grader).parts[0] not in NOT_JUDGING]
    return of_files([layout.source_notebook(sheet), root / "nbgrader_config.py", *sorted(sources)])


def of_files(files: Iterable[Path]) -> str:
    """A digest of the names and contents of files of the course."""
    words = hashlib.sha256()
    for file in files:
        words.update(str(file.relative_to(layout.ROOT)).encode() + b"\0" + file.read_bytes())
    return words.hexdigest()


def _code(folder: Path) -> list[Path]:
    return [file for file in _files(folder) if file.suffix == ".py"]


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]
