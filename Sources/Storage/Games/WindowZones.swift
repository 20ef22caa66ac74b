package import Leaderboards
package import Postgres

extension Session {
    /// The zones in which a game's leaderboards have their windows: the game's, as nil, then those of chats that have another
    /// one of their own.
    ///
    /// - Parameter game: With the rules that are to hold.
    /// - Throws: Also `.decoding` for a zone that this machine does not know.
    func windowZones(of game: Game) throws(PostgresError)
        -> [(name: String?, calendar: WindowCalendar)]
    {
        guard !game.rules.hasOneZone else { return [(nil, try game.rules.calendar())] }
        let names = try query(
            """
            SELECT DISTINCT zone FROM chats
            WHERE bot_id = \(game.bot) AND merged_into IS NULL AND zone <> \(game.rules.zone)
            """
        ).decode(String.self)
        var zones: [(name: String?, calendar: WindowCalendar)] = []
        for name in [nil] + names.map(Optional.some) {
            zones.append((name, try game.rules.calendar(zone: name)))
        }
        return zones
    }
}

extension GameRules {
    /// The calendar of windows, in the zone of a chat that has one of its own.
    ///
    /// - Throws: `.decoding` for a zone that this machine does not know.
    package func calendar(zone name: String? = nil) throws(PostgresError) -> WindowCalendar {
        guard let zone = ZoneRules(named: name ?? zone) else {
            throw PostgresError(.decoding, "the time zone '\(name ?? zone)' is not known on this machine")
        }
        return WindowCalendar(zone: zone, seasons: seasons)
    }
}

extension SQL {
    /// The zone in which windows of a chat `k` begin on a board `g`; null where it is the game's.
    static let ownZone =
        "CASE WHEN g.attempts IS NULL AND g.seed_window IS NULL THEN nullif(k.zone, g.zone) END"
}
