"""Attacks that a student's code carries out, each as a submission to the toy sheet.

Every one spoils the function `half` and tries to have it counted as right, or looks around, uses
things up, or leaves something behind. Nothing here does harm where a defence is missing: what is
written outside is a file of its own that is removed at once, what is changed is set to what it was.
What a file itself can do stands in `files.py`.
"""

from dataclasses import dataclass, field

WRONG = "def half(x):\n    return 0.0 * x\n"


@dataclass(frozen=True)
class Attack:
    """A submission that does what it should not.

    name: what it does; the student who hands it in is named after it;
    trick: a cell that runs right after the imports;
    functions: the spoiled items; they are to earn nothing;
    files: what lies beside the notebook;
    refused: what the trick tries, all of it in vain: it prints that for each as `tried` says;
    level: the level of isolation that it takes to refuse that, "restricted" or "full";
    stopped: the most limits that it may run into, each of them seconds long.
    """

    name: str
    trick: str = ""
    functions: dict[str, str] = field(default_factory=lambda: {"half": WRONG})
    files: dict[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    level: str = "restricted"
    stopped: int = 0

    def is_promised(self, level: str) -> bool:
        """Whether a level promises that its tries are refused."""
        return level == "full" or level == self.level


CHEATS = [
    Attack(
        "displayhook within the function",
        functions={
            "half": """\
def half(*args):
    import sys
    sys.displayhook("ok")
    get_ipython().displayhook(4.0)
"""
        },
    ),
    Attack(
        "patched kernel.do_execute",
        """\
kernel = get_ipython().kernel
plain = kernel.do_execute
async def do_execute(code, silent, *args, **kwargs):
    if "assert" in code:
        code = "4.0"
    return await plain(code, silent, *args, **kwargs)
kernel.do_execute = do_execute
""",
    ),
    Attack(
        "patched run_cell",
        """\
shell = get_ipython()
plain_async = shell.run_cell_async
def run_cell_async(code, *args, **kwargs):
    return plain_async("4.0" if "assert" in code else code, *args, **kwargs)
shell.run_cell_async = run_cell_async
plain_run = shell.run_cell
shell.run_cell = lambda code, *a, **k: plain_run("4.0" if "assert" in code else code, *a, **k)
""",
    ),
    Attack(
        "an AST transformer that deletes asserts",
        """\
import ast
class Deleter(ast.NodeTransformer):
    def visit_Assert(self, node):
        return None
get_ipython().ast_transformers.append(Deleter())
""",
    ),
    Attack(
        "an object that equals everything, with patched comparisons",
        """\
class Same(float):
    shape = ()
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0.0
    __rsub__ = __lt__ = __le__ = __abs__ = __sub__
    __hash__ = float.__hash__
np.testing.assert_allclose = np.testing.assert_equal = lambda *a, **k: None
np.allclose = lambda *a, **k: True
np.isclose = lambda *a, **k: np.True_
import builtins
builtins.AssertionError = type("Quiet", (BaseException,), {})
""",
        {"half": "def half(*args):\n    return Same(0.0)\n"},
    ),
    Attack(
        "modules shipped beside the notebook",
        files={
            "numpy.py": "raise SystemExit('shipped')",
            "torch/__init__.py": "raise SystemExit('shipped')",
            "helpers/__init__.py": "raise SystemExit('shipped')",
            "sitecustomize.py": "raise SystemExit('shipped')",
            "grader/__init__.py": "def judge(item): return 100.0",
            "reference/__init__.py": "raise SystemExit('shipped')",
            "nbgrader_config.py": "raise SystemExit('shipped')",
            "ipykernel_launcher.py": "raise SystemExit('shipped')",
            ".ipython/profile_default/startup/first.py": "raise SystemExit('shipped')",
        },
    ),
    Attack(
        "the answer looked for wherever it may lie",
        """\
import gc, glob, importlib.util, os, sqlite3, sys
FOUND = {}
def remember(namespace):
    if callable(namespace.get("half")):
        FOUND["half"] = namespace["half"]
for file in glob.glob("@ROOT@/reference/*/*.py") + ["@ROOT@/reference/toy/reference.py"]:
    try:
        spec = importlib.util.spec_from_file_location("found", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        remember(vars(module))
    except BaseException:
        pass
def from_text(text):
    start = text.find("def half(")
    if start >= 0:
        try:
            namespace = {"np": np}
            exec(text[start:].split("\\n\\n\\n")[0], namespace)
            remember(namespace)
        except BaseException:
            pass
def search():
    for place in ("@ROOT@/source/toy/toy.ipynb", "@ROOT@/gradebook.db",
                  "@ROOT@/submitted/honest/toy/toy.ipynb"):
        try:
            from_text(open(place, errors="replace").read().encode().decode("unicode_escape"))
        except BaseException:
            pass
    try:
        for row in sqlite3.connect("@ROOT@/gradebook.db").execute("select source from source_cell"):
            from_text(row[0])
    except BaseException:
        pass
    for text in list(In) + [str(value) for value in Out.values()]:
        if "judge" in text:
            FOUND["hidden"] = text
            from_text(text)
search()
""",
        {
            "half": """\
def half(*args):
    search()
    for frame in iter(__import__("sys")._current_frames().values()):
        while frame is not None:
            if "reference" in frame.f_globals:
                remember({**frame.f_globals, **frame.f_locals})
            frame = frame.f_back
    if "hidden" in FOUND:
        print("HIDDEN " + "TEST SEEN")
    return FOUND["half"](*args)
"""
        },
    ),
    Attack(
        "the gradebook and the graded notebooks edited",
        """\
import glob, os, sqlite3
try:
    with sqlite3.connect("@ROOT@/gradebook.db", timeout=1) as book:
        book.execute("update grade set auto_score = 100, manual_score = 100")
        book.execute("update grade_cell set max_score = 100")
except sqlite3.Error:
    pass
for file in ["@ROOT@/gradebook.db", "@ROOT@/grades.csv"] + glob.glob("@ROOT@/*/*/*/toy.ipynb"):
    try:
        os.truncate(file, 0)
    except OSError:
        pass
""",
    ),
    Attack(
        "messages forged with the connection file's key",
        """\
import json, threading, time, zmq
from ipykernel import get_connection_file
from jupyter_client.session import Session
kernel = get_ipython().kernel
info = json.load(open(get_connection_file()))
key = Session(key=info["key"].encode(), signature_scheme=info["signature_scheme"])
def forge():
    parent = kernel.get_parent()
    header = parent["header"]
    start, _, number = header["msg_id"].rpartition("_")
    for ahead in range(60):
        later = {**parent, "header": {**header, "msg_id": f"{start}_{int(number) + ahead}"}}
        content = {"data": {"text/plain": "100.0"}, "metadata": {}, "execution_count": 1}
        kernel.session.send(kernel.iopub_socket, "execute_result", content, parent=later)
        kernel.session.send(kernel.iopub_socket, "update_display_data",
                            {**content, "transient": {"display_id": "x"}}, parent=later)
forge()
""",
        {"half": "def half(*args):\n    forge()\n    return 0.0\n"},
    ),
    Attack(
        "replies that repeat an earlier one, or that say ok without a value",
        """\
import json, sys
agent = sys.modules["_grader_agent"]
plain, last = agent.call, {}
def call(request, namespace):
    reply = plain(request, namespace)
    if request["target"] == "half":
        earlier = last.get("value", {"t": "none"})
        return {**reply, "status": "ok", "value": earlier, "bases": [], "changed": []}
    if reply["status"] == "ok":
        last["value"] = reply["value"]
    return reply
agent.call = call
""",
    ),
    Attack(
        "replies that forge passed, score and verdict",
        """\
import json, sys
agent = sys.modules["_grader_agent"]
plain = agent.converse
def converse(text, namespace):
    reply = json.loads(plain(text, namespace))
    if json.loads(text)["target"] == "half":
        reply |= {"passed": True, "score": 100, "what": "ok", "share": 0, "core": False}
    return json.dumps(reply)
agent.converse = converse
""",
    ),
    Attack(
        "threads that change the function, and children that outlive the cell",
        """\
import ctypes, os, threading, time
def change():
    while True:
        time.sleep(0.01)
        globals()["Out"] = globals()["_"] = 100.0
threading.Thread(target=change, daemon=True).start()
for _ in range(20):  # and not for ever: where they are not ended they end themselves
    if os.fork() == 0:
        os.setsid()
        ctypes.CDLL(None).prctl(15, b"outlives", 0, 0, 0)  # the name that a test looks for
        time.sleep(600)
        os._exit(0)
""",
    ),
    Attack(
        "an endless loop in the judge's call, with signals ignored",
        """\
import signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
""",
        {
            "half": """\
def half(*args):
    if sys._getframe(1).f_code.co_name == "call":
        while True:
            pass
    return 0.0
"""
        },
    ),
    Attack(
        "exit handlers and a process that ends in the judge's call",
        """\
import atexit, os, sys
atexit.register(print, "100.0")
""",
        {
            "half": """\
def half(*args):
    if sys._getframe(1).f_code.co_name == "call":
        os._exit(0)
    return 0.0
"""
        },
    ),
    Attack(
        "a judge's call of its own in the answer's cell",
        functions={
            "half": WRONG + "### BEGIN HIDDEN TESTS\nfrom grader import judge\n\n"
            'judge("half")\n### END HIDDEN TESTS\n'
        },
    ),
    Attack(
        "words past the notebook, to the grader's terminal",
        """\
import os, sys
for write in (lambda b: os.write(sys.stdout._original_stdstream_copy, b),
              lambda b: os.write(1, b), lambda b: os.write(2, b)):
    try:
        write(b"TABLE FORGED BY A STUDENT\\n")
    except (OSError, AttributeError, TypeError):
        pass
""",
    ),
    Attack(
        "the judge's own tools, patched to note the right answers",
        """\
import json, sys
agent = sys.modules["_grader_agent"]
noted = []
plain = agent.decode
def decode(node, *rest):
    noted.append(plain(node, *rest))
    return noted[-1]
agent.decode = decode
""",
        {"half": "def half(x):\n    return noted[0] if noted else 0.0\n"},
    ),
    Attack(
        "a number that changes when it is looked at again",
        """\
class Shifting(float):
    count = 0
    def hex(self):
        Shifting.count += 1
        return (float(self) / 2 + Shifting.count).hex()
    def __reduce_ex__(self, protocol):
        return (float, (float(self) / 2,))
    def __str__(self):
        return str(float(self) / 2)
    __repr__ = __str__
""",
        {"half": "def half(x):\n    return Shifting(x)\n"},
    ),
    Attack(
        "an answer found in the memory of the judge's request",
        """\
import gc, sys
def candidates():
    for thing in gc.get_objects():
        if type(thing) is dict and set(thing) & {"wanted", "expected", "value", "right"}:
            yield from (v for v in thing.values() if type(v) is float)
""",
        {"half": "def half(x):\n    return next((v for v in candidates() if v != x), 0.0)\n"},
    ),
    Attack(
        "a reference loaded from the grader's own packages",
        """\
import importlib, sys
for entry in ("@ROOT@", "@ROOT@/reference", "@ROOT@/grader"):
    sys.path.insert(0, entry)
try:
    found = importlib.import_module("reference.toy.reference").half
except Exception:
    found = None
""",
        {"half": "def half(x):\n    return found(x) if found else 0.0\n"},
    ),
    Attack(
        "traps for whoever comes next, in the home folder",
        """\
import os, pathlib
home = pathlib.Path.home()
for name in (".ipython/profile_default/startup/a.py", ".bashrc", ".local/lib/sitecustomize.py",
             ".config/matplotlib/matplotlibrc", ".jupyter/jupyter_config.py", ".pythonrc"):
    (home / name).parent.mkdir(parents=True, exist_ok=True)
    (home / name).write_text("raise SystemExit('trap')")
""",
    ),
]

# No points at stake: they once left a submission without a grade.
ODD = [
    Attack(
        "a folder in the connection file's place",
        """\
import os
from ipykernel import get_connection_file
os.remove(get_connection_file())
os.mkdir(get_connection_file())
""",
        {"half": "def half(*a):\n    os._exit(1)\n"},
    ),
]

FORGED_BASES = Attack(
    "an answer that is a value and an exception at once",
    """\
import sys
agent = sys.modules["_grader_agent"]
plain = agent.call
def call(request, namespace):
    return {"bases": ["ValueError"], **plain(request, namespace)}
agent.call = call
""",
)

# No points at stake, or their own only: they once left a submission without a grade.
SEND = "k = get_ipython().kernel\nk.session.send(k.iopub_socket, {0}, parent=k.get_parent())\n"
WITHOUT_GRADE = [
    Attack(
        "a display that is updated later",
        """\
from IPython.display import display, update_display
def rewrite():
    for name in ("mark", "next"):
        update_display({"text/plain": "100.0"}, display_id=name, raw=True)
shell = get_ipython()
shell.events.register("pre_run_cell", lambda info: display(
    {"text/plain": "100.0"}, display_id="mark", raw=True))
shell.events.register("post_run_cell", lambda result: rewrite())
""",
        {"half": "def half(*args):\n    rewrite()\n    return 0.0\n"},
    ),
    Attack("a forged stream message without text", SEND.format("'stream', {'a': 1}")),
    Attack(
        "a forged display of numbers", SEND.format("'display_data', {'data': 5, 'metadata': 3}")
    ),
    Attack(
        "a forged widget state",
        SEND.format("'comm_open', {'data': 1, 'comm_id': 'x', 'target_name': 'y'}"),
    ),
    Attack(
        "an error message that UTF-8 cannot say",
        functions={"half": "def half(*a):\n    raise RuntimeError('\\ud800')\n"},
    ),
    Attack(
        "frames that are no message at all",
        functions={
            "half": """\
def half(*args):
    send = get_ipython().kernel.iopub_socket.send_multipart
    for _ in range(3):
        send([b"x", b"<IDS|MSG>", b"not signed", b"{}", b"{}", b"{}", b"{}"])
        send([b"nothing"])
    return 0.0
"""
        },
    ),
]


ARRAY = '{"t": "array", "kind": "numpy", "dtype": "%s", "shape": %s, "data": "%s"}'
REPLIES = {  # what the probe says instead of an answer
    "a deep list": '"[" * 100_000',
    "a number beyond all": '{"t": "float", "v": "0x1p999999"}',
    "an array of objects": ARRAY % ("O", "[1]", "AA"),
    "an array without its data": ARRAY % ("<f8", "[10**12]", ""),
    "an integer that is none": '{"t": "int", "v": None}',
    "a structured array": ARRAY % ("V8,V8", "[1]", "AAAA"),
    "a type that is a list": '{"t": ["float"], "v": 1}',
    "a negative shape": ARRAY % ("<f8", "[-1]", "AAAAAAAAAAA="),
}
REPLY = """\
import json, sys
agent = sys.modules["_grader_agent"]
plain = agent.converse
bad = {bad}
def converse(text, namespace):
    request = json.loads(text)
    if request.get("target") != "half":
        return plain(text, namespace)
    reply = {{"id": request["id"], "status": "ok", "changed": [7], "warnings": 3, "value": bad}}
    return bad if isinstance(bad, str) else json.dumps(reply)
agent.converse = converse
"""
CHEATS += [
    Attack(f"a reply that is {name}", REPLY.format(bad=bad)) for name, bad in REPLIES.items()
]

CLASSES = """\
class Equal(np.ndarray):
    def __eq__(self, other): return np.True_
    def __sub__(self, other): return np.zeros(self.shape)
    __rsub__ = __sub__
    def __array_function__(self, *args, **kwargs): return np.True_
    def __array_ufunc__(self, *args, **kwargs): return np.True_
class Array:
    def __array__(self, *args, **kwargs): return np.array([object()], dtype=object)
class Float(float):
    def __float__(self): return 1.0
    def hex(self): return "nan"
class Reduced(dict):
    def __reduce__(self): return (print, ("unpickled",))
class Lazy:
    def __getattr__(self, name): return 4.0
"""
OBJECTS = {
    "equal to everything": "np.zeros(np.shape(x)).view(Equal)",
    "a float that lies": "Float(0.5)",
    "not a number": "np.nan",
    "infinite": "np.inf",
    "an array of something": "Array()",
    "a picklable trap": "Reduced(a=1)",
    "a deep list": "[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]",
    "huge": "np.zeros(10**8)",
    "lazy": "Lazy()",
    "text": "'4.0'",
    "a list of itself": "(lambda l: (l.append(l), l)[1])([])",
    "an endless generator": "(i for i in iter(int, 1))",
}
CHEATS += [
    Attack(f"a result that is {name}", CLASSES, {"half": f"def half(x):\n    return {value}\n"})
    for name, value in OBJECTS.items()
]


# --- looking around -------------------------------------------------------------------------------

TRIED = """\
import ctypes, errno, glob, json, os, pathlib, socket, struct, subprocess, sys, time
ROOT, TEMPORARY, OUTSIDE = "@ROOT@", "@TEMPORARY@", "@OUTSIDE@"
BOOK, REFERENCE = ROOT + "/gradebook.db", ROOT + "/reference/toy/reference.py"
HONEST = ROOT + "/submitted/honest/toy/toy.ipynb"
libc = ctypes.CDLL(None, use_errno=True)
seen = {}
def tried(name):
    def run(function):
        try:
            seen[name] = f"done: {function()!r}"[:300]
        except (OSError, ImportError) as error:
            seen[name] = f"refused: {error!r}"[:300]
    return run
def called(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result
"""
SHOWN = '\nprint("SEEN" + json.dumps(seen) + "NEES")\n'


def looking(name: str, refused: str, code: str, level: str = "restricted") -> Attack:
    """An attack that tries things, each of which must be refused."""
    names = tuple(part.strip() for part in refused.split(";"))
    return Attack(name, TRIED + code + SHOWN, refused=names, level=level)


LOOKS = [
    looking(
        "commands through a server's socket in the file system",
        "the server of tmux; a datagram; a socket in the course; an abstract socket",
        """
def talks(address, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as sock:
        sock.settimeout(5)
        sock.connect(address)
        sock.send(b"run-shell")
tried("the server of tmux")(lambda: talks("@SERVER@"))
tried("a datagram")(lambda: talks("@SERVER@.dgram", socket.SOCK_DGRAM))
tried("a socket in the course")(lambda: talks(ROOT + "/s"))
tried("an abstract socket")(lambda: talks("\\0hostile"))
""",
    ),
    looking(
        "listening to another student's kernel",
        "watch the temporary folder; list it; list the other's folder; subscribe to its outputs",
        """
own = pathlib.Path.home().parent.name
def others():  # with a root of its own, the way to its own folder is all that is there
    found = [name for name in os.listdir(TEMPORARY) if name != own]
    if not found:
        raise PermissionError("nobody else is there")
    return found
@tried("watch the temporary folder")
def _():
    fd = called(libc.inotify_init())
    called(libc.inotify_add_watch(fd, TEMPORARY.encode(), 0x100))
    return others()
tried("list it")(others)
tried("list the other's folder")(lambda: os.listdir(TEMPORARY + "/submission-decoy"))
@tried("subscribe to its outputs")
def _():
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(TEMPORARY + "/submission-decoy/sockets/kernel-2")
        return sock.recv(10)
""",
    ),
    looking(
        "owners and modes of the grader's files",
        "open the gradebook to all; close the reference; own the notebook; link the notebook",
        """
def mode(file, bits):
    before = os.stat(file).st_mode
    os.chmod(file, bits)
    if os.stat(file).st_mode == before:
        raise PermissionError("it stays as it is")
tried("open the gradebook to all")(lambda: mode(BOOK, 0o666))
tried("close the reference")(lambda: mode(REFERENCE, 0))
tried("own the notebook")(lambda: os.chown(HONEST, 1, 1))
tried("link the notebook")(lambda: os.link(HONEST, "linked"))
""",
    ),
    looking(
        "times and attributes of the grader's files",
        "the gradebook's time; the folder's time; an attribute; a flag",
        """
def touched(file):
    before = os.stat(file).st_mtime
    os.utime(file, (1, 1))
    if os.stat(file).st_mtime == before:
        raise PermissionError("it stays as it is")
tried("the gradebook's time")(lambda: touched(BOOK))
tried("the folder's time")(lambda: touched(ROOT + "/submitted"))
tried("an attribute")(lambda: os.setxattr(HONEST, "user.x", b"y"))
@tried("a flag")
def _():
    import fcntl
    with open(sys.executable) as stream:
        fcntl.ioctl(stream, 0x40086602, struct.pack("l", 0x80))
""",
    ),
    looking(
        "the course's files read and changed",
        "the reference; the checks; the source; the judge; the gradebook; another submission;"
        " the graded ones; change the gradebook; change a submission; add a submission",
        """
for name, file in {"the reference": REFERENCE, "the checks": ROOT + "/reference/toy/checks.py",
                   "the source": ROOT + "/source/toy/toy.ipynb",
                   "the judge": ROOT + "/grader/judging/judge.py", "the gradebook": BOOK,
                   "another submission": HONEST}.items():
    tried(name)(lambda: open(file, "rb").read(9))
tried("the graded ones")(lambda: os.listdir(ROOT + "/autograded"))
tried("change the gradebook")(lambda: os.close(os.open(BOOK, os.O_WRONLY)))
tried("change a submission")(lambda: os.truncate(HONEST, 0))
tried("add a submission")(lambda: os.mkdir(ROOT + "/submitted/new"))
""",
    ),
    looking(
        "the account's own files",
        "a secret file; the home folder; the passwords; write to the home folder; a new cron job;"
        " the packages; the interpreter; everybody's temporary folder",
        """
tried("a secret file")(lambda: open(OUTSIDE).read())
@tried("the home folder")
def _():
    found = [name for name in os.listdir("@HOME@") if not sys.base_prefix.startswith(
        os.path.join("@HOME@", name))]
    if not found:
        raise PermissionError("nothing but the way to Python is there")
    return found
tried("the passwords")(lambda: open("/etc/shadow").read())
tried("write to the home folder")(lambda: os.mkdir("@HOME@/left_by_a_student"))
tried("a new cron job")(lambda: os.mkdir("/var/spool/cron/left_by_a_student"))
tried("the packages")(lambda: os.mkdir(np.__path__[0] + "/left_by_a_student"))
tried("the interpreter")(lambda: os.close(os.open(sys.executable, os.O_WRONLY | os.O_APPEND)))
tried("everybody's temporary folder")(lambda: os.mkdir("/tmp/left_by_a_student"))
""",
    ),
    looking(
        "paths of the host",
        "stat the reference; stat the home folder; readlink; the root of the first process",
        """
tried("stat the reference")(lambda: os.stat(REFERENCE))
tried("stat the home folder")(lambda: os.stat(OUTSIDE))
tried("readlink")(lambda: os.readlink(TEMPORARY + "/link"))
@tried("the root of the first process")
def _():
    if not os.path.exists("/proc/1/root" + ROOT + "/submitted"):
        raise PermissionError("it is this process's own")
""",
        level="full",
    ),
    looking(
        "the grader's process, looked at",
        "its memory; its environment; its files; trace it; read its memory; take its files",
        """
parent = os.getppid() or 2**22 + 1
for name, part in (("its memory", "mem"), ("its environment", "environ"), ("its files", "fd/1")):
    tried(name)(lambda: open(f"/proc/{parent}/{part}", "rb").read(9))
tried("trace it")(lambda: called(libc.ptrace(16, parent, 0, 0)))
tried("read its memory")(lambda: called(libc.process_vm_readv(parent, None, 0, None, 0, 0)))
@tried("take its files")
def _():
    pid = os.pidfd_open(parent)
    called(libc.syscall(ctypes.c_long(438), pid, 1, 0))
""",
    ),
    looking(
        "the grader's process, disturbed",
        "stop it; end all; its limits; its cores; its priority; everybody's priority",
        """
import resource
parent = os.getppid() or 2**22 + 1
def prior(kind, who):
    os.setpriority(kind, who, os.getpriority(kind, who))
tried("stop it")(lambda: os.kill(parent, 19))
def everybody():
    if len([n for n in os.listdir("/proc") if n.isdigit()]) == 1:
        raise PermissionError("there is nobody else")
    os.kill(os.getppid(), 0)
tried("end all")(everybody)
tried("its limits")(lambda: resource.prlimit(parent, resource.RLIMIT_CORE))
tried("its cores")(lambda: os.sched_setaffinity(parent, os.sched_getaffinity(0)))
tried("its priority")(lambda: prior(os.PRIO_PROCESS, parent))
def all_of_the_account():
    if os.getppid() == 0:
        raise PermissionError("there is nobody else")
    prior(os.PRIO_USER, 0)
tried("everybody's priority")(all_of_the_account)
""",
    ),
    looking(
        "the network",
        "connect over TCP; multipath TCP; fast open; a datagram; a name; IPv6; packets",
        """
address = ("127.0.0.1", @PORT@)
def connects(family=socket.AF_INET, kind=socket.SOCK_STREAM, protocol=0, to=address):
    with socket.socket(family, kind, protocol) as sock:
        sock.settimeout(5)
        sock.connect(to)
        if kind == socket.SOCK_DGRAM:
            sock.send(b"x")
            time.sleep(0.1)
            sock.send(b"x")
            sock.recv(1)
tried("connect over TCP")(connects)
tried("multipath TCP")(lambda: connects(protocol=262))
@tried("fast open")
def _():
    with socket.socket() as sock:
        return sock.sendto(b"x", 0x20000000, address)
tried("a datagram")(lambda: connects(kind=socket.SOCK_DGRAM))
tried("a name")(lambda: socket.getaddrinfo("example.org", 80))
tried("IPv6")(lambda: connects(socket.AF_INET6, to=("2001:db8::1", 80)))
tried("packets")(lambda: socket.socket(17, 3, 0))
""",
    ),
    looking(
        "the machine's own interfaces",
        "virtual machines; kernel crypto; new namespaces; a mount; the kernel's log; a program for"
        " the kernel; rings; performance counters; page faults; keys; a device; handles; memory"
        " in no process; shared segments; queues",
        """
x86 = os.uname().machine == "x86_64"
def raw(numbers, *arguments):
    called(libc.syscall(ctypes.c_long(numbers[not x86]), *map(ctypes.c_long, arguments)))
tried("virtual machines")(lambda: socket.socket(40, 1))
tried("kernel crypto")(lambda: socket.socket(38, 5))
tried("new namespaces")(lambda: called(libc.unshare(0x10000000)))
tried("a mount")(lambda: called(libc.mount(b"x", b"/tmp", b"tmpfs", 0, None)))
tried("the kernel's log")(lambda: called(libc.klogctl(10, None, 0)))
tried("a program for the kernel")(lambda: raw((321, 280), 0, 0, 0))
tried("rings")(lambda: raw((425, 425), 1, ctypes.addressof(ctypes.create_string_buffer(200))))
tried("performance counters")(lambda: raw((298, 241), 0, 0, -1, -1, 0))
tried("page faults")(lambda: raw((323, 282), 1))
tried("keys")(lambda: raw((250, 219), 0, -3, 0))
tried("a device")(lambda: os.mknod("device", 0o60666, os.makedev(8, 0)))
tried("handles")(lambda: raw((304, 265), -100, 0, 0))
tried("memory in no process")(lambda: os.memfd_create("x"))
tried("shared segments")(lambda: called(libc.shmget(0, 4096, 0o1600)))
tried("queues")(lambda: called(libc.msgget(0, 0o1600)))
""",
    ),
    looking(
        "terminals and devices",
        "a new terminal; the terminal; the log; the disk; settings of the system; the sysrq key",
        """
tried("a new terminal")(lambda: os.close(os.open("/dev/ptmx", os.O_RDWR)))
tried("the terminal")(lambda: open("/dev/tty", "w"))
tried("the log")(lambda: open("/dev/kmsg", "w"))
tried("the disk")(lambda: open("/dev/sda", "rb"))
tried("settings of the system")(lambda: open("/proc/sys/kernel/core_pattern", "r+"))
tried("the sysrq key")(lambda: open("/proc/sysrq-trigger", "w"))
""",
    ),
    looking(
        "what the judge puts there",
        "the inbox; lib; the scratch folder; a link in the inbox's place; a link in the work"
        " folder's place; a link among the sockets; a file among the sockets; the helpers",
        """
scratch = pathlib.Path.home().parent
def creates(folder):
    os.close(os.open(folder / "left_by_a_student", os.O_CREAT | os.O_WRONLY))
def swaps(name):
    os.rename(scratch / name, scratch / "tmp" / name)
    os.symlink("/", scratch / name)
tried("the inbox")(lambda: creates(scratch / "inbox"))
tried("lib")(lambda: creates(scratch / "lib"))
tried("the scratch folder")(lambda: creates(scratch))
tried("a link in the inbox's place")(lambda: swaps("inbox"))
tried("a link in the work folder's place")(lambda: swaps("work"))
tried("a link among the sockets")(lambda: os.symlink("/", scratch / "sockets" / "l"))
tried("a file among the sockets")(lambda: creates(scratch / "sockets"))
tried("the helpers")(lambda: creates(scratch / "lib" / "helpers"))
""",
    ),
    looking(
        "links, one large file, and the interpreter's parts",
        "the reference through a link; one large file; the kernelspec; the helpers; the folder of"
        " the grader; its root; its maps; the open files of its parent",
        """
parent = os.getppid() or 2**22 + 1
@tried("the reference through a link")
def _():
    os.symlink(REFERENCE, "soft")
    return open("soft").read(9)
@tried("one large file")
def _():
    try:
        with open("large", "wb") as stream:
            stream.truncate(2 * 2**30)
    finally:
        os.unlink("large")
spec = sys.prefix + "/share/jupyter/kernels/python3/kernel.json"
tried("the kernelspec")(lambda: os.close(os.open(spec, os.O_WRONLY | os.O_APPEND)))
tried("the helpers")(lambda: os.close(os.open(ROOT + "/helpers/__init__.py", os.O_WRONLY)))
tried("the folder of the grader")(lambda: os.listdir(f"/proc/{parent}/cwd"))
tried("its root")(lambda: os.listdir(f"/proc/{parent}/root"))
tried("its maps")(lambda: open(f"/proc/{parent}/maps").read(9))
@tried("the open files of its parent")
def _():  # their numbers may be in sight, not where they lead
    return [os.readlink(f"/proc/{parent}/fd/{fd}") for fd in (0, 1, 2)]
""",
    ),
    looking(
        "what others share",
        "the shared folder; a network; other processes; what runs on the machine",
        """
def only(found, known):
    if set(found) - set(known):
        return sorted(set(found) - set(known))
    raise PermissionError("nothing but its own")
tried("the shared folder")(lambda: only(os.listdir("/dev/shm"), []))
tried("a network")(lambda: only([name for _, name in socket.if_nameindex()], ["lo"]))
numbers = [name for name in os.listdir("/proc") if name.isdigit()]
tried("other processes")(lambda: only(numbers, [str(os.getpid())]))
tried("what runs on the machine")(lambda: only(
    [line.split()[-1] for line in open("/proc/net/unix") if "/" in line],
    [line.split()[-1] for line in open("/proc/net/unix") if "grader-scratch-" in line]))
""",
        level="full",
    ),
    looking(
        "modules of the judge",
        "import grader; import reference; find them loaded; find the course in an open file",
        """
def imports(name):
    return __import__(name).__name__
tried("import grader")(lambda: imports("grader"))
tried("import reference")(lambda: imports("reference"))
def found(values):
    if values:
        return values
    raise PermissionError("none")
tried("find them loaded")(lambda: found(
    [name for name in sys.modules if name.partition(".")[0] in ("grader", "reference")]))
def links():
    for fd in os.listdir("/proc/self/fd"):
        try:
            yield os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            pass
tried("find the course in an open file")(lambda: found([t for t in links() if t.startswith(ROOT)]))
""",
    ),
    looking(
        "the judge's texts, searched for in memory and in files",
        "in memory; in a file",
        """
import gc, hashlib
WANTED = set(@HASHES@)
def tells(text):
    return any(hashlib.sha256(line.strip().encode("utf-8", "replace")).hexdigest()[:16] in WANTED
               for line in text.splitlines() if 40 <= len(line.strip()) <= 120)
@tried("in memory")
def _():
    texts = {id(part): part for thing in gc.get_objects() for part in gc.get_referents(thing)
             if type(part) in (str, bytes) and len(part) >= 40}
    found = [text[:60] for text in texts.values()
             if tells(text if type(text) is str else text.decode("latin-1"))]
    if not found:
        raise PermissionError(f"none of {len(texts)}")
    return found
@tried("in a file")
def _():
    found, count = [], 0
    for top in (ROOT, pathlib.Path.home().parent):
        for folder, _, files in os.walk(top, followlinks=True):
            for file in files:
                try:
                    text = pathlib.Path(folder, file).read_bytes().decode("latin-1")
                except OSError:
                    continue
                count += 1
                found += [os.path.join(folder, file)] * tells(text)
    if not found:
        raise PermissionError(f"none of {count}")
    return found
""",
    ),
    looking(
        "programs that run as somebody else",
        "become root; keep a capability; a set-uid bit",
        """
@tried("become root")
def _():
    status = open("/proc/self/status").read()
    if "CapEff:\\t0000000000000000" in status and "NoNewPrivs:\\t1" in status:
        raise PermissionError("root or not, it has no power")
tried("keep a capability")(lambda: called(libc.prctl(24, 7, 0, 0, 0)))
@tried("a set-uid bit")
def _():
    open("program", "w").close()
    os.chmod("program", 0o4755)
    if not os.stat("program").st_mode & 0o4000:
        raise PermissionError("it stays as it is")
""",
    ),
]

# --- using things up ------------------------------------------------------------------------------

SLEEP = "def half(x):\n    import time\n    time.sleep(3600)\n"
GREEDY = [
    Attack(
        "memory without end",
        functions={
            "half": "def half(x):\n    held = []\n    while True:\n"
            "        held.append(b'x' * 10**8)\n"
        },
        stopped=1,
    ),
    Attack(
        "memory without end in many processes",
        functions={
            "half": """\
def half(x):
    import os, time
    for _ in range(8):
        if os.fork() == 0:
            held = b"x" * 200_000_000
            time.sleep(3600)
    time.sleep(3600)
"""
        },
        stopped=1,
    ),
    Attack(
        "memory that is mapped from nowhere",
        """\
import mmap
held = []
try:
    for _ in range(40):
        held.append(mmap.mmap(-1, 10**8))
        held[-1].write(b"x" * 10**8)
        held[-1].madvise(mmap.MADV_DONTNEED)
except (OSError, AttributeError):
    pass
del held
""",
    ),
    Attack(
        "processes without end",
        functions={
            "half": """\
def half(x):
    import os, time
    for _ in range(11):  # at most 2048, and not for ever, should nothing end them
        try:
            os.fork()
        except OSError:
            time.sleep(0.2)
    time.sleep(60)
"""
        },
        stopped=1,
    ),
    Attack(
        "threads without end",
        functions={
            "half": """\
def half(x):
    import threading, time
    while True:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
"""
        },
        stopped=1,
    ),
    Attack(
        "a full disk",
        """\
import os
try:
    for number in range(40):
        with open(f"/dev/shm/{number}" if number % 2 else str(number), "wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, 10**8)
except OSError:
    pass
""",
        level="full",
    ),
    Attack(
        "files without end",
        """\
import os
os.mkdir("many")
try:
    for number in range(30_000):
        os.mkdir(f"many/{number}")
except OSError:
    pass
""",
    ),
    Attack(
        "folders in folders",
        """\
import os
here = os.getcwd()
for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
fd = os.open(here, os.O_RDONLY)
os.fchdir(fd)
os.close(fd)
""",
    ),
    Attack(
        "sockets without end",
        functions={
            "half": """\
def half(x):
    import os, socket, time
    folder = os.path.dirname(os.environ["HOME"]) + "/sockets/"
    for number in range(1000):
        socket.socket(socket.AF_UNIX).bind(folder + str(number))
    time.sleep(3600)
"""
        },
        stopped=1,
    ),
    Attack(
        "open files without end",
        """\
import os
files = []
try:
    while True:
        files.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    for fd in files:
        os.close(fd)
""",
    ),
    Attack(
        "output without end",
        'for _ in range(400):\n    print("x" * 100_000)\n',
    ),
    Attack(
        "large messages without end",
        functions={
            "half": """\
def half(x):
    k = get_ipython().kernel
    for _ in range(200):
        k.session.send(k.iopub_socket, "stream", {"name": "stdout", "text": "x" * 20_000_000},
                       parent=k.get_parent())
    return 0.0
"""
        },
        stopped=1,
    ),
    Attack(
        "small messages without end, in many parts",
        functions={
            "half": """\
def half(x):
    send = get_ipython().kernel.iopub_socket.send_multipart
    for _ in range(300):
        send([b"x"] * 10_000)
    return 0.0
"""
        },
        stopped=1,
    ),
    Attack(
        "pipes that are filled",
        """\
import fcntl, os
held = []
try:
    for _ in range(1500):
        held.append(os.pipe())
        os.set_blocking(held[-1][1], False)
        try:
            fcntl.fcntl(held[-1][1], 1031, 2**20)  # F_SETPIPE_SZ
        except OSError:
            pass
        try:
            os.write(held[-1][1], bytes(2**20))
        except BlockingIOError:
            pass
except OSError:
    pass
for pair in held:
    for fd in pair:
        os.close(fd)
""",
    ),
    Attack(
        "an endless sleep in the judge's call",
        functions={"half": SLEEP},
        stopped=1,
    ),
    Attack(
        "a stopped process",
        functions={
            "half": "def half(x):\n    import os, time\n    os.kill(os.getpid(), 19)\n"
            "    time.sleep(3600)\n"
        },
        stopped=2,
    ),
    Attack(
        "a crash of the interpreter",
        functions={"half": "def half(x):\n    import ctypes\n    ctypes.string_at(0)\n"},
    ),
    Attack(
        "recursion without end",
        functions={
            "half": "def half(x):\n    import sys\n    sys.setrecursionlimit(10**9)\n"
            "    return half(x)\n"
        },
    ),
    Attack(
        "a huge number",
        functions={"half": "def half(x):\n    return 10**100_000\n"},
    ),
]
