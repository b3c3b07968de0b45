"""Train the two checkpoints of sheet 4 from nothing: `make weights`. It may be stopped at any time.

    .venv/bin/python scripts/train_beta_vae.py [--threads N] [--folder FOLDER] [vae] [beta_vae]

Every picture is drawn on the way, none is seen twice. A run is written down every minute, whole or
not at all; the same command goes on from there. What comes out: helpers/weights/, and a log with
what was measured on the way, in reference/sheet4_beta_vae/. How long it takes: docs/beta_vae.md.
"""

import argparse
import hashlib
import io
import json
import math
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import nn
from torch.nn import functional as F
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import beta_vae, faces  # noqa: E402
from helpers.files import write  # noqa: E402
from reference.sheet4_beta_vae import metrics  # noqa: E402

LOGS = ROOT / "reference" / "sheet4_beta_vae"
STATE = ROOT / "build" / "beta_vae"  # where a run that is not yet done lies


@dataclass(frozen=True)
class Plan:
    """What a checkpoint is trained with; both differ in nothing but beta."""

    beta: float
    steps: int = 30_000
    batch: int = 64
    rate: float = 1e-3  # of Adam: rises for 500 steps, falls to 0 in the last third (a cosine)
    seed: int = 0


PLANS = {"vae": Plan(beta=1), "beta_vae": Plan(beta=8)}
MEASURED = 10_000  # pictures on which a model is measured, none of them trained on
EVERY = 5_000  # steps between two lines of the log
KEEP = 60  # seconds between two states on disk
ACTIVE = 0.05  # nats: a latent with a larger mean KL is active
SHOWN = ("reconstruction", "above_floor", "kl", "active", "mig", "sap")
SHOWN += ("disentanglement", "completeness", "informativeness")


def pictures(plan: Plan, step: int) -> torch.Tensor:
    """The batch of a step, (batch, 3, 64, 64): the same in every run.

    Their factors lie anywhere between low and high: between values at distances there would be
    room in which a latent can hide a second factor.
    """
    return torch.from_numpy(faces.render(faces.draw_values(plan.batch, [plan.seed, 0, step])))


def noise(plan: Plan, step: int) -> torch.Tensor:
    """The noise of a step, (batch, 32): the same in every run."""
    rng = np.random.default_rng([plan.seed, 1, step])
    return torch.from_numpy(rng.standard_normal((plan.batch, beta_vae.LATENTS), np.float32))


def rate(plan: Plan, step: int) -> float:
    """The learning rate of a step."""
    left = min(1.0, (plan.steps - step) / (plan.steps / 3))
    return plan.rate * min(1.0, (step + 1) / 500) * (1 - math.cos(math.pi * left)) / 2


def reconstruction(logits: torch.Tensor, images: torch.Tensor) -> torch.Tensor:
    """−log p(x | z) of each image, (n,): binary cross-entropies, summed over the pixels."""
    losses = F.binary_cross_entropy_with_logits(logits.float(), images, reduction="none")
    return losses.flatten(1).sum(dim=1)


def latent_kl(mean: torch.Tensor, log_var: torch.Tensor) -> torch.Tensor:
    """KL(q(z | x) ‖ N(0, I)) of each image and latent, (n, 32)."""
    return (mean**2 + log_var.exp() - log_var - 1) / 2


# --- a run ---------------------------------------------------------------------------------------


class Run:
    """A training that can be stopped and taken up again: all of its state goes into one file."""

    low = False  # whether the convolutions run in bfloat16

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.model = self.new_model()
        self.optimizer = torch.optim.Adam(self.model.parameters(), fused=True)
        self.step, self.seconds, self.log = 0, 0.0, []

    def new_model(self) -> nn.Module:
        """What is trained, with the first weights of the plan's seed."""
        torch.manual_seed(self.plan.seed)
        return beta_vae.BetaVAE().to(memory_format=torch.channels_last)

    def take_up(self, path: Path) -> None:
        """Go on from where a run of the same plan was kept."""
        kept = torch.load(path, weights_only=True)
        if kept["plan"] != vars(self.plan):
            raise SystemExit(f"{path} is from another plan, {kept['plan']}: delete it first")
        self.model.load_state_dict(kept["model"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.step, self.seconds, self.log = kept["step"], kept["seconds"], json.loads(kept["log"])

    def keep(self, path: Path) -> None:
        """Write the state down, whole or not at all."""
        state = {
            "plan": vars(self.plan),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seconds": self.seconds,
            "log": json.dumps(self.log),
        }
        content = io.BytesIO()
        torch.save(state, content)
        write(path, content.getvalue())

    def train_step(self, images: torch.Tensor) -> float:
        """One step of Adam on reconstruction + beta · KL, the mean over the images."""
        images = images.contiguous(memory_format=torch.channels_last)
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.plan, self.step)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.low):
            mean, log_var = self.model.encoder(images)
            mean, log_var = mean.float(), log_var.float()
            z = mean + torch.exp(log_var / 2) * noise(self.plan, self.step)
            logits = self.model.decoder(z)
        kl = latent_kl(mean, log_var).sum(dim=1)
        loss = (reconstruction(logits, images) + self.plan.beta * kl).mean()
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.step += 1
        return loss.item()

    def note(self, images: torch.Tensor, factors: np.ndarray) -> str:
        """Measure the model, and add a line to the log; the words for whoever watches."""
        line = {"step": self.step, "cpu_hours": round(self.seconds / 3600, 3)}
        self.log.append(line | measure(self.model, images, factors))
        return "{step:,} steps: {active} active latents, MIG {mig}".format(**self.log[-1])


