"""What student code may use up and what it leaves behind: limits, given cells, shell, settings."""

import os
import signal
import threading
import warnings
from contextlib import contextmanager

import nbformat
import numpy as np
import pytest
import torch
import toy
from broken import get
from nbformat.v4 import new_code_cell, new_output

from grader import record
from grader.course import outline
from grader.errors import MachineTrouble
from grader.grading import batch, execute, given, needed, one
from grader.grading.check_files import check_file
from grader.intake.submissions import Submission
from grader.running import budget, surroundings
from grader.running.budget import Budget, Spent, Usage
from grader.running.session import PlainProcess, Stopped

ALL = {"bit": 2.0, "half": 2.0}
HALF = "def half(x):\n    return x / 2\n"

# --- limits ---------------------------------------------------------------------------------------


class Machine:
    """A process on a machine, as a test tells it: seconds of the clock and what was used."""

    def __init__(self, seconds: float):
        self.now, self.usage = 0.0, Usage()
        self.budget = Budget(seconds, lambda: self.usage, lambda: self.now)

    def passes(self, seconds: float, works: float = 0.0, waits: float = 0.0, threads: int = 1):
        """So many seconds pass, in each of which it works and its threads wait for so long."""
        while seconds > 0:
            self.now += 0.5
            known = self.usage.waits
            waited = {(1, n): known.get((1, n), 0.0) + 0.5 * waits for n in range(threads)}
            self.usage = Usage(self.usage.work + 0.5 * works, waited, self.usage.stopped)
            self.budget.look()
            seconds -= 0.5


def test_an_endless_loop_uses_up_the_work():
    with pytest.raises(Spent, match="did not finish within 10 s and was stopped: is there an end"):
        Machine(10).passes(12, works=1)


def test_sleeping_uses_up_the_own_time():
    machine = Machine(10)
    with pytest.raises(Spent, match="did not finish within 20 s .* does it sleep"):
        machine.passes(22)
    assert machine.now < 22


def test_an_endless_loop_on_a_busy_machine_may_work_as_much_as_on_an_idle_one():
    machine = Machine(10)
    machine.passes(99, works=0.1, waits=0.9)
    assert machine.budget.work < 10
    with pytest.raises(Spent, match="endless loop"):
        machine.passes(3, works=0.1, waits=0.9)


def test_many_threads_share_one_limit_of_work():
    with pytest.raises(Spent, match="endless loop"):
        Machine(10).passes(4, works=4, threads=4)


@pytest.mark.parametrize("threads", [1, 8])
def test_what_waits_for_a_processor_uses_up_nothing(threads):
    machine = Machine(10)
    machine.passes(150, waits=1.0, threads=threads)
    assert machine.budget.used == 0


def test_a_wait_that_is_known_only_when_it_is_over_is_taken_back():
    machine = Machine(10)
    machine.passes(8)
    before = machine.budget.own
    machine.passes(0.5, waits=6)
    assert machine.budget.own == pytest.approx(before + 0.5 - 3)


def test_time_in_which_nobody_could_look_counts_for_little():
    machine = Machine(10)
    machine.passes(1)
    machine.now += 150
    machine.budget.look()
    assert machine.budget.own <= 0.5 + budget.LONGEST_GAP


def test_the_clock_alone_is_the_machines_trouble():
    with pytest.raises(MachineTrouble, match="too busy"):
        Machine(10).passes(250, waits=1.0)


def test_a_process_that_is_gone_is_not_waited_for():
    seconds = iter(range(10_000))
    lost = Budget(10, lambda: None, lambda: float(next(seconds)))
    with pytest.raises(Spent):
        for _ in range(30):
            lost.look()


def test_the_work_of_children_and_threads_is_seen():
    code = (
        "import subprocess, sys, threading, time\n"
        "def burn(): \n"
        "    while time.thread_time() < 0.3: pass\n"
        "def half(x):\n"
        "    thread = threading.Thread(target=burn); thread.start(); thread.join()\n"
        "    subprocess.run([sys.executable, '-c', 'import time\\nwhile time.process_time() < 0.6:"
        " pass'])\n"
        "    return x\n"
    )
    with PlainProcess() as process:
        process.load(piece(code))
        before = budget.usage_of(process._process.pid).work
        process.ask(call("half"))
        used = budget.usage_of(process._process.pid).work - before
    assert used >= 0.8


