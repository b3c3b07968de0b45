"""Teams: who shares which submission. The one place is submitted/teams.csv (team,student)."""

from grader.course import layout
from grader.errors import CourseError
from grader.records import spreadsheets

FILE = layout.SUBMITTED / "teams.csv"


def members() -> dict[str, list[str]]:
    """The members of each team; empty where there is no such file. Raises CourseError."""
    if not FILE.exists():
        return {}
    teams: dict[str, list[str]] = {}
    reader = spreadsheets.reader(FILE)
    if not {"team", "student"} <= set(reader.fieldnames or ()):
        raise CourseError(f"{FILE} must start with the line: team,student")
    for row in reader:
        team, student = (row["team"] or "").strip(), (row["student"] or "").strip()
        if not team or not student:
            raise CourseError(f"{FILE}, line {reader.line_num}: a name is missing.")
        teams.setdefault(team, []).append(student)
    return teams


def of_each_student() -> dict[str, str]:
    """The team of each student who is in one. Raises CourseError for a student in two."""
    found: dict[str, str] = {}
    for team, students in members().items():
        for student in students:
            if found.setdefault(student, team) != team:
                raise CourseError(
                    f"{FILE}: {student} is in two teams, {found[student]} and {team}."
                )
    return found
