"""nbgrader's configuration: every nbgrader command that runs in this folder reads it."""

from pathlib import Path

from grader import nbgrader_patches, pipeline
from grader.intake.files import expected_notebooks
from grader.intake.reading import SubmissionExporter
from grader.records import fresh
from grader.records.export import MemberExporter
from grader.records.page import FeedbackExporter
from grader.running import kernel, sandbox
from helpers.grading import WRITTEN

nbgrader_patches.apply()
nbgrader_patches.tell(fresh.by_hand, fresh.tables)


def _pages() -> list:
    """The formgrader's further pages; only it needs what they import of Jupyter's server."""
    from grader.records import question_handlers

    return question_handlers.HANDLERS


nbgrader_patches.add_pages(_pages)

c = get_config()  # noqa: F821  (nbgrader provides it)

# --- the course; for grading from several machines, set db_url to a PostgreSQL database
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "dgm"
c.CourseDirectory.solution_directory = "solutions"
c.ExportApp.plugin_class = MemberExporter
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", WRITTEN]

# Times of handing in that name no zone (in timestamp.txt) are in this one; without this line, they
# are no times. Due dates are in UTC unless they name a zone.
c.Exchange.timezone = "Europe/Berlin"
c.Exchange.timestamp_format = "%Y-%m-%d %H:%M:%S.%f %z"

# nbgrader's own way of handing out and in, which the course does not need; without a folder for it,
# every page of the formgrader warns.
c.Exchange.root = str(Path(__file__).resolve().parent / "exchange")

# How many students may hand in together, and who takes part (see docs/handing_in.md).
c.Course.team_size = 2
c.Course.roster = "submitted/roster.csv"

# --- release: what students find where a solution was
c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("not written yet: your code goes here")'
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
c.ClearSolutionsInStrings.string_stub = "% YOUR DERIVATION HERE: one line for each ="
c.GenerateAssignment.preprocessors = pipeline.RELEASE

# Without the times at which each cell ran, a solution made again differs only where its outputs do.
c.ExecutePreprocessor.record_timing = False

# --- autograde: read anything, repair it, run it in a sandbox, judge it outside of it
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.pre_convert_hook = expected_notebooks
c.Autograde.sanitize_preprocessors = pipeline.CLEAN
c.Autograde.autograde_preprocessors = pipeline.JUDGE
# "auto" takes the strongest isolation that the machine offers, "required" grades with the full one
# or not at all: what a course should set whose points count. See docs/security.md.
sandbox.demand("auto")
c.Execute.timeout = 14_400  # seconds of the clock for a cell of a solution: only against a hang
c.ExecuteAndJudge.timeout = 30  # seconds of work for a cell of a submission (grader.running.budget)
c.Execute.shutdown_kernel = "immediate"
c.KernelManager.transport_encryption = kernel.ENCRYPTION  # those of solutions and of validate

# --- feedback
c.GenerateFeedback.preprocessors = []  # the page is made from the graded notebook as it is
c.GenerateFeedback.exporter_class = FeedbackExporter

# --- a notebook is checked after the last step, not after each
c.Exporter.optimistic_validation = True

# --- the formgrader's pages: texts are made safe, formulas need neither a script nor a network
c.HTMLExporter.filters = {"markdown2html": "grader.records.texts.to_html"}
c.HTMLExporter.extra_template_basedirs = nbgrader_patches.TEMPLATE_FOLDERS
