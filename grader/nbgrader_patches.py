"""Every change to nbgrader's and nbclient's own behaviour, and the names that it relies on.

An upgrade of nbgrader or nbclient is the reading of this page: what is replaced by `apply`, what
subclasses override though it is private, and `RELIED_ON`, which a test compares with the installed
versions.
"""

import glob
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbgrader
import sqlalchemy as sa
from nbconvert.writers.files import FilesWriter
from nbformat import NotebookNode
from nbgrader import api, dbutil
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback, base
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import common
from nbgrader.preprocessors import ClearSolutions
from sqlalchemy.orm import scoped_session, sessionmaker

from grader import atomic
from grader.course import layout
from grader.intake import files

PATIENCE_MS = 60_000  # how long a process waits for another that writes to the same SQLite file

_FORMGRADER = "nbgrader.server_extensions.formgrader.apihandlers"
_PAGES = "nbgrader.server_extensions.formgrader.handlers"
_BASE = "nbgrader.server_extensions.formgrader.base"

# (module, name, why): what must still be there, and mean the same, in another version.
RELIED_ON = (
    ("nbgrader.converters.base", "find_all_files", "replaced: which files are copied on"),
    ("nbgrader.converters.base", "FilesWriter", "replaced: files are written in one step"),
    ("nbgrader.coursedir", "CourseDirectory.get_existing_timestamp", "replaced: bad time stamps"),
    ("nbgrader.coursedir", "CourseDirectory._validate_student_id", "replaced: blanks in names"),
    ("nbgrader.converters.base", "BaseConverter.init_notebooks", "replaced: brackets in names"),
    ("nbgrader.converters.base", "BaseConverter._format_source", "replaced: line ends in names"),
    ("nbgrader.api", "create_engine", "replaced: one engine for each gradebook"),
    ("nbgrader.api", "get_alembic_version", "replaced: it starts a process"),
    ("nbgrader.dbutil", "ALEMBIC_DIR", "where that looks for the last form of the tables"),
    ("nbgrader.nbgraderformat.common", "jsonschema", "replaced: a schema is checked once"),
    ("nbgrader.converters", "GenerateFeedback.start", "replaced: tables are written after it"),
    (_FORMGRADER, "GradeHandler.put", "replaced: page and tables are written after it"),
    (_FORMGRADER, "CommentHandler.put", "replaced: page and tables are written after it"),
    (_PAGES, "default_handlers", "extended: pages of our own stand before nbgrader's"),
    (_PAGES, "GradebookNotebooksHandler", "replaced: its page also lists the text questions"),
    (_PAGES, "template_path", "where the template of that page is"),
    (_BASE, "BaseHandler.gradebook", "what our own pages save to"),
    (_BASE, "BaseApiHandler.get_json_body", "what a browser sends"),
    (_BASE, "check_xsrf", "each page sets the token that saving needs"),
    (_BASE, "check_notebook_dir", "refuses a course outside of the server's folder"),
    ("nbgrader.converters", "Autograde.init_notebooks", "overridden: a folder without a notebook"),
    ("nbgrader.converters", "Autograde._format_source", "the folder of a submission"),
    ("nbgrader.api", "Gradebook.__init__", "replaced: tables that are there are not looked for"),
    ("nbgrader.api", "Gradebook.authenticator", "set where that is not called"),
    ("nbgrader.preprocessors", "SaveAutoGrades._add_score", "overridden: checks that failed"),
    ("nbgrader.preprocessors", "SaveCells._create_notebook", "overridden: sheets that changed"),
    ("nbgrader.preprocessors", "ClearSolutions._replace_solution_region", "overridden: stubs"),
    ("nbgrader.preprocessors", "Execute.preprocess_cell", "overridden: the judge"),
    ("nbclient.client", "NotebookClient.process_message", "overridden: bounded output"),
    ("nbclient.client", "NotebookClient.create_kernel_manager", "overridden: the sandbox"),
    ("nbclient.client", "NotebookClient.async_start_new_kernel", "overridden: the sandbox"),
    ("nbclient.client", "NotebookClient.async_start_new_kernel_client", "overridden: the agent"),
    ("nbclient.client", "NotebookClient.start_new_kernel", "overridden: the same, awaited"),
    ("nbclient.client", "NotebookClient.start_new_kernel_client", "overridden: the same, awaited"),
    ("nbclient.client", "NotebookClient.store_widget_state", "off: a sheet needs none of it"),
    ("nbclient.client", "NotebookClient.raise_on_iopub_timeout", "off: nbgrader turns it on"),
    ("nbclient.client", "NotebookClient._display_id_map", "emptied: what a test showed stays"),
    ("nbclient.client", "NotebookClient.async_wait_for_reply", "overridden: limits of work"),
    ("nbclient.client", "NotebookClient.wait_for_reply", "overridden: the same, awaited"),
    ("nbclient.client", "NotebookClient.startup_timeout", "out of reach: a limit of work holds"),
    ("nbclient.client", "NotebookClient._async_poll_for_reply", "overridden: limits of work"),
    ("jupyter_client.manager", "KernelManager.transport_encryption", "on, outside of the sandbox"),
)

