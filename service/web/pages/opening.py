"""Open a claim: help that steers to one neutral proposition, and warns of one that is on record already."""

from __future__ import annotations

from uuid import uuid4

from flask import Response

from domain.errors import Fault
from service.ledger import Item
from service.web.pages.cautions import find_wording, tell_wording
from service.web.pages.forms import CLAIM, read_payload
from service.web.pages.recording import Draft, answer_form, read_one, sent, show_form


def show_opening(*, text: str = "") -> Response:
    """Show the form, with advice on the text so far."""
    return _show(Draft({"text": text, "lang": "en"}), 200)


def open_claim() -> Response:
    """Open the claim, or say how it would stand."""
    draft = sent()
    return answer_form(draft, lambda faults: _read(draft, faults), _show, opens=True)


def _show(draft: Draft, status: int) -> Response:
    """Show the form; advice that is not to be ticked stands in it, and is known to have been seen."""
    ticked = any(caution.kind == "wording" for caution in draft.cautions)
    signs, alike = ([], []) if ticked else find_wording(draft.fields.get("text", ""))
    advised = tell_wording(signs, alike)
    return show_form("new.html", draft, status, advised=advised)


def _read(draft: Draft, faults: list[Fault]) -> list[Item]:
    data = {"lang": "und"} | read_payload(draft.fields, CLAIM)
    return [read_one("opened", data, uuid4(), faults)]
