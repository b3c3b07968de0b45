"""Sample submissions to this sheet: what `make grade` grades on a fresh machine.

What each student changed in the solution's cells, by grade id; `python -m grader samples` writes
the notebooks to submitted/.
"""

# Everything right, each function in another style than the solution's.
UNUSUAL = {
    "ancestral-sample": """\
def ancestral_sample(decoder, eps, u):
    with torch.no_grad():
        return torch.where(torch.logit(u) < decoder(eps), 1.0, 0.0)
""",
    "log-likelihood": """\
from functools import reduce


def log_likelihood(log_p_x_given_z):
    return reduce(torch.logaddexp, log_p_x_given_z) - np.log(len(log_p_x_given_z))
""",
    "reparametrize": """\
from torch.distributions.transforms import AffineTransform


def reparametrize(mean, log_var, eps):
    return AffineTransform(mean, log_var.exp().sqrt())(eps)
""",
    "reparametrize-by-quantile": """\
def exponential_from_uniform(u, rate):
    return torch.distributions.Exponential(rate).icdf(u)
""",
    "base-density": """\
class base_density_from(nn.Module):
    def __init__(self, p, g, dg):
        super().__init__()
        self.p, self.g, self.dg = p, g, dg

    def forward(self, eps):
        return torch.abs(self.dg(eps)) * self.p(self.g(eps))
""",
    "score-function-gradient": """\
def score_function_gradient(f, mean, std, eps):
    mean, std = torch.as_tensor(mean), torch.as_tensor(std)
    x = (mean + std * eps).detach()

    def log_q(mean, std, x):
        return -torch.log(std) - (x - mean) ** 2 / (2 * std**2)

    score = torch.func.vmap(torch.func.grad(log_q, argnums=(0, 1)), in_dims=(None, None, 0))
    return torch.einsum("n,nc->nc", f(x), torch.stack(score(mean, std, x), dim=1))
""",
    "pathwise-gradient": """\
def pathwise_gradient(f, mean, std, eps):
    means = torch.full_like(eps, float(mean)).requires_grad_()
    stds = torch.full_like(eps, float(std)).requires_grad_()
    f(means + stds * eps).sum().backward()
    return torch.cat([means.grad[:, None], stds.grad[:, None]], dim=1)
""",
    # one head, cut in two
    "encoder": """\
class Encoder(nn.Module):
    def __init__(self, n_pixels, n_hidden, n_latent):
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(n_pixels, n_hidden), nn.Tanh(), nn.Linear(n_hidden, 2 * n_latent)
        )

    def forward(self, x):
        mean, log_var = self.net(x).chunk(2, dim=-1)
        return mean, log_var
""",
    # bare parameters
    "decoder": """\
class Decoder(nn.Module):
    def __init__(self, n_latent, n_hidden, n_pixels):
        super().__init__()
        self.W1 = nn.Parameter(torch.randn(n_latent, n_hidden) / n_latent**0.5)
        self.b1 = nn.Parameter(torch.zeros(n_hidden))
        self.W2 = nn.Parameter(torch.randn(n_hidden, n_pixels) / n_hidden**0.5)
        self.b2 = nn.Parameter(torch.zeros(n_pixels))

    def forward(self, z):
        return F.elu(z @ self.W1 + self.b1) @ self.W2 + self.b2
""",
    "reconstruction-loss": """\
def reconstruction_loss(logits, x):
    return F.softplus((1 - 2 * x) * logits).sum(1)
""",
    "kl-loss": """\
def kl_loss(mean, log_var):
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    return torch.distributions.kl_divergence(q, torch.distributions.Normal(0.0, 1.0)).sum(-1)
""",
    # nothing from further up
    "negative-elbo": """\
def negative_elbo(encoder, decoder, x, eps):
    mean, log_var = encoder(x)
    std = torch.exp(log_var / 2)
    pixels = torch.distributions.Bernoulli(logits=decoder(mean + std * eps))
    reconstruction = -pixels.log_prob(x).sum() / len(x)
    kl = (mean**2 / 2 + std**2 / 2 - log_var / 2 - 0.5).sum() / len(x)
    return reconstruction + kl, reconstruction, kl
""",
    "train-epoch": """\
def train_epoch(encoder, decoder, batches, optimizer, generator):
    losses, sizes = [], []
    for x in batches:
        with torch.no_grad():
            mean, _ = encoder(x)
        eps = torch.empty_like(mean).normal_(generator=generator)
        optimizer.zero_grad()
        loss = negative_elbo(encoder, decoder, x, eps)[0]
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
        sizes.append(x.shape[0])
    return float(np.average(losses, weights=sizes))
""",
    # all codes in one batch
    "importance-bound": """\
def importance_bound(encoder, decoder, x, eps):
    k, batch, latent = eps.shape
    mean, log_var = encoder(x)
    q = torch.distributions.Normal(mean, torch.exp(log_var / 2))
    z = mean + torch.exp(log_var / 2) * eps
    logits = decoder(z.reshape(k * batch, latent)).reshape(k, batch, -1)
    pixels = torch.distributions.Bernoulli(logits=logits)
    log_p = torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)
    log_p = log_p + pixels.log_prob(x.expand_as(logits)).sum(-1)
    return torch.logsumexp(log_p - q.log_prob(z).sum(-1) - np.log(k), dim=0)
""",
    "manifold-grid": """\
from itertools import product
from statistics import NormalDist


def manifold_grid(n):
    quantiles = [NormalDist().inv_cdf((i - 0.5) / n) for i in range(1, n + 1)]
    return torch.tensor(list(product(quantiles, quantiles)))
""",
    "report-likelihood": """\
def report_likelihood(log_p_x_given_z):
    return "Wrong", log_likelihood(log_p_x_given_z).sum()
""",
    "report-kl": """\
def report_kl(mean, std):
    return "right", kl_loss(mean, 2 * std.log())
""",
    "report-gap": """\
def report_gap(x, slope, offset, std):
    total = slope**2 + std**2
    return "wrong", torch.stack([slope * (x - offset) / total, 0 * x + std / total**0.5])
""",
    "report-loss": """\
def report_loss(log_p_x_given_z, kl):
    return "Right", kl.mean() - log_p_x_given_z.mean()
""",
    "report-game": """\
def report_game(d_real, d_fake):
    return "right", -F.binary_cross_entropy(d_real, torch.ones_like(d_real)) - (
        F.binary_cross_entropy(d_fake, torch.zeros_like(d_fake))
    )
""",
    "report-flow": """\
def report_flow(z, matrix):
    n, m = matrix.shape
    if n != m or torch.linalg.matrix_rank(matrix) < n:
        raise ValueError("this matrix has no inverse")
    x = torch.distributions.MultivariateNormal(z.new_zeros(n), matrix @ matrix.T)
    return "WRONG", x.log_prob(z @ matrix.T)
""",
    "score-function-derivation": r'''\
score_function_derivation = r"""
\mathbb{E}_q\left[f(x) \, \partial_\mu \ln q(x)\right]
= \int f(x) \, q(x) \frac{\partial_\mu q(x)}{q(x)} \, dx
= \int f(x) \, \partial_\mu q(x) \, dx
= \partial_\mu \mathbb{E}_q[f(x)]
"""
''',
    "pathwise-derivation": r'''\
pathwise_derivation = r"""
\frac{d}{d\mu} \mathbb{E}_{x \sim q}[f(x)]
= \frac{d}{d\mu} \int p(\epsilon) f(\mu + \sigma\epsilon) \, d\epsilon
= \mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}\left[\frac{df(x)}{dx} \frac{dx}{d\mu}\right]
= \mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}\left[\frac{df}{dx}(\mu + \sigma\epsilon)\right]
"""
''',
    "importance-bound-derivation": r'''\
importance_bound_derivation = r"""
\mathbb{E}[\ln \frac{1}{k} \sum_i w_i] \leq \ln \mathbb{E}[\frac{1}{k} \sum_i w_i]
= \ln \mathbb{E}[w_1] = \ln p(x)
"""
''',
}

