"""A course with the toy sheet, the whole corpus handed in, and what came of it."""

import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import attacks
import files
import nbformat
import toy
from nbformat.v4 import new_code_cell

from grader import record

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["derivations", "grader", "helpers", "nbgrader_config.py"]
PARTS += ["environment.yml", "requirements.lock"]
HONEST = ("honest", "another-honest-one", "zoe-is-honest")
MEMORY = 700 * 2**20  # for a submission in these tests, so that filling it takes no time
POINTS = {"bit": 2.0, "half": 2.0}
RUN = [*attacks.CHEATS, attacks.FORGED_BASES, *attacks.ODD, *attacks.WITHOUT_GRADE]
RUN += [*attacks.LOOKS, *attacks.GREEDY]
CORPUS = [*RUN, *files.FOUND]

# Short limits, and a note of each worker's largest memory, in kB.
CONFIG = f"""
import resource
from multiprocessing.util import Finalize
sandbox.MEMORY = {MEMORY}
c.ExecuteAndJudge.timeout = 30
c.ExecuteAndJudge.total_seconds = 600

def note():
    with open({{peaks!r}}, "a") as stream:
        stream.write(f"{{{{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}}}}\\n")

Finalize(None, note, exitpriority=1)
"""


def student(attack: attacks.Attack | files.FileAttack) -> str:
    """Who hands an attack in."""
    return re.sub(r"\W+", "-", attack.name).strip("-")


def wanted(attack: attacks.Attack | files.FileAttack) -> dict[str, float]:
    """The points that it is to have."""
    lost = attack.lost if isinstance(attack, files.FileAttack) else tuple(attack.functions)
    return POINTS | dict.fromkeys(lost, 0.0)


def solution() -> nbformat.NotebookNode:
    """A right submission."""
    notebook = toy.notebook()
    notebook.cells.insert(1, new_code_cell("import numpy as np", id="numpy"))
    return notebook


@dataclass
class Graded:
    """What came of a `grade`.

    peaks: the most memory of each of the grader's processes, in kB; alone: what honest submissions
    got when they were graded by themselves; left: what still ran or lay about; harm: files of the
    grader's that changed; commands: what servers outside heard.
    """

    root: Path
    said: subprocess.CompletedProcess
    peaks: list[int]
    alone: dict[str, bytes]
    left: list[str]
    harm: list[str]
    commands: list[bytes] = field(default_factory=list)

    def record(self, name: str) -> record.Record:
        return record.read_file(self.root / "autograded" / name / "toy" / "toy.ipynb")

    def scores(self, name: str) -> dict[str, float]:
        return {report.item: report.score for report in self.record(name).reports or ()}

    def page(self, name: str) -> str:
        return (self.root / "feedback" / name / "toy" / "toy.html").read_text("utf-8")

    def seen(self, name: str) -> dict[str, str]:
        """What a trick could do, by what it tried."""
        file = self.root / "autograded" / name / "toy" / "toy.ipynb"
        cells = nbformat.read(file, as_version=4).cells
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        shown = "".join(output.get("text", "") for output in outputs)
        return json.loads(shown.partition("SEEN")[2].partition("NEES")[0])

    @cached_property
    def table(self) -> dict[str, float]:
        """The scores in grades.csv."""
        from csv import DictReader

        with (self.root / "grades.csv").open(encoding="utf-8") as stream:
            return {row["student_id"]: float(row["score"] or -1) for row in DictReader(stream)}

    def honest(self) -> dict[str, bytes]:
        """What the honest submissions have got: their pages, reports and points."""
        return _results(self.root)

    def outcome(self, attack: attacks.Attack | files.FileAttack) -> str:
        """In words, for the table of docs/security.md."""
        reports = self.record(student(attack)).reports
        if not reports:
            return "no grade"
        scores = self.scores(student(attack))
        stopped = sum(report.stopped for report in reports)
        points = " and ".join(f"{scores[item]:g} of 2" for item in ("half", "bit"))
        words = f"{points} points"
        if isinstance(attack, attacks.Attack) and attack.refused:
            said = self.seen(student(attack))
            refused = sum(said.get(name, "").startswith("refused") for name in attack.refused)
            words += f"; {refused} of {len(attack.refused)} tries refused"
        return words + (f"; stopped {stopped} times" if stopped else "")


