"""`python -m grader check`: plain modules, one line per item, whatever is in them."""

import json
import subprocess
import sys

import pytest

from grader.course import outline
from grader.grading.check_files import check_file, pieces

SHEET = "sheet1_kl"

# One thing wrong with each function, none of which may touch the others.
SORRY = """\
import numpy as np
from __future__ import annotations_of_another_world


def kl_discrete(q, p):
    return np.sum(q * np.log(q / p), axis=-1


def kl_normal(mean_q, std_q, mean_p, std_p):
    return np.asarray(mean_q) * np.nan


def kl_standard_normal(mean, std):
    return np.sum(-0.5 * (1 + np.log(np.square(std)) - np.square(mean) - np.square(std)))


def kl_mvn(mean_q, cov_q, mean_p, cov_p):
    while True:
        pass


def kl_diagonal(mean, var):
    return list(0.5 * np.sum(var + np.square(mean) - np.log(var) - 1, axis=-1))


def near_and_far():
    return (0.1, 1.1), (9.0, 1.0)


def kl_monte_carlo(log_q, log_p, samples):
    for _ in range(1000):
        print("x" * 100_000)
    return 0.0, 1.0


def log_evidence(log_joint):
    log_joint -= log_joint.max(axis=-1, keepdims=True)
    return np.log(np.sum(np.exp(log_joint), axis=-1))


def posterior(log_joint):
    import os
    os._exit(0)


def elbo(log_joint, q):
    return undefined_name


def elbo_linear_gausian(x, mean, std):
    return 0.0


print("y" * 100_000_000)
raise SystemExit
"""

