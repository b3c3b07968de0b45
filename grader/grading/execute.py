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
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

from jupyter_core.utils import ensure_async, run_sync
from nbclient.exceptions import CellExecutionComplete, DeadKernelError
from nbconvert.preprocessors import ExecutePreprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer

from grader import record
from grader.course import layout, outline
from grader.errors import MachineTrouble
from grader.grading import given, needed
from grader.intake.outputs import HANDED_IN, IN_PART
from grader.judging import rendering
from grader.judging.inputs import seed_for
from grader.judging.judge import judge_item
from grader.judging.report import Line, Report
from grader.records.secret import secret
from grader.running import kernel, sandbox, warm
from grader.running.budget import LOOK_SECONDS, OWN, Budget, Spent
from grader.running.session import CALL_SECONDS, ENDED, LEFT_BROKEN, START_SECONDS, Stopped

SHOWING = ("stream", "display_data", "execute_result", "update_display_data", "error")
MAX_ERROR, MAX_FRAMES = 2000, 50  # characters and lines of a traceback that are kept
MAX_NOTE = 300  # characters of an error that are quoted in a note
LATER = "broke the kernel, at once or later, and was left out of what came after."
WITH_OUTPUT, WITHOUT_OUTPUT = "What follows was handed in.\n", "It was handed in without output.\n"
SETTLING_SECONDS = 1.0  # how long a kernel must live on after all cells were run again


