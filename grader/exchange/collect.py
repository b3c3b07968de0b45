"""`grader collect`: a learning platform's download into submitted/, shown before it is done."""

import csv
import datetime
import io
import shutil
import sys
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.markup import escape
from rich.table import Table

from grader import atomic, terminal
from grader.course import layout
from grader.errors import CourseError
from grader.exchange import ledger
from grader.exchange.download import Download, copy, opened
from grader.exchange.ledger import Entry
from grader.exchange.plan import NEW, NOT, REPLACE, SAME, STAY, Plan, Planner, Rules, Step
from grader.exchange.plan import timestamp as text_of_time
from grader.exchange.platforms import READERS, Recognised, recognise
from grader.exchange.worksheet import with_worksheet
from grader.intake import files
from grader.intake.submissions import Submission, fingerprint
from grader.records import gradebook, roster, teams

PLATFORMS = (*READERS, "folder")
ACTIONS = (NEW, REPLACE, SAME, STAY, NOT)
WRITES = (NEW, REPLACE)


def collect(
    sheet: str,
    source: Path,
    platform: str = "",
    deadline: str = "",
    worksheet: Path | None = None,
    yes: bool = False,
    replace: bool = False,
) -> int:
    """Read a download, show what it holds and what would be done, and do it after a yes.

    platform: one of `platforms.READERS` or "folder"; found out where empty;
    deadline: in ISO 8601; without it, the due date in the gradebook;
    worksheet: Moodle's grading worksheet, which has addresses and times;
    yes: do it without asking; replace: also take the place of a hand-in of unknown time.
    Returns the exit code: 1 where hand-ins were not taken. Raises CourseError.
    """
    config = gradebook.config()
    zone = ZoneInfo(files.course_timezone(config) or "UTC")
    until = _deadline(sheet, deadline, zone)
    rules = Rules(sheet, zone, until, roster.setting(config, "team_size", 2), replace)
    people, known = roster.people(roster.file(config)), teams.members()
    teams.of_each_student()  # raises where a student is in two
    stored = ledger.read(sheet)
    with opened(source, str(zone)) as download:
        found = recognise(download, zone, platform)
        if worksheet is not None:
            found = with_worksheet(found, worksheet, zone)
        plan = Planner(rules, people, known, stored).plan(found)
        show(rules, download, found, plan)
        code = 1 if any(step.action == NOT for step in plan.steps) else 0
        if not _has_work(plan, found, stored):
            print("Nothing to do.")
        elif yes or _agreed():
            write(rules, found, plan, stored)
        else:
            print("Nothing was written.")
            return 1
    return code


def _deadline(sheet: str, text: str, zone: ZoneInfo) -> datetime.datetime | None:
    if text:
        try:
            time = files.time_of(text, str(zone))
        except (ValueError, OverflowError, LookupError):
            time = None
        if time is None:
            raise CourseError(f"{text!r} is no time in the form 2026-11-10T12:00+01:00.")
    else:
        time = gradebook.due_date(sheet)
    return time.replace(tzinfo=datetime.UTC) if time else None


# --- showing


def show(rules: Rules, download: Download, found: Recognised, plan: Plan) -> None:
    """Print what was understood, what was not, and what would be done."""
    console = terminal.output()
    until = rules.deadline.astimezone(rules.zone) if rules.deadline else None
    words = f"deadline {until:%Y-%m-%d %H:%M %Z}" if until else "no deadline is known"
    console.print(
        f"{rules.sheet}: {download.name}, read as {found.platform}; {words}", highlight=False
    )
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in ("student or team", "handed in", "late", "files", "what happens"):
        table.add_column(title, overflow="fold")
    for step in plan.steps:
        table.add_row(*_row(step, rules))
    console.print(table)
    for team, members in plan.teams.items():
        console.print(f"New in teams.csv: {team} ({', '.join(members)}).", highlight=False)
    for note in [*plan.notes, *download.refused]:
        console.print(f"! {note}", highlight=False, markup=False, soft_wrap=True)
    counts = {action: sum(step.action == action for step in plan.steps) for action in ACTIONS}
    console.print(", ".join(f"{n} {action}" for action, n in counts.items() if n) or "no hand-ins")


