package import Leaderboards

/// A person's name as it was shown when they opened a game.
package struct ProfileSighting: Sendable {
    package let profile: PlayerProfile
    package let seenAt: Instant

    package init(profile: PlayerProfile, seenAt: Instant) {
        self.profile = profile
        self.seenAt = seenAt
    }
}
