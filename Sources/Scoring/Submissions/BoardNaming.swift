import Leaderboards
import Postgres
import Storage

/// Names the leaderboards that runs of one game count on.
struct BoardNaming {
    /// Every kind of leaderboard, of the chat first.
    static let kinds = Scope.allCases.flatMap { scope in
        Window.allCases.map { BoardKind(scope: scope, window: $0) }
    }

    private struct Zone {
        let name: String
        let calendar: WindowCalendar
        /// The windows met last: most runs of a batch began in the same ones.
        var recent: [Window: WindowInterval] = [:]
    }

    private let rules: GameRules
    private var zones: [Zone] = []

    /// Prepares naming.
    ///
    /// - Parameter rules: The rules of the game.
    init(_ rules: GameRules) { self.rules = rules }

    /// Names the leaderboard of one kind on which a run counts.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - start: When the run began, which decides its windows.
    ///   - chat: The chat of the run, if any.
    /// - Returns: The name; nil for a chat's leaderboard where there is no chat and for a season where none has begun.
    /// - Throws: `PostgresError` when the zone is none that this machine knows.
    mutating func name(
        of kind: BoardKind,
        at start: Instant,
        in chat: PlayChat?
    ) throws(PostgresError) -> BoardName? {
        if kind.scope == .chat, chat == nil { return nil }
        let owner = kind.scope == .chat ? chat?.id : nil
        guard kind.window != .all else { return BoardName(chat: owner) }
        let zone = (kind.scope == .chat ? chat?.zone : nil) ?? rules.zone
        guard let interval = try interval(kind.window, at: start, zone: zone) else { return nil }
        return BoardName(chat: owner, window: kind.window, label: interval.label)
    }

    private mutating func interval(
        _ window: Window,
        at start: Instant,
        zone name: String
    ) throws(PostgresError) -> WindowInterval? {
        let index: Int
        if let known = zones.firstIndex(where: { $0.name == name }) {
            index = known
        } else {
            guard let zone = ZoneRules(named: name) else {
                throw PostgresError(.decoding, "the time zone '\(name)' is not known on this machine")
            }
            zones.append(Zone(name: name, calendar: WindowCalendar(zone: zone, seasons: rules.seasons)))
            index = zones.count - 1
        }
        if let recent = zones[index].recent[window], recent.contains(start) { return recent }
        let interval = zones[index].calendar.interval(window, containing: start)
        zones[index].recent[window] = interval
        return interval
    }
}