def piece(source: str) -> dict:
    return {"source": source, "file": "file.py", "first_line": 1, "future": ""}


def call(name: str) -> dict:
    return {"target": name, "args": [{"t": "int", "v": 2}]}


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="without /proc nothing says who waits")
def test_a_process_that_could_not_run_for_longer_than_its_limit_has_not_used_it_up():
    with PlainProcess() as process:
        process.load(piece(HALF))
        group = process._process.pid
        os.killpg(group, signal.SIGSTOP)
        threading.Timer(5, os.killpg, [group, signal.SIGCONT]).start()
        assert process.ask(call("half"), seconds=1)["value"] == {"t": "float", "v": (1.0).hex()}


def test_what_never_runs_is_the_machines_trouble(monkeypatch):
    with PlainProcess() as process:
        process.load(piece(HALF))
        monkeypatch.setattr(budget, "LEAST_CLOCK", 2)
        os.killpg(process._process.pid, signal.SIGSTOP)
        with pytest.raises(MachineTrouble, match="too busy"):
            process.ask(call("half"), seconds=0.1)


@pytest.mark.parametrize(
    ("body", "words"),
    [("while True: pass", "endless loop"), ("import time; time.sleep(60)", "does it sleep")],
)
def test_a_call_ends_within_its_limits_and_the_next_one_is_answered(body, words):
    with PlainProcess() as process:
        process.load(piece(f"{HALF}\ndef stuck(x):\n    {body}\n"))
        with pytest.raises(Stopped, match=words):
            process.ask(call("stuck"), seconds=1)
        assert process.ask(call("half"))["status"] == "ok"


# --- a class: the machine's trouble is not the student's ------------------------------------------


@pytest.mark.parametrize("second", ["", "the machine was too busy"])
def test_what_the_machine_could_not_do_is_tried_again_alone(second, monkeypatch):
    tries = []

    def outcomes(tasks, jobs, scheduler, started):
        for task in tasks:
            tries.append((task.submission.student, task.alone, jobs))
            unlucky = task.submission.student == "unlucky" and not task.alone
            failure = "its kernel died" if unlucky else second if task.alone else ""
            yield task, one.Outcome(failure, again=unlucky)

    monkeypatch.setattr(batch, "_outcomes", outcomes)
    tasks = [one.Task(Submission(toy.SHEET, name)) for name in ("unlucky", "lucky")]
    failures = batch.run_all(tasks, 2, None)
    assert tries == [("unlucky", False, 2), ("lucky", False, 2), ("unlucky", True, 1)]
    assert failures == ({tasks[0].submission: second} if second else {})


# --- notebooks ------------------------------------------------------------------------------------


@pytest.fixture
def run(toy_sheet, monkeypatch):
    """Runs and judges a right notebook to the toy sheet with one change: scores and notebook."""
    monkeypatch.setattr(execute, "secret", lambda url: "a secret")

    def run(change=lambda notebook: None, seconds: int = 3):
        notebook = toy.notebook()
        for cell in notebook.cells:
            cell.source = cell.source.replace("### BEGIN SOLUTION", "").replace(
                "### END SOLUTION", ""
            )
        change(notebook)
        names = {"assignment": toy.SHEET, "student": "ada", "db_url": ""}
        judge = execute.ExecuteAndJudge(timeout=seconds)
        notebook, _ = judge.preprocess(notebook, {"nbgrader": names})
        scores = {report.item: report.score for report in record.read(notebook).reports}
        return scores, notebook

    return run


def with_cell(source: str, before: str = "bit"):
    """Puts a cell of the student's in front of another."""

    def change(notebook):
        names = [cell.id for cell in notebook.cells]
        notebook.cells.insert(names.index(before), new_code_cell(source, id="extra"))

    return change


