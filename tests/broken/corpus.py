"""What arrives: submissions from real life, each made by code from a right notebook.

Each case says what must come of it: the points that are given automatically, which written answers
wait for a person, and words that the notes and the feedback page hold. There is always a page.
"""

import base64
import copy
import io
import json
import os
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from . import as_version_2, as_version_3, get, place
from .sheet import ANSWER, EXAMPLE, NOTEBOOK, POINTS, QUESTION, SHEET, WHERE, right

TEXTS = frozenset({"why", "where"})
OLD, NEW = 1_780_000_000, 1_780_100_000  # times of files
CUT = "def half(x):\n    return x  # nothing is cut"
EMPTY = frozenset()


@dataclass
class HandIn:
    """Where a submission goes, and what it is made of.

    submitted: the folder of all submissions; folder: this one's;
    blank: the notebook as students get it; good: the same with all answers.
    """

    submitted: Path
    student: str
    blank: NotebookNode
    good: NotebookNode = field(init=False)

    def __post_init__(self):
        self.good = right(self.blank)
        self.blank = copy.deepcopy(self.blank)
        self.folder = self.submitted / self.student / SHEET
        self.folder.mkdir(parents=True)

    def write(self, content, name: str = NOTEBOOK, time: float | None = None) -> Path:
        """Write a file; the time is that of its last change."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(as_bytes(content))
        if time is not None:
            os.utime(file, (time, time))
        return file

    def zip(self, name: str, files: dict[str, object], method: int = zipfile.ZIP_DEFLATED) -> Path:
        """Write an archive; its files are of 2020."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", method) as archive:
            for path, content in files.items():
                info = zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0))
                info.compress_type = method
                if isinstance(content, Path):  # a link to there
                    info.external_attr, content = 0o120777 << 16, str(content)
                archive.writestr(info, as_bytes(content))
        return self.write(packed.getvalue(), name)


def as_bytes(content) -> bytes:
    """A notebook, a text or bytes as a file holds it."""
    if isinstance(content, NotebookNode):
        content = json.dumps(content)  # whatever is in it
    return content.encode() if isinstance(content, str) else content


@dataclass(frozen=True)
class Case:
    """A submission and what must come of it.

    build: makes it; student: the name of its folder; points: given automatically;
    waiting: the written answers that a person has to look at;
    notes: words of which each is in a note (and if there are none, there is no note);
    page: words that the feedback page shows; hidden: words that it does not hold.
    """

    build: Callable[[HandIn], None]
    student: str
    points: float
    waiting: frozenset[str]
    notes: tuple[str, ...]
    page: tuple[str, ...]
    hidden: tuple[str, ...]


CASES: dict[str, Case] = {}


def case(points=POINTS, waiting=TEXTS, notes=(), page=(), hidden=(), student=""):
    """A case, under the name of the function that builds it."""

    def add(build: Callable[[HandIn], None]) -> Callable[[HandIn], None]:
        name = build.__name__
        expected = (frozenset(waiting), tuple(notes), tuple(page), tuple(hidden))
        CASES[name] = Case(build, student or name, points, *expected)
        return build

    return add


def nothing(**more):
    """A case that is worth nothing, and says why."""
    return case(points=0, waiting=EMPTY, **more)


# --- which file ------------------------------------------------------------------------------


@case()
def right_as_it_is(to):
    to.write(to.good)


@nothing()
def blank(to):
    to.write(to.blank)


@case(notes=["toy (1).ipynb was taken for toy.ipynb."])
def another_name(to):
    to.write(to.good, "toy (1).ipynb")


@case(notes=["toy/toy.ipynb was taken for toy.ipynb."])
def folder_in_the_folder(to):
    to.write(to.good, "toy/toy.ipynb")


@case(notes=["was taken for toy.ipynb."])
def hidden_copies_beside_it(to):
    to.write(to.good, "a/b/c/toy.ipynb")
    to.write(to.blank, "a/.ipynb_checkpoints/toy-checkpoint.ipynb")
    to.write(b"\0\5\x16\7", "__MACOSX/._toy.ipynb")


