"""JupyterLab in a real browser: a student works on a sheet, an instructor grades.

Skipped where there is no Chromium (see `browsing`).
"""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import browsing
import pytest
import test_question_page as asked
import toy
from handed_back import WRONG_DERIVATION
from test_done import ToyCourse, until

from grader.authoring import release, samples
from grader.course import layout, outline

sync_api = browsing.sync_api
SHEET = "sheet1_kl"
RETRY = 10_000  # milliseconds until what went lost is done again; nothing fails by it
# JupyterLab asks at its first start whether it may fetch news.
NO_NEWS = {
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    }
}


@contextmanager
def jupyterlab(folder: Path, scratch: Path) -> Iterator[Callable[[str], str]]:
    """JupyterLab in a folder, on a free port; what gives the address of a path on it.

    scratch: where its own files go, apart from those of whoever runs the tests.
    """
    for name, value in NO_NEWS.items():
        file = scratch / "settings" / name
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(value))
    hidden = ("NBGRADER_EXECUTION", "PYTHONPATH", "PYTHONHOME")
    environ = {key: value for key, value in os.environ.items() if key not in hidden}
    environ |= {
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(scratch / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(scratch / "workspaces"),
    }
    argv = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    argv += ["--ip=127.0.0.1", "--port=0", "--IdentityProvider.token=open"]
    with (
        (scratch / "log").open("w") as log,
        subprocess.Popen(argv, cwd=folder, env=environ, stdout=log, stderr=log) as process,
    ):
        try:
            yield _addresses(scratch, process)
        finally:
            process.terminate()  # it ends its kernels first


def _addresses(scratch: Path, process: subprocess.Popen) -> Callable[[str], str]:
    def started() -> list[str]:
        assert process.poll() is None, (scratch / "log").read_text()
        return [
            json.loads(text)["url"]
            for file in (scratch / "runtime").glob("jpserver-*.json")
            if (text := file.read_text()).endswith("}")
        ]

    (server,) = until(started, "JupyterLab does not start")
    return lambda path: f"{server}{quote(path)}?token=open"


# --- a student


@pytest.fixture(scope="module")
def student(tmp_path_factory) -> Iterator[Callable[[str], str]]:
    """JupyterLab where a student has unpacked a sheet."""
    folder = tmp_path_factory.mktemp("student")
    unpack(SHEET, folder)
    with jupyterlab(folder, tmp_path_factory.mktemp("jupyter")) as address:
        yield address


def unpack(sheet: str, folder: Path) -> None:
    """Make the zip of a sheet's release, and unpack it."""
    shutil.copytree(layout.RELEASE / sheet, folder / "release" / sheet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "RELEASE", folder / "release")
        release._zip(sheet)
    zipfile.ZipFile(folder / "release" / f"{sheet}.zip").extractall(folder)


class Notebook:
    """A notebook that is open in JupyterLab, and no other.

    JupyterLab attaches cells one after the other, and what is above a cell changes its height while
    one works: a click may fall on another cell, and a key with it. So a key is pressed only where
    the cell has the cursor, and what it does is awaited in that cell.
    """

    def __init__(self, page: sync_api.Page, cells: int):
        self.page = page
        kernel = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
        kernel.wait_for(state="attached")
        sync_api.expect(page.locator(".jp-Notebook .jp-Cell")).to_have_count(cells)

    def cell(self, number: int) -> sync_api.Locator:
        """A cell, in view."""
        cell = self.page.locator(f".jp-Notebook .jp-Cell[data-windowed-list-index='{number}']")
        cell.evaluate("cell => cell.scrollIntoView({block: 'center'})")
        return cell

    def enter(self, number: int) -> sync_api.Locator:
        """Put the cursor into a cell, so that it gets the keys."""
        cell = self.cell(number)
        has_the_cursor = """cell => cell.classList.contains("jp-mod-active")
            && cell.closest(".jp-mod-editMode") && cell.contains(document.activeElement)"""

        def entered() -> bool:
            cell.locator(".cm-content").click()
            return bool(cell.evaluate(has_the_cursor))

        asked.wait(self.page, entered, f"the cursor does not get into cell {number}")
        return cell

    def fill(self, number: int, source: str) -> None:
        """Type something in the place of what is in a cell."""
        lines = self.cell(number).locator(".cm-line")

        def filled() -> bool:
            self.enter(number)
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(source)
            return "\n".join(lines.all_text_contents()) == source

        asked.wait(self.page, filled, f"cell {number} does not hold what is typed")

    def run(self, number: int, expected: str | re.Pattern = "") -> str:
        """Run a cell to its end, and wait until what is expected stands below it; all that it says.

        It fails where the cell raises an error.
        """
        cell = self.cell(number)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.text_content()

        def begun() -> bool:
            self.enter(number)
            self.page.keyboard.press("Shift+Enter")
            with suppress(AssertionError):
                sync_api.expect(prompt).not_to_have_text(before, timeout=RETRY)
            return prompt.text_content() != before

        asked.wait(self.page, begun, f"cell {number} does not run")
        sync_api.expect(prompt).to_have_text(re.compile(r"\[\d+\]:"))  # until then, [*]:
        output = cell.locator(".jp-OutputArea")
        sync_api.expect(output).to_contain_text(expected)
        said = output.locator(".jp-OutputArea-output").all_text_contents()
        errors = output.locator("[data-mime-type='application/vnd.jupyter.error']")
        assert errors.count() == 0, said
        return "\n".join(said).strip()


@pytest.fixture
def sheet(student, open_page) -> Notebook:
    """The first sheet, open in a student's browser; its first cells were run."""
    page = open_page(student("api"))  # logged in
    page.goto(student(f"lab/tree/{SHEET}/kl.ipynb"))
    notebook = Notebook(page, len(outline.handed_out(SHEET).cells))
    for name in ("find-helpers", "imports"):
        notebook.run(number(name))
    return notebook


def number(cell_id: str) -> int:
    """The place of a cell in the notebook that students get."""
    return [cell.id for cell in outline.handed_out(SHEET).cells].index(cell_id)


def right(cell_id: str) -> str:
    """The right answer in a cell."""
    return next(c.source for c in samples.filled_in(SHEET).cells if c.id == cell_id)


def test_a_student_fills_fails_passes_derives_slides_and_sees_how_far(sheet):
    fill_a_function(sheet)
    derive(sheet)
    slide(sheet)
    said = sheet.run(number("how-far"), "points pass their checks")
    lines = [line.split() for line in said.splitlines()]
    items = outline.items(SHEET)
    named = {words[1]: words[0] for words in lines if len(words) > 1 and words[1] in items}
    assert named["kl_discrete"] == named["kl_normal_derivation"] == "✓"
    assert len(lines) > len(items) and "22 of 88 points pass" in said


def fill_a_function(sheet: Notebook) -> None:
    """Wrongly, then rightly."""
    answer, check = number("kl-discrete"), number("kl-discrete-test")
    said = sheet.run(check, "not written yet")
    assert said == "… kl_discrete is not written yet."
    flipped = "def kl_discrete(q, p):\n    return np.sum(q * np.log(p / q), axis=-1)"
    sheet.fill(answer, flipped)
    sheet.run(answer)  # says nothing
    first, second = sheet.run(check, "✗").splitlines()
    assert first == "✗ kl_discrete does not pass this check yet:"
    assert "which sign has the sum" in second
    sheet.fill(answer, right("kl-discrete"))
    sheet.run(answer)
    assert sheet.run(check, "✓") == "✓ kl_discrete passes this check."


def derive(sheet: Notebook) -> None:
    """With a wrong line, then rightly."""
    answer, check = number("kl-normal-derivation"), number("kl-normal-derivation-test")
    call = 'check_derivation("kl_normal_derivation", kl_normal_derivation)'
    sheet.fill(answer, f'kl_normal_derivation = r"""{WRONG_DERIVATION}"""\n{call}')
    said = sheet.run(answer, "✗")
    assert "✓" in said and re.search(r"\d\.\d+", said), said
    formulas = sheet.cell(answer).locator(".jp-OutputArea mjx-container")
    formulas.first.wait_for()
    assert formulas.count() > 2
    sheet.fill(answer, right("kl-normal-derivation"))
    marks = sheet.cell(answer).locator(".derivation-wrong")
    sheet.run(answer, "✓")
    sync_api.expect(marks).to_have_count(0)
    sheet.run(check, "✓ kl_normal_derivation passes this check.")


def slide(sheet: Notebook) -> None:
    """Along the mean of q, by the keyboard; the figure is drawn again."""
    for answer in ("kl-normal", "elbo-linear-gaussian"):
        sheet.fill(number(answer), right(answer))
        sheet.run(number(answer))
        sheet.run(number(f"{answer}-test"), "✓")
    sheet.run(number("elbo-linear-gaussian-figure"))
    sheet.run(number("bound-slider"), "mean")
    shown = sheet.cell(number("bound-slider")).locator(".jp-OutputArea")
    figure, mean = shown.locator("img"), shown.locator(".widget-slider").first
    sync_api.expect(figure).to_be_visible()
    before = figure.get_attribute("src")
    mean.locator(".noUi-handle").focus()
    for reading in ("0.05", "0.10", "0.15", "0.20"):
        sheet.page.keyboard.press("ArrowRight")
        sync_api.expect(mean.locator(".widget-readout")).to_have_text(reading)
    sync_api.expect(figure).not_to_have_attribute("src", before)


# --- an instructor

LONGEST = max(asked.ANSWERS, key=lambda name: len(asked.ANSWERS[name] or ""))


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> ToyCourse:
    """A course with a text question, its students graded by the machine."""
    return asked.graded(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def instructor(course, tmp_path_factory) -> Iterator[Callable[[str], str]]:
    """JupyterLab in the folder of the course."""
    with jupyterlab(course.root, tmp_path_factory.mktemp("jupyter")) as address:
        yield address


@pytest.fixture
def formgrader(instructor, open_page) -> sync_api.Frame:
    """The formgrader in a tab of JupyterLab, at the toy sheet."""
    page = open_page(instructor("api"))  # logged in
    page.goto(instructor("lab"))
    tab = page.locator("iframe")

    def opened() -> bool:  # a menu closes where what is loaded takes the focus
        page.get_by_role("menuitem", name="Nbgrader").click()
        with suppress(sync_api.TimeoutError):
            page.get_by_role("menuitem", name="Formgrader").click(timeout=RETRY)
        return tab.count() > 0

    asked.wait(page, opened, "the formgrader does not open")
    inside = tab.content_frame
    inside.get_by_role("link", name="Manual Grading").click()
    inside.get_by_role("link", name=toy.SHEET, exact=True).click()
    inside.get_by_role("link", name="What is a bit").wait_for()
    return tab.element_handle().content_frame()


def assert_it_fits(frame: sync_api.Frame) -> None:
    """Nothing has to be scrolled sideways."""
    wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert frame.evaluate(wider) == 0


def assert_all_of_it_says(
    course: ToyCourse, page: sync_api.Page, student: str, points: float, comment: str
) -> None:
    """Gradebook, grades.csv, feedback and class reports have what was given by hand."""
    total = f"{4 + points:g}"  # beside all points of the functions
    feedback, sheet = course.page(student), course.root / "class_report" / f"{toy.SHEET}.html"
    whole = course.root / "class_report.html"

    def given() -> tuple[float | None, str | None]:
        with course.book() as book:
            found = asked.facts(book, student)
        return found["manual"], found["comment"]

    asked.wait(page, lambda: given() == (points, comment), "the gradebook is old")
    asked.wait(page, lambda: comment in feedback.read_text(), "the feedback is old")
    asked.wait(page, lambda: f"<b>{total}</b>" in feedback.read_text(), "its points are old")
    asked.wait(page, lambda: float(course.rows()[student]["score"]) == 4 + points, "grades.csv")
    asked.wait(page, lambda: f"{student}</a>: {total}</li>" in sheet.read_text(), "its report")
    asked.wait(page, lambda: f">{total}</a>" in whole.read_text(), "the class report is old")


def test_an_instructor_grades_one_question_by_keys_in_jupyterlab(course, formgrader):
    page, keys = formgrader.page, formgrader.page.keyboard
    formgrader.get_by_role("link", name="What is a bit").click()
    current = formgrader.locator("#current")
    sync_api.expect(current).to_contain_text("Answer")
    assert_it_fits(formgrader)
    for _ in asked.ANSWERS:
        keys.press("j")
    sync_api.expect(current).to_have_text("Answer 5 of 5")
    rubric = formgrader.get_by_role("button", name="says that there are two outcomes")
    sync_api.expect(rubric).to_be_in_viewport(ratio=1)
    keys.press("n")
    name = formgrader.locator("#answer-5 .who")
    sync_api.expect(name).to_have_text(re.compile(r"\w"))
    student = name.inner_text()
    keys.press("1")
    keys.press("Shift+Digit2")
    keys.press("c")
    keys.type("Given in the frame.")
    keys.press("Escape")
    sync_api.expect(formgrader.locator("#score")).to_have_value("2.5")
    assert_all_of_it_says(course, page, student, 2.5, "Given in the frame.")


def test_an_instructor_grades_a_submission_with_the_rubric_in_sight(course, formgrader):
    page = formgrader.page
    formgrader.get_by_role("link", name="toy", exact=True).last.click()
    with course.book() as book:
        longest = book.find_submission_notebook("toy", toy.SHEET, LONGEST).id
    formgrader.locator(f"a[href*='{longest}']").first.click()
    points = formgrader.locator(f"#{asked.TEXT}")
    comment = formgrader.locator(f"#{asked.TEXT}-comment")
    formgrader.locator(f"#{asked.TEXT}_extra_credit[placeholder]").wait_for()  # all is loaded
    formgrader.locator(f"#{asked.TEXT}-comment[placeholder]").wait_for()
    assert_it_fits(formgrader)
    assert_the_bar_is_one_line(formgrader)
    rubric = formgrader.get_by_text("names the unit.")
    for place in ("first", "last"):
        line = getattr(formgrader.locator(".answer > p"), place)
        assert_in_sight(page, line, [points, rubric])
    points.fill("1.5")
    comment.fill("Beside the rubric.")
    comment.blur()
    assert_all_of_it_says(course, page, LONGEST, 1.5, "Beside the rubric.")


def assert_in_sight(
    page: sync_api.Page, line: sync_api.Locator, others: list[sync_api.Locator]
) -> None:
    """Others are in sight while somebody reads a line."""
    inside = """one => {
        const {x, y, width, height} = one.getBoundingClientRect();
        const there = document.elementFromPoint(x + width / 2, y + height / 2);
        return one.contains(there);
    }"""

    def in_sight() -> bool:
        line.evaluate("one => one.scrollIntoView({block: 'center'})")  # its script scrolls, too
        return all(one.evaluate(inside) for one in [line, *others])

    asked.wait(page, in_sight, "the rubric or the points are out of sight")


def assert_the_bar_is_one_line(frame: sync_api.Frame) -> None:
    """Nothing in the bar above a submission lies over something else, or below it."""
    parts = [frame.locator(f".navbar {one}") for one in (".previous", ".breadcrumb", ".next")]
    previous, between, following = (part.bounding_box() for part in parts)
    assert previous["x"] + previous["width"] <= between["x"]
    assert between["x"] + between["width"] <= following["x"]
    assert following["y"] < between["y"] + between["height"]
