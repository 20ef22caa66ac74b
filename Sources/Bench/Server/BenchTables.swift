package import Leaderboards
package import Postgres
import Storage

/// What `highscores bench` puts into a database of its own: the yardstick, and what it asks the server about itself.
package enum BenchTables {
    /// What each transaction of pgbench does.
    package struct Script: Hashable, Sendable {
        package let name: String
        /// The script in pgbench's language.
        package let text: String
    }

    /// pgbench looks in other schemas than our own sessions.
    private static let schema = PostgresConfiguration.schema

    /// The plainest way to keep a best score: one row, one statement, one transaction for each submission.
    package static let upsert = Script(
        name: "upsert",
        text: """
            \\set player random(1, 1000)
            \\set score random(1, 1000000)
            INSERT INTO \(schema).bench_yardstick (board, player, score) VALUES (1, :player, :score) \
            ON CONFLICT (board, player) DO UPDATE SET score = GREATEST(bench_yardstick.score, excluded.score);

            """
    )

    /// The plainest way to read the top of a leaderboard.
    package static let top = Script(
        name: "top",
        text: """
            SELECT player, score FROM \(schema).bench_yardstick WHERE board = 2 ORDER BY score DESC LIMIT 10;

            """
    )

    /// Makes the table of the yardstick, with an empty leaderboard 1 and a leaderboard 2 of many entries.
    ///
    /// - Parameter entries: The entries of leaderboard 2.
    /// - Returns: Statements to run one after another, outside a transaction.
    package static func creation(entries: Int) -> [Query] {
        [
            """
            CREATE TABLE bench_yardstick (
                board  int,
                player int,
                score  int,
                at     timestamptz DEFAULT now(),
                PRIMARY KEY (board, player)
            )
            """,
            """
            INSERT INTO bench_yardstick (board, player, score)
            SELECT 2, n, (random() * 1000000)::int FROM generate_series(1, \(Int64(entries))) AS n
            """,
            "CREATE INDEX bench_yardstick_in_order ON bench_yardstick (board, score DESC)",
            "VACUUM (ANALYZE) bench_yardstick",
        ]
    }
}

extension BenchTables {
    /// How the scores of a leaderboard lie.
    package enum Distribution: String, CaseIterable, Sendable {
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
}

extension BenchTables {
    /// Fills the leaderboard of all time of a whole game, which must not exist, with one entry for each player.
    ///
    /// The players' ids follow on one another; about ten of them have their score from the same millisecond.
    ///
    /// - Parameter before: The id before that of the first player.
    package static func fillBoard(
        _ session: Session,
        of game: GameID,
        entries: Int,
        _ distribution: Distribution,
        playersAfter before: PlayerID
    ) throws(PostgresError) {
        let name = BoardName(chat: nil)
        guard let board = try session.boardsInsert([name], game: game)[name] else {
            throw PostgresError(.decoding, "INSERT INTO boards made no leaderboard")
        }
        _ = try session.pipeline([
            """
            INSERT INTO entries (game_id, board_id, player_id, score_key, achieved_at, run_id)
            SELECT \(game), \(board), \(before) + n, -(\(unescaped: distribution.score)),
                   date_trunc('second', now()) - interval '2 hours' + n / 10 * interval '1 millisecond',
                   gen_random_uuid()
            FROM generate_series(1, \(Int64(entries))) AS n
            """,
            Query.boardTotalsAdd([board: entries], game: game),
        ])
        try session.rankBucketsRebuild(of: [board], game: game)
    }

    /// Appends runs of a game to the log as an import would, one for each player, within twenty minutes of play.
    ///
    /// - Parameters:
    ///   - game: The game, whose leaderboards do not know of them before they are made anew.
    ///   - before: The id before that of the first player.
    static func insertRuns(
        _ session: Session,
        of game: GameID,
        runs: Int,
        _ distribution: Distribution,
        playersAfter before: PlayerID
    ) throws(PostgresError) {
        _ = try session.pipeline([
            "SELECT make_score_partitions(now() - interval '1 day', now())",
            """
            INSERT INTO scores (game_id, launched_at, run_id, player_id, started_at, accepted_at, score, outcome)
            SELECT \(game), r.start, gen_random_uuid(), \(before) + r.n, r.start, r.start + interval '1 minute',
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

    /// Measures what is on disk.
    ///
    /// - Returns: The bytes of the log and of all leaderboards, indexes included.
    static func sizes(_ session: Session) throws(PostgresError) -> (log: Int, boards: Int) {
        let row = try session.first(
            """
            SELECT (SELECT sum(pg_total_relation_size(t.relid))::bigint FROM pg_partition_tree('scores') AS t),
                   pg_total_relation_size('entries') + pg_total_relation_size('rank_buckets')
                       + pg_total_relation_size('boards')
            """
        )
        return try row?.decode(Int.self, Int.self) ?? (0, 0)
    }

    /// Names the players of a leaderboard that ``fillBoard(_:of:entries:_:playersAfter:)`` has filled.
    ///
    /// - Parameter before: The id before that of the first.
    static func namePlayers(_ session: Session, of bot: BotID, count: Int, after before: PlayerID)
        throws(PostgresError)
    {
        _ = try session.execute(
            """
            INSERT INTO players (bot_id, player_id, first_name, last_name, username)
            SELECT \(bot), \(before) + n, 'Player', 'No. ' || n, 'player_' || n
            FROM generate_series(1, \(Int64(count))) AS n
            ON CONFLICT DO NOTHING
            """
        )
    }

    /// Does what the server's own upkeep does some time after many rows have come.
    static func settle(_ session: Session) throws(PostgresError) {
        for table in ["entries", "rank_buckets", "boards", "players", "scores"] {
            _ = try session.execute("VACUUM (ANALYZE) \(unescaped: table)")
        }
    }

    /// Takes all leaderboards and what was logged away.
    static func empty(_ session: Session) throws(PostgresError) {
        _ = try session.execute("TRUNCATE entries, rank_buckets, boards, scores")
    }

    /// Counts the runs of a game.
    ///
    /// - Returns: How many there are and how many of them improved an entry.
    static func outcomes(_ session: Session, of game: GameID) throws(PostgresError) -> (all: Int, better: Int)
    {
        let row = try session.first(
            """
            SELECT count(*), count(*) FILTER (WHERE outcome = 'n') FROM scores WHERE game_id = \(game)
            """
        )
        return try row?.decode(Int.self, Int.self) ?? (0, 0)
    }

    /// Makes a database.
    static func createDatabase(_ session: Session, _ name: String) throws(PostgresError) {
        try session.script("CREATE DATABASE \(name)")
    }

    /// Removes a database and ends all connections to it.
    static func dropDatabase(_ session: Session, _ name: String) throws(PostgresError) {
        try session.script("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }
}
