/// Whose the schema is, and what is in it.
extension MigrationEngine {
    /// Makes the schema, or makes sure that the one that is there is nobody else's.
    func makeSchema(_ session: Session) throws(PostgresError) {
        let name = PostgresConfiguration.schema
        let found = try session.first(
            """
            SELECT pg_get_userbyid(nspowner)::text, pg_has_role(nspowner, 'USAGE') FROM pg_namespace
            WHERE nspname = \(name)
            """
        )
        guard let found else {
            try session.execute("CREATE SCHEMA \(unescaped: name)")
            return
        }
        let (owner, isOurs) = try found.decode(String.self, Bool.self)
        guard isOurs else {
            throw PostgresError(
                .migration,
                "the schema \(name) belongs to \(owner); migrate as that role, or give it away: ALTER SCHEMA \(name) OWNER TO …"
            )
        }
        try requireNoStrangers(session)
    }

    /// Makes sure that nobody but its owner has made something in the schema, or may: our statements would run it.
    private func requireNoStrangers(_ session: Session) throws(PostgresError) {
        let name = PostgresConfiguration.schema
        let stranger = try session.first(
            """
            SELECT CASE found.role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(found.role)::text END, found.what
            FROM pg_namespace n
            CROSS JOIN LATERAL (
                SELECT relowner, 'owns ' || relname::text FROM pg_class WHERE relnamespace = n.oid
                UNION ALL SELECT proowner, 'owns ' || proname::text FROM pg_proc WHERE pronamespace = n.oid
                UNION ALL SELECT typowner, 'owns ' || typname::text FROM pg_type WHERE typnamespace = n.oid
                UNION ALL SELECT oprowner, 'owns ' || oprname::text FROM pg_operator WHERE oprnamespace = n.oid
                UNION ALL SELECT grantee, 'has CREATE' FROM aclexplode(n.nspacl) WHERE privilege_type = 'CREATE'
            ) AS found (role, what)
            WHERE n.nspname = \(name) AND found.role <> n.nspowner
              AND NOT EXISTS (
                  SELECT FROM pg_roles r WHERE r.oid = found.role AND (r.rolsuper OR r.rolname = current_user))
            LIMIT 1
            """
        )
        guard let (role, what) = try stranger?.decode(String.self, String.self) else { return }
        throw PostgresError(
            .migration,
            """
            in the schema \(name), \(role) \(what), and could have anything run by this service: drop what is not its \
            owner's, and REVOKE CREATE ON SCHEMA \(name) FROM \(role)
            """
        )
    }

    /// Lets nobody but the owner of the books write in them, whatever default privileges say.
    func closeBooks(_ session: Session) throws(PostgresError) {
        let writers = try session.query(
            """
            SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
            FROM pg_class, aclexplode(relacl)
            WHERE oid = 'schema_migrations'::regclass AND grantee <> relowner
              AND privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
            """
        ).decode(String.self)
        for role in writers {
            try session.execute(
                "REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON schema_migrations FROM \(unescaped: role)"
            )
        }
    }

    /// Makes sure that a build that kept its tables in `public` has left none here: whose data they are would find nothing.
    func requireNoOlderTables(_ session: Session) throws(PostgresError) {
        let isOlder = try session.first(
            """
            SELECT count(*) = 4 AND to_regclass('schema_migrations') IS NULL
            FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid JOIN pg_attribute a ON a.attrelid = c.oid
            WHERE n.nspname = 'public' AND c.relname = 'schema_migrations'
              AND a.attname IN ('number', 'name', 'checksum', 'applied_at')
            """
        )?.decode(Bool.self)
        guard isOlder == true else { return }
        throw .olderSchema(
            """
            an older build of this program has its tables in the schema public, and this one has its own in \
            \(PostgresConfiguration.schema)
            """
        )
    }
}
