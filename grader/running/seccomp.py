"""The third wall: system calls that no notebook needs are refused by the kernel itself.

A filter is a program of the classic Berkeley Packet Filter over `struct seccomp_data`; see
https://docs.kernel.org/userspace-api/seccomp_filter.html. Instructions and constants are those of
<linux/bpf_common.h>, <linux/filter.h>, <linux/seccomp.h> and <linux/audit.h>; the numbers of the
system calls those of arch/x86/entry/syscalls/syscall_64.tbl and of
include/uapi/asm-generic/unistd.h (aarch64) in Linux 6.12.

The file imports nothing of ours: it is also read where only Python itself is in sight.
"""

import ctypes
import errno
import os
import platform
import struct

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
RET_ALLOW, RET_ERRNO, RET_KILL = 0x7FFF0000, 0x00050000, 0x80000000
LOAD, EQUAL, AT_LEAST, ANY_BIT, AND, RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
X32 = 0x40000000  # the numbers of the x32 interface begin here; on no other architecture are any

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW = (RETURN, 0, 0, RET_ALLOW)

# System calls by name: their numbers on x86_64 and on aarch64 (None: it does not exist there).
NUMBERS = {
    # debugging and reading other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # interfaces with a history of holes, which no notebook needs
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "fanotify_init": (300, 262),
    "vmsplice": (278, 75),
    "modify_ldt": (154, None),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    # memory and queues that belong to no process, so that nobody sees who uses how much
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    "personality": (135, 92),
    "lookup_dcookie": (212, 18),
    # the keyrings of the account
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # mounts, roots and namespaces
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "name_to_handle_at": (303, 264),
    # the machine
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "vhangup": (153, 58),
    "iopl": (172, None),
    "ioperm": (173, None),
    # devices and files with special bits
    "mknod": (133, None),
    "mknodat": (259, 33),
}

# Looked at by their arguments (see `_by_argument`).
CLONE, CLONE3, PRCTL, SOCKET, SOCKETPAIR, IOCTL = (
    "clone",
    "clone3",
    "prctl",
    "socket",
    "socketpair",
    "ioctl",
)
BY_ARGUMENT = {
    CLONE: (56, 220),
    CLONE3: (435, 435),
    PRCTL: (157, 167),
    SOCKET: (41, 198),
    SOCKETPAIR: (53, 199),
    IOCTL: (16, 29),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "mmap": (9, 222),
}
MODE_ARGUMENT = {"chmod": 1, "fchmod": 1, "fchmodat": 2, "fchmodat2": 2}
SET_ID_BITS = 0o6000

# CLONE_NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET, NEWNS, NEWTIME of <linux/sched.h>
NEW_NAMESPACES = 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000
NEW_NAMESPACES |= 0x00020000
CLONE_PARENT = 0x8000  # a sibling instead of a child, out of the watcher's sight
CLONE_THREAD, CLONE_FILES = 0x10000, 0x400  # a thread's own open files would be out of sight too
MAP_SHARED, MAP_ANONYMOUS = 1, 0x20  # together: memory that stays when nobody maps it any more
PR_SET_PDEATHSIG = 1  # with it, a process could outlive the sandbox
TIOCSTI, TIOCLINUX = 0x5412, 0x541C  # typing into a terminal
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, NETLINK_ROUTE = 1, 2, 10, 16, 0
SOCK_STREAM, SOCK_TYPES = 1, 0xF

FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR = 0x40086602, 0x401C5820
MSG_FASTOPEN = 0x20000000  # connects while it sends
PRIO_PROCESS, IOPRIO_WHO_PROCESS = 0, 1

