"""The pages on the class: one for the course, one for each sheet; they need no network."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from statistics import StatisticsError, correlation, mean, median

import nbformat
from nbgrader.api import Gradebook

from grader import atomic, record
from grader.course import layout, outline
from grader.intake.submissions import Submission, find_submissions
from grader.judging.report import Report
from grader.record import Record
from grader.records import export, gradebook, run_times, similar, teams
from grader.records.contents import ANSWER, OWN, first_sentence, read_graded, roles
from grader.records.gradebook import Entry, Grade
from grader.records.page import environment

PATH = layout.ROOT / "class_report.html"
FOLDER = layout.ROOT / "class_report"  # one page for each sheet
BINS = 10  # of the distribution of points
FEW = 3  # submissions; of fewer, nothing is said about how well an item separates
SLOWEST = 5  # submissions that are named
CELLS_READ = 200  # of a submission, for what is nearly equal
WRONG_LINE = re.compile(r"\bLine (\d+)(?: cannot be read)?:")


@dataclass(frozen=True)
class HandIn:
    """One submission as the class report sees it.

    submission: which one;
    grade: its points; None if it has no grade;
    noted: what the grader noted on it;
    prints: the fingerprints of its code;
    entries: the cells that earn points, by grade id;
    seconds: how long grading it took; None where that is not known.
    """

    submission: Submission
    grade: Grade | None
    noted: Record
    prints: frozenset[int]
    entries: dict[str, Entry]
    seconds: float | None = None

    @property
    def who(self) -> str:
        """The name of the student or team."""
        return self.submission.student

    @property
    def page(self) -> str:
        """The way to its feedback from the root of the course."""
        return str(self.submission.page.relative_to(layout.ROOT))


@dataclass(frozen=True)
class ItemRow:
    """How the class did on one item.

    title: what it is called;
    points: the most it can earn;
    count: how many have been graded;
    solved: the share of these with all points;
    mean: the mean of their points;
    separates: the item-rest correlation; None where it cannot be computed;
    open: how many wait for a person.
    """

    title: outline.Title
    points: float
    count: int
    solved: float
    mean: float
    separates: float | None
    open: int


@dataclass(frozen=True)
class MistakeRow:
    """A known mistake of a class.

    item: the title of the item;
    words: what the mistake is;
    made_by: the submissions that made it.
    """

    item: str
    words: str
    made_by: tuple[HandIn, ...]


@dataclass(frozen=True)
class StepRow:
    """How far a class came in a derivation.

    item: its title;
    steps: each property with the share of submissions that have it;
    lines: the numbers of first wrong lines, with how many submissions stop there.
    """

    item: str
    steps: tuple[tuple[str, float], ...]
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SheetReport:
    """What the page on a sheet says.

    name: of the sheet;
    title: its heading;
    points: the most that it can earn;
    hand_ins: all submissions;
    missing: the students who are in none of them.
    """

    name: str
    title: str
    points: float
    hand_ins: tuple[HandIn, ...]
    missing: tuple[str, ...]

    @property
    def graded(self) -> list[HandIn]:
        """The submissions that have points."""
        return [one for one in self.hand_ins if one.grade and one.grade.judged]

    @property
    def scores(self) -> list[float]:
        """The points of all who have some, or none, in order."""
        return sorted(one.grade.score for one in self.graded if one.grade)

    @property
    def median(self) -> float:
        return median(self.scores) if self.scores else 0.0

    @property
    def mean(self) -> float:
        return mean(self.scores) if self.scores else 0.0

    @property
    def open(self) -> int:
        """How many answers wait for a person."""
        return sum(one.grade.open for one in self.hand_ins if one.grade)

    @property
    def late(self) -> list[HandIn]:
        """The submissions that came after the due date."""
        return [one for one in self.hand_ins if one.grade and one.grade.late]

    @property
    def bins(self) -> list[int]:
        """How many have points in each tenth of the points."""
        counts = [0] * BINS
        for score in self.scores:
            counts[min(BINS - 1, int(BINS * score / (self.points or 1.0)))] += 1
        return counts

    @property
    def items(self) -> list[ItemRow]:
        """A row for each item, in the order of the sheet."""
        return [
            _item_row(grade_id, title, self.hand_ins)
            for grade_id, title in outline.titles(self.name).items()
        ]

    @property
    def mistakes(self) -> list[MistakeRow]:
        """The known mistakes that were recognised, the most frequent first."""
        return _mistake_rows(self.name, self.hand_ins)

    @property
    def derivations(self) -> list[StepRow]:
        """How far the class came in each item whose report counts lines."""
        return _step_rows(self.name, self.hand_ins)

    @property
    def pairs(self) -> list[tuple[similar.Pair, HandIn, HandIn]]:
        """The submissions that are nearly equal."""
        by_name = {one.who: one for one in self.hand_ins}
        found = similar.pairs({one.who: one.prints - _released(self.name) for one in self.hand_ins})
        return [(pair, by_name[pair.first], by_name[pair.second]) for pair in found]

    @property
    def trouble(self) -> list[tuple[str, list[HandIn]]]:
        """What went wrong in the run, with the submissions that it happened to."""
        found: dict[str, list[HandIn]] = {}
        for one in self.hand_ins:
            for words in _trouble(one):
                found.setdefault(words, []).append(one)
        return sorted(found.items(), key=lambda item: -len(item[1]))

    @property
    def slowest(self) -> list[tuple[HandIn, float]]:
        """The submissions that took longest to grade, with their seconds."""
        return self._timed[:SLOWEST]

    @property
    def median_seconds(self) -> float | None:
        """The median of how long grading took; None where that is not known."""
        return median(took for _, took in self._timed) if self._timed else None

    @property
    def _timed(self) -> list[tuple[HandIn, float]]:
        """The submissions of which it is known how long they took, the longest first."""
        known = [(one, one.seconds) for one in self.hand_ins if one.seconds is not None]
        return sorted(known, key=lambda pair: -pair[1])

    @property
    def times(self) -> list[tuple[str, int]]:
        """How many handed in on which day, where that is known."""
        days = Counter(one.grade.handed_in for one in self.hand_ins if one.grade)
        return sorted((day, count) for day, count in days.items() if day)


# --- writing


def write(book: Gradebook) -> None:
    """Write the page on the course and that on each sheet to which somebody handed in."""
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    reports = read(book)
    for report in reports:
        file = FOLDER / f"{report.name}.html"
        atomic.write(file, sheet_page(report, now))
    known = {report.name for report in reports}
    for old in FOLDER.glob("*.html"):
        if old.stem not in known:
            old.unlink()
    atomic.write(PATH, course_page(reports, export.everybody(book, ()), now))


def course_page(reports: Sequence[SheetReport], people: Sequence[str], now: str) -> str:
    """The page on the course; now: when it is made."""
    team_of = teams.of_each_student()
    found = {(report.name, one.who): one for report in reports for one in report.hand_ins}
    rows = [
        (
            who,
            [
                found.get((r.name, team_of.get(who, ""))) or found.get((r.name, who))
                for r in reports
            ],
        )
        for who in people
    ]
    template = environment().get_template("class_report.html.j2")
    return template.render(reports=reports, rows=rows, now=now)


def sheet_page(report: SheetReport, now: str) -> str:
    """The page on a sheet; now: when it is made."""
    return (
        environment().get_template("sheet_report.html.j2").render(report=report, now=now, few=FEW)
    )


# --- what is known of each submission


def read(book: Gradebook) -> list[SheetReport]:
    """What there is to say of each sheet to which somebody handed in."""
    submissions = find_submissions(layout.sheets())
    grades = gradebook.grades(book)
    entries = gradebook.entries(book)
    seconds = run_times.read_all(book)
    people = export.everybody(book, submissions)
    reports = []
    for sheet in sorted({one.sheet for one in submissions}):
        hand_ins = tuple(
            HandIn(
                one,
                grades.get((one.sheet, one.student)),
                *_graded(one),
                entries.get((one.sheet, one.student), {}),
                seconds.get(one),
            )
            for one in submissions
            if one.sheet == sheet
        )
        titles = outline.graded_cells(sheet)
        points = sum(float(titles[one].metadata.nbgrader.points) for one in outline.titles(sheet))
        missing = _missing(people, {one.who for one in hand_ins})
        reports.append(
            SheetReport(sheet, outline.sheet_title(sheet), points, hand_ins, tuple(missing))
        )
    return reports


def _missing(people: Iterable[str], names: set[str]) -> list[str]:
    """The students who handed in neither alone nor in a team."""
    team_of = teams.of_each_student()
    return [who for who in people if who not in names and team_of.get(who) not in names]


def _graded(submission: Submission) -> tuple[Record, frozenset[int]]:
    """What the graded notebook says; nothing where there is none."""
    file = submission.graded_notebook
    try:
        changed = file.stat().st_mtime_ns
    except OSError:
        return Record(), frozenset()
    return _read(str(file), changed, submission.sheet)


@lru_cache(maxsize=10_000)
def _read(file: str, changed: int, sheet: str) -> tuple[Record, frozenset[int]]:
    """The notes and the fingerprints of a graded notebook; changed: when."""
    try:
        nb = read_graded(Path(file))
    except (OSError, ValueError):
        return Record(), frozenset()
    own = [cell.source for role, cell in roles(nb.cells, sheet) if role in (ANSWER, OWN)]
    code = own[:CELLS_READ]
    return record.read(nb), similar.fingerprint(code)


@lru_cache
def _released(sheet: str) -> frozenset[int]:
    """The fingerprints of the code that every student gets, stubs of answers included."""
    folder = layout.RELEASE / sheet
    prints: set[int] = set()
    for file in folder.glob("*.ipynb"):
        cells = nbformat.read(file, as_version=4).cells
        prints |= similar.fingerprint(cell.source for cell in cells if cell.cell_type == "code")
    return frozenset(prints)


# --- rows


def _item_row(grade_id: str, title: outline.Title, hand_ins: Sequence[HandIn]) -> ItemRow:
    """One item over the class; its part is compared with the rest of each one's points."""
    entries = [(one.entries, one.entries[grade_id]) for one in hand_ins if grade_id in one.entries]
    graded = [(others, entry) for others, entry in entries if entry.score is not None]
    scores = [entry.score or 0.0 for _, entry in graded]
    rests = [sum(e.score or 0.0 for e in others.values()) for others, _ in graded]
    rests = [rest - score for rest, score in zip(rests, scores, strict=True)]
    points = entries[0][1].points if entries else 0.0
    return ItemRow(
        title,
        points,
        len(graded),
        mean(score >= points for score in scores) if scores else 0.0,
        mean(scores) if scores else 0.0,
        item_rest(scores, rests),
        len(entries) - len(graded),
    )


