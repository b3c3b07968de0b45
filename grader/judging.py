"""Judging one item: run its check against a session, line by line, and add up the points."""

import inspect
import math
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from threadpoolctl import threadpool_limits

from grader import comparing, course, probe
from grader.drawing import Draw
from grader.session import CALL_SECONDS, InProcess, Session, Stopped

RTOL, ATOL = 5e-5, 1e-5  # float32 inside a right solution is right
REFERENCE_SECONDS = 120.0
READABLE = "can be read"  # what is asked first of a variable

Target = str | Callable[..., Any]


@dataclass(frozen=True)
class Line:
    """One line of a report.

    what: the property looked at; share: its weight among the lines; core: without it the item
    earns nothing; message: for the student, where it failed; mistake: the id of a recognised one.
    """

    what: str
    passed: bool
    share: float = 1.0
    core: bool = False
    message: str = ""
    mistake: str | None = None
    suspects: tuple[str, ...] = field(default=(), repr=False)
    error_asked: bool = field(default=False, repr=False)


@dataclass(frozen=True)
class Report:
    """The verdict on one item: its lines, and the score out of its points.

    stopped: whether the code took its process down or had to be stopped;
    trouble: set when the check itself failed, which is the staff's business.
    """

    item: str
    points: float
    score: float
    lines: tuple[Line, ...]
    stopped: bool = False
    trouble: str = ""

    @property
    def passed(self) -> bool:
        """Whether the item has all its points."""
        return self.score >= self.points

    @property
    def failed_lines(self) -> list[Line]:
        return [line for line in self.lines if not line.passed]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, the way `check --json` prints it."""
        return {
            "item": self.item,
            "points": self.points,
            "score": self.score,
            "passed": [line.what for line in self.lines if line.passed],
            "failed": [
                {"what": line.what, "message": line.message, "mistake": line.mistake}
                for line in self.failed_lines
            ],
        }


class Halt(Exception):
    """The rest of a check makes no sense; carries the line that failed."""

    def __init__(self, message: str, what: str, stopped: bool = False):
        super().__init__(message)
        self.line = Line(what, False, core=True, message=message)
        self.stopped = stopped


def judge_item(
    session: Session,
    sheet: str,
    item: course.Item,
    seed: int,
    thorough: bool = True,
    reference: Session | None = None,
) -> Report:
    """Judge one item of a sheet against the student's code in a session.

    thorough: go on after the first line that fails, and look for the known mistake behind it. The
    audit needs neither to know that an implementation is refused.
    reference: what holds the reference implementations, if not this process.
    """
    bank = course.bank(sheet)
    check = getattr(bank.checks, item.name, None)
    if check is None:
        raise course.CourseError(f"reference/{sheet}/checks.py has no check named {item.name}.")
    reference = reference or InProcess(vars(bank.reference))
    student = Student(session, reference, bank, item, thorough)
    lines: list[Line] = []
    stopped, trouble = False, ""
    try:
        with threadpool_limits(1, "blas"):  # for small problems, threads wait longer than they work
            for line in check(student, Draw(seed)):
                lines.append(line)
                if not (line.passed or thorough):
                    break
        lines += student.closing_lines()
    except Halt as halt:
        lines.append(halt.line)
        stopped = halt.stopped
    except Exception as error:
        trouble = f"{type(error).__name__}: {error}"
        words = "The check could not cope with what came back; please tell the course's staff."
        lines.append(Line("can be judged", False, core=True, message=words))
    settled = tuple(_settle(lines, student, bank, item))
    _forget_kernels()
    return Report(item.name, item.points, _score(lines, item.points), settled, stopped, trouble)


def _forget_kernels() -> None:
    """TensorFlow keeps something of every variable that ever was; this gives it back.

    A process that judges many submissions would grow by several megabytes with each.
    """
    context = sys.modules.get("tensorflow.python.eager.context")
    if context is not None:
        context.context().clear_kernel_cache()


def _score(lines: list[Line], points: float) -> float:
    """Points by shares, rounded down to halves; none where a core line failed."""
    if not lines or any(line.core and not line.passed for line in lines):
        return 0.0
    earned = sum(line.share for line in lines if line.passed)
    return math.floor(2 * points * earned / sum(line.share for line in lines) + 1e-9) / 2


def _settle(
    lines: list[Line], student: "Student", bank: course.Bank, item: course.Item
) -> Iterator[Line]:
    """Name the mistake on each failed line: of those that explain enough, the one that fits most.

    One line alone is easily explained by a mistake that was not made: with a mean of 0, squares
    of sums and of differences agree.
    """
    votes = Counter(suspect for line in lines for suspect in line.suspects)
    ruled_out = {suspect for suspect in votes if student.rules_out(suspect)}
    for line in lines:
        suspects = [
            suspect
            for suspect in line.suspects
            if suspect not in ruled_out and _explains(suspect, line, lines)
        ]
        if suspects:
            name = max(suspects, key=lambda suspect: votes[suspect])
            line = replace(line, mistake=name)
        if line.mistake is not None and not line.passed:
            sentence = _sentence(bank, item.name, line.mistake)
            line = replace(line, message=" ".join(filter(None, [sentence, line.message])))
        yield line


def _explains(suspect: str, line: Line, lines: list[Line]) -> bool:
    """Whether a mistake explains every failed core line, and enough of the lines of one kind.

    Values: half of them, for there may be a second mistake. Errors that were asked for: all, for a
    function that checks nothing makes each single omission, and none of them is what is wrong.
    """
    failed = [other for other in lines if not other.passed]
    core = [other for other in failed if other.core]
    if any(suspect not in other.suspects for other in core):
        return False
    alike = [other for other in failed if other.error_asked == line.error_asked]
    explained = sum(suspect in other.suspects for other in alike)
    return explained == len(alike) if line.error_asked else 2 * explained >= len(alike)


def _sentence(bank: course.Bank, item: str, mistake: str) -> str:
    known = course.named_by_item(bank.mistakes, item)
    if mistake not in known:
        raise course.CourseError(f"mistakes.py has no {item}__{mistake}.")
    return inspect.getdoc(known[mistake])


class Student:
    """What a check sees of the student's code: it may call it, and gets values back."""

    def __init__(
        self,
        session: Session,
        reference: Session,
        bank: course.Bank,
        item: course.Item,
        diagnose: bool,
    ):
        self._session, self._reference = session, reference
        self._item, self._bank = item, bank
        self._mistakes = course.named_by_item(bank.mistakes, item.name) if diagnose else {}
        self._candidates = list(self._mistakes)
        self._changed: set[str] = set()
        self._calls_with_arrays = 0
        self._right_in_the_core: list[tuple[dict, Callable[[dict], bool]]] = []

    # --- the lines a check yields

    def compare(
        self,
        target: Target,
        *args: Any,
        what: str,
        share: float = 1.0,
        core: bool = False,
        rtol: float = RTOL,
        atol: float = ATOL,
        quiet: bool = False,
        seconds: float = CALL_SECONDS,
        reference_args: tuple | None = None,
    ) -> Line:
        """The student's result equals the reference's, in kind, shape and value.

        quiet: a warning raised on the way fails the line.
        reference_args: the reference gets these, where they give the same in a simpler way.
        """
        request = self._request(target, args)
        reply = self._ask(request, what, seconds)
        wanted = self._locally(
            request if reference_args is None else self._request(target, reference_args)
        )
        if wanted["status"] != "ok":
            raise RuntimeError(f"the reference fails on {what!r}: {wanted}")

        def agree(one: dict, other: dict) -> bool:
            if "value" in one and "value" in other:
                return comparing.difference(one["value"], other["value"], rtol, atol) is None
            return _same_error(one, other) and one["message"] == other["message"]

        message = self._failure(reply)
        if message is None:
            message = comparing.difference(reply["value"], wanted["value"], rtol, atol)
        suspects = ()
        if message is not None:
            suspects = self._suspects(request, reply, wanted, agree, core)
        if message is None and core:
            self._right_in_the_core.append((request, lambda theirs: agree(wanted, theirs)))
        if message is None and quiet and reply["warnings"]:
            message = f"The value is right, but Python warns: {reply['warnings'][0]}"
        return Line(what, message is None, share, core, message or "", suspects=suspects)

    def meets(
        self,
        condition: Callable[[Any], str],
        target: Target,
        *args: Any,
        what: str,
        share: float = 1.0,
        core: bool = False,
        seconds: float = CALL_SECONDS,
    ) -> Line:
        """The student's result, as plain values, meets a condition where many results are right.

        condition: says what is wrong with a result; empty where nothing is.
        """
        request = self._request(target, args)
        reply = self._ask(request, what, seconds)

        def problem(reply: dict) -> str:
            return self._failure(reply) or condition(probe.decode(reply["value"]))

        message = problem(reply)
        suspects = ()
        if core and not message:
            self._right_in_the_core.append((request, lambda theirs: not problem(theirs)))
        if message:
            wanted = self._locally(request)
            suspects = self._suspects(request, reply, wanted, _same_reply, core)
        return Line(what, not message, share, core, message, suspects=suspects)

    def raises(
        self, kind: type[Exception], target: Target, *args: Any, what: str, share: float = 1.0
    ) -> Line:
        """The call raises an exception of that kind."""
        request = self._request(target, args)
        reply = self._ask(request, what)
        if kind.__name__ in reply["bases"]:
            return Line(what, True, share)

        got = self._failure(reply) or f"It returns {comparing.describe(reply['value'])}."
        suspects = self._suspects(request, reply, self._locally(request), _same_reply)
        message = f"A {kind.__name__} is asked here. {got}"
        return Line(what, False, share, False, message, suspects=suspects, error_asked=True)

    def value(self, target: Target, *args: Any, seconds: float = CALL_SECONDS) -> Any:
        """The student's result as plain values; if there is none, the check ends here."""
        reply = self._ask(self._request(target, args), "returns a value", seconds)
        message = self._failure(reply)
        if message is not None:
            raise Halt(message, "returns a value")
        return probe.decode(reply["value"])

    def holds(
        self,
        condition: bool,
        what: str,
        otherwise: str = "",
        mistake: str | None = None,
        share: float = 1.0,
        core: bool = False,
    ) -> Line:
        """A property that the check itself worked out; `mistake` names what went wrong if not."""
        if condition:
            return Line(what, True, share, core)
        return Line(what, False, share, core, otherwise, mistake)

    def constant(self, name: str) -> Any:
        """The value of a variable of the student's; if there is none, the check ends here."""
        reply = self._ask(self._request(_variable, (name,)), READABLE)
        message = self._failure(reply, subject=name)
        if message is not None:
            raise Halt(message, READABLE)
        return probe.decode(reply["value"])

    def text(self, name: str) -> str:
        """The same for a variable that must be a string."""
        value = self.constant(name)
        if not isinstance(value, str):
            found = "None" if value is None else comparing.describe(probe.encode(value))
            raise Halt(f"{name} is {found}; a string is asked.", READABLE)
        return value

    # --- for the judge

    def closing_lines(self) -> list[Line]:
        """What is looked at over all calls: that no argument was changed."""
        if not self._calls_with_arrays:
            return []
        what = "leaves its arguments as they were"
        if not self._changed:
            return [Line(what, True)]
        names = " and ".join(sorted(self._changed))
        return [Line(what, False, message=f"It changes {names} in place: work on a copy.")]

    def rules_out(self, mistake: str) -> bool:
        """Whether the student's code is right in a core line where that mistake is not."""
        return any(
            not is_right(self._locally(request, mistake))
            for request, is_right in self._right_in_the_core
        )

    # --- below

    def _request(self, target: Target, args: tuple) -> dict[str, Any]:
        request = {"args": [probe.encode(arg) for arg in args]}
        if isinstance(target, str):
            names = list(inspect.signature(vars(self._bank.reference)[target]).parameters)
            return request | {"target": target, "names": names}
        names = list(inspect.signature(target).parameters)[1:]
        return request | {"target": target.__name__, "names": names, "probe": _source(target)}

    def _ask(self, request: dict, what: str, seconds: float = CALL_SECONDS) -> dict[str, Any]:
        try:
            reply = _trusted(self._session.ask(request, seconds))
        except Stopped as stopped:
            raise Halt(f"The call {str(stopped).rstrip('.')}", what, stopped=True) from None
        if _is_unwritten(reply):
            raise Halt("Not written yet: it still raises NotImplementedError.", what)
        if reply["bases"][:1] == ["LookupError"] and not reply["where"]:
            raise Halt(reply["message"], what)
        if any(node["t"] in ("array", "list", "dict") for node in request["args"]):
            self._calls_with_arrays += 1
        names = dict(enumerate(request["names"]))
        self._changed |= {names[i] for i in reply["changed"] if i in names}
        return reply

    def _locally(self, request: dict, mistake: str | None = None) -> dict[str, Any]:
        """The reply that the reference, or a mistake in its place, gives to the same request."""
        session = self._reference
        if mistake is not None:
            function, answer = self._mistakes[mistake], self._item.replaced_by(mistake)
            instead = course.in_place_of(answer, function, self._bank.reference)
            session = InProcess(vars(self._bank.reference) | {answer: instead})
        return _trusted(session.ask(request, REFERENCE_SECONDS))

    def _suspects(
        self, request: dict, reply: dict, wanted: dict, agree, core: bool = False
    ) -> tuple[str, ...]:
        """The known mistakes that give what the student's code gives, and not what is right.

        One that does not explain a core line that failed will not be named, so that no later line
        needs to be compared with it.
        """
        found = []
        for name in self._candidates:
            theirs = self._locally(request, name)
            if agree(reply, theirs) and not agree(wanted, theirs):
                found.append(name)
        if core:
            self._candidates = found
        return tuple(found)

    def _failure(self, reply: dict, subject: str = "What it returns") -> str | None:
        """Why a reply holds no value, in a sentence; None if it holds one."""
        match reply["status"]:
            case "ok":
                return None
            case "printed":
                return f"It printed more than {probe.MAX_PRINTED:,} characters and was stopped."
            case "unsendable":
                return f"{subject} {reply['message']}."
        where = f" ({reply['where']})" if reply["where"] else ""
        return f"It raises {reply['bases'][0]}: {reply['message']}{where}"


@cache
def _source(function: Callable[..., Any]) -> str:
    """The source of a probe, which takes longer to be found than most probes take to run."""
    return inspect.getsource(function)


def _variable(functions, name):
    """A probe: the value of a variable."""
    return functions[name]


def _is_unwritten(reply: dict) -> bool:
    """Whether the call met a stub. Frameworks raise NotImplementedError too, in their own words."""
    stubs = ("not written", "raise NotImplementedError")
    words = f"{reply['message']} {reply['where']}"
    return "NotImplementedError" in reply["bases"] and (
        not reply["message"] or any(stub in words for stub in stubs)
    )


def _same_reply(one: dict, other: dict) -> bool:
    if "value" in one and "value" in other:
        return comparing.difference(one["value"], other["value"], RTOL, ATOL) is None
    return _same_error(one, other)


def _same_error(one: dict, other: dict) -> bool:
    return one["status"] == other["status"] and one["bases"] == other["bases"] != []


def _trusted(reply: dict) -> dict[str, Any]:
    """A reply whose parts have the types they should have; Halt for any other.

    A value is a value and an error an error: nothing may count as both.
    """
    try:
        worked = reply["status"] == "ok"
        if worked:
            probe.decode(reply["value"])
        return ({"value": reply["value"]} if worked else {}) | {
            "status": str(reply["status"]),
            "bases": [] if worked else [str(name) for name in reply.get("bases", [])],
            "message": _printable(reply.get("message", "")),
            "where": _printable(reply.get("where", "")),
            "changed": [int(i) for i in reply["changed"]],
            "warnings": [_printable(words) for words in reply["warnings"]],
        }
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise Halt("What came back from the call could not be read.", "returns a value") from None


def _printable(words: object) -> str:
    """Text that can be written to a file, whatever the student's process made of it."""
    return str(words)[:2000].encode("utf-8", "replace").decode("utf-8")
