@testable import BotAPI
import JSON
import Leaderboards
import Scoring
import TestSupport
import Testing
@testable import Updates

/// Whatever Telegram's types can hold, and what later versions may add: it is taken, and nothing fails of it.
@Suite struct SpecificationFuzzTests {
    private let types: TelegramTypes
    private let bot: Bot
    private let events = Log<UpdateEvent>()
    private let handler: UpdateHandler

    init() throws {
        types = try TelegramTypes()
        bot = try ScriptedServer([]).bot()
        let events = events
        let effects = UpdateEffects.unused {
            $0.open = { _ in .url("https://maze.example/#hs=t") }
            $0.record = { _, _ throws(Refusal) in }
            $0.admitMessage = { _, _, _, _ throws(Refusal) in true }
            $0.games = { _ in [.maze("maze")] }
        }
        handler = UpdateHandler(effects: effects) { events.add($0) }
    }

    /// Hands an update over and returns what was done with it.
    private func handle(_ text: String) async -> (kind: UpdateEvent.Kind, reply: (any BotMethod)?)? {
        let outcome = await handler.handle(webhook: Array(text.utf8), bot: bot)
        guard case .accepted(let reply) = outcome else {
            Issue.record("postponed: \(text)")
            return nil
        }
        guard case .handled(_, _, let kind, let result, _, let reason) = events.values.last else {
            return nil
        }
        #expect(result != .failed, "\(reason ?? "-"): \(text)")
        return (kind, reply)
    }

    @Test func `each kind of update is answered or passed over, with fields that nobody knows yet too`()
        async throws
    {
        #expect(types.kinds.count == 25 && types.names.count > 350)
        #expect(Set(types.kinds.map(\.name)).isSuperset(of: Update.kindsInUse))
        var fuzz = Fuzz(seed: 12_401)
        let answered: [String: UpdateEvent.Kind] = ["callback_query": .press, "inline_query": .inlineQuery]
        for (name, type) in types.kinds {
            for number in 0..<40 {
                let content = types.value(type, &fuzz, .additions)
                let handled = await handle(#"{"update_id":\#(number),"later":[],"\#(name)":\#(content)}"#)
                if !Update.kindsInUse.contains(name) { #expect(handled?.kind == .ignored, "\(content)") }
                // An empty id is none by which anything could be answered.
                guard let kind = answered[name], !content.contains(#""id":"""#) else { continue }
                #expect(handled?.kind == kind && handled?.reply != nil, "\(content)")
            }
        }
    }

    @Test func `kinds that nobody knows yet are passed over`() async throws {
        var fuzz = Fuzz(seed: 12_402)
        for name in ["community_chat_joined", "ephemeral_message", "callback_query_mode_changed", "x", ""] {
            for number in 0..<40 {
                let content = types.value(fuzz.pick(types.names), &fuzz, .additions)
                #expect(await handle(#"{"\#(name)":\#(content),"update_id":\#(number)}"#)?.kind == .ignored)
            }
        }
    }

    @Test func `nulls, other types and deep nesting anywhere are no error`() async throws {
        var fuzz = Fuzz(seed: 12_403)
        for _ in 0..<2_000 {
            let (name, type) = fuzz.pick(types.kinds)
            _ = await handle(#"{"update_id":7,"\#(name)":\#(types.value(type, &fuzz, .everything))}"#)
            _ = await handle(types.value("Update", &fuzz, .everything))
        }
    }

    @Test func `results of any make are read or refused`() throws {
        var fuzz = Fuzz(seed: 12_404)
        for _ in 0..<500 {
            for type in [
                "User", "BotFullInfo", "WebhookInfo", "Message", "GameHighScore[]", "SentGuestMessage",
                "Update[]",
            ] {
                let deviation: TelegramTypes.Deviation = fuzz.pick(0..<2) == 0 ? .additions : .everything
                let text = types.value(type, &fuzz, deviation)
                guard let value = try? JSON.parse(Array(text.utf8), maximumDepth: 512) else { continue }
                _ = GetWebhookInfo.output(from: value)
                _ = SendGame.output(from: value)
                _ = GetGameHighScores.output(from: value)
                _ = GetUpdates.output(from: value)
                _ = AnswerGuestQuery.output(from: value)
                let identity = GetMe.output(from: value)
                if type == "BotFullInfo", deviation == .additions, value["username"]?.string == "maze",
                    value["id"]?.int64 ?? 0 > 0
                {
                    #expect(identity?.username == "maze")
                }
            }
        }
    }
}
