"""A course of its own for tests that grade: a copy of this one, with an empty gradebook.

And a toy sheet for tests that need none of the course's own.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import toy

import reference
from grader import record
from grader.course import layout
from grader.running import sandbox

os.environ.update(sandbox.ONE_THREAD)  # pytest runs a process for each core

ROOT = Path(__file__).resolve().parent.parent
PARTS = ["derivations", "grader", "helpers", "reference", "source", "nbgrader_config.py"]
PARTS += ["environment.yml", "requirements.lock"]


@dataclass(frozen=True)
class Course:
    """A copy of the course in a folder of its own."""

    root: Path

    def run(self, *argv: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run `python -m …` in the copy, whose own packages come first."""
        done = subprocess.run(
            [sys.executable, "-m", *argv], cwd=self.root, capture_output=True, text=True
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{argv} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def folder(self, student: str, sheet: str = "sheet1_kl") -> Path:
        """The folder of a submission; made if it is not there."""
        folder = self.root / "submitted" / student / sheet
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def submit(self, student: str, notebook: nbformat.NotebookNode, sheet: str = "sheet1_kl"):
        """Hand in a notebook under its right name."""
        nbformat.write(notebook, self.folder(student, sheet) / _notebook(sheet).name)

    def record(self, student: str, sheet: str = "sheet1_kl") -> record.Record:
        """What the grader noted on a graded submission."""
        file = self.root / "autograded" / student / sheet / _notebook(sheet).name
        return record.read_file(file)

    def scores(self, student: str, sheet: str = "sheet1_kl") -> dict[str, float]:
        """The judged scores of a graded submission, by item."""
        return {report.item: report.score for report in self.record(student, sheet).reports}

    def feedback(self, student: str, sheet: str = "sheet1_kl") -> str:
        """The feedback page of a submission."""
        page = _notebook(sheet).with_suffix(".html").name
        return (self.root / "feedback" / student / sheet / page).read_text("utf-8")


def _notebook(sheet: str) -> Path:
    (notebook,) = (ROOT / "source" / sheet).glob("*.ipynb")
    return notebook


@pytest.fixture(scope="module")
def course_copy(tmp_path_factory) -> Course:
    """A released copy of the course without submissions."""
    root = tmp_path_factory.mktemp("course")
    ignored = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, root / part)
    (root / "submitted").mkdir()
    course = Course(root)
    course.run("grader", "release")
    return course


@pytest.fixture(scope="session")
def toy_root(tmp_path_factory) -> Path:
    """A folder with the source and the reference of the toy sheet."""
    root = tmp_path_factory.mktemp("toy")
    toy.write(root)
    return root


@pytest.fixture
def toy_sheet(toy_root, monkeypatch) -> str:
    """The toy sheet as the one sheet of the course; its name."""
    monkeypatch.setattr(layout, "SOURCE", toy_root / "source")
    monkeypatch.setattr(reference, "__path__", [str(toy_root / "reference")])
    return toy.SHEET


@pytest.fixture
def solution() -> nbformat.NotebookNode:
    """Sheet 1's source notebook: handed in as it is, it is a right submission."""
    return nbformat.read(ROOT / "source" / "sheet1_kl" / "kl.ipynb", as_version=4)


def replace_solution(notebook: nbformat.NotebookNode, grade_id: str, source: str) -> None:
    """Put a student's own code into a solution cell."""
    cell(notebook, grade_id).source = source


def cell(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    """The cell of a notebook with that grade id."""
    return next(
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )
