"""What a check sees of the student's code."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.course import banks
from grader.judging import comparing, exceptions, fitting, together
from grader.judging.local import Local
from grader.judging.report import NOT_WRITTEN, Line
from grader.judging.requests import Instead, Target, request_for
from grader.judging.variants import VARIANTS
from grader.running import agent
from grader.running.session import CALL_SECONDS, Session, Stopped

RTOL, ATOL = 5e-5, 1e-5  # float32 inside a right solution is right
FITTED_CALLS = 2  # to so many a constant is fitted, one after the other, until one is verified
READABLE = "can be read"  # the first line about a variable

_WHERE = "If np.where is used: it computes both of its branches, also those that are not taken."

Agreement = Callable[[dict, dict], bool]  # whether two replies are the same


@dataclass(frozen=True)
class Wrong:
    """A comparison that failed.

    request: what was asked;
    reply: what the student's code replied;
    wanted: what the reference did;
    agree: whether two replies are the same;
    core: whether the item earns nothing without it;
    of: the function or method that it is about, as in `Line`.
    """

    request: dict
    reply: dict
    wanted: dict
    agree: Agreement
    core: bool
    of: str


@dataclass(frozen=True)
class Right:
    """A call that went well.

    request: what was asked;
    is_right: whether another reply to it would have been right as well;
    core: whether the item earns nothing without it;
    of: the function or method that it is about, as in `Line`.
    """

    request: dict
    is_right: Callable[[dict], bool]
    core: bool
    of: str


@dataclass(frozen=True)
class Call:
    """A call that was made, for several lines about what it returned.

    request: what was asked;
    reply: what the student's code replied;
    of: the function or method that it is about, as in `Line`;
    known: what the reference (None) and mistakes replied, so far.
    """

    request: dict
    reply: dict
    of: str
    known: dict[str | None, dict] = field(default_factory=dict)

    def about(self, part: str) -> tuple[dict, dict]:
        """The request and the reply as they are for a line about one part of a dict."""
        if not part:
            return self.request, self.reply
        return self.request | {"part": part, "known": self.known}, _only(part, self.reply)


class CheckEnded(Exception):
    """The rest of a check makes no sense; carries the line that failed."""

    def __init__(self, message: str, what: str, stopped: bool = False):
        super().__init__(message)
        self.line = Line(what, False, core=True, message=message)
        self.stopped = stopped


class Student:
    """What a check sees of the student's code: it may call it, and gets values back."""

    def __init__(
        self,
        session: Session,
        local: Local,
        bank: banks.Bank,
        diagnose: bool,
    ):
        self._session, self._local, self._bank = session, local, bank
        self._diagnose = diagnose
        self._candidates = list(local.mistakes) if diagnose else []
        self._changed: set[str] = set()
        self._calls_with_arrays = 0
        self._margins: dict[str, float] = {}
        self._right: list[Right] = []
        self._compared: dict[tuple[str, str], int] = {}  # with so many of the core's right calls
        self._contradicted: set[tuple[str, str]] = set()  # mistakes, and functions, by these
        self._wrong: list[Wrong] = []
        self._set_aside: dict[str, set[str]] = {}  # by function: what cannot explain its core
        self._first_replies: dict[str, dict[str, dict]] = {}  # by function, of all mistakes

    # --- the lines a check yields

    def call(
        self,
        target: Target,
        *args: Any,
        what: str,
        seconds: float = CALL_SECONDS,
        instead: Instead | None = None,
        of: str = "",
    ) -> Call:
        """Call the student's code once, for several lines: each is about a part of what comes back.

        what: the line that fails if the code cannot go on from there; the rest as in `compare`.
        """
        request = self._request(target, args, instead)
        return Call(request, self._ask(request, what, seconds), of or self._function(target))

    def returned(self, call: Call) -> Any:
        """What a call returned, as plain values; None where it failed."""
        if self._failure(call.reply) is not None:
            return None
        return agent.decode(call.reply["value"])

    def compare(
        self,
        target: Target | Call,
        *args: Any,
        what: str,
        share: float = 1.0,
        core: bool = False,
        rtol: float = RTOL,
        atol: float = ATOL,
        quiet: bool = False,
        seconds: float = CALL_SECONDS,
        reference_args: tuple | None = None,
        stated: bool = False,
        instead: Instead | None = None,
        of: str = "",
        part: str = "",
    ) -> Line:
        """The student's result equals the reference's, in kind, shape and value.

        target: a function by its name, a probe, or a call that was made, and then no arguments.
        part: only this key of the dict that the call returned.
        quiet: a warning raised on the way fails the line.
        stated: the tolerance is part of the task, and rounding has no share in it: right answers
        may choose how near they come, and their margin is not noted.
        reference_args: arguments for the reference, if it needs simpler ones for the same result.
        instead: what stands in the place of other functions of the student, by their names.
        of: the one function or method that the call is about, where the item has several.
        """
        made = self._made(target, args, what, seconds, instead, of)
        (request, reply), of = made.about(part), made.of
        theirs = request
        if reference_args is not None:
            theirs = self._request(_not_made(target), reference_args, instead)
        wanted = self._wanted(theirs, what)

        def agree(one: dict, other: dict) -> bool:
            if "value" in one and "value" in other:
                return comparing.difference(one["value"], other["value"], rtol, atol) is None
            return exceptions.same(one, other)

        message = self._failure(reply)
        if message is None:
            message = comparing.difference(reply["value"], wanted["value"], rtol, atol)
        suspects: tuple[str, ...] = ()
        call = None
        if message is not None:
            wrong = Wrong(request, reply, wanted, agree, core, of)
            suspects = self._suspects(wrong)
            self._wrong.append(wrong)
            call = len(self._wrong) - 1
        else:
            self._right.append(Right(request, lambda theirs: agree(wanted, theirs), core, of))
        if message is None and quiet and reply["warnings"]:
            message = f"The value is right, but Python warns: {reply['warnings'][0]}. {_WHERE}"
        margin = math.inf
        if message is None and not stated:
            margin = comparing.margin(reply["value"], wanted["value"], rtol, atol)
        known: dict[str, Any] = {"suspects": suspects, "margin": margin, "of": of, "call": call}
        return Line(what, message is None, share, core, message or "", **known)

    def meets(
        self,
        condition: Callable[[Any], str],
        target: Target | Call,
        *args: Any,
        what: str,
        share: float = 1.0,
        core: bool = False,
        seconds: float = CALL_SECONDS,
        instead: Instead | None = None,
        of: str = "",
        part: str = "",
    ) -> Line:
        """The student's result, as plain values, meets a condition where many results are right.

        condition: says what is wrong with a result; empty where nothing is.
        target, instead, of, part: as in `compare`.
        """
        made = self._made(target, args, what, seconds, instead, of)
        (request, reply), of = made.about(part), made.of

        def problem(reply: dict) -> str:
            return self._failure(reply) or condition(agent.decode(reply["value"]))

        message = problem(reply)
        suspects: tuple[str, ...] = ()
        if message:
            wanted = self._locally(request)
            suspects = self._suspects(Wrong(request, reply, wanted, _same_reply, core, of))
        else:
            self._right.append(Right(request, lambda theirs: not problem(theirs), core, of))
        known: dict[str, Any] = {"suspects": suspects, "margin": self._margin(what), "of": of}
        return Line(what, not message, share, core, message, **known)

    def raises(
        self,
        kind: type[Exception],
        target: Target,
        *args: Any,
        what: str,
        share: float = 1.0,
        instead: Instead | None = None,
    ) -> Line:
        """The call raises an exception of that kind; `instead` as in `compare`."""
        request = self._request(target, args, instead)
        reply, of = self._ask(request, what), self._function(target)

        def refuses(reply: dict[str, Any]) -> bool:
            return kind.__name__ in reply["bases"]

        if refuses(reply):
            self._right.append(Right(request, refuses, False, of))
            return Line(what, True, share)

        got = _problem(reply) or f"It returns {comparing.describe(reply['value'])}."
        wrong = Wrong(request, reply, self._locally(request), _same_refusal, False, of)
        suspects = self._suspects(wrong)
        message = f"This call should raise {kind.__name__}, but it does not. {got}"
        known: dict[str, Any] = {"suspects": suspects, "error_expected": True, "of": of}
        return Line(what, False, share, False, message, **known)

    def compare_each(
        self, target: Target, cases: Mapping[str, tuple], **options: Any
    ) -> Iterator[Line]:
        """A line of `compare` for each case, {what: arguments}, all with the same options."""
        for what, args in cases.items():
            yield self.compare(target, *args, what=what, **options)

    def raises_each(
        self, kind: type[Exception], target: Target, cases: Mapping[str, tuple], **options: Any
    ) -> Iterator[Line]:
        """A line of `raises` for each case, {what: arguments}, all with the same options."""
        for what, args in cases.items():
            yield self.raises(kind, target, *args, what=what, **options)

    def same_for(
        self,
        target: Target,
        *args: Any,
        shapes: Mapping[str, tuple] | None = None,
        options: Mapping[str, Any] | None = None,
        **variants: str,
    ) -> Iterator[Line]:
        """Lines of `compare` for the same call in other forms.

        variants: what to say of each, by the variant's name: one_row="a batch of one keeps its
        axis". It changes every array among the arguments (see `variants.VARIANTS`); a list keeps
        what is in it.
        shapes: further cases with arguments of their own, as in `compare_each`.
        options: for each line, as in `compare`.
        """
        cases = {
            what: tuple(VARIANTS[variant](arg) for arg in args)
            for variant, what in variants.items()
        }
        yield from self.compare_each(target, cases | dict(shapes or {}), **(options or {}))

    def value(
        self,
        target: Target,
        *args: Any,
        seconds: float = CALL_SECONDS,
        instead: Instead | None = None,
    ) -> Any:
        """The student's result as plain values; if there is none, the check ends here."""
        reply = self._ask(self._request(target, args, instead), "returns a value", seconds)
        message = self._failure(reply)
        if message is not None:
            raise CheckEnded(message, "returns a value")
        return agent.decode(reply["value"])

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
        margin = self._margin(what)
        if condition:
            return Line(what, True, share, core, margin=margin)
        return Line(what, False, share, core, otherwise, mistake, margin=margin)

    def within(self, deviation: float, limit: float, of: str = "") -> bool:
        """Whether a deviation is at most its limit.

        How far it stays from the limit belongs to a line of `holds` or `meets`: the next one, or
        the one with these words.
        """
        self._note(limit / deviation if deviation > 0 else math.inf, of)
        return bool(deviation <= limit)

    def beyond(self, value: float, least: float, of: str = "") -> bool:
        """Whether something that has to show does so: is at least as large as a positive number.

        How far it stays from that belongs to a line, as in `within`.
        """
        self._note(value / least, of)
        return bool(value >= least)

    def constant(self, name: str) -> Any:
        """The value of a variable of the student's; if there is none, the check ends here."""
        reply = self._ask(self._request(_variable, (name,)), READABLE)
        message = self._failure(reply, subject=name)
        if message is not None:
            raise CheckEnded(message, READABLE)
        return agent.decode(reply["value"])

    def text(self, name: str) -> str:
        """The same for a variable that must be a string."""
        value = self.constant(name)
        if not isinstance(value, str):
            found = "None" if value is None else comparing.describe(agent.encode(value))
            raise CheckEnded(f"{name} is {found}, but a string was expected.", READABLE)
        return value

    @property
    def is_explained(self) -> bool:
        """Whether anybody will read why a line failed; where not, a check may save the work."""
        return self._diagnose

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

    def rules_out(self, mistake: str, of: str) -> bool:
        """Whether the student's code is right in a core line where that mistake is not.

        of: only lines about that function or method count, and about all; empty: all lines.
        """
        key, calls = (mistake, of), self._right_core(of)
        if key not in self._contradicted:
            new = calls[self._compared.get(key, 0) :]
            self._compared[key] = len(calls)
            if any(not call.is_right(self._locally(call.request, mistake)) for call in new):
                self._contradicted.add(key)
        return key in self._contradicted

    def contradictions(self, mistake: str, of: str) -> int:
        """How often the student's code is right beside the core where a mistake is not."""
        elsewhere = [r for r in self._right if not r.core and (not of or r.of in ("", of))]
        return sum(not r.is_right(self._locally(r.request, mistake)) for r in elsewhere)

    def explained_together(self, calls: list[int | None]) -> str | None:
        """The first of the pairs of mistakes (see `together`) that explain all core lines.

        calls: those of the core lines that failed; None for one that is no comparison, which
        cannot be explained.
        """
        known = [call for call in calls if call is not None]
        if not self._diagnose or len(known) != len(calls):
            return None
        first = self._first_replies.get(self._wrong[known[0]].of, {})
        found = list(together.pairs([n for n, r in first.items() if "value" in r]))
        cases: list[together.Case] = []
        for call in known:
            wrong = self._wrong[call]
            if "value" not in wrong.reply:
                return None
            replies = first if not cases else self._replies_to(wrong.request, found)
            cases.append(_case(wrong, replies))
            found = cases[-1].explained_by(found)
        for pair in found:
            matter = (any(c.changed_by(name) for c in cases) for name in together.parts(pair))
            if all(matter) and not self._pair_ruled_out(pair, self._wrong[known[0]].of):
                return pair
        return None

    def fitted(self, calls: Iterable[int], more: Iterable[int]) -> dict[str, set[int]]:
        """The mistakes with a free constant whose value can be found, and the calls they explain.

        calls: comparisons that failed, and have to be explained; more: others that may be. The
        constant is found on one of the first.
        The ids give the constant its value (see `fitting.with_value`). It is found on one call,
        and has to give what the student's code gave on all others, at least one or, where no other
        went wrong, two different numbers of the same call.
        """
        calls, more = list(calls), list(more)
        found = {}
        for mistake, constant in self._local.constants.items() if self._diagnose else ():
            for call in (calls or more)[:FITTED_CALLS]:
                name = self._fitted_to(self._wrong[call], mistake, constant)
                if name is None:
                    continue
                explained = {c for c in {*calls, *more} if self._explains(name, self._wrong[c])}
                enough = len(explained) > 1 or _different_numbers(self._wrong[call]) >= 2
                if enough and explained.issuperset(calls):
                    found[name] = explained
                    break
        return found

    def is_known(self, name: str, calls: Iterable[int]) -> bool:
        """Whether three times the constant, or a third of it, would not explain the same calls."""
        mistake, value = fitting.split(name)
        if value is None:
            value = self._local.constants[mistake].usual
        others = [fitting.with_value(mistake, factor * value) for factor in (1 / 3, 3)]
        return all(
            any(not self._explains(other, self._wrong[call]) for call in calls) for other in others
        )

    def changes(self, call: int) -> bool:
        """Whether a call that went wrong gives another value when it is made again."""
        wrong = self._wrong[call]
        if not self._diagnose or "value" not in wrong.reply:
            return False
        try:
            again = _trusted(self._session.ask(_whole(wrong.request), CALL_SECONDS))
        except (Stopped, CheckEnded):
            return False
        again = _only(wrong.request["part"], again) if "part" in wrong.request else again
        return "value" in again and not _same_reply(wrong.reply, again)

    def deviation(self, call: int) -> float:
        """The largest deviation from the right value in a call, relative to it.

        Infinite where the values cannot be compared number by number, or the right one is 0.
        """
        wrong = self._wrong[call]
        if not self._diagnose or "value" not in wrong.reply:
            return math.inf
        return comparing.relative(wrong.reply["value"], wrong.wanted["value"])

    # --- below

    def _right_core(self, of: str) -> list[Right]:
        return [r for r in self._right if r.core and (not of or r.of in ("", of))]

    def _note(self, factor: float, of: str) -> None:
        self._margins[of] = min(self._margins.get(of, math.inf), float(factor))

    def _margin(self, what: str) -> float:
        """The smallest margin noted for a line, which is over with this."""
        return min(self._margins.pop(key, math.inf) for key in (what, ""))

    def _request(
        self, target: Target, args: tuple, instead: Instead | None = None
    ) -> dict[str, Any]:
        return request_for(target, args, instead or {}, vars(self._bank.reference))

    def _made(
        self,
        target: Target | Call,
        args: tuple,
        what: str,
        seconds: float,
        instead: Instead | None,
        of: str,
    ) -> Call:
        """The call that a line is about: one that was made, or one that is made now."""
        if isinstance(target, Call):
            return target
        return self.call(target, *args, what=what, seconds=seconds, instead=instead, of=of)

    def _ask(self, request: dict, what: str, seconds: float = CALL_SECONDS) -> dict[str, Any]:
        try:
            reply = _trusted(self._session.ask(request, seconds))
        except Stopped as stopped:
            raise CheckEnded(f"The call {str(stopped).rstrip('.')}", what, stopped=True) from None
        if _is_unwritten(reply):
            raise CheckEnded(f"{NOT_WRITTEN}: it still raises NotImplementedError.", what)
        if reply["bases"][:1] == ["LookupError"] and not reply["where"]:
            raise CheckEnded(reply["message"], what)
        if any(node["t"] in ("array", "list", "dict") for node in request["args"]):
            self._calls_with_arrays += 1
        names = dict(enumerate(request["names"]))
        self._changed |= {names[i] for i in reply["changed"] if i in names}
        return reply

    def _wanted(self, request: dict, what: str) -> dict[str, Any]:
        """The reference's reply, which has to be a value."""
        wanted = self._locally(request)
        if wanted["status"] != "ok":
            raise RuntimeError(f"the reference fails on {what!r}: {wanted}")
        return wanted

    def _locally(self, request: dict, mistake: str | None = None) -> dict[str, Any]:
        """The reply that the reference, or a mistake in its place, gives to the same request."""
        if "part" not in request:
            return _trusted(self._local.ask(request, mistake))
        known = request["known"]
        if mistake not in known:
            known[mistake] = _trusted(self._local.ask(_whole(request), mistake))
        return _only(request["part"], known[mistake])

    def _function(self, target: Target) -> str:
        """What a call is about if the check does not say: a function, where there are several."""
        named = isinstance(target, str) and self._local.has_several_functions
        return str(target) if named else ""

    def _explains(self, mistake: str, wrong: Wrong) -> bool:
        """Whether a mistake gives what the student's code gave, and not what is right."""
        theirs = self._locally(wrong.request, mistake)
        return wrong.agree(wrong.reply, theirs) and not wrong.agree(wrong.wanted, theirs)

    def _fitted_to(self, wrong: Wrong, mistake: str, constant: banks.Constant) -> str | None:
        """The id with the constant that explains a comparison; None where there is none."""
        if "value" not in wrong.reply:
            return None

        def how_far(value: float) -> float:
            theirs = self._locally(wrong.request, fitting.with_value(mistake, value))
            if "value" not in theirs:
                return math.inf
            return fitting.distance(wrong.reply["value"], theirs["value"])

        value = fitting.search(how_far, constant.low, constant.high)
        found = [fitting.with_value(mistake, each) for each in fitting.rounded(value)]
        return next((name for name in found if self._explains(name, wrong)), None)

    def _suspects(self, wrong: Wrong) -> tuple[str, ...]:
        """The known mistakes that give what the student's code gives, and not what is right.

        One that does not explain a core line that failed will not be named for that function or
        method, so that no later line about it needs to be compared with the mistake. A line about
        all of them sets nothing aside for one: another function may be what is wrong there.
        """
        skipped = self._set_aside.get(wrong.of, set())
        left = [name for name in self._candidates if name not in skipped]
        if not wrong.core:  # where the core is right, most mistakes are ruled out by it
            left = [name for name in left if not self.rules_out(name, wrong.of)]
        replies = {name: self._locally(wrong.request, name) for name in left}
        right = {name for name, theirs in replies.items() if wrong.agree(wrong.wanted, theirs)}
        found = {name for name in left if wrong.agree(wrong.reply, replies[name])} - right
        if wrong.core:
            self._first_replies.setdefault(wrong.of, replies)
            self._set_aside.setdefault(wrong.of, set()).update(set(left) - found)
        return tuple(name for name in left if name in found)

    def _replies_to(self, request: dict, pairs: list[str]) -> dict[str, dict]:
        """What the mistakes in some pairs reply to a request."""
        names = {name for pair in pairs for name in together.parts(pair)}
        return {name: self._locally(request, name) for name in sorted(names)}

    def _pair_ruled_out(self, pair: str, of: str) -> bool:
        """Whether the student's code is right in a core line where the pair is not."""
        for call in self._right_core(of):
            request, is_right = call.request, call.is_right
            right, replies = self._locally(request), self._replies_to(request, [pair])
            known = {name: reply["value"] for name, reply in replies.items() if "value" in reply}
            given = together.value(pair, right["value"], known) if "value" in right else None
            if given is None or not is_right(right | {"value": given}):
                return True
        return False

    def _failure(self, reply: dict, subject: str = "What it returns") -> str | None:
        """Why a reply holds no value, with what to do where it is clear; None if it holds one."""
        if reply["status"] == "ok":
            return None
        return " ".join(filter(None, [_problem(reply, subject), exceptions.in_words(reply)]))


