import Foundation
import JSON
import Pages
import TestSupport
import Testing

/// The script's types are those of the API document, and TypeScript takes what is right and nothing else.
@Suite(.timeLimit(.minutes(5))) struct TypeTests {
    /// The members that a client and a run have, as the script makes them and as the types name them.
    static let clientMembers = [
        "chatInstance", "game", "history", "leaderboard", "player", "share", "startRun", "watch",
    ]
    static let runMembers = ["attempt", "board", "expiresAt", "id", "seed", "startedAt", "submit"]

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// Lets TypeScript check files beside the package that `highscores sdk` writes.
    ///
    /// - Returns: What it finds wrong; nothing when all is well.
    private static func check(_ files: [String: String], _ options: String...) async throws -> String {
        let folder = FileManager.default.temporaryDirectory.appending(path: "types-\(UUID().uuidString)")
        let package = folder.appending(path: "node_modules/highscores")
        try FileManager.default.createDirectory(at: package, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in Script.npmPackage { try Data(bytes).write(to: package.appending(path: name)) }
        for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
        let code = try await ProgramSpawn.run(
            ProgramSpawn.find("tsc"),
            ["--strict", "--noEmit", "--target", "es2020", "--lib", "es2020,dom"] + options
                + files.keys.map { folder.appending(path: $0).path },
            folder: folder
        )
        let said = try String(contentsOf: folder.appending(path: "stdout"), encoding: .utf8)
        return code == 0 ? "" : said + " (\(code))"
    }

    @Test(arguments: ["node16", "node"]) func `the modules in README are right`(resolution: String)
        async throws
    {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let modules = readme.components(separatedBy: "```ts\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(modules.contains { $0.contains(#"from "highscores""#) })
        var files: [String: String] = [:]
        for (index, text) in modules.enumerated() { files["module\(index).mts"] = text }
        let found = try await Self.check(
            files,
            "--moduleResolution",
            resolution,
            "--module",
            resolution == "node" ? "es2020" : resolution
        )
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `so is the page in README`() async throws {
        let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
        let page = try #require(
            readme.components(separatedBy: "<script>\n").dropFirst().first?
                .components(separatedBy: "</script>").first
        )
        let around =
            "declare function myGame(): Promise<number>;\ndeclare function show(text: string): void;\n"
        let found = try await Self.check(
            ["page.ts": #"/// <reference types="highscores" />\#n"# + page + around],
            "--moduleResolution",
            "node"
        )
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `wrong calls are refused`() async throws {
        let calls = [
            "connect({ server: 'https://s' })", "connect({ initData: 'a=b' })", "connect('launch')",
            "connect({ token: 'launch', initData: 'a=b', game: 'g' })", "hs.submit(1)",
            "hs.startRun('daily')",
            "hs.leaderboard({ scope: 'everywhere' })", "hs.leaderboard({ windows: 'all' })",
            "hs.leaderboard({ limit: '10' })", "hs.watch({})", "hs.watch({ at: '2026-01-01' }, () => {})",
            "hs.history({ window: 'all' })", "run.submit()", "run.submit('7')", "run.submit({ main: '7' })",
            "run.submit(7, { level: 2 })", "run.submit(7, { metadata: 'level' })", "run.seed.length",
            "run.submit(7).outcome", "receipt.outcome === 'newBest'", "receipt.boards[0].next.score",
            "receipt.results.hard", "error.code === 'token_expird'", "board.me.rank", "new Client()",
            "hs.player.name",
        ]
        let lines = calls.map { "  // @ts-expect-error\n  \($0);\n" }.joined()
        let text = """
            import { connect, HighscoresError, Client, Leaderboard, Receipt, Run } from "highscores";
            export function wrong(hs: Client, run: Run, receipt: Receipt, board: Leaderboard, error: HighscoresError) {
            \(lines)
              const right: Promise<Receipt> = run.submit({ main: 7 }, { metadata: { level: 2 }, boards: ["chat/week"] });
              return [right, connect(), connect({ initData: "", game: "g" }), error instanceof Error];
            }
            """
        let found = try await Self.check(
            ["wrong.mts": text],
            "--module",
            "node16",
            "--moduleResolution",
            "node16"
        )
        #expect(found.isEmpty, "\(found)")
    }

    @Test func `the types are those of the API document`() async throws {
        let file = Self.root.appending(path: "Sources/Web/OpenAPI/openapi.json")
        let document = SchemaTypes(try JSON.parse(Array(try Data(contentsOf: file))))
        let pairs = [
            ("Api.Run['game']", "Game"), ("Api.Run['player']", "Player"),
            ("Api.Run['chat_instance']", "string | null"),
            ("NonNullable<Api.Run['attempt']>", "Attempt"), ("Api.Run['board']", "Run['board']"),
            ("Api.Run['seed']", "Run['seed']"), ("Api.RunStart['board']", "StartOptions['board']"),
            ("Api.Receipt", "Receipt"), ("Api.Receipt['boards']", "Placement[]"),
            ("NonNullable<Api.Receipt['results']>", "Record<string, BoardResult>"),
            ("Api.Leaderboard", "Leaderboard"), ("Api.Leaderboard['entries']", "Entry[]"),
            ("Api.History", "History"), ("Api.History['runs']", "PlayedRun[]"),
            ("Api.ProblemCode", "ProblemCode"),
            ("Api.ScoreSubmission['metadata']", "SubmitOptions['metadata']"),
            (
                "NonNullable<Api.ScoreSubmission['score']> | NonNullable<Api.ScoreSubmission['scores']>",
                "Parameters<Run['submit']>[0]"
            ),
            ("Api.MiniAppLaunch['init_data']", "MiniAppOptions['initData']"),
            ("Api.MiniAppLaunch['game']", "MiniAppOptions['game']"),
            ("Query.readLeaderboard", "LeaderboardQuery"), ("Query.watchLeaderboard", "WatchQuery"),
            ("Query.readHistory", "HistoryQuery"),
            ("keyof Client", Self.clientMembers.map { "'\($0)'" }.joined(separator: " | ")),
            ("keyof Run", Self.runMembers.map { "'\($0)'" }.joined(separator: " | ")),
        ]
        let names = [
            "Attempt", "BoardResult", "Client", "Entry", "Game", "History", "HistoryQuery", "Leaderboard",
            "LeaderboardQuery", "MiniAppOptions", "Placement", "PlayedRun", "Player", "ProblemCode",
            "Receipt", "Run",
            "StartOptions", "SubmitOptions", "WatchQuery",
        ]
        let text = """
            import { \(names.joined(separator: ", ")) } from "highscores";
            type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;
            \(document.text)
            \(pairs.enumerated().map { "export const same\($0): Same<\($1.0), \($1.1)> = true;" }.joined(separator: "\n"))
            """
        let found = try await Self.check(
            ["same.mts": text],
            "--module",
            "node16",
            "--moduleResolution",
            "node16"
        )
        #expect(found.isEmpty, "\(found)\n\(text)")
    }
}

/// The schemas and the parameters of queries in an OpenAPI document, as TypeScript.
private struct SchemaTypes {
    let text: String

    init(_ document: JSONValue) {
        let schemas = document["components"]?["schemas"]?.entries.map {
            "export type \($0.key) = \(Self.type($0.value));"
        }
        let operations = document["paths"]?.entries.flatMap { Array($0.value.entries.map(\.value)) } ?? []
        let queries = operations.compactMap { operation in
            operation["operationId"]?.string.map { "export type \($0) = \(Self.query(of: operation));" }
        }
        text = """
            namespace Api { \((schemas ?? []).joined(separator: "\n")) }
            namespace Query { \(queries.joined(separator: "\n")) }
            """
    }

    /// What a caller may leave out may as well be null.
    private static func query(of operation: JSONValue) -> String {
        let parameters = operation["parameters"].map { Array($0.elements) } ?? []
        let members = parameters.filter { $0["in"]?.string == "query" }.map {
            "\($0["name"]?.string ?? "")?: \($0["schema"].map(type) ?? "unknown") | null;"
        }
        return "{ \(members.joined(separator: " ")) }"
    }

    private static func type(_ schema: JSONValue) -> String {
        if let reference = schema["$ref"]?.string {
            return "Api." + (reference.split(separator: "/").last ?? "")
        }
        if let values = schema["enum"] {
            return values.elements.map { "'\($0.string ?? "")'" }.joined(separator: " | ")
        }
        if let choices = schema["anyOf"] { return choices.elements.map(type).joined(separator: " | ") }
        guard let type = schema["type"] else { return "unknown" }
        let names = type.string.map { [$0] } ?? type.elements.compactMap(\.string)
        return names.map { named($0, schema) }.joined(separator: " | ")
    }

    private static func named(_ name: String, _ schema: JSONValue) -> String {
        switch name {
        case "integer", "number": return "number"
        case "array": return "(\(schema["items"].map(type) ?? "unknown"))[]"
        case "object":
            if let values = schema["additionalProperties"] { return "Record<string, \(type(values))>" }
            guard let properties = schema["properties"] else { return "Record<string, unknown>" }
            let required = Set(schema["required"]?.elements.compactMap(\.string) ?? [])
            let members = properties.entries.map {
                "\($0.key)\(required.contains($0.key) ? "" : "?"): \(type($0.value));"
            }
            return "{ \(members.joined(separator: " ")) }"
        default: return name
        }
    }
}
