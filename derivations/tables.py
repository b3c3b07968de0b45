r"""The derivations of the course, one table each: names, quantity, closed form, steps, known slips.

A new derivation is a new table here; `settings` says what its names mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from derivations.evaluator.settings import (
    Draw,
    diagonal_normal,
    discrete_latent,
    normal_and_standard,
    two_normals,
)
from derivations.evaluator.values import agree, evaluate
from derivations.expressions import (
    Divergence,
    Elbo,
    Expectation,
    Integral,
    Name,
    Series,
    Variance,
)
from derivations.forms import (
    Facts,
    Form,
    adds,
    calls,
    density,
    either,
    every,
    exactly,
    has,
    in_one,
    is_logarithm,
    is_logarithm_of_name,
    is_logarithm_of_ratio,
    is_normalising_constant,
    names,
    open_logarithm,
    result_as_a_term,
    stands_alone,
    without,
    working_integral,
)
from derivations.reader.parsing import tree_of


@dataclass(frozen=True)
class Step:
    """A form that a right line must have; behind: only lines after one of that form count."""

    words: str
    form: Form
    behind: Form | None = None

    def met(self, lines: Sequence[Facts]) -> bool:
        """Whether the right lines, in order, show the step."""
        if self.behind is not None:
            places = [i for i, facts in enumerate(lines) if self.behind(facts)]
            lines = lines[places[0] + 1 :] if places else []
        return any(self.form(facts) for facts in lines)


@dataclass(frozen=True)
class Slip:
    """A wrong result that is common, as LaTeX, and a sentence that names the slip."""

    name: str
    latex: str
    sentence: str


@dataclass(frozen=True)
class Route:
    """One way to state what is to be derived, and how a line is recognised as a part of it.

    quantity: LaTeX with the value of every line; finish: the form of the start where a proof ends
    there (default: the same form), stricter where a line in the middle looks like a start.
    """

    quantity: str
    start: Form
    start_words: str
    end: Form
    end_words: str
    steps: tuple[Step, ...]
    slips: tuple[Slip, ...] = ()
    finish: Form | None = None


@dataclass(frozen=True)
class Derivation:
    """What is to be derived, and how a line is recognised as its start, its end, or a step.

    draw: draws the settings; quantity, closed: LaTeX with the value of the first and the last line;
    finish: as in a `Route`; across: the same statement with its terms brought to other sides, with
    as many steps as the first; then every statement may be multiplied by -1, too.
    """

    name: str
    title: str
    draw: Draw
    quantity: str
    closed: str
    start: Form
    start_words: str
    end: Form
    end_words: str
    steps: tuple[Step, ...]
    slips: tuple[Slip, ...]
    finish: Form | None = None
    across: tuple[Route, ...] = ()

    @property
    def routes(self) -> tuple[Route, ...]:
        """All ways to state what is to be derived; the one that the exercise names comes first."""
        return (
            Route(
                self.quantity,
                self.start,
                self.start_words,
                self.end,
                self.end_words,
                self.steps,
                self.slips,
                self.finish,
            ),
            *self.across,
        )


_TAKEN = (Integral, Expectation, Variance)
_INTEGRATED = without(has(*_TAKEN), has(Divergence))

_SECOND_MOMENT = r"\mathbb{E}_q[(x - \mu_1)^2]"
_KL_NORMAL = (
    r"\log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} "
    r"- \frac{1}{2}"
)
_NEGATIVE = "The sign of the whole divergence is flipped: it comes out negative."
_DOUBLE = "The whole is twice what it should be: a factor 1/2 is missing."
_HALF = "The whole is half of what it should be: there is a factor 1/2 too many."

_second_moment = stands_alone(
    _SECOND_MOMENT,
    adding=(
        r"-\frac{1}{2}",
        r"\frac{\sigma_1^2}{2 \sigma_2^2}",
        r"\frac{\sigma_1^2}{2 \sigma_2^2} - \frac{1}{2}",
    ),
)

KL_NORMAL = Derivation(
    name="kl_normal_derivation",
    title="two normal distributions",
    draw=two_normals,
    quantity=r"D_{KL}(q \| p)",
    closed=_KL_NORMAL,
    start=either(has(Divergence), open_logarithm),
    start_words="starts from the divergence of q and p, as its symbol or by its definition",
    end=_INTEGRATED,
    end_words="ends in the closed form, without an integral or expectation",
    steps=(
        Step(
            "the second moment E_q[(x - mu_1)^2] appears as a term of a line",
            _second_moment,
        ),
        Step(
            "sigma_1^2 takes the place of the second moment",
            without(
                lambda facts: bool(facts.like(_SECOND_MOMENT)), open_logarithm, has(Divergence)
            ),
            behind=_second_moment,
        ),
    ),
    slips=(
        Slip("sign_flipped", rf"-({_KL_NORMAL})", _NEGATIVE),
        Slip(
            "other_direction",
            r"D_{KL}(p \| q)",
            "This is the divergence in the other direction: q and p are swapped.",
        ),
        Slip(
            "expectation_under_p",
            r"\mathbb{E}_p[\log \frac{q(x)}{p(x)}]",
            "The expectation is taken under p; it belongs to q.",
        ),
        Slip("doubled", rf"2({_KL_NORMAL})", _DOUBLE),
        Slip("halved", rf"\frac{{1}}{{2}}({_KL_NORMAL})", _HALF),
        Slip(
            "half_forgotten",
            rf"{_KL_NORMAL} + \frac{{1}}{{2}}",
            "The constant -1/2 is missing: it comes from the second moment in E_q[log q].",
        ),
        Slip(
            "half_added",
            rf"{_KL_NORMAL} + 1",
            "The constant 1/2 is added where it should be subtracted.",
        ),
        Slip(
            "ratio_upside_down",
            rf"{_KL_NORMAL} + 2 \log \frac{{\sigma_1}}{{\sigma_2}}",
            "The ratio of the standard deviations in the logarithm is upside down.",
        ),
        Slip(
            "variances_in_the_logarithm",
            rf"{_KL_NORMAL} + \log \frac{{\sigma_2}}{{\sigma_1}}",
            "This is what you get with log of the variances where log of the standard "
            "deviations is meant (or without its factor 1/2).",
        ),
        Slip(
            "logarithm_halved",
            rf"{_KL_NORMAL} - \frac{{1}}{{2}} \log \frac{{\sigma_2}}{{\sigma_1}}",
            "The logarithm of the standard deviations has a factor 1/2 that belongs to "
            "the variances.",
        ),
        Slip(
            "fraction_without_half",
            rf"{_KL_NORMAL} + \frac{{\sigma_1^2 + (\mu_1 - \mu_2)^2}}{{2 \sigma_2^2}}",
            "The factor 1/2 of the quadratic term is missing: a normal density divides the "
            "square by 2 sigma^2.",
        ),
        Slip(
            "std_for_variance_of_q",
            rf"{_KL_NORMAL} + \frac{{\sigma_1 - \sigma_1^2}}{{2 \sigma_2^2}}",
            "A standard deviation stands where a variance belongs: the second moment "
            "under q is sigma_1 squared.",
        ),
        Slip(
            "std_for_variance_of_p",
            r"\log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 "
            r"\sigma_2} - \frac{1}{2}",
            "A standard deviation stands where a variance belongs: the density of p divides "
            "the square by sigma_2 squared.",
        ),
        Slip(
            "means_added",
            r"\log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 + \mu_2)^2}{2 "
            r"\sigma_2^2} - \frac{1}{2}",
            "The means are added where their difference belongs.",
        ),
        Slip(
            "means_not_squared",
            r"\log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + \mu_1 - \mu_2}{2 "
            r"\sigma_2^2} - \frac{1}{2}",
            "The difference of the means is not squared.",
        ),
        Slip(
            "difference_subtracted",
            r"\log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 - (\mu_1 - \mu_2)^2}{2 "
            r"\sigma_2^2} - \frac{1}{2}",
            "The squared difference of the means has the wrong sign.",
        ),
        Slip(
            "variance_forgotten",
            r"\log \frac{\sigma_2}{\sigma_1} + \frac{(\mu_1 - \mu_2)^2}{2 \sigma_2^2} - "
            r"\frac{1}{2}",
            "The second moment about mu_2 is more than the squared difference of the "
            "means: the variance of q is missing.",
        ),
        Slip(
            "difference_forgotten",
            r"\log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2}{2 \sigma_2^2} - \frac{1}{2}",
            "The second moment about mu_2 is more than the variance of q: the difference "
            "of the means is missing.",
        ),
        Slip(
            "constant_kept",
            rf"{_KL_NORMAL} - \log(2 \pi)",
            "The constants log(2 pi) of the two densities cancel; here they add up.",
        ),
    ),
)

# The general formula has the ratio of the standard deviations in its logarithm.
_general_formula = either(
    adds(lambda node: isinstance(node, Name) and node.key == r"\sigma_2"),
    adds(is_logarithm_of_ratio),
)
_KL_STANDARD = r"-\frac{1}{2} (1 + \log \sigma^2 - \mu^2 - \sigma^2)"

KL_STANDARD_NORMAL = Derivation(
    name="kl_standard_normal_derivation",
    title="a normal distribution against the standard normal one",
    draw=normal_and_standard,
    quantity=r"D_{KL}(q \| p)",
    closed=_KL_STANDARD,
    start=either(has(Divergence), open_logarithm, _general_formula),
    start_words="starts from the divergence, its definition, or the general formula",
    end=every(_INTEGRATED, without(names(r"\mu_2", r"\sigma_2"))),
    end_words="ends in the closed form, without an integral or expectation",
    steps=(
        Step(
            "shows a step between definition and result, with the logarithms of the "
            "densities worked out",
            every(
                without(has(Divergence), open_logarithm, result_as_a_term),
                either(
                    working_integral,
                    _general_formula,
                    adds(is_logarithm_of_name),
                    adds(is_normalising_constant),
                ),
            ),
        ),
    ),
    slips=(
        Slip("sign_flipped", rf"-({_KL_STANDARD})", _NEGATIVE),
        Slip(
            "other_direction",
            r"D_{KL}(p \| q)",
            "This is the divergence in the other direction: q and p are swapped.",
        ),
        Slip("doubled", rf"2({_KL_STANDARD})", _DOUBLE),
        Slip("halved", rf"\frac{{1}}{{2}}({_KL_STANDARD})", _HALF),
        Slip(
            "std_in_the_logarithm",
            r"-\frac{1}{2} (1 + \log \sigma - \mu^2 - \sigma^2)",
            "This is what you get with log of the standard deviation where log of the "
            "variance is meant.",
        ),
        Slip(
            "one_forgotten",
            r"-\frac{1}{2} (\log \sigma^2 - \mu^2 - \sigma^2)",
            "The constant -1/2 is missing: it comes from the second moment in E_q[log q].",
        ),
        Slip(
            "one_subtracted",
            r"-\frac{1}{2} (-1 + \log \sigma^2 - \mu^2 - \sigma^2)",
            "The constant 1/2 is added where it should be subtracted.",
        ),
        Slip(
            "sign_of_logarithm",
            r"-\frac{1}{2} (1 - \log \sigma^2 - \mu^2 - \sigma^2)",
            "The logarithm of the variance has the wrong sign.",
        ),
        Slip(
            "sign_of_mean",
            r"-\frac{1}{2} (1 + \log \sigma^2 + \mu^2 - \sigma^2)",
            "The square of the mean has the wrong sign.",
        ),
        Slip(
            "sign_of_variance",
            r"-\frac{1}{2} (1 + \log \sigma^2 - \mu^2 + \sigma^2)",
            "The variance has the wrong sign.",
        ),
        Slip(
            "std_for_variance",
            r"-\frac{1}{2} (1 + \log \sigma^2 - \mu^2 - \sigma)",
            "A standard deviation stands where a variance belongs.",
        ),
        Slip(
            "mean_not_squared",
            r"-\frac{1}{2} (1 + \log \sigma^2 - \mu - \sigma^2)",
            "The mean is not squared.",
        ),
        Slip(
            "mean_forgotten",
            r"-\frac{1}{2} (1 + \log \sigma^2 - \sigma^2)",
            "The square of the mean is missing.",
        ),
    ),
)

_SUM = r"\frac{1}{2} \sum_{i=1}^k"
_KL_DIAGONAL = rf"{_SUM} (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2 - 1)"

KL_DIAGONAL = Derivation(
    name="kl_diagonal_derivation",
    title="a diagonal covariance against the standard normal distribution",
    draw=diagonal_normal,
    quantity=r"D_{KL}(\mathcal{N}(\mu, \Sigma) \| \mathcal{N}(0, I))",
    closed=_KL_DIAGONAL,
    start=either(has(Divergence), calls("tr")),
    start_words="starts from the divergence or the multivariate formula",
    end=every(
        exactly(1, Series),
        without(
            has(Divergence),
            calls("tr", "det", "bars", "norm", "diag"),
            names(r"\Sigma", r"\mu", r"\sigma", "I", "I_k"),
            lambda facts: any(isinstance(n, Series) and n.kind == "product" for n in facts.nodes),
        ),
    ),
    end_words="ends in the closed form: one sum over i, without trace, determinant or matrix",
    steps=(
        Step(
            "the trace stands as a sum over i",
            stands_alone(r"\sum_i \sigma_i^2", adding=(rf"{_SUM} \sigma_i^2",)),
        ),
        Step(
            "the quadratic form stands as a sum over i",
            stands_alone(r"\sum_i \mu_i^2", adding=(rf"{_SUM} \mu_i^2",)),
        ),
        Step(
            "the log-determinant stands as a sum over i",
            stands_alone(r"\sum_i \log \sigma_i^2", adding=(rf"-{_SUM} \log \sigma_i^2",)),
        ),
    ),
    slips=(
        Slip("sign_flipped", rf"-({_KL_DIAGONAL})", _NEGATIVE),
        Slip("doubled", rf"2({_KL_DIAGONAL})", _DOUBLE),
        Slip("halved", rf"\frac{{1}}{{2}}({_KL_DIAGONAL})", _HALF),
        Slip(
            "other_direction",
            r"D_{KL}(\mathcal{N}(0, I) \| \mathcal{N}(\mu, \Sigma))",
            "This is the divergence in the other direction: the two distributions are swapped.",
        ),
        Slip(
            "one_subtracted_once",
            rf"{_SUM} (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2) - \frac{{1}}{{2}}",
            "The 1 is subtracted only once; it belongs to every dimension, so k times.",
        ),
        Slip(
            "k_inside_the_sum",
            rf"{_SUM} (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2 - k)",
            "k is subtracted in every term of the sum, so k times k in all.",
        ),
        Slip(
            "dimension_forgotten",
            rf"{_SUM} (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2)",
            "The term -k of the formula is missing.",
        ),
        Slip(
            "std_in_the_logarithm",
            rf"{_SUM} (\sigma_i^2 + \mu_i^2 - \log \sigma_i - 1)",
            "This is what you get with log of the standard deviations where log of the "
            "variances is meant.",
        ),
        Slip(
            "sign_of_logarithm",
            rf"{_SUM} (\sigma_i^2 + \mu_i^2 + \log \sigma_i^2 - 1)",
            "The log-determinant has the wrong sign: det Sigma stands below det I.",
        ),
        Slip(
            "std_for_variance",
            rf"{_SUM} (\sigma_i + \mu_i^2 - \log \sigma_i^2 - 1)",
            "The trace sums the entries on the diagonal: they are variances, not "
            "standard deviations.",
        ),
        Slip(
            "inverse_variance",
            rf"{_SUM} (\frac{{1}}{{\sigma_i^2}} + \mu_i^2 - \log \sigma_i^2 - 1)",
            "The trace is of the inverse covariance: the inverse belongs to the second "
            "distribution.",
        ),
        Slip(
            "means_not_squared",
            rf"{_SUM} (\sigma_i^2 + \mu_i - \log \sigma_i^2 - 1)",
            "The means are not squared.",
        ),
        Slip(
            "mean_scaled",
            rf"{_SUM} (\sigma_i^2 + \frac{{\mu_i^2}}{{\sigma_i^2}} - \log \sigma_i^2 - 1)",
            "The quadratic form has the inverse of the wrong covariance.",
        ),
        Slip(
            "mean_subtracted",
            rf"{_SUM} (\sigma_i^2 - \mu_i^2 - \log \sigma_i^2 - 1)",
            "The quadratic form has the wrong sign: the square of 0 - mu_i is positive.",
        ),
        Slip(
            "means_forgotten",
            rf"{_SUM} (\sigma_i^2 - \log \sigma_i^2 - 1)",
            "The quadratic form is missing.",
        ),
        Slip(
            "sum_of_means_squared",
            r"\frac{1}{2} (\sum_i (\sigma_i^2 - \log \sigma_i^2 - 1) + (\sum_i \mu_i)^2)",
            "The square is taken of the sum; the quadratic form is the sum of the squares.",
        ),
        Slip(
            "logarithm_of_the_sum",
            r"\frac{1}{2} (\sum_i (\sigma_i^2 + \mu_i^2 - 1) - \log \sum_i \sigma_i^2)",
            "The logarithm is taken of a sum; the determinant is the product of the diagonal.",
        ),
    ),
)

_ELBO = "ELBO"
_KL_POSTERIOR = r"D_{KL}(q(z | x) \| p(z | x))"
_whole_difference = in_one(
    every(
        density("x"),
        either(density("xz"), density("x", "z"), density("z", "x")),
        without(has(Divergence, Elbo)),
    )
)
_one_integral = in_one(
    every(
        density("z", "x"),
        without(density("x"), density("xz"), density("x", "z"), has(Divergence, Elbo)),
    )
)

_JOINT = either(density("xz"), density("x", "z"), density("z", "x"))
_no_symbols = without(has(Divergence, Elbo))


def _contributes(kind: type, latex: str) -> Form:
    """What all nodes of a kind contribute to the line's value is the value of this LaTeX."""

    def form(facts: Facts) -> bool:
        found = [node for node in facts.nodes if isinstance(node, kind)]
        return agree(facts.contribution(found), evaluate(tree_of(latex), facts.groups))

    return form


