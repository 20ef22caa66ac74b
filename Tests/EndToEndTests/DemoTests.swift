import Foundation
import JSON
import TestSupport
import Testing

/// The demo in a real browser, played with keys.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DemoTests {
    @Test func `two people play, and the chat and the board show both`() async throws {
        try await Program.withFolder { folder in
            let port = try Program.freePort()
            var demo = try await Demo.start(in: folder, port: port)
            try await WebDriver.withBrowser(width: 1100, height: 760) { browser in
                let table = DemoTable(browser: browser)
                try await table.open(demo.address)
                let ada = try await table.play(as: "Ada")
                let zoe = try await table.play(as: "Zoë")
                let expected = [("Ada", ada), ("Zoë", zoe)].sorted { $0.1 > $1.1 }.map { "\($0.0) \($0.1)" }
                #expect(ada > 0)
                #expect(zoe > 0)
                // The game's page shows the board of the chat with both, the better first.
                #expect(try await table.boardOnPage() == expected)
                try await table.closeGame()
                try await table.waitForScoreboard(["Ada": ada, "Zoë": zoe])
                let complaints = try await browser.console().filter { $0.level == "SEVERE" }
                #expect(complaints.isEmpty)
            }
            try await demo.stop()

            demo = try await Demo.start(in: folder, port: port)
            try await WebDriver.withBrowser(width: 1100, height: 760) { browser in
                let table = DemoTable(browser: browser)
                try await table.open(demo.address)
                let kept = try await table.scoreboard()
                #expect(kept.contains("Ada"))
                #expect(kept.contains("Zoë"))
                try await table.press(as: "Omar")
                let board = try await table.boardOnPage()
                #expect(board.count >= 2)
                #expect(board.contains { $0.hasPrefix("Ada ") })
                #expect(board.contains { $0.hasPrefix("Zoë ") })
            }
            try await demo.stop()
        }
    }
}

/// The demo's daily challenge in a real browser.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DemoChallengeTests {
    private func seed(_ browser: WebDriver) async throws -> String {
        try await browser.find("#game").attribute("data-seed") ?? ""
    }

    @Test func `a challenge has one sky for everybody, three tries and a board of its own`() async throws {
        try await Program.withFolder { folder in
            let demo = try await Demo.start(in: folder, port: try Program.freePort())
            try await WebDriver.withBrowser(width: 1100, height: 760) { browser in
                let table = DemoTable(browser: browser, seconds: 5)
                try await table.open(demo.address)
                try await table.press(as: "Ada")
                var seeds: Set<String> = []
                try await table.inGame {
                    try await table.choose("daily")
                    for (number, after) in [
                        "Play again · 2 tries left", "Play again · 1 try left", "Come back tomorrow",
                    ].enumerated() {
                        try await browser.find("#go").click()
                        try await table.waitForState("playing")
                        #expect(try await browser.find("#try").text() == "Try \(number + 1) of 3")
                        seeds.insert(try await seed(browser))
                        try await table.waitForState("done")
                        try await table.waitForButton(after)
                    }
                }
                #expect(try await table.boardOnPage().count == 1)
                try await table.inGame {
                    try await table.choose("")
                    try await table.waitForButton("Play")
                }
                #expect(try await table.boardOnPage().isEmpty)
                try await table.press(as: "Zoë")
                try await table.inGame {
                    try await table.choose("daily")
                    try await browser.find("#go").click()
                    try await table.waitForState("playing")
                    seeds.insert(try await seed(browser))
                    try await table.waitForState("done")
                    try await table.waitForButton("Play again · 2 tries left")
                }
                #expect(seeds.count == 1 && seeds != [""])
                #expect(try await table.boardOnPage().count == 2)
                let complaints = try await browser.console().filter { $0.level == "SEVERE" }
                #expect(complaints.isEmpty, "\(complaints)")
                // A page that was opened anew is told by the service.
                try await table.press(as: "Ada")
                try await table.inGame {
                    try await table.choose("daily")
                    try await browser.find("#go").click()
                    try await table.waitForButton("Come back tomorrow")
                    #expect(try await browser.find("#note").text().contains("used up"))
                }
            }
            try await demo.stop()
        }
    }
}

