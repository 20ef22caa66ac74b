import Foundation
import JSON
import TestSupport
import Testing

/// What somebody at the demo does: be a person, press Play, play, look.
struct DemoTable {
    let browser: WebDriver
    /// How long a round takes, instead of the game's 45 seconds.
    var seconds = 8

    /// The chat's play button: that of the first game message.
    private static let play = "[data-play]"

    func open(_ address: String) async throws {
        try await browser.open(address)
        _ = try await browser.find(Self.play, within: Program.longestWait)
    }

    /// Chooses a person and opens the game as that person.
    func press(as name: String) async throws {
        if try await browser.find("#browser").isDisplayed() { try await closeGame() }
        let script = """
            const button = [...document.querySelectorAll('[data-person]')].find(e => e.innerText.includes(arguments[0]));
            button.click();
            return button.dataset.person
            """
        let person = try await browser.run(script, .string(name)).string ?? ""
        try await browser.wait(until: "\(name) is chosen") {
            try await browser.find("[data-person='\(person)']").attribute("aria-pressed") == "true"
        }
        try await browser.find(Self.play).click()
        try await browser.wait(until: "the game is open") { try await browser.find("#browser").isDisplayed() }
        // Shorter rounds, and the same sky every time.
        let short = """
            const frame = document.getElementById('frame');
            if (!frame.src.includes('/game')) return false;
            const url = new URL(frame.src);
            if (url.searchParams.has('seconds')) return true;
            url.searchParams.set('seconds', arguments[0]);
            url.searchParams.set('seed', '7');
            frame.src = url.href;
            return false
            """
        try await browser.wait(until: "the game's address") {
            try await browser.run(short, .integer(Int64(seconds))).bool == true
        }
        try await inGame { try await waitForState("ready") }
    }

    /// Plays one round with the keyboard.
    ///
    /// - Returns: The score that the page shows at its end.
    func play(as name: String) async throws -> Int {
        try await press(as: name)
        return try await inGame {
            try await start()
            while try await state() == "playing" { try await sweep() }
            try await waitForState("done")
            let score = try await browser.find("#game").attribute("data-score").flatMap { Int($0) } ?? -1
            let shown = try await browser.find("#score").text().filter(\.isNumber)
            #expect(shown == "\(score)")
            return score
        }
    }

    /// Chooses what to play in the open game: its own board, or the daily challenge.
    func choose(_ board: String) async throws {
        try await browser.find("#modes [data-board='\(board)']").click()
        try await waitForState("ready")
    }

    /// Waits until the open game offers a round, or says why not.
    func waitForButton(_ text: String) async throws {
        try await browser.wait(until: "the button says '\(text)'", within: Program.longestWait) {
            try await browser.find("#go").text() == text
        }
    }

    /// Begins a round of the open game.
    func start() async throws {
        try await browser.press(.enter)
        try await waitForState("playing")
    }

    /// From one edge to the other and back, so that something is caught.
    func sweep() async throws {
        try await browser.hold(.arrowRight, milliseconds: 500)
        try await browser.hold(.arrowLeft, milliseconds: 500)
    }

    func closeGame() async throws {
        try await browser.find("#close").click()
        try await browser.wait(until: "the game is closed") {
            try await !browser.find("#browser").isDisplayed()
        }
    }

    /// The lines of the board on the open game's page, such as `Ada 120`.
    func boardOnPage() async throws -> [String] {
        let script = """
            return [...document.querySelectorAll('#top li')].map(e =>
              e.querySelector('span').textContent + ' ' + e.querySelector('b').textContent.replace(/\\D/g, '')).join('|')
            """
        return try await inGame {
            try await browser.run(script).string.map { $0.split(separator: "|").map(String.init) } ?? []
        }
    }

    /// The scoreboard in the text of the chat's game message.
    func scoreboard() async throws -> String {
        try await browser.find("[data-scoreboard]").text()
    }

    /// Waits until the message shows these people with their scores.
    func waitForScoreboard(_ scores: [String: Int]) async throws {
        try await browser.wait(until: "the chat shows \(scores)", within: Program.longestWait) {
            let text = try await scoreboard()
            let plain = text.filter { $0 != "," && $0 != "." && $0 != "\u{202F}" }
            return scores.allSatisfy { text.contains($0.key) && plain.contains("\($0.value)") }
        }
    }

    /// Does something inside the game's frame.
    func inGame<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await browser.insideFrame(try await browser.find("#frame"), body)
    }

    private func state() async throws -> String {
        try await browser.run("return document.body.dataset.state || ''").string ?? ""
    }

    func waitForState(_ wanted: String) async throws {
        try await browser.wait(until: "the game is \(wanted)", within: Program.longestWait) {
            try await state() == wanted
        }
    }
}
