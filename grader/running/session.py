"""Conversations with the process that holds a student's code.

A session takes requests (see `agent.converse`) and returns replies. Whatever the student's code
does, it answers within the time limit or raises Stopped, and is then ready for the next request:
the process is started again and what was loaded is loaded again, without the culprit's call.
"""

import inspect
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import IO, Any, Protocol

from grader.course import layout
from grader.errors import MachineTrouble
from grader.running import agent, sandbox, surroundings
from grader.running.budget import Budget, Spent, endless, usage_of
from grader.running.lines import Broken, Lines

CALL_SECONDS = 10.0  # of work: see `budget`
START_SECONDS = 60.0
ENDED = "ended the whole Python process (exit, os._exit, a crash, or all memory used up)"
LEFT_BROKEN = "left a kernel that does not work any more"


class Stopped(Exception):
    """The student's code took the process down or had to be stopped; the message says how."""


class Ended(Stopped):
    """The process is gone, by its own doing or by that of something before it."""

    def __init__(self) -> None:
        super().__init__(ENDED)


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
        raise Stopped(endless(seconds)) from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, previous)


_BOOT = """
import os, sys
replies = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
os.dup2(1, 2)
requests, sys.stdin = sys.stdin, open(os.devnull)
{modules}
submission = sys.modules["submission"] = type(sys)("submission")
submission.get_ipython = lambda shell=_surroundings.PlainShell(vars(submission)): shell
_surroundings.settle_in()
replies.write("ready\\n")
replies.flush()
_agent.serve_forever(requests, replies, vars(submission))
"""
_MODULE = """
{name} = sys.modules["{name}"] = type(sys)("{name}")
exec(compile({source!r}, "<agent>", "exec"), {name}.__dict__)
"""


def sent_modules(prefix: str = "_") -> str:
    """Code that makes `agent` and `surroundings` modules of the process in which it runs.

    prefix: what stands before their names there.
    """
    return "import sys\n" + "".join(
        _MODULE.format(name=prefix + name, source=inspect.getsource(module))
        for name, module in (("agent", agent), ("surroundings", surroundings))
    )


def call_to(prefix: str, function: str, *args: str) -> str:
    """Code that calls a function of the `surroundings` sent so, with texts and the namespace."""
    words = ", ".join([*map(repr, args), *(["globals()"] if args else [])])
    return f"__import__('sys').modules['{prefix}surroundings'].{function}({words})"


def _call_to(function: str, *args: str) -> dict[str, Any]:
    """The same as a request: a piece of a module."""
    source = f"{call_to('_', function, *args)}\n"
    return {"source": source, "file": "<grader>", "first_line": 1, "future": ""}


class PlainProcess:
    """A sandboxed Python process without a notebook around it, for `check`.

    Use as a context manager. `load` executes the pieces of a module; their failures come back.
    """

    def __init__(self) -> None:
        self._loaded: list[dict[str, Any]] = []
        self._in_item = False

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
        """The reply to a request; raises Stopped, in a process that works.

        Who ends the process has it ended twice: once may be the doing of something before it.
        """
        try:
            try:
                return self._converse(request, seconds)
            except Ended:
                self._start_again()
                return self._converse(request, seconds)
        except Stopped:
            self._start_again()
            raise

    def fill_in(self, imports: str) -> None:
        """Give the module the names of the sheet's own imports that it lacks."""
        self.load(_call_to("fill_in", imports))

    @contextmanager
    def item(self) -> Iterator[None]:
        """While an item is judged: what the module set for its process is set back."""
        self._in_item = True
        self._side("begin_item")
        try:
            yield
        finally:
            self._in_item = False
            self._side("end_item")

    def _side(self, function: str) -> None:
        with suppress(Stopped):
            self.ask(_call_to(function))

    def _start(self) -> None:
        argv = [sys.executable, "-c", _BOOT.format(modules=sent_modules())]
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
        self._lines = Lines(self._stdin.fileno(), self._stdout.fileno())
        try:
            ready = self._lines.read(self._budget(START_SECONDS)) == b"ready"
        except (Broken, Spent):
            ready = False
        if not ready:
            self._kill_group()
            words = self._stderr.read(2000).decode(errors="replace")
            raise MachineTrouble(f"The process for student code did not start: {words}")

    def _start_again(self) -> None:
        """A new process with what was loaded, less what takes the process down by itself."""
        while True:
            self._kill()
            self._start()
            for piece in self._loaded:
                try:
                    self._converse(piece, START_SECONDS)
                except Stopped:
                    self._loaded.remove(piece)
                    break
            else:
                break
        if self._in_item:
            self._converse(_call_to("begin_item"), CALL_SECONDS)

    def _converse(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        try:
            return self._lines.ask(request, self._budget(seconds))
        except Broken:
            raise Ended from None
        except Spent as spent:
            raise Stopped(str(spent)) from None

    def _budget(self, seconds: float) -> Budget:
        return Budget(seconds, partial(usage_of, self._process.pid))

    def _kill(self) -> None:
        with ExitStack() as stack:
            for stream in (self._stdin, self._stdout, self._stderr):
                stack.callback(_close, stream)
            self._kill_group()

    def _kill_group(self) -> None:
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
