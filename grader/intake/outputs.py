"""What a student's notebook showed below a cell, as it was handed in: taken apart, and bounded.

Nothing of it is used to judge. People see it below given cells that are not run again, after the
steps that make the outputs of a run safe (`records.sanitise`).
"""

from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

MAX_OUTPUTS = 100  # of a cell
MAX_CHARACTERS = 1_000_000  # of a cell, pictures included: as much as a run may put out
MAX_IN_ALL = 10_000_000  # characters of a notebook
# What an output of the student's own begins with, of a cell that was not run again, or in part.
HANDED_IN = "Not run again: no answer and no check needs this cell. "
IN_PART = "Run again only as far as answers and checks need it. "
STREAMS = ("stdout", "stderr")
SHOWN = ("display_data", "execute_result")


def rebuilt(outputs: object) -> list[NotebookNode]:
    """A cell's outputs with nothing in them but what nbformat knows; what is too long is left out.

    outputs: whatever stood in the file.
    """
    kept: list[NotebookNode] = []
    room = MAX_CHARACTERS
    for raw in outputs[:MAX_OUTPUTS] if isinstance(outputs, list) else []:
        if isinstance(raw, dict) and (output := _output(raw)) is not None:
            room -= size(output)
            if room < 0:
                break
            kept.append(output)
    return kept


def size(output: NotebookNode) -> int:
    """How many characters an output holds."""
    return sum(map(len, _texts(output)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _output(raw: dict[str, Any]) -> NotebookNode | None:
    kind = raw.get("output_type")
    if kind == "stream":
        name = raw.get("name") if raw.get("name") in STREAMS else STREAMS[0]
        return new_output("stream", name=name, text=_text(raw.get("text")))
    if kind == "error":
        lines = raw.get("traceback")
        traceback = [_text(line) for line in lines] if isinstance(lines, list) else []
        name, value = _text(raw.get("ename")), _text(raw.get("evalue"))
        return new_output("error", ename=name, evalue=value, traceback=traceback)
    if kind in SHOWN and isinstance(raw.get("data"), dict):
        data = {k: _text(v) for k, v in raw["data"].items() if _is_text(v) and "json" not in k}
        return new_output("display_data", data=data) if data else None
    return None


def _is_text(value: object) -> bool:
    """Whether a value is a text, or a list of its lines."""
    return isinstance(value, str) or (
        isinstance(value, list) and all(isinstance(line, str) for line in value)
    )


def _text(value: object) -> str:
    """A text that can be encoded; empty for what is none."""
    if not _is_text(value):
        return ""
    return "".join(value).encode("utf-8", "replace").decode()  # type: ignore[arg-type]
