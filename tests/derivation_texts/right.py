# ruff: noqa: E501 (rows as students write them)
"""Right derivations of sheet 1, in the styles that students write; each must be accepted.

By item and style. Written from the contract, without a look at the checker. Those that are also
alternatives of the sheet stand there.
"""

from reference.sheet1_kl import alternatives

RIGHT = {
    "kl_normal_derivation": {
        r"written out, integrals, \parallel, one = per line": r"""
KL(q \parallel p) = - \int q(x) \log \frac{p(x)}{q(x)} dx
= - \int q(x) \log p(x) dx + \int q(x) \log q(x) dx
= \int q(x) \left( \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{(x-\mu_2)^2}{2\sigma_2^2} \right) dx - \int q(x) \left( \frac{1}{2} \log(2\pi\sigma_1^2) + \frac{(x-\mu_1)^2}{2\sigma_1^2} \right) dx
= \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2} \int q(x) (x-\mu_2)^2 dx - \frac{1}{2} \log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2} \int q(x) (x-\mu_1)^2 dx
= \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} \log(2\pi\sigma_1^2) - \frac{\sigma_1^2}{2\sigma_1^2}
= \frac{1}{2} \log \frac{\sigma_2^2}{\sigma_1^2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}
= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "short, expectations, E_{q}": r"""
D_{KL}(q \| p) = \mathbb{E}_{q}\left[\log \frac{q(x)}{p(x)}\right]
= \mathbb{E}_{q}[\log q(x)] - \mathbb{E}_{q}[\log p(x)]
= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2} \mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2} \mathbb{E}_{q}[(x-\mu_2)^2]
= \log\frac{\sigma_2}{\sigma_1} - \frac{\sigma_1^2}{2\sigma_1^2} + \frac{1}{2\sigma_2^2} \left( \sigma_1^2 + (\mu_1-\mu_2)^2 \right)
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        r"densities written out inside the logs, \exp with brackets": alternatives.kl_normal_derivation__densities_written_out(),
        r"align body with &= and \\, tfrac, thin spaces": r"""
D_{KL}(q \| p) &= \int q(x)\,\log\frac{q(x)}{p(x)}\,dx \\
&= \int q(x)\,\log q(x)\,dx - \int q(x)\,\log p(x)\,dx \\
&= -\tfrac{1}{2}\log(2\pi\sigma_1^2) - \tfrac{1}{2\sigma_1^2}\,\mathbb{E}_{q}[(x-\mu_1)^2] + \tfrac{1}{2}\log(2\pi\sigma_2^2) + \tfrac{1}{2\sigma_2^2}\,\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \tfrac{1}{2}\log\tfrac{\sigma_2^2}{\sigma_1^2} - \tfrac{1}{2\sigma_1^2}\,\sigma_1^2 + \tfrac{1}{2\sigma_2^2}\,\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log\tfrac{\sigma_2}{\sigma_1} - \tfrac{1}{2} + \tfrac{1}{2\sigma_2^2}\bigl(\sigma_1^2 + (\mu_1-\mu_2)^2\bigr) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "several = on one line": r"""
KL(q \| p) = \mathbb{E}_{q}[\log q(x) - \log p(x)] = \int q(x) (\log q(x) - \log p(x)) dx
= \log(\sigma_2) - \log(\sigma_1) + \frac{\mathbb{E}_{q}[(x-\mu_2)^2]}{2\sigma_2^2} - \frac{\mathbb{E}_{q}[(x-\mu_1)^2]}{2\sigma_1^2} = \log(\sigma_2) - \log(\sigma_1) + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{\sigma_1^2}{2\sigma_1^2}
= \log(\sigma_2/\sigma_1) + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "starts with the integral, no KL symbol, no leading =": alternatives.kl_normal_derivation__starts_with_the_integral(),
        "E[x^2] used, square expanded": alternatives.kl_normal_derivation__second_moment_about_zero(),
        "adds and subtracts mu_1 inside the square, every small step": r"""
D_{\mathrm{KL}}(q \,\|\, p) &= \int q(x) \log \frac{q(x)}{p(x)} \, dx \\
&= \int q(x) \left( \log q(x) - \log p(x) \right) dx \\
&= \int q(x) \left( -\log\sigma_1 - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \log\sigma_2 + \frac{(x-\mu_2)^2}{2\sigma_2^2} \right) dx \\
&= \log\sigma_2 - \log\sigma_1 - \frac{1}{2\sigma_1^2} \int q(x)(x-\mu_1)^2 \, dx + \frac{1}{2\sigma_2^2} \int q(x)(x-\mu_2)^2 \, dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{\sigma_1^2}{2\sigma_1^2} + \frac{1}{2\sigma_2^2} \int q(x)(x-\mu_1+\mu_1-\mu_2)^2 \, dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2} \int q(x) \left( (x-\mu_1)^2 + 2(x-\mu_1)(\mu_1-\mu_2) + (\mu_1-\mu_2)^2 \right) dx \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2} \left( \int q(x)(x-\mu_1)^2 \, dx + 2(\mu_1-\mu_2) \int q(x)(x-\mu_1) \, dx + (\mu_1-\mu_2)^2 \int q(x) \, dx \right) \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2} \left( \sigma_1^2 + 2(\mu_1-\mu_2) \cdot 0 + (\mu_1-\mu_2)^2 \cdot 1 \right) \\
&= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} \\
""",
        r"\ln and e^{}, density in both places": alternatives.kl_normal_derivation__base_e_and_ln(),
        "cross-entropy minus entropy, entropy closed first": r"""
KL(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx
= -\mathbb{E}_{q(x)}[\log p(x)] + \mathbb{E}_{q(x)}[\log q(x)]
= -\mathbb{E}_{q(x)}[\log p(x)] - \frac{1}{2} \log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2} \mathbb{E}_{q(x)}[(x-\mu_1)^2]
= -\mathbb{E}_{q(x)}[\log p(x)] - \frac{1}{2} \log(2\pi\sigma_1^2) - \frac{\sigma_1^2}{2\sigma_1^2}
= -\mathbb{E}_{q(x)}[\log p(x)] - \frac{1}{2} \left(1 + \log(2\pi\sigma_1^2)\right)
= \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2} \mathbb{E}_{q(x)}[(x-\mu_2)^2] - \frac{1}{2} \left(1 + \log(2\pi\sigma_1^2)\right)
= \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} \left(1 + \log(2\pi\sigma_1^2)\right)
= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        r"f(x) q(x) order, log first, dfrac, no \left\right": r"""
\text{KL}(q \| p) = \int \log\dfrac{q(x)}{p(x)} q(x) dx
= \int (\log q(x) - \log p(x)) q(x) dx
= \int (\dfrac{(x-\mu_2)^2}{2\sigma_2^2} - \dfrac{(x-\mu_1)^2}{2\sigma_1^2} + \log\sigma_2 - \log\sigma_1) q(x) dx
= \dfrac{1}{2\sigma_2^2} \int (x-\mu_2)^2 q(x) dx - \dfrac{1}{2\sigma_1^2} \int (x-\mu_1)^2 q(x) dx + \log\sigma_2 - \log\sigma_1
= \dfrac{(\mu_1-\mu_2)^2 + \sigma_1^2}{2\sigma_2^2} - \dfrac{\sigma_1^2}{2\sigma_1^2} + \log\sigma_2 - \log\sigma_1
= \dfrac{(\mu_1-\mu_2)^2 + \sigma_1^2}{2\sigma_2^2} - \dfrac{1}{2} + \log\dfrac{\sigma_2}{\sigma_1}""",
        r"\sigma^2_1 order and \frac12": r"""
D_{KL}(q\|p) = \mathbb{E}_q\left[ \log q(x) - \log p(x) \right]
= \mathbb{E}_q\left[ \frac12\log\frac{\sigma^2_2}{\sigma^2_1} - \frac{(x-\mu_1)^2}{2\sigma^2_1} + \frac{(x-\mu_2)^2}{2\sigma^2_2} \right]
= \frac12\log\frac{\sigma^2_2}{\sigma^2_1} - \frac{1}{2\sigma^2_1}\mathbb{E}_q\left[(x-\mu_1)^2\right] + \frac{1}{2\sigma^2_2}\mathbb{E}_q\left[(x-\mu_2)^2\right]
= \frac12\log\frac{\sigma^2_2}{\sigma^2_1} - \frac{\sigma^2_1}{2\sigma^2_1} + \frac{\sigma^2_1 + (\mu_1-\mu_2)^2}{2\sigma^2_2}
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma^2_1 + (\mu_1-\mu_2)^2}{2\sigma^2_2} - \frac12""",
        "normals named inside the KL": r"""
