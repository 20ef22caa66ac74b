@testable import BotAPI
import Languages
import Leaderboards
import Scoring
import TestSupport
import Testing
@testable import Updates

@Suite struct UpdateHandlerTests {
    private let events = Log<UpdateEvent>()
    private let bot: Bot

    init() throws {
        bot = try ScriptedServer([]).bot()
    }

    private func handle(
        _ text: String,
        _ change: (inout UpdateEffects) -> Void = { _ in }
    ) async -> UpdateOutcome {
        let events = events
        let handler = UpdateHandler(effects: .unused(change)) { events.add($0) }
        return await handler.handle(webhook: Array(text.utf8), bot: bot)
    }

    private func reply(_ outcome: UpdateOutcome) -> String? {
        guard case .accepted(let reply) = outcome else { return "postponed" }
        return reply.map { String(decoding: $0.webhookReply(), as: UTF8.self) }
    }

    /// The results reported, in order.
    private var results: [UpdateEvent.Result] {
        events.values.compactMap { event in
            guard case .handled(_, .webhook, _, let result, _, _) = event else { return nil }
            return result
        }
    }

    private func press(_ members: String, from: String = #"{"id":4,"first_name":"Lu"}"#) -> String {
        #"{"update_id":12,"callback_query":{"id":"900","from":\#(from),\#(members)}}"#
    }

    private let start =
        #"{"update_id":31,"message":{"message_id":2,"chat":{"id":5,"type":"private"},"text":"/start","#
        + #""entities":[{"type":"bot_command","offset":0,"length":6}]}}"#

