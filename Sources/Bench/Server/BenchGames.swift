import Leaderboards
import Postgres
import Storage

/// The games of the bench: one for each kind of load, so that none disturbs another's leaderboards.
struct BenchGames: Sendable {
    /// The short names in the order of their messages in every chat.
    static let names = ["steady", "rising", "readable"]

    let steady: GameID
    let rising: GameID
    /// The game whose global leaderboard is read.
    let readable: GameID
    /// The games whose global leaderboards have few and very many entries.
    let small: GameID
    let large: GameID
    /// The game whose leaderboards are made from the log.
    let logged: GameID
    /// By what tokens name them.
    let tokenIDs: [GameID: GameTokenID]

    /// The number of a game's message in every chat.
    static func message(of name: String) -> Int64 { Int64((names.firstIndex(of: name) ?? 0) + 1) }

    /// Adds the games, each with a season that has begun.
    ///
    /// - Throws: `PostgresError`.
    static func add(to database: BenchDatabase, now: Instant) async throws -> BenchGames {
        try await database.pool.transaction { session throws(PostgresError) in
            try session.execute(.botUpsert(Crowd.bot, username: Crowd.username))
            let (steady, rising) = (try session.addGame("steady", now), try session.addGame("rising", now))
            let readable = try session.addGame("readable", now)
            let (small, large) = (try session.addGame("small", now), try session.addGame("large", now))
            let logged = try session.run(.gameInsert(.bench("logged", seasons: [])))
            return BenchGames(
                steady: steady,
                rising: rising,
                readable: readable,
                small: small,
                large: large,
                logged: logged,
                tokenIDs: Dictionary(
                    uniqueKeysWithValues: try session.run(.gamesList()).map { ($0.id, $0.tokenID) }
                )
            )
        }
    }
}

extension Session {
    /// Adds a game of the bench with a season that has begun; its bot is noted.
    func addGame(_ name: String, _ now: Instant) throws(PostgresError) -> GameID {
        try run(.gameInsert(.bench(name, seasons: [now + .seconds(-30 * 24 * 3600)])))
    }
}

extension GameDraft {
    /// A game of the bench.
    static func bench(_ name: String, seasons: [Instant]) -> GameDraft {
        GameDraft(
            bot: Crowd.bot,
            shortName: name,
            title: name,
            url: "https://games.example/\(name)/",
            rules: GameRules(seasons: seasons)
        )
    }
}
