"""Which given cells run in grading, and what is shown of those that do not."""

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grader.course import layout, outline
from grader.grading import execute, given, needed
from grader.grading.needed import Cell
from grader.intake import outputs
from grader.intake.cells import Given, StudentCell
from grader.intake.repair import _limit_outputs

IMPORTS = """
import os
import warnings
import matplotlib.pyplot as plt
import numpy as np
import torch
from helpers import figures, training
"""
HALF = "def half(x):\n    return x / 2"


JUDGED = frozenset({"half"})


def runs(source: str, *others: str, answer: str = HALF, use: str = "") -> bool:
    """Whether a given cell runs, ahead of other given cells, an answer and its test.

    use: a cell of the student's after the answer.
    """
    return bool(reasons(source, *others, answer=answer, use=use)[1])


def reasons(*given: str, answer: str = HALF, use: str = "") -> list[str]:
    cells = [Cell(source, is_given=True) for source in (IMPORTS, *given)]
    uses = [Cell(use)] if use else []
    return why([*cells, Cell(answer), *uses, Cell("assert half(2) == 1", asks=JUDGED)])


def why(cells: list[Cell]) -> list[str]:
    """Why each of these cells runs, whole or in part."""
    return [one.why for one in needed.of_cells(cells)]


# --- what rests

DRAWN = """
x = np.linspace(0, 1, 9)
values = [float(v) for v in x]
figure, (left, right) = figures.panels(2)
for panel, y in zip((left, right), (x, x**2), strict=True):
    panel.plot(x, y)
left.set_title(f"{x.max():.2f}")
"""


TABLE = "sizes = {'small': (2, 3), 'large': (5, 7)}"
USERS = "def shape(kind):\n    return [*sizes[kind]]", "lost = shape('small')\nlost.append(1)"


def test_after_the_last_test_nothing_runs_even_where_it_changes_what_the_answer_reads():
    answer = "def half(x):\n    return x / two"
    test = Cell("assert half(2) == 1", asks=frozenset({"half"}))
    cells = [Cell(IMPORTS, is_given=True), Cell(answer), test]
    after = [Cell("two = np.arange(3)", is_given=True), Cell("two[0] = 5", is_given=True)]
    assert why(cells + after)[-2:] == ["", ""]
    assert all(why([*cells, *after, Cell("half(3)")])[-3:])


@pytest.mark.parametrize(
    ("use", "rests"),
    [
        ("n = sizes['small'][0]", True),
        ("n = dict(**sizes)", True),
        ("n = [size for size in sizes.values()]", True),
        ("n = len(sizes), sorted(sizes), isinstance(sizes, dict)", True),
        ("def sorted(some):\n    some.clear()\n\n\nn = sorted(sizes)", False),
        ("def each(sizes):\n    sizes.clear()", True),
        ("each = lambda kind, sizes: sizes.clear()", True),
        ("def each(kind, other=sizes):\n    other.clear()", False),
        ("def each(kind):\n    sizes.clear()", False),
        ("kept = sizes", False),
        ("sizes['small'] = 1", False),
        ("sizes.update(a=1)", False),
        ("shape(sizes)", False),
        ("n = [sizes]", False),
    ],
)
def test_a_table_of_which_only_parts_are_read_cannot_be_changed(use, rests):
    found = why(
        [
            *(Cell(text, is_given=True) for text in (IMPORTS, TABLE, *USERS)),
            Cell(f"{use}\nprint(shape('small'))"),
        ]
    )
    assert bool(found[3]) is not rests


@pytest.mark.parametrize(
    ("loss", "rests"),
    [
        ("loss = torch.nn.BCEWithLogitsLoss(reduction='sum')", True),
        ("from tensorflow import keras\nloss = keras.losses.BinaryCrossentropy()", True),
        ("loss = torch.nn.BCELoss(reduction='sum')\nkept = loss", False),
        ("loss = torch.nn.BCELoss()\nloss.reduction = 'sum'", False),
        ("weight = torch.ones(1)\nloss = torch.nn.BCELoss(weight)", False),
        ("loss = torch.nn.Linear(1, 1)", False),
    ],
)
def test_a_loss_that_is_only_called_is_changed_by_no_call(loss, rests):
    answer = f"{loss}\ndef half(x):\n    return loss(x, x)"
    assert runs("shown = half(np.ones(3))", answer=answer) != rests


