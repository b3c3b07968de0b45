"""The filter of system calls, run by an interpreter of its instructions."""

import errno
import os

import pytest

from grader.running import seccomp

ARCHITECTURES = list(seccomp.AUDIT_ARCH)
ALLOWED, KILLED = seccomp.RET_ALLOW, seccomp.RET_KILL
HOUSES = [(True, True), (True, False), (False, True), (False, False)]  # root, signals confined

every_filter = pytest.mark.parametrize("arch", ARCHITECTURES)
every_house = pytest.mark.parametrize("house", HOUSES, ids=str)


def verdict(lines, number: int, arch: int, arguments=()) -> int:
    """What a filter returns for a system call."""
    data = {seccomp.NUMBER: number & 0xFFFFFFFF, seccomp.ARCHITECTURE: arch}
    for place in range(6):
        value = arguments[place] if place < len(arguments) else 0
        data[seccomp.ARGUMENTS + 8 * place] = value & 0xFFFFFFFF
    position = accumulator = 0
    while True:
        code, yes, no, constant = lines[position]
        position += 1
        match code:
            case seccomp.LOAD:
                accumulator = data[constant]
            case seccomp.AND:
                accumulator &= constant
            case seccomp.RETURN:
                return constant
            case seccomp.EQUAL:
                position += yes if accumulator == constant else no
            case seccomp.AT_LEAST:
                position += yes if accumulator >= constant else no
            case seccomp.ANY_BIT:
                position += yes if accumulator & constant else no
            case _:
                raise AssertionError(f"no such instruction: {code:#x}")


def refused(error: int = errno.EPERM) -> int:
    return seccomp.RET_ERRNO | error


class Filter:
    """A filter that takes system calls by their names."""

    def __init__(self, arch: str, root: bool = True, confined: bool = True):
        self.lines = seccomp.program(root, confined, arch)
        self.arch, self.column = arch, ARCHITECTURES.index(arch)

    def __call__(self, table: dict, name: str, *arguments: int) -> int:
        number = table[name][self.column]
        if number is None:
            pytest.skip(f"{self.arch} has no {name}")
        return verdict(self.lines, number, seccomp.AUDIT_ARCH[self.arch], arguments)


@every_filter
@every_house
@pytest.mark.parametrize("name", seccomp.NUMBERS)
def test_what_no_notebook_needs_is_refused(arch, house, name):
    assert Filter(arch, *house)(seccomp.NUMBERS, name) == refused()


@every_filter
@pytest.mark.parametrize("name", seccomp.WITHOUT_A_ROOT)
def test_without_a_root_of_its_own_more_is_refused(arch, name):
    assert Filter(arch, root=False)(seccomp.WITHOUT_A_ROOT, name) == refused()
    assert Filter(arch, root=True)(seccomp.WITHOUT_A_ROOT, name) == ALLOWED


@every_filter
@pytest.mark.parametrize("name", seccomp.WITHOUT_A_ROOT_IGNORED)
def test_without_a_root_of_its_own_modes_and_times_stay_as_they_are(arch, name):
    assert Filter(arch, root=False)(seccomp.WITHOUT_A_ROOT_IGNORED, name) == refused(0)


@every_filter
@every_house
def test_every_jump_lands_on_an_instruction_and_every_path_ends(arch, house):
    lines = seccomp.program(*house, arch)
    assert len(lines) <= 4096 and lines[-1][0] == seccomp.RETURN
    for position, (code, yes, no, _) in enumerate(lines):
        assert 0 <= yes <= 255 and 0 <= no <= 255
        assert code == seccomp.RETURN or position + 1 + max(yes, no) < len(lines)


@every_filter
@every_house
def test_calls_that_a_notebook_makes_are_allowed(arch, house):
    numbers = {"x86_64": (0, 1, 3, 11, 59, 202, 257), "aarch64": (63, 64, 57, 215, 221, 98, 56)}
    for number in numbers[arch]:  # read, write, close, munmap, execve, futex, openat
        lines = seccomp.program(*house, arch)
        assert verdict(lines, number, seccomp.AUDIT_ARCH[arch]) == ALLOWED


@every_filter
@every_house
def test_calls_of_another_architecture_end_the_process(arch, house):
    lines = seccomp.program(*house, arch)
    for other in (0x40000003, 0x40000028, *seccomp.AUDIT_ARCH.values()):  # i386, arm
        if other != seccomp.AUDIT_ARCH[arch]:
            assert {verdict(lines, number, other) for number in range(500)} == {KILLED}


def test_calls_of_the_x32_interface_end_the_process():
    lines = seccomp.program(True, True, "x86_64")
    for number in (0, 59, 101, 512, 547, 0x3FFFFFFF):
        x32 = number | seccomp.X32
        assert verdict(lines, x32, seccomp.AUDIT_ARCH["x86_64"]) == KILLED


@every_filter
def test_new_processes_share_every_namespace(arch):
    call = Filter(arch)
    assert call(seccomp.BY_ARGUMENT, "clone3") == refused(errno.ENOSYS)
    thread, fork = 0x3D0F00, 0x1200011
    for flags in (thread, fork, 17):
        assert call(seccomp.BY_ARGUMENT, "clone", flags) == ALLOWED
    assert call(seccomp.BY_ARGUMENT, "clone", thread & ~seccomp.CLONE_FILES) == refused()
    for bit in (17, 25, 26, 27, 28, 29, 30, 15):
        assert call(seccomp.BY_ARGUMENT, "clone", fork | 1 << bit) == refused()


