"""The feedback page as one file of HTML: nothing in it runs, and it asks no server for anything."""

import html
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from grader import atomic
from grader.intake.outputs import HANDED_IN, IN_PART
from grader.intake.submissions import Submission
from grader.judging.rendering import number
from grader.records import texts
from grader.records.contents import NO_ANSWER, Contents, contents_of, duration, read_graded
from grader.records.gradebook import gradebook
from grader.records.texts import LONG, REMEMBERED

TEMPLATES = Path(__file__).parent / "templates"
PICTURES = ("image/png", "image/jpeg", "image/gif")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
QUOTED = re.compile("`([^`]+)`")
HEADING_TAG = re.compile(r"<(/?)h[1-6](?:\s[^>]*)?>")
BEGINNING, END = 4_000, 1_000  # characters that are shown of a long output
MARKS = {"✓": "right", "✗": "wrong", "(✓)": "follows from a wrong line"}
LINE = re.compile(r"<td>(?=<math|<pre)")  # of a derivation: it scrolls where it is too long
MARKED = re.compile(r'(<td class="derivation-\w+"[^>]*>)([^<]+)(</td>)')


class FeedbackExporter(Exporter):
    """What nbgrader's GenerateFeedback calls for each graded notebook."""

    file_extension = ".html"
    output_mimetype = "text/html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of a notebook, which needs no preprocessor.

        resources: with nbgrader's names of sheet and student.
        """
        resources = self._init_resources(resources)
        names = resources["nbgrader"]
        with gradebook() as book:
            contents = contents_of(book, nb, names["assignment"], names["student"])
        return page(contents), resources


def write(submission: Submission) -> None:
    """The page of a graded submission, to where nbgrader looks for it."""
    nb = read_graded(submission.graded_notebook)
    with gradebook() as book:
        contents = contents_of(book, nb, submission.sheet, submission.student)
    atomic.write(submission.page, page(contents))


def page(contents: Contents) -> str:
    """The page as HTML."""
    return environment().get_template("feedback.html.j2").render(page=contents)


@cache
def environment() -> Environment:
    """The templates of all pages, with what they need to show parts of a notebook."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    found.filters |= {
        "code": code,
        "derivations": derivations,
        "duration": duration,
        "inline": inline,
        "markdown": markdown,
        "message": message,
        "note": note,
        "number": number,
        "outputs": outputs,
        "path": quote,
        "plain": plain,
        "text": text,
    }
    found.globals["NO_ANSWER"] = NO_ANSWER
    return found


# --- texts


def markdown(source: str) -> Markup:
    """A text as HTML whose headings are none of the page's."""
    return _without_headings(texts.remembered(source))


def text(cell: NotebookNode) -> Markup:
    """A cell of text, with the pictures that are attached to it."""
    attachments = cell.get("attachments")
    return (
        _without_headings(texts.render(cell.source, attachments))
        if attachments
        else (markdown(cell.source))
    )


def inline(source: str) -> Markup:
    """A heading's words, without the paragraph around them."""
    rendered = texts.remembered(source).strip()
    return Markup(rendered.removeprefix("<p>").removesuffix("</p>"))


def plain(source: str) -> str:
    """A heading's words without any markup."""
    return html.unescape(re.sub(r"<[^>]*>", "", inline(source)))


def message(words: str) -> Markup:
    r"""A sentence of a report; names such as \mu_1 are typeset."""
    return Markup(texts.with_names_typeset(str(escape(words))))


def note(words: str) -> Markup:
    """A sentence on a submission; what stands between backticks is code."""
    return Markup(QUOTED.sub(r"<code>\1</code>", str(escape(words))))


def _without_headings(page: str) -> Markup:
    """The same with paragraphs in the place of headings: the page has its own, in order."""
    return Markup(HEADING_TAG.sub(lambda tag: "</p>" if tag[1] else '<p class="heading">', page))


# --- code


def code(source: str) -> Markup:
    """Python in colours."""
    return Markup(_remembered(source) if len(source) <= LONG else _coloured(source))


def _coloured(source: str) -> str:
    inner = _PLAIN_TOKEN.sub(r"\1", highlight(source, _LEXER, _FORMATTER).rstrip("\n"))
    return f'<pre tabindex="0"><code>{inner}</code></pre>'


# A token without a colour in style.css: it needs no tag of its own.
_PLAIN_TOKEN = re.compile(
    r'<span class="(?!(?:k.?|ow|s.?|dl|m.?|il|c.?|nf|nc|fm|nd)")[a-z]+\d?">([^<]*)</span>'
)
_LEXER, _FORMATTER = PythonLexer(), HtmlFormatter(nowrap=True)
_remembered = lru_cache(REMEMBERED)(_coloured)


# --- outputs


def derivations(cell: NotebookNode) -> list[Markup]:
    """The derivations that a cell put out, line by line; empty where there are none."""
    found = [output.get("data", {}).get("text/html", "") for output in cell.get("outputs", ())]
    return [_labelled(texts.shown(one)) for one in found if 'class="derivation"' in one]


def _labelled(page: str) -> Markup:
    """The same with words for the marks, for people who hear the page."""

    def with_label(cell: re.Match) -> str:
        words = MARKS.get(cell[2], "")
        return f'{cell[1]}<span role="img" aria-label="{words}">{cell[2]}</span>{cell[3]}'

    return Markup(LINE.sub('<td tabindex="0">', MARKED.sub(with_label, page)))


def outputs(cell: NotebookNode, title: str) -> Markup:
    """What a cell put out; title: of the exercise, for the descriptions of its pictures."""
    handed_in, shown = False, []
    for output in cell.get("outputs", ()):
        if _says_handed_in(output):
            handed_in = True
            continue
        shown.append(_output(output, f"Figure from a cell of “{plain(title)}”"))
    shown = [one for one in shown if one]
    if not shown:
        return Markup()
    caption = Markup("<figcaption>As it was handed in.</figcaption>")
    body = Markup("").join([*shown, *([caption] if handed_in else [])])
    return Markup('<figure class="output">{}</figure>').format(body)


def _says_handed_in(output: NotebookNode) -> bool:
    return output.output_type == "stream" and output.text.startswith((HANDED_IN, IN_PART))


def _output(output: NotebookNode, description: str) -> Markup:
    """One output; description: of a picture."""
    if output.output_type == "stream":
        return _pre(output.text)
    if output.output_type == "error":
        return _pre("\n".join(output.get("traceback", ())) or f"{output.ename}: {output.evalue}")
    data = output.get("data", {})
    for kind in PICTURES:
        if isinstance(data.get(kind), str) and BASE64.fullmatch(data[kind]):
            address = f"data:{kind};base64,{''.join(data[kind].split())}"
            return Markup('<img src="{}" alt="{}">').format(address, description)
    if isinstance(data.get("text/html"), str):
        return Markup('<div class="text">{}</div>').format(
            _labelled(_without_headings(texts.shown(data["text/html"])))
        )
    if isinstance(data.get("text/latex"), str):
        return markdown(data["text/latex"])
    return _pre(str(data.get("text/plain", "")))


def _pre(words: str) -> Markup:
    """Plain text; of a long one, the beginning and the end."""
    words = ANSI.sub("", words).strip("\n")
    left_out = len(words) - BEGINNING - END
    if left_out > 0:
        gap = f"\n… {left_out:,} more characters are not shown here …\n"
        words = words[:BEGINNING] + gap + words[-END:]
    return Markup('<pre tabindex="0">{}</pre>').format(words) if words.strip() else Markup()
