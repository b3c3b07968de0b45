"""How good the checks are: measured on mistakes, mutants and right answers in other styles."""
