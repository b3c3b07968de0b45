"""The value of the game, by another route than in the notebook, and in other styles."""
# ruff: noqa: E501 (derivations are typed as students type them)

game_value_derivation = r"""
V &= \sum_x p_{data}(x) \log D(x) + \sum_x p_{model}(x) \log(1 - D(x)) \\
&= \sum_x p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}
   + \sum_x p_{model}(x) \log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)} \\
&= \sum_x p_{data}(x) \log \frac{2 p_{data}(x)}{p_{data}(x) + p_{model}(x)}
   + \sum_x p_{model}(x) \log \frac{2 p_{model}(x)}{p_{data}(x) + p_{model}(x)} - 2 \log 2 \\
&= 2 JS(p_{data} \| p_{model}) - 2 \log 2
"""

# Right ones in other styles, by the names of alternatives.
OTHERS = {
    "integrals": r"""
V &= \int p_{data}(x) \log D^*(x) dx + \int p_{model}(x) \log(1 - D^*(x)) dx \\
&= \int p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)} dx + \int p_{model}(x) \log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)} dx \\
&= \int p_{data}(x) \log \frac{p_{data}(x)}{2 \cdot \frac{p_{data}(x) + p_{model}(x)}{2}} dx + \int p_{model}(x) \log \frac{p_{model}(x)}{2 \cdot \frac{p_{data}(x) + p_{model}(x)}{2}} dx \\
&= -2 \log 2 + KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) \\
&= -\log 4 + 2 JS(p_{data} \| p_{model})
""",
    "with_the_noise": r"""
V(D^*, G) = \mathbb{E}_{x \sim p_{data}}[\log D^*(x)] + \mathbb{E}_{z \sim p_z}[\log(1 - D^*(G(z)))]
= \mathbb{E}_{x \sim p_{data}}[\log D^*(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D^*(x))]
= \mathbb{E}_{x \sim p_{data}}\left[\log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}\right] + \mathbb{E}_{x \sim p_{model}}\left[\log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}\right]
= D_{KL}(p_{data} \| \frac{p_{data} + p_{model}}{2}) + D_{KL}(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 4
= 2 JS(p_{data} \| p_{model}) - \log 4
""",
    "backwards": r"""
2 JS(p_{data} \| p_{model}) - \log 4
= KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 4
= \int p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)} dx + \int p_{model}(x) \log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)} dx
= \mathbb{E}_{x \sim p_{data}}[\log D(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D(x))]
= V
""",
    "other_names": r"""
V &= \mathbb{E}_{x \sim p_{data}}[\ln D_G^*(x)] + \mathbb{E}_{x \sim p_g}[\ln(1 - D_G^*(x))] \\
&= \mathbb{E}_{x \sim p_{data}}\left[\ln \frac{p_{data}(x)}{p_{data}(x) + p_g(x)}\right] + \mathbb{E}_{x \sim p_g}\left[\ln \frac{p_g(x)}{p_{data}(x) + p_g(x)}\right] \\
&= -\ln 4 + KL\left(p_{data} \| \frac{p_{data} + p_g}{2}\right) + KL\left(p_g \| \frac{p_{data} + p_g}{2}\right) \\
&= -\ln 4 + 2 \cdot JS(p_{data} \| p_g)
""",
}
