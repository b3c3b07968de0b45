"""A course of its own for tests that grade: a copy of this one, with an empty gradebook.

A toy sheet for tests that need none of the course's own. And how the suite runs: nothing in it
depends on how fast the machine is, and what takes longest starts first.
"""

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import made
import nbformat
import pytest
import toy
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadFileScheduling

import reference
from derivations import checking, hints
from derivations.evaluator import evaluation, values
from grader import record
from grader.course import layout
from grader.running import agent, sandbox

os.environ.update(sandbox.ONE_THREAD)  # pytest runs a process for each core

ROOT = Path(__file__).resolve().parent.parent
PARTS = ["derivations", "grader", "helpers", "reference", "source", "solutions"]
PARTS += ["nbgrader_config.py", "pyproject.toml", "environment.yml", "requirements.lock"]


# The clock has no say: no deadline, and no complaint that a slow machine draws its inputs slowly.
# Derandomised: whoever changed nothing sees no test fail. The other health checks stay.
hypothesis_settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("suite")

# What takes longest, longest first. It starts first, or one core would end with it alone.
LONGEST = [
    "tests/test_audit.py",
    "tests/hostile/test_hostile.py",
    "tests/test_done.py",
    "tests/test_samples.py",
    "tests/test_batch.py",
    "tests/test_derivations.py",
    "tests/test_derivation_kinds.py",
    "tests/test_students.py",
    "tests/test_cleaning.py",
]
# Files whose tests share nothing: each test is a piece of work of its own.
ONE_BY_ONE = ["tests/test_audit.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; otherwise in the order of their names."""

    def rank(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        return LONGEST.index(file) if file in LONGEST else len(LONGEST)

    items.sort(key=rank)


class Scheduling(LoadFileScheduling):
    """A file's tests go to one process, in the order above, except where they share nothing."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if file in ONE_BY_ONE else file


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> Scheduling | None:
    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


# The grader's limits by the clock, for students: tests are about them only where they say so.
PATIENT = """
c.ExecuteAndJudge.timeout = 600
c.ExecuteAndJudge.total_seconds = 3000
c.ExecuteAndJudge.startup_timeout = 600
"""


@pytest.fixture(scope="session", autouse=True)
def judged_code_warns_as_in_a_fresh_process() -> Iterator[None]:
    """A warning is an error in the tests, but not in the code that a test judges in its process."""
    call = agent.call

    def with_filters_of_python(request: dict, namespace: dict) -> dict:
        with warnings.catch_warnings():
            warnings.simplefilter("default")
            for kind in (DeprecationWarning, PendingDeprecationWarning, ResourceWarning):
                warnings.simplefilter("ignore", kind)
            return call(request, namespace)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agent, "call", with_filters_of_python)
        yield


@pytest.fixture(autouse=True)
def no_figure_stays_open_for_the_next_test() -> Iterator[None]:
    """Which tests share a process depends on the machine, and pyplot keeps what a test drew."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


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


@pytest.fixture(scope="session")
def released_course(tmp_path_factory) -> Course:
    """A released copy of the course, from which others are copied: it stays as it is."""
    root = tmp_path_factory.mktemp("released") / "course"
    root.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=toy.all_but())
        else:
            shutil.copy(ROOT / part, root / part)
    with (root / "nbgrader_config.py").open("a") as stream:
        stream.write(PATIENT)
    (root / "submitted").mkdir()
    course = Course(root)
    course.run("grader", "release")
    return course


@pytest.fixture(scope="module")
def course_copy(released_course, tmp_path_factory) -> Course:
    """A released copy of the course without submissions."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(released_course.root, root, dirs_exist_ok=True)
    return Course(root)


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
def new_sheet(tmp_path, monkeypatch) -> made.Made:
    """The one sheet of a course, as `grader new` makes it."""
    return made.make(tmp_path, monkeypatch)


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


@pytest.fixture(scope="module")
def patient_checker():
    """No line is refused and no hint left out because the machine is slow or busy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "LINE_SECONDS", 600.0)
        patch.setattr(values, "LINE_SECONDS", 600.0)
        patch.setattr(checking, "ALL_SECONDS", 600.0)
        patch.setattr(hints, "SECONDS", 600.0)
        yield


@pytest.fixture(scope="module")
def browser():
    """Headless Chromium. For one module at a time: while Playwright lives, its event loop runs."""
    import browsing  # skips where Playwright is not installed

    with browsing.chromium() as started:
        yield started


@pytest.fixture
def open_page(browser):
    """Opens an address in a window of its own; requests to other machines fail the test."""
    import browsing

    with browsing.opener(browser) as opened:
        yield opened
