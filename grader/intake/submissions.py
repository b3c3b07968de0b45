"""The submissions: folders `submitted/<student or team>/<sheet>/`."""

import contextlib
import fnmatch
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from grader import record
from grader.course import layout


@dataclass(frozen=True, order=True)
class Submission:
    """One hand-in.

    sheet: the name of the sheet;
    student: the name of the folder, a student's or a team's.
    """

    sheet: str
    student: str

    @property
    def folder(self) -> Path:
        """Where it was handed in."""
        return layout.SUBMITTED / self.student / self.sheet

    @property
    def graded_notebook(self) -> Path:
        """Where its notebook lies after grading."""
        name = layout.source_notebook(self.sheet).name
        return layout.AUTOGRADED / self.student / self.sheet / name

    @property
    def page(self) -> Path:
        """Where its feedback lies."""
        name = layout.source_notebook(self.sheet).with_suffix(".html").name
        return layout.FEEDBACK / self.student / self.sheet / name

    def record(self) -> record.Record:
        """What the grader noted on it; an empty record if it was not graded."""
        return record.read_file(self.graded_notebook)


def find_submissions(sheets: list[str], student: str = "*") -> list[Submission]:
    """The submissions to these sheets, in order.

    student: a glob for the names of students and teams.
    """
    return sorted(
        Submission(folder.name, folder.parent.name)
        for sheet in sheets
        for folder in layout.SUBMITTED.glob(f"*/{sheet}")
        if folder.is_dir() and fnmatch.fnmatch(folder.parent.name, student)
    )


def fingerprint(folder: Path) -> str:
    """A digest of all files in a submission's folder: other files, other digest."""
    words = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file() and not f.is_symlink()):
        words.update(os.fsencode(file.relative_to(folder)) + b"\0")
        with contextlib.suppress(OSError), file.open("rb") as stream:  # it may not be readable
            words.update(hashlib.file_digest(stream, "sha256").digest())
    return words.hexdigest()
