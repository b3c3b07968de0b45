"""Texts as HTML that is safe to open: formulas as MathML, and of the rest what a list allows.

Feedback pages and the formgrader render every Markdown cell and every comment with `to_html`. What
is allowed is decided on the finished HTML, so no spelling of the Markdown gets around it. A page
asks no server for anything: pictures are part of it, or are replaced by words.
"""

import html
import re
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import nh3
from jinja2 import pass_context
from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader.records import rubric

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
WIDE = re.compile(r'<math display="block"|<pre(?=>)')  # what scrolls, which keys must reach, too
BARE_PICTURE = re.compile(r"<img(?![^>]* src=)[^>]*>")
_PARTS = re.compile(r"<[^<>]*>|\$(?P<formula>[^$<>]+)\$|[^<$]+|.", re.DOTALL)
# A function's name right before what it is applied to, unless that stands in brackets.
_SPACED = re.compile(
    r"((?<!<msub>)(?<!<msup>)(?<!<msubsup>)(?<!<munder>)<mi>(?:log|ln|exp|det|sin|cos|tanh)</mi>)"
    r"(?=<m(?:i|n|row|frac|sub|sup|sqrt)\b)"
)
_VERBATIM = re.compile(r"<(/?)(?:pre|code)\b", re.IGNORECASE)
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi "
    "psi omega varepsilon varphi Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega ell"
)
_LETTER = rf"\\(?:{'|'.join(_GREEK.split())})(?![a-zA-Z])"
# Short formulas without braces and other commands: a student's words may stand in a message, too.
_NAMED = re.compile(
    rf"\$(?P<formula>(?:[\w ()\[\]|^+=,-]|&\#(?:39|x27);|\\log(?![a-zA-Z])|{_LETTER}){{1,80}})\$"
    rf"|{_LETTER}(?:_(?:\w|\{{\w{{1,9}}\}}))?"
)
# Of classes, those of derivations: `helpers.derivations` puts them out, and our pages draw them.
CLASSES = {
    "div": {"derivation"},
    "td": {"derivation-right", "derivation-wrong", "derivation-carried"},
}
NO_PICTURE = "(a picture that is not part of the notebook)"


@pass_context
def to_html(context: Any, source: str) -> str:
    """nbconvert's filter `markdown2html`, for text of whatever origin; with its rubric, if any."""
    cell = context.get("cell", {})
    attachments = cell.get("attachments", {})
    short = len(source) <= LONG and not attachments
    shown = remembered(source) if short else render(source, attachments)
    beside = cell.get("metadata", {}).get(rubric.BESIDE)
    return _with_rubric(shown, remembered(beside)) if beside else shown


def _with_rubric(answer: str, beside: str) -> str:
    """Both, one beside the other; no student's text can have these classes (see `CLASSES`)."""
    aside = f'<aside class="rubric" aria-label="Rubric" tabindex="0">{beside}</aside>'
    return f'<div class="answer-and-rubric"><div class="answer">{answer}</div>{aside}</div>'


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


remembered = lru_cache(REMEMBERED)(render)


def clean(page: str) -> str:
    """HTML without anything that is active or asks a server for something."""
    cleaned = nh3.clean(
        page,
        tags=TAGS | MATHML,
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        attribute_filter=_allowed,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return WIDE.sub(r'\g<0> tabindex="0"', BARE_PICTURE.sub(NO_PICTURE, cleaned))


def _allowed(tag: str, name: str, value: str) -> str | None:
    """An attribute's value where it may stay; links lead to the web, pictures are in the page."""
    if name == "href":
        return value if LINK.match(value.strip()) else None
    if name == "src":
        return value if PICTURE.match(value.strip()) else None
    return value


def typeset(formula: str, display: str = "inline") -> str:
    """A formula as MathML; empty where it cannot be read or is too long."""
    if 0 < len(formula) <= MAX_FORMULA:
        with suppress(Exception):  # the converter raises whatever its parser stumbles over
            return _SPACED.sub(r'\1<mspace width="0.17em"/>', _converted(formula, display))
    return ""


def _converted(formula: str, display: str) -> str:
    return convert(_known_environments(formula), display=display)


def shown(page: str) -> str:
    """The HTML that a cell put out, made safe, its formulas typeset as Jupyter would do."""
    parts = iter(_PARTS.finditer(page))
    out, verbatim, formulas = [], 0, 0
    for part in parts:
        if tag := _VERBATIM.match(part[0]):
            verbatim = max(0, verbatim + (-1 if tag[1] else 1))
        if part["formula"] and not verbatim and formulas < MAX_FORMULAS:
            formulas += 1
            out.append(typeset(html.unescape(part["formula"])) or part[0])
        else:
            out.append(part[0])
    return clean("".join(out))


def with_names_typeset(words: str) -> str:
    r"""Escaped words in which formulas in $…$, and Greek names such as \mu_1, become MathML."""
    return _NAMED.sub(_typeset_name, words)


def _typeset_name(found: re.Match[str]) -> str:
    formula = html.unescape(found["formula"] or "")
    return typeset(formula or found[0]) or found[0]


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
        self._formulas += 1
        return typeset(formula if self._formulas <= MAX_FORMULAS else "", display) or (
            f"<code>{html.escape(formula)}</code>"
        )

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
