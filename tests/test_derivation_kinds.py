r"""Derivations beyond the divergences of sheet 1: inequalities, and the kinds of the later sheets.

The collections in derivation_texts/ are in the styles of students, but by an author of the checks:
they show that nothing has changed, and not how often the checker is wrong about people.
"""

import re
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_derivations import Page, derivation, drawn, end, errors, marks, met, start, values

from derivations import DERIVATIONS, bounding
from derivations.evaluator.values import close, evaluate
from derivations.reader import reading
from derivations.reader.grammar import AT_LEAST, EQUAL
from grader.course import layout
from helpers.derivations import Verdict, check_derivation

COLLECTIONS = [
    import_module(f"derivation_texts.{name}")
    for name in ("jensen", "importance", "scores", "paths", "games", "couplings")
]
ITEMS = [collection.ITEM for collection in COLLECTIONS]
JENSEN = "elbo_jensen_derivation"
MANY, SEED = 1000, 20

pytestmark = pytest.mark.usefixtures("patient_checker")


def collected(kind: str) -> list:
    """An item, a label and a text for each derivation of this kind, RIGHT or WRONG."""
    return [
        pytest.param(one.ITEM, label, text, id=f"{one.ITEM.removesuffix('_derivation')}, {label}")
        for one in COLLECTIONS
        for label, text in getattr(one, kind).items()
    ]


@pytest.mark.parametrize("collection", COLLECTIONS, ids=ITEMS)
def test_each_item_has_fifteen_right_and_fifteen_wrong_derivations(collection):
    assert len(collection.RIGHT) >= 15 and len(collection.WRONG) >= 15
    kinds = {label.partition(":")[0].split()[0] for label in collection.WRONG}
    assert kinds == {"line", "parse", "start", "end", "form"}


@pytest.mark.parametrize(("item", "style", "text"), collected("RIGHT"))
def test_a_right_derivation_is_accepted_in_any_style(item, style, text):
    for generator in (None, np.random.default_rng(SEED)):
        verdict = check_derivation(item, text, generator)
        assert verdict.passed and not verdict.missing, verdict
        assert set(marks(verdict)) == {"right"}


@pytest.mark.parametrize(("item", "label", "text"), collected("WRONG"))
def test_a_wrong_derivation_is_refused_at_the_right_line_and_for_the_right_reason(
    item, label, text
):
    verdict = check_derivation(item, text)
    assert not verdict.passed and verdict.missing
    bad = [line for line in verdict.lines if line.verdict != "right"]
    first_met, last_met, *steps, follows = met(verdict)
    kind, *numbers = label.partition(":")[0].split()
    if kind in ("line", "parse"):
        assert [str(bad[0].number)] == numbers and not follows, verdict
        assert (bad[0].verdict == "unread") == (kind == "parse"), verdict
    elif kind == "start":
        assert not first_met, verdict
    elif kind == "end":
        assert not last_met, verdict
    else:
        assert kind == "form" and not bad and not all(steps), verdict


@pytest.mark.parametrize("item", ITEMS)
def test_a_wrong_line_has_a_counterexample_with_both_values(item):
    collection = COLLECTIONS[ITEMS.index(item)]
    for label, text in collection.WRONG.items():
        if label.startswith("line"):
            line = next(x for x in check_derivation(item, text).lines if x.verdict != "right")
            if line.slip == "mixed":
                continue
            assert line.difference is not None, label
            assert float(line.difference.there) != float(line.difference.here), label


# --- inequalities


@pytest.mark.parametrize(
    ("sign", "relation"),
    [
        (r"\ge", AT_LEAST),
        (r"\geq", AT_LEAST),
        (r"\geqslant", AT_LEAST),
        ("≥", AT_LEAST),
        (r"\overset{\text{Jensen}}{\ge}", AT_LEAST),
        (r"\stackrel{(1)}{\geq}", AT_LEAST),
        (r"&\ge", AT_LEAST),
        (r"\le", r"\le"),
        (r"\leqslant", r"\le"),
        ("≤", r"\le"),
        (r"\overset{!}{=}", EQUAL),
    ],
)
def test_lines_are_joined_by_inequalities_in_every_spelling(sign, relation):
    for text in (f"a {sign} b", f"a\n{sign} b", f"a {sign}\nb", f"a {sign} \\\\\nb"):
        lines = reading.read(text, inequalities=True)
        assert [line.relation for line in lines] == [EQUAL, relation], text
        assert [line.latex.strip("&\\ ") for line in lines] == ["a", "b"]


def test_brackets_and_sums_keep_their_own_signs():
    assert len(reading.read(r"(a \ge b)", inequalities=True)) == 1
    assert len(reading.read(r"\left( a \right)_{i \le k}", inequalities=True)) == 1


def test_an_inequality_is_no_part_of_a_derivation_of_equalities():
    verdict = check_derivation("elbo_gap_derivation", r"\log p(x) - ELBO \ge 0")
    assert verdict.lines[0].verdict == "unread"
    assert verdict.lines[0].message == r"Each line is an equality: \ge is not allowed."


def jensen(*lines: str) -> Verdict:
    return check_derivation(JENSEN, "\n".join(lines))


