"""Grading a class: who gets which grade, what is graded again, and what a failure costs."""

import csv
import re
import shutil

import broken
import pytest
from cluster import workers
from nbgrader.api import Gradebook

from grader.__main__ import main
from grader.errors import CourseError
from grader.grading import batch
from grader.intake.submissions import Submission
from grader.records import teams

NO_CELLS = '{"cells": []}'  # graded quickly, with 0 points
PAYLOAD = "<script>alert(1)</script>"
PICTURE = "<img src=x onerror=alert(2)>.txt"

# In the copy only: two students whose grading takes the process down, one of them only once.
HOSTILE = """
import os as _os
from pathlib import Path as _Path

_preprocess = RepairNotebook.preprocess


def _deadly(self, nb, resources):
    student = resources["nbgrader"]["student"]
    flag = _Path(__file__).parents[2] / "died-once"
    if student == "killer" or (student == "kills-once" and not flag.exists()):
        flag.touch()
        _os.kill(_os.getpid(), 9)
    return _preprocess(self, nb, resources)


RepairNotebook.preprocess = _deadly
"""


@pytest.fixture(scope="module")
def first_run(course_copy):
    """A team, a blank notebook, a late one, and one that tries to get at whoever reads it."""
    root = course_copy.root
    with (root / "grader" / "intake" / "repair.py").open("a") as file:
        file.write(HOSTILE)
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        book.update_or_create_assignment("sheet1_kl", duedate="2026-11-10 12:00:00 UTC")
    (root / "submitted" / "teams.csv").write_text("team,student\nteam-a,anna\nteam-a, ben\n")
    course_copy.submit("team-a", broken.right(root, quick=True))
    course_copy.submit("blank", broken.blank(root))
    late = course_copy.folder("late")
    (late / "kl.ipynb").write_text(NO_CELLS)
    (late / "timestamp.txt").write_text("2026-11-11 15:30:00 UTC")
    evil = broken.right(root, quick=True)
    broken.get(evil, "kl-normal").source = f"def kl_normal(*a):\n    raise ValueError({PAYLOAD!r})"
    broken.get(evil, "elbo").source = f"def elbo(*a):\n    return {PAYLOAD!r}"
    broken.get(evil, "posterior").source = f"print({PAYLOAD!r})\nposterior = {PAYLOAD!r}"
    course_copy.submit("evil", evil)
    (course_copy.folder("evil") / PICTURE).touch()
    return course_copy.run("grader", "grade", "sheet1_kl", "--jobs", "2")


@pytest.fixture(scope="module")
def course(course_copy, first_run):
    """The copy, graded once."""
    return course_copy


def grades(course, name="grades.csv"):
    """The lines of the table of grades, by student."""
    with (course.root / name).open(newline="") as stream:
        return {row["student_id"]: row for row in csv.DictReader(stream)}


def stamps(course):
    """When each submission was graded last."""
    files = (course.root / "autograded").glob("*/sheet1_kl/kl.ipynb")
    return {file.parent.parent.name: file.stat().st_mtime_ns for file in files}


def graded_by(course, *argv):
    """Who is graded by a call of `grade`, and the call's outcome."""
    before = stamps(course)
    done = course.run("grader", "grade", *argv, check=False)
    after = stamps(course)
    return {who for who in after if after[who] != before.get(who)}, done


def test_both_members_of_a_team_get_its_grade(course):
    table = grades(course)
    assert set(table) == {"anna", "ben", "blank", "evil", "late"}
    for member in ("anna", "ben"):
        assert table[member]["team"] == "team-a"
        assert float(table[member]["score"]) == 88
        assert float(table[member]["max_score"]) == 108
        assert table[member]["open"] == "6"


def test_the_table_names_teams_points_and_what_waits_for_a_person(first_run):
    assert first_run.returncode == 0
    table = re.sub(r"[│\s]+", " ", first_run.stdout)
    assert re.search(r"team-a \(anna, ben\) sheet1_kl 88 / 108", table) or (
        "team-a" in table and "88 / 108" in table
    )


