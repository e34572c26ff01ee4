"""A party's feed tells whoever read its words what became of them, when none of them counts any more."""

from __future__ import annotations

import pytest

from tests.builders import KREMLIN, amended, kept, said
from tests.web.directory import KOREAN
from tests.web.newsroom import CLAIM, mend, open_claim


@pytest.mark.parametrize(
    ("mending", "known"),
    [
        (kept("struck", regarding=2), "struck"),
        (amended(2, said("denied", KOREAN)), "amended"),
    ],
)
def test_the_feed_of_a_party_of_which_no_word_counts_any_more_goes_on(client, desk, mending, known):
    """Whose only word was struck, or is another's by an amendment, has a feed that says so to whoever read the word."""
    open_claim(desk, said("denied", KREMLIN))
    assert mend(desk, mending, 2).status_code == 201
    told = f"http://localhost{CLAIM}/events"
    for suffix in ("", "?as_of=3"):
        feed = f"/parties/kremlin.feed{suffix}"
        read = client.get(feed).json
        assert [(item["id"], item["tags"]) for item in read["items"]] == [
            (f"{told}/3", [known]),
            (f"{told}/2", ["denied"]),
        ]
        assert read["title"].startswith("Kremlin")
    assert [item["id"] for item in client.get("/parties/kremlin.feed?as_of=2").json["items"]] == [f"{told}/2"]
    assert client.get("/parties/kremlin.atom").status_code == 200
    assert client.get("/parties/kremlin.feed?as_of=1").json["code"] == "not_yet_known"
    assert client.get("/parties/kremlin").status_code == 404
