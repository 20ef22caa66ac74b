import JSON
import Simulator
import TestSupport
import Testing

/// What people read when they ask a chat's leaderboard in the chat.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ChatCommandLoopTests {
    /// Writes a text and waits for the bot's next message.
    private func ask(_ arena: Arena, _ user: Int64, _ chat: ChatKey, _ text: String) async throws -> String {
        let said = try arena.telegram.say(user: user, in: chat, text)
        let answer = MessageAddress(chat: chat, message: said.message + 1)
        return try #require(
            await arena.telegram.wait(within: 60_000) { _ in arena.telegram.text(of: answer) },
            "\(text) has no answer"
        )
    }

    @Test func `top shows the chat's own leaderboard, and the asker's place`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: service, 90)
            try await arena.play(Arena.zoe, message, at: service, 70)
            await arena.expectTable([Arena.ada: 90, Arena.zoe: 70])
            let top = try await ask(arena, Arena.omar, Arena.friday, "/top")
            #expect(
                top.split(separator: "\n").map(String.init) == [
                    "\u{2068}Tetris\u{2069} · \u{2068}All time\u{2069}",
                    "1. \u{2068}Ada\u{2069} — \u{2068}90\u{2069}",
                    "2. \u{2068}Zoë\u{2069} — \u{2068}70\u{2069}",
                ]
            )
            // Three at once are one question; a chat where nobody pressed has nothing to show.
            let first = try arena.telegram.say(user: Arena.omar, in: Arena.lunch, "/top day")
            for _ in 0..<2 { try arena.telegram.say(user: Arena.omar, in: Arena.lunch, "/top day") }
            _ = await arena.telegram.wait(within: 60_000) { _ in
                arena.telegram.text(of: MessageAddress(chat: Arena.lunch, message: first.message + 3))
            }
            let texts = (1...5).compactMap {
                arena.telegram.text(of: MessageAddress(chat: Arena.lunch, message: first.message + $0))
            }
            #expect(texts.filter { $0 == "Nobody has a score here yet." }.count == 1)
            try await service.stop()
        }
    }

    @Test func `top goes on in a group that became a supergroup, in the asker's language`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.lunch)
            try await arena.play(Arena.ada, message, at: service, 90)
            await arena.expectTable([Arena.ada: 90], in: Arena.lunch)
            let (oleg, supergroup) = try arena.telegram.change { telegram, now throws(SimulationError) in
                let oleg = Int64(5_000_000_009)
                telegram.addUser(SimulatedUser(id: oleg, firstName: "Олег", languageCode: "ru"))
                return (oleg, try telegram.migrate(Arena.lunch, by: Arena.ada, now: now))
            }
            // Nobody has pressed Play there yet.
            let top = try await ask(arena, oleg, supergroup, "/top")
            #expect(top.contains("1. \u{2068}Ada\u{2069} — \u{2068}90\u{2069}") && !top.contains("All time"))
            // Where the bot may not write, an answer is lost, and nothing else is.
            try arena.telegram.change { telegram, now throws(SimulationError) in
                try telegram.setMembership(
                    .restricted,
                    of: Arena.bot,
                    in: Arena.friday,
                    by: Arena.ada,
                    now: now
                )
            }
            try arena.telegram.say(user: Arena.ada, in: Arena.friday, "/top")
            let own = Arena.privately
            let answer = try await ask(arena, Arena.ada, own, "/announce day")
            #expect(answer == "Each day's best three will be posted here.")
            #expect(try await service.readiness().status == 200)
            try await service.stop()
        }
    }

    @Test func `announcements are set by who may, in the chat or by an operator`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            try await arena.play(Arena.ada, message, at: service, 90)
            await arena.expectTable([Arena.ada: 90])
            // The first of a chat's people made it.
            let set = try await ask(arena, Arena.ada, Arena.friday, "/announce week")
            #expect(set == "Each week's best three will be posted here.")
            let refused = try await ask(arena, Arena.omar, Arena.lunch, "/announce day")
            #expect(refused == "Only an administrator of this chat can set that.")
            let database = ["DATABASE_URL": ScratchDatabase.current.url]
            func announce(_ chat: Int64) async throws -> String {
                try await arena.run(
                    ["chat", "get", "\(chat)", "--fields", "announce"],
                    with: database
                ).output
            }
            #expect(try await announce(-1_001_000_000_001) == "week\n")
            #expect(try await announce(-200_000_001) == "off\n")
            let change = try await arena.run(
                ["chat", "set", "-1001000000001", "--announce", "off", "--json"],
                with: database
            )
            #expect(change.code == 0, "\(change)")
            #expect(try await announce(-1_001_000_000_001) == "off\n")
            let audit = try #require(try JSON.parse(Array(change.output.utf8))["audit"]?.string)
            #expect(try await arena.run(["audit", "undo", audit, "--yes"], with: database).code == 0)
            #expect(try await announce(-1_001_000_000_001) == "week\n")
            try await service.stop()
        }
    }
}
