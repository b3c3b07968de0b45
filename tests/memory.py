"""How much memory a run of the grader takes: its own processes, without those of submissions."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from grader.running import jail

SECONDS = 0.05  # between two looks


def run(command: list[str], **options) -> tuple[subprocess.CompletedProcess, list[int]]:
    """Run a command; also the largest memory of each of its processes, in kB (Linux).

    The system itself keeps the maximum of a process (VmHWM in proc(5)), so that nothing between
    two looks is missed, except in a process's last moment. What runs in a sandbox does not count.
    """
    peaks: dict[int, int] = {}
    options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **options) as process:
        ended = threading.Event()
        watcher = threading.Thread(target=_watch, args=(process.pid, peaks, ended))
        watcher.start()
        said = process.communicate()
        ended.set()
        watcher.join()
    return subprocess.CompletedProcess(command, process.returncode, *said), list(peaks.values())


def _watch(pid: int, peaks: dict[int, int], ended: threading.Event) -> None:
    while not ended.wait(SECONDS):
        for process in _graders(pid):
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{process}/status").read_text().splitlines()
                peak = next(line for line in lines if line.startswith("VmHWM:"))
                peaks[process] = max(peaks.get(process, 0), int(peak.split()[1]))


def _graders(pid: int) -> Iterator[int]:
    """A process and those below it, down to where a sandbox begins."""
    yield pid
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                words = Path(f"/proc/{child}/cmdline").read_bytes()
                if jail.__file__.rpartition("/")[2].encode() not in words:
                    yield from _graders(int(child))
