"""Derivations in LaTeX: what is right is accepted, what is wrong is refused, and why is told.

The collections in derivations/ were written from the contract by people who never saw the checker.
"""

import html
import os
import random
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from itertools import combinations

import numpy as np
import pytest
from derivations.right import RIGHT
from derivations.wrong import WRONG
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from grader.latex_mutants import latex_mutants
from helpers.derivations import check_derivation, checking, display, reading
from helpers.derivations.evaluation import Evaluation
from helpers.derivations.expressions import Problem
from helpers.derivations.forms import close, evaluate, tree_of
from helpers.derivations.settings import Settings
from helpers.derivations.tables import DERIVATIONS

NORMAL, STANDARD = "kl_normal_derivation", "kl_standard_normal_derivation"
DIAGONAL, GAP, SPLIT = "kl_diagonal_derivation", "elbo_gap_derivation", "elbo_split_derivation"
ITEMS = [NORMAL, STANDARD, DIAGONAL, GAP, SPLIT]
MANY = 1000  # settings for the error rates
SEED = 20


@cache
def checked(item: str, text: str) -> checking.Verdict:
    """The verdict that a student sees."""
    return check_derivation(item, text)


def derivation(*lines: str) -> str:
    return "\n= ".join(lines)


def start(item: str) -> str:
    return DERIVATIONS[item].quantity


def end(item: str) -> str:
    return DERIVATIONS[item].closed


def met(verdict: checking.Verdict) -> list[bool]:
    return [requirement.met for requirement in verdict.requirements]


def marks(verdict: checking.Verdict) -> list[str]:
    return [line.verdict for line in verdict.lines]


def drawn(item: str, count: int = MANY, seed: int = SEED) -> list[Settings]:
    return DERIVATIONS[item].draw(np.random.default_rng(seed), count)


def values(latex: str, groups: list[Settings]) -> np.ndarray:
    """The values of a line at all settings of all groups."""
    return np.concatenate(evaluate(reading.parse(latex), groups))


