"""The command `audit`: measure, and print the figures with what there is to do."""

import json
from collections.abc import Collection
from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.table import Table

from grader import terminal
from grader.audit import margins
from grader.audit.audit import SEEDS, Figures, measure, satisfied
from grader.course import outline


def audit(
    sheets: list[str],
    as_json: bool = False,
    jobs: int | None = None,
    only: Collection[str] = (),
    draws: int = 0,
    seeds: int = SEEDS,
) -> int:
    """Measure and print; 0 when everything is as it should be.

    only: the items to measure, which each of the sheets must have; none stands for all.
    draws: measure how far right answers stay from every threshold instead, with so many draws.
    seeds: with how many to judge each right answer and each mistake; a mutant is judged with one.
    """
    for sheet in sheets:
        for item in only:
            outline.find_item(sheet, item)
    if draws:
        return 0 if all([_margins(sheet, draws, jobs, only) for sheet in sheets]) else 1
    results = {sheet: measure(sheet, jobs, seeds, only=only) for sheet in sheets}
    if as_json:
        plain = {sheet: [asdict(figures) for figures in found] for sheet, found in results.items()}
        print(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        for sheet, found in results.items():
            _print(sheet, found, seeds)
    return 0 if all(satisfied(found) for found in results.values()) else 1


def _margins(sheet: str, draws: int, jobs: int | None, only: Collection[str]) -> bool:
    found = margins.measure(sheet, draws, jobs, only)
    margins.show(sheet, draws, found)
    return all(margin.wide for margin in found)


def _print(sheet: str, figures: list[Figures], seeds: int) -> None:
    console = terminal.output()
    title = f"audit {sheet}"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", show_footer=True)
    columns = {
        "check": lambda f: f.item,
        "mistakes caught": lambda f: f"{f.mistakes_caught}/{f.mistakes}",
        "named": lambda f: f"{f.mistakes_named}/{f.mistakes}",
        "mutants caught": lambda f: f"{f.mutants_caught}/{f.mutants}",
        "alternatives accepted": lambda f: f"{f.alternatives_accepted}/{f.alternatives}",
        f"{seeds} seed{'s' if seeds > 1 else ''}": lambda f: (
            "one score" if f.seeds_agree else "differ"
        ),
    }
    total = Figures("all")
    for name in ("mistakes", "mistakes_caught", "mistakes_named", "mutants", "mutants_caught"):
        setattr(total, name, sum(getattr(f, name) for f in figures))
    for name in ("alternatives", "alternatives_accepted"):
        setattr(total, name, sum(getattr(f, name) for f in figures))
    total.seeds_agree = all(f.seeds_agree for f in figures)
    for name, value in columns.items():
        table.add_column(name, footer=value(total), justify="left" if name == "check" else "right")
    for f in figures:
        table.add_row(*(value(f) for value in columns.values()))
    console.print(table)
    share = total.mutants_caught / total.mutants if total.mutants else 1.0
    console.print(f"{share:.1%} of the machine-made mutants are caught.", highlight=False)
    for f in figures:
        for problem in f.problems:
            _say(console, f"  PROBLEM: {f.item}: {problem}")
    _print_survivors(console, sheet, figures)


def _print_survivors(console: Console, sheet: str, figures: list[Figures]) -> None:
    """The survivors as lines of Python that can be pasted into equivalents.py."""
    survivors = {
        f"{f.item}: {mutant}": f.survivors[mutant] for f in figures for mutant in f.survivors
    }
    for title, chosen in (
        ("Survivors with a reason", {key: why for key, why in survivors.items() if why}),
        (
            f"PROBLEM: survivors without a reason -> catch them with a line more, or paste them "
            f"into EQUIVALENT in reference/{sheet}/equivalents.py, and say there why each "
            "computes the same",
            {key: why for key, why in survivors.items() if not why},
        ),
    ):
        if chosen:
            _say(console, f"  {title}:")
            for key, why in chosen.items():
                _say(console, f"    {_python(key)}: {_python(why)},")


def _python(text: str) -> str:
    """A text as Python writes it, in the double quotes of this project where possible."""
    return json.dumps(text, ensure_ascii=False)  # its escapes are Python's, too


def _say(console: Console, words: str) -> None:
    """A line that stays one, however narrow the terminal is."""
    console.print(words, markup=False, highlight=False, soft_wrap=True)
