"""Two auditors who share no code: the program's own verifier, and the stand-alone one of the documents."""

from __future__ import annotations

import importlib.util
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from service.public_log.note import VerifierKey
from service.verifying.evidence import verify_evidence
from service.verifying.files import NotVerifiable, read_object, verify_export
from service.verifying.server import verify_server
from service.verifying.steps import Report, Trust

PROGRAM = Path(__file__).parent.parent.parent / "docs" / "verify.py"
HONEST = "nothing is wrong"


def load_alone() -> ModuleType:
    """Load the stand-alone verifier."""
    spec = importlib.util.spec_from_file_location("alone", PROGRAM)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ALONE = load_alone()


@dataclass(frozen=True)
class Auditor:
    """Somebody who verifies evidence, an export or a record over HTTP, and tells what is wrong with it."""

    name: str
    evidence: Callable[..., str]
    export: Callable[..., str]
    server: Callable[..., str]


def told(report: Report) -> str:
    """Tell all faults of a report."""
    return "; ".join(f"step {f.step}: {f.name}: {f.detail}" for f in report.faults) or HONEST


def ours() -> Auditor:
    """Make the auditor that uses the program."""

    def evidence(text: bytes, key: VerifierKey, kept: str | None = None) -> str:
        try:
            return told(verify_evidence(read_object(text, "evidence"), Trust([key], kept)))
        except NotVerifiable as error:
            return f"not verifiable: {error}"

    def export(text: bytes, key: VerifierKey, kept: str | None = None, as_of: int | None = None) -> str:
        try:
            return told(verify_export(io.BytesIO(text), Trust([key], kept, as_of=as_of), lambda _: None))
        except NotVerifiable as error:
            return f"not verifiable: {error}"

    def server(fetch: Callable[[str], bytes], key: VerifierKey, kept: str | None = None) -> str:
        try:
            return told(verify_server(fetch, Trust([key], kept), lambda _: None))
        except NotVerifiable as error:
            return f"not verifiable: {error}"

    return Auditor("ours", evidence, export, server)


def alone() -> Auditor:
    """Make the auditor that has nothing but the one file of the documents."""

    def run(what: str, key: VerifierKey, kept: str | None, as_of: int | None = None) -> str:
        asked = ["--as-of", str(as_of)] * (as_of is not None)
        try:
            if kept is None:
                assert ALONE.verify(ALONE.read_arguments([what, key.written(), *asked]))
            else:
                asking = [what, key.written(), *asked]
                with_file(kept.encode(), lambda path: ALONE.verify(ALONE.read_arguments([*asking, path])))
        except ALONE.Failed as failed:
            return str(failed)
        except ALONE.UNREADABLE as error:
            return f"unreadable: {error}"
        return HONEST

    def file(text: bytes, key: VerifierKey, kept: str | None = None, as_of: int | None = None) -> str:
        return with_file(text, lambda path: run(path, key, kept, as_of))

    def server(fetch: Callable[[str], bytes], key: VerifierKey, kept: str | None = None) -> str:
        before, ALONE.fetch = ALONE.fetch, lambda url, *_: fetch(url.removeprefix("http://record"))
        try:
            return run("http://record", key, kept)
        finally:
            ALONE.fetch = before

    return Auditor("alone", file, file, server)


def with_file(text: bytes, use: Callable[[str], str]) -> str:
    """Use a text as a file."""
    from tempfile import NamedTemporaryFile  # noqa: PLC0415 - here alone

    with NamedTemporaryFile() as file:
        file.write(text)
        file.flush()
        return use(file.name)


AUDITORS = [ours(), alone()]
