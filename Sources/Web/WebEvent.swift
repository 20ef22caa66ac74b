/// Something that happened at the edge and that operators may want to count or log.
///
/// No event holds a token, a query, a name or an id.
package enum WebEvent: Hashable, Sendable {
    /// A request was answered.
    case answered(Answered)
    /// A connection was told why it is closed before its request was complete.
    case cutOff(ProblemCode)

    /// How a request was answered.
    package struct Answered: Hashable, Sendable {
        /// The route as the API document names it, for example `/v1/scores`; nil for addresses that are none.
        package let route: String?
        package let method: String
        package let status: Int
        /// Why it was refused, if it was.
        package let problem: ProblemCode?
        /// From the head's arrival at the router to the answer, without the time it takes to send it.
        package let duration: Duration
    }
}
