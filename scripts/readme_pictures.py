"""Draw the four pictures at the top of README: faces, digits, a flow and a game.

    .venv/bin/python scripts/readme_pictures.py

The faces are decoded with the committed weights of sheet 4; the other three are figures of the
executed notebooks in solutions/. Nothing is trained. Each file stays below 150 kB, with as many
colours as that allows.
"""

import base64
import io
import re
import sys
from pathlib import Path

import matplotlib.image
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import beta_vae, faces, figures  # noqa: E402

DOCS = ROOT / "docs"
LATENTS = {
    "background": 15,
    "hair colour": 11,
    "hair length": 5,
    "face width": 13,
    "head turn": 25,
}  # what each of these latents of `beta_vae` changes, each one factor: docs/beta_vae.md
SHOWN = {
    "digits": ("sheet5_gan", "strip-conv", 0),
    "flow": ("sheet6_flow", "plane-layers", 0),
    "game": ("sheet5_gan", "collapse-figure", 0),
}  # the sheet, the cell, and which of its figures
PNG = re.compile(r'src="data:image/png;base64,([^"]+)"')  # in what `figures.show` shows
COLOURS = 256, 128, 64, 32, 16  # of a picture
LARGEST = 150_000  # bytes


def main() -> None:
    """Draw all four."""
    pictures = {"faces": drawn(traversals())}
    pictures |= {name: figure_of(*place) for name, place in SHOWN.items()}
    for name, picture in pictures.items():
        path = DOCS / f"readme_{name}.png"
        write(path, picture)
        print(f"drawn: {path.relative_to(ROOT)}, {path.stat().st_size:,} bytes")


def write(path: Path, picture: np.ndarray) -> None:
    """Write a picture with as many colours as the size of its file allows."""
    image = Image.fromarray(np.round(picture[..., :3] * 255).astype(np.uint8))
    for colours in COLOURS:
        image.quantize(colours, kmeans=10, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            return
    raise SystemExit(f"{path.name} is larger than {LARGEST:,} bytes")


@torch.no_grad()
def traversals() -> plt.Figure:
    """A row of faces for each named latent, from -3 to 3; the others are those of a plain face."""
    model = beta_vae.load("beta_vae")
    plain = np.full((1, len(faces.NAMES)), 4)
    plain[0, [faces.NAMES.index(name) for name in ("mouth", "glasses")]] = 5, 0
    base = model.encoder(torch.from_numpy(faces.render(plain)))[0]
    rows = {}
    for name, latent in LATENTS.items():
        codes = base.repeat(7, 1)
        codes[:, latent] = torch.linspace(-3, 3, 7)
        rows[name] = torch.sigmoid(model.decoder(codes))
    return figures.colour_rows({"one latent of a β-VAE in each row": rows})


def drawn(figure: plt.Figure) -> np.ndarray:
    """A figure as a picture (height, width, 4) in [0, 1]."""
    content = io.BytesIO()
    figure.savefig(content, format="png")
    content.seek(0)
    return matplotlib.image.imread(content)


def figure_of(sheet: str, cell_id: str, which: int) -> np.ndarray:
    """A figure that a cell of an executed notebook shows, (height, width, 3 or 4) in [0, 1]."""
    (file,) = (ROOT / "solutions" / sheet).glob("*.ipynb")
    notebook = nbformat.read(file, as_version=4)
    (cell,) = [cell for cell in notebook.cells if cell.get("id") == cell_id]
    pages = [out.data["text/html"] for out in cell.outputs if "text/html" in out.get("data", {})]
    shown = [found[1] for page in pages for found in PNG.finditer(page)]
    return matplotlib.image.imread(io.BytesIO(base64.b64decode(shown[which])))


if __name__ == "__main__":
    main()
