"""Tell others of events: who wants to know, what is owed to whom, and the telling."""
