"""A verdict as a page with typeset lines, and as plain text for terminals."""

import html as escaping
import re
import unicodedata

MARKS = {"right": "✓", "wrong": "✗", "carried": "(✓)", "unread": "✗"}
COLOURS = {"right": "#2a7d2a", "wrong": "#b3261e", "carried": "#8a6d00", "unread": "#b3261e"}

LEFT = "text-align:left;vertical-align:top"
ROW = (
    f'<tr><td style="{LEFT};color:{{colour}};font-weight:bold">{{mark}}</td>'
    f'<td style="{LEFT};opacity:.6">{{number}}</td><td style="{LEFT}">{{content}}</td></tr>'
)
LAYOUT = re.compile(
    r"%[^\n]*|(?<!\\)&|\\\\\*?(?:\[[^\]]{0,9}\])?|(?<!\\)\$+|\\[\[\]()]"
    r"|\\(?:nonumber|notag|nolimits|qed|square|blacksquare|Box)(?![a-zA-Z])"
    r"|\\(?:begin|end)\s*\{[^{}]*\}(?:\[[a-z]\]|\{[rcl\d]+\})?|\\(?:label|tag\*?)\s*\{[^{}]*\}"
)  # what belongs to the page round a formula, and would stop MathJax inside one
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
        overbrace boxed coloneqq triangleq equiv overset stackrel""",
    )
)


def html(verdict) -> str:
    """A table: mark, number, the line typeset, and below a wrong one what is wrong with it."""
    rows = [_row(line, i) for i, line in enumerate(verdict.lines)]
    rows += [_requirement_row(requirement) for requirement in verdict.requirements]
    head = f"<p><b>{_escaped(verdict.title.capitalize())}</b>: {_escaped(_summary(verdict))}</p>"
    return f'<div class="derivation">{head}<table style="border:none">{"".join(rows)}</table></div>'


def _row(line, i: int) -> str:
    content = ""
    latex = _typeset(line.latex)
    if line.verdict != "unread" and latex is not None:
        content = rf"$\displaystyle {'=' if i else ''}\; {_escaped(latex)}$"
    elif not line.where:
        content = f"<code>{_escaped(_one_line(line.latex))}</code>"
    if line.where:
        content += f'<pre style="margin:.3em 0">{_escaped(line.where)}</pre>'
    if line.message:
        content += f'<div class="tex2jax_ignore mathjax_ignore">{_escaped(line.message)}</div>'
    if line.difference:
        content += f"<div>{_difference_html(line.difference)}</div>"
    return ROW.format(
        colour=COLOURS[line.verdict], mark=MARKS[line.verdict], number=line.number, content=content
    )


def _typeset(latex: str) -> str | None:
    """The LaTeX of a line as it may stand on a page; None if it holds what a page should not."""
    latex = _one_line(LAYOUT.sub(" ", latex))
    words = re.findall(r"\\([a-zA-Z]+)", latex)
    if set(words) - COMMANDS or "$" in latex or latex.count("{") != latex.count("}"):
        return None
    unpaired = words.count("left") != words.count("right")
    return SIZES.sub(" ", latex) if unpaired else latex


def _difference_html(difference) -> str:
    pairs = difference.names.items()
    names = [f"${_escaped(f'{name} = {value}' if name else value)}$" for name, value in pairs]
    return _escaped(_comparison(difference)).replace("NAMES", ", ".join(names), 1)


def _comparison(difference) -> str:
    at = "At NAMES: " if difference.names else ""
    return f"{at}{difference.compared} is {difference.there}, this one {difference.here}."


def _requirement_row(requirement) -> str:
    verdict = "right" if requirement.met else "wrong"
    words = _escaped(f"{requirement.words} {requirement.message}".strip())
    return ROW.format(
        colour=COLOURS[verdict], mark=MARKS[verdict], number="", content=f"<i>{words}</i>"
    )


def text(verdict) -> str:
    """The same in plain text: a line each."""
    out = [f"{verdict.title.capitalize()}: {_summary(verdict)}"]
    for i, line in enumerate(verdict.lines):
        relation = "= " if i and line.verdict != "unread" else ""
        out.append(
            f"  {MARKS[line.verdict]:<3} {line.number:>2}  {relation}{_one_line(line.latex)}"
        )
        out += [f"          {words}" for words in _below(line)]
    for requirement in verdict.requirements:
        mark = MARKS["right" if requirement.met else "wrong"]
        out.append(f"  {mark:<3}     {requirement.words} {requirement.message}".rstrip())
    return "\n".join(out)


def account(verdict) -> str:
    """What is wrong with each wrong line, in sentences; without the sentence of a named slip."""
    said = []
    for line in verdict.lines:
        parts = ["" if line.slip else line.message, _difference_text(line.difference)]
        if line.verdict != "right":
            said.append(f"Line {line.number}: {' '.join(filter(None, parts))}")
    return " ".join(said)


def _below(line):
    """What stands below a line that is wrong."""
    yield from line.where.split("\n") if line.where else ()
    if line.message:
        yield line.message
    if line.difference:
        yield _difference_text(line.difference)


def _difference_text(difference) -> str:
    if difference is None:
        return ""
    pairs = difference.names.items()
    names = [f"{name} = {value}" if name else value for name, value in pairs]
    return _comparison(difference).replace("NAMES", ", ".join(names), 1)


def _summary(verdict) -> str:
    if verdict.problem:
        return verdict.problem
    wrong = sum(line.verdict != "right" for line in verdict.lines)
    if verdict.passed:
        return "complete, and every line is right."
    if wrong:
        return f"{wrong} of {len(verdict.lines)} lines cannot stand as written."
    return "every line is right; something is still missing."


def _one_line(latex: str) -> str:
    return " ".join(latex.split())


def _escaped(words: str) -> str:
    """Text for a page: characters that no page can hold are left out."""
    kept = "".join(c for c in words if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return escaping.escape(kept)
