"""The judge's parts: values across the border, comparison, points, mistakes, reports."""

import contextlib
import json
import types
from decimal import Decimal
from fractions import Fraction

import numpy as np
import probes
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.course import banks, outline
from grader.judging import comparing, judge, rendering
from grader.judging.inputs import Draw, seed_for
from grader.judging.report import Line, Report
from grader.judging.requests import request_for
from grader.judging.variants import VARIANTS
from grader.running import agent
from grader.running.session import InProcess, Stopped

ITEM = outline.Item("double", 4.0, "double-test")


def bank(check, reference=lambda x: 2 * x, **mistakes) -> banks.Bank:
    """A sheet with one item: `double(x)`."""
    return banks.Bank(
        types.SimpleNamespace(double=reference),
        types.SimpleNamespace(double=check),
        types.SimpleNamespace(**{f"double__{name}": f for name, f in mistakes.items()}),
    )


def value_verdict(monkeypatch, written: dict, check, **mistakes) -> Report:
    """The report on a student's variable `unit`, which should be "nats", judged by a check."""
    item = outline.Item("unit", 2.0, "unit-test")
    parts = {"unit": "nats", "double": lambda x: 2 * x}
    functions = {f"unit__{name}": mistake for name, mistake in mistakes.items()}
    found = banks.Bank(
        types.SimpleNamespace(**parts),
        types.SimpleNamespace(unit=check),
        types.SimpleNamespace(**functions),
    )
    monkeypatch.setattr(banks, "bank", lambda sheet: found)
    return judge.judge_item(InProcess(written), "no sheet", item, 7)


def is_nats(student, draw):
    yield student.holds(student.text("unit") == "nats", "is nats", "It is not.", core=True)


def verdict(monkeypatch, function, check, **mistakes) -> Report:
    """The report on a student's `double`, judged by a check."""
    monkeypatch.setattr(banks, "bank", lambda sheet: bank(check, **mistakes))
    namespace = {} if function is None else {"double": function}
    return judge.judge_item(InProcess(namespace), "no sheet", ITEM, 7)


def simple_check(student, draw):
    yield student.compare("double", draw.normal((3, 2)), what="doubles", core=True, share=2)
    yield student.raises(ValueError, "double", "two", what="refuses words")


def tidy(x):
    if isinstance(x, str):
        raise ValueError("a number is needed")
    return 2 * x


# --- values across the border


arrays = hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.int64, np.uint8, np.bool_, np.complex128]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
plain = st.one_of(st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.floats(), st.text())
values = st.recursive(
    st.one_of(plain, arrays),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=5), inner, max_size=3),
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(values)
def test_what_is_sent_is_what_arrives(value):
    node = json.loads(json.dumps(agent.encode(value)))
    assert agent.encode(agent.decode(node)) == node


def test_a_torch_tensor_arrives_as_one_with_its_values():
    tensor = torch.arange(6.0, requires_grad=True).reshape(2, 3)
    assert torch.equal(agent.decode(agent.encode(tensor)), tensor.detach())


def test_what_tensorflow_returns_arrives_as_its_tensors():
    from helpers.quiet import tf

    for value in (tf.constant([1.5, 2]), tf.Variable([1.5, 2]), tf.constant([1.5, 2], tf.bfloat16)):
        arrived = agent.decode(agent.encode(value))
        assert isinstance(arrived, tf.Tensor) and arrived.numpy().tolist() == [1.5, 2.0]


def test_a_tensor_that_has_no_value_is_called_so():
    from helpers.quiet import tf

    left_over = []
    tf.function(lambda x: left_over.append(2 * x))(tf.constant(1.0))
    with pytest.raises(agent.Unsendable, match="symbolic tensor"):
        agent.encode(left_over)


@pytest.mark.parametrize(
    "value",
    [object(), np.array([object()]), np.array(["text"]), lambda: 1, np.zeros(10**8, np.int8)],
)
def test_what_is_not_plain_data_or_too_large_is_not_sent(value):
    with pytest.raises(agent.Unsendable):
        agent.encode(value)


