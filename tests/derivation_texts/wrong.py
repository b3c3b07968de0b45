# ruff: noqa: E501 (rows as students write them)
"""Wrong derivations of sheet 1; each must be refused, and for the right reason.

By item and, as `label: what is wrong`, by the reason. Written from the contract, without a look at
the checker. The labels: `line n` and `parse n` for the first line that is wrong or cannot be read,
`start` and `end` for a first or last line that is not what is asked, `form` for right lines that
leave out a step.
"""

WRONG = {
    "kl_normal_derivation": {
        "line 4: sign of the first exponent lost in log q": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 + \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} + \frac{1}{2}""",
        "line 4: both exponents without the 1/2, repaired at the end": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 3: both exponents without the 1/2, consistent": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}\left[\log\frac{\sigma_2}{\sigma_1} - \frac{(x-\mu_1)^2}{\sigma_1^2} + \frac{(x-\mu_2)^2}{\sigma_2^2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{\mathbb{E}_{q}[(x-\mu_1)^2]}{\sigma_1^2} + \frac{\mathbb{E}_{q}[(x-\mu_1)^2] + (\mu_1-\mu_2)^2}{\sigma_2^2} \\
&= \log\frac{\sigma_2}{\sigma_1} - 1 + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{\sigma_2^2}""",
        "line 4: sigma for sigma squared in the exponent of p": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2}""",
        "line 4: log of the variances without the 1/2": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1^2 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2^2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_2^2}{\sigma_1^2} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: second moment is sigma_1, not squared": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{\sigma_1}{2\sigma_1^2} + \frac{\sigma_1 + (\mu_1-\mu_2)^2}{2\sigma_2^2} \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1} + \frac{\sigma_1 + (\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "line 5: second moment taken as the variance of p": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{\sigma_2^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{(\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "line 6: E[(x-mu_2)^2] taken as sigma_1^2, distance lost": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{\sigma_1^2}{2\sigma_1^2} + \frac{\sigma_1^2}{2\sigma_2^2} \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: E_q[(x-mu_2)^2] taken under p, repaired from nowhere": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{\sigma_1^2}{2\sigma_1^2} + \frac{\sigma_2^2}{2\sigma_2^2} \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 7: (mu_1 + mu_2)^2 in the last line": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1+\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: minus before the squared distance": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\sigma_1^2 - (\mu_1-\mu_2)^2\right)""",
        "line 6: E[x^2] = sigma_1^2 - mu_1^2": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] - 2\mu_2\mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 - \mu_1^2 - 2\mu_1\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 6: E[x^2] = sigma_1^2, repaired by the next line": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] - 2\mu_2\mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 - 2\mu_1\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 6: E[x^2] = (E[x])^2": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] - 2\mu_2\mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mu_1^2 - 2\mu_1\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \log\frac{\sigma_2}{\sigma_1} + \frac{(\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 6: E_q[x] = mu_2": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] - 2\mu_2\mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + \mu_1^2 - 2\mu_2\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + \mu_1^2 - \mu_2^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: cross term without the factor 2": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] - \mu_2\mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + \mu_1^2 - \mu_1\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: cross term lost in (x-mu_2)^2": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + \mu_1^2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 7: cross term lost only in the last line": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] - 2\mu_2\mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + \mu_1^2 - 2\mu_1\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + \mu_1^2 - \mu_2^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 7: the -1/2 lost": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "line 4: -1 for -1/2": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - 1""",
        "line 6: +1/2 for -1/2": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} + \frac{1}{2}""",
        "line 3: sigma_1/sigma_2 in the logarithm, consistent": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}\left[\log\frac{\sigma_1}{\sigma_2} - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_1}{\sigma_2} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_1}{\sigma_2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: sign of the logarithm flipped when pulled out, repaired": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= -\log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 2: reversed definition, consistent to the reversed end": r"""
KL(q \| p) &= \int p(x) \log \frac{p(x)}{q(x)} dx \\
&= \int p(x)\left(\log\frac{\sigma_1}{\sigma_2} - \frac{(x-\mu_2)^2}{2\sigma_2^2} + \frac{(x-\mu_1)^2}{2\sigma_1^2}\right) dx \\
&= \log\frac{\sigma_1}{\sigma_2} - \frac{1}{2} + \frac{1}{2\sigma_1^2}\int p(x)(x-\mu_1)^2 dx \\
&= \log\frac{\sigma_1}{\sigma_2} + \frac{\sigma_2^2 + (\mu_1-\mu_2)^2}{2\sigma_1^2} - \frac{1}{2}""",
        "line 2: definition with the fraction upside down, consistent (negative KL)": r"""
KL(q \| p) &= \int q(x) \log \frac{p(x)}{q(x)} dx \\
&= \mathbb{E}_{q}[\log p(x)] - \mathbb{E}_{q}[\log q(x)] \\
&= -\log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] + \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] \\
&= -\log\frac{\sigma_2}{\sigma_1} - \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} + \frac{1}{2}""",
        "line 2: expectation under p, then q again": r"""
KL(q \| p) &= \int p(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 2: q lost in the integral": r"""
KL(q \| p) &= \int \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 3: log of a quotient as quotient of logs": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}\left[\frac{\log q(x)}{\log p(x)}\right] \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 3: log of a quotient as a sum of logs": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \int q(x) \log q(x) dx + \int q(x) \log p(x) dx \\
&= -\frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2} - \frac{1}{2}\log(2\pi\sigma_2^2) - \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx""",
        "line 4: bracket lost: minus only on the first term of log p": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\frac{1}{2}\log(2\pi\sigma_1^2) - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \frac{1}{2}\log(2\pi\sigma_2^2) - \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] - \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} - \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "line 3: 2 pi lost in one normaliser": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] - 2\mu_2\mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + \mu_1^2 - 2\mu_1\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 3: square root forgotten in log of the normaliser": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 3: 3.14 for pi in one of the two logs": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2 \cdot 3.14 \sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 3: means swapped between the written-out densities": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \int q(x) \log\left(\frac{1}{\sqrt{2\pi\sigma_1^2}} \exp\left(-\frac{(x-\mu_2)^2}{2\sigma_1^2}\right)\right) dx - \int q(x) \log\left(\frac{1}{\sqrt{2\pi\sigma_2^2}} \exp\left(-\frac{(x-\mu_1)^2}{2\sigma_2^2}\right)\right) dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_2)^2 dx + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_1)^2 dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_1^2} + \frac{\sigma_1^2}{2\sigma_2^2}""",
        "line 3: written-out density without the minus in the exponent": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \int q(x) \log\left(\frac{1}{\sqrt{2\pi}\sigma_1} e^{\frac{(x-\mu_1)^2}{2\sigma_1^2}}\right) dx - \int q(x) \log\left(\frac{1}{\sqrt{2\pi}\sigma_2} e^{\frac{(x-\mu_2)^2}{2\sigma_2^2}}\right) dx \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] - \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{1}{2} - \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "line 3: sigma outside the root squared in the density": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \int q(x) \log\frac{\frac{1}{\sqrt{2\pi}\sigma_1^2} e^{-\frac{(x-\mu_1)^2}{2\sigma_1^2}}}{\frac{1}{\sqrt{2\pi}\sigma_2^2} e^{-\frac{(x-\mu_2)^2}{2\sigma_2^2}}} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 7: denominator 2 sigma_2 in the last line": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2} - \frac{1}{2}""",
        "line 5: denominator 2 sigma_1^2 in the last line": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_1^2} - \frac{1}{2}""",
        "line 5: 2 of the denominator lost in the last line": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{\sigma_2^2} - \frac{1}{2}""",
        "line 6: distance not squared": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: (mu_1 - mu_2)^2 as mu_1^2 - mu_2^2": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{\sigma_1^2 + \mu_1^2 - \mu_2^2}{2\sigma_2^2}""",
        "line 6: (sigma_1 + mu_1 - mu_2)^2": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{(\sigma_1 + \mu_1 - \mu_2)^2}{2\sigma_2^2}""",
        "line 5: log sigma_2 - log sigma_1 as a quotient of logs": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \frac{\log\sigma_2}{\log\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: log sigma_2 - log sigma_1 as log of the difference": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log(\sigma_2-\sigma_1) - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log(\sigma_2-\sigma_1) - \frac{1}{2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "line 7: half log ratio of the standard deviations at the end": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\mathbb{E}_{q}[x^2] - 2\mu_2\mathbb{E}_{q}[x] + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + \mu_1^2 - 2\mu_1\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac{1}{2} \\
= \frac{1}{2}\log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: square of the expectation for expectation of the square": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[x-\mu_2]\right)^2 \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{(\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "line 6: 1/2 factored out, but not of the logarithm": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \frac{1}{2}\left(\log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{\sigma_2^2} - 1\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 5: the first moment E[x - mu_1] taken as sigma_1": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{\sigma_1^2 + 2(\mu_1-\mu_2)\sigma_1 + (\mu_1-\mu_2)^2}{2\sigma_2^2} \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 4: one index slip in the middle, right before and after": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_1)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 3: wrong in the middle of one row A = B = C": r"""
KL(q \| p) = \mathbb{E}_{q}\left[\log\frac{q(x)}{p(x)}\right] = \mathbb{E}_{q}\left[\log q(x)\right] - \frac{1}{2}\mathbb{E}_{q}\left[\log p(x)\right] = \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 6: a small number added to hide the error: -0.5001": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - 0.5001""",
        "line 6: everything right, a wrong line appended after the result": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} \\
