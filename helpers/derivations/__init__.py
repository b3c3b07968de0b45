r"""Derivations in LaTeX, checked line by line.

>>> from helpers.derivations import check_derivation
>>> check_derivation("variance_example", r"\mathbb{E}_q[(x - \mu)^2] = \mathbb{E}_q[x^2] - \mu^2")
"""

from helpers.derivations.checking import check_derivation

__all__ = ["check_derivation"]
