"""What runs beside the student's code: it calls a function and reports what came out.

The source of this file is sent as text into the student's process (a notebook kernel, or the
process in which `check` loads a module), so it imports nothing of ours. Everything it reports may
have been tampered with by the code next to it; that does no harm, because a reply holds plain
values only and every decision is taken on the judge's side.

Values cross the border as a tree of JSON nodes. An array is its dtype, its shape and its raw
bytes in base64: nothing is ever unpickled or evaluated, and a size is known before it is believed.
"""

import base64
import builtins
import contextlib
import difflib
import dis
import functools
import io
import json
import linecache
import math
import socket
import traceback
import types
import warnings

import numpy as np

MAX_BYTES = 32_000_000
MAX_LEAVES = 20_000
MAX_DEPTH = 12
MAX_TEXT = 20_000
MAX_PRINTED = 10_000_000
NUMERIC_KINDS = "biufc"


class Unsendable(Exception):
    """A value that cannot cross the border; the message says why."""


class PrintedTooMuch(BaseException):
    """Raised out of `print`; a BaseException, so that `except Exception` does not swallow it."""


# --- values to nodes and back --------------------------------------------------------------


def encode(value, room=None, depth=0):
    """Describe a value as a JSON node; raise Unsendable for what is not plain data."""
    room = room if room is not None else {"bytes": MAX_BYTES, "leaves": MAX_LEAVES}
    room["leaves"] -= 1
    if room["leaves"] < 0 or depth > MAX_DEPTH:
        raise Unsendable("has too many parts")
    if value is None:
        return {"t": "none"}
    if isinstance(value, bool):
        return {"t": "bool", "v": bool(value)}
    if isinstance(value, int) and not isinstance(value, np.generic):
        number = int(value)
        return {"t": "int", "v": number} if abs(number) < 2**63 else _float_node(number)
    if isinstance(value, float) and not isinstance(value, np.generic):
        return _float_node(value)
    if isinstance(value, str):
        return _text_node(str(value))
    if isinstance(value, (list, tuple)):
        items = [encode(item, room, depth + 1) for item in value]
        return {"t": "tuple" if isinstance(value, tuple) else "list", "v": items}
    if isinstance(value, dict):
        pairs = [[str(key)[:200], encode(item, room, depth + 1)] for key, item in value.items()]
        return {"t": "dict", "v": pairs}
    if hasattr(value, "__float__") and not hasattr(value, "__array__"):
        return _float_node(value)  # Fraction, Decimal, mpmath and sympy numbers
    return _array_node(value, room)


def _text_node(text):
    if len(text) > MAX_TEXT:  # cut off, it would be judged for what it is not
        raise Unsendable(f"is a text of {len(text):,} characters; at most {MAX_TEXT:,} are read")
    return {"t": "str", "v": text}


def _float_node(number):
    try:
        number = float(number)
    except OverflowError:
        number = math.inf if number > 0 else -math.inf
    except (TypeError, ValueError):
        raise Unsendable(f"is of type {type(number).__name__}") from None
    return {"t": "float", "v": number.hex()}


def _array_node(value, room):
    kind, array = _as_numpy(value)
    if array.dtype.kind not in NUMERIC_KINDS:
        raise Unsendable(f"is an array of dtype {array.dtype}, not of numbers")
    if array.nbytes > room["bytes"]:
        raise Unsendable(f"is too large ({array.nbytes:,} bytes)")
    room["bytes"] -= array.nbytes
    if array.dtype.kind in "fc" and array.dtype.itemsize > 16 or array.dtype.name == "longdouble":
        array = array.astype(np.float64)
    little = array.astype(array.dtype.newbyteorder("<"), copy=False)
    data = base64.b64encode(little.tobytes()).decode("ascii")
    shape = list(little.shape)
    return {"t": "array", "kind": kind, "dtype": little.dtype.str, "shape": shape, "data": data}


