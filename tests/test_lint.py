"""The lint: what it finds in a sheet, each with what to do, without running the sheet."""

import subprocess
import sys

import pytest

from grader.authoring import definitions, lint
from grader.course import banks, layout, outline

MADE_LATER = ("release/", "solutions/")  # findings on a sheet of which nothing was made yet


def findings(sheet: str) -> list[str]:
    """What the lint says of the sheet's own files."""
    found = [str(finding) for finding in lint.findings(sheet)]
    return [words for words in found if not words.startswith(MADE_LATER)]


def test_a_new_sheet_lacks_only_what_commands_make(new_sheet, capsys):
    assert findings(new_sheet.sheet) == []
    assert lint.lint([new_sheet.sheet]) == 1
    said = capsys.readouterr().out
    for command in ("release", "solutions"):
        assert f"Run `python -m grader {command} {new_sheet.sheet}`." in said
    assert said.splitlines()[-1] == f"lint {new_sheet.sheet}: 2 to fix"


DAMAGE = {
    "an output": (
        lambda made: made.change_cell("imports", execution_count=3),
        "cell imports: It has outputs or an execution count. Clear all outputs",
    ),
    "a random id": (
        lambda made: made.change_cell("entropy", id="4f1a-77"),
        "cell 4f1a-77: The cell's id is not its grade id 'entropy'.",
    ),
    "one id twice": (
        lambda made: made.change_cell("imports", id="title"),
        "cell title: 2 cells have this id.",
    ),
    "no Python": (
        lambda made: made.change_cell("imports", source="import numpy as"),
        "cell imports: It is no valid Python.",
    ),
    "an import that students lack": (
        lambda made: made.change_cell("imports", source="def f():\n    import reference"),
        "cell imports: It imports reference, which students do not have.",
    ),
    "no call of judge": (
        lambda made: made.change(made.notebook, 'judge(\\"entropy\\")', "pass"),
        "cell entropy-test: It has 0 calls of judge in a hidden region. Write one",
    ),
    "an item of another sheet": (
        lambda made: made.change(
            made.notebook, 'judge(\\"entropy\\")', 'judge(\\"entropy\\", sheet=\\"toy\\")'
        ),
        "cell entropy-test: It judges an item of toy. Leave sheet= out.",
    ),
    "a long solution": (
        lambda made: made.change_cell(
            "entropy",
            source="def entropy(p):\n    ### BEGIN SOLUTION\n"
            + "    p = p + 0\n" * 13
            + "    ### END SOLUTION",
        ),
        "cell entropy: The solution has 13 lines; at most 12 are expected.",
    ),
    "no markers": (
        lambda made: made.change_cell("entropy", source="def entropy(p):\n    return p"),
        "cell entropy: It is a solution without the lines ### BEGIN SOLUTION",
    ),
    "no rubric": (
        lambda made: made.change(made.notebook, "**Rubric**", "Points"),
        "cell entropy-meaning: The text has no rubric. Add **Rubric** below the model answer",
    ),
    "a rubric of other points": (
        lambda made: made.change(made.notebook, "- 1 point: all mass", "- 2 points: all mass"),
        "cell entropy-meaning: The lines of its rubric come to 3 points, and it earns 2.",
    ),
    "a foreign form": (
        lambda made: made.change(made.notebook, '\n "cells"', '\n  "cells"'),
        "The file is not formatted as Jupyter does.",
    ),
    "a module that is missing": (
        lambda made: made.bank("alternatives").unlink(),
        "alternatives.py: The file is missing. Compare with what",
    ),
    "a module that is no Python": (
        lambda made: made.bank("mistakes").write_text("def f(:\n"),
        "mistakes.py:1: This is no valid Python",
    ),
    "an import of the grader": (
        lambda made: made.change(made.bank("checks"), "import numpy", "import grader, numpy"),
        "It imports grader. A bank may import helpers and derivations",
    ),
    "no check": (
        lambda made: made.change(made.bank("checks"), "def entropy(", "def _entropy("),
        "There is no check for entropy. Write `def entropy(student, draw)`",
    ),
    "a check of another name": (
        lambda made: made.change(made.bank("checks"), "def entropy(", "def entropi("),
        "entropi belongs to no item. Did you mean entropy?",
    ),
    "no reference": (
        lambda made: made.change(made.bank("reference"), "def entropy(", "def other("),
        "reference.py: There is no entropy. Write the right implementation",
    ),
    "few mistakes": (
        lambda made: made.change(made.bank("mistakes"), "def entropy__n", "def _entropy__n"),
        "entropy has 4 mistakes; at least 6 are expected. Add functions `entropy__<name>`.",
    ),
    "few alternatives": (
        lambda made: made.change(made.bank("alternatives"), "entropy__e", "_e"),
        "entropy has 2 alternatives; at least 3 are expected.",
    ),
    "a mistake without a sentence": (
        lambda made: made.change(
            made.bank("mistakes"), '    """A negative probability goes unnoticed."""\n', ""
        ),
        "entropy__negative_accepted has no docstring. Write what is wrong with it",
    ),
    "a mistake of no item": (
        lambda made: made.change(made.bank("mistakes"), "entropy__in_bits", "entrop__in_bits"),
        "entrop__in_bits belongs to no item. Did you mean entropy?",
    ),
    "an equivalent of no item": (
        lambda made: made.change(made.bank("equivalents"), '"entropy: ', '"entopy: '),
        "belongs to no item. Did you mean entropy?",
    ),
    "an equivalent without a reason": (
        lambda made: made.bank("equivalents").write_text('EQUIVALENT = {"entropy: a": ""}\n'),
        "There is no reason for 'entropy: a'. Say why it computes the same",
    ),
    "a style of its own": (
        lambda made: made.change(
            made.bank("checks"), "import numpy as np\n", "import numpy as N\n"
        ),
        "ruff check: ",
    ),
}


