# ruff: noqa: E501 (rows as students write them)
r"""Gradients in derivations: how they are written, how far they reach, and how exact they are."""

import numpy as np
import pytest

from derivations import checking
from derivations.evaluator.settings import normal_sample
from derivations.evaluator.values import agree, evaluate
from derivations.expressions import Derivative, Problem, walk
from derivations.reader.parsing import parse
from helpers.derivations import check_derivation

SCORE, PATH = "score_function_derivation", "pathwise_derivation"
GROUPS = normal_sample(np.random.default_rng(20), 1000)
EXACT = 1e-9  # a tenth of what the checker allows; both sides are integrals on a grid, near 1e-10
BY_SIGMA = 5e-9  # by sigma the integrands differ more: 2e-9 at the worst of these settings

pytestmark = pytest.mark.usefixtures("patient_checker")


def error(one: str, other: str) -> float:
    """The largest relative error between two expressions at 1,000 settings."""
    (mine,), (exact,) = evaluate(parse(one), GROUPS), evaluate(parse(other), GROUPS)
    size = np.maximum(np.maximum(np.abs(mine), np.abs(exact)), 1e-3)
    return float(np.max(np.abs(mine - exact) / size))


@pytest.mark.parametrize(
    "operator",
    [
        r"\nabla_\mu",
        r"\nabla_{\mu}",
        r"\nabla",
        r"\nabla_\theta",
        r"\nabla_{\theta}",
        r"\partial_\mu",
        r"\partial_{\mu}",
        r"\frac{\partial}{\partial \mu}",
        r"\dfrac{\partial}{\partial\mu}",
        r"\frac{d}{d\mu}",
        r"\frac{d}{d \mu}",
        r"\tfrac{\mathrm{d}}{\mathrm{d}\mu}",
        r"\frac{\partial}{\partial \theta}",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        r"\mathbb{E}_q[f(x)]",
        r"\int q(x) f(x) \, dx",
        r"\int dx \, q(x) f(x)",
        r"\left( \int q(x) f(x) dx \right)",
        r"\mathbb{E}_{x \sim \mathcal{N}(\mu, \sigma^2)}[f(x)]",
        r"\frac{1}{2} \int q(x) 2 f(x) dx",
        r"\mathbb{E} \, f(x)",
    ],
)
def test_a_gradient_is_read_in_every_spelling(operator, body):
    assert error(f"{operator} {body}", r"\mathbb{E}_q[f'(x)]") < EXACT


@pytest.mark.parametrize(
    ("latex", "exact"),
    [
        (r"\int f(x) \frac{\partial q(x)}{\partial \mu} dx", r"\mathbb{E}_q[f'(x)]"),
        (r"\int f(x) \frac{\partial q}{\partial \mu} dx", r"\mathbb{E}_q[f'(x)]"),
        (
            r"\mathbb{E}_q[f(x) \frac{d \log q(x)}{d\mu}]",
            r"\mathbb{E}_q[f(x) (x - \mu) / \sigma^2]",
        ),
        (
            r"\mathbb{E}_q[f(x) \nabla_\sigma \log q(x)]",
            r"\mathbb{E}_q[f(x) \left(\frac{(x - \mu)^2}{\sigma^3} - \frac{1}{\sigma}\right)]",
        ),
        (
            r"\nabla_\sigma \mathbb{E}_q[f(x)]",
            r"\mathbb{E}_\varepsilon[\varepsilon f'(g(\varepsilon))]",
        ),
        (r"\nabla_\mu \mathrm{Var}_q[x^2]", r"8 \mu \sigma^2"),
        (r"\nabla_\sigma KL(q(x) \| \mathcal{N}(0, 1))", r"\sigma - \frac{1}{\sigma}"),
        (r"\nabla_\mu |\mu^3|", r"3 |\mu| \mu"),
        (r"\nabla_\sigma \sqrt{\sigma^3}", r"\frac{3}{2} \sqrt{\sigma}"),
        (r"\nabla_\mu \log q(x)", None),
        (r"\int f(x) \frac{\partial q(x)}{\partial x} dx", r"-\mathbb{E}_q[f'(x)]"),
        (r"\mathbb{E}_q[\frac{\partial^2 f(x)}{\partial x^2}]", None),
    ],
)
def test_a_derivative_is_exact_to_rounding(latex, exact):
    if exact is None:
        with pytest.raises(Problem):
            evaluate(parse(latex), GROUPS)
    else:
        assert error(latex, exact) < (BY_SIGMA if latex.startswith(r"\nabla_\sigma") else EXACT)


