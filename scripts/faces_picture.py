"""Draw docs/faces.png: some of the faces of `helpers.faces`, and what each factor changes.

.venv/bin/python scripts/faces_picture.py
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from helpers import faces  # noqa: E402

PICTURE = ROOT / "docs" / "faces.png"
ACROSS, GAP = 8, 2  # pictures in a row, pixels between them


def main() -> None:
    """Above, faces at random; below, one factor a row, the others as in the row's first face."""
    rows = {"": faces.draw(4 * ACROSS, seed=0)}
    for k, factor in enumerate(faces.FACTORS):
        factors = np.repeat(faces.draw(len(faces.FACTORS), seed=3)[k : k + 1], ACROSS, axis=0)
        factors[:, k] = np.linspace(0, factor.count - 1, ACROSS).round()
        rows[factor.name] = factors
    tables = [sheet(faces.render(factors)) for factors in rows.values()]
    heights = [len(table) for table in tables]
    figure, axes = plt.subplots(
        len(rows), 1, figsize=(9.2, sum(heights) / 82), dpi=100, height_ratios=heights
    )
    figure.subplots_adjust(left=0.16, right=0.84, top=0.998, bottom=0.002, hspace=0.04)
    for panel, table in zip(axes, tables, strict=True):
        panel.imshow(table, interpolation="nearest")
        panel.axis("off")
    for panel, factor in zip(axes[1:], faces.FACTORS, strict=True):
        middle = {"transform": panel.transAxes, "va": "center", "fontsize": 10}
        panel.text(-0.02, 0.5, f"{factor.name}:\n{factor.ends[0]}", ha="right", **middle)
        panel.text(1.02, 0.5, factor.ends[1], ha="left", **middle)
    figure.savefig(PICTURE, pil_kwargs={"optimize": True})
    print(f"drawn: {PICTURE.relative_to(ROOT)}")


def sheet(images: np.ndarray) -> np.ndarray:
    """Pictures (n, 3, 64, 64) side by side on white, ACROSS in a row."""
    table = np.pad(images, ((0, 0), (0, 0), (0, GAP), (0, GAP)), constant_values=1)
    side = faces.SIDE + GAP
    table = table.reshape(-1, ACROSS, 3, side, side).transpose(0, 3, 1, 4, 2)
    return table.reshape(-1, ACROSS * side, 3)


if __name__ == "__main__":
    main()
