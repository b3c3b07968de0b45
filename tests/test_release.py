"""release/ and solutions/: what is not as it should be stops the command that makes them."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from grader.authoring.release import _demand_no_errors
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
