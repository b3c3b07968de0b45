"""One text question over all submissions: what the formgrader's page on it shows, and saves."""

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import sqlalchemy as sa
from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

from grader.course import layout, outline
from grader.intake.submissions import Submission
from grader.records import contents, rubric, teams
from grader.records.contents import Exercise
from grader.records.gradebook import Entry, add_table, entries

# Which lines of a rubric a person gave, by their text, and the points that they came to. They are
# for those who grade: a rubric names the answer. They count as long as the points are these.
_LINES = sa.Table(
    "rubric_lines",
    sa.MetaData(),
    sa.Column("sheet", sa.Text, primary_key=True),
    sa.Column("student", sa.Text, primary_key=True),
    sa.Column("item", sa.Text, primary_key=True),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("lines", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Decision:
    """What a person decided about an answer.

    score: the points, extra credit not included; None as long as nobody has decided;
    comment: to the student; empty where there is none;
    lines: the points given for lines of the rubric, by the keys of the lines.
    """

    score: float | None
    comment: str
    lines: dict[str, float]


@dataclass(frozen=True)
class Answer:
    """One submission's answer.

    grade: the gradebook's id of its points, which names nobody;
    notebook: nbgrader's id of the notebook that it stands in;
    decision: what the gradebook says;
    waits: whether it waits for a person, who may also confirm points that it has;
    exercise: the cells that belong to it; None where the graded notebook cannot be read.
    """

    grade: str
    notebook: str
    decision: Decision
    waits: bool
    exercise: Exercise | None


@dataclass(frozen=True)
class Question:
    """A text question.

    sheet: the sheet's name;
    grade_id: of the cell that the answer stands in;
    title: what it is called;
    points: the most that it can earn;
    asked: the given cells before the answer; the last one asks;
    model: the model answer, as a cell with its pictures;
    lines: the rubric;
    answers: in an order that says nothing about who wrote them, and differs between questions.
    """

    sheet: str
    grade_id: str
    title: outline.Title
    points: float
    asked: tuple[NotebookNode, ...]
    model: NotebookNode
    lines: tuple[rubric.Line, ...]
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far the grading of a question is.

    grade_id: of the cell that the answers stand in;
    title: what the question is called;
    answers: how many submissions there are;
    graded: how many of them wait for nobody.
    """

    grade_id: str
    title: outline.Title
    answers: int
    graded: int


def progress(book: Gradebook, sheet: str) -> list[Progress]:
    """The text questions of a sheet in order, each with how far its grading is."""
    of_submissions = entries(book, sheet).values()
    found = []
    for grade_id, title in texts(sheet).items():
        waiting = [entry[grade_id].waits for entry in of_submissions if grade_id in entry]
        found.append(Progress(grade_id, title, len(waiting), waiting.count(False)))
    return found


def texts(sheet: str) -> dict[str, outline.Title]:
    """The titles of the text questions of a sheet, by grade id; empty for an unknown sheet."""
    if sheet not in layout.sheets():
        return {}
    cells = outline.graded_cells(sheet)
    return {
        grade_id: title
        for grade_id, title in outline.titles(sheet).items()
        if cells[grade_id].metadata.nbgrader.get("solution")
    }


def read(book: Gradebook, sheet: str, grade_id: str) -> Question:
    """A text question with all answers to it. Raises KeyError where the sheet has none such."""
    asked = question(sheet, grade_id)
    return replace(asked, answers=tuple(_answers(book, asked)))


def question(sheet: str, grade_id: str) -> Question:
    """A text question without answers. Raises KeyError where the sheet has none such."""
    title = texts(sheet)[grade_id]
    cell = outline.graded_cells(sheet)[grade_id]
    model = rubric.read(cell.source)
    return Question(
        sheet=sheet,
        grade_id=grade_id,
        title=title,
        points=float(cell.metadata.nbgrader.points),
        asked=contents.asked(sheet, grade_id),
        model=NotebookNode(cell, source=model.text),
        lines=model.lines,
    )


def names(book: Gradebook, sheet: str, grade_id: str) -> dict[str, str]:
    """Who wrote the answers, by the gradebook's ids of their points."""
    members = teams.members()
    found = {}
    for grade, student in _grades(book, sheet, grade_id):
        name = contents.name_of(book, student)
        team = ", ".join(contents.name_of(book, one) for one in members.get(student, ()))
        found[grade.id] = f"{name} ({team})" if team else name
    return found


def decision_on(book: Gradebook, grade: Grade) -> Decision:
    """What the gradebook says of an answer now."""
    sheet, grade_id = grade.assignment.name, grade.name
    comment = _comment(book, grade).manual_comment or ""
    given = _given(book, sheet, grade_id).get(grade.student.id)
    return Decision(_score(grade), comment, _by_key(given, grade, _lines(sheet, grade_id)))


def problem(grade: Grade, decision: Decision) -> str:
    """Why a decision cannot be saved; empty where it can."""
    most = _most(grade)
    values = [*decision.lines.values(), *([] if decision.score is None else [decision.score])]
    if not all(math.isfinite(value) and 0 <= value <= most for value in values):
        return f"points are numbers from 0 to {most:g}."
    return ""


def save(book: Gradebook, grade: Grade, decision: Decision) -> None:
    """Put a decision into the gradebook, in one step.

    As the formgrader's own page does it: points are points by hand, and what has points waits for
    nobody. Extra credit stays.
    """
    add_table(book.engine, _LINES)
    grade.manual_score = decision.score
    grade.needs_manual_grade = decision.score is None and grade.auto_score is None
    _comment(book, grade).manual_comment = decision.comment.strip() or None
    names = {"sheet": grade.assignment.name, "student": grade.student.id, "item": grade.name}
    known = {line.key: line.text for line in _lines(names["sheet"], names["item"])}
    given = {known[key]: value for key, value in decision.lines.items() if key in known}
    book.db.execute(sa.delete(_LINES).where(*(_LINES.c[name] == names[name] for name in names)))
    if decision.score is not None and given:
        row = {"score": decision.score, "lines": json.dumps(given, ensure_ascii=False)}
        book.db.execute(sa.insert(_LINES).values(**names, **row))
    book.db.commit()


def _lines(sheet: str, grade_id: str) -> tuple[rubric.Line, ...]:
    return rubric.read(outline.graded_cells(sheet)[grade_id].source).lines


def _score(grade: Grade) -> float | None:
    return grade.auto_score if grade.manual_score is None else grade.manual_score


def _most(grade: Grade) -> float:
    return float(outline.graded_cells(grade.assignment.name)[grade.name].metadata.nbgrader.points)


def _comment(book: Gradebook, grade: Grade) -> Comment:
    names = (grade.notebook.name, grade.assignment.name, grade.student.id)
    return book.find_comment(grade.name, *names)


def _grades(book: Gradebook, sheet: str, grade_id: str) -> list[tuple[Grade, str]]:
    """The points of all answers, with the students, in an order that is not by name."""
    rows = (
        book.db.query(Grade, SubmittedAssignment.student_id)
        .join(Grade.cell)
        .join(Grade.notebook)
        .join(SubmittedNotebook.assignment)
        .join(SubmittedAssignment.assignment)
        .filter(Assignment.name == sheet, BaseCell.name == grade_id)
    )

    def place(row: sa.Row) -> str:
        return hashlib.sha256(f"{grade_id} {row[0].notebook_id}".encode()).hexdigest()

    return [(grade, student) for grade, student in sorted(rows, key=place)]


def _answers(book: Gradebook, asked: Question) -> Iterator[Answer]:
    comments = dict(
        book.db.query(Comment.notebook_id, Comment.manual_comment)
        .join(Comment.cell)
        .filter(BaseCell.name == asked.grade_id)
        .all()
    )
    given = _given(book, asked.sheet, asked.grade_id)
    for grade, student in _grades(book, asked.sheet, asked.grade_id):
        score, waits = _score(grade), bool(grade.needs_manual_grade)
        entry = Entry(asked.points, score, grade.manual_score is not None, waits, True)
        chosen = _by_key(given.get(student), grade, asked.lines)
        yield Answer(
            grade=grade.id,
            notebook=grade.notebook_id,
            decision=Decision(score, comments.get(grade.notebook_id) or "", chosen),
            waits=waits,
            exercise=_exercise(Submission(asked.sheet, student), asked.grade_id, entry),
        )


def _exercise(submission: Submission, grade_id: str, entry: Entry) -> Exercise | None:
    try:
        nb = contents.read_graded(submission.graded_notebook)
    except (OSError, ValueError):
        return None
    found = contents.exercises_of(nb, submission.sheet, {grade_id: entry}, {})
    return next((one for one in found if one.holds(grade_id)), None)


def _given(book: Gradebook, sheet: str, grade_id: str) -> dict[str, tuple[float, dict]]:
    """The remembered lines of all answers, by student: the points, and the lines by their text."""
    add_table(book.engine, _LINES)
    rows = book.db.execute(
        sa.select(_LINES.c.student, _LINES.c.score, _LINES.c.lines).where(
            _LINES.c.sheet == sheet, _LINES.c.item == grade_id
        )
    )
    return {student: (score, json.loads(lines)) for student, score, lines in rows}


def _by_key(
    given: tuple[float, dict] | None, grade: Grade, lines: tuple[rubric.Line, ...]
) -> dict[str, float]:
    """The remembered lines that are still in the rubric; none where the points are others now."""
    if given is None or given[0] != grade.manual_score:
        return {}
    return {line.key: given[1][line.text] for line in lines if line.text in given[1]}
