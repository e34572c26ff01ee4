"""A newsroom's store: a PostgreSQL database."""
