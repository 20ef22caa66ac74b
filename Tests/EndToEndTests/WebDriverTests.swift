import Foundation
import JSON
import TestSupport
import Testing

/// The browser that other tests drive does what it is told.
///
/// One after another, since a browser keeps several processors busy while it starts.
@Suite(.serialized) struct WebDriverTests {
    private static let page = """
        <!doctype html><title>Probe</title>
        <button id="late" hidden>Late</button><input id="name"><p id="said"></p><p id="keys"></p>
        <canvas id="pad" width="200" height="100" style="background:#fc0;display:block"></canvas>
        <iframe id="inner" srcdoc="<p id='deep'>deep</p><iframe id='innermost' srcdoc='<b>deepest</b>'></iframe>"></iframe>
        <script>
        const said = document.getElementById('said'), keys = document.getElementById('keys');
        const late = document.getElementById('late'), pad = document.getElementById('pad');
        late.onclick = () => said.textContent = 'clicked';
        document.onkeydown = e => keys.textContent += e.key + ' ';
        pad.onpointerdown = e => said.textContent = e.pointerType + ' ' + e.offsetX + ',' + e.offsetY;
        setTimeout(() => { late.hidden = false; late.className = 'shown' }, 300);
        console.error('a complaint');
        </script>
        """

    private static var address: String {
        "data:text/html;base64,\(Data(page.utf8).base64EncodedString())"
    }

    @Test func `elements are found when they appear, read, clicked and typed into`() async throws {
        try await WebDriver.withBrowser { browser in
            try await browser.open(Self.address)
            #expect(try await browser.title() == "Probe")
            #expect(try await browser.address().hasPrefix("data:text/html"))
            try await browser.find("#late.shown").click()
            #expect(try await browser.find("#said").text() == "clicked")
            let field = try await browser.find("#name")
            try await field.type("Zoë")
            #expect(try await field.property("value").string == "Zoë")
            try await field.clear()
            #expect(try await field.property("value").string?.isEmpty == true)
            #expect(try await field.attribute("id") == "name")
            #expect(try await field.attribute("absent") == nil)
            #expect(try await browser.findAll("p").count == 2)
            #expect(try await browser.findAll("video").isEmpty)
            #expect(try await field.isDisplayed())
        }
    }

    @Test func `keys and fingers reach the page`() async throws {
        try await WebDriver.withBrowser { browser in
            try await browser.open(Self.address)
            try await browser.press(.arrowLeft, "x", .space)
            try await browser.waitForText("ArrowLeft x", in: "#keys")
            try await browser.find("#pad").tap(x: -90, y: 10)
            try await browser.waitForText("touch 10,60", in: "#said")
            let pad = try await browser.find("#pad")
            try await browser.perform([.mouse([.move(x: 0, y: 0, of: pad), .down, .up])])
            try await browser.waitForText("mouse 100,50", in: "#said")
        }
    }

    @Test func `frames are entered and left`() async throws {
        try await WebDriver.withBrowser { browser in
            try await browser.open(Self.address)
            let texts = try await browser.insideFrame(browser.find("#inner")) {
                let deepest = try await browser.insideFrame(browser.find("#innermost")) {
                    try await browser.find("b").text()
                }
                return try await [deepest, browser.find("#deep").text()]
            }
            #expect(texts == ["deepest", "deep"])
            #expect(try await browser.findAll("#deep").isEmpty)
            #expect(try await browser.findAll("#pad").count == 1)
        }
    }

    @Test func `scripts take arguments, wait for promises and report what they throw`() async throws {
        try await WebDriver.withBrowser { browser in
            try await browser.open(Self.address)
            let sum = try await browser.run("return Promise.resolve(arguments[0] + arguments[1])", 40, 2)
            #expect(sum.int64 == 42)
            let pad = try await browser.find("#pad")
            #expect(try await browser.run("return arguments[0].width", .element(pad)).int64 == 200)
            let error = await #expect(throws: WebDriverError.self) {
                try await browser.run("throw new Error('no luck')")
            }
            #expect(error?.code == "javascript error")
            #expect(error?.description.contains("no luck") == true)
        }
    }

    @Test func `what is missing is told with what the page shows`() async throws {
        try await WebDriver.withBrowser { browser in
            try await browser.open("data:text/html,<h1>Elsewhere</h1>")
            let missing = await #expect(throws: WebDriverError.self) {
                try await browser.find("#nothing", within: .milliseconds(100))
            }
            #expect(missing?.code == "no such element")
            #expect(missing?.description.contains("Elsewhere") == true)
            let late = await #expect(throws: WebDriverError.self) {
                try await browser.waitForText("Here", within: .milliseconds(100))
            }
            #expect(late?.code == "timeout")
        }
    }

    @Test func `pictures are PNG files and the console is heard`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "highscores-pictures-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await WebDriver.withBrowser(width: 500, height: 400) { browser in
            try await browser.open(Self.address)
            let whole = folder.appendingPathComponent("whole.png")
            let part = folder.appendingPathComponent("part.png")
            try await browser.screenshot(to: whole.path)
            try await browser.find("#pad").screenshot(to: part.path)
            for file in [whole, part] {
                #expect(try Data(contentsOf: file).starts(with: [0x89, 0x50, 0x4E, 0x47]))
            }
            let console = try await browser.console()
            #expect(console.contains { $0.level == "SEVERE" && $0.message.contains("a complaint") })
            #expect(try await browser.console().isEmpty)
        }
    }

    @Test func `nothing of a browser is left after it, even if the test fails`() async throws {
        struct Failure: Error {}
        var folder = ""
        await #expect(throws: Failure.self) {
            try await WebDriver.withBrowser { browser in
                folder = browser.folder
                try await browser.open("about:blank")
                #expect(try Self.processes(mentioning: folder).count > 2)
                throw Failure()
            }
        }
        #expect(try Self.processes(mentioning: folder).isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    private static func processes(mentioning text: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard Int(name) != nil, let words = FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
            else {
                return false
            }
            return String(decoding: words, as: UTF8.self).contains(text)
        }
    }
}
