import JSON
package import Leaderboards
package import Storage

/// What can be set of a chat.
package struct ChatSettings: Hashable, Sendable {
    /// The zone of its days, weeks and months; nil is that of each game.
    package var zone: String?
    /// Of which windows the winners are announced there; nil is none.
    package var announce: WindowKind?

    package init(_ chat: ChatRecord) { (zone, announce) = (chat.zone, chat.announce) }

    /// What the audit has of it.
    init(_ document: JSONValue?) {
        zone = document?["zone"]?.string
        announce = document?["announce"]?.string.flatMap { WindowKind(rawValue: $0) }
    }

    /// The settings as one JSON object for the audit.
    func document(of chat: ChatID) -> String {
        var writer = JSONWriter()
        writer.object {
            $0.member("zone", orNull: zone)
            $0.member("announce", orNull: announce?.rawValue)
            // By which an undoing finds it, whatever it is called by then.
            $0.member("chat", chat.rawValue)
        }
        return writer.text
    }
}
