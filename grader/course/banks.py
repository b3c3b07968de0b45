"""The bank of a sheet in reference/: right and wrong implementations, and the checks."""

import importlib.util
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.course import layout
from grader.errors import CourseError


@dataclass(frozen=True)
class Bank:
    """The instructors' side of a sheet: the modules in reference/<sheet>/.

    reference: the right implementations, by the names that students define;
    checks: a function for each item, by its name;
    mistakes: the known wrong implementations, `<item>__<id>`.
    """

    reference: ModuleType
    checks: ModuleType
    mistakes: ModuleType


@cache
def bank(sheet: str) -> Bank:
    """The plug-in of a sheet: reference implementations, checks, mistakes."""
    layout.find_sheet(sheet)
    return Bank(*(module(sheet, name) for name in ("reference", "checks", "mistakes")))


def module(sheet: str, name: str) -> ModuleType:
    """One module of reference/<sheet>/, by name."""
    try:
        return importlib.import_module(f"reference.{sheet}.{name}")
    except ModuleNotFoundError as error:
        raise CourseError(f"reference/{sheet}/{name}.py is missing or broken: {error}") from error


def text(name: str) -> str:
    """The source of a module in reference/, such as `<sheet>.probes`, without running it.

    Empty where there is none.
    """
    with suppress(ModuleNotFoundError):
        spec = importlib.util.find_spec(f"reference.{name}")
        if spec is not None and spec.origin is not None:
            return Path(spec.origin).read_text("utf-8")
    return ""


def named_by_item(module: ModuleType, item: str) -> dict[str, Callable[..., Any]]:
    """The functions `<item>__<id>` of a module, by id; what each replaces: `Item.replaced_by`."""
    start = f"{item}__"
    return {
        name.removeprefix(start): value
        for name, value in vars(module).items()
        if name.startswith(start)
    }


def checks_in(checks: ModuleType) -> list[str]:
    """The names of the checks in a module: its public functions, and those it takes from others."""
    return [
        name
        for name, value in vars(checks).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "").endswith(".checks")
    ]


def is_value(reference: ModuleType, item: str) -> bool:
    """Whether an item is a variable (a text, a number, …) and neither a function nor a class."""
    return item in vars(reference) and not callable(vars(reference)[item])


def in_place_of(item: str, function: Callable[..., Any], reference: ModuleType) -> Any:
    """What a function `<item>__<id>` puts in the place of an item.

    The function itself; of a value item, what a student would have written, which it returns.
    """
    return function() if is_value(reference, item) else function
