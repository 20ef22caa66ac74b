import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// A database in which every command finds something to show, with names in scripts of every kind.
struct CommandScene: Sendable {
    static let names = [Arena.ada: "Ada", Arena.zoe: "漢字 🎮 ヒーロー", Arena.omar: "שלום עולם"]
    private static let banned = "5000000007"

    let arena: Arena
    private let values: [String: String]

    /// Sets it up: runs that count, one that is held, one that was removed, a value that Telegram does not hold yet, a
    /// ban, a key, a game that is switched off.
    static func prepare(_ arena: Arena) async throws -> CommandScene {
        arena.telegram.change { telegram, _ in
            for (id, name) in names {
                telegram.addUser(SimulatedUser(id: id, firstName: name, username: nil))
            }
        }
        let rules = "--max-score 1000000 --outcome max-score=hold"
        try await done(arena, "game set tetris \(rules) --edit-message never --reason checks")
        try await done(arena, "board add tetris hard --windows all,week")
        try await arena.played([
            (Arena.ada, 100), (Arena.zoe, 9000), (Arena.omar, 200_000), (Arena.ada, 1_500_000),
            (Arena.ada, 50),
        ])
        let chat = try await done(arena, "chat list --fields chat")
        try await addConflict()
        let runs = try await done(arena, "score list --game tetris --fields score,run").split(separator: "\n")
        func run(_ score: Int) -> String {
            runs.first { $0.hasPrefix("\(score)\t") }?.split(separator: "\t").last.map(String.init) ?? ""
        }
        try await done(arena, "score remove \(run(50)) --yes")
        try await done(arena, "player ban \(banned) --game snake --yes --reason cheating")
        try await done(arena, "game set snake --retention relevant")
        try await done(arena, "game disable snake --yes")
        try await done(arena, "score submit tetris --player \(Arena.zoe) --score 9500 --chat \(chat)")
        try await done(arena, "key create tetris --label studio")
        arena.call("setWebhook", #"{"url":"https://studio.example/hook"}"#)
        let audit = try await done(arena, "audit list --action score.remove --fields audit")
        let key = try await done(arena, "key list --fields id")
        let files = [
            "scores": "player,score,time\n5000000001,100,2026-03-01T12:00:00Z\n",
            "players": "player,first_name,username\n5000000009,Eve,eve\n",
            "games": try await done(arena, "export games").replacing("Tetris", with: "Blocks") + "\n",
        ]
        var values = [
            "chat": chat, "other": "77", "run": run(100), "held": run(1_500_000), "audit": audit, "key": key,
            "banned": banned,
            "ada": "\(Arena.ada)", "zoe": "\(Arena.zoe)", "omar": "\(Arena.omar)",
            "folder": arena.folder.path,
        ]
        for (name, text) in files {
            let file = arena.folder.appendingPathComponent("\(name).csv")
            try Data(text.utf8).write(to: file)
            values[name] = file.path
        }
        let backup = arena.folder.appendingPathComponent("scene.backup").path
        try await done(arena, "backup \(backup)")
        values["backup"] = backup
        for (name, value) in values {
            #expect(!value.isEmpty && !value.contains("\n"), "{\(name)}: \(value)")
        }
        return CommandScene(arena: arena, values: values)
    }

    /// A second chat, of which a key said that it was the first.
    private static func addConflict() async throws {
        _ = try await ScratchDatabase.current.pool.transaction { session throws(PostgresError) in
            try session.execute(
                """
                WITH made AS (INSERT INTO chats (bot_id, title) SELECT bot_id, 'Other' FROM chats LIMIT 1 RETURNING *)
                INSERT INTO chat_instances (bot_id, chat_instance, chat_id) SELECT bot_id, 77, chat_id FROM made
                """
            )
            try session.execute(
                """
                INSERT INTO chat_conflicts (game_id, chat_instance, telegram_chat_id, reported_at)
                SELECT g.game_id, 77, a.telegram_chat_id, now() FROM games g JOIN chat_addresses a USING (bot_id)
                WHERE g.short_name = 'tetris' LIMIT 1
                """
            )
        }
    }

    @discardableResult
    private static func done(_ arena: Arena, _ line: String) async throws -> String {
        let result = try await arena.command(line)
        #expect(result.code == 0, "\(line): \(result)")
        return result.output.split(separator: "\n").joined(separator: "\n")
    }

    /// The whole command line of a case.
    func line(_ one: CommandCase) -> [String] {
        var text = "\(one.path) \(one.arguments)"
        for (name, value) in values { text = text.replacing("{\(name)}", with: value) }
        return text.split(separator: " ").map(String.init)
    }

    /// Runs a case with further options, piped.
    func piped(_ one: CommandCase, _ options: String...) async throws -> CommandResult {
        try await arena.command((line(one) + options).joined(separator: " "), with: one.variables)
    }

    /// Runs a case with further options at a terminal, and answers what it may ask with something wrong.
    ///
    /// - Returns: The exit code, and what the terminal shows.
    func shown(_ one: CommandCase, _ options: [String] = [], columns: Int? = nil) async throws -> (
        code: Int32, screen: String
    ) {
        let terminal = try arena.terminal(line(one) + options, with: one.variables, columns: columns)
        try terminal.type("something else")
        let code = try await terminal.exitCode()
        #expect(terminal.isAsBefore, "\(one.path)")
        // What is shown may well be a secret that was asked for.
        defer { terminal.forget() }
        return (code, terminal.lines.joined(separator: "\n"))
    }

    /// What each table of the database holds, in so many letters.
    func digest() async throws -> [String: String] {
        let tables = [
            "bots", "games", "players", "bans", "chats", "chat_instances", "scores", "entries", "boards",
            "targets",
            "deliveries", "corrections", "reviews", "pending_erasures", "api_keys", "audit",
        ]
        let parts = tables.map {
            "SELECT '\($0)', coalesce(md5(string_agg(t::text, '' ORDER BY t::text)), '') FROM \($0) t"
        }
        let query = Query(unescaped: parts.joined(separator: " UNION ALL "))
        return try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
            var digest: [String: String] = [:]
            for row in try session.query(query) {
                let (table, text) = try row.decode(String.self, String.self)
                digest[table] = text
            }
            return digest
        }
    }
}
