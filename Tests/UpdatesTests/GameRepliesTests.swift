@testable import BotAPI
import Leaderboards
import Testing

@testable import Updates

@Suite struct GameRepliesTests {
    private let games = [
        Game.maze("maze", title: "The Great Maze"), .maze("Snake", title: "Snake Ü"), .maze("zoo"),
    ]

    private func body(_ method: any BotMethod) -> String {
        "\(type(of: method).name) " + String(decoding: method.body(), as: UTF8.self)
    }

    @Test(
        arguments: [
            (nil, "maze"), ("zoo", "zoo"), ("Snake", "Snake"), ("snake", "Snake"), ("room_42", "maze"),
            ("two words", "maze"),
        ] as [(String?, String)]
    )
    func `a command gets the game it names, else the first`(payload: String?, expected: String) {
        let message = IncomingMessage(chat: Chat(id: -5, kind: .group), messageID: 1, from: nil, topicID: 8)
        #expect(
            body(GameReplies.invitation(to: message, payload: payload, games: games))
                == #"sendGame {"chat_id":-5,"message_thread_id":8,"game_short_name":"\#(expected)"}"#
        )
    }

    @Test func `names that differ in case only are told apart`() {
        let message = IncomingMessage(chat: Chat(id: 5, kind: .private), messageID: 1, from: nil)
        let twins = [Game.maze("MAZE"), .maze("maze")]
        #expect(
            body(GameReplies.invitation(to: message, payload: "maze", games: twins))
                == #"sendGame {"chat_id":5,"game_short_name":"maze"}"#
        )
    }

    @Test func `a bot without games says so`() {
        let message = IncomingMessage(chat: Chat(id: 5, kind: .private), messageID: 1, from: nil)
        #expect(
            body(GameReplies.invitation(to: message, payload: "maze", games: []))
                == #"sendMessage {"chat_id":5,"text":"There are no games here yet."}"#
        )
    }

    @Test(arguments: [
        ("", ["maze", "Snake", "zoo"]), ("  ", ["maze", "Snake", "zoo"]), ("SNA", ["Snake"]),
        ("great  maze ", ["maze"]), ("ü", ["Snake"]), ("a g", ["zoo"]), ("chess", []),
    ])
    func `an inline query offers the games that contain its text`(text: String, expected: [String]) {
        let answer = GameReplies.offer(to: InlineQuery(id: "3", from: nil, query: text), games: games)
        #expect(answer.inlineQueryID == "3")
        #expect(answer.games.map(\.shortName) == expected)
        #expect(answer.games.map(\.resultID) == expected)
    }

    @Test(arguments: [
        ("@maze_bot", "maze"), ("let's play snake, @maze_bot", "Snake"), ("ZOO", "zoo"),
        ("@zoo_bot hi", "maze"),
        ("the  great\nmaze", "maze"), ("", "maze"),
    ])
    func `a mention elsewhere gets the game that it names, else the first`(text: String, expected: String) {
        let mention = GuestMessage(queryID: "3", from: nil, text: text)
        let answer = GameReplies.answer(to: mention, games: games)
        #expect(answer?.guestQueryID == "3" && answer?.game.shortName == expected)
        #expect(GameReplies.answer(to: mention, games: []) == nil)
    }

    @Test func `no more results are offered than Telegram takes`() {
        let many = (0..<60).map { Game.maze("game_\($0)") }
        let answer = GameReplies.offer(to: InlineQuery(id: "3", from: nil, query: "game"), games: many)
        #expect(answer.games.map(\.shortName) == many.prefix(50).map(\.shortName))
    }
}
