package import Leaderboards
package import Postgres

/// The channels on which instances tell one another what changed.
package enum Channel: String, CaseIterable, Sendable {
    /// Games, bans or bots were changed.
    case settings = "highscores_settings"
    /// A bot has deliveries that are due.
    case deliveries = "highscores_deliveries"
    /// Leaderboards of a game were changed.
    case boards = "highscores_boards"
}

/// Which leaderboards of a game a transaction changed, as ``Channel/boards`` tells it.
package struct BoardsChange: Hashable, Sendable {
    /// PostgreSQL takes payloads of up to 7,999 bytes (its manual, `NOTIFY`).
    static let payloadLimit = 7500

    package let game: GameID
    /// The chats whose leaderboards were changed.
    package let chats: Set<ChatID>
    /// Whether the global leaderboards were changed.
    package let includesGlobal: Bool

    package init(game: GameID, chats: Set<ChatID>, includesGlobal: Bool) {
        self.game = game
        self.chats = chats
        self.includesGlobal = includesGlobal
    }

    /// Reads a payload: the game's id, followed by `*` and ids of chats.
    package init?(payload: String) {
        var words = payload.utf8.split(separator: UInt8(ascii: " "))[...]
        guard let game = words.popFirst().flatMap({ Int64(Substring($0)) }) else { return nil }
        var chats = Set<ChatID>(minimumCapacity: words.count)
        var includesGlobal = false
        for word in words {
            if word.elementsEqual(CollectionOfOne(UInt8(ascii: "*"))) {
                includesGlobal = true
            } else if let chat = Int64(Substring(word)) {
                chats.insert(ChatID(rawValue: chat))
            } else {
                return nil
            }
        }
        self.init(game: GameID(rawValue: game), chats: chats, includesGlobal: includesGlobal)
    }

    /// The payloads that tell of the change, for example `7 * 12 15`, each short enough to be sent; none for no change.
    package var payloads: [String] {
        let head = "\(game)"
        var payloads: [String] = []
        var payload = includesGlobal ? head + " *" : head
        // In their order, so that the same change is told in the same words.
        for chat in chats.sorted(by: { $0.rawValue < $1.rawValue }) {
            let word = " \(chat)"
            if payload.utf8.count + word.utf8.count > Self.payloadLimit {
                payloads.append(payload)
                payload = head
            }
            payload += word
        }
        return payload == head ? payloads : payloads + [payload]
    }
}

extension BoardsChange {
    /// Tells those who show leaderboards live, on any instance, what to read anew when the transaction commits.
    package var notifications: [Query] {
        payloads.map { "SELECT pg_notify(\(Channel.boards.rawValue), \($0))" }
    }
}

extension Session {
    /// Tells those who show leaderboards live, on any instance, what to read anew when the transaction commits.
    ///
    /// - Parameter chats: The chats whose leaderboards were changed; with two that were merged, both.
    package func boardsNotify(
        game: GameID,
        chats: some Sequence<ChatID>,
        includingGlobal: Bool
    ) throws(PostgresError) {
        let change = BoardsChange(game: game, chats: Set(chats), includesGlobal: includingGlobal)
        _ = try pipeline(change.notifications)
    }
}
