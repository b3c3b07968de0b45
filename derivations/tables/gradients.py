"""Two gradients of an expectation: by the score function, and along the path of a sample."""

from collections.abc import Iterator

from derivations.evaluator.settings import NOISE, OPEN_PARAMETERS, normal_sample
from derivations.evaluator.values import agree
from derivations.expressions import (
    Applied,
    Binder,
    Density,
    Derivative,
    Expectation,
    Gaussian,
    Jacobian,
    Name,
    Node,
    children,
    walk,
)
from derivations.forms import Facts, Form, every, is_logarithm, without
from derivations.tables.statements import Derivation, Slip, Step

_MEAN = r"\mu"
_QUANTITY = r"\nabla_\mu \mathbb{E}_q[f(x)]"
_SCORE = r"\mathbb{E}_q[f(x) \nabla_\mu \log q(x)]"
_PATH = r"\mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]"


def _is_f(node: Node) -> bool:
    return isinstance(node, Applied | Name) and _order(node) == 0


def _order(node: Applied | Name) -> int | None:
    """How many times f is differentiated; None for anything but f."""
    if isinstance(node, Applied):
        return node.order if node.function == "f" else None
    return node.key.count("'") if node.key.rstrip("'") == "f" else None


def _gradients(facts: Facts) -> list[Node]:
    """The derivatives with respect to the mean."""
    return [node for node in facts.nodes if _name_below(node) in {_MEAN, *OPEN_PARAMETERS}]


def _name_below(node: Node) -> str | None:
    """What a derivative is by; None for any other node."""
    if isinstance(node, Jacobian):
        return node.lower
    return node.by if isinstance(node, Derivative) else None


def _paths(node: Node, noisy: bool = False) -> Iterator[Node]:
    r"""The f that are taken at a function of mean and noise, below a node.

    noisy: whether the nearest expectation or integral is over noise, so that x is such a function.
    """
    if isinstance(node, Binder):
        noisy = _is_over_noise(node)
    if _is_f(node) and _is_path(node, noisy):
        yield node
    for child in children(node):
        yield from _paths(child, noisy)


def _is_over_noise(binder: Binder) -> bool:
    named = getattr(binder, "variable", None)
    parts = [part.key for part in walk(binder) if isinstance(part, Name)]
    return named in NOISE or (named is None and any(key in NOISE for key in parts))


def _is_path(f: Node, noisy: bool) -> bool:
    if isinstance(f, Name):
        return noisy
    for part in walk(f):
        if isinstance(part, Applied) and part.function == "g":
            return True
        if isinstance(part, Name) and (part.key == _MEAN or part.key == "x"):
            return noisy or part.key != "x"
    return False


def _has_open_density(node: Node) -> bool:
    """A density that stands in no logarithm."""
    if is_logarithm(node):
        return False
    return isinstance(node, (Density, Gaussian)) or any(map(_has_open_density, children(node)))


def _has_score(node: Node) -> bool:
    """A logarithm of a density."""
    return any(is_logarithm(part) and any(map(_is_density, walk(part))) for part in walk(node))


def _is_density(node: Node) -> bool:
    return isinstance(node, (Density, Gaussian))


def _holds_all(facts: Facts, part: Node) -> bool:
    """Without this part nothing is left of the line."""
    return agree(facts.contribution([part]), facts.values)


def _gradient_of_an_expectation(facts: Facts) -> bool:
    """The gradient stands outside of an integral or expectation of f(x)."""
    return any(
        any(isinstance(part, Binder) and any(map(_is_f, walk(part))) for part in walk(gradient))
        and not any(_paths(gradient))
        and _holds_all(facts, gradient)
        for gradient in _gradients(facts)
    )


def _gradient_of_the_density(facts: Facts) -> bool:
    """The gradient of q, not of its logarithm, stands inside an integral or expectation of f(x)."""
    inside = [part for binder in facts.binders for part in walk(binder) if part is not binder]
    return any(
        any(gradient is part for part in inside)
        and _has_open_density(gradient)
        and _holds_all(facts, gradient)
        for gradient in _gradients(facts)
    )


def _gradient_of_the_logarithm(facts: Facts) -> bool:
    return any(
        _has_score(gradient) and _holds_all(facts, gradient) for gradient in _gradients(facts)
    )


def _gradient_along_the_path(facts: Facts) -> bool:
    return any(
        any(_paths_of(facts, gradient)) and _holds_all(facts, gradient)
        for gradient in _gradients(facts)
    )


def _paths_of(facts: Facts, gradient: Node) -> Iterator[bool]:
    """Whether f at a path stands in a gradient, with all that is bound around it."""
    inside = list(walk(gradient))
    for f in _paths(facts.tree):
        yield any(f is part for part in inside)


def _one_expectation(facts: Facts) -> bool:
    return any(isinstance(binder, Expectation) for binder in facts.whole())


