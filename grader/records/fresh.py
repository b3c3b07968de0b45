"""Whatever shows grades, as new as the gradebook: feedback pages, grades.csv, the class reports.

Points change in three ways: `grade` judges, a person decides in the formgrader, or somebody works
on the gradebook and then calls nbgrader's generate_feedback. Each ends here.
"""

import logging
import threading
from dataclasses import replace

from grader.course import layout
from grader.intake.submissions import Submission
from grader.records import class_report, marks, page
from grader.records.export import GRADES, write_grades
from grader.records.gradebook import gradebook

WAIT_SECONDS = 2.0  # between the last change by hand and the tables: a person saves many in a row

logger = logging.getLogger(__name__)
_lock = threading.Lock()
_timer: threading.Timer | None = None


def tables() -> None:
    """Write grades.csv and the class reports."""
    with gradebook() as book:
        write_grades(book, GRADES)
        class_report.write(book)


def by_hand(sheet: str, student: str) -> None:
    """A person changed points or a comment: write the page now, and the tables a little later.

    What cannot be written is logged; the change itself is safe in the gradebook.
    """
    submission = Submission(sheet, student)
    try:
        if sheet in layout.sheets() and submission.graded_notebook.exists():
            _page(submission)
    except Exception:
        logger.exception("The feedback of %s for %s could not be written", student, sheet)
    _tables_later()


def write_page(submission: Submission) -> marks.Mark:
    """Write the feedback page; the mark that says that it fits the grade, not put yet."""
    with gradebook() as book:  # before the page, so that a grade given meanwhile is newer than it
        grades = marks.grades_digest(book, submission)
    page.write(submission)
    return marks.of_files(submission, grades)


def _page(submission: Submission) -> None:
    """Write the page, and mark that it fits the grade where the submission is done."""
    new, mark = write_page(submission), marks.read(submission)
    if mark is not None:
        marks.put(submission, replace(new, notebook=mark.notebook))


def _tables_later() -> None:
    global _timer
    with _lock:
        if _timer is not None:
            _timer.cancel()
        _timer = threading.Timer(WAIT_SECONDS, _tables)
        _timer.start()  # no daemon: what was saved last is written though the server ends


def _tables() -> None:
    try:
        tables()
    except Exception:
        logger.exception("grades.csv and the class reports could not be written")
