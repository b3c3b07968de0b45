"""The formgrader, as Jupyter's server serves it, for tests."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from test_done import until

TOKEN = "open"
EXTENSIONS = "{'nbgrader.server_extensions.formgrader': True}"


def free_port() -> int:
    with closing(socket.socket()) as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


@contextmanager
def formgrader(root: Path, environment: Mapping[str, str] = os.environ) -> Iterator[str]:
    """The address of the formgrader of a course, which answers and knows `TOKEN`."""
    port = free_port()
    argv = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root"]
    argv += [f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    argv += [f"--ServerApp.jpserver_extensions={EXTENSIONS}"]
    address = f"http://127.0.0.1:{port}"
    with (
        (root / "server.log").open("w") as log,
        subprocess.Popen(argv, cwd=root, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            until(lambda: _is_there(address), "the formgrader does not answer")
            yield address
        finally:
            process.kill()


def _is_there(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/formgrader/api/status?token={TOKEN}", timeout=60):
            return True
    except urllib.error.HTTPError as error:
        raise AssertionError(error.read().decode(errors="replace")) from error
    except OSError:
        return False
