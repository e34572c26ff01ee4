"""A number in an address, a header, a form or a body is one that every store can look up, or it is refused."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from itertools import product

import orjson
import pytest
from marshmallow import fields

from service.web import ENDPOINTS
from service.web.pages.routes import PAGES
from tests.builders import MOFA, PAPER, asked, kept, said
from tests.web.browsing import PAGE, send
from tests.web.newsroom import CLAIM, CLAIM_ID, OTHER_ID, append, batch, in_json, mend, open_claim

NUMBERS = [2**31, 2**63]
PLACES = {"{claim_id}": CLAIM_ID, "{act}": "amend", "{key}": "the-paper", "{webhook_id}": "none"}
REFUSED = {404, 409, 412, 422}


@pytest.fixture
def two(desk):
    """Record two claims, so that lists have a page after their first."""
    open_claim(desk, said("reported", PAPER), said("denied", MOFA), asked())
    open_claim(desk, said("reported", PAPER), id_=OTHER_ID)
    return desk


def _numbers_asked():
    """List the addresses that take a number in their query, up to its sign of equality."""
    for endpoint in (*ENDPOINTS, *PAGES):
        given = endpoint.query().fields
        path = endpoint.path
        for place, value in PLACES.items():
            path = path.replace(place, value)
        for name, field in given.items():
            if isinstance(field, fields.Integer) and endpoint.method == "GET":
                others = "".join(f"{other}=1&" for other in given if given[other].required and other != name)
                yield f"{path}?{others}{name}="


ADDRESSES = [
    *_numbers_asked(),
    *("/claims?as_of=", "/parties?as_of=", f"{CLAIM}?as_of=", f"{CLAIM}?said_until=", "/parties/the-paper?as_of="),
    *(f"{CLAIM}/events/", f"{CLAIM}/versions/", f"{CLAIM}/log?again={CLAIM_ID}/", "/log/tile/0/", "/log/tile/"),
]


def test_a_number_in_an_address_is_looked_up_or_refused(two):
    """However large it is, whoever asks is answered, as a program and as a page."""
    told = {
        f"{address}{number}"[:90]: two.get(f"{address}{number}", headers=form).status_code
        for address in ADDRESSES
        for number, form in product(NUMBERS, ({}, PAGE))
    }
    assert {address: status for address, status in told.items() if status not in {200, 303, *REFUSED}} == {}


def test_a_number_in_a_cursor_is_looked_up_or_refused(two):
    """A cursor that somebody filled with other numbers is none of the list's."""
    for path in ("/claims?limit=1", "/parties?limit=1", "/parties/the-paper?limit=1"):
        place, size, *rest = orjson.loads(urlsafe_b64decode(two.get(path).json["next"] + "=="))
        for numbers in ([2**63, size], [place, 2**63], [2**63, 2**63 + 1], [2**64 - 1, 2**64 - 1]):
            cursor = urlsafe_b64encode(orjson.dumps([*numbers, *rest])).decode().rstrip("=")
            assert two.get(f"{path}&cursor={cursor}").status_code == 422


def test_a_number_in_a_header_is_looked_up_or_refused(two):
    """So are the log size that an answer has to reach, and the version that a change was made of."""
    for number in NUMBERS:
        at_least = two.get(CLAIM, headers={"Log-Size-At-Least": str(number)})
        of_version = append(two, kept("struck", regarding=2), headers={"If-Match": f'"{number}"'})
        assert {at_least.status_code, of_version.status_code} <= REFUSED


def test_a_number_in_a_body_is_looked_up_or_refused(two):
    """So is every number of an event and of a batch."""
    for number in NUMBERS:
        told = [
            append(two, said("retracted", regarding=number)),
            mend(two, kept("redacted", regarding=number), 4),
            append(two, said("denied", credibility=number)),
            batch(two, in_json(said("denied"), claim=CLAIM_ID, if_match=number)),
        ]
        assert {response.status_code for response in told} <= {400, *REFUSED}


def test_a_number_in_a_form_is_looked_up_or_refused(two):
    """So is whatever was typed, or sent in the place of what a form holds."""
    names = ["regarding", "version", "filled", "sure/moved/version", "credibility"]
    for path, name, number in product(("log", "log/amend", "log/strike"), names, NUMBERS):
        typed = {"type": "clarified", "regarding": "2", "version": "4", "filled": "4", name: str(number)}
        assert send(two, f"{CLAIM}/{path}", typed).status_code in REFUSED