@case(notes=["abgabe.zip/toy.ipynb was taken for toy.ipynb."])
def archive(to):
    to.zip("abgabe.zip", {"toy.ipynb": to.good})


@case(notes=["abgabe.ZIP/toy/toy.ipynb was taken for toy.ipynb."])
def archive_of_the_folder(to):
    mac = {"__MACOSX/toy/._toy.ipynb": b"\0\5", "toy/.DS_Store": b"\0", "toy/data.csv": "1,2"}
    to.zip("abgabe.ZIP", {"toy/toy.ipynb": to.good, **mac})


@nothing(notes=["There is no notebook toy.ipynb.", "Not used: abgabe.zip."])
def archive_with_a_link(to):
    to.zip("abgabe.zip", {"toy.ipynb": Path("/etc/passwd")})


@nothing(notes=["bomb.zip/toy.ipynb cannot be read: it is larger than 30 MB."])
def archive_that_bursts(to):
    to.zip("bomb.zip", {"toy.ipynb": b" " * 40_000_000})


@nothing(notes=["slow.zip/toy.ipynb cannot be read: the archive cannot be opened"])
def archive_in_a_rare_compression(to):
    to.zip("slow.zip", {"toy.ipynb": to.good}, zipfile.ZIP_LZMA)


@nothing(notes=["abgabe.zip cannot be opened", "Not used: abgabe.zip."])
def archive_that_breaks_off(to):
    file = to.zip("abgabe.zip", {"toy.ipynb": to.good})
    file.write_bytes(file.read_bytes()[:300])


@case(points=2, notes=["Not used, because toy (1).ipynb is newer: toy.ipynb."])
def two_uploads(to):
    to.write(to.good, time=OLD)
    get(to.good, "half").source = CUT
    to.write(to.good, "toy (1).ipynb", time=NEW)


@case(notes=["Not used, because toy.ipynb was: toy (1).ipynb."])
def two_uploads_the_newer_one_blank(to):
    to.write(to.good, time=OLD)
    to.write(to.blank, "toy (1).ipynb", time=NEW)


@case(notes=["Not used, because toy.ipynb is newer: old.zip/toy.ipynb."])
def archive_and_a_newer_notebook(to):
    other = copy.deepcopy(to.good)
    get(other, "half").source = CUT
    to.zip("old.zip", {"toy.ipynb": other})
    to.write(to.good, time=NEW)


@case()
def same_file_twice(to):
    to.write(to.good)
    to.zip("abgabe.zip", {"toy.ipynb": to.good})


@case(notes=["Not used, because toy.ipynb was: other.ipynb."])
def another_sheet_beside_it(to):
    to.write(to.good, time=OLD)
    other = nbformat.v4.new_notebook(cells=[new_code_cell("1 + 1")])
    to.write(other, "other.ipynb", time=NEW)


@nothing(notes=["The folder is a link to another one, and links are not followed."])
def linked_folder(to):
    real = to.folder.rename(to.submitted.parent / "elsewhere")
    nbformat.write(to.good, real / NOTEBOOK)
    to.folder.symlink_to(real)


@nothing(notes=["The folder is a link to another one, and links are not followed."])
def linked_student(to):
    to.write(to.good)
    real = to.folder.parent.rename(to.submitted.parent / "somebody")
    (to.submitted / to.student).symlink_to(real)


@nothing(notes=["toy.ipynb cannot be read: it is not a plain file."])
def linked_notebook(to):
    nbformat.write(to.good, to.submitted.parent / "right.json")
    (to.folder / NOTEBOOK).symlink_to(to.submitted.parent / "right.json")


@nothing(notes=["There is no notebook toy.ipynb.", "Not used: d/."])
def three_thousand_folders(to):
    here = os.getcwd()
    try:
        os.chdir(to.folder)
        for _ in range(3000):
            os.mkdir("d")
            os.chdir("d")
        Path(NOTEBOOK).write_bytes(as_bytes(to.good))
    finally:
        os.chdir(here)


# --- what is in the file ---------------------------------------------------------------------


@nothing(notes=["toy.ipynb cannot be read: it is empty."])
def empty_file(to):
    to.write(b"")