&= \log\sigma_1 - \log\sigma_2 + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "line 6: claims the result is 0": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= 0""",
        "start: starts from KL(p||q), everything consistent to the reversed end": r"""
KL(p \| q) &= \int p(x) \log \frac{p(x)}{q(x)} dx \\
&= \log\frac{\sigma_1}{\sigma_2} - \frac{1}{2\sigma_2^2}\int p(x)(x-\mu_2)^2 dx + \frac{1}{2\sigma_1^2}\int p(x)(x-\mu_1)^2 dx \\
&= \log\frac{\sigma_1}{\sigma_2} - \frac{1}{2} + \frac{\sigma_2^2 + (\mu_1-\mu_2)^2}{2\sigma_1^2}""",
        "start: KL(p||q) written, the right derivation after it": r"""
KL(p \| q) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "start: starts from -KL, consistent": r"""
\int q(x) \log \frac{p(x)}{q(x)} dx \\
= -\log\frac{\sigma_2}{\sigma_1} + \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] - \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
= -\log\frac{\sigma_2}{\sigma_1} + \frac{1}{2} - \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "start: starts from the cross entropy alone, consistent": r"""
-\int q(x) \log p(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + (\mu_1-\mu_2)^2\right) \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2}""",
        "start: starts from twice the KL, consistent": r"""
2 KL(q \| p) &= 2 \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= 2\log\frac{\sigma_2}{\sigma_1} - \frac{1}{\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{\sigma_2^2} - 1""",
        "start: starts with the integral under p, right from the second line on": r"""
\int p(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "start: starts at 0": r"""
0 \\
&= \int q(x) dx - 1 \\
&= \frac{1}{\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] - 1 \\
&= \frac{\sigma_1^2}{\sigma_1^2} - 1""",
        "end: stops at the expectations": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2]""",
        "end: stops with one expectation left": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2]""",
        "end: stops with an integral left": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx \\
= \frac{1}{2}\log\frac{\sigma_2^2}{\sigma_1^2} + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx - \frac{\sigma_1^2}{2\sigma_1^2}""",
        "end: stops with E_q[x] for mu_1": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mathbb{E}_{q}[x]-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "end: right, but ends by going back to the symbol": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} \\
&= KL(q \| p)""",
        "end: the result plus an expectation that vanishes": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "end: only the definition, twice": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}\left[\log\frac{q(x)}{p(x)}\right]""",
        "end: stops with the moments, in one integral and in two": r"""
D_{KL}(q \| p) = \mathbb{E}_q[\log q(x) - \log p(x)]
= \log \frac{\sigma_2}{\sigma_1} + \mathbb{E}_q\left[\frac{(x-\mu_2)^2}{2\sigma_2^2} - \frac{(x-\mu_1)^2}{2\sigma_1^2}\right]
= \log \frac{\sigma_2}{\sigma_1} + \frac{\mathbb{E}_q[(x-\mu_2)^2]}{2\sigma_2^2} - \frac{\mathbb{E}_q[(x-\mu_1)^2]}{2\sigma_1^2}""",
        "form: one jump from the symbol to the result": r"""
KL(q \| p) &= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: one jump from the definition to the result": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: jump after restating the definition three times": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \int q(x) (\log q(x) - \log p(x)) dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: jump from the logs, the second moment never there": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: second moment added with factor 0": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}\left[-\log \sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log \sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2}\right] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} + 0 \cdot \mathbb{E}_{q}[(x-\mu_1)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: second moment added and subtracted": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \int q(x) \log \frac{q(x)}{p(x)} dx + \mathbb{E}_{q}[(x-\mu_1)^2] - \mathbb{E}_{q}[(x-\mu_1)^2] \\
&= \int q(x) \log \frac{q(x)}{p(x)} dx + \sigma_1^2 - \sigma_1^2 \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: second moment divided by itself as a factor 1": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \frac{\mathbb{E}_{q}[(x-\mu_1)^2]}{\mathbb{E}_{q}[(x-\mu_1)^2]} \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: second moment to the power 0": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \left(\mathbb{E}_{q}[(x-\mu_1)^2]\right)^0 \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: second moment with factor mu_1 - mu_1": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] + (\mu_1 - \mu_1)\int q(x)(x-\mu_1)^2 dx \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: second moment inside log of a ratio of itself": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] + \log\frac{\mathbb{E}_{q}[(x-\mu_1)^2]}{\mathbb{E}_{q}[(x-\mu_1)^2]} \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: zero inside the integral: 0 times (x-mu_1)^2": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \int q(x) \left(\log q(x) - \log p(x) + 0 \cdot (x-\mu_1)^2\right) dx \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: only E[(x-mu_2)^2], the entropy of q from a table": r"""
D_{KL}(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx \\
= -\int q(x) \log p(x) dx - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2} \\
= \frac{1}{2}\log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] - \frac{1}{2}\log(2\pi\sigma_1^2) - \frac{1}{2} \\
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: only the mean is used, E[x - mu_1] = 0 shown": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} + \mathbb{E}_{q}[x-\mu_1] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "form: in a circle: the result, one of its parts written out, the result": r"""
D_{KL}(q \| p) = \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} - \frac{1}{2}
= \log \frac{\sigma_2}{\sigma_1} + \frac{\mathbb{E}_q[(x-\mu_1)^2] + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} - \frac{1}{2}
= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} - \frac{1}{2}""",
        "form: in a circle: a part of the result is written out between two claims": r"""
D_{KL}(q \| p) = \mathbb{E}_q[\log q(x) - \log p(x)] = \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} - \frac{1}{2}
\sigma_1^2 = \mathbb{E}_q[(x - \mu_1)^2]
D_{KL}(q \| p) = \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} - \frac{1}{2}""",
        "parse 4: brace of the fraction never closed": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1 - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "parse 4: log without a backslash": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        r"parse 4: \log without argument": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "parse 5: sigma without a backslash": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{sigma_2}{sigma_1} + \frac{sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        r"parse 5: unknown name \mu_3": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_3)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "parse 3: round bracket closed by a square one": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \int q(x) \left(\log q(x) - \log p(x)\right] dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "parse 2: integral without dx": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "parse 5: trailing minus": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} -""",
        r"parse 5: \frac with one argument": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2} - \frac{1}{2}""",
        "parse 4: prose in a line": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \text{now insert the densities} \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "parse 4: double superscript": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "parse 3: closing bracket of the expectation missing": r"""
