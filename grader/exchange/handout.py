"""`grader handout`: feedback pages and grades in the form that a learning platform takes back.

The names in the zips are those that `collect` found in the platform's own download. Which forms
these are, and where they are documented: docs/handing_in.md.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import atomic
from grader.course import layout
from grader.errors import CourseError
from grader.exchange import ledger, own_file, worksheet
from grader.exchange.platforms import Account
from grader.intake.files import listing
from grader.intake.submissions import Submission
from grader.records import gradebook, roster
from grader.records.export import GRADES

FOLDER = layout.ROOT / "handout"
NAMES = {"ilias": "ILIAS", "moodle": "Moodle", "canvas": "Canvas", "brightspace": "Brightspace"}
ABOVE = {  # what each does with points above its own maximum
    "moodle": "Moodle leaves out grades above its own.",
    "canvas": "Canvas counts the points out of its own.",
    "brightspace": "Brightspace cuts off what is above its own, unless the item may exceed it.",
}
NUMBERED = re.compile(r"\(\d+\)\s*$")  # the end of a column's name in Canvas
FORMULA = re.compile(r"[=+@\t\r]|-(?![\d.]*$)")  # how one begins; -1.5 and - are none
ILIAS_COLUMNS = ["status", "mark", "notice", "comment", "plagiarism", "plag_comment"]


@dataclass(frozen=True)
class Result:
    """A student's result, with what the platform calls the student.

    student: the id;
    folder: the name in submitted/ and feedback/, the team's for its members;
    account: on the platform; None where collect has not seen it;
    person: from the roster, or made of what is known;
    score: points, as grades.csv writes them; empty where nothing was judged;
    most: the most points;
    open: how many items nobody has graded yet;
    lost: how many items could not be judged.
    """

    student: str
    folder: str
    account: Account | None
    person: roster.Person
    score: str
    most: str
    open: int
    lost: int


def handout(sheet: str, platform: str, column: str = "", source: Path | None = None) -> int:
    """Write the feedback zip and the grade file of a sheet; the exit code.

    column: what the platform calls the grade; the sheet's name where empty;
    source: a grade file of the platform's own, which is copied with the points in it.
    Raises CourseError where there are no grades, or the sheet was not collected from there.
    """
    results = read_results(sheet, platform)
    folder = FOLDER / sheet / platform
    archive = folder / f"{'multi_feedback_' if platform == 'ilias' else 'feedback_'}{sheet}.zip"
    if source is None:
        name, made = GRADE_FILES[platform](sheet, results, column or sheet)
        data = _csv([[_as_text(cell) for cell in row] for row in made])
        about = list(_about_made(platform, results, column))
    else:
        name = source.name
        if source.resolve() == (folder / name).resolve():
            raise CourseError(f"{source} lies where the copy of it goes: move it, say to ~.")
        filled = own_file.fill(source, platform, _scores(platform, results), column)
        data, about = filled.data, list(_about_filled(platform, results, filled, source))
    without = write_feedback(archive, sheet, results, f"{archive.stem}/" * (platform == "ilias"))
    atomic.write(folder / name, data)
    print(f"Feedback:  {archive.relative_to(layout.ROOT)}")
    print(f"Grades:    {(folder / name).relative_to(layout.ROOT)}")
    older = sorted({path.name for path in folder.iterdir()} - {name, archive.name})
    if older:
        about.append(f"Older files lie beside these and are not to be uploaded: {listing(older)}.")
    for note in [*about, *_notes(platform, results, without)]:
        print(f"! {note}")
    return 0


def _scores(platform: str, results: list[Result]) -> dict[str, str]:
    """Everybody's points by each number that the platform's own file may have for them."""
    found: dict[str, str] = {}
    for one in results:
        for number in _numbers(platform, one):
            found.setdefault(number, one.score)
    return found


def _numbers(platform: str, one: Result) -> set[str]:
    account = one.person.accounts.get(platform, "")
    return {one.account.id if one.account else "", account, f"#{account}"} - {"", "#"}


def _about_made(platform: str, results: list[Result], column: str) -> Iterator[str]:
    """What a grade file that was made here does on the platform, and what it does not."""
    most = f"{float(results[0].most):g}" if results else "none"
    if platform == "canvas":
        yield f"The file sets the assignment's points in Canvas to {most}."
        if not NUMBERED.search(column):
            yield (
                "Canvas finds the assignment by its number, or by exactly this name; it makes a "
                'new one where there is none. Give both, --column "NAME (NUMBER)", as they stand '
                "in the gradebook's export, or that export: --into FILE."
            )
        return
    if platform == "ilias":
        yield "ILIAS takes status.csv only where it has the plugin ExerciseStatusFile."
    if platform == "moodle":
        yield (
            "Moodle reads these columns only for somebody who uses it in English. In any language: "
            "download the grading worksheet, and give it as --into FILE."
        )
    names = [one.student for one in results if not one.person.accounts.get(platform)]
    if platform == "brightspace" and names:
        yield (
            "Without an OrgDefinedId in the roster, so found only if the Username is this: "
            f"{listing(names)}."
        )
    if platform in ABOVE:
        yield f"Check that {NAMES[platform]} has {most} points as the most, too. {ABOVE[platform]}"


def _about_filled(
    platform: str, results: list[Result], filled: own_file.Filled, source: Path
) -> Iterator[str]:
    """What the copy of a platform's own file holds, whom it lacks, and whether the most differs."""
    yield f"The points are in the column “{filled.column}” of the copy; {source} is as it was."
    absent = [one.student for one in results if _absent(platform, one, filled)]
    if absent:
        yield f"{source} has no row for {listing(absent)}, so their points are not in it."
    most = float(results[0].most) if results else None
    if filled.most is not None and most is not None and filled.most != most:
        yield (
            f"{NAMES[platform]} has {filled.most:g} points as the most, this sheet {most:g}. "
            f"{ABOVE[platform]} Set it to {most:g} there, and download the file again."
        )