def test_a_blank_notebook_has_no_points_and_nothing_waits(course):
    assert float(grades(course)["blank"]["score"]) == 0
    assert grades(course)["blank"]["open"] == "0"
    assert set(course.scores("blank").values()) == {0}
    assert course.record("blank").repairs == ()


def test_a_late_submission_is_marked_in_table_and_csv(course, first_run):
    assert float(grades(course)["late"]["seconds_late"]) == 27.5 * 3600
    assert float(grades(course)["anna"]["seconds_late"]) == 0
    assert "1 d 3 h" in first_run.stdout


def test_the_class_report_counts_all_submissions(course):
    page = (course.root / "class_report.html").read_text()
    assert "4 submissions, 0 students missing" in page
    assert PAYLOAD not in page
    assert PAYLOAD not in (course.root / "class_report" / "sheet1_kl.html").read_text()


# --- feedback


@pytest.mark.parametrize("student", ["team-a", "blank", "late", "evil"])
def test_feedback_shows_the_report_and_nothing_hidden(student, course):
    page = course.feedback(student)
    assert page.count("<article") == 24
    for words in ("judge(", "BEGIN HIDDEN", "END HIDDEN", "from grader", "reference/sheet1_kl"):
        assert words not in page
    assert str(course.root) not in page


def test_nothing_that_a_student_says_is_active_in_a_page(course):
    page = course.feedback("evil")
    assert PAYLOAD not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img src=x" not in page
    assert "onerror=alert" in page


def test_nbgrader_generate_feedback_writes_the_same_pages(course):
    pages = {student: course.feedback(student) for student in ("team-a", "evil")}
    shutil.rmtree(course.root / "feedback")
    course.run("nbgrader", "generate_feedback", "sheet1_kl")
    for student, page in pages.items():
        assert course.feedback(student) == page


# --- what is graded again


def test_what_is_graded_already_is_graded_again_only_when_it_changed(course):
    (course.folder("late") / "kl.ipynb").write_text('{"cells": [ ]}')
    who, done = graded_by(course)
    assert who == {"late"}
    assert done.returncode == 0
    assert "3 of 4 are graded already" in done.stderr
    assert "88 / 108" in done.stdout
    assert float(grades(course)["anna"]["score"]) == 88


def test_a_pattern_that_fits_nobody_is_said_and_no_failure(monkeypatch, capsys):
    monkeypatch.setattr(batch, "release", lambda *args, **kwargs: 0)
    assert batch.grade(["sheet1_kl"], student="nobody at all") == 0
    assert "Nothing to grade" in capsys.readouterr().err


def test_only_sheets_with_submissions_are_released(monkeypatch):
    released = []
    monkeypatch.setattr(batch.copies, "prepare", lambda: None)
    handed_in = [
        Submission("sheet2", "ada"),
        Submission("sheet2", "bo"),
        Submission("sheet5", "bo"),
    ]
    monkeypatch.setattr(batch, "find_submissions", lambda *_: handed_in)
    monkeypatch.setattr(batch, "unfinished", lambda *_: [])
    monkeypatch.setattr(batch.results, "conclude", lambda *_: 0)
    monkeypatch.setattr(batch, "release", lambda sheets, if_needed: released.append(sheets))
    assert batch.grade(["sheet1", "sheet2", "sheet5"]) == 0
    assert released == [["sheet2", "sheet5"]]


# --- failures


