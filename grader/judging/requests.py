"""A check's call as a request for the process that holds the student's code."""

import inspect
import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from grader.running import agent

PROBES = "probes"  # the name of modules that are sent whole

Target = str | Callable[..., Any]  # a student's function by its name, or a probe
Instead = Mapping[str, Target]  # stand-ins by the names that they take: functions, or their names


def request_for(
    target: Target, args: tuple, instead: Instead, reference: Mapping[str, Any]
) -> dict[str, Any]:
    """The request that calls a target with arguments; see `agent.call`.

    reference: the instructors' functions, whose parameters give the arguments their names.
    """
    request: dict[str, Any] = {"args": [agent.encode(arg) for arg in args]}
    if isinstance(target, str):
        names = list(inspect.signature(reference[target]).parameters)
        request |= {"target": target, "names": names}
    else:
        names = list(inspect.signature(target).parameters)[1:]
        request |= {"target": _name(target), "names": names, "probe": source(target)}
    if instead:
        request |= _stand_ins(instead, request.get("probe"))
    return request


def _stand_ins(instead: Instead, probe: str | None) -> dict[str, Any]:
    """The part of a request that puts stand-ins in the place of the student's functions."""
    known = {name: one if isinstance(one, str) else _name(one) for name, one in instead.items()}
    sources = {source(one) for one in instead.values() if not isinstance(one, str)}
    sources = sources or ({probe} if probe else set())
    if len(sources) != 1:
        raise TypeError("All stand-ins of a call are from one module of probes.")
    return {"instead": known, "stand_ins": sources.pop()}


def source(function: Callable[..., Any]) -> str:
    """The source that is sent for a probe or a stand-in: of its module of probes, or its own."""
    module = _module_of_probes(function)
    return _source(function if module is None else module)


@cache
def _source(thing: Any) -> str:
    """A source, which takes longer to be found than most probes take to run."""
    return inspect.getsource(thing)


def _module_of_probes(function: Callable[..., Any]) -> Any:
    """The module of probes that a function or class belongs to; None if it is elsewhere."""
    name = function.__module__
    return sys.modules[name] if name.rpartition(".")[2] == PROBES else None


def _name(function: Callable[..., Any]) -> str:
    """The name of a function in its module; of one that another function made, too."""
    module = _module_of_probes(function)
    names = [] if module is None else [k for k, v in vars(module).items() if v is function]
    return names[0] if names else function.__name__