@pytest.mark.parametrize(
    "node",
    [
        {"t": "array", "kind": "numpy", "dtype": "|O", "shape": [1], "data": "AAAAAAAAAAA="},
        {"t": "array", "kind": "numpy", "dtype": "<f8", "shape": [10**9], "data": "AAAAAAAAAAA="},
        {"t": "array", "kind": "numpy", "dtype": "<f8", "shape": [-1], "data": "AAAAAAAAAAA="},
        {"t": "array", "kind": "numpy", "dtype": "<f8", "shape": [1], "data": "?"},
        {"t": "pickle", "v": "gASVAAAAAAAAAA=="},
        {"t": "float", "v": "one"},
        {},
        None,
    ],
)
def test_a_forged_value_is_refused_and_earns_nothing(monkeypatch, node):
    class Forger(InProcess):
        def ask(self, request, seconds=1.0):
            return {"status": "ok", "value": node, "changed": [], "warnings": []}

    monkeypatch.setattr(banks, "bank", lambda sheet: bank(simple_check))
    report = judge.judge_item(Forger({}), "no sheet", ITEM, 7)
    assert report.score == 0 and not report.trouble


# --- comparison


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (1.0, np.float64(1.0)),
        (np.array(1.0), 1.0),
        (Fraction(1, 2), 0.5),
        (Decimal("0.5"), 0.5),
        (1, 1.0),
        (np.float32(0.1), 0.1),
        (torch.tensor(2.0), 2.0),
        (np.ones(3, np.float32), np.ones(3)),
        (np.array([1.0, np.inf]), np.array([1.0, np.inf])),
        ([1.0, 2.0], (1.0, 2.0)),
        (np.array([1.0, 2.0]), (1.0, 2.0)),
        (torch.eye(2), (torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]))),
        ({"a": 1.0}, {"a": 1.0}),
        (None, None),
    ],
)
def test_equal_values_agree_in_whatever_form_they_come(mine, theirs):
    found = comparing.difference(agent.encode(mine), agent.encode(theirs), 1e-4, 1e-5)
    assert found is None


@pytest.mark.parametrize(
    ("mine", "theirs", "words"),
    [
        (np.ones(3), np.ones((3, 1)), "shape (3,), but a NumPy array of shape (3, 1) was expected"),
        ([1.0, 1.0], np.ones(2), "returns a list of 2, but a NumPy array"),
        (torch.ones(2), np.ones(2), "returns a torch tensor of shape (2,)"),
        (np.ones(1), 1.0, "shape (1,), but a single number was expected"),
        (np.nan, 1.0, "returns nan"),
        (np.array([1.0, np.nan]), np.ones(2), "returns nan at index [1]"),
        (np.array([1.0, 1.1]), np.ones(2), "1 of 2 values differ; first at index [1]: yours 1.1"),
        (np.inf, -np.inf, "yours inf, expected -inf"),
        (None, 1.0, "None (is there a return statement?)"),
        ("1.0", 1.0, "returns a string"),
        (1.0 + 1j, 1.0, "complex"),
        ((1.0,), (1.0, 2.0), "a tuple of 1, but 2 values were expected"),
        ((1.0, 3.0), (1.0, 2.0), "Value 2 of 2: It differs"),
        (np.eye(2), (torch.ones(2), torch.ones(2)), "Value 1 of 2: It returns a NumPy array"),
        ({"b": 1.0}, {"a": 1.0}, "has the keys ['b'], but ['a'] were expected"),
    ],
)
def test_a_difference_is_said_in_words(mine, theirs, words):
    found = comparing.difference(agent.encode(mine), agent.encode(theirs), 1e-4, 1e-5)
    assert words in found


# --- points and reports


def test_a_right_function_has_all_points(monkeypatch):
    report = verdict(monkeypatch, tidy, simple_check)
    assert report.passed and report.score == 4


def test_partial_credit_is_by_share_and_rounded_down_to_halves(monkeypatch):
    report = verdict(monkeypatch, lambda x: 2 * x, simple_check)
    assert report.score == 3.0  # shares 2 + 1 of 2 + 1 + 1


def test_without_its_core_a_function_earns_nothing(monkeypatch):
    def wrong_but_strict(x):
        return tidy(x) + 1

    report = verdict(monkeypatch, wrong_but_strict, simple_check)
    assert report.score == 0 and len(report.failed_lines) == 1


def test_a_line_that_costs_nothing_does_not_end_a_verdict(monkeypatch):
    def check(student, draw):
        yield student.holds(False, "is documented", "It is not.", share=0)
        yield student.compare("double", draw.normal((3, 2)), what="doubles")

    monkeypatch.setattr(banks, "bank", lambda sheet: bank(check))
    session = InProcess({"double": tidy})
    report = judge.judge_item(session, "no sheet", ITEM, 7, judge.Depth.VERDICT)
    assert report.passed and [line.passed for line in report.lines] == [False, True, True]


