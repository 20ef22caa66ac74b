import Foundation
import JSON
import Simulator
import TestSupport
import Testing

/// Whatever operators do, and however calls to Telegram fail meanwhile, its tables become the leaderboards.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10)))
struct ModerationTests {
    private static let people = [Arena.ada, Arena.zoe, Arena.omar]
    private static let chats = [Arena.friday, Arena.lunch]

    /// `HIGHSCORES_MODERATION_SEED` plays another sequence.
    private static let seed =
        UInt64(ProcessInfo.processInfo.environment["HIGHSCORES_MODERATION_SEED"] ?? "") ?? 1

    @Test func `Telegram's tables follow any sequence of corrections`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve([], ModerationCommandTests.rate)
            var generator = SeededGenerator(seed: Self.seed)
            var messages: [MessageAddress] = []
            for chat in Self.chats { messages.append(try arena.post(Arena.tetris, in: chat)) }
            var banned: Set<Int64> = []
            for step in 0..<60 {
                if step == 20 { arena.telegram.plan(try Fault.parse("30% of setGameScore: 429 1")) }
                if step == 40 { arena.telegram.clearFaults() }
                let player = Self.people.randomElement(using: &generator) ?? Arena.ada
                switch Int.random(in: 0..<10, using: &generator) {
                case ..<4:
                    guard !banned.contains(player) else { continue }
                    let message = messages[Int.random(in: 0..<messages.count, using: &generator)]
                    let score = Int.random(in: 0..<50, using: &generator) * 10
                    // The service hears of the end of a ban a moment later.
                    try await Program.wait(for: "launches to be answered") {
                        try await arena.telegram.press(user: player, message).url == nil ? nil : ()
                    }
                    try await arena.play(player, message, at: service, score)
                case ..<6: try await change(arena, "score remove %", &generator)
                case ..<7:
                    try await change(
                        arena,
                        "score set % \(Int.random(in: 0..<500, using: &generator))",
                        &generator
                    )
                case ..<8: try await change(arena, "score restore %", &generator)
                case ..<9:
                    let isBanned = banned.contains(player)
                    let result = try await run(arena, "player \(isBanned ? "unban" : "ban") \(player) --yes")
                    #expect(result.code == 0, "\(result.errors)")
                    if isBanned { banned.remove(player) } else { banned.insert(player) }
                default:
                    guard let entry = try await pick(arena, "audit list --fields audit", &generator) else {
                        continue
                    }
                    let result = try await run(arena, "audit undo \(entry) --yes")
                    #expect(result.code == 0 || result.code == 5, "\(result.errors)")
                    let list = try await run(arena, "player list --banned --fields player")
                    banned = Set(list.output.split(separator: "\n").compactMap { Int64($0) })
                }
                if step % 20 == 19 { try await compare(arena) }
            }
            try await compare(arena)
            let rebuilt = try await run(arena, "game rebuild tetris --dry-run")
            #expect(rebuilt.errors.contains("are as its log says"), "seed \(Self.seed): \(rebuilt.errors)")
            try await service.stop()
        }
    }

    private func run(_ arena: Arena, _ line: String) async throws -> CommandResult {
        try await arena.command(line)
    }

    /// One of the lines that a command prints.
    private func pick(_ arena: Arena, _ line: String, _ generator: inout SeededGenerator) async throws
        -> String?
    {
        let result = try await run(arena, line)
        #expect(result.code == 0, "\(result.errors)")
        return result.output.split(separator: "\n").map(String.init).randomElement(using: &generator)
    }

    /// Corrects any run, which may be refused because of what became of it before.
    private func change(_ arena: Arena, _ line: String, _ generator: inout SeededGenerator) async throws {
        guard let id = try await pick(arena, "score list --game tetris --fields run", &generator) else {
            return
        }
        let result = try await run(arena, line.replacing("%", with: id) + " --yes")
        #expect(result.code == 0 || result.code == 5, "\(result.errors)")
    }

    /// Waits until Telegram's tables hold what the leaderboards of the chats hold; 0 is nobody there.
    private func compare(_ arena: Arena) async throws {
        for chat in Self.chats {
            let instance = arena.telegram.read { $0.chatInstance(bot: Arena.bot, chat: chat) }
            let result = try await run(
                arena,
                "board show tetris --chat \(instance) --fields player,score --limit 100"
            )
            guard result.code != 3 else { continue }
            #expect(result.code == 0, "\(result.errors)")
            var expected: [Int64: Int64] = [:]
            for line in result.output.split(separator: "\n") {
                let words = line.split(separator: "\t").compactMap { Int64($0) }
                if words.count == 2, words[1] > 0 { expected[words[0]] = words[1] }
            }
            await arena.expectTable(expected, in: chat, within: 90_000)
        }
    }
}
