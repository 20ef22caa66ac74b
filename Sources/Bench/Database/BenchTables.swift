package import Leaderboards
package import Postgres
import Storage

/// What the bench puts into a database of its own, and what it asks about it.
package struct BenchTables {
    private let session: Session

    package init(_ session: Session) { self.session = session }

    /// Makes the baseline's table, with an empty leaderboard 1 and a leaderboard 2 of many entries; not in a
    /// transaction.
    func createBaseline(entries: Int) throws(PostgresError) {
        let statements: [Query] = [
            """
            CREATE TABLE bench_baseline (
                board  int,
                player int,
                score  int,
                at     timestamptz DEFAULT now(),
                PRIMARY KEY (board, player)
            )
            """,
            """
            INSERT INTO bench_baseline (board, player, score)
            SELECT 2, n, (random() * 1000000)::int FROM generate_series(1, \(Int64(entries))) AS n
            """,
            "CREATE INDEX bench_baseline_in_order ON bench_baseline (board, score DESC)",
            "VACUUM (ANALYZE) bench_baseline",
        ]
        for statement in statements { _ = try session.execute(statement) }
    }

    /// Fills the leaderboard of all time of a whole game, which must not exist, with one entry for each player.
    ///
    /// The players' ids follow on that of ``BenchPeople/person(_:)`` 0; about ten of them have their score from the same
    /// millisecond.
    package func fillBoard(
        of game: GameID,
        entries: Int,
        _ distribution: ScoreDistribution
    ) throws(PostgresError) {
        let name = BoardName(chat: nil)
        guard let board = try session.boardsInsert([name], game: game)[name] else {
            throw PostgresError(.decoding, "INSERT INTO boards made no leaderboard")
        }
        var generator = SystemRandomNumberGenerator()
        let version = BoardVersion(using: &generator)
        _ = try session.pipeline([
            """
            INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
            SELECT \(game), \(board), \(BenchPeople.person(0)) + n, -(\(unescaped: distribution.score)),
                   date_trunc('second', now()) - interval '2 hours' + n / 10 * interval '1 millisecond',
                   gen_random_uuid()
            FROM generate_series(1, \(Int64(entries))) AS n
            """,
            Query.boardsUpdate([BoardChange(board: board, gain: entries, version: version)], game: game),
        ])
        try session.rankBucketsRebuild(of: [board], game: game)
    }

    /// Appends runs of a game to the log as an import would, one for each player, within twenty minutes of play.
    ///
    /// Leaderboards do not know of them before they are made anew.
    func insertRuns(_ runs: Int, of game: GameID, _ distribution: ScoreDistribution) throws(PostgresError) {
        _ = try session.pipeline([
            "SELECT make_score_partitions(now() - interval '1 day', now())",
            """
            INSERT INTO scores (game_id, launched_at, run_id, player_id, started_at, accepted_at, score, outcome)
            SELECT \(game), r.start, gen_random_uuid(), \(BenchPeople.person(0)) + r.n, r.start, r.start + interval '1 minute',
                   r.score, 'i'
            FROM (
                SELECT n, \(unescaped: distribution.score) AS score,
                       date_trunc('second', now()) - interval '1 hour'
                           + n * 1200000 / \(Int64(runs)) * interval '1 millisecond' AS start
                FROM generate_series(1, \(Int64(runs))) AS n
            ) AS r
            """,
        ])
    }

    /// The bytes of the log and of all leaderboards on disk, indexes included.
    func sizes() throws(PostgresError) -> (log: Int, boards: Int) {
        let row = try session.first(
            """
            SELECT (SELECT sum(pg_total_relation_size(t.relid))::bigint FROM pg_partition_tree('scores') AS t),
                   pg_total_relation_size('entries') + pg_total_relation_size('rank_buckets')
                       + pg_total_relation_size('boards')
            """
        )
        return try row?.decode(Int.self, Int.self) ?? (0, 0)
    }

    /// Names the players of a leaderboard that ``fillBoard(of:entries:_:)`` has filled.
    func namePlayers(_ count: Int) throws(PostgresError) {
        _ = try session.execute(
            """
            INSERT INTO players (bot_id, player_id, first_name, last_name, username)
            SELECT \(BenchPeople.bot), \(BenchPeople.person(0)) + n, 'Player', 'No. ' || n, 'player_' || n
            FROM generate_series(1, \(Int64(count))) AS n
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Does what the server's own upkeep does some time after many rows have come.
    func vacuum() throws(PostgresError) {
        for table in ["entries", "rank_buckets", "boards", "players", "scores"] {
            _ = try session.execute("VACUUM (ANALYZE) \(unescaped: table)")
        }
    }

    /// Takes all leaderboards and what was logged away.
    func emptyBoards() throws(PostgresError) {
        _ = try session.pipeline([
            "TRUNCATE entries, rank_buckets, boards, scores", "UPDATE games SET epoch = DEFAULT",
        ])
    }

    /// How many runs of a game are logged, and how many of them improved an entry of all time.
    func outcomes(of game: GameID) throws(PostgresError) -> (all: Int, better: Int) {
        let row = try session.first(
            """
            SELECT count(*), count(*) FILTER (WHERE outcome = 'n') FROM scores WHERE game_id = \(game)
            """
        )
        return try row?.decode(Int.self, Int.self) ?? (0, 0)
    }
}

/// How the scores of a leaderboard lie.
package enum ScoreDistribution: String, CaseIterable, Sendable {
    /// Every score is as likely as any other.
    case uniform
    /// Many low scores, few high ones.
    case exponential
    /// Everybody has the same score.
    case equal
    /// A hundred different scores.
    case hundred
    /// Whoever came later has more.
    case rising

    /// The score of player `n` in SQL.
    fileprivate var score: String {
        switch self {
        case .uniform: "(random() * 2000000000)::bigint"
        case .exponential: "(-ln(1 - random()) * 100000)::bigint"
        case .equal: "1000"
        case .hundred: "(random() * 99)::bigint * 10"
        case .rising: "n"
        }
    }
}

/// What pgbench does, on tables that it finds in no other schema than ours by their full names.
extension LoadScript {
    /// The plainest way to keep a best score: one row, one statement, one transaction for each submission.
    static let upsert = LoadScript(
        name: "upsert",
        text: """
            \\set player random(1, 1000)
            \\set score random(1, 1000000)
            INSERT INTO \(PostgresConfiguration.schema).bench_baseline (board, player, score) \
            VALUES (1, :player, :score) \
            ON CONFLICT (board, player) DO UPDATE SET score = GREATEST(bench_baseline.score, excluded.score);

            """
    )

    /// The plainest way to read the top of a leaderboard.
    static let top = LoadScript(
        name: "top",
        text: """
            SELECT player, score FROM \(PostgresConfiguration.schema).bench_baseline \
            WHERE board = 2 ORDER BY score DESC LIMIT 10;

            """
    )
}
