"""The audit: what it promises of every sheet, and that it would notice a weak check."""

import math
import types

import numpy as np
import pytest

from grader.__main__ import main
from grader.audit import audit, command, margins, uses
from grader.audit.latex_mutants import latex_mutants
from grader.audit.mutants import mutants
from grader.course import banks, layout, outline
from grader.errors import CourseError
from grader.judging import comparing
from grader.judging.local import Local
from grader.judging.requests import request_for
from grader.running import agent
from grader.running.session import InProcess

SEEDS = 2  # the command takes twenty, which is most of its time

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
    sums = (sum(getattr(f, n) for f in figures) for n in ("mistakes", "mutants", "alternatives"))
    row = " | ".join(map(str, [f"`{sheet}`", len(figures), *sums]))
    assert f"| {row} |" in (layout.ROOT / "README.md").read_text("utf-8"), row


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
    mistake = next(iter(banks.named_by_item(banks.bank(sheet).mistakes, item)))

    def lenient(student, draw):
        yield student.holds(True, "accepts everything", core=True)

    _with_check(monkeypatch, sheet, **{item: lenient})
    mutant = mutants(audit.solution_cell(sheet, item), item)[0]
    for task in (
        audit.Task(sheet, item, "mistake", mistake),
        audit.Task(sheet, item, "mutant", mutant.change, mutant.source),
    ):
        assert not audit.run(task).caught


def _with_check(monkeypatch, sheet, **checks):
    """The sheet with other checks."""
    real = banks.bank(sheet)
    checks = types.SimpleNamespace(**(vars(real.checks) | checks))
    monkeypatch.setattr(
        banks, "bank", lambda name: banks.Bank(real.reference, checks, real.mistakes)
    )


def test_a_mistake_that_costs_more_with_some_inputs_than_with_others_is_a_problem(
    toy_sheet, monkeypatch
):
    def half(student, draw):
        yield student.holds(True, "is there", share=2)
        yield student.compare("half", 1.0, what="halves 1")
        yield student.compare("half", float(draw.integers(0, 2)), what="halves 0 or 1")

    _with_check(monkeypatch, toy_sheet, half=half)
    outcome = audit.run(audit.Task(toy_sheet, "half", "mistake", "doubled"))
    assert outcome.caught and not outcome.one_score
    figures = audit._figures("half", [outcome], {})
    assert not figures.seeds_agree
    more = outcome.scores.count(1.5)
    assert 0 < more < 20 and outcome.scores.count(1.0) == 20 - more
    words = f"mistake doubled of half gets 1.5 ({more} of 20 seeds) and 1 ({20 - more} of 20 seeds)"
    assert [problem.startswith(f"{words} of 2 points") for problem in figures.problems] == [True]


def test_a_line_that_fails_beside_the_core_ends_no_score(toy_sheet, monkeypatch):
    def half(student, draw):
        yield student.compare("half", 1.0, what="halves 1", share=1)
        yield student.compare("half", 0.0, what="halves 0", share=3)

    _with_check(monkeypatch, toy_sheet, half=half)
    outcome = audit.run(audit.Task(toy_sheet, "half", "mistake", "doubled"), seeds=3)
    assert outcome.scores == (1.5, 1.5, 1.5)


def _near(student, draw):
    value = student.value("half", 2.0)
    close = student.within(abs(value - 0.9), 0.2, of="is close")
    shows = student.beyond(value, 0.25)
    yield student.holds(shows, "shows")
    yield student.holds(close, "is close")
    yield student.holds(value == 1, "is exact")


def test_margins_are_the_smallest_of_all_right_answers_and_draws(toy_sheet, monkeypatch):
    _with_check(monkeypatch, toy_sheet, half=_near)
    found = {margin.line: margin for margin in margins._block((toy_sheet, "half", range(3)))}
    factors = {line: margin.factor for line, margin in found.items()}
    assert factors == {"shows": 4.0, "is close": pytest.approx(2.0), "is exact": math.inf}
    assert not found["is close"].wide and found["is exact"].wide
    both = margins.Margin("half", "x", 30.0, "a", 1).and_also(
        margins.Margin("half", "x", 20.0, "b")
    )
    assert (both.factor, both.nearest, both.refused, both.wide) == (20.0, "b", 1, False)


