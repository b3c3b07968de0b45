"""Rules for the modules in reference/<sheet>/."""

import difflib
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from grader.authoring.definitions import Definition, definitions, module_file
from grader.authoring.lint.finding import Finding
from grader.course import banks, layout, names, outline

MODULES = ("reference", "checks", "mistakes", "alternatives", "equivalents", "samples")
MISTAKES, ALTERNATIVES = 6, 3  # at least so many for each item
MAY_IMPORT: dict[str, set[str]] = {  # packages of ours, and which others of them each may import
    "derivations": set(),
    "helpers": {"derivations"},
    "reference": {"derivations", "helpers"},
    "grader": {"helpers"},
}


def has_all_modules(sheet: str) -> Iterator[Finding]:
    """The bank has all its modules."""
    for name in ("__init__", *MODULES):
        if not module_file(sheet, name).is_file():
            yield Finding(
                f"reference/{sheet}/{name}.py",
                "The file is missing.",
                "Compare with what `python -m grader new` makes.",
            )


def imports_nothing_of_the_grader(sheet: str) -> Iterator[Finding]:
    """The bank imports nothing of the grader."""
    folder = module_file(sheet, "__init__").parent
    for file in sorted(folder.rglob("*.py")):
        foreign = foreign_imports(file, "reference")
        if foreign:
            yield Finding(
                f"reference/{file.relative_to(folder.parent)}",
                f"It imports {' and '.join(sorted(foreign))}.",
                "A bank may import helpers and derivations; the grader finds it by its names.",
            )


def foreign_imports(file: Path, package: str) -> set[str]:
    """The packages of ours that a module imports though its own package may not."""
    found = names.imported(file.read_text("utf-8"))
    return (found & MAY_IMPORT.keys()) - MAY_IMPORT[package] - {package}


def has_a_check_and_a_reference_for_each_item(sheet: str) -> Iterator[Finding]:
    """Each item has its check, and each of its answers a reference."""
    checks, reference = definitions(sheet, "checks"), definitions(sheet, "reference")
    for item in outline.items(sheet).values():
        if item.name not in checks:
            yield Finding(
                f"reference/{sheet}/checks.py",
                f"There is no check for {item.name}.",
                f"Write `def {item.name}(student, draw)`, which yields lines.",
            )
        if item.answer not in reference:
            yield Finding(
                f"reference/{sheet}/reference.py",
                f"There is no {item.answer}.",
                "Write the right implementation, by another route than the solution.",
            )


def has_enough_mistakes_and_alternatives(sheet: str) -> Iterator[Finding]:
    """Each item has six mistakes with docstrings, and three alternatives."""
    mistakes, alternatives = definitions(sheet, "mistakes"), definitions(sheet, "alternatives")
    for item in outline.items(sheet):
        found = _of_item(mistakes, item)
        yield from _too_few(sheet, "mistakes", item, len(found), MISTAKES)
        yield from _too_few(
            sheet, "alternatives", item, len(_of_item(alternatives, item)), ALTERNATIVES
        )
        for mistake in found:
            if not mistake.docstring:
                yield Finding(
                    mistake.where,
                    f"{mistake.name} has no docstring.",
                    "Write what is wrong with it: students who make the mistake read this.",
                )


def _too_few(sheet: str, part: str, item: str, found: int, wanted: int) -> Iterator[Finding]:
    if found < wanted:
        yield Finding(
            f"reference/{sheet}/{part}.py",
            f"{item} has {found} {part}; at least {wanted} are expected.",
            f"Add functions `{item}__<name>`.",
        )


