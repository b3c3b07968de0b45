# ruff: noqa: E501 (rows as students write them)
"""Derivations of the importance-weighted bound, in the styles that students write.

Labels of the wrong ones as in `jensen`.
"""

from reference.sheet3_vae.derivations import OTHER_BOUNDS

ITEM = "importance_bound_derivation"

RIGHT = {
    "p(x) in a chain of its own, as the exercise says it": r"""
p(x) = \int p(x, z) dz = \mathbb{E}_{q(z|x)}\left[\frac{p(x, z)}{q(z|x)}\right] = \mathbb{E}\left[\frac{1}{k} \sum_{i=1}^k w_i\right]

\log p(x) = \log \mathbb{E}\left[\frac{1}{k} \sum_{i=1}^k w_i\right]
\ge \mathbb{E}\left[\log \frac{1}{k} \sum_{i=1}^k w_i\right]""",
    "weights, align": OTHER_BOUNDS["weights"],
    "weights written out": r"""
\log p(x) = \log \int p(x, z) dz
= \log \int q(z|x) \frac{p(x, z)}{q(z|x)} dz
= \log \mathbb{E}_{z_1, \dots, z_k \sim q}\left[ \frac{1}{k} \sum_{i=1}^k \frac{p(x, z_i)}{q(z_i|x)} \right]
\geq \mathbb{E}_{z_1, \dots, z_k \sim q}\left[ \log \frac{1}{k} \sum_{i=1}^k \frac{p(x, z_i)}{q(z_i|x)} \right]""",
    "short": r"""
\log p(x) = \log \mathbb{E}[w_1] = \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i] \ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]""",
    "backwards": OTHER_BOUNDS["backwards"],
    "likelihood times prior": OTHER_BOUNDS["likelihood_times_prior"],
    "z_1:k": r"""
\log p(x) = \log \mathbb{E}_{z \sim q(z|x)}\left[\frac{p(x,z)}{q(z|x)}\right]
= \log \mathbb{E}_{z_{1:k} \sim q(z|x)}\left[\frac{1}{k} \sum_{i=1}^k w_i\right]
\ge \mathbb{E}_{z_{1:k} \sim q(z|x)}\left[\log \frac{1}{k} \sum_{i=1}^k w_i\right]""",
    "sum over j, mean as a fraction": r"""
\log p(x) = \log \int q(z|x) \frac{p(x,z)}{q(z|x)} dz
= \log \mathbb{E}\left[\frac{\sum_{j=1}^k w_j}{k}\right]
\ge \mathbb{E}\left[\log \frac{\sum_{j=1}^k w_j}{k}\right]""",
    "k equal terms": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \left( \frac{1}{k} \cdot k \cdot \mathbb{E}[w_1] \right)
= \log \left( \frac{1}{k} \mathbb{E}[\sum_{i=1}^k w_i] \right)
= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i]
\ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]""",
    "moved with the factor outside": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \left( \frac{1}{k} \mathbb{E}[\sum_{i=1}^k w_i] \right)
\ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]""",
    "parameters": r"""
\log p_\theta(x) &= \log \mathbb{E}_{z \sim q_\phi(z|x)}\left[\frac{p_\theta(x,z)}{q_\phi(z|x)}\right] \\
&= \log \mathbb{E}_{z_1, \dots, z_k \sim q_\phi(z|x)}\left[\frac{1}{k} \sum_{i=1}^k \frac{p_\theta(x,z_i)}{q_\phi(z_i|x)}\right] \\
&\geq \mathbb{E}_{z_1, \dots, z_k \sim q_\phi(z|x)}\left[\log \frac{1}{k} \sum_{i=1}^k \frac{p_\theta(x,z_i)}{q_\phi(z_i|x)}\right]""",
    "the difference of logarithms at the end": OTHER_BOUNDS["difference_of_logarithms"],
    "two chains": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}] = \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i]
\log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i] \ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]""",
    "the claim first": r"""
