"""What the judge tries on each answer to sheet 4: one generator of report lines per item.

A core line tests the formula itself; the others test the rest of the contract, one word each.
Names that begin with an underscore build the inputs.
"""

from dataclasses import replace

import numpy as np
import torch

from helpers import beta_vae, faces
from reference import probes as common
from reference.lines import DIFFER, draws_nothing
from reference.sheet4_beta_vae import probes, reader, truth

# ── generate ─────────────────────────────────────────────────────────────────────────────────

AT_REST = {"mode": "eval"}  # the model as `beta_vae.load` gives it


def generate(student, draw):
    case = _decoder(draw), _codes(draw, 5)
    at_rest = *case, AT_REST
    formula = student.compare(
        probes.pictures, *at_rest, what="agrees with the formula", core=True, share=6
    )
    yield formula
    if not (formula.passed or "It raises" in formula.message):
        one, other = (student.value(probes.pictures, *at_rest) for _ in range(2))
        what = "gives the same for the same codes, twice"
        yield student.holds(str(one) == str(other), what, DIFFER, mistake="draws")
    yield student.meets(
        _in_the_unit_interval,
        probes.pictures,
        *at_rest,
        what="the values lie between 0 and 1",
        core=True,
    )
    cases = {
        "takes a single code": (1, {}),
        "takes no code at all, n = 0": (0, {}),
        "takes many codes": (150, {}),
        "takes float64": (4, {"double": True}),
        "works where gradients are switched off": (4, {"grad mode": False}),
        "takes codes that want a gradient": (4, {"asks": True}),
    }
    yield from student.compare_each(
        probes.pictures,
        {
            what: (_decoder(draw), _codes(draw, n), AT_REST | settings)
            for what, (n, settings) in cases.items()
        },
    )
    large = _decoder(draw), _codes(draw, 4), AT_REST | {"scale": 60.0}
    # Logits of some hundreds, added up in float32, are known to 1e-4, and so is what they become.
    what, tolerance = "works for large logits", {"rtol": 1e-4, "atol": 1e-4}
    yield student.compare(probes.pictures, *large, what=what, **tolerance)
    yield from _in_eval_mode(student, draw, case, formula)
    yield from _leaves_the_model(student, draw)


def _in_eval_mode(student, draw, case, formula):
    """Lines on a model that does not come in eval mode, or not as a whole."""
    what = "decodes in eval mode where the model comes in train mode"
    train = student.compare(probes.pictures, *case, {"mode": "train"}, what=what, share=6)
    if formula.passed and not train.passed:
        train = replace(train, mistake="as_it_comes")
    yield train
    what = "decodes in eval mode where only some modules come in train mode"
    case = _decoder(draw), _codes(draw, 6), {"mode": "mixed", "flags": _flags(draw, own=False)}
    mixed = student.compare(probes.pictures, *case, what=what, share=3)
    if train.passed and not mixed.passed:
        mixed = replace(mixed, mistake="asked_the_model")
    yield mixed


def _leaves_the_model(student, draw):
    """Lines on what is there after the call: small, for the student's process says it."""
    for report, settings, what, share in (
        ("gradients", {"mode": "eval"}, "no gradient is kept, and no graph", 0.5),
        ("modes", {"mode": "train"}, "a model in train mode is in train mode afterwards", 0.4),
        ("modes", {"mode": "eval"}, "a model in eval mode is in eval mode afterwards", 0.3),
        ("modes", {"mode": "mixed"}, "each module has its own mode afterwards", 0.3),
        ("frozen", {"mode": "train"}, "leaves requires_grad of each parameter as it was", 0.3),
        ("contents", {"mode": "train"}, "leaves parameters and buffers as they were", 0.3),
        (
            "grad mode",
            {"mode": "eval"},
            "gradients are switched on afterwards, if they were",
            0.2,
        ),
        (
            "grad mode",
            {"mode": "eval", "grad mode": False},
            "gradients are switched off afterwards, if they were",
            0.2,
        ),
    ):
        settings = settings | {"flags": _flags(draw, own=True), "asks": True}
        case = _decoder(draw), _codes(draw, 3), settings, report
        yield student.compare(probes.left, *case, what=what, share=share, rtol=0, atol=0)


def _decoder(draw):
    """The weights of a small decoder, and the running mean and variance of its normalisation."""
    arrays = [
        draw.normal((32, 12), 0.3),
        draw.normal((12,)),  # running mean
        draw.between(0.3, 3.0, (12,)),  # running variance
        draw.normal((12, 3 * 8 * 8), 0.5),
        draw.normal((3 * 8 * 8,)),
    ]
    return [torch.tensor(array, dtype=torch.float32) for array in arrays]


