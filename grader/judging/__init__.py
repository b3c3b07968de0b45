"""A verdict on one item: a check asks for values, compares them, and names the mistake."""
