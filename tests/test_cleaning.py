"""Whatever was done to a notebook: it is repaired and said so, or it gets 0 points and a reason."""

import copy
import html
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

import broken
import memory
import nbformat
import pytest
from conftest import Course
from nbgrader.api import Gradebook

from grader import record
from grader.course import layout, outline
from grader.intake import files, reading, repair
from grader.intake.submissions import fingerprint

ALL_POINTS = 88


# --- repair, without a kernel


@pytest.fixture(scope="module")
def root(course_copy):
    return course_copy.root


@pytest.fixture(scope="module")
def specs(root):
    return repair.read_specs(f"sqlite:///{root}/gradebook.db", "sheet1_kl", "kl")


@pytest.fixture(scope="module")
def good(root):
    """A right submission, complete; tests get it as a copy."""
    return broken.right(root)


@pytest.fixture(autouse=True)
def released(root, monkeypatch):
    """Two copies are told apart by what was released."""
    monkeypatch.setattr(layout, "RELEASE", root / "release")


@pytest.fixture
def clean(tmp_path, specs, monkeypatch):
    """Reads and repairs what lies in a submission's folder: the notebook and the notes."""
    folder = tmp_path / "sheet1_kl"
    folder.mkdir()
    monkeypatch.setattr(repair, "read_specs", lambda *names: specs)

    def cleaned(content=None, name="kl.ipynb"):
        if content is not None:
            if isinstance(content, dict):
                content = json.dumps(content, indent=1)
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        nb, notes, pictures = reading.read_submission(folder / "kl.ipynb")
        resources = {
            "nbgrader": {"db_url": "", "assignment": "sheet1_kl", "notebook": "kl"},
            reading.NOTES: notes,
            reading.PICTURES: pictures,
            reading.FINGERPRINT: fingerprint(folder),
        }
        nb, _ = repair.RepairNotebook().preprocess(nb, resources)
        nbformat.validate(nb)
        nbformat.writes(nb).encode()
        return nb, list(record.read(nb).repairs)

    cleaned.folder = folder
    return cleaned


