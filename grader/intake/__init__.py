"""What was handed in: found, read whatever its state, and put back into the form of its sheet."""
