"""`grade --scheduler`: a dask cluster of real worker processes, one of which is killed."""

import re

import pytest
from cluster import workers
from test_done import ToyCourse

HALVES = {"ada": "x / 2", "bruno": "x / 2", "clara": "3 * x", "dora": "x / 2"}

# In the copy only. A worker is killed after it has graded bruno's submission and before it gives
# back what it found; and whichever worker opens the gradebook leaves a trace.
KILLED = """
import os as _os
import sys as _sys
from pathlib import Path as _Path

_root = _Path(__file__).parents[2]
_convert = convert


def convert(kind, sheet, student):
    _convert(kind, sheet, student)
    if student == "bruno" and "WORKER" in _os.environ:
        try:
            (_root / "killed").touch(exist_ok=False)
        except FileExistsError:
            return
        _os.kill(_os.getpid(), 9)


def _watch(event, args):
    if event == "sqlite3.connect" and "gradebook.db" in str(args[0]):
        (_root / "opened").touch()


if "WORKER" in _os.environ:
    _sys.addaudithook(_watch)
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The toy course, graded by processes on this machine."""
    made = ToyCourse(tmp_path_factory.mktemp("course"))
    for student, half in HALVES.items():
        made.hand_in(student, half)
    with (made.root / "grader" / "grading" / "one.py").open("a") as file:
        file.write(KILLED)
    made.run("grade", "--jobs", "2")
    return made


def left_by_grading(course):
    """All that grading leaves, without names that are drawn for each notebook, and times."""
    found = {"rows": str(course.rows())}
    for student in HALVES:
        page = course.page(student).read_text()
        found[f"page of {student}"] = re.sub(r"id=[0-9a-f]{8}", "", page)
        notebook = course.notebook(student).read_text()
        drawn = r'"id": "[0-9a-f]{8}"|"iopub[.\w]*": ".*"'
        found[f"notebook of {student}"] = re.sub(drawn, "", notebook)
    return found


def test_a_cluster_that_loses_a_worker_in_the_middle_gives_the_grades_of_this_machine(course):
    expected = left_by_grading(course)
    before = {student: course.judged(student) for student in HALVES}
    surroundings = {name: course.environment[name] for name in ("TMPDIR", "PYTHONPATH")}
    with workers(2, course.root, WORKER="yes", **surroundings) as address:
        said = course.run("grade", "--force", "--scheduler", address)
    assert (course.root / "killed").exists()
    assert all(course.judged(student) != before[student] for student in HALVES)
    assert left_by_grading(course) == expected
    assert {name: row["score"] for name, row in course.rows().items()} == {
        name: "2.0" if half == "3 * x" else "4.0" for name, half in HALVES.items()
    }
    assert "could not be graded" not in said
    assert "4 of 4 are graded already" in course.run("grade")
    assert not (course.root / "opened").exists()  # the gradebook is the client's alone
