"""What is wrong with a form, in the language of the reader: held to the sentences that the checks really say."""

from __future__ import annotations

import ast
from datetime import UTC, datetime
from importlib.resources import files
from uuid import UUID

import pytest

from service.errors import TooLarge
from service.recording.items import read_item
from service.tokens import create_token
from service.web.pages.faults import FAULTS, PLAINER, WHYS, find_fault, tell_fault
from service.web.pages.languages import translations_of
from tests.builders import said
from tests.web.browsing import browse, send, sign_in
from tests.web.newsroom import CLAIM, CLAIM_ID, open_claim

CLAIM_AS_ID = UUID(CLAIM_ID)
SENT = [
    ("denied", {}),
    ("denied", {"party": {"name": "!" * 400, "country": "ZZ"}, "quote": {"text": "No.", "lang": "??"}}),
    ("denied", {"party": {"name": "Foreign Office", "kind": "ministry", "country": "UK"}}),
    ("denied", {"strength": "much", "credibility": 9, "regarding": 0, "summary": " ", "said_on": "2020-11-23T08:40Z"}),
    ("denied", {"regarding": "two", "summary": "x" * 3000, "said_on": "2020"}),
    ("alleged", {"extent": "partial", "summary": "It did."}),
    ("clarified", {"summary": "It meant another."}),
    ("corrected", {"summary": "It was another.", "regarding": 2}),
    ("denied", {"summary": "No.", "source": {"publisher": "P", "url": "https://me:secret@wire.example/1"}}),
    ("reworded", {"reason": "Shorter."}),
    ("reworded", {"reason": "Shorter.", "topics": ["x" * 301]}),
    ("linked", {"relation": "context", "claim": "the other one"}),
    ("linked", {"relation": "context", "claim": CLAIM_ID}),
    *(("comment_requested", {"deadline": text}) for text in ("soon", "2020-01-01T00:00:00Z")),
    ("denied", {"quote": {"text": "x" * 70_000, "lang": "en"}}),
    *(("denied", {"summary": "No.", "said_on": text}) for text in ("2025-02-30", "21.12.2025")),
]


def read_faults():
    """Say all that is wrong with what was sent, as the checks say it."""
    for type_, data in SENT:
        faults = []
        try:
            read_item(type_, data, claim_id=CLAIM_AS_ID, at=datetime(2026, 1, 1, tzinfo=UTC), faults=faults, payload="")
        except TooLarge as refused:
            yield refused.detail
        yield from (fault.detail for fault in faults)


def read_reasons():
    """Read what the domain's own text says is wrong with dates, a number in each gap."""
    tree = ast.parse(files("domain").joinpath("dates.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "DateFault"]
    for call in calls:
        pieces = call.args[0].values if isinstance(call.args[0], ast.JoinedStr) else call.args
        yield "".join(piece.value if isinstance(piece, ast.Constant) else "7" for piece in pieces)


def test_every_fault_of_a_form_is_known():
    """What the checks say of a form is a text of the catalogues, and each of these texts is one that they say."""
    found = {detail: find_fault(detail) for detail in read_faults()}
    assert [detail for detail, known in found.items() if known is None] == []
    assert {known[0] for known in found.values()} == {*FAULTS}


def test_every_reason_why_a_date_is_none_is_known():
    """Whatever the domain finds wrong with a date is a text of the catalogues, and each of these is such a one."""
    reasons = {detail: find_fault(detail) for detail in read_reasons()}
    assert [detail for detail, known in reasons.items() if known is None] == []
    assert {known[0] for known in reasons.values()} - {*FAULTS} == {*WHYS}


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("Missing data for required field.", "꼭 필요한 칸입니다."),
        (
            "A name has at most 300 characters.\nVersions start at 1.",
            "이름은 최대 300자입니다. 번호는 1부터 시작합니다.",
        ),
        (
            "'<b>' is no language tag (BCP 47). Write for example en, ko, fa or zh-Hant.",
            "&#39;&lt;b&gt;&#39;: 언어 태그(BCP 47)가 아닙니다. en, ko, fa, zh-Hant처럼 쓰세요.",
        ),
        (
            "'2025-02-30' is not an EDTF date: no day of the calendar is 2025-02-30. Write for example 2025-12-21",
            "&#39;2025-02-30&#39;: EDTF 날짜가 아닙니다(2025-02-30: 달력에 없는 날입니다). 예: 2025-12-21",
        ),
        (
            "'x' is not an EDTF date: it can be read in two ways; write 0001-02-01 or 2001.",
            "&#39;x&#39;: EDTF 날짜가 아닙니다(두 가지로 읽힙니다. 0001-02-01 또는 2001: 둘 중 하나로 쓰세요).",
        ),
        ("'2018년' is not an EDTF date: write 2018.", "&#39;2018년&#39;: EDTF 날짜가 아닙니다(2018: 이렇게 쓰세요)."),
        (
            "'1' is not an EDTF date: a rule of <tomorrow>. Write for example 2025",
            '&#39;1&#39;: EDTF 날짜가 아닙니다(<span lang="en">a rule of &lt;tomorrow&gt;</span>). 예: 2025',
        ),
        ("One of: full, partial.", "다음 중 하나: 전부, 일부."),
        ("One of: refile, corrected, withdrawn.", "다음 중 하나: 단순 오기 정정(재송고), 정정, 철회."),
        ("One of: A, B, C, D, E, F.", "다음 중 하나: A, B, C, D, E, F."),
        (
            "`walked_back` is about an earlier statement: give the version of that event.",
            "앞선 발언에 관한 항목입니다(발언에서 후퇴). 그 항목의 번호를 적으세요.",
        ),
        (
            "`retracted` is about an earlier statement: give the version of that event.",
            "앞선 발언에 관한 항목입니다(발언 철회). 그 항목의 번호를 적으세요.",
        ),
        ("What nobody has translated & will.", '<span lang="en">What nobody has translated &amp; will.</span>'),
    ],
)
def test_a_fault_is_told_in_the_language_of_the_reader(detail, told):
    """A known sentence is translated with what it names, escaped; any other stays and is marked as English."""
    assert told == tell_fault(detail, translations_of("ko"))


def test_a_fault_is_told_to_people_in_plainer_english():
    """What names a member to programs names none to people, and every such sentence is one that the checks say."""
    told = {detail: str(tell_fault(detail, translations_of("en"))) for detail in read_faults()}
    assert [text for text in told.values() if "`" in text or "UUID" in text or "member" in text] == []
    assert PLAINER.keys() <= {*FAULTS}


def test_a_broken_rule_is_told_in_the_language_of_the_reader(desk, app, store, clock):
    """A refusal by a rule says the rule in the reader's language, beside the exact words in English."""
    open_claim(desk, said("denied"))
    client = app.test_client()
    sign_in(client, create_token(store, "reporter-a", "reporter", now=clock(), expires_in=None))
    client.set_cookie("onrecord-language", "ru")
    statement = {"party/name": "Seoul", "party/kind": "state", "summary": "No.", "source/publisher": "The Wire"}
    refused = send(client, f"{CLAIM}/log", {"type": "retracted", "regarding": "2", **statement})
    assert refused.status_code == 409
    assert "История утверждения этого не допускает. Отозвать или пояснить это может только тот" in refused.text
    assert '<span lang="en">Event 2 is the word of Russian Foreign Ministry;' in refused.text
    assert browse(client, "/claims?standing=untrue", 422).html.count('<span lang="en">') == 0