@pytest.mark.filterwarnings("ignore:Non-unique cell id")  # nbformat's own word on one of them
@pytest.mark.parametrize("what", DAMAGE)
def test_what_a_sheet_lacks_is_found_and_said(new_sheet, what):
    damage, words = DAMAGE[what]
    damage(new_sheet)
    found = findings(new_sheet.sheet)
    assert any(words in finding for finding in found), found


def test_a_module_that_is_missing_is_said_once(new_sheet):
    new_sheet.bank("mistakes").unlink()
    (finding,) = lint.findings(new_sheet.sheet)
    assert "mistakes.py" in str(finding)


def test_a_value_item_has_mistakes_and_alternatives_that_are_values(toy_sheet, monkeypatch):
    rule = lint.bank.returns_values_for_value_items
    assert list(rule(toy_sheet)) == []
    mistakes = banks.module(toy_sheet, "mistakes")
    monkeypatch.setattr(mistakes, "bit__no_logarithm", lambda: None)
    monkeypatch.setattr(mistakes, "bit__of_three", lambda: 3)
    said = " ".join(str(finding) for finding in rule(toy_sheet))
    assert "bit__no_logarithm returns no value" in said and "bit__of_three returns no str" in said


@pytest.mark.parametrize("part", ["checks", "mistakes", "alternatives", "reference"])
@pytest.mark.parametrize("sheet", layout.sheets())
def test_reading_a_module_finds_what_importing_it_finds(sheet, part):
    read = definitions.definitions(sheet, part)
    values = vars(banks.module(sheet, part))
    for item in outline.items(sheet).values():
        wanted = (item.name, *item.answers) if part in ("checks", "reference") else ()
        for name in {*wanted, *(n for n in values if n.startswith(f"{item.name}__"))}:
            assert (name in read) == (name in values), name
            if part == "mistakes":  # whose docstrings students read
                assert bool(read[name].docstring) == bool(values[name].__doc__), name


def test_reading_a_sheet_whose_bank_is_all_written_down_imports_no_framework():
    banks = {sheet: layout.ROOT / "reference" / sheet for sheet in layout.sheets()}
    plain = [
        s for s, b in banks.items() if "globals()" not in (b / "mistakes.py").read_text("utf-8")
    ]
    sheet = plain[0]
    code = f"""
import sys
from grader.authoring import lint
lint.findings({sheet!r})
print({{"torch", "tensorflow"}} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
