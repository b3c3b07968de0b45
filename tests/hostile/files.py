"""Attacks that lie in a submission's files: what is read, cleaned and shown before and after a run.

Each is a right submission to the toy sheet, made hostile by `make`. Its answers keep their points,
except those that `lost` names because nothing can be read of them.
"""

import base64
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

Make = Callable[[nbformat.NotebookNode, Path], "str | bytes | None"]


@dataclass(frozen=True)
class FileAttack:
    """A submission whose files are hostile.

    name: what it does; make: changes the notebook and its folder, and may return the file's whole
    content instead; lost: the items that earn nothing.
    """

    name: str
    make: Make
    lost: tuple[str, ...] = ()


ALL = ("bit", "half")
KINDS: dict[str, list[FileAttack]] = {}  # the attacks by what they are about


def kind(name: str) -> None:
    """The attacks that follow are of this kind."""
    KINDS[name] = []


def attack(name: str, lost: tuple[str, ...] = ()) -> Callable[[Make], Make]:
    def add(make: Make) -> Make:
        list(KINDS.values())[-1].append(FileAttack(name, make, lost))
        return make

    return add


def text(name: str, source: str, lost: tuple[str, ...] = ()) -> None:
    """A cell of text beside the right answers."""

    @attack(name, lost)
    def make(notebook, folder):
        notebook.cells.insert(1, new_markdown_cell(source))


def code(name: str, source: str) -> None:
    """A cell that shows something."""

    @attack(name)
    def make(notebook, folder):
        notebook.cells.insert(1, new_code_cell(source))


def output(name: str, data: dict) -> None:
    """A cell that shows data of some kinds."""
    code(name, f"from IPython.display import display\ndisplay({data!r}, raw=True)")


def test_cell(notebook: nbformat.NotebookNode, item: str) -> nbformat.NotebookNode:
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"{item}-test"
    )


test_cell.__test__ = False  # not a test itself


# --- ids, points and test cells -------------------------------------------------------------------

kind("metadata that claims points")


def spoil(notebook: nbformat.NotebookNode) -> None:
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "half":
            cell.source = "def half(x):\n    return 0.0 * x\n"


@attack("tags that skip the test cells", lost=("half",))
def _(notebook, folder):
    spoil(notebook)
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception", "remove_cell"]


@attack("points, ids, locks and checksums changed in the metadata", lost=("half",))
def _(notebook, folder):
    spoil(notebook)
    spoiled, easy = test_cell(notebook, "half"), test_cell(notebook, "bit")
    spoiled.source = "4.0"
    spoiled.metadata.nbgrader |= {"points": 100, "locked": False, "checksum": "0" * 32}
    spoiled.metadata.nbgrader |= {"solution": True, "schema_version": 1}
    swapped = {"grade_id": "half-test", "points": 4, "locked": True, "checksum": None}
    metadata = {"nbgrader": easy.metadata.nbgrader | swapped}
    notebook.cells.append(new_code_cell("4.0", metadata=metadata))


@attack("test cells of its own, with a judge call in a hidden region", lost=("half",))
def _(notebook, folder):
    spoil(notebook)
    call = '### BEGIN HIDDEN TESTS\nfrom grader import judge\n\njudge("{}")\n### END HIDDEN TESTS\n'
    metadata = test_cell(notebook, "bit").metadata.nbgrader | {"points": 50}
    for item in ALL:
        extra = new_code_cell("100.0\n" + call.format(item))
        extra.metadata["nbgrader"] = metadata | {"grade_id": f"extra-{item}"}
        notebook.cells.append(extra)
    next_cell = 'get_ipython().set_next_input("100.0", replace=True)'
    notebook.cells.insert(2, new_code_cell(next_cell))


@attack("outputs that hold the points already", lost=("half",))
def _(notebook, folder):
    spoil(notebook)
    test_cell(notebook, "half").outputs = [
        new_output("execute_result", data={"text/plain": "2.0"}, execution_count=1)
    ]


