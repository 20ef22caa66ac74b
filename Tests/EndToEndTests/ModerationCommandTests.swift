import Foundation
import JSON
import Postgres
import Simulator
import TestSupport
import Testing

/// The commands with which moderators work, as they are seen at a terminal and in a pipe.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10)))
struct ModerationCommandTests {
    static let rate = ["HIGHSCORES_TELEGRAM_RATE": "chat 40/s 2000/min, bot 60/s"]

    static func json(_ result: CommandResult) throws -> JSONValue {
        try JSON.parse(Array((result.output.isEmpty ? "null" : result.output).utf8))
    }

    private struct Scene {
        let arena: Arena
        let service: Service
        let message: MessageAddress
        let chat: String

        func run(_ line: String) async throws -> CommandResult {
            try await arena.command(line)
        }

        /// The ids of runs as `score list` has them, the latest first.
        func runs(_ options: String) async throws -> [String] {
            let result = try await run("score list \(options) --fields run")
            #expect(result.code == 0, "\(result.errors)")
            return result.output.split(separator: "\n").map(String.init)
        }
    }

    /// Three people with their scores in one chat, in Telegram too.
    private static func scene(_ body: (Scene) async throws -> Void) async throws {
        try await Arena.with { arena in
            let service = try await arena.serve([], rate)
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            for (player, score) in [(Arena.ada, 100), (Arena.ada, 9000), (Arena.zoe, 200), (Arena.omar, 300)]
            {
                try await arena.play(player, message, at: service, score)
            }
            await arena.expectTable([Arena.ada: 9000, Arena.zoe: 200, Arena.omar: 300])
            let chat = arena.telegram.read { $0.chatInstance(bot: Arena.bot, chat: Arena.friday) }
            try await body(Scene(arena: arena, service: service, message: message, chat: chat))
            try await service.stop()
        }
    }

