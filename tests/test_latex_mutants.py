"""The changed derivations: small, each another, and only where a formula is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.audit.latex_mutants import latex_mutants

DERIVATION = r"""
% ### BEGIN SOLUTION, with q and 2 in a comment
D_{KL}(q \| p) &= \int_{-\infty}^{\infty} q(x) \log \frac{q(x)}{p(x)} \, dx \\[2pt]
&= \frac12 \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^{2} - \log \sigma_i^2 - 1 \right) \\
&= -\mathbb{E}_{q(z|x)}\left[ \log p(x \mid z) \right] + 2 \Sigma_2^{-1} \mathrm{tr}(A^\top)
% ### END SOLUTION
"""


def results(text: str) -> list[str]:
    """The changed texts."""
    return [changed for _, changed in latex_mutants(text)]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (r"a + b", {r"a - b"}),
        (r"a - b", {r"a + b"}),
        (r"= -a", {r"= a"}),
        (r"\left( -a \right)", {r"\left( a \right)"}),
        (r"a + 3", {r"a - 3", r"a + 4", r"a + 2"}),
        (r"2 \pi", {r"3 \pi", r"1 \pi", r" \pi"}),
        (r"2 \cdot a", {r"3 \cdot a", r"1 \cdot a", r" a"}),
        (r"\tfrac12 a", {r" a", r"\tfrac{2}{1} a", r"\tfrac22 a", r"\tfrac02 a"}),
        (r"a - \frac{1}{2}", {r"a ", r"a + \frac{1}{2}", r"a - \frac{2}{1}"}),
        (r"\frac19", {r"\frac1{10}", r"\frac18"}),
        (r"x^2", {r"x^3", r"x"}),
        (r"x^{9}", {r"x^{10}", r"x"}),
        (r"\sigma^2x", {r"\sigma x", r"\mu^2x"}),
        (r"A^{-1}", {r"A"}),
        (r"x_1", {r"x_2"}),
        (r"x_{2}", {r"x_{1}"}),
        (r"x_i y", {r"x y"}),
        (r"\frac{a}{b}", {r"\frac{b}{a}"}),
        (r"\frac{a}b", {r"\frac{b}{a}"}),
        (r"a/(b)^2", {r"(b)^2/a"}),
        (r"\log a", {r" a"}),
        (r"\mu \sigma", {r"\sigma \sigma", r"\mu \mu"}),
        (r"q(x)", {r"p(x)"}),
        (r"p(z)", {r"p(x)", r"q(z)"}),
        (r"p(x | z)", {r"p(z | x)"}),
        (r"p\left(x \mid z\right)", {r"p\left(z \mid x\right)"}),
        (r"p(x, z)", {r"p(x | z)"}),
    ],
)
def test_each_kind_of_slip_is_made(text, changed):
    assert changed <= set(results(text))


@pytest.mark.parametrize(
    "text",
    [
        "% q + 2",
        r"A^\top",
        r"A^T",
        r"\sum_{i=1}^{k}",
        r"\prod\limits_{i=1}^2",
        r"\int_{-\infty}^{\infty} dx",
        r"\mathrm{d}p",
        r"\begin{align*} \end{align*} \\[2pt] \hspace{2cm}",
        r"\text{up to 2}",
        r"D_{KL}",
        r"exp(x)",
        r"\frac{a}{a}",
        "",
    ],
)
def test_what_is_no_slip_of_a_formula_stays_as_it_is(text):
    assert results(text) == []


def test_only_what_was_named_is_changed():
    assert results(r"e^{x}") == []
    assert results(r"\mathbb{E}_q") == [r"\mathbb{E}_p"]
    assert results(r"\frac12")[:1] == [r"\frac{2}{1}"], "left out, nothing would remain"


def test_the_words_say_what_was_changed_and_in_which_line():
    changes = [change for change, _ in latex_mutants(DERIVATION)]
    assert len(set(changes)) == len(changes)
    assert changes[0] == r"line 1: `q` → `p` in `D_{KL}(q \| p) &= \int_{-\in…`"
    assert any(change.startswith(r"line 2: `\frac12` → `(left out)`") for change in changes)
    assert any(change.startswith("line 3: `-` → `(left out)` in `&= -") for change in changes)


def test_the_same_text_has_the_same_mutants():
    assert list(latex_mutants(DERIVATION)) == list(latex_mutants(DERIVATION))


def test_every_mutant_of_a_derivation_is_one_small_change():
    found = results(DERIVATION)
    assert len(set(found)) == len(found) > 40 and DERIVATION not in found
    for kept in (r"%[^\n]*", r"\\\\(?:\[2pt\])?", r"\\sum\S*", r"\\int\S*", "=", "dx"):
        for text in found:
            assert re.findall(kept, text) == re.findall(kept, DERIVATION)
    assert all(text.count("{") == text.count("}") for text in found)


pieces = st.sampled_from(
    [r"\frac", r"\log", r"\mu", r"\sigma", r"\\", r"\sum_{i=1}^k", "dx", "12", "0.5"]
    + list("{}()[]_^123xzqp|,+-/=&% \n")
)


some_pieces = st.lists(pieces, max_size=30)


@settings(max_examples=200)
@given(st.one_of(some_pieces.map(" ".join), some_pieces.map("".join), st.text(max_size=40)))
def test_whatever_the_text_no_mutant_comes_twice_or_is_the_text(text):
    found = list(latex_mutants(text))
    assert (
        len({change for change, _ in found}) == len({mutant for _, mutant in found}) == len(found)
    )
    assert text not in {mutant for _, mutant in found}
