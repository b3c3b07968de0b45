"""Items that are a variable, on their way through nbgrader: released, repaired, graded."""

import re
import shutil

import nbformat
import pytest
import toy
from broken import delete, duplicate, get, grade_id, place
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import ClearSolutions, SaveCells

from grader import record
from grader.authoring import stubs
from grader.authoring.changes import SaveChangedCells
from grader.intake import repair
from grader.intake.pictures import Pictures
from grader.records import gradebook

BLANK = f'bit = r"""\n{toy.STUB}\n"""\nprint(bit)'
RIGHT = 'bit = r"""\n\\log 2\n"""'
WRONG = 'bit = r"2"'


@pytest.fixture(scope="module")
def root(course_copy):
    """A course with the toy sheet, released by `grader release`."""
    toy.write(course_copy.root)
    course_copy.run("grader", "release", toy.SHEET)
    return course_copy.root


def released(root) -> nbformat.NotebookNode:
    return nbformat.read(root / "release" / toy.SHEET / "toy.ipynb", as_version=4)


# --- release


def test_a_solution_in_a_text_is_replaced_by_words_for_a_text(root, course_copy):
    ours = released(root)
    assert get(ours, "bit").source == BLANK
    assert "raise NotImplementedError" in get(ours, "half").source
    shutil.rmtree(root / "release" / toy.SHEET)
    course_copy.run("nbgrader", "generate_assignment", toy.SHEET)
    assert released(root) == ours


def cleared(step: ClearSolutions, source: str, kind: str = "code") -> str:
    """A solution cell as students get it."""
    cell = new_code_cell(source) if kind == "code" else new_markdown_cell(source)
    cell.metadata["nbgrader"] = {"solution": True, "grade": False, "grade_id": "x"}
    return step.preprocess_cell(cell, {"language": "python"}, 0)[0].source


def test_code_and_texts_in_one_cell_are_cleared_each_in_its_way():
    source = (
        'one = r"""\n% ### BEGIN SOLUTION\nx\n% ### END SOLUTION\n"""\n'
        "### BEGIN SOLUTION\ntwo = 2\n### END SOLUTION\n"
        "three = '''\na\n### BEGIN SOLUTION\ny\nz\n### END SOLUTION\nb\n'''"
    )
    code = "# YOUR CODE HERE\nraise NotImplementedError()"
    expected = f"one = r\"\"\"\nSTUB\n\"\"\"\n{code}\nthree = '''\na\nSTUB\nb\n'''"
    assert cleared(stubs.ClearSolutionsInStrings(string_stub="STUB"), source) == expected


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("x = '''a\nb'''\n### BEGIN SOLUTION\ny = 1\n### END SOLUTION", "code"),
        ("%matplotlib inline\n    ### BEGIN SOLUTION\n!ls\n    ### END SOLUTION", "code"),
        ("x = (  '\n### BEGIN SOLUTION\n'''\n### END SOLUTION", "code"),
        ("no region at all", "code"),
        ('"""\n### BEGIN SOLUTION\nAn answer.\n### END SOLUTION\n"""', "markdown"),
    ],
)
def test_everything_else_is_cleared_as_nbgrader_does(source, kind):
    ours = cleared(stubs.ClearSolutionsInStrings(), source, kind)
    assert ours == cleared(ClearSolutions(), source, kind)


def test_of_nbgraders_steps_only_two_are_replaced_by_subclasses_and_one_is_new():
    steps = gradebook.config().GenerateAssignment.preprocessors
    ours = {stubs.ClearSolutionsInStrings: ClearSolutions, SaveChangedCells: SaveCells}
    assert all(step in steps and issubclass(step, theirs) for step, theirs in ours.items())
    assert steps[0] is stubs.AddFrame
    theirs = [ours.get(step, step) for step in steps[1:]]
    assert theirs == GenerateAssignment.preprocessors.default()


# --- repair, without a kernel


@pytest.fixture
def repair_it(root, toy_sheet):
    """Repairs a notebook: what it is then, and the notes."""
    specs = repair.read_specs(f"sqlite:///{root}/gradebook.db", toy_sheet, "toy")

    def repaired(notebook):
        notes = []
        parts = [repair._student_cell(cell, Pictures({})) for cell in notebook.cells]
        parts = repair.repair(parts, specs, repair.Given.of_sheet(toy_sheet), notes)
        cells = [part.as_node(i) for i, part in enumerate(parts)]
        names = [grade_id(cell) for cell in cells if grade_id(cell)]
        assert sorted(names) == ["bit", "bit-test", "half", "half-test"]
        return nbformat.v4.new_notebook(cells=cells), notes

    return repaired


