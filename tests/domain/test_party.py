"""Hold domain.party to *Who is one party*: keys in any script, and whose voice a statement is."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.party import COUNTRIES, KINDS, describe_party, party_key, voice_of

KEYS = {
    "Russian Foreign Ministry": "russian-foreign-ministry",
    "  Russian   Foreign\tMinistry ": "russian-foreign-ministry",
    "RUSSIAN FOREIGN MINISTRY": "russian-foreign-ministry",
    "Russian—Foreign/Ministry!": "russian-foreign-ministry",
    "News1 Global": "news1-global",
    "외교부": "외교부",
    "대한민국 외교부": "대한민국-외교부",
    unicodedata.normalize("NFD", "외교부"): "외교부",
    "Министерство иностранных дел": "министерство-иностранных-дел",
    "МИД России": "мид-россии",
    "وزارة الخارجية": "وزارة-الخارجية",
    "وَزَارَة": "وَزَارَة",
    "وزارت امور خارجه ۱۴": "وزارت-امور-خارجه-۱۴",
    "משרד החוץ": "משרד-החוץ",
    "שָׁלוֹם": unicodedata.normalize("NFC", "שָׁלוֹם"),
    "外務省": "外務省",
    "विदेश मंत्रालय": "विदेश-मंत्रालय",
    "São Tomé": "são-tomé",
    "Sa\u0303o Tome\u0301": "são-tomé",
    "Straße": "strasse",
    "STRASSE": "strasse",
    "ＲＵＳＳＩＡ　２４": "russia-24",
    "ﬁnance": "finance",
    "Ⅳ. Referat": "iv-referat",
    "H₂O": "h2o",
    "People's Daily": "people-s-daily",
    "under_score": "under-score",
    "-A-": "a",
    "𝔉oreign": "foreign",
    "𐐀": "𐐨",
}


@pytest.mark.parametrize(("name", "key"), KEYS.items())
def test_a_key_is_the_name_normalised_folded_and_hyphenated(name, key):
    """A key is NFKC and case-folded; what is no letter, mark or digit becomes one hyphen, none at the ends."""
    assert party_key(name) == key


@pytest.mark.parametrize("name", ["", " ", "—", "…!", "🕊", "\u200b", "+-/_"])
def test_a_name_without_letter_or_digit_has_no_key(name):
    """A name that leaves nothing is no name."""
    assert party_key(name) == ""


@pytest.mark.parametrize(("length", "remembered"), [(300, True), (301, False)])
def test_the_key_of_a_name_that_nobody_can_record_is_not_remembered(length, remembered):
    """A name of more than 300 characters has its key, which is made anew each time."""
    first, second = party_key("A" * length), party_key("A" * length)
    assert (first, first is second) == ("a" * length, remembered)


@given(st.text())
def test_a_key_is_its_own_key(name):
    """A key derived from a key is the same key, without empty parts or hyphens at its ends."""
    key = party_key(name)
    assert party_key(key) == key
    assert "" not in key.split("-") or key == ""


@given(st.text())
def test_spellings_that_unicode_holds_equal_are_one_party(name):
    """Composed, decomposed and compatible spellings have one key."""
    forms = ("NFC", "NFD", "NFKC", "NFKD")
    assert {party_key(unicodedata.normalize(form, name)) for form in forms} == {party_key(name)}


STATE = {"name": "Kremlin", "kind": "state", "country": "RU"}
COMPANY = {"name": "The Company", "kind": "company", "country": "RU"}
PERSON = {"name": "Unnamed official", "kind": "person"}


@pytest.mark.parametrize(
    ("kind", "voice"),
    [
        ("state", ("state", "RU")),
        ("ministry", ("state", "RU")),
        ("agency", ("state", "RU")),
        ("mission", ("state", "RU")),
        ("io", ("party", "the-name")),
        ("company", ("party", "the-name")),
        ("media", ("party", "the-name")),
        ("analyst", ("party", "the-name")),
        ("person", ("party", "the-name")),
        ("other", ("party", "the-name")),
    ],
)
def test_only_organs_of_a_state_are_its_voices(kind, voice):
    """A voice of a state is a party of kind state, ministry, agency or mission with its country."""
    assert voice_of({"name": "The Name", "kind": kind, "country": "RU"}, None) == voice


def test_an_organ_without_a_country_speaks_for_itself():
    """Without a country a ministry is the voice of no state."""
    assert voice_of({"name": "The Name", "kind": "ministry"}, None) == ("party", "the-name")


@pytest.mark.parametrize(("principal", "voice"), [(STATE, ("state", "RU")), (COMPANY, ("party", "the-company"))])
def test_who_speaks_on_behalf_of_another_is_the_voice_of_that_one(principal, voice):
    """An unnamed official on behalf of a state, or of any other principal, is its voice; so is itself."""
    assert voice_of(PERSON, principal) == voice
    assert voice_of(principal, None) == voice


@pytest.mark.parametrize(
    ("party", "shown"),
    [
        (STATE, [("key", "kremlin"), ("name", "Kremlin"), ("kind", "state"), ("country", "RU")]),
        (PERSON, [("key", "unnamed-official"), ("name", "Unnamed official"), ("kind", "person")]),
    ],
)
def test_a_party_is_shown_with_its_key_first(party, shown):
    """A party shows its key, name, kind and, where it has one, country."""
    assert list(describe_party(party).items()) == shown


def test_kinds_are_those_of_the_contract():
    """The kinds of parties are these ten."""
    kinds = ("state", "ministry", "agency", "mission", "io", "company", "media", "analyst", "person", "other")
    assert kinds == KINDS


@pytest.mark.parametrize("code", ["RU", "KR", "KP", "SU", "YU", "DD", "XK", "EU", "PS", "TW"])
def test_countries_are_known_now_or_formerly(code):
    """ISO 3166-1 alpha-2 codes count, former ones such as SU too."""
    assert code in COUNTRIES


@pytest.mark.parametrize("code", ["UK", "ru", "RUS", "XX", "ZZ", "QQ", "", "R"])
def test_other_codes_are_no_countries(code):
    """What ISO never assigned, a second code of GB, or another spelling, is no country."""
    assert code not in COUNTRIES
