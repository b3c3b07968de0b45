"""Who takes part: submitted/roster.csv, or the file that nbgrader_config.py names.

The first line names the columns. `id` is what the folder in submitted/ is called; `name`, `email`
and one column for each platform (`ilias`, `moodle`, `canvas`, `brightspace`: the id or login that
a person has there) are optional.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.course import layout
from grader.errors import CourseError
from grader.records import spreadsheets

FILE = layout.SUBMITTED / "roster.csv"
PLATFORMS = ("ilias", "moodle", "canvas", "brightspace")


@dataclass(frozen=True)
class Person:
    """Somebody who takes part in the course.

    id: the name of the folder in submitted/;
    name: as people write it, given name first;
    email: the address; empty if not known;
    accounts: the id or login on each platform where it is known.
    """

    id: str
    name: str = ""
    email: str = ""
    accounts: dict[str, str] = field(default_factory=dict)


def file(config: Any = None) -> Path:
    """Where the roster lies: c.Course.roster of nbgrader_config.py, below the course's folder."""
    named = setting(config, "roster", "")
    return layout.ROOT / named if named else FILE


def setting(config: Any, name: str, default: Any) -> Any:
    """A setting of the course, c.Course.<name> in nbgrader_config.py."""
    return config.Course[name] if config is not None and name in config.Course else default


def people(path: Path = FILE) -> list[Person]:
    """Everybody in the roster, in its order; nobody where there is none. Raises CourseError."""
    if not path.exists():
        return []
    found: dict[str, Person] = {}
    reader = spreadsheets.reader(path)
    reader.fieldnames = [name.lower() for name in reader.fieldnames or ()]
    if "id" not in reader.fieldnames:
        raise CourseError(f"{path} must start with a line of names of columns, one of them: id")
    for row in reader:
        person = _person({k: (v or "").strip() for k, v in row.items() if isinstance(v, str)})
        if not is_name_of_a_folder(person.id):
            line = f"{path}, line {reader.line_num}"
            raise CourseError(f"{line}: {person.id!r} cannot be the name of a folder.")
        if person.id in found:
            raise CourseError(f"{path}, line {reader.line_num}: {person.id} is there twice.")
        found[person.id] = person
    return list(found.values())


def _person(row: dict[str, str]) -> Person:
    accounts = {name: row[name] for name in PLATFORMS if row.get(name)}
    return Person(row["id"], row.get("name", ""), row.get("email", ""), accounts)


def is_name_of_a_folder(name: str) -> bool:
    """Whether a submission's folder may be called so."""
    bad = set('/\\:*?"<>|[]') & set(name)
    return bool(name) and not bad and name.isprintable() and name.strip(" .") == name


def find(known: Iterable[Person], platform: str, *accounts: str, name: str = "") -> list[Person]:
    """Whoever it may be: by account, id or address; else everybody of that name."""
    known, given = list(known), {text.casefold() for text in accounts if text}
    for keys in (
        lambda one: {one.accounts.get(platform, "")},
        lambda one: {one.id, one.email, one.email.partition("@")[0]},
    ):
        found = [one for one in known if {key.casefold() for key in keys(one) if key} & given]
        if found:
            return found
    for words_of in (name_words, _spelled_out):
        words = words_of(name)
        found = [one for one in known if words and words_of(one.name) == words]
        if found:
            return found
    return []


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name, in no order: "Müller, Anna" is "anna muller", without accents."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    kept = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return tuple(sorted("".join(kept).casefold().split()))


def _spelled_out(name: str) -> tuple[str, ...]:
    """The same where ä, ö and ü may be written ae, oe and ue, as ILIAS does in names of folders."""
    words = name_words(name)
    for written, plain in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        words = tuple(word.replace(written, plain) for word in words)
    return tuple(sorted(words))
