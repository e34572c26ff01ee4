"""The service: everything that touches the world.

A statement comes in by `web/endpoint` (or, where it is plain, `web/appending`), becomes an event asked for in
`recording/items`, and goes through the front door, `timeline`, into the queue of `recording/writer`. A group of them is
decided and stored in one transaction by `recording/deciding`, on the record as `recording/ledger` has it, in a `store`.
A question comes in the same way, through `timeline` to one module of `reading`, which asks a view of the `store`; what
pages, feeds and the command line say of the answer in words is in `telling`.
"""
