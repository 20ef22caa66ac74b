@testable import BotAPI
import JSON
import Testing

@Suite struct BotMethodTests {
    private static let calls: [(any BotMethod, String)] = [
        (GetMe(), "{}"),
        (DeleteWebhook(), "{}"),
        (
            AnswerGuestQuery(guestQueryID: "8", game: .init(resultID: "maze", shortName: "maze")),
            #"{"guest_query_id":"8","result":{"type":"game","id":"maze","game_short_name":"maze"}}"#
        ),
        (GetWebhookInfo(), "{}"),
        (
            SetWebhook(url: "https://maze.example/telegram/61", secretToken: SecretText("s-1")),
            #"{"url":"https://maze.example/telegram/61","secret_token":"s-1","allowed_updates":["message","#
                + #""guest_message","callback_query","inline_query","chosen_inline_result","my_chat_member"]}"#
        ),
        (
            SetWebhook(url: "u", secretToken: SecretText("s"), allowedUpdates: [], maxConnections: 40),
            #"{"url":"u","secret_token":"s","allowed_updates":[],"max_connections":40}"#
        ),
        (
            GetUpdates(offset: nil, waitSeconds: 50, allowedUpdates: ["message"]),
            #"{"limit":100,"timeout":50,"allowed_updates":["message"]}"#
        ),
        (
            GetUpdates(offset: 12, limit: 1, waitSeconds: 0, allowedUpdates: []),
            #"{"offset":12,"limit":1,"timeout":0,"allowed_updates":[]}"#
        ),
        (
            AnswerCallbackQuery(callbackQueryID: "7", answer: .open(url: "https://maze.example/#hs=t")),
            ##"{"callback_query_id":"7","url":"https://maze.example/#hs=t"}"##
        ),
        (
            AnswerCallbackQuery(callbackQueryID: "7", answer: .show(text: "No \"maze\"", asAlert: true)),
            #"{"callback_query_id":"7","text":"No \"maze\"","show_alert":true}"#
        ),
        (
            AnswerCallbackQuery(callbackQueryID: "7", answer: .show(text: "x", asAlert: false)),
            #"{"callback_query_id":"7","text":"x"}"#
        ),
        (AnswerCallbackQuery(callbackQueryID: "7", answer: .nothing), #"{"callback_query_id":"7"}"#),
        (
            AnswerInlineQuery(inlineQueryID: "8", games: [.init(resultID: "maze", shortName: "maze")]),
            #"{"inline_query_id":"8","results":[{"type":"game","id":"maze","game_short_name":"maze"}],"#
                + #""cache_time":30}"#
        ),
        (SendGame(chatID: -5, gameShortName: "maze"), #"{"chat_id":-5,"game_short_name":"maze"}"#),
        (
            SendGame(chatID: -5, gameShortName: "maze", topicID: 3),
            #"{"chat_id":-5,"message_thread_id":3,"game_short_name":"maze"}"#
        ),
        (SendMessage(chatID: 5, text: "Hi"), #"{"chat_id":5,"text":"Hi"}"#),
        (
            SetGameScore(userID: 4, score: .max, target: .chat(chatID: -5, messageID: 6)),
            #"{"user_id":4,"score":2147483647,"chat_id":-5,"message_id":6}"#
        ),
        (
            SetGameScore(userID: 4, score: 0, target: .inline("x"), force: true, disableEditMessage: true),
            #"{"user_id":4,"score":0,"inline_message_id":"x","force":true,"disable_edit_message":true}"#
        ),
        (GetGameHighScores(userID: 4, target: .inline("x")), #"{"user_id":4,"inline_message_id":"x"}"#),
    ]

    @Test(arguments: calls.indices)
    func `absent parameters are left out of a request`(index: Int) throws {
        let (method, expected) = Self.calls[index]
        #expect(String(decoding: method.body(), as: UTF8.self) == expected)
        #expect(throws: Never.self) { try JSON.parse(method.body()) }
    }

    @Test func `a reply to a webhook names its method`() throws {
        let call = AnswerCallbackQuery(callbackQueryID: "7", answer: .show(text: "x", asAlert: true))
        let text = String(decoding: call.webhookReply(), as: UTF8.self)
        #expect(
            text == #"{"method":"answerCallbackQuery","callback_query_id":"7","text":"x","show_alert":true}"#
        )
        #expect(String(decoding: GetMe().webhookReply(), as: UTF8.self) == #"{"method":"getMe"}"#)
    }

    @Test func `the wait for updates is part of the time allowed`() {
        #expect(GetUpdates(offset: nil, waitSeconds: 50).timeout > .seconds(50))
        #expect(GetMe().timeout == .seconds(20))
    }

    private func output<Method: BotMethod>(_ method: Method.Type, _ text: String) throws -> Method.Output? {
        Method.output(from: try JSON.parse(Array(text.utf8)))
    }

    @Test func `results are read`() throws {
        let bot = BotUser(id: 61, username: "maze_bot", firstName: "Maze", supportsInlineQueries: true)
        let me =
            #"{"id":61,"is_bot":true,"first_name":"Maze","username":"maze_bot","supports_inline_queries":true}"#
        #expect(try output(GetMe.self, me) == bot)
        #expect(try output(GetMe.self, #"{"id":61,"first_name":"Maze"}"#) == nil)
        #expect(try output(SetWebhook.self, "true") == true)
        #expect(try output(SetWebhook.self, "[]") == nil)
        #expect(try output(SetGameScore.self, "true") == true)
        #expect(try output(SetGameScore.self, #"{"message_id":3}"#) == true)
        #expect(try output(SetGameScore.self, "null") == nil)
        let sent = #"{"message_id":3,"chat":{"id":-5,"type":"group"},"date":1}"#
        #expect(try output(SendGame.self, sent) == SentMessage(chatID: -5, messageID: 3))
        #expect(try output(SendMessage.self, sent) == SentMessage(chatID: -5, messageID: 3))
        #expect(try output(SendGame.self, "true") == nil)
    }

    @Test func `one odd update does not hide the others`() throws {
        let updates = try #require(
            try output(GetUpdates.self, #"[{"update_id":1},5,{"update_id":"x"},{"update_id":3,"message":7}]"#)
        )
        #expect(updates == [Update(updateID: 1, event: .other), Update(updateID: 3, event: .other)])
        #expect(try output(GetUpdates.self, "{}") == nil)
    }

    @Test func `rows of Telegram's table are read`() throws {
        let rows = try output(
            GetGameHighScores.self,
            #"[{"position":1,"user":{"id":4,"first_name":"L"},"score":90},{"position":2,"score":3},"#
                + #"{"position":"3","user":{"id":"5"},"score":"70"}]"#
        )
        #expect(
            rows == [
                HighScore(position: 1, user: User(id: 4, firstName: "L"), score: 90),
                HighScore(position: 3, user: User(id: 5, firstName: ""), score: 70),
            ]
        )
    }

    @Test func `the state of a webhook is read`() throws {
        let full = try output(
            GetWebhookInfo.self,
            #"{"url":"https://maze.example","has_custom_certificate":false,"pending_update_count":3,"#
                + #""last_error_date":1771000000,"last_error_message":"Read timeout expired","#
                + #""max_connections":40,"allowed_updates":["message",4]}"#
        )
        let expected = WebhookInfo(
            url: "https://maze.example",
            pendingUpdateCount: 3,
            lastErrorDate: 1_771_000_000,
            lastErrorMessage: "Read timeout expired",
            maxConnections: 40,
            allowedUpdates: ["message"]
        )
        #expect(full == expected)
        #expect(try output(GetWebhookInfo.self, #"{"url":""}"#) == WebhookInfo(url: ""))
        #expect(try output(GetWebhookInfo.self, "{}") == nil)
    }
}
