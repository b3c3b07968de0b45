"""How far the reader of a notebook is: which checks pass, fail, or wait for a function.

``begin`` makes Jupyter answer in a line or two where a visible check passes or fails, and where
something is not written yet; "Run all" then goes on. Where nbgrader runs the notebook, errors stay
errors.
"""

import ast
import re
import traceback
from types import TracebackType
from typing import Any

from IPython import get_ipython

from helpers.grading import is_graded

CHECK = re.compile(r"# Check of (?P<name>\w+) \((?P<points>[\d.]+) points?\)\.")
STUB = "not written yet"  # how the error begins of a function, or a check, without an answer
PASSES, FAILS, UNWRITTEN, NOT_RUN = "passes", "fails", "not written yet", "not run yet"
MARKS = {PASSES: "✓", FAILS: "✗", UNWRITTEN: "…", NOT_RUN: " "}
CAUGHT = (AssertionError, NotImplementedError, NameError)

states: dict[str, str] = {}  # of each exercise whose check was run, the last time
_waiting: set[str] = set()  # names that cells would have defined if all was written
_begun: list[Any] = []  # the shell in which errors are shortened
_running = [""]  # the code of the cell that runs


def begin() -> None:
    """Shorten what this notebook's checks say, from now on; nothing where nbgrader runs it."""
    shell = get_ipython()
    if is_graded() or shell is None or shell in _begun:
        return
    _begun.append(shell)
    shell.set_custom_exc(CAUGHT, _show_error)
    shell.events.register("pre_run_cell", _before_cell)
    shell.events.register("post_run_cell", _after_cell)


def show(exercises: str, texts: float = 0) -> None:
    """Print each exercise with its state, and the points so far.

    exercises: "name points, name points, …", in the notebook's order;
    texts: the points of the answers that a person grades.
    """
    listed = [entry.split() for entry in exercises.replace("\n", " ").split(",")]
    points = {name: float(most) for name, most in (entry for entry in listed if entry)}
    width = max(map(len, points), default=0)
    for name, most in points.items():
        state = states.get(name, NOT_RUN)
        print(f"{MARKS[state]} {name:{width}}  {most:4g}  {state}")
    reached = sum(most for name, most in points.items() if states.get(name) == PASSES)
    print(f"\n{reached:g} of {sum(points.values()):g} points pass their checks.", end=" ")
    print("Grading uses further inputs.", end=" " if texts else "\n")
    if texts:
        print(f"A person grades your texts, for another {texts:g} points.")


def _name(source: str) -> str:
    """The exercise that a visible check is about; empty for any other cell."""
    found = CHECK.match(source)
    return found["name"] if found else ""


def _is_unwritten(error: BaseException) -> bool:
    """Whether an error only says that something is not written, here or further up."""
    if isinstance(error, NotImplementedError | AssertionError):
        return str(error).lower().startswith(STUB)
    return isinstance(error, NameError) and getattr(error, "name", None) in _waiting


def _before_cell(info: Any) -> None:
    _running[0] = info.raw_cell


def _after_cell(result: Any) -> None:
    """Say that a check passes; go on after one that does not, and after what is not written."""
    source = result.info.raw_cell if result.info else ""
    name, error = _name(source), result.error_in_exec
    if error is None:
        _waiting.difference_update(_defined(source))
        if name and result.error_before_exec is None:
            states[name] = PASSES
            print(f"✓ {name} passes this check.")
        return
    unwritten = _is_unwritten(error)
    if unwritten:
        _waiting.update(_defined(source))
    if name:
        states[name] = UNWRITTEN if unwritten or _misses(error, name) else FAILS
    if unwritten or (name and isinstance(error, Exception)):
        result.error_in_exec = None


def _misses(error: BaseException, name: str) -> bool:
    return isinstance(error, NameError) and getattr(error, "name", None) == name


def _defined(source: str) -> set[str]:
    """The names to which a cell gives a value at its top level."""
    try:
        nodes = ast.walk(ast.parse(source))
    except SyntaxError:
        return set()
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _show_error(
    shell: Any, kind: type, error: BaseException, tb: TracebackType, tb_offset: int | None = None
) -> None:
    """IPython's handler for `CAUGHT`: two lines for what a check says, else the usual."""
    frames = list(traceback.walk_tb(tb))
    last = frames[-1][0] if frames else None
    in_cell = last is not None and last.f_globals is shell.user_ns
    name = _name(_running[0])
    if name and _misses(error, name):
        print(f"… {name} is not written yet.")
    elif _is_unwritten(error):
        named = last.f_code.co_name if last and isinstance(error, NotImplementedError) else ""
        what = getattr(error, "name", None) or ("" if named.startswith("<") else named)
        print(f"… {what or name or 'This'} is not written yet.")
    elif name and isinstance(error, AssertionError) and in_cell:
        line = traceback.extract_tb(tb)[-1].line or ""
        said = " ".join(str(error).split()) or line
        print(f"✗ {name} does not pass this check yet:\n  {said}")
    else:
        shell.showtraceback((kind, error, tb), tb_offset=tb_offset)
