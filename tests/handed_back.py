"""A feedback page as a student gets it, made without grading: for tests that look at pages."""

import re
from collections.abc import Sequence

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from grader.course import outline
from grader.judging.report import Line, Report
from grader.record import Record
from grader.records import page
from grader.records.contents import Contents, exercises_of
from grader.records.gradebook import Entry
from helpers.derivations import check_derivation

SHEET = "sheet1_kl"
# A picture of one pixel.
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
PIXEL += "AABJRU5ErkJggg=="
FLIPPED = "The sign of the whole divergence is flipped: it comes out negative."
COMMENT = "Good, but say **which** of the two is the weight: $q$."
WRONG_DERIVATION = r"""
D_{KL}(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2}
  + \frac{1}{2}
"""


def notebook(sheet: str = SHEET) -> nbformat.NotebookNode:
    """The source notebook as if it had been graded: solutions as answers, nothing hidden."""
    nb = nbformat.from_dict(outline.read_source(sheet))
    for cell in nb.cells:
        source = outline.HIDDEN.sub("", cell.source)
        source = re.sub(r"\*\*Rubric\*\*.*?(?=### END)", "", source, flags=re.DOTALL)
        cell.source = re.sub(r"^.*### (BEGIN|END) SOLUTION.*\n?", "", source, flags=re.MULTILINE)
    return nb


def reports(sheet: str = SHEET) -> dict[str, Report]:
    """A verdict with all points for each item."""
    lines = (Line("agrees with the definition", True, core=True), Line("broadcasts", True))
    return {
        name: Report(name, item.points, item.points, lines)
        for name, item in outline.items(sheet).items()
    }


def entries(sheet: str, verdicts: dict[str, Report]) -> dict[str, Entry]:
    """The points: those of the verdicts, and texts that wait for a person."""
    items = {item.grade_id: name for name, item in outline.items(sheet).items()}
    found = {}
    for grade_id in outline.titles(sheet):
        points = float(outline.graded_cells(sheet)[grade_id].metadata.nbgrader.points)
        if grade_id in items:
            found[grade_id] = Entry(points, verdicts[items[grade_id]].score, False, False)
        else:
            found[grade_id] = Entry(points, None, False, True, True)
    return found


def contents(
    nb: nbformat.NotebookNode,
    verdicts: dict[str, Report],
    points: dict[str, Entry],
    comments: dict[str, str] | None = None,
    repairs: Sequence[str] = (),
    sheet: str = SHEET,
    **more: object,
) -> Contents:
    """What the page says; more: other fields of the contents."""
    Record(reports=tuple(verdicts.values()), repairs=tuple(repairs)).write(nb)
    fields = {
        "sheet": sheet,
        "title": outline.sheet_title(sheet),
        "who": "team-noether",
        "members": ("Clara Immerwahr", "David Hilbert"),
        "exercises": tuple(exercises_of(nb, sheet, points, comments or {})),
        "penalty": 0.0,
        "late": 0.0,
        "handed_in": "",
        "repairs": tuple(repairs),
    }
    return Contents(**(fields | more))


def typical() -> str:
    """The page of a team with some of everything: right, partly, wrong, waiting, late, a figure."""
    nb, verdicts = notebook(), reports()
    flipped = f"{FLIPPED} 15 of 15 values differ; first at index [0]: yours -0.4, expected 0.4."
    verdicts["kl_standard_normal"] = Report(
        "kl_standard_normal",
        3.0,
        0.0,
        tuple(Line(f"property {i}", False, 1, i == 0, flipped, "sign_flipped") for i in range(9))
        + (Line("leaves its arguments as they were", True),),
    )
    verdicts["kl_discrete"] = Report(
        "kl_discrete",
        6.0,
        3.0,
        (
            Line("agrees with the definition", True, core=True),
            Line("inf for a single pair", False, message="It returns nan. Look <b>there</b>."),
        ),
    )
    verdicts["kl_normal_derivation"] = Report(
        "kl_normal_derivation",
        8.0,
        3.0,
        (
            Line("starts from the divergence", True),
            Line("ends in the closed form", False, message="(line 3 is wrong)"),
            Line(
                "every line follows",
                False,
                message=r"The constant 1/2 is added. Line 3: At \mu_1 = 0.07: it is 1.8.",
                mistake="half_added",
            ),
        ),
    )
    points = entries(SHEET, verdicts)
    points["discrete-purpose"] = Entry(4.0, 2.5, True, False, True)
    points["bound-rises"] = Entry(3.0, 0.0, False, False, True)
    cells = {c.metadata.get("nbgrader", {}).get("grade_id"): c for c in nb.cells}
    cells["bound-rises"].source = ""
    derived = {
        "text/html": check_derivation("kl_normal_derivation", WRONG_DERIVATION)._repr_html_()
    }
    cells["kl-normal-derivation"].outputs = [new_output("execute_result", derived)]
    place = nb.cells.index(cells["kl-discrete-test"])
    figure = new_output("display_data", {"image/png": PIXEL, "text/plain": "<Figure>"})
    nb.cells[place + 1 : place + 1] = [
        new_code_cell("plt.plot([1, 2])", outputs=[figure]),
        new_markdown_cell("# My own heading\n\nWhat I saw."),
    ]
    return page.page(
        contents(
            nb,
            verdicts,
            points,
            {"discrete-purpose": COMMENT},
            ["kl (1).ipynb was taken for kl.ipynb.", "Not used: <img src=x>.txt."],
            late=97_200.0,
            penalty=2.0,
            handed_in="11 November 2026, 16:30 CET",
        )
    )
