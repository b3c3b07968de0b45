"""nbgrader's Execute, with the judge outside the kernel.

The notebook runs cell by cell in a sandboxed kernel. At a test cell, only its visible part runs
there; then the grader's own process asks the kernel for values and judges them (see `judging`).
The verdicts enter the notebook after the kernel is gone, so that nothing the student's code does
can touch them: each test cell's only output is its points, which nbgrader's SaveAutoGrades
records, with the report beside them.
"""

import json
import re
import time
from dataclasses import replace
from typing import Any

from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer

from grader import record
from grader.course import layout, outline
from grader.judging import rendering
from grader.judging.inputs import seed_for
from grader.judging.judge import judge_item
from grader.judging.report import Line, Report
from grader.records.secret import secret
from grader.running import kernel, sandbox
from grader.running.session import CALL_SECONDS, ENDED, START_SECONDS, Stopped, too_long

SHOWING = ("stream", "display_data", "execute_result", "update_display_data", "error")
MAX_ERROR, MAX_FRAMES = 2000, 50  # characters and lines of a traceback that are kept


class ExecuteAndJudge(Execute):
    """Run a submission and judge its items; a drop-in for Execute in Autograde's list."""

    raise_on_iopub_timeout = Bool(False)
    store_widget_state = Bool(False)
    total_seconds = Integer(
        600, help="How long a submission may take in all; what is not judged by then gets zero."
    ).tag(config=True)
    max_output_bytes = Integer(
        1_000_000, help="How much output of one cell is kept; what comes after it is dropped."
    ).tag(config=True)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, kernel_manager_class=kernel.SandboxedKernelManager, **kwargs)

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, Any]:
        names = resources["nbgrader"]
        self._sheet, self._student = names["assignment"], names["student"]
        self._items = outline.items(self._sheet)
        self._secret = secret(names["db_url"])
        self._given = _given_cells(self._sheet)
        self._verdicts: dict[int, Report] = {}
        self._culprits: set[str] = set()
        self._replay: list[str] = []
        self._requests = 0
        self._deadline = time.monotonic() + self.total_seconds
        self.kernel_name = "python3"
        files = layout.data_files(self._sheet)
        with sandbox.scratch_folder(layout.PACKAGES, files) as scratch:
            self._scratch = scratch
            ExecutePreprocessor.preprocess(self, nb, resources, km)
        for index, report in self._verdicts.items():
            nb.cells[index].outputs = [_verdict_output(report)]
        verdicts = tuple(self._verdicts.values())
        noted = replace(record.read(nb), isolation=sandbox.isolation(), reports=verdicts)
        noted.write(nb)
        return nb, resources

    # --- the kernel

    def create_kernel_manager(self) -> Any:
        self.km = self.kernel_manager_class(
            kernel_name=self.kernel_name,
            config=self.config,
            scratch=self._scratch,
            connection_file=str(self._scratch / "inbox" / "connection.json"),
            transport="ipc",
            ip=str(self._scratch / "sockets" / "kernel"),
        )
        return self.km

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        await super().async_start_new_kernel(**kernel.start_options(self._scratch))

    start_new_kernel = run_sync(async_start_new_kernel)

    async def async_start_new_kernel_client(self) -> Any:
        client = await super().async_start_new_kernel_client()
        boot = kernel.boot_code()
        await kernel.async_run_silently(client, self.km, boot, {}, START_SECONDS)
        return client

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def _restart(self) -> None:
        """A new kernel in the state that the cells so far left, those that stop it left out."""
        while True:
            self._new_kernel()
            culprit = next((c for c in self._replay if not self._replays(c)), None)
            if culprit is None or time.monotonic() > self._deadline:
                return
            self._replay.remove(culprit)

    def _replays(self, source: str) -> bool:
        seconds = max(1.0, min(self.timeout, self._deadline - time.monotonic()))
        try:
            kernel.run_silently(self.kc, self.km, source, {}, seconds)
        except kernel.BROKEN:
            return False
        return kernel.answers(self.kc, self.km)

    def _new_kernel(self) -> None:
        run_sync(self._async_drop_kernel)()
        self.create_kernel_manager()
        self.start_new_kernel()
        self.start_new_kernel_client()

    async def _async_drop_kernel(self) -> None:
        self.kc.stop_channels()
        await ensure_async(self.km.shutdown_kernel(now=True))
        await ensure_async(self.km.cleanup_resources())

    # --- the cells

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        item = self._items.get(outline.judged_item(cell.source) or "") if _is_test(cell) else None
        if time.monotonic() > self._deadline:
            if item is not None:
                words = f"Not judged: the submission took longer than {self.total_seconds} s."
                self._verdicts[index] = _zero(item, words)
        elif item is not None:
            self._verdicts[index] = self._judge(cell, index, item)
        elif cell.cell_type == "code" and cell.source.strip():
            self._run(cell, index)
        return cell, resources

    def _run(self, cell: NotebookNode, index: int) -> None:
        """A cell that is not judged: whatever it does, the next one finds a working kernel."""
        called = sorted(n for n in self._culprits if re.search(rf"\b{n}\b", cell.source))
        if called and cell.source in self._given:
            words = f"Skipped: this cell uses {' and '.join(called)}, which had to be stopped.\n"
            cell.outputs = [new_output("stream", name="stdout", text=words)]
            return
        stopped = self._execute(cell, index)
        if not stopped and not kernel.answers(self.kc, self.km):
            stopped = "left a kernel that does not work any more"
            self._restart()
        if stopped:
            words = f"This cell {stopped}"
            cell.outputs = [*cell.outputs[:20], new_output("stream", name="stderr", text=words)]
        else:
            self._replay.append(cell.source)

    def _judge(self, cell: NotebookNode, index: int, item: outline.Item) -> Report:
        visible = NotebookNode(cell, source=outline.HIDDEN.sub("", cell.source), outputs=[])
        stopped = self._execute(visible, index)
        self.nb.cells[index] = cell
        self._display_id_map: dict[
            str, Any
        ] = {}  # what was shown here must not be updated from later cells
        if stopped:
            self._culprits.update(item.answers)
            return _zero(item, f"The visible check {stopped}")
        if not kernel.answers(self.kc, self.km):  # what broke it is not this item's fault
            self._restart()
        seed = seed_for(self._secret, self._sheet, item.name, self._student)
        return judge_item(_KernelSession(self, item.answers), self._sheet, item, seed)

    def _execute(self, cell: NotebookNode, index: int) -> str:
        """Run a cell; if it took the kernel down or did not end, restart it and say which."""
        self._room = self.max_output_bytes
        try:
            self.execute_cell(cell, index, store_history=True)
        except (DeadKernelError, CellTimeoutError):
            self._restart()
            return ENDED
        except Exception as error:  # no kernel sends by itself what nbclient cannot take apart
            self.log.warning("The kernel was given up: %r", error)
            self._restart()
            return f"sent something that is no message ({type(error).__name__})"
        errors = [output for output in cell.outputs if output.output_type == "error"]
        for output in errors:  # nbgrader adds them from the reply, however long they are
            output.evalue = output.evalue[:MAX_ERROR]
            output.traceback = [line[:MAX_ERROR] for line in output.traceback[-MAX_FRAMES:]]
        if not any(output.ename == "CellTimeoutError" for output in errors):
            return ""
        if not kernel.interrupted_reply(self.kc, self.km):
            self._restart()
        return too_long(self.timeout)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """nbclient's, for messages that may be huge, endless or forged.

        What goes beyond the limit on a cell's output is dropped as it arrives.
        """
        try:
            if msg["msg_type"] in SHOWING and not self._has_room(msg["content"], cell):
                return None
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception as error:  # not a message that any kernel sends by itself
            self.log.warning("A message of the kernel was passed over: %r", error)
            return None

    def _has_room(self, content: dict[str, Any], cell: NotebookNode) -> bool:
        """Whether an output still fits; a text is cut to what does, and the first cut is noted."""
        size = len(json.dumps(content))
        if size <= self._room:
            self._room -= size
            return True
        if self._room > 0 and isinstance(content.get("text"), str):
            start = content["text"][: self._room]
            cell.outputs.append(new_output("stream", name="stdout", text=start))
        if self._room > 0:
            words = f"\n… the output beyond {self.max_output_bytes:,} bytes was dropped.\n"
            cell.outputs.append(new_output("stream", name="stdout", text=words))
        self._room = 0
        return False

    def ask(
        self, request: dict[str, Any], seconds: float, answers: tuple[str, ...]
    ) -> dict[str, Any]:
        """One request of the judge's to the kernel; raises Stopped with a working kernel.

        answers: the names to blame if the kernel does not recover.
        """
        self._requests += 1
        request = request | {"id": self._requests}
        try:
            with kernel.conversation(request, self._scratch) as (code, expressions):
                content = kernel.run_silently(self.kc, self.km, code, expressions, seconds)
            return kernel.read_reply(content, self._requests)
        except kernel.TimedOut:
            self._culprits.update(answers)
            if not kernel.interrupted_reply(self.kc, self.km):
                self._restart()
            raise Stopped(too_long(seconds)) from None
        except kernel.BROKEN as reason:
            self._culprits.update(answers)
            self._restart()
            raise Stopped(str(reason)) from None


class _KernelSession:
    """The judge's view of a running notebook (see `session.Session`)."""

    def __init__(self, execute: ExecuteAndJudge, answers: tuple[str, ...]):
        self._execute, self._answers = execute, answers

    def ask(self, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        return self._execute.ask(request, seconds, self._answers)


def _zero(item: outline.Item, why: str) -> Report:
    line = Line("runs", False, core=True, message=why)
    return Report(item.name, item.points, 0.0, (line,), stopped=True)


def _is_test(cell: NotebookNode) -> bool:
    meta = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and meta.get("grade") and not meta.get("solution")


def _given_cells(sheet: str) -> set[str]:
    """The sources of the code cells that students get and need not change."""
    cells = outline.read_source(sheet).cells
    return {c.source for c in cells if c.cell_type == "code" and "nbgrader" not in c.metadata}


def _verdict_output(report: Report) -> NotebookNode:
    data = {"text/plain": str(report.score), "text/html": rendering.html(report)}
    return new_output("execute_result", data=data, execution_count=None)
