"""What the judge tries on the networks and their training; see the folder above for the rest.

A student's network may look as it likes: it gets parameters that the judge chose, and returns what
it puts out; what that shows is computed here. The functions get networks of the judge's own.
"""

from dataclasses import dataclass

import numpy as np
import torch

from reference import randomness
from reference.sheet3_vae.networks import mistakes, probes
from reference.sheet3_vae.networks import reference as right

# ── Encoder, Decoder ─────────────────────────────────────────────────────────────────────────


PARTS_OF = {"Encoder": ("mean", "log_var"), "Decoder": ("logits",)}
RANGES = {  # how far a part must reach, and the words for it
    "log_var": (7.99, "log_var takes any value between -8 and 8"),
    "mean": (2.99, "the mean takes any value"),
    "logits": (500, "the logits are unbounded"),
}
INDEPENDENT = {
    "Encoder": "mean and log_var are moved independently, in every dimension",
    "Decoder": "every pixel has a logit of its own",
}
ALIKE = {"log_var": "one_log_var_for_all_dimensions", "logits": "one_logit_for_all_pixels"}


def Encoder(student, draw):
    sizes = [draw.integers(11, 15), draw.integers(17, 23), draw.integers(4, 7)]
    yield from _network_lines(student, draw, "Encoder", sizes)


def Decoder(student, draw):
    sizes = [draw.integers(4, 7), draw.integers(17, 23), draw.integers(11, 15)]
    yield from _network_lines(student, draw, "Decoder", sizes)


def _network_lines(student, draw, name, sizes):
    seen = yield from _seen(student, draw, name, sizes)
    if seen is None:
        return
    yield from _is_deep(student, name, sizes, seen)
    free = [_is_free(student, seen, part) for part in reversed(PARTS_OF[name])]
    yield from free
    if all(line.passed for line in free):
        alike = [mistake for part, mistake in ALIKE.items() if seen.alike.get(part)]
        yield student.holds(
            seen.independent,
            INDEPENDENT[name],
            "However the parameters change, some of the outputs only change together.",
            mistake="one_head" if seen.same else next(iter(alike), None),
            core=True,
            share=2,
        )
    yield from _is_sound(student, name, sizes, seen)


def _seen(student, draw, name, sizes):
    """Lines on what a new network returns; and what can be seen of it further, or None."""
    other = [draw.integers(8, 11), draw.integers(5, 8), draw.integers(12, 15)]  # few are hidden
    latent_1 = [draw.integers(7, 10), draw.integers(3, 6), 1]
    fits = True
    for others, batch, what, core in (
        (sizes, 6, "returns what it should for a batch", True),
        (sizes, 1, "takes a single row", False),
        (other, 3, "takes any sizes", True),
        (latent_1 if name == "Encoder" else latent_1[::-1], 2, "takes a latent of 1", False),
    ):
        x, share = _rows(draw, name, batch, others[0]), 1.0 if core else 0.5
        line = student.compare(probes.shapes, name, others, x, what=what, core=core, share=share)
        yield line
        fits &= line.passed or not core
    if not fits:
        return None
    try:
        return Seen(student, draw, name, sizes)
    except (TypeError, ValueError):  # no network puts that out: the reply was made up
        yield student.holds(False, "what it puts out can be read", core=True)
        return None


def _rows(draw, name, batch, n):
    """Binary images for the encoder, normal latents for the decoder."""
    values = draw.integers(0, 2, (batch, n)) if name == "Encoder" else draw.normal((batch, n))
    return _floats(values)


TINY = 1e-4  # relative: float32 is far below, and whatever is looked for far above
SCALES = (1.0, 3.0, 10.0, 10.0, 100.0, 100.0, 1000.0, 1000.0)  # of parameters, for the range
NUDGE = 5e-3  # of a parameter, for its slope
MOST = 60  # parameters that are nudged
WIDE = 200  # pixels, of which one is a small part
INVERTED = 40  # of these, each in a batch of its own
MIXED = 0.02  # a change of an output that counts, in standard deviations
SHARE_MIXED = 0.01  # of all pairs of an input and an output
UNRELATED = 1.4  # a mean squared distance, in variances: 2 where the outputs are unrelated


STEADY = "gives the same for the same input, twice"
BY_ROW = "each row is computed by itself, whatever else is in the batch"
REACHED = "a gradient reaches every parameter"
WHOLE = "everything that it computes with is among its parameters"
BENT = "there is a non-linearity between input and output"
ANOTHER_FOR_EACH = "log_var is another one for each image"


