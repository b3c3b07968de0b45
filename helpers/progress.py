"""Progress bars that look alike in a notebook, in a terminal, and in a notebook that is stored."""

import io
import sys
from collections.abc import Collection, Iterator
from typing import Any

from IPython import get_ipython
from IPython.display import display
from tqdm import tqdm


def bar(total: int, name: str, **options: Any) -> tqdm:
    """A tqdm bar of plain text: one output that changes, never on standard error.

    What is written there looks like a mistake in a notebook; and of a bar that is printed, the
    notebook's file keeps every state as an output of its own.
    """
    options = {"total": total, "desc": name, "ncols": 100, "mininterval": 0.3} | options
    if hasattr(get_ipython(), "kernel"):
        return _NotebookBar(file=io.StringIO(), ascii=False, **options)
    return tqdm(file=sys.stdout, **options)


def through(items: Collection, name: str) -> Iterator:
    """The items one after the other, with a bar that shows how many are done."""
    with bar(len(items), name) as shown:
        for item in items:
            yield item
            shown.update()


class _NotebookBar(tqdm):
    """Shows each state in the place of the one before, which is what a notebook keeps."""

    output = None

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        state = {"text/plain": str(self) if msg is None else msg}
        if self.output is None:
            self.output = display(state, raw=True, display_id=True)
        else:
            self.output.update(state, raw=True)
