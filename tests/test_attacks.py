"""Whatever a submission does, a wrong answer earns nothing and nobody else notices.

The attacks themselves are in attacks.py. All of them are graded by one `grade` command, beside an
honest submission. A hole that is known and still open is an expected failure (strict: closing it
makes its test fail until the mark is taken away).
"""

import ast
import asyncio
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from csv import DictReader
from dataclasses import dataclass
from pathlib import Path

import attacks
import nbformat
import pytest
import zmq
from conftest import ROOT, Course, cell, replace_solution
from nbformat.v4 import new_code_cell

from grader.course import layout, outline
from grader.running import agent, budget, kernel, sandbox

SHEET = "sheet1_kl"
POINTS = {item.name: item.points for item in outline.items(SHEET).values()}
GRADE_ID = {
    item.name: item.grade_id.removesuffix("-test") for item in outline.items(SHEET).values()
}
LANDLOCK = sandbox.landlock_version()

needs_landlock = pytest.mark.skipif(
    LANDLOCK == 0, reason="this system has no Landlock, so the kernel may read and write all"
)
needs_namespaces = pytest.mark.skipif(
    sandbox.level().name != "full", reason="this system gives student code no namespaces of its own"
)
OUTSIDE = Path.home(), Path(sys.prefix)


def name_of(cheat: attacks.Cheat) -> str:
    """The student who hands the attack in."""
    return re.sub(r"\W+", "-", cheat.name)


