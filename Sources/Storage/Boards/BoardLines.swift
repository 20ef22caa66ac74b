package import Leaderboards
package import Postgres

/// One entry with the names that go with it.
package struct BoardLine: Hashable, Sendable {
    package let sortKey: SortKey
    package let firstName: String?
    package let lastName: String?
    package let username: String?
}

/// All by which the pages of a leaderboard can be told from earlier ones: whoever finds it as it was has pages of now.
package struct BoardStamp: Hashable, Sendable {
    let epoch: Int64
    let version: BoardVersion
    /// Of the bot's players.
    let names: Int64
}

/// What the database says of a leaderboard as a whole.
package struct BoardFacts: Hashable, Sendable {
    /// Nil while nobody has an entry there.
    package let stamp: BoardStamp?
    /// How many entries there are.
    package let total: Int
    /// Which score of the game is the better one.
    package let order: GameRules.Order
    /// In which zone the windows of the chat, or of the game, begin.
    package let zone: String
}

/// The answer to a ``BoardQuestion``.
package struct BoardAnswer: Sendable {
    package let board: BoardFacts
    /// The place asked about; nil for the top, and for a player without an entry.
    package let place: SortKey?
    /// How many entries are before the place.
    package let countBefore: Int
    /// The entries asked for in order.
    package fileprivate(set) var lines: [BoardLine] = []

    /// The answer to any question for the first entries of a leaderboard without entries.
    package init(ofEmpty board: BoardFacts) {
        self.init(board: board, place: nil, countBefore: 0)
    }

    fileprivate init(board: BoardFacts, place: SortKey?, countBefore: Int) {
        (self.board, self.place, self.countBefore) = (board, place, countBefore)
    }

    /// The rank of the first line.
    package var firstRank: Int {
        guard let place else { return 1 }
        return countBefore - lines.prefix { $0.sortKey < place }.count + 1
    }
}

extension BoardQuestion {
    /// What it comes to where all lines of the leaderboard are known.
    ///
    /// - Returns: How many entries are before the place asked about, nil without a place, and which lines are asked for.
    package func answer(among all: [BoardLine]) -> (countBefore: Int?, lines: Range<Int>) {
        let place = player.map { player in all.first { $0.sortKey.player == player }?.sortKey } ?? place
        let countBefore = place.map { place in all.prefix { $0.sortKey < place }.count }
        let before = countBefore ?? 0
        let above =
            switch shareAbove {
            case .none: 0
            case .all: limit
            case .half: min(limit - 1, before, max((limit - 1) / 2, limit - (all.count - before)))
            }
        return (countBefore, max(0, before - above)..<min(all.count, before + limit - above))
    }
}

