"""What a feedback page says: exercises by name, with points, findings, answers and comments."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from nbformat import NotebookNode
from nbformat.v4 import reads_json
from nbgrader.api import Gradebook, Student, SubmittedAssignment

from grader import record
from grader.course import outline
from grader.intake import files
from grader.judging.report import NOT_WRITTEN, Line, Report
from grader.records import gradebook, teams
from grader.records.gradebook import Entry, comments_of, config, find_submission

RIGHT, PARTLY, WRONG, OPEN = "right", "partly", "wrong", "open"
SENTENCE_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z0-9(])")
FIRST_WORD = re.compile(
    r"(?!inf\b|nan\b)[a-z]+(?=[\s,:])"
)  # of a sentence, where it is no name in a program
OPENING = re.compile(r"#{1,6}[ \t]|\*\*")  # what the text of an exercise begins with
NO_ANSWER = "No answer was handed in. If you wrote one, tell your instructor in which cell."
GIVEN, ANSWER, TEST, TEXT, OWN = "given", "answer", "test", "text", "own"
# In the metadata of a rubric below an answer, where earlier versions of the grader put it. A
# notebook graded by one of them may get a new feedback page, and there no rubric belongs.
RUBRIC_CELL = "grader_rubric"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an answer, however many lines of the report it fails.

    what: in a sentence;
    detail: the numbers, or where;
    lines: the properties that do not hold because of it;
    weight: the share of these lines;
    named: whether it is known: a mistake with a name, or that nothing is written.
    """

    what: str
    detail: str
    lines: tuple[str, ...]
    weight: float
    named: bool

    @property
    def sentence(self) -> str:
        """The finding where nothing around it says that something does not hold."""
        if self.named or self.lines:
            return self.what
        said = first_sentence(self.detail)[0]
        start = self.what[0].lower() + self.what[1:] if self.what[1:2].islower() else self.what
        return f"Does not hold: {start.rstrip('.')}. {said}".strip()


