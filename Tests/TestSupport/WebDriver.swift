import Foundation
import JSON
import Synchronization

/// A headless Chromium that a test drives.
///
/// ```swift
/// try await WebDriver.withBrowser { browser in
///     try await browser.open(address)
///     try await browser.find("#play").click()
///     try await browser.insideFrame(browser.find("iframe")) {
///         try await browser.find("canvas", within: .seconds(5)).tap(x: 10, y: 20)
///     }
///     try await browser.waitForText("Ana", in: ".scoreboard")
/// }
/// ```
///
/// Commands are meant to be given one after another. Everything it started is gone after ``withBrowser(width:height:_:)``.
package final class WebDriver: Sendable {
    /// How long elements and conditions are waited for unless the caller says otherwise.
    package static let longestWait = Program.longestWait

    let session: WebDriverSession
    private let process: WebDriverProcess
    private let implicitWait = Mutex<Duration?>(nil)

    private init(width: Int, height: Int) async throws {
        process = try await WebDriverProcess.start()
        do {
            session = try await WebDriverSession(process, width: width, height: height)
        } catch {
            process.stop()
            throw error
        }
    }

    /// Opens a browser with a fresh profile, hands it to the body and closes it however the body ends.
    ///
    /// - Parameters:
    ///   - width: The window's width in CSS pixels.
    ///   - height: The window's height in CSS pixels.
    ///   - body: What to do with it.
    /// - Returns: What the body returns.
    /// - Throws: ``WebDriverError`` when there is no browser, and what the body throws.
    package static func withBrowser<R>(
        width: Int = 1280,
        height: Int = 900,
        _ body: (WebDriver) async throws -> R
    ) async throws -> R {
        let browser = try await WebDriver(width: width, height: height)
        do {
            let result = try await body(browser)
            await browser.quit()
            return result
        } catch {
            await browser.quit()
            throw error
        }
    }

    /// The folder of the profile and the driver's log, which goes with the browser.
    package var folder: String {
        process.folder.path
    }

    private func quit() async {
        await session.close()
        process.stop()
    }

    // MARK: Pages

    /// Opens a page and waits until it is loaded.
    package func open(_ url: String) async throws {
        try await session.post("/url") { $0.member("url", url) }
    }

    /// Loads the page again.
    package func reload() async throws {
        try await session.post("/refresh")
    }

    /// The address of the page, or of the frame's page.
    package func address() async throws -> String {
        try await run("return location.href").string ?? ""
    }

    /// The title of the page.
    package func title() async throws -> String {
        try await session.get("/title").string ?? ""
    }

    /// Makes the window another size, in CSS pixels.
    package func resize(width: Int, height: Int) async throws {
        try await session.post("/window/rect") { writer in
            writer.member("width", width)
            writer.member("height", height)
        }
    }

    /// Writes a picture of the window to a PNG file.
    package func screenshot(to path: String) async throws {
        try Self.writePicture(try await session.get("/screenshot"), to: path)
    }

    static func writePicture(_ value: JSONValue, to path: String) throws {
        guard let picture = value.string.flatMap({ Data(base64Encoded: $0) }) else {
            throw WebDriverError("no picture", "the browser's answer is not base64")
        }
        try picture.write(to: URL(fileURLWithPath: path))
    }

    // MARK: Elements

    /// Finds the first element that a CSS selector matches, waiting until there is one.
    ///
    /// - Parameters:
    ///   - selector: The selector.
    ///   - limit: How long to wait.
    /// - Returns: The element.
    /// - Throws: ``WebDriverError`` that shows what the page holds instead.
    package func find(_ selector: String, within limit: Duration = longestWait) async throws -> WebElement {
        try await setImplicitWait(limit)
        do {
            let found = try await session.post("/element") { Self.write(selector, to: &$0) }
            return try element(found)
        } catch let error as WebDriverError where error.code == "no such element" {
            throw WebDriverError(error.code, "\(selector) within \(limit); \(await scene())")
        }
    }

    /// Finds all elements that a CSS selector matches now.
    package func findAll(_ selector: String) async throws -> [WebElement] {
        try await setImplicitWait(.zero)
        return try await session.post("/elements") { Self.write(selector, to: &$0) }.elements.map(element)
    }

    func element(_ value: JSONValue) throws -> WebElement {
        guard let identifier = value[WebDriverSession.elementKey]?.string else {
            throw WebDriverError("no element", "the browser's answer names no element")
        }
        return WebElement(identifier: identifier, browser: self)
    }

    private static func write(_ selector: String, to writer: inout JSONWriter) {
        writer.member("using", "css selector")
        writer.member("value", selector)
    }

    /// The browser itself waits for elements, so that none is missed between two looks.
    private func setImplicitWait(_ limit: Duration) async throws {
        guard implicitWait.withLock({ $0 }) != limit else {
            return
        }
        let milliseconds =
            limit.components.seconds * 1000 + limit.components.attoseconds / 1_000_000_000_000_000
        try await session.post("/timeouts") { $0.member("implicit", milliseconds) }
        implicitWait.withLock { $0 = limit }
    }

    // MARK: Frames

    /// Makes an `iframe` the place of all commands inside the body, then its parent again.
    ///
    /// - Parameters:
    ///   - frame: The frame's element.
    ///   - body: The commands.
    /// - Returns: What the body returns.
    /// - Throws: ``WebDriverError``, and what the body throws.
    package func insideFrame<R>(_ frame: WebElement, _ body: () async throws -> R) async throws -> R {
        try await session.post("/frame") { writer in
            writer.object("id") { frame.write(to: &$0) }
        }
        let result: R
        do {
            result = try await body()
        } catch {
            // The body's error says more than that of a frame that is gone.
            _ = try? await leaveFrame()
            throw error
        }
        try await leaveFrame()
        return result
    }

    /// Makes the parent of the present frame the place of commands.
    package func leaveFrame() async throws {
        try await session.post("/frame/parent")
    }

    /// Makes the window's own page the place of commands.
    package func leaveAllFrames() async throws {
        try await session.post("/frame") { $0.nullMember("id") }
    }
}
