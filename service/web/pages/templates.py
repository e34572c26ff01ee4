"""The templates of a language: what can be known before a page is asked for is worked out when they are compiled.

A text between words of ours is translated then, so that it is a part of the template. Of
what is recorded everything is escaped where it is shown, and stripped of characters that
would turn its neighbours around.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial
from gettext import NullTranslations
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Macro, markup_join
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from service.dates import find_exact, tell_day, tell_instant, tell_past, tell_until
from service.jobs.lapses import find_deadline
from service.public_log.note import write_base64
from service.web.pages.assets import address_of
from service.web.pages.faults import RULES, tell_fault
from service.web.pages.languages import LANGUAGES, tell_number, translations_of
from service.web.pages.picture import write_marks
from service.web.pages.shapes import mark_of
from service.web.pages.story import Told
from service.web.pages.words import IN_PART, WORDS
from service.wording import find_link, in_one_line, is_unsure, plain

_REMEMBERED = 4_096  # days and instants in words, of each language
_GAP = re.compile(r"%\((\w+)\)s")
_METHODS = frozenset(dir(dict))  # no member of JSON has such a name
_TAKE_CONTEXT = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})  # i18n's; nothing of ours does


@cache
def make_environment(language: str) -> Environment:
    """Make the template environment of a language."""
    translations = translations_of(language)
    environment = _Environment(translations)
    environment.globals |= {"asset": address_of, "languages": LANGUAGES, "mark": mark_of}
    environment.globals |= {"rules": RULES, "lapsed": find_deadline}
    environment.globals["past"] = lambda at, said_until=None: tell_past(at, said_until, translations)
    environment.globals["options"] = partial(_list_options, translations)
    remembered, in_part = lru_cache(_REMEMBERED), translations.gettext(IN_PART)
    tell_word = partial(_tell_word, {code: translations.gettext(text) for code, text in WORDS.items()}, in_part)
    environment.globals["marks_of"] = partial(write_marks, tell_word)
    instants = remembered(lambda text: tell_instant(text, translations))
    environment.globals["moments_of"] = partial(_write_moments, remembered(lambda text: show(instants(text))))
    environment.filters |= {
        "word": tell_word,
        "told": translations.gettext,
        "fault": lambda detail: tell_fault(detail, translations),
        "number": partial(tell_number, language),
        "day": remembered(lambda text: tell_day(text, translations)),
        "until": remembered(lambda text: tell_until(text, translations)),
        "exact": remembered(find_exact),
        "instant": instants,
        "line": in_one_line,
        "base64": write_base64,
        "link": find_link,
        "unsure": is_unsure,
        "segment": lambda text: quote(text, safe=""),
        "query": _query,
    }
    return environment


def show(value: Any) -> str:
    """Write a value of a template as HTML."""
    kind = type(value)
    if kind is str:
        text = value if value.isprintable() else plain(value)
        # Most hold nothing that is markup, and are spared the making of another text.
        return escape(text) if "<" in text or ">" in text or "&" in text or '"' in text or "'" in text else text
    if kind is int or kind is float:
        return str(value)
    if isinstance(value, Markup):
        return value  # escaping it would copy it
    if value is None:  # a member that is not there
        return ""
    return escape(value)


def _join(parts: Sequence[Any]) -> str:
    """Join values as `~` does: text with text is text, and what stands beside markup is escaped."""
    for part in parts:
        if type(part) is not str:
            return markup_join(parts)
    return "".join(parts)


def _let_call(macro: Macro) -> Macro:
    """Let the function of a macro be called without those of its last arguments that have a default."""
    macro._func.__defaults__ = (missing,) * len(macro.arguments)  # noqa: SLF001 - it has no other way
    return macro


class _Translated(NodeTransformer):
    """Puts a translation in the place of each call for that of a text written in the template, and its gaps in it."""

    def __init__(self, environment: Environment, translations: NullTranslations) -> None:
        self._environment, self._translations = environment, translations

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the visitor's name
        self.generic_visit(node)
        texts = [argument.value for argument in node.args if isinstance(argument, nodes.Const)]
        if not isinstance(node.node, nodes.Name) or node.node.name not in {"_", "gettext"} or len(texts) != 1:
            return node
        known = {gap.key: gap.value for gap in node.kwargs}
        words = _GAP.split(self._translations.gettext(texts[0]))  # every second one is the name of a gap
        if known.keys() != {*words[1::2]} or any("%" in word.replace("%%", "") for word in words):
            return node
        told: nodes.Expr = nodes.MarkSafe(nodes.Const(words[0].replace("%%", "%")))
        if known:
            told = nodes.Concat(
                [known[word] if n % 2 else nodes.TemplateData(word.replace("%%", "%")) for n, word in enumerate(words)]
            )
        return told.set_lineno(node.lineno).set_environment(self._environment)

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - the visitor's name
        self.generic_visit(node)
        shown = ((part.nodes if isinstance(part, nodes.Concat) else [part]) for part in node.nodes)
        node.nodes = [part for parts in shown for part in parts]
        return node


class _Writer(CodeGenerator):
    """Writes each value by `show`, and neither looks a member up nor calls what takes no context by way of Jinja.

    What is called by a name that a template imports from another or defines is a macro, and what a macro writes is
    HTML: it is called as the function that it is, and shown as it is.
    """

    _shown: nodes.Expr | None = None

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - the visitor's name
        names = [name for one in node.find_all(nodes.FromImport) for name in one.names]
        self._macros = {*names, *(macro.name for macro in node.find_all(nodes.Macro))}
        super().visit_Template(node, frame)

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Let a macro be called as a function, too."""
        self.write("environment.let_call(")
        super().macro_def(macro_ref, frame)
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, *_: Any) -> None:
        self._shown = node
        self.write("environment.show(" if not self._is_written(node) else "(")

    def _output_child_post(self, *_: Any) -> None:
        self.write(")")

    def _is_written(self, node: nodes.Expr) -> bool:
        """Tell whether an expression is a call of a macro with arguments by their places."""
        return (
            isinstance(node, nodes.Call)
            and isinstance(node.node, nodes.Name)
            and node.node.name in self._macros
            and not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        )

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:  # noqa: N802 - the visitor's name
        self.write("environment.join((")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")

    def visit_Getattr(  # noqa: N802 - the visitor's name; its wrapper hands on what is more
        self, node: nodes.Getattr, frame: Frame, **more: Any
    ) -> None:
        if more or node.attr in _METHODS:
            super().visit_Getattr(node, frame, **more)
            return
        # A member of JSON, or an attribute of anything else; what is not there is None.
        self.write(f"(its.get({node.attr!r}) if type(its := ")
        self.visit(node.node, frame)
        self.write(f") is dict else getattr(its, {node.attr!r}, None))")

    def visit_Call(  # type: ignore[override]  # noqa: N802 - the visitor's name; its wrapper hands on what is more
        self, node: nodes.Call, frame: Frame, **more: Any
    ) -> None:
        written, shown = self._is_written(node), node is self._shown
        by_name = isinstance(node.node, nodes.Name) and node.node.name not in _TAKE_CONTEXT
        if more or not by_name or node.kwargs or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, **more)
            return
        self.write("Markup(" if written and not shown else "(")
        self.visit(node.node, frame)
        self.write("._func(" if written else "(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write("))")


