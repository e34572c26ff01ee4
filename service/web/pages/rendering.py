"""From a view model to a page: templates, the words around what is recorded, and the headers of a page.

Everything that a template shows is escaped, and stripped of characters that would turn
its neighbours around; what somebody said is shown in a box of its own direction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from gettext import NullTranslations
from typing import Any
from urllib.parse import quote, urlencode

from flask import Response, current_app, g, request
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from service.tokens import ROLES, Actor
from service.web.addresses import base_url
from service.web.endpoint import answer_text
from service.web.pages.assets import address_of
from service.web.pages.dates import tell_day, tell_instant
from service.web.pages.languages import LANGUAGES, chosen_language, tell_number, translations_of
from service.web.pages.shapes import shape_of
from service.web.pages.words import IN_PART, WORDS
from service.wording import in_one_line, plain, web_address

HTML = "text/html; charset=utf-8"
VARY = "Accept, Authorization, Cookie, Accept-Language"


def answer_page(template: str, *, status: int = 200, log_size: int | None = None, **model: Any) -> Response:
    """Answer with a page; a GET that went well can be asked again with its ETag."""
    html = render(template, log_size=log_size, **model)
    if status == 200 and request.method in {"GET", "HEAD"}:  # noqa: PLR2004 - OK
        response = answer_text(html, HTML)
    else:
        response = Response(html, status, content_type=HTML, headers={"Cache-Control": "no-store"})
    if who_looks() is not None:
        response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = VARY
    response.headers["Content-Language"] = chosen_language()
    if log_size is not None:
        response.headers["Log-Size"] = str(log_size)
    return response


def render(template: str, **model: Any) -> str:
    """Render a template in the language of this reader."""
    language = chosen_language()
    actor = who_looks()
    return (
        make_environment(language)
        .get_template(template)
        .render(
            {
                "language": language,
                "actor": actor,
                "rights": ROLES[actor.role] if actor else frozenset(),
                "origin": current_app.config["ORIGIN"],
                "base": base_url(),
                "here": request.full_path.rstrip("?"),
                "path": request.path,
                "alternates": (),
                "log_size": None,
                **model,
            }
        )
    )


def who_looks() -> Actor | None:
    """Tell who reads this page, where they have signed in."""
    actor: Actor | None = g.get("actor")
    return actor


@cache
def make_environment(language: str) -> Environment:
    """Make the template environment of a language."""
    environment = Environment(
        loader=PackageLoader("service.web"),
        autoescape=True,
        finalize=_show,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    translations = translations_of(language)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # i18n's own
    environment.globals |= {"asset": address_of, "languages": LANGUAGES, "shape_of": shape_of}
    environment.globals["options"] = partial(_list_options, translations)
    environment.filters |= {
        "word": partial(_tell_word, translations),
        "told": translations.gettext,
        "number": partial(tell_number, language),
        "day": lambda text: tell_day(text, translations),
        "instant": lambda text: tell_instant(text, translations),
        "line": in_one_line,
        "web": web_address,
        "segment": lambda text: quote(text, safe=""),
        "query": _query,
    }
    return environment


def _tell_word(translations: NullTranslations, code: str, partly: object = False) -> str:  # noqa: FBT002 - a filter's
    word = translations.gettext(WORDS[code])
    return translations.gettext(IN_PART) % {"word": word} if partly else word


def _list_options(
    translations: NullTranslations, kind: str, codes: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """List the words of a kind that a form lets choose from, with their codes."""
    known = codes or [name.partition(".")[2] for name in WORDS if name.startswith(f"{kind}.")]
    return [(code, translations.gettext(WORDS[f"{kind}.{code}"])) for code in known]


def _show(value: Any) -> Any:
    if isinstance(value, str) and not value.isprintable() and not isinstance(value, Markup):
        return plain(value)
    return value


def _query(parameters: Mapping[str, Any]) -> str:
    """Write parameters as a query, `?` first; nothing where there are none."""
    told = urlencode([(name, value) for name, value in parameters.items() if value is not None], doseq=True)
    return f"?{told}" if told else ""
