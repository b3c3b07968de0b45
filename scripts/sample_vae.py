"""Train sheet 3's VAE and keep what it draws: `make vae_samples`, five minutes of a core.

Sheet 5 compares these images with those of a GAN. The networks, the training and the settings are
those of the notebook of sheet 3, whose cells are run here.
"""

import time

import torch

from grader.course import outline
from helpers import vae_samples

CELLS = {"imports", "data", "run", "run-vae"}  # beside the solutions
SEED, COUNT = 5, 10_000


def main() -> None:
    began = time.process_time()
    names: dict = {}
    for cell in outline.read_source("sheet3_vae").cells:
        solution = cell.metadata.get("nbgrader", {}).get("solution", False)
        if cell.cell_type == "code" and (cell.id in CELLS or solution):
            exec(compile(cell.source, cell.id, "exec"), names)
    if names["digits"].name != "MNIST":
        raise SystemExit("The samples in the repository are of a VAE for MNIST, which is not here.")
    codes = torch.randn(COUNT, names["n_latent"], generator=torch.Generator().manual_seed(SEED))
    with torch.no_grad():
        probabilities = torch.sigmoid(names["decoder"](codes)).numpy()
    vae_samples.write(probabilities)
    bound = -float(names["course"].measured[-1])
    minutes = (time.process_time() - began) / 60
    print(f"{COUNT:,} images, held-out bound {bound:.2f} nats, {minutes:.1f} minutes of a core")


if __name__ == "__main__":
    main()
