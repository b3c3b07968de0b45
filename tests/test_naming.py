"""Naming: constants that students chose, functions by their own lines, ties, and kinds."""

import types

import numpy as np
import pytest

from grader.course import banks, outline
from grader.judging import comparing, fitting, judge, kinds
from grader.judging.report import Report
from grader.running import agent
from grader.running.session import InProcess


def log_plus(x, *, constant: (1e-9, 1e-1) = 1e-8):
    """{constant} is added inside the logarithm: small numbers are lost."""
    return np.log(np.asarray(x) + constant)


class Doubled:
    """The factor is {constant}."""

    constant: (0.5, 5.0) = 2.0

    def times(self, x):
        return self.constant * np.asarray(x)


def reports_on(monkeypatch, functions, check, mistakes, reference) -> Report:
    """The report on a student's functions: an item named by the first of the reference's."""
    first, *others = reference
    item = outline.Item(first, 4.0, f"{first}-test", other_functions=tuple(others))
    found = banks.Bank(
        types.SimpleNamespace(**reference),
        types.SimpleNamespace(**{first: check}),
        types.SimpleNamespace(**{f"{first}__{name}": f for name, f in mistakes.items()}),
    )
    monkeypatch.setattr(banks, "bank", lambda sheet: found)
    return judge.judge_item(InProcess(functions), "no sheet", item, 7)


def two_calls(student, draw):
    yield student.compare("log", draw.between(0.01, 1.0, (4,)), what="is a log", core=True)
    yield student.compare("log", draw.between(1e-4, 1e-3, (3,)), what="of little", core=True)


def log_report(monkeypatch, function, check=two_calls, **mistakes) -> Report:
    mistakes = mistakes or {"plus": log_plus}
    return reports_on(monkeypatch, {"log": function}, check, mistakes, {"log": np.log})


# --- constants


@pytest.mark.parametrize("constant", [1e-3, 3e-4, 0.07, 1.234e-3])
def test_a_students_own_constant_is_found_and_said(monkeypatch, constant):
    report = log_report(monkeypatch, lambda x: np.log(x + constant))
    assert {line.mistake for line in report.failed_lines} == {"plus"}
    words = f"About {constant:.2g} is added inside"
    assert all(line.message.startswith(words) for line in report.failed_lines)


def test_a_constant_that_fits_one_call_is_not_named_where_another_call_says_no(monkeypatch):
    def larger_for_three(x):
        return np.log(x + (2e-3 if len(x) == 3 else 1e-3))

    report = log_report(monkeypatch, larger_for_three)
    assert len(report.failed_lines) == 2 and not any(
        line.mistake == "plus" for line in report.lines
    )


def test_one_number_is_too_little_to_name_a_constant_by(monkeypatch):
    def check(student, draw):
        yield student.compare("log", 0.5, what="of a half", core=True)

    report = log_report(monkeypatch, lambda x: np.log(x) + 0.1, check)
    assert [line.mistake for line in report.failed_lines] == [None]


def test_a_constant_is_not_looked_for_where_a_plain_mistake_explains_it(monkeypatch):
    asked = []

    def counted(x, *, constant: (1e-9, 1e-1) = 1e-8):
        """{constant} is added."""
        asked.append(constant)
        return np.log(x + constant)

    def base_ten(x):
        """The base is ten."""
        return np.log10(x)

    report = log_report(monkeypatch, np.log10, plus=counted, base_ten=base_ten)
    assert {line.mistake for line in report.failed_lines} == {"base_ten"}
    assert set(asked) == {1e-8}


def test_a_constant_that_makes_no_difference_is_not_put_into_words(monkeypatch):
    def check(student, draw):
        yield student.compare("log", 0.0, what="of nothing", core=True, atol=1e3)
        yield student.compare("log", np.zeros(2), what="of nothing twice", core=True, atol=1e3)

    report = log_report(monkeypatch, lambda x: np.log(np.asarray(x) + 1e-4), check)
    assert {line.mistake for line in report.failed_lines} == {"plus"}
    assert report.failed_lines[0].message.startswith("A constant is added inside")


def test_a_class_declares_its_constant_as_an_attribute():
    assert banks.constant_of(Doubled) == banks.Constant(2.0, 0.5, 5.0)
    assert banks.with_constant(Doubled, 3.0)().times(2.0) == 6.0 and Doubled.constant == 2.0
    assert banks.sentence_of(Doubled) == "The factor is a constant."


def test_another_constant_leaves_the_function_of_the_bank_as_it_was():
    changed = banks.with_constant(log_plus, 1e-2)
    assert changed(0.0) == np.log(1e-2) and log_plus(0.0) == np.log(1e-8)
    assert changed.__globals__ is log_plus.__globals__  # where stand-ins are put


@pytest.mark.parametrize("wanted", [1e-6, 3.7e-5, 1e-12, 1e-2, 0.005])
def test_the_search_ends_at_the_constant_after_a_bounded_number_of_evaluations(wanted):
    asked = []

    def how_far(value):
        asked.append(value)
        return abs(np.log(value / wanted))

    assert fitting.search(how_far, 1e-12, 1e-2) == pytest.approx(wanted, rel=1e-5)
    assert len(asked) <= 100


