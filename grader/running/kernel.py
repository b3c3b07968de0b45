"""A notebook kernel in the sandbox, which answers the judge's requests between two cells."""

import base64
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from traitlets import Instance

from grader.course import layout
from grader.running import agent, sandbox
from grader.running.session import ENDED, MAX_REPLY

FOR_ALL_INSIDE = 0o644  # nobody else can enter the scratch folder
GRACE_SECONDS = 3.0  # for a kernel to come back after an interrupt

_AGENT = "__import__('sys').modules['_grader_agent']"
_BOOT = """
import sys
module = type(sys)("_grader_agent")
exec(compile({source!r}, "<agent>", "exec"), module.__dict__)
sys.modules["_grader_agent"] = module
"""


class SandboxedKernelManager(AsyncKernelManager):
    """Starts kernels through `sandbox`, and believes them no message of boundless size."""

    scratch = Instance(Path)

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.context.setsockopt(zmq.MAXMSGSIZE, MAX_REPLY)  # the default for its new sockets

    def write_connection_file(self, **kwargs: Any) -> None:
        """As ever, but readable for the identity that the kernel has in its sandbox."""
        super().write_connection_file(**kwargs)
        os.chmod(self.connection_file, FOR_ALL_INSIDE)

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        argv = super().format_kernel_cmd(extra_arguments)
        return sandbox.command(argv, self.scratch, layout.ROOT, layout.SHOWN)


def start_options(scratch: Path) -> dict[str, Any]:
    """What a kernel manager needs to be told when it starts a kernel in a scratch folder."""
    return {
        "cwd": str(scratch / "work"),
        "env": sandbox.environment(scratch, PYDEVD_DISABLE_FILE_VALIDATION="1"),
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }


def boot_code() -> str:
    """What a fresh kernel runs before any code of the student's."""
    return _BOOT.format(source=Path(agent.__file__).read_text("utf-8"))


@contextmanager
def conversation(request: dict[str, Any], scratch: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A request as code for the kernel, and the expression that holds the reply afterwards.

    The request itself goes through a file, because IPython takes seconds to read megabytes of
    code; in a folder that the kernel cannot write to, so that nothing is put in its way.
    """
    handle, name = tempfile.mkstemp(dir=scratch / "inbox")
    with open(handle, "w", encoding="ascii") as stream:
        os.fchmod(handle, FOR_ALL_INSIDE)
        json.dump(request, stream)
    try:
        code = f"{_AGENT}.staged = {_AGENT}.in_kernel({name!r}, globals())"
        yield code, {"reply": f"{_AGENT}.staged"}
    finally:
        os.remove(name)


def read_reply(content: dict[str, Any], number: int) -> dict[str, Any]:
    """The reply in an execute_reply's content; raises BadReply if there is none in it."""
    try:
        quoted = content["user_expressions"]["reply"]["data"]["text/plain"]
        reply = json.loads(base64.b64decode(quoted.strip("'"), validate=True))
        if reply["id"] == number:
            return reply
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        pass
    raise BadReply("gave no answer that could be read")


class TimedOut(Exception):
    """No reply within the time."""


class Died(Exception):
    """The kernel's process is gone."""


class BadReply(Exception):
    """A reply that holds no answer: the kernel is not what it was."""


BROKEN = (TimedOut, Died, BadReply)


async def async_run_silently(
    client: Any, manager: Any, code: str, expressions: dict[str, str], seconds: float
) -> dict[str, Any]:
    """Run code in a kernel without a trace in its history; the execute_reply's content."""
    msg_id = await ensure_async(
        client.execute(
            code, silent=True, user_expressions=expressions, allow_stdin=False, stop_on_error=False
        )
    )
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimedOut
        try:
            message = await ensure_async(client.shell_channel.get_msg(timeout=min(left, 0.5)))
        except Empty:
            if not await ensure_async(manager.is_alive()):
                raise Died(ENDED) from None
            continue
        except Exception as error:  # no kernel sends by itself what cannot be taken apart
            raise BadReply(f"sent something that is no message ({type(error).__name__})") from error
        if message["parent_header"].get("msg_id") == msg_id:
            await _forget_outputs(client)
            return message["content"]


async def _forget_outputs(client: Any) -> None:
    """Silent runs may print; nobody reads that, so it must not pile up.

    Raises BadReply where it never ends: threads may print on and on.
    """
    deadline = time.monotonic() + GRACE_SECONDS
    while await ensure_async(client.iopub_channel.msg_ready()):
        if time.monotonic() > deadline:
            raise BadReply("printed without end")
        try:
            await ensure_async(client.iopub_channel.get_msg(timeout=0))
        except Empty:
            return
        except Exception as error:
            raise BadReply(f"sent something that is no message ({type(error).__name__})") from error


run_silently = run_sync(async_run_silently)


def interrupted_reply(client: Any, manager: Any, seconds: float = GRACE_SECONDS) -> bool:
    """Interrupt a kernel; whether it takes requests again."""
    run_sync(_interrupt)(manager)
    try:
        run_silently(client, manager, "", {}, seconds)
    except BROKEN:
        return False
    return True


def answers(client: Any, manager: Any) -> bool:
    """Whether a kernel still answers."""
    expression = {"reply": f"{_AGENT}.in_kernel.__name__"}
    try:
        content = run_silently(client, manager, "", expression, GRACE_SECONDS)
        return content["user_expressions"]["reply"]["data"]["text/plain"] == "'in_kernel'"
    except (*BROKEN, KeyError, TypeError):
        return False


async def _interrupt(manager: Any) -> None:
    await ensure_async(manager.interrupt_kernel())