@pytest.mark.parametrize("read", [False, True])
def test_a_name_that_each_cell_gives_its_own_value_joins_no_cells(read):
    model = "model = torch.nn.Linear(2, 2)\npart = model.weight"
    table = "part = np.zeros(3)\npart[0] = 1"
    cells = [Cell(text, is_given=True) for text in (IMPORTS, model, table)]
    reasons = why([*cells, Cell("print(model, part)" if read else "print(model)")])
    assert bool(reasons[2]) is read


def test_an_import_that_changes_nothing_runs_only_for_its_names():
    assert not runs("from helpers import faces\nprint(faces.FACTORS)")
    assert runs("import pandas\nprint(pandas)")
    assert runs("from helpers import faces as half_faces", use="half(half_faces)")


@pytest.mark.parametrize(
    "source",
    [
        DRAWN,
        "print(np.arange(3).sum())",
        "model = torch.nn.Linear(2, 2)\ntraining.train(model)",
        "table = {}\ntable['a'] = 1\ntable.update(b=2)",
        "fig, ax = plt.subplots()\nax.plot([1], [2])",
    ],
)
def test_what_nobody_uses_rests(source):
    assert not runs(source)


def test_a_cell_after_the_last_test_rests_though_it_uses_the_answer():
    cells = [Cell(IMPORTS, is_given=True), Cell(HALF), Cell("half(2)", asks=frozenset({"half"}))]
    assert why([*cells, Cell("x = half(3)\nx += 1", is_given=True)])[-1] == ""


# --- parts of cells

MADE_AND_DRAWN = """
# Made here.
data = np.linspace(0, 1, 9)

@torch.no_grad()
def twice(x):
    return 2 * x

figure, (panel,) = figures.panels(1)
panel.plot(data)  # and drawn
note = "a"; data[0] = 1
print(
    data.sum(),
)
"""


def what_runs(source: str, **answers: str) -> list[str]:
    """The lines of a given cell that run."""
    cells = [Cell(IMPORTS, is_given=True), Cell(source, is_given=True)]
    cells += [Cell(text) for text in answers.values()]
    found = needed.of_cells([*cells, Cell("", asks=JUDGED)])[1].source
    kept = found.split("\n") if found else []
    assert len(kept) in (0, len(source.split("\n")))  # each line is where it was
    return [line for line in kept if line]


def test_of_a_given_cell_runs_what_answers_need():
    assert what_runs(MADE_AND_DRAWN, answer=HALF) == []
    answer = "def half(x):\n    return x / data[0]"
    made = ["data = np.linspace(0, 1, 9)", 'note = "a"; data[0] = 1']
    assert what_runs(MADE_AND_DRAWN, answer=answer) == made
    answer = "def half(x):\n    return twice(x) / 4"
    made = ["@torch.no_grad()", "def twice(x):", "    return 2 * x"]
    assert what_runs(MADE_AND_DRAWN, answer=answer) == made


def test_a_given_cell_of_which_nothing_rests_runs_as_it_stands():
    source = "# Where it is cut.\nCUT = 2  # nats\n\n# And why."
    assert what_runs(source, answer="y = CUT") == [line for line in source.split("\n") if line]


def test_imports_that_follow_each_other_run_together():
    source = "import scipy\nfrom scipy import stats\n\nimport math\nx = 1\nfrom helpers import data"
    assert what_runs(source, answer="y = scipy.stats") == [
        *("import scipy", "from scipy import stats", "import math")
    ]


def test_a_name_that_a_cell_uses_twice_is_one_name_in_its_parts():
    source = "rows = [1]\nrows.append(2)\nfor row in rows:\n    data = row"
    assert len(what_runs(source, answer="def half(x):\n    return x / data")) == 4


def test_what_a_test_shows_to_students_rests_except_where_something_needs_it():
    shown = "seen = [half(2)]\nassert seen[0] == 1"
    cells = [Cell(IMPORTS, is_given=True), Cell(HALF), Cell(shown, asks=JUDGED)]
    assert needed.of_cells(cells)[-1] == needed.Needed("", needed.STUDENTS)
    more = needed.of_cells([*cells, Cell("print(seen)")])[2]
    assert more.source.strip() == "seen = [half(2)]"
    drawn = [Cell("torch.manual_seed(0)", asks=JUDGED), Cell("x = torch.rand(3)")]
    assert needed.of_cells([*cells, *drawn])[3].source == "torch.manual_seed(0)"


