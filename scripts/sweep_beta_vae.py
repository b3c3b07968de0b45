"""What β and the seed do to a β-VAE, the figure of sheet 4: `make sweep`, hours of one core.

    .venv/bin/python scripts/sweep_beta_vae.py [--threads N] [--folder FOLDER] [--steps N]

The course's two checkpoints are one training each. This trains twelve small models, four β with
three seeds, on the same faces at half the width and height, with half the channels. No weights come
of it, only helpers/weights/beta_vae_sweep.json: what was measured every 4,000 steps, written when
all is done. It may be stopped at any time; the same command goes on. At the end it prints the table
of docs/beta_vae.md.
"""

import argparse
import io
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from tqdm import tqdm
from train_beta_vae import (
    ACTIVE,
    KEEP,
    MEASURED,
    STATE,
    Plan,
    latent_kl,
    noise,
    pictures,
    rate,
    reconstruction,
)

from helpers import beta_vae, faces
from helpers.checkpoints import write
from reference.sheet4_beta_vae import metrics

BETAS = (1, 4, 8, 16)
SEEDS = (0, 1, 2)
STEPS = 12_000
EVERY = 4_000  # steps between two measurements
PIXELS = 4  # of the 64×64 faces for each of these: so that β weighs what it weighs there
COLUMNS = {
    "MIG from means": ("mig", ".2f"),
    "MIG from draws": ("mig_of_draws", ".2f"),
    "KL, nats": ("kl", ".1f"),
    "active latents": ("active", "d"),
}
RESULT = beta_vae.FOLDER / beta_vae.SWEEP


class SmallVAE(nn.Module):
    """The β-VAE of helpers/beta_vae.py for (n, 3, 32, 32): half the channels, one layer fewer."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(3, 16, 4, stride=2, padding=1),  # (n, 16, 16, 16)
            nn.ReLU(),
            nn.Conv2d(16, 32, 4, stride=2, padding=1),  # (n, 32, 8, 8)
            nn.ReLU(),
            nn.Conv2d(32, 32, 4, stride=2, padding=1),  # (n, 32, 4, 4)
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 4 * 4, 256),
            nn.ReLU(),
            nn.Linear(256, 2 * beta_vae.LATENTS),
        )
        self.decoder = nn.Sequential(
            nn.Linear(beta_vae.LATENTS, 256),
            nn.ReLU(),
            nn.Linear(256, 32 * 4 * 4),
            nn.ReLU(),
            nn.Unflatten(1, (32, 4, 4)),
            nn.ConvTranspose2d(32, 32, 4, stride=2, padding=1),  # (n, 32, 8, 8)
            nn.ReLU(),
            nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1),  # (n, 16, 16, 16)
            nn.ReLU(),
            nn.ConvTranspose2d(16, 3, 4, stride=2, padding=1),  # (n, 3, 32, 32)
        )

    def forward(self, images: Tensor, eps: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Images (n, 3, 32, 32) and noise (n, 32) from N(0, I) → (logits, mean, log_var)."""
        mean, log_var = self.encoder(images).chunk(2, dim=1)
        return self.decoder(mean + torch.exp(log_var / 2) * eps), mean, log_var


def halved(images: Tensor) -> Tensor:
    """Images (n, 3, 64, 64) at half the width and height, in the layout that is fastest here."""
    return F.avg_pool2d(images, 2).contiguous(memory_format=torch.channels_last)


class Group:
    """The models of one seed, one for each β: they see the same pictures with the same noise."""

    def __init__(self, seed: int, steps: int) -> None:
        self.plan = Plan(beta=0, steps=steps, seed=seed)  # beta is each model's own
        self.models = nn.ModuleList()
        for _ in BETAS:
            torch.manual_seed(seed)  # the same first weights for each β
            self.models.append(SmallVAE().to(memory_format=torch.channels_last))
        self.optimizer = torch.optim.Adam(self.models.parameters(), fused=True)
        self.step, self.seconds, self.log = 0, 0.0, []

    def take_up(self, path: Path) -> None:
        """Go on from where the group of this plan was kept."""
        kept = torch.load(path, weights_only=True)
        if kept["plan"] != vars(self.plan) | {"betas": list(BETAS)}:
            raise SystemExit(f"{path} is from another plan, {kept['plan']}: delete it first")
        self.models.load_state_dict(kept["models"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.step, self.seconds, self.log = kept["step"], kept["seconds"], json.loads(kept["log"])

    def keep(self, path: Path) -> None:
        """Write the state down, whole or not at all."""
        state = {
            "plan": vars(self.plan) | {"betas": list(BETAS)},
            "models": self.models.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "log": json.dumps(self.log),
        }
        content = io.BytesIO()
        torch.save(state, content)
        write(path, content.getvalue())

    def train_step(self, images: Tensor) -> None:
        """One step of Adam for each model on reconstruction + β · KL, the mean over the images."""
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.plan, self.step)
        self.optimizer.zero_grad()
        eps = noise(self.plan, self.step)
        for beta, model in zip(BETAS, self.models, strict=True):
            logits, mean, log_var = model(images, eps)
            kl = latent_kl(mean, log_var).sum(dim=1)
            (PIXELS * reconstruction(logits, images) + beta * kl).mean().backward()
        self.optimizer.step()
        self.step += 1

    @torch.no_grad()
    def measure(self, images: Tensor, factors: np.ndarray) -> None:
        """Add a line to the log for each model: MIG from means and from draws, nats of the code."""
        eps = np.random.default_rng(0).standard_normal((len(images), beta_vae.LATENTS), np.float32)
        for beta, model in zip(BETAS, self.models, strict=True):
            mean, log_var = model.encoder(images).chunk(2, dim=1)
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


def trained(seed: int, steps: int, folder: Path) -> list[dict]:
    """The log of a seed's models after their last step; from where an earlier run was left."""
    group, path = Group(seed, steps), folder / f"sweep_seed_{seed}.pt"
    if path.exists():
        group.take_up(path)
    images, factors = faces.sample(MEASURED, [seed, 2])
    images = halved(torch.from_numpy(images))
    options = {"initial": group.step, "total": steps, "unit": "step", "mininterval": 1}
    # While the models learn from a batch, a thread of its own paints the next.
    with ThreadPoolExecutor(1) as painter, tqdm(desc=f"seed {seed}", **options) as bar:
        coming, kept = painter.submit(pictures, group.plan, group.step), time.monotonic()
        while group.step < steps:
            start = time.process_time()
            batch = halved(coming.result())
            coming = painter.submit(pictures, group.plan, group.step + 1)
            group.train_step(batch)
            group.seconds += time.process_time() - start
            bar.update()
            if group.step % EVERY == 0 or group.step == steps:
                group.measure(images, factors)
                gaps = ", ".join(str(line["mig"]) for line in group.log[-len(BETAS) :])
                bar.write(f"seed {seed}, {group.step:,} steps: MIG {gaps} for β = {BETAS}")
            if group.step == steps or time.monotonic() - kept > KEEP:
                group.keep(path)
                kept = time.monotonic()
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
