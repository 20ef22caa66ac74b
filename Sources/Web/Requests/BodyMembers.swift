import JSON
import Leaderboards

/// The members of an object in a body, read by the names that a route knows; all others are ignored.
struct BodyMembers {
    private let object: JSONValue
    /// Where the object stands in the body, to name its members by; empty for the body itself.
    private let path: String

    init(_ object: JSONValue, path: String = "") {
        self.object = object
        self.path = path
    }

    /// Another object in this one; nil where it is absent or null.
    func object(_ name: String) throws(Problem) -> BodyMembers? {
        guard let value = member(name) else { return nil }
        guard value.kind == .object else { throw wrong(name, takes: "an object") }
        return BodyMembers(value, path: "\(path)\(name).")
    }

    /// A text; nil where it is absent or null.
    func text(_ name: String) throws(Problem) -> String? {
        guard let value = member(name) else { return nil }
        guard let text = value.string else { throw wrong(name, takes: "a string") }
        return text
    }

    /// A positive integer in a string, as all ids are.
    func id(_ name: String, _ what: String) throws(Problem) -> Int64? {
        guard let value = member(name) else { return nil }
        guard let text = value.string, let number = Int64(text), number > 0, String(number) == text else {
            throw wrong(name, takes: "\(what), as a string of digits")
        }
        return number
    }

    /// A player's id, which must be there.
    func playerID() throws(Problem) -> PlayerID {
        guard let id = try id("id", "Telegram's id of the player") else {
            throw wrong("id", takes: "Telegram's id of the player, as a string of digits")
        }
        return PlayerID(rawValue: id)
    }

    /// A chat; nil where it is absent or null.
    func chatInstance() throws(Problem) -> ChatInstance? {
        guard let value = member("chat_instance") else { return nil }
        guard let chat = value.string.flatMap({ ChatInstance($0) }) else {
            throw wrong("chat_instance", takes: "a chat_instance as Telegram sends it, in a string")
        }
        return chat
    }

    /// A time; nil where it is absent or null.
    func time(_ name: String) throws(Problem) -> Instant? {
        guard let value = member(name) else { return nil }
        guard let instant = value.string.flatMap({ Instant(rfc3339: $0) }) else {
            throw wrong(name, takes: "a time such as 2026-03-01T12:30:00Z")
        }
        return instant
    }

    /// Where Telegram shows the score; nil where nothing is said of it.
    func target() throws(Problem) -> Target? {
        guard let target = try object("target") else { return nil }
        if let id = try target.text("inline_message_id") {
            guard target.member("chat_id") == nil else {
                throw wrong("target", takes: "either 'inline_message_id' or 'chat_id' with 'message_id'")
            }
            guard let target = Target(inline: id) else {
                throw wrong("target.inline_message_id", takes: "1 to 200 visible ASCII characters")
            }
            return target
        }
        guard let text = target.member("chat_id")?.string, let chat = Int64(text), String(chat) == text,
            let message = target.member("message_id")?.int64
        else {
            throw wrong(
                "target",
                takes: "'chat_id' in a string with 'message_id' as a number, or 'inline_message_id'"
            )
        }
        guard let target = Target(chat: chat, message: message) else {
            guard TelegramChatID(rawValue: chat).isInRange else {
                throw wrong("target.chat_id", takes: "an id that Telegram gives chats")
            }
            throw wrong("target.message_id", takes: "a number from 1 to \(Int32.max)")
        }
        return target
    }

    /// Refuses the value of a member, without repeating it.
    func wrong(_ name: String, takes values: String) -> Problem { .parameter(path + name, takes: values) }

    private func member(_ name: String) -> JSONValue? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }
}
