"""Hold domain.language to RFC 5646: the grammar of its section 2.1, with the examples of its appendix A."""

import pytest

from domain.language import is_language_tag

WELL_FORMED = """
de fr ja i-enochian zh-Hant zh-Hans sr-Cyrl sr-Latn zh-cmn-Hans-CN cmn-Hans-CN zh-yue-HK yue-HK zh-Hans-CN sr-Latn-RS
sl-rozaj sl-rozaj-biske sl-nedis de-CH-1901 sl-IT-nedis hy-Latn-IT-arevela de-DE en-US es-419 de-CH-x-phonebk
az-Arab-x-AZE-derbend x-whatever qaa-Qaaa-QM-x-southern de-Qaaa sr-Latn-QM sr-Qaaa-RS en-US-u-islamcal
zh-CN-a-myext-x-private en-a-myext-b-another und EN-us mn-Cyrl-MN art-lojban cel-gaulish zh-min-nan sgn-BE-FR en-GB-oed
I-Default abcdefgh abcd en-1994 en-a-bbb-a-ccc
""".split()  # what repeats a singleton is well-formed, and not valid (section 2.2.9)
ILL_FORMED = """
e en-a xx-yy-zz-1 en-US-US de-419-DE a-DE ar-a i-whatever abcdefghi en-x x en-- -en en- en_GB en-Latn-Cyrl en-123-US
zh-abc-abc-abc-abc abcd-abc en-1ab en-abcdefghi русский 12 en-x-abcdefghi
""".split()


@pytest.mark.parametrize("tag", WELL_FORMED)
def test_a_tag_that_fits_the_grammar_is_one(tag):
    """Tags of every kind that the grammar holds, and those older than it, are language tags."""
    assert is_language_tag(tag)


@pytest.mark.parametrize("tag", [*ILL_FORMED, "", "en\n", " en", "en US"])
def test_what_does_not_fit_the_grammar_is_none(tag):
    """What only looks like a tag, one part too short, too long or out of its order, is none."""
    assert not is_language_tag(tag)
