"""nbgrader's configuration: every nbgrader command that runs in this folder reads it."""

from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    DeduplicateIds,
    GetGrades,
    IgnorePattern,
    IncludeHeaderFooter,
    InstantiateTests,
    LimitOutput,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
    SaveCells,
)

from grader.clearing import ClearSolutionsInStrings
from grader.execute import ExecuteAndJudge
from grader.export import MemberExporter
from grader.feedback import PrepareFeedback, ShowRubrics
from grader.harmless import RemoveActiveContent
from grader.intake import expected_notebooks
from grader.reading import SubmissionExporter
from grader.repair import RepairNotebook
from helpers.grading import WRITTEN

c = get_config()  # noqa: F821  (nbgrader provides it)

# --- the course; for grading from several machines, set db_url to a PostgreSQL database
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "dgm"
c.CourseDirectory.solution_directory = "solutions"
c.ExportApp.plugin_class = MemberExporter
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", WRITTEN]

# --- release: what students find where a solution was
c.ClearSolutions.code_stub = {
    "python": '# YOUR CODE HERE\nraise NotImplementedError("not written yet: your code goes here")'
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
c.ClearSolutionsInStrings.string_stub = "% YOUR DERIVATION HERE: one line for each ="
c.GenerateAssignment.preprocessors = [
    IncludeHeaderFooter,
    InstantiateTests,
    LockCells,
    ClearSolutionsInStrings,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]

# --- autograde: read anything, repair it, run it in a sandbox, judge it outside of it
c.Autograde.exporter_class = SubmissionExporter
c.Autograde.pre_convert_hook = expected_notebooks
c.Autograde.sanitize_preprocessors = [
    RepairNotebook,
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    ExecuteAndJudge,
    RemoveActiveContent,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveAutoGrades,
    AssignLatePenalties,
    ShowRubrics,
    CheckCellMetadata,
]
c.Execute.timeout = 900  # seconds a cell of a solution may train
c.ExecuteAndJudge.timeout = 30  # seconds a cell of a submission may run: training is shortened
c.Execute.shutdown_kernel = "immediate"

# --- feedback: reports, no hidden source
c.GenerateFeedback.preprocessors = [GetGrades, PrepareFeedback, CSSHTMLHeaderPreprocessor]