@nothing(notes=["toy.ipynb cannot be read: it is not a notebook ("])
def login_page(to):
    to.write("<!doctype html><html>Please log in</html>")


@case(points=2, waiting={"why"}, notes=["toy.ipynb is damaged or breaks off"])
def breaks_off(to):
    text = nbformat.writes(to.good)
    to.write(text[: text.index("def half")])


@case()
def windows_line_ends(to):
    to.write(nbformat.writes(to.good).replace("\n", "\r\n"))


def conflict(to, line_end="\n", base=""):
    """A merge conflict in the function; the first side is the right one."""
    text = nbformat.writes(to.good)
    line = next(one for one in text.split("\n") if "return x / 2" in one)
    other = line.replace("/ 2", "/ 3")
    both = f"<<<<<<< HEAD\n{line}\n{base}=======\n{other}\n>>>>>>> theirs\n"
    to.write(text.replace(f"{line}\n", both).replace("\n", line_end))


CONFLICT = "toy.ipynb held both sides of a merge conflict; the first was used."


@case(notes=[CONFLICT])
def merge_conflict(to):
    conflict(to)


@case(notes=[CONFLICT])
def merge_conflict_on_windows(to):
    conflict(to, "\r\n")


@case(notes=[CONFLICT])
def merge_conflict_with_old_line_ends(to):
    conflict(to, "\r")


@case(notes=[CONFLICT])
def merge_conflict_with_its_base(to):
    conflict(to, base="||||||| 1234567\nthe line that both changed\n")


@nothing(notes=["toy.ipynb cannot be read: it is not a notebook ("])
def endless_marks_of_conflicts(to):
    to.write("<<<<<<< a\n|||||||\n=======\n" * 30_000)


@case(notes=["Cells that held both sides of a merge conflict; the first was used: 1."])
def conflict_inside_of_a_cell(to):
    cell = get(to.good, "half")
    other = cell.source.replace("/ 2", "/ 3")
    cell.source = f"<<<<<<< local\n{cell.source}\n=======\n{other}\n>>>>>>> remote"
    to.write(to.good)


@case(notes=["toy.ipynb was saved as UTF-16, not UTF-8."])
def utf_16(to):
    to.write(nbformat.writes(to.good).encode("utf-16"))


@case(notes=["toy.ipynb was not saved as UTF-8."], page=["Größe"])
def latin_1(to):
    to.write(nbformat.writes(to.good).encode("latin-1"))


@case(notes=["toy.ipynb is in an old notebook format."])
def version_3(to):
    to.write(as_version_3(to.good))


@case(notes=["toy.ipynb is in an old notebook format.", "had lost"])
def version_2(to):
    to.write(as_version_2(to.good))


@nothing(notes=["toy.ipynb holds 333,334 cells; the first 500 were used."])
def a_megabyte_of_empty_cells(to):
    to.write('{"cells":[' + "{}," * 333_333 + "{}]}")


@case(notes=["toy.ipynb holds 2,5", "the first 500 were used."])
def thousands_of_cells_behind_it(to):
    to.good.cells += [new_markdown_cell("more") for _ in range(2500)]
    to.write(to.good)


@nothing(notes=["toy.ipynb cannot be read: it has more than 3,000,000 parts."])
def millions_of_parts(to):
    to.write('{"cells":[' + "[]," * 1_600_000 + "[]]}")


@nothing(notes=["toy.ipynb cannot be read: it is"])
def nested_too_deeply(to):
    to.write('{"cells":' + "[" * 50_000 + "]" * 50_000 + "}")


@case(page=["more characters are not shown here"])
def line_of_a_megabyte(to):
    to.good.cells.append(new_code_cell("x = '" + "a" * 900_000 + "'"))
    to.write(to.good)


TYPED = "Texts that cannot be shown as Markdown and are shown as typed: 1."


@case(notes=[TYPED])
def thousands_of_environments(to):
    get(to.good, "why").source = r"\begin{a}" * 10_000
    to.write(to.good)


@case()
def thousands_of_quotes_in_quotes(to):
    get(to.good, "why").source = "> " * 3000 + "deep"
    to.write(to.good)


