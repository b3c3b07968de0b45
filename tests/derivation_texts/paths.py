# ruff: noqa: E501 (rows as students write them)
"""Derivations of the pathwise gradient, in the styles that students write.

They were written from the exercise, before the table was. Labels of the wrong ones as in `jensen`.
"""

from reference.sheet3_vae.derivations import OTHER_PATHS

ITEM = "pathwise_derivation"

RIGHT = {
    "align": r"""
\nabla_\mu \mathbb{E}_q[f(x)] &= \nabla_\mu \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1)}[f(\mu + \sigma \varepsilon)] \\
&= \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1)}[\nabla_\mu f(\mu + \sigma \varepsilon)] \\
&= \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1)}[f'(\mu + \sigma \varepsilon)]""",
    "short": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "chain rule": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon[\nabla_\mu f(\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon) \nabla_\mu (\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon) \cdot 1]
= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "integrals": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int q(x) f(x) dx
= \nabla_\mu \int p(\varepsilon) f(\mu + \sigma \varepsilon) d\varepsilon
= \int p(\varepsilon) \nabla_\mu f(\mu + \sigma \varepsilon) d\varepsilon
= \int p(\varepsilon) f'(\mu + \sigma \varepsilon) d\varepsilon
= \mathbb{E}_{p(\varepsilon)}[f'(\mu + \sigma \varepsilon)]""",
    "partial derivatives": r"""
\frac{\partial}{\partial \mu} \mathbb{E}_{x \sim q}[f(x)]
= \frac{\partial}{\partial \mu} \mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}\left[f(\mu + \sigma \epsilon)\right]
= \mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}\left[\frac{\partial}{\partial \mu} f(\mu + \sigma \epsilon)\right]
= \mathbb{E}_{\epsilon \sim \mathcal{N}(0, 1)}\left[f'(\mu + \sigma \epsilon)\right]""",
    "chain rule with x": r"""
\frac{\partial}{\partial \mu} \mathbb{E}_q[f(x)]
= \frac{\partial}{\partial \mu} \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon\left[\frac{\partial f(x)}{\partial x} \frac{\partial x}{\partial \mu}\right]
= \mathbb{E}_\varepsilon\left[\frac{\partial f(x)}{\partial x}\right]
= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "evaluated at the path": r"""
\frac{d}{d\mu} \mathbb{E}_q[f(x)] = \frac{d}{d\mu} \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon\left[\frac{d f(\mu + \sigma \varepsilon)}{d\mu}\right]
= \mathbb{E}_\varepsilon\left[\left.\frac{d f(x)}{dx}\right|_{x = \mu + \sigma \varepsilon} \cdot \frac{d(\mu + \sigma \varepsilon)}{d\mu}\right]
= \mathbb{E}_\varepsilon\left[\left.\frac{d f(x)}{dx}\right|_{x = \mu + \sigma \varepsilon}\right]""",
    "df/dx of the path": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon\left[\frac{df}{dx}(\mu + \sigma \varepsilon)\right]""",
    "the map g": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(g(\varepsilon))]
= \mathbb{E}_\varepsilon[\nabla_\mu f(g(\varepsilon))]
= \mathbb{E}_\varepsilon[f'(g(\varepsilon)) \nabla_\mu g(\varepsilon)]
= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "the seed's parameters": r"""
\nabla_\theta \mathbb{E}_{x \sim p_\theta}[f(x)] = \nabla_\theta \int f(x) p_\theta(x) dx
= \nabla_\theta \int f(\mu + \sigma \epsilon) q(\epsilon) d\epsilon
= \int f'(\mu + \sigma \epsilon) q(\epsilon) d\epsilon
= \mathbb{E}_{\epsilon \sim q}[f'(\mu + \sigma \epsilon)]""",
    "gradient inside at once": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \mathbb{E}_\varepsilon[\nabla_\mu f(\mu + \sigma \varepsilon)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "backwards": r"""
\mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)] = \mathbb{E}_\varepsilon[\nabla_\mu f(\mu + \sigma \varepsilon)]
= \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]
= \nabla_\mu \mathbb{E}_q[f(x)]""",
    "back to x at the end": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)] = \mathbb{E}_q[f'(x)]""",
    "partial with an index": r"""
\partial_\mu \mathbb{E}_q[f(x)] = \partial_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)] = \mathbb{E}_\varepsilon[\partial_\mu f(\mu + \sigma \varepsilon)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "noise of the same variance": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int q(x) f(x) dx
= \nabla_\mu \int \mathcal{N}(u; 0, \sigma^2) f(\mu + u) du
= \int \mathcal{N}(u; 0, \sigma^2) f'(\mu + u) du
= \mathbb{E}_{u \sim \mathcal{N}(0, \sigma^2)}[f'(\mu + u)]""",
    "the order of the terms": r"""
\nabla_{\mu} \mathbb{E}_{q(x)}[f(x)] = \nabla_{\mu} \mathbb{E}_{\mathcal{N}(0, 1)}[f(\varepsilon \sigma + \mu)]
= \mathbb{E}_{\mathcal{N}(0, 1)}[f'(\varepsilon \sigma + \mu)]""",
    "prime as a command": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_{\varepsilon}\big[f(\mu + \sigma \varepsilon)\big] = \mathbb{E}_{\varepsilon}\big[f^\prime(\mu + \sigma \varepsilon)\big]""",
    "gradient of f": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon[\nabla_x f(x) \nabla_\mu x]
= \mathbb{E}_\varepsilon[\nabla f(\mu + \sigma \varepsilon)]""",
    "other spellings": OTHER_PATHS["evaluated"],
}

_START = r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]
"""

WRONG = {
    "line 2: moved inside without a path": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \mathbb{E}_q[\nabla_\mu f(x)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "line 3: times sigma": _START
    + r"= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon) \sigma]",
    "line 3: times the noise": _START
    + r"= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon) \varepsilon]",
    "line 3: times mu": _START + r"= \mathbb{E}_\varepsilon[\mu f'(\mu + \sigma \varepsilon)]",
    "line 3: not differentiated": _START + r"= \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)]",
    "line 3: the density is differentiated as well": _START
    + r"= \int \left( p(\varepsilon) f'(\mu + \sigma \varepsilon) + f(\mu + \sigma \varepsilon) \frac{\partial p(\varepsilon)}{\partial \varepsilon} \right) d\varepsilon",
    "line 3: the sign": _START + r"= -\mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]",
    "line 3: at the noise": _START + r"= \mathbb{E}_\varepsilon[f'(\varepsilon)]",
    "line 3: the mean lost": _START + r"= \mathbb{E}_\varepsilon[f'(\sigma \varepsilon)]",
    "line 2: sigma lost in the path": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \varepsilon)] = \mathbb{E}_\varepsilon[f'(\mu + \varepsilon)]""",
    "line 2: the variance in the path": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma^2 \varepsilon)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma^2 \varepsilon)]""",
    "line 2: q is kept": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int q(x) f(\mu + \sigma x) dx = \int q(x) f'(\mu + \sigma x) dx""",
    "line 3: the expectation lost": _START + r"= f'(\mu)",
    "line 3: differentiated twice": _START
    + r"= \mathbb{E}_\varepsilon[f''(\mu + \sigma \varepsilon)]",
    "line 3: by sigma": _START
    + r"= \mathbb{E}_\varepsilon[\nabla_\sigma f(\mu + \sigma \varepsilon)]",
    "line 4: the chain rule with sigma": _START
    + r"""= \mathbb{E}_\varepsilon[\nabla_\mu f(\mu + \sigma \varepsilon)]
= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon) (1 + \varepsilon)]""",
    "parse 2: the noise is not bound": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu f(\mu + \sigma \varepsilon) = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "parse 1: the path as a row of its own": r"""
x = \mu + \sigma \varepsilon
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \mathbb{E}_\varepsilon[f(x)] = \mathbb{E}_\varepsilon[f'(x)]""",
    "parse 3: a bracket": _START + r"= \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon]",
    "start: from the path": r"""
\nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "start: only the result": r"\mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]",
    "end: stops at the path": _START,
    "end: the gradient still stands": _START
    + r"= \mathbb{E}_\varepsilon[\nabla_\mu f(\mu + \sigma \varepsilon)]",
    "end: the score function": _START + r"= \mathbb{E}_q[f(x) \nabla_\mu \log q(x)]",
    "form: a jump": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "form: a jump by the integral": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \nabla_\mu \int q(x) f(x) dx = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
    "form: something added that is 0": r"""
\nabla_\mu \mathbb{E}_q[f(x)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)] + 0 \cdot \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)] = \mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]""",
}
