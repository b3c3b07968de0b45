"""What a megabyte may cost before and after the kernel: processor time and memory.

Each input is read, put into the sheet's form and turned into a page in a process of its own with
the system's limits on both, so that no clock is looked at.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from broken import sheet

from grader.intake import display
from grader.running import sandbox

SECONDS, MEGABYTES = 5, 500
LONGEST = display.MAX_CHARACTERS - 1
MEGABYTE = 1_000_000

# Forks for each input: the imports cost more than the work.
CHILD = """
import json, os, resource, sys
from pathlib import Path

import nbformat
from nbconvert.exporters import HTMLExporter
from grader.course import layout, outline
from grader.intake import cells, reading, repair
from grader import record
from grader.records import contents, gradebook, page
from grader.records.feedback import ShortenLongCode
from grader.records.sanitise import RemoveActiveContent

course, limits, inputs = Path(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
layout.SOURCE, layout.RELEASE = course / "source", course / "release"
names = {"db_url": "", "assignment": "toy", "notebook": "toy"}
specs = [
    cells.CellSpec(name, c.cell_type, c.source, "", m.locked, m.grade, m.solution, 1.0)
    for name, c in outline.graded_cells("toy").items()
    for m in [c.metadata.nbgrader]
]
repair.read_specs = lambda *_: specs


def work(folder):
    nb, notes, pictures = reading.read_submission(folder / "toy.ipynb")
    resources = {"nbgrader": names, reading.NOTES: notes, reading.PICTURES: pictures}
    resources[reading.FINGERPRINT] = ""
    steps = [repair.RepairNotebook(), RemoveActiveContent(), ShortenLongCode()]
    for step in steps:
        nb, resources = step.preprocess(nb, resources)
    exercises = tuple(contents.exercises_of(nb, "toy", {}, {}))
    repairs = record.read(nb).repairs
    feedback = page.page(contents.Contents("toy", "Toy", "x", (), exercises, 0.0, 0.0, "", repairs))
    formgrader, _ = HTMLExporter(config=gradebook.config()).from_notebook_node(nb)
    assert len(feedback) > 1000 and len(formgrader) > 1000


def size():
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


work(Path(inputs[0]).parent / "warm")
for folder in map(Path, inputs):
    child = os.fork()
    if child == 0:
        most = size() + limits["megabytes"] * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
        try:
            work(folder)
        except BaseException as error:
            print(folder.name, type(error).__name__, str(error)[:200], flush=True)
            os._exit(1)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(folder.name, f"{used.ru_utime + used.ru_stime:.1f} s", flush=True)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        print("FAILED", folder.name, os.waitstatus_to_exitcode(status), flush=True)
"""


def notebook(**texts: str) -> str:
    """A notebook with an answer, and perhaps code, of these texts."""
    cells = [
        {"cell_type": "code" if kind.startswith("code") else "markdown", "source": text, "id": kind}
        for kind, text in texts.items()
    ]
    cells = [c | {"metadata": {"nbgrader": {"grade_id": "why"}}} for c in cells[:1]] + cells[1:]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def times(text: str, size: int = MEGABYTE) -> str:
    """A text over and over again, up to a size."""
    return text * (size // len(text.encode()))


ANSWERS = {
    "environments": r"\begin{a}",
    "dollars": "$",
    "pairs-of-dollars": "$$ ",
    "brackets": "[",
    "images": "![",
    "images-with-names": "![a](",
    "images-and-blanks": "![a](          ",
    "images-of-words": "![a](b b b b b b b b b b b",
    "tags": "<img ",
    "tags-with-values": "<img src='",
    "definitions": "[a]: attachment:b\n",
    "data": "![a](data:image/png;base64,AAAA",
    "quotes": "> ",
    "lists": "- ",
    "stars": "*a **b ",
    "underscores": "_a",
    "backquotes": "` ``",
    "fences": "```\n~~~\n",
    "tables": "|a|b|\n|-|-|\n",
    "headings": "# a\n",
    "entities": "&amp;",
    "accents": "\u0315\u0300",
    "blanks": "a" + " " * 1000,
    "line-ends": "\r\n",
    "hidden-tests": "### BEGIN HIDDEN TESTS\n",
    "conflicts": "<<<<<<< a\n|||||||\n=======\n",
    "less-than": "<a ",
}
# Patterns of Markdown that may need more than linear time; longer texts are not tried as Markdown.
SHORT = {k: ANSWERS[k] for k in ("environments", "images-with-names", "lists", "stars", "tables")}
CODE = {
    "calls": "f(a, b)\n",
    "definitions-of-functions": "def half(x):\n    return x\n",
    "assignments": "half = 1\n",
    "magics": "%a\n",
    "questions": "a?\n",
    "open-brackets": "(",
    "texts": "'''",
    "backslashes": "\\",
    "unfinished-names": "half : : : ",
    "comments": "# words\n",
    "signs": "-",
}
FILES = {
    "empty-cells": '{"cells":[' + times("{},") + "{}]}",
    "empty-lists": '{"cells":[],"metadata":[' + times("[],") + "[]]}",
    "small-cells": '{"cells":['
    + times('{"cell_type":"code","source":"1"},')
    + '{"cell_type":"code","source":"1"}]}',
    "small-texts": '{"cells":['
    + times('{"cell_type":"markdown","source":"$a$"},')
    + '{"cell_type":"markdown","source":"1"}]}',
    "broken-cells": '{"cells":[' + times('{"id":'),
    "broken-lists": '{"cells":[' + times('{"id":[' + "0," * 1000),
    "broken-texts": '{"cells":[' + times('{"id":"x","source":"'),
    "attachments": notebook(answer="x").replace(
        '"metadata"',
        '"attachments":{' + ",".join(f'"{i}":{{}}' for i in range(80_000)) + '},"metadata"',
        1,
    ),
    "metadata": notebook(answer="x").replace(
        '"grade_id"', '"a":[' + times("{},") + '{}],"grade_id"', 1
    ),
    "conflicts-in-the-file": times("<<<<<<< a\n|||||||\n=======\n"),
    "nesting": times("[") + times("]"),
    "a-number": '{"cells":[' + times("9") + "]}",
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """What the process said of each input."""
    root = tmp_path_factory.mktemp("limits")
    sheet.make_course(root)
    contents = {f"answer-{k}": notebook(answer=times(v)) for k, v in ANSWERS.items()}
    contents |= {f"short-{k}": notebook(answer=times(v, LONGEST)) for k, v in SHORT.items()}
    contents |= {f"code-{k}": notebook(answer="x", code=times(v)) for k, v in CODE.items()}
    short = notebook(**{f"text{i}": r"\begin{a}" * 220 for i in range(500)})
    contents |= {f"file-{k}": v for k, v in FILES.items()} | {"many-short-texts": short}
    contents["warm"] = nbformat.writes(sheet.source())
    for name, content in contents.items():
        folder = root / "submitted" / name
        folder.mkdir()
        (folder / sheet.NOTEBOOK).write_text(content)
    del contents["warm"]
    limits = json.dumps({"seconds": SECONDS, "megabytes": MEGABYTES})
    folders = [str(root / "submitted" / name) for name in contents]
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(root), limits, *folders],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return contents.keys(), done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="limits on memory are Linux's")
def test_no_megabyte_takes_more_than_5_seconds_or_500_megabytes(outcomes):
    names, said = outcomes
    assert "FAILED" not in said, said
    assert all(name in said for name in names), said


def test_a_scratch_folder_of_any_depth_and_with_any_rights_is_removed():
    here = os.getcwd()
    with sandbox.scratch_folder([]) as scratch:
        try:
            os.chdir(scratch / "work")
            for _ in range(3000):
                os.mkdir("d")
                Path("f").touch()
                os.chdir("d")
        finally:
            os.chdir(here)
        (scratch / "home" / "locked" / "inside").mkdir(parents=True)
        (scratch / "home" / "locked").chmod(0)
        (scratch / "home" / "link").symlink_to(here)
    assert not list(scratch.parent.glob(f"{scratch.name}*"))
    assert Path(here).is_dir()
