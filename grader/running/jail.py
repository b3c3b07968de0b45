"""Inside the new process: give up all that a student's code does not need, then run it.

Run as a script, this file takes its settings (see `Settings`) as JSON, locks itself in and becomes
the command it was given. A process that was forked from a warm one calls `enter` instead. It runs
with whatever rights the grader has, so it imports nothing but Python itself and its neighbours.

The walls, from the outside in; `sandbox` says which of them stand:

- namespaces(7): no other process, no network, no shared memory; all that it started ends with it;
- a private root, entered by pivot_root(2): a tmpfs with read-only binds of the system's libraries,
  of Python and of the course's own packages. No path of the host is left to open or connect to;
- an identity that owns nothing, and no capability;
- Landlock (https://docs.kernel.org/userspace-api/landlock.html);
- seccomp (see `seccomp`);
- limits on memory, processes, files and their size.
"""

import ctypes
import json
import os
import resource
import shutil
import signal
import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

if __name__ == "__main__":  # Python's -I leaves out the script's own folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from grader.running import seccomp

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # the same numbers on every architecture
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
MOUNT_SETATTR = 442
CAPABILITY_VERSION_3 = 0x20080522
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
NEW_MOUNTS, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000
NAMESPACES = NEW_MOUNTS | NEW_CGROUP | NEW_UTS | NEW_IPC | NEW_PID | NEW_NET
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
MNT_DETACH, AT_FDCWD, AT_RECURSIVE = 2, -100, 0x8000
ATTR_READ_ONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_SOCKET, TRUNCATE, IOCTL_DEV = 1 << 5, 1 << 9, 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
ONLY_SOCKETS = READ_DIR | MAKE_SOCKET | REMOVE_FILE
RIGHTS_BY_ABI = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 5: 1 << 16}  # number of file rights known
CONNECT_TCP = 1 << 1
SCOPE_SOCKETS_AND_SIGNALS = 0b11

DEVICES = ("null", "zero", "full", "random", "urandom")
FIRST_PRIVATE_ID, NOBODY = 0x70000000, 65534
DISK = "size=2g,nr_inodes=200k"  # of all that a student's code can write
POLL_SECONDS = 0.25
PAGE = os.sysconf("SC_PAGE_SIZE")

FILES = {  # what libraries expect to find in /etc
    "passwd": "root:x:0:0::/:/bin/false\nstudent:x:{uid}:{gid}::{home}:/bin/false\n",
    "group": "root:x:0:\nstudent:x:{gid}:\n",
    "hosts": "127.0.0.1 localhost sandbox\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True)
class Settings:
    """What a process gives up.

    namespaces: "", "privileged" (root makes them), or "user" (anybody, in a user namespace);
    landlock: whether Landlock is applied;
    seccomp: whether system calls are filtered;
    scratch: the folder of the submission; its parts have the same path inside and outside;
    read: files and folders it sees, with the path at which it sees each;
    write: folders it may write to, empty and in memory where it has a private root;
    sockets: the folder in which it may make sockets, and nothing else;
    given: a folder whose parts are copied into those of `write` with the same name;
    memory: bytes that all its processes may use together;
    limits: resource limits by their name in `resource`.
    """

    namespaces: str
    landlock: bool
    seccomp: bool
    scratch: str
    read: list[list[str]]
    write: list[str]
    sockets: str
    given: str
    memory: int
    limits: dict[str, int]


def enter(settings: Settings) -> None:
    """Lock this process in for good. Where there are namespaces, it goes on in a child; the
    process that called waits for the child, watches its memory, and ends with its exit code.
    """
    limit_resources(settings.limits)
    if not sys.platform.startswith("linux"):
        _copy_given(settings)
        return
    if settings.namespaces:
        identity = _enter_namespaces(settings)
    else:
        _watch_from_outside(settings.memory)
        _copy_given(settings)
        identity = os.geteuid(), os.getegid()
    _drop_bounding_set()
    _take_identity(*identity)
    _drop_capabilities()
    libc = _libc()
    _checked(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))  # a new identity clears it
    _checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    if settings.landlock:
        restrict_files(settings)
    if settings.seccomp:
        seccomp.apply(private_root=bool(settings.namespaces))


# --- namespaces -----------------------------------------------------------------------------------


