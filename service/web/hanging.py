"""What hangs, over HTTP: as a list and as feeds."""

from __future__ import annotations

from typing import Any

from flask import Response

from service.reading.hanging import HangingQuestion
from service.web import answers, parameters
from service.web.addresses import base_url
from service.web.endpoint import Endpoint, answer, timeline
from service.web.feeds import NEWEST, answer_entries, feed_endpoint
from service.web.formats import name_feeds


def list_hanging(**asked: Any) -> Response:
    """List what hangs, what came to hang last first."""
    response = answer(timeline().get_hanging(question=HangingQuestion(**asked)))
    name_feeds(response)
    return response


def answer_hanging(suffix: str, *, days: int) -> Response:
    """Give what came to hang last as a feed."""
    entries = timeline().tell_hanging(days=days, limit=NEWEST, base=base_url())
    return answer_entries(suffix, "hanging", "What hangs", entries)


_FEED: dict[str, Any] = {"query": parameters.HangingFeedQuerySchema}
ENDPOINTS = (
    Endpoint(
        "GET",
        "/hanging",
        "What hangs: requests for comment past their deadline, and parties that have withheld for some days",
        list_hanging,
        {200: (answers.Hanging, "What came to hang last first.")},
        query=parameters.HangingQuerySchema,
        suffix=True,
    ),
    feed_endpoint("atom", "/hanging", "What came to hang last", answer_hanging, **_FEED),
    feed_endpoint("feed", "/hanging", "What came to hang last", answer_hanging, **_FEED),
)
