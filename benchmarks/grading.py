"""How fast a class is graded, beside stock nbgrader: .venv/bin/python -m benchmarks.grading

A class is built for each sheet: right, typical, damaged and hostile submissions in the shares of
`CLASS`, each file different. Stock nbgrader runs the visible checks as its tests, makes feedback,
and has no walls; ours judges, isolates, names mistakes and makes feedback. In each round every way
grades its whole class again, in random order, so that what else the machine does hits all of them.
Stock takes as long for each submission whatever their number, so its class may be smaller.

Processor time and memory are read off the whole tree of processes, four times a second, since
kernels are killed before anybody waits for them: what a process uses after the last look is lost.
Nothing else should run meanwhile. Writes docs/grading.png and benchmarks/grading.json, where sheets
that are not measured keep what they had.
"""

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
import psutil

from grader.authoring import samples
from grader.course import layout, outline

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "grading.json"
PICTURE = ROOT / "docs" / "grading.png"
SHEETS = ("sheet1_kl", "sheet2_autoencoder", "sheet3_vae", "sheet5_gan")
CLASS = (  # of sixteen, one damaged file and one attack
    *("ada", "bruno", "ada", "team-noether", "bruno", "team-noether", "frieda", "ada"),
    *("bruno", "ada", "team-noether", "bruno", "team-noether", "ada", "bruno", "mallory"),
)
LOOK_SECONDS = 0.25
MIB = 2**20
STOCK = """\
c = get_config()
c.CourseDirectory.root = "."
c.ExecutePreprocessor.timeout = 60
c.Exchange.path_includes_course = False
"""
PYTHON = "-m", "nbgrader"


@dataclass
class Measured:
    """What one command used.

    seconds: of the clock; processor: seconds of all its processes; memory: the most that all of
    them had at once, in MiB, shared pages counted once for each; disk: what it left, in MiB.
    """

    seconds: float
    processor: float
    memory: float
    disk: float


