package import Leaderboards
package import Postgres

/// A zone in which some leaderboards' windows begin.
struct WindowZone: Sendable {
    /// Nil stands for the game's own.
    let name: String?
    let calendar: WindowCalendar
}

extension Session {
    /// Lists the zones in which a game's leaderboards have their windows.
    ///
    /// - Parameter game: The game, with the rules that are to hold.
    /// - Returns: The game's zone, then those of chats that have another one of their own.
    /// - Throws: `PostgresError`, also one with `.decoding` for a zone that this machine does not know.
    func windowZones(of game: Game) throws(PostgresError) -> [WindowZone] {
        let names = try query(
            """
            SELECT DISTINCT zone FROM chats
            WHERE bot_id = \(game.bot) AND merged_into IS NULL AND zone <> \(game.rules.zone)
            """
        ).decode(String.self)
        var zones: [WindowZone] = []
        for name in [nil] + names.map(Optional.some) {
            zones.append(WindowZone(name: name, calendar: try game.rules.calendar(zone: name)))
        }
        return zones
    }
}

extension GameRules {
    /// The calendar of windows.
    ///
    /// - Parameter name: The zone of a chat that has one of its own; nil is the game's.
    /// - Throws: `PostgresError` with `.decoding` for a zone that this machine does not know.
    package func calendar(zone name: String? = nil) throws(PostgresError) -> WindowCalendar {
        guard let zone = ZoneRules(named: name ?? zone) else {
            throw PostgresError(.decoding, "the time zone '\(name ?? zone)' is not known on this machine")
        }
        return WindowCalendar(zone: zone, seasons: seasons)
    }
}