# Without a private root, what Landlock does not govern: sockets in the file system, and the modes,
# owners, times and attributes of files that the account owns. And who leaves the group of processes
# would not be ended with it.
WITHOUT_A_ROOT = {
    "connect": (42, 203),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_mark": (301, 263),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
    "setsid": (112, 157),
    "setpgid": (109, 154),
}
# Of the account's other processes; allowed for the process itself, which is number 0.
ONLY_ITSELF = {
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
}
PRIORITIES = {"setpriority": (141, 140), "ioprio_set": (251, 30)}
SENDING = {"sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269)}
# Where nothing else keeps signals in.
SIGNALS = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
}
TGKILL = {"tgkill": (234, 131)}  # with which a process ends itself
# These seem to succeed and change nothing: libraries set the mode of what they have just made, and
# ZeroMQ the scheduling of its threads.
WITHOUT_A_ROOT_IGNORED = {
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}


def architecture() -> str | None:
    """The name of this machine's system calls; None where no numbers are known."""
    name = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    return name if name in AUDIT_ARCH and os.uname().sysname == "Linux" else None


Line = tuple[int, int, int, int]  # code, jump if true, jump if false, constant


def program(private_root: bool, signals_confined: bool, arch: str) -> list[Line]:
    """The filter's instructions; see `apply`."""
    lines: list[Line] = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, AUDIT_ARCH[arch]),
        (RETURN, 0, 0, RET_KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if arch == "x86_64":
        lines += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, RET_KILL)]
    for table, then in rules(private_root, signals_confined):
        for number in _numbers(table, arch):
            lines += [(EQUAL, 0, len(then), number), *then]
    return [*lines, ALLOW]


def _numbers(table: dict[str, tuple[int, int | None]], arch: str) -> list[int]:
    column = list(AUDIT_ARCH).index(arch)
    found = (numbers[column] for numbers in table.values())
    return [number for number in found if number is not None]


def rules(private_root: bool, signals_confined: bool) -> list[tuple[dict, list[Line]]]:
    """System calls and what happens to them; each list of instructions ends with a return."""
    found: list[tuple[dict, list[Line]]] = [
        (_named(CLONE3), _refuse(errno.ENOSYS)),  # glibc then calls clone
        (NUMBERS, _refuse(errno.EPERM)),
    ]
    if not private_root:
        found += [(WITHOUT_A_ROOT, _refuse(errno.EPERM)), (WITHOUT_A_ROOT_IGNORED, _refuse(0))]
        found += _without_a_root()
    if not signals_confined:
        itself = [_argument(0), (EQUAL, 0, 1, os.getpid()), ALLOW, *_refuse(errno.EPERM)]
        found += [(SIGNALS, _refuse(errno.EPERM)), (TGKILL, itself)]
    by_argument = _by_argument(private_root)
    return found + [(_named(name), then) for name, then in by_argument.items()]


def _named(name: str) -> dict[str, tuple[int, int | None]]:
    return {name: BY_ARGUMENT[name]}


def _without_a_root() -> list[tuple[dict, list[Line]]]:
    """What else reaches others of the same account, and the network."""
    no = _refuse(errno.EPERM)[0]
    only_itself = [_argument(0), (EQUAL, 0, 1, 0), ALLOW, no]
    kinds = {"setpriority": PRIO_PROCESS, "ioprio_set": IOPRIO_WHO_PROCESS}
    flags = {"sendto": 3, "sendmsg": 2, "sendmmsg": 3}
    return [
        (ONLY_ITSELF, only_itself),
        *(
            ({name: numbers}, [_argument(0), (EQUAL, 0, 3, kinds[name]), *_own_number(no)])
            for name, numbers in PRIORITIES.items()
        ),
        *(
            ({name: numbers}, [_argument(flags[name]), (ANY_BIT, 0, 1, MSG_FASTOPEN), no, ALLOW])
            for name, numbers in SENDING.items()
        ),
    ]


def _own_number(no: Line) -> list[Line]:
    return [_argument(1), (EQUAL, 0, 1, 0), ALLOW, no]


def _refuse(error: int) -> list[Line]:
    return [(RETURN, 0, 0, RET_ERRNO | error)]


