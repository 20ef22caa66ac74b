import Leaderboards
import Scoring
import Tokens

/// The people of the bench, the chats that they play in, and the bot.
struct BenchPeople: Sendable {
    static let bot = BotID(rawValue: 7_100_000_001)
    static let token = "7100000001:bench-token-of-the-simulator"
    static let username = "bench_bot"
    static let count = 1_000
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

    /// A launch token of each person for a game, in their chat.
    func launches(of game: Game, message: Int64) -> [String] {
        (1...Self.count).map { number in
            let chat = Self.chat(ofPerson: number)
            return token(
                game,
                Self.person(number),
                Self.instance(ofChat: chat),
                Target(chat: Self.address(ofChat: chat).rawValue, message: message) ?? .none
            )
        }
    }

    /// Launch tokens without a chat for people who are spread evenly over those of a leaderboard; returns about as many
    /// as there are people with a chat.
    func strangers(in game: Game, among entries: Int) -> [String] {
        stride(from: 1, through: entries, by: max(entries / Self.count, 1)).map { number in
            token(game, Self.person(number), nil, .none)
        }
    }

    private func token(_ game: Game, _ player: PlayerID, _ chat: ChatInstance?, _ target: Target) -> String {
        var generator = SystemRandomNumberGenerator()
        return keys.token(
            for: Launch(
                id: LaunchID(Identifier128(using: &generator)),
                bot: Self.bot,
                game: game.id,
                player: player,
                chatInstance: chat,
                target: target,
                launchedAt: .now,
                lifetime: .seconds(24 * 3600)
            ),
            of: game.tokenID
        )
    }

    /// Updates that tell of presses, with the holes that ``LoadScript/presses`` fills: one for each person, and then one
    /// of a newcomer for each chat.
    static func presses(of game: BenchGame) -> [String] {
        (1...count).map { update(player: "\(person($0))", name: "\($0)", chat(ofPerson: $0), game) }
            + (0..<chats).map { update(player: "@P@", name: "new", $0, game) }
    }

    /// What Telegram's server sends for a press under a bot's game in a supergroup (Bot API, `CallbackQuery`).
    private static func update(
        player: String,
        name: String,
        _ chat: Int,
        _ game: BenchGame
    ) -> String {
        #"{"update_id":@U@,"callback_query":{"id":"@Q@","from":{"id":\#(player),"is_bot":false,"#
            + #""first_name":"Player","last_name":"No. \#(name)","username":"player_\#(name)","#
            + #""language_code":"en"},"message":{"message_id":\#(game.message),"from":{"id":\#(bot),"is_bot":true,"#
            + #""first_name":"Bench","username":"\#(username)"},"chat":{"id":\#(address(ofChat: chat)),"#
            + #""title":"Chat \#(chat)","type":"supergroup"},"date":1767225600,"game":{"title":"\#(game.rawValue)","#
            + #""description":"A game of the bench","photo":[{"file_id":"AgACAgIAAxkBAAIBGmWk","file_unique_id":"#
            + #""AQADzb4xG5","file_size":1234,"width":90,"height":51},{"file_id":"AgACAgIAAxkBAAIBGmWm","#
            + #""file_unique_id":"AQADzb4xG6","file_size":18211,"width":320,"height":180}]},"reply_markup":"#
            + #"{"inline_keyboard":[[{"text":"Play \#(game.rawValue)","callback_game":{}}]]}},"chat_instance":"#
            + #""\#(instance(ofChat: chat))","game_short_name":"\#(game.rawValue)"}}"#
    }
}
