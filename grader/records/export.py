"""grades.csv: one line for each student and sheet, with a team's grade for each of its members."""

import csv
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.plugins import ExportPlugin

from grader.course import layout
from grader.records import teams
from grader.records.gradebook import grade_of

GRADES = layout.ROOT / "grades.csv"
COLUMNS = ["assignment", "student_id", "team", "score", "max_score", "open", "seconds_late"]


class MemberExporter(ExportPlugin):
    """What `nbgrader export` and `python -m grader grade` write."""

    def export(self, gradebook: Gradebook) -> None:
        path = Path(self.to or GRADES)
        self.log.info("Exporting grades to %s", path)
        write_grades(gradebook, path, self.assignment, self.student)


def write_grades(
    book: Gradebook, path: Path, sheets: list[str] | None = None, students: list[str] | None = None
) -> None:
    """Write the table of all grades; whoever handed nothing in has 0 points."""
    team_of = teams.of_each_student()
    known = {student.id for student in book.students} - set(team_of.values())
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for assignment in book.assignments:
            if sheets and assignment.name not in sheets:
                continue
            for student in sorted(known | set(team_of)):
                if students and student not in students:
                    continue
                team = team_of.get(student, "")
                grade = grade_of(book, assignment.name, team or student)
                grade = grade or grade_of(book, assignment.name, student)
                writer.writerow(
                    {
                        "assignment": assignment.name,
                        "student_id": student,
                        "team": team,
                        "score": grade.score if grade else 0.0,
                        "max_score": assignment.max_score,
                        "open": grade.open if grade else 0,
                        "seconds_late": grade.late if grade else 0.0,
                    }
                )
