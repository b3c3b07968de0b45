"""What to do with a download: whose each hand-in is, which one counts, and what becomes of it."""

import datetime
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from grader.course import layout
from grader.exchange.ledger import Ledger
from grader.exchange.platforms import Account, Piece, Recognised, by_person
from grader.exchange.unpacking import Kept, drop_unreadable, kept_files
from grader.intake import files
from grader.intake.submissions import Submission, fingerprint
from grader.intake.texts import plain
from grader.records import roster
from grader.records.roster import Person

LOGIN = re.compile(r"[\w.+-]+", re.ASCII)  # what may be a folder's name as it is
NEW, SAME, REPLACE, STAY, NOT = "new", "as it is", "replaces", "stays", "not taken"


@dataclass(frozen=True)
class Rules:
    """What a course and a command say.

    sheet: the name of the sheet;
    deadline: until when a hand-in counts as on time; None if there is none;
    zone: of times that name none;
    team_size: how many students may hand in together;
    replace: whether a hand-in takes the place of another one of unknown time.
    """

    sheet: str
    zone: datetime.tzinfo
    deadline: datetime.datetime | None = None
    team_size: int = 2
    replace: bool = False


@dataclass
class Step:
    """What becomes of one hand-in.

    who: the name of the folder in submitted/; of the account where it has no place;
    action: NEW, SAME, REPLACE, STAY or NOT;
    members: the accounts behind it, by the student's id;
    kept: the files to write, by their names in the folder;
    time: when it was handed in, if known;
    late: whether it came late;
    attempt: what orders hand-ins without a time;
    unread: the time as the platform wrote it, where that could not be read;
    notes: a sentence each.
    """

    who: str
    action: str = NEW
    members: dict[str, Account] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)
    time: datetime.datetime | None = None
    late: bool = False
    attempt: int = 0
    unread: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass
class Plan:
    """Everything that collect is going to do.

    steps: one for each hand-in;
    teams: new teams, with their members;
    accounts: all accounts that the download names, by the student's id;
    notes: what concerns the whole download, a sentence each.
    """

    steps: list[Step] = field(default_factory=list)
    teams: dict[str, list[str]] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Planner:
    """Makes the plan for a download that was recognised.

    people: the roster; empty if there is none;
    teams: the members of each team that is known.
    """

    def __init__(
        self, rules: Rules, people: list[Person], teams: dict[str, list[str]], ledger: Ledger
    ):
        self._rules, self._people, self._ledger = rules, people, ledger
        self._teams = {name: list(members) for name, members in teams.items()}
        self._team_of = {one: team for team, members in teams.items() for one in members}
        self._ids: dict[Account, str] = {}
        self._unclear: dict[Account, str] = {}

    def plan(self, recognised: Recognised) -> Plan:
        """What to do with all of it."""
        plan = Plan()
        self._name(recognised.accounts)
        plan.accounts = {
            who: account for account, who in self._ids.items() if account not in self._unclear
        }
        grouped: dict[str, list[Piece]] = {}
        for pieces in by_person(recognised.pieces).values():
            step = self._owner(pieces, recognised.accounts, plan)
            if step.action == NOT:
                plan.steps.append(self._shown(step, pieces))
            else:
                grouped.setdefault(step.who, []).extend(pieces)
        plan.steps += [self._step(who, pieces) for who, pieces in grouped.items()]
        plan.steps.sort(key=lambda step: (step.action == NOT, step.who.casefold()))
        plan.notes = self._notes(recognised)
        return plan

    def _notes(self, recognised: Recognised) -> list[str]:
        notes = [f"Belongs to nobody: {files.listing(recognised.unknown)}."]
        notes = notes if recognised.unknown else []
        if not self._people:
            notes.append(
                f"There is no roster ({roster.FILE.relative_to(layout.ROOT)}): students are called "
                "as the platform calls them, and who never hands in is in no list."
            )
        if unread := [piece.unread for piece in recognised.pieces if piece.unread]:
            notes.append(_unread(unread))
        elif recognised.pieces and not any(piece.time for piece in recognised.pieces):
            more = " Moodle's grading worksheet has them: --worksheet FILE.csv."
            more = more if recognised.platform == "moodle" else ""
            notes.append(f"The download holds no times of handing in.{more}")
        return notes

    # --- who is who

    def _name(self, accounts: Iterable[Account]) -> None:
        """Find the student's id for each account."""
        one_person: dict[str, set[tuple[str, str]]] = {}
        for account in accounts:
            login = account.login.split("_")
            logins = ["_".join(login[i:]) for i in range(len(login))]
            found = roster.find(
                self._people, account.platform, account.id, *logins, name=account.name
            )
            if len(found) > 1:
                named = ", ".join(person.id for person in found)
                self._unclear[account] = f"May be {named}: give their {account.platform} ids."
            elif self._people and not found:
                self._unclear[account] = "Is not in the roster."
            who = found[0].id if len(found) == 1 else _called(account)
            if not found and not roster.is_name_of_a_folder(who):
                self._unclear[account] = "Has a name that no folder can have."
            self._ids[account] = who
            one_person.setdefault(who, set()).add((account.id, account.team))
        for account, who in self._ids.items():
            if len({number for number, _ in one_person[who]}) > 1 and account not in self._unclear:
                self._unclear[account] = (
                    f"There are several people called {who}: a roster has to tell them apart."
                )

    def _owner(self, pieces: list[Piece], accounts: list[Account], plan: Plan) -> Step:
        """Whose folder some pieces go to; a step that is NOT taken where they have none."""
        first = pieces[0].account
        team = [a for a in accounts if first.team and a.team == first.team]
        everybody = dict.fromkeys(team or [piece.account for piece in pieces])
        for account in everybody:
            if account in self._unclear:
                return Step(_shown(account), NOT, notes=[self._unclear[account]])
        ids = list(dict.fromkeys(self._ids[account] for account in everybody))
        if len(ids) == 1:
            return Step(self._team_of.get(ids[0], ids[0]))
        if len(ids) > self._rules.team_size:
            words = f"A team of {len(ids)} ({', '.join(ids)}); at most {self._rules.team_size} may."
            return Step(f"team {first.team}", NOT, notes=[words])
        return self._team(ids, plan)

    def _team(self, ids: list[str], plan: Plan) -> Step:
        """The folder of a team, which may be a new one."""
        known = {self._team_of[one] for one in ids if one in self._team_of}
        for team in known:
            members = self._teams[team]
            if set(ids) <= set(members):
                return Step(team)
            words = f"{' and '.join(ids)} hand in together; in teams.csv, {team} is "
            return Step(" + ".join(ids), NOT, notes=[f"{words}{' and '.join(members)}."])
        team = "team-" + "-".join(sorted(ids))
        plan.teams[team] = self._teams[team] = sorted(ids)
        self._team_of |= dict.fromkeys(ids, team)
        return Step(team)

    # --- what counts

    def _shown(self, step: Step, pieces: list[Piece]) -> Step:
        """A hand-in that has no place, with what the table says of it."""
        chosen = self._take(step, pieces)
        step.kept.files = {piece.name: piece.upload for piece in chosen}
        return step

    def _take(self, step: Step, pieces: list[Piece]) -> list[Piece]:
        """Choose what counts of some pieces; its time goes into the step."""
        chosen = self._choose(_attempts(pieces, self._rules.sheet), step)
        first = chosen[0]
        step.time, step.attempt, step.unread = first.time, first.attempt, first.unread
        step.late = any(piece.late for piece in chosen) or self._is_late(step.time)
        return chosen

    def _step(self, who: str, pieces: list[Piece]) -> Step:
        step = Step(who)
        chosen = self._take(step, pieces)
        everybody = self._teams.get(who, [who])
        step.members = {
            i: a for a, i in self._ids.items() if i in everybody and a not in self._unclear
        }
        step.members |= {self._ids[piece.account]: piece.account for piece in chosen}
        step.kept = kept_files([(p.name, p.upload) for p in chosen], self._rules.sheet)
        drop_unreadable(step.kept)
        step.notes += step.kept.notes
        if not step.kept.has_notebook:
            step.action = NOT
            step.notes.append("There is no notebook.")
        else:
            self._compare(step)
        return step

    def _is_late(self, time: datetime.datetime | None) -> bool:
        return bool(time and self._rules.deadline and time > self._rules.deadline)

    def _choose(self, tries: list[list[Piece]], step: Step) -> list[Piece]:
        """The last attempt before the deadline; the last of all where there is none."""
        if len(tries) == 1:
            return tries[0]
        in_time = [
            one
            for one in tries
            if not self._is_late(one[0].time) and not any(piece.late for piece in one)
        ]
        chosen = (in_time or tries)[-1]
        too_late = [_named(one) for one in tries if one not in in_time and one is not chosen]
        which = "the last" if chosen is tries[-1] else "the last before the deadline"
        if len({(_seconds(one[0].time), one[0].attempt) for one in tries}) < 2:
            why = "all came at one time" if chosen[0].time else "no times are known"
            which = f"the last in the download, as {why},"
        step.notes.append(f"Handed in {len(tries)} times; {which} counts ({_named(chosen)}).")
        if too_late:
            step.notes.append(f"Late: {files.listing(too_late)}.")
        return chosen

    # --- what lies there already

    def _compare(self, step: Step) -> None:
        submission = Submission(self._rules.sheet, step.who)
        if not submission.folder.exists():
            return
        if digest_of(step, self._rules.zone) == fingerprint(submission.folder):
            step.action = SAME
            return
        there = files.handed_in(submission.folder, str(self._rules.zone))
        if _contents(submission) == _wanted(step) and step.time is None:
            step.action = SAME
            step.time = there.replace(tzinfo=datetime.UTC) if there else None
            step.late = step.late or self._is_late(step.time)
            return
        newer = self._is_newer(step, submission, there)
        if newer or (newer is None and self._rules.replace):
            step.action = REPLACE
            step.notes.append("What was there before is kept in collected/.")
        elif newer is None:
            step.action = STAY
            step.notes.append(
                "Another one is there, and it is not known which is newer; --replace takes this."
            )
        else:
            step.action = STAY
            step.notes.append("A newer one is there.")

    def _is_newer(
        self, step: Step, submission: Submission, there: datetime.datetime | None
    ) -> bool | None:
        """Whether a hand-in came after the one that is there; None if nobody knows."""
        if step.time is not None and there is not None:
            return step.time.astimezone(datetime.UTC).replace(tzinfo=None) > there
        platform = next(iter(step.members.values())).platform
        before = self._ledger.get(platform, {}).get(step.who)
        if before is None or before.digest != fingerprint(submission.folder):
            return None
        if step.attempt and before.attempt:
            return step.attempt > before.attempt
        return None