@pytest.mark.parametrize(
    "latex",
    [
        r"\mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]",
        r"\mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}[f^\prime(\mu + \sigma \epsilon)]",
        r"\int p(\varepsilon) f^{\prime}(g(\varepsilon)) d\varepsilon",
        r"\mathbb{E}_\varepsilon[\nabla f(\mu + \sigma \varepsilon)]",
        r"\mathbb{E}_\varepsilon[\frac{df}{dx}(\mu + \sigma \varepsilon)]",
        r"\mathbb{E}_\varepsilon[\frac{\partial f(x)}{\partial x}]",
        r"\mathbb{E}_\varepsilon[\frac{\partial f}{\partial x} \frac{\partial x}{\partial \mu}]",
        r"\mathbb{E}_\varepsilon[\left.\frac{\partial f(x)}{\partial x}\right|_{x = \mu + \sigma \varepsilon}]",
        r"\mathbb{E}_\varepsilon[\frac{df(x)}{dx}\Big|_{x = g(\varepsilon)}]",
        r"\mathbb{E}_\varepsilon[f'(x)|_{x = \mu + \sigma \varepsilon} \nabla_\mu (\mu + \sigma \varepsilon)]",
        r"\mathbb{E}_\varepsilon[\nabla_x f(x) \nabla_\mu x]",
        r"\mathbb{E}_\varepsilon[f'(g(\varepsilon)) \frac{\partial g(\varepsilon)}{\partial \mu}]",
        r"\mathbb{E}_\varepsilon[f']",
    ],
)
def test_a_composition_is_differentiated_however_it_is_written(latex):
    assert error(latex, r"\mathbb{E}_q[f'(x)]") < EXACT


@pytest.mark.parametrize(
    ("latex", "body"),
    [
        (r"\nabla_\mu q(x) f(x)", "Density"),
        (r"\nabla_\mu f(x) q(x)", "Product"),
        (r"\nabla_\mu \frac{1}{2 \sigma^2} (x - \mu)^2 f(x)", "Product"),
        (r"\nabla_\mu \log q(x) f(x)", "Call"),
        (r"\nabla_\mu [q(x) f(x)]", "Product"),
        (r"\nabla_\mu f(x) \cdot q(x)", "Product"),
        (r"(\nabla_\mu f(x)) q(x)", "Applied"),
        (r"\nabla_\mu q(x)^2 f(x)", "Power"),
    ],
)
def test_a_derivative_reaches_to_the_first_factor_that_may_depend_on_its_name(latex, body):
    (derivative,) = [node for node in walk(parse(latex)) if isinstance(node, Derivative)]
    assert type(derivative.body).__name__ == body


def test_a_note_says_so_where_another_reading_would_have_another_value():
    noted = [r"\nabla_\mu q(x) \log q(x)", r"\nabla_\mu q(x) q(x)", r"\nabla_\mu \mu f(\mu + 1)"]
    silent = [
        r"\nabla_\mu q(x) f(x)",
        r"\nabla_\mu \log q(x) f(x)",
        r"f(x) \nabla_\mu q(x)",
        r"(\nabla_\mu q(x)) q(x)",
        r"\nabla_\mu [q(x) q(x)]",
        r"\nabla_\mu (\mu + \sigma) f(\mu)",
        r"\frac{\partial q(x)}{\partial \mu} q(x)",
    ]
    assert all(checking.note_on(parse(latex)) == checking.SHORT_DERIVATIVE for latex in noted)
    assert not any(checking.note_on(parse(latex)) for latex in silent)


