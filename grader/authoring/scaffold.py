"""The command `new`: a sheet with one worked item and one text, to be replaced by one's own."""

import re
from pathlib import Path

from grader import terminal
from grader.authoring.definitions import module_file
from grader.course import layout
from grader.errors import CourseError

TEMPLATE = Path(__file__).with_name("template")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
NUMBERED = re.compile(r"sheet(\d+)_(\w+)")
NEXT = """
Next: write your own items in the place of the one there, then

  python -m grader lint {sheet}          what the sheet still lacks
  python -m grader try {sheet} ITEM      what a check says, line by line
  python -m grader audit {sheet}         how good the checks are
  python -m grader release {sheet}       what students get
  python -m grader solutions {sheet}     the solution, executed in full
  python -m grader samples {sheet}       sample submissions, which `grade` then grades
"""


def new(sheet: str) -> int:
    """Write the notebook and the bank of a new sheet, and say what comes next.

    Raises CourseError if there is such a sheet, or if its name cannot be a module's.
    """
    if not NAME.fullmatch(sheet):
        raise CourseError(
            f"{sheet!r} cannot be a sheet's name: small letters, digits and single underscores, "
            "such as sheet9_topic."
        )
    bank = module_file(sheet, "__init__").parent
    for folder in (layout.SOURCE / sheet, bank):
        if folder.exists():
            raise CourseError(f"{folder.parent.name}/{sheet} is there already.")
    files = _files(sheet, bank)
    for file, text in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    console = terminal.output()
    for file in files:
        console.print("/".join(file.parts[-3:]), highlight=False, soft_wrap=True)
    console.print(NEXT.format(sheet=sheet).rstrip(), highlight=False, soft_wrap=True)
    return 0


def _files(sheet: str, bank: Path) -> dict[Path, str]:
    """The files of a new sheet with their texts."""
    numbered = NUMBERED.fullmatch(sheet)
    topic = numbered[2] if numbered else sheet
    words = topic.replace("_", " ")
    title = f"Sheet {numbered[1]}: {words}" if numbered else words.capitalize()
    places = {layout.SOURCE / sheet / f"{topic}.ipynb": TEMPLATE / "notebook.ipynb"}
    places |= {bank / file.stem: file for file in sorted(TEMPLATE.glob("*.py.txt"))}
    return {
        place: file.read_text("utf-8").replace("__SHEET__", sheet).replace("__TITLE__", title)
        for place, file in places.items()
    }
