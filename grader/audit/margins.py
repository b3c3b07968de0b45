"""How far do right answers stay from every threshold? Measured over many draws.

A check that compares numbers has a tolerance. Rounding differs between batch sizes, numbers of
threads and processors; where a right answer comes near the tolerance on one machine, it may be
refused on another. So the solution and every alternative are judged with many draws, and each line
shows its smallest margin: the tolerance over the largest deviation.
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

from grader import terminal
from grader.audit import audit
from grader.course import outline
from grader.judging.judge import Depth
from grader.judging.report import plain
from grader.running.session import InProcess

WANTED = 10.0
IN_SIGHT = 1000.0
BLOCK = 20  # draws that one process judges at a time, for all right answers to an item


@dataclass(frozen=True)
class Margin:
    """What right answers did to a line.

    item: the item that the line is about;
    line: what the line says;
    factor: the smallest margin of all draws and answers, infinite where all were exact;
    nearest: the name of the right answer that came nearest;
    refused: how often the line failed.
    """

    item: str
    line: str
    factor: float = math.inf
    nearest: str = ""
    refused: int = 0

    @property
    def wide(self) -> bool:
        return self.factor >= WANTED and not self.refused

    def and_also(self, other: "Margin") -> "Margin":
        """The two of one line together."""
        nearer = min(self, other, key=lambda margin: margin.factor)
        refused = self.refused + other.refused
        return Margin(self.item, self.line, nearer.factor, nearer.nearest, refused)


def measure(
    sheet: str, draws: int, jobs: int | None = None, only: Collection[str] = ()
) -> list[Margin]:
    """The margin of each line of the checks of a sheet, in the order of the sheet."""
    items = [item for item in outline.items(sheet) if item in only or not only]
    starts = range(0, draws, BLOCK)
    tasks = [(sheet, item, range(a, min(a + BLOCK, draws))) for item in items for a in starts]
    blocks = audit.in_processes(_block, tasks, jobs, f"margins {sheet}")
    return _together(margin for block in blocks for margin in block)


def _block(task: tuple[str, str, range]) -> list[Margin]:
    """The margins of some draws, for all right answers to one item."""
    sheet, item, seeds = task
    audit.local_of.cache_clear()  # what it keeps would grow with every draw
    right = audit.right_answers(sheet, item)
    return _together(margin for answer in right for margin in _margins(answer, seeds))


def _margins(task: audit.Task, seeds: Iterable[int]) -> list[Margin]:
    session = InProcess(audit.namespace_with(task))
    item = outline.items(task.sheet)[task.item]
    reports = [audit.judged(session, task.sheet, item, seed, Depth.SCORE) for seed in seeds]
    return [
        Margin(task.item, plain(line.what), line.margin, task.name, int(not line.passed))
        for report in reports
        for line in report.lines
    ]


def _together(margins: Iterable[Margin]) -> list[Margin]:
    """One for each line."""
    found: dict[tuple[str, str], Margin] = {}
    for margin in margins:
        key = margin.item, margin.line
        found[key] = found[key].and_also(margin) if key in found else margin
    return list(found.values())


def show(sheet: str, draws: int, margins: list[Margin]) -> None:
    """Print each line that comes within sight of its threshold, and what is too near."""
    console = terminal.output()
    title = f"margins of {sheet}, {draws} draws"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for name in ("check", "line", "margin", "nearest"):
        table.add_column(name, justify="right" if name == "margin" else "left")
    in_sight = [margin for margin in margins if margin.factor < IN_SIGHT]
    for margin in in_sight:
        table.add_row(margin.item, margin.line, f"{margin.factor:.3g}", margin.nearest)
    console.print(table)
    others = len(margins) - len(in_sight)
    words = f"{others} more lines are exact, or stay away by a factor of {IN_SIGHT:g} and more."
    console.print(words, highlight=False)
    for margin in margins:
        if not margin.wide:
            _say(console, margin)


def _say(console: Console, margin: Margin) -> None:
    what = f"PROBLEM: {margin.item}, {margin.line!r}: "
    if margin.refused:
        what += f"right answers are refused {margin.refused} times -> the check asks too much"
    else:
        what += (
            f"{margin.nearest} comes within a factor of {margin.factor:.3g} of the threshold -> "
            "compare on a scale that the values set, or allow more"
        )
    console.print(f"  {what}", markup=False, highlight=False, soft_wrap=True)
