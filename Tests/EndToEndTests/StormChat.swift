import Simulator
import Synchronization
import TestSupport

/// A chat of a storm, whose game messages get lost and posted anew, and which may become a supergroup.
final class StormChat: Sendable {
    let name: String
    let people: [Int64]
    /// Whether the bot is in it, so that it can post there; otherwise people bring its games along.
    let hasBot: Bool

    private struct Place: Hashable {
        let game: GameName
        let isInline: Bool
    }

    private struct State {
        /// Every key that it has had, the present one last.
        var keys: [ChatKey]
        var messages: [Place: MessageAddress] = [:]
    }

    private let state: Mutex<State>

    init(_ name: String, _ key: ChatKey, people: [Int64], hasBot: Bool) {
        self.name = name
        self.people = people
        self.hasBot = hasBot
        state = Mutex(State(keys: [key]))
    }

    /// Every key that it has had, the present one last.
    var keys: [ChatKey] { state.withLock { $0.keys } }

    var isPrivate: Bool {
        if case .shared = keys[0] { return false }
        return true
    }

    /// The key of what the chat has become.
    func key(_ telegram: Simulator) -> ChatKey {
        state.withLock { state in
            let key = state.keys[state.keys.count - 1]
            guard let id = telegram.read({ $0.chats[key]?.migratedTo }) else { return key }
            state.keys.append(.shared(id))
            // Nothing can be written under messages of the group that was.
            state.messages = [:]
            return .shared(id)
        }
    }

    /// A message of a game in the chat, posted if there is none.
    ///
    /// - Parameters:
    ///   - game: The game.
    ///   - isInline: Whether it is one that a person sent through the bot.
    ///   - arena: Where all this is.
    ///   - originals: A message of each game, to be forwarded.
    /// - Returns: Where it is; nil when the bot cannot post in the chat now.
    func message(
        of game: GameName,
        isInline: Bool,
        _ arena: Arena,
        originals: [GameName: MessageAddress]
    ) -> MessageAddress? {
        let key = key(arena.telegram)
        let place = Place(game: game, isInline: isInline || !hasBot)
        if let known = state.withLock({ $0.messages[place] }),
            arena.telegram.read({ $0.message(known) }) != nil
        {
            return known
        }
        let posted = place.isInline ? forward(originals[game], to: key, arena) : post(game, in: key, arena)
        guard let posted else { return nil }
        state.withLock { $0.messages[place] = posted }
        return posted
    }

    private func forward(_ original: MessageAddress?, to key: ChatKey, _ arena: Arena) -> MessageAddress? {
        guard let original else { return nil }
        return try? arena.telegram.change { telegram, now throws(SimulationError) in
            try telegram.forward(user: people[0], original, to: key, now: now)
        }
    }

    private func post(_ game: GameName, in key: ChatKey, _ arena: Arena) -> MessageAddress? {
        let id: Int64
        switch key {
        case .shared(let number): id = number
        case .bot(_, let user): id = user
        case .people: return nil
        }
        let answer = arena.call("sendGame", #"{"chat_id":\#(id),"game_short_name":"\#(game.shortName)"}"#)
        return answer.result?["message_id"]?.number.map { MessageAddress(chat: key, message: $0) }
    }
}