D_{KL}(\mathcal{N}(\mu_1, \sigma_1^2) \| \mathcal{N}(\mu_2, \sigma_2^2)) = \int q(x) \log \frac{q(x)}{p(x)} dx
= \mathbb{E}_{q}\left[ \log\frac{\sigma_2}{\sigma_1} - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \frac{(x-\mu_2)^2}{2\sigma_2^2} \right]
= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2} \mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2} \mathbb{E}_{q}[(x-\mu_2)^2]
= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2} \sigma_1^2 + \frac{1}{2\sigma_2^2} (\sigma_1^2 + (\mu_1-\mu_2)^2)
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "limits at the integral and upright d": r"""
D_{\text{KL}}(q \parallel p) = \int_{-\infty}^{\infty} q(x) \log\frac{q(x)}{p(x)} \, \mathrm{d}x
= \log\frac{\sigma_2}{\sigma_1} + \int_{-\infty}^{\infty} q(x) \left( \frac{(x-\mu_2)^2}{2\sigma_2^2} - \frac{(x-\mu_1)^2}{2\sigma_1^2} \right) \mathrm{d}x
= \log\frac{\sigma_2}{\sigma_1} + \frac{1}{2\sigma_2^2} \int_{-\infty}^{\infty} (x-\mu_2)^2 q(x) \, \mathrm{d}x - \frac{1}{2\sigma_1^2} \int_{-\infty}^{\infty} (x-\mu_1)^2 q(x) \, \mathrm{d}x
= \log\frac{\sigma_2}{\sigma_1} + \frac{1}{2\sigma_2^2} \left( \sigma_1^2 + (\mu_1-\mu_2)^2 \right) - \frac{1}{2\sigma_1^2} \sigma_1^2
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        r"x \sim q under the E, \Big brackets": r"""
\mathrm{KL}(q \| p) = \mathbb{E}_{x \sim q}\Big[\log\frac{q(x)}{p(x)}\Big]
= \mathbb{E}_{x \sim q}\Big[\log\frac{\sigma_2}{\sigma_1} - \frac{(x-\mu_1)^2}{2\sigma_1^2} + \frac{(x-\mu_2)^2}{2\sigma_2^2}\Big]
= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{x \sim q}\big[(x-\mu_1)^2\big] + \frac{1}{2\sigma_2^2}\mathbb{E}_{x \sim q}\big[(x-\mu_2)^2\big]
= \log\frac{\sigma_2}{\sigma_1} - \frac{\sigma_1^2}{2\sigma_1^2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2}
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        r"densities written as products in separate logs, \exp with braces, \cdot everywhere": r"""
KL(q \| p)
= \int q(x) \cdot \log q(x) dx - \int q(x) \cdot \log p(x) dx
= \int q(x) \cdot \log\left( \frac{1}{\sqrt{2 \pi} \cdot \sigma_1} \cdot \exp\left\{ -\frac{(x-\mu_1)^2}{2 \cdot \sigma_1^2} \right\} \right) dx - \int q(x) \cdot \log\left( \frac{1}{\sqrt{2 \pi} \cdot \sigma_2} \cdot \exp\left\{ -\frac{(x-\mu_2)^2}{2 \cdot \sigma_2^2} \right\} \right) dx
= \int q(x) \cdot \left( -\log(\sqrt{2\pi} \cdot \sigma_1) - \frac{(x-\mu_1)^2}{2 \cdot \sigma_1^2} \right) dx - \int q(x) \cdot \left( -\log(\sqrt{2\pi} \cdot \sigma_2) - \frac{(x-\mu_2)^2}{2 \cdot \sigma_2^2} \right) dx
= -\log(\sqrt{2\pi} \cdot \sigma_1) - \frac{1}{2 \cdot \sigma_1^2} \cdot \int q(x) \cdot (x-\mu_1)^2 dx + \log(\sqrt{2\pi} \cdot \sigma_2) + \frac{1}{2 \cdot \sigma_2^2} \cdot \int q(x) \cdot (x-\mu_2)^2 dx
= -\log(\sqrt{2\pi} \cdot \sigma_1) - \frac{1}{2 \cdot \sigma_1^2} \cdot \sigma_1^2 + \log(\sqrt{2\pi} \cdot \sigma_2) + \frac{1}{2 \cdot \sigma_2^2} \cdot \left( \sigma_1^2 + (\mu_1-\mu_2)^2 \right)
= \log(\sigma_2) - \log(\sigma_1) - \frac{1}{2} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2 \cdot \sigma_2^2}
= \log\left(\frac{\sigma_2}{\sigma_1}\right) + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2 \cdot \sigma_2^2} - \frac{1}{2}""",
        "slashes instead of fractions": r"""
KL(q \| p) = \int q(x) \log(q(x)/p(x)) dx
= \int q(x) (\log(\sigma_2/\sigma_1) - (x-\mu_1)^2/(2\sigma_1^2) + (x-\mu_2)^2/(2\sigma_2^2)) dx
= \log(\sigma_2/\sigma_1) - \mathbb{E}_{q}[(x-\mu_1)^2]/(2\sigma_1^2) + \mathbb{E}_{q}[(x-\mu_2)^2]/(2\sigma_2^2)
= \log(\sigma_2/\sigma_1) - \sigma_1^2/(2\sigma_1^2) + (\sigma_1^2 + (\mu_1-\mu_2)^2)/(2\sigma_2^2)
= \log(\sigma_2/\sigma_1) + (\sigma_1^2 + (\mu_1-\mu_2)^2)/(2\sigma_2^2) - 1/2""",
        r"align, \operatorname{KL}, \lVert as the bar": r"""
\operatorname{KL}(q \lVert p) &= \mathbb{E}_{q}[\log q(x)] - \mathbb{E}_{q}[\log p(x)] \\
&= - \frac{1}{2} \log(2\pi) - \log \sigma_1 - \frac{1}{2\sigma_1^2} \mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2} \log(2\pi) + \log \sigma_2 + \frac{1}{2\sigma_2^2} \mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \log \sigma_2 - \log \sigma_1 - \frac{1}{2\sigma_1^2} \sigma_1^2 + \frac{1}{2\sigma_2^2} \mathbb{E}_{q}[(x-\mu_1)^2 + 2(x-\mu_1)(\mu_1-\mu_2) + (\mu_1-\mu_2)^2] \\
&= \log \sigma_2 - \log \sigma_1 - \frac{1}{2} + \frac{1}{2\sigma_2^2} (\sigma_1^2 + (\mu_1-\mu_2)^2) \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} \\
""",
        "whole align* environment, E without subscript": r"""
\begin{align*}
KL(q \parallel p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{1}{2\sigma_2^2} \mathbb{E}[(x-\mu_2)^2] - \frac{1}{2\sigma_1^2} \mathbb{E}[(x-\mu_1)^2] \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{1}{2\sigma_2^2} \mathbb{E}[(x-\mu_2)^2] - \frac{1}{2\sigma_1^2} \sigma_1^2 \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{1}{2\sigma_2^2} (\sigma_1^2 + (\mu_1-\mu_2)^2) - \frac{1}{2} \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}
\end{align*}""",
        r"common denominators, factors of 1/2 outside, (\mu_2-\mu_1)^2": r"""
D_{KL}(q \| p) = \mathbb{E}_{q}[\log q(x) - \log p(x)]
= \frac{1}{2} \mathbb{E}_{q}\left[ \log \sigma_2^2 - \log \sigma_1^2 - \frac{(x-\mu_1)^2}{\sigma_1^2} + \frac{(x-\mu_2)^2}{\sigma_2^2} \right]
= \frac{1}{2} \left( \log \sigma_2^2 - \log \sigma_1^2 - \frac{1}{\sigma_1^2} \mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{\sigma_2^2} \mathbb{E}_{q}[(x-\mu_2)^2] \right)
= \frac{1}{2} \left( \log \sigma_2^2 - \log \sigma_1^2 - \frac{\sigma_1^2}{\sigma_1^2} + \frac{\sigma_1^2 + (\mu_2-\mu_1)^2}{\sigma_2^2} \right)
= \frac{1}{2} \left( \log \frac{\sigma_2^2}{\sigma_1^2} - 1 + \frac{\sigma_1^2 + (\mu_2-\mu_1)^2}{\sigma_2^2} \right)
= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "long, E[x^2] used, integral and expectation mixed": r"""
KL(q \| p) = \int q(x) \log q(x) dx - \int q(x) \log p(x) dx
= -\log(\sigma_1 \sqrt{2\pi}) - \frac{1}{2\sigma_1^2} \int q(x) (x-\mu_1)^2 dx + \log(\sigma_2 \sqrt{2\pi}) + \frac{1}{2\sigma_2^2} \int q(x) (x-\mu_2)^2 dx
= -\log(\sigma_1 \sqrt{2\pi}) - \frac{1}{2\sigma_1^2} \mathbb{E}_{q}[(x-\mu_1)^2] + \log(\sigma_2 \sqrt{2\pi}) + \frac{1}{2\sigma_2^2} \left( \mathbb{E}_{q}[x^2] - 2\mu_2\mathbb{E}_{q}[x] + \mu_2^2 \right)
= -\log(\sigma_1 \sqrt{2\pi}) - \frac{1}{2\sigma_1^2} \sigma_1^2 + \log(\sigma_2 \sqrt{2\pi}) + \frac{1}{2\sigma_2^2} \left( \sigma_1^2 + \mu_1^2 - 2\mu_1\mu_2 + \mu_2^2 \right)
= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{\sigma_1^2}{2\sigma_2^2} + \frac{(\mu_1-\mu_2)^2}{2\sigma_2^2}
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "shortest complete one": r"""
KL(q \| p)
= \mathbb{E}_{q}[\log q(x) - \log p(x)]
= \log\frac{\sigma_2}{\sigma_1} + \frac{\mathbb{E}_{q}[(x-\mu_1)^2] + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{\mathbb{E}_{q}[(x-\mu_1)^2]}{2\sigma_1^2}
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{\sigma_1^2}{2\sigma_1^2}
= \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "backwards, from the result to the divergence": r"""
\log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2} \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2} + \frac{1}{2\sigma_2^2}\left(\mathbb{E}_{q}[(x-\mu_1)^2] + 2(\mu_1-\mu_2)\mathbb{E}_{q}[x-\mu_1] + (\mu_1-\mu_2)^2\right) \\
&= \log\frac{\sigma_2}{\sigma_1} - \frac{1}{2\sigma_1^2}\mathbb{E}_{q}[(x-\mu_1)^2] + \frac{1}{2\sigma_2^2}\mathbb{E}_{q}[(x-\mu_2)^2] \\
&= \mathbb{E}_{q}[\log q(x) - \log p(x)] \\
&= \int q(x) \log \frac{q(x)}{p(x)} dx = KL(q \| p)""",
        "part by part, parts of parts": r"""