# Four of the usual mistakes, one function not written and one text not answered.
TYPICAL = {
    # the logarithm inside the mean
    "log-likelihood": """\
def log_likelihood(log_p_x_given_z):
    return log_p_x_given_z.mean(dim=0)
""",
    # the variance for the standard deviation
    "reparametrize": """\
def reparametrize(mean, log_var, eps):
    return mean + torch.exp(log_var) * eps
""",
    "base-density": """\
def base_density_from(p, g, dg):
    # YOUR CODE HERE
    raise NotImplementedError("not written yet: your code goes here")
""",
    # the mean over the pixels
    "reconstruction-loss": """\
def reconstruction_loss(logits, x):
    losses = F.binary_cross_entropy_with_logits(logits, x, reduction="none")
    return losses.mean(dim=1)
""",
    # as the report has it
    "report-likelihood": """\
def report_likelihood(log_p_x_given_z):
    return "right", log_p_x_given_z.mean(dim=0).sum()
""",
    "l2-similarity": "YOUR ANSWER HERE",
    # the logarithm moves into the mean of the weights, too
    "importance-bound-derivation": r'''\
importance_bound_derivation = r"""
\log p(x) &= \log \mathbb{E}_{q(z|x)}[\frac{p(x, z)}{q(z|x)}] \\
&= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i] \\
&\ge \mathbb{E}[\frac{1}{k} \sum_{i=1}^k \log w_i]
"""
check_derivation("importance_bound_derivation", importance_bound_derivation)
''',
}

SAMPLES = {
    "ada": {},
    "bruno": UNUSUAL,
    "team-noether": TYPICAL,
}
