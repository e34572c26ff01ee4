"""The catalogues of the interface: whole, with the gaps and the plural forms that each text needs."""

from __future__ import annotations

import re

import pytest

from service.web.pages.languages import LANGUAGES, read_catalogue, tell_number, translations_of
from tests.web.catalogues import list_texts

TRANSLATED = [language for language in LANGUAGES if language != "en"]
GAP = re.compile(r"%\(\w+\)s|\{\w+\}")
# Which of a pair of particles fits depends on the last sound before it, which a gap does not tell.
PARTICLE = re.compile(r"(?:%\(\w+\)s|\{\w+\})(?:은|는|이|가|을|를|과|와|으로|로|이나|나|아|야)(?![가-힣])")


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_text_and_no_other(language):
    """Each text of the interface is in each catalogue once, translated, and nothing else is."""
    catalogue = read_catalogue(language)
    keys = [(entry.msgid, entry.msgid_plural or None) for entry in catalogue]
    undone = [entry.msgid for entry in catalogue if entry.obsolete or entry.fuzzy or not entry.translated()]
    known = list_texts()
    assert {"missing": known - set(keys), "obsolete": set(keys) - known, "twice": len(keys) - len(set(keys))} == {
        "missing": set(),
        "obsolete": set(),
        "twice": 0,
    }
    assert undone == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_gaps_of_its_text(language):
    """What is filled in where a text is shown is filled in in every form of its translation."""
    wrong = [
        (entry.msgid, told)
        for entry in read_catalogue(language)
        for told in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if sorted(GAP.findall(told)) != sorted(GAP.findall(entry.msgid)) or "%" in GAP.sub("", told)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "forms"),
    [("ko", {0: (0, 1, 2, 5, 21)}), ("ru", {0: (1, 21, 101), 1: (2, 4, 22), 2: (0, 5, 11, 12, 14, 111)})],
)
def test_a_translation_has_the_plural_forms_of_its_language(language, forms):
    """Every counted text has each form of the language, and each number takes its own."""
    counted = [entry for entry in read_catalogue(language) if entry.msgid_plural]
    assert [sorted(entry.msgstr_plural) for entry in counted] == [sorted(forms)] * len(counted)
    for entry in counted:
        for form, numbers in forms.items():
            told = [translations_of(language).ngettext(entry.msgid, entry.msgid_plural, n) for n in numbers]
            assert [entry.msgstr_plural[form]] * len(numbers) == told


def test_korean_hangs_no_particle_on_a_gap():
    """No Korean text has a particle after a gap that the last sound of a name would decide."""
    assert [entry.msgid for entry in read_catalogue("ko") if PARTICLE.search(entry.msgstr)] == []


def test_korean_speaks_in_one_style():
    """A sentence ends in -ㅂ니다, a request in -세요 and a question in -ㅂ니까, none of them otherwise."""
    others = re.compile(r"십시오|[가-힣]나요|[어아해]요[.]|[가-힣]까요|[가-힣]다[.](?<!니다[.])(?!”)|됐|돼")
    assert [entry.msgid for entry in read_catalogue("ko") if others.search(entry.msgstr)] == []


def test_a_claim_and_an_event_have_their_own_words():
    """What a party asserted and withdrew is not called a claim, and an event has one name."""
    claims = {"ko": "주장", "ru": "утверждение"}
    withdrawn = {"assertion", "The assertion by %(who)s (%(of)s) was withdrawn by %(other)s (%(by)s)."}
    for language, claim in claims.items():
        told = {entry.msgid: entry.msgstr.lower() for entry in read_catalogue(language)}
        assert [text for text in withdrawn if claim in told[text]] == []
    assert [entry.msgid for entry in read_catalogue("ru") if "событи" in entry.msgstr.lower()] == []


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (999, ("999", "999", "999")),
        (1234, ("1,234", "1,234", "1234")),
        (1234567, ("1,234,567", "1,234,567", "1\u00a0234\u00a0567")),
        (20.5, ("20.5", "20.5", "20,5")),
    ],
)
def test_a_number_is_written_as_its_language_writes_it(number, told):
    """Digits are grouped, and a fraction is pointed, as in the language."""
    assert told == tuple(tell_number(language, number) for language in ("en", "ko", "ru"))
