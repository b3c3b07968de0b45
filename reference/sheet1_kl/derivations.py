r"""A right derivation of each kind; each takes another way than the solution in the notebook.

Rows end in `\\`.
"""
# ruff: noqa: E501 (a row of a derivation is a line)

kl_normal_derivation = r"""
KL(q \| p) &= \mathbb{E}_q\left[ \log \frac{q(x)}{p(x)} \right] \\
&= \log \frac{\sigma_2}{\sigma_1}
   + \mathbb{E}_q\left[ \frac{(x - \mu_2)^2}{2 \sigma_2^2} - \frac{(x - \mu_1)^2}{2 \sigma_1^2} \right] \\
&= \log \frac{\sigma_2}{\sigma_1}
   + \frac{\mathbb{E}_q[(x - \mu_2)^2]}{2 \sigma_2^2} - \frac{\mathbb{E}_q[(x - \mu_1)^2]}{2 \sigma_1^2} \\
&= \log \frac{\sigma_2}{\sigma_1}
   + \frac{\mathbb{E}_q[x^2] - 2 \mu_1 \mu_2 + \mu_2^2}{2 \sigma_2^2} - \frac{\sigma_1^2}{2 \sigma_1^2} \\
&= \log \frac{\sigma_2}{\sigma_1}
   + \frac{\sigma_1^2 + \mu_1^2 - 2 \mu_1 \mu_2 + \mu_2^2}{2 \sigma_2^2} - \frac{1}{2} \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} - \frac{1}{2}
"""

kl_standard_normal_derivation = r"""
KL(q \| p) &= \int q(x) \left( \log q(x) - \log p(x) \right) dx \\
&= \int q(x) \left( \frac{x^2}{2} - \frac{(x - \mu)^2}{2 \sigma^2} - \log \sigma \right) dx \\
&= \frac{1}{2} \int q(x) x^2 dx - \frac{1}{2 \sigma^2} \int q(x) (x - \mu)^2 dx - \log \sigma \\
&= \frac{\mu^2 + \sigma^2}{2} - \frac{1}{2} - \frac{1}{2} \log \sigma^2 \\
&= -\frac{1}{2} \left( 1 + \log \sigma^2 - \mu^2 - \sigma^2 \right)
"""

kl_diagonal_derivation = r"""
& \frac{1}{2} \left( \mathrm{tr}(I^{-1} \Sigma) + (\mu - 0)^\top I^{-1} (\mu - 0) - k
   + \log |I| - \log |\Sigma| \right) \\
&= \frac{1}{2} \sum_{i=1}^k \sigma_i^2
   + \frac{1}{2} \left( \mu^\top \mu - k - \log |\Sigma| \right) \\
&= \frac{1}{2} \sum_{i=1}^k \sigma_i^2 + \frac{1}{2} \sum_{i=1}^k \mu_i^2
   - \frac{k}{2} - \frac{1}{2} \log |\Sigma| \\
&= \frac{1}{2} \sum_{i=1}^k \sigma_i^2 + \frac{1}{2} \sum_{i=1}^k \mu_i^2
   - \frac{k}{2} - \frac{1}{2} \sum_{i=1}^k \log \sigma_i^2 \\
&= \frac{1}{2} \sum_{i=1}^k \left( \sigma_i^2 + \mu_i^2 - \log \sigma_i^2 - 1 \right)
"""

elbo_gap_derivation = r"""
\log p(x) - \mathcal{L} &= \mathbb{E}_q[\log p(x)] - \mathbb{E}_q[\log p(x, z) - \log q(z)] \\
&= \mathbb{E}_q[\log p(x) - \log p(x, z) + \log q(z)] \\
&= \mathbb{E}_q\left[ \log q(z) - \log \frac{p(x, z)}{p(x)} \right] \\
&= \mathbb{E}_q[\log q(z) - \log p(z | x)] \\
&= KL(q(z) \| p(z | x))
"""

elbo_split_derivation = r"""
\mathcal{L} &= \int q(z) \log \frac{p(x, z)}{q(z)} dz \\
&= \int q(z) \log \frac{p(x | z) \, p(z)}{q(z)} dz \\
&= \int q(z) \log p(x | z) dz + \int q(z) \log \frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_q[\log p(x | z)] - KL(q(z) \| p(z))
"""

elbo_jensen_derivation = r"""
\log p(x) &= \log \int p(z) \, p(x | z) \, dz \\
&= \log \int q(z) \frac{p(x, z)}{q(z)} dz \\
&= \log \mathbb{E}_q\left[ \frac{p(x, z)}{q(z)} \right] \\
&\ge \mathbb{E}_q\left[ \log \frac{p(x, z)}{q(z)} \right] \\
&= ELBO
"""

# How many rows a version that stops early has, where the closed form may hold an expectation.
KEPT = {
    "kl_normal_derivation": None,
    "kl_standard_normal_derivation": None,
    "kl_diagonal_derivation": None,
    "elbo_gap_derivation": None,
    "elbo_split_derivation": None,
    "elbo_jensen_derivation": 3,
}
