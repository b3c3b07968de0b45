"""The reports on the class: figures that can be checked by hand, and pages that need no network."""

import handed_back
import pytest
from bs4 import BeautifulSoup
from test_feedback import assert_self_contained

from grader.course import outline
from grader.intake.submissions import Submission
from grader.judging.report import Line, Report
from grader.record import Record
from grader.records import class_report, similar
from grader.records.class_report import HandIn, SheetReport, item_rest
from grader.records.gradebook import Entry, Grade

SHEET = handed_back.SHEET
HALF = """
def kl_half(mean_q, std_q, mean_p, std_p):
    \"\"\"A divergence.\"\"\"
    if np.any(std_q <= 0):
        raise ValueError("no standard deviation")
    ratio = std_q / std_p
    distance = (mean_q - mean_p) / std_p
    return 0.5 * (ratio**2 + distance**2 - 1.0) - np.log(ratio)
"""
RENAMED = """
def my_function(m1, s1, m2, s2):
    # all mine

    if np.any(s1 <= 0):
        raise ValueError("no standard deviation")

    r = s1 / s2
    d = (m1 - m2) / s2
    return 0.5 * (r**2 + d**2 - 1.0) - np.log(r)
"""
OTHER = """
def total(values):
    found = {}
    for key, number in sorted(values.items()):
        while number > 3 and key not in found:
            number //= 2
            found[key] = [number, *reversed(found)]
    return {name: len(parts) for name, parts in found.items() if parts}
"""


# --- nearly equal


def test_other_names_comments_and_empty_lines_change_no_fingerprint():
    assert similar.fingerprint([HALF.replace('    """A divergence."""\n', "")]) == (
        similar.fingerprint([RENAMED])
    )


def test_a_copy_with_other_names_is_found_and_other_work_is_not():
    prints = {
        "anna": similar.fingerprint([HALF, OTHER]),
        "ben": similar.fingerprint([RENAMED, OTHER]),
        "clara": similar.fingerprint(["x = 1\n" * 40]),
    }
    found = similar.pairs(prints)
    assert [(pair.first, pair.second) for pair in found] == [("anna", "ben")]
    assert found[0].share > 0.7


def test_any_shared_passage_that_is_long_enough_is_seen():
    words = [f"w{i % 7}{i}" for i in range(200)]
    passage = [f"p{i}" for i in range(similar.K + similar.WINDOW - 1)]
    one = similar._winnowed(words[:80] + passage + words[80:])
    other = similar._winnowed([w.upper() for w in words] + passage)
    assert one & other


def test_what_many_have_in_common_says_nothing():
    prints = {f"student{i}": similar.fingerprint([HALF, OTHER]) for i in range(12)}
    assert similar.pairs(prints) == []


@pytest.mark.parametrize("source", ["def (", "'''", "\tx\n y", "é = \x00", "%matplotlib inline"])
def test_code_that_is_no_python_is_read_as_far_as_it_goes(source):
    assert isinstance(similar.tokens(source), list)


# --- figures


def test_the_item_rest_correlation():
    assert item_rest([0, 1, 0, 1], [1, 3, 1, 3]) == pytest.approx(1.0)
    assert item_rest([0, 1, 2], [2, 1, 0]) == pytest.approx(-1.0)
    assert item_rest([1, 1, 1], [0, 1, 2]) is None
    assert item_rest([0, 1], [0, 1]) is None


def hand_in(
    who: str, share: float, mistake: str | None = None, seconds: float | None = None
) -> HandIn:
    """A submission with this share of the points of each judged item."""
    verdicts = handed_back.reports()
    if mistake:
        lines = (Line("a zero", False, message="It is nan. Here.", mistake=mistake),)
        verdicts["kl_discrete"] = Report("kl_discrete", 6.0, 0.0, lines, stopped=True)
        lines = "Line 3 cannot be read: no. Line 4: no."
        steps = (Line("starts", True), Line("follows", False, message=lines))
        verdicts["kl_normal_derivation"] = Report("kl_normal_derivation", 8.0, 1.0, steps)
    entries = {
        name: Entry(e.points, None if e.score is None else share * e.score, False, e.waits)
        for name, e in handed_back.entries(SHEET, verdicts).items()
    }
    score = sum(entry.score or 0.0 for entry in entries.values())
    grade = Grade(score, 108.0, 6, 90_000.0 if mistake else 0.0, "2026-11-10", 17, 0)
    noted = Record(reports=tuple(verdicts.values()))
    return HandIn(Submission(SHEET, who), grade, noted, frozenset(), entries, seconds)