@attack("a note of the grader's, forged in the notebook's metadata", lost=("half",))
def _(notebook, folder):
    spoil(notebook)
    report = {"item": "half", "points": 2.0, "score": 2.0, "lines": []}
    for name in ("grader", "dgm", "record"):
        notebook.metadata[name] = {"reports": [report], "isolation": "full", "submission": "x"}


# --- folders --------------------------------------------------------------------------------------

kind("folders, links and archives")


@attack("symlinks beside the notebook")
def _(notebook, folder):
    reference = folder.parents[2] / "reference"
    (folder / "answer.txt").symlink_to(reference / "toy" / "reference.py")
    (folder / "all").symlink_to(reference, target_is_directory=True)
    (folder / "book.db").symlink_to("../../../gradebook.db")
    (folder / "toy (1).ipynb").symlink_to("../../honest/toy/toy.ipynb")


@attack("a notebook that is a link to another student's", lost=ALL)
def _(notebook, folder):
    (folder / "toy.ipynb").symlink_to("../../honest/toy/toy.ipynb")
    return b""


@attack("a folder that is a link to another student's", lost=ALL)
def _(notebook, folder):
    folder.rmdir()
    folder.symlink_to("../honest/toy", target_is_directory=True)
    return b""


@attack("a student's folder that is a link to another student's", lost=ALL)
def _(notebook, folder):
    folder.rmdir()
    folder.parent.rmdir()
    folder.parent.symlink_to("honest", target_is_directory=True)
    return b""


@attack("a dangling symlink beside the notebook")
def _(notebook, folder):
    (folder / "data.csv").symlink_to("nowhere")


@attack("a link that leads to itself")
def _(notebook, folder):
    (folder / "loop").symlink_to(".")
    (folder / "self").symlink_to("self")


@attack("a named pipe beside the notebook")
def _(notebook, folder):
    os.mkfifo(folder / "pipe")


@attack("names with escape codes, commands and formulas")
def _(notebook, folder):
    for name in (
        "\x1b[2J\x1b[31mred.txt",
        "=cmd|'calc'!A1",
        "new\nline",
        "$(touch x)",
        "[bold red]x[red]",
    ):
        (folder / name).write_text("x")


@attack("many files beside the notebook")
def _(notebook, folder):
    for number in range(2000):
        (folder / f"{number}.txt").touch()


@attack("a time of handing in that is none")
def _(notebook, folder):
    (folder / "timestamp.txt").write_text("=1+1\x1b[31m" + "9" * 5000)


# --- a notebook that is hard to read --------------------------------------------------------------

kind("notebooks that are hard to read")


@attack("conflict marks without end", lost=ALL)
def _(notebook, folder):
    return "<<<<<<< a\n|||||||\n=======\n" * 200


@attack("lists in lists without end", lost=ALL)
def _(notebook, folder):
    return "[" * 200_000


@attack("an empty object for each of many cells", lost=ALL)
def _(notebook, folder):
    return '{"cells": [' + "{}," * 300_000 + '{}], "metadata": {}, "nbformat": 4}'


@attack("a number with a million digits")
def _(notebook, folder):
    content = nbformat.writes(notebook)
    return content.replace('"metadata": {', '"x": 1' + "0" * 1_000_000 + ', "metadata": {', 1)


@attack("bytes that are no text", lost=ALL)
def _(notebook, folder):
    return bytes(range(256)) * 100


@attack("a notebook in UTF-16")
def _(notebook, folder):
    return nbformat.writes(notebook).encode("utf-16")


@attack("surrogates and null bytes in the code")
def _(notebook, folder):
    notebook.cells.insert(1, new_code_cell("x = '\\ud800'\ny = 0"))
    content = json.dumps(notebook)
    return content.replace("y = 0", "y = '\\ud800\\u0000'")


