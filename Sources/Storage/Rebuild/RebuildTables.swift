import Leaderboards
import Postgres

extension Rebuild {
    /// Makes the temporary tables, which a transaction that rebuilds several times shares.
    func makeTables() throws(PostgresError) {
        // For sorting and grouping by the million; without it both spill to disk in small pieces.
        try session.planForManyRows(memory: 64)
        try session.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS rebuilt_runs (
                place bigint, chat_id bigint, zone text, player_id bigint, started_at timestamptz,
                achieved_at timestamptz, run_id uuid, score bigint
            ) ON COMMIT DROP
            """
        )
        try session.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS rebuilt_entries (
                chat_id bigint, slot integer, player_id bigint, place bigint, total bigint
            ) ON COMMIT DROP
            """
        )
        try session.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS rebuilt_boards (
                chat_id bigint, slot integer, label text, board_id bigint, entries bigint, before bigint,
                changes bigint
            ) ON COMMIT DROP
            """
        )
        try session.execute(
            """
            CREATE TEMPORARY TABLE IF NOT EXISTS rebuilt_changes (
                board_id bigint, player_id bigint, score_key bigint, achieved_at timestamptz, run_id uuid,
                old_key bigint, old_at timestamptz, old_run uuid
            ) ON COMMIT DROP
            """
        )
        try session.execute("TRUNCATE rebuilt_runs")
    }
}

extension GameRules {
    /// The order in which the first of a player's runs `r` makes the entry, the next one if that did not count, and
    /// so on.
    var placeOrder: String {
        switch (keep, order) {
        case (.best, .higher): "r.score DESC, r.seq"
        case (.best, .lower): "r.score, r.seq"
        case (.latest, _), (.sum, _): "r.seq DESC"
        }
    }
}