@case(page=["BEGIN HIDDEN TESTS"])
def marks_of_hidden_tests_in_an_answer(to):
    get(to.good, "why").source = "### BEGIN HIDDEN TESTS\n" * 500
    to.write(to.good)


# --- names and times -------------------------------------------------------------------------


@case(student="a[1]*")
def name_with_brackets(to):
    to.write(to.good)


@case(student="  lead ")
def name_with_blanks_around(to):
    to.write(to.good)


@case(student="esc\x1b[31m\u202e")
def name_with_control_characters(to):
    to.write(to.good)


@case(student="two\nlines")
def name_with_a_line_end(to):
    to.write(to.good)


@case(student="Müller, {student_id} & 李 'o")
def name_with_everything_else(to):
    to.write(to.good)


@case(notes=["Not used: ?[31m.txt."], hidden=["\x1b"])
def file_with_control_characters(to):
    to.write(to.good)
    to.write("x", "\x1b[31m.txt")


@case()
def time_with_a_zone(to):
    to.write(to.good)
    to.write("2026-06-01T12:00:00+02:00", "timestamp.txt")


@case()
def time_in_the_zone_of_the_course(to):
    to.write(to.good)
    to.write("2026-06-01 12:00", "timestamp.txt")


NO_TIME = "timestamp.txt holds no time in the form 2026-11-10T12:00:00"


@case(notes=[NO_TIME])
def time_with_the_day_first(to):
    to.write(to.good)
    to.write("01.06.2026 12:00", "timestamp.txt")


@case(notes=[NO_TIME])
def time_with_letters_for_a_zone(to):
    to.write(to.good)
    to.write("2026-06-01 12:00:00 CEST", "timestamp.txt")


# --- answers in other places -----------------------------------------------------------------

MOVED = "The cell why was left as it was; what stood around it was taken as the answer."


def elsewhere(to, cell: NotebookNode, below: int = 1) -> None:
    """The answer in a cell of its own, below or above the one for it."""
    at = place(to.good, "why")
    to.good.cells[at].source = get(to.blank, "why").source
    to.good.cells.insert(at + below, cell)
    to.write(to.good)


@case(notes=[MOVED], page=[ANSWER])
def answer_below(to):
    elsewhere(to, new_markdown_cell(ANSWER))


@case(notes=[MOVED], page=[ANSWER])
def answer_above(to):
    elsewhere(to, new_markdown_cell(ANSWER), below=0)


@case(notes=[MOVED], page=[ANSWER])
def answer_as_comments(to):
    elsewhere(to, new_code_cell(f"# Answer:\n# {ANSWER}"))


@case(notes=[MOVED], page=[ANSWER])
def answer_as_words_in_a_code_cell(to):
    elsewhere(to, new_code_cell(ANSWER))


@case(notes=[MOVED], page=[ANSWER])
def answer_printed(to):
    elsewhere(to, new_code_cell(f'print("{ANSWER}")'))


@case(notes=[MOVED], page=[ANSWER, "Größe"])
def answer_in_the_cell_of_the_question(to):
    get(to.good, "why").source = get(to.blank, "why").source
    at = place(to.good, "why") - 1
    to.good.cells[at].source = f"{QUESTION}\n\n{ANSWER}"
    to.write(to.good)


@case(notes=[MOVED], page=[ANSWER])
def answer_in_the_middle_of_the_question(to):
    get(to.good, "why").source = get(to.blank, "why").source
    at = place(to.good, "why") - 1
    to.good.cells[at].source = QUESTION.replace("\n\nOne", f"\n\n{ANSWER}\n\nOne")
    to.write(to.good)


@case(waiting={"where"})
def experiment_below_an_unwritten_answer(to):
    elsewhere(to, new_code_cell("half(3) + 1"))


@case(notes=["The cell why had been turned into another type."], page=[ANSWER])
def answer_turned_into_code(to):
    get(to.good, "why")["cell_type"] = "code"
    to.write(to.good)


@case(notes=["The cell why had lost its id."], page=[ANSWER])
def answer_deleted_and_typed_again(to):
    at = place(to.good, "why")
    to.good.cells[at] = new_markdown_cell(ANSWER)
    to.write(to.good)


