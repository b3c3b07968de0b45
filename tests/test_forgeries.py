"""Replies that were made up earn nothing, though their author has read all of reference/.

Each module in tests/forgeries/ has a SHEET and a function `forge(request) -> reply`, the best that
such an author could write in 40 lines: it knows every constant, shape and probe, and computes none
of the student's functions. VALUES has the items for which any right reply is the answer itself, and
why.
"""

import importlib
import pkgutil

import forgeries
import pytest

from grader.course import outline
from grader.judging.judge import judge_item

SHARE = 0.15  # of an item's points, at most, rests on what only the student's process can know
MODULES = [
    importlib.import_module(f"forgeries.{found.name}")
    for found in pkgutil.iter_modules(forgeries.__path__)
]
ITEMS = [
    (module, item)
    for module in MODULES
    if hasattr(module, "forge")
    for item in outline.items(module.SHEET).values()
    if item.name not in getattr(module, "VALUES", {})
]


class Forged:
    """A session whose student has no function, but a reply to everything."""

    def __init__(self, forge):
        self.forge = forge

    def ask(self, request, seconds=0.0):
        return self.forge(request)


@pytest.mark.parametrize(("module", "item"), ITEMS, ids=[item.name for _, item in ITEMS])
def test_replies_that_were_made_up_earn_no_more_than_the_stated_share(module, item):
    report = judge_item(Forged(module.forge), module.SHEET, item, seed=11)
    passed = [line.what for line in report.lines if line.passed]
    assert report.score <= SHARE * item.points, passed
    assert not report.trouble, report.trouble
