"""Kernels that are forked from a process in which the sheet's imports are done.

That spares each submission the seconds in which a fresh process imports its framework. Such a
process is one for each set of imports; it is started when the first kernel of its set is, and ends
with the process that started it (see `forks`). Where anything about it fails, a kernel is started
cold, with one line of warning.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, suppress
from dataclasses import asdict
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Callable, Unicode

from grader.course import layout
from grader.running import forks, sandbox

VARIABLE = "GRADER_WARM"  # "0": all kernels are started cold
LAUNCHER = "ipykernel_launcher"  # what comes after it are arguments of the kernel
KERNEL_VARIABLES = {
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # Imported by the first figure; imported before there is an IPython, it would not show any.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
MOST = 2  # servers of a process: each takes as much memory as a framework
KILLED = -int(signal.SIGKILL)


class Failed(Exception):
    """No process could be forked; the message says why."""


class Process:
    """A forked process, with what jupyter_client uses of a Popen."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket, pid: int):
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection

    def poll(self) -> int | None:
        """Its exit code; None as long as it runs."""
        return self._receive(socket.MSG_DONTWAIT)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, when it has ended."""
        code = self._receive(0)
        assert code is not None  # it waited
        return code

    def _receive(self, flags: int) -> int | None:
        if self.returncode is None:
            try:
                message = self._connection.recv(forks.LARGEST, flags)
            except BlockingIOError:
                return None
            except OSError:
                message = b""
            self.returncode = json.loads(message)["exit"] if message else KILLED
            self._connection.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """A signal for it and all that it has started."""
        with suppress(OSError):  # it has ended
            self._connection.send(json.dumps({"signal": int(number)}).encode())

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Server:
    """A process that has done some imports; `place` is where it takes requests.

    imports: their code.
    """

    def __init__(self, imports: str):
        self._stack = ExitStack()
        scratch = self._stack.enter_context(sandbox.scratch_folder(layout.PACKAGES))
        self.place = str(scratch / "sockets" / "warm")
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
            listening.bind(self.place)
            listening.listen()
            argv = [sys.executable, forks.__file__, str(listening.fileno()), imports]
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=scratch / "work",
                env=sandbox.environment(scratch, **KERNEL_VARIABLES),
                pass_fds=[listening.fileno()],
                start_new_session=True,
            )
        self._stack.callback(self._end)

    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and all that it has forked."""
        self._stack.close()

    def _end(self) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


def fork(place: str, request: dict[str, Any]) -> Process:
    """A process forked for a request (see `forks`), by the server at a place; raises Failed."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.connect(place)
        connection.send(json.dumps(request).encode())
        message = connection.recv(forks.LARGEST)
        if not message:
            raise OSError("what they are forked from has ended")
        return Process(connection, json.loads(message)["process"])
    except OSError as error:
        connection.close()
        raise Failed(str(error)) from error


_servers: dict[str, Server] = {}  # by imports, the one that was used last at the end
_place: str | None = None
_warned = False


def use(place: str | None) -> None:
    """Where this process forks its kernels from now on; None: with servers of its own."""
    global _place
    _place = place


def place_for(imports: str) -> str:
    """Where this process forks kernels with these imports; "" where they are to start cold."""
    if _place is not None:
        return _place
    place = start(imports)
    while len(_servers) > MOST:
        close(next(iter(_servers)))
    return place


def start(imports: str) -> str:
    """The place of a server with these imports, which is started where there is none that runs;
    "" where kernels are to start cold. Who starts servers closes them, too.
    """
    if os.environ.get(VARIABLE) == "0" or not sys.platform.startswith("linux"):
        return ""
    server = _servers.pop(imports, None)
    if server is not None and not server.runs():
        server.close()
        server = None
    _servers[imports] = server or Server(imports)
    return _servers[imports].place


def close(imports: str) -> None:
    """End the server for these imports, if there is one, and what it has forked."""
    if imports in _servers:
        _servers.pop(imports).close()


def close_all() -> None:
    """End the servers of this process."""
    for imports in list(_servers):
        close(imports)


atexit.register(close_all)


class Provisioner(LocalProvisioner):
    """Forks a kernel where it can, and starts it cold where it cannot."""

    place = Unicode(help="Where kernels are forked.")
    settings = Callable(help="Gives what a kernel gives up, as jail.Settings.")
    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """jupyter_client's; cmd: the command that starts the kernel cold."""
        environment = kwargs["env"]
        request = {
            "settings": asdict(self.settings()),
            "environment": environment,
            "folder": kwargs["cwd"],
            "path": [environment["PYTHONPATH"]],
            "arguments": cmd[cmd.index(LAUNCHER) + 1 :],
        }
        try:
            self.process = fork(self.place, request)
        except Failed as error:
            _warn(error)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid, self.pgid = self.process.pid, None  # signals go through the server
        return self.connection_info


def _warn(error: Failed) -> None:
    global _warned
    if not _warned:
        print(f"Kernels start cold, which takes longer: {error}", file=sys.stderr)
    _warned = True
