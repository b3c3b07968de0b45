"""Tools for whoever writes a sheet: new, try, samples, and the look at the solution."""

import ast
import json

import nbformat
import pytest
from nbformat.v4 import new_output

from grader.audit import audit, command
from grader.authoring import proof, samples, scaffold
from grader.authoring.trying import try_item
from grader.course import banks, layout, outline
from grader.errors import CourseError

SEEDS = 2


# --- new


def test_the_worked_item_of_a_new_sheet_passes_the_audit(new_sheet):
    tasks = list(audit.tasks_of(new_sheet.sheet))
    known = banks.module(new_sheet.sheet, "equivalents").EQUIVALENT
    figures = audit._figures("entropy", [audit.run(task, SEEDS) for task in tasks], known)
    assert figures.problems == []
    assert figures.mistakes_named == figures.mistakes_caught == figures.mistakes >= 6
    assert figures.alternatives_accepted == figures.alternatives >= 3
    assert audit.satisfied([figures])


def test_a_new_sheet_is_named_after_its_number_and_topic(new_sheet):
    number = new_sheet.sheet.removeprefix("sheet").removesuffix("_made")
    assert new_sheet.source("title").startswith(f"# Sheet {number}: made\n")
    assert f"from reference.{new_sheet.sheet} import" in new_sheet.bank("mistakes").read_text()
    assert "__SHEET__" not in new_sheet.bank("mistakes").read_text()


def test_a_sheet_that_is_there_is_not_overwritten(new_sheet):
    with pytest.raises(CourseError, match=f"source/{new_sheet.sheet} is there already"):
        scaffold.new(new_sheet.sheet)


@pytest.mark.parametrize("name", ["Sheet", "7th", "a b", "../x", "a__b", "a-b", ""])
def test_a_name_that_no_module_can_have_is_refused(name):
    with pytest.raises(CourseError, match="cannot be a sheet's name"):
        scaffold.new(name)


# --- try


def test_the_reports_on_all_implementations_are_shown(new_sheet, capsys):
    assert try_item(new_sheet.sheet, "entropy") == 0
    said = capsys.readouterr().out
    for words in (
        "solution: accepted\nentropy: 4 of 4 points\n  ✓ agrees with the definition\n",
        "alternative einsum: accepted",
        "mistake in_bits: caught and named",
        "✗ agrees with the definition: The logarithm has base 2",
    ):
        assert words in said


def test_one_implementation_is_shown_by_its_name(new_sheet, capsys):
    assert try_item(new_sheet.sheet, "entropy", ["in_bits"], seed="s") == 0
    said = capsys.readouterr().out
    assert said.startswith("mistake in_bits") and "solution:" not in said
    with pytest.raises(CourseError, match=r"nothing named 'in_bit'\. Did you mean in_bits\?"):
        try_item(new_sheet.sheet, "entropy", ["in_bit"])
    with pytest.raises(CourseError, match="has no item 'entrop'. Did you mean entropy"):
        try_item(new_sheet.sheet, "entrop")


WITHOUT_ZEROS = "def entropy(p):\n    return -(p * np.log(p)).sum(-1)\n"
RIGHT = """
from scipy.special import entr

def entropy(p):
    if p.min() < 0:
        raise ValueError("negative")
    return entr(p).sum(-1)
"""


@pytest.mark.parametrize(
    ("source", "code", "words"),
    [
        (WITHOUT_ZEROS, 1, "NOT ACCEPTED"),
        (RIGHT, 0, "accepted"),
        ("def entropy(p:\n", 1, "its definition fails with SyntaxError"),
    ],
)
def test_code_of_the_authors_own_is_judged(new_sheet, tmp_path, capsys, source, code, words):
    file = tmp_path / "mine.py"
    file.write_text(source)
    assert try_item(new_sheet.sheet, "entropy", file=file) == code
    assert words in capsys.readouterr().out


