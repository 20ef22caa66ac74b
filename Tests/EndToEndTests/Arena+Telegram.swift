import Curl
import Foundation
import JSON
import Simulator
import TestSupport
import Testing

/// What people do, and what Telegram shows them.
extension Arena {
    /// Lets the bot post a game, as `sendGame` does.
    func post(_ game: GameName, in chat: ChatKey) throws -> MessageAddress {
        let id =
            switch chat {
            case .shared(let id): id
            case .bot(_, let user): user
            case .people: Int64(0)
            }
        if case .bot(_, let user) = chat { try telegram.say(user: user, in: chat, "hello") }
        let answer = call("sendGame", #"{"chat_id":\#(id),"game_short_name":"\#(game.shortName)"}"#)
        let message = try #require(answer.result?["message_id"]?.number, "\(answer)")
        return MessageAddress(chat: chat, message: message)
    }

    /// Calls a method of the Bot API as the bot's owner.
    @discardableResult
    func call(_ method: String, _ json: String) -> MethodAnswer {
        telegram.change { telegram, now in
            var parameters = CallParameters()
            parameters.add(json: Array(json.utf8))
            return telegram.call(method, by: Self.bot, parameters, now: now)
        }
    }

    /// Presses Play and takes the launch token out of the address that opens.
    func launch(_ user: Int64, _ message: MessageAddress) async throws -> String {
        let answer = try await telegram.press(user: user, message)
        let url = try #require(answer.url, "the press was answered with: \(answer.text)")
        let token = try #require(url.split(separator: "#hs=", maxSplits: 1).last, "\(url)")
        #expect(url.hasPrefix("https://play.example/"))
        return String(token)
    }

    /// Presses until the press is in the database: on a busy machine one may be answered before it is, or without.
    ///
    /// - Parameters:
    ///   - user: Who presses.
    ///   - message: The game's message.
    ///   - count: How many messages were pressed then.
    /// - Returns: The launch token.
    /// - Throws: ``ProgramError`` when it is not recorded in time.
    func recordedLaunch(_ user: Int64, _ message: MessageAddress, messages count: Int64 = 1) async throws
        -> String
    {
        try await Program.wait(for: "a press to be recorded") {
            let token = try await launch(user, message)
            return try await Database.count("targets") == count ? token : nil
        }
    }

    /// Plays once: press, run, score.
    @discardableResult
    func play(_ user: Int64, _ message: MessageAddress, at service: Service, _ score: Int) async throws
        -> JSONValue
    {
        let run = try await service.startRun(try await launch(user, message))
        let body = Array(#"{"score":\#(score)}"#.utf8)
        let answer = try await service.persist(.post, "/v1/scores", token: run, body: body).answer
        #expect(answer.status == 200, "\(answer)")
        return answer.json
    }

    /// Waits until Telegram's own table of a game in a chat holds exactly these scores.
    func expectTable(
        _ expected: [Int64: Int64],
        of game: GameName = tetris,
        in chat: ChatKey = friday,
        within milliseconds: Int64 = 300_000,
        _ location: SourceLocation = #_sourceLocation
    ) async {
        let table = {
            Dictionary(
                uniqueKeysWithValues: telegram.scoreboard(of: game, in: chat).map { ($0.user, $0.score) }
            )
        }
        let isThere = await telegram.wait(within: milliseconds) { _ in table() == expected ? true : nil }
        #expect(isThere == true, "Telegram's table is \(table()), not \(expected)", sourceLocation: location)
    }

    /// The calls of a method that came so far.
    func calls(_ method: String) -> [RecordedCall] {
        telegram.calls.filter { $0.method.lowercased() == method.lowercased() }
    }

    /// Everything unreachable: all calls of the bot break off.
    func cutTelegram() { telegram.plan(Fault(times: .max, .loseCall)) }

    /// Everything reachable again.
    func restoreTelegram() { telegram.clearFaults() }
}
