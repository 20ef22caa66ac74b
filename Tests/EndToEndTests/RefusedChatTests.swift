import Curl
import Foundation
import JSON
import Simulator
import TestSupport
import Testing

/// A chat that Telegram refused once is no chat that is written off.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct RefusedChatTests {
    private static let refusals = [
        (403, "Forbidden: bot was kicked from the supergroup chat"),
        (403, "Forbidden: bot is not a member of the supergroup chat"),
        (403, "Forbidden: bot was blocked by the user"), (403, "Forbidden: CHAT_WRITE_FORBIDDEN"),
        (400, "Bad Request: have no write access to the chat"), (400, "Bad Request: can't access the chat"),
        (400, "Bad Request: CHANNEL_PRIVATE"),
    ]
    /// So many calls that a test need not wait; the limits themselves are tested elsewhere.
    private static let rate = ["HIGHSCORES_TELEGRAM_RATE": "chat 40/s 2000/min, bot 60/s"]

    /// Plays a score that Telegram refuses once, and waits until it has.
    private static func refuse(_ arena: Arena, _ refusal: (Int, String), _ play: () async throws -> Void)
        async throws
    {
        let before = arena.calls("setGameScore").count
        arena.telegram.plan(
            Fault("setGameScore", .refuse(MethodError(code: refusal.0, description: refusal.1)))
        )
        try await play()
        try await Program.wait(for: "the refusal of \(refusal.1)") { () -> Void? in
            arena.calls("setGameScore").dropFirst(before).contains { $0.status == refusal.0 } ? () : nil
        }
        try await Program.wait(for: "the refusal to be on record") { () -> Void? in
            let rows = try await Database.count("delivery_chats WHERE closed_reason IS NOT NULL")
            return rows == 1 ? () : nil
        }
    }

    @Test func `after each refusal the next scores arrive, and no my_chat_member is needed`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve([], Self.rate)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: service, 10)
            await arena.expectTable([Arena.ada: 10])
            for (round, refusal) in Self.refusals.enumerated() {
                let score = 100 * (round + 1)
                try await Self.refuse(arena, refusal) {
                    try await arena.play(Arena.ada, message, at: service, score)
                }
                try await arena.play(Arena.ada, message, at: service, score + 10)
                let second = try arena.post(Arena.tetris, in: Arena.friday)
                try await arena.play(Arena.zoe, second, at: service, score + 20)
                await arena.expectTable([Arena.ada: Int64(score + 10), Arena.zoe: Int64(score + 20)])
            }
            try await service.stop()
        }
    }

    @Test func `it is told everywhere, and a command that says so has it tried`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve([], Self.rate)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await Self.refuse(arena, Self.refusals[0]) {
                try await arena.play(Arena.ada, message, at: service, 20)
            }
            try await service.waitUntil("degraded", "chats_closed")
            let metrics = String(decoding: try await service.send(.get, "/metrics").body, as: UTF8.self)
            #expect(metrics.contains(#"highscores_closed_chats{bot="7000000001"} 1"#), "\(metrics)")
            #expect(
                metrics.contains(#"highscores_deliveries{bot="7000000001",cause="forbidden"} 1"#),
                "\(metrics)"
            )
            let doctor = try await arena.command("doctor")
            let warning = doctor.output.split(separator: "\n").first { $0.contains(Self.refusals[0].1) }
            #expect(warning?.contains("warning") == true, "\(doctor)")
            let status = try await arena.command("delivery status")
            #expect(
                status.output.contains("forbidden") && status.errors.contains("1 of its chats"),
                "\(status)"
            )

            let retry = try await arena.command("delivery retry --game tetris")
            #expect(retry.errors.contains("1 delivery will be tried again"), "\(retry)")
            #expect(!retry.errors.contains("no running server"), "\(retry)")
            await arena.expectTable([Arena.ada: 20])

            try await Self.refuse(arena, Self.refusals[4]) {
                try await arena.play(Arena.ada, message, at: service, 30)
            }
            let sent = try await arena.command("bot send-game tetris --chat -1001000000001")
            #expect(sent.code == 0, "\(sent)")
            await arena.expectTable([Arena.ada: 30])
            try await service.stop()

            // Nobody is there to do what was asked for.
            let idle = try await arena.command("delivery retry --game tetris --state done")
            #expect(idle.code == 0 && idle.errors.contains("no delivery will be tried again"), "\(idle)")
            let lost = try await arena.command(
                "score submit tetris --player 5000000002 --score 5 --chat \(try await Self.chat(arena))"
            )
            #expect(lost.code == 0, "\(lost)")
            let alone = try await arena.command("delivery retry --game tetris")
            #expect(alone.errors.contains("no running server calls for bot 7000000001"), "\(alone)")
        }
    }

    private static func chat(_ arena: Arena) async throws -> String {
        try await arena.command("chat list --fields chat").output.split(separator: "\n").first.map(
            String.init
        ) ?? ""
    }
}
