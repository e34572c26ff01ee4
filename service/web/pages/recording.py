"""Record from a form: once however often it is sent, and with nothing of what was typed lost on an error.

The idempotency key is in the form. What a form asks for goes the same way as what a
program asks for: the same checks, the same writer.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http import HTTPStatus
from typing import Any, TypeVar
from uuid import UUID

import orjson
from flask import Response, request

from domain.errors import DomainError, DuplicateStatement, Fault, Invalid, KeyReused
from service.errors import Forbidden, Malformed
from service.reading.feed import FeedQuestion
from service.recording.items import read_item
from service.recording.ledger import Item
from service.recording.receipts import Receipt
from service.store.read_model import ClaimVersion
from service.telling.members import MOST_PARTICIPANTS
from service.timeline import Asked
from service.web.endpoint import claim_of, require_utf8, timeline, who_asks
from service.web.negotiation import is_for_a_part, redirect_to
from service.web.pages.cautions import Caution, find_cautions, tell_duplicates, tell_moved
from service.web.pages.forms import place
from service.web.pages.limits import mark_limits
from service.web.pages.problems import faults_of
from service.web.pages.record import Placed, tell_placed
from service.web.pages.rendering import answer_page
from service.web.pages.signing import ON_THE_WAY
from service.web.pages.story import read_story
from service.web.pages.utterances import TOGETHER, tell_copies
from service.web.pages.voices import tell_positions
from service.web.problems import PROBLEMS

UNSURE = 409  # a caution stands that nobody has ticked
# A cookie of the claim's own address: the first position and how many were recorded, the event, what still says
# what it erased.
_RECORDED = "onrecord-recorded"
_TOLD = re.compile(
    r"([0-9]{1,12})x([0-9]{1,4})\+([1-9][0-9]{0,8})((?:\+[0-9a-f-]{36}/[1-9][0-9]{0,8}(?:/struck)?)*)", re.ASCII
)
_A_MOMENT = 60  # seconds
_GUARDED: dict[str, Any] = {"httponly": True, "samesite": "Lax"}
_KEY = re.compile(r"[!-~]{8,255}")
# What no reader of a form's fields is given.
_OF_THE_FORM = frozenset({"key", "action", "asked", "advised", "reused", *ON_THE_WAY})
Json = Mapping[str, Any]
Done = TypeVar("Done")


@dataclass(slots=True)
class Draft:
    """A form as it is shown: `fields` by name, `faults` by name, `refusal` for what is no field's, a `preview`.

    `pressed` is what was asked of it, `checked` whether that was before, and all that is wanted now is to see it in
    another language; `reused` that it had been recorded already by then. `advised` is the advice that it showed as one
    typed, `was` what stood there before, where it changes something, `since` what others changed there since the form
    was opened, and `labels` the labels of its fields as they are shown.
    """

    fields: dict[str, str]
    key: str = field(default_factory=secrets.token_urlsafe)
    pressed: str = ""
    checked: bool = False
    reused: bool = False
    advised: str = ""
    was: Json = field(default_factory=dict)
    since: list[Json] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)
    cautions: list[Caution] = field(default_factory=list)
    refusal: DomainError | None = None
    preview: list[dict[str, Any]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)

    def name(self, name: str, label: str, of: str = "") -> str:
        """Note what a field is called, and of what it is one where there are several; gives the label back."""
        self.labels[name] = f"{of}: {label}" if of else label
        return label

    @property
    def ticks(self) -> dict[str, str]:
        """Give what was ticked and is not asked just now."""
        asked = {caution.name for caution in self.cautions}
        return {name: told for name, told in self.fields.items() if name.startswith("sure/") and name not in asked}

    @property
    def sure(self) -> bool:
        """Tell whether all that is to be looked at was ticked, as it is now."""
        return all(self.fields.get(caution.name) == caution.value for caution in self.cautions)


def sent() -> Draft:
    """Give the form as it was sent."""
    require_utf8("form", request.get_data())
    form = request.form
    if twice := sorted(name for name, sent_ in form.lists() if len(sent_) > 1 and name not in _OF_THE_FORM):
        raise Malformed(f"Sent more than once: {', '.join(twice)}. Give each field once.")
    key, checked = form.get("key", ""), "language" in form
    fields = {name: value for name, value in form.items() if name not in _OF_THE_FORM}
    pressed = form.get("asked" if checked else "action", "")
    key = key if _KEY.fullmatch(key) else secrets.token_urlsafe()
    reused = checked and "reused" in form
    return Draft(fields, key, pressed, checked=checked, reused=reused, advised=form.get("advised", ""))


def answer_form(
    draft: Draft,
    read: Callable[[list[Fault]], Sequence[Item]],
    show: Callable[[Draft, int], Response],
    *,
    opens: bool = False,
) -> Response:
    """Record what a form asks for, or preview it, or show it again with what is wrong.

    Where somebody has only chosen a language, what it showed is found anew, and nothing is recorded.
    """
    if draft.pressed not in {"record", "preview"}:
        return show(draft, 200)
    told = orjson.dumps([request.full_path, sorted(draft.fields.items())])
    asked = Asked(who_asks(), f"form:{draft.key}", sha256(told).digest())
    records = draft.pressed == "record" and not draft.checked
    items: Sequence[Item] = ()
    refused = None
    try:
        if draft.reused:
            raise KeyReused("This form was recorded before.")
        receipt = timeline().find_receipt(asked=asked) if records else None
        if receipt is None:
            items = _read_all(read, draft)
            if records and draft.sure:
                receipt = _do(timeline().record, draft, items=items, asked=asked, opens=opens)
            else:
                rows = _do(timeline().rehearse, draft, items=items, asked=asked, opens=opens)
                draft.preview = _compare(rows, items) if draft.pressed == "preview" else []
    except Forbidden:
        raise  # what was typed goes along to whoever signs in with another token
    except DomainError as error:
        receipt, refused = None, error
    receipt = receipt or (_find_meanwhile(asked) if records else None)
    if receipt:
        return _lead_to(receipt, draft, opens=opens)
    if refused:
        return show(_refuse(draft, refused, items), _status_of(refused, draft))
    return show(draft, 200 if draft.pressed == "preview" or draft.sure else UNSURE)


def _status_of(error: DomainError, draft: Draft) -> int:
    """Give the status of a refusal; a preview that is put into its page is none: a browser logs it as a fault."""
    return HTTPStatus.OK if draft.pressed == "preview" and is_for_a_part() else PROBLEMS[error.code].status


def _find_meanwhile(asked: Asked) -> Receipt | None:
    """Find what a form recorded since it was looked for; sent twice at once, its own event speaks against it."""
    with suppress(DomainError):  # what was wrong before is told
        return timeline().find_receipt(asked=asked)
    return None


def _lead_to(receipt: Receipt, draft: Draft, *, opens: bool) -> Response:
    """Lead to what a form recorded, and note it for that page to tell."""
    all_made = timeline().made(receipt=receipt)
    made = all_made[0 if not opens else -1]
    response = redirect_to(f"/claims/{made.claim}{'' if opens else f'#event-{made.version}'}")
    copies = [copy for caution in draft.cautions for copy in caution.facts.get("copies", ())]
    note = "+".join([f"{receipt.first_position}x{receipt.event_count}", str(made.version), *copies])
    response.set_cookie(_RECORDED, note, max_age=_A_MOMENT, path=f"/claims/{made.claim}", **_GUARDED)
    return response


def _do(do: Callable[..., Done], draft: Draft, *, items: Sequence[Item], asked: Asked, opens: bool) -> Done:
    """Record or rehearse; the same statement once more only where that was ticked of all that are the same."""
    try:
        return do(items=items, asked=asked, opens=opens)
    except DuplicateStatement:
        again = tell_duplicates(items, asked)
        if again is None:
            raise
        draft.cautions.append(again)
        if draft.fields.get(again.name) != again.value:
            raise
        return do(items=items, asked=replace(asked, allow_duplicate=True), opens=opens)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a browser recorded: event `version` of this claim, the others, and which `copies` say what was erased."""

    version: int
    others: Sequence[Placed]
    copies: Sequence[Json]


