"""Fill the disk: writes are refused cleanly, reads go on, and once there is room writes go on too."""

import json
import os
import resource
import subprocess

import pytest

from tests.builders import CLAIM_ID, said
from tests.faults.serving import check_record

pytestmark = pytest.mark.faults

EVENT = 20_000  # bytes, about
ROOM = 600_000  # bytes
HERE = f"/claims/{CLAIM_ID}"


class SmallDisk:
    """A file system in memory, so small that it is soon full; making it needs the right to mount."""

    def __init__(self, folder):
        """Mount it, with as much kept free for later as is free now."""
        self.folder = folder / "disk"
        self.folder.mkdir()
        size = f"size={4 * ROOM}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", self.folder], check=True, capture_output=True)  # noqa: S603, S607
        self._ballast = self.folder / "ballast"

    def fill(self, _server):
        """Leave room for a few events more."""
        self._ballast.write_bytes(bytes(free_bytes(self.folder) - ROOM))

    def make_room(self, _server):
        """Take away what fills it."""
        self._ballast.unlink()

    def close(self):
        """Unmount it."""
        subprocess.run(["umount", "--lazy", self.folder], check=True)  # noqa: S603, S607


def free_bytes(folder):
    """Tell how much room a file system has."""
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize


class SmallFiles:
    """A limit on how large a file the server may write (RLIMIT_FSIZE), which the kernel keeps."""

    def __init__(self, folder):
        """Use the disk that is there."""
        self.folder = folder / "disk"
        self.folder.mkdir()

    def fill(self, server):
        """Let no file grow beyond what the log has now and a few events more."""
        self._limit(server, (self.folder / "record.db-wal").stat().st_size + ROOM)

    def make_room(self, server):
        """Let files grow again."""
        self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server, size):
        for process in server.processes():
            resource.prlimit(process, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def close(self):
        """Leave the disk as it is."""


@pytest.fixture(params=[SmallDisk, SmallFiles])
def disk(request, tmp_path):
    """Give a disk that can be filled."""
    try:
        made = request.param(tmp_path)
    except (subprocess.CalledProcessError, FileNotFoundError):
        pytest.skip("this needs the right to mount a file system")
    yield made
    made.close()


@pytest.fixture
def folder(disk):
    """Keep the record on it."""
    return disk.folder


def append(server, token, n):
    """Ask for a large event."""
    type_, data = said("denied", note=f"{n} " + "x" * EVENT)
    body = {"type": type_, "data": data}
    return server.ask("POST", f"{HERE}/events?allow_duplicate=true", body, token=token, key=f"request-{n}")


def test_a_full_disk_is_told_and_survived(disk, serve, path, token, tell):
    """On a full disk a write is 503 and stores nothing, reads are answered as ever, and with room writes go on."""
    server = serve()
    server.open_claim(CLAIM_ID, token)
    answers = [append(server, token, n) for n in range(3)]
    disk.fill(server)
    while (answer := append(server, token, len(answers)))[0] == 201:
        answers.append(answer)
    refused = [answer, *(append(server, token, len(answers)) for _ in range(9))]
    recorded = [body for _, _, body in answers]
    assert [(status, json.loads(body)["code"]) for status, _, body in refused] == [(503, "unavailable")] * 10
    assert all(headers["Retry-After"] == "2" and "Nothing was stored" in body for _, headers, body in refused)
    assert_holds(server, recorded, token)
    disk.make_room(server)
    for n in range(len(answers), len(answers) + 3):
        status, headers, body = append(server, token, n)
        assert (status, headers["Log-Position"], headers["Idempotent-Replayed"]) == (201, str(n + 1), None)
        recorded.append(body)
    assert_holds(server, recorded, token)
    server.end()
    assert check_record(path) == len(recorded) + 1
    assert_holds(serve(), recorded, token)
    kind = "no room on a disk" if isinstance(disk, SmallDisk) else "no room in a file"
    tell(f"{kind}: {len(answers)} recorded, {len(refused)} refused with 503, 0 lost, 3 more once there was room")


def assert_holds(server, recorded, token):
    """Hold what is read, by a stranger and by who has a token, to what was acknowledged."""
    for reader in (None, token):
        status, headers, body = server.ask("GET", f"{HERE}/events?after=1", token=reader)
        assert (status, headers["Log-Size"]) == (200, str(len(recorded) + 1))
        assert body == f'{{"claim":"{CLAIM_ID}","log_size":{len(recorded) + 1},"events":[{",".join(recorded)}]}}'
        status, _, body = server.ask("GET", HERE, token=reader)
        assert (status, json.loads(body)["version"]) == (200, len(recorded) + 1)