KL(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x) \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
    },
    "kl_standard_normal_derivation": {
        "line 5: minus of the bracket lost": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= \frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 5: sign of mu^2 not turned when factoring out -1/2": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 + \mu^2 - \sigma^2\right)""",
        "line 5: sign of sigma^2 not turned when factoring out -1/2": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 + \sigma^2\right)""",
        "line 4: neither sign turned, repaired in the next line": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 + \mu^2 + \sigma^2\right) \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 4: sign of the logarithm wrong in the bracket": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 - \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 5: sign of the 1 wrong in the bracket": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -\frac{1}{2}\left(\log\sigma^2 - 1 - \mu^2 - \sigma^2\right)""",
        "line 5: factor 1/2 lost in the last line": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 4: 1 forgotten in the last line": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(\log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 5: log sigma for log sigma^2 in the last line": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma - \mu^2 - \sigma^2\right)""",
        "line 3: log sigma^2 without the 1/2, repaired": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma^2 + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 3: log sigma^2 without the 1/2, consistent": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma^2 + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + 2\log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 3: log(1/sigma) = log sigma": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= \log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 - \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 3: log(1/sigma) = 1/log sigma": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= \frac{1}{\log\sigma} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 3: log(1/sigma) = 1 - log sigma": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= 1 - \log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(-1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 3: sigma for sigma^2": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma\right)""",
        "line 4: mu for mu^2": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu - \sigma^2\right)""",
        "line 3: (sigma + mu)^2 for the sum of squares": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{(\sigma + \mu)^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 4: fraction split with the 1/2 only on the first part": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2}{2} + \mu^2 - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - 2\mu^2 - \sigma^2\right)""",
        "line 2: general formula with sigma_1 and sigma_2 swapped, consistent": r"""
KL(q \| p) &= \log\frac{\sigma}{1} + \frac{1 + \mu^2}{2\sigma^2} - \frac{1}{2} \\
&= \frac{1}{2}\left(\log\sigma^2 + \frac{1 + \mu^2}{\sigma^2} - 1\right)""",
        "line 2: general formula with only the logarithm upside down": r"""
KL(q \| p) &= \log\frac{\sigma}{1} + \frac{\sigma^2 + (\mu-0)^2}{2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 2: general formula without -1/2, consistent": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + \mu^2}{2} \\
&= -\frac{1}{2}\left(\log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 2: general formula with mean 1 put in for p": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 1)^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - (\mu-1)^2 - \sigma^2\right)""",
        "line 2: general formula with 2 sigma^2 under the fraction for 2": r"""
KL(q \| p) &= -\log\sigma + \frac{\sigma^2 + \mu^2}{2\sigma^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\mu^2}{2\sigma^2}""",
        "line 2: definition upside down, consistent (negative)": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{p(x)}{q(x)} dx \\
= \frac{1}{2}\log\sigma^2 + \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] - \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= \frac{1}{2}\log\sigma^2 + \frac{1}{2} - \frac{1}{2}(\sigma^2 + \mu^2) \\
= \frac{1}{2}(1 + \log\sigma^2 - \mu^2 - \sigma^2)""",
        "line 2: reversed KL by definition, consistent": r"""
D_{KL}(q \| p) = \int p(x) \log\frac{p(x)}{q(x)} dx \\
= \frac{1}{2}\log\sigma^2 - \frac{1}{2}\int p(x) x^2 dx + \frac{1}{2\sigma^2}\int p(x)(x-\mu)^2 dx \\
= \frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1 + \mu^2}{2\sigma^2}""",
        "line 2: expectation under p in the second line, right afterwards": r"""
D_{KL}(q \| p) = \int p(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "line 3: plus between the two integrals": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx + \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "line 3: q missing in the second integral": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "line 3: p for q as weight of the second integral": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int p(x) \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2} + \frac{1}{2}\log(2\pi) + \frac{1}{2} \\
= -\frac{1}{2}\log\sigma^2""",
        "line 4: 2 pi lost in log p": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "line 4: 1/2 lost before E[x^2]": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \sigma^2 + \mu^2""",
        "line 5: E[x^2] = sigma^2": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}\sigma^2 \\
= -\frac{1}{2}(1 + \log\sigma^2 - \sigma^2)""",
        "line 6: E[x^2] = mu^2": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}\mu^2 \\
= -\frac{1}{2}(1 + \log\sigma^2 - \mu^2)""",
        "line 5: E[x^2] = sigma^2 - mu^2": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 - \mu^2) \\
= -\frac{1}{2}(1 + \log\sigma^2 + \mu^2 - \sigma^2)""",
        "line 5: E[x^2] = 1 as if x came from p": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2} \\
= -\frac{1}{2}\log\sigma^2""",
        "line 5: E[(x-mu)^2] = 1, repaired": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2} + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "line 4: sign of the second moment of q": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log\sigma^2 + \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}(-1 + \log\sigma^2 - \mu^2 - \sigma^2)""",
        "line 4: sigma for sigma^2 under the second moment of q": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{\sigma}{2} + \frac{1}{2}(\sigma^2 + \mu^2)""",
        "line 4: mean not subtracted in q's exponent": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[x^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{\sigma^2 + \mu^2}{2\sigma^2} + \frac{\sigma^2 + \mu^2}{2}""",
        "line 3: written-out densities, e without minus in p": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log\left(\frac{1}{\sqrt{2\pi\sigma^2}} e^{-\frac{(x-\mu)^2}{2\sigma^2}}\right) dx - \int q(x) \log\left(\frac{1}{\sqrt{2\pi}} e^{\frac{x^2}{2}}\right) dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "line 3: written-out densities, 1/(2 sigma) in the exponent": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log\left(\frac{1}{\sqrt{2\pi\sigma^2}} \exp\left(-\frac{(x-\mu)^2}{2\sigma}\right)\right) dx - \int q(x) \log\left(\frac{1}{\sqrt{2\pi}} \exp\left(-\frac{x^2}{2}\right)\right) dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{\sigma}{2} + \frac{\sigma^2 + \mu^2}{2}""",
        "line 3: log of the product q p for the quotient": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \mathbb{E}_{q}[\log(q(x) p(x))] \\
= \mathbb{E}_{q}[\log q(x)] - \mathbb{E}_{q}[\log p(x)] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "line 3: quotient of the logs": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \frac{\mathbb{E}_{q}[\log q(x)]}{\mathbb{E}_{q}[\log p(x)]} \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "line 4: -1/2 becomes -1 when collecting": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - 1 + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}(2 + \log\sigma^2 - \mu^2 - \sigma^2)""",
        "line 5: right result, then a wrong rewriting with log sigma": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right) \\
&= -\frac{1}{2} - \frac{1}{2}\log\sigma + \frac{\mu^2}{2} + \frac{\sigma^2}{2}""",
        "line 5: 0.499 for 1/2 to see whether anyone looks": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -0.499\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "line 4: (log sigma)^2 for log sigma^2": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + (\log\sigma)^2 - \mu^2 - \sigma^2\right)""",
        "line 5: bracket closed too early": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -\frac{1}{2}(1 + \log\sigma^2) - \mu^2 - \sigma^2""",
        "start: KL(p||q) written, right formulas after it": r"""
KL(p \| q) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "start: KL(p||q) with the consistent other result": r"""
KL(p \| q) &= \log\sigma + \frac{1 + \mu^2}{2\sigma^2} - \frac{1}{2} \\
&= \frac{1}{2}\left(\log\sigma^2 + \frac{1 + \mu^2}{\sigma^2} - 1\right)""",
        "start: starts from the wrong general formula, consistent": r"""
\log\frac{\sigma}{1} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
= \frac{1}{2}\log\sigma^2 + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
= -\frac{1}{2}(1 - \log\sigma^2 - \mu^2 - \sigma^2)""",
        "start: starts from the general formula without -1/2, last line right": r"""
\log\frac{1}{\sigma} + \frac{\sigma^2 + \mu^2}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "start: starts from minus the KL, consistent": r"""
-KL(q \| p) &= \log\sigma - \frac{\sigma^2 + \mu^2}{2} + \frac{1}{2} \\
&= \frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "start: starts from the integral upside down, right from line two": r"""
\int q(x) \log\frac{p(x)}{q(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "start: starts from the entropy alone": r"""
-\int q(x) \log q(x) dx \\
= \frac{1}{2}\log(2\pi\sigma^2) + \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] \\
= \frac{1}{2}\log(2\pi\sigma^2) + \frac{1}{2}""",
        "end: stops at the expectations": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2]""",
        "end: stops with an integral for E[x^2]": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}\int q(x) x^2 dx""",
        "end: only the definition": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx""",
        "end: goes back to the symbol at the end": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right) \\
&= KL(q \| p)""",
        "end: result with the expectation left in for mu": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right) \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \left(\mathbb{E}_{q}[x]\right)^2 - \sigma^2\right)""",
        "line 6: a wrong part between right lines": r"""
