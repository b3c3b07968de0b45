"""The check of a text: it is read, and its lines are compared as its derivation says."""

import numpy as np

from derivations.bounding import BoundCheck
from derivations.checking import Check
from derivations.expressions import Problem
from derivations.reader import reading
from derivations.reader.grammar import EQUAL
from derivations.tables import DERIVATIONS, Derivation
from derivations.verdict import Verdict

SEED = 2026  # a student sees the same counterexample at each run


def check_derivation(
    name: str | Derivation,
    text: str,
    generator: np.random.Generator | None = None,
    hints: bool = True,
) -> Verdict:
    r"""Check a derivation line by line.

    name: of the derivation, one of `DERIVATIONS`, or a table of your own; text: its LaTeX, one line
    for each `=`, `\ge` or `\le`; generator: draws the settings at which lines are compared
    (default: the same at each call); hints: whether a small change is looked for that would make a
    wrong line right, up to half a second for each. Raises ValueError for an unknown name; anything
    else that is wrong stands in the verdict.
    """
    if isinstance(name, str) and name not in DERIVATIONS:
        raise ValueError(f"there is no derivation {name!r}; there are {', '.join(DERIVATIONS)}")
    table = DERIVATIONS[name] if isinstance(name, str) else name
    bound = table.relation != EQUAL
    try:
        lines = reading.read(text, bound)
    except Problem as problem:
        return Verdict(table.title, (), problem=problem.message)
    if not lines:
        return Verdict(table.title, (), problem="Not written yet: there are no lines.")
    check = BoundCheck if bound else Check
    return check(table, lines, generator or np.random.default_rng(SEED), hints).verdict()


def warm_up() -> None:
    """Build what every text needs to be read, about 0.8 s of work; nothing is computed.

    For a process that is forked for each of many texts.
    """
    for table in DERIVATIONS.values():
        reading.read(f"{table.quantity} {table.relation} {table.closed}", table.relation != EQUAL)
