-- Run once, by the container of PostgreSQL, when it makes the database: the server's own login, which may add events and
-- read them, and neither change nor delete them (service/store/postgres/schema-1.sql).
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'onrecord_app') THEN
    CREATE ROLE onrecord_app NOLOGIN;
  END IF;
  EXECUTE format(
    'CREATE ROLE onrecord_server LOGIN PASSWORD %L IN ROLE onrecord_app',
    trim(E' \n' FROM pg_read_file('/run/secrets/server-password'))
  );
END $$;
