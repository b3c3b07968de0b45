"""The folder of a submission: which file is the notebook, when it came, what else lies there."""

import datetime
import re
from pathlib import Path
from typing import Any

from nbgrader.utils import find_all_files, parse_utc

from grader.course import layout

MAX_NAMES = 10  # more names than this are counted, not listed
TIMESTAMP = "timestamp.txt"
NOTEBOOK_NAME = re.compile(r"^[^.].*\.ipynb(\.(json|txt))?$", re.IGNORECASE | re.DOTALL)


def expected_notebooks(notebooks: list[str], **_: Any) -> None:
    """nbgrader's pre-convert hook: look for the sheet's notebook, under whatever name it lies.

    nbgrader lists the files it found; the list is changed in place to the name that the sheet's
    notebook should have, and `read_submission` finds the file that is meant.
    """
    for folder in {Path(name).parent for name in notebooks}:
        if folder.name in layout.sheets():
            wanted = str(folder / layout.source_notebook(folder.name).name)
            notebooks[:] = [n for n in notebooks if Path(n).parent != folder] + [wanted]


def candidates(path: Path) -> list[Path]:
    """The files that may be the notebook: the right name first, then by name."""
    folder = path.parent
    files = [f for f in folder.iterdir() if NOTEBOOK_NAME.search(f.name)] if folder.is_dir() else []
    return sorted(files, key=lambda f: (f.name != path.name, f.name))


def stray_files(path: Path) -> list[str]:
    """Notes on what lies beside a notebook and is not used."""
    if path.parent.name not in layout.sheets():
        return []
    data = {Path(name).parts[0] for _, name in layout.data_files(path.parent.name)}
    files = path.parent.iterdir() if path.parent.is_dir() else []
    names = sorted(
        f.name + "/" * f.is_dir()
        for f in files
        if f.name not in data | {TIMESTAMP}
        and not f.name.startswith(".")
        and not NOTEBOOK_NAME.search(f.name)
    )
    notes = [f"Not used: {listing(names)}."] if names else []
    if (path.parent / TIMESTAMP).exists() and handed_in(path.parent) is None:
        notes.append(f"{TIMESTAMP} holds no time, so this counts as handed in on time.")
    return notes


def kept_files(folder: str, exclude: list[str] | None = None) -> list[str]:
    """nbgrader's list of the files to copy on: of a submission, only the time of handing in.

    nbgrader would copy whatever lies there to autograded/ and feedback/: what a link points to,
    be it the gradebook, and anything that was put there to be imported.
    """
    if not Path(folder).absolute().is_relative_to(layout.SUBMITTED):
        return find_all_files(folder, exclude)
    file = Path(folder) / TIMESTAMP
    return [str(file)] if file.is_file() and not file.is_symlink() else []


def handed_in(folder: Path) -> datetime.datetime | None:
    """The time of handing in; nbgrader's own function stops at a file that holds none."""
    file = folder / TIMESTAMP
    if not file.is_file():
        return None
    try:
        return parse_utc(file.read_text("utf-8").strip())
    except (OSError, ValueError, OverflowError):
        return None


def plain(text: str, limit: int = 500) -> str:
    """Text of a student's for a note: shortened, and encodable as UTF-8."""
    text = text if len(text) <= limit else f"{text[:limit]}…"
    return text.encode("utf-8", errors="replace").decode()


def listing(names: list[str]) -> str:
    """Names with commas between them, but not hundreds of them."""
    more = len(names) - MAX_NAMES
    return plain(", ".join(names[:MAX_NAMES]) + (f" and {more} more" if more > 0 else ""))
