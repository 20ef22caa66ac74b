package import Leaderboards

/// A score that a studio's server submits.
package struct ServerScore: Sendable {
    /// The server's own name of the run, by which a repetition is known in the game.
    package let id: String
    package let player: PlayerID
    /// What the player is called, without what cannot be shown; nil leaves what is stored.
    package let playerName: String?
    /// Nil where there is no chat.
    package let chatInstance: ChatInstance?
    /// By board; at least one.
    package let scores: [BoardScore]
    /// When the run began; nil begins when it is accepted.
    package let startedAt: Instant?
    /// One JSON object in UTF-8 as sent, at most 4 KiB, to be logged with the score.
    package let metadata: [UInt8]?

    package init(
        id: String,
        player: PlayerID,
        playerName: String? = nil,
        chatInstance: ChatInstance? = nil,
        scores: [BoardScore],
        startedAt: Instant? = nil,
        metadata: [UInt8]? = nil
    ) {
        self.id = id
        self.player = player
        self.playerName = playerName.map(PlayerName.storable).flatMap { $0.isEmpty ? nil : $0 }
        self.chatInstance = chatInstance
        self.scores = scores
        self.startedAt = startedAt
        self.metadata = metadata
    }
}

/// A press of a game's button that a studio's own bot was told of.
package struct ServerPress: Sendable {
    package let player: PlayerID
    /// What the player is called; nil leaves what is stored.
    package let profile: PlayerProfile?
    package let chatInstance: ChatInstance?
    package let target: Target

    package init(player: PlayerID, profile: PlayerProfile?, chatInstance: ChatInstance?, target: Target) {
        self.player = player
        self.profile = profile
        self.chatInstance = chatInstance
        self.target = target
    }
}