def find_recorded(claim_id: str) -> Recorded | None:
    """Tell what this browser recorded a moment ago on a claim, and with it on others, and has not been told of yet."""
    told = _TOLD.fullmatch(request.cookies.get(_RECORDED, ""))
    if told is None:
        return None
    first, count, version = map(int, told.groups()[:3])
    question = FeedQuestion(after=first - 1, limit=max(1, min(count, TOGETHER)))
    placed = tell_placed(orjson.loads(timeline().feed.read(question).body)["events"])
    others = [one for one in placed if (one.event["claim"], one.event["version"]) != (claim_id, version)]
    return Recorded(version, others, tell_copies(told[4].split("+")[1:]))


def forget_recorded(response: Response) -> None:
    """Tell of it once."""
    response.delete_cookie(_RECORDED, path=request.path, **_GUARDED)


def _read_all(read: Callable[[list[Fault]], Sequence[Item]], draft: Draft) -> Sequence[Item]:
    """Read what a form asks for, and put to it all that is to be looked at; raises Invalid with all that is wrong."""
    faults: list[Fault] = []
    items = read(faults)
    draft.cautions += find_cautions(items, draft.was, advised=draft.advised, faulty=place(faults))
    if faults:
        raise Invalid(faults)
    return items


def _refuse(draft: Draft, error: DomainError, items: Sequence[Item]) -> Draft:
    if error.code == "version_moved_on" and error.members["versions_since"]:  # of one that is still to come, none are
        draft.cautions.append(tell_moved(items[0].claim_id, error.members))
    elif error.code != "duplicate_statement" or all(caution.kind != "duplicate" for caution in draft.cautions):
        draft.refusal = error
        draft.faults = place(faults_of(error))
    if error.code == "key_reused":  # it was recorded already; what is sent next is meant as another statement
        draft.key = secrets.token_urlsafe()
    return draft