def _absent(platform: str, one: Result, filled: own_file.Filled) -> bool:
    """Whether somebody whom the platform knows has points, but no row in its file."""
    numbers = _numbers(platform, one)
    return bool(numbers and one.score) and not numbers & filled.numbers


def _notes(platform: str, results: list[Result], without: list[str]) -> Iterator[str]:
    there = [one for one in results if number_on(platform, one)]
    strangers = [one.student for one in results if one not in there]
    waiting = [one.student for one in there if one.open]
    partly = [one.student for one in there if one.lost and one.score]
    if strangers:
        yield f"Not known on {platform}, so not in the files: {listing(strangers)}."
    if without:
        yield f"No feedback page: {listing(without)}. Run `python -m grader grade`."
    if waiting:
        yield f"Still wait for points that a person gives: {listing(waiting)}."
    if partly:
        yield (
            f"Some items could not be judged, so the grade lacks their points: {listing(partly)}. "
            "Run `python -m grader grade` again first."
        )
    if lost := [one.student for one in there if one.score == ""]:
        yield f"Not judged, so without a grade: {listing(lost)}."


def read_results(sheet: str, platform: str) -> list[Result]:
    """Everybody's result, from grades.csv. Raises CourseError."""
    if not GRADES.exists():
        raise CourseError(f"There is no {GRADES.name}: grade first.")
    entries = ledger.read(sheet).get(platform, {})
    accounts = {who: account for one in entries.values() for who, account in one.members.items()}
    people = {one.id: one for one in roster.people(roster.file(gradebook.config()))}
    if not accounts and not any(platform in one.accounts for one in people.values()):
        raise CourseError(
            f"{sheet} was not collected from {platform}, and the roster has no column {platform}: "
            f"nothing says what the students are called there."
        )
    with GRADES.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["assignment"] == sheet]
    return [_result(row, accounts.get(row["student_id"]), people, sheet) for row in rows]


def _result(
    row: dict[str, str], account: Account | None, people: dict[str, roster.Person], sheet: str
) -> Result:
    who = row["student_id"]
    is_team = row["team"] and Submission(sheet, row["team"]).folder.exists()
    known = people.get(who) or roster.Person(who, account.name if account else who)
    folder = row["team"] if is_team else who
    still, lost = (int(float(row.get(name) or 0)) for name in ("open", "not_judged"))
    return Result(who, folder, account, known, row["score"], row["max_score"], still, lost)


