"""What the record holds that the browser is shown: the Moscow story, words in four scripts, mended and hostile ones."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import STORY
from tests.faults.serving import Server
from tests.formats.hostile import SPOKEN, TEXT

MEETING = "/claims/cb24e658-b4ee-5452-8916-1c18b6c61df4"
MUSCAT, HOSTILE, LONG = (f"4be7c1d2-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
IRAN = {"name": "وزارة الخارجية الإيرانية", "kind": "ministry", "country": "IR"}
KOREA = {"name": "외교부", "kind": "ministry", "country": "KR"}
WIRE = {"name": "Yonhap", "kind": "media", "country": "KR"}
SOURCE = {"publisher": "Yonhap", "title": "Second round, diplomats say", "url": "https://wire.example/1"}


def said(type_: str, party: dict, **more: Any) -> dict[str, Any]:
    """Write a statement as an event of a batch."""
    return {"type": type_, "data": {"party": party, "source": SOURCE, **more}}


EVENTS = [
    said("reported", WIRE, summary="They met for a second round, two diplomats said.", said_on="2026-01-10"),
    said(
        "denied",
        IRAN,
        quote={"text": "لا صحة لما نُشر عن جولة ثانية.", "lang": "ar", "translation": "There was no second round."},
        said_on="2026-01-11",
        strength="categorical",
    ),
    said(
        "ncnd",
        KOREA,
        quote={"text": "확인해 드릴 수 없습니다.", "lang": "ko"},
        said_on="2026-01-1X",
        said_on_text="이번 주",
    ),
    {
        "type": "comment_requested",
        "data": {"party": {"name": "Omani Foreign Ministry", "kind": "ministry"}, "deadline": "2999-01-01T12:00:00Z"},
    },
    said("acknowledged", IRAN, summary="Talks did take place; they were technical.", said_on="2026-01-20"),
    said("dismissed", {"name": "State TV", "kind": "media"}, summary="An invention.", said_on="../2026-01-18"),
]
MENDED = [
    (
        "amended",
        {
            "regarding": 2,
            "type": "reported",
            "reason": "Three diplomats.",
            "statement": {**EVENTS[0]["data"], "summary": "They met, three diplomats said."},
        },
    ),
    ("struck", {"regarding": 7, "reason": "It was said of another meeting."}),
]


def fill_record(server: Server, token: str) -> dict[str, str]:
    """Record all of it; answers the addresses of the claims by name."""
    story = [json.loads(line) for line in STORY.read_text(encoding="utf-8").splitlines()]
    _post(server, token, "/events", {"events": story})
    muscat = {"text": "A second round of talks was held in Muscat in January 2026.", "lang": "en", "id": MUSCAT}
    about = {"occurred_on": "2026-01-0X", "place": "Muscat", "track": "1.5"}
    _post(server, token, "/claims", {**muscat, "about": about, "topics": ["iran"], "events": EVENTS})
    for n, (type_, data) in enumerate(MENDED):
        item = {"claim": MUSCAT, "type": type_, "data": data, "if_match": len(EVENTS) + 1 + n}
        _post(server, token, "/events", {"events": [item]})
    _post(
        server,
        token,
        "/claims",
        {"text": TEXT, "id": HOSTILE, "topics": ["<b>"], "events": [{"type": "denied", "data": SPOKEN}]},
    )
    return {"meeting": MEETING, "muscat": f"/claims/{MUSCAT}", "hostile": f"/claims/{HOSTILE}"}


def _post(server: Server, token: str, path: str, body: dict[str, Any]) -> None:
    status, _, answer = server.ask("POST", path, body, token=token)
    assert status == 201, answer