def _gradients_of_logarithms_alone(facts: Facts) -> bool:
    """No gradient of an expectation, of f or of a density is left."""
    return not any(
        isinstance(part, Binder) or _is_f(part) or _has_open_density(gradient)
        for gradient in _gradients(facts)
        for part in walk(gradient)
    )


def _has_slope(facts: Facts) -> bool:
    """A derivative of f, however it is written: by a prime, or by its argument."""
    return any(
        (isinstance(node, Applied | Name) and (_order(node) or 0) > 0)
        or (isinstance(node, Jacobian) and node.upper == "f")
        or (_name_below(node) == "x" and any(map(_is_f, walk(node))))
        for node in facts.nodes
    )


def _has_value(facts: Facts) -> bool:
    """f itself, not only its derivative."""
    slopes = [part for n in facts.nodes if isinstance(n, Derivative) for part in walk(n)]
    return any(_is_f(node) and not any(node is part for part in slopes) for node in facts.nodes)


def _has_f(facts: Facts) -> bool:
    return any(
        isinstance(node, Applied | Name) and _order(node) is not None for node in facts.nodes
    )


_START_WORDS = "starts from the gradient of the expectation of $f(x)$"
_start: Form = _gradient_of_an_expectation
_no_gradient: Form = without(lambda facts: bool(_gradients(facts)))

_NEGATIVE = "The sign of the whole is flipped."
_NOTHING = (
    "This is 0: under an expectation over x the gradient does not see f(x). The density depends on "
    "mu, so the gradient acts on it."
)
_BY_SIGMA = "This is the gradient with respect to sigma; the one with respect to mu is expected."

SCORE_FUNCTION = Derivation(
    name="score_function_derivation",
    title="the gradient by the score function",
    draw=normal_sample,
    quantity=_QUANTITY,
    closed=_SCORE,
    start=_start,
    start_words=_START_WORDS,
    end=every(_one_expectation, _has_value, _gradients_of_logarithms_alone, without(_has_slope)),
    end_words="ends in one expectation of $f(x)$ times the score",
    steps=(
        Step("the gradient of $q$ stands inside the integral", _gradient_of_the_density),
        Step(
            r"then $q$ times the gradient of $\log q$ takes its place: the log-derivative identity",
            _gradient_of_the_logarithm,
            behind=_gradient_of_the_density,
        ),
    ),
    slips=(
        Slip("sign_flipped", f"-{_SCORE}", _NEGATIVE),
        Slip(
            "f_lost",
            r"\mathbb{E}_q[\nabla_\mu \log q(x)]",
            "f is missing: the expectation of the score alone is 0.",
            without(_has_f),
        ),
        Slip(
            "f_outside",
            r"\mathbb{E}_q[f(x)] \mathbb{E}_q[\nabla_\mu \log q(x)]",
            "The expectation of the score alone is 0: f(x) belongs into the same expectation.",
            lambda facts: len(facts.binders) > 1,
        ),
        Slip("moved_inside", r"\mathbb{E}_q[\nabla_\mu f(x)]", _NOTHING),
        Slip(
            "density_twice",
            r"\mathbb{E}_q[f(x) \nabla_\mu q(x)]",
            "The density stands twice: an expectation under q has one, and the gradient of q is "
            "q times the gradient of log q.",
        ),
        Slip(
            "density_squared",
            r"\int q(x)^2 f(x) \nabla_\mu q(x) \, dx",
            "There are too many factors q: the gradient of q is q times the gradient of log q, "
            "once.",
        ),
        Slip(
            "f_differentiated",
            r"\mathbb{E}_q[f'(x) \nabla_\mu \log q(x)]",
            "The derivative of f stands where f belongs: only the density is differentiated.",
        ),
        Slip(
            "both_differentiated",
            rf"2 {_SCORE}",
            "This is twice the gradient: is f differentiated as well? f(x) does not depend on mu, "
            "so the product rule gives one term only.",
        ),
        Slip(
            "halved",
            rf"\frac{{1}}{{2}} {_SCORE}",
            "This is half of the gradient: the 2 of the square cancels that of 2 sigma^2.",
        ),
        Slip(
            "gradient_lost",
            r"\mathbb{E}_q[f(x) \log q(x)]",
            "The gradient is missing: the score is the gradient of log q.",
        ),
        Slip(
            "value",
            r"\mathbb{E}_q[f(x)]",
            "This is the expectation itself: its gradient is missing.",
        ),
        Slip("by_sigma", r"\mathbb{E}_q[f(x) \nabla_\sigma \log q(x)]", _BY_SIGMA),
        Slip(
            "by_x",
            r"\mathbb{E}_q[f(x) \frac{\partial f(x)}{\partial x}]",
            "f is multiplied by its own derivative, where the score belongs.",
        ),
        Slip(
            "standard_deviation",
            r"\mathbb{E}_q[f(x) \frac{x - \mu}{\sigma}]",
            "A standard deviation stands where the variance belongs: the score is "
            "(x - mu) / sigma^2.",
        ),
        Slip(
            "variance_lost",
            r"\mathbb{E}_q[f(x) (x - \mu)]",
            "The variance is missing: the score is (x - mu) / sigma^2.",
        ),
        Slip(
            "not_differentiated",
            r"\mathbb{E}_q[f(x) \frac{(x - \mu)^2}{2 \sigma^2}]",
            "The square in the exponent has not been differentiated.",
        ),
        Slip(
            "square_kept",
            r"\mathbb{E}_q[f(x) \frac{(x - \mu)^2}{\sigma^2}]",
            "The derivative of a square is not a square: the score is (x - mu) / sigma^2.",
        ),
    ),
)

