"""The judge's conversation with a kernel: what it is told, and what breaks it off."""

import os
import socket
from itertools import count
from queue import Empty

import numpy as np
import pytest
from jupyter_core.utils import run_sync

from grader.course import layout
from grader.running import agent, kernel, lines, sandbox
from grader.running.budget import Budget, Spent, Usage

PATIENT = 60.0  # seconds of work


class Started:
    """A kernel, and conversations with it."""

    def __init__(self, scratch):
        self.scratch = scratch
        self.manager = kernel.SandboxedKernelManager(
            kernel_name="python3",
            scratch=scratch,
        )
        run_sync(self.manager.start_kernel)(**kernel.start_options(scratch))
        self.client = self.manager.client()
        self.client.start_channels()
        run_sync(self.client.wait_for_ready)(timeout=300)
        self.run(kernel.boot_code(scratch))

    def limits(self, seconds=PATIENT):
        return kernel.budget(self.manager, seconds)

    def run(self, code):
        content = kernel.run_silently(self.client, self.manager, code, {}, self.limits())
        assert content["status"] == "ok", content

    def conversation(self):
        return kernel.Conversation(self.client, self.manager, self.scratch, self.limits())

    def end(self):
        self.client.stop_channels()
        run_sync(self.manager.shutdown_kernel)(now=True)
        run_sync(self.manager.cleanup_resources)()


@pytest.fixture(scope="module")
def started():
    with sandbox.scratch_folder(layout.PACKAGES) as scratch:
        one = Started(scratch)
        yield one
        one.end()


def call(target, *args):
    return {"target": target, "args": [agent.encode(arg) for arg in args]}


def test_a_call_has_the_notebooks_names_and_values_as_large_as_they_are(started):
    started.run("import numpy as np\ndef double(x):\n    return 2 * np.asarray(x)")
    talk = started.conversation()
    large = np.arange(300_000.0)
    for value in (3.0, large):
        reply = talk.ask(call("double", value), started.limits())
        assert np.array_equal(agent.decode(reply["value"]), 2 * value)
    talk.close()
    started.run("assert double(1) == 2")


def test_a_call_without_end_is_interrupted_and_the_notebook_is_as_before(started):
    started.run("kept = 7\ndef forever():\n    while True: pass\ndef keep():\n    return kept")
    with pytest.raises(Spent, match="endless loop"):
        started.conversation().ask(call("forever"), started.limits(0.3))
    assert kernel.interrupted_reply(started.client, started.manager)
    talk = started.conversation()
    assert agent.decode(talk.ask(call("keep"), started.limits())["value"]) == 7
    talk.close()


def test_a_kernel_that_does_not_answer_is_not_waited_for(started):
    agent_in_kernel = f"agent = {kernel._AGENT}\nserves = agent.serve_one"
    started.run(f"{agent_in_kernel}\nagent.serve_one = lambda namespace: None")
    with pytest.raises(kernel.BadReply):
        started.conversation().ask(call("double", 1.0), started.limits())
    started.run("agent.serve_one = serves")


def test_a_reply_to_something_else_is_none(started):
    started.run(
        "import json\nconverses = agent.converse\nagent.converse = lambda *_: '{\"id\": 99}'"
    )
    with pytest.raises(kernel.BadReply):
        started.conversation().ask(call("double", 1.0), started.limits())
    started.run("agent.converse = converses")


def test_a_kernel_that_does_not_listen_says_so(started):
    started.run("agent._listening.close()")
    with pytest.raises(kernel.BadReply):
        talk = started.conversation()
        talk.ask(call("double", 1.0), started.limits())


def test_a_process_that_ends_before_it_takes_the_connection_is_a_broken_conversation(tmp_path):
    with socket.socket(socket.AF_UNIX) as listening, socket.socket(socket.AF_UNIX) as talk:
        listening.bind(str(tmp_path / "judge"))
        listening.listen(1)
        talk.connect(str(tmp_path / "judge"))
        listening.close()
        with pytest.raises(lines.Broken):
            lines.Lines(talk.fileno(), talk.fileno()).read(Budget(3, Usage))


def test_the_end_of_a_kernel_is_seen():
    with sandbox.scratch_folder(layout.PACKAGES) as scratch:
        one = Started(scratch)
        one.run("import os\ndef end():\n    os._exit(1)")
        with pytest.raises(kernel.Died):
            one.conversation().ask(call("end"), one.limits())
        one.end()


def test_who_reads_nothing_holds_up_nobody_for_ever():
    read, write = os.pipe()
    seconds = count(step=2.0)
    limits = Budget(3, Usage, lambda: next(seconds))
    with pytest.raises(Spent):
        lines.Lines(write, read).ask({"large": "x" * 10_000_000}, limits)
    os.close(read)
    os.close(write)


# --- a new kernel


class Answering(kernel.Client):
    """To it, only the second request is answered, and that to the first comes when it is late."""

    asked, alive = 0, True

    def kernel_info(self):
        self.asked += 1
        return f"request {self.asked}"

    async def _recv_reply(self, msg_id, timeout=None, channel="shell"):
        if not self.alive:
            raise TimeoutError
        return {"content": {"protocol_version": "5.3"}}

    async def get_iopub_msg(self, timeout=None):
        if self.asked < 2:
            raise Empty
        return next(self.published)

    async def is_alive(self):
        return self.alive


def published(*states):
    return iter(
        {"parent_header": {"msg_id": f"request {n}"}, "content": {"execution_state": state}}
        for n, state in states
    )


def test_a_new_kernel_is_asked_again_until_what_it_publishes_arrives():
    client = Answering()
    client.published = published((2, "busy"), (1, "idle"), (2, "idle"), (2, "never"))
    run_sync(client.wait_for_ready)(timeout=300)
    assert client.asked == 2
    assert next(client.published)["content"]["execution_state"] == "never"


@pytest.mark.parametrize(
    ("alive", "seconds", "words"), [(False, 300, "has ended"), (True, 0, "did not answer within 0")]
)
def test_a_new_kernel_that_does_not_answer_is_not_waited_for(alive, seconds, words):
    client = Answering()
    client.alive = alive
    with pytest.raises(RuntimeError, match=words):
        run_sync(client.wait_for_ready)(timeout=seconds)
