"""Which names a cell's code imports, defines and uses: by reading it, not by running it."""

import ast
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

REMEMBERED = 2000  # pieces of code that were looked at before
IMPORTS = (ast.Import, ast.ImportFrom)
MAGIC = ("%", "!")  # what a line begins with that is IPython's and not Python


@dataclass(frozen=True)
class Piece:
    """Some code with the names that it defines, and those that it takes from around it.

    source: the code;
    defines: the names that it gives values at its top level;
    uses: the global names that it reads, also inside of functions and classes.
    """

    source: str
    defines: frozenset[str]
    uses: frozenset[str]


def plain(source: str) -> str:
    """The code of a cell; with empty lines in the place of IPython's magics where it has some."""
    if _parses(source):  # then a line with % at its start is part of a text
        return source
    lines = source.split("\n")
    return "\n".join("" if line.startswith(MAGIC) else line for line in lines)


def parsed(source: str) -> ast.Module | None:
    """The syntax tree of a cell; None if it is no Python."""
    source = plain(source)
    return ast.parse(source) if _parses(source) else None


@lru_cache(REMEMBERED)
def _parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def imports(source: str) -> list[ast.Import | ast.ImportFrom]:
    """The imports at the top level of a cell."""
    tree = parsed(source)
    return [node for node in tree.body if isinstance(node, IMPORTS)] if tree else []


def imported(source: str) -> set[str]:
    """The top-level packages that a piece of code imports, also inside of functions."""
    tree = parsed(source)
    nodes = [node for node in ast.walk(tree) if isinstance(node, IMPORTS)] if tree else []
    return set().union(*(roots(node) for node in nodes if not getattr(node, "level", 0)))


def roots(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The top-level packages that an import names."""
    if isinstance(node, ast.ImportFrom):
        return {(node.module or "").partition(".")[0]}
    return {alias.name.partition(".")[0] for alias in node.names}


def piece(source: str) -> Piece:
    """A cell as one piece; it defines and uses nothing if it is no Python."""
    source = plain(source)
    if not _parses(source):
        return Piece(source, frozenset(), frozenset())
    table = symtable.symtable(source, "<cell>", "exec")
    symbols = table.get_symbols()
    defined = frozenset(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())
    return Piece(source, defined, frozenset(_read(table)))


def statements(source: str) -> list[Piece]:
    """The statements at the top level of a cell, a piece each, except imports."""
    tree = parsed(source)
    body = tree.body if tree else []
    return [piece(ast.unparse(node)) for node in body if not isinstance(node, IMPORTS)]


def _read(table: symtable.SymbolTable) -> Iterator[str]:
    """The global names that are read in a scope and in those inside of it."""
    everywhere = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() and (everywhere or symbol.is_global()):
            yield symbol.get_name()
    for inner in table.get_children():
        yield from _read(inner)
