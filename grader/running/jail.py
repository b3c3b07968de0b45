"""Inside the new process: give up all that a student's code does not need, then run it.

Run as a script, this file takes its settings (see `Settings`) as JSON, locks itself in and becomes
the command it was given. A process that was forked from a warm one calls `enter` instead; whatever
lies in the warm one's memory, student code can read. It runs with whatever rights the grader has,
so it imports nothing but Python itself and its neighbours.

The walls, from the outside in; `sandbox` says which of them stand:

- namespaces(7): no other process, no network, no shared memory; all that it started ends with it;
- a private root, entered by pivot_root(2): a tmpfs with read-only binds of the system's libraries,
  of Python and of the course's own packages. No path of the host is left to open or connect to;
- an identity that owns nothing, and no capability;
- Landlock (https://docs.kernel.org/userspace-api/landlock.html);
- seccomp (see `seccomp`);
- limits on memory, processes, files and their size. A watcher outside ends it all where they are
  passed, where the grader is gone, or when the process inside has ended.
"""

import ctypes
import json
import os
import resource
import select
import shutil
import signal
import socket
import stat
import struct
import sys
from collections.abc import Iterable
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
PR_SET_CHILD_SUBREAPER = 36
KEYCTL, JOIN_SESSION_KEYRING = {"x86_64": 250, "aarch64": 219}, 1
NEW_MOUNTS, NEW_CGROUP, NEW_UTS, NEW_IPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEW_USER, NEW_PID, NEW_NET = 0x10000000, 0x20000000, 0x40000000
NAMESPACES = NEW_MOUNTS | NEW_CGROUP | NEW_UTS | NEW_IPC | NEW_NET
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 2, 4, 8, 0x1000, 0x4000, 0x40000
MNT_DETACH, AT_FDCWD, AT_RECURSIVE = 2, -100, 0x8000
ATTR_READ_ONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_NOEXEC = 1, 2, 4, 8

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_FILE, MAKE_SOCKET, TRUNCATE, IOCTL_DEV = 1 << 5, 1 << 9, 1 << 14, 1 << 15
READ = EXECUTE | READ_FILE | READ_DIR
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
ONLY_SOCKETS = READ_DIR | MAKE_SOCKET | REMOVE_FILE
RIGHTS_BY_ABI = {1: 1 << 13, 2: 1 << 14, 3: 1 << 15, 5: 1 << 16}  # number of file rights known
CONNECT_TCP = 1 << 1
SCOPE_SOCKETS_AND_SIGNALS, SIGNALS_SINCE = 0b11, 6

# Not zero: what is mapped from it is memory that the watcher cannot see.
DEVICES = ("null", "full", "random", "urandom")
MASKED = ("kcore", "keys", "key-users", "kmsg", "timer_list")  # of /proc: about the machine
FIRST_PRIVATE_ID, NOBODY = 0x70000000, 65534
FILES_ON_DISK = 200_000  # of all that a student's code can write
MAX_SOCKETS = 64
POLL_SECONDS = 0.25
OWN_MEMORY = ("RssAnon:", "RssShmem:", "VmSwap:")  # in /proc/PID/status, in kB
SHARE_OF_MEMORY = ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")  # in /proc/PID/smaps_rollup, in kB

