package import JSON

/// An element of a page, as long as the page keeps it.
package struct WebElement: Sendable {
    let identifier: String
    let browser: WebDriver

    private var path: String {
        "/element/\(identifier)"
    }

    /// The text as a person sees it.
    package func text() async throws -> String {
        try await browser.session.get("\(path)/text").string ?? ""
    }

    /// A property of the element's object, such as `value` or `checked`, as JSON.
    package func property(_ name: String) async throws -> JSONValue {
        try await browser.session.get("\(path)/property/\(name)")
    }

    /// An attribute as written; `nil` when absent.
    package func attribute(_ name: String) async throws -> String? {
        try await browser.session.get("\(path)/attribute/\(name)").string
    }

    /// Whether a person can see it.
    package func isDisplayed() async throws -> Bool {
        try await browser.session.get("\(path)/displayed").bool ?? false
    }

    /// Whether it can be used.
    package func isEnabled() async throws -> Bool {
        try await browser.session.get("\(path)/enabled").bool ?? false
    }

    /// Scrolls to the element and clicks its middle; an element covered by another is an error.
    package func click() async throws {
        try await browser.session.post("\(path)/click")
    }

    /// Focuses the element and types.
    package func type(_ text: String) async throws {
        try await browser.session.post("\(path)/value") { $0.member("text", text) }
    }

    /// Empties a field.
    package func clear() async throws {
        try await browser.session.post("\(path)/clear")
    }

    /// Finds the first element inside this one that a CSS selector matches now.
    package func find(_ selector: String) async throws -> WebElement {
        let found = try await browser.session.post("\(path)/element") { writer in
            writer.member("using", "css selector")
            writer.member("value", selector)
        }
        return try browser.element(found)
    }

    /// Touches the element with a finger.
    ///
    /// - Parameters:
    ///   - x: CSS pixels to the right of its middle.
    ///   - y: CSS pixels below its middle.
    /// - Throws: ``WebDriverError`` when the point is outside of the window.
    package func tap(x: Int = 0, y: Int = 0) async throws {
        try await browser.perform([.finger([.move(x: x, y: y, of: self), .down, .up])])
    }

    /// Writes a picture of the element to a PNG file.
    package func screenshot(to path: String) async throws {
        try WebDriver.writePicture(try await browser.session.get("\(self.path)/screenshot"), to: path)
    }

    func write(to writer: inout JSONWriter) {
        writer.key(escaping: WebDriverSession.elementKey)
        writer.value(identifier)
    }
}