@attack("metadata of the wrong kind everywhere")
def _(notebook, folder):
    content = json.loads(nbformat.writes(notebook))
    content["metadata"] = [1, {"kernelspec": 5}]
    for cell in content["cells"]:
        cell["execution_count"] = "many"
        cell["outputs"] = {"a": 1}
    return json.dumps(content)


@attack("a kernel of its own in the metadata")
def _(notebook, folder):
    notebook.metadata.kernelspec = {"name": "../../evil", "display_name": "x", "language": "bash"}
    notebook.metadata["language_info"] = {"name": "bash", "nbconvert_exporter": "evil.Exporter"}


@attack("an image that names no attachment")
def _(notebook, folder):
    notebook.cells.insert(1, new_markdown_cell("![x](attachment:nope) ![y](attachment:)"))


@attack("formulas in formulas without end")
def _(notebook, folder):
    notebook.cells.insert(1, new_markdown_cell(r"\begin{a}" * 3200))


@attack("brackets and stars without end")
def _(notebook, folder):
    for sign in ("[", "*a ", "![", "`", "> ", "<a", "$x", "&"):
        notebook.cells.insert(1, new_markdown_cell(sign * 3000))


@attack("one line of a megabyte")
def _(notebook, folder):
    notebook.cells.insert(1, new_code_cell("x = '" + "y" * 1_000_000 + "'"))


@attack("a notebook that is a named pipe", lost=ALL)
def _(notebook, folder):
    os.mkfifo(folder / "toy.ipynb")
    return b""


@attack("a notebook that is a folder", lost=ALL)
def _(notebook, folder):
    (folder / "toy.ipynb" / "toy.ipynb").mkdir(parents=True)
    return b""


@attack("an archive with ways out of its folder")
def _(notebook, folder):
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for name in ("../../honest/toy/toy.ipynb", "/etc/passwd", "..\\..\\x.ipynb", "a/" * 500):
            archive.writestr(name, b"{}")


@attack("an archive that becomes gigabytes")
def _(notebook, folder):
    with zipfile.ZipFile(folder / "more.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.ipynb", bytes(50_000_000))


@attack("a picture with more pixels than memory")
def _(notebook, folder):
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (2**31 - 1).to_bytes(4, "big") * 2
    picture = base64.b64encode(header + b"\x08\x06\0\0\0" + bytes(100)).decode()
    cell = new_markdown_cell("![x](attachment:x.png)")
    cell["attachments"] = {"x.png": {"image/png": picture}}
    notebook.cells.insert(1, cell)
    (folder / "x.png").write_bytes(base64.b64decode(picture))


@attack("a drawing of entities in entities")
def _(notebook, folder):
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    drawing = f'<!DOCTYPE x [<!ENTITY l0 "lol">{laughs}]><svg><text>&l9;</text></svg>'
    cell = new_markdown_cell("![x](attachment:x.svg)")
    cell["attachments"] = {"x.svg": {"image/svg+xml": base64.b64encode(drawing.encode()).decode()}}
    notebook.cells.insert(1, cell)


@attack("a title that ends the head")
def _(notebook, folder):
    notebook.metadata["title"] = "</title><script>alert(1)</script>"
    notebook.metadata["authors"] = [{"name": "<img src=//a.b onerror=x>"}]


@attack("ids of the test cells on cells of its own", lost=("half",))
def _(notebook, folder):
    spoil(notebook)
    for name in ("half-test", "bit-test", '"><script>alert(1)</script>'):
        cell = new_code_cell("2.0")
        cell["id"] = name
        notebook.cells.insert(0, cell)
    return json.dumps(notebook)


# --- pages ----------------------------------------------------------------------------------------

kind("pages that are to run or fetch something")