def test_an_error_for_everything_earns_nothing(monkeypatch):
    def raises(x):
        raise ValueError("no")

    assert verdict(monkeypatch, raises, simple_check).score == 0


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (None, "There is no double."),
        (lambda x: exec("raise NotImplementedError"), "Not written yet"),
        (lambda x: x[10], "IndexError"),
        (lambda x: exec("raise KeyboardInterrupt"), None),
        (lambda x: exec("raise SystemExit"), "SystemExit"),
    ],
)
def test_whatever_a_function_raises_is_said(monkeypatch, function, words):
    if words is None:
        with pytest.raises(KeyboardInterrupt):  # in process, Ctrl-C is a person's
            verdict(monkeypatch, function, simple_check)
        return
    report = verdict(monkeypatch, function, simple_check)
    assert report.score == 0
    assert words in report.failed_lines[0].message


def test_a_changed_argument_costs_its_line_and_no_more(monkeypatch):
    def in_place(x):
        if isinstance(x, str):
            raise ValueError
        x *= 2
        return x

    report = verdict(monkeypatch, in_place, simple_check)
    assert report.score == 3.0
    assert report.failed_lines[0].message == "It changes x in place: work on a copy."


def test_a_known_mistake_is_named_by_its_sentence(monkeypatch):
    def squared(x):
        """This squares where it should double."""
        return x * x

    def halved(x):
        """This halves."""
        return x / 2

    report = verdict(monkeypatch, lambda x: x**2, simple_check, squared=squared, halved=halved)
    line = report.lines[0]
    assert line.mistake == "squared"
    assert line.message.startswith("This squares where it should double.")


def test_a_mistake_that_gives_the_right_value_on_these_inputs_is_not_suspected(monkeypatch):
    def check(student, draw):
        yield student.compare("double", 2.0, what="doubles 2", core=True)

    def squared(x):
        """This squares."""
        return x * x

    report = verdict(monkeypatch, lambda x: x + 1, check, squared=squared)
    assert report.lines[0].mistake is None


def test_a_mistake_is_not_named_where_the_code_is_right_and_the_mistake_is_not(monkeypatch):
    def check(student, draw):
        yield student.compare("double", draw.normal((3,)), what="doubles", core=True)
        yield student.compare("double", 0.0, what="doubles 0")

    def plus_one(x):
        """This adds one."""
        return x + 1

    def wrong_at_zero(x):
        return np.where(x == 0, 1.0, 2 * x) if np.ndim(x) else (2 * x if x else 1.0)

    report = verdict(monkeypatch, wrong_at_zero, check, plus_one=plus_one)
    assert [line.mistake for line in report.lines if not line.passed] == [None]


def test_a_mistake_is_not_named_where_it_does_not_explain_the_core(monkeypatch):
    def check(student, draw):
        yield student.compare("double", draw.normal((3,)), what="doubles", core=True)
        yield student.compare("double", 1.0, what="doubles 1")

    def squared(x):
        """This squares."""
        return x * x

    report = verdict(monkeypatch, lambda x: x**4, check, squared=squared)
    assert all(line.mistake is None for line in report.lines)


def halves_the_first(x):
    """The first of the two terms is halved."""
    return x / 2 + x


def second_is_one(x):
    """KL stands for the second term."""
    return x + 1


BOTH = "Two things at once: the first of the two terms is halved; KL stands for the second term."
SUMMED = "all values are summed to one number, where one for each row is expected."


@pytest.mark.parametrize(
    ("function", "mistake", "words"),
    [
        (lambda x: x / 2 + 1, "first+second", BOTH),
        (
            lambda x: -(x + 1),
            "second+~negated",
            "once: KL stands for the second term; the sign",
        ),
        (lambda x: (x / 2 + x).sum(), "first+~summed", "; all values are summed to one number"),
        (lambda x: (2 * x).sum(), "~summed", SUMMED.capitalize()),
        (lambda x: x**3, None, ""),
        (lambda x: (x / 2 + 1).tolist()[:1], None, ""),
    ],
)
def test_two_mistakes_at_once_are_named_where_they_explain_the_core(
    monkeypatch, function, mistake, words
):
    def check(student, draw):
        yield student.compare("double", draw.normal((3,)), what="doubles", core=True)
        yield student.compare("double", draw.normal((5, 2)), what="doubles rows", core=True)

    known = {"first": halves_the_first, "second": second_is_one}
    report = verdict(monkeypatch, function, check, **known)
    assert report.score == 0 and {line.mistake for line in report.failed_lines} == {mistake}
    assert len(report.failed_lines) == 2
    assert all(words in line.message for line in report.failed_lines)


