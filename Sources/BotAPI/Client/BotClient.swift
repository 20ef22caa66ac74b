import JSON

/// Calls the Bot API for one bot.
package struct BotClient: Sendable {
    /// The bot's credential.
    package let token: BotToken
    private let root: SecretText
    private let transport: BotTransport

    package init(
        token: BotToken,
        baseURL: String,
        isTest: Bool = false,
        transport: @escaping BotTransport
    ) {
        self.token = token
        self.transport = transport
        var base = Substring(baseURL)
        while base.hasSuffix("/") { base.removeLast() }
        root = SecretText("\(base)/bot\(token.secret.revealed)/\(isTest ? "test/" : "")")
    }

    /// Makes a call and says how it ended.
    ///
    /// - Returns: The class of the answer; a failed exchange is ``BotAnswer/temporary(mayHaveTakenEffect:detail:)``.
    package func answer<Method: BotMethod>(to method: Method) async -> BotAnswer {
        let request = BotRequest(
            url: SecretText("\(root.revealed)\(Method.name)"),
            body: method.body(),
            timeout: method.timeout
        )
        do {
            let response = try await transport(request)
            return BotAnswer(to: Method.self, response).redacting(token.secret)
        } catch {
            return BotAnswer.temporary(mayHaveTakenEffect: error.mayHaveBeenSent, detail: error.detail)
                .redacting(token.secret)
        }
    }

    /// Makes a call and reads its result.
    ///
    /// - Throws: ``BotCallError`` with any answer but success.
    package func call<Method: BotMethod>(_ method: Method) async throws(BotCallError) -> Method.Output {
        let answer = await answer(to: method)
        guard case .done(let result) = answer else {
            throw BotCallError(method: "\(Method.name)", answer: answer)
        }
        guard let output = Method.output(from: result) else {
            let unreadable = BotAnswer.temporary(mayHaveTakenEffect: true, detail: "unexpected result")
            throw BotCallError(method: "\(Method.name)", answer: unreadable)
        }
        return output
    }
}

/// A call that did not succeed.
package struct BotCallError: Error, Sendable, CustomStringConvertible {
    /// The method's name.
    package let method: String
    package let answer: BotAnswer

    package init(method: String, answer: BotAnswer) {
        self.method = method
        self.answer = answer
    }

    /// The method, the class of the answer and what Telegram said.
    package var description: String { "\(method): \(answer)" }
}
