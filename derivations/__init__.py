r"""Derivations in LaTeX, checked line by line: a library for terminals and notebooks alike.

>>> from derivations import check_derivation
>>> check_derivation("variance_example", r"\mathbb{E}_q[(x - \mu)^2] = \mathbb{E}_q[x^2] - \mu^2")

`expressions` are the trees that the `reader` makes of LaTeX and the `evaluator` gives values to;
`forms` says what a line contains, `tables` what is to be derived, `hints` which small change would
make a line right; `checking` gives the `verdict`.
"""

from derivations.checking import check_derivation
from derivations.tables import DERIVATIONS
from derivations.verdict import Verdict

__all__ = ["DERIVATIONS", "Verdict", "check_derivation"]
