"""Right solutions in unusual styles, one function each: `<item>__<style>`.

The judge takes them all. Each keeps the whole contract in its own way.
"""

import contextlib
import copy
import math
from collections import Counter
from itertools import product

import numpy as np
import torch
import torch.nn.functional as F
from scipy import special, stats
from sklearn.metrics import mutual_info_score
from torch import distributions

from helpers import faces
from reference.sheet4_beta_vae import metrics, truth
from reference.sheet4_beta_vae import reference as right

# ── generate ─────────────────────────────────────────────────────────────────────────────────


def generate__copied(model, z):
    """A copy of the decoder, in eval mode for good."""
    decoder = copy.deepcopy(model.decoder).eval()
    with torch.no_grad():
        return decoder(z).sigmoid()


@contextlib.contextmanager
def _in_eval_mode(module):
    training = {part: part.training for part in module.modules() if part.training}
    module.eval()
    try:
        yield module
    finally:
        for part in training:
            part.training = True


@torch.inference_mode()
def generate__inference_mode(model, z):
    """A context manager for the modes, and inference mode as a decorator."""
    with _in_eval_mode(model.decoder) as decoder:
        return F.sigmoid(decoder(z))


def generate__functional(model, z):
    """A call with detached parameters, the modes switched around it by hand."""
    state = {name: tensor.detach() for name, tensor in model.decoder.state_dict().items()}
    modes = {name: part.training for name, part in model.decoder.named_modules()}
    model.decoder.train(False)
    logits = torch.func.functional_call(model.decoder, state, (z.detach(),))
    for name, mode in modes.items():
        model.decoder.get_submodule(name).training = mode
    return 1 / (1 + torch.exp(-logits))


def generate__one_by_one(model, z):
    """One latent after another, into a tensor that is there before."""
    decoder = copy.deepcopy(model).eval().decoder
    images = torch.empty(len(z), 3, 64, 64, dtype=z.dtype)
    with torch.no_grad():
        for image, row in zip(images, z, strict=True):
            image.copy_(torch.special.expit(decoder(row.unsqueeze(0)))[0])
    return images


def generate__in_parts(model, z):
    """A few latents at a time."""
    modes = list(map(lambda part: part.training, model.modules()))
    model.eval()
    was = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        images = torch.cat([torch.sigmoid(model.decoder(part)) for part in z.split(3)])
    finally:
        torch.set_grad_enabled(was)
        for part, mode in zip(model.modules(), modes, strict=True):
            part.train(mode) if not list(part.children()) else setattr(part, "training", mode)
    return images


def generate__detached(model, z):
    """The graph is built, and cut off at the end."""
    flags = [(part, part.training) for part in model.decoder.modules()]
    model.decoder.eval()
    images = distributions.Bernoulli(logits=model.decoder(z)).probs
    for part, flag in flags:
        part.training = flag
    return images.detach()


def generate__exit_stack(model, z):
    """Everything is put back by an exit stack, in whatever order."""
    with contextlib.ExitStack() as stack:
        for part in model.decoder.modules():
            stack.callback(setattr, part, "training", part.training)
        model.decoder.eval()
        stack.enter_context(torch.no_grad())
        return torch.exp(F.logsigmoid(model.decoder.forward(z)))


def generate__numpy(model, z):
    """Scipy's sigmoid, back in torch."""
    with torch.no_grad():
        logits = copy.deepcopy(model.decoder).eval()(z)
    return torch.from_numpy(special.expit(logits.numpy()))


def generate__twice_the_softmax(model, z):
    """The sigmoid as a softmax of the logit and 0."""
    with torch.no_grad(), _in_eval_mode(model):
        logits = model.decoder(z)
        return torch.softmax(torch.stack([logits, torch.zeros_like(logits)]), dim=0)[0]


# ── diverse_latents ──────────────────────────────────────────────────────────────────────────


def _distances(z):
    pictures = torch.from_numpy(truth.decode(z)).flatten(1)
    return torch.cdist(pictures, pictures) / pictures.shape[1] ** 0.5


