"""The languages of the interface: gettext catalogues, read from their .po files once.

What is recorded is shown in the language it was said in; only the words around it are
translated. A language is added by its catalogue, `languages/CODE.po`, and its name here;
a test holds every catalogue to the texts there are.
"""

from __future__ import annotations

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

import polib  # type: ignore[import-untyped]
from flask import request

LANGUAGES = {"en": "English", "ko": "한국어", "ru": "Русский"}  # those whose catalogue is whole, each by its own name
COOKIE = "onrecord-language"
_GROUPED_FROM = {"ru": 10_000}  # Russian leaves four digits together; between groups stands a blank that never breaks
_SEPARATORS = {"ru": str.maketrans(",.", "\u00a0,")}


@cache
def translations_of(language: str) -> NullTranslations:
    """Load the texts of a language; those of English are the keys themselves."""
    if language == "en":
        return NullTranslations()
    return GNUTranslations(io.BytesIO(read_catalogue(language).to_binary()))


def read_catalogue(language: str) -> polib.POFile:
    """Read the catalogue of a language as it was written."""
    return polib.pofile(files("service.web").joinpath("languages", f"{language}.po").read_text(encoding="utf-8"))


def chosen_language() -> str:
    """Give the language this reader chose, else the first that their browser asks for and we have."""
    chosen = request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return chosen
    wished = (wish.partition("-")[0].lower() for wish, quality in request.accept_languages if quality > 0)
    return next((language for language in wished if language in LANGUAGES), "en")


def tell_number(language: str, number: float) -> str:
    """Write a number of things as a language groups its digits and points its fractions."""
    told = f"{number:,}" if abs(number) >= _GROUPED_FROM.get(language, 1_000) else f"{number}"
    return told.translate(_SEPARATORS.get(language, {}))
