/// Everything that Telegram knows in a simulation, and the rules by which it changes.
///
/// A pure state machine: a call or an action of a person goes in with the time, an answer comes out, updates
/// wait in each bot's queue. It does no I/O and has no clock; times are milliseconds since 1970. The same seed
/// and the same inputs give the same identifiers.
package struct SimulatedTelegram: Codable, Sendable {
    package internal(set) var bots: [Int64: SimulatedBot] = [:]
    package internal(set) var users: [Int64: SimulatedUser] = [:]
    package internal(set) var chats: [ChatKey: SimulatedChat] = [:]
    package internal(set) var tables: [ScoreTable.Key: ScoreTable] = [:]
    /// Groups whose scores went along to their supergroup.
    var scoresMoved: [ChatKey: ChatKey] = [:]
    var inlineMessages: [String: MessageAddress] = [:]
    var queries: [String: PendingQuery] = [:]
    /// Answers given and not yet fetched by the client that waits for them.
    var pressAnswers: [String: AnswerCache.Stored<PressAnswer>] = [:]
    var inlineAnswers: [String: AnswerCache.Stored<InlineAnswer>] = [:]
    var cache = AnswerCache()
    var identifiers: Identifiers
    package var limits = RateLimits()
    /// How long a client waits for an answer before it shows that the bot did not react, in milliseconds.
    package var queryLifetime: Int64
    /// Grows with every change that a person could see.
    package internal(set) var version = 0

    package init(seed: UInt64 = 1, queryLifetime: Int64 = 15_000) {
        identifiers = Identifiers(seed: seed)
        self.queryLifetime = queryLifetime
    }

    /// The bot with a token, or nil.
    package func bot(token: String) -> Int64? {
        guard let id = token.split(separator: ":").first.flatMap({ Int64($0) }) else { return nil }
        return bots[id]?.token == token ? id : nil
    }

    /// The value that a bot sees as `chat_instance` for a chat.
    package func chatInstance(bot: Int64, chat: ChatKey) -> String {
        String(identifiers.chatInstance(bot: bot, chat: chat))
    }

    /// A message, or nil.
    package func message(_ address: MessageAddress) -> SimulatedMessage? {
        chats[address.chat]?.message(address.message)
    }

    /// Where the scores of a game in a chat are kept.
    func table(of game: GameName, in chat: ChatKey) -> ScoreTable.Key {
        ScoreTable.Key(chat: scoresMoved[chat] ?? chat, game: game)
    }

    /// The table of a game in a chat, empty when nobody has a score.
    package func scoreboard(of game: GameName, in chat: ChatKey) -> ScoreTable {
        tables[table(of: game, in: chat)] ?? ScoreTable()
    }

    /// A game of a bot, or nil.
    package func game(_ name: GameName) -> SimulatedGame? { bots[name.bot]?.game(name.shortName) }

    /// The text of a message as people see it: for a game, its scoreboard; nil for service messages.
    package func text(of address: MessageAddress) -> String? {
        switch message(address)?.content {
        case .text(let text): text
        case .game(_, let scoreboard): scoreboard
        default: nil
        }
    }

    /// Takes back the deliveries that were under way when the state was saved.
    mutating func forgetFlights() {
        for id in bots.keys { bots[id]?.queue.forgetFlights() }
    }

    /// Queues an update for a bot that asked for its kind.
    mutating func enqueue(_ kind: UpdateKind, for bot: Int64, lane: String, _ content: Document, now: Int64) {
        guard bots[bot]?.wants(kind) == true else { return }
        bots[bot]?.queue.append(kind, lane: lane, content, now: now, identifiers: &identifiers)
    }

    /// Adds a message to a chat and counts it as a visible change.
    ///
    /// - Returns: The message with its number; nil when there is no such chat.
    @discardableResult
    mutating func post(
        in chat: ChatKey,
        from sender: SimulatedMessage.Sender,
        _ content: SimulatedMessage.Content,
        viaBot: Int64? = nil,
        keyboard: Keyboard? = nil,
        inlineIdentifier: String? = nil,
        now: Int64
    ) -> SimulatedMessage? {
        version += 1
        return chats[chat]?.append {
            SimulatedMessage(
                number: $0,
                date: now,
                sender: sender,
                viaBot: viaBot,
                content: content,
                keyboard: keyboard,
                inlineIdentifier: inlineIdentifier
            )
        }
    }

    /// Forgets queries that can no longer be answered, and answers that no client came for.
    mutating func dropExpiredQueries(now: Int64) {
        if queries.contains(where: { $0.value.expires <= now }) {
            queries = queries.filter { $0.value.expires > now }
        }
        // A client comes for its answer at once, so that what has been left here is of those who went away.
        if pressAnswers.contains(where: { $0.value.expires <= now }) {
            pressAnswers = pressAnswers.filter { $0.value.expires > now }
        }
        if inlineAnswers.contains(where: { $0.value.expires <= now }) {
            inlineAnswers = inlineAnswers.filter { $0.value.expires > now }
        }
    }
}
