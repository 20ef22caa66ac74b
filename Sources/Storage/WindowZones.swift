import Leaderboards
import Postgres

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
