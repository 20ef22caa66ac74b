package import Postgres

/// Names that a shell completes: few enough to be looked through, and found without a walk over large tables.
extension Session {
    private static let limit: Int64 = 1000

    /// Names games.
    ///
    /// - Returns: The short names that are unambiguous, and all whole names.
    package func completionsOfGames() throws(PostgresError) -> [String] {
        try query(
            """
            SELECT short_name FROM (
                SELECT g.short_name, count(*) AS number FROM games g GROUP BY g.short_name
            ) AS n WHERE n.number = 1
            UNION ALL
            SELECT coalesce(b.username, b.bot_id::text) || '/' || g.short_name
            FROM games g JOIN bots b ON b.bot_id = g.bot_id
            ORDER BY 1 LIMIT \(Self.limit)
            """
        ).decode(String.self)
    }

    /// Names chats.
    ///
    /// - Returns: The `chat_instance`s of the chats that were met last.
    package func completionsOfChats() throws(PostgresError) -> [String] {
        try query(
            """
            SELECT i.chat_instance::text
            FROM (SELECT chat_id FROM chats ORDER BY chat_id DESC LIMIT \(Self.limit)) AS c
            JOIN chat_instances i ON i.chat_id = c.chat_id
            ORDER BY c.chat_id DESC, 1
            """
        ).decode(String.self)
    }

    /// Names players.
    package func completionsOfPlayers() throws(PostgresError) -> [String] {
        try query(
            """
            SELECT DISTINCT p.player_id::text
            FROM (SELECT player_id FROM players ORDER BY bot_id, player_id LIMIT \(Self.limit)) AS p
            ORDER BY 1
            """
        ).decode(String.self)
    }
}
