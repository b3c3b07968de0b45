"""How good are the checks of a sheet? Measured on wrong and right implementations.

- every mistake of the bank, in the place of the solution's function or value: caught by its own
  item, and by no other;
- machine-made mutants of the solution (see `mutants` and `latex_mutants`): how many are caught,
  which survive;
- every alternative right solution: accepted;
- twenty seeds: one verdict on each of them.
"""

import contextlib
import hashlib
import io
import json
import os
import types
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing import get_context
from typing import Any

from rich.console import Console
from rich.progress import track

from grader.audit.latex_mutants import latex_mutants
from grader.audit.mutants import Mutant, mutants
from grader.course import banks, outline
from grader.errors import CourseError
from grader.judging.judge import judge_item
from grader.judging.report import Report
from grader.running import sandbox
from grader.running.session import CALL_SECONDS, InProcess, Session

SEEDS = 20
WANTED = 0.95  # the share of machine-made mutants that must be caught


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
    full: how many seeds gave all points;
    seeds: how many seeds it was judged with;
    named: whether the mistake was recognised by its id;
    others: items that lost points though their code is right;
    trouble: why the check itself failed, else empty.
    """

    task: Task
    full: int
    seeds: int
    named: bool = False
    others: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def one_verdict(self) -> bool:
        return self.full in (0, self.seeds)

    @property
    def caught(self) -> bool:
        return self.full == 0


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
    seeds_agree: whether no verdict depends on the seed;
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
    """Whether a sheet's checks are as good as the course promises."""
    total = sum(f.mutants for f in figures)
    caught = sum(f.mutants_caught for f in figures)
    explained = all(reason for f in figures for reason in f.survivors.values())
    return not any(f.problems for f in figures) and caught >= WANTED * total and explained


def measure(
    sheet: str, jobs: int | None = None, seeds: int = SEEDS, only: Collection[str] = ()
) -> list[Figures]:
    """The figures of the checks of a sheet; right and wrong answers are judged with each seed."""
    measured = [item for item in outline.items(sheet) if item in only or not only]
    tasks = list(_tasks(sheet, measured))
    os.environ.update(sandbox.ONE_THREAD)  # for the processes of the pool, one for each core
    context = get_context("spawn")
    with ProcessPoolExecutor(jobs or os.cpu_count(), context) as pool:
        running = pool.map(partial(run, seeds=seeds), tasks, chunksize=4)
        outcomes = list(
            track(
                running, f"audit {sheet}", len(tasks), console=Console(stderr=True), transient=True
            )
        )
    known = banks.module(sheet, "equivalents").EQUIVALENT
    return [
        _figures(item, [o for o in outcomes if o.task.item == item], known) for item in measured
    ]


def _tasks(sheet: str, only: Collection[str] = ()) -> Iterator[Task]:
    mistakes, alternatives = banks.bank(sheet).mistakes, banks.module(sheet, "alternatives")
    users = _users(sheet)
    for item in only or outline.items(sheet):
        yield Task(sheet, item, "solution", "the solution")
        for name in banks.named_by_item(mistakes, item):
            yield Task(sheet, item, "mistake", name, others=users[item])
        for name in banks.named_by_item(alternatives, item):
            yield Task(sheet, item, "alternative", name)
        for mutant in _mutants(sheet, item):
            yield Task(sheet, item, "mutant", mutant.change, mutant.source)


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
        with contextlib.redirect_stdout(io.StringIO()):  # a cell may show what it defines
            exec(_solution_code(sheet), namespace)
    except Exception as error:
        raise CourseError(
            f"The solution cells of {sheet} do not run on their own: {type(error).__name__}: "
            f"{error}. They get the notebook's imports and what its given cells assign or define."
        ) from error
    return namespace


@cache
def _solution_code(sheet: str) -> types.CodeType:
    return compile(outline.solution_source(sheet), "<solution>", "exec")


