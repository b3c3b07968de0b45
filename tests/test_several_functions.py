"""Items that consist of several functions, judged below the last of them."""

import nbformat
import pytest
import toy

import reference
from grader.audit import audit
from grader.course import banks, layout, outline
from grader.grading.check_files import check_file

SHEET = "pair"
THERE = '''
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
'''
BACK = '''
def undouble(y):
    """The x with double(x) = y."""
    ### BEGIN SOLUTION
    return y / 2
    ### END SOLUTION
'''
PARTS = {
    "__init__": '"""A sheet for tests."""\n',
    "reference": "def double(x):\n    return x + x\n\n\ndef undouble(y):\n    return 0.5 * y\n",
    "checks": """
def double(student, draw):
    for name in ("double", "undouble"):
        yield student.compare(name, draw.normal(), what=name, core=True)
""",
    "mistakes": '''
def double__squared(x):
    """It is squared."""
    return x * x


def double__undouble__doubled_again(y):
    """It is doubled once more."""
    return 2 * y
''',
    "alternatives": "def double__undouble__times(y):\n    return y * 0.5\n",
    "equivalents": "EQUIVALENT = {}\n",
}


def write(root, solutions):
    """A sheet with these solution cells and one test below them."""
    for folder in ("source", "reference"):
        (root / folder / SHEET).mkdir(parents=True)
    solution = {"grade": False, "locked": False, "solution": True}
    test = {"grade": True, "locked": True, "points": 2, "solution": False}
    cells = [toy._cell(f"part-{i}", source, solution) for i, source in enumerate(solutions)]
    cells.append(toy._cell("double-test", toy._test("double"), test))
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(notebook, root / "source" / SHEET / "pair.ipynb")
    for name, source in PARTS.items():
        (root / "reference" / SHEET / f"{name}.py").write_text(source)


@pytest.fixture(params=["a cell for each", "one cell for both"])
def pair(request, tmp_path, monkeypatch):
    """The item, in a course of its own."""
    both = [THERE, BACK] if request.param == "a cell for each" else [f"{THERE.strip()}\n\n{BACK}"]
    write(tmp_path, both)
    monkeypatch.setattr(layout, "SOURCE", tmp_path / "source")
    monkeypatch.setattr(reference, "__path__", [str(tmp_path / "reference")])
    caches = (outline.read_source, banks.bank, audit.solution_cell, audit._solution_code)
    for cached in (*caches, audit.local_of):
        cached.cache_clear()
    yield outline.items(SHEET)["double"]
    for cached in (*caches, audit.local_of):
        cached.cache_clear()


def test_the_item_is_named_by_one_function_and_knows_the_other(pair):
    assert pair.answers == ("double", "undouble")
    assert pair.replaced_by("squared") == "double"
    assert pair.replaced_by("undouble__doubled_again") == "undouble"


def test_a_mistake_takes_the_place_of_the_function_that_it_names(pair, tmp_path):
    file = tmp_path / "answers.py"
    for there, back, mistake in (
        ("2 * x", "y / 2", None),
        ("x * x", "y / 2", "squared"),
        ("2 * x", "y * 2", "undouble__doubled_again"),
    ):
        file.write_text(f"def double(x): return {there}\n\ndef undouble(y): return {back}\n")
        (report,) = check_file(file, SHEET, "secret")
        assert [line.mistake for line in report.failed_lines] == [mistake] * (mistake is not None)
        assert report.passed == (mistake is None)


def test_why_the_other_function_is_missing_is_said(pair, tmp_path):
    file = tmp_path / "answers.py"
    file.write_text("def double(x):\n    return 2 * x\n\n\ndef undouble(y):\n    return (y / 2\n")
    (report,) = check_file(file, SHEET, "secret")
    assert report.score == 0
    assert "Its definition fails with SyntaxError" in report.failed_lines[0].message


def test_the_audit_changes_both_functions(pair):
    outcomes = [audit.run(task, seeds=2) for task in audit.tasks_of(SHEET)]
    figures = audit._figures("double", outcomes, {})
    assert figures.problems == [] and figures.survivors == {}
    assert figures.mistakes_named == figures.mistakes_caught == figures.mistakes == 2
    assert figures.alternatives_accepted == figures.alternatives == 1
    changes = [outcome.task.name for outcome in outcomes if outcome.task.kind == "mutant"]
    assert {change.startswith("undouble: ") for change in changes} == {True, False}


def test_an_item_has_no_function_that_is_an_item_of_its_own(toy_sheet):
    assert [item.other_functions for item in outline.items(toy_sheet).values()] == [(), ()]
