package import Leaderboards
package import Postgres

/// A leaderboard of a chat or a game that somebody is on.
package struct BoardWindow: Hashable, Sendable {
    package let window: WindowKind
    /// The window's local name.
    package let label: String
    /// How many entries there are.
    package let total: Int
}

extension Session {
    /// Lists the windows in which a chat or a game has entries.
    ///
    /// - Parameter chat: The chat; nil is the whole game.
    /// - Returns: The windows in no order, and the zone in which they begin; nil where nothing is known of the chat.
    package func boardWindowsList(
        of game: Game,
        chat: ChatInstance?
    ) throws(PostgresError) -> (zone: String, windows: [BoardWindow])? {
        var owner: PlayChat?
        if let chat {
            owner = try run(.playChatsGet([ChatAlias(instance: chat, address: nil)], bot: game.bot))[0]
            guard owner != nil else { return nil }
        }
        let windows = try query(
            """
            SELECT window_kind, label, entries FROM boards
            WHERE game_id = \(game.id) AND coalesce(chat_id, 0) = \(owner?.id.rawValue ?? 0) AND entries > 0
            """
        ).map { row throws(PostgresError) in
            let (kind, label, total) = try row.decode(String.self, String.self, Int.self)
            guard let window = WindowKind(rawValue: kind) else {
                throw PostgresError(.decoding, "a leaderboard has a window that this version does not know")
            }
            return BoardWindow(window: window, label: label, total: total)
        }
        return (game.rules.hasOneZone ? game.rules.zone : owner?.zone ?? game.rules.zone, windows)
    }
}
