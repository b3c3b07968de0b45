"""The bank of a sheet in reference/: right and wrong implementations, and the checks."""

import importlib.util
import inspect
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
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


@dataclass(frozen=True)
class Constant:
    """A free constant of a known mistake.

    usual: the value that the bank shows it with;
    low: the smallest value that students may have chosen;
    high: the largest one.
    """

    usual: float
    low: float
    high: float


def constant_of(mistake: Callable[..., Any]) -> Constant | None:
    """The free constant that a mistake declares, None where it has none.

    A function declares it by a keyword `constant: (low, high) = usual`, a class by an attribute of
    the same form.
    """
    limits = getattr(mistake, "__annotations__", {}).get("constant")
    if limits is None:
        return None
    is_class = isinstance(mistake, type)
    defaults = vars(mistake) if is_class else mistake.__kwdefaults__ or {}
    return Constant(defaults["constant"], *limits)


def with_constant(mistake: Callable[..., Any], value: float) -> Callable[..., Any]:
    """The same mistake with another value of its constant: a function again, or a class."""
    if isinstance(mistake, type):
        return type(mistake.__name__, (mistake,), {"constant": value})
    parts = mistake.__code__, mistake.__globals__, mistake.__name__
    copy = FunctionType(*parts, mistake.__defaults__, mistake.__closure__)
    copy.__kwdefaults__ = {**(mistake.__kwdefaults__ or {}), "constant": value}
    return copy


def sentence_of(mistake: Callable[..., Any], value: float | None = None) -> str:
    """What students read of a mistake: its docstring, with its constant's value where it is known.

    `{constant}` in the docstring becomes "about 1e-6", or "a constant".
    """
    words = "a constant"
    if value is not None:
        words = "about " + re.sub(r"e([+-])0", r"e\1", f"{float(f'{value:.2g}'):g}")
    text = " ".join((inspect.getdoc(mistake) or "").split())
    if text.startswith("{constant}"):
        words = words.capitalize()
    return text.replace("{constant}", words)
