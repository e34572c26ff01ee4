"""The whole record is compared with a replay of its events: each derived table that was tampered with is named."""

from __future__ import annotations

import json

import pytest

from service.public_log.checkpoint import open_checkpoint
from service.rebuild import rebuild
from service.store import finding
from service.store.derived import DERIVED, INDEX
from service.store.sql import lasting as sql_lasting
from service.verifying import replayed
from service.verifying.replayed import compare_with_replay
from tests.builders import CLAIM_ID, MOFA, OTHER_ID, amended, asked, kept, said
from tests.contract.asking import append, opening
from tests.contract.owner import KEY, REDACTED
from tests.web.directory import joined

HERE = str(CLAIM_ID)


@pytest.fixture
def recorded(bench, store, monkeypatch):
    """Record two claims with all that derived tables are made of."""
    monkeypatch.setattr(sql_lasting, "LASTING", 2)  # else no claim has lasted
    monkeypatch.setattr(finding, "FRESH", 4)  # else no facet is entered
    monkeypatch.setattr(replayed, "ALIKE", 2)  # else what differs is among the first rows
    bench.do(opening(OTHER_ID, said("alleged", MOFA)))
    bench.do(opening(CLAIM_ID, said("denied"), asked(MOFA), said("ncnd", MOFA)))
    bench.do(append(CLAIM_ID, amended(2, said("dismissed")), if_match=4))
    bench.do(append(CLAIM_ID, kept("redacted", regarding=2), if_match=5))
    bench.do(append(CLAIM_ID, said("confirmed")))
    bench.do(append(OTHER_ID, said("denied")))
    bench.do(append(OTHER_ID, said("retracted", regarding=3)))
    bench.do(append(OTHER_ID, joined(MOFA["name"], "Russian Foreign Ministry")))
    return store


def compare(store):
    """Compare, and give what is told of each table."""
    return compare_with_replay(store, None, lambda _: None)


def test_what_was_recorded_agrees(recorded):
    """Rows made as events came in, and by a redaction and an amendment, are those of a replay; progress is told."""
    parts = []
    assert compare_with_replay(recorded, None, parts.append) == (2, [])
    assert (parts, parts[-1]) == (sorted(parts), 1.0)


@pytest.mark.parametrize("leaves", [False, True], ids=["the event", "its leaf too"])
def test_events_that_were_changed_since_they_were_looked_at_are_no_others(store, record, owner, leaves):
    """Where events, and all that is made of them, are changed after step 3, step 6 tells that it replays others."""
    signed = open_checkpoint(record[1], [KEY.verifier])
    assert compare_with_replay(store, signed, lambda _: None) == (9, [])
    owner.write(2, owner.state(2).replace("No 1.", "Yes 1"))
    rebuild(store, lambda _: None)
    if leaves:
        owner.rewrite_log()
    told = "events: expected those that were looked at in step 3, got others: somebody changed them meanwhile"
    assert compare_with_replay(store, signed, lambda _: None) == (9, [told])


def test_what_was_rolled_back_since_it_was_looked_at_is_another_record(store, record, owner):
    """Likewise where the end is gone, with its checkpoint."""
    owner.cut(21)
    owner.forget(21)
    rebuild(store, lambda _: None)
    signed = [open_checkpoint(note, [KEY.verifier]) for note in record]
    assert [] == [told for told in compare_with_replay(store, signed[0], lambda _: None)[1] if "step 3" in told]
    assert 1 == len([told for told in compare_with_replay(store, signed[1], lambda _: None)[1] if "step 3" in told])


def test_an_empty_record_agrees(store):
    """There is nothing to find in an empty record."""
    assert compare(store) == (0, [])


def test_whatever_table_is_emptied_is_named(recorded, behind):
    """Of every derived table it is told that rows are gone, and of no other."""
    for table in DERIVED[2:-1]:  # those of the record itself are append-only, the index goes with its table
        behind(f"DELETE FROM {table.name}")  # noqa: S608 - names of ours
        named = {told.partition(":")[0] for told in compare(recorded)[1]}
        assert named - {INDEX.name, *(["vocabulary"] if table.name == "words" else [])} == {table.name}
        rebuild(recorded, lambda _: None)
    assert compare(recorded) == (2, [])


