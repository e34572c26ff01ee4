"""What the service says of itself: service document, health, description, problems."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import orjson
from flask import Response, current_app, render_template, request, send_from_directory
from marshmallow import Schema, fields
from prometheus_client import CONTENT_TYPE_LATEST

from domain.errors import NotFound
from service.jobs.states import look_at_jobs, tell_trouble
from service.metrics import Metrics
from service.reading.reads import Answer
from service.tokens import OPERATE
from service.web import answers
from service.web.endpoint import Endpoint, answer, answer_text, timeline
from service.web.openapi import describe
from service.web.pages.home import show_home
from service.web.pages.problems import show_explanation
from service.web.problems import PROBLEMS

_STATIC = str(files("service.web").joinpath("static"))
_SWAGGER = str(files("flask_swagger_ui").joinpath("dist"))
_SWAGGER_FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})


class JobsShape(Schema):
    """How the jobs are: which failed when they last ran, and which are late."""

    ok = fields.Boolean(required=True)
    detail = fields.String(required=True)


class Readiness(Schema):
    """That the record can be read and written, its size, and how the jobs are."""

    status = fields.String(required=True)
    log_size = fields.Integer(required=True)
    jobs = fields.Nested(JobsShape, required=True)


def get_service() -> Response:
    """Say what this is and where things are."""
    with timeline().store.reading() as view:
        size, keys = view.head().size, view.tree.log_keys()
    document = {
        "name": "onrecord",
        "description": "The record of who said what about a claim, when, and on what authority.",
        "origin": current_app.config["ORIGIN"],
        "verifier_key": keys[-1].verifier_key if keys else None,
        "log_size": size,
        "links": {
            "claims": "/claims",
            "events": "/events",
            "parties": "/parties",
            "corrections": "/corrections",
            "audit": "/log",
            "openapi": "/openapi.json",
            "docs": "/docs",
            "health": "/healthz",
            "ready": "/readyz",
            **({"log": "/log/checkpoint"} if keys else {}),
        },
    }
    return answer(Answer(orjson.dumps(document).decode(), size))


def get_health() -> Response:
    """Say that the process answers."""
    return _tell_now({"status": "ok"})


def get_readiness() -> Response:
    """Say that the record can be read and written; 503 says why it cannot. How the jobs are is told beside it."""
    size = timeline().check()
    states = look_at_jobs(timeline(), current_app.extensions["onrecord.config"])
    jobs = {"ok": all(state.ok for state in states), "detail": tell_trouble(states)}
    return _tell_now({"status": "ready", "log_size": size, "jobs": jobs})


def get_metrics() -> Response:
    """Tell Prometheus what was counted."""
    metrics: Metrics = current_app.extensions["onrecord.metrics"]
    with timeline().store.reading() as view:
        told = metrics.write(view.head().size, view.job_log.jobs())
    return Response(told, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def get_openapi() -> Response:
    """Describe this API, OpenAPI 3.1."""
    extensions = current_app.extensions
    if "onrecord.openapi" not in extensions:
        extensions["onrecord.openapi"] = orjson.dumps(describe(extensions["onrecord.endpoints"]))
    return _open_to_all(answer_text(extensions["onrecord.openapi"], "application/json"))


def get_docs() -> Response:
    """Show the description to a person; works offline."""
    return _open_to_all(answer_text(render_template("docs.html"), _PAGE))


def get_docs_file(*, name: str) -> Response:
    """Serve a file of the documentation page."""
    folders = dict.fromkeys(_SWAGGER_FILES, _SWAGGER) | dict.fromkeys(("docs.css", "docs.js"), _STATIC)
    if name not in folders:
        raise NotFound(f"There is no {name!r} here.")
    response = send_from_directory(folders[name], name, conditional=False)
    etag, _ = response.get_etag()
    if etag is None or not request.if_none_match.contains_weak(etag):
        return response
    response.close()
    return Response(status=304, headers={"ETag": f'"{etag}"', "Cache-Control": "no-cache"})


def get_problem(*, code: str) -> Response:
    """Explain a problem: what it means and what to do."""
    return _open_to_all(answer_text(orjson.dumps(_explain(code)), "application/json"))


def show_problem(*, code: str) -> Response:
    """Explain a problem on a page."""
    explained = _explain(code)
    return show_explanation(http_status=explained.pop("status"), **explained)


def _explain(code: str) -> dict[str, Any]:
    problem = PROBLEMS.get(code)
    if problem is None:
        raise NotFound(f"There is no problem {code!r}. The problems are: {', '.join(PROBLEMS)}.")
    return {
        "code": code,
        "title": problem.kind.title,
        "status": problem.status,
        "meaning": (problem.kind.__doc__ or "").split("\n")[0],
        "what_to_do": problem.way_out,
    }


def _tell_now(document: dict[str, Any]) -> Response:
    """Tell what holds at this moment only: nobody keeps it."""
    return Response(orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"})


def _open_to_all(response: Response) -> Response:
    """Let it be kept by anybody who asks whether it still holds: it is the same whoever may read the record."""
    response.headers["Cache-Control"] = "no-cache"
    return response


_PAGE = "text/html; charset=utf-8"
_STILL_SO = "What the caller has is still so."
ENDPOINTS = (
    Endpoint(
        "GET", "/", "The service document", get_service, {200: (answers.Service, "What this is.")}, page=show_home
    ),
    Endpoint(
        "GET", "/healthz", "Does the process answer?", get_health, {200: (answers.Status, "It does.")}, right=None
    ),
    Endpoint(
        "GET",
        "/readyz",
        "Can the record be read and written?",
        get_readiness,
        {200: (Readiness, "It can.")},
        right=None,
        problems=("unavailable",),
    ),
    Endpoint(
        "GET",
        "/metrics",
        "What was counted, for Prometheus",
        get_metrics,
        {200: (None, "The text format of Prometheus.")},
        right=OPERATE,
        content_type=CONTENT_TYPE_LATEST,
    ),
    Endpoint(
        "GET",
        "/openapi.json",
        "This description",
        get_openapi,
        {200: ({"type": "object"}, "OpenAPI 3.1."), 304: (None, _STILL_SO)},
        right=None,
    ),
    Endpoint(
        "GET",
        "/docs",
        "This description, for people",
        get_docs,
        {200: (None, "A page."), 304: (None, _STILL_SO)},
        right=None,
        content_type=_PAGE,
    ),
    Endpoint(
        "GET",
        "/docs/{name}",
        "A file of that page",
        get_docs_file,
        {200: (None, "The file."), 304: (None, _STILL_SO)},
        right=None,
        problems=("not_found",),
        content_type="*/*",
    ),
    Endpoint(
        "GET",
        "/problems/{code}",
        "What a problem means, and what to do",
        get_problem,
        {200: (answers.Explained, "The explanation."), 304: (None, _STILL_SO)},
        right=None,
        page=show_problem,
        problems=("not_found",),
    ),
)
