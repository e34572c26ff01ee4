"""What the browser computes is what `domain` computes, to the byte: canonical JSON, leaves, proofs."""

from __future__ import annotations

import json
import random

import pytest

from domain.entry import LARGEST_EVENT, canonical
from domain.merkle import prove_consistency, prove_inclusion, root_of
from service.recording.strict_json import DEEPEST
from tests.contract.proving import leaf_of
from tests.domain.test_merkle import tree_hash
from tests.log.handing import hash_leaf
from tests.log.making import event
from tests.log.test_what_no_record_holds import CLAIM, ERASING, EVENT_1, erased, nested, of_bytes

SCRIPTS = [
    "Ж",
    "외교부",
    "وزارة",
    "אין",
    "外交部",
    "ไทย",
    "é",
    "e\u0301",
    "𐍈",
    "👩🏽‍🚀",
    "\u202e",
    "\ufeff",
    "\u2028",
    "\x7f",
    "\ufffe",
]
NUMBERS = [0, 1, -1, 9, 10, 2**31, 2**32 + 1, 2**53 - 1, -(2**53) + 1, True, False, None]
LARGEST = 34  # leaves of a tree

RUN = "async ([cases, how]) => {{ const audit = await import('{address}'); return await ({run})(audit, cases, how); }}"


@pytest.fixture
def audit(site, visitor):
    """Give a way to run something of the browser's own module over cases."""
    page = visitor.open(site)
    page.goto("/log")
    address = page.get_attribute("link[rel=modulepreload]", "href")
    return lambda run, cases: page.evaluate(RUN.format(address=address, run=run), [cases, None])


def made_up(chance, depth=0):
    """Make a value of all kinds that a record may hold."""
    kind = chance.randrange(6 if depth < 4 else 3)
    if kind == 0:
        return chance.choice(NUMBERS)
    if kind < 3:
        signs = [chr(chance.choice([chance.randrange(0x80), chance.randrange(0xD800)])) for _ in range(8)]
        return "".join(chance.sample(signs + SCRIPTS, k=chance.randrange(12)))
    if kind == 3:
        return [made_up(chance, depth + 1) for _ in range(chance.randrange(4))]
    names = [
        "data",
        "a",
        "B",
        "A",
        "aa",
        "a_b",
        "a-b",
        "10",
        "9",
        "__proto__",
        "constructor",
        "toJSON",
        "length",
        "é"[:0],
    ]
    return {chance.choice(names): made_up(chance, depth + 1) for _ in range(chance.randrange(6))}


def test_canonical_json_is_the_same_to_the_byte(audit):
    """Every character, and 3,000 values made up of all kinds and scripts, are written as Python writes them."""
    chance = random.Random(6)  # noqa: S311 - no secret
    cases = [made_up(chance) for _ in range(3_000)]
    cases += ["".join(map(chr, range(start, start + 0x800))) for start in range(0, 0xD800, 0x800)]
    cases += ["".join(map(chr, range(0xE000, 0x10000))), "".join(map(chr, range(0x10000, 0x110000, 0x1F1)))]
    told = audit(
        "(audit, cases) => cases.map((one) => audit.canonical(JSON.parse(one)))", [json.dumps(one) for one in cases]
    )
    assert [canonical(one).decode() for one in cases] == told


REFUSED = [
    *("1.5", "1e400", "1.0", "9007199254740992", "-0", "NaN", " 1", "[1, 2]", ""),
    *('"\\ud800"', '{"a":"x\\udc00"}', '{"\\ud800":1}', '{"b":1,"a":2}', '{"a":1,"a":1}', '"\\u00e9"', '"\\/"'),
]


def test_what_is_not_canonical_is_refused(audit):
    """Floats, numbers too large, halves of characters, and the same said in another way are no event."""
    run = """(audit, cases) => cases.map((one) => {
      try {
        audit.readEvent(new TextEncoder().encode(one));
        return one;
      } catch (error) {
        return error.constructor.name;
      }
    })"""
    assert ["Failed"] * len(REFUSED) == audit(run, REFUSED)


@pytest.fixture
def read_in_browser(audit):
    """Give a way to have the browser read events; answers of each whether it is refused, and what its leaf is else."""
    run = """async (audit, cases) => Promise.all(cases.map(async (one) => {
      try {
        return audit.toHex(await audit.leafOf(audit.readEvent(new TextEncoder().encode(one))));
      } catch (error) {
        return error.constructor.name;
      }
    }))"""
    return lambda events: audit(run, [canonical(one).decode() for one in events])


