import JSON

/// The inline keyboard under a message.
struct Keyboard: Codable, Sendable, Equatable {
    struct Button: Codable, Sendable, Equatable {
        enum Action: Codable, Sendable, Equatable {
            case game
            case data(String)
            case url(String)
            /// Any other action, kept by the name of its field.
            case other(String)
        }

        let text: String
        let action: Action
    }

    let rows: [[Button]]

    /// The keyboard that Telegram adds to a game sent without one.
    static func play(_ title: String) -> Keyboard {
        Keyboard(rows: [[Button(text: "Play \(title)", action: .game)]])
    }

    init(rows: [[Button]]) { self.rows = rows }

    /// The keyboard of a `reply_markup`, or nil when the text is no inline keyboard.
    init?(markup: JSONValue?) {
        guard let list = markup?["inline_keyboard"], list.kind == .array else { return nil }
        rows = list.elements.map { row in
            row.elements.compactMap { button in
                guard let text = button["text"]?.lenientString else { return nil }
                return Button(text: text, action: Self.action(of: button))
            }
        }
    }

    /// Whether the first button of the first row starts the game.
    var startsWithGame: Bool { rows.first?.first?.action == .game }

    /// Whether a game button stands anywhere.
    var hasGame: Bool { rows.joined().contains { $0.action == .game } }

    var document: Document {
        let rows = rows.map { row in
            Document.array(
                row.map { button in
                    switch button.action {
                    case .game: ["text": .string(button.text), "callback_game": [:]]
                    case .data(let data): ["text": .string(button.text), "callback_data": .string(data)]
                    case .url(let url): ["text": .string(button.text), "url": .string(url)]
                    case .other(let name): ["text": .string(button.text), name: ""]
                    }
                }
            )
        }
        return ["inline_keyboard": .array(rows)]
    }

    /// The action that counts when several are given: the first in the order in which Telegram's server looks.
    private static func action(of button: JSONValue) -> Button.Action {
        if let url = button["url"]?.lenientString { return .url(url) }
        if let data = button["callback_data"]?.lenientString { return .data(data) }
        if button["callback_game"] != nil { return .game }
        return .other(button.entries.first { $0.key != "text" }?.key ?? "unknown")
    }
}
