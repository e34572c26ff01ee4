"""The SQL of both engines, a subject a file: statements that each of them runs as they stand."""
