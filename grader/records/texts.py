"""Texts as HTML that is safe to open: formulas as MathML, and of the rest what a list allows.

Feedback pages and the formgrader render every Markdown cell and every comment with `to_html`. What
is allowed is decided on the finished HTML, so no spelling of the Markdown gets around it. A page
asks no server for anything: pictures are part of it, or are replaced by words.
"""

import html
import re
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import nh3
from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

MAX_TEXT = 100_000  # characters of a cell that are rendered; the rest is cut with a note
MAX_FORMULA = 5_000  # characters of a formula that are typeset
REMEMBERED = 500  # texts, and cells of code: most are the sheet's own, the same in each submission
LONG = 20_000  # characters; longer ones are nobody else's
MAX_FORMULAS = 300  # in one text

TAGS = {
    *("p", "br", "hr", "div", "span", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"),
    *("a", "b", "strong", "i", "em", "s", "del", "sub", "sup", "code", "pre", "kbd"),
    *("ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "img"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
MATHML = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot"),
    *("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mprescripts"),
    *("mtable", "mtr", "mtd", "mpadded", "mphantom", "mstyle", "menclose", "none"),
}
MATHML_ATTRIBUTES = {
    *("display", "displaystyle", "scriptlevel", "mathvariant", "stretchy", "fence", "form"),
    *("separator", "accent", "accentunder", "linethickness", "columnalign", "rowspacing"),
    *("columnspacing", "minsize", "maxsize", "lspace", "rspace", "width", "height", "depth"),
    *("notation", "movablelimits", "largeop", "symmetric", "mathsize", "columnlines", "rowlines"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "td": {"align", "colspan", "rowspan"},
    "ol": {"start"},
    "details": {"open"},
} | dict.fromkeys(MATHML, MATHML_ATTRIBUTES)
LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
# In an <img>, a browser runs no script of an SVG and loads nothing for it.
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]*\Z")
SEVERAL_LINES = re.compile(
    r"\\(begin|end)\{(?:aligned|alignedat|align|gathered|gather|multline|equation|split)\*?\}"
)
BARE_PICTURE = re.compile(r"<img(?![^>]* src=)[^>]*>")
NO_PICTURE = "(a picture that is not part of the notebook)"


@pass_context
def to_html(context: Any, source: str) -> str:
    """nbconvert's filter `markdown2html`, for text of whatever origin."""
    attachments = context.get("cell", {}).get("attachments", {})
    short = len(source) <= LONG and not attachments
    return _remembered(source) if short else render(source, attachments)


def render(source: str, attachments: dict[str, Any] | None = None) -> str:
    """Markdown as safe HTML.

    attachments: the pictures of the cell, as nbformat has them.
    """
    if len(source) > MAX_TEXT:
        source = f"{source[:MAX_TEXT]}\n\n… (the rest of this text is not shown)"
    renderer = _Renderer(attachments=attachments or {})
    try:
        return clean(MarkdownWithMath(renderer=renderer).render(source))
    except Exception:  # whatever is in a text, there has to be a page
        return f"<pre>{html.escape(source)}</pre>"


_remembered = lru_cache(REMEMBERED)(render)


def clean(page: str) -> str:
    """HTML without anything that is active or asks a server for something."""
    cleaned = nh3.clean(
        page,
        tags=TAGS | MATHML,
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return BARE_PICTURE.sub(NO_PICTURE, cleaned)


def _allowed(tag: str, name: str, value: str) -> str | None:
    """An attribute's value where it may stay; links lead to the web, pictures are in the page."""
    if name == "href":
        return value if LINK.match(value.strip()) else None
    if name == "src":
        return value if PICTURE.match(value.strip()) else None
    return value


class _Renderer(IPythonRenderer):
    """nbconvert's renderer, with MathML for formulas and words for pictures that are missing."""

    def __init__(self, attachments: dict[str, Any]):
        super().__init__(
            escape=False, attachments=attachments, embed_images=False, exclude_anchor_links=True
        )
        self._formulas = 0

    def inline_math(self, body: str) -> str:
        """A formula in the line."""
        return self._typeset(body, "inline")

    def block_math(self, body: str) -> str:
        """A formula of its own."""
        return self._typeset(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        r"""A formula that an environment begins, such as \begin{align}."""
        return self.block_math(rf"\begin{{{name}}}{body}\end{{{name}}}")

    def _typeset(self, formula: str, display: str) -> str:
        """MathML; where a formula cannot be read or is too long, its text."""
        self._formulas += 1
        if len(formula) <= MAX_FORMULA and self._formulas <= MAX_FORMULAS:
            try:
                return convert(_known_environments(formula), display=display)
            except Exception:  # the converter raises whatever its parser stumbles over
                pass
        return f"<code>{html.escape(formula)}</code>"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that is attached, or words."""
        name = unquote(url.removeprefix("attachment:"))
        bundle = self.attachments.get(name) if url.startswith("attachment:") else None
        for kind, data in (bundle or {}).items():
            address = f"data:{kind};base64,{data}"
            if PICTURE.match(address):
                return f'<img src="{address}" alt="{html.escape(text or name)}">'
        return html.escape(text or NO_PICTURE) if not url.startswith("data:") else ""


def _known_environments(formula: str) -> str:
    """The same with the one environment for several lines that the converter knows."""
    return SEVERAL_LINES.sub(r"\\\1{align*}", formula)