def test_what_no_record_holds_is_refused(read_in_browser):
    """The browser holds an event to the sizes, levels and forms that both verifiers hold it to."""
    timely = [name for name in EVENT_1 if not name.startswith(("a time before", "an unknown type", "words erased"))]
    odd = [EVENT_1[name] for name in timely]
    odd += [
        nested(DEEPEST + 1),
        nested(300),
        of_bytes(LARGEST_EVENT + 1),
        *(event(claim=name) for name in ("x", CLAIM)),
    ]
    assert ["Failed"] * len(odd) == read_in_browser(odd)


def test_what_a_record_may_hold_is_read(read_in_browser):
    """As deep and as large as an event may be, on the 29th of February and after an erasure, it has its leaf."""
    fine = [event(), nested(DEEPEST), of_bytes(LARGEST_EVENT), erased(), ERASING]
    fine.append(event(recorded_at="2028-02-29T23:59:59.999999Z", recorded_by='서울 "데스크"'))
    assert [hash_leaf(one).hex() for one in fine] == read_in_browser(fine)


def test_every_event_on_record_has_the_same_leaf(audit, site):
    """The leaf of each event that is served, in every script and redacted or not, is that of Python."""
    events = [site.ask("GET", f"/claims/{e['event']['claim']}/events/{e['event']['version']}")[2] for e in feed(site)]
    run = """async (audit, cases) => Promise.all(cases.map(async (one) =>
      audit.toHex(await audit.leafOf(audit.readEvent(new TextEncoder().encode(one))))))"""
    assert len(events) > 40
    assert [leaf_of(one).hex() for one in events] == audit(run, events)


def feed(site):
    """Read the record in its order."""
    return site.read("/events?limit=1000")["events"]


PROVE = """async (audit, cases) => {
  const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (two) => parseInt(two, 16));
  const { leaves, roots, proved, grown } = cases;
  const came = async (does) => { try { return await does(); } catch (error) { return error.constructor.name; } };
  const found = { inclusion: [], shifted: [], consistency: [], forked: [], cut: [] };
  for (const [n, size, path] of proved) {
    const proof = path.map(bytes);
    const leads = (at, of, by) => came(async () =>
      audit.toHex(await audit.rootFromInclusion(bytes(leaves[n]), at, of, by)) === roots[of]);
    found.inclusion.push(await leads(n, size, proof));
    if (size > 1) found.shifted.push(await leads((n + 1) % size, size, proof));
    found.shifted.push(await leads(n, size, [...proof, bytes(leaves[0])]),
      await leads(size, size, proof));
  }
  for (const [old, now, path] of grown) {
    const tree = (size, root = roots[size]) => ({ size, root: bytes(root) });
    const holds = (was, is, by) => came(async () => (await audit.checkConsistency(was, is, by), true));
    const proof = path.map(bytes);
    found.consistency.push(await holds(tree(old), tree(now), proof));
    found.forked.push(await holds(tree(old, leaves[9]), tree(now), proof), await holds(tree(old),
      tree(now, leaves[9]), proof), await holds(tree(old), tree(now), [...proof, bytes(leaves[0])]));
    if (proof.length) found.cut.push(await holds(tree(old), tree(now), proof.slice(1)));
  }
  return Object.fromEntries(Object.entries(found).map(([name, all]) => [name, [...new Set(all)].sort()]));
}"""


def test_proofs_lead_where_they_should(audit):
    """Every leaf of every tree up to 34 is proved, and every size to extend every smaller one; nothing false is."""
    leaves = [bytes([n]) * 32 for n in range(LARGEST)]
    node = lambda level, number: tree_hash(tuple(leaves[number << level : (number + 1) << level]))  # noqa: E731
    roots = [root_of(size, node).hex() for size in range(LARGEST + 1)]
    proved = [
        [n, size, [part.hex() for part in prove_inclusion(n, size, node)]]
        for size in range(1, LARGEST + 1)
        for n in range(size)
    ]
    grown = [
        [old, now, [part.hex() for part in prove_consistency(old, now, node)]]
        for now in range(2, LARGEST + 1)
        for old in range(1, now)
    ]
    told = audit(PROVE, {"leaves": [leaf.hex() for leaf in leaves], "roots": roots, "proved": proved, "grown": grown})
    assert [True] == told.pop("inclusion")
    assert [True] == told.pop("consistency")
    assert {"Failed", False} >= {one for came in told.values() for one in came}
    assert {"shifted", "forked", "cut"} == told.keys()
