# ruff: noqa: E501 (rows as students write them)
"""Derivations of the bound by Jensen's inequality, in the styles that students write.

Labels of the wrong ones: `line n` and `parse n` for the first line that is wrong or cannot be read,
`start` and `end` for a first or last line that is not what is expected, `form` for right lines that
leave out a step.
"""

ITEM = "elbo_jensen_derivation"

RIGHT = {
    "p(x) in a chain of its own": r"""
p(x) = \int p(x, z) dz = \mathbb{E}_{q}\left[\frac{p(x, z)}{q(z|x)}\right]

\log p(x) = \log \mathbb{E}_{q}\left[\frac{p(x, z)}{q(z|x)}\right] \ge \mathbb{E}_{q}\left[\log \frac{p(x, z)}{q(z|x)}\right] = ELBO""",
    r"align body, \ge": r"""
\log p(x) &= \log \int p(x,z)\,dz \\
&= \log \int q(z|x)\,\frac{p(x,z)}{q(z|x)}\,dz \\
&\ge \int q(z|x) \log \frac{p(x,z)}{q(z|x)}\,dz \\
&= \mathcal{L}""",
    "expectation, named over the sign": r"""
\log p(x) = \log \int p(x, z) dz
= \log \mathbb{E}_{q(z|x)}\left[ \frac{p(x, z)}{q(z|x)} \right]
\overset{\text{Jensen}}{\geq} \mathbb{E}_{q(z|x)}\left[ \log \frac{p(x, z)}{q(z|x)} \right]
= ELBO""",
    "backwards": r"""
ELBO = \mathbb{E}_q[\log p(x,z) - \log q(z)]
= \mathbb{E}_q\left[\log \frac{p(x,z)}{q(z)}\right]
\le \log \mathbb{E}_q\left[\frac{p(x,z)}{q(z)}\right]
= \log \int p(x,z) dz
= \log p(x)""",
    "sums over z": r"""
\log p(x) = \log \sum_z p(x, z) = \log \sum_z q(z) \frac{p(x, z)}{q(z)}
\geq \sum_z q(z) \log \frac{p(x, z)}{q(z)} = \sum_z q(z) (\log p(x, z) - \log q(z))""",
    "everything on one row": r"""\log p(x) = \log \mathbb{E}_q[p(x,z)/q(z)] \ge \mathbb{E}_q[\log (p(x,z)/q(z))] = ELBO""",
    "ends in the definition": r"""
\log p_\theta(x) &= \log \int p_\theta(x, z) \, dz \\
&= \log \mathbb{E}_{z \sim q_\phi(z | x)}\left[ \frac{p_\theta(x, z)}{q_\phi(z | x)} \right] \\
&\geq \mathbb{E}_{z \sim q_\phi(z | x)}\left[ \log p_\theta(x, z) - \log q_\phi(z | x) \right]""",
    "prior times likelihood": r"""
\ln p(x) = \ln \int p(x|z) p(z) dz
= \ln \int q(z|x) \frac{p(x|z) p(z)}{q(z|x)} dz
\ge \int q(z|x) \ln \frac{p(x|z) p(z)}{q(z|x)} dz
= \int q(z|x) \ln p(x|z) dz - \int q(z|x) \ln \frac{q(z|x)}{p(z)} dz
= ELBO""",
    "ends in the two terms": r"""
\log p(x) = \log \mathbb{E}_q \left[ \frac{p(x|z) p(z)}{q(z)} \right]
\ge \mathbb{E}_q \left[ \log \frac{p(x|z) p(z)}{q(z)} \right]
= \mathbb{E}_q[\log p(x|z)] - D_{KL}(q(z) \| p(z))""",
    "unicode sign, mid": r"""
\log p(x) = \log \int p(x, z) dz
= \log \int \frac{p(x, z)}{q(z \mid x)} q(z \mid x) dz
≥ \int \log\left(\frac{p(x, z)}{q(z \mid x)}\right) q(z \mid x) dz
= ELBO""",
    "numerator and denominator in one fraction": r"""
\log p(x)
= \log \int \frac{q(z|x) \, p(x, z)}{q(z|x)} \, dz
\ge \int q(z|x) \log \frac{p(x, z)}{q(z|x)} \, dz
= \mathcal{F}""",
    "without the first integral": r"""
\log p(x) = \log \left( \int q(z) \cdot \frac{p(x,z)}{q(z)} dz \right) \\
\geqslant \int q(z) \cdot \log \frac{p(x,z)}{q(z)} dz \\
= ELBO""",
    "a needless ge, at which equality holds": r"""
\log p(x) \ge \log \int p(x,z) dz
= \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\ge \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}]
= ELBO""",
    "a second chain goes on from a line": r"""
\log p(x) = \log \int p(x,z) dz = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\log \mathbb{E}_q[\frac{p(x,z)}{q(z)}] \ge \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}] = ELBO""",
    "the claim first": r"""
\log p(x) \ge ELBO
\log p(x) = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}] \ge \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}] = ELBO""",
    "sign at the end of the row": r"""
\log p(x) = \log \int q(z) \frac{p(x,z)}{q(z)} dz \ge \\
\int q(z) \log \frac{p(x,z)}{q(z)} dz = \\
ELBO""",
    "the evidence inside as posterior times evidence": r"""
\log p(x) = \log \int p(z|x) p(x) dz
= \log \int q(z) \frac{p(z|x) p(x)}{q(z)} dz
\ge \int q(z) \log \frac{p(z|x) p(x)}{q(z)} dz
= \int q(z) \log \frac{p(x,z)}{q(z)} dz
= ELBO""",
    "minus the convex function": r"""
\log p(x) = -\left(-\log \mathbb{E}_q\left[\frac{p(x,z)}{q(z)}\right]\right)
\ge -\mathbb{E}_q\left[-\log \frac{p(x,z)}{q(z)}\right]
= \mathbb{E}_q\left[\log \frac{p(x,z)}{q(z)}\right]""",
}

