"""Sphinx's configuration of the site to read; scripts/build_site.py copies it and calls Sphinx."""

import sys
from pathlib import Path

ROOT = next(one for one in Path(__file__).resolve().parents if (one / "grader").is_dir())
sys.path.insert(0, str(ROOT))

from grader.records import texts  # noqa: E402  (it lies in the folder of the course)

project = "Exercises on deep generative models"
author = "The authors of dgm-exercises"
extensions = ["myst_nb"]

# What folds a check is no louder than the rest; and the names of verdicts.css.
QUIET = {
    "color-admonition-title": "var(--color-foreground-muted)",
    "color-admonition-title-background": "var(--color-background-hover)",
    "surface": "var(--color-background-secondary)",
    "muted": "var(--color-foreground-muted)",
}
DARK = {"right": "#6cc287", "wrong": "#ff8f85", "partly": "#d9b45b"}

html_math_renderer = "mathml"
html_theme = "furo"
html_theme_options = {"light_css_variables": QUIET, "dark_css_variables": QUIET | DARK}
html_title = project
html_css_files = ["verdicts.css", "style.css"]
html_static_path = ["static"]
html_copy_source = False  # the notebooks lie in source/ and solutions/
html_show_sourcelink = False
html_show_copyright = False

nb_execution_mode = "off"  # they were executed by `python -m grader solutions`
nb_merge_streams = True
nb_ipywidgets_js = {}  # would come from a server, and sliders need a kernel all the same
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = True
suppress_warnings = [
    "myst.header",  # a text of the sheet may begin with a small heading
    "misc.highlighting_failure",
]


def drawn(display: str):
    """What writes a formula as MathML, which browsers draw by themselves: no script, no network."""

    def write(translator, node) -> None:
        formula = texts.typeset(node.astext(), display)
        if not formula:
            raise ValueError(f"This formula cannot be typeset: {node.astext()}")
        tag = "div" if display == "block" else "span"
        translator.body.append(f'<{tag} class="formula">{formula}</{tag}>')
        node.clear()  # its LaTeX is not text of the page

    return write, lambda translator, node: None


def setup(app) -> None:
    """What Sphinx calls."""
    app.add_html_math_renderer("mathml", drawn("inline"), drawn("block"))
