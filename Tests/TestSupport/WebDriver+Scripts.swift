package import JSON

/// A value handed to a script.
package enum WebValue: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    case string(String)
    case integer(Int64)
    case bool(Bool)
    case element(WebElement)

    package init(stringLiteral value: String) {
        self = .string(value)
    }

    package init(integerLiteral value: Int64) {
        self = .integer(value)
    }

    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let text):
            writer.value(text)
        case .integer(let integer):
            writer.value(integer)
        case .bool(let bool):
            writer.value(bool)
        case .element(let element):
            writer.object { element.write(to: &$0) }
        }
    }
}

extension WebDriver {
    /// Runs the body of a JavaScript function in the page; a promise that it returns is awaited.
    ///
    /// - Parameters:
    ///   - script: The body, which finds the arguments in `arguments`.
    ///   - arguments: The arguments.
    /// - Returns: What the body returns, as JSON.
    /// - Throws: ``WebDriverError`` with the code `javascript error` when the script throws.
    @discardableResult
    package func run(_ script: String, _ arguments: WebValue...) async throws -> JSONValue {
        try await session.post("/execute/sync") { writer in
            writer.member("script", script)
            writer.array("args") { writer in
                for argument in arguments {
                    argument.write(to: &writer)
                }
            }
        }
    }

    /// Looks until a condition holds.
    ///
    /// - Parameters:
    ///   - condition: What it is, for the error.
    ///   - limit: How long to look.
    ///   - holds: The look. Elements that vanish meanwhile count as "not yet".
    /// - Throws: ``WebDriverError`` that shows what the page holds instead, and what the look throws.
    package func wait(
        until condition: String,
        within limit: Duration = longestWait,
        _ holds: () async throws -> Bool
    ) async throws {
        let passing = [
            "no such element", "stale element reference", "element click intercepted",
            "element not interactable",
        ]
        let deadline = ContinuousClock.now.advanced(by: limit)
        repeat {
            do {
                if try await holds() {
                    return
                }
            } catch let error as WebDriverError where passing.contains(error.code) {}
            // A page tells nobody outside of its changes; between two looks it gets time to make them.
            try await Task.sleep(for: .milliseconds(50))
        } while ContinuousClock.now < deadline
        throw WebDriverError("timeout", "not within \(limit): \(condition); \(await scene())")
    }

    /// Waits until some element that a selector matches shows a text.
    ///
    /// - Parameters:
    ///   - text: The text, or a part of it.
    ///   - selector: The CSS selector.
    ///   - limit: How long to look.
    /// - Throws: ``WebDriverError`` that shows what the page holds instead.
    package func waitForText(
        _ text: String,
        in selector: String = "body",
        within limit: Duration = longestWait
    )
        async throws
    {
        try await wait(until: "\(selector) shows \"\(text)\"", within: limit) {
            let script = """
                return [...document.querySelectorAll(arguments[0])].some(e => e.innerText.includes(arguments[1]))
                """
            return try await run(script, .string(selector), .string(text)).bool == true
        }
    }

    /// Where the browser is and what it shows, for errors.
    func scene() async -> String {
        let page = try? await run("return [location.href, document.body ? document.body.innerText : '']")
        guard let parts = page?.elements.compactMap(\.string), parts.count == 2 else {
            return "the page does not answer"
        }
        let errors = ((try? await console()) ?? []).filter { $0.level == "SEVERE" }.map(\.message)
        let complaints = errors.isEmpty ? "" : "; console: \(errors.joined(separator: " | "))"
        return "at \(parts[0]): \"\(parts[1].prefix(1000))\"\(complaints)"
    }

    /// One line of the console.
    package struct ConsoleLine: Sendable, Hashable {
        /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
        package let level: String
        /// The text with its source.
        package let message: String
    }

    /// Takes the lines that pages have written to the console since the last call, failed requests included.
    package func console() async throws -> [ConsoleLine] {
        try await session.post("/se/log") { $0.member("type", "browser") }.elements.map { line in
            ConsoleLine(level: line["level"]?.string ?? "", message: line["message"]?.string ?? "")
        }
    }
}
