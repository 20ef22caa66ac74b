import Leaderboards

/// The people of the bench and the chats they play in.
struct Crowd: Sendable {
    static let bot = BotID(rawValue: 7_100_000_001)
    static let token = "7100000001:bench-token-of-the-simulator"
    static let username = "bench_bot"
    static let people = 1_000
    static let chats = 50

    /// The id of a person, counted from 1; everybody of the largest leaderboard has one, too.
    static func person(_ number: Int) -> PlayerID { PlayerID(rawValue: 5_000_000_000 + Int64(number)) }

    /// The chat in which a person plays.
    static func chat(ofPerson number: Int) -> Int { number % chats }

    /// Telegram's id of a chat.
    static func address(ofChat number: Int) -> TelegramChatID {
        TelegramChatID(rawValue: -1_001_500_000_000 - Int64(number))
    }

    /// The `chat_instance` of a chat.
    static func instance(ofChat number: Int) -> ChatInstance {
        ChatInstance(rawValue: 3_500_000_000_000_000_000 + Int64(number))
    }

    let keys: TokenKeys
    /// By what tokens name the games of the bench.
    let tokenIDs: [GameID: GameTokenID]
    let now: Instant

    /// A launch token of each person for a game, in their chat.
    ///
    /// - Parameter message: The number of the game's message in every chat.
    /// - Returns: The tokens, one for each person.
    func launches(of game: GameID, message: Int64) -> [String] {
        (1...Self.people).map { number in
            let chat = Self.chat(ofPerson: number)
            return token(
                game,
                Self.person(number),
                Self.instance(ofChat: chat),
                Target(chat: Self.address(ofChat: chat).rawValue, message: message) ?? .none
            )
        }
    }

    /// Launch tokens without a chat for people who are spread evenly over those of a leaderboard.
    ///
    /// - Parameter entries: How many people have an entry there.
    /// - Returns: The tokens, about as many as there are people in the crowd.
    func strangers(in game: GameID, among entries: Int) -> [String] {
        stride(from: 1, through: entries, by: max(entries / Self.people, 1)).map { number in
            token(game, Self.person(number), nil, .none)
        }
    }

    private func token(
        _ game: GameID,
        _ player: PlayerID,
        _ chat: ChatInstance?,
        _ target: Target
    ) -> String {
        guard let tokenID = tokenIDs[game] else { preconditionFailure("game \(game) is none of the bench's") }
        var generator = SystemRandomNumberGenerator()
        return keys.token(
            for: Launch(
                id: LaunchID(Identifier128(using: &generator)),
                bot: Self.bot,
                game: game,
                player: player,
                chatInstance: chat,
                target: target,
                launchedAt: now,
                lifetime: .seconds(24 * 3600)
            ),
            of: tokenID
        )
    }

    /// Updates that tell of presses, with the holes that ``WrkScript/presses`` fills: one for each person, and one of
    /// a newcomer for each chat.
    ///
    /// - Parameters:
    ///   - game: The short name of the game.
    ///   - message: The number of the game's message in every chat.
    /// - Returns: The updates, those of newcomers last.
    static func presses(of game: String, message: Int64) -> [String] {
        (1...people).map { update(player: "\(person($0))", name: "\($0)", chat(ofPerson: $0), game, message) }
            + (0..<chats).map { update(player: "@P@", name: "new", $0, game, message) }
    }

    /// What Telegram's server sends for a press under a bot's game in a supergroup (Bot API, `CallbackQuery`).
    private static func update(
        player: String,
        name: String,
        _ chat: Int,
        _ game: String,
        _ message: Int64
    ) -> String {
        #"{"update_id":@U@,"callback_query":{"id":"@Q@","from":{"id":\#(player),"is_bot":false,"#
            + #""first_name":"Player","last_name":"No. \#(name)","username":"player_\#(name)","#
            + #""language_code":"en"},"message":{"message_id":\#(message),"from":{"id":\#(bot),"is_bot":true,"#
            + #""first_name":"Bench","username":"\#(username)"},"chat":{"id":\#(address(ofChat: chat)),"#
            + #""title":"Chat \#(chat)","type":"supergroup"},"date":1767225600,"game":{"title":"\#(game)","#
            + #""description":"A game of the bench","photo":[{"file_id":"AgACAgIAAxkBAAIBGmWk","file_unique_id":"#
            + #""AQADzb4xG5","file_size":1234,"width":90,"height":51},{"file_id":"AgACAgIAAxkBAAIBGmWm","#
            + #""file_unique_id":"AQADzb4xG6","file_size":18211,"width":320,"height":180}]},"reply_markup":"#
            + #"{"inline_keyboard":[[{"text":"Play \#(game)","callback_game":{}}]]}},"chat_instance":"#
            + #""\#(instance(ofChat: chat))","game_short_name":"\#(game)"}}"#
    }
}
