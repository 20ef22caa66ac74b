/// Something that is to go wrong with calls of the Bot API.
///
/// The first fault in the list that fits a call is used up by it.
package struct Fault: Sendable {
    /// What happens instead of, before or after the usual answer.
    package enum Behaviour: Sendable {
        /// The call is refused with an error in Telegram's envelope, and changes nothing.
        case refuse(MethodError)
        /// Any HTTP response in place of the answer, such as a page of a proxy; the call changes nothing.
        case respond(status: Int, contentType: String, body: String)
        /// The call takes effect, but its answer breaks off.
        case loseAnswer
        /// The connection breaks before the call takes effect.
        case loseCall
        /// The call is answered as usual after a number of milliseconds.
        case delay(Int64)
    }

    /// The method it is for, in any case; nil for every method.
    package let method: String?
    /// The bot it is for; nil for every bot.
    package let bot: Int64?
    /// A text that the `chat_id` must equal; nil for every call.
    package let chat: String?
    package let behaviour: Behaviour
    /// How many calls it still spoils.
    package private(set) var remaining: Int

    /// Plans a fault.
    ///
    /// - Parameters:
    ///   - method: The method it is for; nil for every method.
    ///   - bot: The bot it is for; nil for every bot.
    ///   - chat: The `chat_id` it is for; nil for every call.
    ///   - times: How many calls it spoils.
    ///   - behaviour: What happens.
    package init(
        _ method: String? = nil,
        bot: Int64? = nil,
        chat: String? = nil,
        times: Int = 1,
        _ behaviour: Behaviour
    ) {
        self.method = method
        self.bot = bot
        self.chat = chat
        self.behaviour = behaviour
        remaining = times
    }

    private func fits(_ method: String, _ bot: Int64, _ parameters: CallParameters) -> Bool {
        (self.method.map { $0.lowercased() == method.lowercased() } ?? true) && (self.bot ?? bot) == bot
            && (chat.map { $0 == parameters["chat_id"] } ?? true)
    }

    /// Uses up the first fault of a list that fits a call.
    static func take(
        from faults: inout [Fault],
        for method: String,
        _ bot: Int64,
        _ parameters: CallParameters
    ) -> Behaviour? {
        guard let index = faults.firstIndex(where: { $0.fits(method, bot, parameters) }) else { return nil }
        let behaviour = faults[index].behaviour
        faults[index].remaining -= 1
        if faults[index].remaining <= 0 { faults.remove(at: index) }
        return behaviour
    }
}
