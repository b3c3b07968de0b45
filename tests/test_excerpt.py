"""What a worker takes along of the gradebook, and what of its results reaches the real one."""

import datetime
import pickle
import shutil
import threading

import pytest
from nbgrader.api import Course, Gradebook

from grader.intake.submissions import Submission
from grader.records import excerpt, gradebook, marks, secret
from grader.records.gradebook import transaction

ADA = Submission("sheet", "ada")
AT_NOON = datetime.datetime(2026, 11, 10, 12)


# nbgrader 0.9 adds rows in an order that SQLAlchemy 2 warns about; the rows still arrive.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type .* not in session")


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A gradebook of another course, in which nothing is: making one takes seconds."""
    gradebook.config()  # has nbgrader changed, as every command does
    file = tmp_path_factory.mktemp("empty") / "gradebook.db"
    Gradebook(f"sqlite:///{file}", "another course").close()
    return file


@pytest.fixture
def book(empty, tmp_path):
    """A gradebook with a sheet of one judged item and one text, and a submission of another's."""
    url = f"sqlite:///{tmp_path}/gradebook.db"
    shutil.copy(empty, tmp_path)
    with gradebook.another(url), Gradebook(url, "course") as opened:
        opened.add_assignment("sheet", duedate="2026-11-10 11:00:00 UTC")
        opened.add_notebook("notebook", "sheet")
        for name in ("item", "text"):
            names = name, "notebook", "sheet"
            opened.add_grade_cell(*names, max_score=2, cell_type="code")
            opened.add_solution_cell(*names)
            opened.add_source_cell(*names, cell_type="code", source="judge()", locked=True)
        opened.add_student("bruno")
        opened.add_submission("sheet", "bruno")
        yield opened


def take(book):
    with transaction(book):
        return excerpt.Taking(book).of(ADA)


def graded(taken, points=1.5):
    """What a worker brings back: nbgrader's own calls, on the excerpt."""
    with excerpt.laid_out(taken), gradebook.gradebook() as there:
        there.update_or_create_student("ada")
        there.update_or_create_submission("sheet", "ada", timestamp=AT_NOON)
        names = "notebook", "sheet", "ada"
        grade = there.find_grade("item", *names)
        grade.auto_score, grade.needs_manual_grade = points, grade.manual_score is not None
        there.find_comment("text", *names).auto_comment = "No response."
        there.find_submission_notebook(*names).late_submission_penalty = 0.5
        there.db.commit()
        return excerpt.results(ADA), marks.grades_digest(there, ADA)


def put_back(book, results):
    with transaction(book) as connection:
        return excerpt.put_back(connection, ADA, results)


def grade(book):
    return book.find_grade("item", "notebook", "sheet", "ada")


def test_a_new_submission_reaches_the_gradebook_whole(book):
    results, digest = graded(take(book))
    assert put_back(book, pickle.loads(pickle.dumps(results)))
    found = book.find_submission("sheet", "ada")
    assert (found.score, found.max_score, found.timestamp) == (1.5, 4.0, AT_NOON)
    assert found.total_seconds_late == 3600
    assert found.notebooks[0].late_submission_penalty == 0.5
    assert not grade(book).needs_manual_grade
    assert book.find_comment("text", "notebook", "sheet", "ada").auto_comment == "No response."
    assert marks.grades_digest(book, ADA) == digest


def test_an_excerpt_has_the_sheet_the_submission_and_the_secret_and_nobody_else(book):
    put_back(book, graded(take(book))[0])
    taken = take(book)
    assert [row["id"] for row in taken.rows["student"]] == ["ada"]
    assert [row["student_id"] for row in taken.rows["submitted_assignment"]] == ["ada"]
    assert len(taken.rows["grade"]) == len(taken.rows["comment"]) == 2
    with excerpt.laid_out(taken):
        assert secret.secret(excerpt.MEMORY) == taken.secret
        with gradebook.gradebook() as there:
            assert [student.id for student in there.students] == ["ada"]
            assert there.find_source_cell("item", "notebook", "sheet").source == "judge()"


def test_what_is_graded_again_changes_what_grading_gives_and_nothing_else(book):
    put_back(book, graded(take(book))[0])
    results, digest = graded(take(book), points=0.0)
    assert not put_back(book, results)
    assert grade(book).auto_score == 0.0
    assert marks.grades_digest(book, ADA) == digest
    assert len(book.find_assignment("sheet").submissions) == 2


def test_what_a_person_decides_while_a_worker_grades_stays_and_is_to_be_looked_at_again(book):
    put_back(book, graded(take(book))[0])
    taken = take(book)
    grade(book).manual_score = 2.0
    book.find_comment("text", "notebook", "sheet", "ada").manual_comment = "Well."
    book.find_submission("sheet", "ada").extension = datetime.timedelta(hours=1)
    book.db.commit()
    results, digest = graded(taken, points=1.0)
    assert not put_back(book, results)
    found = grade(book)
    assert (found.auto_score, found.manual_score, found.needs_manual_grade) == (1.0, 2.0, True)
    comment = book.find_comment("text", "notebook", "sheet", "ada")
    assert (comment.auto_comment, comment.manual_comment) == ("No response.", "Well.")
    assert book.find_submission("sheet", "ada").total_seconds_late == 0
    assert marks.grades_digest(book, ADA) != digest  # so its page is made again


def test_two_workers_with_the_same_new_submission_leave_one(book):
    taken = take(book), take(book)
    first, second = (graded(one, points) for one, points in zip(taken, (1.0, 2.0), strict=True))
    assert put_back(book, first[0])
    assert not put_back(book, second[0])
    assert grade(book).auto_score == 2.0
    assert len(book.find_assignment("sheet").submissions) == 2


def test_an_excerpt_is_laid_out_in_any_thread_after_another(book):
    found = []
    taken = take(book)
    for points in (0.5, 1.0):
        thread = threading.Thread(target=lambda p=points: found.append(graded(taken, p)))
        thread.start()
        thread.join()
    scores = [[row["auto_score"] for row in rows["grade"]] for rows, _ in found]
    assert [sorted(one, key=str) for one in scores] == [[0.5, None], [1.0, None]]


def test_a_gradebook_is_opened_again_without_a_look_at_its_tables_unless_it_is_another_file(
    book, empty, tmp_path
):
    file, url = tmp_path / "gradebook.db", f"sqlite:///{tmp_path}/gradebook.db"
    book.close()
    with Gradebook(url, "course") as again:
        assert again.find_assignment("sheet").name == "sheet"
        assert again.course_id == "course"
    file.rename(tmp_path / "old.db")
    shutil.copy(empty, file)
    with Gradebook(url, "course") as new:
        assert new.assignments == []
        assert new.db.get(Course, "course") is not None