def _problem(reply: dict, subject: str = "What it returns") -> str:
    """Why a reply holds no value, in a sentence; empty if it holds one."""
    match reply["status"]:
        case "ok":
            return ""
        case "printed":
            return f"It printed more than {agent.MAX_PRINTED:,} characters and was stopped."
        case "unsendable":
            return f"{subject} {reply['message']}."
    where = f" ({reply['where']})" if reply["where"] else ""
    words = f"It raises {reply['bases'][0]}: {exceptions.without_origin(reply['message'])}{where}"
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _not_made(target: Target | Call) -> Target:
    """A target that is still to be called; TypeError for a call that was made."""
    if isinstance(target, Call):
        raise TypeError("The reference gets the arguments of a call that was made.")
    return target


def _whole(request: dict) -> dict[str, Any]:
    """The request behind one about a part of what a call returned."""
    return {key: one for key, one in request.items() if key not in ("part", "known")}


def _only(part: str, reply: dict) -> dict:
    """A reply with one key of the dict that it returns; None in its place where it has no such."""
    if "value" not in reply:
        return reply
    node = reply["value"]
    pairs = node["v"] if node["t"] == "dict" else []
    found = (value for key, value in pairs if key == part)
    return reply | {"value": next(found, agent.encode(None))}


def _case(wrong: Wrong, replies: dict[str, dict]) -> together.Case:
    known = {name: theirs["value"] for name, theirs in replies.items() if "value" in theirs}

    def same(one: dict, other: dict) -> bool:
        return wrong.agree({"value": one}, {"value": other})

    return together.Case(wrong.reply["value"], wrong.wanted["value"], known, same)


