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

import fcntl
import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
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
MAX_LINKS = 40  # on the way to a file; the system's own limit
MAX_SOCKET_PATH = 107  # bytes; the system's own limit
# Without a private root, these too are the host's.
HOST_FOLDERS = ["/proc", "/sys", "/etc/passwd", "/etc/group", "/etc/nsswitch.conf", "/etc/hosts"]

SCRATCH = "grader-scratch-"  # how the names of scratch folders start
WRITABLE = ("work", "home", "tmp")  # the parts of a scratch folder that the process may write to
READABLE = ("lib", "inbox")  # what the grader puts there, it can read
PARTS = (*WRITABLE, *READABLE, "sockets", "given", "root")

GIGABYTE = 2**30
DISK = 2 * GIGABYTE  # of all that it writes
MEMORY = 12 * GIGABYTE  # of all processes of a submission together
LIMITS = {
    "RLIMIT_AS": 16 * GIGABYTE,  # enough for torch and TensorFlow, not for filling the machine
    "RLIMIT_FSIZE": GIGABYTE,
    "RLIMIT_NOFILE": 4096,
    "RLIMIT_CORE": 1,  # 0 would still start a program that reports crashes
}
PROCESSES = 1024  # threads included

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
        f"This system does not offer the isolation {wanted[0]!r} ({VARIABLE}={choice}). "
        f"It lacks {_missing(wanted[0])}. {_advice()} The strongest here is {_strongest()}."
    )


def has_namespaces() -> bool:
    """Whether a student's process has namespaces of its own here."""
    return bool(level().namespaces)


def isolation() -> str:
    """What separates a student's code from everything else on this machine, in words."""
    return str(level())


def announcement(packages: Iterable[Path]) -> str:
    """What holds, and what is missing where it is less than all. Raises CourseError as `level`
    does, and where the identity that student code gets could not read its own packages.
    """
    found = level()
    _check_readable(found, packages)
    if found.name == "full":
        return str(found)
    chosen = "" if _offered("full") else f" Missing: {_missing('full')}. {_advice()}"
    return f"{found}.{chosen}"


def _check_readable(level: Level, packages: Iterable[Path]) -> None:
    if level.namespaces != "privileged":
        return
    for folder in (Path(sys.base_prefix), Path(sys.prefix), *packages):
        for path in (folder, *folder.glob("__init__.py"), *folder.glob("lib/python*/os.py")):
            mode = path.stat().st_mode
            if not mode & stat.S_IROTH or (path.is_dir() and not mode & stat.S_IXOTH):
                raise CourseError(
                    f"{path} can be read by its owner alone, and student code runs under an "
                    f"account of its own. Run: chmod -R go+rX {folder}"
                )


def _strongest() -> Level:
    return next(found for found in map(_offered, ("full", "restricted", "none")) if found)


@cache
def _offered(name: str) -> Level | None:
    """A level as this system has it; None if it has not. Tried, because no flag says so."""
    if name == "none":
        return Level("none")
    return next((level for level in _candidates(name) if not _failure(level)), None)


def _candidates(name: str) -> list[Level]:
    """Ways to have a level, the best first; none where this is the wrong kind of machine."""
    landlock = landlock_version()
    if seccomp.architecture() is None:
        return []
    if name == "restricted":
        return [Level("restricted", "", landlock, True)] if landlock else []
    kinds = ["privileged", "user"] if os.geteuid() == 0 else ["user"]
    return [Level("full", kind, landlock, True) for kind in kinds]


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


def _missing(name: str) -> str:
    """What keeps a level from being had here."""
    if seccomp.architecture() is None:
        return "Linux on x86_64 or aarch64"
    tried = _candidates(name)
    return _failure(tried[-1]) if tried else "Landlock (Linux 5.13)"


# Settings of the system that keep accounts from making namespaces, and the values that do.
SWITCHES = {
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": ("1", "0"),
    "/proc/sys/kernel/unprivileged_userns_clone": ("0", "1"),
    "/proc/sys/user/max_user_namespaces": ("0", "15000"),
}
CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")


def _advice() -> str:
    """How to get full isolation on this machine."""
    if seccomp.architecture() is None:
        return "Grade on a Linux machine, or in a virtual one."
    for file, (off, on) in SWITCHES.items():
        path = Path(file)
        if path.exists() and path.read_text().strip() == off:
            name = file.removeprefix("/proc/sys/").replace("/", ".")
            return f"An administrator can run: sysctl -w {name}={on}"
    if any(map(os.path.exists, CONTAINER_MARKS)):
        return (
            "In a container, start it with --security-opt seccomp=unconfined "
            "--security-opt systempaths=unconfined --cap-add SYS_ADMIN (podman, docker), "
            "or grade outside of it."
        )
    return "Grade on a Linux machine (5.13 or newer) that lets this account make namespaces."


