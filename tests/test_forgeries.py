"""Replies that were made up earn nothing, though their author has read all of reference/.

Each module in tests/forgeries/ has a SHEET and a function `forge(request) -> reply`, the best that
such an author could write in 40 lines: it knows every constant, shape and probe, and computes none
of the student's functions. VALUES has the items for which any right reply is the answer itself, and
why. OTHERS has more such functions, where there are several ways to forge. WORD has the lines, for
each item, that rest on what only the student's process can know; docs/judge.md lists them.
"""

import contextlib
import importlib
import io
import pkgutil
import re
from functools import cache
from pathlib import Path

import forgeries
import pytest

from grader.course import layout, outline
from grader.judging.judge import judge_item
from grader.running.session import InProcess

SHARE = 0.15  # of an item's points, at most, rests on what only the student's process can know
DOC = Path(__file__).resolve().parents[1] / "docs" / "judge.md"
EVERYWHERE = {"leaves its arguments as they were"}
MODULES = [
    importlib.import_module(f"forgeries.{found.name}")
    for found in pkgutil.iter_modules(forgeries.__path__)
]
ALL = [(module, item) for module in MODULES for item in outline.items(module.SHEET).values()]
COMPUTED = [(module, one) for module, one in ALL if one.name not in getattr(module, "VALUES", {})]


def each(pairs):
    names = [item.name for _, item in pairs]
    return pytest.mark.parametrize(("module", "item"), pairs, ids=names)


def test_there_are_forgeries_for_every_sheet():
    assert [module.SHEET for module in MODULES] == layout.sheets()
    word = {(m.SHEET, item) for m in MODULES for item in getattr(m, "WORD", {})}
    assert set(stated_shares()) == word
    for module in MODULES:
        known = set(outline.items(module.SHEET))
        assert {*getattr(module, "VALUES", {}), *getattr(module, "WORD", {})} <= known


class Forged:
    """A session whose student has no function, but a reply to everything."""

    def __init__(self, forge):
        self.forge = forge

    def ask(self, request, seconds=0.0):
        return self.forge(request)


@cache
def solution(sheet):
    """A session with the functions of the solution."""
    namespace = {"__name__": "solution"}
    with contextlib.redirect_stdout(io.StringIO()):  # a cell may show what it defines
        exec(outline.solution_source(sheet), namespace)
    return InProcess(namespace)


@each(COMPUTED)
def test_replies_that_were_made_up_earn_no_more_than_the_stated_share(module, item):
    for seed, forge in enumerate((module.forge, *getattr(module, "OTHERS", ())), 11):
        report = judge_item(Forged(forge), module.SHEET, item, seed=seed)
        passed = [line.what for line in report.lines if line.passed]
        assert report.score <= SHARE * item.points, passed
        assert not report.trouble, report.trouble


@each(ALL)
def test_no_more_than_the_stated_share_rests_on_the_word_of_the_process(module, item):
    report = judge_item(solution(module.SHEET), module.SHEET, item, seed=11)
    assert report.passed, report.failed_lines
    word = EVERYWHERE | getattr(module, "WORD", {}).get(item.name, set())
    on_word = [line for line in report.lines if line.what in word]
    assert {line.what for line in on_word} >= word - EVERYWHERE
    share = sum(line.share for line in on_word) / sum(line.share for line in report.lines)
    assert share <= SHARE
    if word - EVERYWHERE:
        assert stated_shares()[module.SHEET, item.name] == round(100 * share)


def stated_shares():
    """The shares in docs/judge.md, in per cent, by sheet and item."""
    found = {}
    for line in DOC.read_text("utf-8").splitlines():
        if re.match(r"\| `sheet\w+` \| `", line):
            sheet, items, _, shares = line.strip("| ").split(" | ")
            names, numbers = re.findall(r"`(\w+)`", items), re.findall(r"(\d+) %", shares)
            for i, name in enumerate(names):
                found[sheet.strip("`"), name] = int(numbers[i if len(numbers) > 1 else 0])
    return found
