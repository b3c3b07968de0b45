"""Train the reader of sheet 4, which reads the factors of a face off its picture: `make reader`.

    .venv/bin/python scripts/train_reader.py [--steps N] [--threads N]

Ten minutes of one core; what is stopped begins again. Every picture is drawn on the way, none is
seen twice. What comes out: reader.safetensors and, with what was measured, reader.json in
reference/sheet4_beta_vae/.
"""

import argparse
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import faces  # noqa: E402
from reference.sheet4_beta_vae import reader  # noqa: E402

STEPS, PAIRS, RATE, SEED = 3_600, 64, 2e-3, 0
MEASURED = 5_000  # pictures on which the reader is measured, none of them trained on
LOW = np.array([factor.low for factor in faces.FACTORS])
SPAN = np.array([factor.high - factor.low for factor in faces.FACTORS])


def draw(places: np.ndarray) -> torch.Tensor:
    """The pictures of places between low (0) and high (1), (n, 10) → (n, 3, 64, 64)."""
    return torch.from_numpy(faces.render(LOW + SPAN * np.clip(places, 0, 1)))


def batch(pairs: int, seed: list[int]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures and what is to be read off them: twice as many as pairs, one half sharp at first.

    The other half are means of two pictures that agree in some factors, with the same mean of
    places: what a decoder does not know it paints as a mean of what could be.
    """
    rng = np.random.default_rng(seed)
    first = rng.uniform(size=(pairs, len(SPAN)))
    changed = rng.uniform(size=first.shape) < 0.4
    distance = rng.uniform(size=(pairs, 1)) * rng.uniform(-1, 1, first.shape)
    second = first + changed * distance
    second = 1 - np.abs(1 - np.abs(second))  # reflected at 0 and 1
    images, other = draw(first), draw(second)
    share = rng.uniform(0.2, 0.8, (pairs, 1))
    weight = torch.from_numpy(share).float()[:, :, None, None]
    images = torch.cat([images, weight * images + (1 - weight) * other])
    places = np.concatenate([first, share * first + (1 - share) * second])
    return spoil(images, rng), torch.from_numpy(places).float()


def spoil(images: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Blur and grain as decoders have them, of another strength for each picture, or none."""
    n = len(images)
    radius = rng.uniform(0.2, 1.6, n) * (rng.uniform(size=n) < 0.6)  # pixels
    images = blurred(images, radius)
    grain = rng.uniform(0, 0.05, (2, n, 1, 1, 1)) * (rng.uniform(size=(2, n, 1, 1, 1)) < 0.5)
    fine = rng.standard_normal((n, 3, 64, 64), np.float32)
    coarse = rng.standard_normal((n, 3, 32, 32), np.float32).repeat(2, axis=2).repeat(2, axis=3)
    noise = grain[0].astype(np.float32) * fine + grain[1].astype(np.float32) * coarse
    return (images + torch.from_numpy(noise)).clamp_(0, 1)


def blurred(images: torch.Tensor, radius: np.ndarray) -> torch.Tensor:
    """Each picture under a Gaussian of its own radius in pixels, (n,); 0 leaves it as it is."""
    n, width = len(images), 4
    at = np.arange(-width, width + 1)
    kernel = np.exp(-((at / np.maximum(radius, 0.05)[:, None]) ** 2) / 2)
    kernel = torch.from_numpy(kernel / kernel.sum(axis=1, keepdims=True)).float()
    kernel = kernel.repeat_interleave(3, dim=0)[:, None, None]  # of each picture's three channels
    planes = F.pad(images.reshape(1, 3 * n, 64, 64), (width,) * 4, mode="replicate")
    planes = F.conv2d(planes, kernel, groups=3 * n)
    planes = F.conv2d(planes, kernel.transpose(2, 3), groups=3 * n)
    return planes.reshape(images.shape)


def rate(step: int, steps: int) -> float:
    """The learning rate of a step: rises for 100 steps, then falls to 0 along a cosine."""
    return RATE * min(1.0, (step + 1) / 100) * (1 + math.cos(math.pi * step / steps)) / 2


def train(steps: int) -> reader.Reader:
    """A reader, from nothing: Adam on the squared error."""
    torch.manual_seed(SEED)
    model = reader.Reader().to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    with tqdm(range(steps), desc="reader", unit="step", mininterval=1) as bar:
        for step in bar:
            images, places = batch(PAIRS, [SEED, 0, step])
            for group in optimizer.param_groups:
                group["lr"] = rate(step, steps)
            read = model(images.contiguous(memory_format=torch.channels_last))
            loss = F.mse_loss(read, places)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if step % 50 == 0:
                bar.set_postfix_str(f"error {math.sqrt(loss.item()):.3f}", refresh=False)
    return model.eval()


def errors(read: np.ndarray, places: np.ndarray) -> dict[str, dict]:
    """The mean absolute error and R² of each factor, as shares of its range."""
    absolute = np.abs(read - places).mean(axis=0)
    squared = 1 - ((read - places) ** 2).mean(axis=0) / places.var(axis=0)
    both = zip(absolute, squared, strict=True)
    numbers = [{"error": round(float(a), 4), "r2": round(float(b), 4)} for a, b in both]
    return dict(zip(faces.NAMES, numbers, strict=True))


def measure() -> dict[str, dict]:
    """What the committed reader reads off pictures that it has not seen, sharp and spoilt."""
    rng = np.random.default_rng([SEED, 1])
    places = rng.uniform(size=(MEASURED, len(SPAN)))
    sharp = draw(places)
    spoilt = torch.cat([spoil(part, rng) for part in sharp.split(200)])
    return {
        "sharp": errors(reader.read(sharp), places),
        "spoilt": errors(reader.read(spoilt), places),
    }


def main() -> None:
    """Train, write the weights, measure what was written."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=STEPS, help=f"{STEPS:,} if not given")
    parser.add_argument("--threads", type=int, default=1, help="cores to use; 1 if not given")
    chosen = parser.parse_args()
    torch.set_num_threads(chosen.threads)
    start = time.process_time()
    model = train(chosen.steps)
    minutes = (time.process_time() - start) / 60
    entry = {"steps": chosen.steps, "batch": 2 * PAIRS, "rate": RATE, "seed": SEED}
    entry["cpu_minutes"] = round(minutes, 1)
    half = {key: value.half() for key, value in model.state_dict().items()}
    reader.FILES.write("reader", half, entry)
    reader.FILES.write("reader", half, entry | measure())


if __name__ == "__main__":
    main()
