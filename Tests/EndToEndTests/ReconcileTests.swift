import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// `delivery reconcile` finds where Telegram's tables differ from what they are to hold, and has it put right.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ReconcileTests {
    private static let stranger: Int64 = 5_000_000_009
    private static let guest: Int64 = 5_000_000_004
    /// So many calls that a test need not wait; the limits themselves are tested elsewhere.
    private static let rate = ["HIGHSCORES_TELEGRAM_RATE": "chat 40/s 2000/min, bot 60/s"]

    private struct Outcome {
        let code: Int32
        let json: JSONValue
        let errors: String

        /// The differences, as `player kind wanted held`.
        var drift: [String] {
            let rows = json["drift"]?.elements.map { row in
                let values = ["wanted", "held"].map { row[$0]?.int64.map(String.init) ?? "-" }
                return ([row["player"]?.string ?? "?", row["drift"]?.string ?? "?"] + values)
                    .joined(separator: " ")
            }
            return (rows ?? []).sorted()
        }
    }

    private static func reconcile(_ arena: Arena, _ arguments: [String]) async throws -> Outcome {
        let program = try Program(
            ["delivery", "reconcile", "--json"] + arguments,
            environment: arena.environment.merging(rate) { _, new in new }
                .merging(["DATABASE_URL": ScratchDatabase.current.url]) { _, new in new },
            folder: try folder(arena)
        )
        let code = try await program.exitCode()
        let text = program.standardOutput
        return Outcome(
            code: code,
            json: try JSON.parse(Array((text.isEmpty ? "{}" : text).utf8)),
            errors: program.standardError
        )
    }

    private static func folder(_ arena: Arena) throws -> URL {
        let place = arena.folder.appendingPathComponent("reconcile-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return place
    }

    /// Changes Telegram's table behind the service's back.
    private static func force(_ arena: Arena, _ user: Int64, _ score: Int, _ message: MessageAddress) {
        let answer = arena.call(
            "setGameScore",
            #"{"user_id":\#(user),"score":\#(score),"force":true,"chat_id":\#(message.chat.text),"message_id":\#(message.message)}"#
        )
        #expect(answer.status == 200, "\(answer)")
    }

    /// Plays until every table is delivered, then lets a table drift in every way.
    private static func drifted(_ arena: Arena, _ service: Service) async throws -> MessageAddress {
        for (id, name) in [(guest, "Guest"), (stranger, "Stranger")] {
            arena.telegram.change { telegram, _ in
                telegram.addUser(SimulatedUser(id: id, firstName: name, username: nil))
            }
        }
        let message = try arena.post(Arena.tetris, in: Arena.friday)
        for (player, score) in [(Arena.ada, 100), (Arena.zoe, 200), (Arena.omar, 300), (guest, 0)] {
            try await arena.play(player, message, at: service, score)
        }
        await arena.expectTable([Arena.ada: 100, Arena.zoe: 200, Arena.omar: 300])
        try await Program.wait(for: "all deliveries to be settled") { () -> Void? in
            try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
                try session.query("SELECT 1 FROM deliveries WHERE state <> 'done'").isEmpty ? () : nil
            }
        }
        for (player, score) in [
            (Arena.ada, 50), (Arena.zoe, 900), (Arena.omar, 0), (guest, 7), (stranger, 42),
        ] {
            force(arena, player, score, message)
        }
        return message
    }

    private static let all = [
        "\(Arena.ada) telegram_lower 100 50", "\(Arena.zoe) telegram_higher 200 900",
        "\(Arena.omar) missing 300 -", "\(guest) not_wanted - 7", "\(stranger) unexpected_player - 42",
    ].sorted()

    @Test func `drift of every kind is found, and put right as far as that is asked for`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve([], Self.rate)
            let whole = try await Self.reconcile(arena, ["--check"])
            #expect(whole.code == 0, "\(whole.errors)")
            let message = try await Self.drifted(arena, service)
            let table = arena.telegram.scoreboard(of: Arena.tetris, in: Arena.friday)

            let found = try await Self.reconcile(arena, ["tetris", "--check"])
            #expect(found.code == 7, "\(found.errors)")
            #expect(found.drift == Self.all)
            #expect(found.json["tables"]?.int64 == 1)
            #expect(found.json["kinds"]?["missing"]?.int64 == 1)
            let dry = try await Self.reconcile(arena, ["tetris", "--repair", "--dry-run"])
            #expect(dry.code == 0 && dry.drift == Self.all)
            #expect(dry.json["repaired"]?.int64 == 0)
            #expect(arena.telegram.scoreboard(of: Arena.tetris, in: Arena.friday) == table)

            let ordinary = try await Self.reconcile(arena, ["tetris", "--repair"])
            #expect(ordinary.code == 0, "\(ordinary.errors)")
            #expect(ordinary.json["repaired"]?.int64 == 2)
            await arena.expectTable([
                Arena.ada: 100, Arena.zoe: 900, Arena.omar: 300, Self.guest: 7, Self.stranger: 42,
            ])

            let unasked = try await Self.reconcile(arena, ["tetris", "--repair", "--force"])
            #expect(unasked.code == 2, "\(unasked.errors)")
            let forced = try await Self.reconcile(
                arena,
                ["tetris", "--repair", "--force", "--yes", "--reason", "a test"]
            )
            #expect(forced.code == 0, "\(forced.errors)")
            #expect(forced.json["repaired"]?.int64 == 3)
            await arena.expectTable([Arena.ada: 100, Arena.zoe: 200, Arena.omar: 300])
            #expect(try await Self.audited() == [Arena.zoe, Self.guest, Self.stranger].sorted())
            #expect(try await Self.reconcile(arena, ["tetris", "--check"]).code == 0)

            Self.force(arena, Arena.zoe, 1, message)
            #expect(try await Self.reconcile(arena, ["tetris", "--sample", "9", "--check"]).code == 7)
            let chat = arena.telegram.read { $0.chatInstance(bot: Arena.bot, chat: Arena.friday) }
            let of = try await Self.reconcile(arena, ["--chat", chat, "--check"])
            #expect(of.code == 7 && of.drift == ["\(Arena.zoe) telegram_lower 200 1"])
            let place = try #require(of.json["after"]?.string)
            let rest = try await Self.reconcile(arena, ["--after", place, "--check"])
            #expect(rest.code == 0 && rest.json["tables"]?.int64 == 0)
            try await service.stop()
        }
    }

    private static func audited() async throws -> [Int64] {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.query(
                """
                SELECT split_part(subject, 'player ', 2)::bigint FROM audit
                WHERE action = 'delivery.reconcile' AND reason = 'a test' ORDER BY 1
                """
            ).decode(Int64.self)
        }
    }

    @Test func `a Telegram in trouble is asked again, and a message that is gone is replaced by another`()
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve([], Self.rate)
            _ = try await Self.drifted(arena, service)
            // Pressed later than the first, so that it is tried before it.
            let second = try arena.post(Arena.tetris, in: Arena.friday)
            _ = try await arena.recordedLaunch(Arena.ada, second, messages: 2)
            arena.telegram.plan(
                try Fault.parse(
                    "first 1 of getGameHighScores: delete_message; first 1 of getGameHighScores: 502; "
                        + "first 1 of getGameHighScores: 429 1; first 1 of getGameHighScores: garble"
                )
            )
            let found = try await Self.reconcile(arena, ["--check"])
            #expect(found.code == 7, "\(found.errors)")
            #expect(found.drift == Self.all)
            arena.telegram.setRevoked(true, bot: Arena.bot)
            #expect(try await Self.reconcile(arena, ["--check"]).code == 4)
            try await service.stop()
        }
    }

    @Test func `an interrupted comparison ends at once`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve([], Self.rate)
            _ = try await Self.drifted(arena, service)
            arena.telegram.plan(try Fault.parse("getGameHighScores: hang"))
            let program = try Program(
                ["delivery", "reconcile"],
                environment: arena.environment.merging(Self.rate) { _, new in new }
                    .merging(["DATABASE_URL": ScratchDatabase.current.url]) { _, new in new },
                folder: try Self.folder(arena)
            )
            let isCalling = await arena.telegram.waitForCalls(within: 60_000) { calls in
                calls.contains { $0.method == "getGameHighScores" } ? true : nil
            }
            #expect(isCalling == true)
            program.send(SIGINT)
            #expect(try await program.exitCode() == 130, "\(program.standardError)")
            try await service.stop()
        }
    }
}
