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

-- Nobody's function that fits a call better is run here.
SET search_path = pg_catalog, pg_temp;

-- Who has made something in the schema, or may, could have the service run it.
SELECT format('DO %L', format('BEGIN RAISE EXCEPTION USING MESSAGE = %L; END', format(
    'the schema highscores is not %s''s alone: %s %s; drop what is not its own, or ALTER … OWNER TO it, and REVOKE CREATE',
    :'owner', CASE found.role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(found.role) END, found.what)))
FROM pg_namespace n
CROSS JOIN LATERAL (
    SELECT relowner, 'owns ' || relname FROM pg_class WHERE relnamespace = n.oid
    UNION ALL SELECT proowner, 'owns ' || proname FROM pg_proc WHERE pronamespace = n.oid
    UNION ALL SELECT typowner, 'owns ' || typname FROM pg_type WHERE typnamespace = n.oid
    UNION ALL SELECT oprowner, 'owns ' || oprname FROM pg_operator WHERE oprnamespace = n.oid
    UNION ALL SELECT a.grantee, 'has CREATE' FROM aclexplode(n.nspacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner AND r.rolsuper IS NOT TRUE
) AS found (role, what)
WHERE n.nspname = 'highscores' AND pg_get_userbyid(found.role) <> :'owner'
LIMIT 1 \gexec

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
-- The books of the schema's steps are the owner's, who sees to that when it makes them.
SELECT format('REVOKE INSERT, UPDATE, DELETE ON highscores.schema_migrations FROM %I', :'service')
WHERE to_regclass('highscores.schema_migrations') IS NOT NULL \gexec
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA highscores TO :"service";
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA highscores TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA highscores
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA highscores GRANT USAGE, SELECT ON SEQUENCES TO :"service";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA highscores GRANT EXECUTE ON FUNCTIONS TO :"service";