def _different_numbers(wrong: Wrong) -> int:
    """How many different numbers a student's code returned where it went wrong."""
    mine, right = (comparing.flat(reply["value"]) for reply in (wrong.reply, wrong.wanted))
    if mine.shape != right.shape:
        return 0
    return len(set(mine[~np.isclose(mine, right, 1e-6, 0)].tolist()))


def _variable(functions: dict, name: str) -> object:
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
    return exceptions.same(one, other)


def _same_refusal(one: dict, other: dict) -> bool:
    """The same where an error is due: by a raise of one's own, whoever wrote it chose the words."""
    own = one["own"] and other["own"] and one["bases"] == other["bases"]
    return own or _same_reply(one, other)


def _trusted(reply: dict) -> dict[str, Any]:
    """A reply whose parts have the types they should have; CheckEnded for any other.

    A value is a value and an error an error: nothing may count as both.
    """
    try:
        worked = reply["status"] == "ok"
        if worked:
            agent.decode(reply["value"])
        return ({"value": reply["value"]} if worked else {}) | {
            "status": str(reply["status"]),
            "bases": [] if worked else [str(name) for name in reply.get("bases", [])],
            "message": _printable(reply.get("message", "")),
            "where": _printable(reply.get("where", "")),
            "own": bool(reply.get("own", False)),
            "changed": [int(i) for i in reply["changed"]],
            "warnings": [_printable(words) for words in reply["warnings"]],
        }
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
        raise CheckEnded(
            "What came back from the call could not be read.", "returns a value"
        ) from None


def _printable(words: object) -> str:
    """Text that can be written to a file, whatever the student's process made of it."""
    return str(words)[:2000].encode("utf-8", "replace").decode("utf-8")