def _row(step: Step, rules: Rules) -> list[str]:
    unknown = "not read" if step.unread else "not known"
    time = f"{step.time.astimezone(rules.zone):%Y-%m-%d %H:%M}" if step.time else unknown
    what = ". ".join([step.action, *(note.rstrip(".") for note in step.notes)])
    late = "late" if step.late else ""
    names = files.listing(list(step.kept.files))
    return [escape(word) for word in (step.who, time, late, names, what)]


def _agreed() -> bool:
    """Whether somebody at a terminal says yes; nobody can where there is none."""
    if not sys.stdin.isatty():
        print("No terminal to ask at: --yes writes it.")
        return False
    return input("Write this? [y/N] ").strip().lower() in ("y", "yes")


def _has_work(plan: Plan, found: Recognised, stored: ledger.Ledger) -> bool:
    known = stored.get(found.platform, {})
    fresh = any(who not in _members(known) for who in plan.accounts)
    return fresh or bool(plan.teams) or any(step.action in WRITES for step in plan.steps)


def _members(entries: dict[str, Entry]) -> set[str]:
    return {member for entry in entries.values() for member in entry.members}


# --- writing


def write(rules: Rules, found: Recognised, plan: Plan, stored: ledger.Ledger) -> None:
    """Do what the plan says. Stopped half-way, another run does the rest."""
    if plan.teams:
        write_teams(plan.teams)
    entries = stored.setdefault(found.platform, {})
    for who, account in plan.accounts.items():  # also of those who handed in nothing
        if who not in _members(entries):
            entries[who] = Entry({who: account})
    for step in plan.steps:
        if step.action in WRITES:
            write_submission(step, rules)
        if step.action in (*WRITES, SAME):
            for member in step.members:
                if member != step.who:
                    entries.pop(member, None)
            digest = fingerprint(Submission(rules.sheet, step.who).folder)
            entries[step.who] = Entry(step.members, step.attempt, digest, step.late)
    ledger.write(rules.sheet, stored)
    done = sum(step.action in WRITES for step in plan.steps)
    print(f"{done} written to {layout.SUBMITTED.relative_to(layout.ROOT)}/.")


def write_submission(step: Step, rules: Rules) -> None:
    """Put a hand-in into its folder in one step; what was there goes to collected/."""
    folder = Submission(rules.sheet, step.who).folder
    if folder.is_symlink() or folder.parent.is_symlink():
        raise CourseError(f"{folder} is, or lies below, a link: nothing is written through it.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{rules.sheet}-"))
    try:
        for name, upload in step.kept.files.items():
            copy(upload, new / name)
        if text := text_of_time(step, rules.zone):
            (new / files.TIMESTAMP).write_text(text, encoding="utf-8")
        new.chmod(0o755)
        if folder.exists():
            _put_aside(folder, step.who)
        new.rename(folder)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _put_aside(folder: Path, who: str) -> None:
    now = datetime.datetime.now(datetime.UTC)
    target = ledger.COLLECTED / folder.name / who / f"{now:%Y-%m-%dT%H-%M-%S.%fZ}"
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(folder, target)


def write_teams(new: dict[str, list[str]]) -> None:
    """Add teams to teams.csv; what stands there stays as it is."""
    old = teams.FILE.read_text("utf-8-sig") if teams.FILE.exists() else "team,student\n"
    stream = io.StringIO()
    rows = ((team, one) for team, members in new.items() for one in members)
    csv.writer(stream, lineterminator="\n").writerows(rows)
    atomic.write(teams.FILE, f"{old.rstrip()}\n{stream.getvalue()}")
