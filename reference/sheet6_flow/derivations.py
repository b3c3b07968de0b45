"""The density of a coupling layer, by another route than in the notebook, and in other styles."""
# ruff: noqa: E501 (derivations are typed as students type them)

coupling_density_derivation = r"""
\log p(x) &= \log p_z(z) - \log \left| \det \frac{\partial x}{\partial z} \right| \\
&= \log p_z(z) - \log \left| \det \frac{\partial x_A}{\partial z_A} \right|
   - \log \left| \det \frac{\partial x_B}{\partial z_B} \right| \\
&= \log p_z(z) - \log \prod_{j=1}^k e^{-s_j} \\
&= \log p_z(z) + \sum_{j=1}^k s_j
"""

# Right ones in other styles, by the names of alternatives.
OTHERS = {
    "blocks": r"""
\log p(x) &= \log p_z(z) + \log \left| \det \frac{\partial z}{\partial x} \right| \\
&= \log p_z(z) + \log \left| \det \frac{\partial z_A}{\partial x_A} \det \frac{\partial z_B}{\partial x_B} \right| \\
&= \log p_z(z) + \log \left| \det I \cdot \det \mathrm{diag}(e^s) \right| \\
&= \log p_z(z) + \log \prod_{j=1}^k e^{s_j} \\
&= \log p_z(z) + \sum_{j=1}^k s_j
""",
    "determinant_on_its_own": r"""
\log p(x) = \log p_z(z) + \log \left|\det \frac{\partial z}{\partial x}\right|
\log \left|\det \frac{\partial z}{\partial x}\right| = \log \left|\det \frac{\partial z_B}{\partial x_B}\right| = \log \prod_{j=1}^k e^{s_j} = \sum_{j=1}^k s_j
\log p(x) = \log p_z(z) + \sum_{j=1}^k s_j
""",
    "backwards": r"""
\log p_z(z) + \sum_{j=1}^k s_j
= \log p_z(z) + \log \prod_{j=1}^k e^{s_j}
= \log p_z(z) + \log \det \frac{\partial z_B}{\partial x_B}
= \log p_z(z) + \log \left| \det \frac{\partial z}{\partial x} \right|
= \log p(x)
""",
    "natural_logarithms": r"""
\ln p(\mathbf{x}) &= \ln p_z(\mathbf{z}) + \ln \left| \det \frac{\partial \mathbf{z}}{\partial \mathbf{x}} \right| \\
&= \ln p_z(\mathbf{z}) + \ln \left| \det \mathrm{diag}(e^{\mathbf{s}}) \right| \\
&= \ln p_z(\mathbf{z}) + \sum_{j=1}^k s_j
""",
}