class _Environment(Environment):
    """Jinja's, for templates whose words are translated beforehand and whose values are mostly JSON."""

    code_generator_class = _Writer
    show = staticmethod(show)
    join = staticmethod(_join)
    let_call = staticmethod(_let_call)

    def __init__(self, translations: NullTranslations) -> None:
        super().__init__(
            loader=PackageLoader("service.web"),
            autoescape=True,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._translated = _Translated(self, translations)
        self.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # i18n's own

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed: nodes.Template = self._translated.visit(super()._parse(source, name, filename))
        return parsed


def _tell_word(words: Mapping[str, str], in_part: str, code: str, partly: object = False) -> str:  # noqa: FBT002 - a filter's
    return in_part % {"word": words[code]} if partly else words[code]


def _list_options(
    translations: NullTranslations, kind: str, codes: Sequence[str] | None = None
) -> list[tuple[str, str]]:
    """List the words of a kind that a form lets choose from, with their codes."""
    known = codes or [name.partition(".")[2] for name in WORDS if name.startswith(f"{kind}.")]
    return [(code, translations.gettext(WORDS[f"{kind}.{code}"])) for code in known]


def _write_moments(write_instant: Callable[[str], str], story: Sequence[Told], before: int) -> Markup:
    """Write the events of before a version for a form that lets choose from them, each with when it was recorded."""
    told = [(event.version, write_instant(event.recorded_at)) for event in story if event.version < before]
    return Markup("".join([f'<option value="{n}">{n} · {at}</option>' for n, at in told]))  # noqa: S704 - HTML already


def _query(parameters: Mapping[str, Any]) -> str:
    """Write parameters as a query, `?` first; nothing where there are none."""
    told = urlencode([(name, value) for name, value in parameters.items() if value is not None], doseq=True)
    return f"?{told}" if told else ""