class Seen:
    """What the outputs of a network show, for parameters and inputs that the judge chose.

    Each request makes a network of its own. Raises ValueError or TypeError for a reply that no
    network gives. Dictionaries have an entry for each part of the outputs, by its name.
    """

    def __init__(self, student, draw, name, sizes):
        self._student, self._draw, self._name, self._sizes = student, draw, name, sizes
        self._seed = self._seeds(1)[0]
        self._rows = _rows(draw, name, 10, sizes[0])
        self._look_at_inputs()
        self._look_at_neighbours()
        self._look_at_parameters()
        self._look_at_slopes()

    def _seeds(self, n):
        return [self._draw.integers(0, 2**30) for _ in range(n)]

    def _outputs(self, settings, *batches, in_eval_mode=False, sizes=None):
        """The parts, float64 (rows, n), for each setting and batch; None for a refused batch."""
        sizes = sizes or self._sizes
        found = self._student.value(
            probes.outputs, self._name, sizes, settings, list(batches), in_eval_mode
        )
        found = [_same_length(parts, batches) for parts in _same_length(found, settings)]
        parts = PARTS_OF[self._name]
        return [
            [
                None if batch is None else list(map(_array, _same_length(batch, parts)))
                for batch in batches
            ]
            for batches in found
        ]

    def _named(self, function, parts):
        return {key: function(part) for key, part in zip(PARTS_OF[self._name], parts, strict=True)}

    def _look_at_inputs(self):
        """One setting of the parameters, many inputs."""
        rows, usual = self._rows, [[self._seed, 1.0, None]]
        more = rows, rows.flip(0)[:4], rows, rows[:1], rows[4:5]
        corners = _corners(self._draw, self._name, self._sizes[0])
        found = self._outputs([usual], rows, *more, *corners)[0]
        (once, again, _, later, first, fifth), four = found[:6], found[6:]
        self._once = once = _full(once, len(rows))
        within, beyond = self._student.within, self._student.beyond
        self.steady = within(_distance(again, once), TINY, STEADY)
        self.by_row = within(_distance(later, once), TINY, BY_ROW) and all(
            within(_from_row(one, once, i), TINY, BY_ROW) for one, i in ((first, 0), (fifth, 4))
        )
        calm, still_calm = self._outputs([usual], rows, rows, in_eval_mode=True)[0]
        self.calm = _distance(still_calm, calm) < TINY
        a, b, c, d = (corner[0] for corner in four)
        bend = np.abs(a + b - c - d).max() / max(1e-6, *map(_size, (a, b, c, d)))
        self.bends = beyond(bend, 1e-3, BENT)
        lines = iter((BENT, ANOTHER_FOR_EACH))
        self.follows = self._named(
            lambda part: beyond(part.std(axis=0).max(), TINY, next(lines)), once
        )
        self.alike = self._named(lambda part: np.ptp(part, axis=1).max() < TINY, once)
        self.same = len(once) == 2 and _distance(once[:1], once[1:]) < 1e-6

    def _look_at_neighbours(self):
        """One setting of the parameters, and inputs that differ in a single variable.

        mixes: the same change can raise an output or lower it, which takes a hidden layer;
        smooth: a small change of the input changes little. Pixels are only 0 and 1, for an encoder
        may round them; there, one of many pixels is a small change.
        """
        name, draw = self._name, self._draw
        within, beyond = self._student.within, self._student.beyond
        sizes = [WIDE, *self._sizes[1:]] if name == "Encoder" else self._sizes
        rows = _rows(draw, name, 32, sizes[0])
        tried = range(min(sizes[0], INVERTED))
        moved = [_moved(name, rows, k) for k in tried]
        path = torch.linspace(-2, 2, 200)[:, None] * _rows(draw, "Decoder", 1, sizes[0])
        batches = [rows, *moved] + [path] * (name == "Decoder")
        usual = [[self._seed, 1.0, None]]
        found = [_one_table(parts) for parts in self._outputs([usual], *batches, sizes=sizes)[0]]
        here, there = found[0], np.stack(found[1 : 1 + len(tried)])
        spread = here.std(axis=0)
        spread = np.maximum(spread, max(1e-12, 1e-3 * spread.max()))  # some may be constant
        steps = (there - here) / spread
        if name == "Encoder":
            moved_by = np.median((steps**2).mean(axis=1), axis=1)  # for each pixel
            self.smooth = within(moved_by.max(), UNRELATED, BENT)
            steps = steps * np.sign(np.stack(moved) - rows.numpy()).sum(axis=2)[:, :, None]
        else:
            jumps = np.abs(np.diff(found[-1], axis=0)).max(axis=0)
            share = jumps / np.ptp(found[-1], axis=0).clip(TINY)
            self.smooth = within(share.max(), 0.2, BENT)
        both = (steps.max(axis=1) > MIXED) & (steps.min(axis=1) < -MIXED)
        self.mixes = beyond(both.mean(), SHARE_MIXED, BENT)

    def _look_at_parameters(self):
        """One input, many settings of the parameters."""
        a, b, *others = self._seeds(22)
        halfway = [[a, 0.5, None], [b, 0.5, None]]
        settings = [[[self._seed, 1.0, None]], [[a, 1.0, None]], [[b, 1.0, None]], halfway]
        copy, one, other, middle = (found[0] for found in self._outputs(settings, self._rows))
        self.copied = self._student.within(_distance(copy, self._once), TINY, WHOLE)
        pairs = zip(one, other, middle, strict=True)
        curve = max(np.abs(a + b - 2 * m).max() / _size(a) for a, b, m in pairs)
        self.curved = self._student.beyond(curve, 1e-3, WHOLE)
        many = self._outputs([[[seed, 1.0, None]] for seed in others], self._rows)
        table = np.concatenate([np.concatenate(parts, axis=1) for (parts,) in many])
        table = table - table.mean(axis=0)
        table = table / np.linalg.norm(table, axis=0).clip(1e-12)
        smallest = np.linalg.svd(table, compute_uv=False).min()
        self.independent = self._student.beyond(smallest, 1e-3, INDEPENDENT[self._name])
        scales = [[[seed, scale, None]] for seed, scale in zip(self._seeds(8), SCALES, strict=True)]
        extremes = zip(*(found[0] for found in self._outputs(scales, self._rows)), strict=True)
        self.ranges = self._named(np.concatenate, extremes)

    def _look_at_slopes(self):
        """Each parameter moved along a random direction: by autograd, and as the outputs show it.

        shapes: of the parameters that move the outputs. unreached: one does, and autograd does not
        say how. strangers and frozen are what the student's process says; they only name mistakes.
        """
        directions = self._seeds(MOST)
        about = self._student.value(
            probes.slopes, self._name, self._sizes, self._seed, self._rows, directions
        )
        if not isinstance(about, dict):
            raise TypeError("a dictionary is expected")
        self.strangers, self.frozen = (int(about.get(key, 0)) for key in ("strangers", "frozen"))
        shapes = list(about.get("shapes", ()))[:MOST]
        slopes = _array(about.get("slopes")).reshape(-1 if shapes else 0, len(shapes))
        usual = [self._seed, 1.0, None]
        settings = [
            [usual, [directions[i], size, i]]
            for i in range(len(shapes))
            for size in (NUDGE, -NUDGE, 1.0)
        ]
        found = [parts for (parts,) in self._outputs(settings, self._rows)]
        self.shapes, self.unreached = [], False
        for shape, slope, up, down, far in zip(
            shapes, slopes.T, found[::3], found[1::3], found[2::3], strict=True
        ):
            if _distance(far, self._once) > TINY:
                self.shapes.append(list(shape))
                another = not np.isfinite(slope).any() or not self._agrees(slope, up, down)
                self.unreached |= another

    @property
    def whole(self):
        """Whether all that it computes with is among its parameters.

        The same parameters then give the same; and a network with a hidden layer is no linear
        function of them, as one is whose first layer is not among them.
        """
        same = not self.steady or (self.copied and (self.curved or not self.bends))
        return not self.strangers and same

    def _agrees(self, slope, up, down):
        """Whether a slope is that of the outputs, as far as they move; there may be kinks."""
        if _distance(up, down) < 10 * TINY:
            return True
        moved = np.concatenate([(a - b).sum(axis=0) for a, b in zip(up, down, strict=True)])
        moved = moved / (2 * NUDGE)
        slope = np.nan_to_num(slope)  # a parameter of one head does not move the other
        apart = np.linalg.norm(moved - slope) / np.linalg.norm(moved)
        return self._student.within(apart, 0.5, REACHED)


