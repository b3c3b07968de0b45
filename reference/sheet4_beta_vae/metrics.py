"""How well latents and factors stand for one another: MIG, DCI and SAP.

Codes are float (n, latents): the means of q(z | x) for n pictures. Factors are int (n, factors):
the indices of the values that each picture was drawn from.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestClassifier

NOTHING = 1e-12  # a latent whose variance is below is a constant


def entropy(counts: np.ndarray) -> float:
    """The plug-in entropy in nats of a table of counts of any shape."""
    p = counts[counts > 0] / counts.sum()
    return float(-(p * np.log(p)).sum())


def binned(codes: np.ndarray, bins: int = 20) -> np.ndarray:
    """Each latent's bin, int (n, latents): equally wide ones from its minimum to its maximum.

    The maximum belongs to the last bin; a constant latent lies in bin 0.
    """
    low, width = codes.min(axis=0), np.ptp(codes, axis=0)
    width = np.where(width > 0, width, 1)
    return np.minimum(((codes - low) / width * bins).astype(int), bins - 1)


def mutual_information(codes: np.ndarray, factors: np.ndarray, bins: int = 20) -> np.ndarray:
    """Plug-in estimates in nats from binned codes, (latents, factors)."""
    codes = binned(np.asarray(codes, np.float64), bins)
    information = np.zeros((codes.shape[1], factors.shape[1]))
    for j, latent in enumerate(codes.T):
        for k, factor in enumerate(factors.T):
            values, index = np.unique(factor, return_inverse=True)
            table = np.zeros((bins, len(values)))
            np.add.at(table, (latent, index), 1)
            split = entropy(table.sum(axis=0)) + entropy(table.sum(axis=1))
            information[j, k] = max(split - entropy(table), 0.0)
    return information


def mig(codes: np.ndarray, factors: np.ndarray, bins: int = 20) -> tuple[float, np.ndarray]:
    """The mutual information gap and what it is the mean of, (factors,).

    Chen, Li, Grosse and Duvenaud, Isolating sources of disentanglement in VAEs, 2018, equation 6:
    for each factor the gap between the two latents that tell most about it, over its entropy.
    Factors of entropy 0 are left out.
    """
    entropies = np.array([entropy(np.unique(f, return_counts=True)[1]) for f in factors.T])
    kept = entropies > 0
    ranked = np.sort(mutual_information(codes, factors[:, kept], bins), axis=0)
    gaps = (ranked[-1] - ranked[-2]) / entropies[kept]
    return float(gaps.mean()), gaps


@dataclass(frozen=True)
class DCI:
    """Disentanglement, completeness and informativeness, each in [0, 1], 1 being best.

    importance: (latents, factors), how much each latent serves to tell each factor; columns sum
    to 1. informativeness: the mean over factors of the accuracy on pictures held out.
    """

    disentanglement: float
    completeness: float
    informativeness: float
    importance: np.ndarray


def dci(codes: np.ndarray, factors: np.ndarray, trees: int = 20, seed: int = 0) -> DCI:
    """The scores of Eastwood and Williams (2018), from one random forest for each factor.

    The first half of the pictures trains the forests: classifiers, split by entropy, each split
    chosen among all latents, a leaf never smaller than a hundredth of the pictures (deeper trees
    tell less on new pictures and credit noise). The second half measures them. Factors of one
    value are left out.
    """
    half = len(codes) // 2
    importance, accuracy = [], []
    for factor in factors.T:
        if len(np.unique(factor)) > 1:
            forest = RandomForestClassifier(
                trees,
                criterion="entropy",
                max_features=None,
                min_samples_leaf=0.01,
                random_state=seed,
            )
            forest.fit(codes[:half], factor[:half])
            importance.append(forest.feature_importances_)
            accuracy.append(forest.score(codes[half:], factor[half:]))
    importance = np.stack(importance, axis=1)
    return DCI(*scores(importance), float(np.mean(accuracy)), importance)


def scores(importance: np.ndarray) -> tuple[float, float]:
    """Disentanglement and completeness of a table (latents, factors) of importances ≥ 0.

    Disentanglement: 1 minus the entropy of a latent's row in units of log(factors), weighted by
    the row's share of the total. Completeness: the same for columns, in units of log(latents).
    """
    return _concentration(importance), _concentration(importance.T)


def _concentration(table: np.ndarray) -> float:
    weights = table.sum(axis=1) / table.sum()
    spread = [entropy(row) if row.sum() > 0 else 0.0 for row in table]
    return float(weights @ (1 - np.array(spread) / np.log(table.shape[1])))


def sap(codes: np.ndarray, factors: np.ndarray) -> tuple[float, np.ndarray]:
    """The separated attribute predictability and what it is the mean of, (factors,).

    Kumar, Sattigeri and Balakrishnan (2018), by their rule for factors whose values are ordered,
    as all of ours are: the gap between the two best R² of a line through one latent.
    Factors of one value are left out.
    """
    codes = codes - codes.mean(axis=0)
    factors = factors[:, np.ptp(factors, axis=0) > 0]
    factors = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    variance = (codes**2).mean(axis=0)
    covariance = codes.T @ factors / len(codes)  # (latents, factors)
    fit = np.zeros_like(covariance)
    varies = variance > NOTHING
    fit[varies] = covariance[varies] ** 2 / variance[varies, None]
    ranked = np.sort(fit, axis=0)
    gaps = ranked[-1] - ranked[-2]
    return float(gaps.mean()), gaps