def sign_is_lost(x):
    """The sign is the other way round."""
    return -2 * x


@pytest.mark.parametrize(
    ("function", "mistake"),
    [
        (lambda x: -(x + 1), "second+~negated"),
        (lambda x: 1 - 3 * x, None),  # the sum of the deviations: with both, the 1 is negative too
    ],
)
def test_of_two_mistakes_one_may_multiply_everything(monkeypatch, function, mistake):
    def check(student, draw):
        yield student.compare("double", draw.normal((3,)), what="doubles", core=True)

    known = {"sign": sign_is_lost, "second": second_is_one}
    report = verdict(monkeypatch, function, check, **known)
    assert [line.mistake for line in report.failed_lines] == [mistake]


def test_two_mistakes_are_not_named_where_the_code_is_right_and_they_are_not(monkeypatch):
    def check(student, draw):
        yield student.compare("double", draw.normal((3,)), what="doubles", core=True)
        yield student.compare("double", 5.0, what="doubles 5", core=True)

    def right_at_five(x):
        return 10.0 if np.ndim(x) == 0 else x / 2 + 1

    known = {"first": halves_the_first, "second": second_is_one}
    report = verdict(monkeypatch, right_at_five, check, **known)
    assert [line.mistake for line in report.failed_lines] == [None]


def test_two_mistakes_are_not_named_where_a_core_line_is_no_comparison(monkeypatch):
    def check(student, draw):
        yield student.compare("double", draw.normal((3,)), what="doubles", core=True)
        yield student.holds(False, "is short", "It is long.", core=True)

    known = {"first": halves_the_first, "second": second_is_one}
    report = verdict(monkeypatch, lambda x: x / 2 + 1, check, **known)
    assert [line.mistake for line in report.failed_lines] == [None, None]


def between(low, high):
    return lambda value: "" if low < value < high else f"{value} is not there."


def test_a_condition_says_itself_what_is_wrong_and_finds_the_mistake(monkeypatch):
    def check(student, draw):
        yield student.meets(between(3, 5), "double", 2.0, what="about 4", core=True)
        yield student.meets(between(5, 7), "double", 3.0, what="about 6")

    def plus_ten(x):
        """This adds ten."""
        return x + 10

    assert verdict(monkeypatch, lambda x: 2.1 * x, check).passed
    report = verdict(monkeypatch, lambda x: x + 10, check, plus_ten=plus_ten)
    assert report.score == 0 and {line.mistake for line in report.lines} == {"plus_ten"}
    assert report.lines[0].message == "This adds ten. 12.0 is not there."
    assert "ZeroDivisionError" in verdict(monkeypatch, lambda x: 1 / 0, check).lines[0].message


def test_a_condition_that_holds_rules_out_the_mistakes_that_break_it(monkeypatch):
    def check(student, draw):
        yield student.meets(between(3, 5), "double", 2.0, what="about 4", core=True)
        yield student.meets(between(5, 7), "double", 3.0, what="about 6")

    def plus_one(x):
        """This adds one."""
        return x + 1

    report = verdict(monkeypatch, lambda x: 4.0, check, plus_one=plus_one)
    assert [line.mistake for line in report.failed_lines] == [None]


def test_the_reference_may_get_there_in_a_simpler_way(monkeypatch):
    def check(student, draw):
        yield student.compare(_sum, [1.0, 5.0], what="adds up", reference_args=([6.0],), core=True)

    assert verdict(monkeypatch, lambda x: 2 * x, check).passed


def _sum(functions, numbers):
    return sum(functions["double"](number) for number in numbers)


def _is_six(value):
    return "" if value == 6 else f"{value}"


def _both(functions, x):
    return {"plain": functions["double"](x), "negative": functions["double"](-x)}


