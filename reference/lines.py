"""Lines of reports that more than one sheet has."""

from dataclasses import replace

import numpy as np

from reference import probes

DIFFER = "Two calls with the same arguments give different results."


def draws_nothing(student, name, arguments, mistake):
    """A line: two calls give the same; for what students compute with random numbers anyway."""
    line = student.meets(_are_the_same, probes.twice, name, arguments, what="draws nothing itself")
    return replace(line, mistake=mistake) if DIFFER in line.message else line


def _are_the_same(results):
    """A condition: two results are equal, as far as they are numbers."""
    try:
        one, other = results
        return "" if np.array_equal(one, other, equal_nan=True) else DIFFER
    except (TypeError, ValueError):
        return "What it returns are no numbers in rows and columns."
