"""What a desk's grades of a source and of its words say (the Admiralty code, NATO AJP-2.1), in words.

They are the desk's, of this source and these words; where a claim stands is not made from them. Grades F and 6 say
that there is no basis to judge, and nothing worse.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RELIABILITIES = {
    "A": "A, completely reliable",
    "B": "B, usually reliable",
    "C": "C, fairly reliable",
    "D": "D, not usually reliable",
    "E": "E, unreliable",
    "F": "F, no basis to judge the source",
}
CREDIBILITIES = {
    "1": "1, confirmed by other sources",
    "2": "2, probably true",
    "3": "3, possibly true",
    "4": "4, doubtful",
    "5": "5, improbable",
    "6": "6, no basis to judge the words",
}


def tell_grades(data: Mapping[str, Any]) -> str:
    """Say in a line how the desk graded the source of a statement, and its words; nothing where it did not."""
    source, words = data.get("source", {}).get("reliability"), data.get("credibility")
    told = [f"source {RELIABILITIES[source]}"] if source else []
    told += [f"words {CREDIBILITIES[str(words)]}"] if words else []
    return f"Graded by the desk (Admiralty): {'; '.join(told)}" if told else ""