D_{KL}(q \| p) = \mathbb{E}_q[\log q(x)] - \mathbb{E}_q[\log p(x)]
\mathbb{E}_q[\log q(x)] = -\frac12 \log 2\pi\sigma^2 - \frac12
\mathbb{E}_q[\log p(x)] = -\frac12 \log 2\pi - \frac12 (\mu + \sigma^2)
D_{KL}(q \| p) = -\frac{1}{2} (1 + \log \sigma^2 - \mu^2 - \sigma^2)""",
        "line 3: a lemma on a part that stands nowhere": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx
\mathbb{E}_q[x^2] = \mu^2 + \sigma^2
D_{KL}(q \| p) = -\frac{1}{2} (1 + \log \sigma^2 - \mu^2 - \sigma^2)""",
        "form: one jump from the symbol to the result": r"""
KL(q \| p) \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "form: one jump from the definition to the result": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "form: definition restated, then the jump": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= \mathbb{E}_{q}[\log q(x)] - \mathbb{E}_{q}[\log p(x)] \\
= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "form: definition padded with 0 times the moments, then the jump": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log\frac{q(x)}{p(x)} dx + 0 \cdot \mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "form: definition plus mu^2 minus mu^2, then the jump": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= \int q(x) \log\frac{q(x)}{p(x)} dx + \mu^2 - \mu^2 \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "form: the result with a logarithm of 2 pi added and subtracted": r"""
D_{KL}(q \| p) = \mathbb{E}_q[\log\frac{q(x)}{p(x)}]
= -\frac{1}{2} (1 + \log \sigma^2 - \mu^2 - \sigma^2) + \log 2\pi - \log 2\pi
= -\frac{1}{2} (1 + \log \sigma^2 - \mu^2 - \sigma^2)""",
        "parse 4: closing bracket missing in the last line": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2""",
        "parse 4: log without a backslash": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}(1 + log\sigma^2 - \mu^2 - \sigma^2)""",
        r"parse 3: \log with nothing to take": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "parse 3: mu and sigma without backslashes": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log sigma + \frac{sigma^2 + mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        "parse 3: brace missing in a fraction": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right)""",
        r"parse 4: unknown \theta": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}\left(1 + \log\theta^2 - \mu^2 - \theta^2\right)""",
        "parse 2: dx forgotten": r"""
KL(q \| p) &= \int q(x) \log\frac{q(x)}{p(x)} \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "parse 4: bracket closed by a brace": r"""
D_{KL}(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 + \mu^2\} \\
= -\frac{1}{2}(1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "parse 4: two operators in a row": r"""
KL(q \| p) &= \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2} \\
&= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} \\
&= -\frac{1}{2}(1 + \log\sigma^2 - \cdot \mu^2 - \sigma^2)""",
    },
    "kl_diagonal_derivation": {
        "line 2: sign of log det Sigma, consistent": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k + \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k + \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 + \log\sigma_i^2 - 1\right)""",
        "line 2: sign of log det Sigma, repaired in the next line": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k + \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 2: trace of the inverse": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma^{-1}) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\frac{1}{\sigma_i^2} + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\frac{1}{\sigma_i^2} + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 3: trace as a product": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\prod_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 3: trace with sigma_i for sigma_i^2": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 3: trace with sigma_i^4": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}(\sigma_i^2)^2 + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 3: trace = k, as of the identity": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(k + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\mu_i^2 - \sum_{i=1}^{k}\log\sigma_i^2\right)""",
        "line 3: trace as square of the sum": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\left(\sum_{i=1}^{k}\sigma_i\right)^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 4: determinant as the sum: log of a sum": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\left(\sum_{i=1}^{k}\sigma_i^2\right)\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 5: determinant as the sum, consistent": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\left(\sum_{i=1}^{k}\sigma_i^2\right)\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}(\sigma_i^2 + \mu_i^2 - 1) - \log\left(\sum_{i=1}^{k}\sigma_i^2\right)\right)""",
        "line 5: log of the product as product of the logs": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\left(\prod_{i=1}^{k}\sigma_i^2\right)\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \prod_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 4: determinant with sigma_i for sigma_i^2": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\left(\prod_{i=1}^{k}\sigma_i\right)\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i - 1\right)""",
        "line 4: determinant lost its logarithm": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \prod_{i=1}^{k}\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 4: log sigma_i^2 = 1/2 log sigma_i": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \frac{1}{2}\sum_{i=1}^{k}\log\sigma_i\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 4: log sigma_i^2 = (log sigma_i)^2": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}(\log\sigma_i)^2\right)""",
        "line 2: the 1/2 lost on the way": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma \\
&= \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2 \\
&= \sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 6: the 1/2 lost in the last line": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - \sum_{i=1}^{k} 1 + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2) - 1\right]""",
        "line 3: the 1/2 only on the trace": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2 \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 2: -k dropped": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2\right)""",
        "line 5: -k dropped only in the last line": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2\right)""",
        "line 5: 1 subtracted once, not per dimension": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2\right) - 1\right)""",
        "line 5: bracket after the sum forgotten, so the 1 stands outside": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2)\right] - 1""",
        "line 4: k subtracted in each summand": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - k\right)""",
        "line 6: +1 for -1 in the sum": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\left(\prod_{i=1}^{k}\sigma_i^2\right)\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 + 1\right)""",
        "line 4: mu^T mu as the sum of the mu_i": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i - \log\sigma_i^2 - 1\right)""",
        "line 4: mu^T mu as the square of the sum": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \left(\sum_{i=1}^{k}\mu_i\right)^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 3: quadratic form with the wrong sign": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) - \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 - \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 - \mu_i^2 - \log(\sigma_i^2) - 1\right]""",
        "line 2: quadratic form with Sigma^{-1} for I": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\Sigma^{-1}\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\frac{\mu_i^2}{\sigma_i^2} - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \frac{\mu_i^2}{\sigma_i^2} - \log\sigma_i^2 - 1\right)""",
        "line 2: quadratic form with Sigma, repaired": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\Sigma\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 3: quadratic form lost": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 5: mean over the dimensions in the last line": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2k}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 4: product for sum in the last line": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\prod_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 4: (sigma_i + mu_i)^2": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left((\sigma_i + \mu_i)^2 - \log\sigma_i^2 - 1\right)""",
        "line 5: log sigma_i in the last line": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log\sigma_i - 1\right]""",
        "line 5: sigma_i for sigma_i^2 in the last line": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i + \mu_i^2 - \log(\sigma_i^2) - 1\right]""",
        "line 4: 1/2 inside with the wrong sign outside (form of Kingma and Welling)": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(1 + \log\sigma_i^2 - \mu_i^2 - \sigma_i^2\right)""",
        "line 2: log det I taken as k": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k + k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - \sum_{i=1}^{k}\log\sigma_i^2\right)""",
        "line 3: log det I taken as 1": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[1 - \log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2) - 1\right]""",
        "line 2: log of the ratio as ratio of the logs": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k + \frac{\log\det I}{\log\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k\right)""",
        "line 2: formula with the determinants upside down after the symbol": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|\Sigma|}{|I|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2) - 1\right]""",
        "line 2: formula with the arguments swapped after the symbol, consistent": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|\Sigma|}{|I|} - k + \mathrm{tr}(\Sigma^{-1}I) + (\mu-0)^\top \Sigma^{-1}(\mu-0)\right] \\
= \frac{1}{2}\left[\sum_{i=1}^{k}\log\sigma_i^2 - k + \sum_{i=1}^{k}\frac{1}{\sigma_i^2} + \sum_{i=1}^{k}\frac{\mu_i^2}{\sigma_i^2}\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\frac{1 + \mu_i^2}{\sigma_i^2} + \log\sigma_i^2 - 1\right]""",
        "line 3: det of the inverse without the sign": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det(\Sigma^{-1})\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 3: k = sum of i's variances: k replaced by the trace": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - \mathrm{tr}(\Sigma) - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\mu_i^2 - \sum_{i=1}^{k}\log\sigma_i^2\right)""",
        "line 5: minus forgotten before the sum of logs only in the middle": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\left(\prod_{i=1}^{k}\sigma_i^2\right)\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k + \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 4: logs taken of all three sums": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\log\left(\frac{\sigma_i^2 + \mu_i^2}{\sigma_i^2}\right) - \frac{k}{2} \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "line 6: right result and then 1/2 moved in wrongly": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right) \\
