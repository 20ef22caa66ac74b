@testable import BotAPI
import Leaderboards
import Scoring
import TestSupport
import Testing
@testable import Updates

/// `/top` and `/announce`, from the update to the reply.
@Suite struct ChatCommandTests {
    private let asked = Log<ChatBoardRequest>()
    private let announced = Log<WindowKind?>()

    private func reply(
        to members: String,
        text: String,
        chat: String = #"{"id":-50,"type":"supergroup","title":"Friday"}"#,
        from: String = #"{"id":4,"first_name":"Lu","language_code":"ru"}"#,
        steps: [ScriptedServer.Step] = [],
        board: Refusal? = nil,
        isAdmitted: Bool = true
    ) async throws -> String? {
        let server = ScriptedServer(steps)
        let (asked, announced) = (asked, announced)
        let handler = UpdateHandler(
            effects: .unused {
                $0.isLoaded = { true }
                $0.admitMessage = { kind, _, _, _ throws(Refusal) in kind == .board && isAdmitted }
                $0.board = { request throws(Refusal) in
                    asked.add(request)
                    if let board { throw board }
                    return nil
                }
                $0.announce = { window, chat, _ throws(Refusal) in
                    #expect(chat.rawValue == -50 || chat.rawValue == 4)
                    announced.add(window)
                }
            }
        ) { _ in }
        let word = text.prefix { $0 != " " }
        let update =
            #"{"update_id":31,"message":{"message_id":2,"from":\#(from),"chat":\#(chat),"text":"\#(text)","#
            + #""entities":[{"type":"bot_command","offset":0,"length":\#(word.utf16.count)}]\#(members)}}"#
        let outcome = await handler.handle(webhook: Array(update.utf8), bot: try server.bot())
        guard case .accepted(let reply) = outcome else { return "postponed" }
        return reply.map { String(decoding: $0.webhookReply(), as: UTF8.self) }
    }

    // MARK: - /top

    @Test func `the words after the command name a window and a board, in any order`() async throws {
        for text in ["/top", "/top week", "/top Hard WEEK", "/top day hard more"] {
            _ = try await reply(to: "", text: text)
        }
        #expect(asked.values.map(\.window) == [.all, .week, .week, .day])
        #expect(asked.values.map(\.board) == [nil, nil, "hard", "hard"])
        #expect(asked.values.allSatisfy { $0.player == PlayerID(rawValue: 4) })
    }

    @Test func `the answer stands in the topic and in the asker's language`() async throws {
        let text = try #require(
            try await reply(to: #","is_topic_message":true,"message_thread_id":17"#, text: "/top")
        )
        #expect(text.contains(#""message_thread_id":17"#) && text.contains(#""method":"sendMessage""#))
        #expect(!text.contains("Nobody has a score"))
        let english = try await reply(to: "", text: "/top", from: #"{"id":4,"first_name":"Lu"}"#)
        #expect(english?.contains("Nobody has a score here yet.") == true)
    }

    @Test func `boards and windows that are not there are told of, other trouble is not`() async throws {
        let english = #"{"id":4,"first_name":"Lu"}"#
        let board = try await reply(to: "", text: "/top x", from: english, board: .boardUnknown("x"))
        #expect(board?.contains("There is no such board.") == true)
        let window = try await reply(to: "", text: "/top day", from: english, board: .noSuchWindow("none"))
        #expect(window?.contains("There is no leaderboard for this time.") == true)
        #expect(try await reply(to: "", text: "/top", board: .databaseUnavailable) == "postponed")
    }

    @Test func `whoever writes in the name of a chat has no place of their own`() async throws {
        _ = try await reply(to: #","sender_chat":{"id":-50,"type":"supergroup"}"#, text: "/top")
        #expect(asked.values.map(\.player) == [nil])
    }

    @Test func `a flood, a channel and another bot's command are passed over`() async throws {
        #expect(try await reply(to: "", text: "/top", isAdmitted: false) == nil)
        #expect(try await reply(to: "", text: "/top@chess_bot") == nil)
        #expect(try await reply(to: "", text: "/top", chat: #"{"id":-50,"type":"channel"}"#) == nil)
        #expect(asked.values.isEmpty)
    }

    // MARK: - /announce

    @Test(arguments: ["creator", "administrator"])
    func `an administrator has winners announced`(status: String) async throws {
        for (word, window) in [("day", WindowKind.day), ("week", .week), ("MONTH", .month), ("off", nil)] {
            let answer = try await reply(
                to: "",
                text: "/announce \(word)",
                steps: [.ok("getChatMember", #"{"status":"\#(status)","user":{"id":4}}"#)]
            )
            #expect(answer?.contains(#""chat_id":-50"#) == true)
            #expect(announced.values.last == .some(window))
        }
        #expect(announced.values.count == 4)
    }

    @Test func `nobody else has, whatever Telegram says of them`() async throws {
        let english = #"{"id":4,"first_name":"Lu"}"#
        for step in [
            ScriptedServer.Step.ok("getChatMember", #"{"status":"member"}"#),
            .ok("getChatMember", #"{"status":"restricted"}"#),
            .refused("getChatMember", 400, "Bad Request: user not found"),
            .refused("getChatMember", 403, "Forbidden: bot was kicked from the supergroup chat"),
        ] {
            let answer = try await reply(to: "", text: "/announce week", from: english, steps: [step])
            #expect(answer?.contains("Only an administrator of this chat") == true)
        }
        let busy = try await reply(
            to: "",
            text: "/announce week",
            from: english,
            steps: [.failed("getChatMember", sent: true)]
        )
        #expect(busy?.contains("try again in a moment") == true)
        let other = #","sender_chat":{"id":-70,"type":"channel"}"#
        let stranger = try await reply(to: other, text: "/announce week", from: english)
        #expect(stranger?.contains("Only an administrator of this chat") == true)
        let how = try await reply(to: "", text: "/announce year", from: english)
        #expect(how?.contains("/announce month") == true)
        #expect(announced.values.isEmpty)
    }

    @Test func `an anonymous administrator and the person of a private chat need not be asked about`()
        async throws
    {
        _ = try await reply(
            to: #","sender_chat":{"id":-50,"type":"supergroup"}"#,
            text: "/announce week",
            from: #"{"id":1087968824,"is_bot":true,"first_name":"Group"}"#
        )
        _ = try await reply(to: "", text: "/announce off", chat: #"{"id":4,"type":"private"}"#)
        #expect(announced.values == [.week, nil])
    }
}
