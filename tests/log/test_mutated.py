"""Whatever is done to what is handed out, a verifier answers: it never falls over, and believes nothing false."""

from __future__ import annotations

import json
import random

import orjson
import pytest
from click.testing import CliRunner

from service.cli import main
from service.verifying import server as verify_server
from tests.log.auditing import ALONE, AUDITORS, HONEST
from tests.log.handing import SIZE
from tests.log.mutating import change, change_bytes, change_text

FAILED = 3
TIMES = pytest.mark.parametrize("times", [60, pytest.param(1_000, marks=pytest.mark.slow)])
PAGE = 6  # events at once, so that there are several
LISTED = ("/log/keys",)  # asked for by our own verifier alone


def proved(text):
    """Give what a text proves: what is signed, by its text alone, and the events under that."""
    told = [json.loads(line) for line in text.splitlines()]
    head = {k: v for k, v in told[0].items() if k not in {"readme", "unpublished", "consistency"}}
    signed = int(head["checkpoint"].split("\n")[1])
    head["checkpoint"] = head["checkpoint"].partition("\n\n")[0]
    return orjson.dumps([head, [one for one in told[1:] if one.get("position", 0) < signed]])


@pytest.fixture(params=["evidence", "whole", "beginning"])
def honest(request, bundle, export):
    """Take evidence, an export of more than is signed, and one of a beginning, in turn."""
    return bundle + b"\n" if request.param == "evidence" else export({"whole": SIZE + 1, "beginning": 9}[request.param])


@TIMES
def test_no_mutation_is_believed_or_ends_in_a_traceback(honest, key, times):
    """Evidence and exports changed anywhere are refused by both, or prove what they proved before to both."""
    rng = random.Random(7)  # noqa: S311 - chance, not secrets
    kind = "evidence" if b"onrecord-evidence" in honest else "export"
    for text in (honest, *(change(honest, rng) for _ in range(times))):
        found = [getattr(auditor, kind)(text, key.verifier) for auditor in AUDITORS]
        believed = [one == HONEST for one in found]
        assert believed in ([True] * 2, [False] * 2), (text, found)
        assert not any(believed) or proved(text) == proved(honest), text


def test_a_mutation_ends_both_programs_with_a_status(honest, key, tmp_path, monkeypatch):
    """Whatever was changed, both programs end with 0 or 3, the same of both."""
    monkeypatch.setenv("ONRECORD_DATABASE", f"sqlite:///{tmp_path}/none.db")
    path, rng = tmp_path / "handed.out", random.Random(8)  # noqa: S311 - likewise
    for text in (honest, *(change(honest, rng) for _ in range(20))):
        path.write_bytes(text)
        result = CliRunner().invoke(main, ["verify", str(path), "--key", key.verifier.written()])
        assert isinstance(result.exception, SystemExit | None), result.exc_info
        assert result.exit_code == ALONE.main([str(path), key.verifier.written()]), (text, result.output)
        assert result.exit_code in {0, FAILED}, (text, result.output)


class Liar:
    """Answers as a record does, but for what begins so, which is changed: the same way whenever it is asked."""

    def __init__(self, fetch, target, seed):
        """Begin."""
        self._fetch, self._target, self._seed = fetch, target, seed
        self.told = {}

    def fetch(self, path):
        """Answer."""
        text = self._fetch(path)
        if path.startswith(self._target):
            rng = random.Random(f"{self._seed} {path}")  # noqa: S311 - likewise
            if path != "/log/checkpoint":
                text = change(text + b"\n", rng)
            elif rng.random() < 0.5:
                text = change_bytes(text, rng)
            else:
                text = change_text(text.decode(), rng).encode(errors="replace")
        self.told[path] = text
        return text

    def proved(self):
        """Give what is proved: the text that is signed, and the events under it."""
        pages = [json.loads(text)["events"] for path, text in self.told.items() if path.startswith("/events")]
        events = [orjson.dumps(one["event"], option=orjson.OPT_SORT_KEYS) for page in pages for one in page]
        return self.told["/log/checkpoint"].partition(b"\n\n")[0], events[:SIZE]


@TIMES
def test_no_lie_over_http_is_believed(fetch, key, record, times, monkeypatch):
    """A record that changes any of its answers proves to both what it proves honestly, or nothing to both.

    But the list of keys, and the proof of growth, which the events prove to the one who does not ask for it.
    """
    for module in (verify_server, ALONE):
        monkeypatch.setattr(module, "PAGE", PAGE)
    answers = {}

    def remember(path):
        if path not in answers:
            answers[path] = fetch(path)
        return answers[path]

    def ask(target, seed, kept):
        found = []
        for auditor in AUDITORS:
            liar = Liar(remember, target, seed)
            found.append((auditor.server(liar.fetch, key.verifier, kept), liar))
        return found

    honest = ask("nothing", 0, record[1])
    rng, expected = random.Random(9), honest[0][1].proved()  # noqa: S311 - likewise
    assert [HONEST] * 2 == [told for told, _ in honest]
    for seed in range(times):
        target = rng.choice(["/events?limit=6", "/events?limit=6&after=5", "/events", "/log/checkpoint", *LISTED])
        found = ask(target, seed, rng.choice([None, record[1]]))
        believed = [told == HONEST for told, _ in found]
        assert believed[0] == believed[1] or (target in LISTED and believed[1]), (target, seed, found)
        for told, liar in found:
            if told == HONEST:
                assert expected == liar.proved(), (target, seed)
