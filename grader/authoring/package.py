"""What a student gets with a sheet: the helpers, weights and packages that its notebook uses."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from grader.course import layout, names, outline
from grader.errors import CourseError

PYTHONS = ("3.11", "3.12", "3.13")  # a test runs the first sheet on each that is there
HELPERS = layout.ROOT / "helpers"
ALL = "*"  # every name of a module
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
OURS = {folder.name: folder for folder in layout.PACKAGES}
# What packages are called that have another name when they are imported.
DISTRIBUTIONS = {"sklearn": "scikit-learn", "IPython": "ipython", "PIL": "pillow"}
ALWAYS = ("ipykernel", "jupyterlab")  # the notebook's kernel, and what shows it
TENSORFLOW = ("tensorflow-cpu", "tensorflow")  # one or the other, by the kind of machine
WHEELS = "--extra-index-url https://download.pytorch.org/whl/cpu"
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def files(sheet: str) -> list[Path]:
    """The modules and weights that a sheet's notebook uses, directly or not, in order."""
    used = _used(notebook_source(sheet))
    return sorted({*used, *_weights(used.values())})


def everything() -> list[Path]:
    """All modules and weights that some sheet might use, in order."""
    return sorted(file for folder in OURS.values() for file in _all(folder))


def notebook_source(sheet: str) -> str:
    """All code of a sheet's notebook as students get it, as one text."""
    cells = [c.source for c in outline.handed_out(sheet).cells if c.cell_type == "code"]
    return "\n".join(names.plain(outline.HIDDEN.sub("", source)) for source in cells)


def packages(sheet: str) -> list[str]:
    """The packages of others that a student has to install, by their names on PyPI."""
    source = notebook_source(sheet)
    sources = [source, *_used(source).values()]
    imported: set[str] = set().union(*map(_packages_in, sources))
    foreign = imported - set(OURS) - set(sys.stdlib_module_names) - {"grader", "google", ""}
    found = {DISTRIBUTIONS.get(name, name).replace("_", "-").lower() for name in foreign}
    if "tqdm" in found:
        found.add("ipywidgets")  # its bar in a notebook
    return sorted(found | set(ALWAYS))


@lru_cache(maxsize=1000)
def _packages_in(source: str) -> frozenset[str]:
    return frozenset(names.imported(source))


def requirements(sheet: str) -> str:
    """The text of requirements.txt: these packages, in the versions that the course is tested with.

    What they need in turn, pip takes as it fits the student's Python.
    """
    lines = [f"# What {sheet} needs, for Python {PYTHONS[0]} to {PYTHONS[-1]}."]
    needed = packages(sheet)
    if "torch" in needed:
        lines.append(f"{WHEELS}  # on Linux, without several GB of graphics drivers")
    for name in needed:
        lines += _pins(name)
    return "\n".join(lines) + "\n"


def environment(sheet: str) -> str:
    """The text of environment.yml, for those who work with conda."""
    return (
        f"# conda env create -f environment.yml && conda activate {sheet}\n"
        f"name: {sheet}\nchannels:\n  - conda-forge\n  - nodefaults\ndependencies:\n"
        f"  - python={PYTHONS[1]}\n  - pip\n  - pip:\n      - -r requirements.txt\n"
    )


def _pins(name: str) -> list[str]:
    versions = dict(PIN.findall((layout.ROOT / "requirements.lock").read_text("utf-8")))
    if name == "tensorflow":
        return [line for line in _declared() if line.split("==")[0] in TENSORFLOW]
    if name not in versions:
        raise CourseError(
            f"The notebook, or a helper that it uses, imports {name}, which requirements.lock does "
            "not have. Add it to pyproject.toml and run scripts/lock.py."
        )
    return [f"{name}=={versions[name]}"]


