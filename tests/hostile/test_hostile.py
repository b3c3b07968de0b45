"""Whatever a submission does, a wrong answer earns nothing and nobody else notices.

The corpus stands in attacks.py and files.py. It is graded at once, among honest submissions, at the
strongest level that this machine offers; a representative part also by an ordinary account and
where namespaces are refused.
"""

import asyncio
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import attacks
import house
import pytest
from bs4 import BeautifulSoup
from house import CORPUS, HONEST, KINDS, PART, POINTS, RUN, SOME, student, wanted

from grader.course import layout
from grader.running import budget, kernel, sandbox

pytestmark = pytest.mark.skipif(
    sandbox.level().name == "none", reason="nothing would keep the attacks in"
)
GIGABYTE_IN_KB = 2**20
SECURITY = house.ROOT / "docs" / "security.md"
at_full = pytest.mark.skipif(
    sandbox.level().name != "full", reason="this machine has no full isolation"
)
each = pytest.mark.parametrize("attack", CORPUS, ids=lambda attack: attack.name)
each_look = pytest.mark.parametrize("attack", attacks.LOOKS, ids=lambda attack: attack.name)


def test_the_corpus_is_large_and_no_attack_is_in_it_twice():
    assert len(CORPUS) >= 80
    assert len({student(attack) for attack in CORPUS} | set(HONEST)) == len(CORPUS) + len(HONEST)
    assert {attack.name for attack in PART} >= set(SOME)


@cache
def graded_at(place: str, folder: Path) -> house.Graded:
    found = house.grade_at(place, folder / place.replace(" ", "-"))
    if isinstance(found, str):
        pytest.skip(found)
    return found


@pytest.fixture(scope="module")
def folder():
    with house.open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def graded(folder) -> house.Graded:
    """The whole corpus at the strongest level of this machine."""
    return graded_at("strongest", folder)


@pytest.fixture(scope="module", params=["an ordinary account", "no namespaces"])
def part(request, folder) -> tuple[house.Graded, str]:
    """A part of it elsewhere, and the name of that place."""
    return graded_at(request.param, folder), request.param


# --- the whole corpus, at the strongest level -----------------------------------------------------


@each
def test_an_attack_has_the_points_of_its_right_answers_and_no_other(graded, attack):
    found = graded.scores(student(attack))
    assert found == wanted(attack) or (not found and not any(wanted(attack).values()))


@each
def test_every_attack_gets_a_grade(graded, attack):
    assert graded.table[student(attack)] == sum(wanted(attack).values())


@at_full
@each_look
def test_what_it_tries_is_refused(graded, attack):
    assert graded.refused(attack) == set(attack.refused)


@pytest.mark.parametrize("attack", RUN, ids=lambda attack: attack.name)
def test_it_runs_into_no_more_limits_than_stated(graded, attack):
    reports = graded.record(student(attack)).reports
    assert sum(report.stopped for report in reports) <= max(attack.stopped, len(attack.functions))


def test_honest_submissions_have_what_they_have_without_it_byte_for_byte(graded):
    assert graded.honest() == graded.alone
    for name in HONEST:
        assert graded.scores(name) == POINTS


def test_the_run_says_at_its_head_and_its_end_what_holds(graded):
    lines = [line for line in graded.said.stdout.splitlines() if line.startswith("Isolation:")]
    assert lines[0] == graded.said.stdout.splitlines()[0] and len(lines) == 2
    assert sandbox.level().name in lines[0] and "could not be graded" not in graded.said.stdout


def test_the_graders_processes_stay_below_a_gigabyte(graded):
    assert len(graded.peaks) >= 3 and max(graded.peaks) < GIGABYTE_IN_KB


def test_nothing_runs_on_or_lies_about(graded):
    assert graded.left == []


def test_no_file_of_the_graders_is_changed(graded):
    assert graded.harm == []
    for place in (graded.root, Path.home(), Path(sys.prefix), Path("/tmp")):
        assert not list(place.glob("left_by_a_student*"))


def test_no_server_outside_hears_a_word(graded):
    assert graded.commands == []


def test_the_terminal_shows_no_control_characters(graded):
    said = graded.said.stdout + graded.said.stderr
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", said)
    assert "FORGED BY A STUDENT" not in said


def test_no_cell_of_the_grades_is_a_formula(graded):
    for line in (graded.root / "grades.csv").read_text("utf-8").splitlines():
        assert not re.search(r"(^|,)\"?[=+@]", line)


FETCHING = ("src", "srcset", "data", "background", "poster", "action", "formaction", "ping")


