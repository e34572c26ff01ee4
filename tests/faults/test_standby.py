"""A standby: what is read from it is never older than what was written, and what a promotion keeps and loses."""

import json
from contextlib import suppress
from uuid import uuid4

import pytest

from service.errors import Unavailable
from service.machine import tell_time
from service.public_log.note import SigningKey
from service.public_log.publisher import Publisher
from service.store import open_store
from tests.clusters import Cluster, wait_until
from tests.faults.newsroom import CLAIM, CLAIMS, deny, found_record, open_claims, serving
from tests.faults.proxy import Proxy
from tests.faults.serving import check_record
from tests.faults.writing import Writers

pytestmark = pytest.mark.faults


@pytest.fixture
def primary():
    """Start a PostgreSQL that syncs what it writes."""
    with Cluster.start(durable=True) as cluster:
        yield cluster


@pytest.fixture
def link(primary):
    """Give the way by which a standby follows, which can be parted."""
    with Proxy(primary.folder) as proxy:
        yield proxy


def version_of(server, **headers):
    """Read which version of the claim a server answers."""
    status, _, body = server.ask("GET", CLAIM, **headers)
    assert status == 200, body
    return json.loads(body)["version"]


def test_nobody_reads_back_less_than_they_wrote(primary, link, tmp_path, tell):
    """With its standby behind, or gone, a server answers what it recorded, and what a client says it has seen."""
    token = found_record(primary.url())
    with (
        primary.standby(through=link.folder) as standby,
        serving(primary.url(), tmp_path, 2, read_database=standby.url()) as (writer, reader),
    ):
        open_claims(writer, token)
        deny(writer, token, "with a standby")
        wait_until(lambda: version_of(reader) == 2, "the standby has what was written")
        link.partition()
        size = deny(writer, token, "without one")
        assert version_of(writer) == 3
        assert version_of(reader, at_least=size) == 3
        assert version_of(reader) == 2  # which nobody there has written or seen
        standby.kill()
        assert [version_of(writer), version_of(reader)] == [3, 3]
    tell("standby behind: read your writes held; standby killed: the primary answered")


def test_a_synchronous_standby_loses_nothing_that_was_acknowledged(primary, link, tmp_path, tell):
    """Parted from its standby the primary acknowledges nothing more; killed, it leaves all that it did."""
    token = found_record(primary.url())
    with primary.standby(synchronous=True, through=link.folder) as standby:
        with serving(primary.url(), tmp_path) as servers:
            open_claims(servers[0], token)
            writers = Writers(servers, token, CLAIMS)
            with writers.at_work():
                writers.until(100)
                link.partition()
                before = len(writers.acknowledged)
                primary.kill()
        standby.promote()
        standby.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
        standby.execute("SELECT pg_reload_conf()")
        found = writers.check(standby.url())
        with serving(standby.url(), tmp_path) as writers.servers:
            writers.settle()
        assert check_record(standby.url()) == len(CLAIMS) + writers.check(standby.url())
    tell(f"synchronous: {found:,} acknowledged ({found - before} after the partition), 0 lost")


def test_an_asynchronous_standby_may_lose_what_was_acknowledged(primary, link, tmp_path, tell):
    """Parted from its standby the primary goes on; killed, what it acknowledged since is not there."""
    token = found_record(primary.url())
    with primary.standby(through=link.folder) as standby:
        with serving(primary.url(), tmp_path) as servers:
            open_claims(servers[0], token)
            deny(servers[0], token, "kept")
            kept = len(CLAIMS) + 1
            wait_until(lambda: standby.execute("SELECT size FROM log_head")[0][0] == kept, "it has followed")
            link.partition()
            sizes = [deny(servers[0], token, f"lost {n}") for n in range(5)]
            primary.kill()
        standby.promote()
        assert check_record(standby.url()) == kept
    tell(f"asynchronous: {sizes[-1] - kept} of {sizes[-1]} acknowledged events lost in a partition")


def test_nothing_is_signed_that_a_promotion_could_lose(primary, link, tmp_path, tell):
    """What the synchronous standby has not written is not signed, even where it is committed and can be read."""
    token = found_record(primary.url())
    store = open_store(primary.url())
    publisher = Publisher(store, SigningKey.make("record.example/log"), tell_time, store.standby_size)
    with serving(primary.url(), tmp_path) as servers:
        open_claims(servers[0], token)
        assert (None, len(CLAIMS)) == (store.standby_size(), publisher.publish().size)
        with primary.standby(synchronous=True, through=link.folder) as standby:
            deny(servers[0], token, "on both")
            assert (len(CLAIMS) + 1, len(CLAIMS) + 1) == (store.standby_size(), publisher.publish().size)
            link.partition()
            # An operator in need: what is recorded now waits for no standby.
            primary.execute("ALTER SYSTEM SET synchronous_commit = 'local'")
            primary.execute("SELECT pg_reload_conf()")
            wait_until(lambda: deny_at_once(servers[0], token), "it is recorded on the primary alone")
            with pytest.raises(Unavailable, match="not on its standby"):
                publisher.publish()
            with store.reading() as view:
                recorded, signed = view.head().size, view.tree.latest_checkpoint().size
            assert signed == len(CLAIMS) + 1 < recorded
            link.heal()
            assert recorded <= wait_until(lambda: publish_or_wait(publisher), "the standby follows again").size
            standby.kill()
    tell(f"signed {signed} of {recorded} while the standby was away, the rest once it was back")


def deny_at_once(server, token):
    """Record a denial, and tell whether it was acknowledged."""
    with suppress(AssertionError):
        return deny(server, token, f"alone {uuid4()}")


def publish_or_wait(publisher):
    """Publish, unless the standby is not there yet."""
    with suppress(Unavailable):
        return publisher.publish()
