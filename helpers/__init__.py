"""What the notebooks of the course import: figures, densities for them, and aids for the checks."""