def in_force(notebook):
    """For each test, the code that defines its item by the time the test runs."""
    found, defined = {}, {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for piece in re.split(r"\n(?=def |\w+ = r\"\"\")", cell.source):
            for name in outline.functions_in(piece) | outline.variables_in(piece):
                defined[name] = piece.strip()
        item = outline.judged_item(cell.source)
        if item is not None:
            found[item] = defined.get(item)
    return found


def answers(notebook):
    """The written answers, by grade id."""
    return {
        broken.grade_id(cell): cell.source
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "markdown"
    }


def assert_in_form(notebook, specs):
    """Every graded cell is there once, as the gradebook says, and nothing else is graded."""
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert sorted(map(broken.grade_id, cells)) == sorted(spec.grade_id for spec in specs)
    by_id = {spec.grade_id: spec for spec in specs}
    for cell in cells:
        spec = by_id[broken.grade_id(cell)]
        assert cell.metadata == {"nbgrader": spec.metadata()}
        assert cell.cell_type == spec.cell_type
        assert cell.source == spec.source or not spec.locked
    assert all(cell.metadata == {} for cell in notebook.cells if cell not in cells)


def test_a_right_submission_passes_unchanged_and_without_a_note(clean, good, specs):
    notebook, notes = clean(good)
    assert notes == []
    assert_in_form(notebook, specs)
    assert len(notebook.cells) == len(good.cells)
    assert answers(notebook) == answers(good)
    for item, source in in_force(notebook).items():
        assert source.startswith((f"def {item}(", f"{item} = ")) and "YOUR " not in source


@pytest.mark.parametrize("breaker", broken.REPAIRABLE.values(), ids=broken.REPAIRABLE)
def test_what_a_student_did_is_repaired_and_noted(breaker, clean, good, specs, root):
    before, _ = clean(good)
    notebook, notes = clean(broken.apply(breaker, copy.deepcopy(good), root))
    assert notes, "nothing was noted"
    assert_in_form(notebook, specs)
    assert in_force(notebook) == in_force(before)
    if breaker not in (broken.student_deleted_an_answer, broken.student_duplicated_an_answer):
        assert answers(notebook) == answers(good)


EXPECTED_NOTES = {
    "duplicated_a_solution": ["The cell kl-normal was there 2 times."],
    "duplicated_a_test": ["The cell kl-normal-test was there 2 times."],
    "deleted_a_middle_test": ["The cell kl-mvn-test was missing and was put back."],
    "deleted_tests_in_a_row": [
        f"The cell {name}-test was missing and was put back."
        for name in (
            "kl-normal",
            "kl-standard-normal-derivation",
            "kl-standard-normal",
            "kl-mvn",
        )
    ],
    "deleted_all_tests": ["18 cells of the sheet were missing and were put back."],
    "moved_a_test_to_the_top": ["The cell elbo-test stood before the cell it belongs to."],
    "changed_points": [
        f"The cell {name} had other grading settings."
        for name in ("kl-discrete-test", "kl-normal-test", "kl-mvn-test")
    ],
    "lost_ids": ["The cell kl-normal had lost its id.", "The cell kl-mvn-test had lost its id."],
    "swapped_ids_of_two_solutions": [
        "The cell kl-normal had the id of another cell.",
        "The cell elbo had the id of another cell.",
    ],
    "cut_the_asserts": ["The cell kl-normal-test had been changed; the original was used."],
    "used_an_id_that_is_unknown": ["Ids that the sheet does not have: my-own."],
    "repeated_cell_ids": ["Some cells shared a cell id."],
    "tagged_cells": ["Cell tags were removed."],
    "used_another_kernel": ["The notebook was set to another kernel (ir)."],
    "used_julia": ["The notebook was set to another kernel (julia-1.11)."],
}


@pytest.mark.parametrize("name", EXPECTED_NOTES)
def test_the_notes_say_what_was_done(name, clean, good, root):
    _, notes = clean(broken.apply(broken.REPAIRABLE[name], copy.deepcopy(good), root))
    assert notes == EXPECTED_NOTES[name]


def test_of_two_different_answers_the_last_is_graded_and_both_stay(clean, good):
    broken.student_duplicated_an_answer(good := copy.deepcopy(good))
    notebook, _ = clean(good)
    assert answers(notebook)["discrete-formula"] == "A second answer."
    first = next(i for i, cell in enumerate(notebook.cells) if cell.source == "A first answer.")
    assert "nbgrader" not in notebook.cells[first].metadata
    assert first == broken.place(notebook, "discrete-formula") - 1


def test_of_an_answer_and_a_blank_copy_the_answer_is_graded(clean, good):
    for texts in ({"second": "YOUR ANSWER HERE"}, {"first": "YOUR ANSWER HERE"}, {"second": " "}):
        nb = copy.deepcopy(good)
        broken.duplicate(nb, "discrete-formula", **texts)
        notebook, _ = clean(nb)
        assert answers(notebook) == answers(good)
        assert len(notebook.cells) == len(good.cells)


def test_a_deleted_answer_comes_back_unanswered(clean, good):
    broken.student_deleted_an_answer(good := copy.deepcopy(good))
    notebook, notes = clean(good)
    assert answers(notebook)["discrete-formula"] == "YOUR ANSWER HERE"
    assert notes == ["The cell discrete-formula was missing and was put back."]


def test_a_deleted_solution_comes_back_unwritten_before_its_test(clean, good, specs):
    broken.delete(good := copy.deepcopy(good), "kl-normal")
    notebook, notes = clean(good)
    assert notes == ["The cell kl-normal was missing and was put back."]
    assert_in_form(notebook, specs)
    assert "NotImplementedError" in in_force(notebook)["kl_normal"]


def test_what_a_student_wrote_into_a_test_stays_as_a_cell_before_it(clean, good):
    broken.student_made_a_test_pass(good := copy.deepcopy(good))
    notebook, _ = clean(good)
    own = notebook.cells[broken.place(notebook, "kl-normal-test") - 1]
    assert own.source == "assert True\nprint('all points')"
    assert own.metadata == {}


def test_a_test_without_some_of_its_asserts_leaves_nothing_behind(clean, good):
    broken.student_cut_the_asserts(good := copy.deepcopy(good))
    notebook, _ = clean(good)
    assert len(notebook.cells) == len(good.cells)


def test_a_changed_copy_of_a_test_stays_as_a_plain_cell(clean, good):
    broken.student_duplicated_and_changed_a_test(good := copy.deepcopy(good))
    notebook, _ = clean(good)
    assert "kl_normal(1.0, 1.0, 0.0, 2.0)  # my own try" in [c.source for c in notebook.cells]


@pytest.mark.parametrize("copied", [True, False], ids=["with its id", "in a cell of its own"])
def test_a_later_experiment_with_a_function_does_not_count(copied, clean, good):
    """It stands below the test, and so it stays there."""
    nb = copy.deepcopy(good)
    broken.duplicate(nb, "kl-normal", second="def kl_normal(*arguments):\n    return 0.0")
    experiment = nb.cells.pop(broken.place(nb, "kl-normal") + 1)
    if not copied:
        experiment.metadata = {}
    nb.cells.append(experiment)
    notebook, _ = clean(nb)
    assert in_force(notebook) == in_force(clean(good)[0])
    assert notebook.cells[-1].source == experiment.source


def test_a_deleted_test_goes_behind_the_cells_that_the_student_added(clean, good, specs):
    """The function may be written in one of them."""
    good = copy.deepcopy(good)
    at = broken.place(good, "kl-normal")
    good.cells.insert(at + 1, nbformat.v4.new_code_cell(good.cells[at].source + "  # better"))
    good.cells[at].source = "def kl_normal(*arguments): raise NotImplementedError"
    broken.delete(good, "kl-normal-test")
    notebook, _ = clean(good)
    assert_in_form(notebook, specs)
    assert in_force(notebook)["kl_normal"].endswith("# better")


def test_nothing_but_text_and_pictures_of_a_cell_is_kept(clean, good):
    good = copy.deepcopy(good)
    picture = {"plot.png": {"image/png": "iVBORw0KGgo="}}
    for cell in good.cells:
        cell.metadata["mine"] = "x"
        if cell.cell_type == "markdown":
            cell["attachments"] = picture
    good.metadata["widgets"] = {"state": "x"}
    notebook, _ = clean(good)
    assert all(set(cell.metadata) <= {"nbgrader"} for cell in notebook.cells)
    assert set(notebook.metadata) == {"kernelspec", record.KEY}
    pictures = [c.get("attachments") for c in notebook.cells if c.cell_type == "markdown"]
    assert pictures == [picture] * len(pictures)


def test_the_kernel_is_the_sheets_own(clean, good):
    broken.student_used_another_kernel(good := copy.deepcopy(good))
    notebook, _ = clean(good)
    assert notebook.metadata.kernelspec.name == "python3"


# --- files


@pytest.mark.parametrize(
    "name",
    ["kl (1).ipynb", "kl-Copy1.ipynb", "KL.ipynb", "kl.ipynb.txt", "kl.ipynb.json", "x.ipynb"],
)
def test_a_notebook_under_another_name_is_taken(name, clean, good):
    notebook, notes = clean(good, name)
    assert notes == [f"{name} was taken for kl.ipynb."]
    assert answers(notebook) == answers(good)


def test_of_two_copies_the_one_with_work_in_it_is_taken(clean, good, root):
    clean(broken.blank(root))
    notebook, notes = clean(good, "kl (1).ipynb")
    assert answers(notebook) == answers(good)
    assert notes == [
        "Not used, because kl (1).ipynb was: kl.ipynb.",
        "kl (1).ipynb was taken for kl.ipynb.",
    ]


def test_of_two_copies_with_work_the_one_with_the_right_name_is_taken(clean, good, root):
    other = broken.blank(root)
    broken.get(other, "discrete-formula").source = "Some work."
    clean(good, "kl (1).ipynb")
    notebook, notes = clean(other)
    assert answers(notebook) == answers(other)
    assert notes == ["Not used, because kl.ipynb was: kl (1).ipynb."]


def test_of_two_copies_the_one_that_can_be_read_is_taken(clean, good):
    clean("{", "kl.ipynb")
    notebook, notes = clean(good, "kl (1).ipynb")
    assert answers(notebook) == answers(good)
    assert notes[0].startswith("kl.ipynb cannot be read: it is not a notebook (")


def test_a_notebook_that_breaks_off_anywhere_is_read_as_far_as_it_goes(clean, good):
    content = nbformat.writes(good).encode()
    kept = []
    for cut in [*range(1, len(content) - 2, len(content) // 30), len(content) - 3]:
        notebook, notes = clean(content[:cut])
        assert "kl.ipynb" in notes[0]
        kept.append(sum(answers(notebook)[key] == text for key, text in answers(good).items()))
    assert kept == sorted(kept)
    assert kept[0] == 0 and kept[-1] == 6


def test_a_cut_inside_a_character_is_not_taken_for_another_encoding(clean, good):
    good = copy.deepcopy(good)
    good.cells[0].source = "größer"
    good.cells[1].source = "größer"
    content = nbformat.writes(good).encode()
    cut = content.index("ö".encode(), content.index("ö".encode()) + 2) + 1
    notebook, notes = clean(content[:cut])
    assert "größer" in [cell.source for cell in notebook.cells]
    assert notes[0] == "kl.ipynb is damaged or breaks off; 1 cells could be read."


def test_a_damaged_cell_takes_no_other_with_it(clean, good):
    text = nbformat.writes(good).replace('"def posterior', 'x"def posterior')
    notebook, notes = clean(text)
    assert notes == [
        f"kl.ipynb is damaged or breaks off; {len(good.cells) - 1} cells could be read.",
        "The cell posterior was missing and was put back.",
    ]
    assert answers(notebook) == answers(good)


def test_a_merge_conflict_is_settled_for_the_first_side(clean, good):
    notebook, notes = clean(broken.with_conflict(good))
    assert notes == ["kl.ipynb held both sides of a merge conflict; the first was used."]
    before, _ = clean(good)
    assert in_force(notebook) == in_force(before)


@pytest.mark.parametrize(
    ("encode", "expected"),
    [
        (lambda text: b"\xef\xbb\xbf" + text.encode(), "kl.ipynb starts with a byte order mark."),
        (lambda text: text.encode("utf-16"), "kl.ipynb was saved as UTF-16, not UTF-8."),
        (lambda text: text.encode("utf-16-be"), "kl.ipynb was saved as UTF-16-BE, not UTF-8."),
        (lambda text: text.encode("latin-1"), "kl.ipynb was not saved as UTF-8."),
    ],
    ids=["BOM", "UTF-16", "UTF-16 without BOM", "latin-1"],
)
def test_another_encoding_is_read(encode, expected, clean, good):
    good = copy.deepcopy(good)
    for cell in good.cells:
        cell.source = cell.source.encode("latin-1", "ignore").decode("latin-1")
    broken.get(good, "discrete-formula").source = "Größer als 0, für alle Verteilungen."
    notebook, notes = clean(encode(nbformat.writes(good)))
    assert notes[0] == expected
    assert answers(notebook) == answers(good)


@pytest.mark.parametrize("write", [broken.as_version_3, broken.as_version_2])
def test_an_old_format_is_read(write, clean, good, specs):
    good = copy.deepcopy(good)
    notebook, notes = clean(write(good))
    assert notes[0] == "kl.ipynb is in an old notebook format."
    before, _ = clean(good)
    assert in_force(notebook) == in_force(before)
    assert_in_form(notebook, specs)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty."),
        (b" \n\t\r\n", "it is empty."),
        (b"\xef\xbb\xbf\n", "it is empty."),
        (b"\0" * 5000, "it is empty."),
        (b"[1, 2]", "it holds no cells."),
        (b"7", "it holds no cells."),
        (b'"cells"', "it holds no cells."),
        (b"null", "it holds no cells."),
        (b"{}", "it holds no cells."),
        (b'{"cells": {"a": 1}}', "its cells are damaged."),
        (b'{"cells": null}', "its cells are damaged."),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "it is not a notebook ("),
        (b"PK\x03\x04 a zip archive", "it is not a notebook ("),
        (b"<!doctype html><html>Please log in</html>", "it is not a notebook ("),
        (b"[" * 100_000, "it is not a notebook ("),
        (b'{"cells": [' + b'{"id":' * 100_000, "it is not a notebook ("),
        (b'{"cells": [], "a": ' + b"[" * 300 + b"]" * 300 + b"}", "it is nested too deeply."),
        (b'{"cells": [' + b"9" * 5000 + b"]}", "it is not a notebook ("),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_reason(content, reason, clean, specs):
    notebook, notes = clean(content)
    assert len(notes) == 1
    assert notes[0].startswith(f"kl.ipynb cannot be read: {reason}")
    assert_in_form(notebook, specs)


@pytest.mark.parametrize(
    "content", ['{"cells": []}', '{"worksheets": 5}', '{"worksheets": [3, {"cells": "x"}]}']
)
def test_a_notebook_without_cells_is_filled_up(content, clean, specs):
    notebook, _ = clean(content)
    assert_in_form(notebook, specs)


def test_values_where_no_tool_would_put_them_do_no_harm(clean, good, specs):
    notebook, notes = clean(broken.with_strange_parts(good))
    assert_in_form(notebook, specs)
    assert answers(notebook) == answers(good)
    assert in_force(notebook) == in_force(clean(good)[0])
    assert notes == ["Ids that the sheet does not have: {}."] or notes == []


def test_a_folder_without_a_notebook_says_so(clean, specs):
    (clean.folder / "answers.docx").write_bytes(b"PK")
    notebook, notes = clean()
    assert notes == ["There is no notebook kl.ipynb.", "Not used: answers.docx."]
    assert_in_form(notebook, specs)


def test_no_folder_at_all_says_so(clean):
    clean.folder.rmdir()
    _, notes = clean()
    assert notes == ["There is no notebook kl.ipynb."]


def test_a_folder_with_the_notebooks_name_is_refused(clean):
    (clean.folder / "kl.ipynb").mkdir()
    _, notes = clean()
    assert notes == ["kl.ipynb cannot be read: it is not a plain file."]


@pytest.mark.parametrize("there", [True, False])
def test_a_link_in_place_of_the_notebook_is_refused(there, clean, good, tmp_path):
    if there:
        nbformat.write(good, tmp_path / "other.ipynb")
    (clean.folder / "kl.ipynb").symlink_to(tmp_path / "other.ipynb")
    notebook, notes = clean()
    assert notes == ["kl.ipynb cannot be read: it is not a plain file."]
    assert set(answers(notebook).values()) == {"YOUR ANSWER HERE"}


def test_a_file_beyond_the_limit_is_refused(clean, good, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", 10_000)
    _, notes = clean(good)
    assert notes == ["kl.ipynb cannot be read: it is larger than 0 MB."]


def test_strange_files_beside_the_notebook_are_named(clean, good):
    (clean.folder / "numpy.py").write_text("raise SystemExit")
    (clean.folder / "torch").mkdir()
    (clean.folder / "torch" / "__init__.py").write_text("raise SystemExit")
    (clean.folder / "timestamp.txt").write_text("2026-11-01 10:00:00 UTC")
    (clean.folder / ".DS_Store").write_bytes(b"\0")
    (clean.folder / "._kl.ipynb").write_bytes(b"\0\5\x16\7")
    _, notes = clean(good)
    assert notes == ["Not used: numpy.py, torch/."]


def test_hundreds_of_strange_files_make_no_endless_note(clean, good):
    for number in range(300):
        (clean.folder / f"plot{number:03}.png").touch()
    _, notes = clean(good)
    assert notes[0].endswith("plot009.png and 290 more.")


def test_file_names_that_are_not_utf_8_do_no_harm(clean, good):
    with open(bytes(clean.folder) + b"/\xff.txt", "w"):
        pass
    with open(bytes(clean.folder) + b"/kl\xe9.ipynb", "w") as file:
        file.write(nbformat.writes(good))
    notebook, notes = clean()
    assert answers(notebook) == answers(good)
    assert notes == ["kl?.ipynb was taken for kl.ipynb.", "Not used: ?.txt."]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2026-11-05T10:00:00+01:00", 9),
        ("2026-11-05T10:00Z", 10),
        ("2026-11-05 10:00:00 UTC\n", 10),
        ("2026-11-05 10:00:00.123456 +0100", 9),
        ("2026-11-05T10:00:00,5-05", 15),
        ("2026-11-05 10:00 Europe/Berlin", 9),
        ("2026-07-05 10:00 Europe/Berlin", 8),
    ],
)
def test_a_time_in_iso_8601_with_a_zone_is_understood(text, hours, clean):
    (clean.folder / "timestamp.txt").write_text(text)
    assert files.handed_in(clean.folder).hour == hours


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"soon", b"\xff\xfe\0", b"99999999999999999999", b"2026-11-05T10:00:00"),
        *(b"05.11.2026 10:00", b"11/12/2026 10:00", b"2026-11-05 10:00 MEZ", b"2026-11-05"),
        *(b"2026-11-05 10:00 CEST", b"2026-13-05T10:00Z", b"2026-11-05T10:00 Europe/Nowhere"),
        *(b"2026-11-05T10:00+99:00", b"0001-01-01T00:00+05:00", b"1" * 1_000_000),
    ],
)
def test_any_other_time_is_no_time_and_noted(text, clean, good):
    (clean.folder / "timestamp.txt").write_bytes(text)
    assert files.handed_in(clean.folder) is None
    _, notes = clean(good)
    form = "timestamp.txt holds no time in the form 2026-11-10T12:00:00+01:00"
    assert notes == [f"{form}, so this counts as handed in on time."]


