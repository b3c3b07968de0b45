"""A notebook kernel in the sandbox, which answers the judge's requests between two cells."""

import asyncio
import math
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from queue import Empty
from typing import Any, TypeVar

import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import ensure_async, run_sync
from traitlets import Instance, Type, Unicode

from grader.course import layout
from grader.running import sandbox, session, warm
from grader.running.budget import LOOK_SECONDS, Budget, Spent, usage_of
from grader.running.jail import Settings
from grader.running.lines import MAX_REPLY, Broken, Lines
from grader.running.session import ENDED

T = TypeVar("T")
# What a kernel outside of the sandbox says over the machine's ports is encrypted, where ZeroMQ can.
ENCRYPTION = "auto" if zmq.has("curve") else "disabled"
FOR_ALL_INSIDE = 0o644  # nobody else can enter the scratch folder
ASK_AGAIN_SECONDS = 1.0  # until a new kernel that has not answered is asked again
SILENCE_SECONDS = 0.2  # after an answer, until what it should publish counts as lost
POLL_SECONDS = 0.01  # between two looks whether a kernel that was killed has ended
BY_A_SIGNAL = 128  # the least exit code that stands for a signal
GRACE_SECONDS = 3.0  # of work, for a kernel to come back after an interrupt

_SENT = "_grader_"  # before the names of the modules that are sent into the kernel
_AGENT = f"__import__('sys').modules['{_SENT}agent']"
call_to = partial(session.call_to, _SENT)


class Client(AsyncKernelClient):
    """A client that is ready when the kernel has answered; jupyter_client's waits 0.2 s more."""

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until a new kernel has answered, and what it publishes arrives here.

        Raises RuntimeError: it has ended, or this takes longer than `timeout` seconds.
        """
        deadline = time.monotonic() + (math.inf if timeout is None else timeout)
        while time.monotonic() < deadline:
            request = self.kernel_info()
            with suppress(TimeoutError, Empty):  # what it published before is lost: ask again
                reply = await self._recv_reply(request, timeout=ASK_AGAIN_SECONDS)
                await self._hear_idle(request)
                self._handle_kernel_info_reply(reply)
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel has ended before it answered")
        raise RuntimeError(f"the kernel did not answer within {timeout} s")

    async def _hear_idle(self, request: str) -> None:
        """Receive what a request's answer publishes, to its end; raises Empty: nothing comes."""
        state = ""
        while state != "idle":
            message = await self.get_iopub_msg(timeout=SILENCE_SECONDS)
            if message["parent_header"].get("msg_id") == request:
                state = message["content"].get("execution_state", "")


class SandboxedKernelManager(AsyncKernelManager):
    """Starts kernels through `sandbox`, and believes them no message of boundless size."""

    client_factory = Type(Client)
    scratch = Instance(Path)
    place = Unicode(help="Where a kernel is forked (see `warm`); empty: it is started cold.")

    def __init__(self, scratch: Path, **kwargs: Any):
        # Sockets in a folder that this kernel alone sees, and no port of the machine's.
        super().__init__(
            scratch=scratch,
            connection_file=str(scratch / "inbox" / "connection.json"),
            transport="ipc",
            ip=str(scratch / "sockets" / "kernel"),
            transport_encryption="disabled",  # nobody else reaches these sockets
            **kwargs,
        )
        self.context.setsockopt(zmq.MAXMSGSIZE, MAX_REPLY)  # the default for its new sockets

    async def start_kernel(self, **kwargs: Any) -> None:  # type: ignore[override]
        """As ever, but forked where there is a place for it."""
        if self.place and self.provisioner is None:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = warm.Provisioner(
                kernel_id=self.kernel_id,
                kernel_spec=self.kernel_spec,
                parent=self,
                place=self.place,
                settings=self._settings,
            )
        await super().start_kernel(**kwargs)

    def _settings(self) -> Settings:
        return sandbox.settings(self.scratch, sandbox.level(), layout.ROOT, layout.SHOWN)

    def write_connection_file(self, **kwargs: Any) -> None:
        """As ever, but readable for the identity that the kernel has in its sandbox."""
        super().write_connection_file(**kwargs)
        os.chmod(self.connection_file, FOR_ALL_INSIDE)

    async def _async_wait(self, pollinterval: float = POLL_SECONDS) -> None:
        """As ever, but with looks that are closer together: a kernel is killed in milliseconds."""
        await super()._async_wait(pollinterval)

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        sandbox.remove_sockets(self.scratch)  # those of an earlier kernel count against no other
        argv = super().format_kernel_cmd(extra_arguments)
        return sandbox.command(argv, self.scratch, layout.ROOT, layout.SHOWN)


