"""Open a claim: help that steers to one neutral proposition, and warns of one that is on record already."""

from __future__ import annotations

from uuid import UUID, uuid4

from flask import Response

from domain.errors import Fault
from service.recording.ledger import Item
from service.web.addresses import to_uuid
from service.web.pages.cautions import tell_typed
from service.web.pages.forms import read_claim
from service.web.pages.naming import know_participants
from service.web.pages.recording import Draft, answer_form, read_one, sent, show_form


def show_opening(*, text: str = "", of: str | None = None) -> Response:
    """Show the form, with advice on the text so far; `of` is a claim that is worded anew."""
    return _show(Draft({"text": text, "lang": "en"}), 200, to_uuid(of) if of else None)


def open_claim() -> Response:
    """Open the claim, or say how it would stand."""
    draft = sent()
    return answer_form(draft, lambda faults: _read(draft, faults), _show, opens=True)


def _show(draft: Draft, status: int, of: UUID | None = None) -> Response:
    """Show the form; advice that is not to be ticked stands in it, and is known to have been seen."""
    advised = tell_typed(draft.fields.get("text", ""), draft.cautions, of)
    return show_form("new.html", draft, status, advised=advised, of=of)


def _read(draft: Draft, faults: list[Fault]) -> list[Item]:
    know_participants(draft.fields)
    data = {"lang": "und"} | read_claim(draft.fields)
    return [read_one("opened", data, uuid4(), faults)]
