"""Conversations with the process that holds a student's code.

A session takes requests (see `agent.converse`) and returns replies. Whatever the student's code
does, it answers within the time limit or raises Stopped, and is then ready for the next request:
the process is started anew and what was loaded is loaded again, without the culprit's call.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Protocol

from grader.course import layout
from grader.running import agent, sandbox

CALL_SECONDS = 10.0
START_SECONDS = 60.0
MAX_REPLY = 2 * agent.MAX_BYTES


class Stopped(Exception):
    """The student's code took the process down or had to be stopped; the message says how."""


class Session(Protocol):
    """What the judge needs of a process with student code in it."""

    def ask(self, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        """The reply to a request; raises Stopped."""


class InProcess:
    """A namespace in this very process: for the course's own code, which is trusted."""

    def __init__(self, namespace: dict[str, Any]):
        self.namespace = namespace

    def ask(self, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        with _alarm(seconds):
            return agent.call(request, self.namespace)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise Stopped in the main thread after some seconds of work; elsewhere there is no limit.

    The processors' time counts, not the clock's: what is trusted and slow because the machine has
    other work to do is not to be stopped. Several threads may spend it, one for each processor.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    late = False

    def stop(signum: int, frame: object) -> None:
        nonlocal late
        late = True
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds * (os.cpu_count() or 1))
    try:
        yield
    except KeyboardInterrupt:
        if not late:
            raise  # somebody pressed Ctrl-C
        raise Stopped(too_long(seconds)) from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


def too_long(seconds: float) -> str:
    """What a student reads after a time-out."""
    return f"did not finish within {seconds:g} s and was stopped: is there an endless loop?"


LEFT_BROKEN = "left a kernel that does not work any more"
ENDED = "ended the whole Python process (exit, os._exit, a crash, or all memory used up)"

_BOOT = """
import os, sys
replies = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.dup2(1, 2)
requests, sys.stdin = sys.stdin, open(os.devnull)
module = type(sys)("_agent")
exec(compile({source!r}, "<agent>", "exec"), module.__dict__)
replies.write("ready\\n")
replies.flush()
module.serve_forever(requests, replies)
"""


class PlainProcess:
    """A sandboxed Python process without a notebook around it, for `check`.

    Use as a context manager. `load` executes the pieces of a module; their failures come back.
    """

    def __init__(self) -> None:
        self._loaded: list[dict[str, Any]] = []
        self._count = 0

    def __enter__(self) -> "PlainProcess":
        with ExitStack() as stack:
            self._scratch = stack.enter_context(sandbox.scratch_folder(layout.PACKAGES))
            stack.callback(self._kill)
            self._start()
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._exit.close()

    def load(self, piece: dict[str, Any], seconds: float = START_SECONDS) -> dict[str, Any]:
        """Execute a piece of a module ({"source", "file", "first_line"}) and remember it."""
        reply = self.ask(piece, seconds)
        self._loaded.append(piece)
        return reply

    def ask(self, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        try:
            return self._converse(request, seconds)
        except Stopped:
            self._kill()
            self._start()
            for piece in self._loaded:
                self._converse(piece, START_SECONDS)
            raise

    def _start(self) -> None:
        boot = _BOOT.format(source=Path(agent.__file__).read_text("utf-8"))
        argv = [sys.executable, "-c", boot]
        self._process = subprocess.Popen(
            sandbox.command(argv, self._scratch, layout.ROOT, layout.SHOWN),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=self._scratch / "work",
            env=sandbox.environment(self._scratch),
            start_new_session=True,
        )
        self._stdin, self._stdout, self._stderr = _pipes(self._process)
        self._buffer = b""
        if self._read_line(START_SECONDS) != b"ready":
            words = self._stderr.read(2000).decode(errors="replace")
            raise RuntimeError(f"The process for student code did not start: {words}")

    def _converse(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        self._count += 1
        try:
            self._stdin.write(json.dumps(request | {"id": self._count}).encode() + b"\n")
            self._stdin.flush()
            reply = json.loads(self._read_line(seconds))
        except (OSError, ValueError, RecursionError):
            raise Stopped(ENDED) from None
        if not isinstance(reply, dict) or reply.get("id") != self._count:
            raise Stopped(ENDED)
        return reply

    def _read_line(self, seconds: float) -> bytes:
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise Stopped(too_long(seconds))
                part = os.read(self._stdout.fileno(), 1 << 20)
                if not part or len(self._buffer) > MAX_REPLY:
                    raise Stopped(ENDED)
                self._buffer += part
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def _kill(self) -> None:
        with ExitStack() as stack:
            for stream in (self._stdin, self._stdout, self._stderr):
                stack.callback(_close, stream)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes], IO[bytes]]:
    """The three streams of a process that was started with a pipe for each."""
    assert process.stdin and process.stdout and process.stderr
    return process.stdin, process.stdout, process.stderr


def _close(stream: IO[bytes]) -> None:
    with suppress(OSError):  # what was not yet flushed has no reader any more
        stream.close()
