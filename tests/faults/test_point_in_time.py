"""Bring the record back as it was just before a mistake, as docs/operations.md tells it: a base backup and the WAL."""

import pytest

from service.store import open_store
from tests.clusters import Cluster, wait_until
from tests.faults.newsroom import CLAIMS, deny, found_record, open_claims, serving
from tests.faults.serving import check_record

pytestmark = pytest.mark.faults


def test_a_record_is_restored_to_the_moment_before_a_mistake(tmp_path, tell):
    """What was recorded up to a named moment is there again, whole, and can be added to; what came later is not."""
    archiving = {"archive_mode": "on", "archive_command": "mkdir -p ../archive && cp %p ../archive/%f"}
    with Cluster.start(durable=True, settings=archiving) as primary:
        token = found_record(primary.url())
        with serving(primary.url(), tmp_path) as (server,):
            open_claims(server, token)
            primary.programs.run("pg_basebackup", "--pgdata=base", f"--dbname={primary.url()}", "--checkpoint=fast")
            kept = deny(server, token, "after the backup")
            primary.execute("SELECT pg_create_restore_point('before the mistake')")
            deny(server, token, "too late")
        primary.execute("DROP TABLE bodies")
        segment = primary.execute("SELECT pg_walfile_name(pg_switch_wal())")[0][0]
        wait_until((primary.folder / "archive" / segment).exists, "the last of the WAL is in the archive")
        recovery = {
            "restore_command": f"cp {primary.folder}/archive/%f %p",
            "recovery_target_name": "before the mistake",
            "recovery_target_action": "promote",
        }
        with Cluster.restored(primary.folder / "base", recovery) as again:
            wait_until(lambda: again.execute("SELECT NOT pg_is_in_recovery()") == [(True,)], "it has recovered")
            assert kept == len(CLAIMS) + 1 == check_record(again.url())
            with serving(again.url(), tmp_path) as (server,):
                assert deny(server, token, "and on it goes") == kept + 1
            store = open_store(again.url())
            store.check()
            store.close()
    tell("point-in-time restore: the record as it was before the mistake, whole, and written on")