def diverse_latents__one_after_another():
    """Random codes, kept where they are far from all that are there."""
    z = (2 * torch.randn(600, 32, generator=torch.Generator().manual_seed(5))).clamp(-4, 4)
    distances, chosen = _distances(z), []
    for i in range(len(z)):
        if all(distances[i, j] > 0.26 for j in chosen):
            chosen.append(i)
    return z[chosen]


def diverse_latents__encoded_faces():
    """The codes of faces that are far from one another, moved outwards."""
    images, _ = faces.sample(500, seed=8)
    mean, _ = truth.encode(images)
    z = torch.from_numpy(1.9 * mean).clamp(-3.9, 3.9)
    distances, chosen = _distances(z), [0]
    for _ in range(10):
        chosen.append(int(distances[chosen].min(dim=0).values.argmax()))
    return z[chosen]


def diverse_latents__two_halves():
    """Corners of a cube and their opposites, in float64; entries of exactly ±4 too."""
    strongest = truth.measured().kl.argsort()[-8:]
    rows = np.array(list(product([-4.0, 4.0], repeat=8)))
    z = np.zeros((len(rows), 32))
    z[:, strongest] = rows
    z[:, truth.measured().kl.argmin()] = 4.0  # a latent without a use
    z = torch.from_numpy(z)
    distances, chosen = _distances(z), [17]
    while len(chosen) < 10:
        nearest = distances[chosen].min(dim=0).values
        chosen.append(int(nearest.argmax()))
    return z[chosen]


def diverse_latents__exchanged():
    """Ten random codes; as long as it helps, one of the closest two is exchanged."""
    generator = torch.Generator().manual_seed(2)
    pool = (1.8 * torch.randn(400, 32, generator=generator)).clamp(-4, 4)
    distances, chosen = _distances(pool), list(range(10))
    for _ in range(60):
        among = distances[chosen][:, chosen].fill_diagonal_(9)
        worst = int(among.min(dim=1).values.argmin())
        others = chosen[:worst] + chosen[worst + 1 :]
        chosen[worst] = int(distances[others].min(dim=0).values.argmax())
    return pool[chosen].requires_grad_()


def diverse_latents__written_out():
    """Numbers as if written by hand, rounded, as a tensor of a list."""
    return torch.tensor([[round(x, 1) for x in row] for row in right.diverse_latents().tolist()])


# ── latent_kl ────────────────────────────────────────────────────────────────────────────────


def latent_kl__distributions(mean, log_var):
    """The divergence of torch.distributions."""
    q = distributions.Normal(mean, torch.exp(log_var / 2))
    return distributions.kl_divergence(q, distributions.Normal(0.0, 1.0)).mean(0)


def latent_kl__expm1(mean, log_var):
    """expm1, the sum divided by the number of images."""
    return (mean.square() + torch.expm1(log_var) - log_var).sum(dim=0) / (2 * mean.shape[0])


def latent_kl__moments(mean, log_var):
    """Each term averaged by itself."""
    squares, variances, logs = (one.mean(0) for one in (mean**2, log_var.exp(), log_var))
    return (squares + variances - 1 - logs) / 2


def latent_kl__image_by_image(mean, log_var):
    """One image after another."""
    total = 0
    for m, v in zip(mean, log_var, strict=True):
        total = total - 0.5 * (1 + v - m.pow(2) - v.exp())
    return total / len(mean)


def latent_kl__latent_by_latent(mean, log_var):
    """One latent after another, stacked."""
    columns = zip(mean.unbind(1), log_var.unbind(1), strict=True)
    return torch.stack([torch.mean(m * m + v.exp() - 1 - v) / 2 for m, v in columns])


def latent_kl__entropies(mean, log_var):
    """Cross-entropy minus entropy, in float64."""
    mean, log_var = mean.double(), log_var.double()
    cross = 0.5 * (math.log(2 * math.pi) + mean**2 + log_var.exp())
    own = 0.5 * (1 + math.log(2 * math.pi) + log_var)
    return torch.einsum("nd->d", cross - own) / mean.size(0)


def latent_kl__std(mean, log_var):
    """With the standard deviation."""
    std = torch.sqrt(torch.exp(log_var))
    return torch.mean(-torch.log(std) + (std**2 + mean**2) / 2 - 1 / 2, axis=0)


