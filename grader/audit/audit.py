"""How good are the checks of a sheet? Measured on wrong and right implementations.

- every mistake of the bank, in the place of the solution's function or value: caught by its own
  item, and by no other;
- machine-made mutants of the solution (see `mutants` and `latex_mutants`): how many are caught,
  which survive;
- every alternative right solution: accepted;
- twenty seeds: one score on each right or wrong implementation of the bank.
"""

import ast
import os
import random
import sys
import types
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track

from grader.audit import uses
from grader.audit.latex_mutants import latex_mutants
from grader.audit.mutants import Mutant, mutants
from grader.course import banks, outline
from grader.errors import CourseError
from grader.judging.diagnosis import ids_in
from grader.judging.judge import Depth, judge_item
from grader.judging.local import Local
from grader.judging.report import Report
from grader.running import orphans, sandbox
from grader.running.session import CALL_SECONDS, InProcess, Session

SEEDS = 20


@dataclass(frozen=True)
class Task:
    """One implementation to judge.

    sheet: the name of its sheet;
    item: the name of the item that it answers;
    kind: "solution", "mistake", "mutant" or "alternative";
    name: its id in the bank; of a mutant, the change in words;
    source: the code of a mutant, else empty;
    others: the other items that it must cost nothing.
    """

    sheet: str
    item: str
    kind: str
    name: str
    source: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What came of a task.

    task: what was judged;
    points: the most that its item can earn;
    scores: what it earned with each seed;
    named: whether the mistake was recognised by its id;
    others: items that lost points though their code is right;
    trouble: why the check itself failed, else empty.
    """

    task: Task
    points: float
    scores: tuple[float, ...]
    named: bool = False
    others: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def one_score(self) -> bool:
        return len(set(self.scores)) == 1

    @property
    def accepted(self) -> bool:
        return min(self.scores) >= self.points

    @property
    def caught(self) -> bool:
        return max(self.scores) < self.points


@dataclass
class Figures:
    """The measured quality of one check.

    item: its name, "all" for a sum over items;
    mistakes: how many mistakes the bank holds;
    mistakes_caught: how many of them lose points with every seed;
    mistakes_named: how many of them are recognised by their ids;
    mutants: how many machine-made wrong versions there are;
    mutants_caught: how many of them lose points;
    alternatives: how many right answers in other styles the bank holds;
    alternatives_accepted: how many of them get all points with every seed;
    seeds_agree: whether no score depends on the seed;
    survivors: why a mutant that is not caught is no mistake, by the change in words;
    problems: what has to be fixed, a sentence each.
    """

    item: str
    mistakes: int = 0
    mistakes_caught: int = 0
    mistakes_named: int = 0
    mutants: int = 0
    mutants_caught: int = 0
    alternatives: int = 0
    alternatives_accepted: int = 0
    seeds_agree: bool = True
    survivors: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def satisfied(figures: list[Figures]) -> bool:
    """Whether a sheet's checks are as good as the course promises.

    A mutant may survive where a reason says why it is right all the same. How many do so depends on
    the sheet: where an answer is free to choose, as ten codes that differ, most changes are right.
    """
    explained = all(reason for f in figures for reason in f.survivors.values())
    return explained and not any(f.problems for f in figures)


def measure(
    sheet: str, jobs: int | None = None, seeds: int = SEEDS, only: Collection[str] = ()
) -> list[Figures]:
    """The figures of the checks of a sheet; right and wrong answers are judged with each seed."""
    measured = [item for item in outline.items(sheet) if item in only or not only]
    tasks = list(tasks_of(sheet, measured))
    outcomes = in_processes(partial(run, seeds=seeds), tasks, jobs, f"audit {sheet}", chunksize=4)
    known = banks.module(sheet, "equivalents").EQUIVALENT
    return [
        _figures(item, [o for o in outcomes if o.task.item == item], known) for item in measured
    ]


def in_processes(
    function: Callable[[Any], Any], tasks: list, jobs: int | None, title: str, chunksize: int = 1
) -> list:
    """What a function makes of each task, in some processes, or in one for each core."""
    os.environ.update(sandbox.ONE_THREAD)  # for the processes of the pool
    context, watch = get_context("spawn"), orphans.end_with_parent
    with ProcessPoolExecutor(jobs or os.cpu_count(), context, initializer=watch) as pool:
        running = pool.map(function, tasks, chunksize=chunksize)
        console = Console(stderr=True)
        return list(track(running, title, len(tasks), console=console, transient=True))


def tasks_of(sheet: str, only: Collection[str] = ()) -> Iterator[Task]:
    """What there is to judge for the items of a sheet, or for some of them."""
    mistakes, users = banks.bank(sheet).mistakes, _users(sheet)
    for item in only or outline.items(sheet):
        yield from right_answers(sheet, item)
        for name in banks.named_by_item(mistakes, item):
            yield Task(sheet, item, "mistake", name, others=users[item])
        for mutant in _mutants(sheet, item):
            yield Task(sheet, item, "mutant", mutant.change, mutant.source)


def right_answers(sheet: str, item: str) -> Iterator[Task]:
    """The solution of an item, and its alternatives."""
    yield Task(sheet, item, "solution", "the solution")
    for name in banks.named_by_item(banks.module(sheet, "alternatives"), item):
        yield Task(sheet, item, "alternative", name)


def _mutants(sheet: str, item: str) -> list[Mutant]:
    """Machine-made changes of a solution: of its code, or of the text that it is."""
    known = outline.items(sheet)[item]
    answer = known.answer
    value = _solution(sheet)[answer] if _is_value(sheet, answer) else None
    if isinstance(value, str):
        return [Mutant(change, f"{answer} = {text!r}") for change, text in latex_mutants(value)]
    found = mutants(solution_cell(sheet, answer), answer)
    for other in known.other_functions:
        if other in vars(banks.bank(sheet).reference):
            more = mutants(solution_cell(sheet, other), other)
            found += [Mutant(f"{other}: {mutant.change}", mutant.source) for mutant in more]
    return found


def _is_value(sheet: str, answer: str) -> bool:
    return banks.is_value(banks.bank(sheet).reference, answer)


@cache
def solution_cell(sheet: str, answer: str) -> str:
    """The source of the solution cell that defines a function or a variable."""
    names_in = outline.variables_in if _is_value(sheet, answer) else outline.functions_in
    for cell in outline.graded_cells(sheet).values():
        is_solution = cell.metadata.nbgrader.solution and cell.cell_type == "code"
        if is_solution and answer in names_in(cell.source):
            return cell.source
    raise CourseError(f"No solution cell of {sheet} defines {answer}.")


def _solution(sheet: str) -> dict[str, Any]:
    """The solution's functions and variables, in a namespace of their own."""
    namespace: dict[str, Any] = {"__name__": "solution"}
    try:
        exec(_solution_code(sheet), namespace)
    except Exception as error:
        raise CourseError(
            f"The solution cells of {sheet} do not run on their own: {type(error).__name__}: "
            f"{error}. They get the notebook's imports and what its given cells assign or define."
        ) from error
    return namespace


