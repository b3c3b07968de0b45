"""Kills graders at random moments; what the next run makes of it must be what was undisturbed.

    python tests/kills.py KILLS SEED

Runs in a copy of the course that holds the toy sheet. Everything is real, except that a student's
code does not run: a sandboxed process that only echoes stands for the kernel, and the points stand
in the submission. Processes begin as forks of this one, which spares the imports. A process is
killed after some time on its processor, so what is hit does not depend on how busy the machine is.

Prints how many were killed of each kind, or what differs.
"""

import csv
import io
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import replace
from pathlib import Path

import nbformat
import toy
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor

from grader import pipeline, record
from grader.course import layout, outline
from grader.grading import batch, pool
from grader.grading.one import grade_one
from grader.judging.report import Line, Report
from grader.records import marks
from grader.running import sandbox
from grader.running.session import ENDED

STUDENTS = ("ada", "bruno")
POINTS = (0.0, 0.5, 2.0)
KINDS = ("main", "main", "worker", "worker", "stopped", "kernel")
ORDERS = layout.ROOT / "orders"  # what the next worker is to do: a file, taken by the first one
PIDS = layout.ROOT / "pids"
DEATHS = layout.ROOT / "deaths"  # a line for each worker that died
SPENT = {name: layout.ROOT / f"spent-{name}" for name in ("main", "worker")}


class Echo(NbGraderPreprocessor):
    """In the place of ExecuteAndJudge: the points are those that the submission names."""

    def preprocess(self, nb, resources):
        points = float(re.search(r"# points: ([0-9.]+)", str(nb)).group(1))
        verdicts = []
        with sandbox.scratch_folder([]) as scratch:
            argv = sandbox.command(["/bin/cat"], scratch, layout.ROOT, [])
            with subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
            ) as kernel:
                note_process(kernel.pid)
                for cell in nb.cells:
                    item = outline.judged_item(cell.source)
                    if item is not None:
                        verdicts.append(self.judge(kernel, cell, item, points))
                with suppress(BrokenPipeError):
                    kernel.stdin.close()
        died = any(not report.lines[0].passed for report in verdicts)
        replace(record.read(nb), reports=tuple(verdicts), kernel_died=died).write(nb)
        return nb, resources

    def judge(self, kernel, cell, item, points):
        if order("kernel"):
            kernel.kill()
            kernel.wait()
        line = Line("works", True)
        try:
            kernel.stdin.write("works\n")
            works = kernel.stdout.readline()
        except OSError:
            works = ""
        if not works:
            line, points = Line("works", False, message=ENDED), 0.0
        data = {"text/plain": str(points)}
        cell.outputs = [new_output("execute_result", data=data, execution_count=None)]
        return Report(item, 2.0, points, (line,))


def order(kind):
    """Whether this process is the one that an order of this kind is for."""
    try:
        (ORDERS / kind).unlink()
    except FileNotFoundError:
        return False
    return True


def note_process(pid):
    with PIDS.open("a") as stream:
        stream.write(f"{pid}\n")


def work(task):
    """grade_one, killed on the way where that is ordered."""
    note_process(os.getpid())
    for file in ORDERS.glob("worker-*"):
        if order(file.name):
            kill_after(float(file.name.removeprefix("worker-")))
    began = time.process_time()
    outcome = grade_one(task)
    SPENT["worker"].write_text(str(time.process_time() - began))
    return outcome