@pytest.fixture(scope="module")
def report() -> SheetReport:
    hand_ins = (
        hand_in("anna & <b>", 1.0, seconds=4.0),
        hand_in("ben", 0.5, seconds=3.5),
        hand_in("clara", 0.25, "nan_at_zero", seconds=61.25),
        hand_in("dora", 0.0, "nan_at_zero"),
    )
    return SheetReport(SHEET, outline.sheet_title(SHEET), 108.0, hand_ins, ("emil", "frieda"))


@pytest.fixture(scope="module")
def soup(report):
    html = class_report.sheet_page(report, "now")
    assert_self_contained(html)
    return BeautifulSoup(html, "html.parser")


def test_the_distribution_counts_everybody_once(report):
    assert report.bins == [1, 1, 0, 0, 1, 0, 0, 0, 1, 0]
    assert sum(report.bins) == len(report.hand_ins)


def test_an_item_is_counted_by_the_share_who_solved_it(report):
    rows = {row.title.name: row for row in report.items}
    elbo = rows["The bound"]
    assert (elbo.count, elbo.solved, elbo.mean, elbo.open) == (4, 0.25, 1.3125, 0)
    assert elbo.separates > 0.9
    assert rows["The formula"].count == 0 and rows["The formula"].open == 4


def test_mistakes_are_counted_by_name_with_links_to_the_pages(report, soup):
    (row,) = report.mistakes
    assert [one.who for one in row.made_by] == ["clara", "dora"]
    links = [a["href"] for a in soup.find(id="mistakes").find_parent("section")("a")]
    assert links == [f"../feedback/{who}/{SHEET}/kl.html" for who in ("clara", "dora")]
    assert "nan" in soup.find(id="mistakes").find_parent("section").get_text()


def test_the_line_where_derivations_stop_is_named(report, soup):
    (row,) = report.derivations
    assert row.lines == ((3, 2),)
    assert row.steps[-2:] == (("starts", 1.0), ("follows", 0.0))
    assert "line 3 (2 ×)" in soup.find(id="derivations").find_parent("section").get_text()


def test_who_has_not_handed_in_who_is_late_and_what_went_wrong_is_said(soup):
    words = {name: soup.find(id=name).find_parent("section").get_text() for name in
             ("who", "time", "trouble")}  # fmt: skip
    assert "emil" in words["who"] and "frieda" in words["who"]
    assert "clara: 1 d 1 h" in words["time"] and "2026-11-10: 4" in words["time"]
    assert "had to be stopped (2 ×)" in words["trouble"]


def test_how_long_grading_took_is_said_where_it_is_known(report, soup):
    words = " ".join(soup.find(id="run").find_parent("section").get_text().split())
    assert "The median is 4.0 s. Longest: clara (61.2 s), anna & <b> (4.0 s), ben (3.5 s)." in words
    nobody = SheetReport(SHEET, report.title, 108.0, report.hand_ins[3:], ())
    assert 'id="run"' not in class_report.sheet_page(nobody, "now")


def test_the_page_on_the_course_shows_every_student_and_leads_to_every_sheet(report):
    people = ["anna & <b>", "ben", "clara", "dora", "emil"]
    html = class_report.course_page([report], people, "now")
    assert_self_contained(html)
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find("a", href=f"class_report/{SHEET}.html")
    rows = {row.th.get_text(): row.td.get_text() for row in soup("table")[1].tbody("tr")}
    assert list(rows) == people and rows["anna & <b>"] == "88" and rows["emil"] == "–"
