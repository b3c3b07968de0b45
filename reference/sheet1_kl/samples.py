"""Sample submissions to this sheet: what `make grade` grades on a fresh machine.

What each student changed in the solution's cells, by grade id; or a function that gets the
notebook with the solution filled in and returns the files of the submission by name.
`python -m grader samples` writes them to submitted/.
"""
# ruff: noqa: E501 (derivations are typed as students type them)

import copy


def hostile(notebook):
    """Some honest answers; the others wrong, with tricks that should win the points anyway."""
    for grade_id, source in HOSTILE.items():
        _cell(notebook, grade_id).source = source
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "kl-standard-normal-test":
            cell.metadata["tags"] = ["skip-execution"]
            cell.metadata.nbgrader["points"] = 300
            cell.source = "assert True"
    return {"kl.ipynb": notebook, "numpy.py": "raise SystemExit('not the real NumPy')\n"}


def broken(notebook):
    """Right, but handed in under another name, with a duplicated cell and a deleted test cell."""
    original = _cell(notebook, "kl-normal")
    twin = copy.deepcopy(original)
    twin["id"] = "kl-normal-twin"
    notebook.cells.insert(notebook.cells.index(original) + 1, twin)
    notebook.cells.remove(_cell(notebook, "kl-diagonal-test"))
    return {"kl (1).ipynb": notebook}


def _cell(notebook, grade_id):
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


# Everything right, each function in another style than the solution's.
UNUSUAL = {
    "kl-discrete": """\
from scipy.special import rel_entr


def kl_discrete(q, p):
    q = np.asarray(q, dtype=np.float64)
    p = np.asarray(p, dtype=np.float64)
    if q.shape[-1:] != p.shape[-1:]:
        raise ValueError("different numbers of outcomes")
    for rows in (q, p):
        if np.min(rows) < 0 or not np.allclose(np.sum(rows, -1), 1, rtol=0, atol=1e-6):
            raise ValueError("not a distribution")
    return rel_entr(q, p).sum(axis=-1)
""",
    "asymmetric-pair": """\
def asymmetric_pair():
    return [[0.5, 0.49, 0.01], [0.3, 0.3, 0.4]]
""",
    "kl-normal": """\
import torch
from torch.distributions import Normal, kl_divergence


def kl_normal(mean_q, std_q, mean_p, std_p):
    tensors = [torch.as_tensor(np.asarray(a), dtype=torch.float64)
               for a in (mean_q, std_q, mean_p, std_p)]
    return kl_divergence(Normal(*tensors[:2]), Normal(*tensors[2:])).numpy()
""",
    "kl-standard-normal": """\
def kl_standard_normal(mean, std):
    @np.vectorize
    def one(m, s):
        return (m * m + (s - 1) * (s + 1)) / 2 - np.log(s)

    return one(mean, std)
""",
    "kl-mvn": """\
from scipy import linalg


def kl_mvn(mean_q, cov_q, mean_p, cov_p):
    mean_q, cov_q, mean_p, cov_p = map(np.asarray, (mean_q, cov_q, mean_p, cov_p))
    k = len(mean_q)
    if mean_p.shape != (k,) or cov_q.shape != (k, k) or cov_p.shape != (k, k):
        raise ValueError("the shapes do not fit")
    factors = []
    for cov in (cov_q, cov_p):
        scale = np.sqrt(np.diag(cov))
        if not np.all(scale > 0) or np.abs((cov - cov.T) / np.outer(scale, scale)).max() > 1e-8:
            raise ValueError("not a covariance")
        factors.append(scale[:, None] * np.linalg.cholesky(cov / np.outer(scale, scale)))
    lower_q, lower_p = factors
    spread = linalg.solve_triangular(lower_p, lower_q, lower=True)
    shift = linalg.solve_triangular(lower_p, mean_p - mean_q, lower=True)
    log_dets = [2 * sum(np.log(row) for row in np.diag(f)) for f in factors]
    return float((spread ** 2).sum() + shift @ shift - k + log_dets[1] - log_dets[0]) / 2
""",
    "kl-diagonal": """\
def kl_diagonal(mean, var):
    return np.einsum("...k->...", (np.square(mean) + var - np.log(var) - 1) / 2)
""",
    "near-and-far": """\
def near_and_far():
    return [np.array([0.0, 1.2]), np.array([-8, 34])]
""",
    "kl-monte-carlo": """\
from statistics import fmean, stdev


def kl_monte_carlo(log_q, log_p, samples):
    ratios = [float(r) for r in log_q(samples) - log_p(samples)]
    return np.array([fmean(ratios), stdev(ratios) / len(ratios) ** 0.5])
""",
    "log-evidence": """\
def log_evidence(log_joint):
    return np.logaddexp.reduce(log_joint, axis=-1)
""",
    "posterior": """\
def posterior(log_joint):
    from scipy.special import softmax
    return softmax(log_joint, axis=-1)
""",
    "elbo": """\
def elbo(log_joint, q):
    from scipy.special import entr
    return (np.multiply(q, log_joint) + entr(q)).sum(-1)
""",
    "elbo-linear-gaussian": """\
def elbo_linear_gaussian(x, mean, std):
    x, mean, std = np.asarray(x), np.asarray(mean), np.asarray(std)
    log_evidence_x = -0.25 * x ** 2 - 0.5 * np.log(4 * np.pi)
    gap = 0.5 * (2 * std ** 2 + 2 * (mean - x / 2) ** 2 - 1 - np.log(2 * std ** 2))
    return log_evidence_x - gap
""",
}

