"""The house: who may import whom, what each sheet must bring, what is generated and what is not."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from grader.authoring import lint, samples
from grader.authoring.lint.bank import MAY_IMPORT, foreign_imports
from grader.authoring.lint.made import MAX_BYTES
from grader.course import layout, names
from grader.intake import submissions

ROOT = Path(__file__).resolve().parent.parent
OURS = set(MAY_IMPORT)
OF_NOTEBOOKS = {"IPython", "ipywidgets", "nbclient", "nbconvert", "nbformat", "nbgrader"}
SHEETS = layout.sheets()


def imports(file: Path) -> set[str]:
    """The top-level packages that a module imports."""
    return names.imported(file.read_text("utf-8"))


@pytest.mark.parametrize("package", sorted(OURS))
def test_a_package_imports_only_what_the_design_allows(package):
    for file in (ROOT / package).rglob("*.py"):
        foreign = foreign_imports(file, package)
        assert not foreign, f"{file.relative_to(ROOT)} imports {foreign}"


@pytest.mark.parametrize("rule", lint.RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("sheet", SHEETS)
def test_a_sheet_obeys_the_rules_of_the_house(sheet, rule):
    assert [str(finding) for finding in rule(sheet)] == [], rule.__doc__


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


def functions_above(lines: int) -> dict[str, list[str]]:
    """The functions of grader/ and reference/ with more lines, by file."""
    found = {}
    for file in sorted([*(ROOT / "grader").rglob("*.py"), *(ROOT / "reference").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            if is_function and node.end_lineno - node.lineno >= lines:
                found.setdefault(str(file.relative_to(ROOT)), []).append(node.name)
    return found


def test_no_function_has_more_than_sixty_lines():
    assert functions_above(LONGEST) == {}


def test_a_module_of_probes_imports_what_is_there_in_a_students_process():
    for file in (ROOT / "reference").rglob("probes.py"):
        assert imports(file) & OURS <= {package.name for package in layout.PACKAGES}, file


def test_the_grader_names_no_sheet():
    for file in (ROOT / "grader").rglob("*.py"):
        for sheet in SHEETS:
            assert sheet not in file.read_text("utf-8"), f"{file.name} names {sheet}"


@pytest.mark.parametrize("sheet", SHEETS)
def test_release_and_samples_are_what_their_commands_make(course_copy, sheet):
    name = layout.source_notebook(sheet).name
    released = (course_copy.root / "release" / sheet / name).read_bytes()
    assert released == (layout.RELEASE / sheet / name).read_bytes()
    course_copy.run("grader", "samples", sheet)
    made = {path.parent.name: path for path in (course_copy.root / "submitted").glob(f"*/{sheet}")}
    assert made.keys() == samples.known(sheet).keys()
    for student, path in made.items():
        kept = layout.SUBMITTED / student / sheet
        assert submissions.fingerprint(path) == submissions.fingerprint(kept), student


def test_no_committed_file_is_larger_than_four_megabytes():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    large = [str(file) for file in files if file.exists() and file.stat().st_size > MAX_BYTES]
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
