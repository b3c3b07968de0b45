"""A process for a student's code: what it may read, write and reach, and what it may use up.

On Linux the process restricts itself before Python starts in it, without any privilege:

- Landlock (Linux 5.13): it reads the Python installation, the system's libraries and `helpers`,
  writes to its own scratch folder, and sees nothing else: not the sheets' sources, references and
  checks, not the gradebook, not another submission.
- Namespaces, where the system allows them: it sees no other process and no network, has a /dev/shm
  of its own, and everything it started ends with it.

Neither can be undone from inside. `isolation()` says what holds here, and so does the grade table.

Run as a script, this file restricts itself and becomes the command it was given. See
https://docs.kernel.org/userspace-api/landlock.html and namespaces(7).
"""

import ctypes
import fcntl
import itertools
import json
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38
NEW_USER, NEW_PID, NEW_NET, NEW_IPC, NEW_MOUNTS = 1 << 28, 1 << 29, 1 << 30, 1 << 27, 1 << 17
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
TRUNCATE, IOCTL_DEV = 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
RIGHTS_BY_ABI = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 5: 1 << 16}  # number of file rights known
CONNECT_TCP = 1 << 1
SCOPE_SOCKETS_AND_SIGNALS = 0b11

SYSTEM_FOLDERS = [
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/nix/store",
    "/proc",
    "/sys",
]
SYSTEM_FOLDERS += [
    f"/etc/{name}"
    for name in (
        *("alternatives", "fonts", "ld.so.cache", "localtime", "timezone", "machine-id"),
        *("passwd", "group", "nsswitch.conf", "hosts", "host.conf", "mime.types"),
    )
]
PYTHON = [sys.base_prefix, sys.prefix]
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]

SCRATCH = "grader-scratch-"  # how the names of scratch folders start
WRITABLE, READABLE = ("work", "home", "tmp"), ("lib", "inbox")  # the parts of a scratch folder

LIMITS = {
    "RLIMIT_AS": 16 * 2**30,  # enough for torch and TensorFlow, not for filling the machine
    "RLIMIT_FSIZE": 2**30,
    "RLIMIT_CORE": 0,
}

# Many small computations side by side: threads of one would only wait for those of another.
ONE_THREAD = dict.fromkeys(
    (
        *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"),
        *("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"),
    ),
    "1",
)

KEPT_VARIABLES = ("PATH", "LANG", "TZ", "MNIST_DIR", "NBGRADER_EXECUTION", "JPY_PARENT_PID")
KEPT_PREFIXES = ("LC_", "OMP_", "MKL_", "OPENBLAS_", "TF_", "KERAS_", "CUDA_")


def landlock_version() -> int:
    """The version of Landlock's interface here; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, 1))


@cache
def has_namespaces() -> bool:
    """Whether a process may have namespaces of its own here: tried, because no flag says so."""
    if not sys.platform.startswith("linux"):
        return False
    settings = {"parent": os.getpid(), "namespaces": True, "write": []}
    settings["read"] = [*SYSTEM_FOLDERS, *PYTHON]
    trial = [sys.executable, "-I", __file__, json.dumps(settings), sys.executable, "-I", "-c", ""]
    return subprocess.run(trial, capture_output=True).returncode == 0


def isolation() -> str:
    """What separates a student's code from everything else on this machine, in words."""
    version = landlock_version()
    if version == 0:
        return "none on this system: student code can read the files of this account"
    more = "sees no other process, no network" if has_namespaces() else "without namespaces"
    return f"Landlock {version}, {more}"


@contextmanager
def scratch_folder(
    packages: Iterable[Path], files: Iterable[tuple[Path, str]] = ()
) -> Iterator[Path]:
    """A folder for one submission: `work` is its current directory, `lib` its packages of ours.

    What the grader puts into `inbox` and `lib`, the submission can read but not change.

    files: the sheet's data, pairs of a file and its name relative to `work`.
    """
    remove_abandoned()
    with _locked_folder() as scratch:
        for part in (*WRITABLE, *READABLE, "home/.matplotlib"):
            (scratch / part).mkdir(parents=True)
        for package in packages:
            (scratch / "lib" / package.name).symlink_to(package)
        for file, relative in files:
            (scratch / "work" / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, scratch / "work" / relative)
        for cache in _font_caches():
            shutil.copy(cache, scratch / "home/.matplotlib")
        yield scratch


def remove_tree(folder: Path) -> None:
    """Delete a folder, however deep it is and whatever rights its parts have; never raises.

    Each folder is first moved to the top, so that no path is long and nothing is recursive.
    """
    waiting, names = [folder], itertools.count()
    while waiting:
        one = waiting.pop()
        with suppress(OSError):
            one.chmod(0o700)
            for entry in list(os.scandir(one)):
                with suppress(OSError):
                    if entry.is_dir(follow_symlinks=False):
                        os.chmod(entry.path, 0o700)
                        moved = folder.with_name(f"{folder.name}-{next(names)}")
                        os.rename(entry.path, moved)
                        waiting.append(moved)
                    else:
                        os.unlink(entry.path)
            one.rmdir()


@contextmanager
def _locked_folder() -> Iterator[Path]:
    """A new folder that carries a lock, which the system lets go of when this process is gone."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=SCRATCH)).resolve()
        handle = _lock(folder)
        if handle is not None and folder.exists():  # else it was taken for an abandoned one
            break
    try:
        yield folder
    finally:
        remove_tree(folder)
        os.close(handle)


def remove_abandoned() -> None:
    """Remove the scratch folders of processes that ended without doing so."""
    for folder in Path(tempfile.gettempdir()).glob(f"{SCRATCH}*"):
        handle = _lock(folder)
        if handle is not None:
            remove_tree(folder)
            os.close(handle)


def _lock(folder: Path) -> int | None:
    """A descriptor that locks a folder; None if another process holds it, or it is gone."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _font_caches() -> list[Path]:
    """Matplotlib's list of fonts: without it, every process would search the fonts anew."""
    import matplotlib

    return list(Path(matplotlib.get_cachedir()).glob("fontlist*.json"))


