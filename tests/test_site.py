"""The site to read: every sheet and every document is in it, and links in the docs lead somewhere.

`make site` builds it, with packages that are not in the course's lock.
"""

import importlib.util
import re
from pathlib import Path

import nbformat
import pytest

from grader.course import layout

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "scripts" / "site"
DOCS = sorted((ROOT / "docs").glob("*.md"))
TEXTS = [*DOCS, ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def test_the_contents_of_the_site_name_every_sheet_and_document():
    named = re.findall(r"^(?:sheets|docs)/\w+$", (SETTINGS / "index.md").read_text(), re.MULTILINE)
    there = [f"sheets/{sheet}" for sheet in layout.sheets()]
    there += [f"docs/{file.stem}" for file in DOCS]
    assert sorted(named) == sorted(there)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_every_link_to_a_file_or_a_heading_leads_there(file):
    for link in LINK.findall(CODE.sub("", file.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, heading = link.partition("#")
        target = file.parent / name if name else file
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


def anchors(file: Path) -> set[str]:
    """What GitHub and MyST call the headings of a text."""
    headings = HEADING.findall(CODE.sub("", file.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def test_what_the_site_and_the_course_both_need_is_in_one_version():
    site, course = (
        {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in PIN.findall(text)}
        for text in ((SETTINGS / "requirements.lock").read_text(), lock())
    )
    assert {name for name in site if site[name] != course.get(name, site[name])} == set()
    wanted = re.findall(r"^[a-z][\w-]*", (SETTINGS / "requirements.in").read_text(), re.MULTILINE)
    assert wanted and set(wanted) <= set(site)


def lock() -> str:
    return (ROOT / "requirements.lock").read_text("utf-8")


@pytest.mark.parametrize("sheet", layout.sheets())
def test_a_sheet_to_read_has_no_hidden_tests_and_every_output(sheet):
    name = layout.source_notebook(sheet).name
    executed = nbformat.read(layout.SOLUTIONS / sheet / name, as_version=4)
    outputs = [len(cell.get("outputs", ())) for cell in executed.cells]
    shown = build_site().to_read(executed)
    text = "\n".join(cell.source for cell in shown.cells)
    assert not re.search(r"### (BEGIN|END)|NBVAL|^\*\*Rubric\*\*", text, re.MULTILINE)
    assert [len(cell.get("outputs", ())) for cell in shown.cells] == outputs
    assert text.count("How it is graded") == text.count("**Answer**") > 0


def build_site():
    """scripts/build_site.py as a module."""
    spec = importlib.util.spec_from_file_location("build_site", ROOT / "scripts" / "build_site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
