"""What students write and put out is shown to people, and does nothing in their browsers."""

import base64
from html.parser import HTMLParser

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.course import layout
from grader.judging.report import plain
from grader.records import rubric, texts
from grader.records.feedback import ShowRubrics
from grader.records.gradebook import config
from grader.records.sanitise import RemoveActiveContent

PIXEL = base64.b64encode(b"a picture").decode()


class Parts(HTMLParser):
    """The tags and attributes of a page, as a browser sees them."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attributes]


def assert_inert(page: str) -> None:
    """Nothing that runs, and nothing that a browser fetches by itself."""
    parts = Parts(page)
    assert not {"script", "iframe", "object", "embed", "svg", "link", "style", "form"} & {
        *parts.tags
    }
    for name, value in parts.attributes:
        assert not name.startswith("on") and name not in ("style", "srcset", "background"), name
        if name == "href":
            assert value.lower().startswith(("http://", "https://", "mailto:", "#")), value
        if name == "src":
            assert value.startswith("data:image/"), value


ACTIVE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></table></mtext></math>",
    "<math href='javascript:alert(1)'>x</math>",
    "<!--><script>alert(1)</script>",
    "<iframe src='https://example.com'></iframe>",
    "<form action='/logout'><button>press</button></form>",
    "<a href='/logout'>x</a> <img src='/logout'>",
    "<div style='position:fixed;inset:0'>all of the page</div>",
    "[x](javascript:alert(1))",
    "[x](java&#x73;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](  JavaScript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](<javascript:alert(1)>)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "> [q]: javascript:alert(1)\n\n[q]",
    "- [q]: javascript:alert(1)\n\n[q]",
    "[a\\]b]: javascript:alert(1)\n\n[a\\]b]",
    "<javascript:alert(1)>",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](https://example.com/seen.png)",
    "![x](/logout)",
    "![x](//example.com/x.png)",
    "![x](attachment:nope)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "$\\href{javascript:alert(1)}{x}$",
    "$</math><script>alert(1)</script>$",
    "$$\\text{<img src=x onerror=alert(1)>}$$",
    "```mermaid\nclick a href 'javascript:alert(1)'\n```",
]


@pytest.mark.parametrize("source", ACTIVE)
def test_a_text_does_nothing_in_a_browser(source):
    assert_inert(texts.render(source))


def test_ordinary_answers_keep_their_form():
    page = texts.render(
        "It is **not** symmetric, `x < y`: [a paper](https://arxiv.org/abs/1312.6114).\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n- two\n\n> said"
    )
    assert "<strong>not</strong>" in page and "<code>x &lt; y</code>" in page
    assert 'href="https://arxiv.org/abs/1312.6114"' in page
    assert {"table", "td", "li", "blockquote"} <= {*Parts(page).tags}


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("$a<b$", {"mi", "mo"}),
        (r"$$\int q(z) \log \frac{q(z)}{p(z)}\,dz \ge 0$$", {"mfrac"}),
        (r"\begin{align} x &= 1 \\ y &= 2 \end{align}", {"mtable", "mtr"}),
        (r"$$\begin{aligned} x &= 1 \\ y &= 2 \end{aligned}$$", {"mtable", "mtr"}),
        (r"$\mathbb{E}_{q}[\hat x] \sim \mathcal{N}(\mu, \sigma^2)$", {"msub", "mover", "msup"}),
    ],
)
def test_formulas_are_mathml(source, parts):
    page = texts.render(source)
    assert parts <= {*Parts(page).tags} and "$" not in page


def test_every_formula_of_the_course_can_be_typeset():
    for sheet in layout.sheets():
        for cell in nbformat.read(layout.source_notebook(sheet), as_version=4).cells:
            if cell.cell_type == "markdown":
                page = texts.render(cell.source)
                assert "<mi>\\" not in page, cell.id
                assert page.count("<math") >= cell.source.count("$$") // 2, cell.id


def test_what_is_no_formula_is_shown_as_it_was_written():
    assert "\\frac{" in texts.render(r"$\frac{$")
    assert "<code>" in texts.render(f"${'x' * 6000}$")


def test_attached_pictures_are_in_the_page_and_missing_ones_are_words():
    attachments = {"my drawing.png": {"image/png": PIXEL}}
    page = texts.render(
        "![the plot](<attachment:my drawing.png>) ![lost](attachment:b.png)", attachments
    )
    assert f"data:image/png;base64,{PIXEL}" in page and "lost" in page
    assert Parts(page).tags.count("img") == 1


def test_a_text_without_end_is_cut():
    assert len(texts.render("word " * 1_000_000)) < 2 * texts.MAX_TEXT


def cleaned(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook, _ = RemoveActiveContent().preprocess(new_notebook(cells=[cell]), {})
    return notebook.cells[0]


def test_outputs_keep_pictures_and_tables_and_lose_scripts():
    html = "<table><tr><td onclick='x()'>1</td></tr></table><script>alert(1)</script>"
    data = {"text/html": html, "image/png": "AAAA", "application/javascript": "alert(1)"}
    cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    kept = cleaned(cell).outputs[0].data
    assert "<td>1</td>" in kept["text/html"]
    assert_inert(kept["text/html"])
    assert kept["image/png"] == "AAAA" and "application/javascript" not in kept


def test_formulas_that_a_cell_put_out_are_typeset_and_code_is_not():
    shown = texts.shown("<p>$x^2$ for 5 $</p><code>$y$</code><pre>$z$</pre>")
    assert shown.count("<math") == 1 and "$y$" in shown and "$z$" in shown and "5 $" in shown


def test_the_marks_of_a_derivation_keep_their_class_and_nothing_else_does():
    row = '<tr><td class="derivation-right x">✓</td><td class="y">z</td></tr>'
    shown = texts.shown(f"<div class='derivation'><table>{row}</table></div>")
    assert 'class="derivation"' in shown and 'class="derivation-right"' in shown
    assert shown.count('class="d') == 2 and "x" not in shown


def test_greek_names_in_sentences_are_typeset():
    words = texts.with_names_typeset(r"At \mu_1 = 0.5, \alphabet and \n stay.")
    assert words.count("<math") == 1 and r"\alphabet" in words and r"\n stay" in words


@pytest.mark.parametrize(
    "formula",
    [r"E_q[(x - \mu_1)^2]", r"\log p(x)", "p(z | x)", "f&#39;", r"f(\mu + \sigma \epsilon)"],
)
def test_formulas_in_the_names_of_lines_are_typeset(formula):
    words = texts.with_names_typeset(f"the moment ${formula}$ appears")
    assert words.count("<math") == 1 and "$" not in words
    assert plain(f"the ${formula}$") == "the " + formula.replace("\\", "")


@pytest.mark.parametrize(
    "formula", [r"\href{javascript:x}{y}", r"\text{a}", "a &lt; b", r"\alphabet"]
)
def test_no_other_command_between_dollar_signs_is_typeset(formula):
    words = f"yours is ${formula}$"
    assert texts.with_names_typeset(words) == words


def test_an_output_that_is_only_active_leaves_a_word():
    data = {"application/javascript": "alert(1)"}
    cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    assert cleaned(cell).outputs[0].data == {"text/plain": "(application/javascript: not shown)"}


def formgrader_page(cells: list[nbformat.NotebookNode]) -> str:
    """The formgrader's page on a submission with these cells."""
    settings = config().copy()
    settings.HTMLExporter.template_name = "formgrade"
    numbers = {"score": 1.0, "max_score": 2.0, "late_penalty": 0.0, "notebook": "toy"}
    page, _ = HTMLExporter(config=settings).from_notebook_node(
        new_notebook(cells=cells), {"nbgrader": numbers, "base_url": "", "index": 0, "total": 1}
    )
    return page


def test_a_page_of_the_formgrader_asks_no_other_server_for_anything():
    page = formgrader_page([new_markdown_cell(source) for source in [*ACTIVE, "$x$"]])
    for name, value in Parts(page).attributes:
        if name in ("src", "srcset", "data", "poster"):
            assert not value.startswith(("http", "//")), value
    assert "cdnjs" not in page and "<math" in page and ".judge-report td" in page


def test_a_rubric_stands_beside_its_answer_and_no_student_can_write_one():
    forged = '<aside class="rubric">10 points: everything</aside>'
    answer = new_markdown_cell(f"My answer. {forged}")
    answer.metadata = {
        "nbgrader": {"grade_id": "discrete-formula", "grade": True, "solution": True}
    }
    answer.metadata.nbgrader |= {"points": 4, "schema_version": 3, "locked": False, "task": False}
    own = new_markdown_cell("Mine.", metadata={rubric.BESIDE: "20 points: everything"})
    resources = {"nbgrader": {"assignment": "sheet1_kl"}}
    made, _ = ShowRubrics().preprocess(new_notebook(cells=[answer, own]), resources)
    page = formgrader_page(made.cells)
    assert page.count('class="rubric"') == 1 and "a sum over all outcomes" in page
    assert "20 points" not in page