\log p(x) \ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]
\log p(x) = \log \mathbb{E}[w_1] = \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i] \ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]""",
    "sum over the latent": r"""
\log p(x) = \log \sum_z q(z|x) \frac{p(x,z)}{q(z|x)}
= \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \frac{1}{k} \sum_{i=1}^k \mathbb{E}_{z_i \sim q(z|x)}[\frac{p(x,z_i)}{q(z_i|x)}]
= \log \mathbb{E}_{z_1, z_2, \dots, z_k \sim q(z|x)}[\frac{1}{k} \sum_{i=1}^k \frac{p(x,z_i)}{q(z_i|x)}]
≥ \mathbb{E}_{z_1, z_2, \dots, z_k \sim q(z|x)}[\log \frac{1}{k} \sum_{i=1}^k \frac{p(x,z_i)}{q(z_i|x)}]""",
    "brackets without left and right": r"""
\log p(x) = \log(\mathbb{E}_{q(z|x)}[p(x,z) / q(z|x)])
= \log(\mathbb{E}[(1/k) \sum_{i=1}^k w_i])
\ge \mathbb{E}[\log((1/k) \sum_{i=1}^k w_i)]""",
}

_START = r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i]
"""
_END = r"\ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]"

WRONG = {
    "line 4: into the mean of the weights too": _START
    + r"\ge \mathbb{E}[\frac{1}{k} \sum_{i=1}^k \log w_i]",
    "line 4: the sign turned": _START + r"\le \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]",
    "line 4: an equality": _START + r"= \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]",
    "line 3: the mean forgotten": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \mathbb{E}[\sum_{i=1}^k w_i]
\ge \mathbb{E}[\log \sum_{i=1}^k w_i]""",
    "line 4: the mean lost at the step": _START + r"\ge \mathbb{E}[\log \sum_{i=1}^k w_i]",
    "line 4: the mean outside": _START + r"\ge \frac{1}{k} \mathbb{E}[\log \sum_{i=1}^k w_i]",
    "line 3: the joint for the weights": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k p(x,z_i)]
\ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k p(x,z_i)]""",
    "line 2: q forgotten": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[p(x,z)]
= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i]
"""
    + _END,
    "line 2: likelihood for the joint": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x|z)}{q(z|x)}]
= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i]
"""
    + _END,
    "line 3: a product of the weights": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \mathbb{E}[\frac{1}{k} \prod_{i=1}^k w_i]
"""
    + _END,
    "line 3: weights upside down": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k \frac{q(z_i|x)}{p(x,z_i)}]
"""
    + _END,
    "line 5: ends in the ELBO": _START + _END + "\n= ELBO",
    "line 5: and up again": _START + _END + "\n" + r"\le \log p(x)",
    "line 2: log of the weights": r"""
\log p(x) = \mathbb{E}_{q(z|x)}[\log \frac{p(x,z)}{q(z|x)}]
\ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]""",
    "parse 4: strictly greater": _START + r"> \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]",
    "parse 3: the index belongs to no sum": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
= \log \mathbb{E}[w_i]
"""
    + _END,
    "parse 2: the code is known only inside": r"""
\log p(x) = \log \frac{p(x,z)}{q(z|x)}
"""
    + _END,
    "start: in the middle": (
        r"""
\log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i] + 0
"""
        + _END
    ),
    "start: with the weight": (
        r"""
0 + \log \mathbb{E}[w_1]
= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i]
"""
        + _END
    ),
    "end: stops at the equalities": _START.rstrip(),
    "end: back to the evidence": _START + r"= \log p(x)",
    "form: the claim alone": r"\log p(x) " + _END,
    "form: one weight is never shown": r"""
\log p(x) = \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i]
"""
    + _END,
    "form: the mean weight is never shown": r"""
\log p(x) = \log \mathbb{E}_{q(z|x)}[\frac{p(x,z)}{q(z|x)}]
"""
    + _END,
}
