import Synchronization

/// What people do, as their clients would: ask and wait for the answer.
extension Simulator {
    /// Presses a button and waits for the bot's answer, as a client shows its spinner.
    ///
    /// - Parameters:
    ///   - message: The message with the button.
    ///   - data: The payload of a callback button; nil presses the game button.
    /// - Throws: ``SimulationError/noAnswer`` when the bot does not answer while it may.
    package func press(user: Int64, _ message: MessageAddress, data: String? = nil) async throws
        -> PressAnswer
    {
        let query = try change { telegram, now throws(SimulationError) in
            try telegram.press(user: user, message, data: data, now: now)
        }
        return try await answer(to: query) { $0.takePressAnswer($1) }
    }

    /// Types an inline query and waits for the offers.
    ///
    /// - Throws: ``SimulationError/noAnswer`` when the bot does not answer while it may.
    package func ask(user: Int64, bot: Int64, in chat: ChatKey?, text: String) async throws -> InlineAnswer {
        let query = try change { telegram, now throws(SimulationError) in
            try telegram.ask(user: user, bot: bot, in: chat, text: text, now: now)
        }
        return try await answer(to: query) { $0.takeInlineAnswer($1) }
    }

    /// Writes a text.
    @discardableResult
    package func say(user: Int64, in chat: ChatKey, _ text: String) throws(SimulationError) -> MessageAddress
    {
        try change { telegram, now throws(SimulationError) in
            try telegram.say(user: user, in: chat, text, now: now)
        }
    }

    /// The rows of a game's table in a chat, from the first place down.
    package func scoreboard(of game: GameName, in chat: ChatKey) -> [ScoreTable.Row] {
        read { $0.scoreboard(of: game, in: chat).rows }
    }

    /// The text of a message as people see it now: for a game, its scoreboard.
    package func text(of message: MessageAddress) -> String? {
        read { $0.text(of: message) }
    }

    private func answer<Answer: Sendable>(
        to query: String,
        take: (inout SimulatedTelegram, String) -> Answer?
    ) async throws -> Answer {
        let answer = await wait(on: .query(query), within: configuration.queryLifetime) {
            state.withLock { take(&$0.telegram, query) }
        }
        guard let answer else { throw SimulationError.noAnswer }
        return answer
    }
}