@cache
def _solution_code(sheet: str) -> types.CodeType:
    """The solution's definitions; what it only shows, such as checked derivations, takes long."""
    tree = ast.parse(outline.solution_source(sheet))
    tree.body = [part for part in tree.body if not isinstance(part, ast.Expr)]
    return compile(tree, "<solution>", "exec")


def run(task: Task, seeds: int = SEEDS) -> Outcome:
    """Judge one implementation with some seeds, a mutant with one, and what else it might cost."""
    items = outline.items(task.sheet)
    try:
        namespace = namespace_with(task)
    except Exception as error:  # a mutant whose definition already fails is caught
        trouble = f"{type(error).__name__}: {error}"
        return Outcome(task, items[task.item].points, (0.0,), trouble=trouble)
    session = Hasty(namespace) if task.kind == "mutant" else InProcess(namespace)
    reports = [
        judged(session, task.sheet, items[task.item], seed, depth)
        for seed, depth in enumerate(_depths(task.kind, seeds))
    ]
    names = {line.mistake for report in reports for line in report.lines} - {None}
    recognised = {mistake for name in names for mistake in ids_in(str(name))}
    elsewhere = uses.Elsewhere(session, items[task.item].answers, _right_replies(task.sheet))
    costs = (judged(elsewhere, task.sheet, items[name], 0, Depth.VERDICT) for name in task.others)
    return Outcome(
        task,
        items[task.item].points,
        tuple(report.score for report in reports),
        task.name in recognised,
        tuple(report.item for report in costs if not report.passed),
        next((report.trouble for report in reports if report.trouble), ""),
    )


class Hasty(InProcess):
    """A session for mutants, of which some never end: it waits for a quarter of the time."""

    def ask(self, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        return super().ask(request, seconds / 4)


@cache
def _right_replies(sheet: str) -> uses.Replies:
    return uses.Replies(_solution(sheet), partial(_seed_all, 0))


def _depths(kind: str, seeds: int) -> list[Depth]:
    """How far an implementation is judged with each seed; to be named needs a whole report."""
    if kind == "mutant":
        return [Depth.VERDICT]
    first = Depth.REPORT if kind == "mistake" else Depth.SCORE
    return [first, *[Depth.SCORE] * (seeds - 1)]


def judged(session: Session, sheet: str, item: outline.Item, seed: int, depth: Depth) -> Report:
    """The report on an implementation in a session; the inputs follow from the seed alone.

    So do the numbers that the implementation draws itself: two audits come to the same figures.
    """
    _seed_all(seed)
    return judge_item(session, sheet, item, seed, depth, local_of(sheet, item.name))


def _seed_all(seed: int) -> None:
    """Set the generators of Python and of all frameworks that are imported."""
    random.seed(seed)
    np.random.seed(seed)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)
    if tf := sys.modules.get("tensorflow"):
        tf.random.set_seed(seed)


@cache
def local_of(sheet: str, item: str) -> Local:
    """The reference and the mistakes of an item, whose replies are kept."""
    return Remembering(banks.bank(sheet), outline.items(sheet)[item])


