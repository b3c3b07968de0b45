# ruff: noqa: E501 (rows as students write them)
"""Derivations of the value of the game, in the styles that students write.

Labels of the wrong ones as in `jensen`.
"""

from reference.sheet5_gan.derivations import OTHERS

ITEM = "game_value_derivation"

RIGHT = {
    "integrals, KL": OTHERS["integrals"],
    "expectations, D(G(z))": OTHERS["with_the_noise"],
    "mathrm labels, JSD": r"""
V(G) &= \mathbb{E}_{x \sim p_{\mathrm{data}}}[\log D^*(x)] + \mathbb{E}_{x \sim p_{\mathrm{model}}}[\log(1 - D^*(x))] \\
&= \mathbb{E}_{p_{\mathrm{data}}}\left[\log \frac{p_{\mathrm{data}}(x)}{p_{\mathrm{data}}(x) + p_{\mathrm{model}}(x)}\right] + \mathbb{E}_{p_{\mathrm{model}}}\left[\log \frac{p_{\mathrm{model}}(x)}{p_{\mathrm{data}}(x) + p_{\mathrm{model}}(x)}\right] \\
&= \mathrm{KL}\left(p_{\mathrm{data}} \,\middle\|\, \frac{p_{\mathrm{data}} + p_{\mathrm{model}}}{2}\right) + \mathrm{KL}\left(p_{\mathrm{model}} \,\middle\|\, \frac{p_{\mathrm{data}} + p_{\mathrm{model}}}{2}\right) - 2 \log 2 \\
&= 2 \, \mathrm{JSD}(p_{\mathrm{data}} \,\|\, p_{\mathrm{model}}) - \log 4""",
    "sums over outcomes": r"""
V = \sum_x p_{data}(x) \log D(x) + \sum_x p_{model}(x) \log(1 - D(x))
= \sum_x p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)} + \sum_x p_{model}(x) \log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}
= \sum_x p_{data}(x) \log \frac{2 p_{data}(x)}{p_{data}(x) + p_{model}(x)} + \sum_x p_{model}(x) \log \frac{2 p_{model}(x)}{p_{data}(x) + p_{model}(x)} - 2 \log 2
= 2 JS(p_{data} \| p_{model}) - 2 \log 2""",
    "one sum over both": r"""
V = \sum_x \left( p_{data}(x) \log D(x) + p_{model}(x) \log(1 - D(x)) \right)
= \sum_x \left( p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)} + p_{model}(x) \log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)} \right)
= \sum_x \left( p_{data}(x) \log \frac{p_{data}(x)}{(p_{data}(x) + p_{model}(x))/2} + p_{model}(x) \log \frac{p_{model}(x)}{(p_{data}(x) + p_{model}(x))/2} \right) - \log 4
= 2 JS(p_{data} \| p_{model}) - \log 4""",
    "backwards": OTHERS["backwards"],
    "half in front of the mixture": r"""
V = \mathbb{E}_{x \sim p_{data}}[\log D^*(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D^*(x))]
= \mathbb{E}_{x \sim p_{data}}[\log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}] + \mathbb{E}_{x \sim p_{model}}[\log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}]
= \log \frac{1}{2} + KL(p_{data} \| \frac{1}{2}(p_{data} + p_{model})) + \log \frac{1}{2} + KL(p_{model} \| \frac{1}{2}(p_{data} + p_{model}))
= 2 JS(p_{data} \| p_{model}) - \log 4""",
    "densities inside the KL with their variable": r"""
V = \mathbb{E}_{x \sim p_{data}}[\log D^*(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D^*(x))]
= \mathbb{E}_{x \sim p_{data}}[\log p_{data}(x) - \log(p_{data}(x) + p_{model}(x))] + \mathbb{E}_{x \sim p_{model}}[\log p_{model}(x) - \log(p_{data}(x) + p_{model}(x))]
= KL(p_{data}(x) \| \frac{p_{data}(x) + p_{model}(x)}{2}) + KL(p_{model}(x) \| \frac{p_{data}(x) + p_{model}(x)}{2}) - 2 \log 2
= 2 JS(p_{data} \| p_{model}) - 2 \log 2""",
    "one minus D worked out on the way": r"""
V = \int p_{data}(x) \log D^*(x) dx + \int p_{model}(x) \log(1 - D^*(x)) dx
= \int p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)} dx + \int p_{model}(x) \log\left(1 - \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}\right) dx
= \int p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)} dx + \int p_{model}(x) \log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)} dx
= -\log 4 + \int p_{data}(x) \log \frac{2 p_{data}(x)}{p_{data}(x) + p_{model}(x)} dx + \int p_{model}(x) \log \frac{2 p_{model}(x)}{p_{data}(x) + p_{model}(x)} dx
= -\log 4 + 2 JS(p_{data} \| p_{model})""",
    "starts with the definition": r"""
\mathbb{E}_{x \sim p_{data}}[\log D(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D(x))]
= \mathbb{E}_{x \sim p_{data}}[\log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}] + \mathbb{E}_{x \sim p_{model}}[\log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}]
= KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) - \log 2 + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 2
= 2 JS(p_{data} \| p_{model}) - \log 4""",
    "p_g, ln": OTHERS["other_names"],
    "one integral": r"""
V = \int p_{data}(x) \log D(x) + p_{model}(x) \log(1 - D(x)) dx
""".replace(
        r"\int p_{data}(x) \log D(x) + p_{model}(x) \log(1 - D(x)) dx",
        r"\int (p_{data}(x) \log D(x) + p_{model}(x) \log(1 - D(x))) dx",
    ).rstrip()
    + r"""
= \int \left( p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)} + p_{model}(x) \log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)} \right) dx
= KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 4
= 2 JS(p_{data} \| p_{model}) - \log 4""",
    "twice the halves": r"""
V = \mathbb{E}_{p_{data}(x)}[\log D(x)] + \mathbb{E}_{p_{model}(x)}[\log(1 - D(x))]
= \mathbb{E}_{p_{data}(x)}[\log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}] + \mathbb{E}_{p_{model}(x)}[\log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}]
= 2 \left( \frac{1}{2} KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + \frac{1}{2} KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) \right) - \log 4
= 2 JS(p_{data} \| p_{model}) - \log 4""",
    "terms one by one": r"""
V = \int p_{data}(x) \log D(x) dx + \int p_{model}(x) \log(1 - D(x)) dx
\int p_{data}(x) \log D(x) dx = \int p_{data}(x) \log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)} dx
\int p_{model}(x) \log(1 - D(x)) dx = \int p_{model}(x) \log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)} dx
V = KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 4
= 2 JS(p_{data} \| p_{model}) - \log 4""",
    "several on a row": r"""
V = \mathbb{E}_{x \sim p_{data}}[\log D(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D(x))] = \mathbb{E}_{x \sim p_{data}}[\log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}] + \mathbb{E}_{x \sim p_{model}}[\log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}]
= KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 4 = 2 JS(p_{data} \| p_{model}) - \log 4""",
}