# --- what runs because of a name


@pytest.mark.parametrize(
    ("answer", "use"),
    [
        ("def half(x):\n    return x / TWO", ""),
        ("half = lambda x: x / TWO", ""),
        ("y = TWO\n" + HALF, ""),
        ("try:\n    y = TWO\nexcept NameError:\n    y = 2\n" + HALF, ""),
        ("if 0:\n    TWO = 3\ny = TWO\n" + HALF, ""),
        ("for TWO in []:\n    pass\ny = TWO\n" + HALF, ""),
        ("TWO += 1\n" + HALF, ""),
        ("del TWO\n" + HALF, ""),
        (HALF, "assert half(TWO) == 1"),
    ],
)
def test_what_the_students_cells_read_runs(answer, use):
    assert runs("TWO = 2", answer=answer, use=use)


def test_a_name_that_a_cell_gives_a_value_before_it_reads_it_is_its_own():
    assert not runs("TWO = 2", use="TWO = 4\nassert half(TWO) == 2")


def test_what_a_needed_cell_needs_runs_too():
    assert runs("ONE = 1", "TWO = ONE + ONE", use="half(TWO)")
    assert runs("ONE = 1", "def two():\n    return ONE + ONE", use="half(two())")


def test_what_a_function_reads_runs_wherever_it_stands():
    after = "TWO = 2"
    assert all(reasons("def two():\n    return TWO", after, use="half(two())"))


def test_deleting_a_name_that_is_read_runs():
    assert runs("del half", answer=HALF, use="half")


def test_what_a_function_reads_is_needed_where_the_function_is_called_later():
    calls = "def scale(x):\n    return SIZE * x", "SIZE = len([3])"
    assert all(reasons(*calls, use="half(scale(1))"))
    assert all(reasons(*calls, answer="def half(x):\n    return scale(x) / 2", use="half(1)"))
    assert all(reasons(*calls, "ways = {'one': scale}", use="half(ways['one'](1))"))
    assert not any(reasons(*calls)[1:3])


@pytest.mark.parametrize("before", ["two = 2", "def two():\n    return 2", "import two"])
def test_a_function_may_give_any_name_another_value(before):
    answer = "def half(x):\n    return x / two\n\n\ndef change():\n    global two\n    two = 5"
    cells = [Cell(before, is_given=True), Cell(answer), Cell("change()", is_given=True)]
    assert why([*cells, Cell("assert half(2)", asks=JUDGED)])[2] == "it may change two"


def test_a_number_is_changed_by_no_function():
    assert not reasons("SIZE = 3", "training.train(SIZE)", use="y = SIZE")[2]
    assert all(reasons("SIZE = [3]", "training.train(SIZE)", use="y = SIZE")[:3])


# --- what runs because it may change an object


@pytest.mark.parametrize(
    "change",
    [
        "data.append(3)",
        "data[0] = 3",
        "data.shape = 3",
        "data += [3]",
        "del data[0]",
        "training.train(data)",
        "np.fill_diagonal(data, 0)",
        "np.add(data, 1, out=data)",
        "other = data\nother.append(3)",
        "pair = {'a': data}\nfor one in pair.values():\n    one.append(3)",
        "def change():\n    data.append(3)\n\n\nchange()",
        "def change():\n    global data\n    data = 3\n\n\nchange()",
        "[one.append(3) for one in [data]]",
        "(lambda some: some.append(3))(data)",
        "data.unknown()",
        "data.float()",
        "def change():\n    data.append(3)\n\n\nf = change\nf()",
        "figures.shown(lambda: data.append(3))",
        "class Box:\n    def fill(self):\n        data.append(3)\n\n\nBox().fill()",
    ],
)
def test_what_may_change_a_needed_object_runs(change):
    found = reasons("data = [1, 2]", change, use="half(data[0])")
    assert all(found[:3]), found