def honest(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The solution without what costs time: no figures, no texts."""
    notebook = nbformat.from_dict(notebook)
    kept = [c for c in notebook.cells if "nbgrader" in c.metadata and c.cell_type == "code"]
    imports = cell_by_id(notebook, "imports")
    lines = [line for line in imports.source.splitlines() if "figures" not in line]
    notebook.cells = [new_code_cell("\n".join(lines)), *kept]
    return notebook


def cell_by_id(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    return next(c for c in notebook.cells if c.get("id") == name)


def notebook_of(cheat: attacks.Cheat, solution, **words: str) -> nbformat.NotebookNode:
    """The attack as a notebook."""
    notebook = honest(solution)
    trick = cheat.trick
    for name, value in words.items():
        trick = trick.replace(f"@{name}@", value)
    notebook.cells.insert(1, new_code_cell(trick or "pass"))
    for item, source in cheat.functions.items():
        replace_solution(notebook, GRADE_ID[item], source)
    return notebook


# --- the attacks that are not in the code ---------------------------------------------------------


def tags_that_skip_the_test_cells(notebook, folder):
    for part in notebook.cells:
        part.metadata["tags"] = ["skip-execution", "raises-exception", "remove_cell"]


def points_ids_locks_and_checksums_changed_in_the_metadata(notebook, folder):
    spoiled = cell(notebook, "kl-normal-test")
    spoiled.source = "4.0"
    spoiled.metadata.nbgrader |= {"points": 100, "locked": False, "checksum": "0" * 32}
    spoiled.metadata.nbgrader |= {"solution": True, "schema_version": 1}
    easy = cell(notebook, "kl-standard-normal-test")
    swapped = {"grade_id": "kl-normal-test", "points": 4, "locked": True, "checksum": None}
    notebook.cells.append(
        new_code_cell("4.0", metadata={"nbgrader": easy.metadata.nbgrader | swapped})
    )


def test_cells_of_its_own_with_a_judge_call_in_a_hidden_region(notebook, folder):
    call = '### BEGIN HIDDEN TESTS\nfrom grader import judge\n\njudge("{}")\n### END HIDDEN TESTS\n'
    meta = cell(notebook, "elbo-test").metadata.nbgrader | {"points": 50}
    for item in ("elbo", "kl_normal"):
        extra = new_code_cell("100.0\n" + call.format(item))
        extra.metadata["nbgrader"] = meta | {"grade_id": f"extra-{item}"}
        notebook.cells.append(extra)
    notebook.cells.insert(2, new_code_cell('get_ipython().set_next_input("100.0", replace=True)'))
    cell(notebook, "kl-normal").source += "\n" + call.format("elbo")


test_cells_of_its_own_with_a_judge_call_in_a_hidden_region.__test__ = False  # not a test itself


def symlinks_beside_the_notebook(notebook, folder):
    reference = folder.parents[2] / "reference"
    (folder / "answer.txt").symlink_to(reference / SHEET / "reference.py")
    (folder / "all").symlink_to(reference, target_is_directory=True)
    (folder / "book.db").symlink_to("../../../gradebook.db")
    (folder / "kl (1).ipynb").symlink_to("../../honest/sheet1_kl/kl.ipynb")


def a_dangling_symlink_beside_the_notebook(notebook, folder):
    (folder / "data.csv").symlink_to("nowhere")


def a_named_pipe_beside_the_notebook(notebook, folder):
    os.mkfifo(folder / "pipe")


def hand_in(copy, cheat: attacks.Cheat, solution, **words: str) -> None:
    notebook, folder = notebook_of(cheat, solution, **words), copy.folder(name_of(cheat))
    special = globals().get(re.sub(r"\W+", "_", cheat.name))
    if special is not None:
        special(notebook, folder)
    for name, text in cheat.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    copy.submit(name_of(cheat), notebook)


# --- one grading for all --------------------------------------------------------------------------


@contextmanager
def decoy_kernel(folder: Path):
    """A socket that lies where a kernel of another submission would have it."""
    (folder / "decoy" / "home").mkdir(parents=True)
    with zmq.Context() as context, context.socket(zmq.PUB) as publisher:
        publisher.bind(f"ipc://{folder}/decoy/home/kernel-2")
        yield


@contextmanager
def server():
    """A TCP and a UDP port on this machine that anybody may reach."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        tcp.listen(50)
        udp.bind(tcp.getsockname())
        yield tcp.getsockname()[1]


def secret_lines() -> list[str]:
    """Digests of the lines that only the judge's side knows."""
    lines = set()
    for name in ("checks", "mistakes", "reference", "derivations"):
        text = (ROOT / "reference" / SHEET / f"{name}.py").read_text()
        lines |= set(map(str.strip, text.splitlines()))
    known = Path(agent.__file__).read_text() + (ROOT / "source" / SHEET / "kl.ipynb").read_text()
    known += "".join(file.read_text() for file in (ROOT / "helpers").rglob("*.py"))
    known += "".join(file.read_text() for file in (ROOT / "derivations").rglob("*.py"))
    chosen = [s for s in lines if 40 <= len(s) <= 120 and json.dumps(s)[1:-1] not in known]
    return [hashlib.sha256(line.encode()).hexdigest()[:16] for line in chosen if line not in known]


def facts(root: Path, outside: Path, port: int) -> str:
    """What the spy is told: where things lie, so that only their protection keeps it out."""
    home = Path.home()
    read = {
        "the course's folder": root,
        "the reference": root / "reference" / SHEET / "reference.py",
        "the checks": root / "reference" / SHEET / "checks.py",
        "the source notebook": root / "source" / SHEET / "kl.ipynb",
        "the judge": root / "grader" / "judging" / "judge.py",
        "the gradebook": root / "gradebook.db",
        "all submissions": root / "submitted",
        "another submission": root / "submitted" / "honest" / SHEET / "kl.ipynb",
        "graded submissions": root / "autograded",
        "the checkout under test": ROOT / "reference",
        "a file outside the course": outside,
        "the home folder": home,
        "the temporary folder": outside.parent,
        "everybody's temporary folder": "/tmp",
        "the passwords": "/etc/shadow",
    }
    change = {
        "the gradebook": root / "gradebook.db",
        "a file outside the course": outside,
        "the helpers": root / "helpers" / "__init__.py",
        "the kernelspec": Path(sys.prefix) / "share/jupyter/kernels/python3/kernel.json",
        "the interpreter's packages": Path(pytest.__file__),
        "its own interpreter": sys.executable,
    }
    create = {
        "the course": root,
        "the submissions": root / "submitted",
        "site-packages": Path(pytest.__file__).parent,
        "the home folder": home,
        "everybody's temporary folder": "/tmp",
        "the system": "/usr/lib",
    }
    tables = {
        name: {what: str(path) for what, path in table.items()}
        for name, table in (("read", read), ("open", change), ("create", create))
    }
    return json.dumps(tables | {"root": str(root), "port": port, "hashes": secret_lines()})


@pytest.fixture(scope="module")
def graded(course_copy, tmp_path_factory):
    """The course after one `grade` of everything."""
    solution = nbformat.read(ROOT / "source" / SHEET / "kl.ipynb", as_version=4)
    outside = tmp_path_factory.mktemp("outside") / "secret.txt"
    outside.write_text("nobody's business")
    course_copy.submit("honest", honest(solution))
    root = str(course_copy.root)
    # A socket's path has at most 107 characters, so the decoy does not lie in pytest's folder.
    decoys = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    try:
        with server() as port, decoy_kernel(decoys):
            words = {"ROOT": root, "FACTS": facts(course_copy.root, outside, port)}
            everything = [*attacks.CHEATS, attacks.FORGED_BASES, *attacks.ODD]
            everything += [*attacks.WITHOUT_GRADE, attacks.SPY]
            for cheat in everything:
                hand_in(course_copy, cheat, solution, **words)
            said = graded_by(course_copy)
    finally:
        shutil.rmtree(decoys)
    return Graded(course_copy.root, said, outside)


@dataclass(frozen=True)
class Graded(Course):
    """A course after a `grade` of everything: what that said, and a file that is none of its."""

    said: subprocess.CompletedProcess
    outside: Path


def graded_by(copy: Course) -> subprocess.CompletedProcess:
    """Grade all that was handed in; a cell that hangs costs half a minute, as it does a student."""
    with (copy.root / "nbgrader_config.py").open("a") as stream:
        stream.write("\nc.ExecuteAndJudge.timeout = 30\n")
    argv = [sys.executable, "-m", "grader", "grade", SHEET, "--jobs", str(min(4, os.cpu_count()))]
    return subprocess.run(argv, cwd=copy.root, capture_output=True, text=True)


@pytest.fixture(scope="module")
def seen(graded) -> dict[str, str]:
    """What the spy could do, by what it tried."""
    content = nbformat.read(graded.root / "autograded" / "a-spy" / SHEET / "kl.ipynb", as_version=4)
    texts = ["".join(o.get("text", "") for o in c.get("outputs", [])) for c in content.cells]
    found = next(text for text in texts if "SEEN" in text)
    return json.loads(found.split("SEEN")[1])


@pytest.fixture(scope="module")
def table(graded) -> dict[str, float]:
    """The scores of grades.csv, by student."""
    with (graded.root / "grades.csv").open(encoding="utf-8") as stream:
        rows = [row for row in DictReader(stream) if row["assignment"] == SHEET]
    return {row["student_id"]: float(row["score"]) for row in rows}


# --- points ---------------------------------------------------------------------------------------

each_cheat = pytest.mark.parametrize("cheat", attacks.CHEATS, ids=lambda cheat: cheat.name)


@each_cheat
def test_a_wrong_answer_earns_nothing(graded, cheat):
    scores = graded.scores(name_of(cheat))
    assert {item: scores[item] for item in cheat.functions} == dict.fromkeys(cheat.functions, 0.0)


@each_cheat
def test_right_answers_beside_it_keep_their_points(graded, cheat):
    scores = graded.scores(name_of(cheat))
    others = POINTS.keys() - cheat.functions
    assert {item: scores[item] for item in others} == {item: POINTS[item] for item in others}


@each_cheat
def test_the_gradebook_says_what_the_judge_said(graded, table, cheat):
    wanted = sum(POINTS.values()) - sum(POINTS[item] for item in cheat.functions)
    assert table[name_of(cheat)] == wanted


def test_an_honest_submission_in_the_same_batch_has_full_points(graded, table):
    assert graded.scores("honest") == POINTS
    assert table["honest"] == sum(POINTS.values())


def test_nobody_has_more_than_the_points_of_the_sheet(table):
    assert set(table.values()) and max(table.values()) <= sum(POINTS.values())


def test_the_batch_comes_to_its_end(graded, table):
    assert "Isolation:" in graded.said.stdout
    students = {folder.name for folder in (graded.root / "submitted").iterdir() if folder.is_dir()}
    assert table.keys() >= students


def test_hidden_tests_and_forged_outputs_are_in_no_feedback(graded):
    for folder in (graded.root / "feedback").iterdir():
        page = graded.feedback(folder.name)
        assert "HIDDEN TEST SEEN" not in page
        assert "of-its-own" in folder.name or "BEGIN HIDDEN TESTS" not in page


def test_one_reply_cannot_be_a_value_and_an_exception(graded):
    assert graded.scores(name_of(attacks.FORGED_BASES))["kl_normal"] < POINTS["kl_normal"]


@pytest.mark.parametrize("cheat", attacks.ODD, ids=lambda cheat: cheat.name)
def test_an_odd_submission_gets_its_grade(graded, cheat):
    wanted = POINTS | dict.fromkeys(cheat.functions, 0.0)
    assert graded.scores(name_of(cheat)) == wanted


@pytest.mark.parametrize("cheat", attacks.WITHOUT_GRADE, ids=lambda cheat: cheat.name)
def test_every_submission_gets_a_grade(graded, cheat):
    assert graded.record(name_of(cheat)).reports


# --- what a kernel can see and do -----------------------------------------------------------------

READ = json.loads(facts(Path("/"), Path("/x/y"), 0))
REFUSED = [
    *(f"read {what}" for what in READ["read"] if what != "the passwords"),
    *(f"change {what}" for what in READ["open"]),
    *(f"write into {what}" for what in READ["create"]),
    "write into the judge's inbox",
    "write into lib",
    "write into the scratch folder",
    "put a symlink in the inbox's place",
    "write into the connection file's folder",
    "open a new terminal",
    "put a symlink in the work folder's place",
    "make a hard link to a file outside",
    "read through a symlink",
    *(f"read the grader's {part}" for part in ("mem", "fd/1", "cwd", "root")),
    "import grader",
    "import reference",
    "find the judge's texts in a file",
]
ALONE = [
    "read what others share in /dev/shm",
    "hear what another kernel says",
    "limit the grader's resources",
    "move the grader to other cores",
    "change the grader's priority",
    "connect over multipath TCP",
    "connect over TCP fast open",
    "see a network",
    "signal the grader",
]
OPEN_TO_ROOT = ["read the passwords", "read the grader's environ", "read the grader's maps"]


@needs_landlock
@pytest.mark.parametrize("what", REFUSED)
def test_a_kernel_cannot(seen, what, graded):
    answer = seen[what]
    if answer.startswith("done: [") and sandbox.level().name == "full":  # a root of its own
        folder = facts_of(graded)["read"][what.removeprefix("read ")]
        assert_only_ways_to_what_is_shown(Path(folder), ast.literal_eval(answer[6:]), graded.root)
    else:
        assert answer.startswith("refused: ")


def facts_of(graded) -> dict:
    return json.loads(facts(graded.root, graded.outside, 0))


def assert_only_ways_to_what_is_shown(folder: Path, names: list[str], root: Path) -> None:
    """A folder of its private root holds nothing but the ways to what the kernel is given."""
    given = [sys.base_prefix, sys.prefix, *(root / package.name for package in layout.SHOWN)]
    for name in names:
        leads_there = any(Path(path).is_relative_to(folder / name) for path in given)
        assert leads_there or name.startswith(sandbox.SCRATCH), name


@needs_namespaces
@pytest.mark.parametrize("what", ALONE)
def test_a_kernel_is_alone_and_cannot(seen, what):
    assert seen[what].startswith("refused: ")


@needs_landlock
@pytest.mark.parametrize("what", OPEN_TO_ROOT)
def test_root_cannot_either(seen, what):
    assert seen[what].startswith("refused: ")


@pytest.mark.skipif(LANDLOCK < 4, reason="Landlock restricts TCP since version 4 (Linux 6.7)")
def test_a_kernel_cannot_connect_over_tcp(seen):
    assert seen["connect over TCP"].startswith("refused: ")


@pytest.mark.parametrize(
    "what",
    [
        "find the judge's texts in memory",
        "find the judge's modules",
        "find the course in an open file",
        "fill the disk with one file",
    ],
)
def test_nowhere_in_the_kernel_one_can(seen, what):
    assert seen[what].startswith("refused: ")


def test_a_kernel_can_import_the_helpers(seen):
    assert seen["import helpers"] == "done: 'helpers'"


def test_the_spy_knows_what_to_look_for():
    assert len(secret_lines()) > 100


def test_a_kernel_cannot_write_to_the_terminal(graded):
    assert "FORGED BY A STUDENT" not in graded.said.stdout + graded.said.stderr


# --- what is left behind --------------------------------------------------------------------------


def test_files_outside_are_unharmed(graded):
    assert graded.outside.read_text() == "nobody's business"
    for folder in (graded.root, *OUTSIDE, Path("/tmp")):
        assert not (folder / "left_by_a_student.txt").exists()


def test_nothing_of_the_course_comes_back_with_the_feedback_pages(graded):
    folder = graded.root / "feedback" / "symlinks-beside-the-notebook" / SHEET
    assert (folder / "kl.html").exists()


def test_a_symlink_brings_nothing_into_the_feedback(graded):
    folder = graded.root / "feedback" / "symlinks-beside-the-notebook" / SHEET
    assert [file.name for file in folder.iterdir()] == ["kl.html"]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
def test_no_process_outlives_its_submission(graded):
    left = []
    for comm in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):
            if comm.read_text().strip() == "outlives":
                left.append(int(comm.parent.name))
    for process in left:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    assert left == []


