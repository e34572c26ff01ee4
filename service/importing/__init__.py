"""Import a file of events: every row is tried before the first is recorded."""
