"""release/ and solutions/: what is not as it should be stops the command that makes them."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from grader.authoring import package, release
from grader.authoring.release import _demand_no_errors
from grader.authoring.stubs import ClearSolutionsInStrings
from grader.course import layout
from grader.errors import CourseError


def executed(tmp_path, *outputs):
    """A folder with a notebook whose second cell has these outputs."""
    cells = [new_code_cell("1"), new_code_cell("2", id="second", outputs=list(outputs))]
    nbformat.write(new_notebook(cells=cells), tmp_path / "sheet.ipynb")
    return tmp_path


def test_a_solution_with_a_cell_that_failed_is_refused_and_the_cell_named(tmp_path):
    error = new_output("error", ename="NameError", evalue="x is not defined", traceback=[])
    with pytest.raises(
        CourseError, match="sheet.ipynb does not run. The cell second fails: NameError"
    ):
        _demand_no_errors(executed(tmp_path, error))


def test_a_solution_without_errors_is_taken(tmp_path):
    _demand_no_errors(executed(tmp_path, new_output("stream", text="error: only a word")))


def released(source, solution=True):
    """A text cell with two pictures, as students get it: its source, and its pictures' names."""
    meta = {"grade_id": "why", "grade": True, "solution": solution, "locked": not solution}
    cell = new_markdown_cell(source, metadata={"nbgrader": meta | {"schema_version": 3}})
    cell["attachments"] = {"shown.png": {"image/png": "QQ=="}, "the answer.png": {}}
    cell, _ = ClearSolutionsInStrings().preprocess_cell(cell, {"language": "python"}, 0)
    return cell.source, set(cell.attachments)


def test_a_picture_in_a_model_answer_is_cut_with_it():
    region = "### BEGIN SOLUTION\n![a](attachment:the%20answer.png)\n### END SOLUTION"
    source, pictures = released(f"![q](attachment:shown.png)\n{region}")
    assert "answer" not in source.lower().replace("your answer here", "")
    assert pictures == {"shown.png"}
    assert released("![a](attachment:the%20answer.png)") == ("YOUR ANSWER HERE", set())


def test_a_picture_in_a_given_text_stays():
    _, pictures = released("![a](attachment:the%20answer.png)", solution=False)
    assert pictures == {"the answer.png"}


def test_which_helpers_a_release_is_made_from_is_found_out_only_after_a_change(monkeypatch):
    used, other, sheet = layout.ROOT / "Makefile", layout.ROOT / "LICENSE", layout.sheets()[0]
    looks = []
    monkeypatch.setattr(package, "files", lambda sheet: looks.append(sheet) or [used])
    monkeypatch.setattr(package, "everything", lambda: [used])
    first = release._made_from(sheet, [])
    assert len(first) == 2 and looks, "it was never made"
    looks.clear()
    assert release._made_from(sheet, first) == first and looks == []
    monkeypatch.setattr(package, "everything", lambda: [used, other])
    second = release._made_from(sheet, first)
    assert second[0] == first[0] and looks, "a helper changed, but none that it uses"
    looks.clear()
    assert release._made_from(sheet, second) == second and looks == []
    monkeypatch.setattr(package, "files", lambda sheet: [used, other])
    monkeypatch.setattr(package, "everything", lambda: [other])
    assert release._made_from(sheet, second)[0] != second[0]
    assert release._made_from(sheet, ["of", "an", "older", "version"])[0] != "of"
