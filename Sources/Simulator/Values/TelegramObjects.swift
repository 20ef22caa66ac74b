/// The objects of the Bot API as one bot sees them.
extension SimulatedTelegram {
    /// The `User` object of a person; an unknown one has an empty name, as with the real server.
    func userDocument(_ id: Int64) -> Document {
        users[id]?.document ?? ["id": .integer(id), "is_bot": false, "first_name": ""]
    }

    func senderDocument(_ sender: SimulatedMessage.Sender) -> Document {
        switch sender {
        case .user(let id): userDocument(id)
        case .bot(let id): bots[id]?.document ?? ["id": .integer(id), "is_bot": true, "first_name": ""]
        }
    }

    /// The `Chat` object.
    func chatDocument(_ chat: SimulatedChat) -> Document {
        if case .bot(_, let user) = chat.key {
            return [
                "id": .integer(user), "first_name": .string(users[user]?.firstName ?? ""),
                "last_name": .optional(users[user]?.lastName), "username": .optional(users[user]?.username),
                "type": "private",
            ]
        }
        return [
            "id": .optional(chat.id), "title": .optional(chat.title), "username": .optional(chat.username),
            "type": .string(chat.kind.rawValue),
            // Not in the reference, but sent: a decoder must not stumble over unknown fields.
            "all_members_are_administrators": chat.kind == .group ? false : .absent,
        ]
    }

    /// The `Message` object.
    func messageDocument(_ message: SimulatedMessage, in chat: SimulatedChat) -> Document {
        var members: [Document.Member] = [
            .init(name: "message_id", value: .integer(message.number)),
            .init(name: "from", value: chat.kind == .channel ? .absent : author(of: message)),
            .init(name: "sender_chat", value: isAnonymous(message) ? chatDocument(chat) : .absent),
            .init(name: "chat", value: chatDocument(chat)),
            .init(name: "date", value: .integer(message.date / 1000)),
            .init(name: "edit_date", value: .optional(message.editDate.map { $0 / 1000 })),
            .init(name: "via_bot", value: message.viaBot.flatMap { bots[$0]?.document } ?? .absent),
        ]
        members += contentMembers(message.content).map { .init(name: $0.0, value: $0.1) }
        members.append(.init(name: "reply_markup", value: message.keyboard?.document ?? .absent))
        return .object(members)
    }

    /// A group's upgrade is told by the anonymous administrator, whom Telegram shows as a bot of its own.
    private func author(of message: SimulatedMessage) -> Document {
        guard isAnonymous(message) else { return senderDocument(message.sender) }
        return [
            "id": 1_087_968_824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot",
        ]
    }

    private func isAnonymous(_ message: SimulatedMessage) -> Bool {
        guard case .migratedFrom = message.content else { return false }
        return true
    }

    /// The `Game` object, with the scoreboard as its text.
    func gameDocument(_ name: GameName, scoreboard: String?) -> Document {
        let game = game(name)
        let sizes: [(Int64, Int64, Int64)] = [(90, 51, 1_447), (320, 180, 20_542), (640, 360, 44_946)]
        let photo = sizes.map { width, height, bytes -> Document in
            [
                "file_id": .string("\(name.bot)_\(name.shortName)_\(width)"),
                "file_unique_id": .string("\(name.shortName)_\(width)"), "file_size": .integer(bytes),
                "width": .integer(width), "height": .integer(height),
            ]
        }
        return [
            "title": .string(game?.title ?? name.shortName), "description": .string(game?.description ?? ""),
            "photo": .array(photo), "text": .optional(scoreboard),
        ]
    }

    private func contentMembers(_ content: SimulatedMessage.Content) -> [(String, Document)] {
        switch content {
        case .text(let text):
            [("text", .string(text)), ("entities", Self.commandEntity(of: text))]
        case .game(let name, let scoreboard): [("game", gameDocument(name, scoreboard: scoreboard))]
        case .scored: []
        case .migratedTo(let id): [("migrate_to_chat_id", .integer(id))]
        case .migratedFrom(let id): [("migrate_from_chat_id", .integer(id))]
        case .joined(let sender): [("new_chat_members", [senderDocument(sender)])]
        case .left(let sender): [("left_chat_member", senderDocument(sender))]
        }
    }

    /// The entity over a command at the start of a text; lengths count UTF-16 code units.
    static func commandEntity(of text: String) -> Document {
        guard let command = command(of: text) else { return .absent }
        return [["offset": 0, "length": .integer(Int64(command.utf16.count)), "type": "bot_command"]]
    }

    /// The command at the start of a text with its `@bot`, or nil.
    static func command(of text: String) -> Substring? {
        let word = text.prefix { !$0.isWhitespace }
        let name = word.dropFirst().prefix { $0 != "@" }
        let isCommand =
            word.first == "/" && (1...32).contains(name.count)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        return isCommand ? word : nil
    }
}
