"""Make the read model again from the events, which are the record; the rest is derived.

In one write transaction: readers see the old rows until all new ones are there, and
appends wait. A claim at a time, so that memory does not grow with the record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.ledger import rerender
from service.store.interface import Store, View

PAGE = 1_000  # claims


def rebuild(store: Store, progress: Callable[[float], None]) -> int:
    """Make all read-model rows again, telling the part done (0 to 1); answers for how many claims.

    Raises UnreadableEvent for a record that a newer program wrote. What fails leaves the old rows.
    """
    with store.writing() as transaction:
        transaction.drop_versions()
        total, done = transaction.count_claims(), 0
        for done, claim in enumerate(_claims(transaction), 1):
            rerender(transaction, claim, recount=False)
            progress(done / total)
        transaction.directory.recount()
    return done


def _claims(view: View) -> Iterator[str]:
    page = view.claim_ids("", PAGE)
    while page:
        yield from page
        page = view.claim_ids(page[-1], PAGE)