&= \sum_{i=1}^{k}\left(\frac{\sigma_i^2}{2} + \frac{\mu_i^2}{2} - \log\sigma_i^2 - \frac{1}{2}\right)""",
        "line 5: 0.5001 for 1/2": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= 0.5001\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2) - 1\right]""",
        "start: starts from the formula without the 1/2, consistent": r"""
\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma} \\
&= \mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma \\
&= \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2 \\
&= \sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "start: starts from the formula with the determinants swapped, right afterwards": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det\Sigma}{\det I}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "start: starts from the formula with the determinants swapped, consistent": r"""
\frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k + \log\frac{\det\Sigma}{\det I}\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k + \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 + \log\sigma_i^2 - 1\right)""",
        "start: starts from KL(N(0,I)||N(mu,Sigma)), consistent": r"""
\frac{1}{2}\left(\mathrm{tr}(\Sigma^{-1}I) + (\mu-0)^\top\Sigma^{-1}(\mu-0) - k + \log\frac{\det\Sigma}{\det I}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma^{-1}) + \mu^\top\Sigma^{-1}\mu - k + \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\frac{1}{\sigma_i^2} + \sum_{i=1}^{k}\frac{\mu_i^2}{\sigma_i^2} - k + \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\frac{1 + \mu_i^2}{\sigma_i^2} + \log\sigma_i^2 - 1\right)""",
        "start: starts from the formula without -k, last line right": r"""
\frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "start: starts with the trace alone": r"""
\mathrm{tr}(\Sigma) \\
&= \sum_{i=1}^{k}\sigma_i^2""",
        "end: all sums there, but back to the matrix formula at the end": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right)""",
        "end: all sums there, ends at the symbol KL": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2) - 1\right] \\
= KL(q \| p)""",
        "end: all sums there, but the last line turns mu back into a vector": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\left(\sigma_i^2 - \log\sigma_i^2 - 1\right) + \mu^\top\mu\right)""",
        "end: all sums there, but the last line turns the log-determinant back": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - 1\right] - \frac{1}{2}\log|\Sigma|""",
        "end: stops with a product in the logarithm": r"""
KL(\mathcal{N}(\mu, \Sigma) \| \mathcal{N}(0, I)) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\prod_{i=1}^{k}\sigma_i^2\right)""",
        "form: one jump from the formula to the result": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: symbol, formula, result": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2) - 1\right]""",
        "form: jump from the simplified matrices to the result": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: the formula restated three times, then the jump": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + (0-\mu)^\top(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k + \log\frac{1}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: only the trace as a sum, then the jump": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: trace and quadratic form as sums, log-determinant jumped": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: sums with factor 0": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) + 0 \cdot \left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: sums added and subtracted": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) + \sum_{i=1}^{k}\sigma_i^2 - \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - \sum_{i=1}^{k}\mu_i^2 + \sum_{i=1}^{k}\log\sigma_i^2 - \sum_{i=1}^{k}\log\sigma_i^2 \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: trace sum over itself as a factor 1, the others to the power 0": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{\sum_{i=1}^{k}\sigma_i^2}{\sum_{i=1}^{k}\sigma_i^2}\left(\sum_{i=1}^{k}\mu_i^2\right)^0\left(\sum_{i=1}^{k}\log\sigma_i^2\right)^0 \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: quadratic form padded: sum added and taken away, the rest real": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \mu^\top\mu - k - \sum_{i=1}^{k}\log\sigma_i^2\right) + \sum_{i=1}^{k}\mu_i^2 - \sum_{i=1}^{k}\mu_i^2 \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: log-determinant padded with 0, the rest real": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma + 0 \cdot \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "form: in a circle: the result is taken apart and put together": r"""
D_{KL}(\mathcal{N}(\mu, \Sigma) \| \mathcal{N}(0, I)) = \frac{1}{2} \sum_{i=1}^k (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2 - 1)
= \frac12 \sum_i \sigma_i^2 + \frac12 \sum_i \mu_i^2 - \frac{k}{2} - \frac12\sum_i \log \sigma_i^2
= \frac{1}{2} \sum_{i=1}^k (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2 - 1)""",
        "form: backwards in one jump": r"""
\frac{1}{2} \sum_{i=1}^k (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2 - 1) = D_{KL}(\mathcal{N}(\mu, \Sigma) \| \mathcal{N}(0, I))""",
        "parse 3: missing brace in the fraction": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        r"parse 2: \log\det without a matrix": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "parse 2: trace without argument": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr} + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        r"parse 2: unknown matrix \Lambda": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Lambda) + \mu^\top\mu - k - \log\det\Lambda\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "parse 3: determinant bar not closed": r"""
D_{KL}(q \| p) \\
= \frac{1}{2}\left[\log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu)\right] \\
= \frac{1}{2}\left[-\log|\Sigma - k + \mathrm{tr}(\Sigma) + \mu^\top\mu\right] \\
= \frac{1}{2}\left[-\sum_{i=1}^{k}\log(\sigma_i^2) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2\right] \\
= \frac{1}{2}\sum_{i=1}^{k}\left[\sigma_i^2 + \mu_i^2 - \log(\sigma_i^2) - 1\right]""",
        "parse 3: big bracket not closed": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2 \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "parse 4: sum without summand": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k} + \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "parse 4: log without a backslash": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - log\sigma_i^2 - 1\right)""",
        "parse 3: dots for the sum": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \ldots - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        r"parse 3: \sum misspelt as \summ": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\summ_{i=1}^{k}\sigma_i^2 + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "parse 4: bracket closed twice": r"""
\frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\sum_{i=1}^{k}(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1))""",
    },
    "elbo_gap_derivation": {
        "line 7: KL against the prior at the end": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z))""",
        "line 6: reversed KL at the end": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(p(z|x) \| q(z|x))""",
        "line 7: minus the KL at the end": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= -KL(q(z|x) \| p(z|x))""",
        "line 5: p(z) for p(z|x) in the last integral, consistent": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z)} dz \\
&= KL(q(z|x) \| p(z))""",
        "line 6: p(z) for p(z|x) in the last integral, repaired by the last line": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 5: p(x|z) for p(z|x)": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(x|z)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 4: p(x,z)/p(x) taken as p(x|z), consistent": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) \left[\log p(x) - \log p(x,z) + \log q(z)\right] dz \\
= \int q(z) \left[\log q(z) - \log p(x|z)\right] dz \\
= \int q(z) \log\frac{q(z)}{p(x|z)} dz""",
        "line 4: p(x,z) left in the denominator, p(x) lost": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 4: p(x) multiplied into the wrong side of the fraction": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(x) p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 2: sign of the ELBO: sum of the two": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz + \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log\frac{p(x) p(x,z)}{q(z|x)} dz""",
        "line 2: ELBO written upside down, then right": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 2: ELBO written upside down, consistent": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{p(x) p(x,z)}{q(z|x)} dz""",
        "line 2: ELBO without the q in the integral": r"""
\log p(x) - ELBO \\
&= \log p(x) - \int \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 2: ELBO with p(x|z) in place of p(x,z)": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x|z)}{q(z|x)} dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x|z)} dz""",
        "line 2: ELBO with p(z|x) in place of p(x,z)": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(z|x)}{q(z|x)} dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 2: ELBO without the 1/q": r"""
\log p(x) - ELBO \\
&= \log p(x) - \int q(z|x) \log p(x,z) dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 3: integrates over log p(x) without the q: 1 taken as the integral of dz": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 2: inserts the integral over p(x|z) as 1": r"""
\log p(x) - ELBO \\
&= \log p(x) \int p(x|z) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 2: inserts the integral over p(x,z) as 1": r"""
\log p(x) - ELBO \\
&= \log p(x) \int p(x,z) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 3: weights log p(x) with p(z|x), later with q": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int p(z|x) \log p(x) dz - \int p(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 4: expectation under the posterior p in the middle, consistent to the reversed KL": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int p(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= -\int p(z|x) \log\frac{p(z|x)}{q(z|x)} dz \\
&= -KL(p(z|x) \| q(z|x))""",
        "line 3: logs merged with the wrong sign of log q": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) \left[\log p(x) - \log p(x,z) - \log q(z)\right] dz \\
= \int q(z) \left[-\log q(z) - \log p(z|x)\right] dz \\
= -\int q(z) \log(q(z) p(z|x)) dz""",
        "line 3: minus of the bracket forgotten: + log p(x,z)": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) \left[\log p(x) + \log p(x,z) + \log q(z)\right] dz \\
