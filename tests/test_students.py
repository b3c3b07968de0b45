"""What students get: a zip with what their sheet needs, and a notebook that answers in a line."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell
from packaging.requirements import Requirement

from grader.authoring import package, samples
from grader.course import frame, layout, names, outline
from helpers import standing

FIRST_SHEET = layout.sheets()[0]
NOT_FOR_STUDENTS = {"nbgrader", "pytest", "ruff", "mypy", "nbval", "hypothesis", "playwright"}
PINNED = dict(package.PIN.findall((layout.ROOT / "requirements.lock").read_text("utf-8")))


# --- the zip


def test_the_first_sheet_needs_neither_torch_nor_tensorflow_nor_weights():
    assert set(package.packages(FIRST_SHEET)) == {
        *("numpy", "matplotlib", "pillow", "lark", "ipywidgets"),
        *("ipykernel", "ipython", "jupyterlab"),
    }
    assert not [file for file in package.files(FIRST_SHEET) if "weights" in file.parts]


@pytest.mark.parametrize("sheet", layout.sheets())
def test_the_helpers_in_a_zip_import_nothing_that_is_not_in_it(sheet):
    files = package.files(sheet)
    tops = [  # what stands at the top of a module runs, whether its functions are used or not
        "\n".join(map(ast.unparse, names.imports(file.read_text("utf-8"))))
        for file in files
        if file.suffix == ".py"
    ]
    for source in (package.notebook_source(sheet), *tops):
        for module, name, _ in package._imported(ast.walk(ast.parse(source))):
            path = layout.ROOT / (module.replace(".", "/") + ".py")
            below = layout.ROOT / module.replace(".", "/") / f"{name}.py"
            for found in (path, below):
                is_ours = module.split(".")[0] in package.OURS and found.is_file()
                assert not is_ours or found in files, found


@pytest.mark.parametrize("sheet", layout.sheets())
def test_students_install_no_instructors_tools_and_only_pinned_packages(sheet):
    lines = package.requirements(sheet).splitlines()
    needed = [Requirement(line) for line in lines if line[0] not in "#-"]
    assert needed and not {one.name for one in needed} & NOT_FOR_STUDENTS
    for one in needed:
        assert str(one.specifier) == f"=={PINNED[one.name]}"
    assert ("torch" in {one.name for one in needed}) == (package.WHEELS in "\n".join(lines))


def test_a_package_that_only_an_unused_function_imports_is_not_needed(tmp_path, monkeypatch):
    tmp_path = tmp_path / "helpers"
    tmp_path.mkdir()
    (tmp_path / "__init__.py").write_text("")
    text = "import numpy\n\ndef a():\n    return b()\n\ndef b():\n    import torch\n\n"
    (tmp_path / "checks.py").write_text(f"{text}def c():\n    import tensorflow\n")
    monkeypatch.setattr(package, "HELPERS", tmp_path)
    used = package._used("from helpers.checks import a")
    assert "torch" in used[tmp_path / "checks.py"]
    assert "tensorflow" not in used[tmp_path / "checks.py"]
    used = package._used("from helpers import checks\nchecks.c()")
    assert "tensorflow" in used[tmp_path / "checks.py"]
    used = package._used("from helpers import checks\nlook(checks)")
    assert all(name in used[tmp_path / "checks.py"] for name in ("torch", "tensorflow"))


@pytest.mark.parametrize("sheet", layout.sheets())
def test_the_readme_says_how_to_install_start_and_hand_in_on_one_page(sheet):
    text = package.readme(sheet)
    name = layout.source_notebook(sheet).name
    for words in ("pip install -r requirements.txt", f"jupyterlab {name}", "Hand in", "Teams"):
        assert words in text
    assert len(text.splitlines()) < 50 and "{" not in text
    environment = yaml.safe_load(package.environment(sheet))
    assert environment["name"] == sheet


def test_the_project_says_which_pythons_students_may_use():
    text = " ".join((layout.ROOT / "README.md").read_text("utf-8").split())
    assert f"{package.PYTHONS[0]} to {package.PYTHONS[-1]}" in text


# --- the frame of a notebook


@pytest.mark.parametrize("sheet", layout.sheets())
def test_what_students_read_has_a_start_an_end_and_no_comments_for_our_tests(sheet):
    cells = outline.handed_out(sheet).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert code[0].id == frame.FIRST and cells[-1].id == frame.LAST
    assert not any("NBVAL" in cell.source for cell in cells)
    ids = [cell.id for cell in cells]
    assert [i for i in ids if i in {c.id for c in outline.read_source(sheet).cells}] == [
        cell.id for cell in outline.read_source(sheet).cells
    ]


@pytest.mark.parametrize("sheet", layout.sheets())
def test_the_last_cell_lists_every_exercise_with_its_points(sheet, capsys, monkeypatch):
    monkeypatch.setattr(standing, "states", {})
    exec(outline.handed_out(sheet).cells[-1].source, {"standing": standing})
    lines = capsys.readouterr().out.splitlines()
    items = outline.items(sheet).values()
    for item, line in zip(items, lines, strict=False):
        assert line.split() == [item.name, f"{item.points:g}", *standing.NOT_RUN.split()]
    total = sum(item.points for item in items)
    assert f"0 of {total:g} points pass" in lines[-1]


@pytest.mark.parametrize("sheet", layout.sheets())
def test_every_visible_check_says_which_exercise_it_is_about(sheet):
    cells = {c.metadata.nbgrader.grade_id: c for c in outline.handed_out(sheet).cells
             if "nbgrader" in c.metadata}  # fmt: skip
    for item in outline.items(sheet).values():
        found = standing.CHECK.match(cells[item.grade_id].source)
        assert (found["name"], float(found["points"])) == (item.name, item.points)


def test_without_its_folder_a_notebook_says_what_to_do(tmp_path):
    code = outline.handed_out(FIRST_SHEET).cells
    source = next(cell.source for cell in code if cell.cell_type == "code")
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", source], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 1
    assert f"Unpack {FIRST_SHEET}.zip" in run.stderr.splitlines()[-1]


def test_in_colab_a_notebook_asks_for_its_zip_and_goes_on(tmp_path):
    source = frame.START.format(sheet="sheet", notebook="a.ipynb")
    colab = tmp_path / "google" / "colab"
    colab.mkdir(parents=True)
    (colab / "__init__.py").write_text("")
    (colab / "files.py").write_text("def upload():\n    return {'sheet.zip': b''}\n")
    shutil.make_archive(
        tmp_path / "sheet", "zip", _folder(tmp_path / "made", "print('begun')"), "sheet"
    )
    code = f"import os\nos.system = print\nimport sys\nsys.path.insert(0, '')\n{source}"
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert "begun" in run.stdout, run.stderr


def _folder(root, body):
    helpers = root / "sheet" / "helpers"
    helpers.mkdir(parents=True)
    (helpers / "__init__.py").write_text("")
    (helpers / "standing.py").write_text(f"def begin():\n    {body}\n")
    return root


# --- what a notebook says


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs a cell as Jupyter does: what it prints, and whether "Run all" goes on after it."""
    shell = InteractiveShell()
    monkeypatch.setattr(standing, "get_ipython", lambda: shell)
    for name, empty in (("states", {}), ("_waiting", set()), ("_begun", [])):
        monkeypatch.setattr(standing, name, empty)
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    standing.begin()

    def cell(source):
        result = shell.run_cell(source, store_history=False)
        return capsys.readouterr().out, result.success

    yield cell
    shell.history_manager.end_session()