    @Test func `a press in a chat is opened with all it shows`() async throws {
        let presses = Log<Press>()
        let text = press(
            #""message":{"message_id":7,"date":1,"chat":{"id":-50,"type":"group","title":"Lunch"}},"#
                + #""chat_instance":"-33","game_short_name":"maze""#,
            from: #"{"id":4,"first_name":"Lu","last_name":"Ma","username":"lu"}"#
        )
        let outcome = await handle(text) {
            $0.open = { press in
                presses.add(press)
                return .url("https://maze.example/#hs=t")
            }
        }
        #expect(
            reply(outcome)
                == ##"{"method":"answerCallbackQuery","callback_query_id":"900","url":"https://maze.example/#hs=t"}"##
        )
        let press = try #require(presses.values.first)
        #expect(press.bot == BotID(rawValue: 77))
        #expect(press.gameShortName == "maze")
        let player = PlayerProfile.sample(4, "Lu", lastName: "Ma", username: "lu")
        #expect(press.player == player)
        #expect(press.chatInstance == "-33")
        #expect(press.target == .message(chat: TelegramChatID(rawValue: -50), id: 7))
        #expect(press.chat == ChatSighting(id: TelegramChatID(rawValue: -50), title: "Lunch"))
        #expect(results == [.answered])
    }

    @Test(arguments: [
        (#""inline_message_id":"x""#, Target.inline("x")), (#""data":"x""#, Target.none),
        (#""inline_message_id":"a\u0000b""#, .none), (#""inline_message_id":"Zoë""#, .none),
    ])
    func `a press elsewhere is opened without a chat`(members: String, target: Target) async throws {
        let presses = Log<Press>()
        _ = await handle(press(#"\#(members),"game_short_name":"maze""#)) {
            $0.open = { press in
                presses.add(press)
                return .notice(.noChat)
            }
        }
        let press = try #require(presses.values.first)
        #expect(press.target == target)
        #expect(press.chat == nil)
    }

    @Test(arguments: [Opening.Notice.starting, .unknownGame, .gameDisabled, .playerBanned, .noChat])
    func `a press that opens nothing is answered with a short text`(notice: Opening.Notice) async throws {
        let text = press(#""game_short_name":"maze","chat_instance":"5""#)
        let outcome = await handle(text) { $0.open = { _ in .notice(notice) } }
        guard case .accepted(let reply) = outcome, let answer = reply as? AnswerCallbackQuery,
            case .show(let words, asAlert: true) = answer.answer
        else {
            Issue.record("unexpected: \(outcome)")
            return
        }
        #expect(answer.callbackQueryID == "900")
        #expect((1...200).contains(words.count))
    }

    @Test func `a press of a button that is no game's is answered too`() async {
        let outcome = await handle(press(#""data":"buy","chat_instance":"5""#)) {
            $0.open = { press in
                #expect(press.gameShortName == nil)
                return .url("https://wrong.example")
            }
        }
        #expect(
            reply(outcome)
                == #"{"method":"answerCallbackQuery","callback_query_id":"900","#
                + #""text":"This button does nothing here.","show_alert":true}"#
        )
    }

    @Test(arguments: [("ru", Language.ru), ("pt-br", .pt), ("zh-hans", .en)])
    func `a press is answered in the language of who pressed`(code: String, language: Language) async {
        let from = #"{"id":4,"first_name":"Lu","language_code":"\#(code)"}"#
        let outcome = await handle(press(#""game_short_name":"maze","chat_instance":"5""#, from: from)) {
            $0.open = { _ in .notice(.playerBanned) }
        }
        #expect(reply(outcome)?.contains(#""text":"\#(language.text("alert.banned"))""#) == true)
    }

    @Test func `a press of nobody is answered without opening anything`() async {
        let outcome = await handle(press(#""game_short_name":"maze""#, from: "null"))
        #expect(reply(outcome)?.contains("\"callback_query_id\":\"900\"") == true)
    }

    @Test(arguments: ["", "no json", "[]", #"{"method":"sendGame"}"#])
    func `a body that is no update is accepted and reported`(body: String) async {
        #expect(reply(await handle(body)) == nil)
        guard case .unreadable(bot: bot.id)? = events.values.first else {
            Issue.record("unexpected: \(events.values)")
            return
        }
    }

    @Test(arguments: [
        #"{"update_id":1,"poll":{}}"#, #"{"update_id":1,"callback_query":{}}"#,
        #"{"update_id":1,"chosen_inline_result":{"result_id":"maze"}}"#,
        #"{"update_id":1,"message":{"chat":{"id":5},"text":"hello"}}"#,
    ])
    func `an update that asks for nothing is accepted`(text: String) async {
        #expect(reply(await handle(text)) == nil)
        #expect(results == [.accepted])
    }

    @Test func `a command is answered if its chat may have a message, and passed over otherwise`() async {
        let seen = Log<Int64>()
        let change: (inout UpdateEffects) -> Void = {
            $0.games = { _ in [.maze("maze")] }
            $0.admitMessage = { _, update, chat, bot throws(Refusal) in
                #expect(bot == BotID(rawValue: 77) && chat == TelegramChatID(rawValue: 5))
                defer { seen.add(update) }
                return !seen.values.contains(update)
            }
        }
        let expected = #"{"method":"sendGame","chat_id":5,"game_short_name":"maze"}"#
        #expect(reply(await handle(start, change)) == expected)
        #expect(reply(await handle(start, change)) == nil)
        #expect(seen.values == [31, 31])
        #expect(results == [.answered, .accepted])
    }

    @Test func `a command before the games are known is postponed and not remembered`() async {
        let outcome = await handle(start) { $0.isLoaded = { false } }
        #expect(reply(outcome) == "postponed")
        #expect(results == [.postponed])
    }

    @Test func `a command for another bot is left alone, by the stored name too`() async {
        let named = start.replacing("/start", with: "/play@maze_BOT").replacing(
            "\"length\":6",
            with: "\"length\":14"
        )
        let change: (inout UpdateEffects) -> Void = {
            $0.games = { _ in [.maze("maze")] }
            $0.admitMessage = { _, _, _, _ throws(Refusal) in true }
        }
        #expect(reply(await handle(named, change)) != nil)
        #expect(reply(await handle(named.replacing("maze_BOT", with: "chess_bt"), change)) == nil)
        bot.identify(
            as: BotUser(id: 77, username: "chess_bt", firstName: "C", supportsInlineQueries: true)
        )
        #expect(reply(await handle(named.replacing("maze_BOT", with: "chess_bt"), change)) != nil)
    }

    private static let migration =
        #"{"update_id":8,"message":{"message_id":1,"chat":{"id":-100200,"type":"supergroup"},"#
        + #""migrate_from_chat_id":-50}}"#

    @Test func `an upgrade is recorded`() async {
        let facts = Log<ChatFact>()
        let outcome = await handle(Self.migration) {
            $0.record = { fact, _ throws(Refusal) in facts.add(fact) }
        }
        #expect(reply(outcome) == nil)
        let old = TelegramChatID(rawValue: -50)
        #expect(facts.values == [.migrated(from: old, to: TelegramChatID(rawValue: -100_200))])
    }

    @Test(arguments: [
        (Refusal.overloaded, UpdateEvent.Result.postponed), (.databaseUnavailable, .postponed),
        (.rateLimited(retryAfter: .zero), .postponed), (.internal("x"), .failed), (.notFound("bot"), .failed),
    ])
    func `what cannot be recorded is repeated when that may help`(
        refusal: Refusal,
        expected: UpdateEvent.Result
    ) async {
        let outcome = await handle(Self.migration) {
            $0.record = { _, _ throws(Refusal) in throw refusal }
        }
        if case .postponed(let wait) = outcome {
            #expect(expected == .postponed)
            #expect(wait >= .seconds(1))
        } else {
            #expect(expected == .failed)
        }
        #expect(results == [expected])
    }

    @Test func `an inline query is answered with the bot's games`() async {
        let text =
            #"{"update_id":3,"inline_query":{"id":"66","from":{"id":4,"first_name":"L"},"query":"ma","offset":""}}"#
        let outcome = await handle(text) { $0.games = { _ in [.maze("maze"), .maze("zoo")] } }
        #expect(
            reply(outcome)
                == #"{"method":"answerInlineQuery","inline_query_id":"66","#
                + #""results":[{"type":"game","id":"maze","game_short_name":"maze"}],"cache_time":5}"#
        )
    }
}