@dataclass(frozen=True)
class Exercise:
    """One exercise of a submission.

    title: what it is called, and the part of the sheet that it belongs to;
    anchor: the id of its section;
    entry: its points;
    report: the judge's verdict; None for a text;
    answers: the cells in which the student answers;
    comments: what a person wrote to it;
    given: the cells of the sheet before the answer, and those after it;
    own: the cells that the student added.
    """

    title: outline.Title
    anchor: str
    entry: Entry
    report: Report | None
    answers: tuple[NotebookNode, ...]
    comments: tuple[str, ...]
    given: tuple[NotebookNode, ...]
    own: tuple[NotebookNode, ...]

    def holds(self, grade_id: str) -> bool:
        """Whether the student answers it in the cell of this id."""
        return any(_id(cell) == grade_id for cell in self.answers)

    @property
    def state(self) -> str:
        """RIGHT, PARTLY or WRONG; OPEN as long as nobody has decided."""
        if self.entry.score is None:
            return OPEN
        if self.entry.score >= self.entry.points:
            return RIGHT
        return PARTLY if self.entry.score > 0 else WRONG

    @property
    def lost(self) -> float:
        """The points that it did not earn."""
        return self.entry.points - (self.entry.score or 0.0)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with it; what helps most comes first."""
        return findings(self.report) if self.report else ()

    @property
    def is_empty(self) -> bool:
        """Whether it is a text in whose place nothing was written."""
        return self.report is None and self.state == WRONG and not self.entry.by_hand

    @property
    def sentence(self) -> str:
        """What helps most, in one sentence; empty where nothing has to be said."""
        if self.state == RIGHT:
            return ""
        if self.comments:
            return shortened(first_sentence(self.comments[0])[0])
        if self.report and self.report.trouble:
            return "It could not be judged yet, which is not your fault."
        if self.state == OPEN:
            return "It waits for your instructor."
        if self.is_empty:
            return NO_ANSWER
        return shortened(self.findings[0].sentence) if self.findings else ""


@dataclass(frozen=True)
class Contents:
    """All that the page of one submission says.

    sheet: its name;
    title: its heading;
    who: the name of the student or team;
    members: of a team;
    exercises: in the order of the sheet;
    penalty: the points that are taken off for being late;
    late: seconds after the due date;
    handed_in: when, in words; empty if it is not known;
    repairs: what was noticed or fixed before grading.
    """

    sheet: str
    title: str
    who: str
    members: tuple[str, ...]
    exercises: tuple[Exercise, ...]
    penalty: float
    late: float
    handed_in: str
    repairs: tuple[str, ...]

    @property
    def points(self) -> float:
        """The most that the sheet can earn."""
        return sum(one.entry.points for one in self.exercises)

    @property
    def score(self) -> float:
        """Points so far, less the penalty."""
        return max(0.0, sum(one.entry.score or 0.0 for one in self.exercises) - self.penalty)

    @property
    def open(self) -> float:
        """Points that nobody has decided on."""
        return sum(one.entry.points for one in self.exercises if one.state == OPEN)

    @property
    def lost(self) -> float:
        """Points that are gone, the penalty included."""
        return max(0.0, self.points - self.score - self.open)

    def in_state(self, *states: str) -> list[Exercise]:
        """The exercises in these states, those that lost most first."""
        chosen = [one for one in self.exercises if one.state in states]
        return sorted(chosen, key=lambda one: -one.lost)

    @property
    def parts(self) -> list[tuple[str, list[Exercise]]]:
        """The exercises by the parts of the sheet, in order."""
        found: list[tuple[str, list[Exercise]]] = []
        for one in self.exercises:
            if not found or found[-1][0] != one.title.part:
                found.append((one.title.part, []))
            found[-1][1].append(one)
        return found


# --- what is wrong


def findings(report: Report) -> tuple[Finding, ...]:
    """The failed lines of a report, those with one cause together."""
    groups: dict[str, list[Line]] = {}
    for line in report.failed_lines:
        own = not line.message or line.message.startswith("(")  # it says nothing by itself
        groups.setdefault(line.mistake or (line.what if own else line.message), []).append(line)
    found = [_finding(lines, len(report.lines) == 1) for lines in groups.values()]
    return tuple(sorted(found, key=lambda one: (not one.named, -one.weight)))


def _finding(lines: list[Line], alone: bool) -> Finding:
    """What a group of failed lines comes to; alone: the report has no line besides."""
    first = lines[0]
    names = tuple(line.what for line in lines)
    weight = sum(line.share for line in lines)
    what, detail = first_sentence(first.message)
    if first.message.startswith(NOT_WRITTEN):
        return Finding(what, detail, (), weight, True)
    if not (first.mistake or len(lines) > 1 or alone) or not what:
        what, detail, names = _capital(first.what), first.message, ()
    return Finding(what, _without_brackets(detail), names, weight, first.mistake is not None)


def first_sentence(text: str) -> tuple[str, str]:
    """The first sentence of a text, and the rest."""
    sentence, *rest = SENTENCE_END.split(text.strip(), maxsplit=1)
    return sentence, "".join(rest)


def shortened(sentence: str, room: int = 200) -> str:
    """A sentence that fits into a table, in one line."""
    words = " ".join(sentence.split())
    return words if len(words) <= room else words[:room].rsplit(" ", 1)[0] + " …"


def _capital(words: str) -> str:
    return words[0].upper() + words[1:] if FIRST_WORD.match(words) else words


def _without_brackets(words: str) -> str:
    """What stands in brackets behind a property, as a sentence of its own."""
    inside = words[1:-1] if words.startswith("(") and words.endswith(")") else ""
    return f"{_capital(inside)}." if inside and "(" not in inside else words


# --- from a graded notebook


def read_graded(file: Path) -> NotebookNode:
    """A notebook that the grader wrote, which needs no validation. Raises OSError, ValueError."""
    return reads_json(file.read_text("utf-8"))


def contents_of(book: Gradebook, nb: NotebookNode, sheet: str, student: str) -> Contents:
    """The contents of a page. Raises nbgrader's MissingEntry where there is no grade."""
    submission = find_submission(book, sheet, student)
    noted = record.read(nb)
    entries = gradebook.entries(book, sheet, student).get((sheet, student), {})
    comments = comments_of(book, submission) if submission else {}
    exercises = exercises_of(nb, sheet, entries, comments)
    return Contents(
        sheet=sheet,
        title=outline.sheet_title(sheet),
        who=name_of(book, student),
        members=tuple(name_of(book, one) for one in teams.members().get(student, ())),
        exercises=tuple(exercises),
        penalty=(submission.late_submission_penalty or 0.0) if submission else 0.0,
        late=max(0.0, submission.total_seconds_late) if submission else 0.0,
        handed_in=_time(submission) if submission else "",
        repairs=noted.repairs,
    )


def name_of(book: Gradebook, student: str) -> str:
    """A person's name as the gradebook has it; else what the folder is called."""
    found = book.db.get(Student, student)
    names = [found.first_name, found.last_name] if found else []
    return " ".join(name for name in names if name) or student