def test_lines_on_the_parts_of_one_call_make_it_once_and_each_names_its_mistake(monkeypatch):
    asked = {"mine": [], "size": []}

    def check(student, draw):
        made = student.call(_both, 3.0, what="runs")
        assert student.returned(made) == {"plain": 6.0, "negative": 6.0}
        yield student.compare(made, part="plain", what="doubles", core=True)
        yield student.compare(made, part="negative", what="keeps the sign", share=2)
        yield student.meets(_is_six, made, part="plain", what="six")

    def size(x):
        """This forgets the sign."""
        asked["size"].append(x)
        return 2 * abs(x)

    def function(x):
        asked["mine"].append(x)
        return abs(x + x)

    report = verdict(monkeypatch, function, check, size=size)
    assert [line.passed for line in report.lines] == [True, False, True]
    assert [line.mistake for line in report.lines] == [None, "size", None]
    assert asked == {"mine": [3.0, -3.0], "size": [3.0, -3.0]}


def test_a_call_that_fails_fails_on_every_line_about_a_part_of_it(monkeypatch):
    def check(student, draw):
        made = student.call(_both, 3.0, what="runs")
        assert student.returned(made) is None
        yield student.compare(made, part="plain", what="doubles")
        yield student.compare(made, part="negative", what="keeps the sign")

    report = verdict(monkeypatch, lambda x: 1 / 0, check)
    assert report.score == 0
    assert all("ZeroDivisionError" in line.message for line in report.lines)


def test_a_part_that_does_not_come_back_is_wrong(monkeypatch):
    def check(student, draw):
        made = student.call(_forgets, 3.0, what="runs")
        yield student.meets(_is_six, made, part="x", what="six")

    report = verdict(monkeypatch, lambda x: 2 * x, check)
    assert [line.message for line in report.lines] == ["None"]


def _forgets(functions, x):
    return {"y": functions["double"](x)}


def test_what_cannot_explain_the_core_is_not_computed_on_later_lines(monkeypatch):
    asked = []

    def check(student, draw):
        yield student.compare("double", 3.0, what="doubles 3", core=True)
        yield student.compare("double", 5.0, what="doubles 5", core=True)

    def squared(x):
        """This squares."""
        return x * x

    def halved(x):
        """This halves."""
        asked.append(x)
        return x / 2

    report = verdict(monkeypatch, lambda x: x**2, check, squared=squared, halved=halved)
    assert [line.mistake for line in report.lines] == ["squared", "squared"]
    assert asked == [3.0]


def test_a_frameworks_own_not_implemented_error_is_no_stub(monkeypatch):
    def in_its_own_words(x):
        raise NotImplementedError("Cannot convert a symbolic tensor to a NumPy array")

    report = verdict(monkeypatch, in_its_own_words, simple_check)
    assert "Cannot convert a symbolic tensor" in report.failed_lines[0].message
    assert len(report.lines) > 1, "the check goes on"


def test_a_check_that_fails_itself_is_the_staffs_trouble_and_stops_nobody(monkeypatch):
    def check(student, draw):
        value = student.value("double", 1.0)
        yield student.holds(value["no such key"], "never gets here")

    report = verdict(monkeypatch, lambda x: 2 * x, check)
    assert report.score == 0 and "TypeError" in report.trouble


def test_an_endless_loop_is_stopped_in_process_too():
    def forever():
        while True:
            pass

    with pytest.raises(Stopped, match="did not finish within 0.2 s"):
        InProcess({"forever": forever}).ask({"target": "forever", "args": []}, 0.2)


def test_a_probe_runs_from_its_source_alone(monkeypatch):
    def check(student, draw):
        yield student.compare(_twice, 3.0, what="doubles twice", core=True)

    assert verdict(monkeypatch, lambda x: 2 * x, check).passed


def _twice(functions, x):
    return functions["double"](functions["double"](x))


def test_warnings_count_only_where_quiet_is_asked(monkeypatch):
    def check(student, draw):
        yield student.compare("double", np.ones(2), what="doubles", core=True)
        yield student.compare("double", np.ones(2), what="doubles in silence", quiet=True)

    def loud(x):
        np.log(np.zeros(1))
        return 2 * x

    passed = [line.passed for line in verdict(monkeypatch, loud, check).lines]
    assert passed[:2] == [True, False]


def test_what_students_write_is_escaped_in_the_report():
    line = Line("runs", False, message="ValueError: <script>alert(1)</script>")
    page = rendering.html(Report("double", 4, 0, (line,)))
    assert "<script>" not in page and "&lt;script&gt;" in page


# --- items that are a variable