/// A demo keeps to its ports, and others keep their hands off its folder.
@Suite(.serialized, .timeLimit(.minutes(10))) struct DemoNeighbourTests {
    @Test func `a second demo in a folder says where the first runs, and changes nothing`() async throws {
        try await Program.withFolder { folder in
            let port = try Program.freePort()
            let demo = try await Demo.start(in: folder, port: port)
            func run(_ arguments: String...) async throws -> (code: Int32, errors: String, output: String) {
                let place = folder.appendingPathComponent("run-\(UInt32.random(in: 0...UInt32.max))")
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: false)
                let program = try Program(
                    arguments,
                    environment: ["HIGHSCORES_DATA": folder.path + "/data"],
                    folder: place
                )
                return (try await program.exitCode(), program.standardError, program.standardOutput)
            }
            let before = try await run("game", "get", "comet_catch", "--fields", "url")
            let second = try await run("demo")
            #expect(second.code == 5, "\(second)")
            #expect(second.errors.contains("runs in") && second.errors.contains(demo.address), "\(second)")
            #expect(try await run("game", "get", "comet_catch", "--fields", "url").output == before.output)
            let taken = try await run("demo", "--listen", "127.0.0.1:\(port)")
            #expect(taken.code == 2 && taken.errors.contains("--listen"), "\(taken)")
            #expect(try await run("doctor", "--fields", "detail").output.contains("open \(demo.address)"))
            try await demo.stop()
            #expect(try await !run("doctor", "--fields", "subject").output.contains("demo\n"))
        }
    }
}

/// The picture of the demo in the README; made only when `HIGHSCORES_DEMO_PICTURE` names the file to write.
@Suite(.timeLimit(.minutes(10))) struct DemoPictureTests {
    private static let file = ProcessInfo.processInfo.environment["HIGHSCORES_DEMO_PICTURE"] ?? ""

    @Test(.enabled(if: !file.isEmpty))
    func `the demo with three people on the scoreboard and a round under way is pictured`() async throws {
        try await Program.withFolder { folder in
            let demo = try await Demo.start(in: folder, port: try Program.freePort())
            try await WebDriver.withBrowser(width: 1360, height: 900) { browser in
                var table = DemoTable(browser: browser)
                try await table.open(demo.address)
                for (name, seconds) in [("Ada", 12), ("Zoë", 18), ("Omar", 15)] {
                    table.seconds = seconds
                    _ = try await table.play(as: name)
                    try await table.closeGame()
                    try await browser.wait(until: "\(name) stands in the chat") {
                        try await table.scoreboard().contains(name)
                    }
                }
                table.seconds = 45
                try await table.press(as: "Ada")
                try await table.inGame {
                    try await table.start()
                    for _ in 0..<9 { try await table.sweep() }
                }
                try await browser.screenshot(to: Self.file)
            }
            try await demo.stop()
        }
    }
}

/// A running `highscores demo`.
struct Demo {
    let program: Program
    /// The address that it printed.
    let address: String

    static func start(in folder: URL, port: UInt16) async throws -> Demo {
        let output = folder.appendingPathComponent("run-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: false)
        let program = try Program(
            ["demo"],
            environment: [
                "HIGHSCORES_DATA": folder.path + "/data", "HIGHSCORES_LISTEN": "127.0.0.1:\(port)",
                "HIGHSCORES_LOG_FORMAT": "json",
            ],
            folder: output
        )
        let address = try await Program.wait(
            within: Program.longestWait,
            for: "the demo's address",
            else: { program.standardError }
        ) {
            guard program.isRunning else { throw ProgramError("the demo ended: \(program.standardError)") }
            let lines = program.standardOutput.split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast()
            return lines.first { $0.hasPrefix("http://") }.map(String.init)
        }
        return Demo(program: program, address: address)
    }

    func stop() async throws {
        program.send(SIGTERM)
        let code = try await program.exitCode()
        #expect(code == 0, "\(program.standardError)")
    }
}
