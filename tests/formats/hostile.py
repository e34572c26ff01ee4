"""Texts that somebody sends who wants a reader's program to do something."""

from __future__ import annotations

from typing import Any

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
ENTITIES = "&lt;img src=x onerror=alert(1)&gt;"
CDATA = "]]><evil/>"
TURNED = "abc\u202edenied\u202c\u2066x"
CONTROLS = "bell\x07 escape\x1b delete\x7f end\uffff"
ADDRESS = "javascript:alert(1)"

PARTY = {"name": f"Ministry {IMAGE} {ENTITIES}", "kind": "ministry"}
SPOKEN: dict[str, Any] = {
    "party": PARTY,
    "speaker": {"name": SCRIPT, "role": CDATA},
    "summary": f"{SCRIPT} {CDATA} {TURNED} {CONTROLS}",
    "quote": {"text": IMAGE, "lang": "en", "translation": SCRIPT},
    "said_on": "2025-12-21",
    "said_on_text": SCRIPT,
    "source": {"publisher": SCRIPT, "title": IMAGE, "url": ADDRESS, "published_on": "2025-12-22"},
}
TEXT = f"A claim {SCRIPT} {CDATA} {TURNED} {CONTROLS}"
MARKUP = ("<script", "<img src=x", "<evil")
UNSHOWN = ("\u202e", "\u2066", "\x07", "\x1b", "\x7f", "\uffff")
# What is left in JSON, which writes the lower controls as escapes.
IN_JSON = str.maketrans({"\u202e": None, "\u202c": None, "\u2066": None, "\x7f": "\ufffd", "\uffff": "\ufffd"})
