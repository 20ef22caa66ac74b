import Foundation
import TestSupport
import Testing

/// The examples in `Deploy/examples`, played as they stand.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ExampleTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Deploy/examples")

    /// An example whose server is that of the test.
    private static func example(_ name: String, at service: Service) throws -> String {
        let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        #expect(text.contains("https://scores.example/sdk/"), "\(name)")
        return text.replacing("https://scores.example", with: service.base)
    }

    @Test func `the plain one is tapped, and shows rank and board`() async throws {
        try await Arena.with { arena in
            let service = try await arena.serve()
            let launch = try await arena.launch(Arena.ada, try arena.post(Arena.tetris, in: Arena.friday))
            try await PageHost.with(["plain.html": Self.example("plain.html", at: service)], arena) { host in
                try await WebDriver.withBrowser(width: 390, height: 700) { browser in
                    try await browser.open("\(host.base)/plain.html")
                    try await browser.waitForText(
                        "Open the game with the Play button in its chat.",
                        in: "#said"
                    )
                    try await browser.open("about:blank")
                    try await browser.open("\(host.base)/plain.html#hs=\(launch)")
                    for round in 1...2 {
                        try await browser.find("#go:enabled").click()
                        try await browser.waitForText("Tap!", in: "#said")
                        for _ in 0..<10 { try await browser.find("#go:enabled").click() }
                        try await browser.waitForText("rank 1 of 1", in: "#said")
                        try await browser.waitForText("Ada: ", in: "#board .me")
                        try await browser.waitForText("Play again", in: "#go")
                        #expect(try await Database.count("scores") == Int64(round))
                    }
                    #expect(
                        try await browser.console().allSatisfy {
                            $0.level != "SEVERE" || $0.message.contains("favicon")
                        }
                    )
                }
            }
            try await service.stop()
        }
    }

    @Test func `the module one is played until its attempts are used`() async throws {
        try await Arena.with { arena in
            let added = try await arena.command("board add tetris daily --attempts 1/day --seed day")
            try #require(added.code == 0, "\(added)")
            let service = try await arena.serve()
            let launch = try await arena.launch(Arena.zoe, try arena.post(Arena.tetris, in: Arena.friday))
            try await PageHost.with(["module.html": Self.example("module.html", at: service)], arena) {
                host in
                try await WebDriver.withBrowser(width: 390, height: 700) { browser in
                    try await browser.open("\(host.base)/module.html#hs=\(launch)")
                    try await browser.find("#throw:enabled").click()
                    try await browser.waitForText(" points", in: "#said")
                    // With a one it is over already.
                    if let stop = try await browser.findAll("#stop:enabled").first { try await stop.click() }
                    try await browser.waitForText("your best today is", in: "#said")
                    try await browser.waitForText("Zoë: ", in: "#board li")
                    try await browser.find("#throw:enabled").click()
                    try await browser.waitForText("No attempts left.", in: "#said")
                }
            }
            let board = try await service.board(launch, "&board=daily&window=day")
            #expect(board.keys.sorted() == ["\(Arena.zoe)"])
            try await service.stop()
        }
    }
}
