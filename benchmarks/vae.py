"""How good the VAE of sheet 3 is on held-out images: .venv/bin/python benchmarks/vae.py

Trains the solution's networks, and right ones of other students, with the notebook's own cells, and
prints a table in Markdown: nats per image, and minutes of training. `--networks` takes only some of
them, `--seeds 1 2` trains each twice, `--codes 1 5000` measures with these numbers of codes.
`--once` draws the pixels of the training images once, and not again in each epoch.
"""

import argparse
import time

import torch
from torch import nn

from grader.course import outline
from helpers.binarised import Batches, binarise

CELLS = {"imports", "data", "run", "held-out-bounds"}  # beside the solutions
COLUMNS = ["network", "seed", "training", "held out", "KL"]


def notebook() -> dict:
    """What the notebook of sheet 3 defines, without its trainings and figures."""
    names: dict = {}
    for cell in outline.read_source("sheet3_vae").cells:
        solution = cell.metadata.get("nbgrader", {}).get("solution", False)
        if cell.cell_type == "code" and (cell.id in CELLS or solution):
            exec(compile(cell.source, cell.id, "exec"), names)
    return names


class BinarisedOnce(Batches):
    """Batches of images whose pixels are drawn once: 0 and 1 stay as they are when drawn again."""

    def __init__(self, images: torch.Tensor, size: int, generator: torch.Generator):
        super().__init__(binarise(images, torch.Generator().manual_seed(0)), size, generator)


def networks(layers: int, activation: type[nn.Module]) -> dict[str, type[nn.Module]]:
    """An encoder and a decoder with so many hidden layers, right answers as well."""

    def stack(n_in: int, n_hidden: int, n_out: int) -> nn.Sequential:
        widths = [n_in, *[n_hidden] * layers]
        parts = [(nn.Linear(a, b), activation()) for a, b in zip(widths, widths[1:], strict=False)]
        return nn.Sequential(*sum(parts, ()), nn.Linear(n_hidden, n_out))

    class Encoder(nn.Module):
        def __init__(self, n_pixels: int, n_hidden: int, n_latent: int):
            super().__init__()
            self.stack = stack(n_pixels, n_hidden, 2 * n_latent)

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
            return self.stack(x).chunk(2, dim=-1)

    class Decoder(nn.Module):
        def __init__(self, n_latent: int, n_hidden: int, n_pixels: int):
            super().__init__()
            self.stack = stack(n_latent, n_hidden, n_pixels)

        def forward(self, z: torch.Tensor) -> torch.Tensor:
            return self.stack(z)

    return {"Encoder": Encoder, "Decoder": Decoder}


NETWORKS = {
    "solution": {},
    "two layers, ReLU": networks(2, nn.ReLU),
    "two layers, tanh": networks(2, nn.Tanh),
    "one layer, SiLU": networks(1, nn.SiLU),
    "one layer, ReLU": networks(1, nn.ReLU),
    "one layer, tanh": networks(1, nn.Tanh),
}


def row(network: str, seed: int, codes: list[int], epochs: int, once: bool) -> list[str]:
    """One training: its minutes, the last loss on both sets, the KL term, and negative bounds."""
    names = notebook()
    names.update(NETWORKS[network])
    if once:
        names["Batches"] = BinarisedOnce
    began = time.perf_counter()
    encoder, decoder, course_of_loss, _ = names["run"](network, 500, 32, epochs, seed)
    minutes = (time.perf_counter() - began) / 60
    names.update(encoder=encoder, decoder=decoder, n_latent=32)
    images = names["held_out"]
    with torch.no_grad():
        kl = names["kl_loss"](*encoder(images)).mean()
    bounds = [-names["held_out_bounds"](images, k).mean() for k in codes]
    figures = [course_of_loss.losses[-1], course_of_loss.measured[-1], kl, *bounds]
    return [network, str(seed), *(f"{float(value):.2f}" for value in figures), f"{minutes:.1f}"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--networks", nargs="+", choices=NETWORKS, default=list(NETWORKS))
    parser.add_argument("--codes", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--once", action="store_true")
    options = parser.parse_args()
    header = [*COLUMNS, *(f"k = {k:,}" for k in options.codes), "minutes"]
    how = options.codes, options.epochs, options.once
    rows = [row(n, s, *how) for n in options.networks for s in options.seeds]
    for line in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(line)} |")
