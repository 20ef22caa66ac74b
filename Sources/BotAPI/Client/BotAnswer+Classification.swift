import JSON

extension BotAnswer {
    /// How long to wait after a 429 that does not say.
    package static let defaultRetrySeconds = 5
    /// The longest wait that is believed; a day is far over anything that Telegram is known to ask.
    package static let maximumRetrySeconds = 86_400

    /// Classifies a response.
    ///
    /// Descriptions are compared by containment and without regard to case, since they are no contract. What
    /// cannot be read at all is temporary whatever its status: it comes from something in front of Telegram.
    ///
    /// - Parameter method: The method that was called.
    package init<Method: BotMethod>(to method: Method.Type, _ response: BotHTTPResponse) {
        let json = try? JSON.parse(response.body, maximumDepth: Update.maximumDepth)
        guard let json, let isOK = json["ok"]?.bool else {
            self = .unreadable(response)
            return
        }
        if isOK {
            if let result = json["result"], (200..<300).contains(response.status) {
                self = .done(result)
            } else {
                self = .unreadable(response)
            }
            return
        }
        guard let code = json["error_code"]?.lenientInt64.map(Int.init) ?? response.failureStatus else {
            self = .unreadable(response)
            return
        }
        let parameters = json["parameters"]
        let description = json["description"]?.string.map(bounded) ?? ""
        let detail = description.isEmpty ? "no description, code \(code)" : description
        if let chatID = parameters?["migrate_to_chat_id"]?.lenientInt64, chatID != 0 {
            self = .migrated(to: chatID)
            return
        }
        switch code {
        case 401, 404, 421: self = .unauthorized(detail: detail)
        case 408, 500...: self = .temporary(mayHaveTakenEffect: true, detail: detail)
        case 409: self = .conflict(detail: detail)
        case 429:
            let seconds = parameters?["retry_after"]?.lenientInt64.map { Int(clamping: $0) }
            self = .retryAfter(seconds: waitingTime(seconds ?? response.retryAfterSeconds))
        case 403:
            if case .chatGone? = BotAnswer(refusal: detail) {
                self = .chatGone(detail: detail)
            } else {
                self = .chatForbidden(detail: detail)
            }
        case 413: self = .invalidRequest(detail: detail)
        case 400..<500: self = BotAnswer(refusal: detail) ?? .unrecognized(detail: detail)
        default: self = .temporary(mayHaveTakenEffect: true, detail: detail)
        }
    }

    private static func unreadable(_ response: BotHTTPResponse) -> BotAnswer {
        if response.status == 429 {
            return .retryAfter(seconds: waitingTime(response.retryAfterSeconds))
        }
        return .temporary(
            mayHaveTakenEffect: true,
            detail: "unreadable answer with status \(response.status)"
        )
    }
}

extension BotHTTPResponse {
    /// The header in seconds; its other form, a date, is not used by Telegram.
    fileprivate var retryAfterSeconds: Int? { retryAfter.flatMap { Int($0) } }

    fileprivate var failureStatus: Int? { status >= 400 ? status : nil }
}

private func waitingTime(_ seconds: Int?) -> Int {
    min(max(seconds ?? BotAnswer.defaultRetrySeconds, 1), BotAnswer.maximumRetrySeconds)
}

/// Keeps a description printable on one line and short enough to be stored.
private func bounded(_ description: String) -> String {
    var text = String.UnicodeScalarView()
    for scalar in description.unicodeScalars.prefix(300) {
        text.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(text)
}
