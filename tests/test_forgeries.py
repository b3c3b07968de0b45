"""Replies that were made up earn nothing, though their author has read all of reference/.

Each module in tests/forgeries/ has a SHEET and a function `forge(request) -> reply`, the best that
such an author could write in 40 lines: it knows every constant, shape and probe, and computes none
of the student's functions. VALUES has the items for which any right reply is the answer itself, and
why. WORD has the lines, for each item, that rest on what only the student's process can know;
docs/judge.md lists them.
"""

import contextlib
import importlib
import io
import pkgutil
from functools import cache

import forgeries
import pytest

from grader.course import outline
from grader.judging.judge import judge_item
from grader.running.session import InProcess

SHARE = 0.15  # of an item's points, at most, rests on what only the student's process can know
EVERYWHERE = {"leaves its arguments as they were"}
MODULES = [
    importlib.import_module(f"forgeries.{found.name}")
    for found in pkgutil.iter_modules(forgeries.__path__)
]
ITEMS = [
    pytest.param(module, item, id=item.name)
    for module in MODULES
    for item in outline.items(module.SHEET).values()
    if item.name not in getattr(module, "VALUES", {})
]


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


@pytest.mark.parametrize(("module", "item"), ITEMS)
def test_replies_that_were_made_up_earn_no_more_than_the_stated_share(module, item):
    report = judge_item(Forged(module.forge), module.SHEET, item, seed=11)
    passed = [line.what for line in report.lines if line.passed]
    assert report.score <= SHARE * item.points, passed
    assert not report.trouble, report.trouble


@pytest.mark.parametrize(("module", "item"), ITEMS)
def test_no_more_than_the_stated_share_rests_on_the_word_of_the_process(module, item):
    report = judge_item(solution(module.SHEET), module.SHEET, item, seed=11)
    assert report.passed, report.failed_lines
    word = EVERYWHERE | getattr(module, "WORD", {}).get(item.name, set())
    on_word = [line for line in report.lines if line.what in word]
    assert {line.what for line in on_word} >= word - EVERYWHERE
    assert sum(line.share for line in on_word) <= SHARE * sum(line.share for line in report.lines)
