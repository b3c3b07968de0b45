"""What runs beside a student's functions on more than one sheet with PyTorch."""

import torch


def twice(functions, name, arguments):
    """What two calls with the same arguments return."""

    def call():
        copies = [a.clone() if isinstance(a, torch.Tensor) else a for a in arguments]
        return functions[name](*copies)

    return [call(), call()]


def gradients(functions, name, arguments, wanted, direction):
    """Of the result's product with a direction, with respect to the wanted arguments."""
    with torch.enable_grad():  # whatever another function of the student's has left behind
        arguments = {
            key: value.clone() if isinstance(value, torch.Tensor) else value
            for key, value in arguments.items()
        }
        leaves = [arguments[key].requires_grad_() for key in wanted]
        result = functions[name](*arguments.values())
        if not isinstance(result, torch.Tensor):
            kind = type(result).__name__
            raise TypeError(f"a {kind} is returned, through which no gradient goes")
        if not result.requires_grad:
            raise ValueError(f"no gradient reaches {' or '.join(wanted)}")
        found = torch.autograd.grad((result * direction).sum(), leaves, allow_unused=True)
    for key, gradient in zip(wanted, found, strict=True):
        if gradient is None:
            raise ValueError(f"no gradient reaches {key}")
    return dict(zip(wanted, found, strict=True))