D_{KL}(q \| p) = \mathbb{E}_q[\log q(x)] - \mathbb{E}_q[\log p(x)]
\mathbb{E}_q[\log q(x)] = -\frac{1}{2} \log 2\pi\sigma_1^2 - \frac{1}{2\sigma_1^2} \mathbb{E}_q[(x-\mu_1)^2] = -\frac{1}{2} \log 2\pi\sigma_1^2 - \frac{1}{2}
\mathbb{E}_q[\log p(x)] = -\frac{1}{2} \log 2\pi\sigma_2^2 - \frac{1}{2\sigma_2^2} \mathbb{E}_q[(x-\mu_2)^2] 
\mathbb{E}_q[(x-\mu_2)^2] = \sigma_1^2 + (\mu_1-\mu_2)^2
D_{KL}(q \| p) = \log\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} - \frac{1}{2}""",
        "a lemma first": r"""
\mathbb{E}_q[(x-\mu_1)^2] = \sigma_1^2
D_{KL}(q \| p) = \log \frac{\sigma_2}{\sigma_1} + \frac{\mathbb{E}_q[(x-\mu_2)^2]}{2\sigma_2^2} - \frac{\mathbb{E}_q[(x-\mu_1)^2]}{2\sigma_1^2}
= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
        "each part in a paragraph of its own, the second with a minus": r"""
KL(q || p) = \int_{-\infty}^{\infty} q(x) \log q(x) dx - \int_{-\infty}^{\infty} q(x) \log p(x) dx

\int q(x) \log q(x) dx = -\frac{1}{2} \log(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2} \int q(x) (x - \mu_1)^2 dx
= -\frac{1}{2} \log(2\pi\sigma_1^2) - \frac{1}{2}

- \int q(x) \log p(x) dx = \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2} \int q(x) (x - \mu_2)^2 dx
= \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2\sigma_2^2}

KL(q || p) = -\frac{1}{2} \log(2\pi\sigma_1^2) - \frac{1}{2} + \frac{1}{2} \log(2\pi\sigma_2^2) + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2\sigma_2^2}
= \log \sigma_2 - \log \sigma_1 + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2\sigma_2^2} - \frac{1}{2}""",
    },
    "kl_standard_normal_derivation": {
        "from the general formula with 0 and 1 put in": r"""
KL(q \| p) = \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu - 0)^2}{2 \cdot 1^2} - \frac{1}{2}
= -\log\sigma + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
= -\frac{1}{2}\log\sigma^2 + \frac{1}{2}\sigma^2 + \frac{1}{2}\mu^2 - \frac{1}{2}
= -\frac{1}{2} \left( 1 + \log\sigma^2 - \mu^2 - \sigma^2 \right)""",
        "formula alone as the first line, no KL symbol, no =": alternatives.kl_standard_normal_derivation__formula_first(),
        "from the definition, integrals, brackets": r"""
D_{KL}(q \| p) = \int q(x) \log \frac{q(x)}{p(x)} dx
= \int q(x) \left( \log q(x) - \log p(x) \right) dx
= \int q(x) \left( -\frac{1}{2} \log(2\pi\sigma^2) - \frac{(x-\mu)^2}{2\sigma^2} + \frac{1}{2} \log(2\pi) + \frac{x^2}{2} \right) dx
= -\frac{1}{2} \log(\sigma^2) - \frac{1}{2\sigma^2} \int q(x) (x-\mu)^2 dx + \frac{1}{2} \int q(x) x^2 dx
= -\frac{1}{2} \log(\sigma^2) - \frac{1}{2\sigma^2} \sigma^2 + \frac{1}{2} (\sigma^2 + \mu^2)
= -\frac{1}{2} \log(\sigma^2) - \frac{1}{2} + \frac{1}{2} \sigma^2 + \frac{1}{2} \mu^2
= -\frac{1}{2} \left( 1 + \log(\sigma^2) - \mu^2 - \sigma^2 \right)""",
        "expectations, align": r"""
D_{KL}(q \| p) &= \mathbb{E}_{q}[\log q(x)] - \mathbb{E}_{q}[\log p(x)] \\
&= -\tfrac{1}{2} \log(2\pi\sigma^2) - \tfrac{1}{2\sigma^2} \mathbb{E}_{q}[(x-\mu)^2] + \tfrac{1}{2} \log(2\pi) + \tfrac{1}{2} \mathbb{E}_{q}[x^2] \\
&= -\tfrac{1}{2} \log(2\pi\sigma^2) - \tfrac{1}{2\sigma^2} \sigma^2 + \tfrac{1}{2} \log(2\pi) + \tfrac{1}{2} (\sigma^2 + \mu^2) \\
&= -\tfrac{1}{2} \log\sigma^2 - \tfrac{1}{2} + \tfrac{1}{2} \sigma^2 + \tfrac{1}{2} \mu^2 \\
&= -\tfrac{1}{2} \left( 1 + \log\sigma^2 - \mu^2 - \sigma^2 \right)""",
        r"densities written out, \exp with square brackets": alternatives.kl_standard_normal_derivation__density_family(),
        "several = on one line": r"""
KL(q \| p) = \log(1/\sigma) + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2} = \frac{1}{2}(-2\log\sigma + \sigma^2 + \mu^2 - 1) = \frac{1}{2}(-\log\sigma^2 + \sigma^2 + \mu^2 - 1) = -\frac{1}{2}(1 + \log\sigma^2 - \mu^2 - \sigma^2)""",
        r"\ln, slashes": r"""
KL(q \| p) = \ln(1/\sigma) + (\sigma^2 + (\mu-0)^2)/(2 \cdot 1^2) - 1/2
= -\ln(\sigma) + (\sigma^2 + \mu^2)/2 - 1/2
= -(1/2) \ln(\sigma^2) + \sigma^2/2 + \mu^2/2 - 1/2
= -(1/2) (1 + \ln(\sigma^2) - \mu^2 - \sigma^2)""",
        "decimals": r"""
KL(q \| p) = \log\frac{1}{\sigma} + \frac{\sigma^2 + \mu^2}{2} - 0.5
= -0.5 \log\sigma^2 + 0.5 (\sigma^2 + \mu^2) - 0.5
= 0.5 (\sigma^2 + \mu^2 - 1 - \log\sigma^2)
= -0.5 (1 + \log\sigma^2 - \mu^2 - \sigma^2)""",
        "general formula with sigma_2 and mu_2, then put in": alternatives.kl_standard_normal_derivation__general_names(),
        r"general formula with \mu, \sigma for q and \mu_2, \sigma_2 for p": r"""
\log\frac{\sigma_2}{\sigma} + \frac{\sigma^2 + (\mu-\mu_2)^2}{2\sigma_2^2} - \frac{1}{2}
= \log\frac{1}{\sigma} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
= -\frac{1}{2}\log\sigma^2 + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
= -\frac{1}{2} \left( 1 + \log\sigma^2 - \mu^2 - \sigma^2 \right)""",
        "moments by expanding the square": r"""
D_{KL}(q \| p) = \mathbb{E}_{q}\left[ \log q(x) - \log p(x) \right]
= \mathbb{E}_{q}\left[ -\log\sigma - \frac{(x-\mu)^2}{2\sigma^2} + \frac{x^2}{2} \right]
= -\log\sigma - \frac{1}{2\sigma^2} \mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2} \mathbb{E}_{q}[(x-\mu+\mu)^2]
= -\log\sigma - \frac{1}{2\sigma^2} \mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2} \left( \mathbb{E}_{q}[(x-\mu)^2] + 2\mu\mathbb{E}_{q}[x-\mu] + \mu^2 \right)
= -\log\sigma - \frac{1}{2\sigma^2} \sigma^2 + \frac{1}{2} \left( \sigma^2 + 2\mu \cdot 0 + \mu^2 \right)
= -\frac{1}{2} \log\sigma^2 - \frac{1}{2} + \frac{1}{2} \sigma^2 + \frac{1}{2} \mu^2
= -\frac{1}{2} \left( 1 + \log\sigma^2 - \mu^2 - \sigma^2 \right)""",
        r"normals inside the KL, D_\mathrm{KL}": r"""
D_{\mathrm{KL}}(\mathcal{N}(\mu, \sigma^2) \,\|\, \mathcal{N}(0, 1)) = \log\frac{1}{\sigma} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
= -\frac{1}{2} \log\sigma^2 + \frac{1}{2}\mu^2 + \frac{1}{2}\sigma^2 - \frac{1}{2}
= -\frac{1}{2} \left( 1 + \log\sigma^2 - \mu^2 - \sigma^2 \right)""",
        r"f(x)q(x) order, \ln, e^{}, q written out under the integral": alternatives.kl_standard_normal_derivation__factor_before_density(),
        r"align body with \frac12, \quad and \\[2mm]": r"""
KL(q \parallel p) &= \log\frac1\sigma + \frac{\sigma^2+\mu^2}2 - \frac12 \\[2mm]
&= -\frac12\log\sigma^2 + \frac12\left(\sigma^2+\mu^2\right) - \frac12 \\[2mm]
&= \frac12\left(\sigma^2+\mu^2-\log\sigma^2-1\right) \\[2mm]
&= -\frac12\left(1+\log\sigma^2-\mu^2-\sigma^2\right)""",
        "ends with the positive spelling": r"""
KL(q \| p) = \log\frac{1}{\sigma} + \frac{\sigma^2 + (\mu-0)^2}{2 \cdot 1} - \frac{1}{2}
= -\log\sigma + \frac{1}{2} \sigma^2 + \frac{1}{2} \mu^2 - \frac{1}{2}
= -\frac{1}{2} \log\sigma^2 + \frac{1}{2} \sigma^2 + \frac{1}{2} \mu^2 - \frac{1}{2}
= \frac{1}{2} \left( \sigma^2 + \mu^2 - \log\sigma^2 - 1 \right)""",
        r"upright d, limits, \mathsf{KL}": r"""
D_{\mathsf{KL}}\left(q \parallel p\right) = \int_{-\infty}^{\infty} q(x) \log\frac{q(x)}{p(x)} \,\mathrm{d}x
= \int_{-\infty}^{\infty} q(x) \left( -\frac{1}{2}\log(\sigma^2) - \frac{(x-\mu)^2}{2\sigma^2} + \frac{x^2}{2} \right) \mathrm{d}x
= -\frac{1}{2}\log(\sigma^2) - \frac{1}{2\sigma^2} \int_{-\infty}^{\infty} (x-\mu)^2 q(x) \,\mathrm{d}x + \frac{1}{2} \int_{-\infty}^{\infty} x^2 q(x) \,\mathrm{d}x
= -\frac{1}{2}\log(\sigma^2) - \frac{1}{2\sigma^2}\sigma^2 + \frac{1}{2}\left(\mu^2 + \sigma^2\right)
= -\frac{1}{2}\left(1 + \log(\sigma^2) - \mu^2 - \sigma^2\right)""",
        "cross-entropy and entropy split": r"""
KL(q \| p) = -\int q(x) \log p(x) dx + \int q(x) \log q(x) dx
= \frac{1}{2} \log(2\pi) + \frac{1}{2} \mathbb{E}_{q}[x^2] - \frac{1}{2} \log(2\pi\sigma^2) - \frac{1}{2\sigma^2} \mathbb{E}_{q}[(x-\mu)^2]
= \frac{1}{2} \log(2\pi) + \frac{1}{2} (\mu^2 + \sigma^2) - \frac{1}{2} \log(2\pi\sigma^2) - \frac{\sigma^2}{2\sigma^2}
= \frac{1}{2} \log(2\pi) + \frac{1}{2} (\mu^2 + \sigma^2) - \frac{1}{2} \log(2\pi) - \frac{1}{2} \log(\sigma^2) - \frac{1}{2}
= \frac{1}{2} (\mu^2 + \sigma^2) - \frac{1}{2} \log(\sigma^2) - \frac{1}{2}
= -\frac{1}{2} (1 + \log(\sigma^2) - \mu^2 - \sigma^2)""",
        "terms of the end in another order, dfrac, braces": r"""
\text{KL}(q \,\|\, p) = \log\dfrac{1}{\sigma} + \dfrac{\mu^2 + \sigma^2}{2} - \dfrac{1}{2}
= \dfrac{1}{2} \left\{ \mu^2 + \sigma^2 - 1 \right\} - \log\sigma
= \dfrac{1}{2} \left\{ \mu^2 + \sigma^2 - 1 - 2\log\sigma \right\}
= -\dfrac{1}{2} \left\{ \log\sigma^2 + 1 - \sigma^2 - \mu^2 \right\}""",
        "square root inside the log": r"""
KL(q \| p) = \log\frac{\sqrt{1}}{\sqrt{\sigma^2}} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
= -\log\sqrt{\sigma^2} + \frac{\sigma^2 + \mu^2}{2} - \frac{1}{2}
= -\frac{1}{2}\log\sigma^2 + \frac{\sigma^2 + \mu^2 - 1}{2}
= -\frac{1}{2} [ 1 + \log\sigma^2 - \mu^2 - \sigma^2 ]""",
        r"the power outside the bracket of the log, \mathbb{E}_{x\sim q}": r"""
KL(q \| p) = \mathbb{E}_{x \sim q}[\log q(x) - \log p(x)]
= -\log(\sigma) - \frac{1}{2\sigma^2} \mathbb{E}_{x \sim q}[(x-\mu)^2] + \frac{1}{2} \mathbb{E}_{x \sim q}[x^2]
= -\frac{1}{2} \log(\sigma)^2 - \frac{\sigma^2}{2\sigma^2} + \frac{\sigma^2 + \mu^2}{2}
= -\frac{1}{2} (1 + \log(\sigma)^2 - \mu^2 - \sigma^2)""",
        "definition to general-looking form with 0 and 1, then simplified": r"""
KL(q \| p) = \int q(x) \log\frac{q(x)}{p(x)} dx
= \mathbb{E}_{q}\left[ \log\frac{1}{\sigma} - \frac{(x-\mu)^2}{2\sigma^2} + \frac{(x-0)^2}{2 \cdot 1^2} \right]
= \log\frac{1}{\sigma} - \frac{\mathbb{E}_{q}[(x-\mu)^2]}{2\sigma^2} + \frac{\mathbb{E}_{q}[(x-\mu)^2] + \mu^2}{2}
= \log\frac{1}{\sigma} - \frac{\sigma^2}{2\sigma^2} + \frac{\sigma^2 + \mu^2}{2}
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{\sigma^2 + \mu^2}{2}
= -\frac{1}{2} (1 + \log\sigma^2 - \mu^2 - \sigma^2)""",
        "backwards, from the result to the definition": r"""
-\frac{1}{2}\left(1 + \log\sigma^2 - \mu^2 - \sigma^2\right) \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2} + \frac{1}{2}(\sigma^2 + \mu^2) \\
= -\frac{1}{2}\log\sigma^2 - \frac{1}{2\sigma^2}\mathbb{E}_{q}[(x-\mu)^2] + \frac{1}{2}\mathbb{E}_{q}[x^2] \\
= -\frac{1}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\int q(x) (x-\mu)^2 dx + \frac{1}{2}\log(2\pi) + \frac{1}{2}\int q(x) x^2 dx \\
= \int q(x) \log q(x) dx - \int q(x) \log p(x) dx \\
= \int q(x) \log\frac{q(x)}{p(x)} dx""",
        "part by part": r"""
D_{KL}(q \| p) = \mathbb{E}_q[\log q(x)] - \mathbb{E}_q[\log p(x)]
\mathbb{E}_q[\log q(x)] = -\frac12 \log 2\pi\sigma^2 - \frac12
\mathbb{E}_q[\log p(x)] = -\frac12 \log 2\pi - \frac12 (\mu^2 + \sigma^2)
D_{KL}(q \| p) = -\frac{1}{2} (1 + \log \sigma^2 - \mu^2 - \sigma^2)""",
    },
    "kl_diagonal_derivation": {
        "plain, all three sums in one step": r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(I^{-1} \Sigma) + (0-\mu)^\top I^{-1} (0-\mu) - k + \log\frac{\det I}{\det \Sigma} \right)
