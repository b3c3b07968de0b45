"""Machine-made mutants of the solutions that compute the same thing, each with the reason why.

A key reads "<item>: <mutant>" exactly as `python -m grader audit sheet1_kl` prints it.
"""

EQUIVALENT: dict[str, str] = {}
