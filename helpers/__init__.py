"""What the notebooks of the course import: data, training, figures, and aids for the checks."""
