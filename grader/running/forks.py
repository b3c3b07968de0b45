"""A process that has imported what a sheet needs, and forks one student's process per request.

Run as a script with the number of an open listening socket (SOCK_SEQPACKET) and the code of the
imports; its standard input is open as long as the process that started it lives. It must not
compute: a computation starts threads that no fork has. Student code can read whatever lies in its
memory, so it gets nothing but the public imports.

A connection stands for one forked process. The first message to this side is the request (see
`_become`), further ones name a signal for the process. The first message back says that there is
a process, the second its exit code. Where a connection is closed, its process is killed.
"""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

if __name__ == "__main__":  # Python puts the script's own folder first
    sys.path[0] = str(Path(__file__).resolve().parents[2])

from grader.running import jail

LARGEST = 1 << 20  # bytes of a message
FAILED = 255  # exit code of a kernel that failed by itself; see kernel.BY_A_SIGNAL
# What every kernel imports when it starts.
OF_A_KERNEL = (
    *("ipykernel.kernelapp", "ipykernel.debugger", "tornado.platform.asyncio", "psutil"),
    *("IPython.core.completerlib", "IPython.extensions.storemagic"),
)
OURS = "grader"  # the package whose modules no student's process needs


def main(listening: int, imports: str) -> None:
    """Import, then serve until the process that started this one has ended."""
    del sys.path[0]
    _load(imports)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    request = _Server(socket.socket(fileno=listening)).serve()
    if request is not None:
        _become(request)


def _load(imports: str) -> None:
    """Execute the imports; the course's own packages each process imports from its own folder.

    A package with a function `warm_up` is used as it is after that: it must read no more files.
    """
    own = os.environ["PYTHONPATH"]
    exec(compile(imports, "<imports>", "exec"), {"__name__": "imports"})
    if "torch" in sys.modules:
        import torch._dynamo  # noqa: F401  (the first optimiser imports it, which takes a second)
    for name in OF_A_KERNEL:
        importlib.import_module(name)
    ours = [n for n, m in sys.modules.items() if str(getattr(m, "__file__", "")).startswith(own)]
    warm = {name for name in ours if hasattr(sys.modules[name], "warm_up") and "." not in name}
    for name in warm:
        sys.modules[name].warm_up()
    for name in ours:
        if name.partition(".")[0] not in warm:
            del sys.modules[name]
    sys.path.remove(own)
    gc.collect()
    gc.freeze()


class _Server:
    """The connections, and the processes that they stand for."""

    def __init__(self, listening: socket.socket):
        self._listening = listening
        self._connections: dict[int, socket.socket] = {}
        self._processes: dict[int, int] = {}  # by the descriptors of their connections
        self._woken, wake = os.pipe()
        for fd in (self._woken, wake):
            os.set_blocking(fd, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._poll = select.poll()
        for fd in (0, listening.fileno(), self._woken):
            self._poll.register(fd, select.POLLIN)

    def serve(self) -> dict[str, Any] | None:
        """In the forked processes: the request; in this one: None, when it is time to end."""
        while True:
            for fd, _ in self._poll.poll():
                if fd == 0:
                    self._end_all()
                    return None
                if fd == self._woken:
                    with suppress(BlockingIOError):
                        os.read(fd, LARGEST)
                    self._reap()
                elif fd == self._listening.fileno():
                    connection, _ = self._listening.accept()
                    self._connections[connection.fileno()] = connection
                    self._poll.register(connection.fileno(), select.POLLIN)
                elif fd in self._connections and (request := self._receive(fd)):
                    return request

    def _receive(self, fd: int) -> dict[str, Any] | None:
        """Take a message; a request, in the process that was forked for it."""
        try:
            message = self._connections[fd].recv(LARGEST)
        except OSError:
            message = b""
        if not message:
            self._signal(fd, signal.SIGKILL)
            self._close(fd)
            return None
        words = json.loads(message)
        if "signal" in words:
            self._signal(fd, words["signal"])
            return None
        try:
            process = os.fork()
        except OSError:  # no memory, or too many processes: the other side starts one cold
            self._close(fd)
            return None
        if process == 0:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            return words
        with suppress(OSError):  # both do it, so that neither has to wait for the other
            os.setpgid(process, process)
        self._processes[fd] = process
        self._tell(fd, {"process": process})
        return None

    def _signal(self, fd: int, number: int) -> None:
        if fd in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(self._processes[fd], number)

    def _reap(self) -> None:
        """Report the processes that have ended."""
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                code = os.waitstatus_to_exitcode(ended[1])
                for fd in [fd for fd, one in self._processes.items() if one == ended[0]]:
                    del self._processes[fd]
                    self._tell(fd, {"exit": code})
                    self._close(fd)

    def _tell(self, fd: int, message: Mapping[str, int]) -> None:
        with suppress(OSError):  # it has closed: the next poll says so
            self._connections[fd].send(json.dumps(message).encode())

    def _close(self, fd: int) -> None:
        self._poll.unregister(fd)
        self._connections.pop(fd).close()
        # What still runs then has been killed, and is reaped without a report.
        self._processes.pop(fd, None)

    def _end_all(self) -> None:
        for fd in self._connections:
            self._signal(fd, signal.SIGKILL)


def _become(request: dict[str, Any]) -> NoReturn:
    """Lock this process in, and be a kernel.

    request: "settings" (see `jail.Settings`), "environment", "folder" (the current one), "path"
    (folders to import from, before Python's own) and "arguments" of ipykernel.
    """
    code = FAILED
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        settings = jail.Settings(**{**request["settings"], "parent": os.getppid()})
        jail.enter(settings)
        _forget(request["path"])
        sys.argv = ["ipykernel_launcher", *request["arguments"]]
        from ipykernel import kernelapp

        kernelapp.launch_new_instance()
        code = 0
    finally:
        os._exit(code)


def _forget(path: list[str]) -> None:
    """What this process has from the one that it was forked from, and a new one would not have."""
    for name in [n for n in sys.modules if n.partition(".")[0] == OURS]:
        del sys.modules[name]
    sys.path[:0] = path
    sys.path_importer_cache.clear()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()  # each fork would draw the same
    tempfile.tempdir = None


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