def with_imports(source: str):
    """Replaces the cell with the sheet's imports."""

    def change(notebook):
        notebook.cells[0].source = source
        get(notebook, "half").source = "def half(x):\n    return math.ldexp(float(x), -1)\n"

    return change


def said(notebook: nbformat.NotebookNode, name: str = "extra") -> str:
    """What a cell's outputs say."""
    outputs = next(cell for cell in notebook.cells if cell.id == name).outputs
    return "".join(o.get("text", "") or f"{o.get('ename')}: {o.get('evalue')}" for o in outputs)


@pytest.mark.parametrize(
    "line",
    ["!pip install x", "%pip install x", "%conda install x", "lines = !ls", "!!ls", "%sx ls"],
)
def test_a_shell_line_says_that_it_does_not_run_and_the_cell_goes_on(line, run):
    scores, notebook = run(with_imports(f"{line}\nimport math\nprint('goes on')"))
    words = said(notebook, "imports")
    assert "Shell commands do not run in grading." in words and "goes on" in words
    assert scores == ALL


def test_a_shell_cell_says_that_it_does_not_run(run):
    scores, notebook = run(with_cell("%%bash\ntouch made"))
    assert "Shell commands do not run in grading. Passed over: %%bash" in said(notebook)
    assert scores == ALL


@pytest.mark.parametrize(
    "source", ["exit()\nprint('goes on')", "quit(0)\nprint('goes on')", "exit"]
)
def test_exit_and_quit_end_nothing(source, run):
    scores, notebook = run(with_cell(source))
    assert "end nothing in grading" in said(notebook)
    assert said(notebook).endswith("goes on\n") == ("goes on" in source)
    assert scores == ALL
    assert record.read(notebook).repairs == ()


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("import seaborn_of_another_world as sns\nimport math", "ModuleNotFoundError"),
        ("from google.colab import drive\nimport math", "ModuleNotFoundError"),
        ("imprt math\nimport math", "SyntaxError"),
        ("print(undefined)\nimport math", "NameError"),
    ],
)
def test_where_the_imports_fail_the_sheets_own_run_and_the_cell_is_named(source, error, run):
    scores, notebook = run(with_imports(source))
    assert scores == ALL
    (note,) = record.read(notebook).repairs
    assert note.startswith(f"The cell that begins with `{source.splitlines()[0]}` failed: {error}")
    assert note.endswith("The sheet's own imports were run in addition.")


def test_the_sheets_own_imports_replace_nothing_of_the_students(run):
    source = "math = type('Mine', (), {'ldexp': lambda x, n: x / 2})\nimport nothing_at_all"
    scores, _ = run(with_imports(source))
    assert scores == ALL


def test_a_cell_that_breaks_the_kernel_later_is_found_and_not_run_again(run):
    late = "import os, threading\nthreading.Timer(0.4, os._exit, [1]).start()"

    def change(notebook):
        with_cell(late)(notebook)
        slow = "import time\nfor _ in range(20): time.sleep(0.1)\nprint('whole')"
        notebook.cells.insert(3, new_code_cell(slow, id="slow"))

    scores, notebook = run(change)
    assert scores == ALL
    assert said(notebook, "slow") == "whole\n"
    notes = record.read(notebook).repairs
    assert any("`import os, threading` broke the kernel" in note for note in notes)


def test_a_cell_that_ends_the_process_costs_nothing_else(run):
    scores, notebook = run(with_cell("import os\nos._exit(1)"))
    assert scores == ALL
    assert "ended the whole Python process" in said(notebook)
    assert "ended the whole Python process" in record.read(notebook).repairs[0]


def test_a_function_that_ends_the_process_costs_its_item_alone(run):
    def change(notebook):
        source = "def half(x):\n    import os\n    os._exit(1)\n"
        get(notebook, "half").source = source

    scores, _ = run(change)
    assert scores == {"bit": 2.0, "half": 0.0}


