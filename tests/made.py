"""A course in a folder of its own, with a sheet that `grader new` made."""

import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import reference
from grader.authoring import scaffold
from grader.course import layout

NUMBERS = itertools.count(1)  # no two sheets have one name: modules are imported but once


@dataclass(frozen=True)
class Made:
    """The sheet's name, and the folder of its course."""

    sheet: str
    root: Path

    @property
    def notebook(self) -> Path:
        return self.root / "source" / self.sheet / "made.ipynb"

    def bank(self, module: str) -> Path:
        return self.root / "reference" / self.sheet / f"{module}.py"

    def change(self, file: Path, old: str, new: str) -> None:
        """Replace a piece of a file, which must be there once or more."""
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def change_cell(self, cell_id: str, **values: object) -> None:
        """Give a cell of the notebook other values."""
        plain = json.loads(self.notebook.read_text("utf-8"))
        next(cell for cell in plain["cells"] if cell["id"] == cell_id).update(values)
        self.notebook.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", "utf-8")

    def source(self, cell_id: str) -> str:
        plain = json.loads(self.notebook.read_text("utf-8"))
        return "".join(next(cell["source"] for cell in plain["cells"] if cell["id"] == cell_id))


def make(root: Path, monkeypatch) -> Made:
    """A new sheet in a new course, which is the course until the test ends."""
    for name in ("source", "release", "solutions", "submitted"):
        (root / name).mkdir()
        monkeypatch.setattr(layout, name.upper(), root / name)
    monkeypatch.setattr(reference, "__path__", [str(root / "reference")])
    sheet = f"sheet{next(NUMBERS)}_made"
    assert scaffold.new(sheet) == 0
    return Made(sheet, root)
