"""TensorFlow without its start-up messages: ``from helpers.quiet import tf``.

TensorFlow greets from its C++ libraries when it is imported and again at its first operation,
on standard error, and whatever is on standard error looks like a mistake in a notebook. Only
environment variables silence it, and only if they are set before the import.
"""

import os

# One message, about oneDNN's rounding, goes past every log level: it is there unless oneDNN is off.
# That makes training some 5 % slower, and its results equal on more machines.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # what goes wrong is raised as an exception too

import tensorflow as tf  # noqa: E402  (after the variables, that is the point)

__all__ = ["tf"]