def item_rest(scores: Sequence[float], rests: Sequence[float]) -> float | None:
    """The correlation of an item's points with those of all other items together.

    For an item with two outcomes this is the point-biserial correlation, corrected for the overlap.
    """
    if len(scores) < FEW:
        return None
    try:
        return correlation(scores, rests)
    except StatisticsError:  # everybody has the same
        return None


def _reports(hand_ins: Iterable[HandIn]) -> dict[str, list[tuple[HandIn, Report]]]:
    """The verdicts of a class by item, without those that are none."""
    found: dict[str, list[tuple[HandIn, Report]]] = {}
    for one in hand_ins:
        for report in one.noted.reports or ():
            if not report.trouble:
                found.setdefault(report.item, []).append((one, report))
    return found


def _title(sheet: str, item: str) -> str:
    """What an item is called; its name where the sheet has it no longer."""
    known = outline.items(sheet).get(item)
    title = outline.titles(sheet).get(known.grade_id) if known else None
    return title.name if title else item


def _mistake_rows(sheet: str, hand_ins: Sequence[HandIn]) -> list[MistakeRow]:
    rows = []
    for item, verdicts in _reports(hand_ins).items():
        made: dict[str, tuple[str, list[HandIn]]] = {}
        for one, report in verdicts:
            lines = {line.mistake: line for line in report.failed_lines if line.mistake}
            for mistake, line in lines.items():
                words = line.sentence or first_sentence(line.message)[0] or mistake
                made.setdefault(mistake, (words, []))[1].append(one)
        rows += [MistakeRow(_title(sheet, item), words, tuple(by)) for words, by in made.values()]
    return sorted(rows, key=lambda row: -len(row.made_by))


def _step_rows(sheet: str, hand_ins: Sequence[HandIn]) -> list[StepRow]:
    rows = []
    for item, verdicts in _reports(hand_ins).items():
        stops = Counter(
            min(map(int, numbers))
            for _, report in verdicts
            if (numbers := [n for line in report.lines for n in WRONG_LINE.findall(line.message)])
        )
        if stops:
            lines = [line for _, report in verdicts for line in report.lines]
            held = Counter(line.what for line in lines if line.passed)
            steps = tuple(
                (what, held[what] / count)
                for what, count in Counter(line.what for line in lines).items()
            )
            rows.append(StepRow(_title(sheet, item), steps, tuple(sorted(stops.items()))))
    return rows


def _trouble(one: HandIn) -> list[str]:
    """What went wrong when a submission ran, in words."""
    if one.grade is None or not one.noted.reports:
        return ["not judged"]
    found = [f"{_title(one.submission.sheet, r.item)}: {r.trouble}" for r in one.noted.trouble]
    for report in one.noted.reports:
        if report.stopped:
            found.append(f"{_title(one.submission.sheet, report.item)}: had to be stopped")
    found += ["the kernel died"] if one.noted.kernel_died else []
    return found