= \int q(z) \left[\log q(z) - \log p(z|x)\right] dz \\
= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
= D_{KL}(q(z) \| p(z|x))""",
        "line 5: quotient of the logs": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \frac{\log q(z|x)}{\log p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 3: log p(x) - log p(x,z) as log of the difference": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) \left[\log(p(x) - p(x,z)) + \log q(z)\right] dz \\
= \int q(z) \left[\log q(z) - \log p(z|x)\right] dz \\
= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
= D_{KL}(q(z) \| p(z|x))""",
        "line 5: log outside the integral (Jensen as equality)": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \log\left(\int q(z|x) \frac{q(z|x)}{p(z|x)} dz\right) \\
&= KL(q(z|x) \| p(z|x))""",
        "line 2: ELBO = log of the integral, so the gap is 0": r"""
\log p(x) - ELBO \\
&= \log p(x) - \log\left(\int q(z|x) \frac{p(x,z)}{q(z|x)} dz\right) \\
&= \log p(x) - \log p(x) \\
&= 0""",
        "line 2: ELBO as reconstruction plus KL": r"""
\log p(x) - ELBO \\
= \log p(x) - \int q(z) \log p(x|z) dz - \int q(z) \log\frac{q(z)}{p(z)} dz \\
= \int q(z) \log\frac{p(x) q(z)}{p(x|z) p(z)} dz \\
= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
= D_{KL}(q(z) \| p(z|x))""",
        "line 2: ELBO as reconstruction plus KL, consistent": r"""
\log p(x) - ELBO \\
= \log p(x) - \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z)) \\
= \int q(z) \log\frac{p(x) p(z)}{p(x|z) q(z)} dz""",
        "line 3: Bayes the wrong way: p(x,z) = p(x|z) p(x)": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) \log\frac{p(x) q(z)}{p(x|z) p(x)} dz \\
= \int q(z) \log\frac{q(z)}{p(x|z)} dz""",
        "line 4: Bayes the wrong way: p(x,z) = p(z|x) p(z)": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) \left[\log p(x) - \log p(x,z) + \log q(z)\right] dz \\
= \int q(z) \log\frac{p(x) q(z)}{p(z|x) p(z)} dz \\
= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
= D_{KL}(q(z) \| p(z|x))""",
        "line 4: x and z taken independent: p(x,z) = p(x) p(z), consistent": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) \left[\log p(x) - \log p(x,z) + \log q(z)\right] dz \\
= \int q(z) \log\frac{p(x) q(z)}{p(x) p(z)} dz \\
= \int q(z) \log\frac{q(z)}{p(z)} dz \\
= D_{KL}(q(z) \| p(z))""",
        "line 3: prior forgotten in C: p(x|z) alone": r"""
\log p(x) - ELBO \\
= \log p(x) \int q(z) dz - \int q(z) \log p(x|z) dz + \int q(z) \log\frac{q(z)}{p(z)} dz \\
= \int q(z) \log\frac{p(x) q(z)}{p(x|z)} dz \\
= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
= D_{KL}(q(z) \| p(z|x))""",
        "line 3: sign of the prior KL wrong when collecting": r"""
\log p(x) - ELBO \\
= \log p(x) \int q(z) dz - \int q(z) \log p(x|z) dz + \int q(z) \log\frac{q(z)}{p(z)} dz \\
= \int q(z) \log\frac{p(x) p(z)}{p(x|z) q(z)} dz \\
= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
= D_{KL}(q(z) \| p(z|x))""",
        "line 4: factor 2 in the middle: q^2": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) \left[\log p(x) - \log p(x,z) + \log q(z)\right] dz \\
= \int q(z) \log\frac{p(x) q(z)^2}{p(x,z)} dz \\
= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
= D_{KL}(q(z) \| p(z|x))""",
        "line 6: 1/2 in front of the KL": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= \frac{1}{2} KL(q(z|x) \| p(z|x))""",
        "line 3: E_q of log p(x) lost": r"""
\log p(x) - ELBO \\
= \mathbb{E}_{q(z|x)}\left[\log p(x)\right] - \mathbb{E}_{q(z|x)}\left[\log p(x,z) - \log q(z|x)\right] \\
= -\mathbb{E}_{q(z|x)}\left[\log p(x,z) - \log q(z|x)\right] \\
= \mathbb{E}_{q(z|x)}\left[\log\frac{q(z|x)}{p(z|x)}\right] \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 4: expectation of a log ratio upside down": r"""
\log p(x) - ELBO \\
= \mathbb{E}_{q(z|x)}\left[\log p(x)\right] - \mathbb{E}_{q(z|x)}\left[\log p(x,z) - \log q(z|x)\right] \\
= \mathbb{E}_{q(z|x)}\left[\log p(x) - \log p(x,z) + \log q(z|x)\right] \\
= \mathbb{E}_{q(z|x)}\left[\log\frac{p(z|x)}{q(z|x)}\right] \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 3: p(x) for log p(x)": r"""
\log p(x) - ELBO \\
= \mathbb{E}_{q(z|x)}\left[\log p(x)\right] - \mathbb{E}_{q(z|x)}\left[\log p(x,z) - \log q(z|x)\right] \\
= \mathbb{E}_{q(z|x)}\left[p(x) - \log p(x,z) + \log q(z|x)\right] \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 5: definition of the KL without the weight": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "line 8: right to the end, then says the KL is that to the joint over p(x)": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x)) \\
&= \int q(z|x) \log\frac{q(z|x)}{p(x,z)} dz - \log p(x)""",
        "line 3: wrong second equals sign in one row": r"""
