"""The derivations of the course, one table each: names, quantity, closed form, steps, known slips.

A new derivation is a new table, in a module here or of your own, and a line in `DERIVATIONS`; its
`draw`, in `evaluator.settings`, says what its names mean.
"""

from derivations.tables.divergences import (
    KL_DIAGONAL,
    KL_NORMAL,
    KL_STANDARD_NORMAL,
    VARIANCE_EXAMPLE,
)
from derivations.tables.flows import COUPLING_DENSITY
from derivations.tables.games import GAME_VALUE
from derivations.tables.gradients import PATHWISE, SCORE_FUNCTION
from derivations.tables.latent import ELBO_GAP, ELBO_JENSEN, ELBO_SPLIT, IMPORTANCE_BOUND
from derivations.tables.statements import Derivation, Route, Slip, Step

__all__ = ["DERIVATIONS", "Derivation", "Route", "Slip", "Step"]

DERIVATIONS = {
    table.name: table
    for table in (
        KL_NORMAL,
        KL_STANDARD_NORMAL,
        KL_DIAGONAL,
        ELBO_GAP,
        ELBO_SPLIT,
        ELBO_JENSEN,
        IMPORTANCE_BOUND,
        SCORE_FUNCTION,
        PATHWISE,
        GAME_VALUE,
        COUPLING_DENSITY,
        VARIANCE_EXAMPLE,
    )
}
