"""The one process that writes to the gradebook: it hands submissions out and puts results in.

A submission that is new costs one transaction, when it is done. One that was graded before costs
two: its mark and its earlier points go first.
"""

from dataclasses import replace

from nbgrader.api import Gradebook

from grader.errors import CourseError
from grader.grading.one import Outcome, Task
from grader.intake.submissions import Submission
from grader.records import excerpt, fresh, marks, run_times
from grader.records.gradebook import reopen, transaction


class Writer:
    """Keeps the gradebook open while workers grade."""

    def __init__(self, book: Gradebook):
        self._book = book
        run_times.prepare(book)
        self._excerpts = excerpt.Taking(book)

    def hand_out(self, task: Task) -> Task:
        """The task with all that its worker needs of the gradebook; from here on, its submission
        is not done. Without an excerpt where another run did it in the meantime.
        """
        submission = task.submission
        with transaction(self._book) as connection:
            mark = marks.read(submission, connection)
            if mark and mark.time != task.seen:
                return replace(task, excerpt=None)
            if not task.only_feedback:
                if mark:
                    marks.take_away(submission, connection)
                reopen(self._book, submission.sheet, submission.student)
            return replace(
                task,
                excerpt=self._excerpts.of(submission),
                graded=marks.digest(submission.graded_notebook),
            )

    def put_back(self, task: Task, outcome: Outcome) -> Outcome:
        """Write what a worker found; from here on, the submission is done. What came of that."""
        submission = task.submission
        if outcome.mark is None:
            return outcome
        try:
            if not self._write(submission, outcome, outcome.mark):
                marks.put(submission, fresh.write_page(submission))
        except CourseError as error:
            return Outcome(str(error), again=True)
        except Exception as error:  # a class is not stopped by one of its submissions
            return Outcome(f"{type(error).__name__}: {error}", again=True)
        return Outcome()

    def _write(self, submission: Submission, outcome: Outcome, mark: marks.Mark) -> bool:
        """Write results and mark; without the mark, and False, where the page no longer fits: a
        person has decided something meanwhile.
        """
        with transaction(self._book) as connection:
            marks.take_away(submission, connection)  # writes, so nobody else does from here on
            results = outcome.results
            new = results is not None and excerpt.put_back(connection, submission, results)
            if outcome.seconds is not None:
                run_times.put(connection, submission, outcome.seconds)
            fits = new or marks.grades_digest(self._book, submission) == mark.grades
            if fits:
                marks.put(submission, mark, connection)
        return fits
