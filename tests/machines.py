"""Ways to run student code, and machines that give it less: for tests of the sandbox.

`run` starts code as the grader does. The kinds of machine: `as_nobody` is an ordinary account,
`without_namespaces` a container that refuses them.
"""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.running import seccomp

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534

# Starts the code that comes on standard input; its arguments as JSON.
RUNNER = """
import json, os, subprocess, sys
from dataclasses import replace
from pathlib import Path
from grader.running import jail, sandbox
wanted = json.loads(sys.argv[1])
if wanted["kind"]:
    sandbox._candidates = lambda name: [
        sandbox.Level("full", wanted["kind"], sandbox.landlock_version(), True)
    ]
hidden, shown = Path(wanted["hidden"]), [Path(name) for name in wanted["shown"]]
plain = sandbox.settings
sandbox.settings = lambda *a: replace(plain(*a), **wanted["settings"])
with sandbox.scratch_folder(shown) as scratch:
    argv = sandbox.command([sys.executable, "-c", sys.stdin.read()], scratch, hidden, shown)
    environment = sandbox.environment(scratch)
    done = subprocess.run(argv, env=environment, cwd=scratch / "work", start_new_session=True,
                          stdin=subprocess.DEVNULL, close_fds=wanted["close"])
assert not scratch.exists()
sys.exit(done.returncode % 256)
"""
REFUSE_NAMESPACES = """
import ctypes, os, sys
from grader.running import seccomp
number = seccomp.NUMBERS["unshare"][list(seccomp.AUDIT_ARCH).index(seccomp.architecture())]
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
seccomp.install([
    (seccomp.LOAD, 0, 0, seccomp.NUMBER),
    (seccomp.EQUAL, 0, 1, number),
    (seccomp.RETURN, 0, 0, seccomp.RET_ERRNO | 1),
    seccomp.ALLOW,
])
os.execv(sys.argv[1], sys.argv[1:])
"""
# Python may lie below a folder that is closed for others, /root for instance: there it is mounted
# again, in a mount namespace of its own, at a path that is open.
AS_NOBODY = """
set -e
mount --make-rprivate /
if [ -n "$CLOSED" ]; then
    mount --bind "$BASE" "$KEPT"
    mount -t tmpfs -o mode=755 none "$CLOSED"
    mkdir -p "$BASE"
    mount --bind "$KEPT" "$BASE"
    umount "$KEPT"
fi
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
"""


def run(
    code: str,
    level: str = "full",
    *,
    kind: str = "",
    hidden: Path = ROOT,
    shown: list[Path] | None = None,
    prefix: tuple[str, ...] = (),
    python: str = sys.executable,
    close: bool = True,
    variables: dict[str, str] | None = None,
    **settings,
) -> subprocess.CompletedProcess:
    """Run code as a student's at a level.

    kind: how namespaces are made, the best way by default; hidden, shown: as for
    `sandbox.command`; prefix: what the grader itself runs under; close: whether the grader's open
    files are closed before; settings: other values for fields of `jail.Settings`.
    """
    shown = [ROOT / "helpers"] if shown is None else shown
    wanted = {"kind": kind, "hidden": str(hidden), "shown": [str(path) for path in shown]}
    wanted |= {"settings": settings, "close": close}
    return subprocess.run(
        [*prefix, python, "-c", RUNNER, json.dumps(wanted)],
        input=code,
        capture_output=True,
        text=True,
        close_fds=close,
        env=os.environ | {"GRADER_ISOLATION": level, "PYTHONPATH": str(ROOT), **(variables or {})},
    )


def without_namespaces() -> tuple[str, ...]:
    """What to put before a command, so that it cannot make namespaces."""
    return (sys.executable, "-c", REFUSE_NAMESPACES)


def as_nobody() -> tuple[str, ...] | None:
    """What to put before a command, so that an ordinary account runs it; None where root cannot."""
    if os.geteuid() != 0:
        return () if sys.platform.startswith("linux") else None
    base = Path(sys.base_prefix).resolve()
    closed = next((p for p in reversed(base.parents) if not p.stat().st_mode & 1), None)
    if closed is not None and (ROOT.is_relative_to(closed) or not _executable(sys.prefix)):
        return None
    home = tempfile.mkdtemp()  # also the place for what is mounted again
    atexit.register(shutil.rmtree, home)
    os.chmod(home, 0o777)
    prefix = ("env", f"BASE={base}", f"CLOSED={closed or ''}", f"KEPT={home}", f"HOME={home}")
    prefix = (*prefix, "unshare", "-m", "bash", "-c", AS_NOBODY, "x")
    works = subprocess.run([*prefix, sys.executable, "-c", ""], capture_output=True)
    return prefix if works.returncode == 0 else None


def _executable(folder: str) -> bool:
    """Whether everybody may go to a folder."""
    path = Path(folder).resolve()
    return all(part.stat().st_mode & 1 for part in (path, *path.parents))


def restrictable() -> bool:
    """Whether this is a machine on which system calls can be filtered."""
    return seccomp.architecture() is not None
