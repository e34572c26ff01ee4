"""What the record *is*: pure, no I/O, no framework.

A claim is one yes/no proposition; its history is a list of immutable events
(codebook). Parties speak (party, statement); their words carry dates that may be
imprecise (dates). A claim decides whether an event may enter its history and
replays what has entered (claim). Folding the history gives positions, reversals
and the standing (standing). An event has one canonical form as bytes, whose hash
is its leaf in the public log (entry). What may not be is an error that names
itself with a word (errors). Time, identity and randomness are always arguments.
"""
