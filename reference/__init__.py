"""The instructors' side of the sheets: reference implementations, checks and known mistakes."""
