"""The density of a flow: a coupling layer."""

from collections.abc import Callable

from derivations.evaluator.settings import coupling_layer
from derivations.evaluator.values import agree, evaluate
from derivations.expressions import Density, Gaussian, Jacobian, Name, Node, Series, walk
from derivations.forms import (
    Facts,
    Form,
    calls,
    every,
    exactly,
    has,
    is_logarithm,
    names,
    stands_alone,
    without,
)
from derivations.reader.parsing import tree_of
from derivations.tables.statements import Derivation, Slip, Step

_BASE, _SUM = r"\log p_z(z)", r"\sum_{j=1}^k s_j"
_DENSITY = f"{_BASE} + {_SUM}"


def _is_whole(node: Node) -> bool:
    """The Jacobian matrix of the layer or of its inverse."""
    return (isinstance(node, Jacobian) and {node.upper, node.lower} == {"x", "z"}) or (
        isinstance(node, Name) and node.key == "J"
    )


def _is_density_of_x(node: Node) -> bool:
    return isinstance(node, Density) and node.letter in ("p", "p_x", "p_X")


def _logarithms_give(chosen: Callable[[list[Node]], bool]) -> Form:
    """The logarithms whose parts are so contribute what the determinant does."""

    def form(facts: Facts) -> bool:
        found = [
            node for node in facts.nodes if is_logarithm(node) and chosen(list(walk(node.argument)))
        ]
        return agree(facts.contribution(found), evaluate(tree_of(_SUM), facts.groups))

    return form


def _of_the_jacobian(parts: list[Node]) -> bool:
    return any(map(_is_whole, parts))


def _worked_out(parts: list[Node]) -> bool:
    """No Jacobian matrix, no density, no constant of a density."""
    others = any(isinstance(part, (Density, Gaussian)) for part in parts)
    constant = any(isinstance(part, Name) and part.key == r"\pi" for part in parts)
    return not (_of_the_jacobian(parts) or others or constant)


def _has_product(facts: Facts) -> bool:
    return any(isinstance(node, Series) and node.kind == "product" for node in facts.nodes)


COUPLING_DENSITY = Derivation(
    name="coupling_density_derivation",
    title="the log-density of a coupling layer",
    draw=coupling_layer,
    quantity=r"\log p(x)",
    closed=_DENSITY,
    start=lambda facts: is_logarithm(facts.tree) and _is_density_of_x(facts.tree.argument),
    start_words=r"starts from $\log p(x)$",
    end=every(
        exactly(1, Series),
        stands_alone(_SUM, adding=(_SUM,)),
        without(
            has(Jacobian),
            calls("det", "bars", "diag"),
            names("J"),
            _has_product,
            lambda facts: any(map(_is_density_of_x, facts.nodes)),
        ),
    ),
    end_words=r"ends in $\log p_z(z)$ and one sum over $j$, without a determinant",
    steps=(
        Step(
            r"the change of variables: $\log p_z(z)$ and the logarithm of the Jacobian determinant",
            every(
                _logarithms_give(_of_the_jacobian),
                without(lambda facts: any(map(_is_density_of_x, facts.nodes))),
            ),
        ),
        Step(
            "the determinant is worked out, as that of its blocks or as a product, below the log",
            _logarithms_give(_worked_out),
        ),
    ),
    slips=(
        Slip(
            "determinant_lost",
            _BASE,
            "The determinant has been lost: a density changes when the space is stretched.",
        ),
        Slip(
            "determinant_subtracted",
            f"{_BASE} - {_SUM}",
            "The logarithm of the determinant has the wrong sign: dz/dx is added, dx/dz would be "
            "subtracted.",
        ),
        Slip(
            "scales_for_their_logarithms",
            rf"{_BASE} + \sum_{{j=1}}^k e^{{s_j}}",
            "The scales e^s are added up; it is their logarithms that add up.",
        ),
        Slip(
            "logarithm_of_the_sum",
            rf"{_BASE} + \log \sum_{{j=1}}^k e^{{s_j}}",
            "The logarithm of a sum stands here; the determinant is a product.",
        ),
        Slip(
            "product_of_the_scales",
            rf"{_BASE} + \prod_{{j=1}}^k e^{{s_j}}",
            "The determinant itself is added; its logarithm belongs here.",
        ),
        Slip("doubled", rf"{_BASE} + 2 {_SUM}", "The sum of s is counted twice."),
        Slip(
            "halved",
            rf"{_BASE} + \frac{{1}}{{2}} {_SUM}",
            "The sum of s has a factor 1/2 too many: e^s is the scale, not its square.",
        ),
        Slip(
            "shift_counted",
            rf"{_BASE} + \sum_{{j=1}}^k (s_j + t_j)",
            "The shift t moves everything and stretches nothing: it is not in the determinant.",
        ),
        Slip(
            "shift_for_scale",
            rf"{_BASE} + \sum_{{j=1}}^k t_j",
            "The shift t stands where the scale s belongs.",
        ),
        Slip(
            "base_at_x",
            rf"\log p_z(x) + {_SUM}",
            "The base density is taken at x; it is the density of z, so z is where it belongs.",
        ),
        Slip(
            "mean_for_sum",
            rf"{_BASE} + \frac{{1}}{{k}} {_SUM}",
            "The mean over the entries stands here; the logarithm of a product is a sum.",
        ),
        Slip("base_lost", _SUM, "The base density log p_z(z) has been lost."),
        Slip("base_sign", f"-({_BASE}) + {_SUM}", "The sign of log p_z(z) is flipped."),
        Slip(
            "logarithm_lost",
            r"p_z(z) \prod_{j=1}^k e^{s_j}",
            "This is p(x) itself: the logarithm has been lost.",
        ),
    ),
)
