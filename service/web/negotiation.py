"""Which representation an answer comes in: one address, a page for people and JSON for programs.

Who would rather have `text/html` than JSON, as browsers say, gets the page; `*/*` is JSON.
A suffix picks one where somebody pastes an address.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Response, request

JSON, PAGE = "application/json", "text/html"


def prefers_page() -> bool:
    """Tell whether this caller would rather have a page than JSON."""
    return request.accept_mimetypes.best_match([JSON, PAGE]) == PAGE


def is_for_a_part() -> bool:
    """Tell whether a page of ours asks for a part of itself, whatever it would rather have."""
    return "HX-Request" in request.headers


def redirect_to_tidy() -> Response | None:
    """Lead to the same address as it is to be saved: without what a form sent empty, its countries in capitals."""
    asked = list(request.args.items(multi=True))
    tidy = [(name, value.strip().upper() if name == "country" else value) for name, value in asked if value]
    if request.method != "GET" or tidy == asked:
        return None
    kept = urlencode(tidy)
    return redirect_to(f"{request.path}?{kept}" if kept else request.path)


def redirect_to(path: str, *, with_form: bool = False) -> Response:
    """Lead to another address of this record, to be read there, or with the form that was sent, to be sent there."""
    return Response(
        status=307 if with_form else 303, headers={"Location": path, "Cache-Control": "no-store", "Vary": "Accept"}
    )
