/// What is measured, and how long.
package struct BenchPlan: Hashable, Sendable {
    /// A part of the bench that can be run alone.
    package enum Section: String, CaseIterable, Sendable {
        /// Bringing scores to Telegram, on a database that is as young as a game's first evening.
        case deliveries
        /// Presses of the game button over the webhook.
        case launches
        /// Submissions, most of which do not improve, all of which improve, and at half the maximal rate.
        case submissions
        /// Submissions to a game with many boards, beside one without.
        case boards
        /// Submissions to two instances on one database.
        case instances
        /// The top of a leaderboard and the part around a player.
        case reads
        /// What requests cost that anybody may send.
        case refusals
        /// One rank inside the database, on leaderboards of all sizes and distributions.
        case ranks
        /// Making leaderboards from the log, and submissions to the largest.
        case loading
    }

    /// The parts to run.
    package var sections: Set<Section>
    /// The entries of the largest leaderboard.
    package var entries: Int
    /// How long one run of a load lasts.
    package var seconds: Int
    /// How many times a load and its baseline take turns; with fewer than five the median says little.
    package var pairs: Int

    /// The entries of the leaderboard that is read.
    package static let entriesRead = 100_000

    package init(
        sections: Set<Section> = Set(Section.allCases),
        entries: Int = 10_000_000,
        seconds: Int = 6,
        pairs: Int = 5
    ) {
        self.sections = sections
        self.entries = entries
        self.seconds = seconds
        self.pairs = pairs
    }

    /// The sizes of leaderboards on which ranks are looked up: powers of ten up to the largest.
    package var sizes: [Int] {
        var sizes: [Int] = []
        var size = 10_000
        while size < entries {
            sizes.append(size)
            size *= 10
        }
        return sizes + [entries]
    }

    /// Whether any part needs the service to run.
    var needsService: Bool { sections != [.ranks] }
}
