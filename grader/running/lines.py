"""Lines to and from a student's process, one request and one reply at a time, within limits."""

import json
import os
import selectors
from collections.abc import Callable
from typing import Any

from grader.running import agent
from grader.running.budget import LOOK_SECONDS, Budget

MAX_REPLY = 2 * agent.MAX_BYTES


class Broken(Exception):
    """The other side has closed, or what it says is no reply to what it was asked."""


class Lines:
    """The two directions of a conversation, by the descriptors of their files.

    meanwhile: called now and then while the other side is waited for, with what limits the wait.
    """

    def __init__(
        self, to: int, back: int, meanwhile: Callable[[Budget], None] = lambda limits: None
    ):
        self._to, self._back, self._meanwhile = to, back, meanwhile
        self._buffer = bytearray()
        self._count = 0
        os.set_blocking(to, False)  # who does not read must not hold up who writes

    def ask(self, request: dict[str, Any], limits: Budget) -> dict[str, Any]:
        """The reply to a request; raises Broken, or what `limits` raises."""
        self._count += 1
        try:
            self._send(json.dumps(request | {"id": self._count}).encode() + b"\n", limits)
            reply = json.loads(self.read(limits))
        except (OSError, ValueError, RecursionError):
            raise Broken from None
        if not isinstance(reply, dict) or reply.get("id") != self._count:
            raise Broken
        return reply

    def read(self, limits: Budget) -> bytes:
        """One line without its end; raises Broken, or what `limits` raises."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._back, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                limits.look()
                if not selector.select(LOOK_SECONDS):
                    self._meanwhile(limits)
                    continue
                part = self._part()
                if not part or len(self._buffer) > MAX_REPLY:
                    raise Broken
                self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\n")
        return bytes(line)

    def _part(self) -> bytes:
        """What has come; nothing where the other side has closed, or ended before it listened."""
        try:
            return os.read(self._back, 1 << 20)
        except ConnectionResetError:
            return b""

    def _send(self, line: bytes, limits: Budget) -> None:
        left = memoryview(line)
        with selectors.DefaultSelector() as selector:
            selector.register(self._to, selectors.EVENT_WRITE)
            while left:
                limits.look()
                if selector.select(LOOK_SECONDS):
                    left = left[os.write(self._to, left) :]
                else:
                    self._meanwhile(limits)
