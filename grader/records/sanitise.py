"""Taking the active parts out of a submission before people open it in a browser.

The formgrader shows what a student's code put out, in the session of whoever grades: a script in it
could press the buttons there. What stays is text, LaTeX, pictures, and HTML without scripts.
"""

import base64
import html
import re

from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade

TAGS = ["table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "div", "span", "p", "br"]
TAGS += ["a", "b", "strong", "i", "em", "code", "pre", "sub", "sup", "ul", "ol", "li", "hr", "h3"]
KEPT = {"text/plain", "text/latex", "image/png", "image/jpeg", "image/gif"}
SCHEMES = re.compile(r"(https?:|mailto:|attachment:|data:image/(png|jpeg|gif)|[^:]*$)", re.I)
TAG = re.compile(r"<(?=[a-zA-Z/!?])")
DESTINATION = re.compile(r"(\]\(\s*<?|^\s{0,3}\[[^\]\n]+\]:\s*<?)([^\s)>]+)", re.MULTILINE)


class RemoveActiveContent(NbGraderPreprocessor):
    """A step of Autograde, after the notebook ran; the judge's own reports are left as they are."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int):
        if cell.cell_type == "markdown":
            cell.source = harmless_markdown(cell.source)
        elif cell.cell_type == "code" and not is_grade(cell):
            for output in cell.outputs:
                if "data" in output:
                    output.data = _harmless_data(output.data)
                    output.metadata = NotebookNode()
        return cell, resources


def harmless_markdown(source: str) -> str:
    """Markdown whose HTML is shown as text, and whose links lead to the web or nowhere.

    A space after `<` is enough to keep a browser from seeing a tag, and does not show in LaTeX.
    """
    source = TAG.sub("< ", source)
    return DESTINATION.sub(lambda m: m[0] if _leads_to_the_web(m[2]) else f"{m[1]}#", source)


def _leads_to_the_web(destination: str) -> bool:
    plain = re.sub(r"[\x00-\x20\\]", "", html.unescape(html.unescape(destination)))
    return SCHEMES.match(plain) is not None


def _harmless_data(data: NotebookNode) -> NotebookNode:
    kept = NotebookNode({kind: value for kind, value in data.items() if kind in KEPT})
    if isinstance(data.get("text/html"), str):
        kept["text/html"] = SanitizeHTML(tags=TAGS).sanitize_html_tags(data["text/html"])
    for kind in {"image/svg+xml", "image/webp"} & data.keys():
        if "image/png" not in kept and isinstance(data[kind], str):
            kept["text/html"] = _as_picture(kind, data[kind])
    if not kept:
        kept["text/plain"] = f"({', '.join(sorted(map(str, data)))[:200]}: not shown)"
    return kept


def _as_picture(kind: str, text: str) -> str:
    """A picture as an <img> by itself, in which a browser runs no script and loads nothing."""
    if kind == "image/svg+xml":
        text = base64.b64encode(text.encode("utf-8", "replace")).decode()
    data = re.sub(r"[^A-Za-z0-9+/=]", "", text)
    return f'<img alt="a figure" src="data:{kind};base64,{data}">'
