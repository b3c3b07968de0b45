"""The formgrader's page on one text question: all answers below each other, the rubric beside them.

It is a page of its own, with its own small script, and asks nothing of any other machine.
"""

from typing import Any

from grader.records import page
from grader.records.questions import Progress, Question


def html(question: Question, others: list[Progress], base_url: str, nonce: str) -> str:
    """The page.

    others: all text questions of the sheet;
    base_url: what the server's addresses begin with, without a slash at the end;
    nonce: the word that lets the page's own script run, and none besides.
    """
    place = [one.grade_id for one in others].index(question.grade_id)
    return (
        page.environment()
        .get_template("question.html.j2")
        .render(
            question=question,
            before=others[place - 1] if place else None,
            after=others[place + 1] if place + 1 < len(others) else None,
            base_url=base_url,
            nonce=nonce,
            state=state(question, base_url),
        )
    )


def state(question: Question, base_url: str) -> dict[str, Any]:
    """What the page's script begins with."""
    return {
        "address": f"{base_url}/formgrader/api/question",
        "names": f"{base_url}/formgrader/api/names/{question.sheet}/{question.grade_id}",
        "notebooks": f"{base_url}/formgrader/submissions",
        "points": question.points,
        "lines": [
            {"key": line.key, "points": line.points}
            for line in question.lines
            if line.points is not None
        ],
        "answers": [
            {"id": one.grade, "notebook": one.notebook, "waits": one.waits, **vars(one.decision)}
            for one in question.answers
        ],
    }