class Watch(threading.Thread):
    """Looks at a process and all that it starts until it ends."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self._root, self._ended = psutil.Process(pid), threading.Event()
        self._used: dict[tuple[int, float], float] = {}
        self.memory = 0.0

    def run(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            memory = 0.0
            for process in self._tree():
                try:
                    times = process.cpu_times()
                    self._used[process.pid, process.create_time()] = times.user + times.system
                    memory += process.memory_info().rss / MIB
                except psutil.Error:  # it has ended
                    continue
            self.memory = max(self.memory, memory)

    def _tree(self) -> list[psutil.Process]:
        try:
            return [self._root, *self._root.children(recursive=True)]
        except psutil.Error:
            return []

    def processor(self) -> float:
        """Seconds that all of them used, as far as it was seen; ends the watch."""
        self._ended.set()
        self.join()
        return sum(self._used.values())


def measured(command: list[str], folder: Path, **variables: str) -> Measured:
    """Run a command in a course and watch it; raises CalledProcessError where it fails badly."""
    environment = os.environ | {"PYTHONPATH": str(folder)} | variables
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = Watch(process.pid)
    watch.start()
    _, errors = process.communicate()
    seconds = time.monotonic() - start
    if process.returncode not in (0, 1):  # 1: some submission was not judged
        raise subprocess.CalledProcessError(process.returncode, command, stderr=errors)
    made = [folder / name for name in ("autograded", "feedback", "gradebook.db")]
    return Measured(seconds, watch.processor(), watch.memory, sum(map(_size, made)) / MIB)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


# --- the class


def build_class(sheet: str, students: int, submitted: Path) -> None:
    """Submissions in the shares of CLASS, each with a remark of its own."""
    known = samples.known(sheet)
    for number in range(students):
        kind = CLASS[number % len(CLASS)]
        sample = known.get(kind, known["ada"])
        folder = submitted / f"student{number:04}" / sheet
        folder.mkdir(parents=True)
        for name, content in samples.submission(sheet, sample).items():
            if isinstance(content, str):
                (folder / name).write_text(content, encoding="utf-8")
                continue
            content.cells.append(nbformat.v4.new_markdown_cell(f"Handed in by {number}."))
            nbformat.write(content, folder / name)


def our_course(folder: Path, sheets: list[str], students: int) -> Path:
    """A copy of this course with a class."""
    left_out = shutil.ignore_patterns(
        *(".git", ".venv", "build", "submitted", "autograded", "feedback", "gradebook.db"),
        *("gradebook_copies", "__pycache__", "tests", "*.zip", "MNIST"),
    )
    shutil.copytree(ROOT, folder, ignore=left_out)
    for sheet in sheets:
        build_class(sheet, students, folder / "submitted")
    measured(["-m", "grader", "release", *sheets], folder)
    return folder


def stock_course(folder: Path, sheets: list[str], students: int) -> Path:
    """A course for nbgrader as it comes: the same notebooks without the hidden tests."""
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(STOCK)
    for package in ("helpers", "derivations"):
        shutil.copytree(ROOT / package, folder / package)
    for sheet in sheets:
        notebook = outline.read_source(layout.find_sheet(sheet))
        for cell in notebook.cells:
            cell.source = outline.HIDDEN.sub("", cell.source)
        source = folder / "source" / sheet
        source.mkdir(parents=True)
        nbformat.write(notebook, source / layout.source_notebook(sheet).name)
        build_class(sheet, students, folder / "submitted")
        measured([*PYTHON, "generate_assignment", sheet], folder)
    return folder


# --- the ways


def graded(course: Path, sheet: str) -> int:
    """How many submissions have a graded notebook and feedback; stock leaves damaged files out."""
    kinds = {"autograded": "*.ipynb", "feedback": "*.html"}
    students = [folder.parent.name for folder in (course / "submitted").glob(f"*/{sheet}")]
    done = [
        student
        for student in students
        if all(list((course / made / student / sheet).glob(kind)) for made, kind in kinds.items())
    ]
    if not done:
        raise RuntimeError(f"{course.name}: nothing of {sheet} was graded")
    return len(done)


def forget(course: Path, sheet: str) -> None:
    """Remove what an earlier way made, so that `graded` sees this one's."""
    for made in ("autograded", "feedback"):
        for folder in (course / made).glob(f"*/{sheet}"):
            shutil.rmtree(folder)


def autograde(course: Path, sheet: str) -> Measured:
    """nbgrader's own commands: autograde, then feedback."""
    parts = [
        measured([*PYTHON, "autograde", sheet, "--force"], course),
        measured([*PYTHON, "generate_feedback", sheet, "--force"], course),
    ]
    return Measured(
        sum(part.seconds for part in parts),
        sum(part.processor for part in parts),
        max(part.memory for part in parts),
        parts[-1].disk,
    )


