package import Leaderboards
package import Postgres
package import Storage

/// Names the leaderboards that runs of one game count on.
package struct BoardNaming {
    /// Every kind of leaderboard, of the chat first.
    private static let kinds = Scope.allCases.flatMap { scope in
        WindowKind.allCases.map { BoardKind(scope: scope, window: $0) }
    }

    private struct Zone {
        let name: String
        let calendar: WindowCalendar
        /// The windows met last, by ``Leaderboards/WindowKind/ordinal``: most runs of a batch began in the same ones.
        var recent = [WindowInterval?](repeating: nil, count: WindowKind.allCases.count)
    }

    private let rules: GameRules
    private var zones: [Zone] = []

    package init(_ rules: GameRules) { self.rules = rules }

    /// Names the leaderboard of one kind on which a run counts.
    ///
    /// - Parameter start: When the run began, which decides its windows.
    /// - Returns: The name; nil for a chat's leaderboard where there is no chat and for a season where none has begun.
    /// - Throws: `PostgresError` when the zone is none that this machine knows.
    mutating func name(
        of kind: BoardKind,
        at start: Instant,
        in chat: PlayChat?
    ) throws(PostgresError) -> BoardName? {
        guard rules.windows.contains(kind.window), kind.scope == .global || chat != nil else { return nil }
        let owner = kind.scope == .chat ? chat?.id : nil
        guard kind.window != .all else { return BoardName(chat: owner) }
        let zone = (kind.scope == .chat && !rules.hasOneZone ? chat?.zone : nil) ?? rules.zone
        guard let interval = try interval(kind.window, at: start, zone: zone) else { return nil }
        return BoardName(chat: owner, window: kind.window, label: interval.label)
    }

    /// All leaderboards on which a run counts.
    ///
    /// - Throws: `PostgresError` when a zone is none that this machine knows.
    package mutating func all(at start: Instant, in chat: PlayChat?) throws(PostgresError) -> [BoardName] {
        var names: [BoardName] = []
        names.reserveCapacity(Self.kinds.count)
        for kind in Self.kinds {
            if let name = try name(of: kind, at: start, in: chat) { names.append(name) }
        }
        return names
    }

    /// The narrowest leaderboards on which a run counts: where the best run is kept, one that does not better the
    /// player's entry on these betters none.
    ///
    /// Every window of a scope holds the runs of its day, and the game holds those of the chat, if both count days
    /// alike; of weeks and months neither holds the other, and seasons begin when they like.
    ///
    /// - Returns: Their names, at least one.
    /// - Throws: `PostgresError` when a zone is none that this machine knows.
    mutating func narrowest(at start: Instant, in chat: PlayChat?) throws(PostgresError) -> [BoardName] {
        let countsAlike = chat.map { rules.hasOneZone || ($0.zone ?? rules.zone) == rules.zone } ?? false
        let scopes: [Scope] = chat == nil ? [.global] : countsAlike ? [.chat] : Scope.allCases
        let windows: [WindowKind] =
            rules.windows.contains(.day) ? [.day, .season] : [.week, .month, .season]
        var names: [BoardName] = []
        for scope in scopes {
            let before = names.count
            for window in windows {
                let kind = BoardKind(scope: scope, window: window)
                if let name = try name(of: kind, at: start, in: chat) { names.append(name) }
            }
            if names.count == before {
                names.append(BoardName(chat: scope == .chat ? chat?.id : nil))
            }
        }
        return names
    }

    private mutating func interval(
        _ window: WindowKind,
        at start: Instant,
        zone name: String
    ) throws(PostgresError) -> WindowInterval? {
        let index: Int
        if let known = zones.firstIndex(where: { $0.name == name }) {
            index = known
        } else {
            zones.append(Zone(name: name, calendar: try rules.calendar(zone: name)))
            index = zones.count - 1
        }
        if let recent = zones[index].recent[window.ordinal], recent.contains(start) { return recent }
        let interval = zones[index].calendar.interval(window, containing: start)
        zones[index].recent[window.ordinal] = interval
        return interval
    }
}