@each
def test_its_page_is_safe_to_open(graded, attack):
    page = BeautifulSoup(graded.page(student(attack)), "html.parser")
    own = BeautifulSoup(graded.page("honest"), "html.parser")
    scripts = {script.get_text() for script in own("script")}
    for element in page.find_all(True):
        for name, value in element.attrs.items():
            words = re.sub(r"[\x00-\x20]", "", "".join(value)).lower()
            assert not name.startswith("on"), element
            assert not words.startswith(("javascript:", "vbscript:", "data:text")), element
            if name in FETCHING:
                assert words.startswith(("data:image/", "#")), element
            assert "url(" not in words.replace("url(#", "").replace("url(data:", ""), element
    assert {script.get_text() for script in page("script")} <= scripts
    for name in ("iframe", "object", "embed", "form", "base", "link"):
        assert len(page(name)) <= len(own(name))


def test_hidden_tests_are_in_no_page(graded):
    for attack in CORPUS:
        page = graded.page(student(attack))
        assert "of its own" in attack.name or "BEGIN HIDDEN" not in page
        assert "HIDDEN TEST SEEN" not in page


def test_a_symlink_brings_nothing_into_the_feedback(graded):
    folder = graded.root / "feedback" / "symlinks-beside-the-notebook" / "toy"
    assert [file.name for file in folder.iterdir()] == ["toy.html"]


@at_full
def test_the_table_in_the_docs_is_what_came_of_it(graded):
    assert_in_the_docs("strongest", graded)


def assert_in_the_docs(place: str, graded: house.Graded) -> None:
    """The column of that place is as it stands in the table."""
    rows = [line.strip("| ").split(" | ") for line in SECURITY.read_text("utf-8").splitlines()]
    shown = {row[0]: row[1 + list(house.PLACES).index(place)] for row in rows if row[0] in KINDS}
    assert shown == {kind: house.cell(kind, place, graded) for kind in KINDS}


# --- a part of it, at other levels ----------------------------------------------------------------


def test_elsewhere_too_a_wrong_answer_earns_nothing(part):
    graded, _ = part
    points = {attack.name: graded.scores(student(attack)) for attack in PART}
    assert points == {attack.name: wanted(attack) for attack in PART}


def test_elsewhere_too_what_the_level_promises_is_refused(part):
    graded, _ = part
    promised = [attack for attack in attacks.LOOKS if attack.is_promised(graded.level)]
    missed = {attack.name: set(attack.refused) - graded.refused(attack) for attack in promised}
    assert {name: tries for name, tries in missed.items() if tries} == {}


def test_elsewhere_too_nobody_else_notices(part):
    graded, place = part
    assert place != "no namespaces" or graded.level == "restricted"
    assert graded.honest() == graded.alone
    assert (graded.left, graded.harm, graded.commands) == ([], [], [])
    assert max(graded.peaks) < GIGABYTE_IN_KB


def test_elsewhere_too_the_table_in_the_docs_is_what_came_of_it(part):
    graded, place = part
    assert_in_the_docs(place, graded)


# --- parts by themselves --------------------------------------------------------------------------


class Flooded:
    """A client whose kernel says more than anybody can listen to."""

    class Channel:
        async def msg_ready(self):
            return True

        async def recv_multipart(self):
            return []

        @property
        def socket(self):
            return self

    iopub_channel = Channel()


def test_a_kernel_that_never_stops_talking_does_not_hold_up_the_grader():
    seconds = iter(range(10**6))
    limits = budget.Budget(3, budget.Usage, lambda: float(next(seconds)))
    with pytest.raises(kernel.BadReply, match="printed without end"):
        asyncio.run(kernel._forget_outputs(Flooded(), limits))


def test_the_table_is_printed_whatever_the_notes_hold(graded):
    code = """
from rich.console import Console
from grader.records import results
from grader.intake.submissions import Submission
row = Submission("toy", "honest")
words = "The notebook was set to another kernel ([/x])."
Console().print(results._table([(row, None)], {row: words}, {}))
"""
    subprocess.run([sys.executable, "-c", code], cwd=graded.root, check=True, capture_output=True)


def test_a_students_process_reads_the_courses_data_and_nothing_beside_it(tmp_path):
    for name in ("data", "source"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("seen")
    code = (
        f"for part in 'data', 'source': print(open({str(tmp_path)!r} + f'/{{part}}/file').read())"
    )
    with sandbox.scratch_folder([]) as scratch:
        shown = [tmp_path / folder.name for folder in layout.SHOWN]
        command = sandbox.command([sys.executable, "-c", code], scratch, tmp_path, shown)
        ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.stdout == "seen\n"
    assert re.search(r"(PermissionError|FileNotFoundError).*source/file'$", ended.stderr.strip())