@contextmanager
def scratch_folder(
    packages: Iterable[Path], files: Iterable[tuple[Path, str]] = ()
) -> Iterator[Path]:
    """A folder for one submission: `work` is its current directory, `lib` its packages of ours.

    What the grader puts into `inbox` and `lib`, the submission can read but not change. Only the
    grader's account can enter the folder.

    files: the sheet's data, pairs of a file and its name relative to `work`.
    """
    remove_abandoned()
    with _locked_folder() as scratch:
        if len(os.fsencode(scratch / "sockets" / "kernel-5")) > MAX_SOCKET_PATH:
            raise CourseError(f"{scratch.parent} is too long a path for sockets: set TMPDIR.")
        for part in (*PARTS, "given/work", "given/home/.matplotlib"):
            (scratch / part).mkdir(parents=True)
        for part in READABLE:
            (scratch / part).chmod(0o755)  # for the identity inside; nobody else gets this far
        for package in packages:
            (scratch / "lib" / package.name).symlink_to(package)
        for file, relative in files:
            target = scratch / "given" / "work" / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        for cache_file in _font_caches():
            shutil.copy(cache_file, scratch / "given/home/.matplotlib")
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


def remove_sockets(scratch: Path) -> None:
    """Remove what a process that has ended left in its folder for sockets."""
    for entry in list(os.scandir(scratch / "sockets")):
        with suppress(OSError):
            os.unlink(entry.path)


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
        parent=os.getpid(),
        namespaces=level.namespaces,
        landlock=level.landlock > 0,
        seccomp=level.seccomp,
        scratch=str(scratch),
        read=_visible(scratch, level, hidden, shown),
        write=[str(scratch / part) for part in WRITABLE],
        sockets=str(scratch / "sockets"),
        given=str(scratch / "given"),
        disk=DISK,
        memory=min(MEMORY, int(0.8 * _memory_of_the_machine())),
        processes=PROCESSES,
        limits=LIMITS,
    )


def _locked_in(
    argv: list[str], scratch: Path, level: Level, hidden: Path, shown: list[Path]
) -> list[str]:
    words = json.dumps(asdict(settings(scratch, level, hidden, shown)))
    return [sys.executable, "-I", jail.__file__, words, *argv]


def _memory_of_the_machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _visible(scratch: Path, level: Level, hidden: Path, shown: list[Path]) -> list[str]:
    """Files and folders that a process may read, and the symbolic links on the way to them."""
    folders = [Path(name) for name in SYSTEM_FOLDERS]
    folders += [] if level.namespaces else [Path(name) for name in HOST_FOLDERS]
    folders += [Path(sys.base_prefix), Path(sys.executable)]
    if "MNIST_DIR" in os.environ:
        folders.append(Path(os.environ["MNIST_DIR"]))
    own = [Path(sys.prefix), *shown, *(scratch / part for part in READABLE)]
    secret = [hidden.resolve(), scratch]
    real = [part for folder in folders for part in _outside(folder.resolve(), secret)]
    for folder in own:  # the Python installation may be part of the course, or the reverse
        below = folder.resolve()
        real += _outside(below, secret) if hidden.is_relative_to(below) else [below]
    links = [link for path in (*folders, *own) for link in _links_on(path)]
    return [str(path) for path in _without_nested(real + links)]


def _links_on(path: Path) -> list[Path]:
    """The symbolic links on the way to a file, each in a folder whose path holds none."""
    found: list[Path] = []
    here, waiting = Path("/"), list(reversed(path.absolute().parts[1:]))
    while waiting and len(found) < MAX_LINKS:
        part = waiting.pop()
        if part == "..":
            here = here.parent
        elif (here / part).is_symlink():
            found.append(here / part)
            target = (here / part).readlink()
            here = Path("/") if target.is_absolute() else here
            waiting += reversed([part for part in target.parts if part != "/"])
        else:
            here = here / part
    return found


def _without_nested(paths: list[Path]) -> list[Path]:
    """Those that are not there already because a folder above is shown."""
    kept: list[Path] = []
    for path in sorted(set(paths)):
        if not any(path.is_relative_to(above) for above in kept if not above.is_symlink()):
            kept.append(path)
    return kept


def _outside(folder: Path, hidden: list[Path]) -> list[Path]:
    """The parts of a folder that do not lead to a hidden one."""
    if not folder.exists() or any(map(folder.is_relative_to, hidden)):
        return []
    if folder.is_symlink() or not any(part.is_relative_to(folder) for part in hidden):
        return [folder]
    return [part for child in folder.iterdir() for part in _outside(child, hidden)]