# the derivations as other sheets and other hands write them
UNUSUAL |= {
    "kl-normal-derivation": r'''\
kl_normal_derivation = r"""
KL(q \parallel p) = -\int q(x) \ln \frac{p(x)}{q(x)} dx
= -\int q(x) \ln p(x) dx + \int q(x) \ln q(x) dx
= \frac12\ln(2\pi\sigma_2^2) + \frac{1}{2\sigma_2^2}\int q(x)(x-\mu_2)^2 dx
  - \frac12\ln(2\pi\sigma_1^2) - \frac{1}{2\sigma_1^2}\int q(x)(x-\mu_1)^2 dx
= \ln\frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + \mu_1^2 - 2\mu_1\mu_2 + \mu_2^2}{2\sigma_2^2} - \frac12
"""
''',
    "kl-standard-normal-derivation": r"""\
rows = [
    r"D_{\mathrm{KL}}(f_{\mu,\sigma} \| f_{0,1})",
    r"\mathbb{E}_{x \sim q}[\ln f_{\mu,\sigma}(x) - \ln f_{0,1}(x)]",
    r"-\ln\sigma - \frac{1}{2\sigma^2}\mathbb{E}_q[(x-\mu)^2] + \frac12\mathbb{E}_q[x^2]",
    r"-\tfrac12(1 + \ln\sigma^2 - \mu^2 - \sigma^2)",
]
kl_standard_normal_derivation = " = ".join(rows)
""",
    "kl-diagonal-derivation": r'''\
kl_diagonal_derivation = r"""
\frac{1}{2} \left\{ \text{tr}(\mathbf{I}^{-1} \boldsymbol{\Sigma})
+ (\mathbf{0} - \boldsymbol{\mu})^T \mathbf{I}^{-1} (\mathbf{0} - \boldsymbol{\mu}) - k
+ \log \frac{|\mathbf{I}|}{|\boldsymbol{\Sigma}|} \right\} \\
\frac12 \left\{ \text{tr}(\mathrm{diag}(\sigma_1^2, \dots, \sigma_k^2)) + \|\mu\|^2 - k - \log |\Sigma| \right\} \\
\frac12 \left\{ \sum_i \sigma^2_i + \sum_i \mu_i^2 - k - 2 \sum_i \log \sigma_i \right\} \\
\frac12 \sum_{j=1}^k \left[ \sigma^2_j + \mu_j^2 - \log(\sigma^2_j) - 1 \right]
"""
''',
    "elbo-gap-derivation": r'''\
elbo_gap_derivation = r"""
\begin{align*}
\log p_\theta(\mathbf{x}) - \mathcal{F}
  &= \log p_\theta(\mathbf{x}) \int q_\phi(\mathbf{z}|\mathbf{x}) d\mathbf{z} - \mathcal{F} \\
  &= \mathbb{E}_{q_\phi(\mathbf{z}|\mathbf{x})} \left[ \log \frac{p_\theta(\mathbf{x})
     q_\phi(\mathbf{z}|\mathbf{x})}{p_\theta(\mathbf{x}, \mathbf{z})} \right] \\
  &= -\int q_\phi(\mathbf{z}|\mathbf{x}) \log \frac{p_\theta(\mathbf{z}|\mathbf{x})}{q_\phi(\mathbf{z}|\mathbf{x})} d\mathbf{z} \\
  &= D_{KL}(q_\phi(\mathbf{z}|\mathbf{x}) || p_\theta(\mathbf{z}|\mathbf{x}))
\end{align*}
"""
''',
    "elbo-split-derivation": r'''\
elbo_split_derivation = r"""
L = \int q(z) \log \frac{p(z, x)}{q(z)} dz
  = \int q(z) \left( \log p(x \mid z) - \log \frac{q(z)}{p(z)} \right) dz
  = \int q(z) \log p(x \mid z) dz - KL(q(z) \parallel p(z)) + 0
  = \int q(z) \log p(x \mid z) dz - \int q(z) \log \frac{q(z)}{p(z)} dz
  = - KL(q \parallel p(z)) + \mathbb{E}_q[\log p(x \mid z)]
"""
''',
    "elbo-jensen-derivation": r'''\
elbo_jensen_derivation = r"""
\mathcal{F} = \sum_z q(z|x) \ln \frac{p(x|z) p(z)}{q(z|x)}
\leq \ln \sum_z q(z|x) \frac{p(x|z) p(z)}{q(z|x)}
= \ln \sum_z p(x, z) = \ln p(x)
"""
''',
}