def bare(to, change: Callable[[str], str] = str) -> list[NotebookNode]:
    """The cells without metadata and with new ids, their texts changed by a tool."""
    for number, cell in enumerate(to.good.cells):
        cell.metadata, cell.id = NotebookNode(), f"{number:08x}"
        cell.source = change(cell.source)
    return to.good.cells


@case(notes=["had lost"], page=[ANSWER, EXAMPLE])
def metadata_lost(to):
    bare(to)
    to.write(to.good)


@case(notes=["had lost"], page=[ANSWER, EXAMPLE])
def metadata_lost_and_windows_line_ends(to):
    bare(to, lambda text: text.replace("\n", "\r\n"))
    to.write(to.good)


@case(notes=["had lost"], page=[ANSWER, EXAMPLE], hidden=["#%%"])
def metadata_lost_and_marks_of_cells(to):
    for cell in bare(to):
        cell.source = ("#%% md\n" if cell.cell_type == "markdown" else "#%%\n") + cell.source
    to.write(to.good)


@case(notes=["had lost"], page=[ANSWER, EXAMPLE])
def metadata_lost_and_blanks_at_line_ends(to):
    bare(to, lambda text: text.replace("\n", "  \n") + "  ")
    to.write(to.good)


@case(notes=["had lost"], page=[ANSWER, EXAMPLE])
def metadata_lost_and_accents_of_their_own(to):
    bare(to, lambda text: unicodedata.normalize("NFD", text))
    to.write(to.good)


@case(notes=["had lost"], page=[ANSWER, EXAMPLE])
def metadata_lost_and_a_cell_for_each_paragraph(to):
    cells = []
    for cell in bare(to):
        if cell.cell_type == "markdown":
            cells += [new_markdown_cell(part) for part in cell.source.split("\n\n")]
        else:
            cells.append(cell)
    to.good.cells = cells
    to.write(to.good)


@nothing()
def blank_with_marks_of_cells(to):
    for cell in to.blank.cells:
        cell.source = ("#%% md\n" if cell.cell_type == "markdown" else "#%%\n") + cell.source
    to.write(to.blank)


@nothing()
def blank_with_blanks_at_line_ends(to):
    for cell in to.blank.cells:
        cell.source = cell.source.replace("\n", "  \n") + " "
    to.write(to.blank)


# --- code ------------------------------------------------------------------------------------


@case(notes=["had lost"])
def lambda_without_metadata(to):
    get(to.good, "half").source = "half = lambda x: x / 2"
    bare(to)
    to.good.cells = [cell for cell in to.good.cells if cell.source not in (QUESTION, WHERE)]
    to.write(to.good)


@case(points=2, notes=["The cell half was left as it was, and text beside it is not judged."])
def text_where_code_is_expected(to):
    at = place(to.good, "half")
    to.good.cells[at].source = get(to.blank, "half").source
    to.good.cells.insert(at + 1, new_markdown_cell("One divides by two, as everybody knows."))
    to.write(to.good)


@case(points=2, notes=["The cell half starts with %%timeit, so nothing that it defines is kept."])
def timed(to):
    get(to.good, "half").source = f"%%timeit\n{get(to.good, 'half').source}"
    to.write(to.good)


@case()
def written_to_a_file(to):
    cell = get(to.good, "half")
    at = place(to.good, "half")
    to.good.cells.insert(at, new_code_cell(f"%%writefile mine.py\n{cell.source}"))
    cell.source = "from mine import *"
    to.write(to.good)


@case(points=2, notes=["The cell half still calls a debugger."])
def debugger_left(to):
    get(to.good, "half").source = "def half(x):\n    import pdb; pdb.set_trace()\n    return x / 2"
    to.write(to.good)


@case()
def magics_and_signs_that_look_like_them(to):
    cell = get(to.good, "half")
    cell.source = f"{cell.source}\n\n%time half(2)\nfiles = !ls\nhalf?"
    show = '"\\n" \\\n% ()\nx = 1\nprint(f"{x=!r}")'
    get(to.good, "bit").source += f"\n{show}"
    to.write(to.good)


