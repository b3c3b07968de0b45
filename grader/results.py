"""After grading: the table for the terminal, grades.csv, and the report on the class."""

import inspect
import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from jinja2 import Environment
from rich import box
from rich.table import Table
from rich.text import Text

from grader import course, reporting, sandbox, teams
from grader.execute import RECORD

if TYPE_CHECKING:
    from grader.batch import Submission

GRADES = course.ROOT / "grades.csv"
CLASS_REPORT = course.ROOT / "class_report.html"


def record_of(submission: "Submission") -> dict[str, Any]:
    """What the grader noted in a graded notebook: repairs, verdicts; empty if not graded."""
    try:
        content = json.loads(submission.graded_notebook.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content.get("metadata", {}).get(RECORD, {})


def conclude(
    submissions: list["Submission"],
    failures: dict["Submission", str],
    everybody: list["Submission"],
) -> int:
    """Print the table, write grades.csv and the report on the class; 0 if no grade is missing.

    submissions: the ones asked for; everybody: all submissions to the same sheets.
    """
    from grader.export import write_grades
    from grader.gradebook import grade_of, gradebook

    console = reporting.console()
    rows, missing = [], 0
    with gradebook() as book:
        for submission in submissions:
            grade = grade_of(book, submission.sheet, submission.student)
            missing += grade is None or submission in failures
            rows.append((submission, grade))
        write_grades(book, GRADES)
    records = {submission: record_of(submission) for submission in everybody}
    console.print(_table(rows, failures, records))
    CLASS_REPORT.write_text(class_report(records), encoding="utf-8")
    folder = course.FEEDBACK.relative_to(course.ROOT)
    console.print(f"Feedback:      {folder}/<student or team>/<sheet>/")
    console.print(f"Grades:        {GRADES.relative_to(course.ROOT)}")
    console.print(f"Class report:  {CLASS_REPORT.relative_to(course.ROOT)}")
    console.print(f"Isolation:     {sandbox.isolation()}")
    if missing:
        console.print(f"[bold red]{missing} of {len(submissions)} could not be graded.[/]")
    return 1 if missing else 0


def _table(
    rows: list, failures: dict["Submission", str], records: dict["Submission", dict[str, Any]]
) -> Table:
    table = Table(title="Grades", title_justify="left", box=box.SIMPLE_HEAD)
    for name, justify in (
        ("student or team", "left"),
        ("sheet", "left"),
        ("points", "right"),
        ("late", "left"),
        ("by hand", "right"),
        ("repaired, or went wrong", "left"),
    ):
        table.add_column(name, justify=justify, overflow="fold")
    members = teams.members()
    for submission, grade in rows:
        who = submission.student
        if who in members:
            who += f" ({', '.join(members[who])})"
        points = (
            f"{reporting.number(grade.score)} / {reporting.number(grade.max_score)}"
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


def _remarks(record: dict[str, Any]) -> list[str]:
    items = record.get("items", [])
    lines = list(record.get("repairs", []))
    lines += [f"{i['item']}: the check failed ({i['trouble']})" for i in items if i["trouble"]]
    stopped = [item["item"] for item in items if item["stopped"]]
    return lines + ([f"Had to be stopped: {', '.join(stopped)}."] if stopped else [])


def _duration(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86_400)
    hours, rest = divmod(rest, 3600)
    return f"{days} d {hours} h" if days else f"{hours} h {rest // 60} min"


_PAGE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Class report</title>
<style>
body { font-family: sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
table { border-collapse: collapse; margin-bottom: 2em; }
th, td { border-bottom: 1px solid #ccc; padding: .3em .8em; text-align: left; vertical-align: top; }
td.number { text-align: right; }
</style></head><body>
<h1>Class report</h1>
{% for sheet in sheets %}
<h2>{{ sheet.name }} ({{ sheet.count }} submissions)</h2>
<table><tr><th>item</th><th>mean points</th><th>all points</th>
<th>mistakes that were recognised</th></tr>
{% for item in sheet.rows %}
<tr><td>{{ item.name }}</td>
<td class="number">{{ "%.1f"|format(item.mean) }} / {{ "%g"|format(item.points) }}</td>
<td class="number">{{ item.full }} of {{ item.count }}</td>
<td>{% for words, count in item.mistakes %}{{ count }} × {{ words }}<br>{% endfor %}</td></tr>
{% endfor %}
</table>
{% endfor %}
</body></html>
""")


def class_report(records: dict["Submission", dict[str, Any]]) -> str:
    """An HTML page: per item, how the class did and which known mistakes it made."""
    by_sheet = defaultdict(list)
    for submission, record in records.items():
        by_sheet[submission.sheet].append(record.get("items", []))
    sheets = [
        {"name": sheet, "count": len(found), "rows": _item_rows(sheet, found)}
        for sheet, found in by_sheet.items()
    ]
    return _PAGE.render(sheets=sheets)


def _item_rows(sheet: str, submissions: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    verdicts = defaultdict(list)
    for items in submissions:
        for item in items:
            verdicts[item["item"]].append(item)
    mistakes = course.bank(sheet).mistakes
    rows = []
    for name, found in verdicts.items():
        known = course.named_by_item(mistakes, name)
        counted = Counter(
            mistake
            for item in found
            for mistake in {failed["mistake"] for failed in item["failed"]} - {None}
        )
        rows.append(
            {
                "name": name,
                "points": found[0]["points"],
                "mean": sum(item["score"] for item in found) / len(found),
                "full": sum(item["score"] >= item["points"] for item in found),
                "count": len(found),
                "mistakes": [
                    (inspect.getdoc(known[mistake]) if mistake in known else mistake, count)
                    for mistake, count in counted.most_common()
                ],
            }
        )
    return rows