def run(task: Task, seeds: int = SEEDS) -> Outcome:
    """Judge one implementation with some seeds, a mutant with one, and what else it might cost."""
    items = outline.items(task.sheet)
    try:
        namespace = namespace_with(task)
    except Exception as error:  # a mutant whose definition already fails is caught
        return Outcome(task, 0, 1, trouble=f"{type(error).__name__}: {error}")
    session = InProcess(namespace)
    seeds = 1 if task.kind == "mutant" else seeds
    full, trouble = 0, ""
    recognised: set[str | None] = set()
    for seed in range(seeds):
        thorough = task.kind == "mistake" and seed == 0
        report = _judge(session, task.sheet, items[task.item], seed, thorough)
        full += report.passed
        recognised |= {line.mistake for line in report.lines}
        trouble = trouble or report.trouble
    reports = [_judge(session, task.sheet, items[name], 0, False) for name in task.others]
    others = tuple(report.item for report in reports if not report.passed)
    return Outcome(task, full, seeds, task.name in recognised, others, trouble)


def _judge(session: Session, sheet: str, item: outline.Item, seed: int, thorough: bool) -> Report:
    return judge_item(session, sheet, item, seed, thorough, _reference(sheet))


@cache
def _reference(sheet: str) -> Session:
    return _CachingSession(InProcess(vars(banks.bank(sheet).reference)))


class _CachingSession:
    """A session that is asked the same again and again, and computes it once."""

    def __init__(self, session: Session):
        self._session = session
        self._replies: dict[bytes, dict[str, Any]] = {}

    def ask(self, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        key = hashlib.sha256(json.dumps(request).encode()).digest()
        if key not in self._replies:
            self._replies[key] = self._session.ask(request, seconds)
        return self._replies[key]


def _users(sheet: str) -> dict[str, tuple[str, ...]]:
    """The other items that use the answer to an item, for each item: by their checks' requests, or
    because a function of the solution mentions it. A mistake can cost no other item but these.
    """
    items = outline.items(sheet)
    solution = _solution(sheet)
    uses = {}
    for item in items.values():
        asked = _Recording(solution)
        _judge(InProcess(asked), sheet, item, 0, False)
        uses[item.name] = _mentioned(asked.names, solution)
    return {
        name: tuple(o for o in items if o != name and not uses[o].isdisjoint(item.answers))
        for name, item in items.items()
    }


class _Recording(dict):
    """A namespace that notes which names were looked up."""

    def __init__(self, namespace: dict[str, Any]):
        super().__init__(namespace)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)


def _mentioned(names: Iterable[str], namespace: dict[str, Any]) -> set[str]:
    """The names, and those that functions and classes with these names mention, and so on."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for code in _codes(namespace.get(name)):
                waiting += _names_in(code)
    return found


def _codes(value: Any) -> list[types.CodeType]:
    """The code of a function, or of the methods of a class."""
    parts = vars(value).values() if isinstance(value, type) else [value]
    return [part.__code__ for part in parts if hasattr(part, "__code__")]


def _names_in(code: types.CodeType) -> list[str]:
    """The names that a piece of code mentions, in the functions inside of it too."""
    inner = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return [*code.co_names, *(name for part in inner for name in _names_in(part))]


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
        figures.seeds_agree &= outcome.one_verdict
        if not outcome.one_verdict:
            figures.problems.append(
                f"{task.kind} {task.name} gets all points with {outcome.full} of {outcome.seeds} "
                "seeds -> make the check draw inputs, or enough of them, so that each seed decides"
            )
        if outcome.others:
            answer = outline.items(task.sheet)[task.item].replaced_by(task.name)
            figures.problems.append(
                f"{task.kind} {task.name} costs other items too: {', '.join(outcome.others)} -> in "
                f"their checks put a stand-in in the place of {answer}, with instead=…"
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


def _count_solution(figures: Figures, outcome: Outcome, known: dict[str, str]) -> None:
    if outcome.full < outcome.seeds:
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
    figures.alternatives_accepted += outcome.full == outcome.seeds
    if outcome.full < outcome.seeds:
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
