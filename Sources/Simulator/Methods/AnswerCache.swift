/// Answers that clients and Telegram's servers may use again without asking the bot.
struct AnswerCache: Codable, Sendable {
    struct PressKey: Hashable, Codable, Sendable {
        let user: Int64
        let message: MessageAddress
        let data: String?
    }

    struct InlineKey: Hashable, Codable, Sendable {
        let bot: Int64
        /// Nil when the answer is shared between people.
        let user: Int64?
        let text: String
    }

    struct Stored<Answer: Codable & Sendable>: Codable, Sendable {
        let answer: Answer
        let expires: Int64
    }

    private var presses: [PressKey: Stored<PressAnswer>] = [:]
    private var inline: [InlineKey: Stored<InlineAnswer>] = [:]

    func press(_ key: PressKey, now: Int64) -> PressAnswer? {
        presses[key].flatMap { $0.expires > now ? $0.answer : nil }
    }

    func inline(bot: Int64, user: Int64, text: String, now: Int64) -> InlineAnswer? {
        [InlineKey(bot: bot, user: user, text: text), InlineKey(bot: bot, user: nil, text: text)].lazy
            .compactMap { inline[$0] }.first { $0.expires > now }?.answer
    }

    mutating func store(_ answer: PressAnswer, for key: PressKey, now: Int64) {
        presses = presses.filter { $0.value.expires > now }
        guard answer.cacheSeconds > 0 else { return }
        presses[key] = Stored(answer: answer, expires: now + answer.cacheSeconds * 1000)
    }

    mutating func store(_ answer: InlineAnswer, bot: Int64, user: Int64, text: String, now: Int64) {
        inline = inline.filter { $0.value.expires > now }
        guard answer.cacheSeconds > 0 else { return }
        let key = InlineKey(bot: bot, user: answer.isPersonal ? user : nil, text: text)
        inline[key] = Stored(answer: answer, expires: now + answer.cacheSeconds * 1000)
    }
}
