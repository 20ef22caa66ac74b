import Bench
import Foundation
import Glibc
import Leaderboards
import Postgres
import Storage
import TestSupport
import Testing

/// A leaderboard of a million entries, and what ends a command before its time.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(30))) struct LongBoardTests {
    private static let count = 1_000_000
    private static let show = ["board", "show", "tetris", "--limit", "\(count)", "--ndjson"]

    /// Makes a leaderboard of so many entries.
    private static func fill(_ count: Int) async throws {
        let options = TransactionOptions(statementTimeout: .zero)
        try await ScratchDatabase.current.pool.transaction(options) { session throws(PostgresError) in
            guard let game = try session.run(.gamesList()).first(where: { $0.shortName == "tetris" }) else {
                return
            }
            try BenchTables(session).fillBoard(of: game.id, entries: count, .uniform)
        }
    }

    /// The most memory that a program had so far, in KiB.
    private static func peak(_ program: Program) -> Int {
        let status = (try? String(contentsOfFile: "/proc/\(program.process)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// More than the program with its libraries takes, less than it and the 180 MB of the lines.
    private static let bound = 90 * 1024

    /// Looks at each line without making a text of it.
    ///
    /// - Returns: The number of lines, if each has its rank.
    private static func ranks(in file: URL) throws -> Int {
        try Data(contentsOf: file, options: .alwaysMapped).withUnsafeBytes { bytes in
            var (count, rest) = (0, bytes[...])
            while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                let end = memchr(start, 10, rest.count)
            {
                count += 1
                let opening = "{\"rank\":\(count),"
                guard rest.count > opening.utf8.count, memcmp(start, opening, opening.utf8.count) == 0 else {
                    return -count
                }
                rest = rest.dropFirst(UnsafeRawPointer(end) - start + 1)
            }
            return count
        }
    }

    @Test func `a million entries are written in little memory, and an interrupt ends it`() async throws {
        try await Arena.with { arena in
            try await Self.fill(Self.count)
            let program = try arena.program(Self.show)
            var most = 0
            let code = try await Program.wait(within: .seconds(1200), for: "the end") {
                most = max(most, Self.peak(program))
                return program.isRunning ? nil : try await program.exitCode()
            }
            #expect(code == 0 && program.standardError.isEmpty, "\(program.standardError)")
            #expect(try Self.ranks(in: program.folder.appendingPathComponent("stdout")) == Self.count)
            #expect(most > 0 && most < Self.bound, "it took \(most) KiB")
            try FileManager.default.removeItem(at: program.folder)

            let piped = try arena.program(Self.show)
            try await Program.wait(for: "the first lines") { piped.standardOutput.isEmpty ? nil : () }
            piped.send(SIGINT)
            #expect(try await piped.exitCode() == 130)
            #expect(piped.standardOutput.hasSuffix("}\n"))
            #expect(piped.standardError == "highscores: interrupted\n")
            for isTyped in [true, false] {
                let terminal = try arena.terminal(Self.show)
                try await terminal.wait(for: "\"rank\":1,")
                try await Self.interrupt(terminal, isTyped: isTyped)
                #expect(terminal.screen.hasSuffix("}\nhighscores: interrupted\n"))
            }
            let table = try arena.terminal(["board", "show", "tetris", "--limit", "\(Self.count)"])
            try await table.wait(for: "reading")
            try await Self.interrupt(table, isTyped: true)
        }
    }

    @Test func `an interrupted import takes its progress bar with it and leaves nothing behind`() async throws
    {
        try await Arena.with { arena in
            let file = arena.folder.appendingPathComponent("many.csv")
            var text = "player,score,time\n"
            for number in 1...200_000 { text += "\(number),\(number),2026-03-01T12:00:00Z\n" }
            try Data(text.utf8).write(to: file)
            for (isTyped, shown) in [(true, "importing ["), (false, "putting them into the log")] {
                let terminal = try arena.terminal(["import", "scores", file.path, "--game", "tetris"])
                try await terminal.wait(for: shown)
                try await Self.interrupt(terminal, isTyped: isTyped)
                #expect(terminal.screen.hasSuffix("\r\u{1B}[Khighscores: interrupted\n"))
            }
            #expect(try await Database.count("scores") == 0)
        }
    }

    @Test func `an interrupted question changes nothing`() async throws {
        try await Arena.with { arena in
            _ = try await arena.command("score submit tetris --player 5000000001 --score 100")
            let ban = ["player", "ban", "5000000001", "--game", "tetris"]
            for isTyped in [true, false] {
                let terminal = try arena.terminal(ban)
                try await terminal.wait(for: "Type 5000000001 to go on:\n")
                try await Self.interrupt(terminal, isTyped: isTyped)
                #expect(terminal.screen.hasSuffix("\nhighscores: interrupted\n"))
            }
            #expect(try await Database.count("bans") == 0)
            // The same question answered, so that it is the interrupt that kept it from being done.
            let terminal = try arena.terminal(ban)
            try await terminal.wait(for: "Type 5000000001 to go on:\n")
            try terminal.type("5000000001")
            #expect(try await terminal.exitCode() == 0)
            #expect(try await Database.count("bans") == 1)
        }
    }

    /// Ends what runs at a terminal, which must be left as it was found.
    private static func interrupt(_ terminal: Terminal, isTyped: Bool) async throws {
        if isTyped { try terminal.pressInterrupt() } else { try await terminal.send(SIGINT) }
        #expect(try await terminal.exitCode() == 130)
        #expect(terminal.lines.last == "", "\(terminal.screen.suffix(500))")
        #expect(terminal.isAsBefore, "\(terminal.screen.suffix(500))")
    }
}