FILES = {  # what libraries expect to find in /etc
    "passwd": "root:x:0:0::/:/bin/false\nstudent:x:{uid}:{gid}::{home}:/bin/false\n",
    "group": "root:x:0:\nstudent:x:{gid}:\n",
    "hosts": "127.0.0.1 localhost sandbox\n",
    "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}


@dataclass(frozen=True)
class Settings:
    """What a process gives up.

    parent: the process that started it, with which it ends;
    namespaces: "", "privileged" (root makes them), or "user" (anybody, in a user namespace);
    landlock: whether Landlock is applied;
    seccomp: whether system calls are filtered;
    scratch: the folder of the submission; its parts have the same path inside and outside;
    read: files, folders and symbolic links it sees, at their paths outside;
    write: folders it may write to, empty and in memory where it has a private root;
    sockets: the folder in which it may make sockets, and nothing else;
    given: a folder whose parts are copied into those of `write` with the same name;
    disk: bytes that it may write, all in all;
    memory: bytes that all its processes may use together;
    processes: how many it may be, threads included;
    limits: resource limits by their name in `resource`.
    """

    parent: int
    namespaces: str
    landlock: bool
    seccomp: bool
    scratch: str
    read: list[str]
    write: list[str]
    sockets: str
    given: str
    disk: int
    memory: int
    processes: int
    limits: dict[str, int]


def enter(settings: Settings, keep: Iterable[int] = ()) -> None:
    """Lock this process in for good. It goes on in a child; the process that called stays outside,
    watches the child, and ends with its exit code.

    keep: open files, beside the first three, that it takes with it; all others are closed.
    """
    _close_all_but(keep)
    os.umask(0o022)  # what is made for the process inside, its identity can read
    if not sys.platform.startswith("linux"):
        limit_resources(settings.limits)
        _copy_given(settings)
        return
    _leave_keyring()
    uid, gid = os.geteuid(), os.getegid()
    if settings.namespaces:
        uid, gid = _leave_processes(settings.namespaces)
    watcher = _leave_a_watcher(settings)
    _die_first()
    limit_resources(settings.limits | _limit_of_processes(settings))
    if settings.namespaces:
        _enter_namespaces(settings, uid, gid)
    else:
        _copy_given(settings)
    with suppress(OSError):
        os.chdir(settings.write[0])
    _drop_bounding_set()
    _take_identity(uid, gid)
    _drop_capabilities()
    _die_with(watcher)
    _checked(_libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    if settings.landlock:
        restrict_files(settings)
    if settings.seccomp:
        confined = bool(settings.namespaces) or landlock_version() >= SIGNALS_SINCE
        seccomp.apply(private_root=bool(settings.namespaces), signals_confined=confined)


def _close_all_but(keep: Iterable[int]) -> None:
    kept = {0, 1, 2, *keep}
    for fd in set(map(int, os.listdir("/dev/fd"))) - kept:
        with suppress(OSError):  # the one that listed them is closed already
            os.close(fd)


def _leave_keyring() -> None:
    """A keyring of its own, because that of the grader's session may hold passwords."""
    number = KEYCTL.get(seccomp.architecture() or "")
    if number is not None:  # it fails where a kernel has no keyrings
        _libc().syscall(ctypes.c_long(number), JOIN_SESSION_KEYRING, None)


def _die_first() -> None:
    """Where memory runs out, the system ends this process before any other."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _die_with(watcher: int) -> None:
    """End with the process outside; it is gone already where the pipe from it is closed."""
    libc = _libc()
    _checked(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "a signal at its parent's end")
    poll = select.poll()
    poll.register(watcher, 0)
    if poll.poll(0):
        os._exit(1)
    os.close(watcher)


# --- namespaces -----------------------------------------------------------------------------------


def _leave_processes(kind: str) -> tuple[int, int]:
    """The next child is the first process of a new namespace; the uid and gid it is to take.

    Two steps, because the process outside stays in the host's file system, where it can see what
    it watches.
    """
    libc = _libc()
    if kind == "privileged":
        _checked(libc.unshare(NEW_PID), "a process namespace (unshare)")
        number = _private_id()
        return number, number
    uid, gid = os.geteuid(), os.getegid()
    _checked(libc.unshare(NEW_USER | NEW_PID), "a user namespace (unshare)")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")
    return uid, gid


def _private_id() -> int:
    """An identity that no account and no other submission has; where a container has not that many,
    that of nobody.
    """
    wanted = FIRST_PRIVATE_ID + os.getpid()
    lines = Path("/proc/self/uid_map").read_text().splitlines()
    ranges = [tuple(map(int, line.split())) for line in lines]
    known = any(first <= wanted < first + count for first, _, count in ranges)
    return wanted if known else NOBODY


def _enter_namespaces(settings: Settings, uid: int, gid: int) -> None:
    """Take a root, a network and everything else of its own."""
    libc = _libc()
    _checked(libc.unshare(NAMESPACES), "namespaces for mounts and the network (unshare)")
    root = Path(settings.scratch) / "root"
    _build_root(root, settings, uid, gid)
    _pivot(root)
    libc.sethostname(b"sandbox", 7)
    _start_loopback()


def _build_root(root: Path, settings: Settings, uid: int, gid: int) -> None:
    """A tmpfs with all that the process may see."""
    words = "a private root (mount)"
    _checked(_libc().mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None), words)
    disk = f"size={settings.disk},nr_inodes={FILES_ON_DISK},mode=755"
    _mount(b"tmpfs", root, b"tmpfs", MS_NOSUID | MS_NODEV, disk.encode())
    for path in settings.read:
        _show(Path(path), _below(root, path))
    for folder in settings.write:
        _own_folder(_below(root, folder), uid, gid)
    _copy_given(settings, root)
    for folder in settings.write:
        for copied in _below(root, folder).rglob("*"):
            os.chown(copied, uid, gid)
    _bind(Path(settings.sockets), _below(root, settings.sockets), ATTR_NOEXEC)
    os.chown(settings.sockets, uid, gid)
    _make_devices(root, uid, gid)
    _write_files(root, uid, gid, settings.write[1])
    _mount_proc(root / "proc")


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
        target.symlink_to(source.readlink())
    elif source.exists():
        _bind(source, target, ATTR_READ_ONLY | ATTR_NODEV)


def _bind(source: Path, target: Path, attributes: int) -> None:
    if source.is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    _mount(os.fsencode(source), target, None, MS_BIND | MS_REC, None)
    _set_attributes(target, attributes | ATTR_NOSUID)


def _set_attributes(target: Path, attributes: int) -> None:
    """For a mount and all below it."""
    wanted = struct.pack("=QQQQ", attributes, 0, 0, 0)
    done = _libc().syscall(
        ctypes.c_long(MOUNT_SETATTR),
        ctypes.c_int(AT_FDCWD),
        os.fsencode(target),
        ctypes.c_uint(AT_RECURSIVE),
        wanted,
        ctypes.c_size_t(len(wanted)),
    )
    _checked(done, "read-only mounts (mount_setattr, which came with Linux 5.12)")


def _make_devices(root: Path, uid: int, gid: int) -> None:
    """Read-only, so that nobody changes their modes; that does not hold for what is written."""
    (root / "dev").mkdir()
    for name in DEVICES:
        _bind(Path("/dev") / name, root / "dev" / name, ATTR_READ_ONLY | ATTR_NOEXEC)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (root / "dev" / name).symlink_to(f"/proc/self/{target}")
    _own_folder(root / "dev" / "shm", uid, gid)


def _write_files(root: Path, uid: int, gid: int, home: str) -> None:
    (root / "etc").mkdir(exist_ok=True)
    for name, words in FILES.items():
        (root / "etc" / name).write_text(words.format(uid=uid, gid=gid, home=home))
    (root / "tmp").mkdir(exist_ok=True)  # TMPDIR names another


def _mount_proc(folder: Path) -> None:
    """Of the new process namespace; read-only, for whom root is inside a container is root."""
    folder.mkdir()
    _mount(b"proc", folder, b"proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, None)
    for name in MASKED:
        if (folder / name).exists():
            _mount(b"/dev/null", folder / name, None, MS_BIND, None)
    _set_attributes(folder, ATTR_READ_ONLY | ATTR_NOSUID | ATTR_NOEXEC)


def _pivot(root: Path) -> None:
    """Make a folder the root, and let go of the old one."""
    libc = _libc()
    os.chdir(root)
    number = PIVOT_ROOT[seccomp.architecture() or ""]
    _checked(libc.syscall(ctypes.c_long(number), b".", b"."), "a private root (pivot_root)")
    _checked(libc.umount2(b".", MNT_DETACH), "a private root (umount)")
    os.chdir("/")


def _mount(source: bytes, target: Path, kind: bytes | None, flags: int, data: bytes | None) -> None:
    done = _libc().mount(source, os.fsencode(target), kind, ctypes.c_ulong(flags), data)
    _checked(done, f"a private root (mount of {kind.decode() if kind else os.fsdecode(source)})")


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
    _checked(_libc().prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "its own /proc/self")


# --- watching from outside ------------------------------------------------------------------------


def _leave_a_watcher(settings: Settings) -> int:
    """Go on in a child, while this process stays outside and watches it.

    Returns the end of a pipe that is closed when the watcher has gone.
    """
    if not settings.namespaces:  # there, what has lost its parent goes to the first process
        _libc().prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    before, (watcher, held) = _Disk.of(settings), os.pipe()
    inside = os.fork()
    if inside:
        os.close(watcher)
        os._exit(_watch(inside, settings, before))
    os.close(held)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    return watcher


def _watch(inside: int, settings: Settings, before: "_Disk") -> int:
    """Wait for the process inside; end it when the grader is gone or it takes too much.

    Signals are meant for the process inside. Returns its exit code.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        code = _exit_code(inside)
        if code is not None:
            if len(family(os.getpid(), 2)) > 1:
                _end_all(settings)
            return code
        if os.getppid() != settings.parent or _takes_too_much(settings, before):
            _end_all(settings)
            return 128 + signal.SIGKILL
        signal.sigtimedwait([signal.SIGCHLD], POLL_SECONDS)


def _exit_code(inside: int) -> int | None:
    """None as long as it runs; whatever else has ended is forgotten."""
    with suppress(ChildProcessError):
        while True:
            process, status = os.waitpid(-1, os.WNOHANG)
            if process == inside:
                return os.waitstatus_to_exitcode(status) % 256
            if process == 0:
                return None
    return 0


def _end_all(settings: Settings) -> None:
    """End all processes below this one.

    At once, because whoever starts processes without end wins against one who looks for them: with
    the first process of their namespace all of it ends; without one, the group ends, which nobody
    can leave where system calls are filtered, and this process with it.
    """
    if not settings.namespaces and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    while True:
        for process in family(os.getpid(), 2 if settings.namespaces else None)[1:]:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        try:
            while os.waitpid(-1, os.WNOHANG) != (0, 0):
                continue
        except ChildProcessError:
            return
        signal.sigtimedwait([signal.SIGCHLD], 0.01)


def _takes_too_much(settings: Settings, before: "_Disk") -> bool:
    processes = family(os.getpid(), settings.processes + 2)[1:]
    return (
        len(processes) > settings.processes
        or sum(map(_tasks, processes)) > settings.processes
        or _memory_exceeds(settings.memory, processes)
        or sum(map(_open_files, processes)) > settings.limits["RLIMIT_NOFILE"]
        or _not_only_sockets(settings.sockets)
        or before.shrank_for(settings)
    )


def _memory_exceeds(most: int, processes: list[int]) -> bool:
    """Whether they use more memory together.

    What each wrote to is read at once, but forked processes share most of that: so the slower count
    decides where the first one is too much.
    """
    return sum(map(_own_memory, processes)) > most and sum(map(_share_of_memory, processes)) > most


def _own_memory(process: int) -> int:
    """What it wrote to, in bytes; files that it only reads do not count."""
    return _bytes(f"/proc/{process}/status", OWN_MEMORY)


def _share_of_memory(process: int) -> int:
    """The same, where what n processes share counts as one n-th in each."""
    return _bytes(f"/proc/{process}/smaps_rollup", SHARE_OF_MEMORY) or _own_memory(process)


def _bytes(file: str, names: tuple[str, ...]) -> int:
    """The sum of some lines that count in kB; 0 where there is nothing to read."""
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return 0
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith(names))


def _open_files(process: int) -> int:
    """Pipes and sockets hold memory of the system's, which counts for no process."""
    with suppress(OSError):
        return len(os.listdir(f"/proc/{process}/fd"))
    return 0


def _tasks(process: int) -> int:
    with suppress(OSError):
        return len(os.listdir(f"/proc/{process}/task"))
    return 0


def family(process: int, at_most: int | None = None) -> list[int]:
    """A process and all that descend from it, as far as they can be seen, the nearest first.

    at_most: enough of them.
    """
    found = [process]
    for number in found:  # grows on the way
        with suppress(OSError):
            for thread in os.listdir(f"/proc/{number}/task"):
                with suppress(OSError), open(f"/proc/{number}/task/{thread}/children") as stream:
                    found += map(int, stream.read().split())
        if at_most is not None and len(found) >= at_most:
            return found[:at_most]
    return found


def _not_only_sockets(folder: str) -> bool:
    """Whether the one folder of the host that can be written to is used for anything else."""
    with suppress(OSError), os.scandir(folder) as entries:
        kinds = [stat.S_ISSOCK(entry.stat(follow_symlinks=False).st_mode) for entry in entries]
        return len(kinds) > MAX_SOCKETS or not all(kinds)
    return False


@dataclass(frozen=True)
class _Disk:
    """What was free of the host's disk, where that is the one written to.

    free: bytes;
    files: how many more files there could be.
    """

    free: int
    files: int

    @classmethod
    def of(cls, settings: Settings) -> "_Disk":
        now = os.statvfs(settings.scratch)
        return cls(now.f_bavail * now.f_frsize, now.f_favail)

    def shrank_for(self, settings: Settings) -> bool:
        """Whether that became too little because of this submission; others write there too."""
        if settings.namespaces:
            return False
        now = _Disk.of(settings)
        if self.free - now.free < settings.disk and self.files - now.files < FILES_ON_DISK:
            return False
        size = count = 0
        for folder in settings.write:
            for here, folders, files in os.walk(folder):
                count += len(folders) + len(files)
                for name in files:
                    with suppress(OSError):
                        size += os.lstat(os.path.join(here, name)).st_blocks * 512
        return size > settings.disk or count > FILES_ON_DISK


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
    rules.scoped = SCOPE_SOCKETS_AND_SIGNALS if version >= SIGNALS_SINCE else 0
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _checked(libc.syscall(CREATE_RULESET, ctypes.byref(rules), size, 0), "Landlock")
    # A rule for a link would be one for all below its target, and reading a link needs no right.
    read = ["/"] if settings.namespaces else [p for p in settings.read if not os.path.islink(p)]
    write = [*settings.write, "/dev/shm"] if settings.namespaces else settings.write
    devices = [f"/dev/{name}" for name in DEVICES]
    for paths, rights in (
        (read, READ),
        ([*write, *devices], everything),
        ([settings.sockets], ONLY_SOCKETS),
    ):
        for path in filter(os.path.exists, paths):
            _allow(ruleset, path, everything & rights)
    _checked(libc.syscall(RESTRICT_SELF, ruleset, 0), "Landlock")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    allowed = rights if os.path.isdir(path) else rights & ON_FILES
    rule = _PathBeneath(allowed, fd)
    _checked(_libc().syscall(ADD_RULE, ruleset, 1, ctypes.byref(rule), 0), "Landlock")
    os.close(fd)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def _drop_bounding_set() -> None:
    """No program that is started later can give a capability back.

    An ordinary account without namespaces may not do this; there, no_new_privs alone says so.
    """
    libc = _libc()
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def _drop_capabilities() -> None:
    """Root without root's powers; for anybody else there is nothing to drop."""
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    none = bytes(24)  # effective, permitted, inheritable
    _checked(_libc().capset(ctypes.byref(header), none), "no capabilities")


def _limit_of_processes(settings: Settings) -> dict[str, int]:
    """The system counts an account's processes, so here those that it runs already come on top."""
    if os.geteuid() == 0 or settings.namespaces:  # a new identity, or new numbers, or no limit
        return {"RLIMIT_NPROC": settings.processes}
    mine = 0
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            mine += _tasks(int(name)) * (os.stat(f"/proc/{name}").st_uid == os.getuid())
    return {"RLIMIT_NPROC": settings.processes + mine}


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


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def main(argv: list[str]) -> NoReturn:
    """Lock in and become a command: the settings as JSON, then the command line."""
    try:
        enter(Settings(**json.loads(argv[1])))
        os.execv(argv[2], argv[2:])
    except OSError as error:
        sys.exit(f"{error.strerror}{f': {error.filename}' * bool(error.filename)}")


if __name__ == "__main__":
    main(sys.argv)
