"""A submission from its folder to its verdicts, and a whole class of them."""
