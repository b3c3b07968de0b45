"""Whatever arrives: every case of the corpus through the whole pipeline, in one run of `grade`."""

import html
import tempfile
from pathlib import Path

import nbformat
import pytest
from broken import corpus, sheet
from conftest import Course
from nbgrader.api import Gradebook

from grader import record
from grader.running import sandbox


@pytest.fixture(scope="module")
def course():
    """A course in a folder that pytest does not clean up: it stops at folders of some depth."""
    root = Path(tempfile.mkdtemp(prefix="corpus-")).resolve()
    yield Course(root)
    sandbox.remove_tree(root)


@pytest.fixture(scope="module")
def graded(course):
    """All cases handed in and graded; the course."""
    sheet.make_course(course.root)
    course.run("grader", "release")
    blank = nbformat.read(course.root / "release" / sheet.SHEET / sheet.NOTEBOOK, as_version=4)
    for case in corpus.CASES.values():
        case.build(corpus.HandIn(course.root / "submitted", case.student, blank))
    done = course.run("grader", "grade", "--jobs", "2", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return course


@pytest.fixture(scope="module")
def grades(graded):
    """What the gradebook holds: by student, automatic points, and what waits for a person."""
    found = {}
    with Gradebook(f"sqlite:///{graded.root}/gradebook.db") as book:
        for submission in book.assignment_submissions(sheet.SHEET):
            grades = [grade for notebook in submission.notebooks for grade in notebook.grades]
            points = sum(grade.auto_score or 0 for grade in grades)
            waiting = {grade.cell.name for grade in grades if grade.needs_manual_grade}
            found[submission.student.id] = (points, waiting)
    return found


@pytest.mark.parametrize("name", corpus.CASES)
def test_what_arrives_gets_what_it_is_worth(name, graded, grades):
    case = corpus.CASES[name]
    folder = graded.root / "autograded" / case.student / sheet.SHEET
    notes = record.read_file(folder / sheet.NOTEBOOK).repairs
    assert grades[case.student] == (case.points, case.waiting), notes
    for words in case.notes:
        assert any(words in note for note in notes), notes
    assert bool(notes) == bool(case.notes), notes
    page = (graded.root / "feedback" / case.student / sheet.SHEET / "toy.html").read_text("utf-8")
    for words in (*case.page, *(note[:30] for note in notes)):
        assert words in page or words in html.unescape(page)
    for words in case.hidden:
        assert words not in page


def test_every_submission_is_in_the_corpus_once(graded, grades):
    assert len(grades) == len(corpus.CASES) >= 60
