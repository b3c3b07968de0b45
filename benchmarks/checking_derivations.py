"""How long it takes to check a derivation of ten lines.

    .venv/bin/python benchmarks/checking_derivations.py

For each derivation of sheet 1: the import, the first check and later ones in fresh processes
(medians over these), and the same with a line that is wrong, for which a hint is looked for.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINES, PROCESSES, CHECKS = 10, 5, 20
COLUMNS = {
    "process": "whole process",
    "import": "import",
    "first": "first check",
    "later": "later check",
    "wrong": "one line wrong",
}


def ten_lines(texts: list[str]) -> list[str]:
    """The longest of some derivations, of at most ten lines; lines are restated up to ten."""
    from derivations.reader import reading

    derivations = [[line.latex for line in reading.read(text)] for text in texts]
    lines = max((d for d in derivations if len(d) <= LINES), key=len)
    again = [lines[1 + i % (len(lines) - 2)] for i in range(LINES - len(lines))]
    return [*lines[:-1], *again, lines[-1]]


def measured(item: str) -> dict[str, float]:
    """Seconds in this process, which has imported nothing yet."""
    began = time.perf_counter()
    from helpers.derivations import check_derivation

    imported = time.perf_counter()
    lines = json.loads(sys.stdin.read())
    right, wrong = "\n= ".join(lines), "\n= ".join([*lines[:5], f"{lines[5]} + 1", *lines[6:]])
    start = time.perf_counter()
    assert check_derivation(item, right).passed
    first = time.perf_counter() - start
    return {
        "import": imported - began,
        "first": first,
        "later": _median_of_checks(check_derivation, item, right),
        "wrong": _median_of_checks(check_derivation, item, wrong),
    }


def _median_of_checks(check, item: str, text: str) -> float:
    seconds = []
    for _ in range(CHECKS):
        start = time.perf_counter()
        check(item, text)
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def in_a_fresh_process(item: str, lines: list[str]) -> dict[str, float]:
    """The same in a process of its own, and what that takes until its first check is done."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, __file__, item],
        input=json.dumps(lines),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    whole = time.perf_counter() - start
    found = json.loads(done.stdout)
    return found | {"process": whole - CHECKS * (found["later"] + found["wrong"])}


def main() -> None:
    sys.path.insert(0, str(ROOT / "tests"))
    from derivation_texts.right import RIGHT

    print(f"{'milliseconds':<32}" + "".join(f"{words:>16}" for words in COLUMNS.values()))
    for item, styles in RIGHT.items():
        lines = ten_lines(list(styles.values()))
        runs = [in_a_fresh_process(item, lines) for _ in range(PROCESSES)]
        medians = [1e3 * statistics.median(run[column] for run in runs) for column in COLUMNS]
        print(f"{item:<32}" + "".join(f"{median:>16.0f}" for median in medians))


if __name__ == "__main__":
    sys.path[0] = str(ROOT)  # so that the packages beside this folder are the ones measured
    if sys.argv[1:]:
        print(json.dumps(measured(sys.argv[1])))
    else:
        main()
