"""One thing that a sheet lacks, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """where: the file, with cell or line; problem: a sentence; fix: what to do, a sentence."""

    where: str
    problem: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.problem} {self.fix}".rstrip()