= \frac{1}{2} \left( \mathrm{tr}(\Sigma) + \mu^\top \mu - k - \log\det\Sigma \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \sum_{i=1}^{k} \log\sigma_i^2 \right)
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right)""",
        "starts with the formula itself, one replacement per line, no =": r"""
\frac{1}{2} ( \mathrm{tr}(I^{-1} \Sigma) + (0-\mu)^\top I^{-1} (0-\mu) - k + \log\frac{\det I}{\det\Sigma} )
\frac{1}{2} ( \sum_{i=1}^{k} \sigma_i^2 + (0-\mu)^\top I^{-1} (0-\mu) - k + \log\frac{\det I}{\det\Sigma} )
\frac{1}{2} ( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k + \log\frac{\det I}{\det\Sigma} )
\frac{1}{2} ( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \log(\prod_{i=1}^{k} \sigma_i^2) )
\frac{1}{2} ( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \sum_{i=1}^{k} \log\sigma_i^2 )
\frac{1}{2} \sum_{i=1}^{k} ( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 )""",
        r"boldsymbol, \text{tr}, \left\{, normals inside the KL": alternatives.kl_diagonal_derivation__as_the_sheet_types_it(),
        "align with |Sigma|": r"""
D_{KL}(q \| p) &= \frac{1}{2} \left[ \log\frac{|I|}{|\Sigma|} - k + \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1} (0-\mu) \right] \\
&= \frac{1}{2} \left[ -\log|\Sigma| - k + \mathrm{tr}(\Sigma) + \mu^\top\mu \right] \\
&= \frac{1}{2} \left[ -\log\left(\prod_{i=1}^{k}\sigma_i^2\right) - k + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 \right] \\
&= \frac{1}{2} \left[ -\sum_{i=1}^{k}\log\sigma_i^2 - \sum_{i=1}^{k} 1 + \sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 \right] \\
&= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right) \\
""",
        r"several = on one line, \operatorname{tr}": r"""
