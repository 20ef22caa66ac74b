package import Leaderboards
package import Scoring

extension ServerScore {
    /// A score of the game's own board.
    package init(
        id: String,
        player: PlayerID,
        playerName: String? = nil,
        chatInstance: ChatInstance? = nil,
        score: Score,
        startedAt: Instant? = nil,
        metadata: [UInt8]? = nil
    ) {
        self.init(
            id: id,
            player: player,
            playerName: playerName,
            chatInstance: chatInstance,
            scores: [BoardScore(Game.mainBoard, score)],
            startedAt: startedAt,
            metadata: metadata
        )
    }
}
