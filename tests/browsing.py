"""Headless Chromium for tests, by Playwright.

A test that needs it is skipped where there is none: `playwright install chromium`, or one of the
system's, which the environment variable CHROMIUM may name.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = 300_000  # milliseconds: only ends what hangs, on the slowest machine too
HERE = ("file:", "data:", "blob:", "http://127.0.0.1", "http://localhost")

Opener = Callable[..., sync_api.Page]


def program() -> str | None:
    """The browser's program; None for Playwright's own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def chromium() -> Iterator[sync_api.Browser]:
    """A browser. While Playwright lives, its event loop runs: use it for one module alone."""
    sync_api.expect.set_options(timeout=PATIENCE)
    with sync_api.sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=program(), args=SWITCHES)
        except sync_api.Error as error:
            pytest.skip(f"No Chromium starts here: {str(error).splitlines()[0]}")
        yield started
        started.close()


@contextmanager
def opener(browser: sync_api.Browser) -> Iterator[Opener]:
    """A function that opens an address in a window of its own.

    It takes the address, and what Playwright's `new_context` takes. At the end, a request that a
    page made to another machine fails.
    """
    asked: list[str] = []
    contexts = []

    def look(route: sync_api.Route) -> None:
        if route.request.url.startswith(HERE):
            route.continue_()
        else:
            asked.append(route.request.url)
            route.abort()

    def opened(address: str, width: int = 1280, height: int = 900, **settings) -> sync_api.Page:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, **settings)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.route("**/*", look)
        page = context.new_page()
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert asked == [], "the page asked other machines"


def unfold(page: sync_api.Page) -> None:
    """Open everything that is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def demand_for_everybody(page: sync_api.Page) -> None:
    """Contrast, labels, keys and more, by the rules of axe-core, also in what is folded away.

    The rules: https://dequeuniversity.com/rules
    """
    from axe_playwright_python.sync_playwright import Axe  # which imports Playwright

    unfold(page)
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    measured = next(rule for rule in found.response["passes"] if rule["id"] == "color-contrast")
    assert measured["nodes"]
