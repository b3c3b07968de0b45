r"""Derivations in LaTeX, checked line by line: a library for terminals and notebooks alike.

>>> from derivations import check_derivation
>>> check_derivation("variance_example", r"\mathbb{E}_q[(x - \mu)^2] = \mathbb{E}_q[x^2] - \mu^2")

`expressions` are the trees that the `reader` makes of LaTeX and the `evaluator` gives values to;
`forms` says what a line contains, `tables` what is to be derived, `hints` which small change would
make a line right; `judging` gives the `verdict`, by `checking` equalities and `bounding`
inequalities.
"""

from derivations.judging import check_derivation, warm_up
from derivations.tables import DERIVATIONS, Derivation
from derivations.verdict import Verdict

__all__ = ["DERIVATIONS", "Derivation", "Verdict", "check_derivation", "warm_up"]
