"""What the modules of a bank define: by reading them, since importing a framework takes seconds."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from grader.course import banks
from grader.errors import CourseError


@dataclass(frozen=True)
class Definition:
    """A name at the top level of a module.

    name: as it is written;
    kind: "function", "class", "value", or "module" for what an import brings in;
    file: where it is written;
    line: in which line of it, from 1;
    docstring: of a function or a class, else empty.
    """

    name: str
    kind: str
    file: Path
    line: int
    docstring: str = ""

    @property
    def is_callable(self) -> bool:
        """Whether it is a function or a class."""
        return self.kind in ("function", "class")

    @property
    def where(self) -> str:
        """The file as people name it, with the line."""
        return f"{_name_of(self.file)}:{self.line}"


def module_file(sheet: str, name: str) -> Path:
    """Where a module of a sheet's bank lies, or should lie."""
    return _folder() / sheet / f"{name}.py"


def definitions(sheet: str, name: str) -> dict[str, Definition]:
    """What one module of a bank defines or takes from other modules in reference/, by name.

    A module that makes names while it runs (`globals()[…] = …`) is imported after all.
    Raises CourseError if there is no such module, or if it is no Python.
    """
    file = module_file(sheet, name)
    found = _definitions(file)
    if not _makes_names(_tree(file)):
        return found
    made = {
        made: Definition(made, "function", file, 1, inspect.getdoc(value) or "")
        for made, value in vars(banks.module(sheet, name)).items()
        if callable(value) and made not in found
    }
    return found | made


@cache
def _definitions(file: Path) -> dict[str, Definition]:
    return {
        definition.name: definition
        for node in _tree(file).body
        for definition in _defined_by(node, file)
    }


@cache
def _tree(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_text("utf-8"))
    except FileNotFoundError:
        raise CourseError(f"{_name_of(file)} is missing.") from None
    except SyntaxError as error:
        where = f"{_name_of(file)}:{error.lineno}"
        raise CourseError(f"{where}: This is no valid Python ({error.msg}).") from None


def _makes_names(tree: ast.Module) -> bool:
    """Whether a module puts names into its own namespace."""
    return any(
        isinstance(node, ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) == "globals()"
        for node in ast.walk(tree)
    )


def _defined_by(node: ast.stmt, file: Path) -> Iterator[Definition]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        kind = "class" if isinstance(node, ast.ClassDef) else "function"
        yield Definition(node.name, kind, file, node.lineno, ast.get_docstring(node) or "")
    elif isinstance(node, ast.ImportFrom):
        yield from _imported_by(node, file)
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for name in (n for target in targets for n in ast.walk(target)):
            if isinstance(name, ast.Name):
                yield Definition(name.id, "value", file, node.lineno)


def _imported_by(node: ast.ImportFrom, file: Path) -> Iterator[Definition]:
    parts = (node.module or "").split(".")
    source = _folder().joinpath(*parts[1:]).with_suffix(".py")
    known = _definitions(source) if parts[0] == "reference" and source.is_file() else {}
    for alias in node.names:
        if alias.name == "*":
            yield from (known[name] for name in known if not name.startswith("_"))
        elif alias.name in known and alias.asname in (None, alias.name):
            yield known[alias.name]
        else:
            yield Definition(alias.asname or alias.name, "module", file, node.lineno)


def _name_of(file: Path) -> str:
    return f"reference/{file.relative_to(_folder()).as_posix()}"


def _folder() -> Path:
    return Path(import_module("reference").__path__[0])
