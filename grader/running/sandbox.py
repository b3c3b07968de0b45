"""A process for a student's code: what it may read, write and reach, and what it may use up.

What happens inside the new process stands in `jail`; here is decided how strong the walls are, and
what it gets to see. There are three levels:

- `full`: a private root (only the system's libraries, Python and the course's own packages, all of
  it read-only, and folders in memory to write to), no other process, no network, an identity of its
  own without any right, filtered system calls, and Landlock where the system has it (Linux 5.13);
- `restricted`, where a system gives no namespaces: Landlock and filtered system calls. The process
  sees the host's folders by name but cannot open what it is not given, nor connect to anything;
- `none`: limits on resources only.

docs/security.md says what each of them promises.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from grader.errors import CourseError
from grader.running import jail, seccomp
from grader.running.jail import landlock_version

VARIABLE = "GRADER_ISOLATION"  # "auto", "required", or the name of a level
CHOICES = ("auto", "required", "full", "restricted", "none")

SYSTEM_FOLDERS = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store"]
SYSTEM_FOLDERS += ["/sys/devices/system/cpu"]  # how many processors there are
SYSTEM_FOLDERS += [
    f"/etc/{name}"
    for name in ("alternatives", "fonts", "ld.so.cache", "localtime", "timezone", "mime.types")
]
# Without a private root, these too are the host's.
HOST_FOLDERS = ["/proc", "/sys", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts"]

WRITABLE = ("work", "home", "tmp")  # the parts of a scratch folder that the process may write to
READABLE = ("lib", "inbox")  # what the grader puts there, it can read
PARTS = (*WRITABLE, *READABLE, "sockets", "given", "root")

GIGABYTE = 2**30
MEMORY = 12 * GIGABYTE  # of all processes of a submission together
LIMITS = {
    "RLIMIT_AS": 16 * GIGABYTE,  # enough for torch and TensorFlow, not for filling the machine
    "RLIMIT_FSIZE": GIGABYTE,
    "RLIMIT_NOFILE": 4096,
    "RLIMIT_NPROC": 1024,  # threads included
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

KEPT_VARIABLES = ("PATH", "LANG", "TZ", "MNIST_DIR", "NBGRADER_EXECUTION")
KEPT_PREFIXES = ("LC_", "OMP_", "MKL_", "OPENBLAS_", "TF_", "KERAS_", "CUDA_")


@dataclass(frozen=True)
class Level:
    """How strong the walls are.

    name: "full", "restricted" or "none";
    namespaces: as in `jail.Settings`;
    landlock: its version, 0 where it is not used;
    seccomp: whether system calls are filtered.
    """

    name: str
    namespaces: str = ""
    landlock: int = 0
    seccomp: bool = False

    def __str__(self) -> str:
        landlock = f"Landlock {self.landlock}" if self.landlock else "no Landlock"
        match self.name:
            case "full":
                walls = "private root, no other process, no network, filtered system calls"
                return f"full ({walls}, {landlock})"
            case "restricted":
                return f"restricted ({landlock}, filtered system calls; no private root)"
        return "none: student code can read the files of this account"


def demand(choice: str) -> None:
    """Set the level for this process and those that it starts, unless the environment sets it."""
    if choice not in CHOICES:
        raise CourseError(f"There is no isolation {choice!r}. Choose from: {', '.join(CHOICES)}.")
    os.environ.setdefault(VARIABLE, choice)


def level() -> Level:
    """The level in force. Raises CourseError where it is weaker than the one demanded."""
    choice = os.environ.get(VARIABLE, "auto")
    if choice not in CHOICES:
        raise CourseError(f"{VARIABLE} is {choice!r}. Choose from: {', '.join(CHOICES)}.")
    wanted = {"auto": ("full", "restricted", "none"), "required": ("full",)}.get(choice, (choice,))
    for name in wanted:
        found = _offered(name)
        if found is not None:
            return found
    raise CourseError(
        f"This system does not offer the isolation {wanted[0]!r} ({VARIABLE}={choice}): "
        f"{_why_not()} The strongest here is {_strongest()}."
    )


def isolation() -> str:
    """What separates a student's code from everything else on this machine, in words."""
    return str(level())


def _strongest() -> Level:
    return next(found for found in map(_offered, ("full", "restricted", "none")) if found)


@cache
def _offered(name: str) -> Level | None:
    """A level as this system has it; None if it has not. Tried, because no flag says so."""
    landlock, filtered = landlock_version(), seccomp.architecture() is not None
    if name == "none":
        return Level("none")
    if name == "restricted":
        tried = [Level("restricted", "", landlock, filtered)] if landlock and filtered else []
    else:
        kinds = ["privileged", "user"] if os.geteuid() == 0 else ["user"]
        tried = [Level("full", kind, landlock, True) for kind in kinds] if filtered else []
    return next((level for level in tried if not _failure(level)), None)


