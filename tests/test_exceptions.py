"""What a report says of an exception in plain words, and which exceptions count as the same."""

import math

import numpy as np
import pytest
import torch

from grader.judging import exceptions
from grader.running import agent
from helpers.quiet import tf
from tests.test_judging import simple_check, verdict

A, T, F = np.ones((5, 3)), torch.ones(5, 3), tf.ones((5, 3))
LAYER = torch.nn.Linear(3, 2)
KNOWN = {"math": math, "np": np, "torch": torch, "tf": tf}


class Unready(torch.nn.Module):
    """A module whose __init__ forgets its parent's."""

    def __init__(self):
        self.layer = torch.nn.Linear(1, 1)


def too_early():
    if math.pi < 3:
        value = 1
    return value


def endless(x):
    return endless(x)


def changed_in_place():
    parameter = torch.ones(1, requires_grad=True)
    doubled = parameter * 2
    squared = doubled * doubled
    doubled += 1
    squared.backward()


def leaf_in_place():
    parameter = torch.ones(1, requires_grad=True)
    parameter += 1


# What is evaluated, and the first words of what is said of it.
SAID = {
    "bool(A > 0)": "A whole array stands where one yes or no",
    "bool(T > 0)": "A whole array stands",
    "bool(F > 0)": "A whole array stands",
    "0 < A < 2": "A whole array stands",
    "max(A)": "A whole array stands",
    "tf.function(lambda x: 1 if x else 2, autograph=False)(F)": "A whole array stands",
    "float(A)": "float(), int(), item() and the functions of math",
    "int(T)": "float(), int()",
    "float(F)": "float(), int()",
    "math.log(A)": "float(), int()",
    "math.exp(T)": "float(), int()",
    "T.item()": "float(), int()",
    "A.item()": "float(), int()",
    "(A, 2)(3)": "What stands before round brackets",
    "A(1)": "What stands before round brackets",
    "F(1)": "What stands before round brackets",
    "print()(1)": "None stands where a value is needed",
    "T + None": "None stands",
    "A * None": "None stands",
    "None > A": "None stands",
    "np.log(None)": "None stands",
    "torch.log(None)": "None stands",
    "exec('x, y = None')": "None stands",
    "[1].sort()[0]": "None stands",
    "None.shape": "None stands",
    "tf.Variable(1.0) + None": "None stands",
    "A + np.ones(5)": "The shapes of two arrays do not fit",
    "T + torch.ones(5)": "The shapes of two arrays",
    "F + tf.ones(5)": "The shapes of two arrays",
    "exec('A[0] = [1, 2]')": "The shapes of two arrays",
    "exec('T[0] = torch.ones(4)')": "The shapes of two arrays",
    "A @ A": "In a matrix product",
    "np.dot(A, A)": "In a matrix product",
    "T @ T": "In a matrix product",
    "T @ torch.ones(5)": "In a matrix product",
    "F @ F": "In a matrix product",
    "LAYER(torch.ones(2, 5))": "In a matrix product",
    "LAYER(T.double())": "Two tensors of different number types",
    "T @ T.double().T": "Two tensors of different",
    "F + tf.cast(F, tf.float64)": "Two tensors of different",
    "tf.convert_to_tensor(F, tf.float64)": "Two tensors of different",
    "[].append(1, 2)": "append takes one value",
    "[1] - [2]": "Lists and tuples do not calculate",
    "1 + (2, 3)": "Lists and tuples",
    "[1, 2] ** 2": "Lists and tuples",
    "[1] * 1.5": "Lists and tuples",
    "-[1]": "Lists and tuples",
    "[1] + 1": "Lists and tuples",
    "T.max(0) + 1": "Lists and tuples",
    "[1].shape": "A list is no array and has no shape",
    "(1, 2).mean()": "A tuple is no array and has no mean",
    "A.append(1)": "An array does not grow",
    "Unready()": "The first line of __init__",
    "tf.log": "tensorflow has no log: compare the spelling",
    "A.unsqueeze(0)": "A value of the type ndarray has no unsqueeze",
    "F.mean()": "A value of the type EagerTensor has no mean",
    "np.float64(2).foo": "A value of the type float64 has no foo",
    "too_early()": "value gets its value inside the function",
    "not_there": "not_there has no value here",
    "endless()": "A call does not fit",
    "endless(1, 2)": "A call does not fit",
    "A.sum(dim=1)": "A call does not fit",
    "LAYER.forward()": "A call does not fit",
    "exec('x, y = 1, 2, 3')": "There are not as many names",
    "exec('x, y = T')": "There are not as many names",
    "exec('x, y = 2.0')": "A single number stands where several",
    "list(2.0)": "A single number stands",
    "sum(A.sum())": "A single number stands",
    "list(np.array(2.0))": "A single number stands",
    "list(T.sum())": "A single number stands",
    "list(F[0, 0])": "A single number stands",
    "len(2.0)": "A single number has no length and no index",
    "len(np.array(2.0))": "A single number has no length",
    "len(T.sum())": "A single number has no length",
    "len(F[0, 0])": "A single number has no length",
    "A.sum()[0]": "A single number has no length",
    "T.sum()[0]": "A single number has no length",
    "F[0, 0][0]": "A single number has no length",
    "float(2)[0]": "A single number has no length",
    "np.ones(3)[1, 2]": "There are more indices than axes",
    "[1][3]": "An index lies outside",
    "A[-7]": "An index lies outside",
    "T[9]": "An index lies outside",
    "F[9]": "An index lies outside",
    "A[0.5]": "An index has to be",
    "T[0.5]": "An index has to be",
    "A.sum(axis=2)": "There is no such axis",
    "T.sum(dim=2)": "There is no such axis",
    "tf.reduce_sum(F, axis=2)": "There is no such axis",
    "range(2.0)": "A whole number is needed",
    "np.zeros((2.0, 3))": "A whole number is needed",
    "np.concatenate(A[0], A[1])": "An index, a count or an axis",
    "range(A)": "An index, a count or an axis",
    "np.zeros(3, 3)": "Several arrays, sizes or axes",
    "torch.cat(T)": "Several arrays, sizes or axes",
    "np.stack(2.0)": "Several arrays, sizes or axes",
    "A.reshape(3, 4)": "A new shape has to hold",
    "T.view(3, 4)": "A new shape has to hold",
    "tf.reshape(F, (3, 4))": "A new shape has to hold",
    "np.concatenate([A, np.ones(3)])": "Arrays are joined along one axis",
    "np.stack([A, np.ones(3)])": "Arrays are joined",
    "torch.cat([T, torch.ones(2, 2)])": "Arrays are joined",
    "torch.stack([T, torch.ones(3)])": "Arrays are joined",
    "tf.concat([F, tf.ones((2, 2))], 0)": "Arrays are joined",
    "np.concatenate([1.0, 2.0])": "Single numbers have no axis",
    "torch.log(2.0)": "Functions of torch take tensors",
    "torch.cat([T, A])": "Functions of torch take tensors",
    "np.exp(LAYER(T))": "NumPy passes no gradient on",
    "T.sum().backward()": "No gradient leads back",
    "leaf_in_place()": "A tensor that takes part in gradients",
    "changed_in_place()": "A tensor that takes part",
    "exec('F[0] = 1')": "A value of this kind cannot be changed",
    "exec('(1, 2)[0] = 1')": "A value of this kind",
    "np.array([[1, 2], [3]])": "Rows of different lengths",
    "exec('A[0, 0] = [1, 2]')": "One place of an array",
    "np.linalg.inv(A)": "A square matrix is needed",
    "np.linalg.det(np.ones(3))": "A square matrix is needed",
    "torch.linalg.det(T)": "A square matrix is needed",
    "np.linalg.inv(np.zeros((2, 2)))": "The matrix has no inverse",
    "torch.linalg.inv(torch.zeros(2, 2))": "The matrix has no inverse",
    "np.linalg.cholesky(-np.eye(2))": "Only a symmetric matrix",
    "torch.linalg.cholesky(-torch.eye(2))": "Only a symmetric matrix",
    "1 / 0": "A plain number is divided by 0",
    "1 % 0": "A plain number is divided by 0",
    "math.log(0)": "A function of math gets",
    "math.exp(1000)": "The result is too large",
    "endless(1)": "A function calls itself",
    "A & A": "&, | and ~ are for True and False",
    "~A": "&, | and ~",
    "-(A > 0)": "Arrays of True and False",
    "(A > 0) - (A > 1)": "Arrays of True and False",
    "1 - (T > 0)": "Arrays of True and False",
    "-(T > 0)": "Arrays of True and False",
    # What nothing general is to be said of.
    "{}['a']": "",
    "exec('raise ValueError(\"standard deviations must be positive\")')": "",
    "np.random.normal(0, -1)": "",
    "exec('assert False')": "",
    "list(math)": "",
    "{1: 2}.foo": "A value of the type dict has no foo",
    "Unready.foo": "",
}


