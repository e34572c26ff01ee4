"""A newsroom's installation: a PostgreSQL that syncs what it writes, a migrated record, a token, servers."""

from contextlib import ExitStack, contextmanager
from uuid import UUID

from service.machine import tell_time
from service.store import open_store
from service.tokens import create_token
from tests.builders import said
from tests.faults.serving import Server

CLAIMS = [UUID(int=n + 1) for n in range(8)]
CLAIM = f"/claims/{CLAIMS[0]}"


def found_record(url):
    """Make a record in a database; answers a reporter's token."""
    store = open_store(url)
    store.migrate()
    token = create_token(store, "desk-seoul", "reporter", now=tell_time(), expires_in=None)
    store.close()
    return token


@contextmanager
def serving(url, folder, count=1, **settings):
    """Give servers on a record, gone at the end."""
    with ExitStack() as started:
        servers = []
        for n in range(count):
            own = folder / f"server-{n}"
            own.mkdir(exist_ok=True)
            servers.append(Server(url, own, **settings))
            started.callback(servers[-1].end)
        yield servers


def open_claims(server, token):
    """Open the claims that everybody writes on."""
    for claim in CLAIMS:
        server.open_claim(claim, token)


def deny(server, token, note):
    """Log a denial; answers the log size after it."""
    type_, data = said("denied", note=note)
    address = f"{CLAIM}/events?allow_duplicate=true"
    status, headers, body = server.ask("POST", address, {"type": type_, "data": data}, token=token)
    assert status == 201, body
    return int(headers["Log-Size"])
