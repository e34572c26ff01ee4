"""What a claim, or a list of them, is handed on as: one format a module, each made from a `Dossier`.

Every format shows the record as it reads: an amended event at its own place with what it
should have said, what was struck or redacted without its words.
"""
