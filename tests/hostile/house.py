"""A course with the toy sheet, the whole corpus handed in, and what came of it."""

import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import attacks
import files
import machines
import memory
import nbformat
import toy
from nbformat.v4 import new_code_cell

from grader import record
from grader.running.jail import landlock_version

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["derivations", "grader", "helpers", "nbgrader_config.py"]
PARTS += ["environment.yml", "requirements.lock"]
HONEST = ("honest", "another-honest-one", "zoe-is-honest")
MEMORY = 700 * 2**20  # for a submission in these tests, so that filling it takes no time
POINTS = {"bit": 2.0, "half": 2.0}
BY_CODE = {
    "wrong answers that are to count as right": [*attacks.CHEATS, attacks.FORGED_BASES],
    "what once left a submission without a grade": [*attacks.ODD, *attacks.WITHOUT_GRADE],
    "looking around, and reaching out": attacks.LOOKS,
    "using things up": attacks.GREEDY,
}
KINDS = BY_CODE | files.KINDS
RUN = [attack for found in BY_CODE.values() for attack in found]
CORPUS = [attack for found in KINDS.values() for attack in found]
# One of each sort, for the levels that are tested beside the strongest.
SOME = [
    "the answer looked for wherever it may lie",
    "the gradebook and the graded notebooks edited",
    "messages forged with the connection file's key",
    "a full disk",
    "folders in folders",
    "threads that change the function, and children that outlive the cell",
    "memory without end in many processes",
    "processes without end",
    "sockets without end",
]
PART = [*attacks.LOOKS, *(attack for attack in RUN if attack.name in SOME)]
PLACES = {"strongest": CORPUS, "an ordinary account": PART, "no namespaces": PART}

CONFIG = f"""
sandbox.MEMORY = {MEMORY}
c.ExecuteAndJudge.timeout = 30
c.ExecuteAndJudge.total_seconds = 600
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

    @property
    def level(self) -> str:
        """The level that the run named at its head."""
        return self.said.stdout.split()[1]

    def refused(self, attack: attacks.Attack) -> set[str]:
        """Those of its tries that were refused."""
        said = self.seen(student(attack))
        return {name for name in attack.refused if said.get(name, "").startswith("refused: ")}

    def outcome(self, corpus: list) -> str:
        """What came of some attacks, in words."""
        scores = {student(attack): self.scores(student(attack)) for attack in corpus}
        points = sum(
            max(0.0, score - wanted(attack)[item])
            for attack in corpus
            for item, score in scores[student(attack)].items()
        )
        graded = sum(self.table[name] >= 0 for name in scores)
        words = f"{graded} of {len(corpus)} graded, {points:g} points too many"
        looks = [a for a in corpus if isinstance(a, attacks.Attack) and a.is_promised(self.level)]
        if tries := sum(len(attack.refused) for attack in looks):
            refused = sum(len(self.refused(attack)) for attack in looks)
            words += f", {refused} of {tries} tries refused"
        return words


def build(root: Path) -> None:
    """A course with the toy sheet alone."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=toy.all_but())
        else:
            shutil.copy(ROOT / part, root / part)
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
        try:
            yield made[-2].getsockname()[1], heard
        finally:
            for sock in made:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
    shutil.rmtree(temporary / "submission-decoy")
    for file in (temporary / "server", temporary / "server.dgram", root / "s"):
        file.unlink()


def _listen(sock: socket.socket, heard: list[bytes]) -> None:
    try:
        if sock.type == socket.SOCK_DGRAM:
            while words := sock.recv(100):  # nothing once it is shut down
                heard.append(words)
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
    with (root / "nbgrader_config.py").open("a") as stream:
        stream.write(CONFIG)
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
        options = {"cwd": root, "env": os.environ | {"TMPDIR": str(temporary)} | variables}
        honest, _ = memory.run([*command, "--student", "*hones*"], **options)
        assert honest.returncode == 0, honest.stdout + honest.stderr
        alone = _results(root)
        said, peaks = memory.run(command, **options)
        harm = [name for name, state in _state(root, outside).items() if before[name] != state]
    left = [path.name for path in temporary.iterdir()] + _processes(temporary)
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    left += [line for line in mounts if str(temporary) in line]
    shutil.rmtree(temporary)
    return Graded(root, said, peaks, alone, left, harm, heard)


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
            *(now.st_uid, now.st_size if stat.S_ISREG(now.st_mode) else 0),
            now.st_mtime_ns if stat.S_ISREG(now.st_mode) else 0,
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


def table(columns: dict[str, Graded]) -> str:
    """What came of each kind of attack in some places, as Markdown."""
    lines = ["| attacks | " + " | ".join(f"{columns[p].level}, {WORDS[p]}" for p in columns) + " |"]
    lines += ["|---" * (len(columns) + 1) + "|"]
    for kind in KINDS:
        cells = [cell(kind, place, graded) for place, graded in columns.items()]
        lines.append(f"| {kind} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


WORDS = {
    "strongest": "as root",
    "an ordinary account": "as an ordinary account",
    "no namespaces": "namespaces refused",
}


def cell(kind: str, place: str, graded: Graded) -> str:
    """What came of the attacks of a kind in one place."""
    corpus = [attack for attack in KINDS[kind] if attack in PLACES[place]]
    return graded.outcome(corpus) if corpus else "–"


def grade_at(place: str, folder: Path) -> Graded | str:
    """Grade there, in a folder that everybody may enter; why this machine cannot, otherwise."""
    (folder / "course").mkdir(parents=True)
    root = folder / "course"
    if place == "strongest":
        return grade(root, CORPUS)
    if place == "an ordinary account":
        folder.chmod(0o777)
        prefix = machines.as_nobody()
        if prefix is None or os.geteuid() != 0:
            return "only root can become an ordinary account, where Python can be read by it"
        return grade(root, PART, prefix, owner=machines.NOBODY)
    if not landlock_version() or not machines.restrictable():
        return "no Landlock"
    return grade(root, PART, machines.without_namespaces())


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that other accounts can enter; pytest closes its own."""
    made = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    made.chmod(0o755)
    try:
        yield made
    finally:
        subprocess.run(["rm", "-rf", str(made)], check=True)


def main() -> None:
    """Print the table: PYTHONPATH=tests python tests/hostile/house.py"""
    with open_folder() as folder:
        found = {place: grade_at(place, folder / place.replace(" ", "-")) for place in PLACES}
        print(table({place: one for place, one in found.items() if isinstance(one, Graded)}))


if __name__ == "__main__":
    main()