@pytest.mark.parametrize("use", ["print(data)", "x = np.sum(data)", "data.mean()", "len(data)"])
def test_what_only_reads_a_needed_object_rests(use):
    assert not reasons("data = [1, 2]", use, use="half(data[0])")[2]


def test_what_uses_up_a_needed_iterator_runs():
    found = reasons("data = iter([1, 2])", "print(sum(data))", use="half(next(data))")
    assert all(found[:3]), found


def test_a_function_that_has_a_second_name_changes_the_same():
    found = reasons(
        "data = [1]",
        "def change():\n    data.append(3)",
        "ways = {'one': change}",
        "ways['one']()",
        use="half(data)",
    )
    assert all(found), found


def test_a_method_does_not_see_the_names_of_its_class():
    answer = f"class Two:\n    TWO = 3\n    def two(self):\n        return TWO\n\n\n{HALF}"
    assert runs("TWO = 2", answer=answer)


def test_a_name_that_a_pattern_binds_counts():
    assert runs("match 3:\n    case TWO:\n        pass", use="half(TWO)")


def test_a_function_with_the_name_of_one_of_pythons_may_change_its_arguments():
    answer = f"def len(x):\n    x.append(3)\n\n\n{HALF}"
    assert reasons("data = [1]", "len(data)", answer=answer, use="half(data)")[2]


# --- what runs in any case


@pytest.mark.parametrize(
    "source",
    [
        "import pandas",
        "%load_ext autoreload",
        "!ls",
        "os.chdir('..')",
        "warnings.simplefilter('error')",
        "np.seterr(all='raise')",
        "torch.set_default_dtype(torch.float64)",
        "plt.style.use('ggplot')",
        "plt.rcParams['font.size'] = 3",
        "np.pi = 3",
        "open('there', 'w').write('1')",
        "figure, _ = figures.panels(1)\nfigure.savefig('there.png')",
        "np.save('there', np.zeros(1))",
        "def settle():\n    torch.set_default_dtype(torch.float64)\n\n\nsettle()",
        "raise OSError",
        "1 +",
    ],
)
def test_what_reaches_beyond_its_names_runs(source):
    assert runs(source)


@pytest.mark.parametrize(
    "source", ["np.random.seed(0)", "torch.manual_seed(0)", "x = torch.rand(3)"]
)
def test_random_numbers_count_where_the_students_own_cell_computes(source):
    assert runs(source, answer=f"y = torch.rand(2)\n{HALF}")
    assert not runs(source)


# --- what the sheet gives below an answer

DERIVED = "proof = r'x &= x'"
CHECKED = 'check_derivation("proof", proof)'
FROM = "from helpers.derivations import check_derivation"


@pytest.mark.parametrize(
    ("below", "more", "rests"),
    [
        (CHECKED, "", True),
        (f"  # all of it\n{CHECKED}\n", "", True),
        (CHECKED.replace("proof)", "proof )"), "", False),
        (f"print(proof); {CHECKED}", "", False),
        (f"found = {CHECKED}", "", False),
        (CHECKED, "def check_derivation(name, text):\n    global proof\n    proof = 'y'", False),
    ],
)
def test_the_sheets_own_line_below_an_answer_rests_unless_something_needs_it(below, more, rests):
    answer = f"{DERIVED}\n{below}"
    cells = [Cell(FROM, is_given=True), Cell(more), Cell(answer, gives=frozenset({CHECKED}))]
    found = needed.of_cells([*cells, Cell("assert proof", asks=frozenset({"proof"}))])[2]
    assert (CHECKED not in found.source) if rests else found.source == answer
    assert DERIVED in found.source and found.why == needed.STUDENTS


def test_the_sheets_own_lines_in_answers_are_those_outside_of_the_solutions():
    found = given.in_answers("sheet1_kl")
    line = 'check_derivation("elbo_split_derivation", elbo_split_derivation)'
    assert found["elbo-split-derivation"] == {line} and not found["kl-discrete"]


# --- where everything runs


