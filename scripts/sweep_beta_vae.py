"""What β and the seed do to a β-VAE, the figure of sheet 4: `make sweep`, hours of one core.

    .venv/bin/python scripts/sweep_beta_vae.py [--threads N] [--folder FOLDER] [--steps N]

The course's two checkpoints are one training each. This trains twelve small models, four β with
three seeds, on the same faces at half the width and height, with half the channels. No weights come
of it, only helpers/weights/beta_vae_sweep.json: what was measured every 4,000 steps, written when
all is done. It may be stopped at any time; the same command goes on. At the end it prints the table
of docs/beta_vae.md.
"""

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from train_beta_vae import (
    ACTIVE,
    STATE,
    Plan,
    Run,
    latent_kl,
    noise,
    rate,
    reconstruction,
    to_the_end,
)

from helpers import beta_vae
from helpers.files import write
from reference.sheet4_beta_vae import metrics

BETAS = (1, 4, 8, 16)
SEEDS = (0, 1, 2)
STEPS = 12_000
EVERY = 4_000  # steps between two measurements
CHANNELS = (16, 32, 32)  # half of the large model's, and one layer fewer for half the side
PIXELS = 4  # of the 64×64 faces for each of these: so that β weighs what it weighs there
COLUMNS = {
    "MIG from means": ("mig", ".2f"),
    "MIG from draws": ("mig_of_draws", ".2f"),
    "KL, nats": ("kl", ".1f"),
    "active latents": ("active", "d"),
}
RESULT = beta_vae.FOLDER / beta_vae.SWEEP


@dataclass(frozen=True)
class GroupPlan(Plan):
    """What the models of one seed are trained with; in the place of beta, each has its own."""

    betas: tuple[int, ...] = ()


class Group(Run):
    """The models of one seed, one for each β: they see the same pictures with the same noise."""

    plan: GroupPlan
    model: nn.ModuleList

    def new_model(self) -> nn.ModuleList:
        """A small β-VAE for each β, all with the same first weights."""
        models = nn.ModuleList()
        for _ in self.plan.betas:
            torch.manual_seed(self.plan.seed)
            small = beta_vae.BetaVAE(CHANNELS)
            models.append(small.to(memory_format=torch.channels_last))
        return models

    def train_step(self, images: Tensor) -> float:
        """One step of Adam for each model on reconstruction + β · KL, the mean over the images."""
        images, eps = halved(images), noise(self.plan, self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.plan, self.step)
        self.optimizer.zero_grad()
        losses = []
        for beta, model in zip(self.plan.betas, self.model, strict=True):
            logits, mean, log_var = model(images, eps)
            kl = latent_kl(mean, log_var).sum(dim=1)
            losses.append((PIXELS * reconstruction(logits, images) + beta * kl).mean())
            losses[-1].backward()
        self.optimizer.step()
        self.step += 1
        return sum(loss.item() for loss in losses) / len(losses)

    @torch.no_grad()
    def note(self, images: Tensor, factors: np.ndarray) -> str:
        """Add a line to the log for each model: MIG from means and from draws, nats of the code."""
        images = halved(images)
        eps = np.random.default_rng(0).standard_normal((len(images), beta_vae.LATENTS), np.float32)
        for beta, model in zip(self.plan.betas, self.model, strict=True):
            mean, log_var = model.encoder(images)
            kl = latent_kl(mean, log_var).mean(dim=0)
            draws = mean + torch.exp(log_var / 2) * torch.from_numpy(eps)
            self.log.append(
                {
                    "beta": beta,
                    "seed": self.plan.seed,
                    "step": self.step,
                    "mig": round(metrics.mig(mean.numpy(), factors)[0], 4),
                    "mig_of_draws": round(metrics.mig(draws.numpy(), factors)[0], 4),
                    "kl": round(kl.sum().item(), 2),
                    "active": int((kl > ACTIVE).sum()),
                }
            )
        gaps = ", ".join(str(line["mig"]) for line in self.log[-len(self.plan.betas) :])
        return f"seed {self.plan.seed}, {self.step:,} steps: MIG {gaps} for β = {self.plan.betas}"


def halved(images: Tensor) -> Tensor:
    """Images (n, 3, 64, 64) at half the width and height, in the layout that is fastest here."""
    return F.avg_pool2d(images, 2).contiguous(memory_format=torch.channels_last)


def trained(seed: int, steps: int, folder: Path) -> list[dict]:
    """The log of a seed's models after their last step; from where an earlier run was left."""
    group = Group(GroupPlan(beta=0, steps=steps, seed=seed, betas=BETAS))
    to_the_end(group, folder / f"sweep_seed_{seed}.pt", EVERY)
    hours = round(group.seconds / 3600, 2)
    print(f"seed {seed} is done: {hours} CPU hours for {len(BETAS)} models of {steps:,} steps")
    return group.log


def main() -> None:
    """Train all models, and write what was measured once all are done."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--threads", type=int, help="cores to use; all of them if not given")
    parser.add_argument("--folder", type=Path, default=STATE, help="where the runs are kept")
    parser.add_argument("--steps", type=int, default=STEPS, help="of each training")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads or os.cpu_count() or 1)
    lines = [line for seed in SEEDS for line in trained(seed, chosen.steps, chosen.folder)]
    content = '{"runs": [\n' + ",\n".join(json.dumps(line) for line in lines) + "\n]}\n"
    write(RESULT, content.encode())
    print(table(lines))


def table(lines: list[dict]) -> str:
    """What was measured last, in Markdown: a row for each β, with the value of each seed."""
    last = max(line["step"] for line in lines)
    rows = [f"| β | {' | '.join(COLUMNS)} |", "|---" * (1 + len(COLUMNS)) + "|"]
    for beta in sorted({line["beta"] for line in lines}):
        runs = [line for line in lines if line["beta"] == beta and line["step"] == last]
        cells = [
            ", ".join(format(run[key], form) for run in runs) for key, form in COLUMNS.values()
        ]
        rows.append(f"| {beta} | {' | '.join(cells)} |")
    return "\n".join(rows)


if __name__ == "__main__":
    main()