@cache
def _failure(level: Level) -> str:
    """Why a process cannot be started at a level; empty if it can."""
    with scratch_folder([]) as scratch:
        argv = [sys.executable, "-I", "-c", ""]
        trial = subprocess.run(
            _locked_in(argv, scratch, level, scratch, []), capture_output=True, text=True
        )
    words = trial.stderr.strip().splitlines()
    return "" if trial.returncode == 0 else (words or ["it ended at once"])[-1]


def _why_not() -> str:
    if seccomp.architecture() is None:
        return "it needs Linux on x86_64 or aarch64."
    return f"{_failure(Level('full', 'user', landlock_version(), True))}."


@contextmanager
def scratch_folder(
    packages: Iterable[Path], files: Iterable[tuple[Path, str]] = ()
) -> Iterator[Path]:
    """A folder for one submission: `work` is its current directory, `lib` its packages of ours.

    What the grader puts into `inbox` and `lib`, the submission can read but not change. Only the
    grader's account can enter the folder.

    files: the sheet's data, pairs of a file and its name relative to `work`.
    """
    with tempfile.TemporaryDirectory(prefix="submission-", ignore_cleanup_errors=True) as name:
        scratch = Path(name).resolve()
        for part in (*PARTS, "given/work", "given/home/.matplotlib"):
            (scratch / part).mkdir(parents=True)
        for package in packages:
            (scratch / "lib" / package.name).symlink_to(package)
        for file, relative in files:
            target = scratch / "given" / "work" / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        for cache_file in _font_caches():
            shutil.copy(cache_file, scratch / "given/home/.matplotlib")
        yield scratch


def _font_caches() -> list[Path]:
    """Matplotlib's list of fonts: without it, every process would search for the fonts again."""
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
            "JOBLIB_MULTIPROCESSING": "0",  # it would warn where it finds no semaphores
            **more,
        }
    )


def command(argv: list[str], scratch: Path, hidden: Path, shown: list[Path]) -> list[str]:
    """The command line that runs argv in the sandbox.

    hidden: the course's folder, none of which may be read, except the folders in `shown` and the
    Python installation.
    """
    return _locked_in(argv, scratch, level(), hidden, shown)


def settings(scratch: Path, level: Level, hidden: Path, shown: list[Path]) -> jail.Settings:
    """What a process in a scratch folder gives up at a level; see `command`."""
    return jail.Settings(
        namespaces=level.namespaces,
        landlock=level.landlock > 0,
        seccomp=level.seccomp,
        scratch=str(scratch),
        read=_visible(scratch, level, hidden, shown),
        write=[str(scratch / part) for part in WRITABLE],
        sockets=str(scratch / "sockets"),
        given=str(scratch / "given"),
        memory=MEMORY,
        limits=LIMITS,
    )


def _locked_in(
    argv: list[str], scratch: Path, level: Level, hidden: Path, shown: list[Path]
) -> list[str]:
    words = json.dumps(asdict(settings(scratch, level, hidden, shown)))
    return [sys.executable, "-I", jail.__file__, words, *argv]


def _visible(scratch: Path, level: Level, hidden: Path, shown: list[Path]) -> list[list[str]]:
    """Pairs of a path outside and the same path, or another name of it, inside."""
    system = [*SYSTEM_FOLDERS, sys.base_prefix]
    folders = [Path(name) for name in (system if level.namespaces else system + HOST_FOLDERS)]
    if "MNIST_DIR" in os.environ:
        folders.append(Path(os.environ["MNIST_DIR"]))
    links = [folder for folder in folders if level.namespaces and folder.is_symlink()]
    real = [part for folder in folders for part in _outside(folder.resolve(), hidden)]
    own = [Path(sys.prefix), *shown, *(scratch / part for part in READABLE)]
    pairs = {(str(path.resolve()), str(path)) for path in own}
    pairs |= {(str(path), str(path)) for path in [*real, *links, *(p.resolve() for p in own)]}
    return [list(pair) for pair in _without_nested(pairs)]


def _without_nested(pairs: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs whose path inside is not there already, because a folder above it is shown."""
    kept: list[tuple[str, str]] = []
    for source, target in sorted(pairs, key=lambda pair: pair[1]):
        above = [Path(there) for here, there in kept if here == there and not os.path.islink(there)]
        nested = source == target and any(Path(target).is_relative_to(path) for path in above)
        if not nested:
            kept.append((source, target))
    return kept


def _outside(folder: Path, hidden: Path) -> list[Path]:
    """The parts of a folder that do not lead to the hidden one."""
    if not folder.exists() or folder.is_relative_to(hidden):
        return []
    if not hidden.is_relative_to(folder):
        return [folder]
    return [part for child in folder.iterdir() for part in _outside(child.resolve(), hidden)]
