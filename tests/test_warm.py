"""Kernels that are forked from a process with the sheet's imports: as good as cold ones."""

import ast
import asyncio
import os
import signal
import subprocess
import sys
import time

import pytest

from grader.course import layout
from grader.running import forks, kernel, sandbox, warm

IMPORTS = "import numpy as np\nimport matplotlib.pyplot as plt\nfrom helpers import figures"
ABOUT = """{
    "path": [p for p in sys.path if "scratch" not in p],
    "own": [p.rpartition("/")[2] for p in sys.path if "scratch" in p],
    "variables": sorted(os.environ.keys() - {"JPY_PARENT_PID", "PYDEVD_USE_FRAME_EVAL"}),
    "flags": tuple(sys.flags),
    "writes": sys.dont_write_bytecode,
    "folder": os.getcwd().rpartition("/")[2],
    "graders": sorted(name for name in sys.modules if name.startswith("grader")),
    "backend": str(matplotlib.rcParams._get("backend")),
    "user": os.getuid() > 0,
    "limits": resource.getrlimit(resource.RLIMIT_AS),
    "signals": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
}"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="forks on Linux only")


@pytest.fixture(scope="module")
def server():
    one = warm.Server(IMPORTS)
    yield one
    one.close()


class Kernel:
    """A kernel at a place; "" is a cold one."""

    def __init__(self, place):
        self.place = place

    async def __aenter__(self):
        self._folder = sandbox.scratch_folder(layout.PACKAGES)
        scratch = self._folder.__enter__()
        self.manager = kernel.SandboxedKernelManager(
            kernel_name="python3",
            scratch=scratch,
            place=self.place,
        )
        await self.manager.start_kernel(**kernel.start_options(scratch))
        self.client = self.manager.client()
        self.client.start_channels()
        await self.client.wait_for_ready(timeout=300)
        return self

    async def __aexit__(self, *_):
        self.client.stop_channels()
        await self.manager.shutdown_kernel(now=True)
        await self.manager.cleanup_resources()
        self._folder.__exit__(None, None, None)

    async def value(self, code, expression):
        """What an expression is after some code."""
        limits = kernel.budget(self.manager, 60)
        shown = {"value": f"repr({expression})"}
        content = await kernel.async_run_silently(self.client, self.manager, code, shown, limits)
        assert content["status"] == "ok", content
        return ast.literal_eval(
            ast.literal_eval(content["user_expressions"]["value"]["data"]["text/plain"])
        )


def ask(place, code, expression):
    async def one():
        async with Kernel(place) as started:
            return await started.value(code, expression)

    return asyncio.run(one())


def test_a_forked_kernel_is_like_a_cold_one(server):
    code = "import os, sys, resource, signal, matplotlib"
    assert ask(server.place, code, ABOUT) == ask("", code, ABOUT)


def test_the_imports_are_done_and_the_courses_own_are_the_kernels(server):
    code = "import sys\nbefore = 'numpy' in sys.modules, 'helpers' in sys.modules\nimport helpers"
    imported, ours, file = ask(server.place, code, "(*before, helpers.__file__)")
    assert imported and not ours
    assert "scratch" in file and os.path.dirname(server.place) not in file


def test_what_reads_derivations_is_built_before_the_fork():
    one = warm.Server("from helpers.derivations import check_derivation")
    try:
        code = "from derivations.reader import grammar"
        assert ask(one.place, code, "grammar.parser.cache_info().currsize") == 1
    finally:
        one.close()


def test_each_fork_draws_its_own_random_numbers(server):
    code = "import random\nimport numpy as np"
    drawn = {ask(server.place, code, "(random.random(), float(np.random.rand()))") for _ in "ab"}
    assert len({first for first, _ in drawn}) == len({second for _, second in drawn}) == 2


def test_a_forked_kernel_shows_figures(server):
    async def shown():
        async with Kernel(server.place) as started:
            kinds = []
            await started.client._async_execute_interactive(
                f"{IMPORTS}\nplt.plot([1, 2])\nplt.show()",
                output_hook=lambda message: kinds.extend(message["content"].get("data", ())),
                timeout=300,
            )
            return kinds

    assert "image/png" in asyncio.run(shown())


def test_an_interrupt_reaches_a_forked_kernel_and_its_end_is_seen(server):
    async def interrupted():
        async with Kernel(server.place) as started:
            # Without stop_on_error=False the next request may be dropped with what failed.
            message = started.client.execute("while True: pass", stop_on_error=False)
            await asyncio.sleep(0.5)
            await kernel.interrupt(started.manager)
            limits = kernel.budget(started.manager, 60)
            reply = await kernel.reply_to(message, started.client, started.manager, limits)
            process = started.manager.provisioner.process
            started.client.execute("import os; os._exit(7)")
            while (code := process.poll()) is None:
                await asyncio.sleep(0.05)
            return reply["content"].get("ename"), code

    assert asyncio.run(interrupted()) == ("KeyboardInterrupt", 7)


def test_a_kernel_ends_when_its_grader_closes_the_connection(server):
    async def left():
        async with Kernel(server.place) as started:
            process = started.manager.provisioner.process
            pid = process.pid
            process._connection.close()
            until(lambda: not os.path.exists(f"/proc/{pid}"))
            process.returncode = 0

    asyncio.run(left())


def test_without_a_server_kernels_start_cold_with_one_warning(monkeypatch, capsys):
    monkeypatch.setattr(warm, "_warned", False)
    broken = warm.Server("import no_such_module")
    try:
        assert ask(broken.place, "", "1 + 1") == 2
        assert ask(broken.place, "", "1 + 1") == 2
    finally:
        broken.close()
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("Kernels start cold, which takes longer: ")


def test_a_server_that_ended_is_started_again(monkeypatch):
    monkeypatch.setattr(warm, "_servers", {})
    monkeypatch.setattr(warm, "_place", None)
    first = warm.start("import this_is_not_there")
    until(lambda: not warm._servers["import this_is_not_there"].runs())
    try:
        assert warm.start("import this_is_not_there") != first
    finally:
        warm.close_all()


def test_a_switch_starts_all_kernels_cold(monkeypatch):
    monkeypatch.setenv(warm.VARIABLE, "0")
    monkeypatch.setattr(warm, "_place", None)
    assert warm.place_for(IMPORTS) == ""


def test_no_more_servers_stay_than_fit_into_memory(monkeypatch):
    monkeypatch.setattr(warm, "_servers", {})
    monkeypatch.setattr(warm, "_place", None)
    try:
        for number in range(4):
            warm.place_for(f"number = {number}")
        assert list(warm._servers) == ["number = 2", "number = 3"]
    finally:
        warm.close_all()


CHILD = """
import time
from grader.running import warm
server = warm.Server({imports!r})
process = warm.fork(server.place, {{}})
print(server._process.pid, process.pid, flush=True)
time.sleep(600)
"""


def test_a_server_ends_with_the_process_that_started_it():
    argv = [sys.executable, "-c", CHILD.format(imports="pass")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, cwd=layout.ROOT) as child:
        assert child.stdout is not None
        server = int(child.stdout.readline().split()[0])
        os.kill(child.pid, signal.SIGKILL)
    until(lambda: not os.path.exists(f"/proc/{server}"))
    sandbox.remove_abandoned()


def until(condition):
    """Wait for something that happens, however busy the machine is."""
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_no_message_of_the_house_is_longer_than_a_server_reads(server):
    with sandbox.scratch_folder(layout.PACKAGES) as scratch:
        settings = sandbox.settings(scratch, sandbox.level(), layout.ROOT, layout.SHOWN)
        words = repr(settings) + repr(sandbox.environment(scratch))
    assert len(words) * 4 < forks.LARGEST
