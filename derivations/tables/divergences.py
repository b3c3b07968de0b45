"""Divergences of normal distributions, and the worked example."""

from derivations.evaluator.settings import (
    diagonal_normal,
    normal_and_standard,
    two_normals,
)
from derivations.expressions import (
    Divergence,
    Expectation,
    Integral,
    Name,
    Series,
    Variance,
)
from derivations.forms import (
    adds,
    calls,
    either,
    every,
    exactly,
    has,
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
from derivations.tables.statements import Derivation, Slip, Step

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
    start_words="starts from the divergence of $q$ and $p$, as its symbol or by its definition",
    end=_INTEGRATED,
    end_words="ends in the closed form, without an integral or expectation",
    steps=(
        Step(
            r"the second moment $E_q[(x - \mu_1)^2]$ appears as a term of a line",
            _second_moment,
        ),
        Step(
            r"$\sigma_1^2$ takes the place of the second moment",
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
    end_words="ends in the closed form: one sum over $i$, without trace, determinant or matrix",
    steps=(
        Step(
            "the trace stands as a sum over $i$",
            stands_alone(r"\sum_i \sigma_i^2", adding=(rf"{_SUM} \sigma_i^2",)),
        ),
        Step(
            "the quadratic form stands as a sum over $i$",
            stands_alone(r"\sum_i \mu_i^2", adding=(rf"{_SUM} \mu_i^2",)),
        ),
        Step(
            "the log-determinant stands as a sum over $i$",
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
