"""One thing that a sheet lacks, and what to do about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What a rule found.

    where: the file, with cell or line;
    problem: what is wrong, a sentence;
    fix: what to do, a sentence, or empty.
    """

    where: str
    problem: str
    fix: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.problem} {self.fix}".rstrip()
