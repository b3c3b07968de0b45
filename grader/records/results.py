"""After grading: the table for the terminal, grades.csv, and the page on the class."""

from nbgrader.api import Gradebook
from rich import box
from rich.table import Table
from rich.text import Text

from grader import terminal
from grader.course import layout
from grader.intake.submissions import Submission
from grader.judging import rendering
from grader.record import Record
from grader.records import class_report, fresh, teams
from grader.records.contents import duration
from grader.records.export import GRADES
from grader.records.gradebook import Grade, gradebook, grades
from grader.running import sandbox


def conclude(
    submissions: list[Submission],
    failures: dict[Submission, str],
    everybody: list[Submission],
) -> int:
    """Print the table, write grades.csv and the reports on the class; 0 if all is judged.

    submissions: the ones to show; everybody: all submissions to the same sheets.
    """
    console = terminal.output()
    records = {submission: submission.record() for submission in everybody}
    with gradebook() as book:
        known = grades(book)
        rows = [(one, known.get((one.sheet, one.student))) for one in submissions]
        gone = _gone(book, everybody)
    fresh.tables()
    console.print(_table(rows, failures, records))
    folder = layout.FEEDBACK.relative_to(layout.ROOT)
    console.print(f"Feedback:      {folder}/<student or team>/<sheet>/")
    console.print(f"Grades:        {GRADES.relative_to(layout.ROOT)}")
    console.print(f"Class report:  {class_report.PATH.relative_to(layout.ROOT)}")
    console.print(f"Isolation:     {sandbox.isolation()}")
    if gone:
        words = f"In the gradebook and in {GRADES.name}, but not in {layout.SUBMITTED.name}/: "
        console.print(Text(words + ", ".join(gone)))
    missing = sum(grade is None or one in failures for one, grade in rows)
    if missing:
        console.print(f"[bold red]{missing} of {len(rows)} could not be graded.[/]")
    troubled = sum(_items_open(one, grade, failures, records) > 0 for one, grade in rows)
    if troubled:
        console.print(
            f"[bold red]{troubled} of {len(rows)} have items that could not be judged[/] "
            f"(column not_judged of {GRADES.name}); the next run tries again."
        )
    return 1 if missing or troubled else 0


def _items_open(
    submission: Submission,
    grade: Grade | None,
    failures: dict[Submission, str],
    records: dict[Submission, Record],
) -> int:
    """How many items of a submission that was graded could not be judged."""
    if grade is None or submission in failures:
        return 0
    return max(grade.not_judged, len(records[submission].trouble))


def _gone(book: Gradebook, everybody: list[Submission]) -> list[str]:
    """The gradebook's submissions to these submissions' sheets whose folders are not there."""
    there, sheets = set(everybody), {submission.sheet for submission in everybody}
    return [
        f"{submission.student.id} ({assignment.name})"
        for assignment in book.assignments
        if assignment.name in sheets
        for submission in sorted(assignment.submissions, key=lambda one: one.student.id)
        if Submission(assignment.name, submission.student.id) not in there
    ]


def _table(rows: list, failures: dict[Submission, str], records: dict[Submission, Record]) -> Table:
    table = Table(title="Grades", title_justify="left", box=box.SIMPLE_HEAD)
    numbers = {"points", "by hand"}
    for name in (
        "student or team",
        "sheet",
        "points",
        "late",
        "by hand",
        "repaired, or went wrong",
    ):
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    members = teams.members()
    for submission, grade in rows:
        who = submission.student
        if who in members:
            who += f" ({', '.join(members[who])})"
        points = "no grade"
        if grade and (grade.judged or not grade.not_judged):
            points = f"{rendering.number(grade.score)} / {rendering.number(grade.max_score)}"
        late = duration(grade.late) if grade and grade.late else ""
        waiting = str(grade.open) if grade and grade.open else ""
        if submission in failures:
            state = "not finished" if grade and grade.judged else "not judged"
            remarks = f"{state}: {failures[submission]}"
        else:
            remarks = "\n".join(_remarks(records[submission]))
        cells = (who, submission.sheet, points, late, waiting, remarks)
        table.add_row(*map(Text, cells))  # whatever is in a name, it is not markup
    return table


def _remarks(record: Record) -> list[str]:
    reports = record.reports or ()
    lines = list(record.repairs)
    lines += [f"{r.item} is not judged: the check failed ({r.trouble})" for r in record.trouble]
    stopped = [report.item for report in reports if report.stopped]
    return lines + ([f"Had to be stopped: {', '.join(stopped)}."] if stopped else [])