def _corners(draw, name, n):
    """Four batches, of which the first two have the same sum as the last two."""
    corners = _rows(draw, name, 4 * 6, n).reshape(4, 6, n)
    if name == "Encoder":  # binary too: a and b have no pixel in common, c is both, d is black
        corners[1] *= 1 - corners[0]
        corners[2], corners[3] = corners[0] + corners[1], 0.0
    else:
        corners[3] = corners[0] + corners[1] - corners[2]
    return corners


def _moved(name, rows, k):
    """Rows of which the variable k is another one: a pixel inverted, a latent increased."""
    rows = rows.clone()
    rows[:, k] = 1 - rows[:, k] if name == "Encoder" else rows[:, k] + 1
    return rows


def _one_table(parts):
    """All parts side by side, one row for each input."""
    if parts is None or any(part.ndim != 2 for part in parts):
        raise ValueError("a row for each input is expected")
    return np.concatenate(parts, axis=1)


def _array(values):
    return np.asarray(values, np.float64)


def _same_length(found, wanted):
    if not isinstance(found, (list, tuple)) or len(found) != len(wanted):
        raise TypeError(f"a list of {len(wanted)} is expected")
    return found


def _full(parts, n):
    """The parts, if each of them has n rows."""
    if any(part.ndim != 2 or len(part) != n for part in parts):
        raise ValueError(f"{n} rows are expected")
    return parts


def _size(part):
    return np.abs(part).max()


def _distance(parts, others):
    pairs = zip(parts, others, strict=True)
    return max(_size(one - other) / max(_size(other), 1e-3) for one, other in pairs)


def _from_row(parts, once, i):
    """How far a batch of one row is from what that row gave among others.

    Relative to the whole batch: a row may be near 0 by chance, where what is added up is not.
    """
    if parts is None:
        return np.inf
    if any(part.ndim < 2 for part in parts):
        return 0.0  # the axis of the batch is gone, which is another matter
    pairs = zip(parts, once, strict=True)
    return max(_size(one[0] - other[i]) / max(_size(other), 1e-3) for one, other in pairs)