@case(points=2, notes=["The cell half is not Python (line 2: "])
def not_python(to):
    get(to.good, "half").source = "def half(x):\n    return x / / 2"
    to.write(to.good)


# --- pictures --------------------------------------------------------------------------------


def png() -> bytes:
    """A picture of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    )


PNG = base64.b64encode(png()).decode()
WEBP = base64.b64encode(b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\0\x07\x10\x11\x11").decode()
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><path d="M0 0"/></svg>'
AS_SVG = base64.b64encode(SVG.encode()).decode()
SHOWN = f"data:image/png;base64,{PNG}"
NOT_THERE = "The picture sketch.png is not attached."


def picture(to, text: str, attachments: dict | None = None) -> None:
    """An answer with a picture."""
    cell = get(to.good, "why")
    cell.source = f"{ANSWER}\n\n{text}"
    cell["attachments"] = attachments or {}
    to.write(to.good)


@case(page=[SHOWN])
def picture_attached(to):
    picture(to, "![mine](attachment:photo.png)", {"photo.png": {"image/png": PNG}})


@case(notes=[NOT_THERE], page=["picture not shown: sketch.png"])
def picture_not_attached(to):
    picture(to, "![sketch](attachment:sketch.png)")


@case(notes=[NOT_THERE])
def picture_not_attached_by_reference(to):
    picture(to, "![sketch][s]\n\n[s]: attachment:sketch.png")


@case(notes=["The picture a.png is not attached.", TYPED])
def picture_not_attached_in_disguise(to):
    picture(to, "![s](&#97;ttachment:a.png) ![t][t]\n\n[t]: &#97;ttachment:b.png")


@case(page=[SHOWN])
def picture_with_blanks_in_its_name(to):
    picture(to, "![p](attachment:my%20photo.png)", {"my photo.png": {"image/png": PNG}})


@case(page=[SHOWN])
def picture_with_brackets_around_its_name(to):
    picture(to, "![b](<attachment:my photo (1).png>)", {"my photo (1).png": {"image/png": PNG}})


@case(page=[SHOWN], hidden=['width="400"'])
def picture_with_a_size(to):
    tag = '<img alt="mine" src="attachment:foto.png" width="400"/>'
    picture(to, tag, {"foto.png": {"image/png": PNG}})


@case(page=[f"data:image/webp;base64,{WEBP}"])
def picture_in_webp(to):
    picture(to, f"![mine](data:image/webp;base64,{WEBP})")


@case(page=[f"data:image/svg+xml;base64,{AS_SVG}"], hidden=["<script>alert(1)"])
def picture_in_svg(to):
    picture(to, "![mine](attachment:a.svg)", {"a.svg": {"image/svg+xml": AS_SVG}})


@case(page=[SHOWN])
def picture_in_a_file_beside_it(to):
    picture(to, "![mine](photos/IMG_1.PNG)")
    to.write(png(), "photos/IMG_1.PNG")


@case(notes=["The picture photo.heic is not attached."])
def picture_of_a_telephone(to):
    heic = base64.b64encode(b"\0\0\0\x24ftypheic").decode()
    picture(to, "![mine](attachment:photo.heic)", {"photo.heic": {"image/heic": heic}})


@case(notes=["The picture photo.png is not attached."])
def picture_that_is_damaged(to):
    picture(to, "![mine](attachment:photo.png)", {"photo.png": {"image/png": "%%%"}})


@case(page=["data:image/svg+xml;base64,"], hidden=["<script>alert(1)"])
def figure_in_svg(to):
    show = f"from IPython.display import SVG, display\ndisplay(SVG({SVG!r}))"
    to.good.cells.append(new_code_cell(show))
    to.write(to.good)


# --- values where no tool would put them -----------------------------------------------------


@case()
def values_of_all_kinds(to):
    content = json.loads(nbformat.writes(to.good))
    content["cells"] += [None, 7, [], {}, {"cell_type": 5, "source": None, "metadata": 3}]
    content["cells"] += [{"cell_type": "code", "source": "1", "metadata": {"nbgrader": [1]}}]
    content["metadata"] = {"kernelspec": ["python3"], "language_info": 3}
    to.write(json.dumps(content))
