"""A submission is done when it is judged and its feedback is newer than its grade; else it is open.

Whatever ends a run, the next one finds what is unfinished and finishes it.
"""

import ast
import atexit
import contextlib
import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pool_tasks
import pytest
import sqlalchemy as sa
import toy
from nbgrader.api import Gradebook

from grader import atomic, record
from grader.course import layout
from grader.errors import CourseError, MachineTrouble
from grader.grading import one, pool, writing
from grader.intake.submissions import Submission
from grader.records import copies, gradebook, run_times
from grader.running import sandbox

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
NO_POINTS = "3 * x"


def _heeds_ctrl_c() -> None:
    """As in a terminal: what a shell starts in the background ignores SIGINT, and so would this."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class ToyCourse:
    """A copy of the course with the toy sheet alone."""

    def __init__(self, root: Path):
        self.root = root
        toy.course(root, ROOT)
        self.scratch = Path(tempfile.mkdtemp(prefix="toy-")).resolve()  # a socket's path is short
        atexit.register(shutil.rmtree, self.scratch, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """A folder for temporary files of its own, to see what stays in it."""
        return os.environ | {"TMPDIR": str(self.scratch), "PYTHONPATH": f"{self.root}:{TESTS}"}

    def start(self, *argv: str) -> subprocess.Popen:
        """Start `python -m grader …` here, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "grader", *argv],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_heeds_ctrl_c,
        )

    def run(self, *argv: str, code: int = 0) -> str:
        """Run `python -m grader …`; all that it said."""
        with self.start(*argv) as process:
            said = "".join(process.communicate())
        assert process.returncode == code, said
        assert "Traceback" not in said
        return " ".join(said.split())

    def hand_in(self, student: str, half: str = "x / 2", more: str = "") -> None:
        folder = self.root / "submitted" / student / toy.SHEET
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(toy.answer(half, more), folder / "toy.ipynb")

    def rows(self) -> dict[str, dict[str, str]]:
        """The lines of grades.csv, by student."""
        with (self.root / "grades.csv").open(newline="") as stream:
            return {row["student_id"]: row for row in csv.DictReader(stream)}

    def page(self, student: str) -> Path:
        return self.root / "feedback" / student / toy.SHEET / "toy.html"

    def judged(self, student: str) -> int:
        """When a submission was judged last."""
        return self.notebook(student).stat().st_mtime_ns

    def notebook(self, student: str) -> Path:
        return self.root / "autograded" / student / toy.SHEET / "toy.ipynb"

    def transactions(self) -> int:
        """How many have changed the gradebook so far: SQLite counts them in the file's header."""
        return int.from_bytes((self.root / "gradebook.db").read_bytes()[24:28], "big")

    def book(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root}/gradebook.db", "dgm")

    def append(self, file: str, text: str):
        """Add a text to a file; a context in which it is there."""

        @contextlib.contextmanager
        def added():
            before = (self.root / file).read_text()
            (self.root / file).write_text(before + text)
            try:
                yield
            finally:
                (self.root / file).write_text(before)

        return added()


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> ToyCourse:
    """The toy course, with four submissions graded."""
    made = ToyCourse(tmp_path_factory.mktemp("course"))
    for student in ("ada", "bruno", "clara"):
        made.hand_in(student)
    made.hand_in("dora", NO_POINTS)
    made.run("grade", "--jobs", "2")
    return made


def test_how_long_each_took_is_kept_and_only_the_report_shows_it(course):
    with course.book() as book:
        took = run_times.read_all(book)
        assert set(took) == {
            Submission(toy.SHEET, one) for one in ("ada", "bruno", "clara", "dora")
        }
    assert all(seconds > 0 for seconds in took.values())
    report = (course.root / "class_report" / f"{toy.SHEET}.html").read_text()
    (slowest,) = (
        f"{one.student}</a> ({s:.1f} s)" for one, s in took.items() if s == max(took.values())
    )
    assert slowest in report
    for text in (course.page("ada").read_text(), (course.root / "grades.csv").read_text()):
        assert f"{took[Submission(toy.SHEET, 'ada')]:.1f} s" not in text