UNWRITTEN = 'def half(x):\n    raise NotImplementedError("not written yet: your code goes here")'
CHECK = "# Check of half (2 points).\n# Checks one value.\nassert half(2) == 1, 'is it\\nhalved?'"


def test_a_check_that_passes_says_so_in_one_line(run):
    run("def half(x):\n    return x / 2")
    assert run(CHECK) == ("✓ half passes this check.\n", True)
    assert standing.states == {"half": standing.PASSES}


def test_a_check_that_fails_says_so_in_two_lines_and_run_all_goes_on(run):
    run("def half(x):\n    return x")
    said, goes_on = run(CHECK)
    assert said.splitlines() == ["✗ half does not pass this check yet:", "  is it halved?"]
    assert goes_on and standing.states == {"half": standing.FAILS}


def test_a_function_that_is_not_written_is_said_in_one_line_and_run_all_goes_on(run):
    run(UNWRITTEN)
    assert run(CHECK) == ("… half is not written yet.\n", True)
    assert run("line = half(2)") == ("… half is not written yet.\n", True)
    assert run("print(line)") == ("… line is not written yet.\n", True)
    assert standing.states == {"half": standing.UNWRITTEN}


def test_a_value_that_is_not_written_is_said_too(run):
    assert run("half" + CHECK[CHECK.index(" (2") :]) != ("", True)
    assert run('# The answer.\nraise NotImplementedError("not written yet: x")')[1]
    said, goes_on = run(CHECK)
    assert said == "… half is not written yet.\n" and goes_on


def test_a_check_that_says_that_nothing_is_written_does_not_count_as_failing(run):
    source = CHECK.split("assert")[0] + "assert False, 'Not written yet: there are no lines.'"
    assert run(source) == ("… half is not written yet.\n", True)
    assert standing.states == {"half": standing.UNWRITTEN}


