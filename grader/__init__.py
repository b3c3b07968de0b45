"""The grading machinery: it knows nothing of any one sheet."""

import logging

from grader.inprocess import judge

__all__ = ["judge"]

# That a check traces many functions is no news to whoever grades, and on standard error nbgrader
# would take it for a failure.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
