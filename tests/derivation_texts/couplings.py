# ruff: noqa: E501 (rows as students write them)
"""Derivations of the density of a coupling layer, in the styles that students write.

Labels of the wrong ones as in `jensen`.
"""

from reference.sheet6_flow.derivations import OTHERS

ITEM = "coupling_density_derivation"

RIGHT = {
    "align, blocks": OTHERS["blocks"],
    "bars without and with left and right": r"""
\log p(x) = \log p_z(z) + \log |\det \frac{\partial z}{\partial x}|
= \log p_z(z) + \log \left|\prod_{j=1}^k \exp(s_j)\right|
= \log p_z(z) + \sum_{j=1}^k \log \exp(s_j)
= \log p_z(z) + \sum_{j=1}^k s_j""",
    "bars for the determinant": r"""
\log p(x) = \log p_z(z) + \log \left|\frac{\partial z}{\partial x}\right|
= \log p_z(z) + \log \left|\frac{\partial z_B}{\partial x_B}\right|
= \log p_z(z) + \log \prod_{j=1}^k e^{s_j}
= \log p_z(z) + \sum_{j=1}^k s_j""",
    "the inverse's Jacobian": r"""
\log p(x) = \log p_z(z) - \log \left|\det \frac{\partial x}{\partial z}\right|
= \log p_z(z) - \log \left|\det \frac{\partial x_A}{\partial z_A} \cdot \det \frac{\partial x_B}{\partial z_B}\right|
= \log p_z(z) - \log \prod_{j=1}^k e^{-s_j}
= \log p_z(z) - \sum_{j=1}^k (-s_j)
= \log p_z(z) + \sum_{j=1}^k s_j""",
    "product inside one logarithm": r"""
\log p(x) = \log \left( p_z(z) \left| \det \frac{\partial z}{\partial x} \right| \right)
= \log p_z(z) + \log \left| \det \frac{\partial z}{\partial x} \right|
= \log p_z(z) + \log \det \mathrm{diag}(e^{s_1}, \dots, e^{s_k})
= \log p_z(z) + \sum_{j=1}^k s_j""",
    "normal base written out": r"""
\log p(x) = \log \mathcal{N}(z; 0, I) + \log \left|\det \frac{\partial z}{\partial x}\right|
= \log \mathcal{N}(z; 0, I) + \log \prod_{j=1}^k e^{s_j}
= \log \mathcal{N}(z; 0, I) + \sum_{j=1}^k s_j""",
    "p_X and p_Z": r"""
\log p_X(x) = \log p_Z(z) + \log \left|\det\left(\frac{\partial z}{\partial x}\right)\right|
= \log p_Z(z) + \log \det(\mathrm{diag}(\exp(s)))
= \log p_Z(z) + \sum_{j=1}^k s_j""",
    "the determinant on its own": OTHERS["determinant_on_its_own"],
    "backwards": OTHERS["backwards"],
    "determinant first": r"""
\log p(x) = \log \left|\det \frac{\partial z}{\partial x}\right| + \log p_z(z)
= \log(1 \cdot \prod_{j=1}^k e^{s_j}) + \log p_z(z)
= \sum_{j=1}^k s_j + \log p_z(z)""",
    "index i": r"""
\log p(x) = \log p_z(z) + \log \left|\det \frac{\partial z}{\partial x}\right|
= \log p_z(z) + \log \prod_i e^{s_i}
= \log p_z(z) + \sum_i s_i""",
    "exponent of the sum": r"""
\log p(x) = \log p_z(z) + \log \left|\det \frac{\partial z}{\partial x}\right|
= \log p_z(z) + \log e^{\sum_{j=1}^k s_j}
= \log p_z(z) + \sum_{j=1}^k s_j""",
    "ln, bold": OTHERS["natural_logarithms"],
    "J": r"""
\log p(x) = \log p_z(z) + \log |\det J|
= \log p_z(z) + \log \prod_{j=1}^k |e^{s_j}|
= \log p_z(z) + \sum_{j=1}^k s_j""",
    "the base split into its halves": r"""
\log p(x) = \log p_z(z) + \log \left|\det \frac{\partial z}{\partial x}\right|
= \log \mathcal{N}(z_A; 0, I) + \log \mathcal{N}(z_B; 0, I) + \log \prod_{j=1}^k e^{s_j}
= \log \mathcal{N}(x_A; 0, I) + \log \mathcal{N}(x_B \odot e^{s} + t; 0, I) + \sum_{j=1}^k s_j""",
    "the blocks' logarithms": r"""
\log p(x) = \log p_z(z) + \log \left|\det \frac{\partial z}{\partial x}\right|
= \log p_z(z) + \log \det \frac{\partial z_A}{\partial x_A} + \log \det \frac{\partial z_B}{\partial x_B}
= \log p_z(z) + 0 + \sum_{j=1}^k s_j""",
}