def test_a_time_without_a_zone_is_in_the_zone_of_the_course(clean):
    (clean.folder / "timestamp.txt").write_text("2026-07-05T10:00:00")
    assert files.handed_in(clean.folder, "Europe/Berlin").hour == 8
    (clean.folder / "timestamp.txt").write_text("2026-07-05T10:00:00Z")
    assert files.handed_in(clean.folder, "Europe/Berlin").hour == 10


def test_a_time_beside_a_linked_submission_is_not_read(clean, tmp_path):
    (clean.folder / "timestamp.txt").write_text("2026-07-05T10:00:00Z")
    (tmp_path / "link").symlink_to(clean.folder)
    assert files.handed_in(tmp_path / "link") is None


def test_a_fingerprint_changes_with_any_file_and_with_nothing_else(tmp_path):
    (tmp_path / "kl.ipynb").write_text("1")
    first = fingerprint(tmp_path)
    (tmp_path / "kl.ipynb").touch()
    assert fingerprint(tmp_path) == first
    (tmp_path / "more.txt").touch()
    second = fingerprint(tmp_path)
    (tmp_path / "kl.ipynb").write_text("2")
    assert len({first, second, fingerprint(tmp_path)}) == 3


# --- the whole way, in one batch


# Several things at once where they do not touch each other: each submission costs a kernel.
MENDED = {
    "duplicated": [
        broken.with_conflict,
        "duplicated_a_test",
        "duplicated_an_answer",
        "duplicated_and_filled_both",
        "deleted_a_middle_test",
    ],
    "blank-copies": [
        broken.in_utf_16,
        "duplicated_and_filled_the_first",
        "tagged_cells",
        "made_a_test_pass",
    ],
    "deleted": [broken.as_version_3, "deleted_all_tests"],
    "moved": [
        broken.with_strange_parts,
        "moved_a_test_to_the_top",
        "moved_a_solution_to_the_end",
        "wrote_a_function_in_a_cell_of_their_own",
    ],
    "settings": [
        json.dumps,
        "changed_points",
        "changed_types",
        "changed_locks_and_schemas",
        "used_an_id_that_is_unknown",
    ],
    "ids": [json.dumps, "used_a_tool_that_drops_metadata_and_cell_ids", "used_julia"],
    "swapped": [
        json.dumps,
        "swapped_ids_of_solution_and_test",
        "wrote_the_function_into_the_test",
        "repeated_cell_ids",
    ],
}
NOTHING = {
    "cut": "it is not a notebook (",
    "folder": "it is not a plain file.",
    "link": "it is not a plain file.",
}
LOOK_AROUND = """
import os, sys
import numpy
print("FILES", sorted(os.listdir()), open("data/heights.csv").read())
print("NUMPY", numpy.__file__)
"""
WIDGET = 'import ipywidgets\nipywidgets.HTML("w" * 5_000_000)'
ERROR = 'raise ValueError("z" * 5_000_000)'
MUCH = 'import sys\nsys.stdout.write("y" * 50_000_000)'


