"""The languages of the interface: gettext catalogues, read from their .po files once.

What is recorded is shown in the language it was said in; only the words around it are
translated. A language is added by its catalogue,
`languages/CODE.po`, and its name here.
"""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

import polib  # type: ignore[import-untyped]
from flask import request

LANGUAGES = {"en": "English"}  # those whose catalogue is whole; a page never says it is in a language that it is not
COOKIE = "onrecord-language"


@cache
def translations_of(language: str) -> NullTranslations:
    """Load the texts of a language; those of English are the keys themselves."""
    if language == "en":
        return NullTranslations()
    text = files("service.web").joinpath("languages", f"{language}.po").read_text(encoding="utf-8")
    return GNUTranslations(io.BytesIO(polib.pofile(text).to_binary()))


def chosen_language() -> str:
    """Give the language this reader chose, else the first that their browser asks for and we have."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(list(LANGUAGES)) or "en"
