import Foundation
import JSON
import TestSupport
import Testing

/// What README says of boards is so: its commands, and its code for pages.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ReadmeTests {
    /// The fence of a language in the section about boards.
    private static func fence(_ language: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../README.md"
        )
        let text = try String(contentsOf: file.standardizedFileURL, encoding: .utf8)
        let section = try #require(text.split(separator: "\n### Boards").dropFirst().first)
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
