import Leaderboards
import Postgres
import ScoringSupport
import Storage
import TestSupport
import Testing
import Tokens

import Operations
@testable import Scoring

/// Whom the data of a Mini App let in, and for how long.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct MiniAppTests {
    /// Made for the player 5000000001 in ``chat``, at ``madeAt``.
    private static let data =
        "user=%7B%22id%22%3A5000000001%2C%22first_name%22%3A%22Zo%C3%AB%22%2C%22last_name%22%3A%22%22%2C%22username%22"
        + "%3A%22test_player%22%2C%22language_code%22%3A%22en%22%2C%22allows_write_to_pm%22%3Atrue%7D"
        + "&chat_instance=-3788475317572404878&chat_type=group&start_param=room_42&auth_date=1760000000"
        + "&signature=Zx9oGFuZeoqv7SE6_n4y6AdoTxGd9DYgWEdlDisuCXevxA35XUr8pSa6iY1RlDXVCJpSTs-M6zFLejiqVGYPAA"
        + "&hash=1e59ce4d79d323873f4cff45b809cec3657c07e0d2801d32d27bfd036263a8a8"
    private static let madeAt = Instant(milliseconds: 1_760_000_000_000)
    private static let chat = StageChat(0)

    /// Sets the stage for the bot of the data, some time after they were made.
    private func after(_ age: Duration, _ body: @Sendable (Stage) async throws -> Void) async throws {
        try await Stage.with {
            $0.miniApps[Stage.bot] = MiniAppKey(botToken: "123456789:TEST-not-a-real-token-0000000000000")
        } _: { stage in
            stage.clock.advance(by: Self.madeAt - stage.clock.now + age)
            try await body(stage)
        }
    }

    @Test(arguments: ["tetris", "arcade_bot/tetris", "\(Stage.bot)/tetris"])
    func `a player is let in by name and into the chat that Telegram named`(game: String) async throws {
        try await after(.seconds(10)) { stage in
            let opened = try await stage.highscores.openMiniApp(initData: Self.data, game: game)
            #expect(opened.expiresAt == stage.clock.now + .seconds(24 * 3600))
            let access = try stage.highscores.boardAccess(ofBoard: opened.boardToken)
            #expect(access.chatInstance?.description == Self.chat.instance)
            let run = try stage.highscores.startRun(launchToken: opened.launch)
            #expect(run.run.launch.player.rawValue == 5_000_000_001 && run.run.launch.target == .none)
            #expect(run.playerName == "Zoë")
            #expect(try await stage.submit(7, with: run.runToken).places.first?.board == .chatAll)
            let line = try await stage.leaderboard(opened.launch).lines.first
            #expect(line?.name == "Zoë" && line?.username == "test_player" && line?.isViewer == true)
            // There is no message to write to.
            #expect(try await stage.value(String.self, "SELECT state FROM deliveries") == "no_target")
        }
    }

    @Test(
        arguments: [
            (-60_001, .initDataRefused(.future)), (-60_000, nil), (0, nil), (3_600_000, nil),
            (3_600_001, .initDataRefused(.age)),
        ] as [(Int64, Refusal?)]
    )
    func `data are taken for an hour, and from a clock that is a minute ahead`(age: Int64, refusal: Refusal?)
        async throws
    {
        try await after(.milliseconds(age)) { stage in
            if let refusal {
                await #expect(throws: refusal) {
                    try await stage.highscores.openMiniApp(initData: Self.data, game: "tetris")
                }
            } else {
                _ = try await stage.highscores.openMiniApp(initData: Self.data, game: "tetris")
            }
        }
    }

    @Test func `nobody else is let in`() async throws {
        try await after(.zero) { stage in
            let open = { @Sendable (data: String, game: String) in
                _ = try await stage.highscores.openMiniApp(initData: data, game: game)
            }
            await #expect(throws: Refusal.initDataRefused(.hash)) {
                try await open(Self.data.replacing("5000000001", with: "5000000002"), "tetris")
            }
            await #expect(throws: Refusal.initDataRefused(.form)) { try await open("", "tetris") }
            for game in ["snake", "other_bot/tetris", "", "a/b/c"] {
                await #expect(throws: Refusal.notFound("there is no such game")) {
                    try await open(Self.data, game)
                }
            }
            let player = PlayerID(rawValue: 5_000_000_001)
            _ = try await stage.administration.ban(player, from: .everywhere)
            let game = try await stage.currentGame()
            try await until { stage.highscores.registry.isBanned(player, from: game) }
            await #expect(throws: Refusal.playerBanned) { try await open(Self.data, "tetris") }
        }
    }

    @Test func `an app that was open before an erasure must be opened again`() async throws {
        try await after(.seconds(10)) { stage in
            let player = PlayerID(rawValue: 5_000_000_001)
            let opened = try await stage.highscores.openMiniApp(initData: Self.data, game: "tetris")
            _ = try await stage.administration.erase(player)
            // Also where memory does not know yet, the launch is as old as the data are.
            let launch = try stage.launch(of: opened.launch)
            #expect(launch.launchedAt == Self.madeAt)
            try await stage.sql("UPDATE erased_players SET erased_at = \(Self.madeAt)")
            try await until { stage.highscores.registry.isErased(since: launch) }
            await #expect(throws: Refusal.launchErased) {
                try await stage.highscores.openMiniApp(initData: Self.data, game: "tetris")
            }
            #expect(try await stage.value(Int.self, "SELECT count(*) FROM players") == 0)
        }
    }

    @Test func `a bot without a token here lets nobody in`() async throws {
        try await Stage.with { stage in
            stage.clock.advance(by: Self.madeAt - stage.clock.now)
            await #expect(throws: Refusal.initDataRefused(.unservedBot)) {
                try await stage.highscores.openMiniApp(initData: Self.data, game: "tetris")
            }
        }
    }
}
