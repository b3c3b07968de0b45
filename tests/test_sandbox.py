"""The walls around a student's process, at every level that can be built on this machine."""

import json
import os
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import machines
import pytest
from machines import ROOT

from grader.course import layout
from grader.errors import CourseError
from grader.running import sandbox
from grader.running.jail import landlock_version

pytestmark = pytest.mark.skipif(not machines.restrictable(), reason="needs Linux")
MEGABYTE = 2**20
ENDED = (137, 247)  # by the watcher, which without namespaces ends with the others


@cache
def nobody() -> tuple[str, ...] | None:
    return machines.as_nobody()


def arguments(room: str) -> dict:
    """For `machines.run`; skips where this machine cannot build the room."""
    needs = {"root": os.geteuid() == 0, "nobody": nobody, "restricted": landlock_version}
    wanted = needs.get(room.split(" as ")[-1] if " as " in room else room, True)
    if (wanted() if callable(wanted) else wanted) in (False, None, 0):
        pytest.skip(f"this machine cannot build the room {room!r}")
    return {
        "full as root": {"kind": "privileged"},
        "full in a user namespace": {"kind": "user"},
        "full as nobody": {"prefix": nobody() or ()},
        "restricted": {"level": "restricted"},
        "restricted as nobody": {"level": "restricted", "prefix": nobody() or ()},
    }[room]


FULL = ["full as root", "full in a user namespace", "full as nobody"]
ROOMS = [*FULL, "restricted", "restricted as nobody"]
in_every_room = pytest.mark.parametrize("room", ROOMS)
with_a_root = pytest.mark.parametrize("room", FULL)


def inside(code: str, room: str, **more) -> subprocess.CompletedProcess:
    """What student code printed there."""
    done = machines.run(code, **{**arguments(room), **more})
    assert done.returncode == 0, done.stderr
    return done


TRIES = """
import ctypes, json, os, resource, signal, socket, subprocess
libc = ctypes.CDLL(None, use_errno=True)
seen = {}
def attempt(name, function):
    try:
        seen[name] = f"done: {function()!r}"
    except (OSError, ValueError) as error:
        seen[name] = f"refused: {error!r}"
def call(function, *arguments):
    if function(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")
def raw(number, *arguments):
    call(libc.syscall, ctypes.c_long(number), *map(ctypes.c_long, arguments))
attempt("mount", lambda: call(libc.mount, b"none", b"/tmp", b"tmpfs", 0, None))
attempt("remount", lambda: call(libc.mount, None, b"/usr", None, 32 | 4096, None))
attempt("unmount", lambda: call(libc.umount2, b"/proc", 2))
attempt("new root", lambda: os.chroot("."))
attempt("new user namespace", lambda: call(libc.unshare, 0x10000000))
attempt("new mount namespace", lambda: call(libc.unshare, 0x00020000))
attempt("become root", lambda: os.setuid(0) if os.getuid() else raw(125, 0, 0))
attempt("trace", lambda: call(libc.ptrace, 16, 1, 0, 0))
attempt("keys", lambda: raw(250 if os.uname().machine == "x86_64" else 219, 0, -3, 0))
attempt("device", lambda: os.mknod("sda", 0o60666, os.makedev(8, 0)))
attempt("named pipe", lambda: os.mkfifo("pipe"))
attempt("set-uid bit", lambda: os.chmod("/usr/bin/env", 0o4755))
attempt("memory in no process", lambda: os.memfd_create("x"))
attempt("write a setting", lambda: open("/proc/sys/kernel/hostname", "r+"))
attempt("press the key", lambda: open("/proc/sysrq-trigger", "w"))
attempt("packets", lambda: socket.socket(17, 3))
attempt("vsock", lambda: socket.socket(40, 1))
def reads(path):
    if not open(path, "rb").read(1):
        raise PermissionError("empty")
attempt("the machine's memory", lambda: reads("/proc/kcore"))
attempt("raise a limit", lambda: resource.setrlimit(resource.RLIMIT_AS, (2**45, 2**45)))
attempt("a new system folder", lambda: os.mkdir("/usr/lib/x"))
attempt("outlive", lambda: call(libc.prctl, 1, 0, 0, 0, 0))
status = dict(l.split(":\\t") for l in open("/proc/self/status").read().splitlines() if ":\\t" in l)
print(json.dumps({"seen": seen, "status": status}))
"""


@cache
def tried(room: str) -> dict:
    return json.loads(inside(TRIES, room).stdout)


