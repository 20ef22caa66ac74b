@testable import Simulator

/// A small Telegram: one bot with two games, two people, a supergroup, a group, and a game message in each.
struct Scene {
    static let bot: Int64 = 7_000_000_001
    static let token = "7000000001:scene"
    static let ada: Int64 = 5_000_000_001
    static let zoe: Int64 = 5_000_000_002
    static let supergroup = ChatKey.shared(-1_001_234_567_890)
    static let group = ChatKey.shared(-987_654)
    static let tetris = GameName(bot: bot, shortName: "tetris")

    var telegram: SimulatedTelegram
    /// Milliseconds since 1970.
    var now: Int64 = 1_760_000_000_000
    /// The first message of each chat is the game tetris.
    let inSupergroup = MessageAddress(chat: supergroup, message: 1)
    let inGroup = MessageAddress(chat: group, message: 1)

    init() throws {
        telegram = SimulatedTelegram(seed: 42)
        try telegram.addBot(token: Self.token, username: "scene_bot", name: "Scene")
        try telegram.addGame(SimulatedGame(shortName: "tetris", title: "Tetris"), to: Self.bot)
        try telegram.addGame(SimulatedGame(shortName: "snake", title: "Snake"), to: Self.bot)
        telegram.addUser(SimulatedUser(id: Self.ada, firstName: "Ada"))
        telegram.addUser(SimulatedUser(id: Self.zoe, firstName: "Zoë", lastName: "Q"))
        try telegram.addChat(
            .supergroup,
            id: -1_001_234_567_890,
            title: "Arcade",
            users: [Self.ada, Self.zoe],
            bots: [Self.bot]
        )
        try telegram.addChat(
            .group,
            id: -987_654,
            title: "Lunch",
            users: [Self.ada, Self.zoe],
            bots: [Self.bot]
        )
        for chat in ["-1001234567890", "-987654"] {
            _ = call("sendGame", ["chat_id": chat, "game_short_name": "tetris"])
        }
    }

    /// Calls a method with parameters given as text.
    @discardableResult
    mutating func call(_ method: String, _ texts: [String: String] = [:]) -> MethodAnswer {
        var parameters = CallParameters()
        for (name, text) in texts {
            parameters.add(form: "\(name)=\(text.addingEscapes)")
        }
        return telegram.call(method, by: Self.bot, parameters, now: now)
    }

    /// Sets a score on the supergroup's message unless told otherwise.
    @discardableResult
    mutating func score(
        _ score: String,
        of user: Int64 = ada,
        _ more: [String: String] = [:]
    ) -> MethodAnswer {
        var texts = ["user_id": "\(user)", "score": score, "chat_id": "-1001234567890", "message_id": "1"]
        texts.merge(more) { $1 }
        return call("setGameScore", texts)
    }

    /// The scores of tetris in a chat, from the first place down.
    func scores(_ chat: ChatKey = supergroup) -> [Int64] {
        telegram.scoreboard(of: Self.tetris, in: chat).rows.map(\.score)
    }

    /// Takes what is queued for the bot as `getUpdates` would.
    mutating func updates() -> [String] {
        defer { telegram.bots[Self.bot]?.queue.removeAll() }
        return telegram.bots[Self.bot]?.queue.entries.map(\.body) ?? []
    }
}

extension String {
    /// The text with everything but letters and digits percent-encoded.
    var addingEscapes: String {
        utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = byte < 128 && (character.isLetter || character.isNumber)
            let hex = String(byte, radix: 16)
            return isPlain ? String(character) : "%" + (hex.count == 1 ? "0" : "") + hex
        }.joined()
    }
}
