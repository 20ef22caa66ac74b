/// The state as the clients of people show it.
extension SimulatedTelegram {
    /// How many messages of a chat a client gets.
    private static let shownMessages = 100

    /// People, bots and chats with their latest messages, without tokens and secrets.
    var view: Document {
        [
            "version": .integer(Int64(version)),
            "users": .array(
                users.values.sorted { $0.id < $1.id }.map { user in
                    [
                        "id": .integer(user.id), "name": .string(user.displayName),
                        "username": .optional(user.username),
                    ]
                }
            ),
            "bots": .array(bots.values.sorted { $0.id < $1.id }.map(view)),
            "chats": .array(chats.values.sorted { $0.key.text < $1.key.text }.map(view)),
        ]
    }

    private func view(_ bot: SimulatedBot) -> Document {
        [
            "id": .integer(bot.id), "username": .string(bot.username), "name": .string(bot.name),
            "commands": .json(bot.commands), "updates": bot.webhook == nil ? "polling" : "webhook",
            "pending_updates": .integer(Int64(bot.queue.entries.count)),
            "games": .array(
                bot.games.map { game in
                    [
                        "short_name": .string(game.shortName), "title": .string(game.title),
                        "description": .string(game.description),
                    ]
                }
            ),
        ]
    }

    private func view(_ chat: SimulatedChat) -> Document {
        [
            "key": .string(chat.key.text), "id": .optional(chat.id), "kind": .string(chat.kind.rawValue),
            "title": .string(title(of: chat)), "users": .array(chat.users.map(Document.integer)),
            "bots": .array(chat.activeBots.map(Document.integer)), "migrated_to": .optional(chat.migratedTo),
            "is_deleted": .bool(chat.isDeleted),
            "messages": .array(chat.messages.suffix(Self.shownMessages).map { view($0, in: chat) }),
        ]
    }

    private func title(of chat: SimulatedChat) -> String {
        switch chat.key {
        case .shared: chat.title ?? ""
        case .bot(let bot, _): bots[bot]?.name ?? ""
        case .people(let first, let second):
            [first, second].map { users[$0]?.displayName ?? "" }.joined(separator: " & ")
        }
    }

    private func view(_ message: SimulatedMessage, in chat: SimulatedChat) -> Document {
        var members: [Document.Member] = [
            .init(name: "message_id", value: .integer(message.number)),
            .init(name: "date", value: .integer(message.date)),
            .init(name: "edit_date", value: .optional(message.editDate)),
            .init(name: "from", value: author(message.sender)),
            .init(name: "via_bot", value: .optional(message.viaBot.flatMap { bots[$0]?.username })),
            .init(name: "inline_message_id", value: .optional(message.inlineIdentifier)),
            .init(name: "forwarded", value: message.isForwarded ? true : .absent),
            .init(name: "buttons", value: message.keyboard.map(buttons) ?? .absent),
        ]
        members += content(message).map { .init(name: $0.0, value: $0.1) }
        return .object(members)
    }

    private func author(_ sender: SimulatedMessage.Sender) -> Document {
        switch sender {
        case .user(let id): ["kind": "user", "id": .integer(id), "name": .string(name(sender))]
        case .bot(let id): ["kind": "bot", "id": .integer(id), "name": .string(name(sender))]
        }
    }

    private func name(_ sender: SimulatedMessage.Sender) -> String {
        switch sender {
        case .user(let id): users[id]?.displayName ?? ""
        case .bot(let id): bots[id]?.name ?? ""
        }
    }

    private func content(_ message: SimulatedMessage) -> [(String, Document)] {
        switch message.content {
        case .text(let text): [("kind", "text"), ("text", .string(text))]
        case .game(let name, let scoreboard):
            [
                ("kind", "game"), ("bot", .integer(name.bot)), ("short_name", .string(name.shortName)),
                ("title", .string(game(name)?.title ?? name.shortName)),
                ("description", .string(game(name)?.description ?? "")),
                ("scoreboard", .optional(scoreboard)),
            ]
        case .scored(let user, let score, let title):
            service("\(name(.user(user))) scored \(score) in \(title)")
        case .migratedTo: service("The group was upgraded to a supergroup")
        case .migratedFrom: service("This supergroup was a group before")
        case .joined(let sender): service("\(name(sender)) joined")
        case .left(let sender): service("\(name(sender)) left")
        }
    }

    private func service(_ text: String) -> [(String, Document)] {
        [("kind", "service"), ("text", .string(text))]
    }

    private func buttons(_ keyboard: Keyboard) -> Document {
        .array(
            keyboard.rows.map { row in
                .array(
                    row.map { button in
                        switch button.action {
                        case .game: ["text": .string(button.text), "kind": "game"]
                        case .data(let data):
                            ["text": .string(button.text), "kind": "data", "data": .string(data)]
                        case .url(let url):
                            ["text": .string(button.text), "kind": "url", "url": .string(url)]
                        case .other: ["text": .string(button.text), "kind": "other"]
                        }
                    }
                )
            }
        )
    }
}
