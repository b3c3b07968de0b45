"""The steps of a notebook, in order: from source to release, and from submission to feedback.

nbgrader_config.py names these lists; this is the only place where the order stands.
"""

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
)

from grader.authoring.changes import SaveChangedCells
from grader.authoring.stubs import ClearSolutionsInStrings
from grader.grading.execute import ExecuteAndJudge
from grader.intake.repair import RepairNotebook
from grader.records.feedback import PrepareFeedback, ShortenLongCode, ShowRubrics
from grader.records.sanitise import RemoveActiveContent
from grader.records.saving import SaveVerdicts

# From source/ to release/: what students get.
RELEASE = [
    IncludeHeaderFooter,
    InstantiateTests,
    LockCells,
    ClearSolutionsInStrings,
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveChangedCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]

# A submission, before it runs: read by `intake.reading`, then put back into the sheet's form. What
# it showed below given cells stays until it is known whether they run.
CLEAN = [
    RepairNotebook,
    DeduplicateIds,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]

# Run it in a sandbox, judge it outside of it, record the points.
JUDGE = [
    ExecuteAndJudge,
    RemoveActiveContent,
    IgnorePattern,
    ClearMetadataPreprocessor,
    LimitOutput,
    SaveVerdicts,
    AssignLatePenalties,
    ShowRubrics,
    ShortenLongCode,
    CheckCellMetadata,
]

# From the graded notebook to the feedback page: reports, no hidden source.
FEEDBACK = [GetGrades, PrepareFeedback, CSSHTMLHeaderPreprocessor]
