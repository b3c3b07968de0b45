"""What the grader changes in nbgrader and nbclient, and that another version still has it."""

import ast
import importlib
import inspect
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from nbgrader.converters import GenerateFeedback

from grader import nbgrader_patches, pipeline
from grader.records import question_handlers
from grader.records.export import MemberExporter

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((ROOT / "grader").rglob("*.py"))
FOREIGN = ("nbgrader", "nbclient")
# What nbconvert and nbgrader document as the way to write a step or an exporter.
DOCUMENTED = {"preprocess", "preprocess_cell", "export"}

RELIED_ON = nbgrader_patches.RELIED_ON


def classes() -> list[type]:
    """The classes of the grader with a class of nbgrader or nbclient among their bases."""
    steps = [*pipeline.RELEASE, *pipeline.CLEAN, *pipeline.JUDGE]
    ours = [step for step in steps if step.__module__.startswith("grader.")]
    ours += [nbgrader_patches.AutogradeFolder, nbgrader_patches.ClearSolutionsWith]
    ours += [MemberExporter]
    ours += [handler for _, handler in question_handlers.HANDLERS]
    return list(dict.fromkeys(ours))


def foreign_bases(kind: type) -> list[type]:
    return [base for base in kind.__mro__ if base.__module__.partition(".")[0] in FOREIGN]


def attribute(name: str) -> str:
    return name.rpartition(".")[2]


@pytest.mark.parametrize(("module", "name", "why"), RELIED_ON, ids=[one[1] for one in RELIED_ON])
def test_a_name_that_the_grader_relies_on_is_there(module, name, why):
    owner = importlib.import_module(module)
    *outer, last = name.split(".")
    for part in outer:
        owner = getattr(owner, part)
    assigned = inspect.isclass(owner) and re.search(rf"self\.{last}\b.* = ", sources(owner))
    assert hasattr(owner, last) or assigned, f"{module}.{name} is gone ({why})"


def test_a_new_gradebook_is_of_the_form_that_nbgrader_itself_would_note():
    code = "from nbgrader.api import get_alembic_version; print(get_alembic_version())"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    options = {"env": os.environ | {"PATH": path}, "text": True}
    theirs = subprocess.check_output([sys.executable, "-c", code], **options)
    nbgrader_patches.apply()
    assert nbgrader_patches.api.get_alembic_version() == theirs.strip()


def test_the_formgrader_says_what_it_saved_once_and_only_if_it_did(monkeypatch):
    from nbgrader.server_extensions.formgrader import apihandlers

    for handler in (apihandlers.GradeHandler, apihandlers.CommentHandler):
        monkeypatch.setattr(handler, "put", lambda self, entry: self.saved.append(entry))
    monkeypatch.setattr(GenerateFeedback, "start", GenerateFeedback.start)
    entry = SimpleNamespace(
        assignment=SimpleNamespace(name="sheet"), student=SimpleNamespace(id="ada")
    )
    for name in ("find_grade_by_id", "find_comment_by_id"):
        monkeypatch.setattr(nbgrader_patches.Gradebook, name, lambda book, which: entry)
    told: list[tuple[str, str]] = []
    for _ in range(2):  # the formgrader reads the configuration again and again
        nbgrader_patches.tell(lambda *names: told.append(names), lambda: None)
    for handler in (apihandlers.GradeHandler, apihandlers.CommentHandler):
        for status in (200, 403):
            saver = SimpleNamespace(saved=[], gradebook=None, get_status=lambda s=status: s)
            handler.put(saver, "1")
            assert saver.saved == ["1"]
    assert told == [("sheet", "ada")] * 2


def test_pages_of_our_own_come_once_and_before_those_of_the_formgrader(monkeypatch):
    from nbgrader.server_extensions.formgrader import handlers

    # Another test may have read the configuration in this process.
    theirs = [page for page in handlers.default_handlers if page not in question_handlers.HANDLERS]
    monkeypatch.setattr(handlers, "default_handlers", list(theirs))
    for _ in range(2):  # the formgrader reads the configuration again and again
        nbgrader_patches.add_pages(lambda: question_handlers.HANDLERS)
    assert handlers.default_handlers == [*question_handlers.HANDLERS, *theirs]
    addresses = [address for address, *_ in theirs]
    assert question_handlers.HANDLERS[0][0] in addresses  # the page that is replaced


def sources(kind: type) -> str:
    """The source of a class and of its bases in nbgrader and nbclient."""
    return "\n".join(inspect.getsource(base) for base in foreign_bases(kind))


def test_every_class_built_on_nbgrader_is_looked_at():
    found = set()
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef) and node.bases:
                module = importlib.import_module(_dotted(file))
                kind = vars(module).get(node.name)
                if kind is not None and foreign_bases(kind):
                    found.add(kind)
    assert found == set(classes())


def _dotted(file: Path) -> str:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("kind", classes())
def test_what_a_class_overrides_is_listed(kind):
    listed = {attribute(name) for _, name, _ in RELIED_ON} | DOCUMENTED
    theirs = {name for base in foreign_bases(kind) for name in vars(base)}
    assert written_in(kind) & theirs <= listed


def written_in(kind: type) -> set[str]:
    """The names that the body of a class defines; traitlets adds others."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    names = {node.name for node in definition.body if isinstance(node, functions)}
    for node in definition.body:
        if isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return {name for name in names if not name.startswith("__")}


@pytest.mark.parametrize("kind", classes())
def test_the_private_names_of_nbgrader_that_a_class_uses_are_listed(kind):
    listed = {attribute(name) for _, name, _ in RELIED_ON}
    private = re.compile(r"\b(?:self|super\(\))\.(_[a-z]\w*)")
    used = set(private.findall(inspect.getsource(kind)))
    theirs = set(private.findall(sources(kind)))
    theirs |= {name for base in foreign_bases(kind) for name in vars(base)}
    assert used & theirs <= listed


# Their source is executed in the student's process, which is prepared there.
SENT_TO_STUDENTS = ("agent.py", "surroundings.py", "forks.py")


def test_nothing_is_put_into_other_packages_but_on_the_one_page():
    for file in FILES:
        if file.name in ("nbgrader_patches.py", *SENT_TO_STUDENTS):
            continue
        module = importlib.import_module(_dotted(file))
        for target in assigned_attributes(ast.parse(file.read_text("utf-8"))):
            owner = vars(module).get(target.value.id)
            assert not isinstance(owner, (type, ModuleType)), f"{file.name}: {ast.unparse(target)}"


def assigned_attributes(tree: ast.AST) -> list[ast.Attribute]:
    """Every `name.attribute` that something is assigned to."""
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    return [
        node
        for node in attributes
        if isinstance(node.ctx, ast.Store) and isinstance(node.value, ast.Name)
    ]


def test_no_module_reads_a_private_name_of_another_object():
    listed = {attribute(name) for _, name, _ in RELIED_ON}
    for file in FILES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and re.match(r"_[a-z]", node.attr):
                name = ast.unparse(node)
                owner = ast.unparse(node.value)
                ours = owner in ("self", "super()") or name == "os._exit"
                patched = file.name == "nbgrader_patches.py" and node.attr in listed
                assert ours or patched, f"{file.name}: {name}"