# --- parts by themselves --------------------------------------------------------------------------


class Flooded:
    """A client whose kernel says more than anybody can listen to."""

    class Channel:
        async def msg_ready(self):
            return True

        async def get_msg(self, timeout=None):
            return {"parent_header": {}, "content": {}}

    iopub_channel = Channel()


def test_a_kernel_that_never_stops_talking_does_not_hold_up_the_grader():
    seconds = iter(range(10**6))
    limits = budget.Budget(3, budget.Usage, lambda: float(next(seconds)))
    with pytest.raises(kernel.BadReply, match="printed without end"):
        asyncio.run(kernel._forget_outputs(Flooded(), limits))


def test_the_table_is_printed_whatever_the_notes_hold(graded):
    code = """
from rich.console import Console
from grader.records import results
from grader.intake.submissions import Submission
row = Submission("sheet1_kl", "honest")
words = "The notebook was set to another kernel ([/x])."
Console().print(results._table([(row, None)], {row: words}, {}))
"""
    subprocess.run([sys.executable, "-c", code], cwd=graded.root, check=True, capture_output=True)


@needs_landlock
def test_a_students_process_reads_the_courses_data_and_nothing_beside_it(tmp_path):
    for folder in (tmp_path / "data", tmp_path / "source"):
        folder.mkdir()
        (folder / "file").write_text("seen")
    code = (
        f"for part in 'data', 'source': print(open({str(tmp_path)!r} + f'/{{part}}/file').read())"
    )
    with sandbox.scratch_folder([]) as scratch:
        shown = [tmp_path / folder.name for folder in layout.SHOWN]
        command = sandbox.command([sys.executable, "-c", code], scratch, tmp_path, shown)
        ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.stdout == "seen\n"
    assert ended.stderr.strip().endswith("source/file'")
    assert "PermissionError" in ended.stderr or "FileNotFoundError" in ended.stderr