def _as_numpy(value):
    """The framework a value belongs to, and the value as a NumPy array."""
    module = type(value).__module__.partition(".")[0]
    if isinstance(value, (np.ndarray, np.generic, complex)):
        return "numpy", np.asarray(value)
    if module == "torch" and hasattr(value, "detach"):
        tensor = value.detach().cpu()
        if str(tensor.dtype) in ("torch.bfloat16", "torch.float16"):
            tensor = tensor.float()
        return "torch", tensor.resolve_conj().resolve_neg().numpy()
    if module in ("tensorflow", "keras") and hasattr(value, "numpy"):
        array = np.asarray(value.numpy())
        return "tensorflow", array.astype(np.float32) if array.dtype.name == "bfloat16" else array
    if hasattr(value, "__array__"):
        try:
            return type(value).__name__, np.asarray(value)
        except NotImplementedError:
            words = "is a symbolic tensor, which has no value outside the function it was traced in"
            raise Unsendable(words) from None
    raise Unsendable(f"is of type {type(value).__name__}")


def decode(node):
    """The value a node describes. Raises ValueError for a node that is not well formed."""
    tag, content = node["t"], node.get("v")
    if tag == "none":
        return None
    if tag == "bool":
        return bool(content)
    if tag == "int":
        return int(content)
    if tag == "float":
        return float.fromhex(content)
    if tag == "str":
        return _decode_text(str(content))
    if tag == "list":
        return [decode(item) for item in content]
    if tag == "tuple":
        return tuple(decode(item) for item in content)
    if tag == "dict":
        return {key: decode(item) for key, item in content}
    if tag == "array":
        return _decode_array(node)
    raise ValueError(f"unknown node {tag!r}")


def _decode_text(text):
    """A text that can be written to a file, whatever it was made of."""
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text of {len(text):,} characters")
    return text.encode("utf-8", "replace").decode("utf-8")


def _decode_array(node):
    dtype = np.dtype(str(node["dtype"]))
    shape = tuple(int(n) for n in node["shape"])
    if dtype.kind not in NUMERIC_KINDS or any(n < 0 for n in shape) or len(shape) > 32:
        raise ValueError(f"not an array of numbers: {dtype}, {shape}")
    data = base64.b64decode(node["data"], validate=True)
    if len(data) > MAX_BYTES or len(data) != dtype.itemsize * math.prod(shape):
        raise ValueError("the array's bytes do not fit its shape")
    array = np.frombuffer(data, dtype).reshape(shape).copy()
    if node["kind"] == "torch":
        import torch

        return torch.from_numpy(array)
    if node["kind"] == "tensorflow":
        import tensorflow as tf

        return tf.constant(array)
    return array


# --- calling ---------------------------------------------------------------------------------


MISSING = object()
FUNCTION_OR_CLASS = (types.FunctionType, type)
LIBRARIES = {"functools", "numpy", "scipy", "torch", "tensorflow", "keras"}
GIVEN = {"helpers", "derivations"}
RAISE = dis.opmap["RAISE_VARARGS"]


def _is_given(value):
    """Whether it is a function of the course's helpers, which no answer is mistaken for."""
    return str(getattr(value, "__module__", "")).partition(".")[0] == "helpers"


class Functions(dict):
    """The names a probe may use; a missing one raises LookupError with the nearest name."""

    def __init__(self, namespace):
        super().__init__()
        self.namespace = namespace
        self._taken = []  # what was looked up
        self._stand_ins = {}  # what is in place now, by the student's name
        self._before = []  # what it replaced: (globals, name, value)

    def __getitem__(self, name):
        if name not in self.namespace:
            raise LookupError(self._missing(name))
        value = self.namespace[name]
        self._taken.append(value)
        self._put_everywhere(value)
        return value

    def _missing(self, name):
        known = [
            key
            for key, value in self.namespace.items()
            if isinstance(key, str) and key[0] != "_" and not _is_given(value)
        ]
        near = difflib.get_close_matches(name, known, 1, 0.75)
        return f"There is no {name}." + (f" Did you mean {near[0]}?" if near else "")

    @contextlib.contextmanager
    def instead(self, stand_ins):
        """Let functions find stand-ins under some of their global names, {name: stand-in}.

        Inside of it, what tf.function compiled is the Python function that it was made of: a graph
        traced before would not see the stand-ins, and one traced now would keep them. So look up
        the functions to call inside, and those to be replaced before.
        """
        outer, before = self._stand_ins, self._before
        self._stand_ins, self._before = {**outer, **stand_ins}, []
        try:
            self._put_everywhere(*self._taken)
            yield
        finally:
            for world, name, value in reversed(self._before):
                if value is MISSING:
                    world.pop(name, None)
                else:
                    world[name] = value
            self._stand_ins, self._before = outer, before
            self._put_everywhere(*self._taken)

    def _put_everywhere(self, *values):
        """Put the stand-ins into the student's globals, and into those that the values use.

        They are the same for a student. An implementation from the course's banks has those of
        its own module; what is not in there already, it does not use.
        """
        if not self._stand_ins:
            return
        for name, stand_in in self._stand_ins.items():
            self._put(self.namespace, name, stand_in)
        for world in [self.namespace, *globals_of(values)]:
            for name, value in list(world.items()):
                self._put(world, name, self._stand_ins.get(name, _not_compiled(value)))

    def _put(self, world, name, value):
        before = world.get(name, MISSING)
        if before is not value:
            self._before.append((world, name, before))
            world[name] = value


