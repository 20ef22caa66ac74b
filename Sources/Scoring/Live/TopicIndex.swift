import Leaderboards
import Storage

/// Which topics a change concerns.
///
/// Changes name chats by our own ids, tokens by `chat_instance`. Until a topic's chat is known, every change of a chat of
/// its game concerns it: the chat may just have come into being.
struct TopicIndex: Sendable {
    private struct Place: Hashable {
        let game: GameID
        /// Nil is a chat that is not known yet.
        let chat: ChatID?
    }

    private var ofChats: [Place: Set<BoardTopic>] = [:]
    private var global: [GameID: Set<BoardTopic>] = [:]
    private var places: [BoardTopic: Place] = [:]

    /// Takes a topic in, or takes over which chat it is about.
    mutating func insert(_ topic: BoardTopic, chat: ChatID? = nil) {
        guard topic.scope == .chat else {
            global[topic.game, default: []].insert(topic)
            return
        }
        let place = Place(game: topic.game, chat: chat)
        // The leaderboard of no chat stays empty.
        guard topic.chat != nil, places[topic] != place else { return }
        remove(topic)
        places[topic] = place
        ofChats[place, default: []].insert(topic)
    }

    mutating func remove(_ topic: BoardTopic) {
        if global[topic.game]?.remove(topic) != nil, global[topic.game]?.isEmpty == true {
            global[topic.game] = nil
        }
        guard let place = places.removeValue(forKey: topic) else { return }
        ofChats[place]?.remove(topic)
        if ofChats[place]?.isEmpty == true { ofChats[place] = nil }
    }

    /// The topics that a change concerns.
    func topics(of change: BoardsChange) -> Set<BoardTopic> {
        var topics = change.includesGlobal ? global[change.game] ?? [] : []
        guard !change.chats.isEmpty, !ofChats.isEmpty else { return topics }
        topics.formUnion(ofChats[Place(game: change.game, chat: nil)] ?? [])
        for chat in change.chats { topics.formUnion(ofChats[Place(game: change.game, chat: chat)] ?? []) }
        return topics
    }
}
