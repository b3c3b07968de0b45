"""Aids for the visible checks below a student's function."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np


def rejects(function: Callable, *arguments: object) -> bool:
    """Whether ``function(*arguments)`` raises ValueError; any other exception passes through."""
    try:
        function(*arguments)
    except ValueError:
        return True
    return False


def small_stack(sizes: Sequence[int]) -> list[tuple]:
    """A stack of layers (W, b) of these widths for TensorFlow, filled with the same numbers always.

    W, b: tf.Variables of float32, shapes (n_in, n_out) and (n_out,), all entries within ±1.
    """
    from helpers.quiet import tf  # here, because not every sheet has to wait for TensorFlow

    def filled(*shape: int) -> Any:
        numbers = np.cos(1.7 * np.arange(1, math.prod(shape) + 1)).reshape(shape)
        return tf.Variable(numbers, dtype=tf.float32)

    return [(filled(n_in, n_out), filled(n_out)) for n_in, n_out in pairwise(sizes)]


def linear_network(n_in: int, n_out: int) -> Any:
    """A Keras model (batch, n_in) -> (batch, n_out), x W + b, filled with the same numbers always.

    All weights are within ±1; the kernel comes first among its trainable variables.
    """
    from helpers.quiet import tf  # here, because not every sheet has to wait for TensorFlow

    layers = [tf.keras.layers.Input((n_in,)), tf.keras.layers.Dense(n_out)]
    network = tf.keras.Sequential(layers)
    for variable, values in zip(network.variables, small_stack([n_in, n_out])[0], strict=True):
        variable.assign(values)
    return network


def layer_kinds(network: Any) -> set[str]:
    """The class names of a Keras model's layers, those inside of its layers included."""
    inside = [layer_kinds(layer) for layer in network.layers if hasattr(layer, "layers")]
    return {type(layer).__name__ for layer in network.layers}.union(*inside)


def close(result: Any, expected: Any, tolerance: float = 1e-4) -> bool:
    """Whether a tensor has these values, to ``tolerance`` (relative or absolute), and their shape.

    result: a tensor of torch, with or without gradient, of any dtype, or numbers.
    """
    values = result.detach().numpy() if hasattr(result, "detach") else np.asarray(result)
    expected = np.asarray(expected)
    return values.shape == expected.shape and np.allclose(values, expected, tolerance, tolerance)


def is_verdict(answer: Any) -> bool:
    """Whether an answer is the text "right" or the text "wrong", in whatever letters."""
    return isinstance(answer, str) and answer.strip().lower() in ("right", "wrong")


def fitted(network: Any, inputs: Any, pick: Callable, wanted: Any, steps: int = 200) -> Any:
    """What a torch network puts out after it was trained to put out ``wanted``.

    pick: takes what is compared from the network's output. A network that cannot learn a few
    values for one input lacks parameters, or has a function at its end that bounds it.
    """
    import torch  # here, because not every sheet has to wait for PyTorch

    parameters = list(network.parameters())
    optimizer = torch.optim.Adam(parameters, lr=0.1) if parameters else None
    for _ in range(steps):
        output = pick(network(inputs))
        if optimizer is None or not output.requires_grad:
            break
        optimizer.zero_grad()
        (output - wanted).square().mean().backward()
        optimizer.step()
    return pick(network(inputs)).detach()
