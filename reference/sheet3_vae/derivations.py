"""Sheet 3's derivations, by other routes than in the notebook, and in other styles."""
# ruff: noqa: E501 (derivations are typed as students type them)

importance_bound_derivation = r"""
\log p(x) &= \log \int q(z | x) \frac{p(x, z)}{q(z | x)} \, dz \\
&= \log \mathbb{E}_{z_1, \dots, z_k \sim q(z | x)} \left[ \frac{1}{k} \sum_{i=1}^k \frac{p(x, z_i)}{q(z_i | x)} \right] \\
&\ge \mathbb{E}_{z_1, \dots, z_k \sim q(z | x)} \left[ \log \frac{1}{k} \sum_{i=1}^k \frac{p(x, z_i)}{q(z_i | x)} \right]
"""

# Right ones in other styles, by the names of alternatives.
OTHER_BOUNDS = {
    "weights": r"""
\log p(x) &= \log \mathbb{E}_{q(z|x)}\left[\frac{p(x, z)}{q(z|x)}\right] \\
&= \log \frac{1}{k} \sum_{i=1}^k \mathbb{E}_{z_i \sim q(z|x)}[w_i] \\
&= \log \mathbb{E}_{z_1, \dots, z_k \sim q(z|x)}\left[\frac{1}{k} \sum_{i=1}^k w_i\right] \\
&\ge \mathbb{E}_{z_1, \dots, z_k \sim q(z|x)}\left[\log \frac{1}{k} \sum_{i=1}^k w_i\right]
""",
    "backwards": r"""
\mathbb{E}\left[\log \frac{1}{k} \sum_{i=1}^k w_i\right]
\le \log \mathbb{E}\left[\frac{1}{k} \sum_{i=1}^k w_i\right]
= \log \frac{1}{k} \sum_{i=1}^k \mathbb{E}[w_i]
= \log \mathbb{E}_{q(z|x)}\left[\frac{p(x,z)}{q(z|x)}\right]
= \log p(x)
""",
    "likelihood_times_prior": r"""
\ln p(x) = \ln \mathbb{E}_{q(z|x)}\left[\frac{p(x|z) p(z)}{q(z|x)}\right]
= \ln \mathbb{E}_{z_1, \dots, z_k \sim q(z|x)}\left[\frac{1}{k} \sum_{i=1}^k \frac{p(x|z_i) p(z_i)}{q(z_i|x)}\right]
\overset{\text{Jensen}}{\ge} \mathbb{E}_{z_1, \dots, z_k \sim q(z|x)}\left[\ln \frac{1}{k} \sum_{i=1}^k \frac{p(x|z_i) p(z_i)}{q(z_i|x)}\right]
""",
    "difference_of_logarithms": r"""
\log p(x) = \log \mathbb{E}[w_1]
= \log \mathbb{E}[\frac{1}{k} \sum_{i=1}^k w_i]
\ge \mathbb{E}[\log \frac{1}{k} \sum_{i=1}^k w_i]
= \mathbb{E}[\log \sum_{i=1}^k w_i] - \log k
""",
}

score_function_derivation = r"""
\nabla_\mu \mathbb{E}_q[f(x)] &= \nabla_\mu \int f(x) q(x) \, dx \\
&= \int f(x) \nabla_\mu q(x) \, dx \\
&= \mathbb{E}_q \left[ f(x) \frac{\nabla_\mu q(x)}{q(x)} \right] \\
&= \mathbb{E}_q \left[ f(x) \nabla_\mu \log q(x) \right] \\
&= \mathbb{E}_q \left[ f(x) \frac{x - \mu}{\sigma^2} \right]
"""

