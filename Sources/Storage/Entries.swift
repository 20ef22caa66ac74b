package import Leaderboards
package import Postgres

/// A player on a leaderboard.
package struct EntryKey: Hashable, Comparable, Sendable {
    package let board: BoardID
    package let player: PlayerID

    /// Names an entry.
    ///
    /// - Parameters:
    ///   - board: The leaderboard.
    ///   - player: The player.
    package init(board: BoardID, player: PlayerID) {
        self.board = board
        self.player = player
    }

    package static func < (left: EntryKey, right: EntryKey) -> Bool {
        (left.board, left.player) < (right.board, right.player)
    }
}

/// A place on a leaderboard about which something is asked.
package struct Probe: Hashable, Sendable {
    package let board: BoardID
    package let standing: Standing

    /// Asks about a place.
    ///
    /// - Parameters:
    ///   - board: The leaderboard.
    ///   - standing: The place.
    package init(board: BoardID, standing: Standing) {
        self.board = board
        self.standing = standing
    }
}

extension Session {
    /// Reads entries and locks them until the transaction ends.
    ///
    /// - Parameters:
    ///   - keys: Which entries; locked in the order of leaderboard and player, like everywhere.
    ///   - game: Their game.
    /// - Returns: Those that exist.
    /// - Throws: `PostgresError`.
    package func lockEntries(_ keys: [EntryKey], game: GameID) throws(PostgresError) -> [EntryKey: Entry] {
        let sorted = keys.sorted()
        let rows = try query(
            """
            SELECT e.board_id, e.player_id, e.sort_key, e.achieved_at, e.run_id
            FROM unnest(\(sorted.map(\.board)), \(sorted.map(\.player))) AS x (board_id, player_id)
            JOIN entries e ON e.game_id = \(game) AND e.board_id = x.board_id AND e.player_id = x.player_id
            ORDER BY e.board_id, e.player_id
            FOR UPDATE OF e
            """
        )
        var entries: [EntryKey: Entry] = [:]
        for row in rows {
            let (board, player, sortKey, achievedAt, run) = try row.decode(
                BoardID.self,
                PlayerID.self,
                Int64.self,
                Instant.self,
                RunID.self
            )
            entries[EntryKey(board: board, player: player)] = Entry(
                standing: Standing(sortKey: sortKey, achievedAt: achievedAt, player: player),
                run: run
            )
        }
        return entries
    }

    /// Adds entries of players who had none.
    ///
    /// - Parameters:
    ///   - entries: The entries with their leaderboards.
    ///   - game: Their game.
    /// - Throws: `PostgresError` with constraint `entries_pkey` when another transaction added one meanwhile.
    package func insertEntries(_ entries: [(BoardID, Entry)], game: GameID) throws(PostgresError) {
        let sorted = entries.sorted { ($0.0, $0.1.standing.player) < ($1.0, $1.1.standing.player) }
        _ = try execute(
            """
            INSERT INTO entries (game_id, board_id, player_id, sort_key, achieved_at, run_id)
            SELECT \(game), x.board_id, x.player_id, x.sort_key, x.achieved_at, x.run_id
            FROM unnest(\(sorted.map(\.0)), \(sorted.map(\.1.standing.player)),
                        \(sorted.map(\.1.standing.sortKey)), \(sorted.map(\.1.standing.achievedAt)),
                        \(sorted.map(\.1.run))) AS x (board_id, player_id, sort_key, achieved_at, run_id)
            """
        )
    }

    /// Changes entries that the transaction has locked.
    ///
    /// - Parameters:
    ///   - entries: The entries as they are to be.
    ///   - game: Their game.
    /// - Throws: `PostgresError`.
    package func updateEntries(_ entries: [(BoardID, Entry)], game: GameID) throws(PostgresError) {
        _ = try execute(
            """
            UPDATE entries e
            SET sort_key = x.sort_key, achieved_at = x.achieved_at, run_id = x.run_id
            FROM unnest(\(entries.map(\.0)), \(entries.map(\.1.standing.player)),
                        \(entries.map(\.1.standing.sortKey)), \(entries.map(\.1.standing.achievedAt)),
                        \(entries.map(\.1.run))) AS x (board_id, player_id, sort_key, achieved_at, run_id)
            WHERE e.game_id = \(game) AND e.board_id = x.board_id AND e.player_id = x.player_id
            """
        )
    }

