"""`?format=`: every format is an answer like any other."""

from __future__ import annotations

import pytest

from service.web.formats import FORMATS
from service.web.parameters import FORMATS as ASKED
from tests.web.newsroom import CLAIM


def test_every_format_can_be_asked_for():
    """What may be asked for is what there is, and JSON."""
    assert ("json", *FORMATS) == ASKED


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("path", [CLAIM, "/claims"])
@pytest.mark.usefixtures("everything")
def test_a_format_is_an_answer_like_any_other(client, path, form):
    """It has an ETag of its own, is not sent twice, is the same under the same `as_of`, and names the others."""
    first = client.get(f"{path}?format={form}")
    assert first.headers["ETag"] not in {'"12"', client.get(path).headers["ETag"]}
    again = client.get(f"{path}?format={form}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["Log-Size"]) == (304, b"", "12")
    assert "Accept" in first.headers["Vary"]
    then = client.get(f"{path}?format={form}&as_of=4").data
    assert (then, True) == (client.get(f"{path}?format={form}&as_of=2026-01-31T10:03:00Z").data, then != first.data)
    assert f'<{path}?format=json>; rel="alternate"; type="application/json"' in ", ".join(first.headers.getlist("Link"))


@pytest.mark.usefixtures("everything")
def test_json_is_the_answer_itself(client):
    """`format=json` says what is said without it."""
    assert client.get(CLAIM).data == client.get(f"{CLAIM}?format=json").data
    assert client.get("/claims").data == client.get("/claims?format=json").data


@pytest.mark.usefixtures("everything")
def test_another_format_is_refused(client):
    """A format that is none is a fault of the parameter, not a silent JSON."""
    refused = client.get(f"{CLAIM}?format=yaml")
    assert (refused.status_code, refused.json["errors"][0]["parameter"]) == (422, "format")