@pytest.mark.parametrize(
    ("ending", "killed"), [("os._exit(1)", False), ("__import__('ctypes').string_at(0)", True)]
)
def test_only_a_kernel_that_was_killed_may_be_the_machines_doing(ending, killed, run):
    def change(notebook):
        with_cell(f"import os\n{ending}")(notebook)
        get(notebook, "half").source = f"def half(x):\n    import os\n    {ending}\n"

    scores, notebook = run(change)
    assert scores == {"bit": 2.0, "half": 0.0}
    assert record.read(notebook).kernel_died is killed


@pytest.mark.parametrize("body", ["while True: pass", "import time; time.sleep(100)", "input()"])
def test_a_cell_that_does_not_end_is_stopped_and_named(body, run):
    scores, notebook = run(with_cell(body))
    assert scores == ALL
    if body != "input()":  # which fails at once
        assert "did not finish within" in said(notebook)
        assert any("did not finish within" in note for note in record.read(notebook).repairs)


def test_a_given_cell_that_fails_by_itself_is_nobodys_zero(run, toy_root):
    source = "raise OSError('no disk')"

    def change(notebook):
        notebook.cells.insert(1, new_code_cell(source))

    given.cells.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(given, "cells", lambda sheet: ("import math", source))
        with pytest.raises(MachineTrouble, match=r"`raise OSError.* fails without .* no disk"):
            run(change)


def test_a_given_cell_that_fails_because_of_the_students_settings_costs_nothing(run, monkeypatch):
    source = "import os\nassert os.path.isdir('here')\nLIMIT = 3\ndef shown(): return LIMIT"
    monkeypatch.setattr(
        given, "cells", lambda sheet: ("import math", "import os; os.mkdir('here')", source)
    )

    def change(notebook):
        cells = [new_code_cell("import os; os.mkdir('here')"), new_code_cell("os.chdir('here')")]
        notebook.cells[1:1] = [*cells, new_code_cell(source)]
        get(notebook, "half").source = "def half(x):\n    shown()\n    return x / 2\n"

    scores, notebook = run(change)
    assert scores == ALL
    (note,) = record.read(notebook).repairs
    assert "because of what the notebook did before: AssertionError" in note


def test_settings_for_the_whole_process_are_set_back_for_the_judge_and_kept_for_the_notebook(run):
    def change(notebook):
        settings = (
            "import warnings\nimport numpy as np\nnp.seterr(all='raise')\n"
            "warnings.simplefilter('error')\nnp.random.seed(7)\n"
        )
        with_cell(settings)(notebook)
        body = "    np.random.rand(); np.log(np.zeros(1)); warnings.warn('w')\n    return x / 2\n"
        get(notebook, "half").source = f"def half(x):\n{body}"
        after = "print(np.geterr()['over'], warnings.filters[0][0], np.random.rand())"
        notebook.cells.append(new_code_cell(after, id="after"))

    scores, notebook = run(change)
    assert scores == ALL
    assert said(notebook, "after") == f"raise error {np.random.RandomState(7).rand()}\n"


def test_a_submissions_own_time_in_all_is_limited_whatever_the_clock_says(run, monkeypatch):
    monkeypatch.setattr(execute.ExecuteAndJudge, "_has_time", lambda self: False)
    scores, notebook = run()
    assert scores == dict.fromkeys(ALL, 0.0)
    assert "took longer than 600 s" in str(record.read(notebook).reports[0].lines)


# --- what code sets for its process ---------------------------------------------------------------


@contextmanager
def item():
    surroundings.begin_item()
    try:
        yield
    finally:
        surroundings.end_item()


def test_torch_is_judged_with_its_defaults_and_gets_the_notebooks_settings_back():
    try:
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        with item():
            assert torch.ones(1).dtype == torch.float32 and torch.is_grad_enabled()
            torch.set_default_dtype(torch.float16)
        assert torch.ones(1).dtype == torch.float64 and not torch.is_grad_enabled()
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)


def test_random_numbers_and_the_folder_are_the_notebooks_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.random.seed(5)
    torch.manual_seed(5)
    with item():
        inside = np.random.rand(), float(torch.rand(1)), os.getcwd()
        os.chdir("/")
    assert (np.random.rand(), float(torch.rand(1)), os.getcwd()) == inside