def test_an_error_of_the_students_own_is_shown_in_full_and_counts_as_failing(run):
    run("def half(x):\n    return x / 0")
    said, goes_on = run(CHECK)
    assert "ZeroDivisionError" in said and goes_on
    assert standing.states == {"half": standing.FAILS}


@pytest.mark.parametrize(
    "source", ["unknown", "assert 1 == 2", "raise NotImplementedError('abstract')", "1 / 0"]
)
def test_errors_in_other_cells_stay_errors(source, run):
    said, goes_on = run(source)
    assert "Traceback" in said and not goes_on


def test_where_nbgrader_runs_a_notebook_errors_stay_errors(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr(standing, "get_ipython", lambda: shell)
    monkeypatch.setattr(standing, "_begun", [])
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    standing.begin()
    assert standing._begun == [] and not shell.custom_exceptions
    shell.history_manager.end_session()


def test_the_list_says_what_passes_fails_and_waits(monkeypatch, capsys):
    states = {"a": standing.PASSES, "b": standing.FAILS, "c": standing.UNWRITTEN}
    monkeypatch.setattr(standing, "states", states)
    standing.show("a 2, b 3,\nc 1, d 1.5", texts=4)
    lines = capsys.readouterr().out.splitlines()
    assert [line[0] for line in lines[:4]] == ["✓", "✗", "…", " "]
    assert "2 of 7.5 points" in lines[-1] and "another 4 points" in lines[-1]


# --- on every Python that students may have

RUN = """
import json, sys
import nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
folder = {"metadata": {"path": sys.argv[2]}}
NotebookClient(notebook, timeout=None, startup_timeout=3000, resources=folder).execute()
print(json.dumps(["".join(o.get("text", "") for o in notebook.cells[-1].outputs),
                  [o["ename"] for c in notebook.cells if c.cell_type == "code"
                   for o in c.outputs if o.output_type == "error"]]))
"""


def _python(version):
    """An interpreter of that version, on the path or of pyenv; None if there is none."""
    found = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    names = [*map(str, found), shutil.which(f"python{version}")]
    for name in filter(None, names):
        asked = [name, "-c", "import sys; print(*sys.version_info[:2], sep='.')"]
        done = subprocess.run(asked, capture_output=True, text=True)
        if done.stdout.strip() == version:
            return name
    return None


@pytest.fixture(scope="module", params=package.PYTHONS)
def python(request, tmp_path_factory):
    """A Python with what the first sheet needs, and what runs notebooks; JupyterLab apart."""
    if request.param == f"{sys.version_info.major}.{sys.version_info.minor}":
        return sys.executable
    name = _python(request.param)
    if name is None:
        pytest.skip(f"there is no Python {request.param} here")
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([name, "-m", "venv", folder], check=True)
    lines = package.requirements(FIRST_SHEET).splitlines()
    wanted = [line for line in lines if line[0] != "#" and not line.startswith("jupyterlab")]
    wanted += [f"{one}=={PINNED[one]}" for one in ("nbclient", "nbformat")]
    pip = [folder / "bin" / "python", "-m", "pip", "install", "-q", "--prefer-binary", *wanted]
    done = subprocess.run(pip, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"its packages cannot be had: {done.stderr[-200:]}")
    return str(folder / "bin" / "python")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The first sheet as a student has it, without the course around it."""
    folder = tmp_path_factory.mktemp("student") / FIRST_SHEET
    for file in package.files(FIRST_SHEET):
        target = folder / file.relative_to(layout.ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    return folder


def _last_output(python, notebook, folder):
    path = folder / "run.ipynb"
    nbformat.write(notebook, path)
    hidden = ("NBGRADER_EXECUTION", "PYTHONPATH", "PYTHONHOME")
    environ = {key: value for key, value in os.environ.items() if key not in hidden}
    command = [python, "-c", RUN, str(path), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, cwd=folder)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_run_all_on_the_untouched_sheet_reaches_its_end(python, unpacked):
    name = layout.source_notebook(FIRST_SHEET).name
    notebook = nbformat.read(layout.RELEASE / FIRST_SHEET / name, as_version=4)
    said, errors = _last_output(python, notebook, unpacked)
    assert errors == []
    states = [line[0] for line in said.splitlines() if re.match(r"[✓✗… ] \w+ +[\d.]+ ", line)]
    assert len(states) == len(outline.items(FIRST_SHEET))
    assert set(states) == {"…"} and "0 of " in said


def test_the_solution_passes_every_check(python, unpacked):
    said, errors = _last_output(python, samples.filled_in(FIRST_SHEET), unpacked)
    assert errors == []
    states = [line[0] for line in said.splitlines() if re.match(r"[✓✗… ] \w+ +[\d.]+ ", line)]
    assert states == ["✓"] * len(outline.items(FIRST_SHEET))
