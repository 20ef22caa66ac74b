extension Fault {
    /// What a fault does to a call: instead of, before or after the usual answer.
    package enum Behaviour: Sendable, Equatable {
        /// The call is refused with an error in Telegram's envelope, and changes nothing.
        case refuse(MethodError)
        /// Any HTTP response in place of the answer, such as a page of a proxy; the call changes nothing.
        case respond(status: Int, contentType: String, body: String)
        /// The connection breaks before the call takes effect.
        case loseCall
        /// The call takes effect, but its answer breaks off.
        case loseAnswer
        /// The connection stays open, the call does not take effect, and no answer comes.
        case hang
        /// The call takes effect, the connection stays open, and no answer comes.
        case hangAnswer
        /// The call takes effect, and its answer is a page that no program can read.
        case garble
        /// The call takes effect and is answered after a number of milliseconds.
        case delay(Int64)
        /// The message that the call names is deleted first; then the call is answered as usual.
        case deleteMessage
        /// The bot is kicked out of the call's chat first, and comes back after a number of milliseconds; nil for never.
        case kick(Int64?)
        /// The group of the call becomes a supergroup first.
        case migrate
        /// The bot's token is refused from now on, for a number of milliseconds; nil for good.
        case revoke(Int64?)

        /// How long a call that hangs is held: longer than any client waits, in milliseconds.
        static let holdTime: Int64 = 120_000

        /// Every way in which the connection to Telegram, or Telegram's front end, may fail one call.
        ///
        /// What a call finds changed in Telegram, such as a deleted message, is not among them: it lasts.
        package static let everyWay: [Behaviour] = [
            .refuse(.tooMany(retryAfter: 1)), .page(500), .page(502), .page(503), .page(504), .loseCall,
            .loseAnswer, .hang, .hangAnswer, .garble, .delay(2_000),
        ]

        /// A page as a proxy in front of Telegram shows it.
        package static func page(_ status: Int) -> Behaviour {
            .respond(
                status: status,
                contentType: "text/html",
                body: "<html><head><title>\(status)</title></head><body><h1>\(status)</h1></body></html>"
            )
        }
    }
}