OUTSIDE, INSIDE = (
    r"\log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]",
    r"\mathbb{E}_q[\log \frac{p(x,z)}{q(z)}]",
)


def test_jensens_inequality_is_named_where_the_logarithm_moves():
    verdict = jensen(r"\log p(x)", f"= {OUTSIDE}", rf"\ge {INSIDE}")
    assert verdict.lines[2].note == bounding.JENSEN
    assert not verdict.lines[1].note
    backwards = jensen(INSIDE, rf"\le {OUTSIDE}", r"= \log p(x)")
    assert backwards.lines[1].note == bounding.JENSEN and backwards.passed


def test_an_inequality_that_holds_for_another_reason_is_not_called_jensens():
    verdict = jensen(r"\log p(x)", r"= ELBO + KL(q(z) \| p(z|x))", r"\ge ELBO")
    assert verdict.lines[2].note == bounding.STRICT


def test_the_weights_of_jensens_inequality_must_sum_to_one():
    outside, inside = r"\log \int p(x,z) \cdot 1 \, dz", r"\int p(x,z) \log 1 \, dz"
    assert marks(jensen(r"\log p(x)", f"= {outside}", rf"\le {inside}"))[2] == "wrong"
    verdict = jensen(
        r"\log p(x)",
        r"= \log \int p(x|z) p(z) dz",
        r"\ge \int p(z) \log p(x|z) dz",
    )
    assert verdict.lines[2].slip == "prior_as_q", "true, but below the bound under q"


def test_where_equality_holds_it_is_said():
    verdict = jensen(r"\log p(x)", r"\ge \log \int p(x,z) dz", rf"= {OUTSIDE}", rf"\ge {INSIDE}")
    assert verdict.passed and verdict.lines[1].note == bounding.EQUALITY


@pytest.mark.parametrize(
    ("lines", "slip", "words"),
    [
        ((OUTSIDE, rf"\le {INSIDE}"), "turned", bounding.TURNED),
        ((OUTSIDE, f"= {INSIDE}"), "equality", bounding.UNEQUAL),
        ((rf"{OUTSIDE} \ge {INSIDE}", r"\le \log p(x)"), "mixed", bounding.MIXED),
        ((OUTSIDE, rf"\ge {INSIDE} - 1"), None, bounding.BEYOND),
        ((OUTSIDE, rf"\ge {INSIDE} + 0.3"), None, bounding.NOT_EVERYWHERE),
    ],
)
def test_a_wrong_inequality_is_told_what_is_wrong_with_it(lines, slip, words):
    verdict = jensen(r"\log p(x) = " + lines[0], *lines[1:])
    line = next(line for line in verdict.lines if line.verdict == "wrong")
    assert line.slip == slip and line.message.startswith(words)
    assert (line.difference is None) == (slip == "mixed")


def test_a_counterexample_shows_that_the_inequality_fails():
    line = jensen(rf"\log p(x) = {OUTSIDE}", rf"\le {INSIDE}").lines[2]
    assert float(line.difference.there) > float(line.difference.here)
    line = jensen(rf"\log p(x) = {OUTSIDE}", rf"\ge {INSIDE} + 0.3").lines[2]
    assert float(line.difference.there) < float(line.difference.here)


def test_a_counterexample_behind_a_wrong_line_is_taken_from_the_last_right_one():
    line = jensen(rf"\log p(x) = {OUTSIDE} + 3", rf"\ge {INSIDE} + 2").lines[2]
    assert line.difference.compared == "line 1"
    assert float(line.difference.there) < float(line.difference.here)


def test_a_chain_for_p_itself_is_read_with_a_logarithm_in_front_and_shown_without():
    first, second, *_ = jensen(r"p(x) = 2 \int p(x, z) dz", r"\log p(x) \ge ELBO").lines
    assert (first.verdict, second.verdict) == ("right", "wrong")
    assert float(second.difference.here) == pytest.approx(2 * float(second.difference.there), 1e-4)
    lost = jensen(rf"p(x) = \int p(x, z) dz \ge {INSIDE}").lines
    assert lost[0].slip == "logarithm_lost" and lost[2].verdict == "right"


def test_a_chain_that_begins_with_neither_side_is_told_so():
    verdict = jensen(r"\log p(x) = " + OUTSIDE, rf"{INSIDE} + 0.01 \ge {INSIDE}")
    assert verdict.lines[2].message == bounding.UNKNOWN and not verdict.passed


def test_the_page_shows_the_sign_that_joins_the_lines():
    verdict = jensen(r"\log p(x)", f"= {OUTSIDE}", rf"\ge {INSIDE}")
    assert r"$\displaystyle \ge\; " in verdict._repr_html_()
    assert re.search(r"3  ≥ \\mathbb", repr(verdict))