def build(root: Path) -> None:
    """A course with the toy sheet alone."""
    ignored = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, root / part, **({"ignore": ignored} if copy is shutil.copytree else {}))
    toy.write(root)
    shutil.copy(ROOT / "reference" / "__init__.py", root / "reference" / "__init__.py")
    for name in HONEST:
        (root / "submitted" / name / "toy").mkdir(parents=True)
        nbformat.write(solution(), root / "submitted" / name / "toy" / "toy.ipynb")


def hand_in(root: Path, attack: attacks.Attack | files.FileAttack, words: dict[str, str]) -> None:
    folder = root / "submitted" / student(attack) / "toy"
    folder.mkdir(parents=True)
    notebook = solution()
    if isinstance(attack, files.FileAttack):
        content = attack.make(notebook, folder)
    else:
        content = None
        trick = attack.trick
        for name, value in words.items():
            trick = trick.replace(f"@{name}@", value)
        notebook.cells.insert(2, new_code_cell(trick or "pass", id="trick"))
        for item, source in attack.functions.items():
            next(cell for cell in notebook.cells if cell.id == item).source = source
        for name, lines in attack.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(lines)
    if content is None:
        nbformat.write(notebook, folder / "toy.ipynb")
    elif content:
        content = content if isinstance(content, bytes) else content.encode()
        (folder / "toy.ipynb").write_bytes(content)


@contextmanager
def servers(temporary: Path, root: Path) -> Iterator[tuple[int, list[bytes]]]:
    """What an account may have running: a server like tmux, and a port that anybody may reach.

    The sockets of another kernel too. Yields the port, and what was said to any of them.
    """
    heard: list[bytes] = []
    (temporary / "submission-decoy" / "sockets").mkdir(parents=True)
    paths = [temporary / "server", root / "s", temporary / "submission-decoy/sockets/kernel-2"]
    with ExitStack() as stack:
        made = []
        for address in [*map(str, paths), "\0hostile"]:
            made.append(stack.enter_context(socket.socket(socket.AF_UNIX)))
            made[-1].bind(address)
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            made.append(stack.enter_context(socket.socket(socket.AF_INET, kind)))
            made[-1].bind(("127.0.0.1", made[-2].getsockname()[1] if kind == 2 else 0))
        made.append(stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)))
        made[-1].bind(str(temporary / "server.dgram"))
        for sock in made:
            threading.Thread(target=_listen, args=(sock, heard), daemon=True).start()
        yield made[-2].getsockname()[1], heard
        for sock in made:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
    shutil.rmtree(temporary / "submission-decoy")
    for file in (temporary / "server", temporary / "server.dgram", root / "s"):
        file.unlink()


def _listen(sock: socket.socket, heard: list[bytes]) -> None:
    try:
        if sock.type == socket.SOCK_DGRAM:
            while True:
                heard.append(sock.recv(100))
        sock.listen(50)
        while True:
            with sock.accept()[0] as talk:
                heard.append(b"a connection")
                talk.sendall(b"hello")
    except OSError:
        return