def test_a_constant_is_written_as_people_write_it():
    assert banks.sentence_of(log_plus, 1e-6).startswith("About 1e-6 is added")


# --- functions and methods by their own lines


def there_and_back(student, draw):
    x = draw.between(0.5, 3.0, (4,))
    yield student.compare("there", x, what="there", core=True)
    yield student.compare("there", 2 * x, what="further there", core=True)
    yield student.compare("back", x, what="back", core=True)
    yield student.compare("back", 2 * x, what="further back")
    yield student.compare(_round, x, what="there and back again", core=True)


def _round(functions, x):
    return functions["back"](functions["there"](x))


def there_squared(x):
    """There, x is squared."""
    return x * x


def back_doubled(y):
    """Back, y is doubled."""
    return 2 * y


WAYS = {"there": lambda x: 2 * x, "back": lambda y: y / 2}
KNOWN = {"squared": there_squared, "back__doubled": back_doubled}


def names(report: Report) -> dict[str, str | None]:
    return {line.what: line.mistake for line in report.failed_lines}


def test_each_function_of_an_item_is_named_by_its_own_lines(monkeypatch):
    written = {"there": lambda x: x**2, "back": lambda y: y * 2}
    found = names(reports_on(monkeypatch, written, there_and_back, KNOWN, WAYS))
    assert found["there"] == found["further there"] == "squared"
    assert found["back"] == found["further back"] == "back__doubled"


def test_one_function_is_named_though_nothing_explains_the_other(monkeypatch):
    written = {"there": lambda x: x**2, "back": lambda y: y**5}
    found = names(reports_on(monkeypatch, written, there_and_back, KNOWN, WAYS))
    assert found["there"] == "squared" and found["back"] is None


def test_a_mistake_of_a_function_explains_the_lines_about_both(monkeypatch):
    written = {**WAYS, "there": lambda x: x**2}
    found = names(reports_on(monkeypatch, written, there_and_back, KNOWN, WAYS))
    assert set(found.values()) == {"squared"} and "there and back again" in found


def test_what_explains_half_of_the_core_of_one_function_is_not_named(monkeypatch):
    def squared_once(x):
        squared_once.calls += 1
        return x**2 if squared_once.calls == 1 else x**3

    squared_once.calls = 0
    written = {**WAYS, "there": squared_once}
    found = names(reports_on(monkeypatch, written, there_and_back, KNOWN, WAYS))
    assert found["there"] != "squared"


class Way:
    """Twice there, half back."""

    def go(self, x):
        return 2 * x

    def back(self, x):
        return x / 2


class Squared(Way):
    """It goes too far."""

    def go(self, x):
        return x * x


class BackDoubled(Way):
    """It comes back twice as large."""

    def back(self, x):
        return 2 * x


class Both(Way):
    """What a student wrote."""

    def go(self, x):
        return x**2

    def back(self, x):
        return x + x


def _walk(functions, way, x):
    return getattr(functions["Way"](), way)(x)


def test_methods_are_named_by_the_lines_that_the_check_says_are_about_them(monkeypatch):
    def check(student, draw):
        for way in ("go", "back"):
            for scale in (1, 2):
                x = draw.normal((4,), scale)
                what = f"{way} {scale}"
                yield student.compare(_walk, way, x, what=what, core=True, of=way)

    known = {"squared": Squared, "back_doubled": BackDoubled}
    found = names(reports_on(monkeypatch, {"Way": Both}, check, known, {"Way": Way}))
    assert found["go 1"] == found["go 2"] == "squared"
    assert found["back 1"] == found["back 2"] == "back_doubled"


# --- ties


def test_two_mistakes_that_fit_equally_well_are_both_said(monkeypatch):
    def base_ten(x):
        """The base is ten."""
        return np.log10(x)

    def divided(x):
        """It is divided by log 10."""
        return np.log(x) / np.log(10)

    report = log_report(monkeypatch, np.log10, base_ten=base_ten, divided=divided)
    assert {line.mistake for line in report.failed_lines} == {"base_ten|divided"}
    words = "Either the base is ten; or it is divided by log 10."
    assert report.failed_lines[0].message.startswith(words)


def test_what_the_code_has_right_beside_the_core_decides_between_two(monkeypatch):
    def check(student, draw):
        yield student.compare("log", draw.between(0.5, 1.0, (4,)), what="is a log", core=True)
        yield student.compare("log", 1e3, what="of much")

    def halved(x):
        """It is halved."""
        return np.log(x) / 2

    def halved_below_one(x):
        """It is halved below 1."""
        return np.log(x) / np.where(np.asarray(x) < 1, 2, 1)

    known = {"halved": halved, "below": halved_below_one}
    report = log_report(monkeypatch, halved_below_one, check, **known)
    assert [line.mistake for line in report.failed_lines] == ["below"]