# Four of the usual mistakes, one function not written and one text not answered.
TYPICAL = {
    # 0 log 0 gives nan
    "kl-discrete": """\
def kl_discrete(q, p):
    q, p = np.asarray(q, dtype=float), np.asarray(p, dtype=float)
    if np.any(q < 0) or np.any(p < 0):
        raise ValueError("negative probability")
    if np.any(abs(q.sum(-1) - 1) > 1e-6) or np.any(abs(p.sum(-1) - 1) > 1e-6):
        raise ValueError("does not sum to 1")
    if q.shape[-1] != p.shape[-1]:
        raise ValueError("different lengths")
    return np.sum(q * np.log(q / p), axis=-1)
""",
    # symmetric after all
    "asymmetric-pair": """\
def asymmetric_pair():
    return np.array([0.3, 0.7]), np.array([0.7, 0.3])
""",
    # the sign of the whole divergence
    "kl-standard-normal": """\
def kl_standard_normal(mean, std):
    return 0.5 * (1 + np.log(std ** 2) - mean ** 2 - std ** 2)
""",
    # the mean over the dimensions
    "kl-diagonal": """\
def kl_diagonal(mean, var):
    return 0.5 * np.mean(var + mean ** 2 - np.log(var) - 1, axis=-1)
""",
    "elbo": """\
def elbo(log_joint, q):
    # YOUR CODE HERE
    raise NotImplementedError("not written yet: your code goes here")
""",
    "bound-rises": "YOUR ANSWER HERE",
    # the constant 1/2 with the wrong sign, carried to the end
    "kl-normal-derivation": r'''\
kl_normal_derivation = r"""
D_{KL}(q \| p) &= \int q(x) \log \frac{q(x)}{p(x)} dx \\
&= \log \frac{\sigma_2}{\sigma_1} - \frac{1}{2 \sigma_1^2} \mathbb{E}_q[(x - \mu_1)^2]
   + \frac{1}{2 \sigma_2^2} \mathbb{E}_q[(x - \mu_2)^2] \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{1}{2} + \frac{1}{2 \sigma_2^2} \mathbb{E}_q[(x - \mu_2)^2] \\
&= \log \frac{\sigma_2}{\sigma_1} + \frac{\sigma_1^2 + (\mu_1 - \mu_2)^2}{2 \sigma_2^2} + \frac{1}{2}
"""
check_derivation("kl_normal_derivation", kl_normal_derivation)
''',
    # from the start to the end in one step
    "kl-diagonal-derivation": r'''\
kl_diagonal_derivation = r"""
\frac{1}{2} (\mathrm{tr}(\Sigma) + \mu^\top \mu - k - \log \det \Sigma)
= \frac{1}{2} \sum_{i=1}^k (\sigma_i^2 + \mu_i^2 - \log \sigma_i^2 - 1)
"""
check_derivation("kl_diagonal_derivation", kl_diagonal_derivation)
''',
    # a brace is missing in the middle
    "elbo-split-derivation": r'''\
elbo_split_derivation = r"""
ELBO &= \mathbb{E}_q[\log p(x, z) - \log q(z)] \\
&= \mathbb{E}_{q(z)[\log p(x | z)] + \mathbb{E}_q[\log p(z) - \log q(z)] \\
&= \mathbb{E}_q[\log p(x | z)] - D_{KL}(q(z) \| p(z))
"""
check_derivation("elbo_split_derivation", elbo_split_derivation)
''',
    # the inequality points the wrong way
    "elbo-jensen-derivation": r'''\
elbo_jensen_derivation = r"""
\log p(x) &= \log \int p(x, z) \, dz \\
&= \log \mathbb{E}_q \left[ \frac{p(x, z)}{q(z)} \right] \\
&\le \mathbb{E}_q \left[ \log \frac{p(x, z)}{q(z)} \right] \\
&= ELBO
"""
check_derivation("elbo_jensen_derivation", elbo_jensen_derivation)
''',
}

