"""Tell people in words: dates, stances, terms and changes, on pages, in feeds and on the command line."""