text("a script in a text", "<script>alert(1)</script><img src=x onerror=alert(1)>")
text("a script link in a quote", "> [q]: javascript:alert(1)\n\n[go][q]")
text("a script link in a list", "- [q]: javascript:alert(1)\n\n[go][q]")
text("a script link under a bracketed label", "[a\\]b]: javascript:alert(1)\n\n[go][a\\]b]")
text("a script link with odd letters", "[x](java&#10;script:alert(1)) [y](<JaVa\tScRiPt:alert(1)>)")
text("a script link in HTML", '<a href="&#106;avascript:alert(1)">x</a><a href=" vbscript:x">y</a>')
text("a script link in a formula", r"$\href{javascript:alert(1)}{x}$")
text("pictures from elsewhere", "![x](https://example.org/x.png) ![y](/logout) <img src=//a.b/c>")
text("forms and frames", '<form action=/x><button formaction="javascript:x">b</button></form>'
     '<iframe src="https://example.org"></iframe><object data=x></object><embed src=x>'
     '<meta http-equiv=refresh content="0;url=https://a.b"><base href="//a.b">')  # fmt: skip
text("styles that fetch", "<style>@import url(//a.b/c); body{background:url(//a.b)}</style>"
     '<p style="background:url(//a.b/c)">x</p><link rel=stylesheet href="//a.b/c">')  # fmt: skip
text("drawings with scripts", '<svg onload=alert(1)><script>alert(1)</script>'
     '<a xlink:href="javascript:x"><text>x</text></a><use href="//a.b/c#d"/></svg>')  # fmt: skip
text("lesser-known HTML", '<details open ontoggle=alert(1)><a href="data:text/html,<script>">x</a>'
     '<math><maction actiontype="statusline#//a.b" xlink:href="javascript:x">x</maction>'
     '</math>'
     '<input autofocus onfocus=x><img srcset="//a.b 1x"><video poster=//a.b><source src=//a.b>'
     '</video><a href=/x ping=//a.b>y</a>'
     '<p style="background:image-set(\'//a.b\' 1x)">z</p>')  # fmt: skip
text("ends of elements", "</div></div></body></html><!-- <!DOCTYPE html> ]]> --!> <plaintext>")
output(
    "an output with a script", {"text/html": "<script>alert(1)</script><img src=//a.b onerror=x>"}
)
output("an output that is a script", {"application/javascript": "alert(1)"})
output(
    "a drawing as an output", {"image/svg+xml": "<svg onload='alert(1)'><script>x</script></svg>"}
)
output("a text as an output", {"text/markdown": "[x](javascript:alert(1)) ![y](//a.b/c)"})
output("a formula as an output", {"text/latex": r"$\href{javascript:x}{y}</script><script>x$"})
output("a widget as an output", {
    "application/vnd.jupyter.widget-view+json": {"model_id": "x", "version_major": 2}})  # fmt: skip
output("elements in elements without end", {"text/html": "<b>" * 20_000 + "x"})
output("another kind of script", {"text/html": "<svg><animate onbegin=alert(1) attributeName=x>"
       "<set attributeName=href to=javascript:x></svg><noscript><p title='</noscript><img src=x "
       "onerror=alert(1)>'>"})  # fmt: skip
code("a link in escape codes", "print('\\x1b]8;;javascript:alert(1)\\x07x\\x1b]8;;\\x07 "
     "\\x1b[31m<img src=//a.b onerror=x>')")  # fmt: skip
code("an exception with a script in its name", "raise type('<script>alert(1)</script>', "
     "(Exception,), {})('<img src=//a.b onerror=x>')")  # fmt: skip
BROKEN_SIZE = {"width": '1" onerror="alert(1)', "height": "1", "alt": '"><script>'}
code(
    "a picture whose size breaks out",
    "from IPython.display import display\n"
    f"display({{'image/png': 'AAAA'}}, raw=True, metadata={{'image/png': {BROKEN_SIZE!r}}})",
)
output("a picture that breaks out", {"image/png": 'x" onerror="alert(1)'})