@in_every_room
def test_what_could_widen_the_room_is_refused(room):
    tries = tried(room)["seen"]
    if "restricted" in room:  # a mode that is not changed: it seems to be, and is not
        assert tries.pop("set-uid bit") == "done: None"
    assert {name for name, said in tries.items() if not said.startswith("refused")} == set()


@in_every_room
def test_no_capability_is_left_and_none_can_come_back(room):
    status = tried(room)["status"]
    kinds = {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}
    if room == "restricted as nobody":  # who may not lower the bound, and gains nothing by it:
        kinds.remove("CapBnd")  # under no_new_privs no program brings a capability
    assert {kind for kind in kinds if int(status[kind], 16)} == set()
    assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2"
    assert not os.stat("/usr/bin/env").st_mode & 0o4000


@with_a_root
def test_nothing_of_the_host_is_in_sight(room):
    code = """
import json, os, socket
mounts = [line.split() for line in open("/proc/self/mountinfo")]
writable = [m[4] for m in mounts if "rw" in m[5].split(",")]
processes = [name for name in os.listdir("/proc") if name.isdigit()]
networks = [name for _, name in socket.if_nameindex()]
print(json.dumps([writable, processes, networks, os.listdir("/"), socket.gethostname()]))
"""
    writable, processes, networks, top, name = json.loads(inside(code, room).stdout)
    assert [path.rpartition("/")[2] for path in writable] == ["", "sockets"]
    assert (processes, networks, name) == (["1"], ["lo"], "sandbox")
    assert set(top) <= {"proc", "dev", "usr", "tmp", "sys", "bin", "sbin", "lib", "lib32", "lib64",
                        "etc", "nix", *(Path(p).parts[1] for p in _shown())}  # fmt: skip


def _shown() -> list[str]:
    return [str(ROOT), sys.prefix, sys.base_prefix, str(Path(sys.executable).resolve())]


@in_every_room
def test_the_graders_open_files_do_not_come_along(room, tmp_path):
    with (tmp_path / "open").open("w") as stream:
        os.set_inheritable(stream.fileno(), True)
        code = "import os; print([os.readlink(f'/proc/self/fd/{n}') for n in range(3, 64)"
        code += " if os.path.lexists(f'/proc/self/fd/{n}')])"
        listed = inside(code, room, close=False).stdout
    assert listed == "[]\n"


def test_the_graders_process_does_get_the_file_that_is_left_open(tmp_path):
    with (tmp_path / "open").open("w") as stream:
        os.set_inheritable(stream.fileno(), True)
        code = f"import os; os.fstat({stream.fileno()})"
        subprocess.run([sys.executable, "-c", code], check=True, close_fds=False)


@in_every_room
def test_processes_that_run_a_program_as_another_account_do_not(room):
    code = """
import os, subprocess
su = next((p for p in ("/usr/bin/su", "/usr/bin/sudo", "/usr/bin/mount") if os.path.exists(p)), "")
print(su and os.stat(su).st_mode & 0o4000, subprocess.run(
    [su or "/bin/true", "--help"], capture_output=True).returncode)
print(open("/proc/self/status").read().count("NoNewPrivs:\\t1"))
"""
    assert inside(code, room).stdout.splitlines()[-1] == "1"


# --- odd places -----------------------------------------------------------------------------------


