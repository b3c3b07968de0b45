"""What is expected of every sheet, rule by rule, without running anything of it.

A rule is a function of a sheet's name that yields findings. tests/test_architecture.py holds the
same rules for the sheets of the course.
"""

from collections.abc import Callable, Iterator

from grader import terminal
from grader.authoring.lint import bank, made, notebook
from grader.authoring.lint.finding import Finding
from grader.errors import CourseError

RULES: tuple[Callable[[str], Iterator[Finding]], ...] = (
    *notebook.RULES,
    *bank.RULES,
    *made.RULES,
)


def lint(sheets: list[str]) -> int:
    """Print what each sheet lacks; 0 if that is nothing."""
    console = terminal.output()
    total = 0
    for sheet in sheets:
        found = findings(sheet)
        for finding in found:
            console.print(str(finding), markup=False, highlight=False, soft_wrap=True)
        words = f"{len(found)} to fix" if found else "nothing to fix"
        console.print(f"lint {sheet}: {words}", highlight=False)
        total += len(found)
    return 1 if total else 0


def findings(sheet: str) -> list[Finding]:
    """All that the rules find, each once; of an incomplete bank, only what is missing there."""
    missing = list(bank.has_all_modules(sheet))
    rules = notebook.RULES if missing else RULES
    found = (finding for rule in rules for finding in _found_by(rule, sheet))
    return list(dict.fromkeys([*missing, *found]))


def _found_by(rule: Callable[[str], Iterator[Finding]], sheet: str) -> Iterator[Finding]:
    try:
        yield from rule(sheet)
    except CourseError as error:  # a file that several rules need cannot be read
        yield Finding(sheet, str(error))