def test_the_command_takes_as_many_seeds_as_it_is_told(toy_sheet, monkeypatch, capsys):
    used = []

    def measure(sheet, jobs, seeds, only):
        used.append(seeds)
        return [audit.Figures("half", seeds_agree=True)]

    monkeypatch.setattr(command, "measure", measure)
    monkeypatch.setenv("COLUMNS", "200")
    for words in ([], ["--seeds", "3"], ["--seeds", "1"]):
        assert main(["audit", toy_sheet, *words]) == 0
    assert used == [audit.SEEDS, 3, 1]
    said = capsys.readouterr().out
    assert all(heading in said for heading in (f"{audit.SEEDS} seeds", "3 seeds", "1 seed "))
    with pytest.raises(SystemExit):
        main(["audit", "--help"])
    assert f"default: {audit.SEEDS}" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(SystemExit):
        main(["audit", toy_sheet, "--seeds", "0"])


def test_the_command_says_which_line_comes_too_near(toy_sheet, monkeypatch, capsys):
    _with_check(monkeypatch, toy_sheet, half=_near)
    monkeypatch.setattr(audit, "in_processes", lambda each, tasks, *_: list(map(each, tasks)))
    assert command.audit([toy_sheet], only=["half"], draws=25) == 1
    said = capsys.readouterr().out
    assert "PROBLEM: half, 'is close': the solution comes within a factor of 2 " in said
    assert "is exact" not in said

    def refuses(student, draw):
        yield student.compare("half", 2.0, what="halves", core=True)
        yield student.holds(draw.integers(0, 2) == 1, "by chance")

    _with_check(monkeypatch, toy_sheet, half=refuses)
    assert command.audit([toy_sheet], only=["half"], draws=25) == 1
    assert "PROBLEM: half, 'by chance': right answers are refused" in capsys.readouterr().out


def test_a_comparison_notes_how_often_its_deviation_goes_into_the_tolerance():
    def margin(mine, theirs):
        return comparing.margin(agent.encode(mine), agent.encode(theirs), rtol=0.1, atol=1.0)

    assert margin(1.5, 1.0) == pytest.approx(1.1 / 0.5)
    assert margin(np.array([1.0, 12.0]), np.array([1.0, 10.0])) == pytest.approx(1.0)
    assert margin([1.0, (2.0,)], [1.0, (2.0,)]) == math.inf
    assert margin({"b": 1.5, "a": np.inf}, {"a": np.inf, "b": 1.0}) == pytest.approx(1.1 / 0.5)
    assert margin(np.nan, np.nan) == margin("same", "same") == margin(None, None) == math.inf
    assert margin(np.array([1.5, 0.0]), (1.0, 0.0)) == pytest.approx(1.1 / 0.5)


def test_the_audit_tries_the_values_that_mistakes_and_alternatives_return(toy_sheet):
    tasks = [task for task in audit.tasks_of(toy_sheet) if task.item == "bit"]
    assert {task.kind for task in tasks} == set(audit._COUNT)
    known = banks.module(toy_sheet, "equivalents").EQUIVALENT
    figures = audit._figures("bit", [audit.run(task) for task in tasks], known)
    assert figures.problems == []
    assert figures.mistakes_named == figures.mistakes_caught == figures.mistakes == 2
    assert figures.alternatives_accepted == figures.alternatives == 1
    assert (figures.mutants, figures.mutants_caught) == (5, 3)
    assert all(figures.survivors.values())


