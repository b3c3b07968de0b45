"""The same arguments in other forms: another precision, one row, plain numbers."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np


def _cast(value: Any, dtype: str) -> Any:
    """An array of floats, of any framework, in another precision."""
    match type(value).__module__.partition(".")[0]:
        case "torch" if value.is_floating_point():
            return value.double() if dtype == "float64" else value.float()
        case "tensorflow" if value.dtype.is_floating:
            import tensorflow as tf

            return tf.cast(value, dtype)
    is_floats = isinstance(value, np.ndarray) and value.dtype.kind == "f"
    return value.astype(dtype) if is_floats else value


def _is_array(value: Any) -> bool:
    return hasattr(value, "shape") and len(value.shape) > 0


def _one_row(value: Any) -> Any:
    return value[:1] if _is_array(value) else value


def _single(value: Any) -> Any:
    return value[0] if _is_array(value) else value


def _numbers(value: Any) -> Any:
    return float(value[(0,) * len(value.shape)]) if _is_array(value) else value


# What each makes of one argument. An argument that is no array stays as it is.
VARIANTS: dict[str, Callable[[Any], Any]] = {
    "float32": partial(_cast, dtype="float32"),
    "float64": partial(_cast, dtype="float64"),
    "one_row": _one_row,  # a batch of one
    "single": _single,  # the first row, without the batch's axis
    "numbers": _numbers,  # the first entry, as a Python float
}
