"""Reports as text and as HTML, for students, staff and terminals."""

from jinja2 import Environment

from grader.judging.report import Line, Report, plain

_REPORT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string("""\
<div class="judge-report">
<p><b>{{ report.item }}</b>: {{ points(report) }}</p>
<table>
{% for line in report.failed_lines + report.passed_lines %}
<tr><td class="judge-{{ "right" if line.passed else "wrong" }}" style="vertical-align: top">
<span role="img" aria-label="{{ "holds" if line.passed else "does not hold" }}">\
{{ "✓" if line.passed else "✗" }}</span></td><td style="text-align: left">{{ line.what }}
{% if line.message %}<br><i>{{ line.message }}</i>{% endif %}</td></tr>
{% endfor %}
</table>
{% if core_failed %}
<p>The function does not compute the right result, so the other lines earn no points.</p>
{% endif %}
</div>""")


def html(report: Report) -> str:
    """The report as the formgrader shows it, failures first. Everything in it is escaped."""
    return _REPORT.render(report=report, points=points_text, core_failed=report.core_failed)


def text(report: Report) -> str:
    """The report in plain text, for staff: a line each."""
    head = f"{report.item}: {points_text(report)}"
    trouble = [f"  the check itself failed: {report.trouble}"] if report.trouble else []
    return "\n".join([head, *(f"  {line_text(line)}" for line in report.lines), *trouble])


def points_text(report: Report) -> str:
    """What an item earned, in words: 2.5 of 4 points."""
    if report.trouble:
        return f"not judged yet, {number(report.points)} points are open"
    return f"{number(report.score)} of {number(report.points)} points"


def line_text(line: Line) -> str:
    """One line of a report in plain text."""
    mark = "✓" if line.passed else "✗"
    return f"{mark} {plain(line.what)}" + (f": {line.message}" if line.message else "")


def number(points: float) -> str:
    """Points without a useless decimal: 4, 2.5."""
    return f"{points:g}"


def file_text(file: object, reports: list[Report]) -> str:
    """The reports on a plain module: one line per item, with what failed below it."""
    lines = [f"{file}"]
    width = max((len(report.item) for report in reports), default=0)
    for report in reports:
        mark = "?" if report.trouble else "✓" if report.passed else "✗"
        points = f"{number(report.score):>4} / {number(report.points):<4}"
        lines.append(f"  {mark} {report.item:<{width}} {points} {_first_failure(report)}".rstrip())
    total = sum(report.score for report in reports)
    possible = sum(report.points for report in reports)
    return "\n".join([*lines, f"  {number(total)} of {number(possible)} points"])


def _first_failure(report: Report) -> str:
    failed = [f"{plain(line.what)}: {line.message}" for line in report.failed_lines]
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return failed[0] + more if failed else ""