# ── traverse ─────────────────────────────────────────────────────────────────────────────────


def traverse__clones(z, dim, values):
    """A clone for each value."""
    rows = []
    for value in values:
        row = z.detach().clone()
        row[dim] = value
        rows.append(row)
    return torch.stack(rows)


def traverse__where(z, dim, values):
    """torch.where with a mask."""
    values = torch.as_tensor(values).to(z.dtype)
    mask = torch.zeros(z.shape[0], dtype=torch.bool)
    mask[dim] = True
    return torch.where(mask, values.reshape(-1, 1), z)


def traverse__joined(z, dim, values):
    """What stands before, the values, and what stands behind."""
    m = len(values)
    column = torch.as_tensor(values, dtype=z.dtype).view(m, 1)
    return torch.cat([z[:dim].expand(m, -1), column, z[dim + 1 :].expand(m, -1)], dim=1)


def traverse__difference(z, dim, values):
    """The base, and the difference in one direction."""
    values = torch.tensor([float(value) for value in values], dtype=z.dtype)
    direction = F.one_hot(torch.tensor(dim), len(z)).to(z.dtype)
    return z + torch.outer(values - z[dim], direction)


def traverse__expanded(z, dim, values):
    """Expanded, then a memory of its own."""
    codes = z.detach().unsqueeze(0).expand(len(values), -1).clone()
    codes[..., dim] = torch.FloatTensor(list(map(float, values))).to(codes)
    return codes


def traverse__index_copy(z, dim, values):
    """index_copy along the axis of latents."""
    codes = torch.tile(z, (len(values), 1))
    column = torch.as_tensor(values, dtype=z.dtype).unsqueeze(1)
    return codes.index_copy(1, torch.tensor([dim]), column)


def traverse__lists(z, dim, values):
    """Lists of numbers."""
    base = z.tolist()
    rows = [base[:dim] + [float(value)] + base[dim + 1 :] for value in values]
    return torch.tensor(rows, dtype=z.dtype)


def traverse__scatter(z, dim, values):
    """scatter into copies."""
    values = torch.as_tensor(values, dtype=z.dtype)[:, None]
    return z.repeat(len(values), 1).scatter(1, torch.full_like(values, dim).long(), values)


def traverse__projection(z, dim, values):
    """A projection that takes one latent out, in float64 inside."""
    unit = torch.eye(len(z), dtype=torch.float64)[dim]
    values = torch.as_tensor(values, dtype=torch.float64)
    others = (torch.eye(len(z), dtype=torch.float64) - torch.outer(unit, unit)) @ z.double()
    return (others + values[:, None] * unit).to(z.dtype)


# ── factors ──────────────────────────────────────────────────────────────────────────────────


def _sure():
    """The factors that are told best, with their latents."""
    information = truth.measured().information.max(axis=0)
    best = truth.best_latents()
    return sorted(best.items(), key=lambda pair: -information[faces.NAMES.index(pair[0])])


def factors__all_that_are_found():
    """As many entries as there are factors that some latent tells."""
    return dict(_sure())


def factors__numpy_integers():
    """Numbers as NumPy has them."""
    return {name: np.int64(latent) for name, latent in _sure()[:5]}


def factors__tensors():
    """Numbers as 0-d tensors."""
    return {name: torch.tensor(latent) for name, latent in _sure()[:4]}


def factors__by_argmax():
    """The best latent of a table of more pictures, taken with argmax."""
    images, values = faces.sample(3_000, seed=77)
    mean, log_var = truth.encode(images)
    used = (mean**2 + np.exp(log_var) - 1 - log_var).mean(axis=0) / 2 >= truth.ACTIVE
    table = metrics.mutual_information(mean, values) * used[:, None]
    return {name: table[:, faces.NAMES.index(name)].argmax() for name, _ in _sure()[:4]}


