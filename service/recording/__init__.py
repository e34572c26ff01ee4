"""Record: from what is asked, as JSON, to events that are stored and acknowledged."""
