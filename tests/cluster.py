"""A dask cluster of real worker processes, for tests of `grade --scheduler`."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = """
import sys
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=int(sys.argv[1]), threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        print(cluster.scheduler_address, flush=True)
        sys.stdin.read()
"""


@contextmanager
def workers(number: int, root: Path, **environment: str) -> Iterator[str]:
    """So many workers that start in a course's folder; the address of their scheduler."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(number)],
        cwd=root,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as cluster:
        yield cluster.stdout.readline().strip()
        cluster.stdin.close()
