import Foundation
import Leaderboards
import Postgres
import Simulator
import Storage
import Synchronization
import TestSupport

/// Two instances, their database and Telegram in a storm, and what is left when it has passed.
struct Storm: Sendable {
    private static let seasons = [Instant(milliseconds: 1_577_836_800_000)]
    private static let rules = [
        ("best", GameRules(keep: .best, seasons: seasons)),
        ("latest", GameRules(keep: .latest, seasons: seasons)),
        ("sum", GameRules(keep: .sum, seasons: seasons)),
    ]
    static let games = rules.map { GameName(bot: Arena.bot, shortName: $0.0) }

    let arena: Arena
    let database: CrashingServer
    let chats: [StormChat]
    let boards: [(name: GameName, board: Crowd.Board)]
    /// A message of each game, which people take along to chats without the bot.
    let originals: [GameName: MessageAddress]

    /// Makes people, chats, games and an empty database.
    ///
    /// - Throws: What keeps the database or Telegram from being prepared.
    init(_ arena: Arena, _ database: CrashingServer) async throws {
        self.arena = arena
        self.database = database
        let people = (1...6).map { Int64(5_100_000_000 + $0) }
        try arena.telegram.change { telegram, _ throws(SimulationError) in
            for (number, id) in people.enumerated() {
                telegram.addUser(SimulatedUser(id: id, firstName: "Player \(number)"))
            }
            for game in Self.games {
                try telegram.addGame(
                    SimulatedGame(shortName: game.shortName, title: game.shortName),
                    to: Arena.bot
                )
            }
        }
        var chats: [StormChat] = []
        func add(_ name: String, _ kind: SimulatedChat.Kind, _ people: [Int64]) throws {
            let key = try arena.telegram.change { telegram, _ throws(SimulationError) in
                try telegram.addChat(kind, title: name, users: people, bots: [Arena.bot])
            }
            chats.append(StormChat(name, key, people: people, hasBot: true))
        }
        for number in 0..<3 { try add("super \(number)", .supergroup, Array(people[number..<number + 4])) }
        for number in 0..<2 { try add("group \(number)", .group, Array(people[number..<number + 3])) }
        for user in people.prefix(2) {
            let key = ChatKey.bot(Arena.bot, user: user)
            try arena.telegram.say(user: user, in: key, "hello")
            chats.append(StormChat("private \(user)", key, people: [user], hasBot: true))
        }
        let pair = Array(people.suffix(2))
        chats.append(StormChat("pair", .people(pair[0], pair[1]), people: pair, hasBot: false))
        let studio = try arena.telegram.change { telegram, _ throws(SimulationError) in
            try telegram.addChat(.supergroup, title: "studio", users: people, bots: [Arena.bot])
        }
        var originals: [GameName: MessageAddress] = [:]
        for game in Self.games { originals[game] = try arena.post(game, in: studio) }
        self.chats = chats
        self.originals = originals
        boards = try await database.withPool { pool in
            _ = try await Schema.migrations().apply(pool)
            let games = try await pool.transaction { session throws(PostgresError) in
                let bot = BotID(rawValue: Arena.bot)
                try session.execute(.botUpsert(bot, username: "arena_bot"))
                for (name, rules) in Self.rules {
                    _ = try session.run(
                        .gameInsert(
                            GameDraft(
                                bot: bot,
                                shortName: name,
                                title: name,
                                url: "https://play.example/\(name)/",
                                rules: rules
                            )
                        )
                    )
                }
                return try session.run(.gamesList())
            }
            return Self.rules.compactMap { name, rules in
                games.first { $0.shortName == name }.map {
                    (
                        GameName(bot: Arena.bot, shortName: name),
                        Crowd.Board(id: $0.id, tokenID: $0.tokenID, rules: rules)
                    )
                }
            }
        }
    }

