"""Read: what the record answers, now and as of any moment."""
