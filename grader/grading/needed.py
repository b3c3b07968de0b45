"""Which parts of the given cells have to run for a submission to be judged.

A statement that the sheet gives, in a cell that nobody changed or below an answer, and whose names
no answer, no check and no later needed statement uses, is for people: a figure, a table, a long
training. So is what tests show to students before the judge. This is decided for each submission,
from names alone (see `effects`); in doubt, a statement is needed.
"""

import ast
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from nbformat import NotebookNode

from grader.course import banks, layout, outline
from grader.grading import effects, given
from grader.grading.effects import RANDOM, Effects, Known

VARIABLE = "GRADER_RUN_EVERYTHING"  # "1": every cell runs
STUDENTS = "it is the student's own"
ALL = f"{VARIABLE} is set"
SHOWN = 4  # names that a reason lists
REFERENCE = "reference"  # of a bank: what students define, by the same names
PROBES = "probes"  # of a bank: code that runs beside the student's and takes names from there


@dataclass(frozen=True)
class Cell:
    """A code cell that may run.

    source: its code, without hidden tests;
    is_given: whether it is a cell of the sheet's that nobody changed;
    gives: statements in it that are the sheet's though the cell is not;
    asks: the names that a judge looks up after it; none where it is no test. What a test shows to
        students before is the sheet's, as a given cell.
    """

    source: str
    is_given: bool = False
    gives: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()

    @property
    def is_students(self) -> bool:
        """Whether the student may have written it."""
        return not (self.is_given or self.asks)