def _codes(draw, n):
    return torch.tensor(draw.normal((n, 32)) if n else np.zeros((0, 32)), dtype=torch.float32)


def _flags(draw, own):
    """Modes of a model and what it is made of: the model's own differs from most of the others.

    own: whether the model itself is in train mode. At least one part of the encoder and one of the
    decoder is in each mode.
    """
    rest = [not own, own, not own, not own, own]
    return [own, *[rest[i] for i in draw.permutation(len(rest))]]


def _in_the_unit_interval(images):
    try:
        values = np.asarray(images, np.float64)
    except (TypeError, ValueError):
        return "These are no numbers."
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        return f"They run from {values.min():.3g} to {values.max():.3g}."
    return ""


# ── diverse_latents ──────────────────────────────────────────────────────────────────────────

FAR_APART = 0.25  # root mean square difference of values; 60 % of all random pairs reach it
MANY_ALIKE = 0.2  # of all pairs; of pairs drawn from the prior about 0.4 are
LOOKED_AT = 400  # of more codes, these first ones


def diverse_latents(student, draw):
    lines = _diverse_lines(student, student.value(probes.latents))
    if not lines or not all(line.passed for line in lines):
        instead = {"generate": probes.generate}  # what is wrong with the student's costs nothing
        again = _diverse_lines(student, student.value(probes.latents, instead=instead))
        if _earned(again) > _earned(lines):
            lines = again
    # Where there is nothing, the call itself says why.
    yield from lines or _lines_on(student, student.value("diverse_latents"))


def _earned(lines):
    """The share of the points, as the judge will count it."""
    if any(line.core and not line.passed for line in lines):
        return 0.0
    return sum(line.share for line in lines if line.passed)


def _diverse_lines(student, z):
    """Lines on some codes; none if there are none."""
    return [] if z is None else list(_lines_on(student, z))


def _lines_on(student, z):
    values, problem = _as_codes(z)
    yield student.holds(
        not problem, "returns finite numbers of shape (n, 32)", problem, _kind(values), core=True
    )
    if problem:
        return
    largest = float(np.abs(values).max())
    kind = f"{type(z).__module__}.{type(z).__name__}"
    for holds, what, otherwise, mistake, share in (
        (isinstance(z, torch.Tensor), "returns a torch tensor", f"It is a {kind}.", "array", 1),
        (
            len(values) >= 10,
            "there are at least ten codes",
            f"There are {len(values)}.",
            "too_few",
            4,
        ),
        (
            largest <= 4 + 1e-6,
            "every entry lies within -4 and 4",
            f"The largest has the size {largest:.3g}.",
            "too_far_out",
            4,
        ),
    ):
        yield student.holds(holds, what, otherwise, mistake=mistake, share=share)
    yield from _pictures_differ(student, values[:LOOKED_AT])


def _pictures_differ(student, values):
    """Lines on the pictures of codes, which are made here."""
    pictures = truth.decode(values)
    distances = _distances(pictures)
    distance, one, other = _closest(distances)
    yield student.holds(
        distance >= FAR_APART - 1e-5,
        "any two pictures differ clearly",
        f"The closest two, {one} and {other}, differ by {distance:.3f}; "
        f"at least {FAR_APART} is expected.",
        mistake=_kind_of_closeness(values, distances),
        share=5,
    )
    varying = _varying(pictures)
    yield student.holds(
        len(varying) >= 3,
        "at least three visual factors vary",
        f"Read from the pictures, what varies clearly is: {', '.join(varying) or 'nothing'}.",
        mistake=_kind_of_sameness(values),
        core=True,
        share=3,
    )


def _as_codes(z):
    """The codes as float64, or None, and what is wrong with them."""
    if z is None:
        return None, "It returns None: is there a return statement?"
    try:
        values = np.asarray(z, np.float64)
    except (TypeError, ValueError):
        return None, "These are no numbers in rows and columns."
    if values.ndim != 2 or values.shape[1] != 32 or not len(values):
        return values, f"The shape is {values.shape}."
    if not np.isfinite(values).all():
        return values, "Not all of them are finite."
    return values, ""