def test_an_unknown_sheet_is_a_clear_error(capsys):
    assert main(["grade", "sheet9"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("grader: There is no sheet 'sheet9'. Did you mean sheet1_kl? The")


def test_a_grading_process_that_is_killed_costs_nobody_else_the_grade(course):
    names = ("kills-once", "killer")
    for name in names:
        (course.folder(name) / "kl.ipynb").write_text(NO_CELLS)
    try:
        who, done = graded_by(course, "--student", "k*", "--jobs", "1")
    finally:
        for name in names:
            shutil.rmtree(course.root / "submitted" / name)
    assert who == {"kills-once"}
    assert done.returncode == 1
    assert "1 of 2 could not be graded." in done.stdout
    said = re.sub(r"[│\s]+", " ", done.stdout)
    assert "died twice" in said
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,2\n", "must start with the line: team,student"),
        ("", "must start with the line: team,student"),
        ("team,student\na,x\nb,\n", "line 3: a name is missing."),
        ("team,student\na,x\nb\n", "line 3: a name is missing."),
        ("team,student\na,x\nb,x\n", "x is in two teams, a and b."),
    ],
)
def test_a_wrong_team_file_is_a_clear_error(content, message, tmp_path, monkeypatch):
    monkeypatch.setattr(teams, "FILE", tmp_path / "teams.csv")
    teams.FILE.write_text(content)
    with pytest.raises(CourseError, match=re.escape(message)):
        teams.of_each_student()


@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_team_file_may_have_spaces_and_a_byte_order_mark(start, tmp_path, monkeypatch):
    monkeypatch.setattr(teams, "FILE", tmp_path / "teams.csv")
    teams.FILE.write_text(f"{start}team, student, more\na , x ,1\na,x\nb, y,\n", encoding="utf-8")
    assert teams.of_each_student() == {"x": "a", "y": "b"}
    assert teams.members()["b"] == ["y"]


def test_a_wrong_team_file_stops_the_command_before_it_grades(course):
    file = course.root / "submitted" / "teams.csv"
    before = file.read_text()
    file.write_text("team,student\nteam-a,anna\nteam-b,anna\n")
    try:
        who, done = graded_by(course, "--student", "late", "--force")
    finally:
        file.write_text(before)
    assert done.returncode == 2
    assert "anna is in two teams, team-a and team-b." in done.stderr
    assert "Traceback" not in done.stderr
    assert who == set()


# --- nbgrader's own commands


def test_nbgrader_export_writes_the_same_table(course):
    graded_by(course)  # nothing is left to grade; the table is of the submissions that are there
    course.run("nbgrader", "export", "--to", "exported.csv")
    assert grades(course, "exported.csv") == grades(course)


def test_nbgrader_validate_passes_the_solution_and_says_what_a_blank_notebook_lacks(course):
    notebooks = [f"{folder}/sheet1_kl/kl.ipynb" for folder in ("source", "release")]
    done = course.run("nbgrader", "validate", *notebooks, check=False)
    passed, failed = re.split(r"VALIDATION FAILED ON \d+ CELL", done.stdout)
    assert "Success! Your notebook passes all the tests." in passed
    assert failed.count("NotImplementedError: not written yet: your code goes here") >= 12
    assert "Traceback" not in done.stderr


# --- a dask cluster


def test_a_dask_cluster_grades_too(course):
    """And `--force` with `--student`: only who is meant is graded again."""
    with workers(1, course.root) as address:
        who, done = graded_by(course, "--student", "t*m-?", "--force", "--scheduler", address)
    assert done.returncode == 0, done.stderr
    assert who == {"team-a"}
    assert "blank" not in done.stdout
    assert float(grades(course)["anna"]["score"]) == 88


def test_a_solution_that_fails_leaves_the_one_made_before(course_copy):
    folder = course_copy.root / "solutions" / "sheet1_kl"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "kl.ipynb").write_text("made before")
    source = course_copy.root / "source" / "sheet1_kl" / "kl.ipynb"
    text = source.read_text("utf-8")
    try:
        source.write_text("not a notebook")
        done = course_copy.run("grader", "solutions", "sheet1_kl", check=False)
    finally:
        source.write_text(text, "utf-8")
    assert done.returncode != 0
    assert (folder / "kl.ipynb").read_text() == "made before"
