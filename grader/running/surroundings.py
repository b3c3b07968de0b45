"""What makes the student's process fit for grading: its shell, its ways to end, its settings.

The source of this file is sent as text into the student's process (see `agent`), before any code
of the student's, so it imports nothing of ours. The code next to it may undo all of this. That is
harmless: nothing that the judge decides hangs on it.
"""

import ast
import builtins
import os
import random
import sys
import warnings
from contextlib import suppress

import numpy as np

NO_SHELL = "Shell commands do not run in grading. Passed over: {}"
NO_EXIT = "exit() and quit() end nothing in grading."
LINE_MAGICS = ("pip", "conda", "mamba", "micromamba", "uv", "system", "sx")
CELL_MAGICS = ("bash", "sh", "script", "system", "sx", "perl", "ruby", "pypy", "python2", "cmd")
RUNNING_MAGICS = ("time", "timeit", "capture", "prun")  # they run the cell that they stand above


def no_shell(command="", *more, **options):
    """In the place of whatever runs a shell command."""
    print(NO_SHELL.format(str(command).strip()))


def no_output(command="", *more, **options):
    """The same where the command's lines of output are expected."""
    no_shell(command)
    return []


def no_exit(*code, **options):
    """In the place of exit and quit."""
    print(NO_EXIT)


def settle_in():
    """Prepare a process that has an IPython shell, or none."""
    builtins.exit = builtins.quit = no_exit
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        return
    shell.system = shell.system_piped = shell.system_raw = no_shell
    shell.getoutput = no_output
    shell.ask_exit = no_exit
    for name in LINE_MAGICS:
        shell.register_magic_function(_instead_of(name), "line", name)
    for name in CELL_MAGICS:
        shell.register_magic_function(_instead_of(name), "cell", name)


def _instead_of(name):
    def magic(line, cell=""):
        no_shell(f"{'%%' if cell else '%'}{name} {line}")

    return magic


class PlainShell:
    """What `get_ipython()` is in a plain module that was exported from a notebook.

    namespace: the module's names.
    """

    def __init__(self, namespace):
        self._namespace = namespace
        self.system, self.getoutput = no_shell, no_output

    def run_line_magic(self, name, line="", *more, **options):
        if name in LINE_MAGICS:
            no_shell(f"%{name} {line}")

    def run_cell_magic(self, name, line="", cell=""):
        if name in RUNNING_MAGICS:
            exec(cell, self._namespace)
        elif name in CELL_MAGICS:
            no_shell(f"%%{name} {line}")

    def magic(self, text=""):
        self.run_line_magic(*text.partition(" ")[::2])

    def __getattr__(self, name):  # whatever else a notebook's shell can do
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **options: None


# --- names that the sheet gives -------------------------------------------------------------------


def fill_in(source, namespace):
    """Give a namespace what a piece of the sheet's own code binds and the namespace lacks.

    Each statement counts by itself: one that fails takes nothing with it.
    """
    found = dict(namespace)
    for statement in ast.parse(source).body:
        with suppress(Exception):
            exec(compile(ast.Module([statement], []), "<sheet>", "exec"), found)
    for name, value in found.items():
        namespace.setdefault(name, value)


# --- what code sets for its whole process ---------------------------------------------------------

DEFAULT_ERRORS = np.geterr()
DEFAULT_FILTERS = tuple(warnings.filters)
_remembered = []


def begin_item():
    """Before an item is judged: keep what the notebook set for its process, and set it back.

    Set back is what would judge the setting in the function's place: warnings and errors of
    floating-point numbers, the default number type, gradients, eager mode. Random numbers, the
    current directory and all else stay as the notebook has them.
    """
    end_item()
    keepers = (_numpy, _python, _torch, _tensorflow, _matplotlib)
    for keep in keepers:
        with suppress(Exception):
            _remembered.append(keep())
    for set_back in (_default_numpy, _default_warnings, _default_torch, _default_tensorflow):
        with suppress(Exception):
            set_back()


def end_item():
    """After an item: all is again what the notebook set, whatever the judged calls did."""
    while _remembered:
        with suppress(Exception):
            _remembered.pop()()


def _numpy():
    errors, call = np.geterr(), np.geterrcall()
    options, numbers = np.get_printoptions(), np.random.get_state()

    def again():
        np.seterr(**errors)
        np.seterrcall(call)
        np.set_printoptions(**options)
        np.random.set_state(numbers)

    return again


def _python():
    filters, numbers = list(warnings.filters), random.getstate()
    limit, folder = sys.getrecursionlimit(), os.getcwd()

    def again():
        _set_filters(filters)
        random.setstate(numbers)
        sys.setrecursionlimit(limit)
        os.chdir(folder)

    return again


def _set_filters(filters):
    warnings.filters[:] = filters
    with warnings.catch_warnings():  # which tells Python that the filters are others now
        pass


def _torch():
    torch = sys.modules.get("torch")
    if torch is None:
        return _nothing
    dtype, device = torch.get_default_dtype(), _device(torch)
    gradients, numbers = torch.is_grad_enabled(), torch.get_rng_state()

    def again():
        torch.set_default_dtype(dtype)
        torch.set_default_device(device)
        torch.set_grad_enabled(gradients)
        torch.set_rng_state(numbers)

    return again


def _device(torch):
    """The default device; None for the processor, where naming it would slow every call down."""
    device = torch.get_default_device()
    return None if device.type == "cpu" else device


def _tensorflow():
    tf = sys.modules.get("tensorflow")
    if tf is None:
        return _nothing
    config, eager = tf.keras.config, tf.config.functions_run_eagerly()
    kind, policy = config.floatx(), config.dtype_policy()

    def again():
        config.set_floatx(kind)
        config.set_dtype_policy(policy)
        tf.config.run_functions_eagerly(eager)

    return again


def _matplotlib():
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is None:
        return _nothing
    settings = dict.copy(matplotlib.rcParams)
    pyplot = sys.modules.get("matplotlib.pyplot")
    figures = set(pyplot.get_fignums()) if pyplot else set()

    def again():
        dict.update(matplotlib.rcParams, settings)
        drawing = sys.modules.get("matplotlib.pyplot")
        for number in set(drawing.get_fignums() if drawing else ()) - figures:
            drawing.close(number)

    return again


def _nothing():
    pass


def _default_numpy():
    np.seterr(**DEFAULT_ERRORS)
    np.seterrcall(None)


def _default_warnings():
    """Without the rules for all warnings of a kind that were added since the process started.

    Rules for one message or module are those of packages.
    """
    kept = [f for f in warnings.filters if f in DEFAULT_FILTERS or f[1] or f[3]]
    kept += [f for f in DEFAULT_FILTERS if f not in kept]
    _set_filters(kept)


def _default_torch():
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
        torch.set_grad_enabled(True)


def _default_tensorflow():
    tf = sys.modules.get("tensorflow")
    if tf is not None:
        tf.keras.config.set_floatx("float32")
        tf.keras.config.set_dtype_policy("float32")
        tf.config.run_functions_eagerly(False)