KL(q \parallel p) = \frac{1}{2}\left(\operatorname{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) = \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) = \frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right)""",
        "the half distributed": r"""
KL(q \| p) = \frac{1}{2} \mathrm{tr}(I^{-1}\Sigma) + \frac{1}{2} (\mu-0)^\top I^{-1} (\mu-0) - \frac{k}{2} + \frac{1}{2} \log\frac{\det I}{\det\Sigma}
= \frac{1}{2} \mathrm{tr}(\Sigma) + \frac{1}{2} \mu^\top I^{-1} \mu - \frac{k}{2} - \frac{1}{2} \log\det\Sigma
= \frac{1}{2} \sum_{i=1}^{k} \sigma_i^2 + \frac{1}{2} \sum_{i=1}^{k} \mu_i^2 - \frac{k}{2} - \frac{1}{2} \sum_{i=1}^{k} \log\sigma_i^2
= \frac{1}{2} \sum_{i=1}^{k} (\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1)""",
        r"one at a time, log-determinant first, \ln": alternatives.kl_diagonal_derivation__determinant_first(),
        "quadratic form by ^T and the norm": r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^T I^{-1} (0-\mu) - k + \log\frac{|I|}{|\Sigma|} \right)
= \frac{1}{2} \left( \mathrm{tr}(\Sigma) + \|\mu\|^2 - k - \log|\Sigma| \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \sum_{i=1}^{k} \log\sigma_i^2 \right)
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right)""",
        r"\sum_i without limits and \frac12": r"""
D_{KL}(q \| p) = \frac12\left( \mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma \right)
= \frac12\left( \sum_i \sigma_i^2 + \sum_i \mu_i^2 - k - \log\left(\prod_i \sigma_i^2\right) \right)
= \frac12\left( \sum_i \sigma_i^2 + \sum_i \mu_i^2 - \sum_i 1 - \sum_i \log\sigma_i^2 \right)
= \frac12 \sum_i \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right)""",
        r"\sigma^2_i order, \sum_{i=1}^k, dfrac, thin spaces": r"""
KL(q \| p) &= \dfrac{1}{2}\,\left( \mathrm{tr}\,(I^{-1}\,\Sigma) + (0-\mu)^{\top}\,I^{-1}\,(0-\mu) - k + \log\,\dfrac{\det I}{\det\Sigma} \right) \\
&= \dfrac{1}{2}\,\left( \mathrm{tr}\,\Sigma + \mu^{\top}\mu - k - \log\det\Sigma \right) \\
&= \dfrac{1}{2}\,\left( \sum_{i=1}^k \sigma^2_i + \sum_{i=1}^k \mu^2_i - k - \sum_{i=1}^k \log\sigma^2_i \right) \\
&= \dfrac{1}{2}\,\sum_{i=1}^k \left( \sigma^2_i + \mu^2_i - \log\sigma^2_i - 1 \right)""",
        "diag written out": alternatives.kl_diagonal_derivation__diag_written_out(),
        "sums gathered in two steps": r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(\Sigma) + \mu^\top I \mu - k + \log\frac{1}{\det\Sigma} \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i \mu_i - k - \log\det\Sigma \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} (\sigma_i^2 + \mu_i^2) - k - \log\left(\prod_{i=1}^{k} \sigma_i^2\right) \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} (\sigma_i^2 + \mu_i^2) - k - \sum_{i=1}^{k} \log\sigma_i^2 \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} (\sigma_i^2 + \mu_i^2 - \log\sigma_i^2) - k \right)
= \frac{1}{2} \sum_{i=1}^{k} (\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1)""",
        "brackets around each sum, other order of the terms": r"""
D_{\mathrm{KL}}(q \,\|\, p) = \frac{1}{2} \left\{ \mathrm{tr}(I^{-1}\Sigma) - k + (0-\mu)^\top I^{-1} (0-\mu) + \log\frac{\det I}{\det\Sigma} \right\}
= \frac{1}{2} \left\{ \left(\sum_{i=1}^{k} \sigma_i^2\right) - k + \left(\sum_{i=1}^{k} \mu_i^2\right) - \left(\sum_{i=1}^{k} \log(\sigma_i^2)\right) \right\}
= \frac{1}{2} \left\{ \left(\sum_{i=1}^{k} \mu_i^2\right) + \left(\sum_{i=1}^{k} (\sigma_i^2 - 1)\right) - \left(\sum_{i=1}^{k} \log(\sigma_i^2)\right) \right\}
= \frac{1}{2} \sum_{i=1}^{k} \left\{ \mu_i^2 + \sigma_i^2 - 1 - \log(\sigma_i^2) \right\}""",
        "the log-determinant as twice the sum of log sigma on the way": alternatives.kl_diagonal_derivation__twice_the_logarithm(),
        "sum of logs of reciprocals first, then the sum of logs": r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(I^{-1}\Sigma) + \mu^\top I^{-1}\mu - k + \log\frac{\det I}{\det\Sigma} \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k + \log\left(\prod_{i=1}^{k} \frac{1}{\sigma_i^2}\right) \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k + \sum_{i=1}^{k} \log\frac{1}{\sigma_i^2} \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \sum_{i=1}^{k} \log\sigma_i^2 \right)
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right)""",
        r"log \prod without a bracket, |.| with \left\right, \mathrm{KL}": r"""
\mathrm{KL}(q \| p) = \frac{1}{2} \left( \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\left|I\right|}{\left|\Sigma\right|} \right)
= \frac{1}{2} \left( \mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\left|\Sigma\right| \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \log\prod_{i=1}^{k} \sigma_i^2 \right)
= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \sum_{i=1}^{k} \log\sigma_i^2 \right)
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right)""",
        "minus one half in front at the end": r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma \right)
= -\frac{1}{2} \left( k + \log\det\Sigma - \mu^\top\mu - \mathrm{tr}(\Sigma) \right)
= -\frac{1}{2} \left( \sum_{i=1}^{k} 1 + \sum_{i=1}^{k} \log\sigma_i^2 - \sum_{i=1}^{k} \mu_i^2 - \sum_{i=1}^{k} \sigma_i^2 \right)
= -\frac{1}{2} \sum_{i=1}^{k} \left( 1 + \log\sigma_i^2 - \mu_i^2 - \sigma_i^2 \right)
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right)""",
        r"\log 1 kept, decimals, slashes": r"""
KL(q \| p) = 0.5 (\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1} (0-\mu) - k + \log(\det(I)/\det(\Sigma)))
= 0.5 (\mathrm{tr}(\Sigma) + \mu^\top\mu - k + \log 1 - \log\det(\Sigma))
= 0.5 (\sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \sum_{i=1}^{k} \log\sigma_i^2)
= 0.5 \sum_{i=1}^{k} (\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1)""",
        r"general formula, \mu_2-\mu_1 = 0-\mu, difference of log-determinants": r"""