def globals_of(values):
    """The global namespaces of functions, of what they wrap, and of the methods of classes."""
    waiting, seen, found = list(values), set(), {}
    for value in waiting:  # grows on the way
        if id(value) not in seen and not _is_of_a_library(value):
            seen.add(id(value))
            if isinstance(value, types.FunctionType):
                found[id(value.__globals__)] = value.__globals__
            waiting += _inside(value)
    return list(found.values())


def _is_of_a_library(value):
    """Whether a function or class is Python's or a library's, and not a student's."""
    if not isinstance(value, FUNCTION_OR_CLASS):
        return False
    home = str(value.__module__)
    if home == "builtins":  # what was executed without a module's name says so too
        return vars(builtins).get(value.__name__) is value
    return home.partition(".")[0] in LIBRARIES


def _inside(value):
    """The functions and classes that a function, class or callable object is made of."""
    if isinstance(value, types.FunctionType):
        return [vars(value).get("__wrapped__"), *_closed_over(value)]
    if isinstance(value, type):
        return [*value.__bases__, *vars(value).values()]
    if isinstance(value, (types.MethodType, staticmethod, classmethod)):
        return [value.__func__]
    if isinstance(value, property):
        return [value.fget]
    if isinstance(value, functools.partial):
        return [value.func]
    if _not_compiled(value) is not value:
        return [_not_compiled(value)]
    return [type(value)] if callable(value) else []


def _closed_over(function):
    """What a function, such as a decorator's result, holds in its closure."""
    for cell in function.__closure__ or ():
        with contextlib.suppress(ValueError):  # a cell that is still empty
            yield cell.cell_contents


def _not_compiled(value):
    """The Python function behind a tf.function; any other value as it is."""
    kind = type(value)
    compiled = str(kind.__module__).startswith("tensorflow.") and hasattr(kind, "python_function")
    return value.python_function if compiled else value


class Sink(io.TextIOBase):
    """Swallows what is printed, and stops whoever prints without end."""

    def __init__(self):
        self.printed = 0

    def writable(self):
        return True

    def write(self, text):
        self.printed += len(text)
        if self.printed > MAX_PRINTED:
            raise PrintedTooMuch
        return len(text)


def call(request, namespace):
    """Call the target of a request in a namespace and describe what happened.

    request: {"target": name} or {"target": name of a probe, "probe": its source}, "args": nodes;
    {"instead": {name: name of a stand-in}, "stand_ins": their source} where there are some. A
    source is that of one function, or of a whole module; it is executed again for each call, so
    that what a probe keeps in its module lasts for one call.
    Returns {"status": "ok", "value": node} or {"status": "error", ...}, with "changed" (indices of
    the arguments that are no longer what they were), "warnings" and "printed".
    """
    sink, caught, reply = Sink(), [], None
    args = [decode(node) for node in request["args"]]
    try:
        with _all_printed_into(sink), warnings.catch_warnings(record=True) as caught:
            reply = {"status": "ok", "value": encode(_result(request, args, namespace))}
    except KeyboardInterrupt:
        raise  # how a time limit arrives
    except PrintedTooMuch:
        reply = {"status": "printed"}
    except Unsendable as reason:
        reply = {"status": "unsendable", "message": str(reason)}
    except BaseException as error:
        reply = _describe(error)
    reply["changed"] = [i for i, arg in enumerate(args) if _changed(arg, request["args"][i])]
    reply["warnings"] = [f"{w.category.__name__}: {w.message}"[:300] for w in caught[:5]]
    reply["printed"] = sink.printed
    return reply