def _by_argument(private_root: bool) -> dict[str, list[Line]]:
    """What happens to calls that depend on an argument."""
    allow = ALLOW
    no = _refuse(errno.EPERM)[0]
    no_family = _refuse(errno.EAFNOSUPPORT)[0]
    ioctls = [TIOCSTI, TIOCLINUX]
    ioctls += [] if private_root else [FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR]
    found = {
        CLONE: [
            _argument(0),
            (ANY_BIT, 0, 1, NEW_NAMESPACES | CLONE_PARENT),
            no,
            (ANY_BIT, 1, 0, CLONE_THREAD),
            allow,
            (ANY_BIT, 0, 1, CLONE_FILES),
            allow,
            no,
        ],
        PRCTL: [_argument(0), (EQUAL, 0, 1, PR_SET_PDEATHSIG), no, allow],
        IOCTL: [_argument(1), *_none_of(ioctls, no), allow],
        "mmap": [
            _argument(3),
            (AND, 0, 0, MAP_SHARED | MAP_ANONYMOUS),
            (EQUAL, 0, 1, MAP_SHARED | MAP_ANONYMOUS),
            no,
            allow,
        ],
    }
    for name, place in MODE_ARGUMENT.items():
        found[name] = [_argument(place), (ANY_BIT, 0, 1, SET_ID_BITS), no, allow]
    found[SOCKET] = [
        _argument(0),
        (EQUAL, 4, 0, AF_UNIX),
        (EQUAL, 3, 0, AF_INET),
        (EQUAL, 2, 0, AF_INET6),
        (EQUAL, 2, 0, AF_NETLINK),
        no_family,
        allow,
        *_only_routes(no_family, allow),
    ]
    found[SOCKETPAIR] = [_argument(0), (EQUAL, 1, 0, AF_UNIX), no_family, allow]
    if not private_root:
        # A datagram can be sent to any socket in the file system without connecting to it.
        found[SOCKET] = [
            _argument(0),
            (EQUAL, 3, 0, AF_UNIX),
            (EQUAL, 2, 0, AF_INET),  # ipykernel listens on the loopback interface
            (EQUAL, 6, 0, AF_NETLINK),
            no_family,
            _argument(1),
            (AND, 0, 0, SOCK_TYPES),
            (EQUAL, 1, 0, SOCK_STREAM),
            no_family,
            allow,
            *_only_routes(no_family, allow),
        ]
    return found


def _none_of(values: list[int], no: Line) -> list[Line]:
    return [line for value in values for line in ((EQUAL, 0, 1, value), no)]


def _only_routes(no: Line, allow: Line) -> list[Line]:
    """Netlink only to list the network's interfaces, which ZeroMQ does to find the loopback."""
    return [_argument(2), (EQUAL, 1, 0, NETLINK_ROUTE), no, allow]


def _argument(place: int) -> Line:
    """Load the lower half of an argument; both architectures are little-endian."""
    return (LOAD, 0, 0, ARGUMENTS + 8 * place)


def apply(private_root: bool, signals_confined: bool = True) -> None:
    """Filter this process and its children for good. Raises OSError where that is impossible.

    private_root: whether the process has a root of its own; without one more is refused;
    signals_confined: whether something else keeps its signals from the account's other processes.
    """
    arch = architecture()
    if arch is None:
        raise OSError(errno.ENOSYS, "no system call numbers are known for this machine")
    install(program(private_root, signals_confined, arch))


def install(lines: list[Line]) -> None:
    """Give a filter to the system. Raises OSError."""
    code = b"".join(struct.pack("=HBBI", *line) for line in lines)
    buffer = ctypes.create_string_buffer(code)

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    filled = Program(len(lines), ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filled), 0, 0) != 0:
        problem = ctypes.get_errno()
        raise OSError(problem, f"a filter of system calls: {os.strerror(problem)}")