D_{KL}(q \| p)
&= \frac{1}{2} \left( \operatorname{tr}(I^{-1} \Sigma) + (0 - \mu)^\top I^{-1} (0 - \mu) - k + \log\det I - \log\det\Sigma \right) \\
&= \frac{1}{2} \left( \operatorname{tr}(I \Sigma) + (0 - \mu)^\top I (0 - \mu) - k + 0 - \log\det\Sigma \right) \\
&= \frac{1}{2} \left( \operatorname{tr}(\Sigma) + (-\mu)^\top (-\mu) - k - \log\left( \prod_{i=1}^{k} \sigma_i^2 \right) \right) \\
&= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} (-\mu_i)^2 - k - \sum_{i=1}^{k} \log\sigma_i^2 \right) \\
&= \frac{1}{2} \left( \sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - \sum_{i=1}^{k} 1 - \sum_{i=1}^{k} \log\sigma_i^2 \right) \\
&= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - 1 - \log\sigma_i^2 \right)""",
        "index j instead of i": r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma \right)
= \frac{1}{2} \left( \sum_{j=1}^{k} \sigma_j^2 + \sum_{j=1}^{k} \mu_j^2 - k - \sum_{j=1}^{k} \log\sigma_j^2 \right)
= \frac{1}{2} \sum_{j=1}^{k} \left( \sigma_j^2 + \mu_j^2 - \log\sigma_j^2 - 1 \right)""",
        "halves inside the sums at the end of the way": r"""
KL(q \| p) = \frac{1}{2} \left( \mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma} \right)
= \frac{\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma}{2}
= \frac{\sum_{i=1}^{k} \sigma_i^2 + \sum_{i=1}^{k} \mu_i^2 - k - \sum_{i=1}^{k} \log\sigma_i^2}{2}
= \sum_{i=1}^{k} \frac{\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1}{2}
= \frac{1}{2} \sum_{i=1}^{k} \left( \sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1 \right)""",
        "backwards, from the result to the multivariate formula": r"""
\frac{1}{2}\sum_{i=1}^{k}\left(\sigma_i^2 + \mu_i^2 - \log\sigma_i^2 - 1\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \sum_{i=1}^{k}\log\sigma_i^2\right) \\
&= \frac{1}{2}\left(\sum_{i=1}^{k}\sigma_i^2 + \sum_{i=1}^{k}\mu_i^2 - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log\det\Sigma\right) \\
&= \frac{1}{2}\left(\mathrm{tr}(I^{-1}\Sigma) + (0-\mu)^\top I^{-1}(0-\mu) - k + \log\frac{\det I}{\det\Sigma}\right)""",
        "from both sides, until they meet": r"""
D_{KL}(\mathcal{N}(\mu, \Sigma) \| \mathcal{N}(0, I)) = \frac12 (\mathrm{tr}(\Sigma) + \mu^\top\mu - k - \log|\Sigma|) = \frac12 \sum_i \sigma_i^2 + \frac12 \sum_i \mu_i^2 - \frac{k}{2} - \frac12\sum_i \log \sigma_i^2
\frac{1}{2} \sum_{i=1}^k (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2 - 1) = \frac12 \sum_i \sigma_i^2 + \frac12 \sum_i \mu_i^2 - \frac{k}{2} - \frac12\sum_i \log \sigma_i^2""",
    },
    "elbo_gap_derivation": {
        "plain integrals, q(z|x)": r"""
\log p(x) - ELBO = \log p(x) \int q(z|x) dz - ELBO
= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x, z)}{q(z|x)} dz
= \int q(z|x) \left( \log p(x) - \log\frac{p(x, z)}{q(z|x)} \right) dz
= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x, z)} dz
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= D_{KL}(q(z|x) \| p(z|x))""",
        "q(z) instead of q(z|x), align": r"""
\log p(x) - ELBO &= \log p(x) \int q(z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \log p(x) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz \\
&= \int q(z) \left( \log p(x) - \log p(x,z) + \log q(z) \right) dz \\
&= \int q(z) \left( \log q(z) - \log\frac{p(x,z)}{p(x)} \right) dz \\
&= \int q(z) \left( \log q(z) - \log p(z|x) \right) dz \\
&= \int q(z) \log\frac{q(z)}{p(z|x)} dz \\
&= KL(q(z) \| p(z|x)) \\
""",
        r"q_\phi, p_\theta, bold letters, \mathcal{F}": alternatives.elbo_gap_derivation__parametrised_densities(),
        r"\mathcal{F}, plain letters, \log p(x|z) and prior": r"""
\log p(x) - \mathcal{F} = \int q(z|x) \log p(x) dz - \mathcal{F}
= \int q(z|x) \log p(x) dz - \int q(z|x) \log p(x|z) dz + \int q(z|x) \log\frac{q(z|x)}{p(z)} dz
= \int q(z|x) \left[ \log p(x) - \log p(x|z) + \log\frac{q(z|x)}{p(z)} \right] dz
= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x|z) p(z)} dz
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= D_{KL}(q(z|x) \| p(z|x))""",
        "-L + log p(x), f(z) q(z|x) order": r"""
-\mathcal{L} + \log p(x) = -\int (\log p(x,z) - \log q(z|x)) q(z|x) dz + \log p(x)
= -\int (\log p(x,z) - \log q(z|x)) q(z|x) dz + \log p(x) \int q(z|x) dz
= -\int (\log p(x,z) - \log q(z|x)) q(z|x) dz + \int \log p(x) q(z|x) dz
= \int (\log q(z|x) - \log p(x,z) + \log p(x)) q(z|x) dz
= \int (\log q(z|x) - \log p(z|x)) q(z|x) dz
= \int \log\frac{q(z|x)}{p(z|x)} q(z|x) dz
= D_{KL}\left(q(z|x) \parallel p(z|x)\right)""",
        "a symbol for the bound with labels and an argument": alternatives.elbo_gap_derivation__density_behind_the_logarithm(),
        "expectations, KL as an integral before the end": r"""
\log p(x) - ELBO = \mathbb{E}_{q(z|x)}[\log p(x)] - \mathbb{E}_{q(z|x)}\left[\log\frac{p(x,z)}{q(z|x)}\right]
= \mathbb{E}_{q(z|x)}\left[\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right]
= \mathbb{E}_{q(z|x)}\left[\log\frac{p(x) q(z|x)}{p(x,z)}\right]
= \mathbb{E}_{q(z|x)}\left[\log\frac{q(z|x)}{p(z|x)}\right]
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= D_{KL}(q(z|x) \| p(z|x))""",
        "expectations only": r"""
\log p(x) - ELBO = \mathbb{E}_{q}[\log p(x)] - \mathbb{E}_{q}[\log p(x,z) - \log q(z)]
= \mathbb{E}_{q}[\log p(x) - \log p(x,z) + \log q(z)]
= \mathbb{E}_{q}[\log q(z) - \log p(z|x)]
= \mathbb{E}_{q}\left[\log\frac{q(z)}{p(z|x)}\right]
= KL(q(z) \| p(z|x))""",
        r"no leading =, \mid, \ln": alternatives.elbo_gap_derivation__bars_as_mid(),
        r"joint factorised as p(z|x) p(x), \text{KL}, \,": r"""
\log p(x) - \text{ELBO} = \log p(x) \cdot 1 - \int q(z|x) \,\log\frac{p(x,z)}{q(z|x)} \,dz
= \log p(x) \cdot \int q(z|x) \,dz - \int q(z|x) \,\log\frac{p(z|x) \,p(x)}{q(z|x)} \,dz
= \int q(z|x) \,\log p(x) \,dz - \int q(z|x) \,\log\frac{p(z|x) \,p(x)}{q(z|x)} \,dz
= \int q(z|x) \,\left( \log p(x) - \log\frac{p(z|x) \,p(x)}{q(z|x)} \right) \,dz
= \int q(z|x) \,\left( \log p(x) - \log p(z|x) - \log p(x) + \log q(z|x) \right) \,dz
= \int q(z|x) \,\left( \log q(z|x) - \log p(z|x) \right) \,dz
= \int q(z|x) \,\log\frac{q(z|x)}{p(z|x)} \,dz
= \text{KL}(q(z|x) \,\|\, p(z|x))""",
        "several = on one line, slashes": r"""
\log p(x) - ELBO = \int q(z) \log p(x) dz - \int q(z) \log(p(x,z)/q(z)) dz = \int q(z) (\log p(x) - \log(p(x,z)/q(z))) dz
= \int q(z) \log(p(x) q(z)/p(x,z)) dz = \int q(z) \log(q(z)/p(z|x)) dz = KL(q(z) \| p(z|x))""",
        "minus log of the inverted fraction": r"""
\log p(x) - \mathcal{L} = \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz
= -\int q(z|x) \left( \log\frac{p(x,z)}{q(z|x)} - \log p(x) \right) dz
= -\int q(z|x) \log\frac{p(x,z)}{q(z|x) p(x)} dz
= -\int q(z|x) \log\frac{p(z|x)}{q(z|x)} dz
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= D_{KL}(q(z|x) \| p(z|x))""",
        r"z sampled from q under the E, \Big brackets, \mathrm{ELBO}": r"""
\log p(x) - \mathrm{ELBO} = \mathbb{E}_{z \sim q(z|x)}\Big[\log p(x)\Big] - \mathbb{E}_{z \sim q(z|x)}\Big[\log\frac{p(x,z)}{q(z|x)}\Big]
= \mathbb{E}_{z \sim q(z|x)}\Big[\log p(x) - \log\frac{p(x,z)}{q(z|x)}\Big]
= \mathbb{E}_{z \sim q(z|x)}\Big[\log\frac{q(z|x)}{p(z|x)}\Big]
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= D_{\mathrm{KL}}(q(z|x) \,\|\, p(z|x))""",
        "split completely into four integrals, then gathered": alternatives.elbo_gap_derivation__four_integrals(),
        r"the integral of q written in front, \dfrac, p(z,x)": r"""
\log p(x) - \mathcal{F} &= \left( \int q(z) dz \right) \log p(x) - \int q(z) \log\dfrac{p(z,x)}{q(z)} dz \\
&= \int q(z) \log p(x) dz - \int q(z) \log\dfrac{p(z,x)}{q(z)} dz \\
&= \int q(z) \left\{ \log p(x) - \log\dfrac{p(z,x)}{q(z)} \right\} dz \\
&= \int q(z) \log\dfrac{q(z) p(x)}{p(z,x)} dz \\
&= \int q(z) \log\dfrac{q(z)}{p(z|x)} dz \\
&= D_{KL}(q(z) \| p(z|x))""",
        "the ELBO given as reconstruction minus KL first": r"""
\log p(x) - ELBO = \log p(x) - \left( \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z)) \right)
= \log p(x) \int q(z|x) dz - \int q(z|x) \log p(x|z) dz + \int q(z|x) \log\frac{q(z|x)}{p(z)} dz
= \int q(z|x) \left( \log p(x) - \log p(x|z) + \log\frac{q(z|x)}{p(z)} \right) dz
= \int q(z|x) \log\frac{q(z|x) p(x)}{p(x|z) p(z)} dz
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= D_{KL}(q(z|x) \| p(z|x))""",
        "double bars typed as ||": r"""
\log p(x) - ELBO = \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz
= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= D_{KL}(q(z|x) || p(z|x))""",
        r"minus on the left only in brackets, \cdot everywhere": r"""
- ( ELBO - \log p(x) ) = - \left( \int q(z|x) \cdot \log\frac{p(x,z)}{q(z|x)} dz - \log p(x) \cdot \int q(z|x) dz \right)
= - \left( \int q(z|x) \cdot \log\frac{p(x,z)}{q(z|x)} dz - \int q(z|x) \cdot \log p(x) dz \right)
= - \int q(z|x) \cdot \left( \log\frac{p(x,z)}{q(z|x)} - \log p(x) \right) dz
= \int q(z|x) \cdot \left( \log p(x) - \log\frac{p(x,z)}{q(z|x)} \right) dz
= \int q(z|x) \cdot \log\left( \frac{p(x) \cdot q(z|x)}{p(x,z)} \right) dz
= \int q(z|x) \cdot \log\left( \frac{q(z|x)}{p(z|x)} \right) dz
= KL(q(z|x) \| p(z|x))""",
        "expectation with the log of one stacked fraction, q(z)": r"""
\log p(x) - ELBO = \log p(x) \int q(z) dz - \mathbb{E}_{q(z)}\left[ \log\frac{p(x|z) p(z)}{q(z)} \right]
= \mathbb{E}_{q(z)}[\log p(x)] - \mathbb{E}_{q(z)}\left[ \log\frac{p(x|z) p(z)}{q(z)} \right]
= \mathbb{E}_{q(z)}\left[ \log p(x) - \log\frac{p(x|z) p(z)}{q(z)} \right]
= \mathbb{E}_{q(z)}\left[ \log\frac{q(z)}{\frac{p(x|z) p(z)}{p(x)}} \right]
= \int q(z) \log\frac{q(z)}{p(z|x)} dz
= D_{KL}(q(z) \parallel p(z|x))""",
        r"\int_z": r"""
\log p(x) - ELBO = \int_z q(z|x) \log p(x) \, dz - \int_z q(z|x) \log\frac{p(x,z)}{q(z|x)} \, dz
= \int_z q(z|x) \left( \log p(x) - \log\frac{p(x,z)}{q(z|x)} \right) dz
= \int_z q(z|x) \log\frac{q(z|x)}{p(z|x)} \, dz
= KL(q(z|x) \| p(z|x))""",
        "short but complete, fraction in the one integral": r"""
\log p(x) - ELBO
= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz
= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz
= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= KL(q(z|x) \| p(z|x))""",
        "the statement with its sign turned, ELBO - log p(x)": r"""
ELBO - \log p(x) \\
&= \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz - \log p(x) \int q(z|x) dz \\
&= \int q(z|x) \log\frac{p(x,z)}{p(x) q(z|x)} dz \\
&= \int q(z|x) \log\frac{p(z|x)}{q(z|x)} dz \\
&= -KL(q(z|x) \| p(z|x))""",
        "brought across: from log p(x) to ELBO + KL": r"""
\log p(x) \\
&= \log p(x) \int q(z|x) dz \\
&= \int q(z|x) \log p(x) dz \\
&= \int q(z|x) \log\frac{p(x,z)}{p(z|x)} dz \\
&= \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz + \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= ELBO + KL(q(z|x) \| p(z|x))""",
        "backwards, from the divergence to the gap": r"""
KL(q(z|x) \| p(z|x)) \\
&= \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz \\
&= \int q(z|x) \log\frac{p(x) q(z|x)}{p(x,z)} dz \\
&= \int q(z|x) \left(\log p(x) - \log\frac{p(x,z)}{q(z|x)}\right) dz \\
&= \int q(z|x) \log p(x) dz - \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \log p(x) - ELBO""",
        "from both sides, until they meet": r"""
\log p(x) - ELBO = \int q(z) \left(\log p(x) - \log\frac{p(x,z)}{q(z)}\right) dz = \int q(z) \log \frac{q(z)}{p(z|x)} dz
KL(q(z) \| p(z|x)) = \int q(z) \log \frac{q(z)}{p(z|x)} dz""",
        "the claim first, then from its right side back to log p(x)": r"""
\log p(x) = ELBO + KL(q(z) \| p(z|x))
= \int q(z) \log \frac{p(x,z)}{q(z)} dz + \int q(z) \log \frac{q(z)}{p(z|x)} dz
= \int q(z) \log \frac{p(x,z)}{p(z|x)} dz
= \log p(x)""",
    },
    "elbo_split_derivation": {
        "integrals, q(z)": r"""
ELBO = \int q(z) \log\frac{p(x,z)}{q(z)} dz
= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz
= \int q(z) \left( \log p(x|z) + \log\frac{p(z)}{q(z)} \right) dz
= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz
= \int q(z) \log p(x|z) dz - \int q(z) \log\frac{q(z)}{p(z)} dz
= \mathbb{E}_{q(z)}[\log p(x|z)] - KL(q(z) \| p(z))""",
        "expectations, q(z|x)": r"""
ELBO = \mathbb{E}_{q(z|x)}[\log p(x, z) - \log q(z|x)]
= \mathbb{E}_{q(z|x)}[\log p(x|z) + \log p(z) - \log q(z|x)]
= \mathbb{E}_{q(z|x)}[\log p(x|z)] + \mathbb{E}_{q(z|x)}[\log p(z) - \log q(z|x)]
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - \mathbb{E}_{q(z|x)}\left[\log\frac{q(z|x)}{p(z)}\right]
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        "f(z) q(z|x) order, KL first, then the expectation": r"""
\mathcal{L} = \int (\log p(x,z) - \log q(z|x)) q(z|x) dz
= \int (\log p(x|z) + \log p(z) - \log q(z|x)) q(z|x) dz
= \int \log p(x|z) q(z|x) dz + \int (\log p(z) - \log q(z|x)) q(z|x) dz
= \int \log p(x|z) q(z|x) dz - \int \log\frac{q(z|x)}{p(z)} q(z|x) dz
= -D_{KL}\left(q(z|x) \parallel p(z)\right) + \int \log p(x|z) q(z|x) dz
= -D_{KL}\left(q(z|x) \parallel p(z)\right) + \mathbb{E}_{q(z|x)}[\log p(x|z)]""",
        "a symbol for the bound with labels and an argument": alternatives.elbo_split_derivation__own_symbols(),
        r"align, \mid, \ln": r"""
ELBO &= \int q(z \mid x) \ln\frac{p(x, z)}{q(z \mid x)} dz \\
&= \int q(z \mid x) \ln\frac{p(x \mid z) p(z)}{q(z \mid x)} dz \\
&= \int q(z \mid x) \ln p(x \mid z) dz + \int q(z \mid x) \ln\frac{p(z)}{q(z \mid x)} dz \\
&= \int q(z \mid x) \ln p(x \mid z) dz - \int q(z \mid x) \ln\frac{q(z \mid x)}{p(z)} dz \\
&= \mathbb{E}_{q(z \mid x)}[\ln p(x \mid z)] - D_{KL}(q(z \mid x) \parallel p(z)) \\
""",
        "no symbol, no leading =, starts with the integral": alternatives.elbo_split_derivation__starts_with_the_integral(),
        r"\mathcal{F}, q_\phi, p_\theta, bold letters": r"""
\mathcal{F} = \int q_\phi(\mathbf{z}|\mathbf{x}) \log\frac{p_\theta(\mathbf{x}, \mathbf{z})}{q_\phi(\mathbf{z}|\mathbf{x})} d\mathbf{z}
= \int q_\phi(\mathbf{z}|\mathbf{x}) \log\frac{p_\theta(\mathbf{x}|\mathbf{z}) p(\mathbf{z})}{q_\phi(\mathbf{z}|\mathbf{x})} d\mathbf{z}
= \int q_\phi(\mathbf{z}|\mathbf{x}) \log p_\theta(\mathbf{x}|\mathbf{z}) d\mathbf{z} - \int q_\phi(\mathbf{z}|\mathbf{x}) \log\frac{q_\phi(\mathbf{z}|\mathbf{x})}{p(\mathbf{z})} d\mathbf{z}
= \mathbb{E}_{q_\phi(\mathbf{z}|\mathbf{x})}[\log p_\theta(\mathbf{x}|\mathbf{z})] - D_{KL}(q_\phi(\mathbf{z}|\mathbf{x}) \| p(\mathbf{z}))""",
        r"\mathcal{F}, plain letters": r"""
\mathcal{F} = \int q(z|x) \log p(x,z) dz - \int q(z|x) \log q(z|x) dz
= \int q(z|x) \log( p(x|z) p(z) ) dz - \int q(z|x) \log q(z|x) dz
= \int q(z|x) \log p(x|z) dz + \int q(z|x) \log p(z) dz - \int q(z|x) \log q(z|x) dz
= \int q(z|x) \log p(x|z) dz - \int q(z|x) \log\frac{q(z|x)}{p(z)} dz
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        r"several = on one line, slashes, \left\right at the E": alternatives.elbo_split_derivation__several_on_a_row(),
        "from log p(x) minus the gap": r"""
ELBO = \log p(x) - D_{KL}(q(z|x) \| p(z|x))
= \log p(x) - \int q(z|x) \log\frac{q(z|x)}{p(z|x)} dz
= \log p(x) - \int q(z|x) \log\frac{q(z|x) p(x)}{p(x|z) p(z)} dz
= \log p(x) - \int q(z|x) \left( \log\frac{q(z|x)}{p(z)} + \log p(x) - \log p(x|z) \right) dz
= \log p(x) - \int q(z|x) \log\frac{q(z|x)}{p(z)} dz - \log p(x) \int q(z|x) dz + \int q(z|x) \log p(x|z) dz
= \int q(z|x) \log p(x|z) dz - \int q(z|x) \log\frac{q(z|x)}{p(z)} dz
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        r"\text{ELBO}, \text{KL}, thin spaces, dfrac": r"""
\text{ELBO} = \mathbb{E}_{q}\left[\,\log\dfrac{p(x,z)}{q(z)}\,\right]
= \mathbb{E}_{q}\left[\,\log\dfrac{p(x|z)\,p(z)}{q(z)}\,\right]
= \mathbb{E}_{q}\left[\,\log p(x|z)\,\right] + \mathbb{E}_{q}\left[\,\log\dfrac{p(z)}{q(z)}\,\right]
= \mathbb{E}_{q}\left[\,\log p(x|z)\,\right] - \mathbb{E}_{q}\left[\,\log\dfrac{q(z)}{p(z)}\,\right]
= \mathbb{E}_{q}\left[\,\log p(x|z)\,\right] - \text{KL}(q(z)\,\|\,p(z))""",
        r"KL written q \| p(z)": r"""
ELBO = \int q(z) \log\frac{p(x,z)}{q(z)} dz
= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz
= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz
= \mathbb{E}_{q}[\log p(x|z)] - KL(q \| p(z))""",
        r"z sampled under the E, \Big, \mathrm{ELBO}": r"""
\mathrm{ELBO} = \mathbb{E}_{z \sim q(z|x)}\Big[\log\frac{p(x,z)}{q(z|x)}\Big]
= \mathbb{E}_{z \sim q(z|x)}\Big[\log p(x|z) + \log p(z) - \log q(z|x)\Big]
= \mathbb{E}_{z \sim q(z|x)}\big[\log p(x|z)\big] - \mathbb{E}_{z \sim q(z|x)}\big[\log q(z|x) - \log p(z)\big]
= \mathbb{E}_{z \sim q(z|x)}\big[\log p(x|z)\big] - D_{\mathrm{KL}}(q(z|x) \,\|\, p(z))""",
        "longest, each rule of the log on its own line": alternatives.elbo_split_derivation__every_rule_a_line(),
        "entropy form on the way": r"""
ELBO = \mathbb{E}_{q(z)}[\log p(x,z)] - \mathbb{E}_{q(z)}[\log q(z)]
= \mathbb{E}_{q(z)}[\log p(x|z)] + \mathbb{E}_{q(z)}[\log p(z)] - \mathbb{E}_{q(z)}[\log q(z)]
= \mathbb{E}_{q(z)}[\log p(x|z)] - \left( \mathbb{E}_{q(z)}[\log q(z)] - \mathbb{E}_{q(z)}[\log p(z)] \right)
= \mathbb{E}_{q(z)}[\log p(x|z)] - D_{\text{KL}}(q(z) \| p(z))""",
        "plain L and p(z, x)": r"""
L = \int q(z) \log \frac{p(z, x)}{q(z)} dz
= \int q(z) \log \frac{p(x|z) p(z)}{q(z)} dz
= \int q(z) \log p(x|z) dz - \int q(z) \log \frac{q(z)}{p(z)} dz
= \mathbb{E}_{q(z)}[\log p(x|z)] - KL(q(z) \parallel p(z))""",
        "p(z|x) p(x) first, then p(x|z) p(z)": r"""
\mathcal{L} = \int q(z|x) \log\frac{p(z|x) p(x)}{q(z|x)} dz
= \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz
= \int q(z|x) \log\left( p(x|z) \cdot \frac{p(z)}{q(z|x)} \right) dz
= \int q(z|x) \log p(x|z) dz + \int q(z|x) \log\frac{p(z)}{q(z|x)} dz
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \| p(z))""",
        r"align environment, \bigl, \lVert, full stop": r"""