def grade(course: Path, sheet: str, jobs: int) -> Measured:
    """Our own command with so many processes."""
    return measured(["-m", "grader", "grade", sheet, "--force", "--jobs", str(jobs)], course)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheets", nargs="+", default=list(SHEETS))
    parser.add_argument("--students", type=int, default=48)
    parser.add_argument("--stock-students", type=int, default=6, help="in the class of stock")
    parser.add_argument("--rounds", type=int, default=1)
    numbers = map(str, sorted({1, 2, os.cpu_count() or 1}))
    parser.add_argument(
        "--ways",
        nargs="+",
        default=["stock", "nbgrader", *numbers],
        help="stock, nbgrader with the course's grader in it, or numbers of processes of `grade`",
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        ours = our_course(Path(scratch, "ours"), options.sheets, options.students)
        ways: dict[str, tuple] = {}
        for way in options.ways:
            if way == "stock":
                plain = stock_course(Path(scratch, "stock"), options.sheets, options.stock_students)
                ways["stock nbgrader"] = autograde, plain
            elif way == "nbgrader":
                ways["nbgrader, ours"] = autograde, ours
            else:
                ways[f"grade --jobs {int(way)}"] = grade, ours, int(way)
        measured_now = run(ways, options)
    earlier = json.loads(RESULTS.read_bytes())["rows"] if RESULTS.exists() else []
    kept = [row for row in earlier if row["sheet"] not in options.sheets]
    results = {"cores": os.cpu_count(), "rows": kept + measured_now}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    show(results)
    plot(results)


def run(ways: dict[str, tuple], options: argparse.Namespace) -> list[dict]:
    """All ways on all sheets, in random order in each round: a row for each run."""
    rows = []
    for number in range(options.rounds):
        order = [(sheet, way) for sheet in options.sheets for way in ways]
        random.Random(number).shuffle(order)
        for sheet, way in order:
            function, course, *more = ways[way]
            forget(course, sheet)
            found = function(course, sheet, *more)
            count = graded(course, sheet)
            rows.append(
                {"sheet": sheet, "way": way, "round": number, "graded": count} | asdict(found)
            )
            print(f"round {number + 1}: {sheet}, {way}: {found.seconds:.1f} s", flush=True)
    return rows


def summary(results: dict) -> dict[tuple[str, str], dict[str, float]]:
    """For each sheet and way: medians over the rounds, for one submission where it makes sense."""
    found: dict[tuple[str, str], list[dict]] = {}
    for row in results["rows"]:
        found.setdefault((row["sheet"], row["way"]), []).append(row)

    def middle(rows: list[dict], key: str) -> float:
        return statistics.median(row[key] for row in rows)

    return {
        key: {
            "a minute": 60 * rows[0]["graded"] / middle(rows, "seconds"),
            "least": 60 * rows[0]["graded"] / max(row["seconds"] for row in rows),
            "most": 60 * rows[0]["graded"] / min(row["seconds"] for row in rows),
            "processor": middle(rows, "processor") / rows[0]["graded"],
            "memory": middle(rows, "memory"),
            "disk": middle(rows, "disk") / rows[0]["graded"],
        }
        for key, rows in found.items()
    }


def show(results: dict) -> None:
    """The table of docs/scale.md."""
    found = summary(results)
    print("| sheet | way | submissions a minute | times stock | processor s | MiB | disk, MiB |")
    print("|---|---|---|---|---|---|---|")
    for (sheet, way), row in sorted(found.items()):
        of_stock = found.get((sheet, "stock nbgrader"))
        ratio = f"{row['a minute'] / of_stock['a minute']:.1f}" if of_stock else ""
        print(
            f"| {sheet} | {way} | {row['a minute']:.1f} ({row['least']:.1f}–{row['most']:.1f}) "
            f"| {ratio} | {row['processor']:.2f} | {row['memory']:.0f} | {row['disk']:.2f} |"
        )


def plot(results: dict) -> None:
    """Submissions a minute by sheet and way, with the range over the rounds."""
    import matplotlib.pyplot as plt

    found = summary(results)
    sheets = sorted({sheet for sheet, _ in found})
    ways = sorted({way for _, way in found})
    figure, axes = plt.subplots(figsize=(8, 4), dpi=150, layout="constrained")
    width = 0.8 / len(ways)
    for number, way in enumerate(ways):
        rows = [found[sheet, way] for sheet in sheets]
        rates = [row["a minute"] for row in rows]
        below = [row["a minute"] - row["least"] for row in rows]
        above = [row["most"] - row["a minute"] for row in rows]
        places = [place + (number - (len(ways) - 1) / 2) * width for place in range(len(sheets))]
        axes.bar(places, rates, width, yerr=[below, above], label=way, capsize=2)
    axes.set_xticks(range(len(sheets)), sheets)
    axes.set_ylabel("submissions a minute")
    axes.legend(frameon=False)
    figure.savefig(PICTURE)


if __name__ == "__main__":
    main()
