"""Judging one item: run its check against a session, line by line, and add up the points."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import Enum, auto
from functools import cache
from pathlib import Path
from typing import Any

from threadpoolctl import ThreadpoolController

from grader.course import banks, outline
from grader.errors import MachineTrouble, unknown
from grader.judging.diagnosis import name_mistakes
from grader.judging.inputs import Draw
from grader.judging.kinds import name_kinds
from grader.judging.local import Local
from grader.judging.report import Line, Report, score
from grader.judging.student import CheckEnded, Student
from grader.running.session import Session

_WITH_THREADS = ("numpy", "scipy", "sklearn", "torch", "tensorflow")
CHECK_FAILED = "The check itself failed. This is not your fault; your instructor has been told."


class Depth(Enum):
    """How far an item is judged. The audit does not need every line of a wrong answer."""

    VERDICT = auto()  # whether it has all its points: up to the first line that fails
    SCORE = auto()  # how many points: up to the first core line that fails, which leaves none
    REPORT = auto()  # every line, and the known mistakes behind those that fail

    def ends_after(self, line: Line) -> bool:
        """Whether the lines after this one change nothing."""
        if line.passed or self is Depth.REPORT:
            return False
        return line.core or (self is Depth.VERDICT and line.share > 0)


def judge_item(
    session: Session,
    sheet: str,
    item: outline.Item,
    seed: int,
    depth: Depth = Depth.REPORT,
    local: Local | None = None,
) -> Report:
    """Judge one item of a sheet against the student's code in a session.

    local: what holds the reference implementations and the known mistakes, if not this process.
    """
    bank = banks.bank(sheet)
    check = getattr(bank.checks, item.name, None)
    if check is None:
        problem = f"reference/{sheet}/checks.py has no check named {item.name}."
        raise unknown(problem, item.name, banks.checks_in(bank.checks), "It has")
    local = local or Local(bank, item)
    student = Student(session, local, bank, depth is Depth.REPORT)
    lines: list[Line] = []
    stopped, trouble = False, ""
    try:
        with _one_thread(), _quiet_tensorflow():
            for line in check(student, Draw(seed)):
                lines.append(line)
                if depth.ends_after(line):
                    break
        lines += student.closing_lines()
    except CheckEnded as end:
        lines.append(end.line)
        stopped = end.stopped
    except MachineTrouble:
        raise
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}{_where(error)}"
        lines.append(Line("can be judged", False, core=True, message=CHECK_FAILED))
    named = name_kinds(name_mistakes(lines, student, bank, item.name), student)
    _forget_kernels()
    return Report(item.name, item.points, score(lines, item.points), named, stopped, trouble)


def _where(error: Exception) -> str:
    """The last line of the banks that an error came through, in words; empty if there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "reference" in Path(frame.filename).parts]
    return f" ({Path(ours[-1].filename).name}, line {ours[-1].lineno})" if ours else ""


def _one_thread() -> AbstractContextManager[Any]:
    """Small problems are slower with more threads."""
    loaded = frozenset(name for name in _WITH_THREADS if name in sys.modules)
    return _libraries(loaded).limit(limits=1, user_api="blas")


@cache
def _libraries(loaded: frozenset[str]) -> ThreadpoolController:
    """The libraries with threads of their own; to find them among all that is loaded takes long.

    loaded: the packages that bring some along and are imported.
    """
    return ThreadpoolController()


def _forget_kernels() -> None:
    """TensorFlow keeps something of every variable that ever was; this gives it back.

    A process that judges many submissions would grow by several megabytes with each.
    """
    context = sys.modules.get("tensorflow.python.eager.context")
    if context is not None:
        context.context().clear_kernel_cache()


@contextmanager
def _quiet_tensorflow() -> Iterator[None]:
    """TensorFlow warns where a check traces many functions, and nbgrader takes for a failure what
    arrives on standard error.
    """
    log = logging.getLogger("tensorflow")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)
