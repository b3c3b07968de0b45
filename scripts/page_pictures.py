"""Draw the pictures of pages in docs/: the pages of the sample class, as seen.

Needs graded samples (`make grade`) and the browser that playwright drives, and no network:

    .venv/bin/python scripts/page_pictures.py [--browser /usr/bin/chromium]

The answers in docs/question.png are written for the picture; a stand-in takes the server's place.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from nbformat.v4 import new_markdown_cell
from playwright.sync_api import Browser, Route, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the grader, where it is not installed

from grader.records import question_page, questions  # noqa: E402
from grader.records.contents import Exercise  # noqa: E402
from grader.records.gradebook import Entry  # noqa: E402
from grader.records.questions import Answer, Decision, Progress, Question  # noqa: E402

PAGES = {
    "feedback": ("feedback/team-noether/sheet1_kl/kl.html", 860, 900),
    "class_report": ("class_report/sheet1_kl.html", 1040, 760),
}  # the page, and the width and height of the window
QUESTION = ("sheet1_kl", "bound-rises")
ADDRESS = "http://127.0.0.1:9/formgrader/question"
ANSWERS = (
    r"Either $\log p(x)$ has risen or $\mathrm{KL}(q(z \mid x) \,\|\, p(z \mid x))$ has fallen, "
    "or both. Only their difference is known, so one cannot tell.",
    r"The gap is a divergence, so $\mathrm{ELBO} = \log p(x) - \mathrm{KL}(q(z \mid x) \,\|\, "
    r"p(z \mid x))$. The model got better: $\log p(x)$ is larger. Or $q$ got closer to the "
    "posterior. If we compare with a long run of importance sampling we can tell them apart.",
    "The reconstruction got better, or the divergence from the prior got smaller. "
    "The loss shows both terms, so we see which it was.",
    r"$\log p(x)$ went up *and* the divergence went up. The ELBO alone does not say by how much.",
)
COMMENT = "Nice idea! But it is not the ELBO alone."


def draw(browser: Browser, name: str) -> None:
    """One of the pages that are files."""
    page, width, height = PAGES[name]
    window = browser.new_page(viewport={"width": width, "height": height})
    window.goto((ROOT / page).as_uri())
    window.screenshot(path=ROOT / "docs" / f"{name}.png")


def written(asked: Question, place: int, text: str) -> Answer:
    """An answer; the first one is graded."""
    decision = Decision(3.0, "", {}) if place == 0 else Decision(None, "", {})
    entry = Entry(asked.points, decision.score, place == 0, place > 0, True)
    cells = (new_markdown_cell(text),)
    exercise = Exercise(asked.title, "", entry, None, cells, (), (), ())
    return Answer(f"answer{place}", "", decision, place > 0, exercise)


def draw_question(browser: Browser) -> None:
    """The formgrader's page on one question, one answer of which is being graded."""
    asked = questions.question(*QUESTION)
    answers = tuple(written(asked, place, text) for place, text in enumerate(ANSWERS))
    titles = questions.texts(asked.sheet).items()
    others = [Progress(one, title, len(answers), 1) for one, title in titles]
    html = question_page.html(replace(asked, answers=answers), others, base_url="", nonce="drawn")

    def answer(route: Route) -> None:
        if route.request.method == "PUT":
            said = json.loads(route.request.post_data or "{}")
            route.fulfill(json=said | {"waits": said["score"] is None})
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8")

    window = browser.new_page(viewport={"width": 1080, "height": 640})
    window.route("**/*", answer)
    window.goto(ADDRESS)
    window.keyboard.press("1")
    window.keyboard.press("2")
    window.keyboard.press("Shift+Digit3")
    window.keyboard.press("c")
    window.keyboard.type(COMMENT)
    window.keyboard.press("Escape")
    window.get_by_text("✓ Saved").wait_for()
    window.evaluate("scrollTo(0, 0)")
    window.screenshot(path=ROOT / "docs" / "question.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--browser", help="the browser's program, if it is not playwright's own")
    options = parser.parse_args()
    if missing := [page for page, *_ in PAGES.values() if not (ROOT / page).exists()]:
        sys.exit(f"There is no {missing[0]}: run `make grade` first.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        for name in PAGES:
            draw(browser, name)
        draw_question(browser)
    print(f"drawn: docs/{', docs/'.join(f'{name}.png' for name in [*PAGES, 'question'])}")


if __name__ == "__main__":
    main()