def errors(mine: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Relative errors; below 1e-3 a value counts as 1e-3, as in the checker."""
    return np.abs(mine - other) / np.maximum(np.maximum(np.abs(mine), np.abs(other)), 1e-3)


# --- right and wrong derivations


def collected(collection: dict[str, dict[str, str]]) -> list:
    """An item, a name and a text for each derivation of a collection."""
    return [
        pytest.param(item, name, text, id=f"{item.removesuffix('_derivation')}, {name}")
        for item, named in collection.items()
        for name, text in named.items()
    ]


def test_there_are_enough_derivations_of_each_kind_for_each_item():
    assert list(RIGHT) == list(WRONG) == ITEMS
    for item in ITEMS:
        assert len(RIGHT[item]) >= 6 and len(WRONG[item]) >= 10
        kinds = Counter(label.partition(":")[0].split()[0] for label in WRONG[item])
        assert kinds["line"] >= 10
        assert min(kinds[kind] for kind in ("parse", "start", "end", "form")) >= 5


@pytest.mark.parametrize(("item", "style", "text"), collected(RIGHT))
def test_a_right_derivation_is_accepted_in_any_style(item, style, text):
    for verdict in (checked(item, text), check_derivation(item, text, np.random.default_rng(SEED))):
        assert verdict.passed and not verdict.missing, verdict
        assert set(marks(verdict)) == {"right"}


@pytest.mark.parametrize(("item", "label", "text"), collected(WRONG))
def test_a_wrong_derivation_is_refused_for_the_right_reason(item, label, text):
    verdict = checked(item, text)
    assert not verdict.passed and verdict.missing
    bad = [line for line in verdict.lines if line.verdict != "right"]
    first_met, last_met, *steps, follows = met(verdict)
    kind, *numbers = label.partition(":")[0].split()
    if kind in ("line", "parse"):
        assert [str(bad[0].number)] == numbers and not follows, verdict
        assert kind == "line" or bad[0].verdict == "unread"
    elif kind == "start":
        assert not first_met, verdict
    elif kind == "end":
        assert not last_met, verdict
    else:
        assert kind == "form" and not bad and not all(steps), verdict


# --- shares


def test_shares_are_one_for_start_and_end_and_two_for_each_step_and_for_right_lines():
    shares = {name: [r.share for r in checked(name, end(name)).requirements] for name in ITEMS}
    assert shares == {
        NORMAL: [1, 1, 2, 2, 2],
        STANDARD: [1, 1, 2, 2],
        DIAGONAL: [1, 1, 2, 2, 2, 2],
        GAP: [1, 1, 2, 2, 2],
        SPLIT: [1, 1, 2, 2],
    }


@pytest.mark.parametrize("item", ITEMS)
def test_a_jump_from_start_to_end_earns_the_two_and_nothing_else(item):
    verdict = checked(item, derivation(start(item), end(item)))
    assert set(marks(verdict)) == {"right"}
    assert met(verdict) == [True, True] + [False] * (len(verdict.requirements) - 2)
    assert "(there is none)" in verdict.missing


@pytest.mark.parametrize("item", ITEMS)
def test_restating_lines_adds_nothing(item):
    again = [start(item), start(item) + " + 0", f"1 \\cdot ({start(item)})"]
    ends = [end(item), f"({end(item)}) + 1 - 1", end(item)]
    verdict = checked(item, derivation(*again, *ends))
    assert set(marks(verdict)) == {"right"}
    assert met(verdict) == met(checked(item, derivation(start(item), end(item))))


@pytest.mark.parametrize("item", ITEMS)
def test_a_wrong_line_that_is_repaired_costs_only_its_share_and_is_shown(item):
    first, *rest = next(iter(RIGHT[item].values())).strip().split("\n=")
    verdict = checked(item, derivation(first, "(" + end(item) + ") + 1.5", *rest))
    wrong = verdict.lines[[line.verdict for line in verdict.lines].index("wrong")]
    assert Counter(marks(verdict)) == {"right": len(verdict.lines) - 1, "wrong": 1}
    assert met(verdict) == [True] * (len(verdict.requirements) - 1) + [False]
    assert verdict.requirements[-1].message == f"(see line {wrong.number})"
    assert wrong.difference is not None and float(wrong.difference.here) == pytest.approx(
        float(wrong.difference.there) + 1.5, rel=1e-4
    )


def test_a_line_that_equals_a_wrong_one_before_it_is_marked_as_carried():
    wrong = r"\log \sigma_1 + \mu_2"
    verdict = checked(
        NORMAL, derivation(start(NORMAL), wrong, rf"\mu_2 + \log \sigma_1", end(NORMAL))
    )
    assert marks(verdict) == ["right", "wrong", "carried", "right"]
    assert verdict.lines[2].message == "This follows from line 2, which is wrong."
    assert verdict.lines[2].difference is None
    assert not verdict.requirements[-1].met


def test_a_line_is_compared_with_the_last_one_that_can_be_read():
    verdict = checked(NORMAL, derivation(start(NORMAL), r"\nonsense", r"\mu_1 + 7"))
    assert marks(verdict) == ["right", "unread", "wrong"]
    assert verdict.lines[2].difference.compared == "line 1"


def test_a_counterexample_can_be_checked_by_hand():
    text = derivation(r"\mathbb{E}_q[(x - \mu)^2]", r"\mathbb{E}_q[x^2] + \mu^2")
    difference = checked("variance_example", text).lines[1].difference
    mean, std = (float(difference.names[name]) for name in (r"\mu", r"\sigma"))
    assert float(difference.there) == pytest.approx(std**2, rel=1e-5)
    assert float(difference.here) == pytest.approx(std**2 + 2 * mean**2, rel=1e-5)
    assert difference.compared == "line 1"


@pytest.mark.parametrize(
    ("item", "line", "words"),
    [
        (NORMAL, r"\log \frac{\sigma_1}{\sigma_2} + \frac{1}{3}", ""),
        (STANDARD, r"\frac{1}{2} (\sigma^2 + \mu^2 - 1 + 2 \log \sigma - 4 \log \sigma^2)", ""),
        (
            NORMAL,
            r"\mathbb{E}_q[-\log \sigma_1 + \frac{(x - \mu_1)^2}{2 \sigma_1^2} + \log \sigma_2"
            r" + \frac{(x - \mu_2)^2}{2 \sigma_2^2}]",
            "a sign",
        ),
        (STANDARD, r"-\log \sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} 2", "a factor 2"),
        (
            DIAGONAL,
            r"\frac{1}{2} (\mathrm{tr}(\Sigma^3) + \mu^\top \mu - k - \log |\Sigma|)",
            "an exp",
        ),
        (
            NORMAL,
            r"\log \frac{\sigma_2}{\sigma_1} + \frac{1}{2 \sigma_2^2} \mathbb{E}_q[(x - \mu_2)^2]"
            r" - \frac{1}{2 \sigma_1^2} \mathbb{E}_q[(x - \mu_2)^2]",
            "an index",
        ),
        (SPLIT, r"\int p(z) \log \frac{p(x, z)}{q(z)} dz", "a density"),
    ],
)
def test_a_hint_names_the_kind_of_the_one_change_that_would_help_and_no_more(item, line, words):
    wrong = checked(item, derivation(start(item), line)).lines[1]
    assert wrong.verdict == "wrong"
    assert (f"look at {words}" in wrong.message) == bool(words), wrong.message
    assert bool(wrong.where) == bool(words)


def test_the_judge_and_the_student_need_not_see_the_same_settings():
    text = derivation(start(NORMAL), r"\mu_1")
    seen = {
        str(check_derivation(NORMAL, text, np.random.default_rng(seed)).lines[1].difference)
        for seed in range(5)
    }
    assert len(seen) == 5
    assert check_derivation(NORMAL, text) == check_derivation(NORMAL, text)


def test_an_unknown_derivation_is_a_mistake_of_the_notebook():
    with pytest.raises(ValueError, match="there is no derivation 'kl'; there are kl_normal"):
        check_derivation("kl", "1 = 1")


# --- what cannot be read