def _compare(rows: Sequence[ClaimVersion], items: Sequence[Item]) -> list[dict[str, Any]]:
    """Set each claim as it would stand, from its event `first` on, beside how it stands, None where it is not open."""
    compared = []
    for row in rows:
        after = orjson.loads(row.body)
        mine = [item for item in items if str(item.claim_id) == row.claim]
        first, before, texts = row.version - len(mine) + 1, None, list[str]()
        if first > 1:  # else it would be opened by this very form
            before, texts = claim_of(UUID(row.claim)), timeline().list_events(claim_id=UUID(row.claim))[: first - 1]
            before = _tell(before, texts)
        after = _tell(after, [*texts, *(_store(item, version) for version, item in enumerate(mine, first))])
        compared.append({"before": before, "after": after, "first": first, **_find_moves(before or {}, after)})
    return compared


def _tell(claim: Json, texts: Sequence[str]) -> Json:
    """Give a claim with what its events, as stored, tell of each position."""
    return tell_positions(claim, {told.version: told for told in mark_limits(claim, read_story(claim, texts))})


def _store(item: Item, version: int) -> str:
    """Write an event that is not recorded as a stored one reads."""
    event = {"version": version, "type": item.type, "data": item.data, "recorded_at": "", "recorded_by": ""}
    return orjson.dumps(event).decode()


def _find_moves(before: Json, after: Json) -> dict[str, Any]:
    """Find where parties stood that would stand otherwise, and which of them would have turned, by their keys."""
    was = {one["party"]["key"]: one for one in before.get("positions", ())}
    moved = {
        one["party"]["key"]: old
        for one in after["positions"]
        if (old := was.get(one["party"]["key"])) and any(old[name] != one[name] for name in ("stance", "partial"))
    }
    turned = {one["party"] for one in after["reversals"] if one not in before.get("reversals", ())}
    return {"moved": moved, "turned": turned}


def read_one(type_: str, data: dict[str, Any], claim_id: UUID, faults: list[Fault], **more: Any) -> Item:
    """Read one event of a form, whose fields are its members."""
    return read_item(type_, data, claim_id=claim_id, at=timeline().now(), faults=faults, payload="", **more)


def show_form(template: str, draft: Draft, status: int, **model: Any) -> Response:
    """Show a form."""
    return answer_page(template, status=status, draft=draft, most_participants=MOST_PARTICIPANTS, **model)