UNDEFINED = SORRY.splitlines().index("    return undefined_name") + 1


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    file = tmp_path_factory.mktemp("modules") / "sorry.py"
    file.write_text(SORRY)
    return {report.item: report for report in check_file(file, SHEET, "a secret")}


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("kl_discrete", "SyntaxError: '(' was never closed"),
        ("asymmetric_pair", "There is no asymmetric_pair."),
        ("kl_normal", "returns nan"),
        ("kl_standard_normal", "returns a number, but a NumPy array of shape (5, 3) was expected"),
        ("kl_mvn", "did not finish within 10 s"),
        ("kl_diagonal", "returns a list of"),
        ("kl_monte_carlo", "printed more than 10,000,000 characters"),
        ("log_evidence", "changes log_joint in place"),
        ("posterior", "ended the whole Python process"),
        (
            "elbo",
            f"'undefined_name' is not defined (line {UNDEFINED} in elbo: return undefined_name",
        ),
        ("elbo_linear_gaussian", "Did you mean elbo_linear_gausian?"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(reports, item, words):
    failed = [line.message for line in reports[item].failed_lines]
    assert any(words in message for message in failed), failed
    assert reports[item].score < reports[item].points


def test_a_right_function_among_broken_ones_has_its_points(reports):
    assert reports["near_and_far"].score == reports["near_and_far"].points


def test_the_solution_has_all_points(tmp_path):
    file = tmp_path / "solution.py"
    file.write_text(outline.solution_source(SHEET))
    assert all(report.passed for report in check_file(file, SHEET, "another secret"))


def test_the_json_has_the_promised_form(tmp_path):
    file = tmp_path / "flipped.py"
    file.write_text("def near_and_far():\n    return (9.0, 1.0), (0.1, 1.1)\n")
    argv = [sys.executable, "-m", "grader", "check", SHEET, str(file), "--json"]
    done = subprocess.run(
        [*argv, "--only", "near_and_far", "--only", "elbo"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["file"] == str(file) and answer["sheet"] == SHEET
    assert [item["item"] for item in answer["items"]] == ["near_and_far", "elbo"]
    for item in answer["items"]:
        assert set(item) == {"item", "points", "score", "passed", "failed"}
        assert all(set(line) == {"what", "message", "mistake"} for line in item["failed"])


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["no_such_sheet", "x.py"], "There is no sheet 'no_such_sheet'. The sheets are:"),
        ([SHEET, "no_such_file.py"], "no_such_file.py cannot be read: No such file"),
        (
            [SHEET, __file__, "--only", "kl_nromal"],
            "has no item 'kl_nromal'. Did you mean kl_normal? It",
        ),
    ],
)
def test_a_wrong_command_gets_a_clear_error(argv, words):
    done = subprocess.run(
        [sys.executable, "-m", "grader", "check", *argv], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert words in done.stderr and "Traceback" not in done.stderr


def test_a_file_with_a_byte_order_mark_or_in_latin_1_is_read(tmp_path):
    source = "# Größe\ndef near_and_far():\n    return (0.1, 1.1), (9.0, 1.0)\n"
    for name, encoding in (("bom.py", "utf-8-sig"), ("latin.py", "latin-1")):
        file = tmp_path / name
        file.write_bytes(source.encode(encoding))
        (report,) = check_file(file, SHEET, "secret", ["near_and_far"])
        assert report.passed


def test_decorators_brackets_and_future_imports_survive_being_cut_into_pieces(tmp_path):
    source = (
        "from __future__ import annotations\n"
        "import functools\n\n"
        "@functools.lru_cache(\n    maxsize=None,\n)\n"
        "def helper(x: NotImported) -> AlsoNot:\n    return (0.1,\n1.1\n)\n\n"
        "def near_and_far():\n    return helper(1), (9.0, 1.0)\n"
    )
    for ending in ("", "\n\ndef broken(:\n    pass\n"):
        file = tmp_path / "odd.py"
        file.write_text(source + ending)
        (report,) = check_file(file, SHEET, "secret", ["near_and_far"])
        assert report.passed, report


def test_lines_are_counted_as_python_counts_them(tmp_path):
    source = (
        "x = [\n    1,\n]; y = (0.1, 1.1); z = 9.0\n"
        "\x0c\n# a page break above, \u2028 and \x85 in a comment\n"
        "words = '\u2028 \x1c'\n"
        "def near_and_far():\n    return y, (z, 1.0)\n"
    )
    for text in (source, source.replace("\n", "\r\n")):
        file = tmp_path / "pages.py"
        file.write_bytes(text.encode())
        (report,) = check_file(file, SHEET, "secret", ["near_and_far"])
        assert report.passed, report


def test_pieces_put_together_are_the_whole_file_from_the_first_statement_on():
    for source in (SORRY, outline.solution_source(SHEET)):
        found = list(pieces(source))
        lines = source.splitlines(keepends=True)
        assert "".join(piece for _, piece in found) == "".join(lines[found[0][0] - 1 :])


# --- items that are a variable

HALF = "\n\n\ndef half(x):\n    return x / 2\n"


def check(toy_sheet, tmp_path, source: str) -> dict:
    """The reports on a file with answers to the toy sheet, by item."""
    file = tmp_path / "answers.py"
    file.write_text(source)
    return {report.item: report for report in check_file(file, toy_sheet, "secret")}


@pytest.mark.parametrize(
    "source",
    [
        r'bit = r"\log 2"',
        'bit = r"""\n% words\n\\log 2\n"""',
        'log = r"\\log"\nbit = log + " 2"',
        r'bit = " ".join([r"\log", "2"])',
        'number = 2\nbit = rf"\\log {number}"',
        'bit = r"\\log "\nbit += "2"',
        r'bit: str = r"\log 2"',
    ],
)
def test_a_text_counts_however_it_was_put_together(toy_sheet, tmp_path, source):
    assert all(report.passed for report in check(toy_sheet, tmp_path, source + HALF).values())


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "There is no bit."),
        (r'bits = r"\log 2"', "There is no bit. Did you mean bits?"),
        ("bit = 2", "bit is a number, but a string was expected."),
        ('bit = b"2"', "bit is of type bytes."),
        ("def bit():\n    return 2", "bit is of type function."),
        ('bit = "log 2" * 10_000', "bit is a text of 50,000 characters; at most 20,000 are read."),
        (
            'bit = f"{two}"',
            "Its definition fails with NameError: name 'two' is not defined (line 1",
        ),
        ("bit: str = 1 / 0", "Its definition fails with ZeroDivisionError: division by zero (line"),
        ('bit = r"""\nq = p', "Its definition fails with SyntaxError: unterminated triple-quoted"),
        ("raise NotImplementedError\nbit = 2", "bit is a number, but a string was expected."),
    ],
)
def test_why_there_is_no_text_is_said_in_one_line(toy_sheet, tmp_path, source, words):
    reports = check(toy_sheet, tmp_path, source + HALF)
    (line,) = reports["bit"].failed_lines
    assert words in line.message and reports["bit"].score == 0
    assert reports["half"].passed


def test_a_long_text_is_read_whole_in_a_file_that_does_not_parse(toy_sheet, tmp_path):
    text = "% a comment in the first column\n" * 100
    source = f'bit = r"""\n{text}\\log 2\n"""\n\n\ndef broken(:\n    pass\n'
    assert all(report.passed for report in check(toy_sheet, tmp_path, source + HALF).values())


COMPILED = """\
import inspect

import torch


@torch.compile(backend="eager")
def reparametrize(mean, log_var, eps):
    return mean + torch.exp(0.5 * log_var) * eps


assert "0.5" in inspect.getsource(reparametrize)


def base_density(*arguments):
    assert "return None" in inspect.getsource(base_density)
    return None
"""


def test_code_that_looks_at_its_own_source_finds_it_as_torch_compile_does(tmp_path):
    """The file itself is hidden from the process that runs it."""
    file = tmp_path / "answers.py"
    file.write_text(COMPILED)
    items = ["reparametrize", "base_density"]
    right, wrong = check_file(file, "sheet3_vae", "secret", items)
    assert right.score == right.points
    assert wrong.score == 0
    assert not any("OSError" in line.message for line in wrong.lines), wrong
