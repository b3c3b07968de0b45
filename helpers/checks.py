"""Aids for the visible checks below a student's function."""

from collections.abc import Callable


def rejects(function: Callable, *arguments: object) -> bool:
    """Whether ``function(*arguments)`` raises ValueError; any other exception passes through."""
    try:
        function(*arguments)
    except ValueError:
        return True
    return False
