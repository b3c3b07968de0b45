"""Collecting from learning platforms, and handing back: downloads are built here, in code."""

import csv
import datetime
import io
import json
import re
import zipfile

import pytest

from grader.__main__ import main
from grader.course import layout
from grader.errors import CourseError
from grader.exchange import collect as command
from grader.exchange import handout, ledger, plan, times, worksheet
from grader.intake import files
from grader.intake.submissions import Submission
from grader.records import export, gradebook, roster, teams

SHEET = "sheet1_kl"
NOON = datetime.datetime(2026, 11, 10, 11, 0, tzinfo=datetime.UTC).timestamp()
HOUR = 3600
DEADLINE = "2026-11-10T12:30"  # Europe/Berlin, the zone of nbgrader_config.py


def notebook(words="answer"):
    cell = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": words}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def archive_of(members, path=None, times=None):
    """A zip of names and contents; with times, as zip on Unix writes them: with their zone."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (2026, 11, 10, 12, 0, 0))
            if times and name in times:
                seconds = int(times[name]).to_bytes(4, "little")
                info.extra = b"\x55\x54\x05\x00\x01" + seconds
            archive.writestr(info, content)
    if path is not None:
        path.write_bytes(stream.getvalue())
    return path or stream.getvalue()


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An empty course: nothing handed in, no roster, no due date."""
    root, settings = tmp_path / "course", gradebook.config()
    for place, name in (
        (layout, "SUBMITTED"),
        (layout, "FEEDBACK"),
        (layout, "ROOT"),
        (ledger, "COLLECTED"),
        (handout, "FOLDER"),
    ):
        old = getattr(place, name)
        new = root if name == "ROOT" else root / old.name
        monkeypatch.setattr(place, name, new)
    (root / "submitted").mkdir(parents=True)
    monkeypatch.setattr(teams, "FILE", root / "submitted" / "teams.csv")
    monkeypatch.setattr(roster, "FILE", root / "submitted" / "roster.csv")
    monkeypatch.setattr(handout, "GRADES", root / "grades.csv")
    monkeypatch.setattr(gradebook, "config", lambda: settings)
    monkeypatch.setattr(gradebook, "due_date", lambda sheet: None)
    monkeypatch.setattr(layout, "source_notebook", _of_the_real_course())
    monkeypatch.setattr(layout, "data_files", lambda sheet: [])
    return root


def _of_the_real_course():
    return lambda sheet: next((layout.SOURCE / sheet).glob("*.ipynb"))


def put_roster(course, *rows):
    lines = ["id,name,email,ilias,moodle,canvas,brightspace", *rows]
    (course / "submitted" / "roster.csv").write_text("\n".join(lines) + "\n", "utf-8")


def taken(course, who, sheet=SHEET):
    """The files in a submission's folder, by name."""
    folder = course / "submitted" / who / sheet
    return {str(p.relative_to(folder)): p.read_text("utf-8") for p in folder.rglob("*.*")}


def row_of(who, capsys):
    """What the table says last of somebody, in one line."""
    lines = iter(capsys.readouterr().out.splitlines())
    found = [next(line for line in lines if line.startswith(who))]
    for line in lines:
        if not line.startswith(" "):
            break
        found.append(line)
    places = [m.start() for m in re.finditer(r"(?<=  )\S", found[0])]
    return " ".join(line[places[-1] :].strip() for line in found)


def everything(course):
    return {
        str(p.relative_to(course)): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in course.rglob("*")
        if p.is_file()
    }


# --- downloads as the four platforms make them


def ilias(tmp_path, extra=None, times=None):
    members = {
        "Blatt_1/Abgaben/Mueller_Anna_amueller_4711/kl.ipynb": notebook("anna"),
        "Blatt_1/Abgaben/Berg_Ben_bberg_4712/late submission - kl.ipynb": notebook("ben"),
        **(extra or {}),
    }
    times = {name: NOON for name in members} | (times or {})
    return archive_of(members, tmp_path / "Blatt_1.zip", times)


def moodle(tmp_path, extra=None):
    members = {
        "Anna Müller_12345_assignsubmission_file_/kl.ipynb": notebook("anna"),
        "Ben O'Hara_12346_assignsubmission_file/kl-1.ipynb": notebook("ben"),
        **(extra or {}),
    }
    return archive_of(members, tmp_path / "DGM-Sheet 1-99.zip")


def canvas(tmp_path, extra=None):
    members = {
        "muelleranna_12345_67890_kl.ipynb": notebook("anna"),
        "bergben_LATE_12346_67891_kl-1.ipynb": notebook("ben"),
        **(extra or {}),
    }
    return archive_of(members, tmp_path / "submissions.zip")


def brightspace(tmp_path, extra=None):
    members = {
        "index.html": "<html>",
        "12345-67890 - Anna Müller - 10 November, 2026 1200/kl.ipynb": notebook("anna"),
        "12346-67890 - Berg, Ben - Nov 10, 2026 330 PM/kl.ipynb": notebook("ben"),
        **(extra or {}),
    }
    return archive_of(members, tmp_path / "Sheet 1 Download.zip")


def plain(tmp_path, extra=None):
    members = {"anna.ipynb": notebook("anna"), "ben/kl.ipynb": notebook("ben"), **(extra or {})}
    return archive_of(members, tmp_path / "all.zip")


FOUND = {
    ilias: ("amueller", "bberg"),
    moodle: ("anna-mueller", "ben-o-hara"),
    canvas: ("muelleranna", "bergben"),
    brightspace: ("anna-mueller", "ben-berg"),
    plain: ("anna", "ben"),
}


@pytest.mark.parametrize("make", FOUND, ids=lambda make: make.__name__)
def test_each_platforms_download_is_understood(make, course, tmp_path, capsys):
    assert command.collect(SHEET, make(tmp_path), deadline=DEADLINE, yes=True) == 0
    platform = "folder" if make is plain else make.__name__
    assert f"read as {platform}" in capsys.readouterr().out
    for who, words in zip(FOUND[make], ("anna", "ben"), strict=True):
        contents = taken(course, who)
        assert any(words in text for name, text in contents.items() if name.endswith("ipynb"))