@pytest.mark.parametrize(
    "answer",
    [
        "from numpy import *",
        "globals()['x']",
        "def half(x):\n    return eval('x / TWO')",
        "exec('pass')",
        "import __main__",
        "import sys\nsys.modules['x']",
        "from sys import modules",
        "get_ipython()",
        "print(_)",
        "Out[1]",
        "f = half.__globals__",
        "%run there.py",
        "def broken(:",
    ],
)
def test_where_a_cell_may_use_any_name_all_run(answer):
    assert all(reasons(DRAWN, "TWO = 2", answer=f"{HALF}\n{answer}"))


def test_a_switch_runs_everything(toy_sheet, monkeypatch):
    notebook = new_notebook(cells=[new_code_cell("import math"), new_code_cell("   ")])
    monkeypatch.setenv(needed.VARIABLE, "1")
    assert needed.in_notebook(notebook, toy_sheet) == {0: needed.Needed("import math", needed.ALL)}


def test_a_changed_cell_runs(toy_sheet):
    notebook = new_notebook(cells=[new_code_cell("import math  # changed")])
    found = needed.in_notebook(notebook, toy_sheet)
    assert found == {0: needed.Needed("import math  # changed", needed.STUDENTS)}


@pytest.mark.parametrize("sheet", layout.sheets())
def test_the_command_says_for_each_given_cell_whether_it_runs(sheet, capsys):
    needed.show(sheet)
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.startswith(f"{sheet}: of {len(lines)} given cells")
    assert sum(line.startswith("rests") for line in lines) == int(head.split()[5])


SIX = (
    "sheet1_kl",
    "sheet2_autoencoder",
    "sheet3_vae",
    "sheet4_beta_vae",
    "sheet5_gan",
    "sheet6_flow",
)


@pytest.mark.parametrize("sheet", SIX)
def test_of_a_right_submission_runs_hardly_more_than_imports_and_answers(sheet):
    notebook = outline.read_source(sheet)
    found = needed.in_notebook(notebook, sheet)
    running = {notebook.cells[place].id for place, one in found.items() if one.source.strip()}
    answers = {c.id for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")}
    # Two constants of sheet 5, and a check that turns warnings into errors.
    assert running - answers <= {"imports", "sizes", "kl-discrete-test"}


def test_kernels_are_forked_where_is_imported_what_a_right_submission_runs():
    last = "from helpers.digit_classifier import look as classify"  # in a cell that draws a table
    done = needed.imports("sheet5_gan").splitlines()
    assert set(given.imports("sheet5_gan").splitlines()) - set(done) == {last}


# --- what is shown


def test_outputs_as_handed_in_are_rebuilt_and_bounded():
    handed_in = [
        {"output_type": "stream", "name": "other", "text": ["a", "b"]},
        {"output_type": "display_data", "data": {"text/plain": "c", "application/json": {}}},
        {"output_type": "execute_result", "data": {"image/png": ["d", "e"]}, "metadata": {"f": 1}},
        {"output_type": "error", "ename": 1, "evalue": "g", "traceback": ["h", 2]},
        *({"output_type": "unknown"}, "no output", {"output_type": "display_data", "data": {}}),
    ]
    kept = outputs.rebuilt(handed_in)
    assert [one.output_type for one in kept] == ["stream", "display_data", "display_data", "error"]
    assert kept[0].text == "ab" and kept[1].data == {"text/plain": "c"} and kept[2].metadata == {}
    assert outputs.rebuilt({"a": 1}) == outputs.rebuilt(None) == []
    long = {"output_type": "stream", "name": "stdout", "text": "x" * (outputs.MAX_CHARACTERS - 99)}
    assert len(outputs.rebuilt([long, long])) == 1


def test_outputs_stay_below_given_cells_once():
    shown = [new_output("stream", name="stdout", text="seen")]
    sheet = Given({"x = 1": "code"}, frozenset(), {}, {})
    cells = [StudentCell("code", source, outputs=shown) for source in ("x = 1", "x = 1", "x = 2")]
    _limit_outputs(cells, sheet)
    assert [len(cell.outputs) for cell in cells] == [1, 0, 0]
    assert cells[0].as_node(1).outputs == shown


def test_outputs_as_handed_in_are_marked():
    assert "handed in without output" in execute._as_handed_in([])[0].text
    shown = [NotebookNode(output_type="stream", name="stdout", text="seen")]
    mark, *rest = execute._as_handed_in(shown)
    assert "What follows was handed in" in mark.text and rest == shown