extension Statement where Value == (boards: [BoardFacts?], answers: [BoardAnswer?]) {
    /// Answers questions about any leaderboards from one snapshot, each in order; nil where there is no such game.
    ///
    /// One statement for all, since each page of a batch would otherwise cost a round trip. Its steps: `board` looks the
    /// leaderboards up, each once; `place` the places asked about; `ranked` counts the entries before each; `ask` tells how
    /// many of its lines are above the place. The rows are of three kinds, told by their first column: the leaderboards,
    /// the places, and the lines.
    package static func boardsAnswer(_ questions: BoardQuestions) -> Self {
        let (boards, asks) = (questions.boards, questions.asks)
        let places = asks.map(\.question.place)
        // Every step is materialized, so that no figure is worked out twice. What is looked up for one row is looked
        // up by a subquery of its own with a limit: the number of rows is unknown when the plan is made, and a plan
        // that joins whole tables must be out of the question.
        let query: Query = """
            WITH board AS MATERIALIZED (
                SELECT x.position, x.game_id, g.bot_id, g.score_order, coalesce(CASE WHEN NOT g.has_one_zone THEN c.zone END, g.zone) AS zone,
                       g.epoch, b.version, g.names,
                       b.board_id, coalesce(b.entries, 0) AS total, coalesce(b.has_rank_buckets, false) AS has_rank_buckets
                FROM unnest(\(boards.map(\.game)), \(boards.map(\.chat)), \(boards.map(\.window.rawValue)),
                            \(boards.map(\.label))) WITH ORDINALITY
                         AS x (game_id, chat_instance, window_kind, label, position)
                CROSS JOIN LATERAL (
                    SELECT g.bot_id, g.score_order, g.zone, g.epoch,
                           g.attempts IS NOT NULL OR g.seed_window IS NOT NULL AS has_one_zone,
                           (SELECT o.names FROM bots o WHERE o.bot_id = g.bot_id) AS names
                    FROM games g WHERE g.game_id = x.game_id LIMIT 1
                ) AS g
                LEFT JOIN LATERAL (
                    SELECT c.chat_id, c.zone FROM chat_instances i JOIN chats c ON c.chat_id = i.chat_id
                    WHERE i.bot_id = g.bot_id AND i.chat_instance = x.chat_instance LIMIT 1
                ) AS c ON true
                LEFT JOIN LATERAL (
                    SELECT b.board_id, b.version, b.entries, b.has_rank_buckets FROM boards b
                    WHERE b.game_id = x.game_id
                      AND coalesce(b.chat_id, 0) = CASE WHEN x.chat_instance IS NULL THEN 0 ELSE c.chat_id END
                      AND b.window_kind = x.window_kind AND b.label = x.label LIMIT 1
                ) AS b ON true
            ), place AS MATERIALIZED (
                SELECT a.position, a.board, a.share, a.size, b.game_id, b.bot_id, b.board_id, b.has_rank_buckets, b.total,
                       coalesce(e.score_key, a.score_key) AS score_key,
                       coalesce(e.achieved_at, a.achieved_at) AS achieved_at,
                       coalesce(e.player_id, a.place_player_id) AS player_id
                FROM unnest(\(asks.map { $0.board + 1 }), \(asks.map(\.question.player)),
                            \(places.map { $0?.scoreKey }), \(places.map { $0?.achievedAt }),
                            \(places.map { $0?.player }), \(asks.map(\.question.shareAbove.rawValue)),
                            \(asks.map(\.question.limit))) WITH ORDINALITY
                         AS a (board, player_id, score_key, achieved_at, place_player_id, share, size, position)
                JOIN board b ON b.position = a.board
                LEFT JOIN LATERAL (
                    SELECT e.score_key, e.achieved_at, e.player_id FROM entries e
                    WHERE e.game_id = b.game_id AND e.board_id = b.board_id AND e.player_id = a.player_id LIMIT 1
                ) AS e ON true
            ), ranked AS MATERIALIZED (
                SELECT x.*, before.entries AS count_before
                FROM place AS x
                \(unescaped: SQL.joinEntriesBefore)
            ), ask AS MATERIALIZED (
                SELECT r.*,
                       CASE r.share
                       WHEN \(unescaped: "\(BoardQuestion.Share.all.rawValue)") THEN r.size
                       WHEN \(unescaped: "\(BoardQuestion.Share.half.rawValue)") THEN least(
                           r.size - 1, r.count_before,
                           greatest((r.size - 1) / 2, r.size - (r.total - r.count_before)))
                       ELSE 0 END AS above
                FROM ranked r
            )
            SELECT 0, b.position, b.total, b.version, NULL::timestamptz, b.epoch,
                   b.score_order, b.zone, NULL::text, b.names
            FROM board b
            UNION ALL
            SELECT 1, a.position, a.count_before, a.score_key, a.achieved_at, a.player_id, NULL, NULL, NULL, NULL
            FROM ask a
            UNION ALL
            SELECT 2, a.position, NULL, l.score_key, l.achieved_at, l.player_id,
                   p.first_name, p.last_name, p.username, NULL
            FROM ask a
            CROSS JOIN LATERAL (
                (SELECT e.score_key, e.achieved_at, e.player_id FROM entries e
                 WHERE e.game_id = a.game_id AND e.board_id = a.board_id
                   AND (e.score_key, e.achieved_at, e.player_id) < (a.score_key, a.achieved_at, a.player_id)
                 ORDER BY e.score_key DESC, e.achieved_at DESC, e.player_id DESC LIMIT a.above)
                UNION ALL
                (SELECT e.score_key, e.achieved_at, e.player_id FROM entries e
                 WHERE e.game_id = a.game_id AND e.board_id = a.board_id
                   AND (e.score_key, e.achieved_at, e.player_id)
                       >= (coalesce(a.score_key, \(unescaped: "\(Int64.min)")),
                           coalesce(a.achieved_at, '-infinity'),
                           coalesce(a.player_id, \(unescaped: "\(Int64.min)")))
                 ORDER BY e.score_key, e.achieved_at, e.player_id LIMIT a.size - a.above)
            ) AS l
            LEFT JOIN LATERAL (
                SELECT p.first_name, p.last_name, p.username FROM players p
                WHERE p.bot_id = a.bot_id AND p.player_id = l.player_id LIMIT 1
            ) AS p ON true
            WHERE a.size > 0
            """
        return Self(query) { rows throws(PostgresError) in
            var facts: [BoardFacts?] = Array(repeating: nil, count: boards.count)
            var answers: [BoardAnswer?] = Array(repeating: nil, count: asks.count)
            for row in rows {
                let position = Int(try row.decode(column: 1, as: Int64.self)) - 1
                switch try row.decode(column: 0, as: Int32.self) {
                case 0: facts[position] = try BoardFacts(row)
                case 1:
                    guard let facts = facts[asks[position].board] else { continue }
                    answers[position] = try BoardAnswer(row, facts)
                default: answers[position]?.lines.append(try BoardLine(row))
                }
            }
            // Those above the place came first and from below.
            for index in answers.indices where answers[index]?.place != nil {
                answers[index]?.lines.sort { $0.sortKey < $1.sortKey }
            }
            return (facts, answers)
        }
    }
}

// The rows are of three kinds in the columns of one.
extension BoardFacts {
    fileprivate init(_ row: Row) throws(PostgresError) {
        guard let order = GameRules.Order(rawValue: try row.decode(column: 6, as: String.self)) else {
            throw PostgresError(.decoding, "a game has settings that this version does not know")
        }
        let (epoch, names) = (
            try row.decode(column: 5, as: Int64.self), try row.decode(column: 9, as: Int64.self)
        )
        let version = try row.decode(column: 3, as: BoardVersion?.self)
        self.init(
            stamp: version.map { BoardStamp(epoch: epoch, version: $0, names: names) },
            total: try row.decode(column: 2),
            order: order,
            zone: try row.decode(column: 7)
        )
    }
}

extension BoardAnswer {
    fileprivate init(_ row: Row, _ facts: BoardFacts) throws(PostgresError) {
        self.init(
            board: facts,
            place: SortKey(
                try row.decode(column: 3, as: Int64?.self),
                try row.decode(column: 4, as: Instant?.self),
                try row.decode(column: 5, as: PlayerID?.self)
            ),
            countBefore: try row.decode(column: 2)
        )
    }
}

extension BoardLine {
    fileprivate init(_ row: Row) throws(PostgresError) {
        self.init(
            sortKey: SortKey(
                scoreKey: try row.decode(column: 3),
                achievedAt: try row.decode(column: 4),
                player: try row.decode(column: 5)
            ),
            firstName: try row.decode(column: 6),
            lastName: try row.decode(column: 7),
            username: try row.decode(column: 8)
        )
    }
}
