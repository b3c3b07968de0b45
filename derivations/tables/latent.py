"""The evidence lower bound: its gap, its terms, and Jensen's inequality."""

from derivations.evaluator.settings import (
    discrete_latent,
    many_codes,
)
from derivations.evaluator.values import agree, evaluate
from derivations.expressions import (
    Density,
    Divergence,
    Elbo,
    Expectation,
    Integral,
    Name,
    Node,
    Series,
    Variance,
    walk,
)
from derivations.forms import (
    Facts,
    Form,
    by_jensen,
    density,
    either,
    equals,
    every,
    exactly,
    has,
    in_one,
    is_logarithm,
    moves_to,
    stands_alone,
    without,
)
from derivations.reader.grammar import AT_LEAST
from derivations.reader.parsing import tree_of
from derivations.tables.statements import Derivation, Route, Slip, Step

_TAKEN = (Integral, Expectation, Variance)

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
    start_words=r"starts from $\log p(x)$",
    end=every(
        exactly(1, Divergence),
        exactly(1, Elbo),
        without(has(*_TAKEN), has(Series), density("x")),
        _contributes(Divergence, _KL_POSTERIOR),
    ),
    end_words="ends in the ELBO plus one KL divergence, without an integral or expectation",
    steps=(
        Step(
            r"one integral or expectation over $q$ holds $\log p(x)$, with the joint density and "
            "the posterior in it",
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
    end_words=r"ends in $\log p(x)$ minus one KL divergence, without an integral or expectation",
    steps=(
        Step(
            "one integral or expectation over $q$ holds the bound, with $p(z | x)$ and $p(x)$ in "
            "it",
            in_one(every(density("x"), density("z", "x"), without(has(Divergence, Elbo)))),
        ),
        Step(
            r"the divergence stands as one integral or expectation beside $\log p(x)$",
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
    start_words=r"starts from $\log p(x)$ - ELBO",
    end=every(
        exactly(1, Divergence),
        without(
            has(*_TAKEN), has(Series), has(Elbo), density("x"), density("xz"), density("x", "z")
        ),
    ),
    end_words="ends in one KL divergence, without an integral or expectation",
    steps=(
        Step(
            r"one integral or expectation over $q$ holds the whole difference, $\log p(x)$ "
            "included",
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
    start_words=r"starts from the expectation of $\log p(x | z)$",
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
            r"the expectation of $\log p(x | z)$ stands alone, beside what will become the ELBO",
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
            r"the expectation of $\log p(x | z)$ stands alone, beside what will become the "
            "divergence",
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


def _holds_logarithm_of_mean(facts: Facts) -> bool:
    """A logarithm of an integral or expectation."""
    return any(
        isinstance(part, (*_TAKEN, Series))
        for node in facts.nodes
        if is_logarithm(node)
        for part in walk(node.argument)
    )


_evidence_alone = every(lambda facts: is_logarithm(facts.tree), equals(r"\log p(x)"))

_MEAN_WEIGHT = r"\frac{1}{k} \sum_{i=1}^k w_i"
_IMPORTANCE = rf"\mathbb{{E}}[\log {_MEAN_WEIGHT}]"


def _takes_one_weight(facts: Facts) -> bool:
    """An expectation below a logarithm of a weight, with q in it, and not of their mean."""
    means = [
        part
        for node in facts.nodes
        if is_logarithm(node)
        for part in walk(node.argument)
        if isinstance(part, (Expectation, Integral))
    ]
    return any(_is_weight(list(walk(mean.body))) for mean in means)


def _is_weight(parts: list[Node]) -> bool:
    has_q = any(
        (isinstance(part, Density) and part.letter == "q")
        or (isinstance(part, Name) and part.key.startswith("w_"))
        for part in parts
    )
    return has_q and not any(isinstance(part, Series) for part in parts)


def _holds_logarithm_of_expectation(facts: Facts) -> bool:
    return any(
        isinstance(part, _TAKEN)
        for node in facts.nodes
        if is_logarithm(node)
        for part in walk(node.argument)
    )


IMPORTANCE_BOUND = Derivation(
    name="importance_bound_derivation",
    title="the importance-weighted bound",
    draw=many_codes,
    relation=AT_LEAST,
    quantity=r"\log p(x)",
    closed=_IMPORTANCE,
    start=_evidence_alone,
    start_words=r"starts from $\log p(x)$",
    end=every(
        equals(_IMPORTANCE),
        has(Expectation),
        without(_holds_logarithm_of_expectation, density("x"), density("z", "x")),
    ),
    end_words="ends in the expected logarithm of the mean weight",
    steps=(
        Step(
            "$p(x)$ stands as the expectation of one weight under $q$",
            every(equals(r"\log p(x)"), _takes_one_weight),
        ),
        Step(
            r"$\log p(x)$ stands as the logarithm of the expected mean of $k$ weights",
            every(equals(r"\log p(x)"), moves_to(_IMPORTANCE)),
        ),
        Step("the logarithm moves into the expectation: one inequality, by Jensen", by_jensen),
    ),
    slips=(
        Slip(
            "bound_of_one_code",
            _ELBO,
            "This is the ELBO, the bound for k = 1: true, but lower. The logarithm moves into the "
            "expectation, not into the mean of the weights.",
        ),
        Slip(
            "mean_lost",
            r"\mathbb{E}[\log \sum_{i=1}^k w_i]",
            "The factor 1/k is missing: it is the mean of the weights, not their sum.",
        ),
        Slip(
            "mean_outside",
            r"\frac{1}{k} \mathbb{E}[\log \sum_{i=1}^k w_i]",
            "The factor 1/k stands outside of the logarithm; it belongs to the weights.",
        ),
        Slip(
            "likelihood_for_weights",
            r"\mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k p(x | z_i)]",
            "The likelihood stands in the place of the weights: the codes come from q, not from "
            "the prior.",
        ),
        Slip(
            "joint_for_weights",
            r"\mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k p(x, z_i)]",
            "The joint density stands in the place of the weights: each is divided by q.",
        ),
        Slip(
            "product_for_sum",
            r"\mathbb{E}[\log \prod_{i=1}^k w_i]",
            "The product of the weights stands where their mean belongs.",
        ),
        Slip(
            "weights_upside_down",
            r"\mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k \frac{q(z_i | x)}{p(x, z_i)}]",
            "The weights are upside down: q stands below.",
        ),
        Slip("sign_flipped", f"-{_IMPORTANCE}", "The sign of the whole is flipped."),
        Slip(
            "logarithm_lost",
            rf"\mathbb{{E}}[{_MEAN_WEIGHT}]",
            "The logarithm has been lost: this is p(x) itself.",
        ),
    ),
)

ELBO_JENSEN = Derivation(
    name="elbo_jensen_derivation",
    title="the lower bound, with one inequality",
    draw=discrete_latent,
    relation=AT_LEAST,
    quantity=r"\log p(x)",
    closed=_ELBO,
    start=_evidence_alone,
    start_words=r"starts from $\log p(x)$",
    end=every(
        equals(_ELBO),
        without(_holds_logarithm_of_mean, density("x"), density("z", "x"), has(Variance)),
    ),
    end_words="ends in the ELBO, as its symbol or by its definition",
    steps=(
        Step(
            r"$\log p(x)$ stands as the logarithm of an expectation under $q$",
            every(equals(r"\log p(x)"), moves_to(_ELBO)),
        ),
        Step(
            "the logarithm moves into the expectation: one inequality, by Jensen",
            every(by_jensen, without(has(Elbo, Divergence)), has(*_TAKEN, Series)),
        ),
    ),
    slips=(
        Slip(
            "entropy_lost",
            r"\mathbb{E}_q[\log p(x, z)]",
            "The term -log q is missing: dividing by q makes the integral an expectation under q, "
            "and the logarithm of that quotient is what moves inside.",
        ),
        Slip(
            "entropy_sign",
            r"\mathbb{E}_q[\log p(x, z) + \log q(z)]",
            "The term log q has the wrong sign: q stands below the fraction.",
        ),
        Slip(
            "likelihood_for_joint",
            r"\mathbb{E}_q[\log p(x | z) - \log q(z)]",
            "The likelihood p(x | z) stands where the joint density p(x, z) belongs.",
        ),
        Slip(
            "likelihood_alone",
            r"\mathbb{E}_q[\log p(x | z)]",
            "Only the reconstruction term is left: the prior and q have been lost.",
        ),
        Slip(
            "posterior_for_joint",
            r"\mathbb{E}_q[\log p(z | x) - \log q(z)]",
            "The posterior p(z | x) stands where the joint density p(x, z) belongs: log p(x) has "
            "been lost.",
        ),
        Slip(
            "expectation_under_the_prior",
            r"\mathbb{E}_{p(z)}[\log p(x, z) - \log q(z)]",
            "The expectation is taken under the prior; it belongs to q.",
        ),
        Slip(
            "prior_as_q",
            r"\mathbb{E}_{p(z)}[\log p(x | z)]",
            "This is the bound with the prior for q. It is true, but the ELBO has an expectation "
            "under q.",
        ),
        Slip(
            "ratio_upside_down",
            r"\mathbb{E}_q[\log q(z) - \log p(x, z)]",
            "The fraction is upside down: this is minus the ELBO.",
        ),
        Slip(
            "divergence_added",
            r"\mathbb{E}_q[\log p(x | z)] + D_{KL}(q(z) \| p(z))",
            "The divergence from the prior is added; it is subtracted.",
        ),
        Slip(
            "divergence_of_the_posterior",
            r"\mathbb{E}_q[\log p(x | z)] - D_{KL}(q(z) \| p(z | x))",
            "This is the divergence from the posterior p(z | x); the ELBO holds the one from the "
            "prior p(z).",
        ),
        Slip(
            "logarithm_lost",
            r"\mathbb{E}_q[\frac{p(x, z)}{q(z)}]",
            "The logarithm has been lost: this is p(x) itself.",
        ),
        Slip(
            "weight_lost",
            r"\int \log p(x, z) \, dz",
            "Jensen's inequality needs weights that sum to 1: multiply and divide by q first.",
        ),
    ),
)
