"""The rooms of grader/: which may import which, and that importing changes nothing.

The one list of arrows is the table in docs/architecture.md.
"""

import ast
import dataclasses
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOC = (ROOT / "docs" / "architecture.md").read_text("utf-8")
FILES = sorted((ROOT / "grader").rglob("*.py"))
ROW = re.compile(r"^\| `(\w+)` \| (?P<words>[^|]+) \|(?P<imports>[^|]*)\|$", re.MULTILINE)
ROOMS = {row[1]: {n for n in re.split(r"[,\s]+", row["imports"]) if n} for row in ROW.finditer(DOC)}


def module_name(file: Path) -> str:
    """The dotted name below grader; `__init__` for the package itself."""
    parts = file.relative_to(ROOT / "grader").with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


MODULES = {module_name(file): file for file in FILES}


@cache
def imports(module: str) -> frozenset[str]:
    """The modules of grader that a module imports, at its top or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.split(".")[0] == "grader":
                found.add(_module_of(name.removeprefix("grader.")))
    return frozenset(found)


def _module_of(name: str) -> str:
    """The module that holds a dotted name, or that it is."""
    while name not in MODULES:
        name = name.rpartition(".")[0] or "__init__"
    return name


def room(module: str) -> str:
    return module.partition(".")[0]


def test_the_table_has_a_row_for_each_room():
    assert set(ROOMS) == {room(module) for module in MODULES}


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_imports_the_rooms_that_the_table_lists(name):
    arrows = {
        room(other) for module in MODULES if room(module) == name for other in imports(module)
    }
    assert arrows - {name} == ROOMS[name]


@pytest.mark.parametrize("name", ROOMS)
def test_a_room_imports_only_rooms_above_it(name):
    above = list(ROOMS)[: list(ROOMS).index(name)]
    assert ROOMS[name] <= set(above)


def test_no_modules_import_each_other_in_a_circle():
    tuple(TopologicalSorter({module: imports(module) for module in MODULES}).static_order())


def test_every_relative_import_is_written_out():
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            assert not (isinstance(node, ast.ImportFrom) and node.level), file.name


# --- the picture


def named_in_the_picture() -> Iterator[str]:
    """Every dotted name of the document that begins with a room."""
    rooms = "|".join(ROOMS)
    for match in re.finditer(rf"(?<![\w./])(?:{rooms})\.\w[\w.]*\w", DOC):
        if not match[0].endswith((".py", ".md")):
            yield match[0]


@pytest.mark.parametrize("name", dict.fromkeys(named_in_the_picture()))
def test_a_function_that_the_picture_names_is_in_the_code(name):
    module = _module_of(name)
    found = importlib.import_module(f"grader.{module}")
    for part in name.removeprefix(module).split(".")[1:]:
        found = getattr(found, part)


def test_the_picture_follows_a_submission_from_the_command_to_the_class_report():
    names = list(named_in_the_picture())
    assert len(names) > 30
    assert names.index("grading.batch.grade") < names.index("judging.judge.judge_item")


# --- importing changes nothing

# Runs in a process of its own. What other packages do when they are imported is not ours to
# answer for, so all of them come first; then each module of grader in a fork.
IMPORT_EACH = """
import importlib, json, logging, os, signal, sys, warnings

others, modules = json.loads(sys.argv[1])
for name in others:
    importlib.import_module(name)

import sqlalchemy as sa
from nbgrader.converters import base
from nbgrader.coursedir import CourseDirectory

def state():
    loggers = {"": logging.root, **logging.root.manager.loggerDict}
    return {
        "environment": dict(os.environ),
        "folder": os.getcwd(),
        "path": list(sys.path),
        "warnings filters": list(map(str, warnings.filters)),
        "listeners": [f.__qualname__ for f in sa.create_engine("sqlite://").pool.dispatch.connect],
        "levels": {n: l.level for n, l in loggers.items() if getattr(l, "level", 0)},
        "handlers": {n: str(l.handlers) for n, l in loggers.items() if getattr(l, "handlers", 0)},
        "signals": [str(signal.getsignal(n)) for n in (signal.SIGINT, signal.SIGPROF)],
        "nbgrader": str([base.find_all_files, CourseDirectory.get_existing_timestamp]),
    }

before, changed = state(), {}
for name in modules:
    sys.stdout.flush()
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        importlib.import_module(name)
        now = state()
        os.write(writer, json.dumps([k for k in now if now[k] != before[k]]).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        text = stream.read()
    os.waitpid(child, 0)
    if text != "[]":
        changed[name] = text or "it cannot be imported"
print(json.dumps(changed))
"""


def _imported_from_elsewhere() -> list[str]:
    """The modules of other packages that a module of grader imports at its top, by name."""
    found = set()
    for file in FILES:
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add(node.module)
    return sorted(name for name in found if name.partition(".")[0] not in ("grader", "helpers"))


def test_importing_a_module_changes_nothing_in_its_process():
    names = ["grader" if name == "__init__" else f"grader.{name}" for name in MODULES]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_EACH, json.dumps([_imported_from_elsewhere(), names])],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {}


def test_importing_grader_alone_loads_none_of_the_large_packages():
    code = "import sys, grader; print(*{'jinja2', 'rich', 'nbformat', 'numpy'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


# --- what is stored says what it is


@pytest.mark.parametrize("module", [name for name in MODULES if name != "__main__"])
def test_a_dataclass_says_of_each_field_what_it_holds(module):
    found = vars(importlib.import_module(f"grader.{module}" if module != "__init__" else "grader"))
    for kind in found.values():
        if dataclasses.is_dataclass(kind) and kind.__module__ == f"grader.{module}":
            for field in dataclasses.fields(kind):
                says = re.search(rf"^\s*{field.name}: \S", kind.__doc__, re.MULTILINE)
                assert says, f"{kind.__name__} does not say what {field.name} holds"
