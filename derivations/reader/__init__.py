"""From LaTeX to trees: the grammar, rows, lines, and words for what cannot be read."""
