/// Something that is to go wrong with calls of the Bot API.
///
/// The first fault in the list that fits a call and is drawn for it is used up by it.
package struct Fault: Sendable {
    /// The method it is for, in any case; nil for every method.
    package let method: String?
    /// The bot it is for; nil for every bot.
    package let bot: Int64?
    /// The `chat_id`, or the key of the chat that an inline message is in; nil for every call.
    package let chat: String?
    /// Which part of the calls that fit it spoils, from 0 to 1.
    package let share: Double
    /// When it begins, in milliseconds after it was planned.
    package let from: Int64
    /// When it is over, in milliseconds after it was planned; nil for never.
    package let until: Int64?
    /// What happens: one of them is drawn for each call.
    package let behaviours: [Fault.Behaviour]
    /// How many calls it still spoils; nil for any number.
    package fileprivate(set) var remaining: Int?
    /// When it was planned, in milliseconds since 1970.
    var plannedAt: Int64 = 0

    /// Whether nothing is left of it at a time.
    func isOver(at now: Int64) -> Bool { remaining == 0 || until.map { now >= plannedAt + $0 } ?? false }

    private func fits(_ call: Call) -> Bool {
        (method.map { $0.lowercased() == call.method.lowercased() } ?? true) && (bot ?? call.bot) == call.bot
            && (chat.map(call.chats.contains) ?? true) && call.time >= plannedAt + from
            && !isOver(at: call.time)
    }

    /// Uses up the first fault of a list that fits a call and is drawn for it.
    ///
    /// - Parameter faults: The list; what is over is taken out of it.
    /// - Returns: What happens to the call; nil for nothing.
    static func take(
        from faults: inout [Fault],
        for call: Call,
        using random: inout some RandomNumberGenerator
    ) -> Fault.Behaviour? {
        faults.removeAll { $0.isOver(at: call.time) }
        for index in faults.indices where faults[index].fits(call) {
            let fault = faults[index]
            // Nothing is drawn where there is no choice, so that certain faults leave the others' draws as they were.
            guard fault.share >= 1 || Double.random(in: 0..<1, using: &random) < fault.share else { continue }
            if let remaining = fault.remaining { faults[index].remaining = remaining - 1 }
            faults.removeAll { $0.isOver(at: call.time) }
            return fault.behaviours.count == 1
                ? fault.behaviours[0] : fault.behaviours.randomElement(using: &random)
        }
        return nil
    }
}

extension Fault {
    /// What a fault looks at in a call: the names of its chat, and when it came, in milliseconds since 1970.
    typealias Call = (method: String, bot: Int64, chats: [String], time: Int64)

    /// Plans a fault for `times` calls, nil for any number; of the behaviours one is drawn for each call.
    package init(
        _ method: String? = nil,
        bot: Int64? = nil,
        chat: String? = nil,
        share: Double = 1,
        from: Int64 = 0,
        until: Int64? = nil,
        times: Int? = 1,
        _ behaviours: Fault.Behaviour...
    ) {
        self.init(
            method: method,
            bot: bot,
            chat: chat,
            share: share,
            from: from,
            until: until,
            behaviours: behaviours,
            remaining: times
        )
    }
}
