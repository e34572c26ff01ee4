"""Whole lists over HTTP, as CSV and NDJSON, at constant memory.

Both end in a trailer that only a complete answer has, since an answer that was cut off
looks like any other. Cells that a spreadsheet would take for a formula are guarded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response

from service.formats.table import write_row
from service.reading.cursors import digest
from service.store.read_model import ClaimVersion
from service.web.addresses import base_url, to_question
from service.web.endpoint import Endpoint, answer_unless_known, timeline
from service.web.formats import CSV, NDJSON, name_forms_of_list
from service.web.parameters import FilterSchema

_COLUMNS = ("id", "text", "standing", "version", "opened_at", "updated_at")
_STANCES = ("affirms", "denies", "withholds", "asserts")


def get_csv(**asked: Any) -> Response:
    """Give all claims that answer, as CSV."""
    return _stream(asked, CSV, _csv)


def get_ndjson(**asked: Any) -> Response:
    """Give all claims that answer, one a line."""
    return _stream(asked, NDJSON, _ndjson)


def _stream(asked: dict[str, Any], content_type: str, write: Any) -> Response:
    stream, host = timeline().stream_claims(question=to_question(asked)), base_url()
    response = answer_unless_known(write(stream.rows, host), content_type, digest([stream.state, host]))
    response.headers["Log-Size"] = str(stream.size)
    return response


def _csv(rows: Iterator[ClaimVersion], host: str) -> Iterator[str]:
    yield write_row([*_COLUMNS, *_STANCES, "origins", "url"])
    count = 0
    for row in rows:
        count += 1
        claim = orjson.loads(row.body)
        names: dict[str, list[str]] = {stance: [] for stance in _STANCES}
        for position in claim["positions"]:
            names.get(position["stance"], []).append(position["party"]["name"])
        cells = [str(claim[name]) for name in _COLUMNS] + ["; ".join(names[stance]) for stance in _STANCES]
        yield write_row([*cells, str(claim["origins"]), f"{host}claims/{claim['id']}"])
    yield f"# complete {count}\r\n"


def _ndjson(rows: Iterator[ClaimVersion], _host: str) -> Iterator[str]:
    count = 0
    for row in rows:
        count += 1
        yield row.body + "\n"
    yield f'{{"complete":true,"claims":{count}}}\n'


ENDPOINTS = (
    Endpoint(
        "GET",
        "/claims.csv",
        "All claims that answer, as CSV",
        get_csv,
        {200: (None, "Ends in `# complete n`.")},
        query=FilterSchema,
        link=name_forms_of_list,
        content_type=CSV,
    ),
    Endpoint(
        "GET",
        "/claims.ndjson",
        "All claims that answer, one a line",
        get_ndjson,
        {200: (None, 'The last line is {"complete":true,"claims":n}.')},
        query=FilterSchema,
        link=name_forms_of_list,
        content_type=NDJSON,
    ),
)
