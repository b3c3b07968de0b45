"""Draw docs/beta_vae_sweep.png: MIG against β, with what the seed changes (`make sweep`).

    .venv/bin/python scripts/sweep_picture.py

Reads reference/sheet4_beta_vae/sweep.jsonl, a line for each training that is done, and prints the
table of docs/beta_vae.md. It may be run while the sweep goes on: β without a training are left out.
"""

import json
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import figures  # noqa: E402

LOG = ROOT / "reference" / "sheet4_beta_vae" / "sweep.jsonl"
PICTURE = ROOT / "docs" / "beta_vae_sweep.png"
COLUMNS = {"MIG": ("mig", ".3f"), "KL, nats": ("kl", ".1f"), "active latents": ("active", "d")}


def main() -> None:
    """Print the table and draw the picture."""
    if not LOG.exists():
        raise SystemExit(f"There is no {LOG.relative_to(ROOT)} yet: `make sweep` writes it.")
    runs = [json.loads(line) for line in LOG.read_text("utf-8").splitlines()]
    print(table(runs))
    drawn(runs).savefig(PICTURE, pil_kwargs={"optimize": True})
    print(f"drawn: {PICTURE.relative_to(ROOT)}")


def by_beta(runs: list[dict], key: str) -> dict[float, list]:
    """What was measured last in the trainings of each β, the smallest β first."""
    betas = sorted({run["beta"] for run in runs})
    return {beta: [run[key] for run in runs if run["beta"] == beta] for beta in betas}


def table(runs: list[dict]) -> str:
    """A table in Markdown: for each β the steps, and each seed's values one after the other."""
    lines = [f"| β | steps | {' | '.join(COLUMNS)} |", "| --- | --- |" + " --- |" * len(COLUMNS)]
    for beta, steps in by_beta(runs, "step").items():
        cells = [
            ", ".join(format(value, form) for value in by_beta(runs, key)[beta])
            for key, form in COLUMNS.values()
        ]
        lines.append(f"| {beta:g} | {max(steps):,} | {' | '.join(cells)} |")
    return "\n".join(lines)


def drawn(runs: list[dict]) -> plt.Figure:
    """A point for each training, and a line through the means: MIG, and the nats of the code."""
    figure, axes = figures.panels(2, width=4.6)
    for panel, (name, color) in zip(
        axes, {"MIG": figures.FIRST, "KL, nats": figures.SECOND}.items(), strict=True
    ):
        groups = by_beta(runs, COLUMNS[name][0])
        betas = np.array(list(groups))
        for beta, values in groups.items():
            panel.plot([beta] * len(values), values, "o", color=color, alpha=0.6)
        panel.plot(betas, [np.mean(values) for values in groups.values()], "-", color=color)
        panel.set_xscale("log", base=2)
        panel.set_xticks(betas, [f"{beta:g}" for beta in betas])
        panel.set_ylim(bottom=0)
        title = f"{name} of {len(runs)} trainings; line: mean"
        figures.label(panel, "β", name, title, legend=None)
    return figure


if __name__ == "__main__":
    main()