_START = r"""
V = \mathbb{E}_{x \sim p_{data}}[\log D(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D(x))]
"""
_INSERTED = r"""= \mathbb{E}_{x \sim p_{data}}[\log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}] + \mathbb{E}_{x \sim p_{model}}[\log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}]
"""
_MIXED = r"""= KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 4
"""
_END = r"= 2 JS(p_{data} \| p_{model}) - \log 4"

WRONG = {
    "line 4: the factors of the mixture forgotten": _START
    + _INSERTED
    + r"""= KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2})
= 2 JS(p_{data} \| p_{model})""",
    "line 4: one log 2 only": _START
    + _INSERTED
    + r"""= KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 2
= 2 JS(p_{data} \| p_{model}) - \log 2""",
    "line 4: log 4 added": _START
    + _INSERTED
    + r"""= KL(p_{data} \| \frac{p_{data} + p_{model}}{2}) + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) + \log 4
= 2 JS(p_{data} \| p_{model}) + \log 4""",
    "line 5: the mean forgotten in JS": _START
    + _INSERTED
    + _MIXED
    + r"= JS(p_{data} \| p_{model}) - \log 4",
    "line 4: KL from each other": _START
    + _INSERTED
    + r"""= KL(p_{data} \| p_{model}) + KL(p_{model} \| p_{data}) - \log 4
"""
    + _END,
    "line 2: both under the data": r"""
V = \mathbb{E}_{x \sim p_{data}}[\log D(x) + \log(1 - D(x))]
"""
    + _INSERTED
    + _END,
    "line 2: answers exchanged": r"""
V = \mathbb{E}_{x \sim p_{data}}[\log(1 - D(x))] + \mathbb{E}_{x \sim p_{model}}[\log D(x)]
"""
    + _INSERTED
    + _MIXED
    + _END,
    "line 3: quotient upside down": _START
    + r"""= \mathbb{E}_{x \sim p_{data}}[\log \frac{p_{data}(x) + p_{model}(x)}{p_{data}(x)}] + \mathbb{E}_{x \sim p_{model}}[\log \frac{p_{data}(x) + p_{model}(x)}{p_{model}(x)}]
"""
    + _END,
    "line 3: the model above in the first": _START
    + r"""= \mathbb{E}_{x \sim p_{data}}[\log \frac{p_{model}(x)}{p_{data}(x) + p_{model}(x)}] + \mathbb{E}_{x \sim p_{model}}[\log \frac{p_{data}(x)}{p_{data}(x) + p_{model}(x)}]
"""
    + _MIXED
    + _END,
    "line 2: V with the minus of the loss": r"""
V = -\mathbb{E}_{x \sim p_{data}}[\log D(x)] - \mathbb{E}_{x \sim p_{model}}[\log(1 - D(x))]
"""
    + _INSERTED
    + _END,
    "line 5: the constant lost at the end": _START
    + _INSERTED
    + _MIXED
    + r"= 2 JS(p_{data} \| p_{model})",
    "line 2: half as in the loss": r"""
V = \frac{1}{2} \mathbb{E}_{x \sim p_{data}}[\log D(x)] + \frac{1}{2} \mathbb{E}_{x \sim p_{model}}[\log(1 - D(x))]
"""
    + _INSERTED
    + _END,
    "line 3: D put at one half": _START
    + r"""= \log \frac{1}{2} + \log \frac{1}{2}
= -\log 4""",
    "line 4: the reverse divergences": _START
    + _INSERTED
    + r"""= KL(\frac{p_{data} + p_{model}}{2} \| p_{data}) + KL(\frac{p_{data} + p_{model}}{2} \| p_{model}) - \log 4
"""
    + _END,
    "parse 4: a bracket is missing": _START
    + _INSERTED
    + r"""= KL(p_{data} \| \frac{p_{data} + p_{model}}{2} + KL(p_{model} \| \frac{p_{data} + p_{model}}{2}) - \log 4
"""
    + _END,
    "parse 4: the sum is no distribution": _START
    + _INSERTED
    + r"""= KL(p_{data} \| p_{data} + p_{model}) + KL(p_{model} \| p_{data} + p_{model})
"""
    + _END,
    "parse 2: an unknown density": r"""
V = \mathbb{E}_{x \sim p_{fake}}[\log D(x)] + \mathbb{E}_{x \sim p_{model}}[\log(1 - D(x))]
"""
    + _INSERTED
    + _END,
    "start: with the divergences": (_MIXED + _INSERTED + _END).replace("= ", "", 1),
    "start: with the densities": (_INSERTED + _MIXED + _END).replace("= ", "", 1),
    "end: stops at the divergences": _START + _INSERTED + _MIXED.rstrip(),
    "end: stops at the integrals": _START + _INSERTED.rstrip(),
    "form: a jump": "\nV " + _END,
    "form: D is never inserted": _START + _MIXED + _END,
    "form: the mixture is never shown": _START + _INSERTED + _END,
}
