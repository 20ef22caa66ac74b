package import Leaderboards
package import Storage

/// A run with the score that is submitted for it, its token checked.
package struct FinishedRun: Sendable {
    package let id: RunID
    package let launch: Launch
    package let startedAt: Instant
    package let score: Score
    /// One JSON object in UTF-8 as sent, at most 4 KiB, to be logged with the score.
    package let metadata: [UInt8]?
    /// Leaderboards to report on beyond the first, at most 16.
    package let boards: [BoardKind]

    package init(_ run: Run, score: Score, metadata: [UInt8]? = nil, boards: [BoardKind] = []) {
        (id, launch, startedAt) = (run.id, run.launch, run.startedAt)
        self.score = score
        self.metadata = metadata
        self.boards = boards
    }

    package var player: PlayerID { launch.player }
    package var key: RunKey { RunKey(launchedAt: launch.launchedAt, run: id) }

    /// What the run's launch shows of its chat; nil without one.
    ///
    /// A chat id that a key reported names no chat.
    var alias: ChatAlias? {
        let address = launch.isReported ? nil : launch.target.chat
        return launch.chatInstance.map { ChatAlias(instance: $0, address: address) }
    }

    /// Whether what is known under the run's name is this very run, told again.
    ///
    /// Servers name their runs themselves, and may use a name for two players.
    func repeats(player: PlayerID, score: Score) -> Bool { self.player == player && self.score == score }
}