_POSTERIOR_INTEGRAL = r"\mathbb{E}_q[\log q(z) - \log p(z | x)]"
_EVIDENCE = Route(
    quantity=r"\log p(x)",
    start=lambda facts: is_logarithm(facts.tree),
    start_words="starts from log p(x)",
    end=every(
        exactly(1, Divergence),
        exactly(1, Elbo),
        without(has(*_TAKEN), has(Series), density("x")),
        _contributes(Divergence, _KL_POSTERIOR),
    ),
    end_words="ends in the ELBO plus one KL divergence, without an integral or expectation",
    steps=(
        Step(
            "one integral or expectation over q holds log p(x), with the joint density and the "
            "posterior in it",
            in_one(
                every(
                    either(density("xz"), density("x", "z")),
                    density("z", "x"),
                    without(has(Divergence, Elbo), density("x")),
                )
            ),
        ),
        Step(
            "the divergence stands as one integral or expectation beside the bound",
            every(
                stands_alone(_POSTERIOR_INTEGRAL, adding=(_KL_POSTERIOR,)),
                without(has(Divergence)),
            ),
        ),
    ),
    slips=(
        Slip(
            "divergence_subtracted",
            rf"{_ELBO} - {_KL_POSTERIOR}",
            "The divergence is subtracted: the evidence is the ELBO plus the divergence.",
        ),
        Slip(
            "prior_for_posterior",
            rf"{_ELBO} + D_{{KL}}(q(z) \| p(z))",
            "This is the divergence from the prior p(z); the gap is the divergence from the "
            "posterior p(z | x).",
        ),
        Slip(
            "other_direction",
            rf"{_ELBO} + D_{{KL}}(p(z | x) \| q(z))",
            "This is the divergence in the other direction: q and the posterior are swapped.",
        ),
        Slip("bound_itself", _ELBO, "This is the ELBO alone: log p(x) is more by a divergence."),
    ),
)
_BOUND = Route(
    quantity=_ELBO,
    start=every(
        either(has(Elbo), density("xz"), in_one(_JOINT)), without(has(Divergence), density("x"))
    ),
    start_words="starts from the ELBO, as its symbol or by its definition",
    end=every(
        exactly(1, Divergence),
        density("x"),
        without(has(*_TAKEN), has(Series), has(Elbo), density("xz"), density("x", "z")),
        _contributes(Divergence, rf"-{_KL_POSTERIOR}"),
    ),
    end_words="ends in log p(x) minus one KL divergence, without an integral or expectation",
    steps=(
        Step(
            "one integral or expectation over q holds the bound, with p(z | x) and p(x) in it",
            in_one(every(density("x"), density("z", "x"), without(has(Divergence, Elbo)))),
        ),
        Step(
            "the divergence stands as one integral or expectation beside log p(x)",
            every(
                stands_alone(_POSTERIOR_INTEGRAL, adding=(rf"-{_KL_POSTERIOR}",)),
                _no_symbols,
            ),
        ),
    ),
    slips=(
        Slip(
            "divergence_added",
            rf"\log p(x) + {_KL_POSTERIOR}",
            "The divergence is added: the ELBO is less than the evidence.",
        ),
        Slip("evidence_itself", r"\log p(x)", "This is log p(x) itself; the ELBO is less."),
    ),
)

