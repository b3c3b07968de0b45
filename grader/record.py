"""What the grader notes on a submission, in the metadata of its graded notebook.

Written and read here and nowhere else.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

from grader.judging.report import Line, Report

KEY = "judge"  # of the notebook's metadata


@dataclass(frozen=True)
class Record:
    """The notes on one submission.

    submission: a digest of the files that were handed in;
    repairs: what was noticed or fixed before the notebook ran, a sentence each;
    isolation: what separated the student's code from the machine, in words;
    reports: the verdicts in the notebook's order; None as long as nothing was judged;
    checks: a digest of the sheet, its reference and the grader when it was judged;
    kernel_died: whether a kernel was ended from outside or crashed, for lack of memory perhaps.
    """

    submission: str = ""
    repairs: tuple[str, ...] = ()
    isolation: str = ""
    reports: tuple[Report, ...] | None = None
    checks: str = ""
    kernel_died: bool = False

    @property
    def trouble(self) -> tuple[Report, ...]:
        """The verdicts that are none, because the check itself failed."""
        return tuple(report for report in self.reports or () if report.trouble)

    def write(self, notebook: NotebookNode) -> None:
        """Put the record into a notebook, in the place of any other."""
        plain: dict[str, Any] = {
            "submission": self.submission,
            "repairs": list(self.repairs),
            "isolation": self.isolation,
            "checks": self.checks,
            "kernel_died": self.kernel_died,
        }
        if self.reports is not None:
            plain["reports"] = [_plain(report) for report in self.reports]
        notebook.metadata[KEY] = from_dict(plain)


def read(notebook: dict[str, Any]) -> Record:
    """The record in a notebook; an empty one where there is none."""
    plain = notebook.get("metadata", {}).get(KEY)
    if not isinstance(plain, dict):
        return Record()
    reports = plain.get("reports")
    return Record(
        plain.get("submission", ""),
        tuple(plain.get("repairs", ())),
        plain.get("isolation", ""),
        None if reports is None else tuple(_report(one) for one in reports),
        plain.get("checks", ""),
        bool(plain.get("kernel_died")),
    )


def read_file(graded_notebook: Path) -> Record:
    """The record in a graded notebook; an empty one where there is no such file."""
    try:
        return read(json.loads(graded_notebook.read_text("utf-8")))
    except (OSError, ValueError):
        return Record()


def _plain(report: Report) -> dict[str, Any]:
    """A report as plain data; what only naming mistakes needs is left out."""
    plain = asdict(report)
    for line in plain["lines"]:
        del line["suspects"], line["error_expected"], line["of"], line["call"]
    return plain | {"lines": list(plain["lines"])}


def _report(plain: dict[str, Any]) -> Report:
    return Report(**plain | {"lines": tuple(Line(**line) for line in plain["lines"])})
