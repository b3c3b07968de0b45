"""The game of a GAN: its value for the best discriminator."""

from derivations.evaluator.settings import data_and_model
from derivations.evaluator.values import agree, evaluate
from derivations.expressions import (
    Discriminator,
    Divergence,
    Expectation,
    Integral,
    JensenShannon,
    Series,
    Variance,
)
from derivations.forms import Facts, either, every, exactly, has, names, without
from derivations.reader.parsing import tree_of
from derivations.tables.statements import Derivation, Slip, Step

_JS = r"JS(p_{data} \| p_{model})"
_BOTH = rf"2 {_JS}"
_VALUE = rf"{_BOTH} - \log 4"
_REAL, _FAKE = r"\mathbb{E}_{p_{data}}", r"\mathbb{E}_{p_{model}}"
_BINDERS = (Integral, Expectation, Variance, Series)


def _only_integrals(facts: Facts) -> bool:
    """Integrals and expectations hold the whole value of the line."""
    return agree(facts.contribution(facts.binders), facts.values)


def _divergences_from_the_mixture(facts: Facts) -> bool:
    """Divergences, integrals and expectations contribute what both divergences do together."""
    parts = [*facts.binders, *(node for node in facts.nodes if isinstance(node, Divergence))]
    return agree(facts.contribution(parts), evaluate(tree_of(_BOTH), facts.groups))


GAME_VALUE = Derivation(
    name="game_value_derivation",
    title="the value of the game for the best discriminator",
    draw=data_and_model,
    quantity="V",
    closed=_VALUE,
    start=either(names("V"), every(has(Discriminator), has(*_BINDERS))),
    start_words="starts from $V$, as its symbol or by its definition",
    end=every(
        exactly(1, JensenShannon),
        without(has(*_BINDERS, Divergence, Discriminator), names("V")),
    ),
    end_words="ends in the Jensen-Shannon divergence and a constant, without an integral",
    steps=(
        Step(
            "the best discriminator is inserted: densities stand in its place",
            every(_only_integrals, without(has(Discriminator))),
        ),
        Step(
            "both divergences from the mixture of data and model stand beside the constant",
            every(
                _divergences_from_the_mixture,
                without(has(JensenShannon, Discriminator), names("V")),
            ),
        ),
    ),
    slips=(
        Slip("sign_flipped", f"-({_VALUE})", "The sign of the whole is flipped."),
        Slip(
            "constant_lost",
            _BOTH,
            "The constant is missing: a mixture has a factor 1/2, and each of the two terms leaves "
            "a log 2.",
        ),
        Slip(
            "constant_once",
            rf"{_BOTH} - \log 2",
            "Only one log 2 is subtracted: each of the two terms leaves one, so log 4 in all.",
        ),
        Slip(
            "constant_added",
            rf"{_BOTH} + \log 4",
            "log 4 is added where it should be subtracted: the value is never above 0.",
        ),
        Slip(
            "divergence_once",
            rf"{_JS} - \log 4",
            "The Jensen-Shannon divergence is the mean of the two divergences: a factor 2 is "
            "missing.",
        ),
        Slip(
            "divergence_subtracted",
            rf"-{_BOTH} - \log 4",
            "The divergence is subtracted: the further apart data and model are, the larger is the "
            "value.",
        ),
        Slip(
            "value_at_equality",
            r"-\log 4",
            "This is the value where model and data agree; in general a divergence is added.",
        ),
        Slip(
            "divergence_from_the_model",
            r"D_{KL}(p_{data} \| p_{model}) - \log 4",
            "This is the divergence from the model; here both divergences are from the mixture of "
            "data and model.",
        ),
        Slip(
            "divergences_from_each_other",
            r"D_{KL}(p_{data} \| p_{model}) + D_{KL}(p_{model} \| p_{data}) - \log 4",
            "These are the divergences from each other; here both are from the mixture of data and "
            "model.",
        ),
        Slip(
            "answers_exchanged",
            rf"{_REAL}[\log(1 - D(x))] + {_FAKE}[\log D(x)]",
            "log D and log(1 - D) are exchanged: D is the probability that x is real.",
        ),
        Slip(
            "generated_lost",
            rf"{_REAL}[\log D(x)]",
            "The term of the generated images has been lost.",
        ),
        Slip(
            "under_the_data_twice",
            rf"{_REAL}[\log D(x) + \log(1 - D(x))]",
            "Both means are over the data; log(1 - D) belongs to what the model makes.",
        ),
        Slip(
            "logarithm_of_d_for_both",
            rf"{_REAL}[\log D(x)] + {_FAKE}[\log D(x)]",
            "log D stands in both terms: for generated images it is log(1 - D).",
        ),
    ),
)
