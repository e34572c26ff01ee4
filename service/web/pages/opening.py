"""Open a claim: help that steers to one neutral proposition, and warns of one that is on record already."""

from __future__ import annotations

from uuid import uuid4

from flask import Response

from domain.errors import Fault
from service.advice import find_signs
from service.ledger import Item
from service.web.endpoint import timeline
from service.web.pages.forms import CLAIM, read_payload
from service.web.pages.recording import Draft, answer_form, read_one, sent, show_form

LONGEST_ADVISED = 1_000  # characters


def show_opening(*, text: str = "") -> Response:
    """Show the form, with advice on the text so far."""
    return _show(Draft({"text": text, "lang": "en"}), 200)


def open_claim() -> Response:
    """Open the claim, or say how it would stand."""
    draft = sent()
    return answer_form(draft, lambda faults: _read(draft, faults), _show, opens=True)


def _show(draft: Draft, status: int) -> Response:
    text = draft.fields.get("text", "")[:LONGEST_ADVISED]
    return show_form(
        "new.html",
        draft,
        status,
        signs=find_signs(text),
        alike=timeline().find_alike(text=text) if text.strip() else [],
    )


def _read(draft: Draft, faults: list[Fault]) -> list[Item]:
    data = {"lang": "und"} | read_payload(draft.fields, CLAIM)
    return [read_one("opened", data, uuid4(), faults)]
