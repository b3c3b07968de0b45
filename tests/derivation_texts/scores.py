# ruff: noqa: E501 (rows as students write them)
"""Derivations of the score function's gradient, in the styles that students write.

They were written from the exercise, before the table was. Labels of the wrong ones as in `jensen`.
"""

from reference.sheet3_vae.derivations import OTHER_SCORES

ITEM = "score_function_derivation"

RIGHT = {
    "align": r"""
\nabla_\mu \mathbb{E}_q[f(x)] &= \nabla_\mu \int q(x) f(x) \, dx \\
&= \int \nabla_\mu q(x) f(x) \, dx \\
&= \int q(x) \nabla_\mu \log q(x) f(x) \, dx \\
&= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "short": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \int f(x) \nabla_\mu q(x) dx = \int f(x) q(x) \nabla_\mu \log q(x) dx = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "divided by q and multiplied again": r"""
\nabla_\mu \mathbb{E}_{x \sim q}[f(x)]
= \int f(x) \nabla_\mu q(x) \, dx
= \int f(x) \frac{\nabla_\mu q(x)}{q(x)} q(x) \, dx
= \int f(x) \nabla_\mu \log q(x) \, q(x) \, dx
= \mathbb{E}_{x \sim q}[f(x) \nabla_\mu \log q(x)]""",
    "partial derivatives": r"""
\frac{\partial}{\partial \mu} \mathbb{E}_{q(x)}\left[f(x)\right]
= \frac{\partial}{\partial \mu} \int f(x) q(x) \, dx
= \int f(x) \frac{\partial q(x)}{\partial \mu} \, dx
= \int f(x) q(x) \frac{\partial \log q(x)}{\partial \mu} \, dx
= \mathbb{E}_{q(x)}\left[f(x) \frac{\partial \log q(x)}{\partial \mu}\right]""",
    "d by d mu": r"""
\frac{d}{d\mu} \mathbb{E}_q[f(x)] = \int f(x) \frac{d}{d\mu} q(x) dx
= \int f(x) q(x) \frac{d}{d\mu} \ln q(x) dx
= \mathbb{E}_q\left[f(x) \frac{d \ln q(x)}{d\mu}\right]""",
    "partial with an index": r"""
\partial_\mu \mathbb{E}_q[f(x)] = \int \partial_\mu q(x) \, f(x) \, dx = \int q(x) \, \partial_\mu \log q(x) \, f(x) \, dx = \mathbb{E}_q[f(x) \, \partial_\mu \log q(x)]""",
    "the parameters of the seed": r"""
\nabla_\theta \mathbb{E}_{x \sim p_\theta}[f(x)] = \nabla_\theta \int f(x) p_\theta(x) dx
= \int f(x) \nabla_\theta p_\theta(x) dx
= \int f(x) \left( \nabla_\theta \log p_\theta(x) \right) p_\theta(x) dx
= \mathbb{E}_{x \sim p_\theta}[f(x) \nabla_\theta \log p_\theta(x)]""",
    "the mean as an index of q": r"""
\nabla_\mu \mathbb{E}_{q_\mu}[f(x)] = \int \nabla_\mu q_\mu(x) f(x) dx = \int q_\mu(x) \nabla_\mu \log q_\mu(x) f(x) dx = \mathbb{E}_{q_\mu}[f(x) \nabla_\mu \log q_\mu(x)]""",
    "the score worked out": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \int f(x) \nabla_\mu q(x) dx
= \int f(x) q(x) \nabla_\mu \log q(x) dx
= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]
= \mathbb{E}_q\left[f(x) \frac{x - \mu}{\sigma^2}\right]""",
    "the logarithm written out": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \int f(x) \nabla_\mu q(x) dx
= \int f(x) q(x) \nabla_\mu \log q(x) dx
= \int f(x) q(x) \nabla_\mu \left( -\frac{1}{2} \log(2 \pi \sigma^2) - \frac{(x - \mu)^2}{2 \sigma^2} \right) dx
= \int f(x) q(x) \frac{x - \mu}{\sigma^2} dx
= \mathbb{E}_q\left[f(x) \frac{x - \mu}{\sigma^2}\right]""",
    "the density written out": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \int f(x) \nabla_\mu \mathcal{N}(x; \mu, \sigma^2) dx
= \int f(x) \mathcal{N}(x; \mu, \sigma^2) \nabla_\mu \log \mathcal{N}(x; \mu, \sigma^2) dx
= \mathbb{E}_{x \sim \mathcal{N}(\mu, \sigma^2)}[f(x) \nabla_\mu \log \mathcal{N}(x; \mu, \sigma^2)]""",
    "backwards": r"""
\mathbb{E}_q[f(x) \nabla_\mu \log q(x)] = \int q(x) f(x) \nabla_\mu \log q(x) dx
= \int q(x) f(x) \frac{\nabla_\mu q(x)}{q(x)} dx
= \int f(x) \nabla_\mu q(x) dx
= \nabla_\mu \int f(x) q(x) dx
= \nabla_\mu \mathbb{E}_q[f(x)]""",
    "the integrand in brackets": r"""
\nabla_\mu \mathbb{E}[f(x)] = \nabla_\mu \int q(x) f(x) dx
= \int \nabla_\mu \left( q(x) f(x) \right) dx
= \int f(x) \left( \nabla_\mu q(x) \right) dx
= \int f(x) \left( q(x) \nabla_\mu \log q(x) \right) dx
= \mathbb{E}[f(x) \nabla_\mu \log q(x)]""",
    "over z": r"""
\nabla_{\mu} \mathbb{E}_{z \sim q}[f(z)] = \int f(z) \nabla_{\mu} q(z) dz
= \int f(z) q(z) \nabla_{\mu} \log q(z) dz
= \mathbb{E}_{z \sim q}[f(z) \nabla_{\mu} \log q(z)]""",
    "a gradient without an index": r"""
\nabla \mathbb{E}_q[f(x)] = \int f(x) \nabla q(x) dx = \int f(x) q(x) \nabla \log q(x) dx = \mathbb{E}_q[f(x) \nabla \log q(x)]""",
    "limits and dx first": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int_{-\infty}^\infty dx \, q(x) f(x)
= \int_{-\infty}^\infty f(x) \nabla_\mu q(x) dx
= \int_{-\infty}^\infty f(x) q(x) \nabla_\mu \log q(x) dx
= \mathbb{E}_q[\nabla_\mu \log q(x) f(x)]""",
    "the expectation of a quotient": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \int f(x) \nabla_\mu q(x) dx
= \mathbb{E}_q\left[f(x) \frac{\nabla_\mu q(x)}{q(x)}\right]
= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "from both sides": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int q(x) f(x) dx = \int f(x) \nabla_\mu q(x) dx
\mathbb{E}_q[f(x) \nabla_\mu \log q(x)] = \int q(x) f(x) \nabla_\mu \log q(x) dx = \int f(x) \nabla_\mu q(x) dx""",
    "without brackets of the arguments": r"""
\nabla_\mu \mathbb{E}_q[f] = \int \nabla_\mu q \, f \, dx = \int q \, \nabla_\mu \log q \, f \, dx = \mathbb{E}_q[f \, \nabla_\mu \log q]""",
    "other spellings": OTHER_SCORES["quotient"],
}

