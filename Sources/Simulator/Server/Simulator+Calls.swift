import Synchronization

/// Calls of the Bot API as the server executes them.
extension Simulator {
    /// Answers a call that has arrived, waiting where the method waits.
    ///
    /// - Parameter number: Its place in the log, if it is there already.
    func call(_ call: RecordedCall, number: Int? = nil) async -> MethodAnswer {
        let (method, bot, parameters) = (call.method, call.bot, call.parameters)
        if method.lowercased() == "getupdates" { return await longPoll(bot, parameters) }
        let now = clock.now()
        let answer = state.withLock { state in
            let answer = state.telegram.call(method, by: bot, parameters, now: now)
            let description = answer.status == 200 ? nil : answer.description
            if let number {
                state.log.finish(number, status: answer.status, description: description)
            } else {
                state.log.append(call, status: answer.status, description: description)
            }
            return answer
        }
        wake(after: method, by: bot, parameters)
        return answer
    }

    /// Records a call that a fault keeps from being answered, or from being answered now.
    ///
    /// - Returns: Its place in the log.
    @discardableResult
    func recordSpoiled(_ call: RecordedCall, status: Int = 0, _ description: String = "planned fault")
        -> Int
    {
        let number = state.withLock { $0.log.append(call, status: status, description: description) }
        bell.ring(.anything)
        return number
    }

    private func wake(after method: String, by bot: Int64, _ parameters: CallParameters) {
        bell.ring(.anything)
        switch method.lowercased() {
        case "answercallbackquery": bell.ring(.query(parameters["callback_query_id"]))
        case "answerinlinequery": bell.ring(.query(parameters["inline_query_id"]))
        case "setwebhook", "deletewebhook":
            bell.ring(.updates(bot))
            bell.ring(.webhooks)
        default: break
        }
    }

    /// Answers `getUpdates`: at once when there is something, otherwise when there is, or when the time is over.
    ///
    /// A later call of the same bot ends an earlier one, and so does setting a webhook.
    private func longPoll(_ bot: Int64, _ parameters: CallParameters) async -> MethodAnswer {
        let deadline = clock.now() + Int64(min(max(parameters.int32("timeout"), 0), 50)) * 1000
        let generation = state.withLock { state -> Int? in
            guard state.telegram.bots[bot]?.webhook == nil else { return nil }
            state.telegram.bots[bot]?.pollGeneration += 1
            return state.telegram.bots[bot]?.pollGeneration
        }
        bell.ring(.updates(bot))
        bell.ring(.anything)
        var listener = bell.listen(.updates(bot))
        while true {
            let now = clock.now()
            let answer = state.withLock { state -> MethodAnswer in
                if let generation, let conflict = Self.conflict(state.telegram.bots[bot], generation) {
                    return .failure(conflict)
                }
                return state.telegram.call("getUpdates", by: bot, parameters, now: now)
            }
            guard answer.result == [], now < deadline else { return answer }
            guard await listener.next(within: deadline - now, clock) else {
                return bell.isClosed
                    ? .failure(MethodError(code: 500, description: "Internal Server Error: restart")) : answer
            }
        }
    }

    private static func conflict(_ bot: SimulatedBot?, _ generation: Int) -> MethodError? {
        guard let bot else { return .unauthorized }
        if bot.webhook != nil { return .conflict("terminated by setWebhook request") }
        guard bot.pollGeneration != generation else { return nil }
        return .conflict(
            "terminated by other getUpdates request; make sure that only one bot instance is running"
        )
    }
}
