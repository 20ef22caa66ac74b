/// Bots coming and going, and groups that become supergroups.
extension SimulatedTelegram {
    /// Changes a bot's membership of a chat and tells it.
    ///
    /// - Parameter membership: The new membership; `kicked` in a private chat means blocked, `member` unblocked.
    /// - Throws: ``SimulationError`` when there is no such bot or chat.
    package mutating func setMembership(
        _ membership: Membership,
        of bot: Int64,
        in chat: ChatKey,
        by user: Int64,
        now: Int64
    ) throws(SimulationError) {
        let chat = try privateChat(chat)
        guard bots[bot] != nil else { throw .notFound("bot \(bot)") }
        guard let before = chats[chat] else { throw .notFound("chat \(chat.text)") }
        let old = before.bots[bot] ?? .left
        guard old != membership else { return }
        chats[chat]?.bots[bot] = membership
        version += 1
        tellMembership(of: bot, in: chat, from: old, to: membership, by: user, now: now)
        guard before.kind != .private else { return }
        if [.left, .kicked, .none].contains(old) {
            if let message = post(in: chat, from: .user(user), .joined(.bot(bot)), now: now) {
                tell([bot], of: message, in: chat, now: now)
            }
        } else if [.left, .kicked].contains(membership) {
            post(in: chat, from: .user(user), .left(.bot(bot)), now: now)
        }
    }

    /// Deletes a group for everybody; bots are refused there from then on.
    package mutating func deleteChat(_ chat: ChatKey) throws(SimulationError) {
        guard chats[chat] != nil else { throw .notFound("chat \(chat.text)") }
        chats[chat]?.isDeleted = true
        version += 1
    }

    /// Turns a group into a supergroup, with the three updates that bots get for it.
    ///
    /// Whether Telegram keeps `chat_instance` and the scores is not documented. Here the new chat has a value of its
    /// own, and the scores move along unless told otherwise.
    ///
    /// - Parameter keepsScores: Whether the score tables move to the new chat.
    /// - Returns: The key of the supergroup.
    /// - Throws: ``SimulationError`` when the chat is no group, or no longer one.
    package mutating func migrate(
        _ chat: ChatKey,
        by user: Int64,
        keepsScores: Bool = true,
        now: Int64
    ) throws(SimulationError) -> ChatKey {
        guard case .shared(let oldNumber) = chat, let old = chats[chat], old.kind == .group,
            old.migratedTo == nil
        else {
            throw .invalid("only a group can become a supergroup")
        }
        let number = newChatNumber(.supergroup)
        let key = ChatKey.shared(number)
        let active = old.activeBots
        chats[key] = SimulatedChat(
            key: key,
            kind: .supergroup,
            title: old.title,
            users: old.users,
            bots: old.bots
        )
        chats[chat]?.migratedTo = number
        if keepsScores {
            for (table, rows) in tables where table.chat == chat {
                tables[ScoreTable.Key(chat: key, game: table.game)] = rows
                tables[table] = nil
            }
            scoresMoved[chat] = key
        }
        for bot in active { tellMembership(of: bot, in: key, from: .left, to: .member, by: user, now: now) }
        if let message = post(in: chat, from: .user(user), .migratedTo(number), now: now) {
            tell(active, of: message, in: chat, now: now)
        }
        if let message = post(in: key, from: .user(user), .migratedFrom(oldNumber), now: now) {
            tell(active, of: message, in: key, now: now)
        }
        return key
    }

    private mutating func tellMembership(
        of bot: Int64,
        in chat: ChatKey,
        from old: Membership,
        to new: Membership,
        by user: Int64,
        now: Int64
    ) {
        guard let chatNow = chats[chat] else { return }
        let update: Document = [
            "chat": chatDocument(chatNow), "from": userDocument(user), "date": .integer(now / 1000),
            "old_chat_member": memberDocument(bot, old), "new_chat_member": memberDocument(bot, new),
        ]
        enqueue(.myChatMember, for: bot, lane: chat.text, update, now: now)
    }

    private func memberDocument(_ bot: Int64, _ membership: Membership) -> Document {
        [
            "user": senderDocument(.bot(bot)),
            "status": .string(membership == .none ? Membership.left.rawValue : membership.rawValue),
            "until_date": membership == .kicked ? 0 : .absent,
        ]
    }
}