def test_a_rule_for_all_warnings_is_set_back_and_a_packages_own_rule_stays():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "a package's own")
        warnings.simplefilter("ignore")
        with item():
            with pytest.warns(UserWarning, match="the student's"):
                warnings.warn("the student's", stacklevel=1)
            assert any(rule[1] and rule[1].match("a package's own") for rule in warnings.filters)
        assert warnings.filters[0][:2] == ("ignore", None)


# --- plain modules --------------------------------------------------------------------------------

EXPORTED = """\
#!/usr/bin/env python
get_ipython().system('pip install x')
get_ipython().run_line_magic('matplotlib', 'inline')
lines = get_ipython().getoutput('ls')
get_ipython().run_cell_magic('time', '', 'bit = r"\\\\log 2"')
exit()
import seaborn_of_another_world as sns, math


def half(x):
    get_ipython().system('ls')
    quit()
    return math.ldexp(float(x), -1)
"""


def checked(tmp_path, source: str) -> dict:
    file = tmp_path / "mine.py"
    file.write_text(source)
    return {report.item: report for report in check_file(file, toy.SHEET, "a secret")}


@pytest.mark.parametrize("first", ["", "!pip install x\n%matplotlib inline\n"])
def test_check_takes_a_notebook_that_was_exported_with_its_magics(first, toy_sheet, tmp_path):
    reports = checked(tmp_path, first + EXPORTED)
    assert {name: report.score for name, report in reports.items()} == ALL


def test_check_says_which_import_failed(toy_sheet, tmp_path):
    source = "import nothing_at_all as na\n\ndef half(x):\n    return na.half(x)\n"
    (line, *_) = checked(tmp_path, source)["half"].lines
    assert "name 'na' is not defined" in line.message
    assert "na is missing because of ModuleNotFoundError" in line.message


def test_check_judges_with_the_default_settings(toy_sheet, tmp_path):
    source = (
        "import numpy as np\nnp.seterr(all='raise')\n"
        "def half(x):\n    np.log(np.zeros(1))\n    return x / 2\n"
    )
    assert checked(tmp_path, source)["half"].score == ALL["half"]


@pytest.mark.parametrize("everything", ["0", "1"])
def test_a_cell_that_nobody_needs_shows_what_was_handed_in(run, monkeypatch, everything):
    source = "print('from this run')"
    monkeypatch.setattr(given, "cells", lambda sheet: ("import math", source))
    monkeypatch.setenv(needed.VARIABLE, everything)

    def change(notebook):
        shown = [new_output("stream", name="stdout", text="as it was at home")]
        with_cell(source)(notebook)
        next(cell for cell in notebook.cells if cell.id == "extra").outputs = shown

    scores, notebook = run(change)
    words = said(notebook)
    assert scores == ALL
    assert ("as it was at home" in words) == ("was handed in" in words) == (everything == "0")
    assert ("from this run" in words) == (everything == "1")


def test_a_changed_cell_shows_what_this_run_printed(run):
    def change(notebook):
        shown = [new_output("stream", name="stdout", text="as it was at home")]
        with_cell("print('from this run')")(notebook)
        next(cell for cell in notebook.cells if cell.id == "extra").outputs = shown

    _, notebook = run(change)
    assert said(notebook) == "from this run\n"


def test_a_sheet_knows_its_given_cells(toy_sheet):
    given.cells.cache_clear()
    outline.read_source.cache_clear()
    first, *own, last = given.cells(toy.SHEET)  # release adds the first and the last
    assert own == ["import math"] and "standing" in first and "standing" in last
    source = "import a.b as c\nN = 3\nx = f(N)\nclass K:\n    pass\nfor y in x: pass"
    assert given.definitions(source) == "import a.b as c\nN = 3\nclass K:\n    pass"
    assert given.binds(source) == {"N", "x", "K", "y"}
    assert given.uses(source) == {"f", "N", "x"}