_START = r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int q(x) f(x) dx
= \int f(x) \nabla_\mu q(x) dx
"""

WRONG = {
    "line 2: the gradient moved to f": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \mathbb{E}_q[\nabla_\mu f(x)] = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "line 4: q lost": _START
    + r"= \int f(x) \nabla_\mu q(x) \nabla_\mu \log q(x) dx = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]",
    "line 4: f lost": _START + r"= \mathbb{E}_q[\nabla_\mu \log q(x)]",
    "line 4: q stands twice": _START + r"= \mathbb{E}_q[f(x) \nabla_\mu q(x)]",
    "line 4: the sign": _START
    + r"= -\int f(x) q(x) \nabla_\mu \log q(x) dx = -\mathbb{E}_q[f(x) \nabla_\mu \log q(x)]",
    "line 4: f is differentiated": _START + r"= \mathbb{E}_q[f'(x) \nabla_\mu \log q(x)]",
    "line 4: product rule with f": _START
    + r"= \int \left( q(x) f'(x) + f(x) q(x) \nabla_\mu \log q(x) \right) dx",
    "line 5: the variance is not squared": _START
    + r"= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)] = \mathbb{E}_q[f(x) \frac{x - \mu}{\sigma}]",
    "line 5: the variance lost": _START
    + r"= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)] = \mathbb{E}_q[f(x) (x - \mu)]",
    "line 5: the inner derivative": _START
    + r"= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)] = \mathbb{E}_q[f(x) \frac{\mu - x}{\sigma^2}]",
    "line 5: a half": _START
    + r"= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)] = \mathbb{E}_q[f(x) \frac{x - \mu}{2 \sigma^2}]",
    "line 4: by sigma": _START + r"= \mathbb{E}_q[f(x) \nabla_\sigma \log q(x)]",
    "line 4: the gradient lost": _START
    + r"= \int f(x) q(x) \log q(x) dx = \mathbb{E}_q[f(x) \log q(x)]",
    "line 4: f outside": _START + r"= \mathbb{E}_q[f(x)] \mathbb{E}_q[\nabla_\mu \log q(x)]",
    "line 3: too many factors q": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \int f(x) \nabla_\mu q(x) dx
= \int f(x) \nabla_\mu \log q(x) q(x) q(x) dx
= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "line 4: q is kept in the expectation": _START
    + r"= \mathbb{E}_q[f(x) q(x) \nabla_\mu \log q(x)]",
    "parse 4: log-derivative without q": _START + r"= \int f(x) \nabla_\mu \log q(x) dx",
    "parse 3: no integrand": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \int f(x) \nabla_\mu q(x) dx = \int f(x) q(x) \nabla_\mu dx = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "parse 2: no differential": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \int f(x) \nabla_\mu q(x) = \int f(x) q(x) \nabla_\mu \log q(x) dx = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "start: from the integral of the gradient": r"""
\int f(x) \nabla_\mu q(x) dx = \int f(x) q(x) \nabla_\mu \log q(x) dx = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "start: only the result": r"\mathbb{E}_q[f(x) \nabla_\mu \log q(x)]",
    "end: stops at the integral": _START,
    "end: stops at a quotient": _START + r"= \mathbb{E}_q[f(x) \frac{\nabla_\mu q(x)}{q(x)}]",
    "form: a jump": r"\nabla_\mu \mathbb{E}_q[f(x)] = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]",
    "form: a jump with an ornament": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)] = \int q(x) f(x) \nabla_\mu \log q(x) dx = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
    "form: the result written out": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int q(x) f(x) dx = \mathbb{E}_q[f(x) \frac{x - \mu}{\sigma^2}]""",
    "form: something added that is 0": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int q(x) f(x) dx + 0 \cdot \int f(x) \nabla_\mu q(x) dx = \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]""",
}