def names_only_known_items(sheet: str) -> Iterator[Finding]:
    """Checks, mistakes, alternatives and equivalents belong to items of the sheet."""
    items = outline.items(sheet)
    for part in ("mistakes", "alternatives"):
        for found in definitions(sheet, part).values():
            item, separator, _ = found.name.partition("__")
            if item and separator and item not in items:
                yield _unknown(found.where, found.name, item, items)
    for found in definitions(sheet, "checks").values():
        is_a_check = found.is_callable and found.file.stem == "checks" and found.name[0] != "_"
        if is_a_check and found.name not in items:
            fix = "Other functions of this module begin with an underscore."
            yield _unknown(found.where, found.name, found.name, items, fix)
    for key in banks.module(sheet, "equivalents").EQUIVALENT:
        item = key.partition(": ")[0]
        if item not in items:
            yield _unknown(f"reference/{sheet}/equivalents.py", repr(key), item, items)


def _unknown(where: str, name: str, item: str, items: Iterable[str], fix: str = "") -> Finding:
    near = difflib.get_close_matches(item, items, 1, 0.6)
    hint = f"Did you mean {near[0]}?" if near else f"The items are: {', '.join(items)}."
    return Finding(where, f"{name} belongs to no item.", f"{hint} {fix}".rstrip())


def gives_reasons(sheet: str) -> Iterator[Finding]:
    """Each surviving mutant in equivalents.py has its reason."""
    for key, reason in banks.module(sheet, "equivalents").EQUIVALENT.items():
        if not reason.strip():
            yield Finding(
                f"reference/{sheet}/equivalents.py",
                f"There is no reason for {key!r}.",
                "Say why it computes the same, or let the check catch it.",
            )


def returns_values_for_value_items(sheet: str) -> Iterator[Finding]:
    """Mistakes and alternatives of a value item return a value of its kind."""
    known = definitions(sheet, "reference")
    for item in outline.items(sheet).values():
        written = known.get(item.answer)
        if written is None or written.is_callable:  # importing the bank may take seconds
            continue
        reference = banks.module(sheet, "reference")
        if banks.is_value(reference, item.answer):
            yield from _wrong_kinds(sheet, item, vars(reference)[item.answer])


def _wrong_kinds(sheet: str, item: outline.Item, answer: object) -> Iterator[Finding]:
    kind = Mapping if isinstance(answer, Mapping) else type(answer)
    for part in ("mistakes", "alternatives"):
        for name, function in banks.named_by_item(banks.module(sheet, part), item.name).items():
            value = function()
            # a mistake may be a list where a dictionary is expected; a text is one, right or wrong
            if value is None or callable(value):
                problem = "returns no value"
            elif (part == "alternatives" or kind is str) and not isinstance(value, kind):
                problem = f"returns no {kind.__name__}"
            else:
                continue
            yield Finding(
                f"reference/{sheet}/{part}.py",
                f"{item.name}__{name} {problem}.",
                "It must return what the student would have written.",
            )


def passes_ruff(sheet: str) -> Iterator[Finding]:
    """Notebook and bank pass the project's linter and formatter, where ruff is installed."""
    if find_spec("ruff") is None:
        return
    folders = [f"source/{sheet}", f"reference/{sheet}"]
    checked = _ruff("check", "--output-format=concise", "--quiet", *folders)
    for line in checked.stdout.splitlines():
        yield Finding("ruff check", line)
    if _ruff("format", "--check", "--quiet", *folders).returncode:
        fix = f"Run `ruff format {' '.join(folders)}`."
        yield Finding("ruff format", "It would change something.", fix)


def _ruff(*arguments: str) -> subprocess.CompletedProcess[str]:
    settings = ["--config", str(layout.ROOT / "pyproject.toml")]
    command = [sys.executable, "-m", "ruff", *arguments, *settings]
    root = layout.SOURCE.parent
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


RULES = (
    has_all_modules,
    imports_nothing_of_the_grader,
    has_a_check_and_a_reference_for_each_item,
    has_enough_mistakes_and_alternatives,
    names_only_known_items,
    gives_reasons,
    returns_values_for_value_items,
    passes_ruff,
)


def _of_item(known: dict[str, Definition], item: str) -> list[Definition]:
    return [found for name, found in known.items() if name.startswith(f"{item}__")]
