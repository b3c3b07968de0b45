"""The code cells that a sheet gives: which they are, and what they need and define."""

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache

from grader.course import outline

IMPORTING = re.compile(r"^[ \t]*(?:import|from)[ \t]+\w", re.MULTILINE)
SHOWN = 80  # characters of the line that names a cell
DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@cache
def cells(sheet: str) -> tuple[str, ...]:
    """The sources of the code cells among `outline.given_cells`."""
    code = (c.source for c in outline.given_cells(sheet) if c.cell_type == "code")
    return tuple(dict.fromkeys(code))


@cache
def in_answers(sheet: str) -> dict[str, frozenset[str]]:
    """By grade id, the statements that the sheet gives in the cells of answers."""
    graded = outline.graded_cells(sheet).items()
    return {i: frozenset(_given_in(c.source)) for i, c in graded if c.metadata.nbgrader.solution}


def _given_in(source: str) -> Iterator[str]:
    """The statements of a cell that have no line in common with its solution."""
    own: set[int] = set()
    for region in outline.SOLUTION_REGION.finditer(source):
        first, last = (source.count("\n", 0, place) for place in region.span())
        own |= {*range(first, last + 1)}
    lines = source.split("\n")
    for node in _statements(source) if own else []:
        its = range(node.lineno - 1, node.end_lineno or node.lineno)
        if own.isdisjoint(its):
            yield "\n".join(lines[its.start : its.stop])


@cache
def imports(sheet: str) -> str:
    """All imports of these cells, as a piece of code."""
    return imports_of(cells(sheet))


def imports_of(sources: Iterable[str]) -> str:
    """The imports at the top level of some cells, as a piece of code."""
    statements = [node for source in sources for node in _statements(source)]
    return _as_source([node for node in statements if isinstance(node, DEFINITIONS[:2])])


def definitions(source: str) -> str:
    """What a cell defines without computing anything: imports, functions, classes, constants."""
    return _as_source(
        [
            node
            for node in _statements(source)
            if isinstance(node, DEFINITIONS)
            or (isinstance(node, ast.Assign) and _is_literal(node.value))
        ]
    )


def has_imports(source: str) -> bool:
    """Whether code imports something; also for code that does not parse."""
    return bool(IMPORTING.search(source))


def uses(source: str) -> set[str]:
    """The names that a cell reads, wherever in it."""
    return _names(source, ast.Load)


def binds(source: str) -> set[str]:
    """The functions, classes and variables that a cell gives a value, wherever in it."""
    found = outline.functions_in(source) | outline.variables_in(source)
    return found | _names(source, ast.Store)


def imported(source: str) -> set[str]:
    """The names that a piece of code imports at its top level."""
    statements = [node for node in _statements(source) if isinstance(node, DEFINITIONS[:2])]
    aliases = [alias for node in statements for alias in node.names]
    return {(alias.asname or alias.name).partition(".")[0] for alias in aliases}


def first_line(source: str) -> str:
    """What a cell begins with, to name it by."""
    lines = [line.strip() for line in source.splitlines()]
    first = next((line for line in lines if line and line[0] != "#"), "")
    return first if len(first) <= SHOWN else f"{first[: SHOWN - 1].rstrip()}…"


def _names(source: str, context: type) -> set[str]:
    nodes = [inner for node in _statements(source) for inner in ast.walk(node)]
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, context)}


def _statements(source: str) -> list[ast.stmt]:
    """The top-level statements of a cell, without its magics; none if it does not parse."""
    plain = "\n".join("" if line[:1] in "%!" else line for line in source.split("\n"))
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse(plain).body
    return []


def _is_literal(node: ast.expr) -> bool:
    with suppress(ValueError, TypeError, RecursionError, MemoryError, SyntaxError):
        ast.literal_eval(node)
        return True
    return False


def _as_source(statements: list[ast.stmt]) -> str:
    return "\n".join(ast.unparse(node) for node in statements)
