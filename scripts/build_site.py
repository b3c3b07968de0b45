"""Build the site to read: the executed sheets and the docs, as pages without a server.

`make site` runs it. What builds the pages has a virtual environment of its own, build/site-venv,
from scripts/site/requirements.lock: the lock of the course stays as it is.
"""

import re
import shutil
import subprocess
import sys
import venv

import nbformat
from nbformat import NotebookNode

from grader.authoring.samples import MARKER
from grader.course import layout, outline
from grader.records import texts

ROOT = layout.ROOT
SETTINGS = ROOT / "scripts" / "site"
LOCK = SETTINGS / "requirements.lock"
BUILD = ROOT / "build"
VENV, SOURCE, SITE = BUILD / "site-venv", BUILD / "site-source", BUILD / "site"
VERDICTS = ROOT / "grader" / "records" / "templates" / "base" / "verdicts.css"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "up-to-date"

RUBRIC = re.compile(r"^\*\*Rubric\*\*\s*\n(.*)", re.DOTALL | re.MULTILINE)
FOLDED = "<details class='rubric'><summary>How it is graded</summary>\n\n{}\n\n</details>"
# A verdict of the judge: its first line is shown.
REPORT = re.compile(r'<div class="judge-report">\s*<p>(.*?)</p>(.*)</div>', re.DOTALL)
FOLDED_REPORT = r"<details><summary>\1</summary>\2</details>"
WIDGET = "application/vnd.jupyter.widget-view+json"
SHOWN = {
    "code_prompt_show": "Show the check",
    "code_prompt_hide": "Hide the check",
    "image": {"alt": "The figure that this code draws"},
}
SLIDERS = "(Here are sliders: they move in a notebook that runs.)"


def main() -> int:
    set_up()
    write_sources()
    command = ["-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", SOURCE, SITE]
    done = subprocess.run([PYTHON, *command], cwd=ROOT)
    if done.returncode == 0:
        print(f"The site, with all solutions: {SITE.relative_to(ROOT) / 'index.html'}")
    return done.returncode


def set_up() -> None:
    """Make the virtual environment where there is none for this lock."""
    if STAMP.exists() and STAMP.read_text("utf-8") == LOCK.read_text("utf-8"):
        return
    print("setting up build/site-venv ...", flush=True)
    venv.create(VENV, clear=True, with_pip=True)
    pip = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", LOCK]
    subprocess.run(pip, check=True)
    shutil.copy(LOCK, STAMP)


def write_sources() -> None:
    """Put what Sphinx reads into a folder: settings, docs, and the sheets as they are shown."""
    for folder in (SOURCE, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "docs", SOURCE / "docs")
    for name in ("conf.py", "index.md"):
        shutil.copy(SETTINGS / name, SOURCE)
    (SOURCE / "static").mkdir()
    for style in (SETTINGS / "style.css", VERDICTS):
        shutil.copy(style, SOURCE / "static")
    (SOURCE / "sheets").mkdir()
    for sheet in layout.sheets():
        name = layout.source_notebook(sheet).name
        executed = nbformat.read(layout.SOLUTIONS / sheet / name, as_version=4)
        nbformat.write(to_read(executed), SOURCE / "sheets" / f"{sheet}.ipynb")


def to_read(notebook: NotebookNode) -> NotebookNode:
    """An executed notebook without hidden tests and marks; checks are folded, rubrics too."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        source = outline.HIDDEN.sub("", cell.source)
        cell.source = MARKER.sub("", re.sub(r"(?m)^# NBVAL.*\n?", "", source)).strip()
        cell.metadata = NotebookNode()
        if cell.cell_type == "code":
            cell.outputs = [_output(one) for one in cell.outputs]
            cell.metadata.mystnb = SHOWN
            cell.metadata.tags = ["hide-input"] if meta.get("grade") else []
        elif meta.get("solution"):
            cell.source = "**Answer**\n\n" + RUBRIC.sub(_fold, cell.source)
    return notebook


def _fold(rubric: re.Match) -> str:
    return FOLDED.format(rubric[1].strip())


def _output(output: NotebookNode) -> NotebookNode:
    """An output as a page can show it: formulas typeset, words in the place of sliders."""
    data = output.get("data", {})
    if data.pop(WIDGET, None):
        data["text/plain"] = SLIDERS
    if "text/html" in data:
        data["text/html"] = texts.shown(REPORT.sub(FOLDED_REPORT, data["text/html"]))
    return output


if __name__ == "__main__":
    sys.exit(main())
