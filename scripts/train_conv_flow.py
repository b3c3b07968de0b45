"""Train the flow of convolutions that sheet 6 shows: `make conv_flow`, resumable at any time.

    .venv/bin/python scripts/train_conv_flow.py [--noise fitted|uniform] [--threads N]

Layers, noise and loss are those of the notebook of sheet 6, whose cells are run here; the networks
are those of helpers/image_nets.py. A run is written down every half minute in build/conv_flow, and
the same command goes on from there. The weights of the run with fitted noise go to helpers/weights.
"""

import argparse
import io
import math
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import nn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.flow import notebook  # noqa: E402
from helpers import data, image_nets, progress  # noqa: E402
from helpers.files import write  # noqa: E402

STATE = ROOT / "build" / "conv_flow"
KEEP = 30  # seconds between two states on disk


@dataclass(frozen=True)
class Plan:
    """How the flow is trained: Adam, whose rate rises for 100 steps and falls along a cosine."""

    noise: str
    steps: int = 10_000
    batch: int = 64
    rate: float = 3e-3
    seed: int = 1

    def rate_at(self, step: int) -> float:
        """The learning rate of a step."""
        return self.rate * min((step + 1) / 100, (1 + math.cos(math.pi * step / self.steps)) / 2)


class Run:
    """A training that can be stopped and taken up again: all of its state goes into one file."""

    def __init__(self, names: dict, plan: Plan, images: torch.Tensor) -> None:
        self.names, self.plan, self.images = names, plan, images
        self.noise = names[f"{plan.noise}_noise"]
        torch.manual_seed(plan.seed)
        self.nets, masks = image_nets.conv_couplings()
        self.nets[0] = names["rescaled"](images[:5000], self.noise, 256).net
        pairs = zip(self.nets, masks, strict=True)
        self.flow = names["Flow"]([names["AffineCoupling"](net, mask) for net, mask in pairs])
        self.optimizer = torch.optim.Adam(self.nets.parameters())
        self.step, self.seconds = 0, 0.0

    @property
    def path(self) -> Path:
        return STATE / f"{self.plan.noise}.pt"

    def take_up(self) -> None:
        """Go on from where a run of the same plan was kept, if there is one."""
        if not self.path.exists():
            return
        kept = torch.load(self.path, weights_only=True)
        if kept["plan"] != asdict(self.plan):
            raise SystemExit(f"{self.path} is from another plan, {kept['plan']}: delete it first")
        self.nets.load_state_dict(kept["nets"])
        self.optimizer.load_state_dict(kept["optimizer"])
        self.step, self.seconds = kept["step"], kept["seconds"]

    def keep(self) -> None:
        """Write the state down, whole or not at all."""
        content = io.BytesIO()
        state = {"plan": asdict(self.plan), "step": self.step, "seconds": self.seconds}
        networks = {"nets": self.nets.state_dict(), "optimizer": self.optimizer.state_dict()}
        torch.save(state | networks, content)
        write(self.path, content.getvalue())

    def train_step(self) -> float:
        """One step; which images and which noise it sees depends on nothing but its number."""
        began, generator = time.process_time(), torch.Generator().manual_seed(self.step)
        chosen = torch.randint(len(self.images), (self.plan.batch,), generator=generator)
        bits = self.names["bits_of_images"]
        loss = bits(self.flow, self.images[chosen], self.noise, 256, generator).mean()
        for group in self.optimizer.param_groups:
            group["lr"] = self.plan.rate_at(self.step)
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.nets.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        self.seconds += time.process_time() - began
        return loss.item()


def train(run: Run) -> None:
    """Train to the end, from nothing or from where the run was left."""
    run.take_up()
    kept, name = time.monotonic(), f"{run.plan.noise} noise"
    with progress.bar(run.plan.steps, name, unit="step", initial=run.step) as bar:
        while run.step < run.plan.steps:
            bar.set_postfix_str(f"bits per dim {run.train_step():.3f}", refresh=False)
            bar.update()
            if run.step == run.plan.steps or time.monotonic() - kept > KEEP:
                run.keep()
                kept = time.monotonic()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--noise", choices=["fitted", "uniform"], default="fitted")
    parser.add_argument("--threads", type=int, help="cores to use; all of them if not given")
    parser.add_argument("--steps", type=int, default=Plan.steps)
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads or os.cpu_count() or 1)
    digits, names = data.digits(), notebook()
    if digits.name != "MNIST":
        raise SystemExit("The weights in the repository are for MNIST, which is not here.")
    images, held_out = (
        torch.from_numpy((255 * some).round()).to(torch.uint8)
        for some in (digits.train_images, digits.test_images)
    )
    run = Run(names, Plan(chosen.noise, chosen.steps), images)
    train(run)
    bits = names["measured_bits"](run.flow, held_out, run.noise, 256)
    minutes = run.seconds / 60
    print(f"{bits:.3f} bits per dimension held out, {minutes:.1f} minutes of a core")
    if run.plan.noise == "fitted":
        entry = asdict(run.plan) | {"cpu_minutes": round(minutes, 1), "held_out": round(bits, 3)}
        image_nets.WEIGHTS.write(image_nets.NAME, run.nets.state_dict(), entry)


if __name__ == "__main__":
    main()