@pytest.mark.parametrize("make", FOUND, ids=lambda make: make.__name__)
def test_collecting_twice_changes_nothing(make, course, tmp_path, capsys):
    command.collect(SHEET, make(tmp_path), yes=True)
    before = everything(course)
    command.collect(SHEET, make(tmp_path), yes=True)
    assert everything(course) == before
    assert "Nothing to do." in capsys.readouterr().out


@pytest.mark.parametrize("make", [ilias, brightspace], ids=lambda make: make.__name__)
def test_the_time_is_written_with_its_zone_where_the_platform_says_it(make, course, tmp_path):
    command.collect(SHEET, make(tmp_path), yes=True)
    who = FOUND[make][0]
    assert taken(course, who)["timestamp.txt"] == "2026-11-10T12:00:00+01:00\n"
    assert files.handed_in(Submission(SHEET, who).folder) == datetime.datetime(2026, 11, 10, 11)


@pytest.mark.parametrize("make", [ilias, canvas, brightspace], ids=lambda make: make.__name__)
def test_who_was_late_is_marked(make, course, tmp_path, capsys):
    command.collect(SHEET, make(tmp_path), deadline=DEADLINE)
    lines = capsys.readouterr().out.splitlines()
    late = {who for who in FOUND[make] for line in lines if who in line and " late " in line}
    assert late == {FOUND[make][1]}


def test_nothing_is_written_where_nobody_can_be_asked(course, tmp_path, capsys):
    before = everything(course)
    assert command.collect(SHEET, moodle(tmp_path)) == 1
    assert everything(course) == before
    out = capsys.readouterr().out
    assert "anna-mueller" in out and "--yes" in out


@pytest.mark.parametrize(("answer", "written"), [("y", True), ("", False), ("n", False)])
def test_at_a_terminal_it_is_written_only_after_a_yes(
    answer, written, course, tmp_path, monkeypatch
):
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: answer)
    command.collect(SHEET, moodle(tmp_path))
    assert (course / "submitted" / "anna-mueller").exists() == written


def test_a_folder_is_read_like_its_zip(course, tmp_path):
    with zipfile.ZipFile(ilias(tmp_path)) as archive:
        archive.extractall(tmp_path / "unpacked")
    command.collect(SHEET, tmp_path / "unpacked", yes=True)
    assert taken(course, "amueller")["kl.ipynb"] == notebook("anna")


def test_what_is_neither_a_folder_nor_a_zip_is_refused(course, tmp_path):
    (tmp_path / "grades.xlsx").write_text("no zip")
    with pytest.raises(CourseError, match="neither a folder nor a zip"):
        command.collect(SHEET, tmp_path / "grades.xlsx")


# --- teams


TEAM = {
    "Blatt_1/Abgaben/Team 17/Mueller_Anna_amueller_4711/kl.ipynb": notebook("both"),
    "Blatt_1/Abgaben/Team 17/Berg_Ben_bberg_4712/": "",
}


def team_download(tmp_path, extra=None):
    members = TEAM | (extra or {})
    return archive_of(members, tmp_path / "teams.zip", {name: NOON for name in members})


def test_a_team_of_ilias_goes_into_teams_csv(course, tmp_path):
    (course / "submitted" / "teams.csv").write_text("team,student\nteam-x,clara\nteam-x,dave\n")
    command.collect(SHEET, team_download(tmp_path), yes=True)
    assert teams.members()["team-amueller-bberg"] == ["amueller", "bberg"]
    assert teams.members()["team-x"] == ["clara", "dave"]
    assert taken(course, "team-amueller-bberg")["kl.ipynb"] == notebook("both")


def test_a_known_team_keeps_its_name(course, tmp_path):
    (course / "submitted" / "teams.csv").write_text(
        "team,student\nnoether,amueller\nnoether,bberg\n"
    )
    command.collect(SHEET, team_download(tmp_path), yes=True)
    assert taken(course, "noether") and list(teams.members()) == ["noether"]


def test_a_team_that_is_too_large_is_reported_and_not_taken(course, tmp_path, capsys):
    third = {"Blatt_1/Abgaben/Team 17/Curie_Clara_ccurie_4713/": ""}
    assert command.collect(SHEET, team_download(tmp_path, third), yes=True) == 1
    assert "A team of 3" in " ".join(capsys.readouterr().out.split())
    assert not teams.FILE.exists()


def test_a_team_that_contradicts_teams_csv_is_reported_and_not_taken(course, tmp_path, capsys):
    text = "team,student\nnoether,amueller\nnoether,clara\n"
    (course / "submitted" / "teams.csv").write_text(text)
    assert command.collect(SHEET, team_download(tmp_path), yes=True) == 1
    assert "noether is amueller and clara" in " ".join(capsys.readouterr().out.split())
    assert teams.FILE.read_text() == text


def test_a_members_own_hand_in_goes_to_the_team(course, tmp_path):
    text = "team,student\nnoether,amueller\nnoether,bberg\n"
    (course / "submitted" / "teams.csv").write_text(text)
    path = archive_of({"Mueller_Anna_amueller_4711/kl.ipynb": notebook("x")}, tmp_path / "a.zip")
    command.collect(SHEET, path, yes=True)
    assert taken(course, "noether")["kl.ipynb"] == notebook("x")


# --- several hand-ins


TWICE = "Blatt_1/Abgaben/Mueller_Anna_amueller_4711/kl (2).ipynb"


def test_the_last_before_the_deadline_counts(course, tmp_path, capsys):
    path = ilias(tmp_path, {TWICE: notebook("later")}, {TWICE: NOON + HOUR})
    command.collect(SHEET, path, deadline=DEADLINE, yes=True)
    assert notebook("anna") in taken(course, "amueller").values()
    row = row_of("amueller", capsys)
    assert "the last before the deadline counts (kl.ipynb, 2026-11-10 12:00)" in row
    assert "Late: kl (2).ipynb, 2026-11-10 13:00" in row


def test_without_a_deadline_the_last_counts(course, tmp_path):
    path = ilias(tmp_path, {TWICE: notebook("later")}, {TWICE: NOON + HOUR})
    command.collect(SHEET, path, yes=True)
    contents = taken(course, "amueller")
    assert notebook("later") in contents.values() and notebook("anna") not in contents.values()


