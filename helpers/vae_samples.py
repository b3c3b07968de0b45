"""Images that the VAE of sheet 3 draws, kept to be compared with those of other generators.

`make vae_samples` trains that VAE by the sheet's solution and writes the file. What is kept are the
*probabilities* that the decoder gives for codes from the prior; the VAE's samples proper, images of
zeros and ones, are drawn from them.
"""

import io
from pathlib import Path

import numpy as np

from helpers import files

FILE = Path(__file__).parent / "weights" / "vae_samples.npz"
LEVELS = 15  # a probability is kept as one of 0, 1/15, … 1, in half a byte


def probabilities() -> np.ndarray:
    """The pixels' probabilities of 10,000 images, float32 (10000, 784), rounded to 1/15."""
    with np.load(FILE, allow_pickle=False) as kept:
        packed = kept["probabilities"]
    levels = np.stack([packed >> 4, packed & 15], axis=-1).reshape(len(packed), -1)
    return levels.astype(np.float32) / LEVELS


def write(values: np.ndarray) -> None:
    """Keep probabilities (n, 784): rounded to 1/15, two pixels a byte, compressed."""
    levels = np.rint(np.asarray(values) * LEVELS).astype(np.uint8)
    content = io.BytesIO()
    np.savez_compressed(content, probabilities=levels[:, 0::2] << 4 | levels[:, 1::2])
    files.write(FILE, content.getvalue())
