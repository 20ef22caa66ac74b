/// Mentions of bots in chats that they are no members of.
extension SimulatedTelegram {
    /// Tells the bots that a text mentions, and that may answer as guests.
    ///
    /// - Parameter message: The message that holds it.
    mutating func tellGuests(
        mentionedIn text: String,
        of message: SimulatedMessage,
        in chat: ChatKey,
        by user: Int64,
        now: Int64
    ) {
        let names = text.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("@") }
            .map { $0.dropFirst().lowercased() }
        let present = chats[chat]?.activeBots ?? []
        let guests = bots.values.filter {
            $0.takesGuestQueries && names.contains($0.username.lowercased()) && !present.contains($0.id)
        }
        guard !guests.isEmpty, case .object(let members) = document(message, in: chat) else { return }
        dropExpiredQueries(now: now)
        for bot in guests.map(\.id).sorted() {
            let id = identifiers.query()
            queries[id] = PendingQuery(
                bot: bot,
                user: user,
                source: .guest(chat: chat),
                expires: now + queryLifetime
            )
            let asked = Document.object(members + [.init(name: "guest_query_id", value: .string(id))])
            enqueue(.guestMessage, for: bot, lane: chat.text, asked, now: now)
        }
    }

    /// Lets a bot be asked as a guest, or no more.
    package mutating func setGuestQueries(_ areTaken: Bool, of bot: Int64) throws(SimulationError) {
        guard bots[bot] != nil else { throw .notFound("bot \(bot)") }
        bots[bot]?.takesGuestQueries = areTaken
    }

    /// Chooses how presses on a bot's own messages arrive.
    package mutating func setCallbackQueryMode(
        _ mode: CallbackQueryMode,
        of bot: Int64
    ) throws(SimulationError) {
        guard bots[bot] != nil else { throw .notFound("bot \(bot)") }
        bots[bot]?.callbackQueryMode = mode
    }
}
