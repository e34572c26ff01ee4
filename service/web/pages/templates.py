"""The templates of a language, and what they can ask for by name: words, dates and numbers in it, shapes, links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache, partial
from gettext import NullTranslations
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment
from jinja2.runtime import Macro
from markupsafe import Markup, escape

from service.jobs.lapses import find_deadline
from service.public_log.note import write_base64
from service.telling.dates import find_exact, tell_day, tell_instant, tell_past, tell_until
from service.telling.links import find_link, is_unsure
from service.telling.terms import list_terms, tell_verdict
from service.telling.wording import in_field, in_one_line
from service.telling.words import IN_PART, WORDS
from service.web.pages.assets import address_of
from service.web.pages.compiling import Templates
from service.web.pages.faults import RULES, tell_fault
from service.web.pages.languages import LANGUAGES, tell_number, translations_of
from service.web.pages.picture import write_marks
from service.web.pages.shapes import mark_of
from service.web.pages.story import behalf_of, strength_of, terms_of

_REMEMBERED = 4_096  # days and instants in words, of each language


@cache
def make_environment(language: str) -> Environment:
    """Make the template environment of a language."""
    translations = translations_of(language)
    environment = Templates(translations)
    environment.globals |= {"asset": address_of, "languages": LANGUAGES, "mark": mark_of}
    environment.globals |= {"rules": RULES, "lapsed": find_deadline}
    environment.globals |= {"behalf_of": behalf_of, "strength_of": strength_of, "terms_of": terms_of}
    environment.globals["past"] = lambda at, said_until=None: tell_past(at, said_until, translations)
    environment.globals["options"] = partial(_list_options, translations)
    remembered, in_part = lru_cache(_REMEMBERED), translations.gettext(IN_PART)
    tell_word = partial(_tell_word, {code: translations.gettext(text) for code, text in WORDS.items()}, in_part)
    environment.globals["marks_of"] = partial(write_marks, tell_word)
    environment.filters |= {
        "word": tell_word,
        "terms": lambda data: list_terms(data, translations),
        "verdict": tell_verdict,
        "told": translations.gettext,
        "fault": lambda detail: tell_fault(detail, translations),
        "number": partial(tell_number, language),
        "day": remembered(lambda text: tell_day(text, translations)),
        "until": remembered(lambda text: tell_until(text, translations)),
        "exact": remembered(find_exact),
        "instant": remembered(lambda text: tell_instant(text, translations)),
        "line": in_one_line,
        "typed": lambda text: escape(in_field(text or "")),
        "base64": write_base64,
        "link": find_link,
        "unsure": is_unsure,
        "each": _write_each,
        "lead": _lead,
        "segment": lambda text: quote(text, safe=""),
        "query": _query,
    }
    environment.tests["having"] = lambda data, names: not data.keys().isdisjoint(names)
    return environment


@cache
def find_macro(language: str, template: str, name: str) -> Callable[..., str]:
    """Find a macro of a template as the function that it is: what it gives is HTML."""
    written: Callable[..., str] = getattr(make_environment(language).get_template(template).module, name)._func  # noqa: SLF001
    return written


def _tell_word(words: Mapping[str, str], in_part: str, code: str, partly: object = False) -> str:  # noqa: FBT002 - a filter's
    return in_part % {"word": words[code]} if partly else words[code]


def _list_options(
    translations: NullTranslations, kind: str, codes: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """List the words of a kind that a form lets choose from, with their codes."""
    known = codes or [name.partition(".")[2] for name in WORDS if name.startswith(f"{kind}.")]
    return [(code, translations.gettext(WORDS[f"{kind}.{code}"])) for code in known]


def _write_each(items: Iterable[Any], macro: Macro) -> Markup:
    """Write what a macro writes of each, with a comma between."""
    return Markup(", ".join([macro._func(item) for item in items]))  # noqa: S704, SLF001 - HTML already; as compiled


def _lead(html: str, claim: str, away: Iterable[int]) -> Markup:
    """Lead to the own pages of those events of a claim that are not on this one; no text in HTML holds such marks."""
    for version in away:
        html = str.replace(html, f'href="#event-{version}"', f'href="/claims/{claim}/events/{version}"')
    return Markup(html)  # noqa: S704 - HTML already


def _query(parameters: Mapping[str, Any]) -> str:
    """Write parameters as a query, `?` first; nothing where there are none."""
    told = urlencode([(name, value) for name, value in parameters.items() if value is not None], doseq=True)
    return f"?{told}" if told else ""
