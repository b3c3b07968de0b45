"""Naming: constants that students chose, functions by their own lines, and ties."""

import types

import numpy as np
import pytest

from grader.course import banks, outline
from grader.judging import fitting, judge
from grader.judging.report import Report
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
    assert len(report.failed_lines) == 2 and not any(line.mistake for line in report.lines)


def test_one_number_is_too_little_to_name_a_constant_by(monkeypatch):
    def check(student, draw):
        yield student.compare("log", 0.5, what="of a half", core=True)

    report = log_report(monkeypatch, lambda x: np.log(x) + 0.01, check)
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
