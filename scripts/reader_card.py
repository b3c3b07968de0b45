"""Measure the reader of sheet 4 and its rule for what varies: the tables of docs/beta_vae.md.

    .venv/bin/python scripts/reader_card.py

Ten minutes of one core; writes the tables between the two marks in docs/beta_vae.md.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from train_reader import draw, spoil  # noqa: E402

from helpers import beta_vae, faces  # noqa: E402
from reference.sheet4_beta_vae import metrics, reader  # noqa: E402

CARD = ROOT / "docs" / "beta_vae.md"
BEGIN, END = "<!-- reader: begin -->\n", "<!-- reader: end -->\n"
SETS, EACH = 1_000, reader.FEWEST  # sets of pictures for a rate, and the pictures of a set
SEED = 3
PURE, RATIO = 0.5, 0.25  # of a factor's entropy that a pure latent tells; of that, any other factor
FACTORS = len(faces.FACTORS)
Z = beta_vae.LATENTS


def main() -> None:
    """Write the tables."""
    models = {name: beta_vae.load(name) for name in beta_vae.names()}
    lines = [*accuracy(models), "", *rates(models), "", *latents(models["beta_vae"])]
    text = CARD.read_text("utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    CARD.write_text(before + BEGIN + "\n".join(lines) + "\n" + END + after, "utf-8")
    print(f"written: {CARD.relative_to(ROOT)}")


def accuracy(models: dict[str, beta_vae.BetaVAE]) -> list[str]:
    """A line for each factor: errors, and the spread that is read where it does not vary."""
    entry = reader.FILES.about("reader")
    titles = ["sharp: error", "R²", "spoilt: error", "R²", "constant, sharp", "spoilt"]
    lines = table_head(["", *titles, *(f"decoded by `{name}`" for name in models)])
    for k, name in enumerate(tqdm(faces.NAMES, desc="constant factors")):
        rng = np.random.default_rng([SEED, 0, k])
        varied = np.arange(FACTORS) != k
        sharp = draw(sets(rng, np.broadcast_to(varied, (SETS, FACTORS))))
        seen = {"sharp": sharp, "spoilt": spoil_in_parts(sharp, rng)}
        seen |= {word: decode(model, encode(model, sharp)) for word, model in models.items()}
        high = [np.quantile(spreads(images)[:, k], 0.999) for images in seen.values()]
        read = [entry[kind][name] for kind in ("sharp", "spoilt")]
        cells = [cell for x in read for cell in (f"{x['error']:.3f}", f"{x['r2']:.4f}")]
        lines.append(f"| {' | '.join([name, *cells, *(f'{x:.3f}' for x in high)])} |")
    return lines


def rates(models: dict[str, beta_vae.BetaVAE]) -> list[str]:
    """How often exactly the factors that vary are found, where 0 to 3 do, and where all may."""
    lines = table_head(["factors that vary", "0", "1", "2", "3"])
    found: dict[str, list[float]] = {}
    model = models["beta_vae"]
    holds = pure(model)
    for count in tqdm(range(4), desc="0 to 3 factors"):
        rng = np.random.default_rng([SEED, 1, count])
        varied = some(rng, count, np.arange(FACTORS))
        sharp = draw(sets(rng, varied))
        seen = {"rendered, sharp": sharp, "rendered, spoilt": spoil_in_parts(sharp, rng)}
        seen |= {
            f"these, decoded by `{name}`": decode(m, encode(m, sharp)) for name, m in models.items()
        }
        for word, images in seen.items():
            found.setdefault(word, []).append(exact(images, varied))
        varied = some(rng, min(count, len(holds)), np.array(list(holds.values())))
        images = decode(model, codes(rng, varied, holds))
        found.setdefault("pure latents of `beta_vae`, −2 to 2", []).append(exact(images, varied))
    for word, numbers in found.items():
        lines.append(f"| {word} | {' | '.join(f'{100 * x:.1f} %' for x in numbers)} |")
    return lines


def latents(model: beta_vae.BetaVAE) -> list[str]:
    """Sets from the prior, and traversals of one latent from a base that the prior gives."""
    rng = np.random.default_rng([SEED, 2])
    z = torch.from_numpy(rng.standard_normal((SETS * EACH, Z), np.float32))
    many = (spreads(decode(model, z)) > reader.SPREAD).sum(axis=1)
    lines = table_head(
        ["ten pictures decoded by `beta_vae`", "fewest", "on average", "most", "three or more"]
    )
    lines.append(line("from the prior", many))
    told = information(model)
    holds = pure(model)
    for k in np.flatnonzero(told.max(axis=1) > 0.1):
        z = torch.from_numpy(rng.standard_normal((SETS // 4, 1, Z), np.float32))
        z = z.repeat(1, EACH, 1)
        z[:, :, k] = torch.linspace(-3, 3, EACH)
        many = (spreads(decode(model, z.flatten(0, 1))) > reader.SPREAD).sum(axis=1)
        best = [f for f in np.argsort(-told[k]) if told[k, f] >= 0.1]
        words = ", ".join(f"{faces.NAMES[f]} {told[k, f]:.2f}" for f in best)
        kind = "pure" if k in holds else "not pure"
        lines.append(line(f"latent {k} from −3 to 3, {kind} ({words})", many))
    return lines


def line(word: str, many: np.ndarray) -> str:
    share = 100 * (many >= 3).mean()
    return f"| {word} | {many.min()} | {many.mean():.1f} | {many.max()} | {share:.1f} % |"


def table_head(titles: list[str]) -> list[str]:
    return [f"| {' | '.join(titles)} |", "|---|" + "---|" * (len(titles) - 1)]


# --- sets of pictures ----------------------------------------------------------------------------


def sets(rng: np.random.Generator, varied: np.ndarray) -> np.ndarray:
    """Places for SETS sets of EACH pictures, (sets · each, 10); varied: (sets, 10) bool."""
    places = rng.uniform(size=(SETS, EACH, FACTORS))
    return np.where(varied[:, None], places, places[:, :1]).reshape(-1, FACTORS)


def some(rng: np.random.Generator, count: int, among: np.ndarray) -> np.ndarray:
    """For each set, which factors vary, (SETS, 10) bool: count of them, among these."""
    varied = np.zeros((SETS, FACTORS), bool)
    for row in varied:
        row[rng.choice(among, count, replace=False)] = True
    return varied


def codes(rng: np.random.Generator, varied: np.ndarray, holds: dict[int, int]) -> torch.Tensor:
    """Latents (sets · each, 32): one base a set, and those that hold a varied factor at −2 … 2."""
    z = np.repeat(rng.standard_normal((SETS, 1, Z)), EACH, axis=1)
    steps = np.broadcast_to(np.linspace(-2, 2, EACH), (SETS, EACH))
    for latent, factor in holds.items():
        moved = rng.permuted(steps, axis=1)
        z[:, :, latent] = np.where(varied[:, factor, None], moved, z[:, :, latent])
    return torch.from_numpy(z.reshape(-1, Z)).float()


def spoil_in_parts(images: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    return torch.cat([spoil(part, rng) for part in images.split(200)])


def spreads(images: torch.Tensor) -> np.ndarray:
    """The standard deviation of what is read over each set, (sets, 10)."""
    return reader.read(images).reshape(-1, EACH, FACTORS).std(axis=1)


def exact(images: torch.Tensor, varied: np.ndarray) -> float:
    """The share of sets in which the factors found are those that vary."""
    return ((spreads(images) > reader.SPREAD) == varied).all(axis=1).mean()


# --- the models ----------------------------------------------------------------------------------


@torch.no_grad()
def encode(model: beta_vae.BetaVAE, images: torch.Tensor) -> torch.Tensor:
    return torch.cat([model.encoder(part)[0] for part in images.split(500)])


@torch.no_grad()
def decode(model: beta_vae.BetaVAE, z: torch.Tensor) -> torch.Tensor:
    return torch.cat([torch.sigmoid(model.decoder(part)) for part in z.split(500)])


def information(model: beta_vae.BetaVAE) -> np.ndarray:
    """How much of each factor's entropy each latent tells, (32, 10)."""
    images, factors = faces.sample(5_000, [SEED, 3])
    means = encode(model, torch.from_numpy(images)).numpy()
    return metrics.mutual_information(means, factors) / np.log(faces.COUNTS)


def pure(model: beta_vae.BetaVAE) -> dict[int, int]:
    """The latents that tell of one factor and hardly of another, and the factor each tells of."""
    told = information(model)
    best, second = np.sort(told, axis=1)[:, -1], np.sort(told, axis=1)[:, -2]
    chosen = np.flatnonzero((best > PURE) & (second < RATIO * best))
    return {int(k): int(told[k].argmax()) for k in chosen}


if __name__ == "__main__":
    main()