def number_on(platform: str, one: Result) -> str:
    """The number or account that somebody has on a platform; empty if nothing says it."""
    return one.account.id if one.account else one.person.accounts.get(platform, "")


def write_feedback(archive: Path, sheet: str, results: list[Result], top: str) -> list[str]:
    """Write the zip with everybody's page; who has none.

    top: the folder in which the zip's folders lie; empty if there is none.
    """
    without = []
    with atomic.replacing(archive) as new, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
        for one in results:
            page = Submission(sheet, one.folder).page
            if one.account is None or not one.account.prefix:
                continue
            if page.exists():
                out.write(page, f"{top}{one.account.prefix}{page.name}")
            else:
                without.append(one.student)
    return without


def _csv(rows: list[list[str]]) -> bytes:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(rows)
    return stream.getvalue().encode("utf-8")


def _as_text(cell: str) -> str:
    """A cell that no spreadsheet program takes for a formula, as a name on a platform may be.

    Platforms find people by their numbers and accounts, and pass over the names.
    """
    return f"'{cell}" if FORMULA.match(cell) else cell


# --- grade files, platform by platform: the name, and the rows


def _moodle(sheet: str, results: list[Result], column: str) -> tuple[str, list[list[str]]]:
    rows = [worksheet.COLUMNS]
    for one in results:
        if one.account is not None:
            identifier = f"{worksheet.PARTICIPANT}{one.account.id}"
            mail = one.person.email or one.account.login
            cells = [identifier, one.account.name, mail, "", one.score, one.most, "Yes"]
            rows.append([*cells, "-", "-", ""])
    return f"grades_{sheet}.csv", rows


def _canvas(sheet: str, results: list[Result], column: str) -> tuple[str, list[list[str]]]:
    most = results[0].most if results else ""
    rows = [["Student", "ID", "Section", column]]  # all that its importer needs
    rows.append([f"    {own_file.POSSIBLE}", "", "", most])
    for one in results:
        if number := number_on("canvas", one):
            rows.append([one.person.name, number, "", one.score])
    return f"grades_{sheet}.csv", rows


def _brightspace(sheet: str, results: list[Result], column: str) -> tuple[str, list[list[str]]]:
    rows = [["OrgDefinedId", "Username", f"{column} Points Grade", "End-of-Line Indicator"]]
    for one in results:
        number = one.person.accounts.get("brightspace", "")
        rows.append([f"#{number}" if number else "", f"#{one.student}", one.score, "#"])
    return f"grades_{sheet}.csv", rows


def _ilias(sheet: str, results: list[Result], column: str) -> tuple[str, list[list[str]]]:
    known = [one for one in results if one.account is not None]
    teams: dict[str, list[Result]] = {}
    for one in known:
        if one.account and one.account.team:
            teams.setdefault(one.account.team, []).append(one)
    if teams:
        rows = [["update", "team_id", "logins", *ILIAS_COLUMNS]]
        for number, members in teams.items():
            logins = ", ".join(one.account.login for one in members if one.account)
            rows.append(["1", number, logins, *_ilias_cells(members[0])])
        return "status.csv", rows
    rows = [["update", "usr_id", "login", "lastname", "firstname", *ILIAS_COLUMNS]]
    for one in known:
        if one.account is not None:
            last, first, _ = one.account.prefix.split("_", 2)
            cells = [one.account.id, one.account.login, last, first]
            rows.append(["1", *cells, *_ilias_cells(one)])
    return "status.csv", rows


def _ilias_cells(one: Result) -> list[str]:
    """The status stays open: what counts as passed, the course decides."""
    return ["notgraded", one.score, "", "", "", ""]


GRADE_FILES: dict[str, Callable[[str, list[Result], str], tuple[str, list[list[str]]]]] = {
    "ilias": _ilias,
    "moodle": _moodle,
    "canvas": _canvas,
    "brightspace": _brightspace,
}