def test_the_due_date_of_the_gradebook_is_the_deadline(course, tmp_path, monkeypatch):
    due = datetime.datetime(2026, 11, 10, 11, 30)  # in UTC, without a zone, as nbgrader keeps it
    monkeypatch.setattr(gradebook, "due_date", lambda sheet: due)
    path = ilias(tmp_path, {TWICE: notebook("later")}, {TWICE: NOON + HOUR})
    command.collect(SHEET, path, yes=True)
    assert notebook("anna") in taken(course, "amueller").values()


@pytest.mark.parametrize("name", ["collect", "handout"])
def test_the_help_says_the_exit_codes(name, capsys):
    with pytest.raises(SystemExit):
        main([name, "--help"])
    assert "exit codes: 0 " in capsys.readouterr().out


def test_a_deadline_that_is_no_time_is_refused(course, tmp_path):
    with pytest.raises(CourseError, match="no time in the form"):
        command.collect(SHEET, moodle(tmp_path), deadline="10.11.2026")


def test_of_two_folders_of_brightspace_the_later_one_counts(course, tmp_path):
    again = {"12345-67890 - Anna Müller - 11 November, 2026 0900/kl.ipynb": notebook("again")}
    command.collect(SHEET, brightspace(tmp_path, again), yes=True)
    assert taken(course, "anna-mueller")["kl.ipynb"] == notebook("again")
    account = ledger.read(SHEET)["brightspace"]["anna-mueller"].members["anna-mueller"]
    assert account.prefix == "12345-67890 - Anna Müller - 11 November, 2026 0900/"


def test_a_newer_hand_in_takes_the_place_of_an_older_one_which_is_kept(course, tmp_path):
    command.collect(SHEET, ilias(tmp_path), yes=True)
    name = "Blatt_1/Abgaben/Mueller_Anna_amueller_4711/kl.ipynb"
    newer = ilias(tmp_path, {name: notebook("newer")}, {name: NOON + HOUR})
    command.collect(SHEET, newer, yes=True)
    assert taken(course, "amueller")["kl.ipynb"] == notebook("newer")
    (kept,) = (course / "collected" / SHEET / "amueller").rglob("kl.ipynb")
    assert kept.read_text("utf-8") == notebook("anna")


def test_an_older_hand_in_changes_nothing(course, tmp_path, capsys):
    command.collect(SHEET, ilias(tmp_path), yes=True)
    name = "Blatt_1/Abgaben/Mueller_Anna_amueller_4711/kl.ipynb"
    older = ilias(tmp_path, {name: notebook("older")}, {name: NOON - HOUR})
    command.collect(SHEET, older, yes=True)
    assert taken(course, "amueller")["kl.ipynb"] == notebook("anna")
    assert "A newer one is there" in " ".join(capsys.readouterr().out.split())


def test_where_nobody_knows_which_is_newer_only_replace_replaces(course, tmp_path, capsys):
    command.collect(SHEET, moodle(tmp_path), yes=True)
    name = "Anna Müller_12345_assignsubmission_file_/kl.ipynb"
    other = moodle(tmp_path, {name: notebook("other")})
    command.collect(SHEET, other, yes=True)
    assert taken(course, "anna-mueller")["kl.ipynb"] == notebook("anna")
    assert "--replace" in capsys.readouterr().out
    command.collect(SHEET, other, yes=True, replace=True)
    assert taken(course, "anna-mueller")["kl.ipynb"] == notebook("other")
    assert list((course / "collected" / SHEET / "anna-mueller").rglob("kl.ipynb"))


def test_canvas_numbers_its_files_so_the_newer_one_is_known(course, tmp_path):
    command.collect(SHEET, canvas(tmp_path), yes=True)
    later = archive_of(
        {"muelleranna_12345_67999_kl-1.ipynb": notebook("newer")}, tmp_path / "later.zip"
    )
    command.collect(SHEET, later, yes=True)
    assert taken(course, "muelleranna") == {"kl-1.ipynb": notebook("newer")}


def test_what_collect_did_not_write_is_not_taken_for_older(course, tmp_path):
    command.collect(SHEET, canvas(tmp_path), yes=True)
    (course / "submitted" / "muelleranna" / SHEET / "kl.ipynb").write_text("by hand")
    later = archive_of(
        {"muelleranna_12345_67999_kl-1.ipynb": notebook("newer")}, tmp_path / "later.zip"
    )
    command.collect(SHEET, later, yes=True)
    assert taken(course, "muelleranna") == {"kl.ipynb": "by hand"}


# --- what comes along


def test_an_archive_is_unpacked_and_data_and_weights_are_left_out(course, tmp_path, capsys):
    inner = archive_of(
        {
            "sheet1_kl/kl.ipynb": notebook("zipped"),
            "sheet1_kl/photo.png": "picture",
            "sheet1_kl/helpers/data.py": "given",
            "sheet1_kl/model.safetensors": "w" * 100,
            "sheet1_kl/.ipynb_checkpoints/kl-checkpoint.ipynb": notebook("old"),
        }
    )
    path = archive_of({"anna.zip": inner}, tmp_path / "all.zip")
    command.collect(SHEET, path, yes=True)
    assert taken(course, "anna") == {"kl.ipynb": notebook("zipped"), "photo.png": "picture"}
    out = " ".join(capsys.readouterr().out.split())
    assert "Left out" in out and "model.safetensors" in out


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../evil.ipynb", "its name leads out of the folder"),
        ("a/../../evil.ipynb", "its name leads out of the folder"),
        ("/tmp/evil.ipynb", "its name leads out of the folder"),
        ("C:\\evil.ipynb", "its name leads out of the folder"),
        ("inner.zip", "archives in archives are not opened"),
        ("inner.7z", "only zip archives are opened"),
        ("model.pt", "neither notebook, picture nor text"),
        ("README.md", "it came with the sheet"),
    ],
)
def test_the_table_names_what_is_not_taken_from_an_archive(name, words, course, tmp_path, capsys):
    inner = archive_of({name: notebook("evil"), "kl.ipynb": notebook("zipped")})
    command.collect(SHEET, archive_of({"anna.zip": inner}, tmp_path / "all.zip"), yes=True)
    row = row_of("anna", capsys)
    assert words in row and name in row
    assert taken(course, "anna") == {"kl.ipynb": notebook("zipped")}


