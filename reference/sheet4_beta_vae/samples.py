"""Sample submissions to this sheet: what `make grade` grades on a fresh machine.

What each student changed in the solution's cells, by grade id; `python -m grader samples` writes
the notebooks to submitted/.
"""

# Everything right, each item in another style than the solution's.
UNUSUAL = {
    # on a copy, so that there is nothing to put back
    "generate": """\
from copy import deepcopy


@torch.inference_mode()
def generate(model, z):
    return deepcopy(model.decoder).eval()(z).sigmoid()
""",
    # one after the other, whatever is far enough from all that are there
    "diverse-latents": """\
def diverse_latents():
    pictures, codes = torch.zeros(0, 3, 64, 64), torch.zeros(0, 32)
    generator = torch.Generator().manual_seed(3)
    while len(codes) < 10:
        z = torch.empty(1, 32).uniform_(-3.5, 3.5, generator=generator)
        picture = generate(model, z)
        if all((picture - other).square().mean().sqrt() > 0.26 for other in pictures):
            pictures, codes = torch.cat([pictures, picture]), torch.cat([codes, z])
    return codes
""",
    "latent-kl": """\
def latent_kl(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    p = torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean))
    return torch.distributions.kl_divergence(q, p).mean(0)
""",
    "traverse": """\
def traverse(z, dim, values):
    return torch.stack([torch.cat([z[:dim], z.new_tensor([v]), z[dim + 1 :]]) for v in values])
""",
    "factors": """\
names = ["background", "hair colour", "hair length", "face width", "glasses", "mouth"]
factors = dict(zip(names, np.array([15, 11, 5, 13, 21, 28]), strict=True))
""",
    "beta-loss": """\
def beta_loss(reconstruction, kl, beta):
    return torch.mean(reconstruction) + beta * torch.mean(kl)
""",
    "mutual-information-gap": """\
from sklearn.metrics import mutual_info_score


def mutual_information_gap(codes, factors, bins=20):
    binned = [np.digitize(z, np.histogram_bin_edges(z, bins)[1:-1]) for z in codes.T]
    per_factor = []
    for v in factors.T:
        entropy = mutual_info_score(v, v)
        if len(set(v)) > 1:
            best = sorted((mutual_info_score(b, v) for b in binned), reverse=True)
            per_factor.append((best[0] - best[1]) / entropy)
    return sum(per_factor) / len(per_factor), np.array(per_factor)
""",
}

# Four of the usual mistakes, one function not written and one text not answered.
TYPICAL = {
    # in eval mode for good
    "generate": """\
def generate(model, z):
    model.eval()
    with torch.no_grad():
        return torch.sigmoid(model.decoder(z))
""",
    "latent-kl": """\
def latent_kl(mean, log_var):
    # YOUR CODE HERE
    raise NotImplementedError("not written yet: your code goes here")
""",
    # the base is written to, and the changes add up
    "traverse": """\
def traverse(z, dim, values):
    rows = []
    for value in values:
        z[dim] = value
        rows.append(z.clone())
    return torch.stack(rows)
""",
    # the glasses are those of another latent
    "factors": """\
factors = {"background": 15, "hair colour": 11, "hair length": 5, "glasses": 26}
""",
    # the constant factor divides by 0
    "mutual-information-gap": """\
def mutual_information_gap(codes, factors, bins=20):
    def entropy(counts):
        p = counts[counts > 0] / counts.sum()
        return -(p * np.log(p)).sum()

    gaps = []
    for factor in factors.T:
        values = np.unique(factor, return_inverse=True)[1]
        tables = [np.histogram2d(z, values, (bins, values.max() + 1))[0] for z in codes.T]
        told = sorted(entropy(t.sum(0)) + entropy(t.sum(1)) - entropy(t) for t in tables)
        gaps.append((told[-1] - told[-2]) / entropy(np.bincount(values)))
    return float(np.mean(gaps)), np.array(gaps)
""",
    "disentanglement": "YOUR ANSWER HERE",
}

SAMPLES = {
    "ada": {},
    "bruno": UNUSUAL,
    "team-noether": TYPICAL,
}
