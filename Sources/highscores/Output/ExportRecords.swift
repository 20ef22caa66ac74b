import Leaderboards
import Postgres
import Operations
import Storage

/// The columns of each kind of export, which its CSV names also where there is nothing to write.
enum ExportColumns: CaseIterable {
    case scores, entries, players, games

    private static let ofScores = [
        "game", "board", "chat", "player", "score", "accepted_at", "started_at", "launched_at", "run",
        "counts",
        "outcome", "reasons", "metadata",
    ]
    private static let ofEntries = [
        "game", "board", "chat", "window", "label", "rank", "player", "first_name", "last_name", "username",
        "score",
        "achieved_at", "started_at", "run",
    ]
    private static let ofPlayers = ["bot", "player", "first_name", "last_name", "username"]

    var names: [String] {
        switch self {
        case .scores: Self.ofScores
        case .entries: Self.ofEntries
        case .players: Self.ofPlayers
        case .games: Game.exportedNames
        }
    }
}

extension Record {
    private init(_ columns: ExportColumns, _ values: [(any Field)?]) {
        self.init(zip(columns.names, values).map { ($0, $1?.field ?? .none) })
    }

    init(_ score: ExportedScore, of game: Game) {
        self.init(
            .scores,
            [
                game.gameName, game.board, score.chat, score.player, score.score, score.acceptedAt,
                score.startedAt,
                score.launchedAt, score.run, score.counts, score.outcome.name, score.reasons,
                score.metadata?.text,
            ]
        )
    }

    init(_ entry: ExportedEntry, of game: Game) {
        self.init(
            .entries,
            [
                game.gameName, game.board, entry.chat, entry.window, entry.label, entry.rank, entry.player,
                entry.firstName,
                entry.lastName, entry.username, entry.score, entry.achievedAt, entry.startedAt, entry.run,
            ]
        )
    }

    /// A game, or a board of one, with all settings that it has.
    init(exported game: Game) {
        let values = Dictionary(game.fields.map { ($0.name, $0.value) }) { first, _ in first }
        self.init(
            Game.exportedNames.map { name in
                switch name {
                case "game": (name, .text(game.gameName))
                case "board": (name, .text(game.board))
                default: (name, values[name] ?? .none)
                }
            }
        )
    }

    init(_ player: ExportedPlayer) {
        self.init(
            .players,
            [
                player.botUsername ?? player.bot.description, player.player, player.firstName,
                player.lastName, player.username,
            ]
        )
    }
}
