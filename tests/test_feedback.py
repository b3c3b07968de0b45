"""The feedback page: what a student reads first, and that nothing but the file is needed for it."""

import re
from pathlib import Path

import handed_back
import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from test_texts import ACTIVE, assert_inert

from grader.course import layout, outline
from grader.judging.report import Line, Report
from grader.records import contents, page
from grader.records.gradebook import Entry
from helpers import derivations

STYLE = (page.TEMPLATES / "style.css").read_text("utf-8")
SHEET = handed_back.SHEET
LIMIT = 300_000  # bytes of a page without the student's pictures


@pytest.fixture(scope="module")
def soup():
    return BeautifulSoup(handed_back.typical(), "html.parser")


def rows(soup):
    """The rows of the table of exercises: name, sentence, points."""
    return [
        (
            row.a.get_text(),
            row.p.get_text() if row.p else "",
            " ".join(row("td")[-1].stripped_strings),
        )
        for row in soup.table("tr")
        if row.a
    ]


def section(soup, name):
    """The section of an exercise."""
    return soup.find(id=soup.table.find("a", string=name)["href"][1:])


# --- a file by itself


def assert_self_contained(html):
    """No script, and nothing that a browser would fetch."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in ("script", "link", "iframe", "object", "embed", "form", "base", "audio", "video"):
        assert not soup(tag), tag
    for element in soup.find_all(True):
        for name, value in element.attrs.items():
            assert not name.startswith("on"), element
            if name in ("src", "srcset", "poster", "background", "data"):
                assert value.startswith("data:image/"), element
            assert "url(" not in str(value), element
    for style in soup("style"):
        assert "url(" not in style.get_text() and "@import" not in style.get_text()
    policy = soup.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert "default-src 'none'" in policy and "http" not in policy
    assert soup.html["lang"] and soup.find("meta", attrs={"name": "viewport"})


def test_a_page_needs_no_network_and_no_script():
    assert_self_contained(handed_back.typical())


@pytest.mark.parametrize("sheet", layout.sheets())
def test_a_page_is_small(sheet):
    verdicts = handed_back.reports(sheet)
    nb = handed_back.notebook(sheet)
    for cell in nb.cells:
        cell.pop("attachments", None)
    points = handed_back.entries(sheet, verdicts)
    html = page.page(handed_back.contents(nb, verdicts, points, sheet=sheet))
    assert_self_contained(html)
    assert len(html.encode()) < LIMIT


@pytest.mark.parametrize("payload", ACTIVE)
def test_what_a_student_writes_does_nothing(payload):
    nb, verdicts = handed_back.notebook(), handed_back.reports()
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = payload
    nb.cells[20:20] = [
        new_markdown_cell(payload),
        new_code_cell(payload, outputs=[new_output("display_data", {"text/html": payload})]),
        new_code_cell("x", outputs=[new_output("stream", text=payload)]),
        new_code_cell("x", outputs=[new_output("display_data", {"image/png": f'"{payload}'})]),
    ]
    first = next(iter(verdicts))
    verdicts[first] = Report(first, 6.0, 0.0, (Line(payload, False, message=payload),))
    points = handed_back.entries(SHEET, verdicts)
    comments = {"discrete-formula": payload}
    found = handed_back.contents(nb, verdicts, points, comments, [payload], who=payload)
    html = page.page(found)
    assert_self_contained(html)
    soup = BeautifulSoup(html, "html.parser")
    for part in soup(["style", "meta", "svg"]):
        part.decompose()
    for share in soup.find_all(style=True):
        del share["style"]
    assert_inert(str(soup))


# --- the first screen


def test_the_first_screen_says_who_what_and_how_many_points(soup):
    assert soup.h1.get_text() == "Sheet 1: the KL divergence and the ELBO"
    who = " ".join(soup.find(class_="who").stripped_strings)
    assert who == "team-noether (Clara Immerwahr, David Hilbert)"
    summary = " ".join(soup.find(class_="summary").stripped_strings)
    assert "77.5 of 108 points so far" in summary
    assert "13 wait for your instructor" in summary and "17.5 not earned" in summary
    assert "Handed in 1 d 3 h late (11 November 2026, 16:30 CET): 2 points are taken off" in summary
    assert 77.5 + 13 + 17.5 == 108


def test_code_in_a_note_is_code_and_nothing_else_in_it_is_markup():
    assert (
        page.note("The cell `a < b` failed: <b>")
        == "The cell <code>a &lt; b</code> failed: &lt;b&gt;"
    )


def test_notes_on_repairs_stand_in_one_place(soup):
    (notes,) = soup.find_all(class_="notes")
    assert [li.get_text() for li in notes("li")][1] == "Not used: <img src=x>.txt."


def test_failures_come_first_and_the_costliest_of_them_before_the_others(soup):
    names = [name for name, _, _ in rows(soup)]
    assert names[:5] == [
        "From the definition to the closed form",
        "KL divergence of discrete distributions",
        "KL divergence to the standard normal distribution",
        "When the bound rises",
        "The purpose",
    ]
    groups = [row.get_text().strip() for row in soup.table("th", scope="rowgroup")]
    assert groups == ["Look at these first", "Waiting for your instructor", "All points"]


def test_each_failure_has_the_one_sentence_that_helps(soup):
    said = {name: sentence for name, sentence, _ in rows(soup)}
    assert said["KL divergence to the standard normal distribution"] == handed_back.FLIPPED
    assert said["From the definition to the closed form"] == "The constant 1/2 is added."
    assert said["When the bound rises"] == (
        "No answer was handed in. If you wrote one, tell your instructor in which cell."
    )
    assert said["The purpose"].startswith("Good, but say which of the two is the weight: q")
    discrete = said["KL divergence of discrete distributions"]
    assert discrete == "Does not hold: inf for a single pair. It returns nan."


def test_what_waits_for_a_person_is_never_shown_as_no_points(soup):
    points = {name: shown for name, _, shown in rows(soup)}
    assert points["The formula"] == "not graded yet, of – / 4"
    assert points["The purpose"] == "2.5 / of 4"
    shown = [part.get_text() for part in soup.find_all(class_="number")]
    assert len(shown) == 2 * len(rows(soup)) and not any("0.0" in points for points in shown)
    waiting = section(soup, "The formula")
    assert "It waits for your instructor." in waiting.get_text()


def test_every_exercise_of_the_sheet_is_in_the_table_and_leads_to_its_section(soup):
    names = [name for name, _, _ in rows(soup)]
    assert sorted(names) == sorted(title.name for title in outline.titles(SHEET).values())
    for link in soup.table("a"):
        assert link.get_text() == soup.find(id=link["href"][1:]).h3.get_text()


# --- the sections


def test_findings_with_one_cause_stand_together(soup):
    (finding,) = (
        section(soup, "KL divergence to the standard normal distribution")
        .find(class_="findings")
        .find_all("li", recursive=False)
    )
    assert finding.b.get_text() == handed_back.FLIPPED
    assert "9 properties fail because of this" in finding.get_text()


def test_a_comment_by_hand_is_in_its_section(soup):
    part = section(soup, "The purpose")
    assert part.find(class_="comment").strong.get_text() == "which"
    assert part.find(class_="comment").math


def test_a_derivation_is_typeset_line_by_line_with_a_mark_for_each(soup):
    table = section(soup, "From the definition to the closed form").find(class_="derivation")
    marks = [span["aria-label"] for span in table.find_all(role="img")]
    assert marks[:2] == ["right", "right"] and "wrong" in marks
    assert len(table("math")) >= 3 and "$" not in table.get_text()


def test_a_derivation_is_reported_once_and_its_criteria_are_typeset(soup):
    part = section(soup, "From the definition to the closed form")
    assert "properties hold" not in part.get_text()
    rows = [row.i for row in part.find(class_="derivation")("tr") if row.i]
    assert [bool(row.math) for row in rows] == [True, False, True, True, False]
    assert not re.search(r"\$|E_q|mu_1", part.find(class_="derivation").get_text())


def test_a_criterion_in_the_findings_is_typeset():
    line = Line(
        r"the second moment $E_q[(x - \mu_1)^2]$ appears", False, message="(line 3 is wrong)"
    )
    part = exercise_with(Report("kl_normal", 4.0, 0.0, (line, Line("other", True))))
    assert part.find(class_="findings").b.math and "$" not in part.get_text()


@pytest.mark.parametrize(
    "message",
    [
        "Not written yet: it still raises NotImplementedError.",
        "Not written yet: there are no lines.",
    ],
)
@pytest.mark.parametrize("more", [(), (Line("returns a value", True),)])
def test_what_is_not_written_is_said_to_be_so_and_nothing_else(message, more):
    line = Line("agrees with the integral", False, core=True, message=message)
    part = exercise_with(Report("kl_normal", 4.0, 0.0, (line, *more)))
    assert part.find(class_="findings").get_text(" ", strip=True) == f"✗ {message}"
    (finding,) = contents.findings(Report("kl_normal", 4.0, 0.0, (line, *more)))
    assert finding.sentence == message


def exercise_with(report):
    """The section of the exercise that a verdict is about."""
    verdicts = handed_back.reports() | {report.item: report}
    points = handed_back.entries(SHEET, verdicts)
    html = page.page(handed_back.contents(handed_back.notebook(), verdicts, points))
    title = outline.titles(SHEET)[outline.items(SHEET)[report.item].grade_id]
    return section(BeautifulSoup(html, "html.parser"), title.name)


def test_given_text_is_folded_away_and_own_cells_are_not(soup):
    part = section(soup, "KL divergence of discrete distributions")
    assert "write your formula" in part.find("details", class_="given").get_text()
    assert "What I saw." not in part.find("details", class_="given").get_text()
    assert "What I saw." in part.get_text() and part.img


def test_right_answers_are_folded_away_and_wrong_ones_are_not(soup):
    assert section(soup, "Posterior").find("details", class_="work")
    wrong = section(soup, "KL divergence to the standard normal distribution")
    assert not wrong.find("details", class_="work") and "def kl_standard_normal" in wrong.get_text()


def test_hidden_tests_and_rubrics_are_not_shown(soup):
    assert "BEGIN HIDDEN" not in soup.get_text() and "Rubric" not in soup.get_text()


def test_long_outputs_are_shown_by_their_ends():
    cell = new_code_cell("x", outputs=[new_output("stream", text="a" * 9_000 + "the end")])
    shown = page.outputs(cell, "title")
    assert len(shown) < 7_000 and "the end" in shown and "4,007 more characters" in shown


def test_points_that_a_person_set_are_said_to_be():
    verdicts = handed_back.reports()
    points = handed_back.entries(SHEET, verdicts)
    points["elbo-test"] = Entry(4.0, 3.0, True, False)
    html = page.page(handed_back.contents(handed_back.notebook(), verdicts, points))
    part = section(BeautifulSoup(html, "html.parser"), "The bound")
    assert "Your instructor decided on these points." in part.get_text()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("One. Two.", "One."),
        ("At 0.5, it is 1.2. (there is none)", "At 0.5, it is 1.2."),
        ("no end", "no end"),
    ],
)
def test_the_first_sentence_of_a_text(text, sentence):
    assert contents.first_sentence(text)[0] == sentence


# --- for everybody


def test_headings_are_in_order(soup):
    levels = [int(heading.name[1]) for heading in soup.find_all(re.compile(r"^h[1-6]$"))]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_landmarks_pictures_and_marks_have_names(soup):
    assert soup.main and soup.header and soup.find("a", class_="skip")["href"] == "#main"
    for image in soup("img"):
        assert image["alt"].strip()
    for mark in soup.find_all(class_="mark"):
        assert mark["role"] == "img" and mark["aria-label"]
    for part in soup.find_all(attrs={"aria-labelledby": True}):
        assert soup.find(id=part["aria-labelledby"])
    ids = [element["id"] for element in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def luminance(colour: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


PALETTES = [dict(re.findall(r"--([\w-]+): (#\w{6})", part)) for part in STYLE.split("@media")[:2]]
GROUNDS = ("page", "surface", "note")
INKS = ("text", "muted", "link", "right", "partly", "wrong", "open")
BARS = ("bar-right", "bar-wrong", "bar-open")
CODE = ("keyword", "string", "number", "comment", "name")


@pytest.mark.parametrize("palette", PALETTES, ids=["light", "dark"])
def test_every_text_has_enough_contrast(palette):
    for ground in GROUNDS:
        for ink in INKS + (CODE if ground == "surface" else ()):
            assert contrast(palette[ink], palette[ground]) >= 4.5, (ink, ground)
    for bar in BARS:  # shapes, which need 3
        assert contrast(palette[bar], palette["surface"]) >= 3, bar


@pytest.mark.parametrize("ground", ["#ffffff", "#f5f5f5", "#111111", "#212121"])
def test_marks_of_a_derivation_are_seen_in_both_themes_of_jupyterlab(ground):
    for mark, colour in derivations.COLOURS.items():  # shapes, which need 3
        assert contrast(colour, ground) >= 3.5, mark


def test_light_and_dark_have_the_same_colours_and_no_other_is_used():
    assert set(PALETTES[0]) == set(PALETTES[1]) == {*GROUNDS, *INKS, *CODE, *BARS, "line"}
    allowed = {"#fff", *PALETTES[0].values()}  # the formgrader has no palette of its own
    for file in page.TEMPLATES.rglob("*.css"):
        rules = Path(file).read_text("utf-8").replace(STYLE.split("*, ::before")[0], "")
        assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) <= allowed, file.name
        assert set(re.findall(r"var\(--([\w-]+)", rules)) <= set(PALETTES[0])


@pytest.mark.parametrize("sheet", layout.sheets())
def test_no_cell_of_a_release_counts_as_the_students_own(sheet):
    notebook = nbformat.read(layout.RELEASE / sheet / layout.source_notebook(sheet).name, 4)
    own = [c.id for role, c in contents.roles(notebook.cells, sheet) if role == contents.OWN]
    assert own == []
