import JSON

/// What one hand does, step by step; several hands move at the same time.
package enum WebAction: Sendable {
    /// Fingers on a keyboard.
    case keyboard([KeyStep])
    /// One finger on the screen.
    case finger([PointerStep])
    /// A mouse.
    case mouse([PointerStep])

    /// One step on the keyboard.
    package enum KeyStep: Sendable {
        case down(WebKey)
        case up(WebKey)
        case pause(milliseconds: Int)
    }

    /// One step of a finger or mouse.
    package enum PointerStep: Sendable {
        /// Moves to a point in CSS pixels from the middle of an element, or from the page's top left corner.
        case move(x: Int, y: Int, of: WebElement? = nil, milliseconds: Int = 0)
        case down
        case up
        case pause(milliseconds: Int)
    }
}

/// A key: a character, or one of the named ones.
package struct WebKey: Sendable, ExpressibleByUnicodeScalarLiteral {
    let character: String

    /// Makes the key of a character.
    package init(unicodeScalarLiteral value: Unicode.Scalar) {
        character = String(value)
    }

    package static let enter: WebKey = "\u{E007}"
    package static let tab: WebKey = "\u{E004}"
    package static let escape: WebKey = "\u{E00C}"
    package static let space: WebKey = " "
    package static let arrowLeft: WebKey = "\u{E012}"
    package static let arrowUp: WebKey = "\u{E013}"
    package static let arrowRight: WebKey = "\u{E014}"
    package static let arrowDown: WebKey = "\u{E015}"
}

extension WebDriver {
    /// Presses and releases keys one after another, wherever the focus is.
    package func press(_ keys: WebKey...) async throws {
        try await perform([.keyboard(keys.flatMap { [.down($0), .up($0)] })])
    }

    /// Holds a key down for a while.
    package func hold(_ key: WebKey, milliseconds: Int) async throws {
        try await perform([.keyboard([.down(key), .pause(milliseconds: milliseconds), .up(key)])])
    }

    /// Lets hands move, and returns when they are done.
    package func perform(_ actions: [WebAction]) async throws {
        try await session.post("/actions") { writer in
            writer.array("actions") { writer in
                for (index, action) in actions.enumerated() {
                    writer.object { action.write(to: &$0, index: index) }
                }
            }
        }
    }
}

extension WebAction {
    fileprivate func write(to writer: inout JSONWriter, index: Int) {
        // The browser remembers hands by name, and a keyboard cannot become a finger.
        writer.member("id", "\(kind)\(index)")
        switch self {
        case .keyboard(let steps):
            writer.member("type", "key")
            writer.array("actions") { writer in
                for step in steps {
                    writer.object { step.write(to: &$0) }
                }
            }
        case .finger(let steps), .mouse(let steps):
            writer.member("type", "pointer")
            writer.object("parameters") { $0.member("pointerType", kind) }
            writer.array("actions") { writer in
                for step in steps {
                    writer.object { step.write(to: &$0) }
                }
            }
        }
    }

    private var kind: String {
        switch self {
        case .keyboard: "key"
        case .finger: "touch"
        case .mouse: "mouse"
        }
    }
}

extension WebAction.KeyStep {
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .down(let key):
            writer.member("type", "keyDown")
            writer.member("value", key.character)
        case .up(let key):
            writer.member("type", "keyUp")
            writer.member("value", key.character)
        case .pause(let milliseconds):
            writer.member("type", "pause")
            writer.member("duration", milliseconds)
        }
    }
}

extension WebAction.PointerStep {
    fileprivate func write(to writer: inout JSONWriter) {
        switch self {
        case .move(let x, let y, let element, let milliseconds):
            writer.member("type", "pointerMove")
            writer.member("duration", milliseconds)
            writer.member("x", x)
            writer.member("y", y)
            if let element {
                writer.object("origin") { element.write(to: &$0) }
            } else {
                writer.member("origin", "viewport")
            }
        case .down:
            writer.member("type", "pointerDown")
            writer.member("button", 0)
        case .up:
            writer.member("type", "pointerUp")
            writer.member("button", 0)
        case .pause(let milliseconds):
            writer.member("type", "pause")
            writer.member("duration", milliseconds)
        }
    }
}
