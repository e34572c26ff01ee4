"""Go's own packages for transparency logs, which share nothing with ours, find our log to be one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.public_log.note import SigningKey
from service.public_log.publisher import Publisher
from tests.answering import answering

PROGRAM = Path(__file__).parent / "audit.go"
PACKAGES = Path("/usr/share/gocode")  # where Debian's golang-golang-x-mod-dev puts them
ABSENT = "no independent check: install Debian's golang and golang-golang-x-mod-dev"
HERE = shutil.which("go") is not None and (PACKAGES / "src/golang.org/x/mod/sumdb/tlog").exists()
REQUIRED = "REQUIRE_GO" in os.environ  # in .ci/run, where both can be had

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not HERE and not REQUIRED, reason=ABSENT)]


@pytest.fixture(scope="module")
def audit(tmp_path_factory) -> Path:
    """Build the auditor, offline."""
    assert HERE, ABSENT
    built = tmp_path_factory.mktemp("go") / "audit"
    offline = {"GO111MODULE": "off", "GOPATH": str(PACKAGES), "GOFLAGS": "", "GOCACHE": str(built.parent / "cache")}
    command = [shutil.which("go") or "go", "build", "-o", str(built), str(PROGRAM)]
    done = subprocess.run(  # noqa: S603 - our own program
        command, env={**os.environ, **offline}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return built


@pytest.fixture
def url(app) -> Iterator[str]:
    """Serve the record over HTTP."""
    with answering(app) as url:
        yield url


def run(audit: Path, *words: str) -> tuple[int, str]:
    """Run the auditor; answers its status and what it said."""
    done = subprocess.run([audit, *words], capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def key(store, clock, desk) -> SigningKey:
    """Record 300 events on 25 claims, signed as they come; gives the key."""
    key = SigningKey.make("record.example/log")
    publisher = Publisher(store, key, clock)
    for claim in range(25):
        body = {"text": f"Claim {claim}.", "events": [statement(n) for n in range(11)]}
        assert desk.post("/claims", json=body).status_code == 201
        publisher.publish()
    return key


def statement(n: int) -> dict:
    """Make the n-th statement on a claim."""
    party = {"name": f"Ministry {n}", "kind": "ministry"}
    return {"type": "denied", "data": {"party": party, "summary": "No.", "source": {"publisher": "The Wire"}}}


def test_go_finds_checkpoint_inclusion_consistency_and_tiles_right(audit, key, url):
    """Every entry is proved, every size extends every earlier one, and the tiles prove the same."""
    sizes = "1,2,3,12,127,128,129,255,256,257,299,300"
    status, told = run(audit, url, key.verifier.written(), sizes)
    assert (0, "300 entries and 12 consistency proofs of record.example/log hold\n") == (status, told)


def test_go_refuses_another_key(audit, key, url):
    """The auditor does look: under another key of the same name the checkpoint is refused."""
    status, told = run(audit, url, SigningKey.make(key.name).verifier.written(), "1")
    assert (1, True) == (status, "no verifiable signatures" in told), told
