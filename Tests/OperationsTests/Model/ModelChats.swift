/// Which names of chats belong together, as the model of leaderboards knows it.
///
/// Each chat of a play has a number, under which it has a `chat_instance` and a Telegram id; both are only names until
/// they are seen together.
struct ModelChats: Equatable, Sendable {
    /// A name by which a chat can be known.
    enum Name: Hashable, Sendable {
        case instance(Int)
        case address(Int)
    }

    /// The age of each name's chat: the chat seen first has the least.
    private var ages: [Name: Int] = [:]
    private var zones: [Int: String] = [:]
    private var seen = 0

    /// The chat of a `chat_instance`, by its age; nil while nobody has seen it.
    func chat(_ instance: Int) -> Int? { ages[.instance(instance)] }

    /// The chat's own zone, if it has one.
    func zone(_ instance: Int) -> String? { chat(instance).flatMap { zones[$0] } }

    mutating func setZone(_ instance: Int, _ zone: String?) {
        if let chat = chat(instance) { zones[chat] = zone }
    }

    /// Notes that a chat was seen by one name.
    mutating func see(_ name: Name) {
        guard ages[name] == nil else { return }
        ages[name] = seen
        seen += 1
    }

    /// Notes that two names are of one chat.
    ///
    /// - Returns: Whether two chats became one.
    @discardableResult
    mutating func join(_ one: Name, _ other: Name) -> Bool {
        guard let first = ages[one] ?? ages[other] else {
            see(one)
            ages[other] = ages[one]
            return false
        }
        guard let left = ages[one], let right = ages[other], left != right else {
            ages[one] = first
            ages[other] = first
            return false
        }
        let (kept, gone) = (min(left, right), max(left, right))
        for (name, age) in ages where age == gone { ages[name] = kept }
        // Of zones of their own that of the older chat holds, if it has one.
        zones[kept] = zones[kept] ?? zones[gone]
        zones[gone] = nil
        return true
    }
}