\log p(x) - ELBO = \log p(x) \int q(z|x) dz - ELBO = \log p(x) \int q(z|x) dz - \int p(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "start: starts from the ELBO alone, right afterwards": r"""
ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "start: starts from log p(x) + ELBO, right afterwards": r"""
\log p(x) + ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "start: starts with p(x) without the log": r"""
p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "start: starts with log p(z|x)'s KL to the prior and shows it consistently": r"""
\int q(z) \log\frac{q(z)}{p(z)} dz \\
= \int q(z) \left[\log q(z) - \log p(z)\right] dz \\
= KL(q(z) \| p(z))""",
        "start: starts with the ELBO upside down written out, right afterwards": r"""
\log p(x) - \int q(z|x) \log\frac{q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "end: stops at the KL integral": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz""",
        "end: stops at the one integral": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz""",
        "end: ends with log p(x), a KL to the prior and the reconstruction": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= \log p(x) - \mathbb{E}_{q(z|x)}[\log p(x|z)] + KL(q(z|x) \| p(z))""",
        "end: ends where it began": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x)) \\
&= \log p(x) - ELBO""",
        "end: ends with an expectation for the KL": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= \mathbb{E}_{q(z|x)}\left[\log q(z|x) - \log p(z|x)\right]""",
        "end: ends with two KLs less one": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= 2 KL(q(z|x) \| p(z|x)) - KL(q(z|x) \| p(z|x))""",
        "end: two chains, one from each side, that do not meet": r"""
\log p(x) - ELBO = \int q(z) \left(\log p(x) - \log\frac{p(x,z)}{q(z)}\right) dz
KL(q(z) \| p(z|x)) = \int q(z) \log \frac{q(z)}{p(z|x)} dz""",
        "line 6: brought across at the end with a wrong sign": r"""
\log p(x) = \int q(z) \log \frac{p(x,z)}{p(z|x)} dz
= \int q(z) \log \frac{p(x,z)}{q(z)} dz + \int q(z) \log \frac{q(z)}{p(z|x)} dz
= ELBO + KL(q(z) \| p(z|x))
ELBO - \log p(x) = KL(q(z) \| p(z|x))""",
        "line 4: the sign turned at the start and forgotten at the end": r"""
ELBO - \log p(x) = \int q(z) \log\frac{p(x,z)}{q(z) p(x)} dz
= \int q(z) \log\frac{p(z|x)}{q(z)} dz
= KL(q(z) \| p(z|x))""",
        "line 1: brought across at once with a wrong sign": r"""
\log p(x) + ELBO = \int q(z) \log \frac{p(x,z)}{p(z|x)} dz
= \int q(z) \log \frac{p(x,z)}{q(z)} dz + \int q(z) \log \frac{q(z)}{p(z|x)} dz
= KL(q(z) \| p(z|x))""",
        "line 3: a chain that restarts from what stands nowhere": r"""
\log p(x) = \log p(x)
\mathbb{E}_q[\log p(x|z)] = \int q(z) \log \frac{p(x,z)}{p(z)} dz
= \int q(z) \log \frac{p(x,z)}{q(z)} dz + KL(q(z)\|p(z))""",
        "form: one jump": r"""
\log p(x) - ELBO \\
&= KL(q(z|x) \| p(z|x))""",
        "form: definition inserted, then the jump": r"""
\log p(x) - ELBO \\
&= \log p(x) - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "form: gap restated three times, then the jump": r"""
\log p(x) - ELBO \\
&= \log p(x) - \mathcal{L} \\
&= -ELBO + \log p(x) \\
&= \log p(x) - \mathcal{F} \\
&= KL(q(z|x) \| p(z|x))""",
        "form: two integrals, never one": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "form: the whole difference in one integral, then the jump over the KL integral": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= KL(q(z|x) \| p(z|x))""",
        "form: KL integral added with factor 0": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \log p(x) - ELBO + 0 \cdot \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "form: KL integral added and subtracted": r"""
\log p(x) - ELBO \\
&= \log p(x) - ELBO + \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz - \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "form: KL integral over itself as a factor": r"""
\log p(x) - ELBO \\
&= (\log p(x) - ELBO) \cdot \frac{\int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz}{\int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz} \\
&= KL(q(z|x) \| p(z|x))""",
        "form: the difference under an integral only as a constant: E_q[log p(x) - ELBO]": r"""
\log p(x) - ELBO \\
&= \mathbb{E}_{q}[\log p(x) - ELBO] \\
&= KL(q(z|x) \| p(z|x))""",
        "form: the KL symbol under an expectation": r"""
\log p(x) - ELBO \\
&= \mathbb{E}_{q}[\log p(x) - ELBO] \\
&= \mathbb{E}_{q}[KL(q(z|x) \| p(z|x))] \\
&= KL(q(z|x) \| p(z|x))""",
        "form: in a circle: the claim, its definitions, the claim": r"""
\log p(x) = ELBO + KL(q(z) \| p(z|x))
= \int q(z) \log \frac{p(x,z)}{q(z)} dz + \int q(z) \log \frac{q(z)}{p(z|x)} dz
= ELBO + KL(q(z) \| p(z|x))""",
        "form: brought across: the divergence added and subtracted": r"""
\log p(x) = \int q(z) \log \frac{p(x,z)}{p(z|x)} dz
= \log p(x) - \int q(z) \log \frac{q(z)}{p(z|x)} dz + \int q(z) \log \frac{q(z)}{p(z|x)} dz
= ELBO + KL(q(z) \| p(z|x))""",
        "parse 4: brace of the fraction missing": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x) dz \\
&= KL(q(z|x) \| p(z|x))""",
        "parse 4: dz missing": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "parse 4: log without a backslash": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        r"parse 3: \log without argument": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) (\log - \log p(x,z) + \log q(z|x)) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "parse 6: bracket of the KL not closed": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x)""",
        "parse 3: bracket of the density not closed": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "parse 4: unknown density r": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int r(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x) \| p(z|x))""",
        "parse 6: KL with one argument": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= KL(q(z|x))""",
        "parse 4: unknown variable y": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(y|x) \log\frac{q(y|x)}{p(y|x)} dy \\
&= KL(q(z|x) \| p(z|x))""",
        "parse 5: the sign for larger-or-equal": r"""
\log p(x) - ELBO \\
&= \log p(x) \int q(z|x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&\geq 0""",
        "parse 3: mixed brackets": r"""
\log p(x) - \mathcal{F} = \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
= \int q(z) [\log p(x) - \log p(x,z) + \log q(z)) dz \\
= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
= D_{KL}(q(z) \| p(z|x))""",
    },
    "elbo_split_derivation": {
        "line 7: plus KL at the end": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] + KL(q(z) \| p(z))""",
        "line 5: plus already in the integral, consistent": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \mathbb{E}_{q}[\log p(x|z)] + \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] + KL(q(z) \| p(z))""",
        "line 5: plus in the integral, repaired by the last line": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \mathbb{E}_{q}[\log p(x|z)] + \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 5: minus before the integral with p/q not turned": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 7: KL with its arguments swapped": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(p(z) \| q(z))""",
        "line 7: KL to the posterior for KL to the prior": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z|x) \| p(z|x))""",
        "line 6: minus before the reconstruction": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= -\mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 6: p(z|x) as the reconstruction": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(z|x)] - KL(q(z) \| p(z))""",
        "line 6: p(x,z) as the reconstruction": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x,z)] - KL(q(z) \| p(z))""",
        "line 6: p(x) as the reconstruction": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x)] - KL(q(z) \| p(z))""",
        "line 2: definition with q/p(x,z), then right": r"""
ELBO &= \int q(z) \log\frac{q(z)}{p(x,z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 2: definition with q/p(x,z), consistent to the negative": r"""
ELBO &= \int q(z) \log\frac{q(z)}{p(x,z)} dz \\
&= \int q(z) \log\frac{q(z)}{p(x|z) p(z)} dz \\
&= \int q(z) \log\frac{q(z)}{p(z)} dz - \int q(z) \log p(x|z) dz \\
&= KL(q(z) \| p(z)) - \mathbb{E}_{q}[\log p(x|z)]""",
        "line 2: definition with p(x|z) for p(x,z)": r"""
ELBO &= \int q(z) \log\frac{p(x|z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 2: definition with p(z|x) for p(x,z), consistent": r"""
ELBO &= \int q(z) \log\frac{p(z|x)}{q(z)} dz \\
&= -\int q(z) \log\frac{q(z)}{p(z|x)} dz \\
&= -KL(q(z) \| p(z|x))""",
        "line 2: definition with p(z) in the denominator, consistent": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{p(z)} dz \\
&= \int q(z) \log p(x|z) dz \\
&= \mathbb{E}_{q}[\log p(x|z)]""",
        "line 2: definition without q before the log": r"""
ELBO &= \int \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 2: definition without the 1/q": r"""
ELBO &= \int q(z) \log p(x,z) dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 2: definition weighted by the prior": r"""
ELBO &= \int p(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 2: definition weighted by the posterior, consistent": r"""
ELBO &= \int p(z|x) \log\frac{p(x,z)}{q(z)} dz \\
&= \int p(z|x) \log p(x|z) dz + \int p(z|x) \log\frac{p(z)}{q(z)} dz""",
        "line 2: log outside the integral": r"""
ELBO &= \log\left(\int q(z) \frac{p(x,z)}{q(z)} dz\right) \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 5: log pulled out in the middle": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \log\left(\int q(z) p(x|z) dz\right) + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 3: p(x,z) = p(x|z) p(x)": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(x)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 3: p(x,z) = p(z|x) p(z)": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(z|x) p(z)}{q(z)} dz \\
&= \int q(z) \log p(z|x) dz - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(z|x)] - KL(q(z) \| p(z))""",
        "line 3: p(x,z) = p(x) p(z)": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x) p(z)}{q(z)} dz \\
&= \log p(x) - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \log p(x) - KL(q(z) \| p(z))""",
        "line 4: right factorisation of the other kind, then p(x) renamed": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(z|x) p(x)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz - \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 4: log of the product as product of the logs": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) \log\frac{p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 4: log of the quotient as quotient of the logs": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \frac{\log p(z)}{\log q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 3: sign of log q wrong": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) + \log p(z) + \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}\left[\log\frac{q(z|x)}{p(z)}\right] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        "line 3: sign of log p(z) wrong, consistent": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) - \log p(z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}[\log p(z) + \log q(z|x)]""",
        "line 3: log p(z) lost": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}\left[\log\frac{q(z|x)}{p(z)}\right] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        "line 3: log p(z) lost, consistent": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}[\log q(z|x)]""",
        "line 4: bracket lost: only the first term weighted by q": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) + \log p(z) - \log q(z|x)) q(z|x) dz \\
= \int q(z|x) \log p(x|z) dz + \int (\log p(z) - \log q(z|x)) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}\left[\log\frac{q(z|x)}{p(z)}\right] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        "line 5: minus not distributed in the expectation": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) + \log p(z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        "line 5: fraction upside down in the second expectation": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) + \log p(z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}\left[\log\frac{p(z)}{q(z|x)}\right] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        "line 5: second integral under the prior": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int p(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 5: first integral under the prior": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int p(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 5: first integral without q": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 6: p(x|z) without its log": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 7: log of the expectation": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \log\left(\mathbb{E}_{q}[p(x|z)]\right) - KL(q(z) \| p(z))""",
        "line 7: 1/2 before the KL": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \frac{1}{2} KL(q(z) \| p(z))""",
        "line 7: beta of 4 before the KL, as in the beta-VAE": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - 4 KL(q(z) \| p(z))""",
        "line 7: KL under the wrong bracket: minus the whole": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= -(\mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z)))""",
        "line 6: right, then log p(x) + KL instead of -": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z)) \\
&= \log p(x) + KL(q(z) \| p(z|x))""",
        "line 6: right end, wrong line with both signs turned between": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= -\mathbb{E}_{q}[\log p(x|z)] + \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 3: wrong middle in one row": r"""