def _is_free(student, seen, part):
    """A line: a part of the outputs takes values up to a limit of either sign."""
    limit, what = RANGES[part]
    finite = seen.ranges[part][np.isfinite(seen.ranges[part])]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 0.0)
    free = bool(low <= -limit and high >= limit)
    words = f"With large parameters the values lie between {low:.3g} and {high:.3g}."
    mistake = _kind_of_range(part, seen) if seen.whole else None  # others are not so large
    return student.holds(free, what, words, mistake=mistake, core=True, share=3)


def _kind_of_range(part, seen):
    """The mistake that the values of an output show, if it is a known one."""
    values = seen.ranges[part]
    finite = values[np.isfinite(values)]
    usual = values[: len(values) // len(SCALES)]  # those of parameters that are not large
    if not finite.size or finite.min() == finite.max():
        return None
    low, high = finite.min(), finite.max()
    if low >= 0:
        kind = "sigmoid" if high <= 1 else "relu" if np.mean(usual == 0) > 0.02 else "softplus"
        kind = "exponential" if np.isposinf(values).any() else kind
        sums_to_1 = np.abs(usual.sum(axis=-1) - 1).max() < TINY
        kind = "softmax" if kind == "sigmoid" and sums_to_1 else kind
        kind = "samples" if np.isin(usual, (0, 1)).all() else kind
    elif high <= 0:
        kind = "logarithm"
    else:
        kind = "tanh" if max(-low, high) <= 1 else "clamped"
    return _if_known("Decoder" if part == "logits" else "Encoder", f"{kind}_on_{part}")


def _if_known(item, mistake):
    return mistake if f"{item}__{mistake}" in vars(mistakes) else None


def _is_deep(student, name, sizes, seen):
    """Lines on what the network is made of."""
    yield student.holds(
        seen.whole,
        WHOLE,
        f"{seen.strangers} of the tensors it computes with are not in parameters()."
        if seen.strangers
        else "",
        mistake=_kind_of_stranger(name, seen),
        core=True,
        share=3,
    )
    first = PARTS_OF[name][0]
    # other rows, and draws, move the outputs too: then what an input does cannot be seen
    calm = seen.steady and seen.by_row
    yield student.holds(
        seen.follows[first] and seen.bends and (not calm or seen.smooth and seen.mixes),
        BENT,
        mistake=_kind_of_straight(sizes, seen) if seen.follows[first] else "input_ignored",
        core=True,
        share=4,
    )
    if name == "Encoder" and seen.follows[first]:
        positive = seen.ranges["log_var"].min() >= 0
        kind = _kind_of_range("log_var", seen) if positive else None
        yield student.holds(
            seen.follows["log_var"],
            ANOTHER_FOR_EACH,
            mistake=kind or "log_var_for_all_images",
            core=True,
            share=2,
        )


def _kind_of_straight(sizes, seen):
    """The mistake of a network without a bend: where no layer is hidden, or one that is linear."""
    return "linear" if _has_hidden_layer(sizes, seen) else "no_hidden_layer"


def _kind_of_width(sizes, seen):
    """The mistake of a network in which no parameter has the width n_hidden."""
    return "width_ignored" if _has_hidden_layer(sizes, seen) else "no_hidden_layer"


def _has_hidden_layer(sizes, seen):
    """Whether a parameter in use has a width that is not that of the input or of an output."""
    n_in, _, n_out = sizes
    return any(set(shape) - {1, n_in, n_out, 2 * n_out} for shape in seen.shapes)


def _kind_of_stranger(name, seen):
    """The mistake behind numbers that are not among the parameters."""
    if not seen.strangers:
        fixed = _if_known(name, "fixed_features") if seen.copied else None
        return fixed or "not_parameters"
    new = None if seen.steady else _if_known(name, "new_layer_on_every_call")
    return new or "not_registered"


ALWAYS_RANDOM = "Noise is added, or a dropout stays on whatever the mode."


def _is_sound(student, name, sizes, seen):
    """Lines on the rest of the contract."""
    n_hidden = sizes[1]
    yield student.holds(
        any(n_hidden in shape for shape in seen.shapes),
        "there is a hidden layer of width n_hidden",
        f"With n_hidden = {n_hidden} the parameters in use have the shapes {seen.shapes}.",
        mistake=_kind_of_width(sizes, seen) if seen.whole else None,
        share=1.5,  # the shapes are what the student's process says
    )
    for holds, what, otherwise, mistake in (
        (
            seen.steady or seen.strangers > 0,
            STEADY,
            ALWAYS_RANDOM,
            "dropout" if seen.calm else _kind_of_draw(name, seen),
        ),
        (
            not seen.steady or seen.by_row,
            BY_ROW,
            "",
            "batch_norm",
        ),
        (
            # a number that batch normalisation takes off again gets no gradient; and what is not
            # among the parameters is another in each network, whose slopes cannot be compared
            not seen.steady or not seen.by_row or not seen.whole or not seen.unreached,
            REACHED,
            "",
            "frozen" if seen.frozen else "detached",
        ),
    ):
        yield student.holds(holds, what, otherwise, mistake, core=True, share=3)


def _kind_of_draw(name, seen):
    """The mistake of a network that is random in eval mode too."""
    if name == "Encoder":
        return "sample_returned"
    values = seen.ranges[PARTS_OF[name][0]]
    return "samples_on_logits" if np.isin(values, (0, 1)).all() else None


# ── negative_elbo ────────────────────────────────────────────────────────────────────────────

PARTS = {
    "reparametrize": probes.reparametrize,
    "reconstruction_loss": probes.reconstruction_loss,
    "kl_loss": probes.kl_loss,
}


def negative_elbo(student, draw):
    yield from _with_stand_ins(student, draw, "negative_elbo", _elbo_lines, PARTS)


def _elbo_lines(student, draw, instead):
    name, case = "negative_elbo", _case(draw, [9, 8, 3], batch=5)
    yield from _value_and_gradient(student, name, case, instead, core=True, share=4)
    yield _uses_the_noise(student, name, case, instead)
    yield student.compare(
        probes.gradients,
        name,
        *case,
        "tanh",
        True,
        what="reconstruction and kl have gradients of their own",
        share=2,
        instead=instead,
        **SUMMED,
    )
    for sizes, batch, activation, what in (
        ([7, 4], 4, "tanh", "networks without a hidden layer"),
        ([12, 9, 6, 2], 3, "relu", "deeper networks"),
        ([5, 7, 1], 2, "sin", "a latent of 1"),
        ([9, 8, 3], 1, "tanh", "a single image"),
        ([3, 8, 6], 12, "tanh", "more latent dimensions than pixels"),
    ):
        other = *_case(draw, sizes, batch, activation=activation), activation
        yield from _value_and_gradient(student, name, other, instead, what)
    certain = _case(draw, [9, 8, 3], batch=4)
    certain[0]["decoder"][-1] += torch.tensor([60.0, -60.0, 0.0]).repeat(3)
    yield from _value_and_gradient(student, name, certain, instead, "logits of ±60")
    for what, other in _of_one_size(draw).items():
        yield from _value_and_gradient(student, name, other, instead, what)
    yield from _last_lines(student, name, case, instead)


# A gradient adds up terms of all rows and samples, larger than itself, in float32.
SUMMED = {"rtol": 5e-4, "atol": 1e-4}


def _value_and_gradient(student, name, case, instead, what="", core=False, share=1.0):
    """Lines on what a function returns, and on its gradient with respect to all parameters."""
    for probe, words, more in (
        (probes.bound, "agrees with the formula", "the value"),
        (probes.gradients, "the gradient reaches all parameters, and is right", "the gradient"),
    ):
        words = f"{what}: {more}" if what else words
        options = {"core": core, "share": share, "instead": instead}
        options |= SUMMED if probe is probes.gradients else {}
        yield student.compare(probe, name, *case, what=words, **options)


def _uses_the_noise(student, name, case, instead):
    """A line: what is drawn is passed, so that two calls agree."""
    one, other = (student.value(probes.bound, name, *case, instead=instead) for _ in range(2))
    return student.holds(
        str(one) == str(other),
        "gives the same for the same noise",
        mistake="own_noise",
        core=True,
    )


def _last_lines(student, name, case, instead):
    yield student.compare(
        probes.bound, name, *_doubled(case), what="takes float64", instead=instead
    )
    yield student.compare(
        probes.networks_after,
        name,
        *case,
        what="leaves the networks as they are: no step, no gradient stored",
        instead=instead,
    )


def _doubled(case):
    """The same in float64."""
    weights, x, eps = case
    doubled = {part: [array.double() for array in arrays] for part, arrays in weights.items()}
    return doubled, x.double(), eps.double()


def _case(draw, sizes, batch, samples=None, scale=1.0, activation="tanh"):
    """Weights for an encoder and a decoder with given sizes, images, and noise.

    The noise and the log variances have both signs, so that no guess from signs is right by chance,
    and no variance is tiny by chance.
    samples: how many draws of noise for each image; an axis more than without.
    """
    leading = (batch,) if samples is None else (samples, batch)
    while True:
        weights = {
            "encoder": _weights(draw, [*sizes[:-1], 2 * sizes[-1]], scale),
            "decoder": _weights(draw, sizes[::-1], scale),
        }
        x = _floats(draw.integers(0, 2, (batch, sizes[0])))
        eps = _floats(draw.normal((*leading, sizes[-1])))
        log_var = probes.encoded(weights, x, activation)[1]
        if log_var.min() > -4.0 and all(map(_has_both_signs, (eps, log_var))):
            return weights, x, eps


def _has_both_signs(values):
    """Whether they go from below -0.1 to above 0.1; a single one cannot."""
    return values.numel() == 1 or (values.min() < -0.1 and values.max() > 0.1)


def _weights(draw, sizes, scale):
    """W and b of each layer, one after another; the outputs are neither small nor large."""
    pairs = zip(sizes[:-1], sizes[1:], strict=True)
    arrays = []
    for n_in, n_out in pairs:
        spread = scale * 1.2 / np.sqrt(n_in)
        arrays += [draw.normal((n_in, n_out), spread), draw.normal((n_out,), 0.5 * scale)]
    return [_floats(array) for array in arrays]


def _floats(array):
    return torch.from_numpy(np.asarray(array, np.float32))


def _with_stand_ins(student, draw, name, lines, parts):
    """The lines on a function that may use other functions of the student's.

    Those that do not keep their own contract are replaced, so that what is wrong with them costs
    nothing here. Unless the function is right with them as they are: it may undo what they did.
    """
    cases = _case(draw, [6, 5, 2], batch=4), _extreme_case(draw), *_of_one_size(draw).values()
    wrong = [part for part in parts if not all(_agrees(student, part, case) for case in cases)]
    used = {}
    if wrong:
        case = _usual_case(draw, name)
        stand_ins = {part: parts[part] for part in wrong}
        called = student.value(probes.called, name, *case, instead=stand_ins)
        used = {part: stand_ins[part] for part in wrong if part in called}
        if used and _agrees(student, name, case):
            found = list(lines(student, draw, {}))
            if all(line.passed for line in found):
                yield from found
                return
    yield from lines(student, draw, used)


def _usual_case(draw, name):
    """Inputs for a function, as `probes.part` takes them."""
    if name == "train_epoch":
        settings = {"optimizer": "SGD", "learning_rate": 0.05, "report": "parameters"}
        return *_training(draw, [4, 3]), None, settings
    return _case(draw, [6, 5, 2], 3, samples=3 if name == "importance_bound" else None)


def _extreme_case(draw):
    """A standard deviation near 1e-13 beside a usual one, and logits near ±100."""
    case = _certain(_case(draw, [6, 5, 2], batch=4), 50.0)
    case[0]["encoder"][-1][2] -= 60.0
    return case


def _of_one_size(draw, samples=None):
    """Cases whose variances are all tiny, or all above 1, by the words for it.

    Beside others, a tiny one would not show; and positive logarithms could be taken for variances.
    """
    cases = {}
    for shift, what in ((-14.0, "tiny variances"), (2.5, "variances that are all above 1")):
        case = _case(draw, [9, 8, 3], batch=5, samples=samples)
        W, b = case[0]["encoder"][-2:]
        W[:, 3:] *= 0.2
        b[3:] = 0.2 * b[3:] + shift
        cases[what] = case
    return cases


def _certain(case, factor):
    """The same with a decoder whose parameters, and so its logits, are that much larger."""
    weights, x, eps = case
    return weights | {"decoder": [factor * array for array in weights["decoder"]]}, x, eps


def _agrees(student, name, case):
    """Whether a function is right for some inputs, and its gradient too; it may fail."""
    return student.compare(probes.part, name, *case, what=name).passed


# ── importance_bound ─────────────────────────────────────────────────────────────────────────


def importance_bound(student, draw):
    yield from _with_stand_ins(student, draw, "importance_bound", _importance_lines, PARTS)


def _importance_lines(student, draw, instead):
    name, case = "importance_bound", _case(draw, [9, 8, 3], batch=4, samples=6)
    yield from _value_and_gradient(student, name, case, instead, core=True, share=3)
    yield _uses_the_noise(student, name, case, instead)
    one = _case(draw, [8, 6, 2], batch=5, samples=1)
    far = _certain(_case(draw, [500, 6, 3], batch=3, samples=5), 5.0)
    for given, what, options in (
        (one, "k = 1 gives the one-sample ELBO", {"core": True, "share": 3}),
        (far, "is right where the ELBO is near -1000", {"share": 4}),
    ):
        yield student.compare(probes.bound, name, *given, what=what, instead=instead, **options)
    yield student.compare(
        probes.gradients,
        name,
        *_doubled(far),  # in float32 log weights near -1000 are known to 1e-4 only
        what="so is its gradient, in float64",
        share=2,
        rtol=1e-3,
        atol=1e-3,
        instead=instead,
    )
    for sizes, batch, samples, activation, what in (
        ([6, 3], 5, 3, "tanh", "networks without a hidden layer"),
        ([10, 9, 6, 2], 3, 4, "relu", "deeper networks"),
        ([5, 7, 1], 3, 4, "sin", "a latent of 1"),
        ([9, 8, 3], 1, 5, "tanh", "a single image"),
        ([9, 8, 3], 3, 3, "tanh", "as many samples as images and dimensions"),
        ([4, 5, 2], 2, 300, "tanh", "many samples"),
    ):
        case_of = _case(draw, sizes, batch, samples, activation=activation)
        other = *case_of, activation
        yield student.compare(probes.bound, name, *other, what=what, instead=instead)
    for what, other in _of_one_size(draw, samples=4).items():
        yield student.compare(probes.bound, name, *other, what=what, instead=instead)
    yield from _last_lines(student, name, case, instead)


# ── train_epoch ──────────────────────────────────────────────────────────────────────────────


def train_epoch(student, draw):
    parts = PARTS | {"negative_elbo": probes.negative_elbo}
    yield from _with_stand_ins(student, draw, "train_epoch", _epoch_lines, parts)


def _epoch_lines(student, draw, instead):
    case = _training(draw, [5, 5, 2])
    sgd = {"optimizer": "SGD", "learning_rate": draw.between(0.04, 0.06)}
    adam = {"optimizer": "Adam", "learning_rate": 0.01, "epochs": 2}

    def line(case, settings, report, what, **options):
        settings = settings | {"report": report}
        return student.compare(
            probes.trained, *case, settings, what=what, instead=instead, **options
        )

    core = {"core": True, "share": 3}
    what = "returns the mean loss of an image before the step on its batch"
    loss = line(case, sgd, "losses", what, **core)
    what = "each batch moves the parameters once, along its mean loss"
    step = line(case, sgd, "parameters", what, **core)
    yield from (loss, step)
    for report in ("losses", "parameters"):
        yield line(case, adam, report, f"two epochs with one Adam: the {report}", share=2)
    yield student.meets(
        _is_float,
        probes.trained,
        *case,
        sgd | {"report": "losses"},
        what="returns a Python float",
        share=2,
        instead=instead,
    )
    once = sgd | {"once": True}
    yield line(case, once, "losses", "takes batches that come one by one")
    for sizes, what in (([4, 4, 1], "a last batch of one image"), ([6], "a single batch")):
        yield line(_training(draw, sizes), sgd, "losses", f"takes {what}")
    if loss.passed and step.passed:
        yield from _until_core_fails(_noise(student, draw, instead))
        if not instead:
            yield from _learns(student, draw)


def _is_float(loss):
    """A condition: one number, of Python or NumPy, which is a float as well."""
    number = isinstance(loss, float) or (isinstance(loss, np.ndarray) and loss.dtype == np.float64)
    return "" if number and np.ndim(loss) == 0 else f"It is of type {type(loss).__name__}."


def _training(draw, batch_sizes):
    """Weights, batches of unlike images, and an encoder whose noise is too small to matter.

    With a log variance near -60 the loss is the same whatever noise is drawn.
    """
    weights, _, _ = _case(draw, [7, 6, 2], 1)
    weights["encoder"][-1][2:] -= 60.0
    weights["decoder"][-1][:] -= 1.0
    white = np.linspace(0.1, 0.9, len(batch_sizes))
    batches = [
        _floats(draw.between(0, 1, (size, 7)) < p)
        for size, p in zip(batch_sizes, white, strict=True)
    ]
    return weights, batches


@dataclass(frozen=True)
class NoiseWorld:
    """Training that shows the noise: whatever the image, z = mean + std · eps, (latent,) each.

    A learning rate of 0 keeps it so.
    """

    case: tuple
    mean: np.ndarray
    std: np.ndarray
    settings: dict
    epochs: int = 2

    def eps(self, z):
        return (z.numpy().astype(float) - self.mean) / self.std

    @property
    def sizes(self):
        return [len(batch) for batch in self.case[1]]


def _noise_world(draw, sizes=(40, 40, 20), latent=32, learning_rate=0.0, epochs=2):
    weights, x, _ = _case(draw, [3, latent], sum(sizes))
    mean, log_var = draw.between(-1, 1, (latent,)), draw.between(-1, 1, (latent,))
    weights["encoder"] = [torch.zeros(3, 2 * latent), _floats(np.concatenate([mean, log_var]))]
    seed = draw.integers(0, 2**31)
    settings = {"optimizer": "SGD", "learning_rate": learning_rate, "epochs": epochs, "seed": seed}
    case = weights, list(x.split(sizes))
    return NoiseWorld(case, mean, np.exp(log_var / 2), settings | {"report": "seen"}, epochs)


def _is_standard(eps):
    return (
        randomness.mean_is(eps, 0.0, 1.0)
        and randomness.variance_is(eps, 1.0)
        and randomness.is_normal(eps)
    )


def _until_core_fails(lines):
    for line in lines:
        yield line
        if line.core and not line.passed:
            return


def _noise(student, draw, instead):
    """Lines on the noise that the decoder got; a core line is needed by those after it."""
    world = _noise_world(draw)

    def seen(**more):
        settings = world.settings | more
        return student.value(probes.trained, *world.case, settings, instead=instead)

    z = seen()
    yield _has_noise_for_all(student, world, len(np.unique(z.numpy(), axis=0)))
    eps = world.eps(z)
    yield student.holds(
        student.beyond(np.ptp(eps, axis=1).min(), 1e-3),
        "every latent dimension has its own, too",
        mistake="one_number_for_all_dimensions",
        core=True,
        share=2,
    )
    is_uniform = np.all((eps > -1e-4) & (eps < 1 + 1e-4))
    yield student.holds(
        _is_standard(eps),
        "z = mean + std · eps with standard normal noise",
        f"(z - mean) / std has mean {eps.mean():.3g} and standard deviation {eps.std():.3g}.",
        mistake="uniform_noise"
        if is_uniform
        else "std_is_variance"
        if _is_standard(eps / world.std)
        else None,
        core=True,
        share=2,
    )
    directions = eps / np.linalg.norm(eps, axis=1, keepdims=True)
    alike = np.abs(directions @ directions.T)[np.triu_indices(len(eps), 1)]
    yield student.holds(
        alike.max() < 0.999,  # in 32 dimensions, independent draws never come near that
        "no image has another one's noise turned round or stretched",
        mistake="mirrored_noise",
    )
    again, other = seen(), seen(seed=world.settings["seed"] + 1)
    yield student.holds(
        z.shape == again.shape and student.within(_far_apart(z, again), 1e-5),
        "the noise comes from the generator: the same state gives the same",
        mistake="another_generator",
        share=2,
    )
    yield student.holds(
        z.shape != other.shape or student.beyond(_far_apart(z, other), 1e-5),
        "a generator in another state gives other noise",
        share=2,
    )
    yield from _through_the_noise(student, draw, instead)


def _far_apart(one, other):
    return float(abs(one - other).max() / abs(other).max())


def _excess(found, wanted):
    """The largest deviation as a multiple of what rounding may do to a parameter."""
    return float((abs(found - wanted) / (1e-5 + 1e-4 * abs(wanted))).max())


def _has_noise_for_all(student, world, found):
    """A line: there are as many different draws as images, batches and epochs ask for."""
    images, batches = sum(world.sizes), len(world.sizes)
    wanted = world.epochs * images
    kinds = {
        1: "no_noise",
        world.epochs * batches: "one_noise_for_all",
        max(world.sizes): "same_noise_in_every_batch",
        world.epochs * max(world.sizes): "same_noise_in_every_batch",
        images: "same_noise_in_every_epoch",
    }
    return student.holds(
        found >= wanted,
        "every image of every batch and epoch has noise of its own",
        f"{world.epochs} epochs over {images} images in {batches} batches need {wanted} draws; "
        f"there are {found} different ones.",
        mistake=kinds.get(found),
        core=True,
        share=3,
    )


def _through_the_noise(student, draw, instead):
    """A line: the step on one batch is that of the loss with the noise that was drawn."""
    rate = 0.05
    world = _noise_world(draw, sizes=(6,), latent=3, learning_rate=rate, epochs=1)
    settings = world.settings | {"report": ["seen", "parameters"]}
    z, parameters = student.value(probes.trained, *world.case, settings, instead=instead)
    if len(z) != 6:
        return  # the decoder was called more than once for an image
    weights, (x,) = world.case
    loss = {"negative_elbo": instead.get("negative_elbo", _loss_of(vars(right) | instead))}
    gradients = probes.gradients(loss, "negative_elbo", weights, x, _floats(world.eps(z)))
    before = [*weights["encoder"], *weights["decoder"]]
    wrong = [
        key
        for (key, g), old in zip(gradients.items(), before, strict=True)
        if not student.within(
            _excess(parameters[key], old - rate * (0.6 if "decoder" in key else 1) * g), 1.0
        )
    ]
    yield student.holds(
        not wrong,
        "the gradient takes the way through the noise too",
        f"With the noise that was drawn, the step of {' and '.join(wrong)} is another one.",
        mistake="sample_detached" if wrong and "encoder" in wrong[0] else None,
        core=True,
        share=2,
    )


def _loss_of(parts):
    """The loss, made of the parts with these names."""

    def loss(encoder, decoder, x, eps):
        mean, log_var = encoder(x)
        logits = decoder(parts["reparametrize"](mean, log_var, eps))
        losses = parts["reconstruction_loss"](logits, x), parts["kl_loss"](mean, log_var)
        return [sum(losses).mean(), *losses]

    return loss


# A small world: an image is one of two, each the other's negative, with the same probability. The
# bound cannot go below the entropy, log 2; a linear encoder and a linear decoder with one latent
# dimension end near 1.8 nats here, from 5.5 (600 trials: 1.5 to 2.2).
PIXELS, EPOCHS = 8, 25


def _learns(student, draw):
    """A line: training lowers the bound from guessing nearly to what is known to be possible."""
    one = draw.integers(0, 2, (PIXELS,))
    x = _floats([one, 1 - one] * 16)
    weights, _, _ = _case(draw, [PIXELS, 1], 1, scale=0.5)
    settings = {"optimizer": "Adam", "learning_rate": 0.2, "epochs": EPOCHS}
    settings["report"] = "losses"
    losses = student.value(probes.trained, weights, list(x.split(16)), settings)
    first, last = float(losses[0]), float(np.mean([float(loss) for loss in losses[-3:]]))
    guess, entropy = PIXELS * np.log(2), np.log(2)
    yield student.holds(
        first > guess / 2 and entropy < last < entropy + 2.5,
        "lowers the bound to what is known to be possible in a small world",
        f"After {EPOCHS} epochs the loss is {last:.3g} nats; it began at {first:.3g}, and the "
        f"entropy of the images is {entropy:.3g}.",
        share=2,
    )