def test_what_the_code_refuses_as_it_should_decides_between_two(monkeypatch):
    def check(student, draw):
        yield student.compare("log", 2.0, what="is a log", core=True)
        cases = {"refuses 0": (0.0,), "refuses -1": (-1.0,)}
        yield from student.raises_each(ValueError, "log", cases)

    def refusing(refused):
        def log(x):
            """Some numbers are let through."""
            if refused(x):
                raise ValueError("not positive")
            return np.log(x) if x > 0 else 0.0

        return log

    zero, all_of_them = refusing(lambda x: x < 0), refusing(lambda x: False)
    known, right = {"zero": zero, "nothing": all_of_them}, {"log": refusing(lambda x: x <= 0)}
    for name, function in known.items():
        report = reports_on(monkeypatch, {"log": function}, check, known, right)
        assert {line.mistake for line in report.failed_lines} == {name}


def test_of_three_that_fit_equally_well_none_is_named(monkeypatch):
    def base_ten(x):
        """The base is ten."""
        return np.log10(x)

    known = {"one": base_ten, "two": base_ten, "three": base_ten}
    report = log_report(monkeypatch, np.log10, **known)
    assert [line.mistake for line in report.failed_lines] == [None, None]


# --- kinds of mistakes, where none is known


def test_a_result_that_changes_from_call_to_call_is_said_to_do_so(monkeypatch):
    generator = np.random.default_rng(1)

    def sampled(x):
        return np.log(x) * generator.normal(1.0, 0.01, 1000).mean()

    report = log_report(monkeypatch, sampled)
    assert {line.mistake for line in report.failed_lines} == {kinds.UNSTEADY}
    assert report.failed_lines[0].message.startswith("The same call gives another result each time")


def test_what_is_kept_between_calls_changes_the_result_of_those_lines_alone(monkeypatch):
    seen = []

    def counting(x):
        seen.append(x)
        return np.log(x) + (len(seen) if len(x) == 4 else 1)

    report = log_report(monkeypatch, counting)
    assert [line.mistake for line in report.failed_lines] == [kinds.UNSTEADY, None]


@pytest.mark.parametrize(
    ("factor", "words"), [(1.0005, "0.1 %"), (1.015, "2 %"), (0.96, "5 %"), (1.06, ""), (-1, "")]
)
def test_a_result_that_is_near_everywhere_is_said_to_be_near(monkeypatch, factor, words):
    report = log_report(monkeypatch, lambda x: factor * np.log(x))
    said = f"Every value is within {words} of the right one, but not exact"
    for line in report.failed_lines:
        assert line.message.startswith(said) if words else line.mistake != kinds.NEAR


def test_a_result_that_is_near_on_one_call_alone_has_no_kind(monkeypatch):
    report = log_report(monkeypatch, lambda x: np.log(x) * (1.01 if len(x) == 4 else 2.0))
    assert [line.mistake for line in report.failed_lines] == [None, None]
    report = log_report(monkeypatch, lambda x: 1.01 * np.log(x) if len(x) == 4 else None)
    assert [line.mistake for line in report.failed_lines] == [None, None]


def test_a_function_that_only_seems_near_because_it_adds_a_wrong_one_has_no_kind(monkeypatch):
    def log(x):
        return np.log(x)

    def far(x):
        return 50.0 + log(x)

    def check(student, draw):
        x = draw.between(2.0, 3.0, (4,))
        for name in ("log", "far"):
            yield student.compare(name, x, what=name, core=True, of=name)

    def off(x):
        return np.log(x) + 0.2 * x**2

    wrong = {"log": off, "far": lambda x: 50.0 + off(x)}
    report = reports_on(monkeypatch, wrong, check, {}, {"log": log, "far": far})
    assert [line.mistake for line in report.failed_lines] == [None, None]
    nearly = {"log": log, "far": wrong["far"]}
    report = reports_on(monkeypatch, nearly, check, {}, {"log": log, "far": far})
    assert [line.mistake for line in report.failed_lines] == [kinds.NEAR]


def test_a_kind_is_not_said_where_a_mistake_is_known(monkeypatch):
    report = log_report(monkeypatch, lambda x: np.log(x + 1e-6))
    assert {line.mistake for line in report.failed_lines} == {"plus"}


def test_how_far_a_value_is_from_the_right_one():
    def relative(mine, theirs):
        return comparing.relative(agent.encode(mine), agent.encode(theirs))

    assert relative(1.01, 1.0) == pytest.approx(0.01)
    assert relative((np.ones(2), np.inf), (np.array([1.0, 0.8]), np.inf)) == pytest.approx(0.25)
    assert relative({"a": 2.0}, {"a": 2.0}) == relative(np.nan, np.nan) == 0
    for mine, theirs in ((np.ones(3), np.ones(2)), (1e-9, 0.0), (np.nan, 1.0), ("a", "b"), (1j, 1)):
        assert relative(mine, theirs) == np.inf