_START = r"""
\log p(x) = \log p_z(z) + \log \left|\det \frac{\partial z}{\partial x}\right|
"""
_PRODUCT = r"""= \log p_z(z) + \log \prod_{j=1}^k e^{s_j}
"""
_END = r"= \log p_z(z) + \sum_{j=1}^k s_j"

WRONG = {
    "line 2: the determinant subtracted": r"""
\log p(x) = \log p_z(z) - \log \left|\det \frac{\partial z}{\partial x}\right|
= \log p_z(z) - \sum_{j=1}^k s_j""",
    "line 2: the inverse's determinant added": r"""
\log p(x) = \log p_z(z) + \log \left|\det \frac{\partial x}{\partial z}\right|
"""
    + _PRODUCT
    + _END,
    "line 2: no determinant": r"""
\log p(x) = \log p_z(z)
"""
    + _END,
    "line 2: the logarithm of the determinant forgotten": r"""
\log p(x) = \log p_z(z) + \left|\det \frac{\partial z}{\partial x}\right|
"""
    + _PRODUCT
    + _END,
    "line 3: a sum for the product": _START
    + r"""= \log p_z(z) + \log \sum_{j=1}^k e^{s_j}
= \log p_z(z) + \sum_{j=1}^k s_j""",
    "line 3: diagonal without the exponential": _START
    + r"""= \log p_z(z) + \log \left|\det \mathrm{diag}(s)\right|
= \log p_z(z) + \sum_{j=1}^k \log |s_j|""",
    "line 4: scales added": _START + _PRODUCT + r"= \log p_z(z) + \sum_{j=1}^k e^{s_j}",
    "line 3: the shift in the determinant": _START
    + r"""= \log p_z(z) + \log \prod_{j=1}^k (e^{s_j} + |t_j|)
= \log p_z(z) + \sum_{j=1}^k s_j""",
    "line 2: base at x": r"""
\log p(x) = \log p_z(x) + \log \left|\det \frac{\partial z}{\partial x}\right|
= \log p_z(x) + \sum_{j=1}^k s_j""",
    "line 3: the mean over the entries": _START
    + r"""= \log p_z(z) + \frac{1}{k} \sum_{j=1}^k s_j""",
    "line 4: sign lost at the end": _START + _PRODUCT + r"= \log p_z(z) - \sum_{j=1}^k s_j",
    "line 3: the square of the scales": _START
    + r"""= \log p_z(z) + \log \prod_{j=1}^k e^{2 s_j}
= \log p_z(z) + 2 \sum_{j=1}^k s_j""",
    "line 3: half": _START
    + r"""= \log p_z(z) + \frac{1}{2} \log \prod_{j=1}^k e^{s_j}
= \log p_z(z) + \frac{1}{2} \sum_{j=1}^k s_j""",
    "line 2: a density without its logarithm": r"""
\log p(x) = p_z(z) \left|\det \frac{\partial z}{\partial x}\right|
"""
    + _PRODUCT
    + _END,
    "parse 3: the block across has the determinant": _START
    + r"""= \log p_z(z) + \log \det \frac{\partial z_C}{\partial x_A}
"""
    + _END,
    "parse 3: a brace is missing": _START
    + r"""= \log p_z(z) + \log \prod_{j=1}^k e^{s_j
"""
    + _END,
    "parse 2: the determinant of a vector": r"""
\log p(x) = \log p_z(z) + \log |\det s|
"""
    + _END,
    "parse 3: an index that no sum has": _START + r"= \log p_z(z) + s_j",
    "start: the formula already": r"""
\log p_z(z) + \log \left|\det \frac{\partial z}{\partial x}\right|
"""
    + _PRODUCT
    + _END,
    "start: the sum": r"""
\sum_{j=1}^k s_j + \log \left( p_z(z) \right)
"""
    + _PRODUCT
    + _END,
    "end: stops at the product": _START + _PRODUCT.rstrip(),
    "end: stops at the blocks": _START
    + r"= \log p_z(z) + \log \left| \det \frac{\partial z_B}{\partial x_B} \right|",
    "form: a jump": "\n" + r"\log p(x) " + _END,
    "form: the determinant is never worked out": _START + _END,
    "form: the change of variables is never shown": "\n" + r"\log p(x) " + _PRODUCT + _END,
}