\begin{align}
ELBO &= \int q(z|x) \log\frac{p(x,z)}{q(z|x)} dz \\
&= \int q(z|x) \bigl( \log p(x|z) + \log p(z) - \log q(z|x) \bigr) dz \\
&= \int q(z|x) \log p(x|z) dz - \int q(z|x) \log\frac{q(z|x)}{p(z)} dz \\
&= \mathbb{E}_{q(z|x)}[\log p(x|z)] - D_{KL}(q(z|x) \lVert p(z)).
\end{align}""",
        r"\mathbb{E}_q without braces, KL in square brackets": r"""
ELBO = \mathbb{E}_q[\log p(x,z)] - \mathbb{E}_q[\log q(z|x)]
= \mathbb{E}_q[\log p(x|z) + \log p(z)] - \mathbb{E}_q[\log q(z|x)]
= \mathbb{E}_q[\log p(x|z)] + \mathbb{E}_q[\log p(z)] - \mathbb{E}_q[\log q(z|x)]
= \mathbb{E}_q[\log p(x|z)] - \mathbb{E}_q\left[\log\frac{q(z|x)}{p(z)}\right]
= \mathbb{E}_q[\log p(x|z)] - KL[q(z|x) \| p(z)]""",
        "short but complete, log first": r"""
ELBO = \int \log\frac{p(x,z)}{q(z|x)} q(z|x) dz
= \int \log p(x|z) q(z|x) dz - \int \log\frac{q(z|x)}{p(z)} q(z|x) dz
= \mathbb{E}_{q(z|x)}[\log p(x|z)] - KL(q(z|x) \| p(z))""",
        r"order of the last line swapped, \tfrac, braces": r"""