WRONG = {
    "line 4: the sign turned": r"""
\log p(x) = \log \int p(x,z) dz
= \log \int q(z) \frac{p(x,z)}{q(z)} dz
\le \int q(z) \log \frac{p(x,z)}{q(z)} dz
= ELBO""",
    "line 3: an equality where the inequality belongs": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
= \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}]
= ELBO""",
    "line 3: the logarithm moves into the integral without weights": r"""
\log p(x) = \log \int p(x,z) dz
\ge \int \log p(x,z) dz
= ELBO""",
    "line 2: q is multiplied, but not divided by": r"""
\log p(x) = \log \int q(z) p(x,z) dz
\ge \int q(z) \log p(x,z) dz
= ELBO""",
    "line 4: q lost in the fraction": r"""
\log p(x) = \log \int p(x,z) dz
= \log \int q(z) \frac{p(x,z)}{q(z)} dz
\ge \int q(z) \log p(x,z) dz
= ELBO""",
    "line 3: sign of the entropy": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\ge \mathbb{E}_q[\log p(x,z) + \log q(z)]
= ELBO""",
    "line 2: likelihood for the joint": r"""
\log p(x) = \log \int q(z) \frac{p(x|z)}{q(z)} dz
\ge \int q(z) \log \frac{p(x|z)}{q(z)} dz
= ELBO""",
    "line 4: down and up again": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\ge \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}]
\le ELBO""",
    "line 2: starts from the bound with the wrong sign": r"""
ELBO \ge \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}] = \log p(x)""",
    "line 4: the divergence added at the end": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x|z) p(z)}{q(z)}]
\ge \mathbb{E}_q[\log \frac{p(x|z) p(z)}{q(z)}]
= \mathbb{E}_q[\log p(x|z)] + KL(q(z) \| p(z))""",
    "line 3: the fraction turned over": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\ge \mathbb{E}_q[\log \frac{q(z)}{p(x,z)}]
= ELBO""",
    "line 2: evidence without the logarithm": r"""
\log p(x) = \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\ge \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}]""",
    "line 4: the expectation under the prior": r"""
\log p(x) = \log \int p(x,z) dz = \log \int q(z) \frac{p(x,z)}{q(z)} dz
\ge \mathbb{E}_{p(z)}[\log \frac{p(x,z)}{q(z)}]""",
    "line 3: only the reconstruction is left": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x|z) p(z)}{q(z)}]
\ge \mathbb{E}_q[\log p(x|z)]""",
    "parse 3: strictly greater": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
> \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}]
= ELBO""",
    "parse 2: a brace is missing": r"""
\log p(x) = \log \int q(z) \frac{p(x,z){q(z)} dz
\ge \int q(z) \log \frac{p(x,z)}{q(z)} dz
= ELBO""",
    "start: in the middle": r"""
\log \mathbb{E}_q[\frac{p(x,z)}{q(z)}] - 0 \cdot \log p(x)
\ge \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}]
= ELBO""",
    "start: with the bound taken off": r"""
ELBO + (\log p(x) - ELBO)
= \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\ge ELBO""",
    "end: stops before the inequality": r"""
\log p(x) = \log \int p(x,z) dz
= \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]""",
    "end: the gap instead of the bound": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\ge \mathbb{E}_q[\log \frac{p(x,z)}{q(z)}]
= \log p(x) - KL(q(z) \| p(z|x))""",
    "form: the claim alone": r"\log p(x) \ge ELBO",
    "form: through the gap, without Jensen": r"""
\log p(x) = ELBO + KL(q(z) \| p(z|x))
\ge ELBO""",
    "form: the weights are never shown": r"""
\log p(x) = \log \int p(x,z) dz
\ge \int q(z) \log \frac{p(x,z)}{q(z)} dz
= ELBO""",
    "form: the logarithm never stands inside": r"""
\log p(x) = \log \mathbb{E}_q[\frac{p(x,z)}{q(z)}]
\ge ELBO""",
}