CHANGES = {
    "UPDATE bodies SET body = replace(body, 'withholds', 'denies') WHERE since = 6": (
        "bodies: of the row since 6 body differ"
    ),
    "UPDATE claim_versions SET tags = '', until = 12 WHERE since = 8": (
        "claim_versions: of the row since 8 until, tags differ"
    ),
    "INSERT INTO facets VALUES ('topic', 'war', 6)": (
        "facets: there is a row name topic, value war, since 6 that no event makes"
    ),
    "UPDATE texts SET until = 6 WHERE position = 5": "texts: of the row position 5 until differ",
    "UPDATE vocabulary SET word = 'zzzz' WHERE word = 'said'": (
        "vocabulary: the row word said is missing; there is a row word zzzz that no event makes"
    ),
    "UPDATE said SET key = 'wire' WHERE place = 5": (
        "said: the row key south-korean-foreign-ministry, since 6, place 5 is missing; "
        "there is a row key wire, since 6, place 5 that no event makes"
    ),
    "UPDATE joins SET holds = 0": "joins: of the row since 12 holds differ",
    "UPDATE party_counts SET claims = 7": (
        "party_counts: of the row key russian-foreign-ministry, since 9 claims differ; "
        "of the row key russian-foreign-ministry, since 10 claims differ; "
        "of the row key russian-foreign-ministry, since 11 claims differ; and 2 more"
    ),
    "UPDATE hanging SET at = '2020-01-01T00:00:00.000000Z'": f"hanging: of the row claim {HERE}, version 4 at differ",
}


@pytest.mark.parametrize(("statement", "expected"), CHANGES.items(), ids=[s.split()[1] for s in CHANGES])
def test_a_row_that_was_changed_is_named(recorded, behind, statement, expected):
    """It is told which row of which table differs, in what, or that no event makes it."""
    behind(statement)
    assert compare(recorded) == (2, [expected])


def test_an_index_that_leads_elsewhere_is_found(recorded, behind, engine):
    """Texts that read as they were made, and that the index does not find by their words."""
    if engine.name == "sqlite":
        ((tokens,),) = behind("SELECT tokens FROM words WHERE position = 5")
        behind("INSERT INTO word_lists (word_lists, rowid, tokens) VALUES ('delete', 5, ?)", tokens)
        behind("INSERT INTO word_lists (rowid, tokens) VALUES (5, replace(?, ' said ', ' told '))", tokens)
    else:
        ((made,),) = behind("SELECT pg_get_functiondef('lexemes'::regproc)")
        behind(made.replace("(tokens,", "(replace(tokens, CASE at WHEN 5 THEN ' said ' ELSE '' END, ' '),"))
        behind("REINDEX INDEX words_by_lexeme")
        behind(made)
    told, *_ = compare(recorded)[1]
    expected = {"sqlite": "the row word said, position 5", "postgresql": "expected 5 texts by 'said', got 4"}
    assert told.startswith(f"the index of words: {expected[engine.name]}")


HIDDEN = {
    "counts of a text": "DELETE FROM word_lists_docsize WHERE id = 5",
    "where pages are": "DELETE FROM word_lists_idx",
    "a page": "DELETE FROM word_lists_data WHERE id > 10",
    "what a page holds": "UPDATE word_lists_data SET block = x'00112233' WHERE id > 10",
    "which pages there are": "DELETE FROM word_lists_data WHERE id = 10",
}
JUNK = {
    "INSERT INTO word_lists_config VALUES ('junk', 1)": "in word_lists_config, got [('junk', 1), ('version', 4)]",
    "INSERT INTO word_lists_config VALUES ('rank', 'bm25(0.0)')": "in word_lists_config, got [('rank', 'bm25(0.0)'), ",
    "UPDATE word_lists_config SET v = 5": "in word_lists_config, got [('version', 5)]",
    "INSERT INTO word_lists_data VALUES (2, x'00')": "word_lists_data are of no list, the first of them row 2",
    "INSERT INTO word_lists_data VALUES (-7, x'00')": "word_lists_data are of no list, the first of them row -7",
    "INSERT INTO word_lists_data SELECT id + 999, block FROM word_lists_data WHERE id > 10": "_data are of no list",
    "INSERT INTO word_lists_data SELECT id + (999 << 37), block FROM word_lists_data WHERE id > 10": "are of no list",
    "INSERT INTO word_lists_idx SELECT segid + 999, term, pgno FROM word_lists_idx": "_idx lead to no page on which",
    "INSERT INTO word_lists_idx SELECT segid, x'3030', pgno + 2000 FROM word_lists_idx LIMIT 1": "FTS5 finds",
    "INSERT INTO word_lists_idx SELECT segid, x'30', pgno FROM word_lists_idx LIMIT 1": "lead where another does",
    "INSERT INTO word_lists_docsize VALUES (999, x'01')": "FTS5 finds that its lists are not those of the texts",
}