@every_filter
def test_sockets_are_local_or_for_the_internet_and_netlink_lists_interfaces(arch):
    call = Filter(arch)
    for family in (seccomp.AF_UNIX, seccomp.AF_INET, seccomp.AF_INET6):
        assert call(seccomp.BY_ARGUMENT, "socket", family, 1) == ALLOWED
    assert call(seccomp.BY_ARGUMENT, "socket", seccomp.AF_NETLINK, 3, 0) == ALLOWED
    other = call(seccomp.BY_ARGUMENT, "socket", seccomp.AF_NETLINK, 3, 4)
    assert other == refused(errno.EAFNOSUPPORT)
    for family in (0, 3, 17, 38, 40, 44):  # packet, alg, vsock, xdp
        assert call(seccomp.BY_ARGUMENT, "socket", family) == refused(errno.EAFNOSUPPORT)
    assert call(seccomp.BY_ARGUMENT, "socketpair", 1) == ALLOWED
    assert call(seccomp.BY_ARGUMENT, "socketpair", 40) == refused(errno.EAFNOSUPPORT)


@every_filter
def test_without_a_root_of_its_own_no_datagrams(arch):
    call = Filter(arch, root=False)
    nonblocking = 0x800
    for family in (seccomp.AF_UNIX, seccomp.AF_INET):
        assert call(seccomp.BY_ARGUMENT, "socket", family, 1 | nonblocking) == ALLOWED
        for kind in (2, 3, 5, 2 | nonblocking):
            answer = call(seccomp.BY_ARGUMENT, "socket", family, kind)
            assert answer == refused(errno.EAFNOSUPPORT)
    assert call(seccomp.BY_ARGUMENT, "socket", 10, 1) == refused(errno.EAFNOSUPPORT)
    assert call(seccomp.BY_ARGUMENT, "socket", 16, 3, 0) == ALLOWED
    assert call(seccomp.BY_ARGUMENT, "socket", 16, 3, 4) == refused(errno.EAFNOSUPPORT)


@every_filter
@pytest.mark.parametrize("name", seccomp.MODE_ARGUMENT)
def test_no_file_gets_a_set_uid_or_set_gid_bit(arch, name):
    call = Filter(arch)
    for mode, answer in ((0o755, ALLOWED), (0o4755, refused()), (0o2755, refused())):
        arguments = [0] * seccomp.MODE_ARGUMENT[name] + [mode]
        assert call(seccomp.BY_ARGUMENT, name, *arguments) == answer


@every_filter
def test_memory_that_no_process_holds_is_refused(arch):
    call = Filter(arch)
    private, shared, file = 0x22, 0x21, 0x1
    assert call(seccomp.BY_ARGUMENT, "mmap", 0, 0, 3, private) == ALLOWED
    assert call(seccomp.BY_ARGUMENT, "mmap", 0, 0, 3, file) == ALLOWED
    for flags in (shared, shared | 2, shared | 0x40000):
        assert call(seccomp.BY_ARGUMENT, "mmap", 0, 0, 3, flags) == refused()


@every_filter
def test_a_terminal_cannot_be_typed_into_and_files_keep_their_attributes(arch):
    for root, flags in ((True, ALLOWED), (False, refused())):
        call = Filter(arch, root)
        for request in (seccomp.TIOCSTI, seccomp.TIOCLINUX):
            assert call(seccomp.BY_ARGUMENT, "ioctl", 0, request) == refused()
        for request in (seccomp.FS_IOC_SETFLAGS, seccomp.FS_IOC_FSSETXATTR):
            assert call(seccomp.BY_ARGUMENT, "ioctl", 0, request) == flags
        assert call(seccomp.BY_ARGUMENT, "ioctl", 0, 0x5413) == ALLOWED
        assert call(seccomp.BY_ARGUMENT, "prctl", seccomp.PR_SET_PDEATHSIG) == refused()
        assert call(seccomp.BY_ARGUMENT, "prctl", 15) == ALLOWED


@every_filter
def test_without_a_root_of_its_own_other_processes_keep_their_limits_and_priorities(arch):
    call = Filter(arch, root=False)
    for name in seccomp.ONLY_ITSELF:
        assert call(seccomp.ONLY_ITSELF, name, 0) == ALLOWED
        assert call(seccomp.ONLY_ITSELF, name, 4711) == refused()
    for name, process in (("setpriority", 0), ("ioprio_set", 1)):
        assert call(seccomp.PRIORITIES, name, process, 0) == ALLOWED
        assert call(seccomp.PRIORITIES, name, process, 4711) == refused()
        assert call(seccomp.PRIORITIES, name, process + 1, 0) == refused()
    for name, place in (("sendto", 3), ("sendmsg", 2), ("sendmmsg", 3)):
        assert call(seccomp.SENDING, name) == ALLOWED
        flags = [0] * place + [seccomp.MSG_FASTOPEN]
        assert call(seccomp.SENDING, name, *flags) == refused()


@every_filter
def test_where_nothing_confines_signals_a_process_can_end_itself_alone(arch):
    call = Filter(arch, root=False, confined=False)
    for name in seccomp.SIGNALS:
        assert call(seccomp.SIGNALS, name, 1) == refused()
        assert Filter(arch, root=False)(seccomp.SIGNALS, name, 1) == ALLOWED
    assert call(seccomp.TGKILL, "tgkill", os.getpid()) == ALLOWED
    assert call(seccomp.TGKILL, "tgkill", os.getpid() + 1) == refused()


@every_filter
def test_no_number_has_two_rules_that_differ(arch):
    for house in HOUSES:
        seen: dict[int, list] = {}
        for table, then in seccomp.rules(*house):
            for number in seccomp._numbers(table, arch):
                assert number not in seen or not house[0], number
                seen.setdefault(number, then)
