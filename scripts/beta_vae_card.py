"""Measure the checkpoints of sheet 4: the tables and the picture of docs/beta_vae.md.

    .venv/bin/python scripts/beta_vae_card.py

Writes the tables between the two marks in docs/beta_vae.md, and docs/beta_vae.png.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import beta_vae, faces  # noqa: E402
from reference.sheet4_beta_vae import metrics  # noqa: E402

CARD, PICTURE = ROOT / "docs" / "beta_vae.md", ROOT / "docs" / "beta_vae.png"
BEGIN, END = "<!-- measured: begin -->\n", "<!-- measured: end -->\n"
ACTIVE = 0.05  # nats
PICTURES, SEED = 10_000, [0, 2]  # those that the log was measured on
KNOWN = 0.1  # of a factor's entropy: what a latent tells is named from here on
ROWS = (
    ("β", "beta", "g"),
    ("steps", "steps", ",d"),
    ("CPU hours", "cpu_hours", ".1f"),
    ("reconstruction, nats an image", "reconstruction", ",.0f"),
    ("of these above the least possible", "above_floor", ".1f"),
    ("KL, nats an image", "kl", ".1f"),
    ("active latents (KL above 0.05 nats)", "active", "d"),
    ("MIG", "mig", ".3f"),
    ("DCI disentanglement", "disentanglement", ".3f"),
    ("DCI completeness", "completeness", ".3f"),
    ("DCI informativeness", "informativeness", ".3f"),
    ("SAP", "sap", ".3f"),
)


def main() -> None:
    """Write the tables and the picture."""
    names = beta_vae.names()
    lines = [f"| | {' | '.join(f'`{name}`' for name in names)} |", "|---|" + "---|" * len(names)]
    for text, key, form in ROWS:
        values = [format(beta_vae.about(name)[key], form) for name in names]
        lines.append(f"| {text} | {' | '.join(values)} |")
    images, factors = faces.sample(PICTURES, SEED)
    for name in names:
        lines += ["", f"What the active latents of `{name}` tell:", ""]
        lines += latents(beta_vae.load(name), torch.from_numpy(images), factors)
    text = CARD.read_text("utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    CARD.write_text(before + BEGIN + "\n".join(lines) + "\n" + END + after, "utf-8")
    draw(names)
    print(f"written: {CARD.relative_to(ROOT)}, {PICTURE.relative_to(ROOT)}")


@torch.no_grad()
def latents(model: beta_vae.BetaVAE, images: torch.Tensor, factors: np.ndarray) -> list[str]:
    """A table with a line for each active latent: its KL, and how much it tells of each factor."""
    codes = [model.encoder(part) for part in images.split(500)]
    mean, log_var = (torch.cat(parts) for parts in zip(*codes, strict=True))
    kl = ((mean**2 + log_var.exp() - log_var - 1) / 2).mean(dim=0).numpy()
    told = metrics.mutual_information(mean.numpy(), factors) / np.log(faces.COUNTS)
    lines = ["| latent | KL | factors, and how much of their entropy it tells |", "|---|---|---|"]
    for k in order(kl):
        best = [f for f in np.argsort(-told[k]) if told[k, f] >= KNOWN]
        words = ", ".join(f"{faces.NAMES[f]} {told[k, f]:.2f}" for f in best) or "–"
        lines.append(f"| {k} | {kl[k]:.2f} | {words} |")
    return lines


def order(kl: np.ndarray) -> list[int]:
    """The active latents, the one with the largest KL first."""
    return [int(k) for k in np.argsort(-kl) if kl[k] > ACTIVE]


@torch.no_grad()
def draw(names: list[str]) -> None:
    """Traversals of both models, a row for each active latent, and reconstructions above them."""
    images = torch.from_numpy(faces.sample(500, [0, 3])[0])
    tables, labels = [], []
    for name in names:
        model = beta_vae.load(name)
        mean, log_var = model.encoder(images)
        kl = ((mean**2 + log_var.exp() - log_var - 1) / 2).mean(dim=0).numpy()
        rows = [images[:9], torch.sigmoid(model.decoder(mean[:9]))]
        for k in order(kl):
            z = torch.zeros(9, beta_vae.LATENTS)
            z[:, k] = torch.linspace(-3, 3, 9)
            rows.append(torch.sigmoid(model.decoder(z)))
        tables.append([row.permute(2, 0, 3, 1).reshape(64, -1, 3).numpy() for row in rows])
        labels.append(["faces", "decoded", *(f"{k}" for k in order(kl))])
    count = max(len(table) for table in tables)
    figure, axes = plt.subplots(
        count, len(names), figsize=(6.2 * len(names), 0.67 * count + 0.3), dpi=90, squeeze=False
    )
    figure.subplots_adjust(left=0.06, right=0.995, top=1 - 0.3 / (0.67 * count), bottom=0.005)
    figure.subplots_adjust(hspace=0.04, wspace=0.12)
    for panel in axes.flat:
        panel.axis("off")
    for column, (name, table, words) in enumerate(zip(names, tables, labels, strict=True)):
        axes[0, column].set_title(f"{name}: every active latent from −3 to 3", fontsize=10)
        for panel, row, word in zip(axes[:, column], table, words, strict=False):
            panel.imshow(row, interpolation="nearest")
            panel.text(-0.01, 0.5, word, ha="right", va="center", transform=panel.transAxes)
    figure.savefig(PICTURE, pil_kwargs={"optimize": True})


if __name__ == "__main__":
    main()