    /// Lets a plan's blows fall.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - services: The instances.
    ///   - start: When the storm began.
    /// - Throws: When something does not come back.
    func rage(_ plan: StormPlan, _ services: StormServices, since start: ContinuousClock.Instant) async throws
    {
        try await withThrowingTaskGroup { group in
            // Each of what is struck has a schedule of its own, so that blows fall also while another is recovering.
            for blows in Dictionary(grouping: plan.blows, by: \.blow).values {
                group.addTask {
                    for (moment, blow) in blows {
                        try await Task.sleep(until: start + moment)
                        switch blow {
                        case .kill(let instance): try await services.kill(instance)
                        case .crashDatabase: try await database.crash()
                        // The server may be down itself at that moment.
                        case .cutConnections: try? await database.cutConnections()
                        case .switchMode(let mode): try setMode(mode)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Lets presses on the bot's own messages arrive in another way.
    func setMode(_ mode: CallbackQueryMode) throws {
        try arena.telegram.change { telegram, _ throws(SimulationError) in
            try telegram.setCallbackQueryMode(mode, of: Arena.bot)
        }
    }

    /// How many messages of the bot's own were pressed as inline ones.
    var pressedInline: Int {
        arena.telegram.read { telegram in
            telegram.chats.values.reduce(0) { $0 + $1.messagesPressedInline }
        }
    }

    /// Waits until chats of which inline presses told no id, and which were upgraded meanwhile, are one with what they
    /// were: a press told it.
    ///
    /// - Throws: ``ProgramError`` when they do not become one.
    func waitUntilWhole() async throws {
        try await database.withPool { pool in
            try await Program.wait(for: "the chats to be whole") { () -> Void? in
                let number = try await pool.withSession { session throws(PostgresError) in
                    try session.first("SELECT count(*) FROM chats WHERE merged_into IS NULL")?.decode(
                        Int64.self
                    )
                }
                return number == Int64(chats.count) ? () : nil
            }
        }
    }

    /// The scores that Telegram's tables hold and are to hold, where the two differ.
    func differences(_ expected: [Table: [Int64: Int64]]) -> [String] {
        var found: [String] = []
        for chat in chats {
            let key = chat.key(arena.telegram)
            for game in Self.games {
                let rows = arena.telegram.scoreboard(of: game, in: key).map { ($0.user, $0.score) }
                let held = Dictionary(uniqueKeysWithValues: rows)
                let wanted = expected[Table(game: game, chat: chat.name)] ?? [:]
                for player in Set(held.keys).union(wanted.keys).sorted() where held[player] != wanted[player]
                {
                    let (held, wanted) = (held[player].map(String.init), wanted[player].map(String.init))
                    found.append(
                        "\(game.shortName) in \(chat.name): \(player) has \(held ?? "-"), not \(wanted ?? "-")"
                    )
                }
            }
        }
        return found
    }

    /// One of Telegram's tables.
    struct Table: Hashable, Sendable {
        let game: GameName
        let chat: String
    }

    /// The numbers that the service gave to the chats.
    ///
    /// - Throws: `PostgresError`.
    func chatNumbers(_ pool: PostgresPool) async throws -> [String: Int64] {
        let instances = arena.telegram.read { telegram in
            chats.map { telegram.chatInstance(bot: Arena.bot, chat: $0.keys[$0.keys.count - 1]) }
        }
        let numbers = try await pool.withSession { session throws(PostgresError) in
            try session.query("SELECT chat_instance::text, chat_id FROM chat_instances")
                .decode(String.self, Int64.self)
        }
        let byInstance = Dictionary(uniqueKeysWithValues: numbers)
        return Dictionary(
            uniqueKeysWithValues: zip(chats, instances).compactMap { chat, instance in
                byInstance[instance].map { (chat.name, $0) }
            }
        )
    }

    /// What the deliveries that are not done wait for, for a failure to show.
    func openDeliveries(_ pool: PostgresPool) async throws -> [String] {
        try await pool.withSession { session throws(PostgresError) in
            try session.query("SELECT to_jsonb(d)::text FROM deliveries d WHERE state <> 'done' LIMIT 20")
                .decode(String.self)
        }
    }
}
