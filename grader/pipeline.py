"""The steps of a notebook, in order: from source to release, from submission to graded notebook.

nbgrader_config.py names these lists; this is the only place where the order stands.
"""

from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    DeduplicateIds,
    IgnorePattern,
    IncludeHeaderFooter,
    InstantiateTests,
    LimitOutput,
    LockCells,
    OverwriteKernelspec,
)

from grader.authoring.changes import SaveChangedCells
from grader.authoring.stubs import AddFrame, ClearSolutionsInStrings
from grader.grading.execute import ExecuteAndJudge
from grader.intake.repair import OverwriteCellsAtOnce, RepairNotebook
from grader.records.feedback import ShortenLongCode, ShowRubrics
from grader.records.sanitise import RemoveActiveContent
from grader.records.saving import SaveVerdicts

# From source/ to release/: what students get.
RELEASE = [
    AddFrame,
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
    OverwriteCellsAtOnce,
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
