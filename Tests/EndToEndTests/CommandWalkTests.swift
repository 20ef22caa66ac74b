import Foundation
import JSON
import TestSupport
import Testing

/// Every command that there is, in every form in which it shows what it has, and with everything that keeps people from
/// changing by mistake.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct CommandWalkTests {
    /// What the program says of one of its commands.
    private struct Leaf {
        let path: String
        let options: Set<String>
    }

    private static func leaves(_ command: JSONValue, below path: [String] = []) -> [Leaf] {
        let subcommands =
            command["subcommands"]?.elements.filter { $0["commandName"]?.string != "help" } ?? []
        guard subcommands.isEmpty else {
            return subcommands.flatMap { leaves($0, below: path + [$0["commandName"]?.string ?? "?"]) }
        }
        let names = command["arguments"]?.elements.flatMap { argument in
            argument["names"]?.elements.compactMap { $0["name"]?.string } ?? []
        }
        return [Leaf(path: path.joined(separator: " "), options: Set(names ?? []))]
    }

    @Test func `every command shows what it has to people and to programs`() async throws {
        try await Arena.with { arena in
            let dump = try await arena.command("--experimental-dump-help")
            let root = try #require(try JSON.parse(Array(dump.output.utf8))["command"])
            let leaves = Self.leaves(root)
            #expect(leaves.count > 50)
            #expect(
                Set(leaves.map(\.path)) == Set(CommandCase.all.map(\.path)),
                "each command needs its case"
            )
            let scene = try await CommandScene.prepare(arena)
            var before = try await scene.digest()
            for one in CommandCase.all {
                guard let leaf = leaves.first(where: { $0.path == one.path }) else { continue }
                switch one.form {
                case .program: try await Self.expectHelp(one, scene)
                case .text: try await Self.expectText(one, scene)
                default:
                    let rehearsed = leaf.options.contains("dry-run") ? ["--dry-run"] : []
                    try await Self.expectForms(one, rehearsed, scene)
                }
                if leaf.options.contains("yes"), !CommandCase.unasked.contains(one.path) {
                    try await Self.expectQuestion(one, scene)
                }
                let after = try await scene.digest()
                let changed = after.filter { before[$0.key] != $0.value }.keys.sorted()
                #expect(changed == [], "\(one.path) changed something")
                before = after
            }
        }
    }

    // MARK: - Forms

    private static func expectHelp(_ one: CommandCase, _ scene: CommandScene) async throws {
        let help = try await scene.piped(one, "--help")
        #expect(help.code == 0 && help.output.contains("USAGE: highscores \(one.path)"))
        let wrong = try await scene.piped(one, "--nonsense")
        #expect(wrong.code == 2 && wrong.output.isEmpty && wrong.errors.contains("--nonsense"))
    }

    private static func expectText(_ one: CommandCase, _ scene: CommandScene) async throws {
        let piped = try await scene.piped(one)
        #expect(piped.code == 0, "\(one.path): \(piped)")
        let shown = try await scene.shown(one)
        #expect(shown.code == 0, "\(one.path): \(shown)")
        // People get the same, with the remarks in between.
        let lines = Set(shown.screen.split(separator: "\n"))
        let missing = piped.output.split(separator: "\n").filter {
            !lines.contains($0) && !$0.contains("exported_at")
        }
        #expect(missing.isEmpty, "\(one.path): \(missing)")
        #expect(!(piped.output + piped.errors + shown.screen).contains("\u{1B}"), "\(one.path)")
    }

    private static func expectForms(_ one: CommandCase, _ rehearsed: [String], _ scene: CommandScene)
        async throws
    {
        let name = "\(one.path) \(one.arguments)"
        func run(_ option: String...) async throws -> CommandResult {
            let line = (scene.line(one) + rehearsed + option).joined(separator: " ")
            let result = try await scene.arena.command(line, with: one.variables)
            #expect(!(result.output + result.errors).contains("\u{1B}"), "\(name): \(result)")
            return result
        }
        let piped = try await run()
        try #require(piped.code == 0, "\(name): \(piped)")
        let rows = piped.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        let document = try JSON.parse(Array(try await run("--json").output.utf8))
        #expect((document["schema"]?.int64 == 1) == (one.form != .board), "\(name)")
        let things = try await run("--ndjson").output.split(separator: "\n").map {
            try JSON.parse(Array($0.utf8))
        }
        let columns = things.first?.entries.map(\.key).filter { !one.beside.contains($0) } ?? []
        #expect(things.allSatisfy { $0.kind == .object && $0.entries.count >= columns.count }, "\(name)")
        let shown = try await scene.shown(one, rehearsed)
        #expect(shown.code == 0, "\(name): \(shown)")
        #expect(!shown.screen.contains("\u{1B}") && !shown.screen.contains("\t"), "\(name): \(shown.screen)")
        if rehearsed.isEmpty {
            #expect(!things.isEmpty, "\(name) has nothing to show")
        } else {
            #expect(piped.errors.contains(one.rehearsal), "\(name): \(piped.errors)")
            #expect(shown.screen.contains(one.rehearsal), "\(name): \(shown.screen)")
            #expect(!shown.screen.contains("to go on:"), "\(name): \(shown.screen)")
        }
        guard let first = columns.first else { return }
        if let second = columns.dropFirst().first {
            let chosen = try await run("--fields", "\(second),\(first)").output.split(separator: "\n")
            #expect(chosen.count == things.count, "\(name): \(chosen)")
            #expect(chosen.allSatisfy { $0.count { $0 == "\t" } == 1 }, "\(name): \(chosen)")
        }
        switch one.form {
        case .list, .board:
            #expect(
                rows.count == things.count && rows.allSatisfy { $0.count == columns.count },
                "\(name): \(rows)"
            )
            #expect(rows.first != columns, "\(name) pipes a head")
            let table = ShownTable(on: shown.screen, of: things, columns)
            #expect(table?.faults(rows: rows) == [], "\(name):\n\(shown.screen)")
            let narrow = try await scene.shown(one, rehearsed, columns: 80)
            expectNarrow(narrow.screen, things, columns, name)
        case .statistics:
            #expect(rows.count == things.count && shown.screen.contains("SCORES"), "\(name): \(shown.screen)")
        case .record:
            #expect(rows.map(\.first) == columns, "\(name): \(rows)")
            expectFields(shown.screen, rows, name)
        default:
            #expect(rows.count == things.count, "\(name): \(rows)")
            #expect(rows.allSatisfy { shown.screen.contains("\($0[1]): ") }, "\(name): \(shown.screen)")
        }
    }

    /// At 80 columns no line of a table wraps; what does not fit is shown field by field, and so whole.
    private static func expectNarrow(
        _ screen: String,
        _ things: [JSONValue],
        _ columns: [String],
        _ name: String
    ) {
        if let table = ShownTable(on: screen, of: things, columns) {
            #expect(table.lines.allSatisfy { ShownTable.width($0) <= 80 }, "\(name):\n\(screen)")
        } else {
            let starts = screen.split(separator: "\n").filter { $0.hasPrefix("\(columns[0]) ") }
            #expect(starts.count == things.count, "\(name):\n\(screen)")
        }
    }

    /// One thing is a line for each field, all values in one column.
    private static func expectFields(_ screen: String, _ rows: [[String]], _ name: String) {
        let width = (rows.map { $0[0].count }.max() ?? 0) + 2
        // Two rehearsals do not happen at the same time.
        let clock = #/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z/#
        let lines = Set(screen.split(separator: "\n").map { String($0.replacing(clock, with: "TIME")) })
        for row in rows {
            let label = row[0] + String(repeating: " ", count: width - row[0].count)
            let line = String((label + row[1]).replacing(clock, with: "TIME"))
            #expect(lines.contains(line), "\(name): '\(line)' in\n\(screen)")
        }
    }

    // MARK: - Safety

    private static func expectQuestion(_ one: CommandCase, _ scene: CommandScene) async throws {
        let refused = try await scene.piped(one)
        #expect(refused.code == 2 && refused.errors.contains("'--yes' is needed"), "\(one.path): \(refused)")
        let asked = try await scene.shown(one)
        #expect(asked.code == 2 && asked.screen.contains(" to go on:\n"), "\(one.path): \(asked)")
    }
}
