"""The errors that commands show without a traceback."""

import difflib
from collections.abc import Iterable


class CourseError(Exception):
    """Something that the course's staff can fix; the message says what, where and how."""


class MachineTrouble(CourseError):
    """The machine, not the student's code, kept a submission from being judged.

    Nothing of it is recorded; it can be tried again, best alone.
    """

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))  # one line, as the failures of a batch are


def unknown(problem: str, name: str, known: Iterable[str], lead: str) -> CourseError:
    """The error for a name that does not exist: the problem, the nearest known name, all of them.

    lead: what introduces the list of known names, such as "The sheets are".
    """
    known = list(known)
    near = difflib.get_close_matches(name, known, 1, 0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    listed = f" {lead}: {', '.join(known)}." if known else ""
    return CourseError(f"{problem}{hint}{listed}")
