"""What stands in an address: where we are, ids and versions, of which what is none leads nowhere, and questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import current_app, g, request

from domain.errors import NotFound
from service.reading.lists import ListQuestion
from service.recording.items import read_claim_id

_FILTERS = ("standing", "party", "country", "stance", "topic", "track", "aspect_of")
_FLAGS = ("reversed", "single_source")


def base_url() -> str:
    """Give the address that all others of this record begin with: as configured, else as it was asked."""
    if "base_url" not in g:  # the same for a whole request
        configured: str = current_app.config["PUBLIC_URL"]
        g.base_url = f"{configured}/" if configured else f"{request.scheme}://{_host()}/"
    base: str = g.base_url
    return base


def _host() -> str:
    # Names with an underscore are none of the internet's, yet usual between containers. What is no name is none.
    asked = request.headers.get("Host", "")
    server = f"{request.environ['SERVER_NAME']}:{request.environ['SERVER_PORT']}"
    return request.host or (asked if re.fullmatch(r"[\w.-]+(:\d{1,5})?", asked, re.ASCII) else server)


def to_uuid(text: str) -> UUID:
    """Read a claim's id from an address; what is none leads nowhere."""
    try:
        return read_claim_id(text)
    except ValueError:
        raise NotFound(f"{text!r} is no claim's id, which is a UUID.") from None


def to_version(text: str) -> int:
    """Read a version from an address; what is none leads nowhere."""
    if not re.fullmatch(r"[1-9]\d{0,8}", text, re.ASCII):
        raise NotFound(f"{text!r} is no version; versions are 1, 2, 3 …")
    return int(text)


def to_question(asked: Mapping[str, Any]) -> ListQuestion:
    """Read which claims are asked for from the parameters of a list."""
    filters = {name: asked[name] for name in _FILTERS if name in asked}
    flags = {name: asked[name] for name in _FLAGS if name in asked}
    rest = {name: value for name, value in asked.items() if name not in {*_FILTERS, *_FLAGS}}
    return ListQuestion(filters=filters, flags=flags, **rest)
