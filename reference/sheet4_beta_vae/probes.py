"""What runs beside a student's functions: a small model of the judge's own, and what is left of it.

`weights` are those of the decoder. settings, where not the usual: mode: "eval", "train", or
"mixed": then by flags; scale of the logits; double; asks: the latents want a gradient; grad mode:
False where gradients are switched off.
"""

import torch
from torch import nn


class Noise(nn.Module):
    """In train mode, noise on what passes."""

    def forward(self, x):
        return x + torch.randn_like(x) if self.training else x


class Enlarge(nn.Module):
    """(n, 3, 8, 8) → (n, 3, 64, 64), logits of any size."""

    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def forward(self, x):
        return self.scale * x.repeat_interleave(8, 2).repeat_interleave(8, 3)


class Encoder(nn.Module):
    """Refuses whatever comes."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.BatchNorm1d(12), nn.Dropout(0.5))

    def forward(self, images):
        raise RuntimeError("the encoder has nothing to do here: only latents are given")


class Decoder(nn.Module):
    """Latents (n, 32) → logits (n, 3, 64, 64), with layers that know train and eval mode."""

    def __init__(self, weights, scale):
        super().__init__()
        first, norm, last = nn.Linear(32, 12), nn.BatchNorm1d(12), nn.Linear(12, 3 * 8 * 8)
        filled = {
            first.weight: weights[0].T,
            first.bias: weights[1] / 2,
            norm.running_mean: weights[1],
            norm.running_var: weights[2],
            last.weight: weights[3].T,
            last.bias: weights[4],
        }
        with torch.no_grad():
            for tensor, values in filled.items():
                tensor.copy_(values)
        layers = first, norm, Noise(), nn.Tanh(), nn.Dropout(0.3), last
        self.layers = nn.Sequential(*layers, nn.Unflatten(1, (3, 8, 8)), Enlarge(scale))

    def forward(self, z):
        return self.layers(z)


class Model(nn.Module):
    """Both, as `beta_vae.BetaVAE` has them; every third parameter is frozen."""

    def __init__(self, weights, settings):
        super().__init__()
        self.encoder, self.decoder = Encoder(), Decoder(weights, settings.get("scale", 1.0))
        self.train(settings["mode"] != "eval")
        if settings["mode"] == "mixed":
            layers, others = self.decoder.layers, self.encoder.layers
            parts = [self, self.decoder, layers[1], layers[2], layers[4], others[1]]
            for part, flag in zip(parts, settings["flags"], strict=True):
                part.training = flag
        for number, p in enumerate(self.parameters()):
            p.requires_grad_(number % 3 != 1)
        if settings.get("double"):
            self.double()

    def forward(self, images, eps):
        mean, log_var = self.encoder(images)
        return self.decoder(mean + torch.exp(log_var / 2) * eps), mean, log_var


def pictures(functions, weights, z, settings):
    """What a function makes of latents; of many pictures, some of the pixels."""
    images = _after(functions, weights, z, settings)[0]
    is_large = isinstance(images, torch.Tensor) and images.shape == (150, 3, 64, 64)
    return images[:, :, ::8, 4::8] if is_large else images


def left(functions, weights, z, settings, report):
    """What is there after a call, by the words for it."""
    return REPORTS[report](*_after(functions, weights, z, settings))


def _after(functions, weights, z, settings):
    """The pictures, the latents and the model, after a call; and whether gradients are on."""
    model = Model(weights, settings)
    z = z.double() if settings.get("double") else z
    z = z.clone().requires_grad_() if settings.get("asks") else z
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(settings.get("grad mode", True))
    try:
        images = functions["generate"](model, z)
        return images, z, model, torch.is_grad_enabled()
    finally:
        torch.set_grad_enabled(before)


def _gradients(images, z, model, on):
    tensors = dict(model.named_parameters()) | {"z": z}
    return {f"{name} has a gradient": t.grad is not None for name, t in tensors.items()} | {
        "the pictures have requires_grad": getattr(images, "requires_grad", False),
        "the pictures have the graph that made them": getattr(images, "grad_fn", None) is not None,
    }


def _modes(images, z, model, on):
    named = model.named_modules()
    return {f"{name or 'the model'} is in train mode": module.training for name, module in named}


def _frozen(images, z, model, on):
    return {f"requires_grad of {name}": p.requires_grad for name, p in model.named_parameters()}


def _contents(images, z, model, on):
    """Parameters, buffers and settings of each module: a dropout's share, say, and its hooks."""
    return {name or "the model": _of_module(module) for name, module in model.named_modules()}


def _of_module(module):
    tensors = dict(module.named_parameters(recurse=False)) | dict(
        module.named_buffers(recurse=False)
    )
    plain = {k: v for k, v in vars(module).items() if isinstance(v, (bool, int, float, str))}
    del plain["training"]
    hooks = len(module._forward_hooks) + len(module._forward_pre_hooks)
    types = {f"type of {name}": str(tensor.dtype) for name, tensor in tensors.items()}
    return tensors | types | plain | {"hooks": hooks, "forward": "forward" in vars(module)}


def _grad_mode(images, z, model, on):
    return {"torch.is_grad_enabled()": on}


REPORTS = {
    "gradients": _gradients,
    "modes": _modes,
    "frozen": _frozen,
    "contents": _contents,
    "grad mode": _grad_mode,
}


def latents(functions):
    """The student's latents; None where there are none. Gradients are on afterwards as before."""
    before = torch.is_grad_enabled()
    try:
        return functions["diverse_latents"]()
    except Exception:
        return None
    finally:
        torch.set_grad_enabled(before)


def generate(model, z):
    """A stand-in: pictures for a search among latents, which needs true ones."""
    return torch.sigmoid(model.eval().decoder(z)).detach()


def traversed_twice(functions, z, dim, values):
    """The rows for another latent, after a call; and z as it is then."""
    first = functions["traverse"](z, dim, values)
    kept = first.clone()
    return kept, functions["traverse"](z, (dim + 7) % 32, values[:4]), z


def traversed_with_gradient(functions, z, dim, values):
    """The rows for a latent of which a gradient is wanted."""
    return functions["traverse"](z.clone().requires_grad_(), dim, values)
