"""The OpenAPI 3.1 description, made from the same list of endpoints that the routes are made from."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema

from service.recording.schemas import PAYLOADS
from service.tokens import OPERATE, READ, WRITE
from service.web import answers
from service.web.endpoint import WHOLE_NUMBER, Endpoint
from service.web.problems import PROBLEMS

NO_CONTENT = 204
_SECURITY: dict[str | None, list[dict[str, list[str]]]] = {
    None: [],
    READ: [{}, {"token": []}],  # none needed where reads are public
    OPERATE: [{}, {"token": []}],  # likewise, where metrics are
    WRITE: [{"token": []}],
}

_PATH_PARAMETERS: dict[str, dict[str, Any]] = {
    "claim_id": {"schema": {"type": "string", "format": "uuid"}},
    "version": {"schema": {"type": "integer", "minimum": 1, "maximum": 999_999_999}},
    "name": {"schema": {"type": "string"}},
    "code": {"schema": {"type": "string"}},
    "key": {"schema": {"type": "string"}},
    "level": {"schema": {"type": "integer", "minimum": 0, "maximum": 63}},
    "tile": {"schema": {"type": "string", "examples": ["000", "x001/x234/067.p/17"]}},
    "webhook_id": {"schema": {"type": "string", "format": "uuid"}},
    "delivery_id": {"schema": {"type": "string", "pattern": "^msg_[0-9a-f]{32}$"}},
}


def describe(endpoints: Iterable[Endpoint]) -> dict[str, Any]:
    """Describe the endpoints as an OpenAPI document."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name_of)
    spec = APISpec(
        title="onrecord",
        version="1",
        openapi_version="3.1.0",
        info={
            "description": "The record of who said what about a claim, when, and on what authority.",
            "license": {"name": "MIT"},
        },
        plugins=[plugin],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Problem", schema=answers.ProblemShape)
    for payload in {type(payload): None for payload in PAYLOADS.values()}:
        if _name_of(payload) not in spec.components.schemas:
            spec.components.schema(_name_of(payload), schema=payload)
    for endpoint in endpoints:
        spec.path(path=endpoint.path, operations={endpoint.method.lower(): _operation(endpoint)})
    document = spec.to_dict()
    _tell_payloads(document["components"]["schemas"])
    return document


def _tell_payloads(schemas: dict[str, Any]) -> None:
    """Say which payload belongs to which type of event, which the schemas alone cannot."""
    by_payload: dict[str, list[str]] = {}
    for word, payload in PAYLOADS.items():
        by_payload.setdefault(_name_of(payload), []).append(word)
    refs = {name: {"$ref": f"#/components/schemas/{name}"} for name in by_payload}
    kinds = [
        {"title": name, "properties": {"type": {"enum": words}, "data": refs[name]}}
        for name, words in by_payload.items()
    ]
    schemas["NewEventGiven"]["oneOf"] = schemas["BatchItemGiven"]["oneOf"] = kinds
    words_or_quote = [_has("summary", "string"), _has("quote", "object")]
    schemas["StatementGiven"]["anyOf"] = schemas["AssessedGiven"]["anyOf"] = words_or_quote
    schemas["NewClaimGiven"]["not"] = {"allOf": [_has("id", "string"), _has("ref", "string")]}
    schemas["AmendedGiven"]["properties"]["statement"] = {"anyOf": [refs["StatementGiven"], refs["AssessedGiven"]]}


def _has(name: str, kind: str) -> dict[str, Any]:
    return {"required": [name], "properties": {name: {"type": kind}}}


def _name_of(schema: type[Schema] | Schema) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind.__name__.replace("Schema", "Given")


_READ_HEADERS = {
    "If-None-Match": (".*", "The ETag of what you have."),
    "Log-Size-At-Least": (f"^{WHOLE_NUMBER}$", "A Log-Size that you were told: nothing older will do."),
}


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": endpoint.call.__name__,
        "parameters": [*_path_parameters(endpoint), {"in": "query", "schema": endpoint.query}, *_headers(endpoint)],
        "responses": {
            **_successes(endpoint),
            **{str(status): _problem(codes) for status, codes in _by_status(_codes(endpoint)).items()},
        },
        "security": _SECURITY[endpoint.right],
    }
    if endpoint.body:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": endpoint.body}}}
    return operation


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", endpoint.path)
    return [{"in": "path", "name": name, "required": True, **_PATH_PARAMETERS[name]} for name in names]


def _headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    known = _READ_HEADERS if _has_etag(endpoint) else {}
    return [
        {"in": "header", "name": name, "schema": {"type": "string", "pattern": pattern}, "description": description}
        for name, (pattern, description) in {**endpoint.headers, **known}.items()
    ]


def _has_etag(endpoint: Endpoint) -> bool:
    return endpoint.method == "GET" and endpoint.right == READ and 200 in endpoint.answers  # noqa: PLR2004 - OK


def _successes(endpoint: Endpoint) -> dict[str, Any]:
    successes = {
        str(status): {"description": description, **_content(endpoint, status, schema)}
        for status, (schema, description) in endpoint.answers.items()
    }
    if _has_etag(endpoint) or "304" in successes:
        successes["304"] = {"description": "What you have, by If-None-Match, is still so."}
    return successes


def _content(endpoint: Endpoint, status: int, schema: Any) -> dict[str, Any]:
    if status == NO_CONTENT:
        return {}
    page: dict[str, Any] = {content_type: {} for content_type in endpoint.also}
    page |= {"text/html; charset=utf-8": {}} if endpoint.page else {}
    return {"content": {endpoint.content_type: {"schema": schema} if schema else {}, **page}}


def _codes(endpoint: Endpoint) -> set[str]:
    codes = {"invalid", "internal", *endpoint.problems}
    if endpoint.right:
        codes |= {"malformed", "unauthenticated", "forbidden", "unavailable"}
    return codes


def _by_status(codes: set[str]) -> dict[int, list[str]]:
    statuses: dict[int, list[str]] = {}
    for code in sorted(codes):
        statuses.setdefault(PROBLEMS[code].status, []).append(code)
    return dict(sorted(statuses.items()))


def _problem(codes: list[str]) -> dict[str, Any]:
    return {
        "description": " · ".join(f"`{code}`: {PROBLEMS[code].kind.title}" for code in codes),
        "content": {"application/problem+json": {"schema": "Problem"}},
    }