def _attempts(pieces: list[Piece], sheet: str) -> list[list[Piece]]:
    """The hand-ins of one person or team, in order; what holds no notebook goes with each.

    Pieces of one folder of Brightspace are one attempt; elsewhere each notebook, or archive, is.
    """
    named = [piece for piece in pieces if _may_hold_notebook(piece)]
    stem = layout.source_notebook(sheet).stem.casefold()
    right = [p for p in named if PurePosixPath(p.name).name.casefold().startswith(stem)]
    if pieces[0].account.platform == "brightspace":
        keys = {piece.account.prefix for piece in pieces}
        tries = [[piece for piece in pieces if piece.account.prefix == key] for key in keys]
    elif len(named) < 2 or len({(p.time, p.attempt, p.account) for p in named}) < 2:
        return [sorted(pieces, key=lambda piece: piece not in (right or named))]
    else:
        others = [piece for piece in pieces if piece not in named]
        tries = [[one, *others] for one in (right or named)]
    return sorted(tries, key=lambda one: (_seconds(one[0].time), one[0].attempt))


def _may_hold_notebook(piece: Piece) -> bool:
    name = PurePosixPath(piece.name).name
    return bool(files.NOTEBOOK_NAME.search(name)) or name.lower().endswith(".zip")


def _seconds(time: datetime.datetime | None) -> float:
    return time.timestamp() if time else 0.0


def _unread(times: list[str]) -> str:
    """What is said where times, as the platform wrote them, could not be read."""
    many = len(times) > 1
    which = f"{len(times)} times of handing in are" if many else "One time of handing in is"
    return (
        f"{which} in a form that is not known{', such as' * many} “{plain(times[0], 60)}”. Without "
        "a time a hand-in counts as on time, unless the platform marks it as late: write the time "
        "into timestamp.txt in its folder."
    )


def _named(pieces: list[Piece]) -> str:
    first = pieces[0]
    return plain(first.name, 80) + (f", {first.time:%Y-%m-%d %H:%M}" if first.time else "")


def _called(account: Account) -> str:
    """What the folder of somebody is called whom no roster names."""
    if LOGIN.fullmatch(account.login):
        return account.login
    return slug(account.name if "@" in account.login else account.login or account.name)


def _shown(account: Account) -> str:
    """What an account is called in the table."""
    return " ".join(word for word in (account.name, account.login, account.id) if word)


def slug(name: str) -> str:
    """A name as the name of a folder: "Anna Müller" is anna-mueller."""
    letters = name.casefold()
    for letter, pair in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        letters = letters.replace(letter, pair)
    bare = unicodedata.normalize("NFKD", letters)
    words = re.sub(r"[^\w.]+", "-", "".join(c for c in bare if not unicodedata.combining(c)))
    return words.strip("-._")


# --- comparing


def timestamp(step: Step, zone: datetime.tzinfo) -> str:
    """The text of timestamp.txt: ISO 8601 with the distance from UTC; empty if unknown."""
    if step.time is None:
        return ""
    return step.time.astimezone(zone).isoformat(timespec="seconds") + "\n"


def _wanted(step: Step) -> dict[str, str]:
    """The digests of the files that a step writes, by name."""
    contents = {name: one.read(files.MAX_ARCHIVE_BYTES) for name, one in step.kept.files.items()}
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _contents(submission: Submission) -> dict[str, str]:
    """The digests of the files that lie in a submission's folder, except the time."""
    found = {}
    for name, path in files.plain_files(submission.folder):
        if name != files.TIMESTAMP:
            with path.open("rb") as stream:
                found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def digest_of(step: Step, zone: datetime.tzinfo) -> str:
    """The fingerprint that the folder of a step will have (see `submissions.fingerprint`)."""
    text = timestamp(step, zone)
    extra = {files.TIMESTAMP: hashlib.sha256(text.encode()).hexdigest()} if text else {}
    words = hashlib.sha256(b"")
    for name, digest in sorted((_wanted(step) | extra).items()):
        words.update(name.encode() + b"\0" + bytes.fromhex(digest))
    return words.hexdigest()