PATHWISE = Derivation(
    name="pathwise_derivation",
    title="the gradient along the path",
    draw=normal_sample,
    quantity=_QUANTITY,
    closed=_PATH,
    start=_start,
    start_words=_START_WORDS,
    end=every(_one_expectation, _has_slope, _no_gradient, without(_has_value)),
    end_words=r"ends in one expectation of $f'$, without a gradient with respect to $\mu$",
    steps=(
        Step(
            r"$f(\mu + \sigma \epsilon)$ stands under the gradient, in an expectation over "
            "the noise",
            _gradient_along_the_path,
        ),
    ),
    slips=(
        Slip("sign_flipped", f"-{_PATH}", _NEGATIVE),
        Slip(
            "moved_inside",
            r"\mathbb{E}_q[\nabla_\mu f(x)]",
            "This is 0: x is drawn from q, and in f(x) it is held fixed. Write x as a function of "
            "mu and noise first; then the gradient may move inside.",
        ),
        Slip(
            "times_sigma",
            r"\mathbb{E}_\varepsilon[\sigma f'(\mu + \sigma \varepsilon)]",
            "The inner derivative is that by the noise, sigma; by mu it is 1.",
        ),
        Slip(
            "over_sigma",
            r"\frac{1}{\sigma} \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]",
            "The inner derivative of mu + sigma epsilon by mu is 1: there is no 1/sigma.",
        ),
        Slip(
            "times_noise",
            r"\mathbb{E}_\varepsilon[\varepsilon f'(\mu + \sigma \varepsilon)]",
            "The inner derivative is that by sigma, epsilon; by mu it is 1.",
        ),
        Slip(
            "times_noise_and_one",
            r"\mathbb{E}_\varepsilon[(1 + \varepsilon) f'(\mu + \sigma \varepsilon)]",
            "The inner derivative holds that by sigma, epsilon, as well; by mu it is 1.",
        ),
        Slip(
            "times_mean",
            r"\mathbb{E}_\varepsilon[\mu f'(\mu + \sigma \varepsilon)]",
            "The inner derivative of mu + sigma epsilon by mu is 1, not mu.",
        ),
        Slip(
            "times_path",
            r"\mathbb{E}_\varepsilon[(\mu + \sigma \varepsilon) f'(\mu + \sigma \varepsilon)]",
            "The inner function stands where its derivative belongs, which is 1.",
        ),
        Slip(
            "at_the_noise",
            r"\mathbb{E}_\varepsilon[f'(\varepsilon)]",
            "f' is taken at the noise: it belongs at mu + sigma epsilon.",
        ),
        Slip(
            "mean_lost",
            r"\mathbb{E}_\varepsilon[f'(\sigma \varepsilon)]",
            "The mean is missing in the argument: x is mu + sigma epsilon.",
        ),
        Slip(
            "deviation_lost",
            r"\mathbb{E}_\varepsilon[f'(\mu + \varepsilon)]",
            "The standard deviation is missing in the argument: x is mu + sigma epsilon.",
        ),
        Slip(
            "variance_for_deviation",
            r"\mathbb{E}_\varepsilon[f'(\mu + \sigma^2 \varepsilon)]",
            "The variance stands in the argument where the standard deviation belongs.",
        ),
        Slip(
            "value",
            r"\mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]",
            "f has not been differentiated: this is the expectation itself.",
        ),
        Slip(
            "both_differentiated",
            rf"2 {_PATH}",
            "This is twice the gradient: is the density differentiated as well? Noise does not "
            "depend on mu.",
        ),
        Slip(
            "noise_differentiated",
            r"\mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon) "
            r"\frac{\partial \log p(\varepsilon)}{\partial \varepsilon}]",
            "The density of the noise has been differentiated: it does not depend on mu, f does.",
        ),
        Slip(
            "noise_differentiated_too",
            r"\mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon) - \varepsilon "
            r"f(\mu + \sigma \varepsilon)]",
            "The density of the noise has been differentiated as well: it does not depend on mu.",
        ),
        Slip(
            "expectation_lost",
            r"f'(\mu)",
            "The expectation is missing: f' is taken at the mean, not averaged over samples.",
        ),
        Slip(
            "differentiated_twice",
            r"\mathbb{E}_\varepsilon[f''(\mu + \sigma \varepsilon)]",
            "f has been differentiated twice.",
        ),
    ),
)