def test_a_file_that_is_missing_is_named(new_sheet, tmp_path):
    with pytest.raises(CourseError, match=r"none\.py cannot be read"):
        try_item(new_sheet.sheet, "entropy", file=tmp_path / "none.py")


def test_a_check_that_fails_itself_says_in_which_line(new_sheet, capsys):
    new_sheet.change(new_sheet.bank("checks"), "_with_a_zero(p), what", "_with_zero(p), what")
    lines = new_sheet.bank("checks").read_text().splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "_with_zero(p)" in text)
    assert try_item(new_sheet.sheet, "entropy", ["solution"]) == 1
    said = capsys.readouterr().out
    assert "THE CHECK ITSELF FAILS: NameError: name '_with_zero' is not defined" in said
    assert f"(checks.py, line {line})" in said


def test_a_weak_check_and_a_wrong_alternative_are_seen(new_sheet, capsys):
    new_sheet.change(new_sheet.bank("mistakes"), "right.entropy(p) / np.log(2)", "right.entropy(p)")
    new_sheet.change(new_sheet.bank("alternatives"), "xlogy(p, p).sum(-1) * -1", "xlogy(p, p)")
    assert try_item(new_sheet.sheet, "entropy") == 1
    said = capsys.readouterr().out
    assert "mistake in_bits: NOT CAUGHT" in said
    assert "alternative with_scipy: NOT ACCEPTED" in said


# --- audit


def test_survivors_are_printed_as_python_a_line_each(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "40")
    survivors = {'`"a"` → `b` in `' + "long " * 30 + "`": "", r"line 1: `\mu` → `x`": "The same."}
    figures = audit.Figures("item", mutants=40, mutants_caught=38, survivors=survivors)
    command._print("sheet", [figures], seeds=2)
    lines = [x for x in capsys.readouterr().out.splitlines() if x.startswith('    "')]
    assert len(lines) == 2
    pasted = ast.literal_eval("{" + "\n".join(lines) + "}")
    assert pasted == {f"item: {change}": reason for change, reason in survivors.items()}


def test_a_problem_says_what_to_do(new_sheet):
    sheet = new_sheet.sheet

    def problem(kind, name, **outcome):
        task = audit.Task(sheet, "entropy", kind, name)
        outcome = audit.Outcome(task, **{"points": 2.0, "scores": (0.0, 0.0)} | outcome)
        return " ".join(audit._figures("entropy", [outcome], {}).problems)

    assert "its checks" not in problem("mistake", "in_bits")
    others = problem("mistake", "in_bits", others=("cross_entropy",))
    assert "cross_entropy -> in their checks put a stand-in in the place of entropy" in others
    assert "-> add a line to the check" in problem("mistake", "in_bits", scores=(2.0, 2.0))
    assert f"see `python -m grader try {sheet} entropy einsum`" in problem("alternative", "einsum")
    scores = problem("alternative", "einsum", scores=(2.0, 0.5))
    assert "2 (1 of 2 seeds) and 0.5 (1 of 2 seeds) of 2 points -> make the check draw" in scores


def test_one_item_is_measured_by_its_name(new_sheet, monkeypatch):
    measured = []
    monkeypatch.setattr(
        command, "measure", lambda sheet, jobs, seeds, only: measured.append((sheet, only)) or []
    )
    assert command.audit([new_sheet.sheet], only=["entropy"]) == 0
    assert measured == [(new_sheet.sheet, ["entropy"])]
    with pytest.raises(CourseError, match="Did you mean entropy"):
        command.audit([new_sheet.sheet], only=["entropies"])
    assert {task.item for task in audit.tasks_of(new_sheet.sheet, ["entropy"])} == {"entropy"}


def test_a_solution_that_does_not_run_alone_says_so(new_sheet):
    new_sheet.change_cell("entropy", source="SCALE = unknown\n\n\ndef entropy(p):\n    return p")
    with pytest.raises(CourseError, match="do not run on their own: NameError"):
        audit._solution(new_sheet.sheet)


# --- release


