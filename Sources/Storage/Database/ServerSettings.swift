package import Postgres

extension Statement where Value == [String] {
    /// Settings of the server by their names, as people read them, in the order asked.
    package static func serverSettingsGet(_ names: [String]) -> Self {
        Self(
            column: """
                SELECT current_setting(x.name) FROM unnest(\(names)) WITH ORDINALITY AS x (name, position)
                ORDER BY x.position
                """
        )
    }

    /// Settings of the server with which a session begins, whatever this one has set since, in the order asked.
    package static func serverDefaultsGet(_ names: [String]) -> Self {
        Self(
            column: """
                SELECT s.reset_val FROM unnest(\(names)) WITH ORDINALITY AS x (name, position)
                JOIN pg_settings s ON s.name = x.name
                ORDER BY x.position
                """
        )
    }
}
