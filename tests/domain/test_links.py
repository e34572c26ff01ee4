"""Hold a claim to the rules about links: `link_target`, `link_new`, `no_circle`."""

from uuid import UUID

import pytest

from domain.codebook import RELATIONS
from tests.builders import CLAIM_ID, OTHER_ID, THIRD_ID, given, stands, then_recorded, then_refused, when

FOURTH_ID = UUID("4be7c1d2-0000-4000-8000-000000000004")


def link(relation="aspect_of", claim=OTHER_ID):
    """Make an event that links to another claim."""
    return "linked", {"relation": relation, "claim": str(claim)}


def unlink(relation="aspect_of", claim=OTHER_ID):
    """Make an event that ends a link."""
    return "unlinked", {"relation": relation, "claim": str(claim)}


def claims(links):
    """Answer the links of some claims, and None of any other."""
    return {claim: [data for _, data in made] for claim, made in links.items()}.get


ONE_OTHER = claims({OTHER_ID: []})


def test_the_target_of_a_link_exists():
    """`link_target`: a claim that the record does not hold is no target."""
    assert when(given(), link()) == then_refused("link_target", "/claim")
    assert when(given(), link(), links_of=ONE_OTHER) == then_recorded(2)


@pytest.mark.parametrize("relation", RELATIONS)
def test_a_link_is_made_once(relation):
    """`link_new`: a link that is there already is not made again; one of another relation is."""
    claim = given(link(relation), links_of=ONE_OTHER)
    assert when(claim, link(relation), links_of=ONE_OTHER) == then_refused("link_new", "/claim")
    another = "context" if relation != "context" else "follows"
    assert when(claim, link(another), links_of=ONE_OTHER) == then_recorded(3)


@pytest.mark.parametrize(
    "history", [[], [link("context")], [link("aspect_of", THIRD_ID)], [link("aspect_of"), unlink("aspect_of")]]
)
def test_only_a_link_that_holds_is_ended(history):
    """`link_target`: there must be such a link to this claim now."""
    either = claims({OTHER_ID: [], THIRD_ID: []})
    claim = given(*history, links_of=either)
    assert when(claim, unlink(), links_of=either) == then_refused("link_target", "/claim")


def test_a_link_may_be_made_again_once_ended():
    """After `unlinked` the same link is new."""
    claim = given(link(), unlink(), links_of=ONE_OTHER)
    assert when(claim, link(), links_of=ONE_OTHER) == then_recorded(4)


def test_a_link_is_ended_even_if_its_target_cannot_be_found():
    """Only making a link asks for its target."""
    claim = given(link(), links_of=ONE_OTHER)
    assert when(claim, unlink()) == then_recorded(3)


CIRCLES = [
    {OTHER_ID: [link(claim=CLAIM_ID)]},
    {OTHER_ID: [link(claim=THIRD_ID)], THIRD_ID: [link(claim=CLAIM_ID)]},
    {OTHER_ID: [link(claim=THIRD_ID), link(claim=FOURTH_ID)], THIRD_ID: [], FOURTH_ID: [link(claim=CLAIM_ID)]},
    {OTHER_ID: [link(claim=THIRD_ID)], THIRD_ID: [link(claim=OTHER_ID), link(claim=CLAIM_ID)]},
]
NO_CIRCLES = [
    {OTHER_ID: [link(claim=THIRD_ID)], THIRD_ID: []},
    {OTHER_ID: [link("follows", CLAIM_ID)]},
    {OTHER_ID: [link("same_as", THIRD_ID)], THIRD_ID: [link(claim=CLAIM_ID)]},
    {OTHER_ID: [link(claim=THIRD_ID)], THIRD_ID: [link(claim=OTHER_ID)]},
    {OTHER_ID: [link(claim=THIRD_ID)]},
]


@pytest.mark.parametrize("links", CIRCLES)
def test_aspect_of_makes_no_circle(links):
    """`no_circle`: a claim is no aspect of its own aspect, directly or through others."""
    assert when(given(), link(), links_of=claims(links)) == then_refused("no_circle", "/claim")


@pytest.mark.parametrize("links", NO_CIRCLES)
def test_what_makes_no_circle_of_aspects_is_linked(links):
    """Only `aspect_of` back to this claim makes a circle; the search ends even among circles of others."""
    assert when(given(), link(), links_of=claims(links)) == then_recorded(2)


@pytest.mark.parametrize("relation", ["contradicts", "follows", "same_as", "context"])
def test_other_relations_may_go_both_ways(relation):
    """Claims may contradict, follow, equal or surround each other mutually."""
    assert when(given(), link(relation), links_of=claims(CIRCLES[0])) == then_recorded(2)


def test_a_claim_shows_the_links_that_hold_in_the_order_they_were_made():
    """Links that were ended are gone; one made again counts from then."""
    history = [link(), link("context", THIRD_ID), unlink(), link("follows"), link()]
    claim = given(*history, links_of=claims({OTHER_ID: [], THIRD_ID: []}))
    assert stands(claim)["links"] == [
        {"relation": "context", "claim": str(THIRD_ID)},
        {"relation": "follows", "claim": str(OTHER_ID)},
        {"relation": "aspect_of", "claim": str(OTHER_ID)},
    ]