ELBO = \int q(z) \log\frac{p(x,z)}{q(z)} dz = \int q(z) \log\frac{p(x|z)}{p(z) q(z)} dz = \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 3: exponent: p(x|z)^2": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z)^2 p(z)}{q(z)} dz \\
&= 2 \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "start: starts from log p(x), right afterwards": r"""
\log p(x) &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "start: starts from the integral upside down, right afterwards": r"""
\int q(z) \log\frac{q(z)}{p(x,z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "start: starts from the wrong definition without 1/q, consistent": r"""
\int q(z) \log p(x,z) dz \\
= \int q(z) \log p(x|z) dz + \int q(z) \log p(z) dz \\
= \mathbb{E}_{q}[\log p(x|z)] + \mathbb{E}_{q}[\log p(z)]""",
        "start: starts from the gap log p(x) - ELBO, right afterwards": r"""
\log p(x) - ELBO \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "start: starts from log p(x), consistent through the Bayes rule": r"""
\log p(x) \\
= \int q(z) \log\frac{p(x|z) p(z)}{p(z|x)} dz \\
= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z)) + KL(q(z) \| p(z|x))""",
        "end: stops at the two integrals": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz""",
        "end: stops with the KL as an integral": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz""",
        "end: stops with two expectations": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) + \log p(z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}\left[\log\frac{q(z|x)}{p(z)}\right]""",
        "end: reconstruction left as an integral": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz - KL(q(z) \| p(z))""",
        "end: ends at log p(x) - KL to the posterior": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \log p(x) - KL(q(z) \| p(z|x))""",
        "end: ends at the symbol": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z)) \\
&= ELBO""",
        "end: ends with three expectations": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) + \log p(z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z)] - \mathbb{E}_{q(z|x)}[\log q(z|x)]""",
        "end: ends with one expectation of all three logs": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int (\log p(x|z) + \log p(z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z) + \log p(z) - \log q(z|x)]""",
        "end: ends with a second expectation that cancels": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= 2 \mathbb{E}_{q}[\log p(x|z)] - \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "line 4: the sign turned at the start, and in one of two terms at the end": r"""
-ELBO = \int q(z) \log\frac{q(z)}{p(x,z)} dz
= \int q(z) \log\frac{q(z)}{p(z)} dz - \int q(z) \log p(x|z) dz
= KL(q(z) \| p(z)) + \mathbb{E}_q[\log p(x|z)]""",
        "form: one jump from the symbol": r"""
ELBO \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "form: one jump from the definition": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "form: definition restated, then the jump": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int \log\frac{p(x,z)}{q(z)} q(z) dz \\
&= \mathbb{E}_{q}\left[\log\frac{p(x,z)}{q(z)}\right] \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "form: definition in three spellings, then the jump": r"""
ELBO \\
= \mathcal{L} \\
= \mathcal{F} \\
= \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        "form: reconstruction with factor 0, then the jump": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x,z)}{q(z)} dz + 0 \cdot \mathbb{E}_{q}[\log p(x|z)] \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "form: reconstruction added and subtracted, then the jump": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x,z)}{q(z)} dz + \mathbb{E}_{q}[\log p(x|z)] - \mathbb{E}_{q}[\log p(x|z)] \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "form: reconstruction over itself as a factor": r"""
ELBO &= \frac{\mathbb{E}_{q}[\log p(x|z)]}{\mathbb{E}_{q}[\log p(x|z)]} ELBO \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "form: reconstruction to the power 0": r"""
ELBO &= \left(\mathbb{E}_{q}[\log p(x|z)]\right)^0 ELBO \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "form: reconstruction and KL each with factor 0": r"""
ELBO &= ELBO + 0 \cdot \mathbb{E}_{q}[\log p(x|z)] - 0 \cdot KL(q(z) \| p(z)) \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "form: brought across: from the reconstruction to ELBO + KL, in one jump": r"""
\mathbb{E}_{q}[\log p(x|z)] \\
= \int q(z) \log\frac{p(x,z)}{p(z)} dz \\
= ELBO + KL(q(z) \| p(z))""",
        "form: in a circle: the claim brought across, its definitions, the claim": r"""
\mathbb{E}_q[\log p(x|z)] = ELBO + KL(q(z)\|p(z)) = \int q(z) \log\frac{p(x,z)}{q(z)} dz + \int q(z) \log\frac{q(z)}{p(z)} dz = ELBO + KL(q(z)\|p(z))""",
        "form: in a circle of three chains around the claim": r"""
ELBO = \mathbb{E}_q[\log p(x|z)] - KL(q(z)\|p(z))
\mathbb{E}_q[\log p(x|z)] - KL(q(z)\|p(z)) = \int q(z) \log p(x|z) dz - \int q(z) \log\frac{q(z)}{p(z)} dz
ELBO = \mathbb{E}_q[\log p(x|z)] - KL(q(z)\|p(z))""",
        "form: brought across: from the divergence, at once": r"""
KL(q(z)\|p(z)) = \mathbb{E}_q[\log p(x|z)] - ELBO""",
        "form: brought across: the same terms added and subtracted": r"""
KL(q(z)\|p(z)) = \mathbb{E}_q[\log p(x|z)] - (\mathbb{E}_q[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz) = \mathbb{E}_q[\log p(x|z)] - ELBO""",
        "form: the claim in three forms, and nothing else": r"""
ELBO = \mathbb{E}_q[\log p(x|z)] - KL(q(z)\|p(z))
\mathbb{E}_q[\log p(x|z)] = ELBO + KL(q(z)\|p(z))
KL(q(z)\|p(z)) = \mathbb{E}_q[\log p(x|z)] - ELBO""",
        "parse 3: brace missing": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "parse 2: dz missing": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "parse 5: log without a backslash": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[log p(x|z)] - KL(q(z) \| p(z))""",
        r"parse 4: \log without argument": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) (\log + \log p(z) - \log q(z)) dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "parse 6: expectation without brackets closed": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z) - KL(q(z) \| p(z))""",
        "parse 6: KL with a missing second argument": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \|)""",
        r"parse 6: \text words in place of terms": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \text{reconstruction} - \text{regularisation}""",
        "parse 5: unknown parameter theta": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\theta \log p(x|z)] - KL(q(z) \| p(z))""",
        "parse 6: unknown factor beta before the KL": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \beta KL(q(z) \| p(z))""",
        "parse 4: plus at the end of the line": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "parse 3: bracket opened twice": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz \\
= \int ((\log p(x|z) + \log p(z) - \log q(z|x)) q(z|x) dz \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)] \\
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        r"parse 3: misspelt macro \itn": r"""
ELBO &= \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \itn q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z))""",
    },
}
