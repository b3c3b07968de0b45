"""Progress bars that look alike in a notebook, in a terminal and in a stored output."""

import sys
from typing import Any

from tqdm import tqdm


def bar(total: int, name: str, **options: Any) -> tqdm:
    """A tqdm bar of plain text on standard output; standard error would look like a mistake."""
    return tqdm(total=total, desc=name, file=sys.stdout, ncols=100, mininterval=0.5, **options)