def floor(images: torch.Tensor) -> torch.Tensor:
    """The least that the reconstruction of images can be, (n,): pixels between 0 and 1 cost."""
    return (torch.special.entr(images) + torch.special.entr(1 - images)).flatten(1).sum(dim=1)


@torch.no_grad()
def measure(model: beta_vae.BetaVAE, images: torch.Tensor, factors: np.ndarray) -> dict:
    """What the log says of a model: losses in nats an image, MIG, DCI, SAP, KL of every latent."""
    eps = np.random.default_rng(0).standard_normal((len(images), beta_vae.LATENTS), np.float32)
    codes, kls, losses, floors = [], [], [], []
    for x, e in zip(images.split(500), torch.from_numpy(eps).split(500), strict=True):
        logits, mean, log_var = model(x, e)
        codes.append(mean)
        kls.append(latent_kl(mean, log_var))
        losses.append(reconstruction(logits, x))
        floors.append(floor(x))
    loss, kl = torch.cat(losses).mean(), torch.cat(kls).mean(dim=0)
    codes = torch.cat(codes).numpy()
    gap, gaps = metrics.mig(codes, factors)
    separated, _ = metrics.sap(codes, factors)
    found = metrics.dci(codes, factors)
    return {
        "reconstruction": round(loss.item(), 2),
        "above_floor": round((loss - torch.cat(floors).mean()).item(), 2),
        "kl": round(kl.sum().item(), 3),
        "active": int((kl > ACTIVE).sum()),
        "mig": round(gap, 4),
        "sap": round(separated, 4),
        "disentanglement": round(found.disentanglement, 4),
        "completeness": round(found.completeness, 4),
        "informativeness": round(found.informativeness, 4),
        "mig_of_factor": dict(zip(faces.NAMES, np.round(gaps, 3).tolist(), strict=True)),
        "kl_of_latent": np.round(kl.numpy(), 3).tolist(),
    }


def train(name: str, folder: Path) -> None:
    """Train a checkpoint to its end and publish it."""
    run = Run(PLANS[name])
    run.low = faster_in_bfloat16(run.plan)
    to_the_end(run, folder / f"{name}.pt", EVERY)
    publish(name, run)


def to_the_end(run: Run, path: Path, every: int) -> None:
    """Train to the end of the plan, from nothing or from where a run was kept.

    every: how many steps lie between two lines of the log.
    """
    if path.exists():
        run.take_up(path)
    plan = run.plan
    images, factors = faces.sample(MEASURED, [plan.seed, 2])
    images = torch.from_numpy(images)
    options = {"initial": run.step, "total": plan.steps, "unit": "step", "mininterval": 1}
    # While the model learns from a batch, a thread of its own paints the next.
    with ThreadPoolExecutor(1) as painter, tqdm(desc=path.stem, smoothing=0.02, **options) as bar:
        coming, kept = painter.submit(pictures, plan, run.step), time.monotonic()
        while run.step < plan.steps:
            start = time.process_time()
            batch, coming = coming.result(), painter.submit(pictures, plan, run.step + 1)
            loss = run.train_step(batch)
            run.seconds += time.process_time() - start
            bar.update()
            if run.step % 50 == 0:
                bar.set_postfix_str(f"loss {loss:,.0f}", refresh=False)
            if run.step % every == 0 or run.step == plan.steps:
                bar.write(run.note(images, factors))
            if run.step == plan.steps or time.monotonic() - kept > KEEP:
                run.keep(path)
                kept = time.monotonic()


def faster_in_bfloat16(plan: Plan) -> bool:
    """Whether this processor multiplies bfloat16 faster than float32 here: tried on a few steps."""
    images, seconds = pictures(plan, 0), {}
    for low in (True, False):
        trial = Run(plan)
        trial.low = low
        trial.train_step(images)  # the first step takes longer: it chooses its kernels
        start = time.perf_counter()
        for _ in range(3):
            trial.train_step(images)
        seconds[low] = time.perf_counter() - start
    return seconds[True] < seconds[False]


def publish(name: str, run: Run) -> None:
    """Write the weights, their line in the list, and the log to where the course has them."""
    content = save({key: value.contiguous() for key, value in run.model.state_dict().items()})
    write(beta_vae.FOLDER / f"{name}.safetensors", content)
    listed = beta_vae.FOLDER / beta_vae.LIST
    entries = json.loads(listed.read_bytes()) if listed.exists() else {}
    last = run.log[-1]
    entries[name] = vars(run.plan) | {
        "sha256": hashlib.sha256(content).hexdigest(),
        "cpu_hours": round(run.seconds / 3600, 2),
        **{key: last[key] for key in SHOWN},
    }
    entries = {key: entries[key] for key in PLANS if key in entries}
    write(listed, (json.dumps(entries, indent=1) + "\n").encode())
    lines = "".join(json.dumps(line) + "\n" for line in run.log)
    write(LOGS / f"{name}.jsonl", lines.encode())


def main() -> None:
    """Train what is named, or both."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help=f"{' or '.join(PLANS)}; both if none is named")
    parser.add_argument("--threads", type=int, help="cores to use; all of them if not given")
    parser.add_argument("--folder", type=Path, default=STATE, help="where the runs are kept")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(PLANS)
    if unknown:
        parser.error(f"there is no checkpoint {', '.join(sorted(unknown))}: {', '.join(PLANS)}")
    torch.set_num_threads(chosen.threads or os.cpu_count() or 1)
    for name in chosen.names or PLANS:
        train(name, chosen.folder)


if __name__ == "__main__":
    main()
