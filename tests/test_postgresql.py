"""The gradebook on a PostgreSQL server: two graders at once, export, and the formgrader.

Skipped where no server can be started.
"""

import glob
import json
import os
import pwd
import shutil
import subprocess
import tempfile
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
import serving
from nbgrader.api import Gradebook
from test_done import ToyCourse

psycopg = pytest.importorskip("psycopg", reason="needs the driver: pip install 'psycopg[binary]'")
STUDENTS = {"ada": "x / 2", "bruno": "x / 2", "clara": "3 * x"}


def programs() -> Path | None:
    """The folder with PostgreSQL's server programs; None if there is none."""
    found = [Path(name) for name in sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))]
    found += [Path(name).resolve() for name in [shutil.which("initdb")] if name]
    return found[-1].parent if found else None


@pytest.fixture(scope="module")
def server():
    """The address of an empty database on a server of our own."""
    if programs() is None:
        pytest.skip("PostgreSQL's server is not installed")
    account = {}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        try:
            account = {"user": pwd.getpwnam("postgres").pw_name}
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no account postgres")
    folder = Path(tempfile.mkdtemp(prefix="postgresql-", dir="/tmp"))
    if account:
        shutil.chown(folder, account["user"])
    port = serving.free_port()
    data, log = folder / "data", folder / "log"
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    control = [str(programs() / "pg_ctl"), "-D", str(data), "-w"]
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, "check": True, **account}
    initialise = [str(programs() / "initdb"), "-D", str(data), "-A", "trust", "-U", "grader"]
    subprocess.run([*initialise, "-E", "UTF8", "--no-locale"], **quiet)
    try:
        subprocess.run([*control, "-l", str(log), "-o", options, "-t", "120", "start"], **quiet)
        yield f"postgresql://grader@127.0.0.1:{port}/postgres"
    finally:
        with suppress(subprocess.CalledProcessError):
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def course(server, tmp_path_factory):
    """A course whose gradebook is on the server, graded by two graders at once."""
    made = ToyCourse(tmp_path_factory.mktemp("course"))
    with (made.root / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {server!r}\n")
    made.run("release")
    for student, half in STUDENTS.items():
        made.hand_in(student, half)
    graders = [made.start("grade", "--jobs", "1") for _ in range(2)]
    for grader in graders:
        said = "".join(grader.communicate())
        assert grader.returncode == 0, said
    return made


def test_two_graders_at_once_give_each_submission_its_grade(course):
    scores = {student: row["score"] for student, row in course.rows().items()}
    assert scores == {"ada": "4.0", "bruno": "4.0", "clara": "2.0"}
    assert all(course.page(student).exists() for student in STUDENTS)
    assert not list(course.root.glob("gradebook*"))
    assert "3 of 3 are graded already" in course.run("grade")


def test_points_given_by_hand_reach_feedback_and_table(course, server):
    with Gradebook(server, "dgm") as book:
        book.find_grade("half-test", "toy", "toy", "clara").manual_score = 1.5
        book.db.commit()
    course.run("grade")
    assert course.rows()["clara"]["score"] == "3.5"
    assert "1.5" in course.page("clara").read_text()


def test_an_empty_database_is_not_filled_beside_graded_work(course, server):
    config = course.root / "nbgrader_config.py"
    text = config.read_text()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE other")
    config.write_text(text + f"\nc.CourseDirectory.db_url = {server!r}[:-8] + 'other'\n")
    try:
        said = course.run("grade", code=2)
    finally:
        config.write_text(text)
    assert "No submission is in the gradebook" in said and "holds graded work" in said


def test_the_formgrader_shows_the_class(course):
    with serving.formgrader(course.root) as address:
        asked = f"{address}/formgrader/api/submissions/toy?token={serving.TOKEN}"
        with urllib.request.urlopen(asked, timeout=300) as reply:
            found = json.load(reply)
    assert {one["student"]: one["max_score"] for one in found} == dict.fromkeys(STUDENTS, 4.0)
    assert {one["student"]: one["score"] for one in found}["ada"] == 4.0
