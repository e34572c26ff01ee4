"""What is refused, as a page: what is wrong, where, and what to do."""

from __future__ import annotations

from typing import Any

from flask import Response

from domain.errors import DomainError, Fault, Invalid
from service.web.pages.rendering import answer_page
from service.web.problems import PROBLEMS, answer_problem


def show_refusal(error: DomainError) -> Response:
    """Answer a refusal as a page, with the status and the headers that a program gets."""
    problem = PROBLEMS[error.code]
    told = answer_problem(error)
    page = answer_page(
        "problem.html",
        status=problem.status,
        code=error.code,
        title=error.title,
        http_status=problem.status,
        meaning=error.detail,
        what_to_do=problem.way_out,
        faults=faults_of(error),
        members=error.members,
    )
    for name, value in told.headers.items():
        if name not in {"Content-Type", "Content-Length"}:
            page.headers[name] = value
    return page


def show_explanation(*, code: str, **explained: Any) -> Response:
    """Show what a problem means."""
    return answer_page("problem.html", code=code, faults=[], members={}, **explained)


def faults_of(error: DomainError) -> list[Fault]:
    """List what is wrong, each with its place."""
    if isinstance(error, Invalid):
        return error.faults
    return [Fault(error.pointer, error.detail)] if error.pointer else []
