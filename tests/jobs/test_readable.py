"""What a page says is told from how it is written, whatever it is made of; and no page takes long."""

from __future__ import annotations

from hashlib import sha256

import pytest

from service.jobs.readable import digest_page

SAME = {
    "blanks and marks": ("<p>No\n <b>talks</b>\t were held</p>", "No talks were held"),
    "characters by number and name": ("caf&eacute; &#38; &lt;b&gt; &#x4e2d", "café & <b> 中"),
    "a character that there is not": (f"a&#{'9' * 5_000};b", "a\ufffd;b"),
    "a script": ("a<script>if (a</b>c) '<p>'</script >b", "a b"),
    "a style in capitals": ("a<STYLE>p > a {}</Style>b", "a b"),
    "what is not shown": ("a<svg><text>x</text></svg>b<noscript>y</noscript>c", "a b c"),
    "what was closed twice": ("a<svg><svg>x</svg>b</svg>c", "a b c"),
    "what closes itself": ('a<svg viewBox="0"/>b<script src="x"/>c', "a b c"),
    "a head that was not closed": ("<head><title>x<body class=a>b", "b"),
    "a comment": ("a<!-- <p> -- > x -->b<!-->c", "a b c"),
    "a declaration and an instruction": ("<!DOCTYPE html><?xml x?>a<![CDATA[x]]>b</ x>c</>d", "a b c d"),
    "a value that holds the end of a tag": ("""<a title="x > y" b='>"' c = '>'>a</a>""", "a"),
    "an apostrophe that is no value": ("<a it's x>a</a> it's", "a it's"),
    "what is smaller than something": ("a < b and 1<2", "a < b and 1 <2"),
    "a tag that never ends": ("a <b c", "a"),
    "a value that never ends": ("a <b c='>d", "a"),
    "a comment that never ends": ("a <!-- b > c", "a"),
    "a script that never ends": ("a <script> b </p> c", "a"),
    "bytes that are no text": ("a \udc80 b", "a \ufffd b"),
}


@pytest.mark.parametrize(("page", "text"), SAME.values(), ids=SAME)
def test_a_page_is_the_text_that_is_shown(page, text):
    """Of a page its words count, one blank between them, and nothing of its markup, its scripts and what is hidden."""
    assert sha256(text.encode()).hexdigest() == digest_page(page.encode(errors="surrogateescape"), "Text/HTML; x=y")


def test_what_is_no_page_is_its_bytes():
    """Of a file that is no HTML every byte counts."""
    assert sha256(b"<p>a").hexdigest() == digest_page(b"<p>a", "application/pdf")


@pytest.mark.parametrize("before", ["", "<a ", "<svg>", "<script>", "&#"])
@pytest.mark.parametrize("part", ["<a ", "<a b='", "<!--", "<?", "</", "<svg></head>", "<script></scrip", "= ", "9"])
def test_no_page_takes_long(before, part):
    """Nothing is looked at twice, however often it begins and never ends; else each of these would take minutes."""
    assert 64 == len(digest_page((before + part * 20_000).encode(), "text/html"))