def test_a_variable_is_judged_by_its_value(monkeypatch):
    for unit in ("nats", "na" + "ts", "".join(["na", "ts"]), f"{'nats'}"):
        assert value_verdict(monkeypatch, {"unit": unit}, is_nats).passed
    assert value_verdict(monkeypatch, {"unit": "bits"}, is_nats).failed_lines[0].what == "is nats"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({}, "There is no unit."),
        ({"units": "nats"}, "There is no unit. Did you mean units?"),
        ({"unit": 3}, "unit is a number, but a string was expected."),
        ({"unit": None}, "unit is None, but a string was expected."),
        ({"unit": ["nats"]}, "unit is a list of 1, but a string was expected."),
        ({"unit": b"nats"}, "unit is of type bytes."),
        ({"unit": lambda: "nats"}, "unit is of type function."),
        ({"unit": "n" * 20_001}, "unit is a text of 20,001 characters; at most 20,000 are read."),
    ],
)
def test_what_is_no_string_or_not_there_is_said_in_one_line(monkeypatch, written, words):
    report = value_verdict(monkeypatch, written, is_nats)
    assert report.score == 0 and not report.trouble
    assert [(line.what, line.message) for line in report.lines] == [("can be read", words)]


def test_a_variable_may_be_anything_that_is_plain_data(monkeypatch):
    def check(student, draw):
        yield student.holds(student.constant("unit") == {"in": [1, 2.5]}, "is it", core=True)

    assert value_verdict(monkeypatch, {"unit": {"in": [1, 2.5]}}, check).passed


def test_no_object_that_equals_everything_passes_for_a_string(monkeypatch):
    class Equal(str):
        def __eq__(self, other):
            return True

        __hash__ = str.__hash__

    assert value_verdict(monkeypatch, {"unit": Equal("bits")}, is_nats).score == 0


def test_a_variable_of_a_notebook_is_judged_in_its_own_process(toy_sheet):
    code = f"from grader import judge\njudge('bit', sheet={toy_sheet!r})"
    exec(code, {"bit": r"\log 2"})
    with pytest.raises(AssertionError, match="The logarithm is missing."):
        exec(code, {"bit": "2"})


def test_a_value_is_compared_with_the_references_and_with_the_mistakes(monkeypatch):
    def check(student, draw):
        yield student.compare(_last_letters, 1, what="ends in s", core=True)
        yield student.compare(_last_letters, 4, what="is nats", core=True)
        yield student.compare("double", 2.0, what="functions beside it")

    def in_bits():
        """This is in bits."""
        return "bits"

    def fails():
        raise AssertionError("only called where something differs")

    double = {"double": lambda x: x + x}
    assert value_verdict(monkeypatch, {"unit": "nats"} | double, check, fails=fails).passed
    report = value_verdict(monkeypatch, {"unit": "bits"} | double, check, in_bits=in_bits)
    assert [line.mistake for line in report.lines] == [None, "in_bits", None]
    assert report.lines[1].message == "This is in bits. It is another string."


def _last_letters(functions, number):
    return functions["unit"][-number:]


@pytest.mark.parametrize("text", ["x" * 20_001, "\ud800"])
def test_a_forged_text_is_neither_too_long_nor_unwritable(text):
    try:
        arrived = agent.decode({"t": "str", "v": text})
    except ValueError:
        return
    assert arrived.encode("utf-8")


def test_a_text_is_sent_whole_or_not_at_all():
    assert agent.encode("x" * 20_000)["v"] == "x" * 20_000
    with pytest.raises(agent.Unsendable, match="20,001 characters; at most 20,000 are read"):
        agent.encode(["x" * 20_001])


# --- inputs


def test_inputs_repeat_for_one_secret_and_differ_for_another_student():
    first, again = seed_for("secret", "item", "ada"), seed_for("secret", "item", "ada")
    other = seed_for("secret", "item", "bruno")
    assert first == again != other
    assert np.array_equal(Draw(first).normal((3,)), Draw(again).normal((3,)))


@settings(max_examples=100)
@given(st.integers(0, 2**32), st.integers(2, 25))
def test_drawn_probabilities_and_covariances_are_never_degenerate(seed, k):
    draw = Draw(seed)
    p = draw.probabilities((4, k))
    assert np.allclose(p.sum(-1), 1) and p.min() >= 0.02 - 1e-12
    covariance = draw.covariance(k)
    eigenvalues = np.linalg.eigvalsh(covariance)
    assert eigenvalues.min() > 0.005 and np.allclose(covariance, covariance.T)