    /// Counts the entries that stand before places: the one rank function of the service.
    ///
    /// - Parameters:
    ///   - probes: The places.
    ///   - game: The game of the leaderboards.
    /// - Returns: How many entries rank before each, in the order asked; the rank is one more.
    /// - Throws: `PostgresError`.
    package func countBefore(_ probes: [Probe], game: GameID) throws(PostgresError) -> [Int] {
        // Counted from each place to the next and added up, so that many places of one leaderboard cost one walk over
        // it, not one each. The default frame of the sum takes equal places together.
        try query(
            """
            SELECT (sum(x.entries) OVER (
                       PARTITION BY x.board_id ORDER BY x.sort_key, x.achieved_at, x.player_id))::bigint
            FROM (
                SELECT p.*, (SELECT count(*) FROM entries e
                             WHERE e.game_id = \(game) AND e.board_id = p.board_id
                               AND (e.sort_key, e.achieved_at, e.player_id)
                                   >= (p.last_sort_key, p.last_achieved_at, p.last_player_id)
                               AND (e.sort_key, e.achieved_at, e.player_id)
                                   < (p.sort_key, p.achieved_at, p.player_id)) AS entries
                FROM (
                    SELECT u.*,
                           lag(u.sort_key, 1, \(Int64.min)) OVER places AS last_sort_key,
                           lag(u.achieved_at, 1, '-infinity') OVER places AS last_achieved_at,
                           lag(u.player_id, 1, \(Int64.min)) OVER places AS last_player_id
                    FROM unnest(\(probes.map(\.board)), \(probes.map(\.standing.sortKey)),
                                \(probes.map(\.standing.achievedAt)), \(probes.map(\.standing.player)))
                             WITH ORDINALITY AS u (board_id, sort_key, achieved_at, player_id, position)
                    WINDOW places AS (PARTITION BY u.board_id ORDER BY u.sort_key, u.achieved_at, u.player_id)
                ) AS p
            ) AS x
            ORDER BY x.position
            """
        ).map { row throws(PostgresError) in try row.decode(Int.self) }
    }

    /// Finds the entries just above places, passing over some entries.
    ///
    /// - Parameters:
    ///   - probes: The places.
    ///   - ignored: The entries to pass over.
    ///   - game: The game of the leaderboards.
    /// - Returns: The last other entry before each place, in the order asked; nil at the top.
    /// - Throws: `PostgresError`.
    package func entriesAbove(
        _ probes: [Probe],
        passingOver ignored: [EntryKey],
        game: GameID
    ) throws(PostgresError) -> [Standing?] {
        try query(
            """
            SELECT above.sort_key, above.achieved_at, above.player_id
            FROM unnest(\(probes.map(\.board)), \(probes.map(\.standing.sortKey)),
                        \(probes.map(\.standing.achievedAt)), \(probes.map(\.standing.player))) WITH ORDINALITY
                     AS x (board_id, sort_key, achieved_at, player_id, position)
            LEFT JOIN LATERAL (
                SELECT e.sort_key, e.achieved_at, e.player_id FROM entries e
                WHERE e.game_id = \(game) AND e.board_id = x.board_id
                  AND (e.sort_key, e.achieved_at, e.player_id) < (x.sort_key, x.achieved_at, x.player_id)
                  -- Not correlated, so that it is hashed once: a whole leaderboard may have to be passed over.
                  AND (e.board_id, e.player_id) NOT IN (
                      SELECT i.board_id, i.player_id
                      FROM unnest(\(ignored.map(\.board)), \(ignored.map(\.player))) AS i (board_id, player_id))
                ORDER BY e.sort_key DESC, e.achieved_at DESC, e.player_id DESC
                LIMIT 1
            ) AS above ON true
            ORDER BY x.position
            """
        ).map { row throws(PostgresError) in
            let (sortKey, achievedAt, player) = try row.decode(Int64?.self, Instant?.self, PlayerID?.self)
            guard let sortKey, let achievedAt, let player else { return nil }
            return Standing(sortKey: sortKey, achievedAt: achievedAt, player: player)
        }
    }

    /// Counts the entries of leaderboards.
    ///
    /// - Parameters:
    ///   - boards: The leaderboards.
    ///   - game: Their game.
    /// - Returns: The number of entries of each, in the order asked.
    /// - Throws: `PostgresError`.
    package func countEntries(of boards: [BoardID], game: GameID) throws(PostgresError) -> [Int] {
        try query(
            """
            SELECT (SELECT count(*) FROM entries e WHERE e.game_id = \(game) AND e.board_id = x.board_id)
            FROM unnest(\(boards)) WITH ORDINALITY AS x (board_id, position)
            ORDER BY x.position
            """
        ).map { row throws(PostgresError) in try row.decode(Int.self) }
    }
}