ELBO_GAP = Derivation(
    name="elbo_gap_derivation",
    title="the gap between the evidence and its lower bound",
    draw=discrete_latent,
    quantity=rf"\log p(x) - {_ELBO}",
    closed=_KL_POSTERIOR,
    start=every(density("x"), either(has(Elbo), density("xz"), density("x", "z"))),
    start_words="starts from log p(x) - ELBO",
    end=every(
        exactly(1, Divergence),
        without(
            has(*_TAKEN), has(Series), has(Elbo), density("x"), density("xz"), density("x", "z")
        ),
    ),
    end_words="ends in one KL divergence, without an integral or expectation",
    steps=(
        Step(
            "one integral or expectation over q holds the whole difference, log p(x) included",
            _whole_difference,
        ),
        Step("the divergence stands as one integral or expectation", _one_integral),
    ),
    slips=(
        Slip(
            "sign_flipped",
            rf"-{_KL_POSTERIOR}",
            "The sign of the whole is flipped: the gap is never negative.",
        ),
        Slip(
            "prior_for_posterior",
            r"D_{KL}(q(z) \| p(z))",
            "This is the divergence from the prior p(z); the gap is the divergence from the "
            "posterior p(z | x).",
        ),
        Slip(
            "other_direction",
            r"D_{KL}(p(z | x) \| q(z))",
            "This is the divergence in the other direction: q and the posterior are swapped.",
        ),
        Slip(
            "evidence_itself",
            r"\log p(x)",
            "This is log p(x) itself; the quantity here is log p(x) - ELBO: bring the "
            "ELBO to this side.",
        ),
        Slip(
            "evidence_named_as_the_bound",
            "0",
            r"This is 0, and the quantity is not. If you write \mathcal{L} or \mathcal{F}: both "
            "name the ELBO here, and the evidence is log p(x).",
        ),
        Slip(
            "bound_itself", _ELBO, "This is the ELBO itself; the quantity here is log p(x) - ELBO."
        ),
        Slip(
            "bound_added",
            rf"\log p(x) + {_ELBO}",
            "The ELBO is added where it should be subtracted.",
        ),
        Slip(
            "entropy_lost",
            r"\log p(x) - \mathbb{E}_q[\log p(x, z)]",
            "The ELBO is more than the expectation of log p(x, z): the term -log q is missing.",
        ),
        Slip(
            "entropy_sign",
            r"\log p(x) - \mathbb{E}_q[\log p(x, z) + \log q(z)]",
            "The term log q has the wrong sign: the ELBO subtracts it.",
        ),
        Slip(
            "evidence_lost",
            r"\mathbb{E}_q[\log q(z) - \log p(x, z)]",
            "log p(x) has been lost on the way.",
        ),
        Slip(
            "likelihood_for_joint",
            r"\log p(x) - \mathbb{E}_q[\log p(x | z) - \log q(z)]",
            "The likelihood p(x | z) stands where the joint density p(x, z) belongs.",
        ),
        Slip(
            "evidence_twice",
            rf"{_KL_POSTERIOR} + \log p(x)",
            "log p(x) stands here once too often: p(x, z) = p(z | x) p(x).",
        ),
        Slip("evidence_sign", rf"{_KL_POSTERIOR} - 2 \log p(x)", "log p(x) has the wrong sign."),
    ),
    finish=either(has(Elbo), without(in_one(lambda facts: True))),
    across=(_EVIDENCE, _BOUND),
)