# --- modules of probes, stand-ins, and the same call in other forms

STEP = """
import functools
import tensorflow as tf

def inner(x):
    raise RuntimeError("the student's own inner is wrong")

def step(x):
    return 1 + inner(x)

@tf.function
def compiled(x):
    return 1 + inner(x)

def helper(x):
    return inner(x)

def by_helper(x):
    return 1 + helper(x)

def noisy(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper

@noisy
def decorated(x):
    return 1 + inner(x)

class Model:
    def __call__(self, x):
        return 1 + inner(x)

model = Model()
partial = functools.partial(lambda one, x: one + inner(x), 1)
"""


def written(source: str) -> dict:
    """What a student's code defines."""
    namespace = {"__name__": "submission"}
    exec(source, namespace)
    return namespace


def inner_verdict(monkeypatch, namespace: dict, check, **mistakes) -> Report:
    """The report on a student's `double`, which calls `inner`, for a reference that does so too."""
    reference = written("def inner(x):\n    return x\n\ndef double(x):\n    return 1 + inner(x)\n")
    found = banks.Bank(
        types.SimpleNamespace(**reference),
        types.SimpleNamespace(double=check),
        types.SimpleNamespace(**{f"double__{name}": f for name, f in mistakes.items()}),
    )
    monkeypatch.setattr(banks, "bank", lambda sheet: found)
    return judge.judge_item(InProcess(namespace), "no sheet", ITEM, 7)


def asked_with_stand_ins(namespace: dict, name: str, x: float) -> dict:
    """The reply to a call of a function with `probes.tenfold` in the place of `inner`."""
    request = request_for(name, (x,), {"inner": probes.tenfold}, {name: lambda x: x})
    return InProcess(namespace).ask(request)


@pytest.mark.parametrize("name", ["step", "compiled", "by_helper", "decorated", "model", "partial"])
def test_a_stand_in_takes_the_place_of_another_function_for_one_call(name):
    namespace = written(STEP)
    before = dict(namespace)
    reply = asked_with_stand_ins(namespace, name, 2.0)
    assert reply["status"] == "ok" and float(agent.decode(reply["value"])) == 21.0
    assert namespace == before


def test_a_graph_that_was_traced_before_sees_the_stand_in_and_does_not_keep_it():
    namespace = written(
        STEP.replace('raise RuntimeError("the student\'s own inner is wrong")', "return x")
    )
    assert float(namespace["compiled"](2.0)) == 3.0
    reply = asked_with_stand_ins(namespace, "compiled", 2.0)
    assert float(agent.decode(reply["value"])) == 21.0
    assert float(namespace["compiled"](2.0)) == 3.0


def test_a_function_that_is_missing_is_there_for_the_call_and_gone_after_it():
    namespace = written("def step(x):\n    return 1 + inner(x)\n")
    reply = asked_with_stand_ins(namespace, "step", 2.0)
    assert agent.decode(reply["value"]) == 21.0
    assert "inner" not in namespace


@pytest.mark.parametrize("error", ["ValueError", "SystemExit", "KeyboardInterrupt"])
def test_stand_ins_leave_whatever_happens(error):
    namespace = written(f"def inner(x): pass\ndef step(x):\n    inner(x)\n    raise {error}\n")
    own = namespace["inner"]
    with contextlib.suppress(KeyboardInterrupt):
        assert asked_with_stand_ins(namespace, "step", 2.0)["bases"][0] == error
    assert namespace["inner"] is own


def test_stand_ins_reach_the_module_that_an_implementation_comes_from():
    module = written("def inner(x):\n    return x\n\ndef step(x):\n    return 1 + inner(x)\n")
    reply = asked_with_stand_ins({"step": module["step"], "inner": abs}, "step", 2.0)
    assert agent.decode(reply["value"]) == 21.0
    assert module["inner"](2.0) == 2.0


def test_stand_ins_reach_the_methods_that_a_class_inherits():
    module = written("class Base:\n    def __new__(cls, x):\n        return inner(x)\n")
    module["inner"] = abs
    reply = asked_with_stand_ins({"step": type("Own", (module["Base"],), {})}, "step", 2.0)
    assert agent.decode(reply["value"]) == 20.0