def start_options(scratch: Path) -> dict[str, Any]:
    """What a kernel manager needs to be told when it starts a kernel in a scratch folder."""
    return {
        "cwd": str(scratch / "work"),
        "env": sandbox.environment(scratch, **warm.KERNEL_VARIABLES),
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }


def boot_code(scratch: Path) -> str:
    """What a fresh kernel runs before any code of the student's."""
    listen = f"{_AGENT}.listen({_socket(scratch)!r})"
    return f"{session.sent_modules(_SENT)}\n{listen}\n{call_to('settle_in')}\n"


def _socket(scratch: Path) -> str:
    return str(scratch / "sockets" / "judge")


class Died(Exception):
    """The kernel's process is gone."""


def was_killed(manager: SandboxedKernelManager) -> bool:
    """Whether a kernel's process was ended by a signal, as it is for lack of memory or by a crash.

    That may be the machine's doing. A process that left with an exit code, or one that still runs,
    did what the code in it told it to.
    """
    process = getattr(manager.provisioner, "process", None)  # None where it was shut down
    code = process.poll() if process else None
    return code is not None and not 0 <= code < BY_A_SIGNAL


class BadReply(Exception):
    """A reply that holds no answer: the kernel is not what it was."""


BROKEN = (Spent, Died, BadReply)


def budget(manager: SandboxedKernelManager, seconds: float) -> Budget:
    """The limits of something that runs in a kernel; see `Budget`."""
    process = getattr(manager.provisioner, "process", None)  # None where it was shut down
    pid = process.pid if process else None
    return Budget(seconds, lambda: usage_of(pid) if pid else None)


async def within(work: Awaitable[T], limits: Budget) -> T:
    """The result of something that a kernel is waited for; raises what `limits` raises."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            limits.look()
            await asyncio.wait({task}, timeout=LOOK_SECONDS)
    finally:
        task.cancel()
    return await task


async def reply_to(
    msg_id: str, client: Any, manager: Any, limits: Budget, silent: bool = False
) -> dict[str, Any]:
    """The message on the shell channel that answers a request; one of BROKEN if there is none.

    silent: what the kernel prints meanwhile is dropped, or it would wait in our memory.
    """
    while True:
        limits.look()
        if silent:
            await _drop_outputs(client, limits)
        try:
            message = await ensure_async(client.shell_channel.get_msg(timeout=LOOK_SECONDS))
        except Empty:
            if not await ensure_async(manager.is_alive()):
                raise Died(ENDED) from None
            continue
        except Exception as error:  # no kernel sends by itself what cannot be taken apart
            raise BadReply(f"sent something that is no message ({type(error).__name__})") from error
        if message["parent_header"].get("msg_id") == msg_id:
            return message


async def async_run_silently(
    client: Any, manager: Any, code: str, expressions: dict[str, str], limits: Budget
) -> dict[str, Any]:
    """Run code in a kernel without a trace in its history; the execute_reply's content."""
    msg_id = await ensure_async(
        client.execute(
            code, silent=True, user_expressions=expressions, allow_stdin=False, stop_on_error=False
        )
    )
    message = await reply_to(msg_id, client, manager, limits, silent=True)
    await _forget_outputs(client, budget(manager, GRACE_SECONDS))
    return message["content"]


async def _forget_outputs(client: Any, limits: Budget) -> None:
    """Drop what is left when the reply is there; BadReply where threads print on and on."""
    try:
        await _drop_outputs(client, limits)
    except Spent:
        raise BadReply("printed without end") from None


