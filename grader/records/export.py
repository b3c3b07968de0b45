"""grades.csv: one line for each student and sheet, with a team's grade for each of its members."""

import csv
from collections.abc import Iterable
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, Student
from nbgrader.plugins import ExportPlugin

from grader import atomic
from grader.course import layout, outline
from grader.intake.submissions import Submission, find_submissions
from grader.records import gradebook, roster, teams
from grader.records.gradebook import Grade, config

GRADES = layout.ROOT / "grades.csv"
COLUMNS = ["assignment", "student_id", "team", "score", "max_score", "open", "seconds_late"]
COLUMNS += ["not_judged"]


class MemberExporter(ExportPlugin):
    """What `nbgrader export` and `python -m grader grade` write."""

    def export(self, book: Gradebook) -> None:
        path = Path(self.to or GRADES)
        self.log.info("Exporting grades to %s", path)
        write_grades(book, path, self.assignment, self.student)


def write_grades(
    book: Gradebook, path: Path, sheets: list[str] | None = None, students: list[str] | None = None
) -> None:
    """Write the table of all grades; whoever handed nothing in has 0 points.

    not_judged: how many items should have been judged and were not; where that is all of them,
    there is no score.
    """
    team_of = teams.of_each_student()
    handed_in = set(find_submissions(layout.sheets()))
    known = gradebook.grades(book)
    people = everybody(book, handed_in)
    with (
        atomic.replacing(path) as new,
        new.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for assignment in book.assignments:
            if sheets and assignment.name not in sheets:
                continue
            for student in people:
                if students and student not in students:
                    continue
                team = team_of.get(student, "")
                names = [Submission(assignment.name, name) for name in (team, student) if name]
                grades = [known.get((one.sheet, one.student)) for one in names]
                grade = next((grade for grade in grades if grade), None)
                lost = grade is None and bool(handed_in & set(names))
                writer.writerow(
                    {
                        "assignment": assignment.name,
                        "student_id": student,
                        "team": team,
                        "max_score": assignment.max_score,
                        **_columns(grade, _items(assignment) if lost else 0),
                    }
                )


def everybody(book: Gradebook, handed_in: Iterable[Submission]) -> list[str]:
    """All students that gradebook, teams, roster or a hand-in name, in order; no teams."""
    team_of = teams.of_each_student()
    rows = book.db.query(Student.id).all()
    known = {student for (student,) in rows} | {one.student for one in handed_in}
    known |= {person.id for person in roster.people(roster.file(config()))}
    return sorted((known - set(team_of.values())) | set(team_of))


def _columns(grade: Grade | None, lost: int) -> dict[str, object]:
    """A grade's columns. lost: the number of items, where a submission has no grade at all."""
    if grade is None:
        score = "" if lost else 0.0
        return {"score": score, "open": 0, "seconds_late": 0.0, "not_judged": lost}
    nothing_judged = grade.not_judged and not grade.judged
    return {
        "score": "" if nothing_judged else grade.score,
        "open": grade.open,
        "seconds_late": grade.late,
        "not_judged": grade.not_judged,
    }


def _items(assignment: Assignment) -> int:
    return len(outline.items(assignment.name)) if assignment.name in layout.sheets() else 1