def _enter_namespaces(settings: Settings) -> tuple[int, int]:
    """Go on as the first process of new namespaces, in a root of its own; uid and gid to take."""
    libc = _libc()
    uid, gid = os.geteuid(), os.getegid()
    root = Path(settings.scratch) / "root"
    if settings.namespaces == "privileged":
        _checked(libc.unshare(NAMESPACES))
    else:
        _checked(libc.unshare(NAMESPACES | NEW_USER))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    grader, inside = os.getppid(), os.fork()
    if inside:
        os._exit(_wait_for(inside, grader, settings.memory))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    if settings.namespaces == "privileged":
        uid = gid = _private_id()
    _build_root(root, settings, uid, gid)
    _pivot(root)
    libc.sethostname(b"sandbox", 7)
    _start_loopback()
    with suppress(OSError):
        os.chdir(settings.write[0])
    return uid, gid


def _private_id() -> int:
    """An identity that no account and no other submission has; where a container has not that many,
    that of nobody.
    """
    outside = os.stat("/proc/self").st_ino % 0x0FFFFFFF  # differs for each process of the machine
    wanted = FIRST_PRIVATE_ID + outside
    lines = Path("/proc/self/uid_map").read_text().splitlines()
    ranges = [tuple(map(int, line.split())) for line in lines]
    known = any(first <= wanted < first + count for first, _, count in ranges)
    return wanted if known else NOBODY