def test_a_link_in_an_archive_is_named(course, tmp_path, capsys):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        info = zipfile.ZipInfo("passwd.txt")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    path = archive_of({"anna.zip": stream.getvalue()}, tmp_path / "all.zip")
    assert command.collect(SHEET, path, yes=True) == 1
    assert "passwd.txt: it is a link" in row_of("anna", capsys)


def test_who_handed_in_no_notebook_is_reported(course, tmp_path, capsys):
    path = archive_of({"anna/answer.pdf": "text"}, tmp_path / "all.zip")
    assert command.collect(SHEET, path, yes=True) == 1
    assert "There is no notebook" in " ".join(capsys.readouterr().out.split())
    assert not (course / "submitted" / "anna").exists()


OUTSIDE = ["../evil/kl.ipynb", "/tmp/evil/kl.ipynb", "C:/evil/kl.ipynb", "a/../../evil/kl.ipynb"]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leads_out_of_the_download_is_refused(name, course, tmp_path, capsys):
    command.collect(SHEET, plain(tmp_path, {name: notebook("evil")}), yes=True)
    assert "leads out" in " ".join(capsys.readouterr().out.split())
    assert not any("evil" in path.read_text("utf-8") for path in course.rglob("*.ipynb"))


def test_a_link_in_a_download_is_not_followed(course, tmp_path, capsys):
    path = plain(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        info = zipfile.ZipInfo("clara.ipynb")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    command.collect(SHEET, path, yes=True)
    assert "is a link" in capsys.readouterr().out
    assert not (course / "submitted" / "clara").exists()


def test_a_link_in_a_folder_is_not_followed(course, tmp_path):
    folder = tmp_path / "all"
    folder.mkdir()
    (folder / "anna.ipynb").symlink_to("/etc/passwd")
    command.collect(SHEET, folder, yes=True)
    assert not (course / "submitted" / "anna").exists()


def test_an_archive_that_unpacks_to_too_much_is_refused(course, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(files, "MAX_MEMBER_BYTES", 1000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kl.ipynb", b"0" * 10_000)
    path = archive_of({"anna.zip": stream.getvalue()}, tmp_path / "all.zip")
    assert command.collect(SHEET, path, yes=True) == 1
    assert "too large when unpacked" in " ".join(capsys.readouterr().out.split())


def test_a_download_that_unpacks_to_too_much_is_read_up_to_there(course, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_ARCHIVE_BYTES", 1000)
    command.collect(SHEET, plain(tmp_path, {"zoe.ipynb": "0" * 10_000}), yes=True)
    assert not (course / "submitted" / "zoe").exists() and taken(course, "anna")


def test_a_damaged_archive_is_reported_and_stops_nobody_else(course, tmp_path, capsys):
    command.collect(SHEET, plain(tmp_path, {"clara.zip": b"PK\x03\x04 broken"}), yes=True)
    assert "cannot be opened" in " ".join(capsys.readouterr().out.split())
    assert taken(course, "anna")


def test_nothing_is_written_through_a_link(course, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (course / "submitted" / "anna").symlink_to(elsewhere)
    with pytest.raises(CourseError, match="link"):
        command.collect(SHEET, plain(tmp_path), yes=True)
    assert not list(elsewhere.iterdir())


def test_a_hand_in_that_cannot_be_written_leaves_the_old_one(course, tmp_path, monkeypatch):
    command.collect(SHEET, ilias(tmp_path), yes=True)
    name = "Blatt_1/Abgaben/Mueller_Anna_amueller_4711/kl.ipynb"
    newer = ilias(tmp_path, {name: notebook("newer")}, {name: NOON + HOUR})

    def full(upload, target):
        raise OSError("No space left on device")

    monkeypatch.setattr(command, "copy", full)
    with pytest.raises(OSError):
        command.collect(SHEET, newer, yes=True)
    assert taken(course, "amueller")["kl.ipynb"] == notebook("anna")
    assert [p.name for p in (course / "submitted" / "amueller").iterdir()] == [SHEET]


# --- the roster


def test_the_roster_says_what_the_folders_are_called(course, tmp_path):
    put_roster(course, "ab123,Anna Müller,anna@x.de,amueller,,12345,", "cd456,Ben Berg,,,,,")
    for make in (ilias, canvas, brightspace):
        rest = {"cd456"} if make is not canvas else set()
        command.collect(SHEET, make(tmp_path), yes=True, replace=True)
        assert {p.name for p in (course / "submitted").iterdir() if p.is_dir()} >= {"ab123"} | rest


def test_who_is_not_in_the_roster_is_reported_and_not_taken(course, tmp_path, capsys):
    put_roster(course, "ab123,Anna Müller,,,,,")
    assert command.collect(SHEET, moodle(tmp_path), yes=True) == 1
    assert "Is not in the roster" in " ".join(capsys.readouterr().out.split())
    assert [p.name for p in (course / "submitted").iterdir() if p.is_dir()] == ["ab123"]


def test_two_people_of_one_name_are_not_thrown_together(course, tmp_path, capsys):
    twin = {"Anna Müller_99_assignsubmission_file_/kl.ipynb": notebook("the other Anna")}
    assert command.collect(SHEET, moodle(tmp_path, twin), yes=True) == 1
    assert "several people called anna-mueller" in " ".join(capsys.readouterr().out.split())
    assert not (course / "submitted" / "anna-mueller").exists()


def test_a_login_with_underscores_is_found_in_the_roster(course, tmp_path):
    put_roster(course, "b_erg,Jan van der Berg,,b_erg,,,")
    path = archive_of({"van_der_Berg_Jan_b_erg_12/kl.ipynb": notebook("x")}, tmp_path / "a.zip")
    command.collect(SHEET, path, yes=True)
    assert taken(course, "b_erg")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_roster_that_a_spreadsheet_program_wrote_is_read(encoding, between, course, tmp_path):
    lines = [["ID", " Name", "ilias"], ["ab1", "Anna Müller", "amueller"], ["b", "Ben Ä", "bberg"]]
    text = "".join(between.join(line) + "\r\n" for line in lines)
    (course / "submitted" / "roster.csv").write_bytes(text.encode(encoding))
    assert command.collect(SHEET, ilias(tmp_path), yes=True) == 0
    assert taken(course, "ab1") and taken(course, "b")
    assert [one.name for one in roster.people(roster.FILE)] == ["Anna Müller", "Ben Ä"]


def test_a_name_that_ilias_wrote_without_umlauts_is_found(course, tmp_path):
    put_roster(course, "ab1,Anna Müller,,,,,", "b,Ben Berg,,,,,")
    assert command.collect(SHEET, ilias(tmp_path), yes=True) == 0
    assert taken(course, "ab1")


def test_a_colon_in_a_name_leads_nowhere(course, tmp_path):
    name = "7-8 - Zoe - 9 November, 2026 9:05/kl.ipynb"
    command.collect(SHEET, brightspace(tmp_path, {name: notebook()}), yes=True)
    assert taken(course, "zoe")


def test_hand_ins_of_one_time_are_not_said_to_have_none(course, tmp_path, capsys):
    folders = ("Noether_Emmy_en_1", "Weyl_Hermann_hw_2")
    both = {f"Blatt_1/Team 17/{name}/kl.ipynb": notebook(name) for name in folders}
    command.collect(SHEET, ilias(tmp_path, both), yes=True)
    said = " ".join(capsys.readouterr().out.split())
    assert "as all came at one time, counts" in said and "no times are" not in said


@pytest.mark.parametrize("row", ["a/b,Anna,,,,,", ",Anna,,,,,", "a[1],Anna,,,,,", "..,A,,,,,"])
def test_an_id_that_no_folder_can_have_is_refused(row, course):
    put_roster(course, row)
    with pytest.raises(CourseError, match="line 2"):
        roster.people(roster.FILE)


def test_an_id_that_is_there_twice_is_refused(course):
    put_roster(course, "ab,Anna,,,,,", "ab,Ben,,,,,")
    with pytest.raises(CourseError, match="ab is there twice"):
        roster.people(roster.FILE)


def test_who_never_handed_in_is_in_the_list_of_grades(course, tmp_path, monkeypatch):
    put_roster(course, "ab123,Anna Müller,,,,,")

    with gradebook.Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        book.add_assignment(SHEET)
        export.write_grades(book, tmp_path / "grades.csv")
    (row,) = csv.DictReader((tmp_path / "grades.csv").read_text("utf-8").splitlines())
    assert (row["student_id"], row["score"], row["not_judged"]) == ("ab123", "0.0", "0")


# --- Moodle's worksheet


def put_worksheet(tmp_path, *rows, names=worksheet.COLUMNS):
    stream = io.StringIO()
    writer = csv.DictWriter(stream, worksheet.COLUMNS, restval="-")
    csv.writer(stream).writerow(names)
    writer.writerows(rows)
    path = tmp_path / "worksheet.csv"
    path.write_text(stream.getvalue(), "utf-8-sig")
    return path


ANNA = {
    "Identifier": "Participant 12345",
    "Full name": "Anna Müller",
    "Email address": "anna@x.de",
    "Status": "Submitted for grading",
    "Last modified (submission)": "Tuesday, 10 November 2026, 12:00 PM",
}
ZOE = {"Identifier": "Participant 77", "Full name": "Zoe", "Email address": "zoe@x.de"}


def test_moodles_worksheet_brings_times_and_those_who_handed_in_nothing(course, tmp_path):
    sheet = put_worksheet(tmp_path, ANNA, ZOE)
    command.collect(SHEET, moodle(tmp_path), worksheet=sheet, yes=True)
    assert taken(course, "anna-mueller")["timestamp.txt"] == "2026-11-10T12:00:00+01:00\n"
    assert ledger.read(SHEET)["moodle"]["zoe"].members["zoe"].id == "77"


def test_a_time_that_is_known_already_is_shown(course, tmp_path, capsys):
    sheet = put_worksheet(tmp_path, ANNA)
    command.collect(SHEET, moodle(tmp_path), worksheet=sheet, yes=True)
    before = everything(course)
    command.collect(SHEET, moodle(tmp_path), deadline="2026-11-10T11:00", yes=True)
    assert everything(course) == before
    row = capsys.readouterr().out.rpartition("student or team")[2].splitlines()[1]
    assert row.split()[:5] == ["anna-mueller", "2026-11-10", "12:00", "late", "kl.ipynb"]


def test_the_time_and_the_files_of_who_is_not_taken_are_shown(course, tmp_path, capsys):
    put_roster(course, "ab123,Anna Müller,,,,,")
    assert command.collect(SHEET, ilias(tmp_path), yes=True) == 1
    row = next(line for line in capsys.readouterr().out.splitlines() if "bberg" in line)
    assert "2026-11-10 12:00  late  kl.ipynb  not taken. Is not in the roster" in row


def test_an_address_from_the_worksheet_is_found_in_the_roster(course, tmp_path):
    put_roster(course, "ab123,A. M.,anna@x.de,,,,", "ben,Ben O'Hara,,,,,")
    sheet = put_worksheet(tmp_path, ANNA)
    command.collect(SHEET, moodle(tmp_path), worksheet=sheet, yes=True)
    assert taken(course, "ab123")


def in_german(row, **more):
    number = row["Identifier"].rpartition(" ")[2]
    return (
        row | {"Identifier": f"Teilnehmer/in{number}", "Status": "Zur Bewertung abgegeben"} | more
    )


SUBMITTED_AT = "Last modified (submission)"
GERMAN = list(worksheet.GERMAN.values())


def test_a_german_worksheet_brings_times_addresses_and_late_marks(course, tmp_path, capsys):
    ben = {"Identifier": "Participant 12346", "Full name": "Ben O'Hara"}
    words = "Zur Bewertung abgegeben - 1 Tag 2 Stunden zu spät -  - "
    sheet = put_worksheet(
        tmp_path,
        in_german(ANNA, **{SUBMITTED_AT: "Dienstag, 10. November 2026, 12:00"}),
        in_german(ben, **{SUBMITTED_AT: "Mittwoch, 11. März 2026, 14:03", "Status": words}),
        names=GERMAN,
    )
    command.collect(SHEET, moodle(tmp_path), worksheet=sheet, yes=True)
    assert taken(course, "anna-mueller")["timestamp.txt"] == "2026-11-10T12:00:00+01:00\n"
    assert taken(course, "ben-o-hara")["timestamp.txt"] == "2026-03-11T14:03:00+01:00\n"
    entries = ledger.read(SHEET)["moodle"]
    assert entries["ben-o-hara"].late and not entries["anna-mueller"].late
    assert entries["anna-mueller"].members["anna-mueller"].login == "anna@x.de"
    assert "not known" not in capsys.readouterr().out


def test_a_worksheet_in_a_language_that_is_not_known_is_refused(course, tmp_path):
    sheet = put_worksheet(tmp_path, names=["Identifiant", "Nom complet", *GERMAN[2:]])
    with pytest.raises(CourseError, match="no column Identifier and no Full name: .* or German"):
        command.collect(SHEET, moodle(tmp_path), worksheet=sheet, yes=True)


def test_a_time_that_cannot_be_read_is_said_to_be_so(course, tmp_path, capsys):
    sheet = put_worksheet(tmp_path, ANNA | {SUBMITTED_AT: "mardi, le dix, midi"})
    command.collect(SHEET, moodle(tmp_path), worksheet=sheet, deadline=DEADLINE, yes=True)
    out = capsys.readouterr().out
    assert "One time of handing in is in a form that is not known" in out
    assert "mardi, le dix, midi" in out and "counts as on time" in out and "not read" in out
    assert "--worksheet" not in out


def test_a_date_of_brightspace_that_cannot_be_read_is_said_to_be_so(course, tmp_path, capsys):
    folder = "12347-1 - Zoe Z - 10 Foovember, 2026 1200"
    command.collect(SHEET, brightspace(tmp_path, {f"{folder}/kl.ipynb": notebook()}), yes=True)
    assert "10 Foovember, 2026 1200" in capsys.readouterr().out


# --- handing back


def put_grades(course, **scores):
    lines = [",".join(export.COLUMNS)]
    team_of = teams.of_each_student()
    for who, score in scores.items():
        lines.append(f"{SHEET},{who},{team_of.get(who, '')},{score},108.0,0,0.0,0")
    (course / "grades.csv").write_text("\n".join(lines) + "\n")


def put_page(course, who):
    page = course / "feedback" / who / SHEET / "kl.html"
    page.parent.mkdir(parents=True)
    page.write_text(f"page of {who}")


def handed_out(course, platform, sheet=SHEET, **options):
    """The zip's members by name, and the rows of the grade file."""
    assert handout.handout(sheet, platform, **options) == 0
    folder = course / "handout" / sheet / platform
    (path,) = folder.glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    (table,) = folder.glob("*.csv")
    with table.open(encoding="utf-8", newline="") as stream:
        return members, list(csv.reader(stream))


def round_trip(make, course, tmp_path, **options):
    command.collect(SHEET, make(tmp_path), yes=True)
    anna, ben = FOUND[make]
    put_grades(course, **{anna: 88.0, ben: 12.5})
    for who in (anna, ben):
        put_page(course, who)
    return handed_out(course, make.__name__, **options)


def test_what_moodle_takes_back_has_the_names_and_columns_of_moodle(course, tmp_path):
    members, rows = round_trip(moodle, course, tmp_path)
    assert members == {
        "Anna Müller_12345_assignsubmission_file_/kl.html": "page of anna-mueller",
        "Ben O'Hara_12346_assignsubmission_file/kl.html": "page of ben-o-hara",
    }
    assert rows[0] == worksheet.COLUMNS
    table = {row[0]: dict(zip(rows[0], row, strict=True)) for row in rows[1:]}
    assert table["Participant 12345"]["Grade"] == "88.0"
    assert table["Participant 12346"]["Maximum grade"] == "108.0"


def test_what_moodle_gave_without_folders_goes_back_without_folders(course, tmp_path):
    name = "Anna Müller_12345_assignsubmission_file_kl.ipynb"
    command.collect(SHEET, archive_of({name: notebook("a")}, tmp_path / "a.zip"), yes=True)
    put_grades(course, **{"anna-mueller": 1.0})
    put_page(course, "anna-mueller")
    members, _ = handed_out(course, "moodle")
    assert list(members) == ["Anna Müller_12345_assignsubmission_file_kl.html"]


def test_what_canvas_takes_back_has_the_names_and_columns_of_canvas(course, tmp_path):
    members, rows = round_trip(canvas, course, tmp_path, column="Sheet 1 (991)")
    assert set(members) == {
        "muelleranna_12345_67890_kl.html",
        "bergben_LATE_12346_67891_kl.html",
    }
    assert rows[0] == ["Student", "ID", "Section", "Sheet 1 (991)"]
    assert rows[1][0].strip() == "Points Possible" and rows[1][3] == "108.0"
    assert {row[1]: row[3] for row in rows[2:]} == {"12345": "88.0", "12346": "12.5"}


def test_what_brightspace_takes_back_has_its_names_and_columns(course, tmp_path):
    put_roster(course, "ab123,Anna Müller,,,,,s0815", "cd456,Ben Berg,,,,,")
    command.collect(SHEET, brightspace(tmp_path), yes=True)
    put_grades(course, ab123=88.0, cd456=12.5)
    put_page(course, "ab123")
    members, rows = handed_out(course, "brightspace", column="Sheet 1")
    name = "12345-67890 - Anna Müller - 10 November, 2026 1200/kl.html"
    assert members == {name: "page of ab123"}
    assert rows == [
        ["OrgDefinedId", "Username", "Sheet 1 Points Grade", "End-of-Line Indicator"],
        ["#s0815", "#ab123", "88.0", "#"],
        ["", "#cd456", "12.5", "#"],
    ]


def test_what_ilias_takes_back_has_its_names_and_columns(course, tmp_path):
    members, rows = round_trip(ilias, course, tmp_path)
    top = f"multi_feedback_{SHEET}"
    assert set(members) == {
        f"{top}/Mueller_Anna_amueller_4711/kl.html",
        f"{top}/Berg_Ben_bberg_4712/kl.html",
    }
    head = ["update", "usr_id", "login", "lastname", "firstname"]
    assert rows[0] == [*head, *handout.ILIAS_COLUMNS]
    assert rows[1][:7] == ["1", "4711", "amueller", "Mueller", "Anna", "notgraded", "88.0"]


def test_each_member_of_an_ilias_team_gets_the_page(course, tmp_path):
    command.collect(SHEET, team_download(tmp_path), yes=True)
    put_grades(course, amueller=50.0, bberg=50.0)
    put_page(course, "team-amueller-bberg")
    members, rows = handed_out(course, "ilias")
    assert set(members.values()) == {"page of team-amueller-bberg"} and len(members) == 2
    assert rows[0][:3] == ["update", "team_id", "logins"]
    assert rows[1][:5] == ["1", "17", "amueller, bberg", "notgraded", "50.0"]


def test_the_empty_structure_that_ilias_gives_for_feedback_teaches_the_names(course, tmp_path):
    path = archive_of(
        {"multi_feedback_Blatt_1_7/Mueller_Anna_amueller_4711/": ""}, tmp_path / "mf.zip"
    )
    assert command.collect(SHEET, path, yes=True) == 0
    assert ledger.read(SHEET)["ilias"]["amueller"].members["amueller"].id == "4711"


def filled(make, course, tmp_path, data, name="own.csv", **options):
    """What becomes of a platform's own grade file, in bytes."""
    (tmp_path / name).write_bytes(data)
    command.collect(SHEET, make(tmp_path), yes=True)
    anna, ben = FOUND[make]
    put_grades(course, **{anna: 88.0, ben: 12.5})
    assert handout.handout(SHEET, make.__name__, source=tmp_path / name, **options) == 0
    return (course / "handout" / SHEET / make.__name__ / name).read_bytes()


OF_MOODLE = 'Identifier,Full name,Grade,Extra\r\nParticipant 12345,"Müller, ""A""",{},x\r\n\r\n'


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (OF_MOODLE, "", "88.0"),
        (OF_MOODLE.replace("\r\n", "\n"), "3", "88.0"),
        ('"Identifier";"Grade"\n"Participant 12345";"{}"', "", "88.0"),
        ("Identifier\tGrade\r\nParticipant 12346\t{}", "1", "12.5"),
        ("Identifier;Status;Grade\nParticipant 12345{}\n", "", ";;88.0"),
        ("Identifier,Grade\nParticipant 77,{}\n", "5", "5"),
        ('Identifier,"Full\nname",Grade\nParticipant 12345,"A\nB",{}\n', "", "88.0"),
    ],
    ids=["Moodle's", "line feeds", "quotes", "tabs", "short rows", "a stranger", "two lines"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_in_the_platforms_own_file_nothing_changes_but_the_points(
    encoding, text, old, new, course, tmp_path
):
    made = filled(moodle, course, tmp_path, text.format(old).encode(encoding))
    assert made == text.format(new).encode(encoding)


def test_who_has_no_row_in_the_platforms_own_file_is_named(course, tmp_path, capsys):
    filled(moodle, course, tmp_path, OF_MOODLE.format("").encode("utf-8"))
    out = capsys.readouterr().out
    assert "own.csv has no row for ben-o-hara, so their points are not in it." in out


def test_what_was_not_judged_leaves_the_cell_of_the_platforms_file_alone(course, tmp_path):
    command.collect(SHEET, moodle(tmp_path), yes=True)
    put_grades(course, **{"anna-mueller": ""})
    own = tmp_path / "own.csv"
    own.write_text(OF_MOODLE.format("40"), "utf-8", newline="")
    handout.handout(SHEET, "moodle", source=own)
    made = course / "handout" / SHEET / "moodle" / "own.csv"
    assert made.read_bytes() == own.read_bytes()


def test_bytes_that_are_no_letters_stay(course, tmp_path):
    data = b"Identifier,Full name,Grade\nParticipant 12345,M\xfcller\x81,\n"
    assert filled(moodle, course, tmp_path, data) == data.replace(b"\x81,", b"\x81,88.0")


def test_the_points_go_into_a_german_worksheet(course, tmp_path):
    own = put_worksheet(tmp_path, in_german(ANNA), names=GERMAN)
    made = filled(moodle, course, tmp_path, own.read_bytes()).decode("utf-8-sig")
    (row,) = csv.DictReader(made.splitlines())
    assert list(row) == GERMAN and row["ID"] == "Teilnehmer/in12345"
    assert row["Bewertung"] == "88.0"


OF_CANVAS = "Student,ID,Section,Sheet 1 (991)\n    Points Possible,,,{}\nMüller,12345,,\n"
OF_BRIGHTSPACE = "OrgDefinedId,Sheet 1 Points Grade <Numeric MaxPoints:{} Weight:5>\n#12345,\n"
OF_GERMAN_MOODLE = "ID;Bestwertung;Bewertung\nTeilnehmer/in12345;{};\n"


@pytest.mark.parametrize("most", ["100", "100.00", "108", "108.0"])
@pytest.mark.parametrize(
    ("make", "text", "column", "words"),
    [
        (canvas, OF_CANVAS, "Sheet 1 (991)", "Canvas counts the points out of its own"),
        (brightspace, OF_BRIGHTSPACE, None, "Brightspace cuts off what is above"),
        (moodle, OF_GERMAN_MOODLE, "", "Moodle leaves out grades above its own"),
    ],
    ids=["canvas", "brightspace", "moodle"],
)
def test_where_the_platform_has_other_points_it_is_said(
    make, text, column, words, most, course, tmp_path, capsys
):
    text = text.format(most.replace(".", ",") if make is moodle else most)
    if column is None:
        column = text.partition("\n")[0].partition(",")[2]
    filled(make, course, tmp_path, text.encode("utf-8"), column=column)
    out = capsys.readouterr().out
    said = f"has 100 points as the most, this sheet 108. {words}" in out
    assert said == (words in out) == most.startswith("100")


def test_what_canvas_does_with_a_name_without_its_number_is_said(course, tmp_path, capsys):
    round_trip(canvas, course, tmp_path)
    out = capsys.readouterr().out
    assert "it makes a new one where there is none" in out
    assert "sets the assignment's points in Canvas to 108." in out
    handout.handout(SHEET, "canvas", column="Sheet 1 (991)")
    assert "a new one" not in capsys.readouterr().out


def test_a_grade_file_of_an_earlier_run_is_named(course, tmp_path, capsys):
    round_trip(moodle, course, tmp_path)
    assert "Older files" not in capsys.readouterr().out
    filled(moodle, course, tmp_path, OF_MOODLE.encode("utf-8"))
    words = f"Older files lie beside these and are not to be uploaded: grades_{SHEET}.csv."
    assert words in capsys.readouterr().out


def test_a_grade_file_is_never_written_over_itself(course, tmp_path):
    round_trip(moodle, course, tmp_path)
    made = course / "handout" / SHEET / "moodle" / f"grades_{SHEET}.csv"
    before = made.read_bytes()
    with pytest.raises(CourseError, match="lies where the copy of it goes"):
        handout.handout(SHEET, "moodle", source=made)
    assert made.read_bytes() == before


def test_a_file_of_the_platforms_that_is_not_there_is_named(course, tmp_path):
    with pytest.raises(CourseError, match=r"gone.csv cannot be read: No such file"):
        round_trip(moodle, course, tmp_path, source=tmp_path / "gone.csv")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@sum", "'@sum"),
        ("+49 30", "'+49 30"),
        ("-cmd|'/c calc'!A0", "'-cmd|'/c calc'!A0"),
        ("-1.5", "-1.5"),
        ("-", "-"),
        ("88.0", "88.0"),
        ("Müller, Anna", "Müller, Anna"),
    ],
)
def test_no_name_from_a_platform_is_a_formula_in_a_spreadsheet(cell, written):
    assert handout._as_text(cell) == written


def test_who_is_not_known_on_the_platform_is_named(course, tmp_path, capsys):
    command.collect(SHEET, canvas(tmp_path), yes=True)
    put_grades(course, muelleranna=1.0, zoe=0.0)
    handout.handout(SHEET, "canvas")
    out = capsys.readouterr().out
    assert "Not known on canvas, so not in the files: zoe" in out
    assert "No feedback page: muelleranna" in out


def test_what_a_grade_lacks_is_said_of_those_alone_who_are_in_the_file(course, tmp_path, capsys):
    command.collect(SHEET, canvas(tmp_path), yes=True)
    rows = ("bergben,,12.5,108.0,2,0.0,1", "muelleranna,,88.0,108.0,0,0.0,0", "zoe,,,108.0,3,0.0,9")
    lines = [",".join(export.COLUMNS), *(f"{SHEET},{row}" for row in rows)]
    (course / "grades.csv").write_text("\n".join(lines) + "\n")
    handout.handout(SHEET, "canvas")
    out = capsys.readouterr().out
    assert "Still wait for points that a person gives: bergben." in out
    assert "so the grade lacks their points: bergben." in out
    assert "Not judged, so without a grade" not in out and "not in the files: zoe." in out


def test_where_nobody_says_which_column_holds_the_grade_none_is_guessed(course, tmp_path):
    own = tmp_path / "own.csv"
    own.write_text("Student,ID,Sheet 1 (991)\nMüller,12345,\n", "utf-8")
    with pytest.raises(
        CourseError, match=r"own.csv does not say which column it is. Say it with --column"
    ):
        round_trip(canvas, course, tmp_path, source=own)


def test_a_sheet_that_was_not_collected_cannot_be_handed_out(course):
    put_grades(course, ada=1.0)
    with pytest.raises(CourseError, match="was not collected from canvas"):
        handout.handout(SHEET, "canvas")


def test_before_grading_nothing_can_be_handed_out(course):
    with pytest.raises(CourseError, match="grade first"):
        handout.handout(SHEET, "canvas")


# --- names alone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 November, 2026 1530", "2026-11-10T15:30"),
        ("Nov 10, 2026 330 PM", "2026-11-10T15:30"),
        ("November 10, 2026 1130 AM", "2026-11-10T11:30"),
        ("10. Nov. 2026 1530", "2026-11-10T15:30"),
        ("Tuesday, 10 November 2026, 12:05 PM", "2026-11-10T12:05"),
        ("Tuesday, November 10, 2026, 12:05 AM", "2026-11-10T00:05"),
        ("Freitag, 27. November 2026, 14:03", "2026-11-27T14:03"),
        ("Sonntag, 1. März 2026, 09:00", "2026-03-01T09:00"),
        ("Freitag, 9. Jänner 2026, 09:00", "2026-01-09T09:00"),
        ("vendredi 27 novembre 2026, 14:03", "2026-11-27T14:03"),
        ("viernes, 27 de noviembre de 2026, 14:03", "2026-11-27T14:03"),
        ("27.11.2026 14:03", "2026-11-27T14:03"),
        ("2026-11-27 14:03:20", "2026-11-27T14:03"),
        ("Samstag, 31. Februar 2026, 10:00", None),
        ("11/27/2026, 14:03", None),
        ("gestern", None),
    ],
)
def test_times_as_platforms_write_them(text, expected):
    found = times.read(text, datetime.UTC)
    assert (found and found.strftime("%Y-%m-%dT%H:%M")) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Anna Müller", "anna-mueller"), ("amueller", "amueller"), ("Zoë O'Hara", "zoe-o-hara")],
)
def test_names_as_names_of_folders(name, expected):
    assert plan.slug(name) == expected


def test_the_words_of_a_name_have_no_order_and_no_accents():
    assert roster.name_words("Müller, Anna") == roster.name_words("anna MULLER")


def test_a_ledger_that_cannot_be_read_is_named(course):
    ledger.COLLECTED.mkdir()
    ledger.file(SHEET).write_text("{")
    with pytest.raises(CourseError, match="Move it away"):
        ledger.read(SHEET)