def reply_of(code: str) -> dict:
    """The reply to a call that evaluates some code."""
    with np.errstate(all="ignore"):
        request = {"target": "f", "args": []}
        return agent.call(request, {"f": lambda: eval(code, globals() | KNOWN)})


@pytest.mark.parametrize("code", SAID)
def test_common_exceptions_are_said_in_plain_words(code):
    reply = reply_of(code)
    assert reply["status"] == "error", reply
    said = exceptions.in_words(reply)
    assert said.startswith(SAID[code]) if SAID[code] else said == "", reply["message"]
    assert "{" not in said


def test_each_row_of_the_table_is_needed():
    needed = set()
    for code in SAID:
        reply = reply_of(code)
        rows = (
            number
            for number, (kind, words, _) in enumerate(exceptions._patterns())
            if words.search(reply["message"]) and (not kind or kind in reply["bases"])
        )
        needed.add(next(rows, None))
    assert needed - {None} == set(range(len(exceptions.TABLE)))


def test_a_report_says_it_after_the_line_where_it_happened(monkeypatch):
    def clipped(x):
        return 2 * x if x > 0 else 0 * x

    line = verdict(monkeypatch, clipped, simple_check).lines[0]
    assert line.message.startswith("It raises ValueError: The truth value of an array")
    assert ". A whole array stands where one yes or no is needed" in line.message


