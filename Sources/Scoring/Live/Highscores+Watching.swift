import Leaderboards
import Postgres
import ServiceLifecycle
import Storage
package import Tokens

extension Highscores {
    /// The right to watch that the token of a run or a launch gives.
    ///
    /// - Throws: ``Refusal/tokenInvalid`` or ``Refusal/tokenExpired``.
    package func boardAccess(ofPlayer token: String) throws(Refusal) -> BoardAccess {
        let play = try play(token)
        return BoardAccess(play.launch, expiresAt: play.expiresAt)
    }

    /// The right to watch that a board token gives.
    ///
    /// - Throws: ``Refusal/tokenInvalid`` or ``Refusal/tokenExpired``.
    package func boardAccess(ofBoard token: String) throws(Refusal) -> BoardAccess {
        let now = clock()
        return try reading { find throws(TokenError) in try keys.boardAccess(token, now: now, find) }
    }

    /// Watches a leaderboard: its page now, and again after each change.
    ///
    /// All who watch the same share one reading and one page. The watch ends when the right to it does.
    ///
    /// - Returns: The watch, whose first event is the page as it is now.
    /// - Throws: ``Refusal``, as for reading the page; ``Refusal/overloaded`` when too many watch.
    package func watch(_ topic: BoardTopic, with access: BoardAccess) async throws(Refusal) -> BoardWatch {
        var topic = topic
        let board =
            topic.board == Game.mainBoard
            ? registry.game(topic.game) : try declared(topic.board, of: topic.game)
        if let board {
            try board.rules.check(topic.window)
            topic.game = board.id
        }
        return try await live.open(topic, expiresAt: access.expiresAt)
    }

    /// Ends all watches and takes no new ones.
    package func endWatches() { live.end() }

    /// Watches that are open.
    package var watchCount: Int { live.count }

    /// The chats whose leaderboards topics show; without those that nothing is known of yet.
    func chats(of topics: [BoardTopic]) async throws(Refusal) -> [BoardTopic: ChatID] {
        var byBot: [BotID: [(topic: BoardTopic, alias: ChatAlias)]] = [:]
        for topic in topics {
            guard let instance = topic.chat, let bot = registry.game(topic.game)?.bot else { continue }
            byBot[bot, default: []].append((topic, ChatAlias(instance: instance, address: nil)))
        }
        let questions = byBot
        return try await refusing { () throws(PostgresError) in
            try await pool.withSession { session throws(PostgresError) in
                var chats: [BoardTopic: ChatID] = [:]
                for (bot, asked) in questions {
                    let matches = try session.run(.chatsMatch(asked.map(\.alias), bot: bot))
                    for (question, match) in zip(asked, matches) { chats[question.topic] = match.byInstance }
                }
                return chats
            }
        }
    }
}

extension PlayToken {
    /// When the token's time is over.
    fileprivate var expiresAt: Instant {
        switch self {
        case .run(let run): run.expiresAt
        case .launch(let launch): launch.expiresAt
        }
    }
}

/// Reads for those who watch, for as long as the service runs.
struct LiveReading: Service {
    let highscores: Highscores

    func run() async throws {
        let (live, highscores) = (highscores.live, highscores)
        await withGracefulShutdownHandler {
            await live.run(
                resolve: { topics throws(Refusal) in try await highscores.chats(of: topics) },
                read: { topic throws(Refusal) in try await highscores.leaderboard(topic.request) }
            )
        } onGracefulShutdown: {
            live.stop()
        }
    }
}
