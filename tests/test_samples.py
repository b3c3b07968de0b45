"""The sample submissions, graded on a fresh copy: what the README promises."""

import csv
import shutil
from pathlib import Path

import pytest

from grader.course import layout, outline

SHEET = "sheet1_kl"
FULL = {name: item.points for name, item in outline.items(SHEET).items()}
ATTACKED = {
    "kl_discrete",
    "asymmetric_pair",
    "kl_standard_normal",
    "kl_mvn",
    "kl_diagonal",
    "log_evidence",
    "posterior",
    "kl_normal_derivation",
    "kl_diagonal_derivation",
}
BY_RIGHT = {"kl_normal_derivation": 1.0}  # what an attacked item earns: its first line is right


@pytest.fixture(scope="module")
def graded(course_copy):
    root = Path(layout.SUBMITTED)
    shutil.copytree(root, course_copy.root / "submitted", dirs_exist_ok=True)
    return course_copy, course_copy.run("grader", "grade")


RIGHT = [
    (SHEET, "frieda"),
    *((sheet, who) for sheet in layout.sheets() for who in ("ada", "bruno")),
]


@pytest.mark.parametrize(("sheet", "student"), RIGHT)
def test_a_right_submission_has_every_automatic_point(graded, sheet, student):
    full = {name: item.points for name, item in outline.items(sheet).items()}
    assert graded[0].scores(student, sheet) == full


def test_the_typical_one_loses_its_mistakes_items_and_is_told_which_mistake(graded):
    items = {report.item: report for report in graded[0].record("team-noether").reports}
    lost = {name for name, item in items.items() if not item.passed}
    named = {
        (name, line.mistake)
        for name, item in items.items()
        for line in item.failed_lines
        if line.mistake
    }
    assert lost == {
        "kl_discrete",
        "asymmetric_pair",
        "kl_standard_normal",
        "kl_diagonal",
        "elbo",
        "kl_normal_derivation",
        "kl_diagonal_derivation",
        "elbo_split_derivation",
        "elbo_jensen_derivation",
    }
    assert named == {
        ("kl_discrete", "nan_at_zero"),
        ("asymmetric_pair", "symmetric_pair"),
        ("kl_standard_normal", "sign_flipped"),
        ("kl_diagonal", "mean_over_dimensions"),
        ("kl_normal_derivation", "half_added"),
        ("kl_diagonal_derivation", "jump"),
        ("elbo_split_derivation", "unreadable"),
        ("elbo_jensen_derivation", "turned"),
    }
    assert "The sign of the whole divergence is flipped" in graded[0].feedback("team-noether")


def test_the_hostile_one_gets_its_honest_items_and_nothing_for_the_attacked_ones(graded):
    nothing = dict.fromkeys(ATTACKED, 0.0)
    assert graded[0].scores("mallory") == FULL | nothing | BY_RIGHT


def test_the_broken_one_is_repaired_and_told_so(graded):
    repairs = " ".join(graded[0].record("frieda").repairs)
    for words in ("kl (1).ipynb", "kl-normal", "kl-diagonal-test"):
        assert words in repairs and words in graded[0].feedback("frieda")


def test_whoever_grades_the_texts_sees_the_rubric_and_the_student_does_not(graded):
    shown = (graded[0].root / "autograded" / "ada" / SHEET / "kl.ipynb").read_text("utf-8")
    assert shown.count("**Rubric**") == 6
    assert "Rubric" not in graded[0].feedback("ada")


def test_what_was_shipped_beside_the_notebook_is_not_kept(graded):
    for folder in ("autograded", "feedback"):
        files = {file.suffix for file in (graded[0].root / folder / "mallory" / SHEET).iterdir()}
        assert files <= {".ipynb", ".html"}


def test_both_members_of_the_team_get_the_grade_and_nobody_is_missing(graded):
    with (graded[0].root / "grades.csv").open() as stream:
        graded_rows = [row for row in csv.DictReader(stream) if row["assignment"] == SHEET]
    rows = {row["student_id"]: row for row in graded_rows}
    assert set(rows) == {"ada", "bruno", "clara", "david", "frieda", "mallory"}
    assert rows["clara"]["score"] == rows["david"]["score"] == "45.0"
    assert rows["clara"]["open"] == "5"  # six texts, one of them not answered


def test_the_table_names_every_submission_and_where_the_results_lie(graded):
    for words in ("team-noether (clara, david)", "88 / 108", "feedback/", "grades.csv"):
        assert words in graded[1].stdout


def test_the_typical_one_of_sheet_2_is_told_its_mistakes(graded):
    items = graded[0].record("team-noether", "sheet2_autoencoder").reports
    lost = {item.item for item in items if not item.passed}
    named = {line.mistake for item in items for line in item.failed_lines} - {None}
    assert lost == {"encoder", "mean_squared_loss", "cross_entropy_loss", "xavier_init", "deeper"}
    assert named == {
        "no_sigmoid_on_the_code",
        "mean_over_pixels",
        "epsilon_below_float32",
        "one_over_inputs",
    }


def test_the_typical_one_of_sheet_3_is_told_its_mistakes(graded):
    items = graded[0].record("team-noether", "sheet3_vae").reports
    lost = {item.item for item in items if not item.passed}
    named = {line.mistake for item in items for line in item.failed_lines} - {None}
    assert lost == {
        "log_likelihood",
        "reparametrize",
        "base_density",
        "reconstruction_loss",
        "report_likelihood",
        "importance_bound_derivation",
    }
    assert named == {
        "mean_of_logs",
        "variance_as_std",
        "mean_over_pixels",
        "defended",
        "bound_of_one_code",
    }


def test_the_typical_one_of_sheet_4_is_told_its_mistakes(graded):
    items = graded[0].record("team-noether", "sheet4_beta_vae").reports
    lost = {item.item for item in items if not item.passed}
    named = {line.mistake for item in items for line in item.failed_lines} - {None}
    assert lost == {"generate", "latent_kl", "traverse", "factors", "mutual_information_gap"}
    assert named == {"eval_left", "tells_something_else", "constant_is_nan"}


def test_the_typical_one_of_sheet_6_is_told_its_mistakes(graded):
    items = graded[0].record("team-noether", "sheet6_flow").reports
    lost = {item.item for item in items if not item.passed}
    named = {line.mistake for item in items for line in item.failed_lines} - {None}
    assert lost == {
        "AffineCoupling",
        "dequantize",
        "to_logit",
        "bits_per_dim",
        "coupling_density_derivation",
    }
    assert named == {
        "inverse_log_det_unchanged",
        "log_det_zero",
        "nats",
        "determinant_subtracted",
    }


def test_the_typical_one_of_sheet_5_is_told_its_mistakes(graded):
    items = graded[0].record("team-noether", "sheet5_gan").reports
    lost = {item.item for item in items if not item.passed}
    named = {line.mistake for item in items for line in item.failed_lines} - {None}
    assert lost == {
        "leaky_relu",
        "discriminator_loss",
        "generator_loss",
        "logit_gradients",
        "optimal_discriminator",
        "interpolate",
        "game_value_derivation",
    }
    assert named == {
        "small_number",
        "maximum",
        "cost_of_d",
        "nan",
        "ends_counted",
        "constant_once",
    }