def environment(scratch: Path, **more: str) -> dict[str, str]:
    """The environment variables of a student's process: nothing of the grader's but the needful."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT_VARIABLES or name.startswith(KEPT_PREFIXES)
    }
    home = scratch / "home"
    return (
        ONE_THREAD
        | kept
        | {
            "HOME": str(home),
            "IPYTHONDIR": str(home / ".ipython"),
            "MPLCONFIGDIR": str(home / ".matplotlib"),
            "TMPDIR": str(scratch / "tmp"),
            "PYTHONPATH": str(scratch / "lib"),
            "PYTHONNOUSERSITE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            **more,
        }
    )


def command(argv: list[str], scratch: Path, hidden: Path, shown: list[Path]) -> list[str]:
    """The command line that runs argv in the sandbox.

    hidden: the course's folder, none of which may be read, except the folders in `shown` and the
    Python installation.
    """
    readable = [Path(folder) for folder in [*SYSTEM_FOLDERS, sys.base_prefix]]
    if "MNIST_DIR" in os.environ:
        readable.append(Path(os.environ["MNIST_DIR"]))
    visible = [path for folder in readable for path in _outside(folder.resolve(), hidden)]
    visible += [Path(sys.prefix).resolve(), *shown, *(scratch / part for part in READABLE)]
    settings = {
        "parent": os.getpid(),
        "namespaces": has_namespaces(),
        "read": sorted({str(path) for path in visible}),
        "write": [*(str(scratch / part) for part in WRITABLE), *DEVICES],
    }
    return [sys.executable, "-I", __file__, json.dumps(settings), *argv]


def _outside(folder: Path, hidden: Path) -> list[Path]:
    """The parts of a folder that do not lead to the hidden one."""
    if not folder.exists() or folder.is_relative_to(hidden):
        return []
    if not hidden.is_relative_to(folder):
        return [folder]
    return [part for child in folder.iterdir() for part in _outside(child.resolve(), hidden)]


# --- inside the new process ----------------------------------------------------------------------


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("fd", ctypes.c_int32)]


def restrict(read: list[str], write: list[str]) -> None:
    """Give up, for this process and its children, every other access to files and the network."""
    version = landlock_version()
    if version == 0:
        return
    libc = _libc()
    everything = max(n for abi, n in RIGHTS_BY_ABI.items() if abi <= version) - 1
    rules = _Ruleset(everything, CONNECT_TCP if version >= 4 else 0)
    rules.scoped = SCOPE_SOCKETS_AND_SIGNALS if version >= 6 else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _checked(libc.syscall(CREATE_RULESET, ctypes.byref(rules), size, 0))
    for paths, rights in ((read, READ), (write, everything)):
        for path in filter(os.path.exists, paths):
            fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
            allowed = everything & (rights if os.path.isdir(path) else rights & ON_FILES)
            rule = _PathBeneath(allowed, fd)
            _checked(libc.syscall(ADD_RULE, ruleset, 1, ctypes.byref(rule), 0))
            os.close(fd)
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(libc.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def enter_namespaces() -> None:
    """Go on as the first process of new namespaces; the one outside waits, and ends with it."""
    libc = _libc()
    uid, gid = os.geteuid(), os.getegid()
    _checked(libc.unshare(NEW_USER | NEW_PID | NEW_NET | NEW_IPC | NEW_MOUNTS))
    for name, words in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(words)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    grader, inside = os.getppid(), os.fork()
    if inside:
        os._exit(_wait_for(inside, grader))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    _checked(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    _checked(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    safe = MS_NOSUID | MS_NODEV | MS_NOEXEC
    _checked(libc.mount(b"proc", b"/proc", b"proc", safe, None))
    _checked(libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", safe, b"size=1g"))
    _start_loopback()


def _wait_for(inside: int, grader: int) -> int:
    """Wait for the process inside; end it when the grader is gone. Signals are meant for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        done, status = os.waitpid(inside, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) % 256
        if os.getppid() != grader:
            os.kill(inside, signal.SIGKILL)
        signal.sigtimedwait([signal.SIGCHLD], 1.0)


def _start_loopback() -> None:
    """ipykernel binds a socket to the loopback interface, which starts switched off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 1)  # struct ifreq with IFF_UP
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def end_with_parent(parent: int) -> None:
    """Have the system kill this process when the one that started it is gone, however it ended."""
    _checked(_libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))
    if os.getppid() != parent:
        os._exit(1)


def drop_capabilities() -> None:
    """Root without root's powers; for anybody else there is nothing to drop."""
    libc = _libc()
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"the sandbox could not be set up: {os.strerror(code)}")
    return result


def limit_resources() -> None:
    """Lower the limits on memory and file size, never above what is allowed already."""
    for name, wanted in LIMITS.items():
        kind = getattr(resource, name)
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS refuses some limits; they are a second line anyway
            continue


if __name__ == "__main__":
    settings = json.loads(sys.argv[1])
    if sys.platform.startswith("linux"):
        end_with_parent(settings["parent"])
    limit_resources()
    if settings["namespaces"]:
        enter_namespaces()
        settings["write"].append("/dev/shm")
    if sys.platform.startswith("linux"):
        drop_capabilities()
    restrict(settings["read"], settings["write"])
    os.execv(sys.argv[2], sys.argv[2:])