@pytest.mark.parametrize(
    ("item", "line", "words"),
    [
        (SCORE, r"\nabla_\mu \nabla_\mu \mathbb{E}_q[f(x)]", "A derivative inside another one"),
        (SCORE, r"\nabla_z \mathbb{E}_q[f(x)]", "There is no z here to differentiate by"),
        (SCORE, r"\int f(x) \nabla_\mu dx", "A function or density is expected"),
        (SCORE, r"\nabla_\mu \mathbb{E}_q[\log f(x)]", "This is not defined everywhere"),
        (SCORE, r"\int f(x) \nabla_\mu \log q(x) dx", "This integral over the reals does not"),
        (
            SCORE,
            r"\nabla_\mu f(\mu + \sigma \varepsilon)",
            "The variable \\varepsilon is known only",
        ),
        (SCORE, r"\mathbb{E}_q[f(x)|_{\mu = 0}]", "\\mu keeps its value here"),
        ("kl_normal_derivation", r"\nabla_{\mu_1} \mu_1", "This derivation has no derivatives"),
        ("kl_normal_derivation", r"f(\mu_1)", "There is no function f here"),
        ("elbo_gap_derivation", r"\nabla_\theta \log p(x)", "This derivation has no derivatives"),
    ],
)
def test_what_cannot_be_evaluated_is_told_why(item, line, words):
    found = check_derivation(item, line).lines[0]
    assert found.verdict == "unread" and found.message.startswith(words), found.message


def test_a_proof_for_one_f_is_no_proof():
    one, other = (normal_sample(np.random.default_rng(seed)) for seed in (1, 2))
    assert not np.allclose(one[0].coefficients, other[0].coefficients)
    assert len(np.unique(one[0].coefficients, axis=0)) == one[0].count
    text = r"\nabla_\mu \mathbb{E}_q[f(x)] = \mathbb{E}_q[2 x] = 2 \mu"
    assert [line.verdict for line in check_derivation(SCORE, text).lines][:2] == ["right", "wrong"]


def test_the_derivatives_of_f_are_those_of_a_difference():
    (settings,) = normal_sample(np.random.default_rng(3))
    x = np.linspace(-2, 2, settings.count).reshape(-1, 1, 1, 1)
    for order in range(3):
        around = [settings.function("f", x + h, order) for h in (-2e-3, -1e-3, 1e-3, 2e-3)]
        slope = (around[0] - 8 * around[1] + 8 * around[2] - around[3]) / 12e-3
        assert np.allclose(settings.function("f", x, order + 1), slope, atol=1e-9)


@pytest.mark.parametrize("item", [SCORE, PATH])
def test_a_text_that_begins_with_the_result_shows_no_step(item):
    result = check_derivation(item, {SCORE: SCORE_END, PATH: PATH_END}[item])
    first, _, *steps, follows = [requirement.met for requirement in result.requirements]
    assert not first and not any(steps) and not follows


SCORE_END = r"\mathbb{E}_q[f(x) \nabla_\mu \log q(x)] = \mathbb{E}_q[f(x) \frac{x - \mu}{\sigma^2}]"
PATH_END = r"\mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)] = \mathbb{E}_q[f'(x)]"


def test_both_gradients_are_the_same_number():
    one, other = (
        check_derivation(item, text) for item, text in ((SCORE, PATH_END), (PATH, SCORE_END))
    )
    assert {line.verdict for line in (*one.lines, *other.lines)} == {"right"}
    assert not one.passed and not other.passed
    (values,) = evaluate(parse(SCORE_END.split(" = ")[0]), GROUPS)
    assert agree(evaluate(parse(PATH_END.split(" = ")[0]), GROUPS), [values])