def _time(submission: SubmittedAssignment) -> str:
    if submission.timestamp is None:
        return ""
    zone = files.course_timezone(config()) or "UTC"
    there = submission.timestamp.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    return f"{there.day} {there:%B %Y, %H:%M %Z}"


def duration(seconds: float) -> str:
    """A time in words: 1 d 3 h, 2 h 5 min."""
    days, rest = divmod(int(seconds), 86_400)
    hours, rest = divmod(rest, 3600)
    return f"{days} d {hours} h" if days else f"{hours} h {rest // 60} min"


def exercises_of(
    nb: NotebookNode, sheet: str, entries: dict[str, Entry], comments: dict[str, str]
) -> list[Exercise]:
    """The exercises of a graded notebook, each with the cells around it.

    entries, comments: what the gradebook says, by grade id.
    """
    titles = outline.titles(sheet)
    by_item = {report.item: report for report in record.read(nb).reports or ()}
    verdicts = {item.grade_id: by_item.get(item.name) for item in outline.items(sheet).values()}
    found: list[Exercise] = []
    for own, graded in _blocks(nb.cells, sheet):
        grade_id = graded.metadata.nbgrader.grade_id
        answers = [cell for role, cell in own if role in (ANSWER, TEXT)]
        said = [comments.get(one) for one in dict.fromkeys(map(_id, [*answers, graded]))]
        found.append(
            Exercise(
                title=titles.get(grade_id) or outline.Title(grade_id, ""),
                anchor=f"exercise-{len(found) + 1}",
                entry=entries.get(grade_id) or _unknown(graded),
                report=verdicts.get(grade_id),
                answers=tuple(answers),
                comments=tuple(filter(None, said)),
                given=tuple(cell for role, cell in own if role == GIVEN),
                own=tuple(cell for role, cell in own if role == OWN),
            )
        )
    return found


def asked(sheet: str, grade_id: str) -> tuple[NotebookNode, ...]:
    """The given cells that ask what a graded cell answers: those of its exercise, before it."""
    for own, graded in _blocks(outline.read_source(sheet).cells, sheet):
        if _id(graded) == grade_id:
            before = itertools.takewhile(lambda pair: pair[0] not in (ANSWER, TEXT), own)
            return tuple(cell for role, cell in before if role == GIVEN)
    return ()


def _unknown(graded: NotebookNode) -> Entry:
    return Entry(float(graded.metadata.nbgrader.get("points", 0)), None, False, True)


def _id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def roles(cells: Sequence[NotebookNode], sheet: str) -> list[tuple[str, NotebookNode]]:
    """The cells of a graded notebook with what they are: GIVEN, ANSWER, TEST, TEXT or OWN."""
    given = _given(sheet)
    return [(_role(cell, given), cell) for cell in cells if not cell.metadata.get(RUBRIC_CELL)]


Block = tuple[list[tuple[str, NotebookNode]], NotebookNode]


def _blocks(cells: Sequence[NotebookNode], sheet: str) -> list[Block]:
    """The cells of each exercise with their roles, and the cell that earns its points.

    What stands between two exercises belongs to the first, up to the text that opens the second.
    """
    blocks: list[Block] = []
    waiting: list[tuple[str, NotebookNode]] = []
    for role, cell in roles(cells, sheet):
        waiting.append((role, cell))
        if role in (TEST, TEXT):
            cut = _opening(waiting) if blocks else 0
            if blocks:
                blocks[-1][0].extend(waiting[:cut])
            blocks.append((waiting[cut:], cell))
            waiting = []
    if blocks:
        blocks[-1][0].extend(waiting)
    return blocks


def _opening(cells: list[tuple[str, NotebookNode]]) -> int:
    """The place of the given text that opens an exercise; 0 where there is none."""
    for i, (role, cell) in enumerate(cells):
        if role in (ANSWER, TEXT):
            break
        if role == GIVEN and cell.cell_type == "markdown" and OPENING.match(cell.source):
            return i
    return 0


@cache
def _given(sheet: str) -> frozenset[str]:
    """The texts of the cells that every student gets and need not change."""
    return frozenset(cell.source.strip() for cell in outline.given_cells(sheet))


def _role(cell: NotebookNode, given: frozenset[str]) -> str:
    meta = cell.metadata.get("nbgrader", {})
    if meta.get("grade") or meta.get("task"):
        return TEXT if meta.get("solution") or meta.get("task") else TEST
    if meta.get("solution"):
        return ANSWER
    return GIVEN if cell.source.strip() in given else OWN