def _kind(values):
    """The mistake that a wrong shape shows."""
    if values is None:
        return None
    if values.shape[-1:] == (32,):
        return "single" if values.ndim == 1 else "not_finite" if values.ndim == 2 else None
    if values.ndim == 2 and len(values) == 32:
        return "transposed"
    return "pictures" if values.ndim == 4 else None


def _distances(pictures):
    """The distances of all pairs of n pictures, (n, n); infinite of one to itself."""
    flat = torch.from_numpy(pictures).flatten(start_dim=1).double()
    distances = torch.cdist(flat, flat, compute_mode="donot_use_mm_for_euclid_dist")
    return distances.fill_diagonal_(torch.inf) / flat.shape[1] ** 0.5


def _closest(distances):
    """The smallest distance of two pictures, and their numbers; infinite for a single one."""
    one, other = divmod(int(distances.argmin()), len(distances))
    return float(distances[one, other]), one, other


def _kind_of_closeness(values, distances):
    if np.ptp(values, axis=0).max() < 1e-6:
        return "all_the_same"
    kind = _kind_of_sameness(values)
    if kind:
        return kind
    if distances.min() < 1e-3:
        return "one_twice"
    if (distances < FAR_APART).double().mean() < MANY_ALIKE:
        return None  # they were chosen, and a pair or two are left
    drawn = 0.8 < values.std() < 1.2 and 0.5 < np.median(np.abs(values)) < 0.9
    return "prior" if drawn else "close_together"


def _kind_of_sameness(values):
    moving = np.ptp(values, axis=0) > 1e-3
    if not moving.any():
        return "all_the_same"
    if not moving[truth.measured().kl >= truth.ACTIVE].any():
        return "inactive_latents"
    return "one_latent" if moving.sum() == 1 else None