def kill_after(seconds, signum=signal.SIGPROF):
    """Have this process die after some seconds of work, wherever it is then."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL if signum == signal.SIGPROF else _terminate)
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _terminate(signum, frame):
    os.kill(os.getpid(), signal.SIGTERM)


def grade(seconds=None, stopped=False):
    """One run of the grader in a process of its own; how it ended, 0 being well."""
    pid = os.fork()
    if pid == 0:
        code = 99
        try:
            if seconds is not None:
                kill_after(seconds, signal.SIGTERM if stopped else signal.SIGPROF)
            with (layout.ROOT / "said").open("w") as log:
                batch.console.file = log
                with redirect_stdout(log), redirect_stderr(log):
                    code = batch.grade([toy.SHEET], jobs=2)
            SPENT["main"].write_text(str(time.process_time()))
        except SystemExit as stop:
            code = stop.code
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def hand_in(student, points):
    folder = layout.SUBMITTED / student / toy.SHEET
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(toy.answer(more=f"# points: {points}"), folder / "toy.ipynb")


def state(student):
    """All that a student's grading leaves, as one text for each part."""
    one = batch.Submission(toy.SHEET, student)
    rows = csv.DictReader(io.StringIO((layout.ROOT / "grades.csv").read_text()))
    row = next(row for row in rows if row["student_id"] == student)
    return {
        "row": str(row),
        "notebook": re.sub(r'"id": "[0-9a-f]{8}"', "", one.graded_notebook.read_text()),
        "page": re.sub(r"id=[0-9a-f]{8}", "", one.page.read_text()),
        "mark": str(marks.read(one) is not None),
    }


def undisturbed():
    """The states of all students with all points, from runs that nothing disturbs."""
    states = {}
    for points in POINTS:
        for student in STUDENTS:
            hand_in(student, points)
        assert grade() == 0, said()
        states |= {(student, points): state(student) for student in STUDENTS}
    return states


def disturbed(draw, seconds):
    """One run with something killed in it; what, or "" where the run was over before.

    seconds: the processor time of a run that nothing disturbs, by the kind of process.
    """
    kind = draw.choice(KINDS)
    if kind in ("main", "stopped"):
        code = grade(draw.uniform(0, seconds["main"]), kind == "stopped")
        return kind if code in (-signal.SIGPROF, 128 + signal.SIGTERM, -signal.SIGTERM) else ""
    name = "kernel" if kind == "kernel" else f"worker-{draw.uniform(0, seconds['worker']):.3f}"
    (ORDERS / name).touch()
    before = DEATHS.stat().st_size
    code = grade()
    assert code == 0, f"{code} after {name}: {said()}"
    if kind == "kernel":
        return "" if order(name) else kind
    order(name)
    return kind if DEATHS.stat().st_size > before else ""


def said():
    return (layout.ROOT / "said").read_text()


def count_deaths():
    """Note each worker that died, in a file, because a fork counts in its own memory."""
    outcome = pool._Worker.outcome

    def noting(self):
        found = outcome(self)
        if isinstance(found, pool.Died):
            with DEATHS.open("a") as stream:
                stream.write("died\n")
        return found

    pool._Worker.outcome = noting


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def prepare():
    """Put the stand-ins in their places."""
    pool.START = "fork"
    pipeline.JUDGE[0] = Echo
    batch.grade_one = work
    count_deaths()
    ORDERS.mkdir()
    DEATHS.touch()
    sandbox.has_namespaces()  # tried once, for all forks


def main(kills, seed):
    prepare()
    draw = random.Random(seed)
    expected, points = undisturbed(), dict.fromkeys(STUDENTS, POINTS[-1])
    seconds = {name: float(file.read_text()) for name, file in SPENT.items()}
    killed = Counter()
    while killed.total() < kills:
        for _ in range(draw.randint(1, 5)):
            student = draw.choice(STUDENTS)
            points[student] = draw.choice([other for other in POINTS if other != points[student]])
            hand_in(student, points[student])
            kind = disturbed(draw, seconds)
            killed[kind] += bool(kind)
        code = grade()
        assert code == 0, f"{code}: {said()}"
        for student in STUDENTS:
            found = state(student)
            for part, text in expected[student, points[student]].items():
                assert found[part] == text, f"{student}, {part}: {text} became {found[part]}"
    demand_nothing_stays()
    killed.pop("", None)
    print(dict(sorted(killed.items())))


def demand_nothing_stays():
    """No process and no scratch folder of all the runs may be there."""
    pids = {int(line) for line in PIDS.read_text().split()}
    deadline = time.monotonic() + 60
    while any(map(alive, pids)):
        assert time.monotonic() < deadline, "a process stayed"
        time.sleep(0.1)
    sandbox.remove_abandoned()
    left = list(Path(tempfile.gettempdir()).glob(f"{sandbox.SCRATCH}*"))
    assert not left, left


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
