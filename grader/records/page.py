"""The feedback page, made by nbconvert's templates; what each page has in common is done once."""

from functools import lru_cache
from typing import Any

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode

from grader.records.texts import LONG, REMEMBERED

LANGUAGE = "ipython3"


class FeedbackExporter(HTMLExporter):
    """nbconvert's, without its last step: it parses the whole page again, for half of the time, to
    add what the templates of the feedback do not need, and descriptions of pictures, which
    `feedback.PrepareFeedback` adds.
    """

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of a notebook."""
        resources = self._init_resources(resources)
        metadata = self._nb_metadata
        by_type = WidgetsDataTypeFilter(metadata, parent=self, resources=resources)
        self.register_filter("highlight_code", coloured)
        self.register_filter("filter_data_type", by_type)
        return TemplateExporter.from_notebook_node(self, nb, resources, **kwargs)

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.bytecode_cache = _TEMPLATES
        return environment


class _Templates(BytecodeCache):
    """Compiled templates, in this process's memory."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        known = self._code.get(bucket.key)
        if known and known[0] == bucket.checksum:
            bucket.code = known[1]

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.checksum, bucket.code


_TEMPLATES = _Templates()
_highlight = Highlight2HTML(pygments_lexer=LANGUAGE)


def coloured(source: str, language: str | None = None, metadata: Any = None) -> str:
    """nbconvert's filter `highlight_code`, for Python."""
    return _remembered(source) if len(source) <= LONG else _highlight(source)


_remembered = lru_cache(REMEMBERED)(_highlight)
