"""What students write and put out is shown to people, but does nothing in their browsers."""

import nbformat
import pytest
from nbconvert.filters import markdown2html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.records.sanitise import RemoveActiveContent, sanitised_markdown


def cleaned(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook, _ = RemoveActiveContent().preprocess(new_notebook(cells=[cell]), {})
    return notebook.cells[0]


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<!--><script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](java&#x73;cript:alert(1))",
        "[x](  JavaScript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[x][y]\n\n[y]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
    ],
)
def test_markdown_of_a_student_holds_nothing_active(source):
    page = markdown2html(cleaned(new_markdown_cell(source)).source).lower()
    for active in ("<script", "<img", "<svg", 'href="javascript', 'href="data', 'href="vbscript'):
        assert active not in page


@pytest.mark.parametrize(
    "source",
    [
        "It is **not** symmetric: $a<b$ becomes $a < 1$ and `x < y`.",
        "[a paper](https://arxiv.org/abs/1312.6114) and ![mine](attachment:sketch.png)",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n\n> said",
        "$$\\int q(z) \\log \\frac{q(z)}{p(z)}\\,dz \\ge 0$$",
    ],
)
def test_ordinary_answers_look_as_they_did(source):
    assert sanitised_markdown(source).replace("< ", "<") == source.replace("< ", "<")


def test_outputs_keep_pictures_and_tables_and_lose_scripts():
    html = "<table><tr><td onclick='x()'>1</td></tr></table><script>alert(1)</script>"
    data = {"text/html": html, "image/png": "AAAA", "application/javascript": "alert(1)"}
    cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    kept = cleaned(cell).outputs[0].data
    assert "<td>1</td>" in kept["text/html"] and "onclick" not in kept["text/html"]
    assert "<script" not in kept["text/html"]
    assert kept["image/png"] == "AAAA" and "application/javascript" not in kept


def test_an_output_that_is_only_active_leaves_a_word():
    data = {"application/javascript": "alert(1)"}
    cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    assert cleaned(cell).outputs[0].data == {"text/plain": "(application/javascript: not shown)"}