def factors__by_rank_correlation():
    """The latent whose order follows that of the factor's values best."""
    images, values = faces.sample(1_000, seed=5)
    mean, _ = truth.encode(images)
    ranks, order = stats.rankdata(mean, axis=0), stats.rankdata(values, axis=0)
    found = {}
    for name, _ in _sure()[:4]:
        follows = np.corrcoef(ranks.T, order[:, faces.NAMES.index(name)])[-1, :-1]
        found[name] = int(np.abs(follows).argmax())
    return found


def factors__counter():
    """Another kind of dictionary."""
    return Counter(dict(reversed(_sure()[:6])))


# ── beta_loss ────────────────────────────────────────────────────────────────────────────────


def beta_loss__two_means(reconstruction, kl, beta):
    """Each part averaged by itself."""
    return torch.mean(reconstruction) + beta * torch.mean(kl)


def beta_loss__sum(reconstruction, kl, beta):
    """The sum, divided by the number of images."""
    return torch.sum(reconstruction + kl * beta) / reconstruction.shape[0]


def beta_loss__dot(reconstruction, kl, beta):
    """Products with weights."""
    weights = torch.full_like(kl, 1 / len(kl))
    return reconstruction @ weights + torch.dot(kl, beta * weights)


def beta_loss__add(reconstruction, kl, beta):
    """torch.add with a factor."""
    return torch.add(reconstruction, kl, alpha=beta).mean(dim=0)


def beta_loss__one_by_one(reconstruction, kl, beta):
    """One image after another."""
    losses = [r + beta * k for r, k in zip(reconstruction, kl, strict=True)]
    return sum(losses) / len(losses)


def beta_loss__stacked(reconstruction, kl, beta):
    """Both parts in one tensor of float64, and a weighted sum."""
    both = torch.stack([reconstruction, kl], dim=1).double()
    return (both * torch.tensor([1, beta], dtype=torch.float64)).sum(dim=-1).mean()


def beta_loss__lerp(reconstruction, kl, beta):
    """The ELBO's two terms, and β - 1 further divergences."""
    elbo = -(reconstruction + kl)
    return ((beta - 1) * kl - elbo).mean()


# ── mutual_information_gap ───────────────────────────────────────────────────────────────────


def mutual_information_gap__sklearn(codes, factors, bins=20):
    """mutual_info_score of scikit-learn, np.digitize for the bins."""
    binned = []
    for code in codes.T:
        edges = np.histogram_bin_edges(code, bins)
        binned.append(np.digitize(code, edges[1:-1]))
    gaps = []
    for factor in factors.T:
        own = mutual_info_score(factor, factor)
        if own > 1e-9:
            tells = sorted((mutual_info_score(code, factor) for code in binned), reverse=True)
            gaps.append((tells[0] - tells[1]) / own)
    return sum(gaps) / len(gaps), np.array(gaps)


def mutual_information_gap__histogram2d(codes, factors, bins=20):
    """Two-dimensional histograms, with a number too small to matter in the logarithm."""
    found = []
    for k in range(factors.shape[1]):
        _, index = np.unique(factors[:, k], return_inverse=True)
        p_v = np.bincount(index) / len(index)
        if len(p_v) == 1:
            continue
        tells = np.zeros(codes.shape[1])
        for j in range(codes.shape[1]):
            p = np.histogram2d(codes[:, j], index, (bins, len(p_v)))[0] / len(index)
            p_b = p.sum(1, keepdims=True)
            tells[j] = np.sum(p * np.log((p + 1e-15) / (p_b * p_v + 1e-15)))
        best = np.partition(tells, -2)[-2:]
        found.append((best[1] - best[0]) / -(p_v * np.log(p_v)).sum())
    return np.mean(found), np.asarray(found)


