package import Leaderboards
import Postgres
import ServiceLifecycle
import Storage

extension Highscores {
    /// The right to watch that the token of a run or a launch gives.
    ///
    /// - Parameter token: The token.
    /// - Returns: The right.
    /// - Throws: ``Refusal/tokenInvalid`` or ``Refusal/tokenExpired``.
    package func boardAccess(ofPlayer token: String) throws(Refusal) -> BoardAccess {
        let play = try play(token)
        return BoardAccess(
            bot: play.launch.bot,
            game: play.launch.game,
            player: play.launch.player,
            chatInstance: play.launch.chatInstance,
            expiresAt: play.expiresAt
        )
    }

    /// The right to watch that a board token gives.
    ///
    /// - Parameter token: The token.
    /// - Returns: The right.
    /// - Throws: ``Refusal/tokenInvalid`` or ``Refusal/tokenExpired``.
    package func boardAccess(ofBoard token: String) throws(Refusal) -> BoardAccess {
        let now = clock()
        return try reading { find throws(TokenError) in try keys.boardAccess(token, now: now, find) }
    }

    /// Watches a leaderboard: its page now, and again after each change.
    ///
    /// All who watch the same share one reading and one page. The watch ends when the right to it does.
    ///
    /// - Parameters:
    ///   - topic: What to watch.
    ///   - access: The right to it.
    /// - Returns: The watch, whose first event is the page as it is now.
    /// - Throws: ``Refusal``, as for reading the page; ``Refusal/overloaded`` when too many watch.
    package func watch(_ topic: BoardTopic, with access: BoardAccess) async throws(Refusal) -> BoardWatch {
        try await live.open(topic, expiresAt: access.expiresAt)
    }

    /// Ends all watches and takes no new ones.
    package func endWatches() { live.end() }

    /// Watches that are open.
    package var watchCount: Int { live.count }
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