_RECONSTRUCTION = r"\mathbb{E}_q[\log p(x | z)]"
_SPLIT = rf"{_RECONSTRUCTION} - D_{{KL}}(q(z) \| p(z))"
_KL_PRIOR = r"D_{KL}(q(z) \| p(z))"
_reconstruction = stands_alone(_RECONSTRUCTION, adding=(_RECONSTRUCTION,))
_divergence_from_the_prior = _contributes(Divergence, rf"-{_KL_PRIOR}")

_RECONSTRUCTED = Route(
    quantity=_RECONSTRUCTION,
    start=every(exactly(1, *_TAKEN), _no_symbols, density("x", "z"), without(density("xz"))),
    start_words="starts from the expectation of log p(x | z)",
    finish=every(exactly(1, *_TAKEN), without(density("z"))),
    end=every(
        exactly(1, Divergence),
        exactly(1, Elbo),
        without(has(*_TAKEN), has(Series)),
        _contributes(Divergence, _KL_PRIOR),
    ),
    end_words="ends in the ELBO plus one KL divergence, without an integral",
    steps=(
        Step(
            "the divergence stands as one integral or expectation, beside what will become the "
            "ELBO",
            every(
                stands_alone(r"\mathbb{E}_q[\log q(z) - \log p(z)]", adding=(_KL_PRIOR,)),
                _no_symbols,
            ),
        ),
    ),
)
_REGULARISED = Route(
    quantity=_KL_PRIOR,
    start=every(exactly(1, Divergence), without(has(*_TAKEN), has(Elbo))),
    start_words="starts from the divergence",
    end=every(
        exactly(1, Elbo),
        exactly(1, *_TAKEN),
        _reconstruction,
        without(has(Divergence), has(Series), density("xz")),
    ),
    end_words="ends in one expectation minus the ELBO, without another integral",
    steps=(
        Step(
            "the expectation of log p(x | z) stands alone, beside what will become the ELBO",
            every(_reconstruction, _no_symbols),
        ),
    ),
)