@contextlib.contextmanager
def _all_printed_into(sink):
    with contextlib.redirect_stdout(sink), contextlib.redirect_stderr(sink):
        yield


def _result(request, args, namespace):
    """What the target of a request returns, with the stand-ins in their places."""
    functions, module = Functions(namespace), functools.cache(_module)
    names = request.get("instead", {})
    stand_ins = {name: module(request["stand_ins"])[known] for name, known in names.items()}
    with functions.instead(stand_ins):
        if "probe" not in request:
            return functions[request["target"]](*args)
        return module(request["probe"])[request["target"]](functions, *args)


def _module(source):
    """The namespace of a module of probes, just executed."""
    namespace = {"__name__": "probe"}
    exec(_compiled(source), namespace)
    return namespace


@functools.cache
def _compiled(source):
    return compile(source, "<agent>", "exec")


def _changed(arg, node):
    try:
        return encode(arg) != node
    except Unsendable:
        return True


def _describe(error):
    """An exception as data: its class and bases, its words, and the student's line it came from."""
    try:
        words = str(error)
    except Exception:
        words = ""
    bases = [cls.__name__ for cls in type(error).__mro__]
    described = {"status": "error", "bases": bases, "message": words[:500]}
    return described | {"where": _where(error), "own": _is_own(error)}


def _is_own(error):
    """Whether a raise or an assert raised it that is neither a library's nor the course's."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return False
    code, home = trace.tb_frame.f_code.co_code, str(trace.tb_frame.f_globals.get("__name__", ""))
    given = LIBRARIES | GIVEN | {"probe"}
    return code[trace.tb_lasti] == RAISE and home.partition(".")[0] not in given


def _where(error):
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if f.filename in STUDENT_FILES or "ipykernel_" in f.filename]
    if not ours:
        return ""
    line = (ours[-1].line or linecache.getline(ours[-1].filename, ours[-1].lineno or 0)).strip()
    return f"line {ours[-1].lineno} in {ours[-1].name}: {line}"[:300]


# --- loading a plain module, and the conversation with the judge --------------------------------

STUDENT_FILES: set[str] = set()


def run(request, namespace):
    """Execute one top-level piece of a plain module: {"source", "file", "first_line", "future"}.

    "future" holds the module's `from __future__` lines, which count for every piece.
    """
    file, before = request["file"], request["first_line"] - 1
    STUDENT_FILES.add(file)
    future = request["future"].replace("\n", ";") if before else ""
    padded = future + "\n" * before + request["source"]
    seen = linecache.cache.get(file, (0, None, [], file))[2]
    lines = padded.splitlines(keepends=True)
    linecache.cache[file] = (1, None, seen[:before] + lines[len(seen[:before]) :], file)
    try:
        with _all_printed_into(Discard()):
            exec(compile(padded, file, "exec"), namespace)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _describe(error)
    return {"status": "ok"}


class Discard(Sink):
    """Printing while a module loads belongs to no item: it is dropped, however much it is."""

    def write(self, text):
        return len(text)


def converse(text, namespace):
    """Answer one request given as JSON text; the reply is JSON text too."""
    request = json.loads(text)
    reply = (call if "target" in request else run)(request, namespace)
    return json.dumps({"id": request["id"], **reply})


def serve_forever(stream_in, stream_out, namespace):
    """The same while there are requests: one request a line, one reply a line."""
    for line in stream_in:
        stream_out.write(converse(line, namespace) + "\n")
        stream_out.flush()


_listening: socket.socket  # where a notebook's kernel takes requests


def listen(path):
    """Take requests from now on, through a socket that is made at the path."""
    global _listening
    _listening = socket.socket(socket.AF_UNIX)
    _listening.bind(path)
    _listening.listen(1)


def serve_one(namespace):
    """Answer the requests of one connection, until it is closed."""
    connection, _ = _listening.accept()
    with connection, connection.makefile("rw", encoding="ascii") as stream:
        stream.write("ready\n")
        stream.flush()
        serve_forever(stream, stream, namespace)
