"""A claim on which very many speak, or with very many aspects: a sentence names the first few and leads to all."""

from __future__ import annotations

from tests.builders import said
from tests.web.browsing import browse
from tests.web.newsroom import CLAIM, append, open_claim


def speak(type_, n, **more):
    """Let a ministry of a number speak."""
    return said(type_, {"name": f"Ministry {n}", "kind": "ministry"}, **more)


def test_a_reason_names_a_few_of_many(desk, client):
    """Of nine who deny it, four are named where the claim stands and where it is listed; links lead to the others."""
    open_claim(desk, *(speak("denied", n) for n in range(9)))
    page = browse(client, CLAIM)
    assert (
        "Denied by Ministry 0 ( 2 ), Ministry 1 ( 3 ), Ministry 2 ( 4 ), Ministry 3 ( 5 ) and 5 more . Nobody"
    ) in page.text.replace(" , ", ", ")
    assert '<a href="#who">and 5 more</a>' in page.html
    assert f'<a href="{CLAIM}#who">and 5 more</a>' in browse(client, "/claims").html


def test_a_contested_claim_names_both_sides(desk, client):
    """Where six affirm it before the first denies it, who denies it is named all the same."""
    open_claim(desk, *(speak("confirmed", n) for n in range(6)), speak("denied", 6))
    told = browse(client, CLAIM).text.replace(" , ", ", ")
    assert "Ministry 0 ( 2 ), Ministry 6 ( 8 ), Ministry 1 ( 3 ), Ministry 2 ( 4 ) and 3 more ." in told


def test_parts_are_numbered_as_far_as_they_are_few(desk, client):
    """Of six parts that one party concedes, four are numbered, and the history has the others."""
    open_claim(desk, speak("denied", 0))
    for n in range(6):
        part = speak("acknowledged", 0, extent="partial", scope=f"Part {n}", said_on=f"2026-01-0{n + 1}")
        assert append(desk, part).status_code == 201
    page = browse(client, CLAIM)
    assert "Affirmed in part: 3, 4, 5, 6 and 2 more ." in page.text.replace(" , ", ", ")
    assert page.html.count('<a href="#history">and 2 more</a>') == 2


def test_a_table_of_many_claims_can_be_read_on_paper(desk, client):
    """A dozen aspects stand side by side; each position names its claim, for where there is no room for columns."""
    open_claim(desk, speak("denied", 0))
    link = ("linked", {"relation": "aspect_of", "claim": CLAIM.removeprefix("/claims/")})
    for n in range(12):
        id_ = f"4be7c1d2-0000-4000-8000-0000000001{n:02}"
        open_claim(desk, link, speak("confirmed", n), id_=id_, text=f"Aspect {n}.")
    page = browse(client, CLAIM)
    titles = ["This claim", *(f"Aspect {n}." for n in range(12))]
    assert (["matrix wide"], titles) == (page.all("class", "table"), page.all("data-title", "td"))
    assert "Further aspects are not shown here." not in page.text
