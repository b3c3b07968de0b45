"""What collect learned of the accounts behind a sheet's hand-ins: collected/<sheet>.json.

It says under which names the platform wants feedback back. Submissions that were replaced lie
beside it, in collected/<sheet>/.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grader import atomic
from grader.course import layout
from grader.errors import CourseError
from grader.exchange.platforms import Account

COLLECTED = layout.ROOT / "collected"
VERSION = 1


@dataclass
class Entry:
    """One submission, as a platform knows it.

    members: the accounts of a student or of a team, by the student's id;
    attempt: what orders hand-ins where there is no time (see `platforms.Piece`);
    digest: the fingerprint of the folder that collect wrote;
    late: whether the platform said that it came late.
    """

    members: dict[str, Account] = field(default_factory=dict)
    attempt: int = 0
    digest: str = ""
    late: bool = False


Ledger = dict[str, dict[str, Entry]]  # by platform, and there by the name of the folder


def file(sheet: str) -> Path:
    """Where a sheet's ledger lies."""
    return COLLECTED / f"{sheet}.json"


def read(sheet: str) -> Ledger:
    """A sheet's ledger; empty where nothing was collected. Raises CourseError."""
    path = file(sheet)
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text("utf-8"))
        return {
            platform: {who: _entry(one) for who, one in entries.items()}
            for platform, entries in content["platforms"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(f"{path} cannot be read ({error}). Move it away, and collect.") from error


def _entry(stored: dict) -> Entry:
    members = {who: Account(**account) for who, account in stored["members"].items()}
    return Entry(members, stored["attempt"], stored["digest"], stored["late"])


def write(sheet: str, ledger: Ledger) -> None:
    """Store a sheet's ledger."""
    platforms = {
        name: {who: asdict(one) for who, one in sorted(entries.items())}
        for name, entries in sorted(ledger.items())
    }
    text = json.dumps({"version": VERSION, "platforms": platforms}, indent=1, ensure_ascii=False)
    atomic.write(file(sheet), text + "\n")