@pytest.fixture
def answered(root):
    """The released notebook with the text filled in."""
    notebook = released(root)
    get(notebook, "bit").source = RIGHT
    return notebook


def student_duplicated_it(notebook):
    duplicate(notebook, "bit")


def student_duplicated_it_and_wrote_in_both(notebook):
    duplicate(notebook, "bit", first=WRONG)


def student_duplicated_it_and_emptied_the_second(notebook):
    duplicate(notebook, "bit", second="")


def student_deleted_all_else(notebook):
    delete(notebook, "bit-test", "half", "half-test")


def student_lost_the_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata, cell.id = {}, nbformat.v4.nbbase.random_cell_id()


def student_renamed_the_cell(notebook):
    get(notebook, "bit").metadata.nbgrader.grade_id = "my-bit"


def student_wrote_it_in_a_cell_of_their_own(notebook):
    at = place(notebook, "bit")
    delete(notebook, "bit")
    notebook.cells.insert(at, new_code_cell(RIGHT))


def student_wrote_it_in_a_second_cell(notebook):
    at = place(notebook, "bit")
    notebook.cells.insert(at + 1, new_code_cell(RIGHT))
    notebook.cells[at].source = BLANK


def student_wrote_it_into_the_test(notebook):
    get(notebook, "bit-test").source = RIGHT
    get(notebook, "bit").source = BLANK


def student_swapped_the_ids_of_the_solutions(notebook):
    one, other = get(notebook, "bit"), get(notebook, "half")
    one.metadata, other.metadata = other.metadata, one.metadata


def student_made_it_a_raw_cell(notebook):
    get(notebook, "bit")["cell_type"] = "raw"
    student_lost_the_metadata(notebook)


DAMAGES = [damage for name, damage in list(globals().items()) if name.startswith("student_")]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_text_in_a_variable_is_repaired_as_a_function_is(damage, answered, repair_it):
    damage(answered)
    notebook, notes = repair_it(answered)
    assert notes
    assigned = [cell.source for cell in notebook.cells if re.match("bit = ", cell.source)]
    assert assigned[-1] == RIGHT and get(notebook, "bit").source == RIGHT
    assert place(notebook, "bit") < place(notebook, "bit-test")


def test_a_deleted_text_comes_back_unwritten(answered, repair_it):
    delete(answered, "bit")
    notebook, notes = repair_it(answered)
    assert get(notebook, "bit").source == BLANK
    assert notes == ["The cell bit was missing and was put back."]


@pytest.mark.parametrize(
    "own", ["third = half", "print(bit == 2)\nbits = bit", "if True:\n    bit = 2", "bit += 'more'"]
)
def test_other_cells_are_not_taken_for_the_one_with_the_text(own, answered, repair_it):
    answered.cells.insert(0, new_code_cell(own))
    delete(answered, "bit", "half")
    notebook, _ = repair_it(answered)
    assert notebook.cells[0].source == own and grade_id(notebook.cells[0]) is None


# --- graded


def test_texts_are_graded_in_a_kernel_with_the_rest(root, course_copy):
    texts = {"ada": RIGHT, "bruno": WRONG, "clara": BLANK, "david": "bit = undefined"}
    for student, text in texts.items():
        notebook = released(root)
        get(notebook, "bit").source = text
        get(notebook, "half").source = "def half(x):\n    return x / 2"
        nbformat.write(notebook, course_copy.folder(student, toy.SHEET) / "toy.ipynb")
    course_copy.run("grader", "grade", toy.SHEET, "--jobs", "2")
    messages = {}
    for student in texts:
        file = root / "autograded" / student / toy.SHEET / "toy.ipynb"
        bit, half = record.read_file(file).reports
        assert half.score == 2 and bit.score == 2 * (student == "ada")
        messages[student] = [line.message for line in bit.failed_lines]
    assert messages == {
        "ada": [],
        "bruno": ["The logarithm is missing. It is not."],
        "clara": ["It is not."],
        "david": ["There is no bit."],
    }
