import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// What README says is so: its commands, and its code for pages.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ReadmeTests {
    /// The fence of a language in a section.
    private static func fence(_ language: String, of title: String = "Boards") throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../README.md"
        )
        let text = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
        let section = try #require(text.split(separator: "\n### \(title)").dropFirst().first)
        let start = try #require(section.range(of: "```\(language)\n")).upperBound
        return String(section[start...].prefix { $0 != "`" })
    }

    @Test func `the commands of README about boards work one after another`() async throws {
        try await Arena.with { arena in
            let lines = try Self.fence("sh").split(separator: "\n").map {
                String($0.prefix { $0 != "#" }).trimmingCharacters(in: .whitespaces)
            }
            #expect(lines.count > 5)
            for line in lines {
                let asks = ["board set", "board remove", "game set"].contains { line.contains($0) }
                let result = try await arena.command(
                    line.dropFirst("highscores ".count) + (asks ? " --yes" : "")
                )
                #expect(result.code == 0, "\(line): \(result)")
            }
            let boards = try await arena.command("board list tetris --fields board,windows,attempts,seed")
            #expect(boards.output.contains("daily\tall day week month season\t3/day\tday\n"), "\(boards)")
            #expect(try await arena.command("game get tetris --fields telegram_board").output == "hard\n")
        }
    }

    @Test func `a game is developed with the lines of README, as they stand`() async throws {
        try await Program.withFolder { folder in
            let port = try Program.freePort()
            var environment = [
                "HIGHSCORES_DATA": folder.path + "/data", "HIGHSCORES_LISTEN": "127.0.0.1:\(port)",
            ]
            var running: [Program] = []
            for line in try Self.fence("sh", of: "Develop on this machine").split(separator: "\n") {
                let words = line.prefix { $0 != "#" }.split(separator: " ").map(String.init)
                guard words[0] == "highscores" else {
                    for word in words.dropFirst() {
                        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                        environment[parts[0]] = parts[1]
                    }
                    continue
                }
                let arguments = words.dropFirst().filter { $0 != "&" }
                let place = folder.appendingPathComponent(words[1])
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                let program = try Program(Array(arguments), environment: environment, folder: place)
                if words[1] == "game" {
                    #expect(try await program.exitCode() == 0, "\(program.standardError)")
                } else {
                    running.append(program)
                }
            }
            #expect(running.count == 2)
            let http = try CurlClient(
                configuration: CurlClient.Configuration(usesProxiesOfEnvironment: false)
            )
            let telegram = try #require(environment["TELEGRAM_API_URL"])
            func ask(_ method: CurlRequest.Method, _ url: String, _ body: String? = nil) async -> JSONValue? {
                let request = CurlRequest(
                    method: method,
                    url: url,
                    headers: [(name: "Content-Type", value: "application/json")],
                    body: body.map { Array($0.utf8) }
                )
                guard let answer = try? await http.send(request, timeout: .seconds(10)) else { return nil }
                return answer.status == 200 ? try? JSON.parse(answer.body) : nil
            }
            func wait(for what: String, _ look: @escaping () async -> Bool) async throws {
                try await Program.wait(for: what, else: { running.map(\.standardError).joined() }) {
                    await look() ? () : nil
                }
            }
            try await wait(for: "readiness") { await ask(.get, "http://127.0.0.1:\(port)/readyz") != nil }
            let chats = await ask(.get, telegram + "/simulator/state")
            let chat = try #require(chats?["chats"]?.elements.first { $0["kind"]?.string == "supergroup" })
            let said = await ask(
                .post,
                telegram + "/simulator/messages",
                #"{"user":\#(chat["users"]?.firstElement?.int64 ?? 0),"chat":"\#(chat["key"]?.string ?? "")","text":"/start"}"#
            )
            #expect(said != nil)
            try await wait(for: "the game in the chat") {
                await ask(.get, telegram + "/simulator/calls")?["calls"]?.elements.contains {
                    $0["method"]?.string == "sendGame"
                } ?? false
            }
            for program in running.reversed() {
                program.send(SIGTERM)
                try await program.exitCode()
            }
            await http.shutdown()
        }
    }

    @Test func `the page's code of README about boards works in a page`() async throws {
        try await Program.withFolder { folder in
            let demo = try await Demo.start(in: folder, port: try Program.freePort())
            let declared = try Program(
                ["board", "add", "comet_catch", "hard"],
                environment: ["HIGHSCORES_DATA": folder.path + "/data"],
                folder: folder
            )
            #expect(try await declared.exitCode() == 0, "\(declared.standardError)")
            try await WebDriver.withBrowser(width: 1100, height: 760) { browser in
                let table = DemoTable(browser: browser)
                try await table.open(demo.address)
                try await table.press(as: "Ada")
                let script = """
                    return (async () => {
                      const hs = Highscores.connect({ api: new URLSearchParams(location.search).get("api") });
                      const run = await hs.startRun();
                      let started = null;
                      const startGame = (seed, attempt) => { started = [seed.length, attempt.number, attempt.of].join(); };
                      \(try Self.fence("js"))
                      return started + " " + mine.runs.length;
                    })()
                    """
                try await table.inGame {
                    // Running servers know a new board within a second.
                    try await browser.wait(until: "README's code is done") {
                        (try? await browser.run(script).string) == "16,1,3 0"
                    }
                }
            }
            try await demo.stop()
        }
    }
}