def _build_root(root: Path, settings: Settings, uid: int, gid: int) -> None:
    """A tmpfs with all that the process may see."""
    libc = _libc()
    _checked(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    _mount(b"tmpfs", root, b"tmpfs", MS_NOSUID | MS_NODEV, f"{DISK},mode=755".encode())
    for source, target in settings.read:
        _show(Path(source), _below(root, target))
    for folder in settings.write:
        _own_folder(_below(root, folder), uid, gid)
    _copy_given(settings, root)
    for folder in settings.write:
        for path in _below(root, folder).rglob("*"):
            os.chown(path, uid, gid)
    _bind(Path(settings.sockets), _below(root, settings.sockets), read_only=False)
    os.chown(settings.sockets, uid, gid)
    _make_devices(root, uid, gid)
    _write_files(root, uid, gid, settings.write[1])
    _mount(b"proc", root / "proc", b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None)


def _below(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _copy_given(settings: Settings, root: Path = Path("/")) -> None:
    """The sheet's own data, and what spares a library work at its start."""
    for folder in settings.write:
        given = Path(settings.given) / Path(folder).name
        if given.is_dir():
            shutil.copytree(given, _below(root, folder), dirs_exist_ok=True)


def _own_folder(folder: Path, uid: int, gid: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, uid, gid)


def _show(source: Path, target: Path) -> None:
    """A file, a folder with all that is in it, or a symbolic link, read-only."""
    if source.is_symlink():
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.is_symlink():
            target.symlink_to(source.readlink())
    elif source.exists():
        _bind(source, target, read_only=True)


def _bind(source: Path, target: Path, read_only: bool) -> None:
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(os.fsencode(source), target, None, MS_BIND | MS_REC, None)
    attributes = ATTR_NOSUID | ATTR_NODEV | (ATTR_READ_ONLY if read_only else 0)
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    _checked(
        _libc().syscall(
            ctypes.c_long(MOUNT_SETATTR),
            ctypes.c_int(AT_FDCWD),
            os.fsencode(target),
            ctypes.c_uint(AT_RECURSIVE),
            wanted,
            ctypes.c_size_t(len(wanted)),
        )
    )


def _make_devices(root: Path, uid: int, gid: int) -> None:
    (root / "dev").mkdir()
    for name in DEVICES:
        (root / "dev" / name).touch()
        _mount(f"/dev/{name}".encode(), root / "dev" / name, None, MS_BIND, None)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (root / "dev" / name).symlink_to(f"/proc/self/{target}")
    _own_folder(root / "dev" / "shm", uid, gid)
    (root / "proc").mkdir(exist_ok=True)


def _write_files(root: Path, uid: int, gid: int, home: str) -> None:
    (root / "etc").mkdir(exist_ok=True)
    for name, words in FILES.items():
        (root / "etc" / name).write_text(words.format(uid=uid, gid=gid, home=home))
    if not (root / "tmp").exists():
        _own_folder(root / "tmp", uid, gid)


def _pivot(root: Path) -> None:
    """Make a folder the root, and let go of the old one."""
    libc = _libc()
    os.chdir(root)
    number = PIVOT_ROOT[seccomp.architecture() or ""]
    _checked(libc.syscall(ctypes.c_long(number), b".", b"."))
    _checked(libc.umount2(b".", MNT_DETACH))
    os.chdir("/")


def _mount(source: bytes, target: Path, kind: bytes | None, flags: int, data: bytes | None) -> None:
    _checked(_libc().mount(source, os.fsencode(target), kind, ctypes.c_ulong(flags), data))


def _start_loopback() -> None:
    """ipykernel binds a socket to the loopback interface, which starts switched off."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", b"lo", 1)  # struct ifreq with IFF_UP
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def _take_identity(uid: int, gid: int) -> None:
    if uid != os.geteuid():
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    # Another identity hides /proc/self from its own process.
    _checked(_libc().prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))


# --- watching from outside ------------------------------------------------------------------------


def _wait_for(inside: int, grader: int, memory: int) -> int:
    """Wait for the process inside; end it when the grader is gone or it uses too much memory.

    Signals are meant for the process inside. Returns its exit code.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        done, status = os.waitpid(inside, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) % 256
        if os.getppid() != grader or used_memory(inside) > memory:
            for process in reversed(family(inside)):
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        signal.sigtimedwait([signal.SIGCHLD], POLL_SECONDS)


def _watch_from_outside(memory: int) -> None:
    """Without namespaces too, a process outside waits for the one that runs the student's code."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    grader, inside = os.getppid(), os.fork()
    if inside:
        os._exit(_wait_for(inside, grader, memory))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def used_memory(process: int) -> int:
    """Bytes of memory that a process and all below it use; what they share counts for each."""
    total = 0
    for number in family(process):
        with suppress(OSError, ValueError, IndexError):
            resident, shared = Path(f"/proc/{number}/statm").read_text().split()[1:3]
            total += max(0, int(resident) - int(shared)) * PAGE
            total += _shared_memory(number)
    return total


def _shared_memory(process: int) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("RssShmem:"):
            return int(line.split()[1]) * 1024
    return 0


def family(process: int) -> list[int]:
    """A process and all that descend from it, as far as they can be seen."""
    found, waiting = [], [process]
    while waiting:
        number = waiting.pop()
        found.append(number)
        for children in Path(f"/proc/{number}/task").glob("*/children"):
            with suppress(OSError, ValueError):
                waiting += map(int, children.read_text().split())
    return found


# --- Landlock and limits --------------------------------------------------------------------------


class _Ruleset(ctypes.Structure):
    _fields_ = [("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("fd", ctypes.c_int32)]


def landlock_version() -> int:
    """The version of Landlock's interface here; 0 where there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, ctypes.CDLL(None).syscall(CREATE_RULESET, None, 0, 1))


def restrict_files(settings: Settings) -> None:
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
    read = ["/"] if settings.namespaces else [source for source, _ in settings.read]
    write = [*settings.write, "/dev/shm"] if settings.namespaces else settings.write
    devices = [f"/dev/{name}" for name in DEVICES]
    for paths, rights in (
        (read, READ),
        ([*write, *devices], everything),
        ([settings.sockets], ONLY_SOCKETS),
    ):
        for path in filter(os.path.exists, paths):
            _allow(ruleset, path, everything & rights)
    _checked(libc.syscall(RESTRICT_SELF, ruleset, 0))
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    allowed = rights if os.path.isdir(path) else rights & ON_FILES
    rule = _PathBeneath(allowed, fd)
    _checked(_libc().syscall(ADD_RULE, ruleset, 1, ctypes.byref(rule), 0))
    os.close(fd)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def _drop_bounding_set() -> None:
    """No program that is started later can give a capability back."""
    libc = _libc()
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def _drop_capabilities() -> None:
    """Root without root's powers; for anybody else there is nothing to drop."""
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    _checked(_libc().capset(ctypes.byref(header), bytes(24)))  # effective, permitted, inheritable


def limit_resources(limits: dict[str, int]) -> None:
    """Lower the resource limits, never above what is allowed already."""
    for name, wanted in limits.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        value = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):  # macOS refuses some limits; they are a second line anyway
            continue


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"the sandbox could not be set up: {os.strerror(code)}")
    return result


def main(argv: list[str]) -> NoReturn:
    """Lock in and become a command: the settings as JSON, then the command line."""
    enter(Settings(**json.loads(argv[1])))
    os.execv(argv[2], argv[2:])


if __name__ == "__main__":
    main(sys.argv)
