package import Postgres

/// Names that a shell completes: few enough to be looked through, and found without a walk over large tables.
extension Statement where Value == [String] {
    private static var limit: Int64 { 1000 }

    /// The short names that are unambiguous, and all whole names.
    package static func gameNamesComplete() -> Self {
        Self(
            column: """
                SELECT short_name FROM (
                    SELECT g.short_name, count(*) AS number FROM games g WHERE g.root_id IS NULL GROUP BY g.short_name
                ) AS n WHERE n.number = 1
                UNION ALL
                SELECT coalesce(b.username, b.bot_id::text) || '/' || g.short_name
                FROM games g JOIN bots b ON b.bot_id = g.bot_id
                WHERE g.root_id IS NULL
                ORDER BY 1 LIMIT \(limit)
                """
        )
    }

    /// The `chat_instance`s of the chats that were met last.
    package static func chatNamesComplete() -> Self {
        Self(
            column: """
                SELECT i.chat_instance::text
                FROM (SELECT chat_id FROM chats ORDER BY chat_id DESC LIMIT \(limit)) AS c
                JOIN chat_instances i ON i.chat_id = c.chat_id
                ORDER BY c.chat_id DESC, 1
                """
        )
    }

    package static func playerNamesComplete() -> Self {
        Self(
            column: """
                SELECT DISTINCT p.player_id::text
                FROM (SELECT player_id FROM players ORDER BY bot_id, player_id LIMIT \(limit)) AS p
                ORDER BY 1
                """
        )
    }
}