def hand_in_all(course):
    """A class in which nearly everybody hands in something broken."""
    for student, (write, *breakers) in MENDED.items():
        notebook = broken.right(course.root, quick=True)
        for name in breakers:
            broken.apply(broken.REPAIRABLE[name], notebook, course.root)
        content = write(notebook)
        content = content if isinstance(content, bytes) else content.encode()
        (course.folder(student) / "kl.ipynb").write_bytes(content)
    hand_in_copies_and_strays(course)
    notebook = broken.right(course.root, quick=True)
    broken.delete(notebook, "kl-normal")
    content = nbformat.writes(notebook)
    (course.folder("cut") / "kl.ipynb").write_text(content[:300])
    (course.folder("half") / "kl.ipynb").write_text(content[: len(content) // 2])
    (course.folder("folder") / "kl.ipynb").mkdir()
    (course.folder("link") / "kl.ipynb").symlink_to(course.folder("elsewhere") / "right.json")
    shutil.rmtree(course.root / "submitted" / "elsewhere")
    (course.folder("link") / "grades.txt").symlink_to(course.root / "gradebook.db")
    (course.folder("link") / "nothing.txt").symlink_to("/nowhere")
    (course.folder("link") / "timestamp.txt").write_text("yesterday, after lunch")
    data = course.root / "source" / "sheet1_kl" / "data"
    data.mkdir()
    (data / "heights.csv").write_text("the sheet's own")


def hand_in_copies_and_strays(course):
    course.submit("two-copies", broken.blank(course.root))
    notebook = broken.right(course.root, quick=True)
    much = copy.deepcopy(notebook)
    much.cells += [nbformat.v4.new_code_cell(source) for source in (WIDGET, ERROR)]
    nbformat.write(much, course.folder("two-copies") / "kl-Copy1.ipynb")
    notebook.cells += [nbformat.v4.new_code_cell(source) for source in (LOOK_AROUND, MUCH)]
    broken.with_outputs_of(notebook, 50_000_000)
    folder = course.folder("strays")
    nbformat.write(notebook, folder / "kl (1).ipynb")
    (folder / "numpy.py").write_text("raise SystemExit")
    (folder / "torch").mkdir()
    (folder / "torch" / "__init__.py").write_text("raise SystemExit")
    (folder / "data").mkdir()
    (folder / "data" / "heights.csv").write_text("the student's")


@pytest.fixture(scope="module")
def graded(root, course_copy):
    """All of them graded in one call; the outcome of `nbgrader autograde` in a second copy."""
    hand_in_all(course_copy)
    second = shutil.copytree(root, root.with_name("second"), symlinks=True)
    for copied in (root, second):
        os.mkfifo(copied / "submitted" / "link" / "sheet1_kl" / "pipe")
    course_copy.folder("no-notebook")
    argv = [sys.executable, "-m", "nbgrader", "autograde", "sheet1_kl"]
    with subprocess.Popen(
        argv, cwd=second, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as stock:
        command = [sys.executable, "-m", "grader", "grade", "sheet1_kl", "--jobs", "2"]
        done, peaks = memory.run(command, cwd=course_copy.root)
        said = stock.communicate()[0]
    assert done.returncode == 0, done.stdout + done.stderr
    assert stock.returncode == 0, said
    return Graded(course_copy.root, peaks)


@dataclass(frozen=True)
class Graded(Course):
    """A graded course, and the most memory of each of the grader's processes, in kB."""

    peaks: list[int]


def points(root):
    """The automatic points in a gradebook: by student, by cell."""
    found = {}
    with Gradebook(f"sqlite:///{root}/gradebook.db") as book:
        for submission in book.assignment_submissions("sheet1_kl"):
            (notebook,) = submission.notebooks
            found[submission.student.id] = {
                grade.cell.name: (grade.auto_score, grade.needs_manual_grade)
                for grade in notebook.grades
            }
    return found


def test_everybody_has_a_grade(graded):
    assert set(points(graded.root)) == {f.name for f in (graded.root / "submitted").iterdir()}


@pytest.mark.parametrize("student", [*MENDED, "two-copies", "strays"])
def test_a_right_solution_that_was_mended_has_all_points_and_a_note(student, graded):
    scores = points(graded.root)[student]
    assert sum(auto or 0 for auto, _ in scores.values()) == ALL_POINTS
    assert sum(graded.scores(student).values()) == ALL_POINTS
    notes = graded.record(student).repairs
    assert notes
    page = html.unescape(graded.feedback(student))
    assert "This was noticed or repaired in your submission" in page
    assert all(note in page for note in notes)


@pytest.mark.parametrize("student", NOTHING)
def test_what_cannot_be_read_has_no_points_and_a_reason(student, graded):
    scores = points(graded.root)[student]
    assert set(scores.values()) == {(0.0, False)}
    note = graded.record(student).repairs[0]
    assert note.startswith(f"kl.ipynb cannot be read: {NOTHING[student]}")
    assert NOTHING[student] in html.unescape(graded.feedback(student))


def test_a_folder_without_a_notebook_has_no_points_and_a_reason(graded):
    assert set(points(graded.root)["no-notebook"].values()) == {(0.0, False)}
    assert graded.record("no-notebook").repairs == ("There is no notebook kl.ipynb.",)
    assert "There is no notebook kl.ipynb." in graded.feedback("no-notebook")


def test_a_notebook_that_breaks_off_has_the_points_of_its_first_half(graded):
    scores = graded.scores("half")
    assert scores["kl_discrete"] == 6
    assert scores["elbo_linear_gaussian"] == 0
    assert "damaged or breaks off" in graded.feedback("half")


def test_a_deleted_solution_costs_its_own_points_only(graded):
    scores = graded.scores("half")
    assert scores["kl_normal"] == 0
    assert scores["kl_standard_normal"] == 3


def test_written_answers_wait_for_a_person_and_unwritten_ones_do_not(graded):
    waiting = {key for key, (_, by_hand) in points(graded.root)["half"].items() if by_hand}
    assert waiting == {"discrete-formula", "discrete-purpose"}


def test_nbgrader_autograde_gives_the_same_points(graded):
    ours = points(graded.root)
    del ours["no-notebook"]  # nbgrader passes over such a folder
    assert points(graded.root.with_name("second")) == ours


def test_files_beside_the_notebook_are_neither_imported_nor_copied(graded):
    notebook = json.loads(
        (graded.root / "autograded" / "strays" / "sheet1_kl" / "kl.ipynb").read_text()
    )
    said = "".join(notebook["cells"][-2]["outputs"][0]["text"])
    assert "FILES ['data'] the sheet's own" in said
    assert "site-packages/numpy/" in said
    assert "Not used: numpy.py, torch/." in graded.record("strays").repairs


def test_links_beside_the_notebook_lead_nowhere(graded):
    """What lies in feedback/ goes to the student."""
    assert graded.record("link").repairs[1:] == (
        "Not used: grades.txt, nothing.txt, pipe.",
        "timestamp.txt holds no time in the form 2026-11-10T12:00:00, "
        "so this counts as handed in on time.",
    )
    there = {file.name for file in (graded.root / "feedback/link/sheet1_kl").iterdir()}
    assert there == {"kl.html"}


def test_files_of_the_sheet_lie_beside_the_graded_notebook(graded):
    folder = graded.root / "autograded" / "strays" / "sheet1_kl"
    assert {file.name for file in folder.iterdir()} == {"kl.ipynb", "data"}
    assert (folder / "data" / "heights.csv").read_text() == "the sheet's own"


def test_an_error_message_of_any_size_leaves_a_small_notebook(graded):
    notebook = nbformat.read(graded.root / "autograded/two-copies/sheet1_kl/kl.ipynb", as_version=4)
    assert len(json.dumps(notebook.cells[-1])) < 2_000_000


def test_widgets_of_any_size_leave_a_small_notebook(graded):
    notebook = nbformat.read(graded.root / "autograded/two-copies/sheet1_kl/kl.ipynb", as_version=4)
    assert len(json.dumps(notebook.metadata)) < 2_000_000


def test_outputs_of_any_size_leave_a_small_notebook(graded):
    graded_notebook = graded.root / "autograded" / "strays" / "sheet1_kl" / "kl.ipynb"
    assert graded_notebook.stat().st_size < 2_000_000
    assert len(graded.feedback("strays")) < 4_000_000
    assert "the output beyond 1,000,000 bytes was dropped" in graded.feedback("strays")
    if sys.platform == "linux":  # elsewhere in other units
        assert len(graded.peaks) >= 3 and max(graded.peaks) < 2**20


def test_a_notebook_with_50_megabytes_of_output_is_read(graded):
    folder = graded.root / "submitted" / "strays" / "sheet1_kl"
    notebook, _, _ = reading.read_submission(folder / "kl.ipynb")
    assert len(notebook.cells) > 12
