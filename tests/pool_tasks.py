"""What the worker processes of test_done.py do: small, because each of them imports it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from grader.grading import pool


def double(number: int) -> tuple[int, int]:
    """Twice a number, and who worked it out; 13 kills whoever tries."""
    if number == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number, os.getpid()


def variable(name: str) -> str | None:
    """A variable of the environment, as the process that looks has it."""
    return os.environ.get(name)


def meet(folder: str) -> bool:
    """Whether another process comes to the same folder while this one waits there."""
    mine = Path(folder) / str(os.getpid())
    mine.touch()
    deadline = time.monotonic() + 60
    while len(list(Path(folder).iterdir())) < 2:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def wait_for_ever(file: str) -> None:
    """Start a child of its own, write both numbers down, and wait."""
    child = subprocess.Popen(["sleep", "1000"])
    new = Path(f"{file}.new")
    new.write_text(f"{os.getpid()} {child.pid}")
    new.rename(file)
    time.sleep(1000)


def at_the_start(_: object) -> tuple[list[str], int]:
    """The banks that a process has at its start, and the threads of what it is forked from."""
    banks = sorted(
        {name.split(".")[1] for name in sys.modules if name.startswith("reference.sheet")}
    )
    return banks, len(list(Path(f"/proc/{os.getppid()}/task").iterdir()))


if __name__ == "__main__":
    if sys.argv[1] == "ready":
        pool.prepare(sys.argv[2:])
        print([outcome for _, outcome in pool.work_through(at_the_start, [1], 1)])
    elif sys.argv[2] == "audit":
        from grader.audit import audit

        audit.in_processes(wait_for_ever, [sys.argv[1]], 1, "waiting")
    else:
        list(pool.work_through(wait_for_ever, [sys.argv[1]], 1))
