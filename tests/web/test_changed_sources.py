"""How a page that a statement was read on changed, as pages tell it."""

from __future__ import annotations

from uuid import UUID

import pytest

from service.recording.ledger import Item
from service.timeline import Asked
from service.tokens import SCHEDULER, Actor
from tests.builders import MID, said
from tests.web.browsing import browse
from tests.web.newsroom import CLAIM, CLAIM_ID, open_claim

TOLD = {
    "en": (
        "A source changed : The source of event 2 reads otherwise now.",
        "A source changed : The source of event 2 is gone.",
        "A source changed : The source of event 2 is there again.",
    ),
    "ko": (
        "출처 변경 : 2 번 항목의 출처 내용이 지금은 다릅니다.",
        "출처 변경 : 2 번 항목의 출처가 사라졌습니다.",
        "출처 변경 : 2 번 항목의 출처가 다시 나타났습니다.",
    ),
    "ru": (
        "Источник изменился : Текст источника записи 2 теперь иной.",
        "Источник изменился : Источник записи 2 исчез.",
        "Источник изменился : Источник записи 2 снова на месте.",
    ),
}


@pytest.mark.parametrize(("language", "told"), TOLD.items())
def test_a_page_says_how_a_source_changed(timeline, desk, client, language, told):
    """Edited, gone or back: claim, version, event, difference and record say which, in the reader's language."""
    open_claim(desk, said("denied", MID))
    for change in ("edited", "gone", "back"):
        item = Item(UUID(CLAIM_ID), "source_changed", {"regarding": 2, "change": change})
        timeline.record(items=[item], asked=Asked(Actor(SCHEDULER, "reporter")))
    asked = {"Accept-Language": language}
    for path in (CLAIM, f"{CLAIM}/versions/5", f"{CLAIM}/versions/5?diff=2", "/events"):
        page = browse(client, path, **asked)
        assert (path, [page.text.count(one) for one in told]) == (path, [1, 1, 1])
    assert [told[n - 3] in browse(client, f"{CLAIM}/events/{n}", **asked).text for n in (3, 4, 5)] == [True] * 3
