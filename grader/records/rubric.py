"""The model answer and the rubric of a text, as its cell in the source notebook has them."""

import hashlib
import inspect
import re
import unicodedata
from dataclasses import dataclass

from grader.course import outline

ITEM = re.compile(r"^[-*+][ \t]+", re.MULTILINE)
# "2 points: …", "1½ points: …"; "1 point less" and "1 point in all" give nothing by themselves.
POINTS = re.compile(
    r"(?=[\d½¼¾])(?P<whole>\d+(?:[.,]\d+)?)?(?P<part>[½¼¾])?[ \t]*points?\b"
    r"(?!\s+(?:less|fewer|in\s+all|of)\b)[ \t]*[:,.]?\s*"
)

BESIDE = "grader_rubric_beside"  # in the metadata of a graded text: its rubric, as Markdown


@dataclass(frozen=True)
class Line:
    """A line of a rubric.

    text: what it says, as Markdown, without its points;
    points: what it gives; None for a remark, such as a limit for answers of some kind.
    """

    text: str
    points: float | None

    @property
    def key(self) -> str:
        """A short name that stays as long as the line's text does."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:12]

    @property
    def steps(self) -> tuple[float, ...]:
        """What it can give besides 0: halves of points, up to all of them."""
        if self.points is None:
            return ()
        halves = (half / 2 for half in range(1, int(2 * self.points) + 1))
        return (*(step for step in halves if step < self.points), self.points)


@dataclass(frozen=True)
class ModelAnswer:
    """What a text's solution region holds.

    text: the answer, as Markdown;
    rubric: the rubric with its title, as Markdown; empty where there is none.
    """

    text: str
    rubric: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """The rubric line by line."""
        before, *items = ITEM.split(self.rubric.removeprefix(outline.RUBRIC))
        texts = [inspect.cleandoc(text) for text in (before, *items)]
        return tuple(_line(text) for text in texts if text)


def read(source: str) -> ModelAnswer:
    """The model answer in the source of a text's cell; empty where there is none."""
    for region in outline.SOLUTION_REGION.findall(source):
        text, title, rubric = region.partition(outline.RUBRIC)
        return ModelAnswer(text.strip(), title + rubric)
    return ModelAnswer("", "")


def _line(text: str) -> Line:
    found = POINTS.match(text)
    if found is None:
        return Line(text, None)
    points = float((found["whole"] or "0").replace(",", "."))
    points += unicodedata.numeric(found["part"]) if found["part"] else 0.0
    return Line(text[found.end() :], points)