    @Test func `scores are listed, explained, removed, restored, set and submitted`() async throws {
        try await Self.scene { scene in
            let (arena, ada) = (scene.arena, Arena.ada)
            let listed = try await scene.run("score list --game tetris --chat \(scene.chat)")
            #expect(listed.code == 0, "\(listed.errors)")
            let lines = listed.output.split(separator: "\n").map {
                $0.split(separator: "\t", omittingEmptySubsequences: false)
            }
            #expect(lines.map(\.count) == [12, 12, 12, 12])
            #expect(
                lines.map { "\($0[4]) \($0[5]) \($0[7])" } == [
                    "Omar 300 counts", "Zoë 200 counts", "Ada 9000 counts", "Ada 100 counts",
                ]
            )
            #expect(try await scene.run("score list --fields run").output.split(separator: "\n").count >= 4)
            #expect(try await scene.run("score list --player 77").output == "")

            let run = try #require(try await scene.runs("--player \(ada)").first)
            let got = try await scene.run("score get \(run) --json")
            let boards = try Self.json(got)["boards"]?.elements.map { $0["verdict"]?.string }
            #expect(boards?.count == 8 && boards?.allSatisfy { $0 == "on_board" } == true, "\(got)")
            #expect(try await scene.run("score get 00000000-0000-0000-0000-000000000000").code == 3)

            let filter = "--game tetris --chat \(scene.chat) --player \(ada) --score-over 999"
            let dry = try await scene.run("score remove \(filter) --dry-run --json")
            #expect(dry.code == 0, "\(dry.errors)")
            let plan = try #require(try Self.json(dry)["plan"]?.string)
            #expect(try Self.json(dry)["rows"]?.int64 == 9)
            let unasked = try await scene.run("score remove \(filter)")
            #expect(
                unasked.code == 2 && unasked.errors.contains("9 rows would change in the database"),
                "\(unasked)"
            )
            #expect(try await scene.run("score remove \(filter) --yes --max-rows 8").code == 4)
            #expect(try await scene.run("score remove \(filter) --yes --plan 0123456789abcdef").code == 5)
            #expect(try await Database.count("audit") == 0)
            let removed = try await scene.run("score remove \(filter) --yes --plan \(plan) --reason cheating")
            #expect(
                removed.code == 0 && removed.output == "\(run)\t\(ada)\tyes\tno\t9000\t9000\n",
                "\(removed)"
            )
            await arena.expectTable([ada: 100, Arena.zoe: 200, Arena.omar: 300])
            let why = try await scene.run("score get \(run) --fields scope,window,verdict,why")
            #expect(why.output.hasPrefix("chat\tall\tremoved\tan operator removed it\n"), "\(why)")

            #expect(try await scene.run("score restore \(run)").code == 0)
            await arena.expectTable([ada: 9000, Arena.zoe: 200, Arena.omar: 300])
            #expect(try await scene.run("score restore \(run)").code == 0)
            let set = try await scene.run("score set \(run) 250 --yes --json")
            #expect(set.code == 0, "\(set.errors)")
            await arena.expectTable([ada: 250, Arena.zoe: 200, Arena.omar: 300])
            #expect(try await scene.run("score set \(run) 250 --yes").errors.contains("like that already"))

            let submitted = try await scene.run(
                "score submit tetris --player \(Arena.zoe) --score 400 --chat \(scene.chat) --json"
            )
            #expect(try Self.json(submitted)["rank"]?.int64 == 1, "\(submitted)")
            await arena.expectTable([ada: 250, Arena.zoe: 400, Arena.omar: 300])
            let late = try await scene.run(
                "score submit tetris --player 5 --score 1 --started-at 2999-01-01T00:00:00Z"
            )
            #expect(late.code == 2, "\(late)")
        }
    }

    @Test func `players are listed, banned, given back, exported, made nameless and erased`() async throws {
        try await Self.scene { scene in
            let (arena, ada) = (scene.arena, Arena.ada)
            #expect(
                try await scene.run("player list --name ADA --fields player,name,games").output
                    == "\(ada)\tAda\ttetris\n"
            )
            #expect(try await scene.run("player get \(ada) --fields bot,banned").output == "arena_bot\t\n")
            #expect(try await scene.run("player get 77").code == 3)

            let dry = try await scene.run("player ban \(ada) --game tetris --dry-run")
            #expect(dry.code == 0 && dry.errors.contains("dry run: would ban player"), "\(dry)")
            #expect(dry.output == "\(ada)\t\(Arena.bot)\tarena_bot/tetris\tyes\n")
            #expect(dry.errors.contains("--plan ") && dry.errors.contains("9000 to none"), "\(dry.errors)")
            #expect(try await scene.run("player ban \(ada) --game tetris").code == 2)
            let banned = try await scene.run("player ban \(ada) --yes --json --reason cheating")
            #expect(banned.code == 0, "\(banned.errors)")
            #expect(try Self.json(banned)["schema"]?.int64 == 1)
            await arena.expectTable([Arena.zoe: 200, Arena.omar: 300])
            #expect(
                try await scene.run("player list --banned --fields player,banned").output == "\(ada)\t*\n"
            )
            try await Program.wait(for: "launches to be refused") {
                let answer = try await arena.telegram.press(user: ada, scene.message)
                return answer.url == nil ? () : nil
            }
            #expect(try await scene.run("player unban \(ada) --game tetris").code == 5)
            #expect(try await scene.run("player unban \(ada)").code == 0)
            await arena.expectTable([ada: 9000, Arena.zoe: 200, Arena.omar: 300])

            #expect(try await scene.run("player anonymise \(ada)").code == 2)
            let hidden = try await scene.run("player anonymise \(ada) --yes")
            #expect(hidden.code == 0 && hidden.errors.contains("hid the name"), "\(hidden)")
            try await Program.wait(for: "launches to be answered") {
                try await arena.telegram.press(user: ada, scene.message).url == nil ? nil : ()
            }
            try await arena.play(Arena.ada, scene.message, at: scene.service, 1)
            #expect(
                try await scene.run("board show tetris --chat \(scene.chat) --fields rank,name,player").output
                    == "1\t\t\(ada)\n2\tOmar\t\(Arena.omar)\n3\tZoë\t\(Arena.zoe)\n"
            )

            let export = try Self.json(try await scene.run("player export \(ada)"))
            #expect(export["runs"]?.elements.count == 3 && export["player"]?.string == "\(ada)")
            #expect(
                export["audit"]?.elements.compactMap { $0["action"]?.string } == [
                    "player.ban", "player.unban", "player.anonymise",
                ]
            )
            #expect(try await scene.run("player export 77").code == 3)
            #expect(try await scene.run("player erase \(ada)").code == 2)
            let erased = try await scene.run("player erase \(ada) --yes --json")
            let receipt = try #require(try Self.json(erased)["changes"]?.elements.first { _ in true })
            #expect(
                receipt["runs"]?.int64 == 3 && receipt["pending_telegram_tables"]?.int64 == 1,
                "\(erased)"
            )
            await arena.expectTable([Arena.zoe: 200, Arena.omar: 300])
            #expect(try await scene.run("player get \(ada)").code == 3)
            #expect(!(try await scene.run("audit list --ndjson").output.contains("\(ada)")))
            let audit = try #require(receipt["audit"]?.string)
            #expect(try await scene.run("audit undo \(audit) --yes").code == 5)
        }
    }

    @Test func `changes are listed and taken back`() async throws {
        try await Self.scene { scene in
            #expect(try await scene.run("audit list").output == "")
            _ = try await scene.run("game set tetris --max-score 500 --reason strict")
            _ = try await scene.run("game disable tetris --yes")
            _ = try await scene.run("chat set \(scene.chat) --zone Asia/Tokyo --yes")
            let listed = try await scene.run("audit list --fields action,subject,reason")
            #expect(
                listed.output
                    == "chat.set\tchat \(scene.chat)\t\ngame.disable\tarena_bot/tetris\t\ngame.set\tarena_bot/tetris\tstrict\n"
            )
            let audited = try Self.json(try await scene.run("audit list --action game --json"))
            let entries = audited["items"].map { Array($0.elements) } ?? []
            #expect(entries.count == 2 && entries[1]["after"]?["max_score"]?.int64 == 500)
            let first = try #require(entries[1]["audit"]?.string)
            let dry = try await scene.run("audit undo \(first) --dry-run")
            #expect(dry.code == 0 && dry.output == "max_score\t500\t\n", "\(dry)")
            #expect(try await scene.run("audit undo \(first)").code == 2)
            let undone = try Self.json(try await scene.run("audit undo \(first) --yes --json"))
            #expect(undone["changes"]?.elements.count == 1)
            #expect(try await scene.run("audit undo \(first) --yes").code == 5)
            #expect(try await scene.run("game get tetris --fields max_score,enabled").output == "\tno\n")
            let again = try #require(undone["audit"]?.string)
            #expect(try await scene.run("audit undo \(again) --yes").code == 0)
            #expect(try await scene.run("game get tetris --fields max_score").output == "500\n")
            #expect(try await scene.run("audit undo 4711 --yes").code == 3)
            #expect(try await scene.run("audit undo zero").code == 2)
        }
    }

    @Test func `at a terminal the name is typed, and what moved meanwhile is not changed`() async throws {
        try await Self.scene { scene in
            let arena = scene.arena
            let list = try arena.terminal(["player", "list", "--fields", "player,name"])
            #expect(try await list.exitCode() == 0)
            #expect(
                list.screen.split(separator: "\n").map { $0.split(separator: " ") }
                    == [
                        ["player", "name"], ["\(Arena.ada)", "Ada"], ["\(Arena.zoe)", "Zoë"],
                        ["\(Arena.omar)", "Omar"],
                    ]
            )
            let remove = ["score", "remove", "--game", "tetris", "--player", "\(Arena.ada)"]
            let wrong = try arena.terminal(remove)
            try await wrong.wait(for: "Type \(Arena.ada) to go on")
            try wrong.type("yes")
            #expect(try await wrong.exitCode() == 2)
            #expect(wrong.screen.contains("nothing was changed"))

            let late = try arena.terminal(remove)
            try await late.wait(for: "Type \(Arena.ada) to go on")
            try await arena.play(Arena.ada, scene.message, at: scene.service, 9500)
            try late.type("\(Arena.ada)")
            #expect(try await late.exitCode() == 5)
            #expect(late.screen.contains("the data moved"), "\(late.screen)")

            let right = try arena.terminal(remove)
            try await right.wait(for: "Type \(Arena.ada) to go on")
            try right.type("\(Arena.ada)")
            #expect(try await right.exitCode() == 0)
            #expect(right.screen.contains("removed 3 runs of 'arena_bot/tetris'"), "\(right.screen)")
            await arena.expectTable([Arena.zoe: 200, Arena.omar: 300])
        }
    }
}
