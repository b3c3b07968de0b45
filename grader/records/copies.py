"""Before a run: is the gradebook usable, is it the right one, and is there a copy of it?"""

import datetime
import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from grader import atomic
from grader.course import layout
from grader.errors import CourseError
from grader.nbgrader_patches import PATIENCE_MS
from grader.records import run_times
from grader.records.gradebook import COPIES, course_directory, gradebook, in_words
from grader.records.marks import digest

KEPT = 10  # copies


def prepare() -> None:
    """Try the gradebook and copy it; CourseError with what to do where it cannot be used.

    A database on a server is only tried: its own tools copy it.
    """
    url = sa.make_url(course_directory().db_url)
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        if file.exists():
            _copy(file)
        else:
            _demand_no_graded_work(f"There is no gradebook {file}")
            return
    with gradebook() as book:
        begun = any(assignment.submissions for assignment in book.assignments)
        begun = begun or run_times.is_prepared(book)  # a run that ended before its first result
    if not begun:
        _demand_no_graded_work(f"No submission is in the gradebook {url.render_as_string()}")


def _demand_no_graded_work(problem: str) -> None:
    """A gradebook that starts from nothing loses all points that were given by hand."""
    if any(layout.AUTOGRADED.glob("*/*/*.ipynb")):
        raise CourseError(
            f"{problem}, but {layout.AUTOGRADED.name}/ holds graded work; points given by hand "
            f"stand in the gradebook alone. Put it back (copies of the last runs are in "
            f"{COPIES.name}/), or, to start from scratch, move {layout.AUTOGRADED.name}/ away."
        )


def _copy(file: Path) -> None:
    """Copy a sound SQLite file, unless the newest copy is the same; keep the last ten."""
    try:
        with closing(sqlite3.connect(file, timeout=PATIENCE_MS / 1000)) as book:
            book.execute("BEGIN IMMEDIATE")  # fails where it is locked or cannot be written
            book.execute("ROLLBACK")
            said = book.execute("PRAGMA quick_check").fetchone()[0]
            if said != "ok":
                raise sqlite3.DatabaseError(f"malformed: {said}")
            _keep(book)
    except (sqlite3.Error, OSError) as error:
        raise CourseError(in_words(error)) from error


def _keep(book: sqlite3.Connection) -> None:
    now = datetime.datetime.now(datetime.UTC)
    before = sorted(COPIES.glob("gradebook-*.db"))
    with atomic.replacing(COPIES / f"gradebook-{now:%Y-%m-%dT%H-%M-%S.%f}Z.db") as new:
        with closing(sqlite3.connect(new)) as copy:
            book.backup(copy)
        same = [file for file in before[-1:] if digest(file) == digest(new)]
    others = [file for file in before if file not in same]
    for old in same + others[: max(0, len(others) + 1 - KEPT)]:
        old.unlink()