@pytest.mark.parametrize("collection", COLLECTIONS, ids=ITEMS)
def test_right_lines_hold_at_every_one_of_a_thousand_settings(collection):
    """What is right at two dozen settings is right at a thousand, with the same relation."""
    groups = drawn(collection.ITEM, MANY)
    worst, count = 0.0, 0
    for text in collection.RIGHT.values():
        before = None
        for line in reading.read(text, DERIVATIONS[collection.ITEM].relation != EQUAL):
            here = np.concatenate(evaluate(line.tree, groups))
            if before is not None and not line.restarts:
                worst = max(worst, excess(before, here, line.relation))
                count += 1
            before = here
    assert count >= 40 and worst < 1e-8, f"{worst:.1e} over {count} lines"


def excess(before: np.ndarray, here: np.ndarray, relation: str) -> float:
    """How far a relation is from holding, relative to the values."""
    if relation == EQUAL:
        return errors(here, before).max()
    gap = here - before if relation == AT_LEAST else before - here
    return max(0.0, (gap / np.maximum(np.abs(here), 1e-3)).max())


@pytest.mark.parametrize("collection", COLLECTIONS, ids=ITEMS)
def test_a_wrong_line_is_told_apart_whatever_settings_are_drawn(collection):
    """Each wrong text is refused at the same line with 40 draws of settings: 1,000 in all."""
    for label, text in collection.WRONG.items():
        kind, *numbers = label.partition(":")[0].split()
        if kind != "line":
            continue
        for seed in range(40):
            verdict = check_derivation(collection.ITEM, text, np.random.default_rng(seed))
            bad = next(line.number for line in verdict.lines if line.verdict != "right")
            assert [str(bad)] == numbers, (label, seed)


@pytest.mark.parametrize("item", ITEMS)
def test_a_table_holds_together(item):
    table = DERIVATIONS[item]
    first, last = values(start(item), drawn(item)), values(end(item), drawn(item))
    assert excess(first, last, table.relation) < 1e-8
    joined = check_derivation(item, f"{start(item)}\n{table.relation} {end(item)}")
    assert met(joined)[:2] == [True, True] and set(marks(joined)) == {"right"}
    assert met(joined)[2:] == [False] * (len(table.steps) + 1)
    assert len(table.slips) >= 8


SLIPS = [(item, slip.name) for item in ITEMS for slip in DERIVATIONS[item].slips]


@pytest.mark.parametrize(("item", "name"), SLIPS)
def test_a_known_slip_is_named_by_its_sentence(item, name):
    table = DERIVATIONS[item]
    slip = next(slip for slip in table.slips if slip.name == name)
    apart = ~close(values(slip.latex, drawn(item)), values(end(item), drawn(item)))
    assert apart.mean() > 0.98
    for generator in (None, np.random.default_rng(SEED)):
        verdict = check_derivation(item, derivation(end(item), slip.latex), generator)
        assert marks(verdict) == ["right", "wrong"]
        assert (verdict.lines[1].slip, verdict.lines[1].message) == (name, slip.sentence)


WORDS = r"""
    \ge \le \geq ≥ \overset{a}{\ge} = &\ge \log \mathbb{E}_q \int q(z) p(x,z) p(x) dz [ ] ( ) { }
    \frac ELBO + - 1 \\ < > \stackrel \sum_z KL \| , ; . & D^* p_{data}(x) p_g(x) JS \det \partial
    \nabla_\theta | \left \right _ ^ x z_i
"""
PIECES = WORDS.split()
texts = [text for one in COLLECTIONS for text in (*one.RIGHT.values(), *one.WRONG.values())]


@st.composite
def damaged(draw) -> str:
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        first = draw(st.integers(0, len(text)))
        last = min(len(text), first + draw(st.integers(0, 6)))
        new = draw(st.sampled_from(["", text[first:last] * 2, *PIECES]))
        text = text[:first] + new + text[last:]
    return text


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(ITEMS),
    st.one_of(
        st.lists(st.sampled_from([*PIECES, "\n"]), max_size=30).map(" ".join),
        damaged(),
    ),
)
def test_whatever_the_text_there_is_a_verdict_that_can_be_shown(item, text):
    verdict = check_derivation(item, text)
    assert isinstance(verdict, Verdict) and bool(verdict.missing) != verdict.passed
    assert len(Page(verdict._repr_html_()).rows) == len(verdict.lines) + len(verdict.requirements)
    assert repr(verdict)


# --- the page for instructors


def test_the_worked_example_of_the_page_runs_and_says_what_the_page_shows():
    page = (layout.ROOT / "docs" / "derivations.md").read_text("utf-8")
    section = page.split("## A derivation of your own")[1]
    names: dict = {}
    for code in re.findall(r"```python\n(.*?)```", section, re.DOTALL):
        exec(code, names)
    shown = re.search(r"```\n\n((?:    .*\n)+)", section.split("print(verdict)")[1])[1]
    said = [line.rstrip() for line in repr(names["verdict"]).split("\n")]
    for line in shown.rstrip("\n").split("\n"):
        assert line.removeprefix("    ").rstrip() in said
    right = r"-\mathbb{E}_q[\log q(x)] = " + r"\frac{1}{2} \log(2 \pi s^2)"
    right += (
        r" + \frac{1}{2 s^2} \mathbb{E}_q[(x - m)^2] = \frac{1}{2} \log(2 \pi s^2) + \frac{1}{2}"
    )
    assert check_derivation(names["ENTROPY"], right).passed
