import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// However presses on the bot's own messages arrive (`callback_query_mode`), a chat stays one chat.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct CallbackModeTests {
    private static func chats() async throws -> Int64? {
        try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            try session.first("SELECT count(*) FROM chats WHERE merged_into IS NULL")?.decode(Int64.self)
        }
    }

    private static func set(_ mode: CallbackQueryMode, _ arena: Arena) throws {
        try arena.telegram.change { telegram, _ throws(SimulationError) in
            try telegram.setCallbackQueryMode(mode, of: Arena.bot)
        }
    }

    @Test(
        arguments: [
            [.default, .inline, .auto], [.inline, .default, .inline], [.auto, .inline, .default],
        ] as [[CallbackQueryMode]],
        [true, false]
    )
    func `one message, pressed in whichever modes, has one board and one table`(
        modes: [CallbackQueryMode],
        isWebhook: Bool
    ) async throws {
        try await Arena.with { arena in
            let service = try await arena.serve(isWebhook: isWebhook)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let players = [Arena.ada, Arena.zoe, Arena.omar]
            for (index, (mode, player)) in zip(modes, players).enumerated() {
                try Self.set(mode, arena)
                try await arena.play(player, message, at: service, 100 * (index + 1))
            }
            let expected = Dictionary(uniqueKeysWithValues: zip(players, [100, 200, 300] as [Int64]))
            await arena.expectTable(expected)
            let token = try await arena.launch(Arena.ada, message)
            #expect(try await service.board(token).count == 3)
            #expect(try await Self.chats() == 1)
            try await service.stop()
            let instance = arena.telegram.read { $0.chatInstance(bot: Arena.bot, chat: Arena.friday) }
            let found = try await arena.command("chat get \(instance) --json")
            #expect(
                found.output.contains(#""messages":1,"inline_messages":1,"own_messages_inline":true"#),
                "\(found)"
            )
            let doctor = try await arena.command("doctor")
            #expect(doctor.output.contains("presses of bot \(Arena.bot)"), "\(doctor)")
        }
    }

    @Test func `a group that was upgraded in inline mode is one again as soon as a press tells its id`()
        async throws
    {
        try await Arena.with { arena in
            let service = try await arena.serve()
            try await arena.play(Arena.ada, try arena.post(Arena.tetris, in: Arena.lunch), at: service, 100)
            await arena.expectTable([Arena.ada: 100], in: Arena.lunch)
            try Self.set(.inline, arena)
            let supergroup = try arena.telegram.change { telegram, now throws(SimulationError) in
                try telegram.migrate(Arena.lunch, by: Arena.ada, now: now)
            }
            let message = try arena.post(Arena.tetris, in: supergroup)
            try await arena.play(Arena.zoe, message, at: service, 200)
            await arena.expectTable([Arena.ada: 100, Arena.zoe: 200], in: supergroup)
            try Self.set(.default, arena)
            try await arena.play(Arena.omar, message, at: service, 300)
            await arena.expectTable([Arena.ada: 100, Arena.zoe: 200, Arena.omar: 300], in: supergroup)
            let board = try await Program.wait(for: "the chats to be one") { () -> [String: Int64]? in
                guard try await Self.chats() == 1 else { return nil }
                return try await service.board(try await arena.launch(Arena.ada, message))
            }
            #expect(board == ["\(Arena.ada)": 100, "\(Arena.zoe)": 200, "\(Arena.omar)": 300])
            try await service.stop()
        }
    }

    @Test func `a mention where the bot is no member brings a game that is played there`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            try arena.telegram.change { telegram, _ throws(SimulationError) in
                try telegram.setGuestQueries(true, of: Arena.bot)
            }
            let pair = ChatKey.people(Arena.ada, Arena.zoe)
            try arena.telegram.say(user: Arena.ada, in: pair, "@arena_bot snake please")
            _ = await arena.telegram.waitForCalls {
                $0.first { $0.method.lowercased() == "answerguestquery" }
            }
            let message = MessageAddress(chat: pair, message: 2)
            try await arena.play(Arena.zoe, message, at: service, 7)
            await arena.expectTable([Arena.zoe: 7], of: Arena.snake, in: pair)
            try await service.stop()
        }
    }
}