def alive(pid: int) -> bool:
    """Whether a process is there and not just waiting to be buried."""
    with contextlib.suppress(OSError):
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state != "Z"
    return False


def until(condition, what: str, seconds: float = 300):
    """Wait for something that happens, however busy the machine is."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


# --- what counts as done


def test_what_is_done_is_left_alone_and_what_is_not_is_finished(course):
    assert {name: row["score"] for name, row in course.rows().items()} == {
        "ada": "4.0",
        "bruno": "4.0",
        "clara": "4.0",
        "dora": "2.0",
    }
    before = {name: course.judged(name) for name in course.rows()}
    page = course.page("ada").read_text()
    course.page("ada").unlink()
    with course.book() as book:
        grade = book.find_grade("half-test", "toy", toy.SHEET, "bruno")
        grade.manual_score = 1.5
        book.db.commit()
        book.db.execute(sa.text("DELETE FROM judge_marks WHERE student = 'clara'"))
        book.db.commit()
    said = course.run("grade")
    after = {name: course.judged(name) for name in course.rows()}
    assert {name for name in after if after[name] != before[name]} == {"clara"}
    assert course.page("ada").read_text() == page
    assert "3.5" in course.page("bruno").read_text() and course.rows()["bruno"]["score"] == "3.5"
    assert "3 of 4 are graded already" in said and "2 of these have grades newer" in said
    said = course.run("grade")
    assert "4 of 4 are graded already" in said
    assert course.page("bruno").stat().st_mode & 0o777 == 0o644


BY_HAND = """
from grader.records import fresh, gradebook
gradebook.config()  # as every nbgrader command reads it
fresh.WAIT_SECONDS = 0
fresh.by_hand("toy", "clara")
"""


def set_by_hand(course, points: float) -> None:
    with course.book() as book:
        grade = book.find_grade("half-test", "toy", toy.SHEET, "clara")
        grade.manual_score = points
        book.find_comment("half", "toy", toy.SHEET, "clara").manual_comment = f"Worth {points}."
        book.db.commit()


def in_the_course(course, *argv: str) -> None:
    done = subprocess.run(
        [sys.executable, *argv],
        cwd=course.root,
        env=course.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("points", "argv"),
    [
        (1.5, ("-c", BY_HAND)),  # what the formgrader calls when it has saved
        (0.5, ("-m", "nbgrader", "generate_feedback", toy.SHEET, "--force")),
        (2.0, ("-m", "grader", "grade")),
    ],
    ids=["formgrader", "generate_feedback", "grade"],
)
def test_points_given_by_hand_are_in_page_tables_and_reports_at_once(course, points, argv):
    before = course.judged("clara")
    set_by_hand(course, points)
    in_the_course(course, *argv)
    assert float(course.rows()["clara"]["score"]) == 2.0 + points
    assert f"Worth {points}." in course.page("clara").read_text()
    assert f">{2.0 + points:g}</a>" in (course.root / "class_report.html").read_text()
    assert (course.root / "class_report" / "toy.html").exists()
    assert course.judged("clara") == before


def test_a_page_that_the_formgrader_wrote_is_not_made_again(course):
    set_by_hand(course, 1.0)
    in_the_course(course, "-c", BY_HAND)
    said = course.run("grade", "--student", "clara")
    assert "1 of 1 are graded already" in said and "newer than their feedback" not in said


def test_a_record_says_which_checks_judged_and_old_ones_are_judged_again_where_wanted(course):
    made = record.read_file(course.notebook("dora")).checks
    assert len(made) == 64
    with course.append(f"reference/{toy.SHEET}/checks.py", "\n# another check\n"):
        said = course.run("grade", "--student", "dora")
        assert "1 of 1 are graded already" in said and "1 of these were judged by older" in said
        before = course.transactions()
        said = course.run("grade", "--student", "dora", "--outdated")
        assert course.transactions() - before == 2  # the old points go, the new ones come
        assert "graded already" not in said and "older" not in said
        assert record.read_file(course.notebook("dora")).checks != made


BROKEN_CHECK = """

def half(student, draw):
    yield student.holds(True, "is there", "It is not.")
    raise NameError("a typo of ours")