def test_where_an_error_is_due_nothing_is_said_about_another(monkeypatch):
    def doubled(x):
        return 2 * x if not isinstance(x, str) else x[99]

    line = verdict(monkeypatch, doubled, simple_check).lines[1]
    assert line.message.endswith("It raises IndexError: string index out of range.")


# --- which are the same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A + np.ones(5)", "np.ones(5) + A", True),
        ("A + np.ones(5)", "A + np.ones(4)", False),
        ("A + np.ones(5)", "A @ np.ones(5)", False),
        ("float(A)", "math.log(A)", True),
        ("float(A)", "A(1)", False),
        ("endless()", "too_early(1)", False),
        ("missing", "other", False),
        ("1 / 0", "[][1]", False),
    ],
)
def test_exceptions_are_the_same_where_class_words_and_numbers_are(one, other, same):
    assert exceptions.same(reply_of(one), reply_of(other)) == same


def test_the_name_of_a_function_in_the_bank_makes_no_difference():
    def reply(message):
        return {"status": "error", "bases": ["TypeError"], "message": message}

    mine = reply("double() missing 1 required positional argument: 'x'")
    theirs = reply("double__of_nothing() missing 1 required positional argument: 'x'")
    assert exceptions.same(mine, theirs)
    assert exceptions.same(reply("'Net' has no a"), reply("'Net__id' has no a"))
    assert exceptions.same(reply("at 0x7f00"), reply("at 0x80a1"))
    assert not exceptions.same({"status": "ok", "bases": []}, {"status": "ok", "bases": []})


def test_a_mistake_that_raises_is_not_named_where_another_exception_is_raised(monkeypatch):
    def check(student, draw):
        x = draw.normal((3, 2))
        yield student.meets(lambda found: "", "double", x, what="gives something", core=True)

    def shapes(x):
        """The shapes do not fit."""
        return x + np.ones(3)

    def own(x):
        raise ValueError("not today")

    named = verdict(monkeypatch, lambda x: np.ones(3) + x, check, shapes=shapes)
    assert named.lines[0].mistake == "shapes"
    for other in (lambda x: x + np.ones(4), lambda x: bool(x), own):
        assert verdict(monkeypatch, other, check, shapes=shapes).lines[0].mistake is None


def test_who_refuses_by_the_wrong_exception_chooses_the_words(monkeypatch):
    def asserts(x):
        """It asserts, where a ValueError is due."""
        assert not isinstance(x, str), "no words"
        return 2 * x

    def other_words(x):
        assert not isinstance(x, str)
        return 2 * x

    report = verdict(monkeypatch, other_words, simple_check, asserts=asserts)
    assert report.lines[1].mistake == "asserts"

    def index(x):
        """It looks past the end."""
        return x[9] if isinstance(x, str) else 2 * x

    report = verdict(monkeypatch, lambda x: x[9], simple_check, asserts=asserts, index=index)
    assert not report.lines[1].passed and report.lines[1].mistake is None


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (
            "{{function_node __wrapped__Sub_device_/job:localhost/task:0/device:CPU:0}} "
            "Incompatible shapes: [4,7] vs. [3] [Op:Sub] name: ",
            "Incompatible shapes: [4,7] vs. [3]",
        ),
        (
            "slice index 5 is out of bounds. [Op:Slice] name: slice/",
            "slice index 5 is out of bounds.",
        ),
        ("the list [Op, name] is empty\n", "the list [Op, name] is empty"),
    ],
)
def test_where_in_a_library_an_exception_arose_is_left_out(message, kept):
    assert exceptions.without_origin(message) == kept
