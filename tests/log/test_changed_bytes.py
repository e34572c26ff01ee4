"""No byte of evidence can be changed so that it proves something else."""

from __future__ import annotations

import json

import pytest

from tests.log.auditing import AUDITORS, HONEST


def whole(bundle):
    """Give what of a bundle is proved: the rest is for people."""
    return {name: bundle.get(name) for name in ("checkpoint", "claim", "events")}


def accepted(auditor, key, bundle, at, bit):
    """Turn one bit of a bundle; tell whether what is proved by it is accepted and another."""
    changed = bytearray(bundle)
    changed[at] ^= bit
    try:
        if whole(json.loads(bytes(changed))) == whole(json.loads(bundle)):
            return False
    except ValueError:
        return False
    return auditor.evidence(bytes(changed), key.verifier) == HONEST


@pytest.fixture
def small(claim, publish, client):
    """Ask for the evidence of a claim with one statement, in a log of three events."""
    address = claim(1)
    claim()
    publish()
    return client.get(f"{address}/evidence").data


@pytest.mark.parametrize("part", range(8))
def test_no_changed_byte_of_a_bundle_passes(small, key, part):
    """With any byte of a bundle changed, what it proves is the same, or it is refused."""
    ours = AUDITORS[0]
    assert [] == [at for at in range(part, len(small), 8) if accepted(ours, key, small, at, 1 << (at * 5 % 8))]


def test_no_changed_byte_passes_the_stand_alone_verifier(small, key):
    """Nor does the stand-alone verifier accept a changed byte; every 29th is tried."""
    assert [] == [at for at in range(0, len(small), 29) if accepted(AUDITORS[1], key, small, at, 1 << (at % 8))]


@pytest.mark.slow
def test_no_changed_byte_passes_anybody(small, key):
    """Every byte of a bundle, changed in each of its bits, is tried on both auditors."""
    for auditor, bits in ((AUDITORS[0], 8), (AUDITORS[1], 1)):
        for bit in range(bits):
            assert [] == [at for at in range(len(small)) if accepted(auditor, key, small, at, 1 << bit)]