async def _drop_outputs(client: Any, limits: Budget) -> None:
    """Receive what a kernel has published so far, so that it does not pile up; nobody reads it.

    Raises what `limits` raises.
    """
    while await ensure_async(client.iopub_channel.msg_ready()):
        limits.look()
        await ensure_async(client.iopub_channel.socket.recv_multipart())


run_silently = run_sync(async_run_silently)


class Conversation:
    """The judge's requests to a kernel, while its main thread does nothing but answer them.

    Meanwhile, what the notebook set for its process is set back (see `surroundings`). Requests do
    not go through the notebook's protocol, which takes ten times as long. What a request raises is
    one of BROKEN; then the conversation is over.
    """

    def __init__(self, client: Any, manager: Any, scratch: Path, limits: Budget):
        self._client, self._manager = client, manager
        self._message, self._over = run_sync(_serve)(client), False
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.setblocking(False)
        self._lines = Lines(self._socket.fileno(), self._socket.fileno(), self._look_around)
        try:
            self._connect(_socket(scratch), limits)
            self._heard(lambda: self._lines.read(limits))
        except BROKEN:
            self.drop()
            raise

    def ask(self, request: dict[str, Any], limits: Budget) -> dict[str, Any]:
        """The reply to a request (see `agent.converse`)."""
        return self._heard(lambda: self._lines.ask(request, limits))

    def _heard(self, listen: Callable[[], T]) -> T:
        """What comes back; where nothing does, the conversation is over."""
        try:
            return listen()
        except Broken:
            self.drop()
            if not self._over:
                self.close()
            raise BadReply("gave no answer that could be read") from None
        except Spent:
            self.drop()
            raise

    def drop(self) -> None:
        """End it without waiting for the kernel."""
        self._socket.close()

    def close(self) -> None:
        """End it; raises one of BROKEN where the kernel does not come back."""
        self.drop()
        limits = budget(self._manager, GRACE_SECONDS)
        try:
            run_sync(reply_to)(self._message, self._client, self._manager, limits, silent=True)
        except Spent:
            raise BadReply("did not come back from a call") from None
        run_sync(_forget_outputs)(self._client, limits)

    def _connect(self, path: str, limits: Budget) -> None:
        while True:
            try:
                return self._socket.connect(path)
            except BlockingIOError:  # somebody else has connected, which only student code can
                limits.look()
                time.sleep(LOOK_SECONDS)
            except OSError:
                raise BadReply("does not listen") from None

    def _look_around(self, limits: Budget) -> None:
        """While there is no reply: what is printed must not pile up, and the kernel must still be
        about to answer.
        """
        run_sync(_drop_outputs)(self._client, limits)
        try:
            message = run_sync(self._client.shell_channel.get_msg)(timeout=0)
        except Empty:
            return
        except Exception as error:  # no kernel sends by itself what cannot be taken apart
            raise Broken from error
        self._over = message["parent_header"].get("msg_id") == self._message
        if self._over:
            raise Broken


async def _serve(client: Any) -> str:
    code = (
        f"{call_to('begin_item')}\n"
        f"try:\n    {_AGENT}.serve_one(globals())\n"
        f"finally:\n    {call_to('end_item')}\n"
    )
    options = {"silent": True, "allow_stdin": False, "stop_on_error": False}
    return await ensure_async(client.execute(code, **options))


def interrupted_reply(client: Any, manager: Any) -> bool:
    """Interrupt a kernel; whether it takes requests again."""
    run_sync(interrupt)(manager)
    try:
        run_silently(client, manager, "", {}, budget(manager, GRACE_SECONDS))
    except BROKEN:
        return False
    return True


def answers(client: Any, manager: Any) -> bool:
    """Whether a kernel still answers."""
    expression = {"reply": f"{_AGENT}.serve_one.__name__"}
    try:
        limits = budget(manager, GRACE_SECONDS)
        content = run_silently(client, manager, "", expression, limits)
        return content["user_expressions"]["reply"]["data"]["text/plain"] == "'serve_one'"
    except (*BROKEN, KeyError, TypeError):
        return False


async def interrupt(manager: Any) -> None:
    """What a person's Ctrl-C does."""
    await ensure_async(manager.interrupt_kernel())
