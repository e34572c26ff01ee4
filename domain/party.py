"""Who speaks: parties, their keys, and whose voice they are.

A party's key is its identity: two spellings with one key are one party. A voice is
what a statement commits: a state, another principal, or the party alone
(`docs/events.md`, *Who is one party* and *Voices*).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

LONGEST_NAME = 300  # characters, of a party's name or a topic
KINDS = ("state", "ministry", "agency", "mission", "io", "company", "media", "analyst", "person", "other")
VOICES_OF_A_STATE = frozenset({"state", "ministry", "agency", "mission"})

# ISO 3166-1 alpha-2: assigned; formerly used (ISO 3166-3); exceptionally reserved, but for UK, a second
# code of GB that would part the voices of one state; XK as used for Kosovo.
COUNTRIES = frozenset(
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
        "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
        "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
        "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
        "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
        "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
        "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW AN BU CS "
        "CT DD DY FQ FX HV JT MI NH NQ NT PC PU PZ RH SU TP VD WK YD YU ZR AC CP CQ DG EA EU EZ IC TA UN XK"
    ).split()
)

Voice = tuple[str, str]


def tell_no_country(code: str) -> str:
    """Say that a code is no country's, and what to write instead."""
    if code.strip().upper() == "UK":
        return f"{code!r} is no ISO 3166-1 alpha-2 code. That of the United Kingdom is GB: write GB."
    return f"{code!r} is no ISO 3166-1 alpha-2 code, now or formerly. Write for example RU, KR or SU, or leave it out."


def party_key(name: str) -> str:
    """Derive the identity of a party from its name.

    NFKC and case folding, every run of characters that are neither letters, marks nor
    digits turned into one hyphen, none at the ends. Answers "" for a name that leaves
    nothing, which is then not a name.
    """
    return _known_key(name) if len(name) <= LONGEST_NAME else _make_key(name)


def _make_key(name: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    kept = "".join(c if unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd" else "-" for c in folded)
    return re.sub(r"-+", "-", kept).strip("-")


_known_key = lru_cache(maxsize=65536)(_make_key)  # of names that can be recorded alone


def describe_party(party: Mapping[str, Any]) -> dict[str, str]:
    """Show a party with its key first: key, name, kind and, where it has one, country."""
    shown = {"key": party_key(party["name"]), "name": party["name"], "kind": party["kind"]}
    if "country" in party:
        shown["country"] = party["country"]
    return shown


def voice_of(party: Mapping[str, Any], on_behalf_of: Mapping[str, Any] | None) -> Voice:
    """Say whose word a statement is: ("state", country) or ("party", key).

    Who speaks on behalf of a principal commits the principal, not themselves.
    """
    principal = on_behalf_of or party
    if principal["kind"] in VOICES_OF_A_STATE and "country" in principal:
        return ("state", principal["country"])
    return ("party", party_key(principal["name"]))
