"""What is read from a source notebook: the calls of judge, and the solution as a module."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.course import layout, names, outline
from grader.errors import CourseError, unknown


def hidden(*lines: str) -> str:
    body = "\n".join(lines)
    return f"assert True\n### BEGIN HIDDEN TESTS\n{body}\n### END HIDDEN TESTS\n"


@pytest.mark.parametrize(
    "lines",
    [
        ('judge("half")',),
        ("judge('half')",),
        ('judge("half", sheet="toy")',),
        ('judge("half", "toy")',),
        ("judge(", '    item="half",', ")"),
        ('verdict = judge("half")  # kept',),
        ("from grader import judge as verdict_on", 'verdict_on("half")'),
        ("import grader", 'grader.judge("half")'),
        ("import grader as g", 'g.judge("half")'),
        ("%matplotlib inline", 'judge("half")'),
    ],
)
def test_a_call_of_judge_is_found_however_it_is_spelled(lines):
    assert outline.judged_item(hidden(*lines)) == "half"


@pytest.mark.parametrize(
    "source",
    [
        'judge("half")\n',
        hidden('# judge("half")'),
        hidden('print("judge(half)")'),
        hidden("judge(name)"),
        hidden("judge("),
    ],
)
def test_what_is_no_call_in_a_hidden_region_is_not_found(source):
    assert outline.judged_item(source) is None


def test_a_call_says_which_sheet_it_names():
    (call,) = outline.judge_calls(hidden('judge("half", sheet="toy")'))
    assert call == outline.JudgeCall("half", "toy")


SCHEDULE = """\
import torch; STEPS = 50
BETAS = torch.linspace(1e-4, 0.02, STEPS)
unused = torch.zeros(3)
with torch.no_grad():
    ALPHAS = torch.cumprod(keep(BETAS), 0)

def keep(betas):
    return 1 - betas
"""
NOISED = '''\
def noised(x, t, eps):
    """x after t steps."""
    ### BEGIN SOLUTION
    unused = ALPHAS[t] ** 0.5
    return unused * x + (1 - ALPHAS[t]) ** 0.5 * eps
    ### END SOLUTION
'''


@pytest.fixture
def sheet(tmp_path, monkeypatch):
    """A sheet whose solution uses constants that are expressions."""
    name = f"sheet_{tmp_path.name.replace('-', '_')}"
    (tmp_path / name).mkdir()
    meta = {"grade_id": "noised", "schema_version": 3, "task": False, "locked": False}
    solution = meta | {"grade": False, "solution": True}
    test = meta | {"grade_id": "t", "grade": True, "solution": False, "points": 1}
    cells = [
        new_code_cell("%matplotlib inline\nfrom math import (\n    pi,\n)"),
        new_code_cell(SCHEDULE.replace("ALPHAS = torch.cumprod(keep(BETAS), 0)", "pass")),
        new_code_cell("ALPHAS = torch.cumprod(keep(BETAS), 0)"),
        new_code_cell(NOISED, metadata={"nbgrader": solution}),
        new_code_cell('STEPS = "of a test"', metadata={"nbgrader": test}),
        new_code_cell("noised = [noised(1, 2, 3)]\nx = 7"),
    ]
    nbformat.write(new_notebook(cells=cells), tmp_path / name / "noise.ipynb")
    monkeypatch.setattr(layout, "SOURCE", tmp_path)
    return name


def test_constants_that_are_expressions_are_taken_along_with_what_they_use(sheet):
    source = outline.solution_source(sheet)
    namespace = {}
    exec(source, namespace)
    assert namespace["noised"](0.0, 49, 1.0) == pytest.approx(0.630, abs=1e-3)
    assert namespace["STEPS"] == 50 and namespace["pi"] > 3


def test_nothing_is_taken_along_that_the_solution_does_not_use(sheet):
    source = outline.solution_source(sheet)
    for unwanted in ("unused = torch", "of a test", "x = 7", "noised = [", "matplotlib"):
        assert unwanted not in source


def test_a_line_of_a_text_that_looks_like_a_magic_stays():
    source = 'formula = r"""\n% a comment\n\\log 2\n"""\n'
    assert names.plain(source) == source


def test_the_names_that_a_function_uses_are_not_its_own():
    piece = names.piece("def f(a, b=DEFAULT):\n    c = a\n    return [c + d + GLOBAL for d in b]\n")
    assert piece.defines == {"f"} and piece.uses == {"DEFAULT", "GLOBAL"}


def test_a_source_that_is_no_notebook_is_named(tmp_path, monkeypatch):
    (tmp_path / "sheet_of_words").mkdir()
    (tmp_path / "sheet_of_words" / "x.ipynb").write_text("not a notebook")
    monkeypatch.setattr(layout, "SOURCE", tmp_path)
    with pytest.raises(CourseError, match=r"source/sheet_of_words/x\.ipynb is no notebook"):
        outline.read_source("sheet_of_words")


def test_an_unknown_name_is_answered_with_the_nearest_and_with_all():
    error = unknown("There is no sheet 'shet'.", "shet", ["sheet", "other"], "The sheets are")
    words = "There is no sheet 'shet'. Did you mean sheet? The sheets are: sheet, other."
    assert str(error) == words
    assert "mean" not in str(unknown("No.", "zzz", ["sheet"], "It has"))


def test_unknown_sheets_and_items_are_answered_so(toy_sheet):
    with pytest.raises(CourseError, match="Did you mean toy"):
        layout.find_sheet("tox")
    with pytest.raises(CourseError, match=r"toy has no item 'haf'\. Did you mean half\?"):
        outline.find_item(toy_sheet, "haf")
