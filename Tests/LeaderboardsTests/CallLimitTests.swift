import Leaderboards
import TestSupport
import Testing

/// The limits of Telegram at their real figures, over any interval of each length.
struct CallLimitTests {
    private static let start = Instant(milliseconds: 1_772_366_400_000)
    private let limits = CallLimits()

    /// The most calls that start within any stretch of a length, its end included.
    private func most(_ starts: [Instant], within length: Duration) -> Int {
        starts.indices.map { first in
            starts[first...].prefix { $0 <= starts[first] + length }.count
        }.max() ?? 0
    }

    /// Calls a chat as soon as its limits allow, at moments that a generator delays now and then.
    private func calls(_ count: Int, isPrivate: Bool, seed: UInt64) -> [Instant] {
        var generator = SeededGenerator(seed: seed)
        var starts: [Instant] = []
        var now = Self.start
        while starts.count < count {
            now = max(now, limits.chatOpening(after: starts, isPrivate: isPrivate) ?? now)
            if Int.random(in: 0..<10, using: &generator) == 0 {
                now = now + .milliseconds(Int.random(in: 0..<30_000, using: &generator))
            }
            starts.append(now)
        }
        return starts
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func `a group is called once a second and twenty times a minute`(seed: UInt64) {
        let starts = calls(500, isPrivate: false, seed: seed)
        #expect(most(starts, within: .seconds(1)) == 1)
        #expect(most(starts, within: .seconds(60)) == 20)
    }

    @Test func `the pace of a group is the budget`() {
        var group: [Instant] = []
        while group.count < 201 {
            group.append(limits.chatOpening(after: group, isPrivate: false) ?? Self.start)
        }
        // Two hundred calls take ten minutes, and hardly more.
        #expect(group[200] - group[0] >= .seconds(600))
        #expect(group[200] - group[0] < .seconds(602))
    }

    @Test(arguments: [4, 5, 7, 10])
    func `a leaderboard that is asked for every second delays no scoreboard by more than ten seconds`(
        everySeconds: Int64
    ) {
        var (calls, boards): ([Instant], [Instant]) = ([], [])
        var waitingSince: Instant?
        var worst = Duration.zero
        for tick in Int64(0)..<36_000 {
            let now = Self.start + .milliseconds(100 * tick)
            let opening = limits.messageOpening(.board, after: boards, calls: calls, isPrivate: false)
            if tick % 10 == 0, opening ?? now <= now {
                boards.append(now)
                calls.append(now)
            }
            // A newer value takes the place of one that waits.
            if tick % (10 * everySeconds) == 0, waitingSince == nil { waitingSince = now }
            if let since = waitingSince, limits.chatOpening(after: calls, isPrivate: false) ?? now <= now {
                worst = max(worst, now - since)
                calls.append(now)
                waitingSince = nil
            }
        }
        #expect(worst <= .seconds(10))
        #expect(most(boards, within: .seconds(60)) <= 11 && boards.count >= 60)
    }

    @Test(arguments: [1, 2, 3])
    func `a private chat is called once a second`(seed: UInt64) {
        let starts = calls(200, isPrivate: true, seed: seed)
        #expect(most(starts, within: .seconds(1)) == 1)
        #expect(most(starts, within: .seconds(60)) > 20)
    }

    @Test func `a bot calls thirty times in any second, at any rhythm`() {
        var generator = SeededGenerator(seed: 7)
        var starts: [Instant] = []
        var now = Self.start
        while starts.count < 3000 {
            let room = limits.botRoom(after: starts, now: now)
            let count = min(room, Int.random(in: 1...12, using: &generator))
            starts += Array(repeating: now, count: count)
            if room == 0 {
                now = limits.botOpening(after: starts) ?? now
            } else {
                now = now + .milliseconds(Int.random(in: 1..<120, using: &generator))
            }
        }
        #expect(most(starts, within: .seconds(1)) == 30)
        // At full pace: no second goes unused.
        var full: [Instant] = []
        while full.count < 3000 { full.append(limits.botOpening(after: full) ?? Self.start) }
        #expect(full[2999] - full[0] < .seconds(103))
    }

    @Test func `whoever has no calls to count may call at once`() {
        #expect(limits.chatOpening(after: [], isPrivate: false) == nil)
        #expect(limits.botOpening(after: []) == nil)
        #expect(limits.botRoom(after: [], now: Self.start) == 30)
    }

    @Test func `a recorded slot of somebody else counts as late as its call may have started`() {
        var history = CallHistory()
        let chat = ChatID(rawValue: 1)
        let slot = Self.start
        let others = history.starts(recorded: [slot], of: chat, now: slot + .seconds(2))
        #expect(others == [slot + .milliseconds(500)])
        history.claimed(chat, slot: slot)
        // Not started yet: now at the earliest.
        #expect(
            history.starts(recorded: [slot], of: chat, now: slot + .milliseconds(80)) == [
                slot + .milliseconds(80)
            ]
        )
        #expect(history.starts(recorded: [slot], now: slot + .seconds(9)) == [slot + .milliseconds(500)])
        history.started(chat, slot: slot, at: slot + .milliseconds(3))
        #expect(history.starts(recorded: [slot], now: slot + .seconds(9)) == [slot + .milliseconds(3)])
        #expect(history.starts(recorded: [], of: ChatID(rawValue: 2), now: slot) == [])
        // Of two recorded at one moment one is ours.
        #expect(
            history.starts(recorded: [slot, slot], of: chat, now: slot + .seconds(1)) == [
                slot + .milliseconds(3), slot + .milliseconds(500),
            ]
        )
        history.forget(before: slot + .seconds(62))
        #expect(history.starts(recorded: [], of: chat, now: slot + .seconds(62)) == [])
    }

    @Test func `slots further ahead than a minute were written by a wrong clock`() {
        var history = CallHistory()
        let (chat, now) = (ChatID(rawValue: 1), Self.start)
        let slots = [now + .seconds(61), now + .milliseconds(61_001), now + .seconds(3600)]
        // They count as now.
        #expect(
            history.starts(recorded: slots, of: chat, now: now).map { $0 - now } == [
                .milliseconds(500), .milliseconds(500), .milliseconds(61_500),
            ]
        )
        history.claimed(chat, slot: now)
        history.forget(before: now + .seconds(-3600))
        #expect(history.starts(recorded: [], now: now) == [])
        let wrong = now + .seconds(2 * 86_400)
        var hold = BotHold(heldUntil: wrong, warnedChat: ChatID(rawValue: 2), warnedUntil: wrong)
        hold.note(.seconds(5), from: chat, now: now)
        #expect(hold.heldUntil == now)
    }

    @Test func `a second chat that is asked to wait, or a long wait, holds the bot`() {
        let (one, two) = (ChatID(rawValue: 1), ChatID(rawValue: 2))
        let now = Self.start
        var hold = BotHold(heldUntil: now)
        hold.note(.seconds(20), from: one, now: now)
        hold.note(.seconds(20), from: one, now: now + .seconds(5))
        #expect(hold.heldUntil == now)
        hold.note(.seconds(7), from: two, now: now + .seconds(24))
        #expect(hold.heldUntil == now + .seconds(31))
        // The first wait was over when the second chat was asked.
        var late = BotHold(heldUntil: now)
        late.note(.seconds(20), from: one, now: now)
        late.note(.seconds(20), from: two, now: now + .seconds(20))
        #expect(late.heldUntil == now)
        var long = BotHold(heldUntil: now)
        long.note(.seconds(60), from: one, now: now)
        #expect(long.heldUntil == now)
        long.note(.seconds(61), from: one, now: now)
        #expect(long.heldUntil == now + .seconds(61))
    }

    @Test(
        arguments: [
            ("always", .always), ("never", .never), ("every:30", .every(seconds: 30)), ("every:0", nil),
            ("every:030", nil), ("every:-1", nil), ("every:1000000", nil), ("every:", nil),
            ("sometimes", nil),
        ] as [(String, MessageEdits?)]
    )
    func `how often messages are edited is spelt in one way`(text: String, edits: MessageEdits?) {
        #expect(MessageEdits(text) == edits)
        if let edits { #expect(edits.description == text) }
    }

    @Test func `a message is edited as often as its game says`() {
        let wrong = Self.start + .seconds(3600)
        #expect(!MessageEdits.every(seconds: 30).isDisabled(lastEdit: wrong, now: Self.start))
        let now = Self.start
        #expect(!MessageEdits.always.isDisabled(lastEdit: now, now: now))
        #expect(MessageEdits.never.isDisabled(lastEdit: nil, now: now))
        let edits = MessageEdits.every(seconds: 10)
        #expect(!edits.isDisabled(lastEdit: nil, now: now))
        #expect(edits.isDisabled(lastEdit: now + .milliseconds(-9_999), now: now))
        #expect(!edits.isDisabled(lastEdit: now + .seconds(-10), now: now))
    }
}
