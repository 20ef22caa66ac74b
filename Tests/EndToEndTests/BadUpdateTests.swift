import Curl
import Foundation
import JSON
import Leaderboards
import Simulator
import TestSupport
import Testing
import Tokens

/// Updates at and beyond the edges of what Telegram documents.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct BadUpdateTests {
    private static let secretHeader = "X-Telegram-Bot-Api-Secret-Token"

    private static var secret: String {
        TokenKeys(secrets: [Arena.secret]).webhookSecrets(for: BotID(rawValue: Arena.bot))[0]
    }

    /// A press as Telegram tells of it.
    private static func press(
        _ number: Int,
        by user: Int64 = Arena.ada,
        name: String = #""Ada""#,
        chatInstance: String = #""-3788475317572404878""#,
        game: String = #""tetris""#,
        message: String =
            #"{"message_id":7,"date":1,"chat":{"id":-1001000000009,"type":"supergroup","title":"X"}}"#,
        padding: Int = 0
    ) -> [UInt8] {
        let pad = padding > 0 ? #","pad":"\#(String(repeating: "x", count: padding))""# : ""
        return Array(
            (#"{"update_id":\#(number),"callback_query":{"id":"\#(number)","from":{"id":\#(user),"is_bot":false,"#
                + #""first_name":\#(name)},"message":\#(message),"chat_instance":\#(chatInstance),"#
                + #""game_short_name":\#(game)}\#(pad)}"#).utf8
        )
    }

    private func deliver(_ body: [UInt8], to service: Service) async throws -> Service.Answer {
        try await service.send(
            .post,
            "/telegram/\(Arena.bot)",
            headers: [(Self.secretHeader, Self.secret)],
            body: body
        )
    }

    @Test func `an update of exactly 512 KiB is taken, and one byte more is not`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let bare = Self.press(1, padding: 1).count - 1
            let limit = 512 * 1024
            let fits = try await deliver(Self.press(1, padding: limit - bare), to: service)
            #expect(fits.status == 200, "\(fits)")
            #expect(fits.json["url"]?.string?.contains("#hs=") == true)
            let over = try await deliver(Self.press(2, padding: limit - bare + 1), to: service)
            #expect(over.status == 413)
            #expect(over.code == "body_too_large")
            try await service.stop()
        }
    }

    @Test func `updates of any number are answered, and commands once`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            for number in [Int.max, .min, -1, 0] {
                let pressed = try await deliver(Self.press(number), to: service)
                #expect(pressed.json["url"]?.string?.contains("#hs=") == true, "\(number): \(pressed)")
            }
            let command =
                ##"{"update_id":9223372036854775807,"message":{"message_id":2147483648,"date":9223372036854775807,"##
                + ##""chat":{"id":-9223372036854775808,"type":"group"},"text":"/play tetris"}}"##
            let answers = [
                try await deliver(Array(command.utf8), to: service),
                try await deliver(Array(command.utf8), to: service),
            ]
            #expect(answers.map { $0.json["method"]?.string } == ["sendGame", nil], "\(answers)")
            #expect(service.program.isRunning)
            try await service.stop()
        }
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "1", "-1"])
    func `a chat instance at either end of its range works throughout`(chatInstance: String) async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let pressed = try await deliver(Self.press(1, chatInstance: "\"\(chatInstance)\""), to: service)
            let url = try #require(pressed.json["url"]?.string, "\(pressed)")
            let launch = String(try #require(url.split(separator: "#hs=").last))
            let started = try await service.send(.post, "/v1/runs", token: launch)
            #expect(started.json["chat_instance"]?.string == chatInstance)
            let run = try #require(started.json["run"]?.string)
            #expect(try await service.submit(2_147_483_647, run).status == 200)
            #expect(try await service.board(launch) == ["\(Arena.ada)": 2_147_483_647])
            try await service.stop()
        }
    }

    @Test func `a press without a chat is answered with an alert, and what is no update with nothing`()
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let before = try await Database.counts()
            let absent = [#""0""#, #""""#, #""seven""#, #""9223372036854775808""#, "null", "{}"]
            for (index, chatInstance) in absent.enumerated() {
                let answer = try await deliver(
                    Self.press(10 + index, chatInstance: chatInstance),
                    to: service
                )
                #expect(answer.status == 200)
                #expect(answer.json["method"]?.string == "answerCallbackQuery", "\(chatInstance): \(answer)")
                #expect(answer.json["url"] == nil, "\(chatInstance): \(answer)")
                #expect(answer.json["show_alert"]?.bool == true, "\(chatInstance): \(answer)")
            }
            let nonsense: [[UInt8]] = [
                [], [0xFF], Array("{".utf8), Array("[]".utf8), Array("{}".utf8),
                Array(#"{"update_id":1}"#.utf8),
                Array(#"{"update_id":2,"poll":{"id":"1"}}"#.utf8),
                Array(#"{"update_id":3,"callback_query":7}"#.utf8),
                Array(#"{"update_id":"x","message":{}}"#.utf8),
            ]
            for body in nonsense {
                let answer = try await deliver(body, to: service)
                #expect(answer.status == 200, "\(String(decoding: body, as: UTF8.self)): \(answer)")
                #expect(answer.json["url"] == nil)
            }
            #expect(try await Database.counts() == before)
            try await service.stop()
        }
    }

    @Test func `names of any make are kept as they can be shown`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let names = [
                #""A\u0000B""#, "\"\(String(repeating: "n", count: 10_240))\"", #""\u202Eevil""#, #""שלום""#,
                #""""#, #""👩‍👩‍👧‍👦""#,
                #""\uD800""#,
            ]
            for (index, name) in names.enumerated() {
                let user = Arena.ada + 100 + Int64(index)
                let pressed = try await deliver(Self.press(20 + index, by: user, name: name), to: service)
                let url = try #require(pressed.json["url"]?.string, "\(name.prefix(20)): \(pressed)")
                let run = try await service.startRun(String(try #require(url.split(separator: "#hs=").last)))
                let answer = try await service.submit(100 + index, run)
                #expect(answer.status == 200, "\(name.prefix(20)): \(answer)")
                let board = try await service.send(.get, "/v1/leaderboard?limit=100&around=me", token: run)
                #expect(board.status == 200, "\(name.prefix(20)): \(board)")
                let mine = board.json["entries"]?.elements.first { $0["me"]?.bool == true }
                let shown = mine?["player"]?["name"]?.string ?? ""
                #expect(
                    !shown.unicodeScalars.contains { $0.value == 0 || $0.value == 0x202E },
                    "\(name.prefix(20))"
                )
            }
            try await service.stop()
        }
    }
}
