"""The grading machinery: it knows nothing of any one sheet."""

from grader.inprocess import judge

__all__ = ["judge"]
