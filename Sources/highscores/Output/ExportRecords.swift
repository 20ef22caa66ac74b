import Leaderboards
import Postgres
import Operations
import Storage

/// The columns of each kind of export, which its CSV names also where there is nothing to write.
enum ExportColumns: CaseIterable {
    case scores, entries, players, games

    private static let ofScores = [
        "game", "chat", "player", "score", "accepted_at", "started_at", "launched_at", "run", "counts",
        "outcome", "reasons", "metadata",
    ]
    private static let ofEntries = [
        "game", "chat", "window", "label", "rank", "player", "first_name", "last_name", "username", "score",
        "achieved_at", "started_at", "run",
    ]
    private static let ofPlayers = ["bot", "player", "first_name", "last_name", "username"]

    var names: [String] {
        switch self {
        case .scores: Self.ofScores
        case .entries: Self.ofEntries
        case .players: Self.ofPlayers
        case .games: Game.settingNames
        }
    }
}

extension Record {
    private init(_ columns: ExportColumns, _ cells: [Cell]) {
        self.init(zip(columns.names, cells).map { ($0, $1) })
    }

    init(_ score: ExportedScore, of game: Game) {
        self.init(
            .scores,
            [
                .text(game.name), .optional(score.chat?.description), .text(score.player.description),
                .integer(Int64(score.score)), .time(score.acceptedAt), .time(score.startedAt),
                .time(score.launchedAt), .text(score.run.description), .flag(score.counts),
                .text(score.outcome.name), .list(score.reasons), .optional(score.metadata?.text),
            ]
        )
    }

    init(_ entry: ExportedEntry, of game: Game) {
        self.init(
            .entries,
            [
                .text(game.name), .optional(entry.chat?.description), .text(entry.window), .text(entry.label),
                .integer(entry.rank), .text(entry.player.description), .optional(entry.firstName),
                .optional(entry.lastName), .optional(entry.username), .integer(entry.score),
                .time(entry.achievedAt), .optional(entry.startedAt), .text(entry.run.description),
            ]
        )
    }

    init(_ player: ExportedPlayer) {
        self.init(
            .players,
            [
                .text(player.botUsername ?? player.bot.description), .text(player.player.description),
                .optional(player.firstName), .optional(player.lastName), .optional(player.username),
            ]
        )
    }
}