HOSTILE = {
    "kl-discrete": """\
import sys


def kl_discrete(q, p):
    sys.displayhook("ok")
    get_ipython().kernel.do_execute = lambda *args, **kwargs: {"status": "ok"}
    return 0.0
""",
    "asymmetric-pair": '''\
class Equal(float):
    """Equal to everything."""
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda self, other: True
    __hash__ = float.__hash__
    __sub__ = __rsub__ = __abs__ = lambda self, *other: self


def asymmetric_pair():
    np.testing.assert_allclose = np.allclose = np.isclose = lambda *args, **kwargs: True
    return Equal(0), Equal(0)
''',
    "kl-standard-normal": """\
import ast


class NoAsserts(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.copy_location(ast.Pass(), node)


get_ipython().ast_transformers.append(NoAsserts())


def kl_standard_normal(mean, std):
    return 42.0
""",
    "kl-mvn": """\
def kl_mvn(mean_q, cov_q, mean_p, cov_p):
    while True:
        try:
            sum(range(1000))
        except BaseException:
            pass
""",
    "kl-diagonal": """\
import os


def kl_diagonal(mean, var):
    os._exit(0)
""",
    "log-evidence": """\
def log_evidence(log_joint):
    for folder in ("..", "../..", "../../..", os.path.expanduser("~")):
        sys.path.insert(0, os.path.abspath(folder))
    try:
        from reference.sheet1_kl.reference import log_evidence as theirs
        return theirs(log_joint)
    except Exception:
        return "\\n".join(In)
""",
    # a string that is equal to every other, and holds what a page should not
    "kl-normal-derivation": r'''\
class Text(str):
    __eq__ = lambda self, other: True
    __hash__ = str.__hash__
    __len__ = lambda self: 1


kl_normal_derivation = Text(r"""
KL(q \| p) = \href{javascript:alert(1)}{0} + 0 \cdot \mathbb{E}_q[(x - \mu_1)^2]
= __import__("os").system("true") = <script>alert(1)</script>
""")
''',
    # brackets without end
    "kl-diagonal-derivation": """\
kl_diagonal_derivation = "(" * 5000 + "{" * 5000 + r"\\frac" * 1000
""",
    "posterior": """\
import sqlite3


def posterior(log_joint):
    for file in ("gradebook.db", "../../../gradebook.db"):
        try:
            with sqlite3.connect(file) as gradebook:
                gradebook.execute("UPDATE grade SET auto_score = 100")
        except sqlite3.Error:
            pass
    return 1.0
""",
}

SAMPLES = {
    "ada": {},
    "bruno": UNUSUAL,
    "team-noether": TYPICAL,
    "mallory": hostile,
    "frieda": broken,
}
