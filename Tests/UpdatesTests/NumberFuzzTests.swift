@testable import BotAPI
import Leaderboards
import Scoring
import TestSupport
import Testing

@testable import Updates

/// Whatever numbers an update holds, there is a decision about it, and polling goes on.
@Suite struct NumberFuzzTests {
    @Test func `any update is decided upon and any batch is moved behind`() {
        var fuzz = Fuzz(seed: 11_921)
        var progress = PollProgress()
        let templates = [
            ##"{"update_id":#,"callback_query":{"id":"#","from":{"id":#},"message":{"message_id":#,"chat":{"id":#}},"##
                + ##""chat_instance":"#","game_short_name":"maze"}}"##,
            ##"{"update_id":#,"message":{"message_id":#,"chat":{"id":#},"text":"/play #","migrate_to_chat_id":#}}"##,
        ]
        for _ in 0..<40_000 {
            let updates = (0..<fuzz.pick(1..<4)).compactMap { _ in
                Update.decode(fuzz.bytes(fuzz.pick(templates)))
            }
            for update in updates {
                let plan = UpdatePlan(update.event, bot: BotID(rawValue: 77), botUsername: "maze_bot")
                if case .answer(let query) = plan, let user = query.from {
                    _ = Press(query, from: user, bot: BotID(rawValue: 77))
                }
            }
            _ = updates.queues
            _ = progress.unhandled(updates)
            progress.handled(updates, except: Set(updates.map(\.updateID).filter { $0 & 1 == 0 }))
            #expect(progress.offset ?? 0 >= 0)
            progress.rested(for: .seconds(fuzz.number()), lifetime: .seconds(Int64.max))
        }
    }
}