def mutual_information_gap__one_hot(codes, factors, bins=20):
    """All tables at once, from one-hot vectors; logarithms of base 2, which cancel."""
    width = np.ptp(codes, axis=0)
    place = (codes - codes.min(0)) / np.where(width == 0, 1, width) * bins
    hot = np.eye(bins)[np.clip(place.astype(int), 0, bins - 1)]  # (n, d, bins)
    gaps = []
    for factor in factors.T:
        values = (factor[:, None] == np.unique(factor)).astype(float)
        if values.shape[1] < 2:
            continue
        joint = np.einsum("ndb,nv->dbv", hot, values) / len(codes)
        outer = joint.sum(2, keepdims=True) * joint.sum(1, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            tells = np.nansum(joint * np.log2(joint / outer), axis=(1, 2))
        tells.sort()
        share = values.mean(axis=0)
        gaps.append((tells[-1] - tells[-2]) / -(share * np.log2(share)).sum())
    return np.float64(np.mean(gaps)), np.array(gaps)


def mutual_information_gap__conditional(codes, factors, bins=20):
    """The entropy of the factor minus what is left of it in each bin, by scipy."""
    gaps = []
    for factor in factors.T:
        total = stats.entropy(np.unique(factor, return_counts=True)[1])
        if total == 0:
            continue
        left = []
        for code in codes.T:
            edges = np.linspace(code.min(), code.max(), bins + 1)
            index = np.searchsorted(edges[1:-1], code, side="right")
            parts = [factor[index == i] for i in np.unique(index)]
            entropies = [stats.entropy(np.unique(p, return_counts=True)[1]) for p in parts]
            left.append(sum(len(p) * h for p, h in zip(parts, entropies, strict=True)) / len(code))
        first, second = sorted(left)[:2]
        gaps.append((second - first) / total)
    return float(np.average(gaps)), np.array(gaps)


def mutual_information_gap__counters(codes, factors, bins=20):
    """Counting in dictionaries."""

    def entropy(items):
        return -sum(c / len(items) * math.log(c / len(items)) for c in Counter(items).values())

    binned = []
    for code in codes.T.tolist():
        low, high = min(code), max(code)
        step = (high - low) / bins or 1.0
        binned.append([min(int((x - low) / step), bins - 1) for x in code])
    gaps = []
    for factor in factors.T.tolist():
        if len(set(factor)) > 1:
            alone = [
                entropy(code) - entropy(list(zip(code, factor, strict=True))) for code in binned
            ]
            alone.sort()
            gaps.append((alone[-1] - alone[-2]) / entropy(factor))
    return math.fsum(gaps) / len(gaps), np.array(gaps)


def mutual_information_gap__torch(codes, factors, bins=20):
    """torch counts; back to NumPy at the end."""
    tables = []
    for code in torch.as_tensor(codes).double().T:
        scaled = (code - code.min()) / (code.max() - code.min()).clamp(min=1e-300)
        tables.append((scaled * bins).long().clamp(max=bins - 1))
    gaps = []
    for factor in torch.as_tensor(factors).T:
        values, index = factor.unique(return_inverse=True)
        if len(values) == 1:
            continue
        tells = []
        for code in tables:
            joint = torch.bincount(code * len(values) + index, minlength=bins * len(values))
            joint = joint.double().reshape(bins, -1) / len(index)
            split = torch.special.entr(joint.sum(0)).sum() + torch.special.entr(joint.sum(1)).sum()
            tells.append(split - torch.special.entr(joint).sum())
        best = torch.stack(tells).topk(2).values
        share = index.bincount() / len(index)
        gaps.append((best[0] - best[1]) / torch.special.entr(share.double()).sum())
    gaps = torch.stack(gaps)
    return gaps.mean().item(), gaps.numpy()


def mutual_information_gap__contingency(codes, factors, bins=20):
    """Contingency tables of scipy, and the divergence from independence."""
    varies = factors[:, factors.min(axis=0) < factors.max(axis=0)]
    edges = [np.linspace(code.min(), code.max(), bins + 1)[1:-1] for code in codes.T]
    tells = np.empty((codes.shape[1], varies.shape[1]))
    own = np.empty(varies.shape[1])
    for k, factor in enumerate(varies.T):
        own[k] = stats.entropy(stats.contingency.crosstab(factor).count)
        for j, code in enumerate(codes.T):
            count = stats.contingency.crosstab(np.digitize(code, edges[j]), factor).count
            expected = stats.contingency.expected_freq(count)
            tells[j, k] = special.rel_entr(count, expected).sum() / len(code)
    tells = -np.sort(-tells, axis=0)
    gaps = np.diff(-tells[:2], axis=0)[0] / own
    return gaps.mean(), gaps
