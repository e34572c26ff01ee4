"""Parts of pages, kept as they were made for as long as what they were made from is the same.

A part is found by all that it was made from: the JSON that programs get, the language, what
this reader may do. So one that is kept is what would be made now, a redacted text is in none
that is asked for after the redaction, and nobody is shown what was made for other rights.
Who asks, where they are and what a form needs once is never in a part.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

from service.web.pages.templates import find_macro, make_environment

ROOM = 32 * 1_048_576  # bytes of parts, of each process
OVERHEAD = 300  # bytes a part takes beside its own, about
Model = Mapping[str, Any]
_MARK = re.compile(rb"<!--([0-9a-f]{32})-->")


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part as it goes out, piece by piece; in a template it is a mark, which no text that is escaped can be."""

    pieces: tuple[bytes, ...]
    digest: str

    @property
    def cost(self) -> int:
        """Tell how many bytes it takes at most, about; pieces may be those of other parts, too."""
        return OVERHEAD + sum(map(len, self.pieces))

    def __html__(self) -> str:
        """Stand for the part."""
        return f"<!--{self.digest}-->"


class Fragments:
    """So many bytes of parts at most; whichever was not asked for longest goes first. For any number of threads."""

    def __init__(self, room: int = ROOM) -> None:
        """Keep nothing yet."""
        self._room = room
        self._kept: OrderedDict[bytes, Fragment] = OrderedDict()
        self._used = 0
        self._lock = Lock()  # guards both; never held while a part is made

    def find(self, made_from: Iterable[bytes], make: Callable[[], tuple[str, Model]]) -> Fragment:
        """Give the part that is made from these texts, or make it; two that ask at once may both make it.

        What is made is HTML, and a model with the parts whose marks are in it. The digest is that of the HTML as it is
        before these are put in: the marks say what is in them.
        """
        [part] = self.find_each([made_from], lambda _: [make()])
        return part

    def find_each(
        self, made_from: Iterable[Iterable[bytes]], make: Callable[[Sequence[int]], Iterable[tuple[str, Model]]]
    ) -> list[Fragment]:
        """Give several, each as `find` does; those that are not kept are made together, and told by their places."""
        keys = [*map(_digest, made_from)]
        with self._lock:
            parts = {n: kept for n, key in enumerate(keys) if (kept := self._kept.get(key)) is not None}
            for n in parts:
                self._kept.move_to_end(keys[n])
        missing = [n for n in range(len(keys)) if n not in parts]
        for n, (html, model) in zip(missing, make(missing) if missing else (), strict=True):
            written = html.encode()
            pieces = tuple(put_in(written, model)) if model else (written,)
            parts[n] = Fragment(pieces, sha256(written).hexdigest()[:32])
        self._keep({keys[n]: parts[n] for n in missing})
        return [parts[n] for n in range(len(keys))]

    def _keep(self, made: Mapping[bytes, Fragment]) -> None:
        with self._lock:
            for key, part in made.items():
                if key not in self._kept and (cost := part.cost) <= self._room:
                    self._kept[key] = part
                    self._used += cost
            while self._used > self._room:
                _, oldest = self._kept.popitem(last=False)
                self._used -= oldest.cost


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts that are made for readers of one language who may do the same."""

    kept: Fragments
    language: str
    rights: frozenset[str]

    def find(self, template: str, made_from: Iterable[str | bytes], make: Callable[[], Model]) -> Fragment:
        """Give a part: kept, or made of a model that comes from these texts and from nothing else."""

        def render() -> tuple[str, Model]:
            model = make()
            part = make_environment(self.language).get_template(template)
            return part.render(language=self.language, rights=self.rights, **model), model

        texts = (template, self.language, *sorted(self.rights), *made_from)
        return self.kept.find([text.encode() if isinstance(text, str) else text for text in texts], render)

    def draw(
        self,
        template: str,
        macro: str,
        made_from: Iterable[bytes],
        tell: Callable[[Sequence[int]], Iterable[tuple[Any, ...]]],
    ) -> list[Fragment]:
        """Give what a macro writes of each of these; of anything else it knows nothing.

        `tell` gives its arguments for those that are not kept, which it is told by their places.
        """

        def write(missing: Sequence[int]) -> Iterator[tuple[str, Model]]:
            draw = find_macro(self.language, template, macro)
            return ((draw(*given), {}) for given in tell(missing))

        head = f"{template} {macro} {self.language}".encode()
        return self.kept.find_each(((head, text) for text in made_from), write)


def put_in(html: bytes, model: Model) -> Iterator[bytes]:
    """Put each part of a model, or of a list in it, where its mark stands; gives the pieces of the whole."""
    members = [part for value in model.values() for part in (value if isinstance(value, list) else [value])]
    known = {part.digest: part for part in members if isinstance(part, Fragment)}
    for n, text in enumerate(_MARK.split(html)):  # every second one is a digest
        if n % 2:
            yield from known[text.decode()].pieces
        elif text:
            yield text


def _digest(texts: Iterable[bytes]) -> bytes:
    return sha256(b"".join([b"%d:%b" % (len(text), text) for text in texts])).digest()