def everything() -> bool:
    """Whether all cells are to run, needed or not."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def run_everything(wanted: bool = True) -> None:
    """Say for this process and those that it starts whether all cells are to run."""
    os.environ[VARIABLE] = "1" if wanted else "0"


@dataclass(frozen=True)
class Needed:
    """What of a cell runs.

    source: its code, with empty lines in the place of what need not run;
    why: a reason; empty if nothing runs.
    """

    source: str
    why: str


def in_notebook(notebook: NotebookNode, sheet: str) -> dict[int, Needed]:
    """What runs of each code cell, by its place. Not in it: cells without code."""
    places = [i for i, c in enumerate(notebook.cells) if c.cell_type == "code" and c.source.strip()]
    cells = [_cell(notebook.cells[i], sheet) for i in places]
    found = [Needed(c.source, ALL) for c in cells] if everything() else of_cells(cells)
    return dict(zip(places, found, strict=True))


@cache
def imports(sheet: str) -> str:
    """The imports of those given cells of which a right submission runs something, as a piece of
    code: what a forked kernel finds done.
    """
    notebook = outline.read_source(layout.find_sheet(sheet))
    running = [notebook.cells[i] for i, one in in_notebook(notebook, sheet).items() if one.why]
    return given.imports_of(c.source for c in running if c.source in given.cells(sheet))


def _cell(cell: NotebookNode, sheet: str) -> Cell:
    settings = cell.metadata.get("nbgrader", {})
    is_test = settings.get("grade") and not settings.get("solution")
    if is_test and outline.judged_item(cell.source):
        return Cell(outline.HIDDEN.sub("", cell.source), asks=_asked_for(sheet))
    if settings.get("solution"):
        gives = given.in_answers(sheet).get(settings.grade_id, frozenset())
        return Cell(cell.source, gives=gives)
    return Cell(cell.source, is_given=not settings and cell.source in given.cells(sheet))


@cache
def _asked_for(sheet: str) -> frozenset[str]:
    """The names that the judge may look up: what the reference defines, and what probes take."""
    answers = {name for item in outline.items(sheet).values() for name in item.answers}
    reference = banks.text(f"{sheet}.{REFERENCE}")
    defined = outline.functions_in(reference) | outline.variables_in(reference)
    probes = banks.text(f"{sheet}.{PROBES}"), banks.text(PROBES)
    return frozenset(answers.union(defined, *map(_keys, probes)))


def _keys(source: str) -> set[str]:
    """The texts by which a piece of code takes something out of something."""
    nodes = ast.walk(ast.parse(source))
    keys = [node.slice for node in nodes if isinstance(node, ast.Subscript)]
    values = {key.value for key in keys if isinstance(key, ast.Constant)}
    return {value for value in values if isinstance(value, str)}


def of_cells(cells: Sequence[Cell]) -> list[Needed]:
    """What runs of each of these cells, in their order."""
    sources = [cell.source for cell in cells]
    about = effects.known(sources)
    found = [effects.of_code(source, about) for source in sources]
    if hidden := next((one.opaque for one in found if one.opaque), ""):
        return [Needed(source, f"a cell may use any name: {hidden}") for source in sources]
    return _Notebook(cells, found, about).needed()


@dataclass(frozen=True)
class _Part:
    """A piece of a cell that runs or does not.

    place: of its cell among the cells;
    lines: where in the cell it stands; none where it is the judge of a test;
    effects: what it may do;
    asks: the names that it looks up as a judge;
    may_rest: whether it runs only where something needs it.
    """

    place: int
    lines: range
    effects: Effects
    asks: frozenset[str] = frozenset()
    may_rest: bool = False


class _Notebook:
    """The cells of a submission, with what they may do."""

    def __init__(self, cells: Sequence[Cell], found: list[Effects], about: Known):
        self._cells, self._about = cells, about
        own = _own_names(cells, found, about)
        self._parts = [
            part
            for place, cell in enumerate(cells)
            for part in _parts(place, cell, found[place], about, own[place])
        ]
        found = [part.effects for part in self._parts]
        bound = {name for one in found for name in one.binds}
        self._when_named = {name: [one for one in found if name in one.binds] for name in bound}
        self._variables = bound - about.functions - about.imports.keys() - about.constants
        carriers = {name for name in about.functions if self._has_variables(name)}
        self._groups = _groups(
            pair
            for one in found
            for pair in one.shares
            if all(":" in n or n in self._variables or n in carriers for n in pair)
        )

    def _has_variables(self, function: str) -> bool:
        """Whether the objects of a notebook's variables may go through a function."""
        defining = self._when_named.get(function, ())
        return any((e.reads_later | e.touches_later) & self._variables for e in defining)

    def needed(self) -> list[Needed]:
        """What runs of each cell, from the last to the first; wanted: names still to be read.

        What a function reads, it reads where it is called, which is where a cell or a judge names
        it. The student's own functions may be called by anything, so what they read is wanted
        everywhere; but nothing is wanted after the last cell that is judged or the student's.
        """
        own = [p.effects for p in self._parts if self._cells[p.place].is_students]
        everywhere = self._read_by_calls(set().union(*(one.reads_later for one in own)))
        last = max((i for i, cell in enumerate(self._cells) if not cell.is_given), default=-1)
        running: set[int] = set()  # the parts that run, by `id`
        reasons: dict[int, str] = {}  # of a cell that of its first part
        wanted: set[str] = set()
        for part in reversed([part for part in self._parts if part.place <= last]):
            one = part.effects
            why = self._why(one, wanted | everywhere) if part.may_rest else STUDENTS
            if not why:
                continue
            running.add(id(part))
            reasons[part.place] = why
            # None is settled here: a cell may fail before it gives a name its value.
            wanted |= self._read_by_calls({*part.asks, *one.reads, *one.reads_later})
            if one.computes and not self._cells[part.place].asks:
                wanted.add(RANDOM)
        found = []
        for place, cell in enumerate(self._cells):
            parts = [part for part in self._parts if part.place == place]
            kept = [part.lines for part in parts if id(part) in running]
            source = cell.source if len(kept) == len(parts) else _only(cell.source, kept)
            found.append(Needed(source, reasons.get(place, "")))
        return found

    def _read_by_calls(self, names: set[str]) -> set[str]:
        """These names, and what the functions read that may be called through them."""
        found: set[str] = set()
        while left := names - found:
            found |= left
            names = names.union(*(e.reads_later for n in left for e in self._when_named.get(n, ())))
        return found

    def _why(self, one: Effects, wanted: set[str]) -> str:
        called = self._called(one)
        forced = one.must or next((other.must_later for other in called if other.must_later), "")
        if forced:
            return forced
        if names := one.binds & wanted:
            return f"it defines {_listed(names)}"
        touched = one.touches.union(*(other.touches_later for other in called))
        groups = {self._groups.get(name, name) for name in touched}
        variables = wanted & (self._variables | {RANDOM})
        changed = {name for name in variables if self._groups.get(name, name) in groups}
        return f"it may change {_listed(changed)}" if changed else ""

    def _called(self, one: Effects) -> list[Effects]:
        """The cells whose functions a cell may call, directly or through others."""
        found = {id(one): one}
        seen: set[str] = set()
        names = one.reads | one.reads_later | one.binds
        while left := names - seen:
            seen |= left
            for name in left:
                for other in self._when_named.get(name, ()):
                    found[id(other)] = other
                    names = names | other.reads | other.reads_later
        return list(found.values())


