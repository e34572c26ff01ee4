"""Claims in other people's formats, `?format=`, and the links that name every form an answer comes in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from urllib.parse import quote, quote_plus, urlencode

import orjson
from flask import Response, request

from service.formats import schemaorg, stix, table, timelinejs
from service.formats.badge import SVG
from service.formats.dossier import Dossier
from service.formats.feeds import ATOM, JSON_FEED
from service.reading.lists import PageOfClaims
from service.reading.reads import Answer
from service.telling.dates import tell_past
from service.web.addresses import base_url, to_uuid
from service.web.endpoint import answer, timeline

Writer = Callable[[Sequence[Dossier], str], str]

CSV, NDJSON = "text/csv; charset=utf-8", "application/x-ndjson"
FORMATS: dict[str, tuple[str, Writer]] = {
    "timelinejs": ("application/json", timelinejs.write),
    "schemaorg": ("application/ld+json", schemaorg.write),
    "stix": ("application/stix+json;version=2.1", stix.write),
    "csv": (CSV, table.write),
}
CONTENT_TYPES = tuple(content_type for content_type, _ in FORMATS.values())


def answer_claim_in(form: str, read: Answer, as_of: str | None, said_until: str | None) -> Response:
    """Answer a claim in a format."""
    if form not in FORMATS:
        return answer(read)
    claim = orjson.loads(read.body)
    past = tell_past(None if as_of is None else claim["as_of"]["at"], said_until)
    return _answer_in(form, read, [claim], past, said_until)


def answer_list_in(form: str, read: PageOfClaims) -> Response:
    """Answer a page of claims in a format."""
    if form not in FORMATS:
        return answer(read)
    return _answer_in(form, read, orjson.loads(read.body)["claims"], tell_past(read.at, None))


def name_forms(response: Response, **_: str) -> None:
    """Name the two forms that most answers come in: the page and the JSON."""
    _name_forms(response, _FORMS, path=_path(), kept=_kept({"format"}))


def name_all_forms(response: Response, **_: str) -> None:
    """Name these, and the feeds and the tables of all that an answer is a page of."""
    name_forms(response)
    _name_further(response, _FURTHER)


def name_forms_and_tables(response: Response, **_: str) -> None:
    """Name these, and the tables of all that an answer is a page of."""
    name_forms(response)
    _name_further(response, _TABLES)


def name_feeds(response: Response) -> None:
    """Name the feeds of all that an answer is a page of."""
    _name_further(response, _FEEDS)


def name_forms_of_claim(response: Response, *, claim_id: str) -> None:
    """Name every form that an answer about a claim comes in."""
    path, kept = f"/claims/{to_uuid(claim_id)}", _kept({"format"})
    address = f"{base_url()}{path[1:]}?{kept}".removesuffix("?")
    oembed = f"/oembed?url={quote_plus(address)}&format="
    _name_forms(response, _FORMS_OF_CLAIM, path=path, oembed=oembed, kept=kept)


def name_forms_of_list(response: Response, **_: str) -> None:
    """Name every form that a list comes in."""
    _name_forms(response, _FORMS_OF_LIST, path="/claims", kept=_kept({"format", "limit", "cursor"}))


def _answer_in(
    form: str, read: Answer, claims: Sequence[dict[str, object]], past: str, said_until: str | None = None
) -> Response:
    content_type, write = FORMATS[form]
    dossiers = timeline().get_dossiers(claims=claims, said_until=said_until)
    text = write([replace(dossier, past=past) for dossier in dossiers], base_url())
    return answer(replace(read, body=text, version=None, lasts=False), content_type)


def _template(suffixes: Mapping[str, str], formats: Mapping[str, str], **further: str) -> str:
    # Filled in with one call: every answer about a claim carries it.
    targets = {f"{{path}}.{suffix}{{query}}": content_type for suffix, content_type in suffixes.items()}
    targets |= {f"{{path}}{{asking}}format={form}": content_type for form, content_type in formats.items()}
    targets |= {f"{{oembed}}{kind}": content_type for kind, content_type in further.items()}
    return ", ".join(f'<{target}>; rel="alternate"; type="{kind.split("; ")[0]}"' for target, kind in targets.items())


_BOTH = {"json": "application/json", "html": "text/html"}
_BY_TIME = {"atom": ATOM, "feed": JSON_FEED}
_MORE = {**_BY_TIME, "csv": CSV}
_SUFFIXES = {**_MORE, "ndjson": NDJSON}
_PAGING = {"format", "limit", "cursor", "after", "before", "behind", "wait"}
_FORMATS = {"json": "application/json"} | {form: content_type for form, (content_type, _) in FORMATS.items()}
_OEMBED = {"json": "application/json+oembed", "xml": "text/xml+oembed"}
_FORMS = _template(_BOTH, {})
_FEEDS, _TABLES, _FURTHER = (_template(of, {}) for of in (_BY_TIME, {"csv": CSV, "ndjson": NDJSON}, _SUFFIXES))
_FORMS_OF_LIST = _template({**_BOTH, **_SUFFIXES}, _FORMATS)
_FORMS_OF_CLAIM = _template({**_BOTH, **_MORE, "svg": SVG}, _FORMATS, **_OEMBED)


def _name_forms(response: Response, template: str, *, kept: str, **places: str) -> None:
    query, asking = (f"?{kept}", f"?{kept}&") if kept else ("", "?")
    response.headers.add("Link", template.format(query=query, asking=asking, **places))


def _name_further(response: Response, template: str) -> None:
    _name_forms(response, template, path=_path(), kept=_kept(_PAGING))


def _path() -> str:
    return quote(re.sub(r"\.(json|html|atom|feed|csv|ndjson)$", "", request.path))


def _kept(left_out: AbstractSet[str]) -> str:
    return urlencode([item for item in request.args.items(multi=True) if item[0] not in left_out])
