"""How our templates become Python: translated beforehand, and whatever is recorded escaped where it is shown.

What can be known before a page is asked for is worked out here, once for a language, since a
page shows thousands of values. A text between words of ours is translated when a template is
compiled, so that it is a part of it. A macro is called as the function that it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from gettext import NullTranslations
from typing import Any

import markupsafe
from jinja2 import Environment, PackageLoader, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.idtracking import VAR_LOAD_ALIAS, VAR_LOAD_RESOLVE, VAR_LOAD_UNDEFINED
from jinja2.runtime import Macro, markup_join
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

from service.telling.wording import plain

PIECES = "pieces.html"  # its macros are given texts alone, and remember what they wrote of them
_REMEMBERED = 4_096  # by each of these macros
_GAP = re.compile(r"%\((\w+)\)s")
_METHODS = frozenset(dir(dict))  # no member of JSON has such a name
_TAKE_CONTEXT = frozenset({"_", "gettext", "ngettext", "pgettext", "npgettext"})  # i18n's; nothing of ours does
# What `escape` escapes a text by; that makes Markup of it besides, which takes five times as long.
_escape_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)
_written = partial(str.__new__, Markup)  # of text, Markup itself asks first whether it is HTML already


def show(value: Any) -> str:
    """Write a value of a template as HTML."""
    kind = type(value)
    if kind is str:
        return _escape_text(value if value.isprintable() else plain(value))
    if isinstance(value, Markup):
        return value  # escaping it would copy it
    if kind is int or kind is float:
        return str(value)
    if value is None:  # a member that is not there
        return ""
    return escape(value)


def _join(parts: Sequence[Any]) -> str:
    """Join values as `~` does: text with text is text, and what stands beside markup is escaped."""
    for part in parts:
        if type(part) is not str:
            return markup_join(parts)
    return "".join(parts)


def _let_call(macro: Macro, *, remembering: bool) -> Macro:
    """Let the function of a macro be called without those of its last arguments that have a default."""
    macro._func.__defaults__ = (missing,) * len(macro.arguments)  # noqa: SLF001 - it has no other way
    if remembering:
        macro._func = lru_cache(_REMEMBERED, typed=True)(macro._func)  # noqa: SLF001
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
    _set_here: frozenset[str] = frozenset()  # names of the macro that is being written

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - the visitor's name
        names = [name for one in node.find_all(nodes.FromImport) for name in one.names]
        self._macros = {*names, *(macro.name for macro in node.find_all(nodes.Macro))}
        super().visit_Template(node, frame)
        self.writeline("show, join, Markup = environment.show, environment.join, environment.written")

    def macro_body(self, node: nodes.Macro | nodes.CallBlock, frame: Frame) -> tuple[Frame, MacroRef]:
        """Write the function of a macro."""
        around = self._set_here
        self._set_here = frozenset(name.name for name in node.find_all(nodes.Name) if name.ctx == "store")
        written = super().macro_body(node, frame)
        self._set_here = around
        return written

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        """Let a macro be called as a function, too."""
        self.write("environment.let_call(")
        super().macro_def(macro_ref, frame)
        self.write(f", remembering={self.name == PIECES})")

    def enter_frame(self, frame: Frame) -> None:
        """Look up what every template knows by its name, and nothing of what a template sets itself: that is None."""
        loads = frame.symbols.loads
        for place, (action, name) in loads.items():
            if action == VAR_LOAD_UNDEFINED or (action == VAR_LOAD_RESOLVE and name in self._set_here):
                loads[place] = VAR_LOAD_ALIAS, "None"
            elif action == VAR_LOAD_RESOLVE and name in self.environment.globals:
                loads[place] = VAR_LOAD_ALIAS, f"environment.globals[{name!r}]"
        super().enter_frame(frame)

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:  # noqa: N802 - the visitor's name
        place = frame.symbols.ref(node.name)
        load = frame.symbols.find_load(place)
        if node.ctx == "load" and load is not None and load[0] != VAR_LOAD_RESOLVE:
            self.write(place)  # it is there, so nobody asks whether it is
        else:
            super().visit_Name(node, frame)

    def _output_child_pre(self, node: nodes.Expr, *_: Any) -> None:
        self._shown = node
        self.write("show(" if not self._is_written(node) else "(")

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
        self.write("join((")
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

    def visit_Getitem(  # noqa: N802 - the visitor's name; its wrapper hands on what is more
        self, node: nodes.Getitem, frame: Frame, **more: Any
    ) -> None:
        if more or isinstance(node.arg, nodes.Slice):
            super().visit_Getitem(node, frame, **more)
            return
        # A member of JSON by a name that is found out; what is not there is None.
        self.write("(its.get(")
        self.visit(node.arg, frame)
        self.write(") if type(its := ")
        self.visit(node.node, frame)
        self.write(") is dict else environment.getitem(its, ")
        self.visit(node.arg, frame)
        self.write("))")

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


class Templates(Environment):
    """Jinja's, for templates whose words are translated beforehand and whose values are mostly JSON."""

    code_generator_class = _Writer
    show = staticmethod(show)
    join = staticmethod(_join)
    let_call = staticmethod(_let_call)
    written = staticmethod(_written)

    def __init__(self, translations: NullTranslations) -> None:
        """Take the templates of this package, and these translations into them."""
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
