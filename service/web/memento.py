"""Time travel for tools that know the web's own: Memento, RFC 7089.

The claim is the original resource, its versions are the mementos, dated by when the
record took them; `/timegate` negotiates by Accept-Datetime, `/timemap` lists them all.
HTTP dates have whole seconds, so a version counts from the second it was recorded in.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime
from uuid import UUID

from flask import Response, request
from werkzeug.http import http_date, parse_date

from service.errors import Malformed
from service.reading.reads import Answer
from service.web.addresses import base_url, to_uuid
from service.web.endpoint import Endpoint, answer, cache_control, timeline

LINK_FORMAT = "application/link-format"
# RFC 1123, as RFC 7089 has it. A pattern cannot tell leap years; the 29th of February is taken all the same.
_DAY = (
    "((0[1-9]|1[0-9]|2[0-8]) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
    "|(29|30) (Jan|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|31 (Jan|Mar|May|Jul|Aug|Oct|Dec))"
)
_HTTP_DATE = f"^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), {_DAY} [1-9][0-9]{{3}} ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9] GMT$"


def get_timegate(*, claim_id: str) -> Response:
    """Lead to the version that held at Accept-Datetime: the latest without it, the first before all."""
    known, size = to_uuid(claim_id), timeline().log_size()
    times = _find_times(known, size)
    wanted = _accept_datetime() or times[-1]
    version = max(1, bisect_right(times, wanted))
    response = Response(b"", 302, content_type="text/plain")
    response.headers["Location"] = f"{base_url()}claims/{known}/versions/{version}"
    response.headers["Vary"] = "accept-datetime"
    response.headers["Cache-Control"] = cache_control()
    response.headers["Log-Size"] = str(size)
    response.headers["Link"] = ", ".join(_links(known, times, version))
    return response


def get_timemap(*, claim_id: str) -> Response:
    """List every version with its date."""
    known, size = to_uuid(claim_id), timeline().log_size()
    times = _find_times(known, size)
    last = len(times)
    mementos = [_memento(known, n, times, _ends(n, last)) for n in range(1, last + 1)]
    base = f"{base_url()}claims/{known}"
    span = f'from="{http_date(times[0])}"; until="{http_date(times[-1])}"'
    this = f'<{base}/timemap>; rel="self"; type="{LINK_FORMAT}"; {span}'
    lines = [f'<{base}>; rel="original"', f'<{base}/timegate>; rel="timegate"', this, *mementos]
    return answer(Answer(",\n".join(lines) + "\n", size), LINK_FORMAT)


def mark_memento(response: Response, claim_id: UUID, version: int) -> None:
    """Say in the headers which moment a version is of, and where the others are."""
    times = [_second(at) for at in timeline().recorded_times(claim_id=claim_id)]
    response.headers["Memento-Datetime"] = http_date(times[version - 1])
    response.headers.add("Link", ", ".join(_links(claim_id, times, version)))


def name_times(response: Response, claim_id: UUID) -> None:
    """Say in the headers where the versions of a claim are."""
    response.headers.add("Link", ", ".join(_link_times(claim_id)))


def _links(claim_id: UUID, times: list[datetime], version: int) -> list[str]:
    last = len(times)
    named = {1: ["first"], last: ["last"]} if last > 1 else {1: ["first", "last"]}
    for number, word in ((version - 1, "prev"), (version + 1, "next")):
        if 1 <= number <= last:
            named.setdefault(number, []).append(word)
    mementos = (_memento(claim_id, number, times, words) for number, words in sorted(named.items()))
    return [f'<{base_url()}claims/{claim_id}>; rel="original"', *_link_times(claim_id), *mementos]


def _link_times(claim_id: UUID) -> list[str]:
    base = f"{base_url()}claims/{claim_id}"
    return [f'<{base}/timegate>; rel="timegate"', f'<{base}/timemap>; rel="timemap"; type="{LINK_FORMAT}"']


def _memento(claim_id: UUID, number: int, times: list[datetime], words: list[str]) -> str:
    relation = " ".join([*words, "memento"])
    address = f"{base_url()}claims/{claim_id}/versions/{number}"
    return f'<{address}>; rel="{relation}"; datetime="{http_date(times[number - 1])}"'


def _ends(number: int, last: int) -> list[str]:
    return [word for word, at in (("first", 1), ("last", last)) if number == at]


def _find_times(claim_id: UUID, size: int) -> list[datetime]:
    with timeline().expecting(size):  # an answer never holds less than it says
        return [_second(at) for at in timeline().recorded_times(claim_id=claim_id)]


def _second(at: str) -> datetime:
    return datetime.fromisoformat(at).replace(microsecond=0)


def _accept_datetime() -> datetime | None:
    header = request.headers.get("Accept-Datetime")
    if header is None:
        return None
    try:
        wanted = parse_date(header)
        if wanted is not None:
            return wanted.astimezone(UTC)
    except OverflowError:
        pass  # a year out of reach; said below
    detail = f"{header!r} is no HTTP date. Write Sat, 31 Jan 2026 10:00:00 GMT."
    raise Malformed(detail, pointer="Accept-Datetime")  # RFC 7089 section 4.5.3: this is answered 400


ENDPOINTS = (
    Endpoint(
        "GET",
        "/claims/{claim_id}/timegate",
        "The version that held at Accept-Datetime (RFC 7089)",
        get_timegate,
        {302: (None, "Leads to the version.")},
        problems=("not_found", "malformed"),
        content_type="text/plain",
        headers={"Accept-Datetime": (_HTTP_DATE, "An HTTP date; without it, now.")},
    ),
    Endpoint(
        "GET",
        "/claims/{claim_id}/timemap",
        "All versions with their dates (RFC 7089)",
        get_timemap,
        {200: (None, "Links.")},
        problems=("not_found",),
        content_type=LINK_FORMAT,
    ),
)
