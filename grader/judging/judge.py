"""Judging one item: run its check against a session, line by line, and add up the points."""

import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from threadpoolctl import threadpool_limits

from grader.course import banks, outline
from grader.errors import MachineTrouble, unknown
from grader.judging.diagnosis import name_mistakes
from grader.judging.inputs import Draw
from grader.judging.report import Line, Report, score
from grader.judging.student import CheckEnded, Student
from grader.running.session import InProcess, Session

CHECK_FAILED = "The check itself failed. This is not your fault; your instructor has been told."


def judge_item(
    session: Session,
    sheet: str,
    item: outline.Item,
    seed: int,
    thorough: bool = True,
    reference: Session | None = None,
) -> Report:
    """Judge one item of a sheet against the student's code in a session.

    thorough: go on after the first line that fails, and look for the known mistake behind it. The
    audit needs neither to know that an implementation is refused.
    reference: what holds the reference implementations, if not this process.
    """
    bank = banks.bank(sheet)
    check = getattr(bank.checks, item.name, None)
    if check is None:
        problem = f"reference/{sheet}/checks.py has no check named {item.name}."
        raise unknown(problem, item.name, banks.checks_in(bank.checks), "It has")
    reference = reference or InProcess(vars(bank.reference))
    student = Student(session, reference, bank, item, thorough)
    lines: list[Line] = []
    stopped, trouble = False, ""
    try:
        with threadpool_limits(1, "blas"), _quiet_tensorflow():  # small problems need no threads
            for line in check(student, Draw(seed)):
                lines.append(line)
                if not (line.passed or thorough):
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
    named = tuple(name_mistakes(lines, student.rules_out, bank, item.name))
    _forget_kernels()
    return Report(item.name, item.points, score(lines, item.points), named, stopped, trouble)


def _where(error: Exception) -> str:
    """The last line of the banks that an error came through, in words; empty if there is none."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "reference" in Path(frame.filename).parts]
    return f" ({Path(ours[-1].filename).name}, line {ours[-1].lineno})" if ours else ""


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
