/// A conversation, its people and its messages.
package struct SimulatedChat: Codable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case `private`, group, supergroup, channel
    }

    package let key: ChatKey
    package let kind: Kind
    package var title: String?
    package var username: String?
    package var users: [Int64]
    package var bots: [Int64: Membership]
    /// The supergroup that this group became.
    package var migratedTo: Int64?
    package var isDeleted = false
    private(set) var messages: [SimulatedMessage] = []
    private(set) var lastMessage: Int64 = 0

    /// More than a person scrolls through; older messages that are no games are forgotten beyond it.
    private static let messageLimit = 500

    init(key: ChatKey, kind: Kind, title: String?, users: [Int64], bots: [Int64: Membership]) {
        self.key = key
        self.kind = kind
        self.title = title
        self.users = users
        self.bots = bots
    }

    /// The id under which bots know the chat; nil for a chat between two people.
    package var id: Int64? {
        switch key {
        case .shared(let id): id
        case .bot(_, let user): user
        case .people: nil
        }
    }

    /// The bots that receive what happens in the chat, in a stable order.
    var activeBots: [Int64] {
        bots.filter { [.member, .administrator, .restricted].contains($0.value) }.keys.sorted()
    }

    func message(_ number: Int64) -> SimulatedMessage? {
        position(of: number).map { messages[$0] }
    }

    /// How many messages of bots were pressed as inline ones.
    package var messagesPressedInline: Int { messages.count { $0.ownIdentifier != nil } }

    /// Appends a message under the next free number.
    mutating func append(_ make: (_ number: Int64) -> SimulatedMessage) -> SimulatedMessage {
        lastMessage += 1
        let message = make(lastMessage)
        messages.append(message)
        if messages.count > Self.messageLimit, let old = messages.firstIndex(where: { !$0.isGame }) {
            messages.remove(at: old)
        }
        return message
    }

    mutating func change(_ number: Int64, _ body: (inout SimulatedMessage) -> Void) {
        guard let position = position(of: number) else { return }
        body(&messages[position])
    }

    mutating func remove(_ number: Int64) {
        guard let position = position(of: number) else { return }
        messages.remove(at: position)
    }

    private func position(of number: Int64) -> Int? {
        var low = 0
        var high = messages.count
        while low < high {
            let middle = (low + high) / 2
            if messages[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < messages.count && messages[low].number == number ? low : nil
    }
}

/// A message as everybody in its chat sees it.
package struct SimulatedMessage: Codable, Sendable {
    enum Sender: Codable, Sendable, Equatable {
        case user(Int64)
        case bot(Int64)
    }

    enum Content: Codable, Sendable, Equatable {
        case text(String)
        /// A game with the scoreboard that stands in its text, if any.
        case game(GameName, scoreboard: String?)
        /// The service message about a new high score.
        case scored(user: Int64, score: Int64, title: String)
        case migratedTo(Int64)
        case migratedFrom(Int64)
        case joined(Sender)
        case left(Sender)
    }

    let number: Int64
    /// Milliseconds since 1970.
    let date: Int64
    var editDate: Int64?
    let sender: Sender
    /// The bot through whose inline mode the message was sent.
    let viaBot: Int64?
    var content: Content
    let keyboard: Keyboard?
    let inlineIdentifier: String?
    /// The inline address of a message of the bot's own, once a press came by it.
    var ownIdentifier: String?
    /// Whether the server has lost the message's content, so that presses carry only its address.
    var isInaccessible = false
    var isForwarded = false

    init(
        number: Int64,
        date: Int64,
        sender: Sender,
        viaBot: Int64? = nil,
        content: Content,
        keyboard: Keyboard? = nil,
        inlineIdentifier: String? = nil
    ) {
        self.number = number
        self.date = date
        self.sender = sender
        self.viaBot = viaBot
        self.content = content
        self.keyboard = keyboard
        self.inlineIdentifier = inlineIdentifier
    }

    var game: GameName? {
        guard case .game(let name, _) = content else { return nil }
        return name
    }

    var isGame: Bool { game != nil }
}
