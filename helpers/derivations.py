r"""Derivations in LaTeX, checked line by line, with a verdict that a notebook shows as a page.

>>> from helpers.derivations import check_derivation
>>> check_derivation("variance_example", r"\mathbb{E}_q[(x - \mu)^2] = \mathbb{E}_q[x^2] - \mu^2")

The checker itself is the library `derivations`.
"""

import html as escaping
import re
import unicodedata
from functools import lru_cache

import numpy as np

import derivations
from derivations import DERIVATIONS, Derivation
from derivations.verdict import UNREAD, CheckedLine, Difference, Requirement

__all__ = ["DERIVATIONS", "Verdict", "check_derivation"]

# To be seen on the white of JupyterLab and on the black of its dark theme.
COLOURS = {"✓": "#278a3e", "✗": "#d9402f", "(✓)": "#a86a00"}
CLASSES = {"✓": "right", "✗": "wrong", "(✓)": "carried"}  # for pages with colours of their own

LEFT = "text-align:left;vertical-align:top"
ROW = (
    f'<tr><td class="derivation-{{name}}" style="{LEFT};color:{{colour}};font-weight:bold">'
    "{mark}</td>"
    f'<td style="{LEFT};opacity:.6">{{number}}</td><td style="{LEFT}">{{content}}</td></tr>'
)
LAYOUT = re.compile(
    r"%[^\n]*|(?<!\\)&|\\\\\*?(?:\[[^\]]{0,9}\])?|(?<!\\)\$+|\\[\[\]()]"
    r"|\\(?:nonumber|notag|nolimits|qed|square|blacksquare|Box)(?![a-zA-Z])"
    r"|\\(?:begin|end)\s*\{[^{}]*\}(?:\[[a-z]\]|\{[rcl\d]+\})?|\\(?:label|tag\*?)\s*\{[^{}]*\}"
)  # what belongs around a formula, and would stop MathJax inside one
SIZES = re.compile(r"\\(?:left|right|middle|[bB]igg?[lrm]?)(?![a-zA-Z])\s*\.?")
# The commands that a page may hold: all that the language reads and MathJax knows without packages.
COMMANDS = set(
    re.findall(
        r"[a-zA-Z]+",
        """frac tfrac dfrac cfrac sqrt log ln exp int sum prod mathbb mathrm mathsf mathcal mathscr
        mathbf mathit boldsymbol vec underline operatorname text textrm textit textbf mbox intertext
        rm sf cdot times ast div infty dots ldots cdots lbrace rbrace mid vert Vert parallel lvert
        rvert lVert rVert sim det top intercal prime alpha beta gamma delta epsilon varepsilon zeta
        eta theta vartheta iota kappa lambda mu nu xi pi rho varrho sigma varsigma tau upsilon phi
        varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell quad
        qquad enspace thinspace displaystyle textstyle scriptstyle limits left right middle big Big
        bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr biggm Biggl Biggr Biggm underbrace
        overbrace partial nabla odot circ star boxed coloneqq triangleq equiv overset stackrel""",
    )
)


class Verdict(derivations.Verdict):
    """The result of a check; Jupyter shows it as a page with typeset lines."""

    def _repr_html_(self) -> str:
        return _page(self)


def check_derivation(
    name: str | Derivation, text: str, generator: np.random.Generator | None = None
) -> Verdict:
    """Check a derivation line by line.

    Arguments and errors are those of `derivations.check_derivation`.
    """
    if generator is None and isinstance(text, str):
        return _checked(name, text)
    return _shown(derivations.check_derivation(name, text, generator))


@lru_cache(64)
def _checked(name: str, text: str) -> Verdict:
    """The verdict at the settings that are the same at each call; a notebook looks at it twice."""
    return _shown(derivations.check_derivation(name, text))


def _shown(found: derivations.Verdict) -> Verdict:
    return Verdict(found.title, found.lines, found.requirements, found.problem)


def _page(verdict: derivations.Verdict) -> str:
    """A table: mark, number, the line typeset, and below a wrong one what is wrong with it."""
    rows = [_row(line, i) for i, line in enumerate(verdict.lines)]
    rows += [_requirement_row(requirement) for requirement in verdict.requirements]
    head = f"<p><b>{_escaped(verdict.title.capitalize())}</b>: {_escaped(verdict.summary)}</p>"
    return f'<div class="derivation">{head}<table style="border:none">{"".join(rows)}</table></div>'


def _row(line: CheckedLine, i: int) -> str:
    content = ""
    latex = _typeset(line)
    if line.verdict != UNREAD and latex is not None:
        sign = line.relation if i and not line.begins else ""
        content = rf"$\displaystyle {sign}\; {_escaped(latex)}$"
    elif not line.where:
        content = f"<code>{_escaped(line.one_line)}</code>"
    if line.where:
        content += f'<pre style="margin:.3em 0">{_escaped(line.where)}</pre>'
    if line.message:
        content += f'<div class="tex2jax_ignore mathjax_ignore">{_escaped(line.message)}</div>'
    if line.difference:
        content += f"<div>{_difference(line.difference)}</div>"
    if line.note:
        content += f'<div class="tex2jax_ignore mathjax_ignore">{_escaped(line.note)}</div>'
    return _marked(line.mark, line.number, content)


def _typeset(line: CheckedLine) -> str | None:
    """The LaTeX of a line as it may stand on a page; None if it holds what a page should not."""
    latex = " ".join(LAYOUT.sub(" ", line.latex).split())
    words = re.findall(r"\\([a-zA-Z]+)", latex)
    if set(words) - COMMANDS or "$" in latex or latex.count("{") != latex.count("}"):
        return None
    unpaired = words.count("left") != words.count("right")
    return SIZES.sub(" ", latex) if unpaired else latex


def _difference(difference: Difference) -> str:
    return _escaped(difference.sentence([f"${one}$" for one in difference.assignments]))


def _requirement_row(requirement: Requirement) -> str:
    words = f"<i>{_escaped(requirement.latex)}</i>"
    return _marked(requirement.mark, "", words)


def _marked(mark: str, number: int | str, content: str) -> str:
    return ROW.format(
        name=CLASSES[mark], colour=COLOURS[mark], mark=mark, number=number, content=content
    )


def _escaped(words: str) -> str:
    """Text for a page: characters that no page can hold are left out."""
    kept = "".join(c for c in words if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return escaping.escape(kept)
