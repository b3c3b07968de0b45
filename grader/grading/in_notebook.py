"""`judge("item")` where there is no grader around it: in the notebook's own process.

This is what runs when staff execute a source notebook or its solution (nbval, generate_solution,
validate). Submissions are never judged here: when they are graded, the call is cut out of the cell
and the grader's process judges instead (see `execute`).
"""

import inspect
from dataclasses import dataclass
from pathlib import Path

from grader.course import layout, outline
from grader.errors import CourseError
from grader.judging import rendering
from grader.judging.inputs import seed_for
from grader.judging.judge import judge_item
from grader.judging.report import Report
from grader.running.session import InProcess

IN_THE_OPEN = "judged in the notebook's own process"  # no secret: staff can read everything anyway


@dataclass(frozen=True)
class Verdict:
    """What `judge` leaves as the cell's output: the points for nbgrader, the report for people.

    report: the verdict on the item.
    """

    report: Report

    def __repr__(self) -> str:
        return str(self.report.score)

    def _repr_html_(self) -> str:
        return rendering.html(self.report)


def judge(item: str, sheet: str | None = None) -> Verdict:
    """Judge an item of the calling notebook; AssertionError with the report if it falls short.

    sheet: needed only where the notebook does not lie in a folder named after its sheet.
    """
    namespace = inspect.stack(0)[1].frame.f_globals
    sheet = layout.find_sheet(sheet) if sheet else _sheet_here(item)
    known = outline.find_item(sheet, item)
    seed = seed_for(IN_THE_OPEN, sheet, item)
    report = judge_item(InProcess(namespace), sheet, known, seed)
    if not report.passed:
        raise AssertionError(rendering.text(report))
    return Verdict(report)


def _sheet_here(item: str) -> str:
    """The sheet whose folder is the current directory, else the only one with such an item."""
    known = layout.sheets()
    for part in reversed(Path.cwd().parts):
        if part in known:
            return part
    having = [sheet for sheet in known if item in outline.items(sheet)]
    if len(having) != 1:
        where = "No sheet has" if not having else f"{' and '.join(having)} have"
        raise CourseError(f'{where} an item {item!r}: say which with judge(…, sheet="…").')
    return having[0]
