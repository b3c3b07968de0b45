"""What the formgrader's server answers about one question; see `question_page`."""

import asyncio
import secrets
from typing import Any

from jinja2 import Environment, FileSystemLoader
from nbgrader.api import Grade, MissingEntry
from nbgrader.server_extensions.formgrader import handlers
from nbgrader.server_extensions.formgrader.base import (
    BaseApiHandler,
    BaseHandler,
    check_notebook_dir,
    check_xsrf,
)
from tornado import web

from grader.errors import CourseError
from grader.records import fresh, page, question_page, questions
from grader.records.gradebook import gradebook, said_in_words
from grader.records.questions import Decision

# The page's own script runs, no other; nothing is fetched but from this server.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'nonce-{nonce}'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class SheetPage(BaseHandler):
    """nbgrader's page on the notebooks of a sheet, with its text questions above them."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self, sheet: str) -> None:
        """The page; also for a sheet that is not in source/, then as nbgrader has it."""
        with gradebook() as book:
            found = questions.progress(book, sheet)
        folders = [str(page.TEMPLATES), handlers.template_path]
        templates = Environment(loader=FileSystemLoader(folders), autoescape=True)
        templates.filters |= {"inline": page.inline}
        template = templates.get_template("questions.html.j2")
        self.write(template.render(assignment_id=sheet, base_url=self.base_url, questions=found))


class QuestionPage(BaseHandler):
    """One question over all submissions."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def get(self, sheet: str, grade_id: str) -> None:
        """The page, made beside the server's own work: a large class takes a few seconds."""
        nonce = secrets.token_urlsafe(16)
        try:
            made = await asyncio.to_thread(_made, sheet, grade_id, self.base_url, nonce)
        except KeyError:
            raise web.HTTPError(404, f"No text question: {sheet}, {grade_id}") from None
        self.set_header("Content-Security-Policy", POLICY.format(nonce=nonce))
        self.set_header("Cache-Control", "no-store")
        self.write(made)


def _made(sheet: str, grade_id: str, base_url: str, nonce: str) -> str:
    with gradebook() as book:
        question, others = questions.read(book, sheet, grade_id), questions.progress(book, sheet)
    return question_page.html(question, others, base_url, nonce)


class Names(BaseApiHandler):
    """Who wrote the answers: only for those who want to know."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def get(self, sheet: str, grade_id: str) -> None:
        """Names by the ids of answers, as JSON."""
        with gradebook() as book:
            self.write(questions.names(book, sheet, grade_id))


class AnswerHandler(BaseApiHandler):
    """The points and the comment for one answer."""

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    def put(self, grade: str) -> None:
        """Save a decision, unless somebody else has changed what this page showed meanwhile."""
        body = self.get_json_body()
        try:
            decision = _decision(body)
            seen = (_score(body["seen"]["score"]), str(body["seen"]["comment"]))
        except (AttributeError, KeyError, TypeError, ValueError):
            self._refuse(400, "this is no decision on an answer.")
            return
        try:
            with said_in_words():
                self.gradebook.db.rollback()  # what was read before may be old
                self._save(self._found(grade), decision, seen)
        except CourseError as error:
            self._refuse(503, str(error))

    def _save(self, grade: Grade, decision: Decision, seen: tuple[float | None, str]) -> None:
        now = questions.decision_on(self.gradebook, grade)
        if seen != (now.score, now.comment):
            self._refuse(409, "it was changed elsewhere meanwhile.", now=vars(now))
        elif problem := questions.problem(grade, decision):
            self._refuse(400, problem)
        else:
            questions.save(self.gradebook, grade, decision)
            fresh.by_hand(grade.assignment.name, grade.student.id)
            now = questions.decision_on(self.gradebook, grade)
            self.write({"waits": bool(grade.needs_manual_grade), **vars(now)})

    def _found(self, grade: str) -> Grade:
        try:
            found = self.gradebook.find_grade_by_id(grade)
        except MissingEntry:
            raise web.HTTPError(404) from None
        if found.name not in questions.texts(found.assignment.name):
            raise web.HTTPError(404)
        return found

    def _refuse(self, status: int, message: str, **more: Any) -> None:
        self.set_status(status)
        self.write({"message": message, **more})


def _decision(body: dict[str, Any]) -> Decision:
    """Raises KeyError, TypeError or ValueError where it is none."""
    lines = {str(key): float(points) for key, points in body["lines"].items()}
    return Decision(_score(body["score"]), str(body["comment"]), lines)


def _score(value: Any) -> float | None:
    return None if value is None else float(value)


HANDLERS: list[tuple[str, type]] = [
    (r"/formgrader/gradebook/([^/]+)/?", SheetPage),
    (r"/formgrader/question/([^/]+)/([^/]+)/?", QuestionPage),
    (r"/formgrader/api/names/([^/]+)/([^/]+)", Names),
    (r"/formgrader/api/question/([^/]+)", AnswerHandler),
]
