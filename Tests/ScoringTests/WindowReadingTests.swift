import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import TestSupport
import Testing

/// Days, weeks, months and seasons as readers see them.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct WindowReadingTests {
    private let chat = StageChat(1)

    private func instant(_ text: String) -> Instant {
        guard let instant = Instant(rfc3339: text) else { preconditionFailure("\(text) is no time") }
        return instant
    }

    /// The stage's clock begins on Sunday, 1 March 2026, at 12:00 in UTC.
    private func stage(
        zone: String = "Europe/Berlin",
        seasons: [String] = [],
        _ body: @Sendable (Stage) async throws -> Void
    ) async throws {
        let seasons = seasons.map(instant)
        try await Stage.with(
            {
                $0.rules.zone = zone
                $0.rules.seasons = seasons
            },
            body
        )
    }

    @Test(
        arguments: [
            (WindowKind.all, nil, nil), (.day, "2026-02-28T23:00:00.000Z", "2026-03-01T23:00:00.000Z"),
            (.week, "2026-02-22T23:00:00.000Z", "2026-03-01T23:00:00.000Z"),
            // Clocks go forward on 29 March.
            (.month, "2026-02-28T23:00:00.000Z", "2026-03-31T22:00:00.000Z"),
            (.season, "2026-02-15T10:00:00.000Z", "2026-03-10T00:00:00.000Z"),
        ] as [(WindowKind, String?, String?)]
    )
    func `a run is in every window that contains its start`(
        window: WindowKind,
        from: String?,
        to: String?
    ) async throws {
        try await stage(seasons: ["2026-02-15T10:00:00Z", "2026-03-10T00:00:00Z"]) { stage in
            _ = try await stage.play(1, in: chat, score: 50)
            for scope in Scope.allCases {
                let token = stage.launchToken(1, in: chat)
                let page = try await stage.leaderboard(token, scope: scope, window: window)
                #expect(page.lines.map(\.score) == [50])
                #expect(page.me == .entry(.init(rank: 1, score: 50, percentile: 100)))
                #expect(page.total == 1)
                #expect(page.board == BoardKind(scope: scope, window: window))
                #expect(page.from?.description == from)
                #expect(page.to?.description == to)
                #expect(page.zone == "Europe/Berlin")
                #expect(!page.isFinal)
            }
        }
    }

    @Test func `a past day stays readable and becomes final one run after its end`() async throws {
        try await stage { stage in
            let token = stage.launchToken(1, in: chat)
            let noon = stage.clock.now
            _ = try await stage.submit(50, with: token)
            // Eleven hours later the day is over in Berlin.
            stage.clock.advance(by: .seconds(11 * 3600))
            let today = try await stage.leaderboard(token, window: .day)
            #expect(today.lines.isEmpty && today.total == 0 && today.me == .withoutEntry)
            #expect(today.from == stage.clock.now)
            let yesterday = try await stage.leaderboard(token, window: .day, at: noon)
            #expect(yesterday.lines.map(\.score) == [50])
            #expect(yesterday.to == today.from)
            #expect(!yesterday.isFinal)
            // A run may be submitted for six hours.
            stage.clock.advance(by: .seconds(6 * 3600) - .milliseconds(1))
            #expect(try await !stage.leaderboard(token, window: .day, at: noon).isFinal)
            stage.clock.advance(by: .milliseconds(1))
            #expect(try await stage.leaderboard(token, window: .day, at: noon).isFinal)
            #expect(try await !stage.leaderboard(token, at: noon).isFinal)
        }
    }

    @Test func `a walk over a day's board goes on when the day is over`() async throws {
        try await stage { stage in
            let noon = stage.clock.now
            for player in 1...5 as ClosedRange<Int64> {
                _ = try await stage.submit(Int32(100 - player), with: stage.launchToken(player, in: chat))
            }
            let token = stage.launchToken(1, in: chat)
            let first = try await stage.leaderboard(token, window: .day, limit: 2)
            let next = try #require(first.next)
            stage.clock.advance(by: .seconds(12 * 3600))
            _ = try await stage.submit(1000, with: stage.launchToken(6, in: chat))
            let second = try await stage.leaderboard(token, window: .day, start: .cursor(next), limit: 2)
            #expect(second.lines.map(\.playerID) == ["3", "4"])
            #expect(second.from == first.from && second.to == first.to && second.total == 5)
            let previous = try #require(second.previous)
            let back = try await stage.leaderboard(token, window: .day, start: .cursor(previous), limit: 2)
            #expect(back.lines == first.lines)
            // The time may be repeated, but not be another one.
            let same = try await stage.leaderboard(
                token,
                window: .day,
                at: noon,
                start: .cursor(next),
                limit: 2
            )
            #expect(same.lines == second.lines)
            for (window, at) in [(WindowKind.week, nil), (.all, nil), (.day, stage.clock.now)] {
                await #expect(throws: Refusal.self) {
                    try await stage.leaderboard(token, window: window, at: at, start: .cursor(next))
                }
            }
        }
    }

    @Test func `a chat with a zone of its own has its own days`() async throws {
        try await stage { stage in
            _ = try await stage.play(1, in: chat, score: 50)
            _ = try await stage.play(2, in: StageChat(2), score: 60)
            try await stage.sql("UPDATE chats SET zone = 'Asia/Tokyo' WHERE chat_id = 1")
            // At 16:00 in UTC it is Monday in Tokyo.
            stage.clock.advance(by: .seconds(4 * 3600))
            _ = try await stage.play(3, in: chat, score: 70)
            let token = stage.launchToken(1, in: chat)
            // The first reading does not know of the zone yet, the second one does.
            for _ in 1...2 {
                let page = try await stage.leaderboard(token, window: .day)
                #expect(page.lines.map(\.playerID) == ["3"])
                #expect(page.zone == "Asia/Tokyo")
                #expect(page.from == instant("2026-03-01T15:00:00Z"))
                #expect(page.to == instant("2026-03-02T15:00:00Z"))
            }
            #expect(try await stage.leaderboard(token).zone == "Asia/Tokyo")
            #expect(try await stage.leaderboard(token, scope: .global, window: .day).zone == "Europe/Berlin")
            let others = try await stage.leaderboard(stage.launchToken(2, in: StageChat(2)), window: .day)
            #expect(others.zone == "Europe/Berlin" && others.lines.map(\.playerID) == ["2"])
            try await stage.sql("UPDATE chats SET zone = NULL")
            let page = try await stage.leaderboard(token, window: .day)
            #expect(page.zone == "Europe/Berlin")
            #expect(page.from == instant("2026-02-28T23:00:00Z"))
        }
    }

    @Test(arguments: [
        ([], nil as String?), (["2026-03-01T12:00:00.001Z"], nil),
        (["2026-02-01T00:00:00Z"], "2026-01-31T23:59:59.999Z"),
    ])
    func `a season that there is not is no window`(seasons: [String], at: String?) async throws {
        try await stage(seasons: seasons) { stage in
            let token = stage.launchToken(1, in: chat)
            await expectNoSuchWindow {
                try await stage.leaderboard(token, window: .season, at: at.map(instant))
            }
        }
    }

    @Test(arguments: WindowKind.allCases.filter { $0 != .all && $0 != .season })
    func `a window that ends beyond all dates is none`(window: WindowKind) async throws {
        try await stage { stage in
            let token = stage.launchToken(1, in: chat)
            await expectNoSuchWindow {
                try await stage.leaderboard(token, window: window, at: instant("9999-12-31T23:59:59Z"))
            }
            let first = try await stage.leaderboard(
                token,
                window: window,
                at: instant("1970-01-05T12:00:00Z")
            )
            #expect(first.total == 0 && first.isFinal)
            let future = try await stage.leaderboard(
                token,
                window: window,
                at: instant("2500-01-01T00:00:00Z")
            )
            #expect(future.total == 0 && !future.isFinal)
        }
    }

    @Test func `a season without an end is never final`() async throws {
        try await stage(seasons: ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"]) { stage in
            let token = stage.launchToken(1, in: chat)
            let current = try await stage.leaderboard(token, window: .season)
            #expect(current.from == instant("2026-02-01T00:00:00Z") && current.to == nil && !current.isFinal)
            let last = try await stage.leaderboard(
                token,
                window: .season,
                at: instant("2026-01-15T00:00:00Z")
            )
            #expect(last.to == current.from && last.isFinal)
        }
    }

    @Test func `the windows that have entries are listed by kind and time`() async throws {
        try await stage(seasons: ["2026-02-01T00:00:00Z", "2026-03-01T18:00:00Z"]) { stage in
            _ = try await stage.play(1, in: chat, score: 50)
            stage.clock.advance(by: .seconds(24 * 3600))
            _ = try await stage.play(2, in: chat, score: 60)
            let game = try #require(stage.highscores.game(bot: "arcade_bot", shortName: "tetris"))
            for owner in [ChatInstance(chat.instance), nil] {
                let windows = try await stage.highscores.windows(of: game, chat: owner)
                #expect(
                    windows.map { "\($0.interval.window.rawValue) \($0.interval.label) \($0.total)" } == [
                        "all  2", "day 2026-03-01 1", "day 2026-03-02 1", "week 2026-W09 1",
                        "week 2026-W10 1",
                        "month 2026-03 2", "season 1 1", "season 2 1",
                    ]
                )
                #expect(windows.map(\.isFinal) == [false, true, false, true, false, false, true, false])
            }
            await #expect(throws: Refusal.notFound("nothing is known of such a chat")) {
                try await stage.highscores.windows(of: game, chat: ChatInstance(StageChat(9).instance))
            }
        }
    }

    private func expectNoSuchWindow(_ read: () async throws -> LeaderboardPage) async {
        do {
            let page = try await read()
            Issue.record("there is a window from \(page.from?.description ?? "ever")")
        } catch Refusal.noSuchWindow {
        } catch {
            Issue.record(error)
        }
    }
}