def _parts(place: int, cell: Cell, found: Effects, about: Known, own: set[str]) -> Iterator[_Part]:
    """A cell in the parts that run or do not; found: what it may do as a whole."""
    text = cell.source.split("\n")
    if cell.is_students and not any(its in cell.source for its in cell.gives):
        yield _Part(place, range(len(text)), _renamed(found, own, f"{place}:"))
        return
    for lines, one in effects.of_parts(cell.source, about):
        part = "\n".join(text[lines.start : lines.stop])
        may_rest = not cell.is_students or part in cell.gives
        yield _Part(place, lines, _renamed(one, own, f"{place}:"), may_rest=may_rest)
    if cell.asks:
        yield _Part(place, range(0), Effects(), cell.asks)


def _only(source: str, parts: Iterable[range]) -> str:
    """These lines of a cell, empty ones in the place of the others; empty if there are none."""
    kept = {line for part in parts for line in part}
    lines = enumerate(source.split("\n"))
    return "\n".join(text if line in kept else "" for line, text in lines) if kept else ""


def _own_names(cells: Sequence[Cell], found: list[Effects], about: Known) -> list[set[str]]:
    """For each cell the names of variables that no judge and no other cell reads from it.

    What a cell keeps in such a name (`figure`, `title`) has nothing to do with another cell's.
    """
    bound = {name for one in found for name in one.binds}
    read = set().union(*(cell.asks for cell in cells))
    read = read.union(*(e.reads | e.reads_later | e.touches_later for e in found))
    variables = bound - read - about.functions - about.imports.keys()
    return [one.binds & variables for one in found]


def _renamed(one: Effects, names: set[str], prefix: str) -> Effects:
    """The same with other names in the place of some that only one cell uses."""

    def new(name: str) -> str:
        return prefix + name if name in names else name

    shares = [(new(some), new(other)) for some, other in one.shares]
    reads, binds, touches = (set(map(new, its)) for its in (one.reads, one.binds, one.touches))
    return replace(one, reads=reads, binds=binds, touches=touches, shares=shares)


def _groups(shares: Iterable[tuple[str, str]]) -> dict[str, str]:
    """For each name that shares objects with others, one name that stands for all of them."""
    parent: dict[str, str] = {}

    def top(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for one, other in shares:
        parent[top(one)] = top(other)
    return {name: top(name) for name in list(parent)}


def _listed(names: set[str]) -> str:
    some = sorted(names)[:SHOWN]
    return ", ".join(some) + (", …" if len(names) > SHOWN else "")


def show(sheet: str) -> None:
    """Print for each given cell of a sheet's solution whether it runs in grading, and why."""
    notebook = outline.read_source(layout.find_sheet(sheet))
    cells = [_cell(cell, sheet) for cell in notebook.cells if _has_code(cell)]
    mine = [(c, one) for c, one in zip(cells, of_cells(cells), strict=True) if c.is_given]
    rest = sum(not one.why for _, one in mine)
    print(f"{sheet}: of {len(mine)} given cells {rest} need not run.")
    for cell, one in mine:
        state = "runs" if one.source == cell.source else "in part" if one.why else "rests"
        print(f"{state:8}{given.first_line(cell.source)[:60]:62}{one.why}".rstrip())


def _has_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())
