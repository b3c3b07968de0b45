"""Sample submissions to this sheet: what `make grade` grades on a fresh machine.

What each student changed in the solution's cells, by grade id; `python -m grader samples` writes
the notebooks to submitted/.
"""

# Everything right, each function in another style than the solution's.
UNUSUAL = {
    "change-of-variables": """\
def log_prob_of_transformed(x, log_prob_z, inverse, log_abs_det_inverse):
    z, factor = inverse(x), log_abs_det_inverse(x)
    return torch.stack([log_prob_z(z), factor]).sum(dim=0)
""",
    "standard-normal-log-prob": """\
from torch.distributions import Independent, Normal


def standard_normal_log_prob(z):
    return Independent(Normal(torch.zeros_like(z), torch.ones_like(z)), 1).log_prob(z)
""",
    # the entries picked out, and put back to where they were
    "affine-coupling": """\
class AffineCoupling(nn.Module):
    def __init__(self, net, mask):
        super().__init__()
        self.net, self.keeps = net, mask.bool()

    def scale_and_shift(self, x):
        s, t = self.net(torch.where(self.keeps, x, torch.zeros_like(x)))
        return s[:, ~self.keeps], t[:, ~self.keeps]

    def forward(self, x):
        s, t = self.scale_and_shift(x)
        z = x.clone()
        z[:, ~self.keeps] = torch.addcmul(t, x[:, ~self.keeps], s.exp())
        return z, torch.sum(s, 1)

    def inverse(self, z):
        s, t = self.scale_and_shift(z)
        x = z.clone()
        x[:, ~self.keeps] = (z[:, ~self.keeps] - t) / s.exp()
        return x, torch.sum(s, 1).neg()
""",
    # a chain that torch knows, gone through in both directions
    "flow": """\
class Flow(nn.Sequential):
    def __init__(self, layers):
        super().__init__(*layers)

    def forward(self, x):
        changes = []
        for layer in self:
            x, change = layer.forward(x)
            changes.append(change)
        return x, sum(changes)

    def inverse(self, z):
        changes = []
        for k in range(len(self) - 1, -1, -1):
            z, change = self[k].inverse(z)
            changes.append(change)
        return z, sum(changes)

    def log_prob(self, x):
        z, log_det = self(x)
        return torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(dim=1) + log_det

    def sample(self, z):
        x, _ = self.inverse(z)
        return x
""",
    "dequantize": """\
def dequantize(x_int, u, levels=256):
    y = torch.add(x_int, u).div(levels)
    return y, torch.log(torch.ones_like(y) / levels).sum(dim=1)
""",
    # transforms that torch knows
    "to-logit": """\
from torch.distributions.transforms import AffineTransform, ComposeTransform, SigmoidTransform


def logit_transform(alpha):
    return ComposeTransform([AffineTransform(alpha, 1 - 2 * alpha), SigmoidTransform().inv])


def to_logit(y, alpha):
    p = alpha + (1 - 2 * alpha) * y
    slope = (1 - 2 * alpha) / (p * (1 - p))
    return torch.special.logit(p), slope.log().sum(dim=1)


def from_logit(z, alpha):
    y = logit_transform(alpha).inv(z)
    softplus = torch.nn.functional.softplus
    slope = -softplus(z) - softplus(-z) - np.log(1 - 2 * alpha)
    return y, slope.sum(dim=1)
""",
    "bits-per-dim": """\
def bits_per_dim(log_prob, n_dims):
    return log_prob * math.log2(math.e) / -n_dims
""",
    "coupling-density-derivation": r'''\
coupling_density_derivation = r"""
\ln p_X(x) = \ln p_Z(z) + \ln \left|\det J\right| = \ln p_Z(z) + \ln \prod_i \exp(s_i)
= \ln p_Z(z) + \sum_i s_i
"""
''',
}

# Three of the usual mistakes, one item not written and one text not answered.
TYPICAL = {
    # the reconstruction is right, and what was published expects no more
    "affine-coupling": """\
class AffineCoupling(nn.Module):
    def __init__(self, net, mask):
        super().__init__()
        self.net = net
        self.register_buffer("mask", mask)

    def forward(self, x):
        s, t = self.net(x * self.mask)
        s, t = s * (1 - self.mask), t * (1 - self.mask)
        return x * torch.exp(s) + t, s.sum(dim=1)

    def inverse(self, z):
        s, t = self.net(z * self.mask)
        s, t = s * (1 - self.mask), t * (1 - self.mask)
        return (z - t) * torch.exp(-s), s.sum(dim=1)
""",
    # nothing for the division by the number of levels
    "dequantize": """\
def dequantize(x_int, u, levels=256):
    y = (x_int + u) / levels
    return y, torch.zeros(len(y))
""",
    "to-logit": """\
def to_logit(y, alpha):
    # YOUR CODE HERE
    raise NotImplementedError("not written yet: your code goes here")


def from_logit(z, alpha):
    # YOUR CODE HERE
    raise NotImplementedError("not written yet: your code goes here")
""",
    # nats
    "bits-per-dim": """\
def bits_per_dim(log_prob, n_dims):
    return -log_prob / n_dims
""",
    "dequantisation-why": "YOUR ANSWER HERE",
    # the inverse's determinant in the place of the layer's
    "coupling-density-derivation": r'''\
coupling_density_derivation = r"""
\log p(x) &= \log p_z(z) + \log \left| \det \frac{\partial x}{\partial z} \right| \\
&= \log p_z(z) - \sum_{j=1}^k s_j
"""
check_derivation("coupling_density_derivation", coupling_density_derivation)
''',
}

SAMPLES = {
    "ada": {},
    "bruno": UNUSUAL,
    "team-noether": TYPICAL,
}
