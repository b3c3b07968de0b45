"""After grading: the table for the terminal, grades.csv, and the page on the class."""

from rich import box
from rich.table import Table
from rich.text import Text

from grader import terminal
from grader.course import layout
from grader.intake.submissions import Submission
from grader.judging import rendering
from grader.record import Record
from grader.records import class_report, teams
from grader.records.export import GRADES, write_grades
from grader.records.gradebook import grade_of, gradebook
from grader.running import sandbox


def conclude(
    submissions: list[Submission],
    failures: dict[Submission, str],
    everybody: list[Submission],
) -> int:
    """Print the table, write grades.csv and the report on the class; 0 if no grade is missing.

    submissions: the ones asked for; everybody: all submissions to the same sheets.
    """
    console = terminal.output()
    rows, missing = [], 0
    with gradebook() as book:
        for submission in submissions:
            grade = grade_of(book, submission.sheet, submission.student)
            missing += grade is None or submission in failures
            rows.append((submission, grade))
        write_grades(book, GRADES)
    records = {submission: submission.record() for submission in everybody}
    console.print(_table(rows, failures, records))
    class_report.PATH.write_text(class_report.page(records), encoding="utf-8")
    folder = layout.FEEDBACK.relative_to(layout.ROOT)
    console.print(f"Feedback:      {folder}/<student or team>/<sheet>/")
    console.print(f"Grades:        {GRADES.relative_to(layout.ROOT)}")
    console.print(f"Class report:  {class_report.PATH.relative_to(layout.ROOT)}")
    console.print(f"Isolation:     {sandbox.isolation()}")
    if missing:
        console.print(f"[bold red]{missing} of {len(submissions)} could not be graded.[/]")
    return 1 if missing else 0


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
        points = (
            f"{rendering.number(grade.score)} / {rendering.number(grade.max_score)}"
            if grade
            else "no grade"
        )
        late = _duration(grade.late) if grade and grade.late else ""
        waiting = str(grade.open) if grade and grade.open else ""
        if submission in failures:
            remarks = f"not graded: {failures[submission]}"
        else:
            remarks = "\n".join(_remarks(records[submission]))
        cells = (who, submission.sheet, points, late, waiting, remarks)
        table.add_row(*map(Text, cells))  # whatever is in a name, it is not markup
    return table


def _remarks(record: Record) -> list[str]:
    reports = record.reports or ()
    lines = list(record.repairs)
    lines += [f"{r.item}: the check failed ({r.trouble})" for r in reports if r.trouble]
    stopped = [report.item for report in reports if report.stopped]
    return lines + ([f"Had to be stopped: {', '.join(stopped)}."] if stopped else [])


def _duration(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86_400)
    hours, rest = divmod(rest, 3600)
    return f"{days} d {hours} h" if days else f"{hours} h {rest // 60} min"
