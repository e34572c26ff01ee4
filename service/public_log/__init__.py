"""The public log: signed notes, keys, checkpoints, proofs and witnesses (C2SP tlog)."""