# Where nbconvert finds the formgrader's templates. `base/mathjax.html.j2` is ours, which asks no
# server for a script and has the styles of reports and derivations; the others are nbgrader's.
TEMPLATE_FOLDERS = [
    str(Path(__file__).parent / "records" / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
]


def apply() -> None:
    """Make the changes, once or again; nbgrader_config.py calls this, so every command has them."""
    _find_programs()
    base.find_all_files = _kept_files
    base.FilesWriter = _OneStepWriter
    CourseDirectory.get_existing_timestamp = _handed_in
    CourseDirectory._validate_student_id.func = _any_name
    base.BaseConverter.init_notebooks = _init_notebooks
    base.BaseConverter._format_source = _format_source
    api.create_engine = _engine
    api.get_alembic_version = _last_form_of_the_tables
    Gradebook.__init__ = _open
    common.jsonschema = SimpleNamespace(validate=_validate)
    # nbgrader 0.9 adds rows in an order that SQLAlchemy 2 warns about; the rows still arrive.
    warnings.filterwarnings("ignore", "Object of type .* not in session", sa.exc.SAWarning)
    if not sa.event.contains(sa.engine.Engine, "connect", _wait_for_the_lock):
        sa.event.listen(sa.engine.Engine, "connect", _wait_for_the_lock)


def tell(by_hand: Callable[[str, str], None], feedback: Callable[[], None]) -> None:
    """Say when what pages and tables show has changed; again changes nothing.

    by_hand: called with sheet and student after the formgrader has saved points or a comment;
    feedback: called after nbgrader's generate_feedback.
    """

    def start(converter: GenerateFeedback) -> None:
        try:
            base.BaseConverter.start(converter)
        finally:
            feedback()

    GenerateFeedback.start = start
    formgrader = sys.modules.get(_FORMGRADER)  # in its own process alone
    if formgrader is not None:
        for handler, find in (
            (formgrader.GradeHandler, Gradebook.find_grade_by_id),
            (formgrader.CommentHandler, Gradebook.find_comment_by_id),
        ):
            handler.put = _telling(getattr(handler.put, "told_by", handler.put), find, by_hand)


def add_pages(pages: Callable[[], list[tuple[str, type]]]) -> None:
    """Add pages to the formgrader, where they come before its own; again changes nothing.

    pages: called in the formgrader's process alone; addresses as patterns, each with its handler.
    """
    formgrader = sys.modules.get(_PAGES)
    if formgrader is not None:
        known = formgrader.default_handlers
        known[:0] = [page for page in pages() if page not in known]


def _telling(
    put: Callable[[Any, str], None],
    find: Callable[[Gradebook, str], Any],
    by_hand: Callable[[str, str], None],
) -> Callable[[Any, str], None]:
    """A handler's method that saves something, and then says of which submission it is."""

    def wrapper(handler: Any, entry: str) -> None:
        put(handler, entry)
        if handler.get_status() == 200:
            saved = find(handler.gradebook, entry)
            by_hand(saved.assignment.name, saved.student.id)

    wrapper.told_by = put  # type: ignore[attr-defined]
    return wrapper


def _find_programs() -> None:
    """`nbgrader db upgrade` calls `alembic` by its bare name."""
    programs = str(Path(sys.executable).parent)
    path = os.environ.get("PATH", os.defpath)
    if programs not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([programs, path])


def _kept_files(folder: str, exclude: list[str] | None = None) -> list[str]:
    """nbgrader's list of the files to copy on: of a submission, only the time of handing in.

    nbgrader would copy whatever lies there to autograded/ and feedback/: what a link points to,
    be it the gradebook, and anything that was put there to be imported.
    """
    if not Path(folder).absolute().is_relative_to(layout.SUBMITTED):
        return _find_all_files(folder, exclude)
    file = Path(folder) / files.TIMESTAMP
    is_plain = file.is_file() and not file.is_symlink() and not files.is_linked(Path(folder))
    return [str(file)] if is_plain else []


_find_all_files = base.find_all_files  # nbgrader's own


def _handed_in(course_directory: CourseDirectory, folder: str) -> Any:
    """The time of handing in; nbgrader's own function stops at a file that holds none."""
    return files.handed_in(Path(folder), files.course_timezone(course_directory.config))


def _any_name(course_directory: CourseDirectory, proposal: Any) -> str:
    """A student's name as the folder has it; nbgrader's own check strips blanks off it."""
    return proposal["value"]


def _init_notebooks(converter: base.BaseConverter) -> None:
    """nbgrader's search for notebooks; a folder that is named exactly is no pattern of names."""
    names = converter.coursedir
    folder = converter._format_source(names.assignment_id, names.student_id)
    found = glob.glob(os.path.join(glob.escape(folder), f"{names.notebook_id}.ipynb"))
    if found:
        converter.assignments, converter.notebooks = {folder: found}, []
    else:
        _nbgrader_init_notebooks(converter)


def _format_source(
    converter: base.BaseConverter, assignment_id: str, student_id: str, escape: bool = False
) -> str:
    """nbgrader's path; as a pattern (`escape`), one whose dot matches every character."""
    path = _nbgrader_format_source(converter, assignment_id, student_id, escape=escape)
    return f"(?s){path}" if escape else path


_nbgrader_init_notebooks = base.BaseConverter.init_notebooks  # nbgrader's own
_nbgrader_format_source = base.BaseConverter._format_source


def _wait_for_the_lock(connection: Any, record: Any) -> None:
    """SQLite gives up on a locked file after five seconds; a class takes longer."""
    if type(connection).__module__.startswith("sqlite3"):
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")


def _last_form_of_the_tables() -> str:
    """nbgrader's, which starts Alembic as a program: two seconds for each new gradebook."""
    from alembic.script import ScriptDirectory

    return str(ScriptDirectory(dbutil.ALEMBIC_DIR).get_current_head())


@cache
def _engine(url: str, **settings: Any) -> sa.engine.Engine:
    """One for each gradebook, which keeps the statements it has compiled; a connection is made
    each time that nbgrader opens the gradebook.
    """
    if sa.make_url(url).query.get("mode") == "memory":
        settings["poolclass"] = sa.QueuePool  # what SQLAlchemy chooses from the next version on
    return sa.create_engine(url, **settings)


def _open(
    book: Gradebook, db_url: str, course_id: str = "default_course", authenticator: Any = None
) -> None:
    """nbgrader's, which looks for each of its tables each time that it opens the gradebook."""
    opened = (db_url, course_id, _file(db_url))
    if opened not in _opened:
        _nbgrader_open(book, db_url, course_id, authenticator)
        _opened.add((db_url, course_id, _file(db_url)))
        return
    book.engine = _engine(db_url, echo=False, future=True)
    book.db = scoped_session(sessionmaker(autoflush=True, bind=book.engine, future=True))
    book.course_id, book.authenticator = course_id, authenticator


_nbgrader_open = Gradebook.__init__  # nbgrader's own
_opened: set[tuple[str, str, tuple[int, int] | None]] = set()


def _file(db_url: str) -> tuple[int, int] | None:
    """Which file a gradebook is: another one may have taken its place. None for none."""
    name = sa.make_url(db_url).database
    try:
        found = os.stat(name or "")
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _validate(metadata: Any, schema: dict[str, Any]) -> None:
    """jsonschema's, which checks the schema itself again for each cell."""
    error = _jsonschema.exceptions.best_match(_validator(json.dumps(schema)).iter_errors(metadata))
    if error is not None:
        raise error


_jsonschema = common.jsonschema  # the library


@cache
def _validator(schema: str) -> Any:
    found = json.loads(schema)
    kind = _jsonschema.validators.validator_for(found)
    kind.check_schema(found)
    return kind(found)


class _OneStepWriter(FilesWriter):
    """nbconvert's writer, whose files appear whole or not at all."""

    def write(self, *args: Any, **kwargs: Any) -> Path:
        folder = Path(self.build_directory)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as name:
            self.build_directory = name
            try:
                written = super().write(*args, **kwargs)
            finally:
                self.build_directory = str(folder)
            for new in sorted(Path(name).rglob("*"), key=lambda file: file == written):
                if new.is_file():
                    place = folder / new.relative_to(name)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    atomic.move(new, place)
        return folder / written.name


class AutogradeFolder(Autograde):
    """Autograde that also takes a folder without a notebook: it gets its zero, and feedback."""

    def init_notebooks(self) -> None:
        """nbgrader globs for *.ipynb; here the sheet's notebook is named, whether it is there."""
        folder = Path(self._format_source(self.coursedir.assignment_id, self.coursedir.student_id))
        name = layout.source_notebook(self.coursedir.assignment_id).name
        self.assignments = {str(folder): [str(folder / name)]}
        self.notebooks: list[str] = []


class ClearSolutionsWith(ClearSolutions):
    """ClearSolutions that lets a subclass change a cell before nbgrader's own step does."""

    def before_clearing(self, cell: NotebookNode) -> None:
        """Change a cell that may hold a solution."""

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        before = cell.source
        self.before_clearing(cell)
        changed = cell.source != before
        return super()._replace_solution_region(cell, language) or changed
