import Leaderboards
import Postgres
import Scoring
import Storage

/// The games of the bench: one for each kind of load, so that none disturbs another's leaderboards.
enum BenchGame: String, CaseIterable {
    /// Those of which every chat has a message, which have the numbers from 1 there.
    case steady, rising, readable, delivered
    /// Those whose global leaderboards have few and very many entries.
    case small, large
    /// The one whose leaderboards are made from the log.
    case logged
    /// The one with declared boards, if any are wanted.
    case levelled

    static let posted = [steady, rising, readable, delivered, levelled]
    /// How many boards are declared for ``levelled``.
    static let levels = 1_000

    /// The name of a declared board, numbered from 1.
    static func level(_ number: Int) -> String { "level-\(number)" }

    /// The number of the game's message in every chat.
    var message: Int64 { Int64((Self.posted.firstIndex(of: self) ?? 0) + 1) }

    /// Adds all of them.
    ///
    /// - Parameter hasLevels: Whether to declare the boards.
    static func add(to session: Session, hasLevels: Bool) throws(PostgresError) -> [BenchGame: Game] {
        try session.execute(.botUpsert(BenchPeople.bot, username: BenchPeople.username))
        for game in allCases {
            // Logged runs are to count on four leaderboards each: of all time, a month, a week and a day.
            _ = try session.run(.gameInsert(.bench(game.rawValue, hasSeason: game != .logged)))
        }
        let added = try session.run(.gamesList()).compactMap { game in
            BenchGame(rawValue: game.shortName).map { ($0, game) }
        }
        let games = Dictionary(uniqueKeysWithValues: added)
        if hasLevels, let root = games[levelled]?.id {
            _ = try session.pipeline(
                (1...levels).map { number in
                    var draft = GameDraft.bench(levelled.rawValue)
                    (draft.root, draft.board) = (root, level(number))
                    return Statement.gameInsert(draft).query
                }
            )
        }
        return games
    }
}

extension GameDraft {
    /// A game of the bench's bot; its season has begun a month ago.
    static func bench(_ name: String, hasSeason: Bool = true) -> GameDraft {
        GameDraft(
            bot: BenchPeople.bot,
            shortName: name,
            title: name,
            url: "https://games.example/\(name)/",
            rules: GameRules(seasons: hasSeason ? [.now + .seconds(-30 * 24 * 3600)] : [])
        )
    }
}