class ExecuteAndJudge(Execute):
    """Run a submission and judge its items; a drop-in for Execute in Autograde's list."""

    raise_on_iopub_timeout = Bool(False)
    store_widget_state = Bool(False)
    startup_timeout = Integer(10**6)  # a clock of nbclient's: the limit is START_SECONDS of work
    total_seconds = Integer(
        600,
        help="How long a submission's own code may compute or sleep in all, as counted by "
        "grader.running.budget; what is not judged by then gets zero.",
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
        self._verdicts: dict[int, Report] = {}
        self._culprits: set[str] = set()
        self._replay: list[str] = []
        self._sheets_own: list[str] = []  # given cells that rest on nothing of the student's
        self._bound: set[str] = set()  # names with a value that rests on the student's code
        self._notes: list[str] = []
        self._budgets: list[Budget] = []
        self._talk: kernel.Conversation | None = None
        self._died = self._killed = False  # whether a kernel was killed at all, and the last one
        self._needed = needed.in_notebook(nb, self._sheet)
        self._handed_in = _take_outputs(nb)
        self.kernel_name = "python3"
        files = layout.data_files(self._sheet)
        with sandbox.scratch_folder(layout.PACKAGES, files) as scratch:
            self._scratch = scratch
            ExecutePreprocessor.preprocess(self, nb, resources, km)
        for index, report in self._verdicts.items():
            nb.cells[index].outputs = [_verdict_output(report)]
        verdicts = tuple(self._verdicts.values())
        before = record.read(nb)
        noted = (*before.repairs, *dict.fromkeys(self._notes))
        replace(
            before,
            isolation=sandbox.isolation(),
            reports=verdicts,
            repairs=noted,
            kernel_died=self._died,
        ).write(nb)
        return nb, resources

    # --- the kernel

    def create_kernel_manager(self) -> Any:
        self.km = self.kernel_manager_class(
            kernel_name=self.kernel_name,
            config=self.config,
            scratch=self._scratch,
            place=warm.place_for(needed.imports(self._sheet)),
        )
        return self.km

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        await super().async_start_new_kernel(**kernel.start_options(self._scratch))

    start_new_kernel = run_sync(async_start_new_kernel)

    async def async_start_new_kernel_client(self) -> Any:
        limits, manager = kernel.budget(self.km, START_SECONDS), self.km
        boot = kernel.boot_code(self._scratch)
        try:
            client = await kernel.within(super().async_start_new_kernel_client(), limits)
            await kernel.async_run_silently(client, self.km, boot, {}, limits)
        except Exception as error:  # none of the student's code has run
            self.km = manager
            await self._async_drop_kernel()
            raise MachineTrouble(f"No kernel could be started: {error}") from error
        return client

    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    async def async_wait_for_reply(self, msg_id: str, cell: NotebookNode | None = None) -> Any:
        """nbclient's, which waits for the first reply of a new kernel."""
        try:
            limits = kernel.budget(self.km, START_SECONDS)
            return await kernel.reply_to(msg_id, self.kc, self.km, limits)
        except kernel.BROKEN as error:
            raise MachineTrouble(f"A new kernel does not answer: {error}") from error

    wait_for_reply = run_sync(async_wait_for_reply)

    def _new_kernel(self) -> None:
        if self._talk is not None:
            self._talk.drop()
            self._talk = None
        run_sync(self._async_drop_kernel)()
        self.create_kernel_manager()
        self.start_new_kernel()
        self.start_new_kernel_client()

    async def _async_drop_kernel(self) -> None:
        if self.kc is not None:
            self.kc.stop_channels()
            self.kc: Any = None
        if self.km.has_kernel:
            await ensure_async(self.km.shutdown_kernel(now=True))
        await ensure_async(self.km.cleanup_resources())

    def _budget(self, seconds: float) -> Budget:
        """New limits for something of the student's; they count for the submission's own, too."""
        self._budgets.append(kernel.budget(self.km, seconds))
        return self._budgets[-1]

    def _has_time(self) -> bool:
        return sum(budget.used for budget in self._budgets) <= self.total_seconds

    # --- a kernel that broke, and the cells that are run again in a new one

    def _restart(self) -> None:
        """A new kernel in the state that the cells so far left, those that break it left out.

        A cell may do so a while after it has answered, so the kernel must live on for a while.
        """
        while (failed := self._run_again(self._replay)) is not None:
            culprit = self._replay.pop(self._breaking(failed))
            self._note(culprit, LATER)

    def _breaking(self, last: int) -> int:
        """Which of the cells up to `last` breaks a kernel in which only those before it ran."""
        low, high = -1, last  # nothing breaks after `low`, something does after `high`
        while high - low > 1 and self._has_time():
            middle = (low + high) // 2
            failed = self._run_again(self._replay[: middle + 1])
            low, high = (middle, high) if failed is None else (low, failed)
        return high

    def _run_again(self, sources: list[str]) -> int | None:
        """Run cells in a new kernel; the one at which it broke or did not end, None if none."""
        self._new_kernel()
        for index, source in enumerate(sources):
            try:
                limits = self._budget(self.timeout)
                kernel.run_silently(self.kc, self.km, source, {}, limits)
            except kernel.BROKEN:
                return index
            if not kernel.answers(self.kc, self.km):
                return index
        return None if not sources or self._settles() else len(sources) - 1

    def _settles(self) -> bool:
        """Whether the kernel still answers when some time has passed for it, not for the clock."""
        limits = kernel.budget(self.km, SETTLING_SECONDS / OWN)
        with suppress(Spent):
            while run_sync(self.km.is_alive)():
                limits.look()
                time.sleep(LOOK_SECONDS)
        return kernel.answers(self.kc, self.km)

    # --- the cells

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, index: int
    ) -> tuple[NotebookNode, Any]:
        item = self._items.get(outline.judged_item(cell.source) or "") if _is_test(cell) else None
        part = self._needed.get(index)
        if part is not None and not part.why:
            cell.outputs = _as_handed_in(self._handed_in[index])
        elif not self._has_time():
            if item is not None:
                words = f"Not judged: the submission took longer than {self.total_seconds} s."
                self._verdicts[index] = _zero(item, words)
        elif item is not None:
            self._verdicts[index] = self._judge(cell, index, item)
        elif part is not None:
            self._run(cell, index)
        return cell, resources

    def _run(self, cell: NotebookNode, index: int) -> None:
        """A cell that is not judged: whatever it does, the next one finds a working kernel."""
        source, is_given = cell.source, cell.source in given.cells(self._sheet)
        part = self._needed[index].source  # all of it, except for what the sheet gives
        called = sorted(n for n in self._culprits if re.search(rf"\b{n}\b", part))
        if called and is_given:
            words = f"Skipped: this cell uses {' and '.join(called)}, which had to be stopped.\n"
            cell.outputs = [new_output("stream", name="stdout", text=words)]
            self._give(given.definitions(source))
            return
        stopped = self._execute_part(cell, index, part)
        if not stopped and not kernel.answers(self.kc, self.km):
            stopped = LEFT_BROKEN
            self._died |= kernel.was_killed(self.km)
            self._restart()
        if stopped:
            words = f"This cell {stopped}"
            cell.outputs = [*cell.outputs[:20], new_output("stream", name="stderr", text=words)]
        else:
            self._replay.append(part)
        rests_on_student = not is_given or bool(given.uses(part) & self._bound)
        failure = stopped or _failure(cell)
        if failure and is_given:
            self._given_failed(source, part, failure, bool(stopped), rests_on_student)
        elif failure:
            self._students_failed(source, failure, bool(stopped))
        elif is_given and part != source:
            cell.outputs = _as_handed_in(self._handed_in[index], IN_PART)
        if rests_on_student:
            self._bound |= given.binds(part)
        else:
            self._sheets_own.append(part)

    def _students_failed(self, source: str, failure: str, stopped: bool) -> None:
        """A cell of the student's failed; what it was to import, others need."""
        unwritten = failure.startswith(NotImplementedError.__name__)
        if unwritten or not (stopped or given.has_imports(source)):
            return
        more = ""
        if given.has_imports(source):
            self._give(given.imports(self._sheet))
            more = " The sheet's own imports were run in addition."
        self._note(source, f"failed: {failure}{more}")

    def _note(self, source: str, words: str, whose: str = "") -> None:
        """A note about a cell, for table and feedback; what it quotes makes no link there."""
        note = f"The {whose}cell that begins with `{given.first_line(source)}` {words}"
        self._notes.append(note.replace("[", "(").replace("]", ")"))

    def _given_failed(
        self, source: str, part: str, failure: str, stopped: bool, rests_on_student: bool
    ) -> None:
        """A cell of the sheet's failed, or what runs of it. That costs no points: what it defines
        is there all the same, and where it also fails without the student's code, nothing can be
        judged.
        """
        if not rests_on_student:
            self._try_alone(source, part)
        if stopped or not rests_on_student:
            cause = "" if rests_on_student else " because of what the notebook did before"
            self._note(source, f"failed{cause}: {failure}", whose="sheet's ")
        self._give(given.definitions(source))

    def _try_alone(self, source: str, part: str) -> None:
        """Raise MachineTrouble if a given cell fails where only the sheet's own cells ran."""
        files, used = layout.data_files(self._sheet), self._scratch
        with sandbox.scratch_folder(layout.PACKAGES, files) as self._scratch:
            self._new_kernel()
            failure = next(filter(None, map(self._fails, (*self._sheets_own, part))), "")
            run_sync(self._async_drop_kernel)()
        self._scratch = used
        if failure:
            name = given.first_line(source)
            raise MachineTrouble(
                f"The sheet's own cell that begins with `{name}` fails without any code of the "
                f"student's: {failure}"
            )
        self._restart()

    def _fails(self, source: str) -> str:
        """How a cell of the sheet's fails in this kernel; empty if it does not."""
        try:
            limits = kernel.budget(self.km, self.timeout)
            content = kernel.run_silently(self.kc, self.km, source, {}, limits)
        except kernel.BROKEN as reason:
            return str(reason)
        return f"{content['ename']}: {content['evalue'][:MAX_NOTE]}" if "ename" in content else ""

    def _give(self, source: str) -> None:
        """Define what the namespace lacks of a piece of the sheet's code."""
        if not source:
            return
        code = kernel.call_to("fill_in", source)
        try:
            kernel.run_silently(self.kc, self.km, code, {}, self._budget(self.timeout))
        except kernel.BROKEN:
            self._restart()
        self._replay.append(code)

    def _judge(self, cell: NotebookNode, index: int, item: outline.Item) -> Report:
        part = self._needed[index].source
        stopped = self._execute_part(cell, index, part) if part.strip() else ""
        if stopped:
            self._culprits.update(item.answers)
            return _zero(item, f"The visible check {stopped}")
        files = record.read(self.nb).submission  # other files, other inputs: nothing is learned
        seed = seed_for(self._secret, self._sheet, item.name, self._student, files)
        with self._item():
            return judge_item(_KernelSession(self, item.answers), self._sheet, item, seed)

    @contextmanager
    def _item(self) -> Iterator[None]:
        """While an item is judged: what the notebook set for its process is set back."""
        try:
            self._conversation()
        except kernel.BROKEN:  # by something before: that is not this item's fault
            self._restart()
        yield
        talk, self._talk = self._talk, None
        if talk is not None:
            try:
                talk.close()
            except kernel.BROKEN:
                self._restart()

    def _conversation(self) -> kernel.Conversation:
        """The one about the item; a new one where a call broke it off. Raises one of BROKEN."""
        if self._talk is None:
            limits = self._budget(self.timeout)
            self._talk = kernel.Conversation(self.kc, self.km, self._scratch, limits)
        return self._talk

    def _execute_part(self, cell: NotebookNode, index: int, part: str) -> str:
        """Run what is needed of a cell, which gets its output; why it had to be stopped, if so."""
        if part == cell.source:
            return self._execute(cell, index)
        running = NotebookNode(cell, source=part, outputs=[])
        stopped = self._execute(running, index)
        self.nb.cells[index] = cell
        cell.outputs = running.outputs
        # What was shown here must not be updated from later cells.
        self._display_id_map: dict[str, Any] = {}
        return stopped

    def _execute(self, cell: NotebookNode, index: int) -> str:
        """Run a cell; if it took the kernel down or did not end, restart it and say which.

        What ends the process may be something before the cell, which the restart finds. So the
        cell has a second try.
        """
        stopped = self._execute_once(cell, index)
        if stopped == ENDED:
            stopped = self._execute_once(cell, index)
            self._died |= stopped == ENDED and self._killed
        return stopped

    def _execute_once(self, cell: NotebookNode, index: int) -> str:
        self._room, self._spent = self.max_output_bytes, ""
        try:
            self.execute_cell(cell, index, store_history=True)
        except MachineTrouble:
            raise
        except DeadKernelError:
            self._killed = kernel.was_killed(self.km)
            self._restart()
            return ENDED
        except kernel.BadReply as error:
            self._restart()
            return str(error)
        except Exception as error:  # no kernel sends by itself what nbclient cannot take apart
            self.log.warning("The kernel was given up: %r", error)
            self._restart()
            return f"sent something that is no message ({type(error).__name__})"
        for shown in _errors(cell):  # nbgrader adds them from the reply, however long they are
            shown.evalue = shown.evalue[:MAX_ERROR]
            shown.traceback = [line[:MAX_ERROR] for line in shown.traceback[-MAX_FRAMES:]]
        if self._spent and not kernel.interrupted_reply(self.kc, self.km):
            self._restart()
        return self._spent

    async def _async_poll_for_reply(
        self,
        msg_id: str,
        cell: NotebookNode,
        timeout: int | None,
        task_outputs: Any,
        task_alive: Any,
    ) -> dict[str, Any]:
        """nbclient's, with a limit on the kernel's work in the place of the clock's."""
        try:
            limits = self._budget(self.timeout)
            message = await kernel.reply_to(msg_id, self.kc, self.km, limits)
        except Spent as spent:
            self._spent = str(spent)
            await kernel.interrupt(self.km)
            message = {"content": {**self.error_on_timeout, "status": "error"}}
        except kernel.Died:
            raise DeadKernelError(ENDED) from None
        finally:
            task_alive.cancel()
        with suppress(Spent):
            await kernel.within(task_outputs, kernel.budget(self.km, kernel.GRACE_SECONDS))
        return message

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
        try:
            try:
                return self._converse(request, seconds)
            except kernel.Died:  # as for a cell: it may be the doing of something before
                self._restart()
                return self._converse(request, seconds)
        except Spent as spent:
            self._talk = None
            self._culprits.update(answers)
            if not kernel.interrupted_reply(self.kc, self.km):
                self._restart()
            raise Stopped(str(spent)) from None
        except kernel.BROKEN as reason:
            self._culprits.update(answers)
            self._died |= kernel.was_killed(self.km)
            self._restart()
            raise Stopped(str(reason)) from None

    def _converse(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        return self._conversation().ask(request, self._budget(seconds))


class _KernelSession:
    """The judge's view of a running notebook (see `session.Session`)."""

    def __init__(self, execute: ExecuteAndJudge, answers: tuple[str, ...]):
        self._execute, self._answers = execute, answers

    def ask(self, request: dict[str, Any], seconds: float = CALL_SECONDS) -> dict[str, Any]:
        return self._execute.ask(request, seconds, self._answers)


def _zero(item: outline.Item, why: str) -> Report:
    line = Line("runs", False, core=True, message=why)
    return Report(item.name, item.points, 0.0, (line,), stopped=True)


def _take_outputs(nb: NotebookNode) -> dict[int, list[NotebookNode]]:
    """The outputs that a submission came with, by the places of its cells, which lose them."""
    taken = {}
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            taken[index], cell.outputs = cell.outputs, []
    return taken


def _as_handed_in(outputs: list[NotebookNode], words: str = HANDED_IN) -> list[NotebookNode]:
    """The student's own outputs of a cell that does not run, or not whole, marked as such."""
    words += WITH_OUTPUT if outputs else WITHOUT_OUTPUT
    return [new_output("stream", name="stdout", text=words), *outputs]


def _is_test(cell: NotebookNode) -> bool:
    meta = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and meta.get("grade") and not meta.get("solution")


def _errors(cell: NotebookNode) -> list[NotebookNode]:
    return [output for output in cell.outputs if output.output_type == "error"]


def _failure(cell: NotebookNode) -> str:
    """The error that a cell ended with; empty if it ended with none."""
    errors = _errors(cell)
    return f"{errors[-1].ename}: {errors[-1].evalue[:MAX_NOTE]}." if errors else ""


def _verdict_output(report: Report) -> NotebookNode:
    data = {"text/plain": str(report.score), "text/html": rendering.html(report)}
    return new_output("execute_result", data=data, execution_count=None)