def _varying(pictures):
    """The names of the factors that vary; fewer than ten pictures are looked at several times."""
    times = -(-reader.FEWEST // len(pictures))
    return reader.varying(torch.from_numpy(np.tile(pictures, (times, 1, 1, 1))))


# ── latent_kl ────────────────────────────────────────────────────────────────────────────────


def latent_kl(student, draw):
    name, shape = "latent_kl", (5, 32)
    # not below -1: what small variances cost has a line of its own, which is not a core one
    mean, log_var = case = _normal(draw, shape, 1.5), _normal(draw, shape).clamp(min=-1.0)
    yield student.compare(name, *case, what="agrees with the formula", core=True, share=4)
    more = {
        "takes more images than latents": (_normal(draw, (40, 32), 1.5), _normal(draw, (40, 32)))
    }
    core = {"core": True}
    yield from student.same_for(name, *case, float32="takes float32", shapes=more, options=core)
    yield from student.same_for(name, *case, one_row="takes a batch of one")
    idle = torch.tensor(draw.integers(0, 2, (32,)) == 0)
    sizes = torch.tensor([-8.0, 8.0] * 16).double() + 0.1 * log_var
    used = (mean * ~idle).float(), (log_var * ~idle).float()
    cases = {
        "takes log variances of 0": (mean, torch.zeros_like(mean)),
        "is 0 for latents that equal the prior, and only for them": used,
        "works for log variances of ±8": (mean, sizes),
        "works for tiny variances": (mean, 0.1 * log_var - 14),
    }
    yield from student.compare_each(name, cases, share=2)
    cases = {
        "takes log variances that are all positive": (mean, log_var.abs() + 0.1),
        "takes log variances that are all negative": (mean, -log_var.abs() - 0.1),
    }
    yield from student.compare_each(name, cases)
    yield draws_nothing(student, name, [mean, log_var], "sampled")
    arguments = {"mean": mean, "log_var": log_var}
    yield student.compare(
        common.gradients,
        name,
        arguments,
        list(arguments),
        _normal(draw, (32,)),
        what="has the gradient of the formula",
        share=2,
    )


def _normal(draw, shape, scale=1.0):
    return torch.tensor(draw.normal(shape, scale))


# ── traverse ─────────────────────────────────────────────────────────────────────────────────


def traverse(student, draw):
    name = "traverse"
    z, values = _normal(draw, (32,)), _normal(draw, (7,), 2.0)
    dim, single = draw.integers(3, 29), z.float()
    formula = student.compare(
        name, z, dim, values, what="agrees with the formula", core=True, share=4
    )
    yield formula
    if not formula.passed:
        yield draws_nothing(student, name, [z, dim, values], "new_base")
    as_list = [draw.between(-3, 3) for _ in range(5)]
    cases = {
        "takes a list, and float32": (single, draw.integers(1, 31), as_list),
        "takes more values than latents": (z, dim, _normal(draw, (40,), 2.0)),
    }
    yield from student.compare_each(name, cases, core=True)
    whole = [int(i) for i in draw.permutation(7) - 3]
    cases = {
        "takes the first latent": (z, 0, values),
        "takes the last latent": (z, 31, values),
        "takes a single value": (z, dim, values[:1]),
        "takes a list of one": (z, dim, [1.5]),
        "takes a list of integers": (single, dim, whole),
        "takes a tensor of integers": (single, dim, torch.tensor(whole)),
        "takes a z of whole numbers": (torch.round(3 * z).float(), dim, values.float()),
    }
    yield from student.compare_each(name, cases)
    for given, kind in ((as_list, "a list"), (values.float(), "a tensor")):
        what = f"returns float32 for a z in float32 and {kind}"
        line = student.meets(_is_float32, name, single, dim, given, what=what)
        yield line if "float64" not in line.message else replace(line, mistake="float64")
    what = "a second call starts from the same z"
    yield student.compare(probes.traversed_twice, z, dim, values, what=what, share=2)
    what = "takes a z that wants a gradient"
    yield student.compare(probes.traversed_with_gradient, z, dim, values, what=what)


def _is_float32(rows):
    """A condition: what a decoder of float32 takes."""
    dtype = getattr(rows, "dtype", type(rows).__name__)
    return "" if dtype == torch.float32 else f"The dtype is {dtype}."


# ── factors ──────────────────────────────────────────────────────────────────────────────────

ASKED = 4  # entries


def factors(student, draw):
    found = student.constant("factors")
    is_dict = isinstance(found, dict)
    yield student.holds(
        is_dict,
        "is a dictionary",
        f"It is of type {type(found).__name__}.",
        mistake=_kind_of_answer(found),
        core=True,
        share=0,
    )
    if not is_dict:
        return
    problems = {name: _problem(name, latent, found) for name, latent in found.items()}
    if found and all(words for words, _ in problems.values()):
        problems = _all_alike(found) or problems
    right = sum(not words for words, _ in problems.values())
    forgiven = max(right - ASKED, 0)  # a right entry beyond those expected makes up for a wrong one
    for name, (words, mistake) in problems.items():
        share = 0 if words and forgiven > 0 else 1
        forgiven -= bool(words)
        what = f"{' '.join(name.split())[:40]!r} has a latent that tells it"
        yield student.holds(not words, what, words, mistake, share=share)
    missing = max(ASKED - len(found), 0)
    yield student.holds(
        not missing,
        "there are at least four entries",
        f"There {'is' if len(found) == 1 else 'are'} {len(found)}.",
        mistake="too_few" if found else "none",
        share=missing,
    )


def _kind_of_answer(found):
    if isinstance(found, (list, tuple)):
        return "list_of_pairs" if found and isinstance(found[0], (list, tuple)) else "list"
    return None


def _problem(name, latent, found):
    """What is wrong with one entry, and the known mistake behind it; "" and None if nothing is."""
    if name not in faces.NAMES:
        return f"The names are: {', '.join(faces.NAMES)}.", _kind_of_name(name)
    number, mistake = _number(latent)
    if mistake:
        return f"That is under {name!r}.", mistake
    if not 0 <= number < beta_vae.LATENTS:
        near = -beta_vae.LATENTS <= number < 0
        return f"Under {name!r} there is {number}.", "negative" if near else "out_of_range"
    measured, k = truth.measured(), faces.NAMES.index(name)
    if measured.kl[number] < truth.ACTIVE:
        return (
            f"Its KL to the prior, averaged over the pictures, is {measured.kl[number]:.2f} nats.",
            "inactive_latent",
        )
    if measured.share[number, k] >= truth.NEARLY and measured.information[number, k] >= truth.FOUND:
        return "", None
    return f"It is latent {number}, for {name!r}.", _kind_of_choice(number, k, measured, found)


def _kind_of_name(name):
    """The mistake in a name that is no factor's."""
    if " ".join(name.lower().replace("_", " ").replace("-", " ").split()) in faces.NAMES:
        return "other_spelling"
    return "keys_and_values_swapped" if name.strip().lstrip("-").isdigit() else "not_a_factor"


def _number(latent):
    """A latent as an int, and the mistake if it is none; 3.0 is taken for 3."""
    if isinstance(latent, (list, tuple, dict)):
        return None, "several_latents"
    if isinstance(latent, (str, type(None))):
        return None, "not_a_number"
    values = np.asarray(latent)
    if values.ndim:
        return None, "several_latents"
    if values.dtype.kind == "b":
        return None, "truth_values"
    if values.dtype.kind not in "iuf" or not float(values).is_integer():
        return None, "not_a_number"
    return int(values), None


def _kind_of_choice(number, k, measured, found):
    """The mistake behind a latent in use that tells little of factor k."""
    if len(found) >= ASKED and len({_number(latent)[0] for latent in found.values()}) == 1:
        return "same_latent_for_all"
    if measured.share[number, k] >= 0.4:
        return "tells_too_little"
    tells = (measured.share[number] >= truth.NEARLY) & (
        measured.information.max(axis=0) >= truth.FOUND
    )
    told = [name for name, does in zip(faces.NAMES, tells, strict=True) if does]
    if any(name in found for name in told):
        return "swapped"
    return "tells_something_else" if told else "tells_too_little"


def _all_alike(found):
    """The problems of entries that are all wrong, if one mistake explains them all."""
    numbers = {name: _number(latent)[0] for name, latent in found.items()}
    if not all(
        name in faces.NAMES and number in range(beta_vae.LATENTS)
        for name, number in numbers.items()
    ):
        return None
    share = {"counted_from_one": np.roll(truth.measured().share, 1, axis=0)}
    share["other_model"] = truth.measured("vae").share
    for mistake, table in share.items():
        if all(
            table[number, faces.NAMES.index(name)] >= truth.NEARLY
            for name, number in numbers.items()
        ):
            return {name: (f"So it is with {name!r}.", mistake) for name in found}
    return None


# ── beta_loss ────────────────────────────────────────────────────────────────────────────────


def beta_loss(student, draw):
    name = "beta_loss"
    reconstruction, kl = _losses(draw, 6)
    beta = draw.between(1.5, 9.0)
    case = reconstruction, kl, beta
    yield student.compare(name, *case, what="agrees with the formula", core=True, share=4)
    singles = *(part.float() for part in _losses(draw, 9)), draw.between(0.2, 0.8)
    yield student.compare(name, *singles, what="takes float32, and a beta below 1", core=True)
    reconstruction, kl = _losses(draw, 4)
    cases = {
        "takes a whole beta": (*_losses(draw, 5), 4),
        "takes a beta of 1": (*_losses(draw, 4), 1),
        "takes a beta of 0": (*_losses(draw, 4), 0.0),
        "takes a batch of one": (*_losses(draw, 1), beta),
        "takes many images": (*_losses(draw, 300), beta),
        "works for losses of thousands of nats": (4000 + reconstruction, kl, 8 * beta),
    }
    yield from student.compare_each(name, cases)
    arguments = {"reconstruction": reconstruction, "kl": kl, "beta": beta}
    cases = {
        f"has the gradient of the formula with respect to {wanted}": (
            name,
            arguments,
            [wanted],
            draw.between(0.5, 2.0),
        )
        for wanted in ("reconstruction", "kl")
    }
    yield from student.compare_each(common.gradients, cases, share=2)


def _losses(draw, batch):
    """A reconstruction and a KL for each image: all positive, none like another."""
    scales = (40.0, 12.0)
    return [torch.tensor(scale * draw.between(0.2, 2.0, (batch,))) for scale in scales]


# ── mutual_information_gap ───────────────────────────────────────────────────────────────────


def mutual_information_gap(student, draw):
    name = "mutual_information_gap"
    case = _coded(draw, n=400, latents=5, counts=[4, 3, 6])
    yield student.compare(name, *case, what="agrees with the formula", core=True, share=4)
    case = _coded(draw, n=260, latents=3, counts=[3, 5, 2, 4, 3])
    what = "takes more factors than latents"
    yield student.compare(name, *case, what=what, core=True, share=2)
    codes, values = _coded(draw, n=300, latents=4, counts=[4, 3, 5])
    cases = {
        f"leaves a constant factor out, {what}": (
            codes,
            np.insert(values, column, constant, axis=1),
        )
        for column, constant, what in ((0, 0, "first"), (1, draw.integers(1, 4), "not the first"))
    }
    for bins in (7, 33):
        given = _coded(draw, n=350, latents=4, counts=[4, 3], bins=bins)
        cases[f"takes {bins} bins"] = *given, bins
    codes, values = _coded(draw, n=700, latents=32, counts=[40, 8])
    shuffled = codes[:, draw.permutation(32)]
    cases["takes 32 latents, and a factor of 40 values"] = shuffled, values
    yield from student.compare_each(name, cases, share=2)
    yield from student.compare_each(name, _unusual_tables(draw))


def _unusual_tables(draw):
    """Codes and factors, by the words for what is special about them."""
    codes, values = _coded(draw, n=240, latents=2, counts=[4])
    one = np.stack([codes[:, 0], np.zeros(len(codes))], axis=1)  # its std is 0, without rounding
    cases = {
        "takes two latents and one factor": (codes, values),
        "takes two latents of which one never changes": (one, values),
    }
    codes, values = _coded(draw, n=320, latents=4, counts=[4, 5])
    steps = np.cumsum(draw.integers(1, 6, (5,))) * np.array([1, 1, 1, 2, 4]) - 7
    again = codes[:, [0, 1, 2, 3, int(_best(codes, values))]]
    still = np.insert(codes, 1, draw.between(0.5, 2.0), axis=1)
    far = codes * 10.0 ** draw.permutation(4) + 100 * draw.normal((4,))
    cases |= {
        "takes float32": (codes.astype(np.float32), values),
        "takes factors with any integers as values": (codes, steps[values]),
        "takes factors that begin at -1": (codes, values - 1),
        "gives no gap where two latents say the same": (again, values),
        "takes a latent that never changes": (still, values),
        "takes latents of any place and width": (far, values),
    }
    codes, values = _coded(draw, n=320, latents=3, counts=[3, 4])
    order = draw.permutation(len(codes))
    return cases | {
        "does not mind the order of the pictures": (codes[order], values[order]),
        "minimum and maximum lie in the first and the last bin": _at_the_ends(draw),
    }


def _best(codes, values):
    """The latent that moves most with the first factor; any that moves would do."""
    spread = [np.std([code[values[:, 0] == v].mean() for v in range(3)]) for code in codes.T]
    return np.argmax(np.array(spread) / codes.std(axis=0))


def _coded(draw, n, latents, counts, bins=20):
    """Codes (n, latents) that tell something of factors (n, factors), all of them unequally.

    Every number lies well inside one of the bins, so that no rounding carries it to the next,
    except the ends, which belong to the outer bins. The values of a factor are not equally likely.
    """
    columns = []
    for count in counts:
        weights = draw.between(0.5, 2.0, (count,))
        drawn = draw.generator.choice(count, size=n, p=weights / weights.sum())
        drawn[:count] = np.arange(count)
        columns.append(drawn)
    values = np.stack(columns, axis=1)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    mixing = draw.normal((len(counts), latents), 0.35)
    for factor in range(len(counts)):  # each is told best by a latent that tells others too
        mixing[factor, factor % latents] += 1.6 * draw.signs((1,))[0]
    codes = standard @ mixing + draw.normal((n, latents), 0.5)
    codes = np.where(np.arange(latents) % 2, codes, np.sinh(codes))  # bins filled unequally
    return _inside_of_bins(draw, codes, bins), values


def _inside_of_bins(draw, codes, bins):
    """The same codes, except for small moves away from the edges of the bins.

    Minimum and maximum are on the edges and share their bins with other codes.
    """
    low, width = codes.min(axis=0), np.ptp(codes, axis=0)
    place = (codes - low) / width * bins
    whole = np.minimum(np.floor(place), bins - 1)
    inside = whole + (place - whole).clip(0.05, 0.95)
    columns, order = np.arange(codes.shape[1]), codes.argsort(axis=0)
    inside[order[1:3], columns], inside[order[-3:-1], columns] = 0.4, bins - 0.4
    inside[codes.argmin(axis=0), columns] = 0
    inside[codes.argmax(axis=0), columns] = bins
    offset, scale = draw.normal((codes.shape[1],), 2.0), draw.between(0.5, 3.0, (codes.shape[1],))
    return offset + scale * inside / bins


def _at_the_ends(draw, n=240):
    """Two latents; many pictures have their minimum or maximum, many lie in the same bins."""
    values = np.stack([np.arange(n) % 4, draw.integers(0, 3, (n,))], axis=1)
    places = np.array([0.0, 0.5, 19.4, 20.0])[values[:, 0]]
    other = draw.between(0, 20, (n,)).round() + 0.3
    codes = _inside_of_bins(draw, np.stack([other, places], axis=1), 20)
    low, high = codes[:, 1].min(), codes[:, 1].max()
    codes[:, 1] = low + (high - low) * places / 20
    order = draw.permutation(n)
    return codes[order], values[order]