def executed(made, cell_with_error: str = "") -> None:
    """A notebook in solutions/ whose cells are those of source/."""
    notebook = nbformat.read(made.notebook, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = 1
        if cell.id == cell_with_error:
            cell.outputs = [new_output("error", ename="AssertionError", evalue="no")]
    folder = layout.SOLUTIONS / made.sheet
    folder.mkdir()
    nbformat.write(notebook, folder / made.notebook.name)


def test_an_executed_solution_is_proof_and_nothing_is_run(new_sheet, monkeypatch):
    monkeypatch.setattr(proof, "_run", lambda sheet: pytest.fail("it was run"))
    executed(new_sheet)
    proof.demand(new_sheet.sheet)


@pytest.mark.parametrize("lack", ["missing", "another version", "not executed", "fails"])
def test_without_that_proof_the_solution_is_run(new_sheet, monkeypatch, lack):
    ran = []
    monkeypatch.setattr(proof, "_run", ran.append)
    if lack != "missing":
        executed(new_sheet, "entropy-test" if lack == "fails" else "")
    if lack == "another version":
        new_sheet.change(new_sheet.notebook, "1.386294", "1.4")
    if lack == "not executed":
        file = layout.SOLUTIONS / new_sheet.sheet / new_sheet.notebook.name
        file.write_text(file.read_text().replace('"execution_count": 1', '"execution_count": null'))
    proof.demand(new_sheet.sheet)
    assert ran == [new_sheet.sheet]
    assert lack in proof.lack_of_proof(new_sheet.sheet)


def test_a_solution_that_fails_its_visible_check_is_refused_with_cell_and_reason(new_sheet):
    new_sheet.change(new_sheet.notebook, "1.386294", "1.5")
    with pytest.raises(CourseError, match="entropy-test fails: AssertionError: wrong for the unif"):
        proof.demand(new_sheet.sheet)


def test_the_visible_checks_are_run_without_the_hidden_tests_and_with_short_training(new_sheet):
    code = "import os\n\nassert os.environ['NBGRADER_EXECUTION'] == 'validate'\n"
    data = "assert open('words.txt').read() == 'here'"
    new_sheet.change_cell("imports", source=f"{code}{data}\nimport numpy as np")
    new_sheet.change(new_sheet.notebook, "from grader import judge", "raise SystemError")
    (new_sheet.notebook.parent / "words.txt").write_text("here")
    proof.demand(new_sheet.sheet)


# --- samples


def released(made) -> None:
    """A release with the cells of the source."""
    (layout.RELEASE / made.sheet).mkdir()
    file = layout.RELEASE / made.sheet / made.notebook.name
    file.write_text(made.notebook.read_text("utf-8"), "utf-8")


def test_the_samples_of_a_sheet_are_written(new_sheet, capsys):
    released(new_sheet)
    assert samples.samples([new_sheet.sheet]) == 0
    said = capsys.readouterr().out
    for student in ("ada", "bruno", "team-noether"):
        assert f"submitted/{student}/{new_sheet.sheet}: made.ipynb" in said
    file = layout.SUBMITTED / "ada" / new_sheet.sheet / "made.ipynb"
    cells = {cell["id"]: "".join(cell["source"]) for cell in json.loads(file.read_text())["cells"]}
    assert "SOLUTION" not in cells["entropy"] and "np.sum(p" in cells["entropy"]
    assert "Rubric" not in cells["entropy-meaning"]


def test_what_the_samples_lack_is_said(new_sheet):
    with pytest.raises(CourseError, match=f"Run `python -m grader release {new_sheet.sheet}`"):
        samples.samples([new_sheet.sheet])
    released(new_sheet)
    with pytest.raises(CourseError, match=r"no cell 'entropi'\. Did you mean entropy\?"):
        samples.submission(new_sheet.sheet, {"entropi": ""})


def test_the_items_of_a_new_sheet_are_read(new_sheet):
    assert list(outline.items(new_sheet.sheet)) == ["entropy"]