def test_the_reference_and_the_mistakes_get_the_same_stand_ins(monkeypatch):
    def check(student, draw):
        yield student.compare(
            "double", 3.0, what="adds 1", core=True, instead={"inner": probes.tenfold}
        )
        yield student.meets(
            lambda value: "" if value == 31.0 else "It is not.",
            "double",
            3.0,
            what="is 31",
            instead={"inner": probes.tenfold},
        )

    def twice(x):
        """1 is added twice."""
        return 2 + inner(x)  # noqa: F821

    mistake = types.FunctionType(twice.__code__, {"inner": abs}, "twice")
    mistake.__doc__ = twice.__doc__
    right = written(STEP.replace("step", "double"))
    assert inner_verdict(monkeypatch, right, check, twice=mistake).passed
    wrong = written("def double(x):\n    return 1 + inner(x) + 1\n")
    report = inner_verdict(monkeypatch, wrong, check, twice=mistake)
    assert [line.mistake for line in report.lines] == ["twice", "twice"]


def test_a_probe_of_a_module_uses_the_modules_helpers_and_starts_afresh_in_each_call(monkeypatch):
    def check(student, draw):
        for _ in range(2):
            yield student.compare(
                probes.calls_of_inner,
                "double",
                [1.0, 2.0],
                what="calls inner once for each",
                instead={"inner": probes.noted},
            )
        yield student.compare(probes.through_a_class, "double", 2.0, what="works in a class")

    right = written(STEP.replace("step", "double").replace("raise", "return x  #"))
    assert inner_verdict(monkeypatch, right, check).passed
    never = written("def double(x):\n    return 1 + x\n")
    report = inner_verdict(monkeypatch, never, check)
    assert [line.passed for line in report.lines[:3]] == [False, False, False]


def test_a_probe_puts_stand_ins_of_its_own_in_place(monkeypatch):
    def check(student, draw):
        yield student.compare(probes.with_factor, "double", 2.0, 5.0, what="takes inner from there")

    namespace = written(STEP.replace("step", "double"))
    own = namespace["inner"]
    assert inner_verdict(monkeypatch, namespace, check).passed
    assert namespace["inner"] is own


def test_stand_ins_may_be_put_in_place_within_others():
    namespace = written("def a(): return 'a'\ndef b(): return 'b'\ndef both(): return a() + b()\n")
    functions = agent.Functions(namespace)
    with functions.instead({"a": lambda: "A"}):
        assert functions["both"]() == "Ab"
        with functions.instead({"a": lambda: "1", "b": lambda: "2"}):
            assert functions["both"]() == "12"
        assert functions["both"]() == "Ab"
    assert functions["both"]() == "ab"


def test_stand_ins_of_one_call_come_from_one_module():
    with pytest.raises(TypeError, match="from one module"):
        request_for("step", (), {"a": probes.tenfold, "b": twofold}, {"step": len})


def twofold(x):
    return 2 * x


def test_one_call_covers_the_same_in_other_forms(monkeypatch):
    def check(student, draw):
        x = draw.normal((3, 2))
        yield from student.same_for(
            "double",
            x,
            float32="takes float32 arrays",
            one_row="a batch of one",
            single="a single row",
            numbers="plain numbers",
            shapes={"more axes": (draw.normal((2, 3, 4)),)},
            options={"share": 2},
        )
        yield from student.raises_each(ValueError, "double", {"refuses words": ("two",)})

    seen = []

    def remembers(x):
        seen.append(x)
        return tidy(x)

    report = verdict(monkeypatch, remembers, check)
    assert report.passed and [line.share for line in report.lines[:5]] == [2] * 5
    assert [np.shape(x) for x in seen[:5]] == [(3, 2), (1, 2), (2,), (), (2, 3, 4)]
    assert seen[0].dtype == np.float32 and type(seen[3]) is float


def test_the_other_forms_exist_for_the_frameworks_arrays():
    from helpers.quiet import tf

    for x in (torch.ones(2, 3), tf.ones((2, 3)), np.ones((2, 3), np.float32)):
        wide, row = VARIANTS["float64"](x), VARIANTS["one_row"](x)
        assert type(wide).__module__ == type(x).__module__ and "float64" in str(wide.dtype)
        assert tuple(row.shape) == (1, 3) and VARIANTS["numbers"](x) == 1.0
    whole = np.arange(3)
    assert VARIANTS["float32"](whole) is whole and VARIANTS["single"]("word") == "word"