OTHER_SCORES = {
    "quotient": r"""
\frac{\partial}{\partial \mu} \mathbb{E}_{x \sim q}\left[f(x)\right]
= \int f(x) \, \frac{\partial q(x)}{\partial \mu} \, dx
= \int f(x) \, q(x) \, \frac{\frac{\partial}{\partial \mu} q(x)}{q(x)} \, dx
= \int f(x) \, q(x) \, \frac{\partial \ln q(x)}{\partial \mu} \, dx
= \mathbb{E}_{x \sim q}\left[f(x) \, \frac{\partial \ln q(x)}{\partial \mu}\right]
""",
    "backwards": r"""
\mathbb{E}_q[f(x) \nabla_\mu \log q(x)]
&= \int q(x) f(x) \nabla_\mu \log q(x) \, dx \\
&= \int f(x) \nabla_\mu q(x) \, dx \\
&= \nabla_\mu \int f(x) q(x) \, dx \\
&= \nabla_\mu \mathbb{E}_q[f(x)]
""",
    "parameters": r"""
\nabla_\theta \mathbb{E}_{x \sim p_\theta}[f(x)]
= \int f(x) \nabla_\theta p_\theta(x) \, dx
= \int f(x) \left(\nabla_\theta \log p_\theta(x)\right) p_\theta(x) \, dx
= \mathbb{E}_{x \sim p_\theta}\left[f(x) \nabla_\theta \log p_\theta(x)\right]
""",
    "without_arguments": r"""
\partial_\mu \mathbb{E}_q[f] = \partial_\mu \int q f \, dx
= \int f \, \partial_\mu q \, dx
= \int q f \, \partial_\mu \log q \, dx
= \mathbb{E}_q[f \, \partial_\mu \log q]
""",
}

pathwise_derivation = r"""
\nabla_\mu \mathbb{E}_q[f(x)] &= \nabla_\mu \int q(x) f(x) \, dx \\
&= \nabla_\mu \int p(\varepsilon) f(\mu + \sigma \varepsilon) \, d\varepsilon \\
&= \mathbb{E}_\varepsilon \left[ \nabla_\mu f(\mu + \sigma \varepsilon) \right] \\
&= \mathbb{E}_\varepsilon \left[ f'(\mu + \sigma \varepsilon) \right]
"""

OTHER_PATHS = {
    "evaluated": r"""
\frac{d}{d\mu} \mathbb{E}_{x \sim q}[f(x)]
= \frac{d}{d\mu} \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1)}[f(\mu + \sigma \varepsilon)]
= \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1)}\left[\frac{df(x)}{dx}\Big|_{x = \mu + \sigma \varepsilon} \frac{d}{d\mu}(\mu + \sigma \varepsilon)\right]
= \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1)}\left[\frac{df(x)}{dx}\Big|_{x = \mu + \sigma \varepsilon}\right]
""",
    "map": r"""
\nabla_\theta \mathbb{E}_{x \sim p_\theta}[f(x)]
= \nabla_\theta \int q(\epsilon) f(g_\theta(\epsilon)) \, d\epsilon
= \int q(\epsilon) f'(g_\theta(\epsilon)) \nabla_\theta g_\theta(\epsilon) \, d\epsilon
= \int q(\epsilon) f'(\mu + \sigma \epsilon) \, d\epsilon
= \mathbb{E}_{\epsilon \sim q}[f'(\mu + \sigma \epsilon)]
""",
    "backwards": r"""
\mathbb{E}_\varepsilon[f'(\mu + \sigma \varepsilon)]
&= \mathbb{E}_\varepsilon[\nabla_\mu f(\mu + \sigma \varepsilon)] \\
&= \nabla_\mu \mathbb{E}_\varepsilon[f(\mu + \sigma \varepsilon)] \\
&= \nabla_\mu \mathbb{E}_q[f(x)]
""",
    "back_to_the_sample": r"""
\nabla_\mu \mathbb{E}_q[f(x)]
= \nabla_\mu \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1)}[f(\mu + \sigma \varepsilon)]
= \mathbb{E}_{\varepsilon \sim \mathcal{N}(0, 1)}[f'(\mu + \sigma \varepsilon)]
= \mathbb{E}_q[f'(x)]
""",
}