ELBO = \int q(z) \left\{ \log p(x|z) + \log\tfrac{p(z)}{q(z)} \right\} dz
= \int q(z) \log p(x|z) dz - \int q(z) \log\tfrac{q(z)}{p(z)} dz
= -\int q(z) \log\tfrac{q(z)}{p(z)} dz + \mathbb{E}_{q(z)}[\log p(x|z)]
= -KL(q(z) \| p(z)) + \mathbb{E}_{q(z)}[\log p(x|z)]""",
        "the statement with its sign turned, -ELBO": r"""
-ELBO &= \int q(z) \log\frac{q(z)}{p(x,z)} dz \\
&= \int q(z) \log\frac{q(z)}{p(z)} dz - \int q(z) \log p(x|z) dz \\
&= KL(q(z) \| p(z)) - \mathbb{E}_{q}[\log p(x|z)]""",
        "backwards, from the two terms to the ELBO": r"""
\mathbb{E}_{q}[\log p(x|z)] - KL(q(z) \| p(z)) \\
&= \mathbb{E}_{q}[\log p(x|z)] - \int q(z) \log\frac{q(z)}{p(z)} dz \\
&= \int q(z) \log p(x|z) dz + \int q(z) \log\frac{p(z)}{q(z)} dz \\
&= \int q(z) \left(\log p(x|z) + \log\frac{p(z)}{q(z)}\right) dz \\
&= \int q(z) \log\frac{p(x|z) p(z)}{q(z)} dz \\
&= ELBO""",
        "brought across: from the divergence": r"""
KL(q(z)\|p(z)) = \int q(z) \log\frac{q(z)}{p(z)} dz
= \int q(z) \log\frac{q(z) p(x|z)}{p(x,z)} dz
= \int q(z) \log p(x|z) dz - \int q(z) \log\frac{p(x,z)}{q(z)} dz
= \mathbb{E}_q[\log p(x|z)] - ELBO""",
    },
}
