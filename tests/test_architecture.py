"""The house: who may import whom, what each sheet must bring, what is generated and what is not."""

import ast
import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import nbformat
import pytest

from grader.course import banks, layout, outline
from grader.intake import submissions

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "derivations": set(),
    "helpers": {"derivations"},
    "reference": {"derivations", "helpers"},
    "grader": {"helpers"},
}
OURS = set(ALLOWED)
OF_NOTEBOOKS = {"IPython", "ipywidgets", "nbclient", "nbconvert", "nbformat", "nbgrader"}
SHEETS = layout.sheets()


def imports(file: Path) -> set[str]:
    """The top-level packages that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize("package", sorted(OURS))
def test_a_package_imports_only_what_the_design_allows(package):
    for file in (ROOT / package).rglob("*.py"):
        foreign = imports(file) & OURS - {package}
        assert foreign <= ALLOWED[package], f"{file.relative_to(ROOT)} imports {foreign}"


def test_students_get_all_packages_of_ours_that_those_they_get_import():
    for package in layout.PACKAGES:
        for file in package.rglob("*.py"):
            missing = imports(file) & OURS - {package.name for package in layout.PACKAGES}
            assert not missing, f"{file.relative_to(ROOT)} imports {missing}"


def test_every_package_of_ours_is_installed():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    included = settings["tool"]["setuptools"]["packages"]["find"]["include"]
    assert set(included) == {f"{package}*" for package in OURS}


def test_the_zip_for_students_is_enough_to_check_a_derivation(course_copy, tmp_path):
    sheet = SHEETS[0]
    shutil.unpack_archive(course_copy.root / "release" / f"{sheet}.zip", tmp_path)
    program = (
        "import derivations; from helpers.derivations import check_derivation\n"
        "assert check_derivation('variance_example', r'\\mu').lines\n"
        "print(derivations.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path / sheet,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout).is_relative_to(tmp_path)


def test_the_library_of_derivations_knows_nothing_of_notebooks():
    files = list((ROOT / "derivations").rglob("*.py"))
    assert len(files) > 10
    for file in files:
        assert not imports(file) & OF_NOTEBOOKS, file.relative_to(ROOT)


def test_the_reader_and_the_evaluator_of_derivations_share_only_the_expressions():
    for part in ("reader", "evaluator"):
        for file in (ROOT / "derivations" / part).glob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module.startswith("derivations"):
                    assert node.module.split(".")[1] in (part, "expressions"), file.name


def test_the_library_of_derivations_can_be_used_without_anything_else_of_the_course():
    program = (
        "import sys; from derivations import check_derivation\n"
        "assert check_derivation('variance_example', r'\\mu').lines\n"
        f"print(sorted({OURS - {'derivations'} | OF_NOTEBOOKS} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


LONGEST = 60  # lines of a function
STILL_LONGER = {
    "reference/sheet3_vae/networks/checks.py",
    "reference/sheet4_beta_vae/checks.py",
    "reference/sheet5_gan/networks/checks.py",
    "reference/sheet6_flow/checks.py",
}


def functions_above(lines: int) -> dict[str, list[str]]:
    """The functions of grader/ and reference/ with more lines, by file."""
    found = {}
    for file in sorted([*(ROOT / "grader").rglob("*.py"), *(ROOT / "reference").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= lines:
                found.setdefault(str(file.relative_to(ROOT)), []).append(node.name)
    return found


def test_no_function_has_more_than_sixty_lines():
    found = functions_above(LONGEST)
    assert set(found) == STILL_LONGER, found


def test_a_module_of_probes_imports_what_is_there_in_a_students_process():
    for file in (ROOT / "reference").rglob("probes.py"):
        assert imports(file) <= {package.name for package in layout.PACKAGES}, file


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_notebook_imports_only_helpers_where_students_can_see_it(sheet):
    for cell in nbformat.read(layout.RELEASE / sheet / _name(sheet), as_version=4).cells:
        if cell.cell_type == "code":
            text = "\n".join(x for x in cell.source.splitlines() if not x.startswith("%"))
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom):
                    assert node.module.partition(".")[0] not in OURS - {"helpers"}


def test_the_grader_names_no_sheet():
    for file in (ROOT / "grader").rglob("*.py"):
        for sheet in SHEETS:
            assert sheet not in file.read_text("utf-8"), f"{file.name} names {sheet}"


def _name(sheet: str) -> str:
    return layout.source_notebook(sheet).name


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_source_notebook_has_neither_outputs_nor_execution_counts(sheet):
    for cell in outline.read_source(sheet).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None, cell.id


@pytest.mark.parametrize("sheet", SHEETS)
def test_grade_ids_are_words_and_equal_the_cell_ids(sheet):
    for cell in outline.read_source(sheet).cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", cell.id)
        assert cell.id == grade_id and cell.id.replace("-", "").isalnum()


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_item_has_a_check_six_mistakes_and_three_alternatives(sheet):
    bank = banks.bank(sheet)
    alternatives = banks.module(sheet, "alternatives")
    for item, known in outline.items(sheet).items():
        assert hasattr(bank.checks, item) and hasattr(bank.reference, known.answer)
        mistakes = banks.named_by_item(bank.mistakes, item)
        assert len(mistakes) >= 6, item
        assert all(function.__doc__ for function in mistakes.values()), item
        assert len(banks.named_by_item(alternatives, item)) >= 3, item


@pytest.mark.parametrize("sheet", SHEETS)
def test_mistakes_and_alternatives_return_a_value_where_the_item_is_one(sheet):
    reference = banks.bank(sheet).reference
    for item, known in outline.items(sheet).items():
        if banks.is_value(reference, known.answer):
            answer = vars(reference)[known.answer]
            kind = Mapping if isinstance(answer, Mapping) else type(answer)
            for part in ("mistakes", "alternatives"):
                for function in banks.named_by_item(banks.module(sheet, part), item).values():
                    value = banks.in_place_of(known.answer, function, reference)
                    assert value is not None and not callable(value), function.__name__
                    # a dictionary may be mistaken for a list; a text is one, right or wrong
                    if part == "alternatives" or kind is str:
                        assert isinstance(value, kind), function.__name__


@pytest.mark.parametrize("sheet", SHEETS)
def test_mistakes_checks_and_alternatives_belong_to_items_of_the_sheet(sheet):
    items = set(outline.items(sheet))
    for part in ("mistakes", "alternatives"):
        names = {
            name.partition("__")[0] for name in vars(banks.module(sheet, part)) if "__" in name
        }
        assert {name for name in names if name} <= items
    public = {
        name
        for name, value in vars(banks.bank(sheet).checks).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", "").endswith(".checks")
    }
    assert public == items


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_function_has_at_most_twelve_lines_in_the_solution(sheet):
    for grade_id, cell in outline.graded_cells(sheet).items():
        is_code = cell.cell_type == "code" and cell.metadata.nbgrader.solution
        if is_code and outline.functions_in(cell.source):
            for region in outline.SOLUTION_REGION.findall(cell.source):
                lines = [line for line in region.splitlines() if line.strip()]
                assert len(lines) <= 12, f"{grade_id}: {len(lines)} lines"


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_text_answer_carries_a_rubric(sheet):
    for grade_id, cell in outline.graded_cells(sheet).items():
        if cell.cell_type == "markdown" and cell.metadata.nbgrader.solution:
            assert outline.RUBRIC in cell.source, grade_id


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_release_notebook_is_valid_python_and_holds_nothing_hidden(sheet):
    notebook = nbformat.read(layout.RELEASE / sheet / _name(sheet), as_version=4)
    for cell in notebook.cells:
        for secret in ("HIDDEN", "SOLUTION", "judge(", "Rubric", "reference"):
            assert secret not in cell.source, cell.id
        if cell.cell_type == "code":
            compile("\n".join(x for x in cell.source.splitlines() if x[:1] != "%"), cell.id, "exec")


@pytest.mark.parametrize("sheet", SHEETS)
def test_release_and_samples_are_what_their_commands_make(course_copy, sheet):
    released = (course_copy.root / "release" / sheet / _name(sheet)).read_bytes()
    assert released == (layout.RELEASE / sheet / _name(sheet)).read_bytes()
    folder = shutil.copytree(ROOT / "scripts", course_copy.root / "scripts", dirs_exist_ok=True)
    script = [sys.executable, str(folder / "make_samples.py"), sheet]
    subprocess.run(script, cwd=course_copy.root, check=True)
    made = {path.parent.name: path for path in (course_copy.root / "submitted").glob(f"*/{sheet}")}
    assert made.keys() == banks.module(sheet, "samples").SAMPLES.keys()
    for student, path in made.items():
        kept = layout.SUBMITTED / student / sheet
        assert submissions.fingerprint(path) == submissions.fingerprint(kept), student


@pytest.mark.parametrize("sheet", SHEETS)
def test_a_solution_notebook_holds_the_source_as_it_is_now(sheet):
    solved = nbformat.read(layout.SOLUTIONS / sheet / _name(sheet), as_version=4)
    source = outline.read_source(sheet)
    assert [cell.source for cell in solved.cells] == [cell.source for cell in source.cells]
    for cell in solved.cells:
        if cell.cell_type == "code":
            assert cell.execution_count is not None, cell.id
            assert not any(output.output_type == "error" for output in cell.outputs), cell.id


def test_no_committed_file_is_larger_than_four_megabytes():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    large = [str(file) for file in files if file.exists() and file.stat().st_size > 4_000_000]
    assert large == []


def test_the_code_passes_the_linter():
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_types_hold():
    """In the libraries of ours that pyproject.toml names; a second run takes a second."""
    done = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_notebook_files_end_as_jupyter_writes_them(sheet):
    text = layout.source_notebook(sheet).read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
