"""Templates: a text is translated when they are compiled, and whatever is put into it is escaped when it is shown."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from service.web.pages.templates import make_environment

HOSTILE = "<b>\u202e&\x00"


def render(source, language="en", **model):
    """Render a template of a language."""
    return make_environment(language).from_string(source).render(model)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("{{ x }}", "&lt;b&gt;&amp;\ufffd"),
        ("{{ _('event %(n)s', n=x) }}", "event &lt;b&gt;&amp;\ufffd"),
        ("{% trans n=x %}event {{ n }}{% endtrans %}", "event &lt;b&gt;&amp;\ufffd"),
        ("{% macro m(y) %}<i>{{ y }}</i>{% endmacro %}{{ m(x) }}", "<i>&lt;b&gt;&amp;\ufffd</i>"),
        ("{{ 'a' ~ x }}", "a&lt;b&gt;&amp;\ufffd"),
        ("{{ d.x }}{{ d.nothing }}{{ d.nothing.at_all }}", "&lt;b&gt;&amp;\ufffd"),
        ('{{ 1 }} {{ 2.5 }} {{ true }} {{ _("It\'s %% <i>so</i>") }}', "1 2.5 True It's % <i>so</i>"),
        ("{% for name, value in d.items() %}{{ name }}{% endfor %}", "x"),
    ],
)
def test_whatever_is_shown_is_escaped(source, shown):
    """Wherever a recorded text stands it is no markup and turns nothing around; what we wrote stays as it is."""
    assert render(source, x=HOSTILE, d={"x": HOSTILE}).replace("\u202e", "bidi") == shown


def test_a_piece_that_is_remembered_is_escaped_whatever_it_was_written_of_before():
    """What was written of HTML of ours is not what is written of the same text as somebody recorded it."""
    source = '{% from "pieces.html" import voice %}{{ voice("", x) }}'
    written = [render(source, x=x) for x in (Markup("<i>"), "<i>", Markup("<i>"))]
    assert ["<i>" in html for html in written] == [True, False, True]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, ""),
        ({"attribution": "on_record", "strength": "plain"}, ""),
        ({"attribution": "anonymous", "strength": "hedged"}, " (anonymous; hedged)"),
        ({"grade": "refile", "likelihood": "likely"}, " (Grade: refile (a slip); Likelihood: likely)"),
        ({"rating": {"value": 2, "best": 5}}, ' (Rating: <bdi lang="">2 (5)</bdi>)'),
        (
            {"rating": {"text": HOSTILE}, "confidence": "low"},
            ' (Rating: <bdi lang="">&lt;b&gt;&amp;\ufffd</bdi>; Confidence: low)',
        ),
    ],
)
def test_terms_are_told_but_what_goes_without_saying(data, told):
    """What was on the record, plain and of no grade needs no word; a verdict is in its own words."""
    assert render('{% from "macros.html" import terms %}{{ terms(data) }}', data=data) == told


@pytest.mark.parametrize(("language", "shown"), [("en", "event 3"), ("ko", "항목 3"), ("ru", "запись 3")])
def test_a_text_is_that_of_its_language(language, shown):
    """Each language has templates of its own, with its own words about the same gaps."""
    assert render("{{ _('event %(n)s', n=n) }}", language, n=3) == shown
