"""The speed of drawing, reading pictures, reading notebooks: .venv/bin/python benchmarks/speed.py

Seconds of processor time on one core, the best of five: other programs make it slower, never
faster. What is stated of these speeds is in docs/faces.md and docs/beta_vae.md.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import torch
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grader.intake import reading
from helpers import faces
from reference.sheet4_beta_vae import reader

PICTURES, MEGABYTES, TRIES = 2_000, 50, 5


def best(action: Callable[[], object]) -> float:
    """The least processor time of some tries, in seconds, after one that does not count."""
    action()
    seconds = []
    for _ in range(TRIES):
        start = time.process_time()
        action()
        seconds.append(time.process_time() - start)
    return min(seconds)


def large_notebook(folder: Path) -> Path:
    """A notebook with one line of output that has so many megabytes."""
    output = new_output("stream", name="stdout", text="x" * (MEGABYTES * 1_000_000))
    file = folder / "large.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1", outputs=[output])]), file)
    return file


def main() -> None:
    torch.set_num_threads(1)
    factors = faces.draw(PICTURES, seed=9)
    images = torch.from_numpy(faces.render(factors))
    drawing, seeing = best(lambda: faces.render(factors)), best(lambda: reader.read(images))
    print(f"faces drawn:                   {PICTURES / drawing:8,.0f} pictures a second")
    print(f"factors read off faces:        {PICTURES / seeing:8,.0f} pictures a second")
    with tempfile.TemporaryDirectory() as folder:
        file = large_notebook(Path(folder))
        seconds = best(lambda: reading.read_submission(file))
    print(f"notebook of {MEGABYTES} MB of output read: {seconds:5.2f} s")


if __name__ == "__main__":
    main()