def grade(
    root: Path, corpus: list, prefix: tuple[str, ...] = (), owner: int | None = None, **variables
) -> Graded:
    """Hand in and grade.

    prefix: what the grader runs under; owner: the account that all of it is to belong to;
    variables: environment variables.
    """
    build(root)
    temporary = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    outside = root.parent / "secret.txt"
    outside.write_text("nobody's business")
    peaks = root / "peaks"
    with (root / "nbgrader_config.py").open("a") as stream:
        stream.write(CONFIG.format(peaks=str(peaks)))
    with servers(temporary, root) as (port, heard):
        words = {"ROOT": str(root), "TEMPORARY": str(temporary), "OUTSIDE": str(outside)}
        words |= {"SERVER": str(temporary / "server"), "PORT": str(port), "HOME": str(Path.home())}
        words["HASHES"] = repr(_secret_lines())
        for attack in corpus:
            hand_in(root, attack, words)
        if owner is not None:
            for path in (root, temporary, *root.rglob("*")):
                os.chown(path, owner, owner, follow_symlinks=False)
        before = _state(root, outside)
        command = [*prefix, sys.executable, "-m", "grader", "grade", "--jobs", "2", "--force"]
        options = {"cwd": root, "capture_output": True, "text": True}
        options["env"] = os.environ | {"TMPDIR": str(temporary)} | variables
        honest = subprocess.run([*command, "--student", "*hones*"], **options)
        assert honest.returncode == 0, honest.stdout + honest.stderr
        alone = _results(root)
        said = subprocess.run(command, **options)
        harm = [name for name, state in _state(root, outside).items() if before[name] != state]
    left = [path.name for path in temporary.iterdir()] + _processes(temporary)
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    left += [line for line in mounts if str(temporary) in line]
    shutil.rmtree(temporary)
    numbers = [int(line) for line in peaks.read_text().split()] if peaks.exists() else []
    return Graded(root, said, numbers, alone, left, harm, heard)


def _results(root: Path) -> dict[str, bytes]:
    found = {}
    for name in HONEST:
        file = root / "autograded" / name / "toy" / "toy.ipynb"
        found[f"{name}: reports"] = repr(record.read_file(file).reports).encode()
        found[f"{name}: page"] = (root / "feedback" / name / "toy" / "toy.html").read_bytes()
    with sqlite3.connect(root / "gradebook.db") as book:
        query = (
            "select student.id, base_cell.name, auto_score, manual_score, extra_credit from grade"
            " join submitted_notebook on submitted_notebook.id = grade.notebook_id"
            " join submitted_assignment"
            " on submitted_assignment.id = submitted_notebook.assignment_id"
            " join student on student.id = submitted_assignment.student_id"
            " join base_cell on base_cell.id = grade.cell_id"
            " order by 1, 2"
        )
        found["points"] = repr([row for row in book.execute(query) if row[0] in HONEST]).encode()
    return found


def _secret_lines() -> list[str]:
    """Digests of the lines that only the judge's side knows."""
    lines = {line.strip() for source in toy.REFERENCE.values() for line in source.splitlines()}
    chosen = [line for line in lines if 40 <= len(line) <= 120]
    return [hashlib.sha256(line.encode()).hexdigest()[:16] for line in chosen]


def _state(root: Path, outside: Path) -> dict[str, tuple]:
    """Of every file that no grading changes: mode, owner, time, size, attributes."""
    kept = [root / part for part in ("reference", "source", "grader", "helpers", "submitted")]
    paths = [outside, outside.parent, *kept, *(path for part in kept for path in part.rglob("*"))]
    return {
        str(path): (
            (now := path.lstat()).st_mode,
            *(now.st_uid, now.st_size if path.is_file() else 0),
            now.st_mtime_ns if path.is_file() else 0,
            tuple(os.listxattr(path, follow_symlinks=False)),
        )
        for path in paths
        if "__pycache__" not in path.parts
    }


def _processes(temporary: Path) -> list[str]:
    """Processes of a submission that still run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            ours = (folder / "comm").read_text().strip() == "outlives"
            if ours or str(temporary).encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().decode(errors="replace")[:200])
        except OSError:
            continue
    return found


def table(graded: Graded, corpus: list) -> str:
    """What came of each attack, as Markdown."""
    lines = ["| attack | what came of it |", "|---|---|"]
    lines += [f"| {attack.name} | {graded.outcome(attack)} |" for attack in corpus]
    return "\n".join(lines)


def main() -> None:
    """Print the table: PYTHONPATH=tests python tests/hostile/house.py"""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "course").mkdir()
        graded = grade(Path(folder) / "course", CORPUS)
        print(graded.said.stdout.splitlines()[0])
        print(table(graded, CORPUS))


if __name__ == "__main__":
    main()
