-- Two roles for one database: the owner migrates, the service serves and is what operators' commands use. Neither is a
-- superuser, and only the owner may change the schema. Run it as a superuser, in the database itself, before the first
-- 'highscores migrate up'; run again, it changes nothing. Needs psql 15 or later.
--
--   psql --dbname=highscores --file=Deploy/roles.sql
--
-- Other names: --set=owner=… --set=service=…. Passwords come from the environment, where they are wanted:
-- HIGHSCORES_OWNER_PASSWORD, HIGHSCORES_SERVICE_PASSWORD.

\set ON_ERROR_STOP on
\if :{?owner} \else
  \set owner highscores_owner
\endif
\if :{?service} \else
  \set service highscores
\endif
\getenv owner_password HIGHSCORES_OWNER_PASSWORD
\getenv service_password HIGHSCORES_SERVICE_PASSWORD

SELECT format('CREATE ROLE %I LOGIN', wanted.name)
FROM (VALUES (:'owner'), (:'service')) AS wanted (name)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) \gexec
\if :{?owner_password}
  ALTER ROLE :"owner" PASSWORD :'owner_password';
\endif
\if :{?service_password}
  ALTER ROLE :"service" PASSWORD :'service_password';
\endif

-- The server's log tells which constraint refused a row, and not what was in it.
ALTER ROLE :"owner" SET log_error_verbosity = terse;
ALTER ROLE :"service" SET log_error_verbosity = terse;

-- Temporary tables: rebuilding, pruning and importing work in some.
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO %I, %I', current_database(), :'owner', :'service') \gexec
CREATE SCHEMA IF NOT EXISTS highscores;
ALTER SCHEMA highscores OWNER TO :"owner";
GRANT USAGE ON SCHEMA highscores TO :"service";

-- What is there, and what the owner makes later, next month's table of the log included.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA highscores TO :"service";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA highscores TO :"service";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA highscores TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA highscores
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA highscores GRANT USAGE, SELECT ON SEQUENCES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA highscores GRANT EXECUTE ON FUNCTIONS TO :"service";
