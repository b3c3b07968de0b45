"""The page on a class: per item, how the class did and which known mistakes it made."""

import inspect
from collections import Counter, defaultdict
from typing import Any

from jinja2 import Environment

from grader.course import banks, layout
from grader.intake.submissions import Submission
from grader.judging.report import Report
from grader.record import Record

PATH = layout.ROOT / "class_report.html"

_TEMPLATE = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
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


def page(records: dict[Submission, Record]) -> str:
    """The page as HTML."""
    by_sheet = defaultdict(list)
    for submission, record in records.items():
        judged = tuple(report for report in record.reports or () if not report.trouble)
        by_sheet[submission.sheet].append(judged)
    sheets = [
        {"name": sheet, "count": len(found), "rows": _item_rows(sheet, found)}
        for sheet, found in by_sheet.items()
    ]
    return _TEMPLATE.render(sheets=sheets)


def _item_rows(sheet: str, submissions: list[tuple[Report, ...]]) -> list[dict[str, Any]]:
    verdicts = defaultdict(list)
    for reports in submissions:
        for report in reports:
            verdicts[report.item].append(report)
    mistakes = banks.bank(sheet).mistakes
    rows = []
    for name, found in verdicts.items():
        known = banks.named_by_item(mistakes, name)
        counted = Counter(
            mistake
            for report in found
            for mistake in {line.mistake for line in report.failed_lines} - {None}
        )
        rows.append(
            {
                "name": name,
                "points": found[0].points,
                "mean": sum(report.score for report in found) / len(found),
                "full": sum(report.passed for report in found),
                "count": len(found),
                "mistakes": [
                    (inspect.getdoc(known[mistake]) if mistake in known else mistake, count)
                    for mistake, count in counted.most_common()
                ],
            }
        )
    return rows