@pytest.mark.parametrize("length", [2, 250])
def test_a_word_that_no_text_has_is_found(recorded, behind, length):
    """A word that is shorter or longer than those that both engines keep is compared too."""
    behind("INSERT INTO vocabulary VALUES (?)", "z" * length)
    assert compare(recorded)[1] == [f"vocabulary: there is a row word {'z' * length} that no event makes"]


@pytest.mark.parametrize("statement", HIDDEN.values(), ids=HIDDEN)
def test_an_index_of_which_a_part_is_gone_is_found(recorded, behind, engine, statement):
    """Rows that FTS5 keeps beside its lists, and by which a search would find less, are looked at."""
    if engine.name != "sqlite":
        pytest.skip("PostgreSQL keeps none beside its index")
    behind(statement)
    assert {"words", INDEX.name} >= {told.partition(":")[0] for told in compare(recorded)[1]} != set()


@pytest.mark.parametrize(("statement", "expected"), JUNK.items(), ids=JUNK)
def test_what_stands_beside_the_lists_of_the_index_is_named(recorded, behind, engine, statement, expected):
    """A row that belongs to no list of FTS5's, and a setting that this program does not make, are named."""
    if engine.name != "sqlite":
        pytest.skip("PostgreSQL keeps none beside its index")
    assert compare(recorded)[1] == []
    behind(statement)
    assert expected in "; ".join(compare(recorded)[1])


FILED = {
    "UPDATE events SET topic = 'onrecord.confirmed' WHERE position = 1": "events: of the row position 1 topic differ",
    "UPDATE events SET claim = 'x' WHERE position = 37": "events: of the row position 37 claim differ",
    "UPDATE log SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 9": (
        "log: of the row position 9 recorded_at differ"
    ),
}


@pytest.mark.parametrize(("statement", "expected"), FILED.items(), ids=["type", "claim", "time"])
def test_an_event_that_is_filed_under_something_else_is_named(owner, record, store, statement, expected):
    """What an event is found by is not what it says of itself."""
    owner.run(statement)
    assert expected in compare(store)[1]


def test_words_that_are_back_after_they_were_erased_are_named(owner, record, store):
    """A redaction tells what it erased; words that stand there again, as from a backup, are found."""
    event = json.loads(owner.state(REDACTED - 1))
    owner.edit(REDACTED, **{name: event[name] for name in ("data", "salt")}, redacted=None, commitment=None)
    owner.write(REDACTED, owner.state(REDACTED).replace('"commitment":null,', "").replace('"redacted":null,', ""))
    assert f"events: claim {HERE}, version 7 has the words that event 9 erased" in compare(store)[1]


REPLIES = {
    "of another": "UPDATE replies SET actor = 'somebody' WHERE key = 'one'",
    "of others' events": "UPDATE replies SET first_position = 0 WHERE key = 'one'",
    "past the last": "UPDATE replies SET event_count = 9 WHERE key = 'two'",
    "of nothing": "UPDATE replies SET event_count = 0 WHERE key = 'one'",
}


@pytest.mark.parametrize("statement", REPLIES.values(), ids=REPLIES)
def test_a_reply_that_hands_out_what_it_did_not_make_is_named(bench, store, behind, statement):
    """A request that is sent again is answered with what its actor recorded by it, and nothing else."""
    bench.do(opening(CLAIM_ID, said("denied"), said("denied", MOFA))._replace(actor="first"))
    bench.do(append(CLAIM_ID, said("confirmed"))._replace(key="one", fingerprint=b"1"))
    bench.do(append(CLAIM_ID, said("denied"))._replace(key="two", fingerprint=b"2"))
    assert compare(store) == (1, [])
    behind(statement)
    (told,) = compare(store)[1][-1:]
    assert told.startswith("replies: that to ")