def course(folder: Path) -> tuple[Path, list[Path]]:
    """A little course: something shown, something hidden."""
    for name in ("package", "reference"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("SEEN = 'seen'\n")
    return folder, [folder / "package"]


LOOK = """
import package, os
print(package.SEEN, os.path.isfile({!r}))
open("work.txt", "w").write("x"); import numpy, tempfile; tempfile.TemporaryFile()
"""


def looks(folder: Path, room: str, **more) -> str:
    hidden, shown = course(folder)
    code = LOOK.format(str(hidden / "reference" / "__init__.py"))
    if "restricted" in room:
        code = code.replace("isfile", "exists") + "open({!r})".format(
            str(hidden / "reference" / "__init__.py")
        )
        done = machines.run(code, hidden=hidden, shown=shown, **arguments(room), **more)
        assert "PermissionError" in done.stderr
        return done.stdout.replace("True", "False")
    return inside(code, room, hidden=hidden, shown=shown, **more).stdout


@pytest.mark.parametrize("room", ["full as root", "full in a user namespace", "restricted"])
@pytest.mark.parametrize("name", ["with space", 'a "quoted" {name}', "$(touch x); é\n#", "-rf"])
def test_a_course_may_lie_in_a_folder_with_any_name(room, name, tmp_path):
    assert looks(tmp_path / name / "course", room) == "seen False\n"


@pytest.mark.parametrize("room", ["full as root", "restricted"])
def test_a_course_may_be_reached_through_a_link(room, tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert looks(tmp_path / "link" / "course", room) == "seen False\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="writes to /usr/local and /home")
@pytest.mark.parametrize("room", ["full as root", "full in a user namespace", "restricted"])
@pytest.mark.parametrize("parent", ["/usr/local/share", "/home"])
def test_a_course_may_lie_below_a_folder_of_the_system(room, parent):
    folder = Path(parent) / "a course that a test has made"
    try:
        assert looks(folder, room) == "seen False\n"
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("room", ["full as root", "full in a user namespace", "restricted"])
def test_scratch_folders_may_lie_elsewhere(room, tmp_path_factory):
    elsewhere = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    try:
        (elsewhere / "t").mkdir()
        variables = {"TMPDIR": str(elsewhere / "t")}
        assert looks(elsewhere / "course", room, variables=variables) == "seen False\n"
        (elsewhere / "course" / "tmp").mkdir()
        shutil.rmtree(elsewhere / "course" / "package")
        shutil.rmtree(elsewhere / "course" / "reference")
        variables = {"TMPDIR": str(elsewhere / "course" / "tmp")}
        assert looks(elsewhere / "course", room, variables=variables) == "seen False\n"
    finally:
        shutil.rmtree(elsewhere)


def test_a_folder_too_deep_for_sockets_is_named(tmp_path, monkeypatch):
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with pytest.raises(CourseError, match="set TMPDIR"), sandbox.scratch_folder([]):
        pass
    assert list(deep.iterdir()) == []


@pytest.mark.parametrize("room", ["full as root", "full in a user namespace", "restricted"])
def test_python_may_be_reached_through_links(room, tmp_path):
    (tmp_path / "venv").symlink_to(sys.prefix)
    python = str(tmp_path / "venv" / "bin" / "python")
    done = inside("import numpy, sys; print(sys.prefix)", room, python=python)
    assert done.stdout.strip() == str(tmp_path / "venv")


@pytest.mark.parametrize("room", ["full as root", "full in a user namespace", "restricted"])
def test_a_grader_whose_files_are_made_for_nobody_else_works(room, tmp_path):
    code = "import os; os.umask(0o077); os.execv(os.sys.argv[1], os.sys.argv[1:])"
    prefix = (sys.executable, "-c", code)
    assert inside("import helpers; print(helpers.__name__)", room, prefix=prefix).stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the identity that only root gives")
def test_packages_that_only_their_owner_can_read_are_named(tmp_path):
    _, (package,) = course(tmp_path)
    (package / "__init__.py").chmod(0o600)
    level = sandbox.Level("full", "privileged", 1, True)
    with pytest.raises(CourseError, match="chmod -R go\\+rX"):
        sandbox._check_readable(level, [package])


# --- what may be used up --------------------------------------------------------------------------


@in_every_room
def test_memory_is_counted_over_all_processes(room):
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = b"x" * 60_000_000
        time.sleep(3600)
while True: time.sleep(3600)
"""
    done = machines.run(code, memory=150 * MEGABYTE, **arguments(room))
    assert done.returncode in ENDED


@in_every_room
def test_memory_that_forked_processes_share_counts_once(room):
    code = """
import os, time
held = b"x" * 60_000_000
children = []
for _ in range(4):
    child = os.fork()
    if child == 0:
        time.sleep(1.5)
        os._exit(0)
    children.append(child)
print([os.waitpid(child, 0)[1] for child in children])
"""
    assert inside(code, room, memory=150 * MEGABYTE).stdout == "[0, 0, 0, 0]\n"


@in_every_room
def test_open_files_are_counted_over_all_processes(room):
    code = """
import os, time
for _ in range(3):
    if os.fork() == 0:
        files = [os.open("/dev/null", os.O_RDONLY) for _ in range(50)]
        time.sleep(3600)
while True: time.sleep(3600)
"""
    limits = sandbox.LIMITS | {"RLIMIT_NOFILE": 100}
    assert machines.run(code, limits=limits, **arguments(room)).returncode in ENDED


@in_every_room
def test_a_process_within_its_memory_goes_on(room):
    code = "import time; held = b'x' * 60_000_000; time.sleep(1); print(len(held))"
    assert inside(code, room, memory=150 * MEGABYTE).stdout == "60000000\n"


@pytest.mark.parametrize("room", FULL)
def test_the_disk_is_a_small_one_in_memory(room):
    code = """
import os, errno
def fill():
    for number in range(64):
        with open(f"big{number}", "wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, 2**23)
try:
    fill()
except OSError as error:
    print(errno.errorcode[error.errno], len(os.listdir(".")))
"""
    assert inside(code, room, disk=64 * MEGABYTE).stdout == "ENOSPC 8\n"


@pytest.mark.parametrize("room", FULL)
def test_the_folder_for_sockets_holds_nothing_else(room):
    code = """
import os, socket, time
folder = os.path.dirname(os.environ["HOME"]) + "/sockets/"
for name in ("file", "dir"):
    try:
        os.mkdir(folder + name) if name == "dir" else open(folder + name, "w")
        raise SystemExit(name)
    except PermissionError: pass
for number in range(200):
    s = socket.socket(socket.AF_UNIX); s.bind(folder + str(number))
time.sleep(3600)
"""
    done = machines.run(code, **arguments(room))
    assert done.returncode in ENDED


@in_every_room
def test_processes_that_multiply_are_all_ended(room):
    code = """
import ctypes, os, time
ctypes.CDLL(None).prctl(15, b"multiplies", 0, 0, 0)
first = os.getpid()
for _ in range(9):  # at most 512, and not for ever, should nothing end them
    try:
        os.fork()
    except OSError:
        os._exit(0)
time.sleep(3 if os.getpid() == first else 200)
"""
    done = machines.run(code, processes=40, **arguments(room))
    assert done.returncode in (137, 247, 0) and left("multiplies") == []


@in_every_room
def test_what_was_left_running_is_ended(room):
    code = """
import ctypes, os, time
for session in (False, True):
    if os.fork() == 0:
        try:
            if session: os.setsid()
        except OSError: pass
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, b"outlives", 0, 0, 0)
            time.sleep(3600)
        os._exit(0)
"""
    assert machines.run(code, **arguments(room)).returncode in (0, *ENDED)
    assert left("outlives") == []


@in_every_room
def test_all_ends_with_the_grader(room):
    elsewhere = subprocess.check_output(["mktemp", "-d"], text=True).strip()
    os.chmod(elsewhere, 0o777)
    ready = "import ctypes, time; ctypes.CDLL(None).prctl(15, b'orphaned', 0, 0, 0)\n"
    code = f"""
import subprocess, sys, os
sys.path.insert(0, {str(Path(__file__).parent)!r})
import machines
where = {{"TMPDIR": {elsewhere!r}}}
machines.run({ready + "time.sleep(3600)"!r}, variables=where, **{arguments(room)!r})
"""
    grader = subprocess.Popen([sys.executable, "-c", code], start_new_session=True,
                              env=os.environ | {"PYTHONPATH": str(ROOT)})  # fmt: skip
    while not named("orphaned"):
        assert grader.poll() is None
        time.sleep(0.05)
    os.killpg(grader.pid, 9)
    grader.wait()
    while named("orphaned"):
        time.sleep(0.05)
    shutil.rmtree(elsewhere)


def left(name: str) -> list[str]:
    """Processes of that name that are neither dead nor, within a minute, dying."""
    for _ in range(600):
        if not named(name):
            break
        time.sleep(0.1)
    return named(name)


def named(name: str) -> list[str]:
    """Processes of that name that are not dead."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words, _, state = stat.read_text().rpartition(") ")
        except OSError:
            continue
        if words.partition(" (")[2] == name and state[0] not in "ZX":  # somebody else's to reap
            found.append(stat.parent.name)
    return found


def test_no_mount_stays_on_the_machine():
    before = Path("/proc/self/mountinfo").read_text()
    for room in FULL:
        try:
            inside("pass", room)
        except pytest.skip.Exception:
            continue
    assert Path("/proc/self/mountinfo").read_text() == before


@pytest.mark.parametrize("deep", [3000])
def test_a_scratch_folder_of_any_depth_is_removed(deep, tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    (folder / "closed").mkdir(mode=0)
    here = os.open(folder, os.O_RDONLY)
    for _ in range(deep):
        os.mkdir("d", dir_fd=here)
        os.symlink("/", "link", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    sandbox.remove_tree(folder)
    assert list(tmp_path.iterdir()) == []


# --- a process that was forked --------------------------------------------------------------------

WARM = """
import json, os, sys
from pathlib import Path
import numpy
from grader.running import jail, sandbox
said, tell = os.pipe()
lost = os.open("/", os.O_RDONLY)
with sandbox.scratch_folder([]) as scratch:
    level = sandbox.level()
    settings = sandbox.settings(scratch, level, Path(sys.argv[1]), [])
    child = os.fork()
    if child == 0:
        jail.enter(settings, keep=[tell])
        spent = os.times()
        code = "import numpy.linalg; open('made', 'w').write('x'); x = numpy.linalg.inv([[2.0]])"
        names = {}
        exec(code, names)
        fds = [fd for fd in range(64) if os.path.exists(f"/proc/self/fd/{fd}")]
        words = {"x": float(names["x"][0, 0]), "pid": os.getpid(), "fds": fds, "tell": tell}
        words |= {"cwd": os.getcwd(), "spent": spent.user + spent.system}
        os.write(tell, json.dumps(words).encode())
        os._exit(7)
    os.close(tell)
    words = os.read(said, 10_000).decode()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps({"code": code, **json.loads(words)}))
"""


@pytest.mark.parametrize("level", ["full", "restricted"])
def test_a_fork_of_a_warm_process_can_lock_itself_in(level):
    if level == "restricted" and not landlock_version():
        pytest.skip("no Landlock")
    done = subprocess.run(
        [sys.executable, "-c", WARM, str(ROOT)],
        capture_output=True,
        text=True,
        env=os.environ | {"GRADER_ISOLATION": level, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["x"], said["code"]) == (0.5, 7)
    assert said["fds"] == sorted({0, 1, 2, said["tell"]})
    if level == "full":
        assert said["pid"] == 1 and said["cwd"].endswith("/work")
    assert said["spent"] < 1.0  # of a processor's time: tens of milliseconds, with a wide margin


# --- levels ---------------------------------------------------------------------------------------


def level_here(prefix: tuple[str, ...] = (), **variables: str) -> subprocess.CompletedProcess:
    code = "from grader.running import sandbox; print(sandbox.announcement([]))"
    return subprocess.run(
        [*prefix, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
    )


def test_where_namespaces_are_refused_the_level_is_restricted_and_says_what_is_missing():
    if not landlock_version():
        pytest.skip("no Landlock")
    said = level_here(machines.without_namespaces(), GRADER_ISOLATION="auto").stdout
    assert said.startswith("restricted (")
    assert "Missing: a user namespace (unshare): Operation not permitted. " in said


def test_full_isolation_or_nothing_refuses_where_it_cannot_be_had():
    done = level_here(machines.without_namespaces(), GRADER_ISOLATION="required")
    assert done.returncode != 0
    assert "does not offer the isolation 'full'" in done.stderr and "user namespace" in done.stderr


def test_grade_and_check_refuse_below_the_level_that_is_demanded(course_copy):
    for command in ("grade", "check"):
        files = ["x.py"] if command == "check" else []
        argv = [sys.executable, "-m", "grader", command, "sheet1_kl", *files]
        done = subprocess.run(
            [*machines.without_namespaces(), *argv, "--isolation", "required"],
            cwd=course_copy.root,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 2 and "does not offer the isolation 'full'" in done.stderr


def test_a_course_can_demand_a_level(course_copy, monkeypatch):
    # which a nbgrader_config.py sets in the process that reads it
    monkeypatch.delenv(sandbox.VARIABLE, raising=False)
    config = course_copy.root / "nbgrader_config.py"
    config.write_text(config.read_text().replace('demand("auto")', 'demand("required")'))
    done = subprocess.run(
        [*machines.without_namespaces(), sys.executable, "-m", "grader", "grade", "sheet1_kl"],
        cwd=course_copy.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2 and "GRADER_ISOLATION=required" in done.stderr


def test_a_level_must_be_one_that_exists(monkeypatch):
    monkeypatch.setenv(sandbox.VARIABLE, "strong")
    with pytest.raises(CourseError, match="strong"):
        sandbox.level()


def test_none_says_so(monkeypatch):
    monkeypatch.setenv(sandbox.VARIABLE, "none")
    assert "can read the files of this account" in sandbox.announcement(layout.PACKAGES)


@pytest.mark.parametrize(
    ("switch", "words"),
    [
        ("apparmor_restrict_unprivileged_userns", "apparmor_restrict_unprivileged_userns=0"),
        ("unprivileged_userns_clone", "unprivileged_userns_clone=1"),
    ],
)
def test_a_switch_of_the_system_that_forbids_namespaces_is_named(
    switch, words, tmp_path, monkeypatch
):
    off, on = sandbox.SWITCHES[f"/proc/sys/kernel/{switch}"]
    (tmp_path / switch).write_text(f"{off}\n")
    monkeypatch.setattr(sandbox, "SWITCHES", {str(tmp_path / switch): (off, on)})
    assert words in sandbox._advice()