"""


def test_an_item_whose_check_fails_stays_open_and_is_judged_as_soon_as_the_check_works(course):
    with course.append(f"reference/{toy.SHEET}/checks.py", BROKEN_CHECK):
        course.hand_in("emil")
        said = course.run("grade", "--student", "emil", code=1)
        assert "half is not judged: the check failed (NameError: a typo of ours (checks.py," in said
        assert "1 of 1 have items that could not be judged" in said
        row = course.rows()["emil"]
        assert (row["score"], row["not_judged"], row["open"]) == ("2.0", "1", "1")
        page = course.page("emil").read_text()
        assert "which is not your fault" in page and "could not be judged yet" in page
        answers = course.root / "answers.py"
        answers.write_text("def half(x):\n    return x / 2\n")
        said = course.run("check", toy.SHEET, "answers.py", "--only", "half", code=2)
        assert "? half" in said and "NameError: a typo of ours" in said
    said = course.run("grade", "--student", "emil")
    assert "graded already" not in said
    assert course.rows()["emil"]["score"] == "4.0" and course.rows()["emil"]["not_judged"] == "0"
    assert "not your fault" not in course.page("emil").read_text()


def test_what_the_gradebook_has_and_nobody_handed_in_is_said(course):
    course.hand_in("frieda")
    before = course.transactions()
    course.run("grade", "--student", "frieda")
    assert course.transactions() - before == 1  # student, points and mark in one step
    shutil.rmtree(course.root / "submitted" / "frieda")
    said = course.run("grade", "--student", "ada")
    assert "In the gradebook and in grades.csv, but not in submitted/: frieda (toy)" in said
    assert "frieda" in course.rows()


# --- changing a sheet


def test_a_graded_sheet_is_changed_by_a_command_of_its_own_which_keeps_grades(course):
    with course.book() as book:
        grade = book.find_grade("bit-test", "toy", toy.SHEET, "ada")
        grade.manual_score = 0.5
        book.find_comment("bit", "toy", toy.SHEET, "ada").manual_comment = "Well."
        book.db.commit()
    source = course.root / "source" / toy.SHEET / "toy.ipynb"
    notebook = nbformat.read(source, as_version=4)
    kept = [cell for cell in notebook.cells if not cell.id.startswith("half")]
    text = nbformat.v4.new_markdown_cell("### BEGIN SOLUTION\nWhy.\n### END SOLUTION", id="why")
    text.metadata["nbgrader"] = {"grade_id": "why", "schema_version": 3, "task": False}
    text.metadata["nbgrader"] |= {"grade": True, "locked": False, "points": 3, "solution": True}
    notebook.cells = [*kept, text]
    nbformat.write(notebook, source)
    (course.root / "reference" / toy.SHEET / "equivalents.py").write_text("EQUIVALENT = {}\n")
    said = course.run("grade", "--student", "ada", code=2)
    assert "Cells of toy changed (new: why; gone: half, half-test)" in said
    assert "2 grades given by hand go with these cells" in said  # bruno's and clara's
    assert "python -m grader release toy --change" in said
    course.run("release", "toy", "--change")
    course.run("grade", "--student", "ada")
    row = course.rows()["ada"]
    assert (row["score"], row["max_score"], row["not_judged"]) == ("0.5", "5.0", "0")
    with course.book() as book:
        grade = book.find_grade("bit-test", "toy", toy.SHEET, "ada")
        assert (grade.manual_score, grade.auto_score, grade.needs_manual_grade) == (0.5, 2.0, True)
        assert book.find_comment("bit", "toy", toy.SHEET, "ada").manual_comment == "Well."
        assert book.find_grade("why", "toy", toy.SHEET, "bruno").auto_score is None


def test_a_new_gradebook_needs_no_new_zip(tmp_path):
    made = ToyCourse(tmp_path)
    assert "toy made" in made.run("release")
    archive = made.root / "release" / f"{toy.SHEET}.zip"
    before = archive.stat().st_mtime_ns
    (made.root / "gradebook.db").unlink()
    made.hand_in("ada")
    made.run("grade")
    assert archive.stat().st_mtime_ns == before and "ada" in made.rows()
    archive.unlink()
    assert "toy made" in made.run("release", "--if-needed") and archive.exists()


def test_a_solution_that_is_made_again_is_there_until_the_new_one_is_complete(tmp_path):
    made = ToyCourse(tmp_path / "course")
    old, source = (made.root / part / toy.SHEET / "toy.ipynb" for part in ("solutions", "source"))
    old.parent.mkdir(parents=True)
    old.write_text("the old one")
    (old.parent / "figure.png").write_bytes(b"of a cell that is gone")
    notebook = nbformat.read(source, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(f"print(open({str(old)!r}).read())", id="see"))
    nbformat.write(notebook, source)
    made.run("solutions")
    assert nbformat.read(old, as_version=4).cells[-1].outputs[0].text == "the old one\n"
    assert [file.name for file in old.parent.iterdir()] == ["toy.ipynb"]
    before = old.read_bytes()
    count = tmp_path / "count"  # the check before is the first run, and passes
    once = f"with open({str(count)!r}, 'a+') as f:\n    f.write('x')\n    assert f.tell() == 1"
    notebook.cells.append(nbformat.v4.new_code_cell(once, id="fails"))
    nbformat.write(notebook, source)
    assert "what was in solutions/toy before is still there" in made.run("solutions", code=2)
    assert old.read_bytes() == before and not list((made.root / "build").iterdir())


# --- killed, stopped, out of memory


def test_graders_workers_and_kernels_killed_forty_times_lead_to_the_undisturbed_grades(
    tmp_path,
):
    made = ToyCourse(tmp_path / "course")
    made.run("release")
    done = subprocess.run(
        [sys.executable, TESTS / "kills.py", "40", "14"],
        cwd=made.root,
        env=made.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    killed = ast.literal_eval(done.stdout)
    assert set(killed) == {"kernel", "main", "stopped", "worker"} and sum(killed.values()) >= 40


@pytest.fixture
def interrupted(tmp_path):
    """A course with a submission that is done, and a grader with the kernel of another at work."""
    made = ToyCourse(tmp_path / "course")
    made.hand_in("ada")
    made.run("grade")
    made.hand_in("bruno", more="import time\ntime.sleep(20)")
    process = made.start("grade")
    until(lambda: len(kernels_in(made.scratch)) >= 3, "no kernel started")
    yield made, process, kernels_in(made.scratch)
    process.kill()
    process.communicate()


def kernels_in(folder: Path) -> list[int]:
    """The processes at work in a scratch folder in there: what kernels are forked from, the kernels
    and those that watch them.
    """
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.readlink(process / "cwd").startswith(f"{folder}/{sandbox.SCRATCH}"):
                found.append(int(process.name))
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize(
    ("signum", "code"),
    [
        (signal.SIGKILL, -signal.SIGKILL),
        (signal.SIGTERM, 128 + signal.SIGTERM),
        (signal.SIGINT, 130),
    ],
    ids=["killed", "terminated", "interrupted"],
)
def test_everything_ends_with_the_grader_and_the_next_run_goes_on(interrupted, signum, code):
    course, process, kernels = interrupted
    if signum == signal.SIGINT:
        os.killpg(process.pid, signum)  # as a terminal does
    else:
        process.send_signal(signum)
    said = "".join(process.communicate())
    assert process.returncode == code and "Traceback" not in said
    until(lambda: not any(map(alive, kernels)), "a kernel stayed")
    until(lambda: not kernels_in(course.scratch), "a kernel came")
    if signum != signal.SIGKILL:
        assert not list(course.scratch.glob(f"{sandbox.SCRATCH}*"))
    course.hand_in("bruno")
    said = course.run("grade")
    assert "1 of 2 are graded already" in said
    assert {row["score"] for row in course.rows().values()} == {"4.0"}
    assert not list(course.scratch.glob(f"{sandbox.SCRATCH}*"))


def test_the_very_first_run_may_be_interrupted_too(tmp_path):
    course = ToyCourse(tmp_path / "course")
    course.run("release")
    course.hand_in("bruno", more="import time\ntime.sleep(20)")
    process = course.start("grade")
    until(lambda: list(course.root.glob("autograded/*/*/*.ipynb")), "nothing was written")
    os.killpg(process.pid, signal.SIGINT)
    said = "".join(process.communicate())
    assert process.returncode == 130 and "Traceback" not in said
    course.hand_in("bruno")
    course.run("grade")
    assert course.rows()["bruno"]["score"] == "4.0"


def test_a_scratch_folder_is_removed_when_nobody_holds_it_and_not_before(monkeypatch):
    with tempfile.TemporaryDirectory() as name:  # a short path, as sockets need
        monkeypatch.setattr(sandbox.tempfile, "tempdir", name)
        folder = Path(name)
        (folder / f"{sandbox.SCRATCH}old" / "work").mkdir(parents=True)
        (folder / "another-program").mkdir()
        with sandbox.scratch_folder([]) as first, sandbox.scratch_folder([]) as second:
            sandbox.remove_abandoned()
            left = {path.name for path in folder.iterdir()}
            assert left == {first.name, second.name, "another-program"}
        assert [path.name for path in folder.iterdir()] == ["another-program"]


# --- the processes


def test_a_worker_that_dies_is_replaced_and_costs_its_own_task_alone():
    tasks = [1, 13, 2, 3, 4, 5]
    done = dict(pool.work_through(pool_tasks.double, tasks, 2))
    assert isinstance(done.pop(13), pool.Died)
    assert {number: outcome[0] for number, outcome in done.items()} == {
        number: 2 * number for number in (1, 2, 3, 4, 5)
    }


def test_a_worker_has_the_environment_of_the_moment_it_starts(monkeypatch):
    for value in ("one", "two"):
        monkeypatch.setenv("GRADER_TRIED", value)
        found = pool.work_through(pool_tasks.variable, ["GRADER_TRIED"], 1)
        assert dict(found) == {"GRADER_TRIED": value}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("sheets", [("sheet4_beta_vae", "sheet5_gan"), ("no_such_sheet",), ()])
def test_workers_begin_with_the_banks_that_they_need_and_what_they_are_forked_from_computes_nothing(
    sheets,
):
    said = subprocess.run(
        [sys.executable, TESTS / "pool_tasks.py", "ready", *sheets],
        env=os.environ | {"PYTHONPATH": f"{ROOT}:{TESTS}"},
        capture_output=True,
        text=True,
        check=True,
    )
    there = [sheet for sheet in sheets if sheet in layout.sheets()]
    assert said.stdout.splitlines()[-1] == str([(there, 1)]), said


def test_the_class_stays_parallel_after_a_death(tmp_path):
    tasks = [*[str(tmp_path)] * 2]
    died = list(pool.work_through(pool_tasks.double, [13, 13], 2))
    assert [type(outcome) for _, outcome in died] == [pool.Died] * 2
    assert [outcome for _, outcome in pool.work_through(pool_tasks.meet, tasks, 2)] == [True, True]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("of", ["grade", "audit"])
def test_a_worker_ends_with_the_process_that_started_it(of, tmp_path):
    argv = [sys.executable, TESTS / "pool_tasks.py", tmp_path / "pids", of]
    with subprocess.Popen(argv, env=os.environ | {"PYTHONPATH": f"{ROOT}:{TESTS}"}) as process:
        until((tmp_path / "pids").exists, "no worker started")
        process.kill()
    worker, child = map(int, (tmp_path / "pids").read_text().split())
    until(lambda: not alive(worker), "the worker stayed")
    os.kill(child, signal.SIGKILL)  # of no sandbox, so nothing ends it by itself


# --- one submission


@pytest.fixture
def steps(monkeypatch, tmp_path):
    """A submission's way without nbgrader and gradebook: what is called, in order; each step may be
    made to fail.
    """
    monkeypatch.setattr(layout, "SUBMITTED", tmp_path / "submitted")
    monkeypatch.setattr(layout, "AUTOGRADED", tmp_path / "autograded")
    monkeypatch.setattr(layout, "FEEDBACK", tmp_path / "feedback")
    monkeypatch.setattr(layout, "SOURCE", tmp_path / "source")
    toy.write(tmp_path)
    submission = Submission(toy.SHEET, "ada")
    submission.folder.mkdir(parents=True)
    called = []

    def note(name, returned=None):
        return lambda *args: called.append(name) or returned

    def convert(converter, sheet, student):
        called.append(converter.__name__)
        atomic.write(submission.graded_notebook, "{}")

    @contextlib.contextmanager
    def empty(*args):
        yield None

    monkeypatch.setattr(one, "convert", convert)
    monkeypatch.setattr(one.excerpt, "laid_out", empty)
    monkeypatch.setattr(one.excerpt, "results", lambda which: {"grade": []})
    monkeypatch.setattr(one.fresh.page, "write", note("page"))
    monkeypatch.setattr(one.fresh, "gradebook", empty)
    monkeypatch.setattr(one.marks, "grades_digest", lambda *args: "grades")
    earlier = one.marks.Mark("notebook", "page", "grades", "earlier")
    monkeypatch.setattr(one.marks, "read", lambda *args: earlier)
    monkeypatch.setattr(one.marks, "take_away", note("take away"))
    monkeypatch.setattr(one.marks, "put", note("put"))
    monkeypatch.setattr(writing, "transaction", empty)
    for name in ("prepare", "put"):
        monkeypatch.setattr(writing.run_times, name, lambda *args: None)
    monkeypatch.setattr(writing, "reopen", note("reopen"))
    taken = SimpleNamespace(of=lambda which: one.Excerpt({}, ""))
    monkeypatch.setattr(writing.excerpt, "Taking", lambda book: taken)
    monkeypatch.setattr(writing.excerpt, "put_back", note("points", True))
    return called, one.Task(submission, seen="earlier")


def graded(task: one.Task) -> one.Outcome:
    """What comes of a task that is handed out, worked on and put back."""
    writer = writing.Writer(None)
    handed_out = writer.hand_out(task)
    return writer.put_back(handed_out, one.grade_one(handed_out))


def test_the_mark_goes_before_all_else_and_comes_after_all_else(steps):
    called, task = steps
    assert graded(task) == one.Outcome()
    assert called[:4] == ["take away", "reopen", "AutogradeFolder", "page"]
    assert called[4:] == ["take away", "points", "put"]


@pytest.mark.parametrize(
    "error", [MachineTrouble("too busy"), OSError(28, "No space left on device"), MemoryError()]
)
def test_what_the_machine_prevents_is_put_back_and_leaves_no_mark(steps, error, monkeypatch):
    called, task = steps

    def fail(*args):
        raise error

    monkeypatch.setattr(one, "convert", fail)
    outcome = graded(task)
    assert outcome.again and str(error) in outcome.failure
    assert called == ["take away", "reopen"]


def test_what_the_gradebook_refuses_is_put_back_and_leaves_no_mark(steps, monkeypatch):
    called, task = steps

    def refuse(*args):
        raise CourseError("it is locked")

    monkeypatch.setattr(writing.excerpt, "put_back", refuse)
    assert graded(task) == one.Outcome("it is locked", again=True)
    assert "put" not in called


def test_a_kernel_that_died_is_given_a_second_try_alone_and_then_believed(steps, monkeypatch):
    called, task = steps
    convert = one.convert

    def dying(converter, sheet, student):
        convert(converter, sheet, student)
        notebook = nbformat.v4.new_notebook()
        record.Record(kernel_died=True).write(notebook)
        atomic.write(task.submission.graded_notebook, nbformat.writes(notebook))

    monkeypatch.setattr(one, "convert", dying)
    assert graded(task).again
    assert called == ["take away", "reopen", "AutogradeFolder"]
    assert graded(replace(task, alone=True)) == one.Outcome()
    assert called[-1] == "put"


def test_what_another_run_finished_in_the_meantime_is_not_done_again(steps, monkeypatch):
    called, task = steps
    other = one.marks.Mark("notebook", "page", "grades", "later")
    monkeypatch.setattr(one.marks, "read", lambda *args: other)
    assert graded(task) == one.Outcome()
    assert called == []


def test_what_another_run_graded_while_this_one_waited_for_it_is_looked_at_again_later(steps):
    called, task = steps
    handed_out = writing.Writer(None).hand_out(task)
    atomic.write(task.submission.graded_notebook, "{} ")
    assert one.grade_one(handed_out) == one.Outcome("another run is at it", again=True)
    assert called == ["take away", "reopen"]


def test_a_page_that_no_longer_fits_the_points_is_made_again(steps, monkeypatch):
    called, task = steps
    monkeypatch.setattr(writing.excerpt, "put_back", lambda *args: False)
    digests = iter(["in the excerpt", "given by hand meanwhile", "given by hand meanwhile"])
    monkeypatch.setattr(one.marks, "grades_digest", lambda *args: next(digests))
    assert graded(task) == one.Outcome()
    assert called[3:] == ["page", "take away", "page", "put"]


def test_a_file_is_written_whole_or_stays_as_it_was(tmp_path):
    file = tmp_path / "grades.csv"
    atomic.write(file, "old")
    with pytest.raises(OSError), atomic.replacing(file) as new:
        new.write_text("ne")
        raise OSError("disk full")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


# --- the gradebook


@pytest.fixture
def book(tmp_path, monkeypatch) -> Path:
    """A gradebook of its own, and folders of its own around it."""
    file = tmp_path / "gradebook.db"
    url = f"sqlite:///{file}"
    folders = gradebook.CourseDirectory(db_url=url, course_id="dgm", root=str(tmp_path))
    for module in (copies, gradebook):
        monkeypatch.setattr(module, "course_directory", lambda *args: folders)
        monkeypatch.setattr(module, "COPIES", tmp_path / "gradebook_copies")
    monkeypatch.setattr(layout, "AUTOGRADED", tmp_path / "autograded")
    with Gradebook(url, "dgm") as opened:
        opened.add_assignment("toy")
    return file


def copies_of(book: Path) -> list[Path]:
    return sorted((book.parent / "gradebook_copies").iterdir())


def test_the_gradebook_is_copied_before_each_run_and_ten_copies_stay(book):
    for number in range(13):
        with Gradebook(f"sqlite:///{book}", "dgm") as opened:
            opened.add_student(f"student{number}")
        copies.prepare()
        copies.prepare()  # nothing changed: the same copy
    assert len(copies_of(book)) == 10
    with closing(sqlite3.connect(copies_of(book)[-1])) as copy:
        assert copy.execute("SELECT count(*) FROM student").fetchone() == (13,)


def test_a_damaged_gradebook_is_a_sentence_and_stays_as_it_is(book):
    copies.prepare()
    for content in (b"something else", book.read_bytes()[:20_000] + b"\xff" * 30_000):
        book.write_bytes(content)
        with pytest.raises(CourseError, match=r"is damaged .* newest sound copy.*gradebook_copies"):
            copies.prepare()
        assert book.read_bytes() == content
        assert len(copies_of(book)) == 1


def test_a_locked_gradebook_is_a_sentence(book, monkeypatch):
    monkeypatch.setattr(copies, "PATIENCE_MS", 10)
    with closing(sqlite3.connect(book)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CourseError, match=r"Another program is writing to the gradebook .*db"):
            copies.prepare()


def test_a_read_only_gradebook_is_a_sentence(book, monkeypatch):
    connect = sqlite3.connect
    monkeypatch.setattr(  # root may write whatever the permissions say
        copies.sqlite3, "connect", lambda file, **more: connect(f"file:{file}?mode=ro", uri=True)
    )
    with pytest.raises(CourseError, match="cannot be written. Give your account the right"):
        copies.prepare()


@pytest.mark.parametrize("how", ["missing", "empty"])
def test_a_gradebook_that_is_gone_is_not_begun_again_beside_graded_work(book, how):
    if how == "missing":
        book.unlink()
    copies.prepare()
    graded = book.parent / "autograded" / "ada" / "toy" / "toy.ipynb"
    graded.parent.mkdir(parents=True)
    graded.write_text("{}")
    with pytest.raises(CourseError, match="holds graded work.*gradebook_copies/"):
        copies.prepare()
    assert book.exists() == (how == "empty")


def test_a_database_that_does_not_answer_is_a_sentence_without_the_password(book, monkeypatch):
    monkeypatch.setattr(
        gradebook.course_directory(), "db_url", "postgresql://me:secret@127.0.0.1:1/none"
    )
    with pytest.raises(CourseError) as raised:
        copies.prepare()
    said = str(raised.value)
    assert "secret" not in said
    assert "does its server run?" in said or "PostgreSQL needs its driver" in said
