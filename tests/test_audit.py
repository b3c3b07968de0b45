"""The audit: what it promises of every sheet, and that it would notice a weak check."""

import types

import pytest

from grader.audit import audit
from grader.audit.latex_mutants import latex_mutants
from grader.audit.mutants import mutants
from grader.course import banks, layout, outline
from grader.errors import CourseError

SEEDS = 3  # the command takes twenty, which is most of its time

ADD = '''\
def add(a, b, axis=-1):
    """Not a mutant: this text."""
    if not a > 0:
        raise ValueError("also not a mutant")
    return 2.0 * np.sum(a - b, axis=axis)
'''


@pytest.mark.parametrize("sheet", layout.sheets())
def test_the_checks_of_a_sheet_are_as_good_as_the_course_promises(sheet):
    figures = audit.measure(sheet, jobs=1, seeds=SEEDS)  # pytest runs a process for each core
    assert [problem for f in figures for problem in f.problems] == []
    for f in figures:
        assert f.mistakes_caught == f.mistakes >= 6, f.item
        assert f.alternatives_accepted == f.alternatives >= 3, f.item
        assert f.seeds_agree, f.item
        unexplained = [change for change, reason in f.survivors.items() if not reason]
        assert unexplained == [], f.item
    assert audit.satisfied(figures)


def test_mutants_change_operators_constants_reductions_arguments_and_conditions():
    found = "\n".join(mutant.change for mutant in mutants(ADD, "add"))
    for change in (
        "`a - b` → `a + b`",
        "`a - b` → `a`",
        "`a - b` → `b - a`",
        "`2.0` → `4.0`",
        "`np.sum(a - b, axis=axis)` → `np.mean(a - b, axis=axis)`",
        "`np.sum(a - b, axis=axis)` → `np.sum(a - b)`",
        "`a > 0` → `a >= 0`",
        "`a` → `b`",
    ):
        assert change in found
    assert "text" not in found and "also not" not in found


TWICE = '''\
class Twice(nn.Module):
    """Not a mutant: this text."""

    def __init__(self, width, rate):
        super().__init__()
        self.steps = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, width))
        self.scale = rate

    def forward(self, x):
        return self.scale * self.steps(x)
'''


def test_mutants_of_a_class_change_parameters_attributes_and_the_steps_of_a_sequence():
    found = mutants(TWICE, "Twice")
    changes = "\n".join(mutant.change for mutant in found)
    for change in (
        "`rate` → `width` in `self.scale = rate`",
        "`self.scale` → `self.steps` in `return self.scale * self.steps(x)`",
        "`self.scale * self.steps(x)` → `self.scale / self.steps(x)`",
        "`super().__init__()` → `(left out)`",
    ):
        assert change in changes
    assert any("nn.Sequential(nn.Linear(width, width), nn.Linear" in m.source for m in found)
    assert not any("`self`" in m.change or "text" in m.change for m in found)
    for mutant in found:
        compile(mutant.source, "mutant", "exec")


def test_a_guard_that_never_shows_in_right_code_is_not_changed():
    source = "def pairs(a, b):\n    return list(zip(a, b, strict=True))\n"
    changes = [mutant.change for mutant in mutants(source, "pairs")]
    assert changes and not any("→ `zip(a, b)`" in c or "`True` →" in c for c in changes)


def test_every_mutant_is_valid_python_and_unlike_the_others():
    sources = [mutant.source for mutant in mutants(ADD, "add")]
    assert len(set(sources)) == len(sources) > 15
    for source in sources:
        compile(source, "mutant", "exec")


def test_a_check_that_accepts_everything_lets_mutants_and_mistakes_through(monkeypatch):
    sheet = layout.sheets()[0]
    item = next(iter(outline.items(sheet)))
    real = banks.bank(sheet)

    def lenient(student, draw):
        yield student.holds(True, "accepts everything", core=True)

    checks = types.SimpleNamespace(**(vars(real.checks) | {item: lenient}))
    monkeypatch.setattr(
        banks, "bank", lambda name: banks.Bank(real.reference, checks, real.mistakes)
    )
    mistake = next(iter(banks.named_by_item(real.mistakes, item)))
    mutant = mutants(audit.solution_cell(sheet, item), item)[0]
    for task in (
        audit.Task(sheet, item, "mistake", mistake),
        audit.Task(sheet, item, "mutant", mutant.change, mutant.source),
    ):
        assert not audit.run(task).caught


