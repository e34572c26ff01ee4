"""Every text of the interface that is a key of the catalogues: those of the templates, and those the code names."""

from __future__ import annotations

from importlib.resources import files

from jinja2 import Environment
from jinja2.ext import extract_from_ast

from service.telling.dates import PHRASES
from service.telling.terms import LABELS
from service.telling.words import IN_PART, NO_ANSWER, NO_ANSWER_BY, WORDS
from service.web.pages import forms
from service.web.pages.faults import FAULTS, QUESTIONS, RULES, WHYS
from service.web.pages.problems import FOR_PEOPLE
from service.web.problems import PROBLEMS

Key = tuple[str, str | None]  # a text, with its plural where it has one


def list_texts() -> set[Key]:
    """List all texts, each as gettext asks for it."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True)
    templates = files("service.web").joinpath("templates")
    refusals = [text for problem in PROBLEMS.values() for text in (problem.kind.title, problem.way_out)]
    faults = (*FAULTS, *WHYS, *QUESTIONS, *RULES.values(), *forms.FAULTS)
    told = {
        (text, None)
        for text in (
            *WORDS.values(),
            *LABELS,
            IN_PART,
            NO_ANSWER,
            NO_ANSWER_BY,
            *PHRASES,
            *refusals,
            *faults,
            *FOR_PEOPLE.values(),
        )
    }
    for template in templates.iterdir():
        tree = environment.parse(template.read_text(encoding="utf-8"))
        told |= {_key_of(function, text) for _, function, text in extract_from_ast(tree)}
    return told


def _key_of(function: str, found: str | tuple[str | None, ...]) -> Key:
    texts = [text for text in ((found,) if isinstance(found, str) else found) if text is not None]  # no names of gaps
    assert len(texts) == {"ngettext": 2}.get(function, 1), f"{function} of {found!r}: what is translated is written out"
    return texts[0], texts[1] if function == "ngettext" else None
