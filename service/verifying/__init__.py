"""Verify a record without trusting whoever keeps it: the steps, over a store, files, evidence and another server."""