ELBO_SPLIT = Derivation(
    name="elbo_split_derivation",
    title="the two terms of the evidence lower bound",
    draw=discrete_latent,
    quantity=_ELBO,
    closed=_SPLIT,
    start=either(has(Elbo), density("xz"), in_one(lambda facts: True)),
    start_words="starts from the ELBO, as its symbol or by its definition",
    end=every(
        exactly(1, Divergence),
        exactly(1, Expectation),
        without(has(Integral, Variance, Series, Elbo), density("xz"), density("x")),
        _divergence_from_the_prior,
    ),
    end_words="ends in one expectation minus one KL divergence, without an integral",
    steps=(
        Step(
            "the expectation of log p(x | z) stands alone, beside what will become the divergence",
            every(_reconstruction, without(has(Divergence, Elbo))),
        ),
    ),
    slips=(
        Slip("sign_flipped", rf"-({_SPLIT})", "The sign of the whole is flipped."),
        Slip(
            "divergence_added",
            rf"{_RECONSTRUCTION} + D_{{KL}}(q(z) \| p(z))",
            "The divergence is added; it is subtracted from the reconstruction term.",
        ),
        Slip(
            "posterior_for_prior",
            rf"{_RECONSTRUCTION} - D_{{KL}}(q(z) \| p(z | x))",
            "This is the divergence from the posterior p(z | x); the ELBO holds the one "
            "from the prior p(z).",
        ),
        Slip(
            "other_direction",
            rf"{_RECONSTRUCTION} - D_{{KL}}(p(z) \| q(z))",
            "The divergence has the wrong direction: q comes first.",
        ),
        Slip(
            "evidence_itself",
            r"\log p(x)",
            "This is log p(x) itself; the ELBO is less by a divergence.",
        ),
        Slip(
            "reconstruction_alone",
            _RECONSTRUCTION,
            "The divergence from the prior has been lost on the way.",
        ),
        Slip(
            "joint_for_likelihood",
            r"\mathbb{E}_q[\log p(x, z)] - D_{KL}(q(z) \| p(z))",
            "The joint density p(x, z) stands where the likelihood p(x | z) belongs: the "
            "prior is counted twice.",
        ),
        Slip("entropy_lost", r"\mathbb{E}_q[\log p(x, z)]", "The term -log q is missing."),
        Slip(
            "entropy_sign",
            r"\mathbb{E}_q[\log p(x, z) + \log q(z)]",
            "The term log q has the wrong sign: the ELBO subtracts it.",
        ),
        Slip(
            "prior_lost",
            r"\mathbb{E}_q[\log p(x | z) - \log q(z)]",
            "The prior p(z) has been lost: p(x, z) = p(x | z) p(z).",
        ),
        Slip(
            "prior_sign",
            r"\mathbb{E}_q[\log p(x | z) - \log p(z) - \log q(z)]",
            "log p(z) has the wrong sign: the prior multiplies the likelihood.",
        ),
        Slip(
            "expectation_under_the_prior",
            r"\mathbb{E}_{p(z)}[\log p(x | z)] - D_{KL}(q(z) \| p(z))",
            "The expectation is taken under the prior; it belongs to q.",
        ),
    ),
    finish=either(has(Elbo), density("xz")),
    across=(_RECONSTRUCTED, _REGULARISED),
)

VARIANCE_EXAMPLE = Derivation(
    name="variance_example",
    title="the worked example of the notebook",
    draw=normal_and_standard,
    quantity=r"\mathbb{E}_q[(x - \mu)^2]",
    closed=r"\mathbb{E}_q[x^2] - \mu^2",
    start=has(*_TAKEN),
    start_words="starts from the expected squared deviation",
    end=exactly(1, *_TAKEN),
    end_words="ends in the second moment minus the squared mean",
    steps=(),
    slips=(
        Slip(
            "mean_added",
            r"\mathbb{E}_q[x^2] + \mu^2",
            "The squared mean has the wrong sign: what becomes of the mixed term?",
        ),
        Slip(
            "mixed_term_lost",
            r"\mathbb{E}_q[x^2] + 3 \mu^2",
            "The mixed term has the wrong sign.",
        ),
    ),
)

DERIVATIONS = {
    table.name: table
    for table in (
        KL_NORMAL,
        KL_STANDARD_NORMAL,
        KL_DIAGONAL,
        ELBO_GAP,
        ELBO_SPLIT,
        VARIANCE_EXAMPLE,
    )
}