@cache
def _declared() -> tuple[str, ...]:
    """The dependencies in pyproject.toml."""
    text = (layout.ROOT / "pyproject.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["project"]["dependencies"])


# --- modules


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a module or notebook, and what it says of other code.

    source: its code;
    defines: the names that it gives values;
    uses: the global names that it reads, also inside of functions;
    waits: whether it is a function or class, which does nothing until it is used;
    imports: what it imports, also inside of functions: module, name in it, name in the code;
    attributes: for each name, the attributes that are read of it; ALL if it is also passed around.
    """

    source: str
    defines: frozenset[str]
    uses: frozenset[str]
    waits: bool
    imports: frozenset[tuple[str, str, str]]
    attributes: Mapping[str, frozenset[str]]


def _used(source: str) -> dict[Path, str]:
    """The files of our packages that some code imports, directly or not, each with what is used.

    A function that nobody calls does not count: neither do the packages that it imports.
    """
    whole = {top: {file: {ALL} for file in _all(folder)} for top, folder in OURS.items()}
    wanted: dict[Path, set[str]] = {}
    new = _wanted_by(_statements(source), whole)
    used: dict[Path, str] = {}
    while new:
        path, its = new.popitem()
        if path in wanted and its <= wanted[path]:
            continue
        wanted[path] = wanted.get(path, set()) | its
        reached = _reached(path, wanted[path])
        used[path] = "\n".join(statement.source for statement in reached)
        for other, more in _wanted_by(reached, whole).items():
            new[other] = new.get(other, set()) | more
    return used


def _reached(path: Path, wanted: set[str]) -> list[Statement]:
    """The statements of a module that run when it is imported and some of its names are used."""
    body = _statements(path.read_text("utf-8")) if path.suffix == ".py" else ()
    kept = [one for one in body if ALL in wanted or not one.waits]
    left = [one for one in body if one not in kept]
    needed = wanted.union(*(one.uses for one in kept))
    while more := [one for one in left if one.defines & needed]:
        kept += more
        left = [one for one in left if one not in more]
        needed = needed.union(*(one.uses for one in more))
    return kept


def _wanted_by(code: Iterable[Statement], whole: Mapping[str, Mapping]) -> dict[Path, set[str]]:
    """The files of our packages that some code imports, with the names that it takes from each.

    whole: for each of our packages all of its files, of which all is taken unless it is helpers.
    """
    code = tuple(code)
    found: dict[Path, set[str]] = {}
    for module, name, alias in set().union(*(one.imports for one in code)):
        top, _, below = module.partition(".")
        if top != HELPERS.name:
            found |= whole.get(top, {})
            continue
        found.setdefault(HELPERS / "__init__.py", {ALL})
        file = HELPERS / f"{below or name}.py"
        taken = ({name} if name else {ALL}) if below else _attributes(code, alias)
        if file.is_file():
            found[file] = found.get(file, set()) | taken
    return found


def _attributes(code: Iterable[Statement], module: str) -> set[str]:
    """The names that some code takes from a module; ALL if it also passes the module around."""
    return set().union(*(one.attributes.get(module, ()) for one in code))


def _all(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and _is_ours(file)]


def _is_ours(file: Path) -> bool:
    return "__pycache__" not in file.parts


@lru_cache(maxsize=1000)  # by the text, not the file: what changes is read again
def _statements(source: str) -> tuple[Statement, ...]:
    """The statements at the top level of some code; none if it is no Python."""
    tree = names.parsed(source)
    return tuple(map(_statement, tree.body)) if tree else ()


def _statement(node: ast.stmt) -> Statement:
    source = ast.unparse(node)
    piece, waits = names.piece(source), isinstance(node, DEFINITIONS)
    nodes = list(ast.walk(node))
    return Statement(
        source, piece.defines, piece.uses, waits, frozenset(_imported(nodes)), _read_of(nodes)
    )


def _imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str, str]]:
    """What is imported: module, name in it, name in the code."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, "", alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield from ((node.module, one.name, one.asname or one.name) for one in node.names)


def _read_of(nodes: Iterable[ast.AST]) -> dict[str, frozenset[str]]:
    """For each name, the attributes that are read of it; ALL where it stands alone."""
    found: dict[str, set[str]] = {}
    of_attributes = set()
    for node in nodes:  # an attribute comes before the name that it is read of
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.setdefault(node.value.id, set()).add(node.attr)
            of_attributes.add(node.value)
        elif isinstance(node, ast.Name) and node not in of_attributes:
            found.setdefault(node.id, set()).add(ALL)
    return {name: frozenset(its) for name, its in found.items()}


# --- weights


def _weights(modules: Iterable[str]) -> set[Path]:
    """The trained weights that some code names, by their file or as an entry of a list."""
    said: set[str] = set().union(*map(_texts, modules))
    there = _all(HELPERS / "weights")
    found = {file for file in there if file.name in said or file.stem in said}
    for file in list(found):
        if file.suffix == ".json":
            entries = set(json.loads(file.read_text("utf-8")))
            found |= {one for one in there if one.stem in entries}
    return found


@lru_cache(maxsize=1000)
def _texts(source: str) -> frozenset[str]:
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return frozenset(node.value for node in nodes if isinstance(node.value, str))


# --- words


README = """# {title}

You need Python {first} to {last} on Linux, macOS or Windows.{torch}

**Install**, in this folder, in one line:

    python -m pip install -r requirements.txt

(or `conda env create -f environment.yml`, then `conda activate {sheet}`). A virtual environment
keeps it apart from your other work: `python -m venv .venv`, then `source .venv/bin/activate`, on
Windows `.venv\\Scripts\\activate`.

**Start**: `python -m jupyterlab {notebook}`. Keep the notebook in this folder, beside `helpers/`.

**Work.** Write your functions where `YOUR CODE HERE` stands and run the check below each: it says
in one line whether your function passes, and names a likely mistake if not. "Run all" never
stops at what you have not written yet, and the last cell says how far you are.

**Network.** {network}

**Hand in** `{notebook}` alone, by the page on which you found this sheet. Save it first. Data and
weights need not come along. A zip of the folder is understood too.

**Teams.** If your course lets you work in a team, hand in once for both, as a team of the learning
platform; otherwise as your course says.

**Without this folder** (a preview, Google Colab) the first cell of the notebook says what to do; in
Colab it asks for the zip and unpacks it.

If you have nbgrader installed, its menus for instructors only confuse here. To switch them off:

    jupyter labextension disable @jupyter/nbgrader
"""


def readme(sheet: str) -> str:
    """The text of README.md, one page."""
    first = outline.read_source(sheet).cells[0].source.partition("\n")[0]
    uses = packages(sheet)
    big = [name for name in ("torch", "tensorflow") if name in uses]
    torch = f" It has to be one for which {' and '.join(big)} exists." if big else ""
    loads = "data.py" in {file.name for file in files(sheet)}
    return README.format(
        title=first.lstrip("# "),
        sheet=sheet,
        notebook=layout.source_notebook(sheet).name,
        first=PYTHONS[0],
        last=PYTHONS[-1],
        torch=torch,
        network=MNIST if loads else "None is needed once the packages are installed.",
    )


MNIST = (
    "None is needed, except for MNIST: the notebook downloads it once (11 MB), or takes it from "
    "the folder that the environment variable `MNIST_DIR` names; without either, small digits "
    "step in, and the notebook says so."
)
