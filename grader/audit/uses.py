"""Which answers a request has to do with: a mistake in one costs others at most where it is used.

An audit judges an item that is answered right once for every mistake in another item. Most of what
it asks then has nothing to do with the mistake, and the reply is always the same.
"""

import hashlib
import json
import sys
import types
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from grader.running.session import CALL_SECONDS, InProcess, Session

AUTOGRAPH = "__autograph_generated_file"  # where tf.function keeps what it translated


@dataclass(frozen=True)
class Reply:
    """What the solution replies to a request.

    reply: as from a session;
    used: the names that had a part in it: looked up by a probe, or executed, and not replaced.
    """

    reply: dict[str, Any]
    used: frozenset[str]


def key_of(request: dict[str, Any]) -> bytes:
    """What tells a request from others."""
    return hashlib.sha256(json.dumps(request).encode()).digest()


class Replies:
    """The solution's replies, each computed once.

    solution: its functions and variables;
    seed: sets all random generators, so that no reply depends on what was asked before.
    """

    def __init__(self, solution: dict[str, Any], seed: Callable[[], None]):
        self._solution, self.seed = solution, seed
        self._known: dict[bytes, Reply] = {}

    def to(self, request: dict[str, Any], seconds: float) -> Reply:
        key = key_of(request)
        if key not in self._known:
            asked = Recording(self._solution)
            self.seed()
            with _executed() as codes:
                reply = InProcess(asked).ask(request, seconds)
            used = asked.names | _named(codes, self._solution)
            used -= set(request.get("instead", {}))
            self._known[key] = Reply(reply, frozenset(used))
        return self._known[key]


class Elsewhere:
    """A session whose namespace has a mistake in it, for items that are answered right.

    mistaken: the names of the functions or variables of which one is wrong. Where they have no part
    in a reply, because a stand-in takes their place or nothing runs them, it is the solution's.
    """

    def __init__(self, session: Session, mistaken: Collection[str], right: Replies):
        self._session, self._mistaken, self._right = session, mistaken, right

    def ask(self, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        known = self._right.to(request, seconds)
        if known.used.isdisjoint(self._mistaken):
            return known.reply
        self._right.seed()
        return self._session.ask(request, seconds)


class Recording(dict):
    """A namespace that notes which names were looked up."""

    def __init__(self, namespace: dict[str, Any]):
        super().__init__(namespace)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)


@contextmanager
def _executed() -> Iterator[set[types.CodeType]]:
    """The code of all functions that run inside of it in this thread."""
    codes: set[types.CodeType] = set()

    def note(frame: types.FrameType, event: str, arg: object) -> None:
        codes.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield codes
    finally:
        sys.setprofile(before)


def _named(codes: set[types.CodeType], namespace: dict[str, Any]) -> set[str]:
    """The names of the functions and classes to which some code belongs."""
    found = {name for name, value in namespace.items() if not codes.isdisjoint(_codes(value))}
    translated = {code.co_name for code in codes if AUTOGRAPH in code.co_filename}
    return found | {name.removeprefix("tf__") for name in translated}


def mentioned(names: Iterable[str], namespace: dict[str, Any]) -> set[str]:
    """The names, and those that functions and classes with these names mention, and so on."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            for code in _codes(namespace.get(name)):
                waiting += _names_in(code)
    return found


def _codes(value: Any) -> list[types.CodeType]:
    """The code of a function, or of the methods of a class."""
    parts = vars(value).values() if isinstance(value, type) else [value]
    return [part.__code__ for part in parts if hasattr(part, "__code__")]


def _names_in(code: types.CodeType) -> list[str]:
    """The names that a piece of code mentions, in the functions inside of it too."""
    inner = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return [*code.co_names, *(name for part in inner for name in _names_in(part))]