def test_the_audit_tries_the_values_that_mistakes_and_alternatives_return(toy_sheet):
    tasks = [task for task in audit._tasks(toy_sheet) if task.item == "bit"]
    assert {task.kind for task in tasks} == set(audit._COUNT)
    known = banks.module(toy_sheet, "equivalents").EQUIVALENT
    figures = audit._figures("bit", [audit.run(task) for task in tasks], known)
    assert figures.problems == []
    assert figures.mistakes_named == figures.mistakes_caught == figures.mistakes == 2
    assert figures.alternatives_accepted == figures.alternatives == 1
    assert (figures.mutants, figures.mutants_caught) == (5, 3)
    assert all(figures.survivors.values())


def test_the_mutants_of_a_text_are_those_of_its_latex(toy_sheet, capsys):
    found = {task.name: task.source for task in audit._tasks(toy_sheet) if task.kind == "mutant"}
    value = audit._solution(toy_sheet)["bit"]
    assert capsys.readouterr().out == "", "what a solution cell prints would spoil --json"
    for change, text in latex_mutants(value):
        namespace = {}
        exec(found[change], namespace)
        assert namespace["bit"] == text != value


def test_the_solution_cell_of_a_variable_is_the_one_that_assigns_it(toy_sheet):
    assert audit.solution_cell(toy_sheet, "bit").startswith("bit = ")
    with pytest.raises(CourseError, match="defines no_such_item"):
        audit.solution_cell(toy_sheet, "no_such_item")


def test_a_mistake_or_alternative_that_cannot_be_had_is_a_problem(toy_sheet, monkeypatch):
    for kind, part in (("mistake", "mistakes"), ("alternative", "alternatives")):
        monkeypatch.setattr(
            banks.module(toy_sheet, part), "bit__broken", lambda: 1 / 0, raising=False
        )
        outcome = audit.run(audit.Task(toy_sheet, "bit", kind, "broken"))
        problems = audit._figures("bit", [outcome], {}).problems
        assert any("ZeroDivisionError" in problem for problem in problems)


def test_a_mistake_is_tried_on_the_other_items_that_use_the_function():
    namespace = {}
    source = "def inner(x):\n    return x\n\n\ndef outer(x):\n    return [inner(y) for y in x]\n"
    exec(
        source + "\n\ndef alone(x):\n    return x\n\n\nouter_most = lambda x: outer(x)\n", namespace
    )
    assert {"outer_most", "outer", "inner"} <= audit._mentioned(["outer_most"], namespace)
    assert "alone" not in audit._mentioned(["outer_most"], namespace)
    exec("class Layer:\n    def forward(self, x):\n        return alone(x)\n", namespace)
    assert {"Layer", "alone"} <= audit._mentioned(["Layer"], namespace)


def test_a_mistake_that_costs_another_item_is_seen(monkeypatch, toy_sheet):
    def half(student, draw):
        yield student.compare(_half_of_bit, what="halves the length of bit", core=True)

    real = banks.bank(toy_sheet)
    checks = types.SimpleNamespace(bit=real.checks.bit, half=half)
    reference = types.SimpleNamespace(**audit._solution(toy_sheet))
    monkeypatch.setattr(banks, "bank", lambda name: banks.Bank(reference, checks, real.mistakes))
    audit._reference.cache_clear()
    assert audit._users(toy_sheet) == {"bit": ("half",), "half": ()}
    mistaken = next(task for task in audit._tasks(toy_sheet) if task.kind == "mistake")
    assert audit.run(mistaken).others == mistaken.others == ("half",)
    audit._reference.cache_clear()


def _half_of_bit(functions):
    return functions["half"](len(functions["bit"]))


def test_the_reference_is_asked_once_for_each_request():
    asked = []

    class Session:
        def ask(self, request, seconds):
            asked.append(request)
            return {"status": "ok", "value": len(asked)}

    session = audit._CachingSession(Session())
    for request in ({"args": [1]}, {"args": [2]}, {"args": [1]}):
        session.ask(request)
    assert len(asked) == 2 and session.ask({"args": [2]})["value"] == 2


def test_a_variable_that_is_no_text_has_the_mutants_of_its_expression():
    source = "unit = 'nats'\nweights: list = [0.5, scale * 3]\n"
    changes = [mutant.change for mutant in mutants(source, "weights")]
    assert "`scale * 3` → `scale / 3` in `weights: list = [0.5, scale * 3]`" in changes
    assert mutants(source, "unit") == []