class Remembering(Local):
    """Computes the reply to each request once; many answers are judged with the same inputs."""

    def __init__(self, bank: banks.Bank, item: outline.Item):
        super().__init__(bank, item)
        self._replies: dict[tuple[str | None, bytes], dict[str, Any]] = {}

    def ask(self, request: dict[str, Any], mistake: str | None = None) -> dict[str, Any]:
        key = mistake, uses.key_of(request)
        if key not in self._replies:
            self._replies[key] = super().ask(request, mistake)
        return self._replies[key]


def _users(sheet: str) -> dict[str, tuple[str, ...]]:
    """The other items that use the answer to an item, for each item: by their checks' requests, or
    because a function of the solution mentions it. A mistake can cost no other item but these.
    """
    items = outline.items(sheet)
    solution = _solution(sheet)
    used = {}
    for item in items.values():
        asked = uses.Recording(solution)
        judged(InProcess(asked), sheet, item, 0, Depth.VERDICT)
        used[item.name] = uses.mentioned(asked.names, solution)
    return {
        name: tuple(o for o in items if o != name and not used[o].isdisjoint(item.answers))
        for name, item in items.items()
    }


def namespace_with(task: Task) -> dict[str, Any]:
    """The solution's namespace, with an implementation in the place of the solution's own.

    Raises what its definition raises.
    """
    namespace = _solution(task.sheet)
    if task.source:
        exec(compile(task.source, f"<{task.name}>", "exec"), namespace)
    elif task.kind != "solution":
        item = outline.items(task.sheet)[task.item]
        module = "mistakes" if task.kind == "mistake" else "alternatives"
        function = banks.named_by_item(banks.module(task.sheet, module), item.name)[task.name]
        answer, reference = item.replaced_by(task.name), banks.bank(task.sheet).reference
        namespace[answer] = banks.in_place_of(answer, function, reference)
    return namespace


def _figures(item: str, outcomes: list[Outcome], known: dict[str, str]) -> Figures:
    figures = Figures(item)
    for outcome in outcomes:
        task = outcome.task
        figures.seeds_agree &= outcome.one_score
        if not outcome.one_score:
            figures.problems.append(
                f"{task.kind} {task.name} of {_answer(task)} gets {_scores(outcome)} of "
                f"{outcome.points:g} points -> make the check draw inputs that decide with every "
                f"seed; {_look(task, task.name)}"
            )
        if outcome.others:
            figures.problems.append(
                f"{task.kind} {task.name} costs other items too: {', '.join(outcome.others)} -> in "
                f"their checks put a stand-in in the place of {_answer(task)}, with instead=…"
            )
        if outcome.trouble and task.kind != "mutant":
            figures.problems.append(
                f"{task.kind} {task.name}: {outcome.trouble} -> fix it, or what the check does "
                "with what comes back"
            )
        _COUNT[task.kind](figures, outcome, known)
    for key in known:
        if key.startswith(f"{item}: ") and key.removeprefix(f"{item}: ") not in figures.survivors:
            figures.problems.append(
                f"equivalents.py explains a mutant that does not survive: {key} -> remove it there"
            )
    return figures


def _answer(task: Task) -> str:
    """The function or variable whose place an implementation takes."""
    return outline.items(task.sheet)[task.item].replaced_by(task.name)


def _scores(outcome: Outcome) -> str:
    """Each score, with how many seeds gave it: the highest first."""
    found = sorted(Counter(outcome.scores).items(), reverse=True)
    return " and ".join(
        f"{score:g} ({seeds} of {len(outcome.scores)} seeds)" for score, seeds in found
    )


def _count_solution(figures: Figures, outcome: Outcome, known: dict[str, str]) -> None:
    if not outcome.accepted:
        figures.problems.append(
            f"the solution is not accepted -> {_look(outcome.task, 'solution')}"
        )


def _count_mistake(figures: Figures, outcome: Outcome, known: dict[str, str]) -> None:
    figures.mistakes += 1
    figures.mistakes_caught += outcome.caught
    figures.mistakes_named += outcome.named
    if not outcome.caught:
        figures.problems.append(
            f"mistake {outcome.task.name} is not caught -> add a line to the check that tells it "
            f"from the solution; {_look(outcome.task, outcome.task.name)}"
        )


def _count_alternative(figures: Figures, outcome: Outcome, known: dict[str, str]) -> None:
    figures.alternatives += 1
    figures.alternatives_accepted += outcome.accepted
    if not outcome.accepted:
        figures.problems.append(
            f"alternative {outcome.task.name} is not accepted -> if it is right, the check asks "
            f"too much; {_look(outcome.task, outcome.task.name)}"
        )


def _count_mutant(figures: Figures, outcome: Outcome, known: dict[str, str]) -> None:
    figures.mutants += 1
    figures.mutants_caught += outcome.caught
    if not outcome.caught:
        change = outcome.task.name
        figures.survivors[change] = known.get(f"{figures.item}: {change}", "")


def _look(task: Task, name: str) -> str:
    return f"see `python -m grader try {task.sheet} {task.item} {name}`"


_COUNT = {
    "solution": _count_solution,
    "mistake": _count_mistake,
    "alternative": _count_alternative,
    "mutant": _count_mutant,
}