def test_the_mutants_of_a_text_are_those_of_its_latex(toy_sheet, capsys):
    found = {task.name: task.source for task in audit.tasks_of(toy_sheet) if task.kind == "mutant"}
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
    assert {"outer_most", "outer", "inner"} <= uses.mentioned(["outer_most"], namespace)
    assert "alone" not in uses.mentioned(["outer_most"], namespace)
    exec("class Layer:\n    def forward(self, x):\n        return alone(x)\n", namespace)
    assert {"Layer", "alone"} <= uses.mentioned(["Layer"], namespace)


def test_a_mistake_that_costs_another_item_is_seen(monkeypatch, toy_sheet):
    def half(student, draw):
        yield student.compare(_half_of_bit, what="halves the length of bit", core=True)

    real = banks.bank(toy_sheet)
    checks = types.SimpleNamespace(bit=real.checks.bit, half=half)
    reference = types.SimpleNamespace(**audit._solution(toy_sheet))
    monkeypatch.setattr(banks, "bank", lambda name: banks.Bank(reference, checks, real.mistakes))
    audit.local_of.cache_clear()
    assert audit._users(toy_sheet) == {"bit": ("half",), "half": ()}
    mistaken = next(task for task in audit.tasks_of(toy_sheet) if task.kind == "mistake")
    assert audit.run(mistaken).others == mistaken.others == ("half",)
    audit.local_of.cache_clear()


def _half_of_bit(functions):
    return functions["half"](len(functions["bit"]))


def test_the_reference_and_each_mistake_compute_a_reply_once(toy_sheet, monkeypatch):
    computed = []

    def ask(self, request, mistake=None):
        computed.append((request, mistake))
        return {"status": "ok", "value": len(computed)}

    monkeypatch.setattr(Local, "ask", ask)
    known = audit.Remembering(banks.bank(toy_sheet), outline.items(toy_sheet)["half"])
    one, other = {"args": [1]}, {"args": [2]}
    calls = [(one, None), (other, None), (one, "doubled")]
    replies = [known.ask(*call)["value"] for call in calls * 2]
    assert replies == [1, 2, 3, 1, 2, 3] and computed == calls


def test_a_mutant_that_never_ends_costs_a_quarter_of_the_time(toy_sheet, monkeypatch):
    limits = []
    monkeypatch.setattr(InProcess, "ask", lambda self, request, seconds: limits.append(seconds))
    audit.Hasty({}).ask({}, 8.0)
    assert limits == [2.0]


def test_a_variable_that_is_no_text_has_the_mutants_of_its_expression():
    source = "unit = 'nats'\nweights: list = [0.5, scale * 3]\n"
    changes = [mutant.change for mutant in mutants(source, "weights")]
    assert "`scale * 3` → `scale / 3` in `weights: list = [0.5, scale * 3]`" in changes
    assert mutants(source, "unit") == []


def _uses_half(functions):
    """A probe that looks up a function and does not call it."""
    functions["half"]
    return functions["other"](3)


def test_elsewhere_the_solution_replies_where_a_mistake_has_no_part(monkeypatch):
    asked, seeded = [], []
    source = (
        "def half(x):\n    return x / 2\n\n\ndef other(x):\n    return half(x) if x > 9 else x\n"
    )
    solution = {}
    exec(source, solution)
    right = uses.Replies(solution, lambda: seeded.append(1))

    class Mistaken:
        def ask(self, request, seconds):
            asked.append(request["args"])
            return {"status": "error"}

    elsewhere = uses.Elsewhere(Mistaken(), ["half"], right)

    def value(target, *args, **more):
        request = request_for(target, args, {}, solution) | more
        return elsewhere.ask(request).get("value")

    assert value("other", 3) == value("other", 3) == agent.encode(3)
    assert asked == [] and len(seeded) == 1, "the same reply is computed once"
    assert value("other", 10) is None and len(asked) == 1, "half runs"
    assert value(_uses_half) is None and len(asked) == 2, "half is looked up"
    stand_in = {"instead": {"half": "half"}, "stand_ins": "def half(x):\n    return 7\n"}
    assert value("other", 10, **stand_in) == agent.encode(7) and len(asked) == 2
