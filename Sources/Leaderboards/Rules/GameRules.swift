/// How the scores of a game are ordered, kept, bounded and shown.
package struct GameRules: Hashable, Sendable {
    /// Which of two scores is the better one.
    package enum Order: String, CaseIterable, Sendable {
        case higher, lower
    }

    /// Which of a player's runs make the entry.
    package enum Keep: String, CaseIterable, Sendable {
        case best, latest, sum
    }

    /// Which runs the log keeps.
    package enum Retention: String, CaseIterable, Sendable {
        /// All of them.
        case all
        /// Those that can still matter to a leaderboard, and all young ones.
        case relevant
    }

    /// How pages write scores.
    package enum ScoreFormat: String, CaseIterable, Sendable {
        case number
        /// As a time: 61250 is 1:01.250.
        case milliseconds
        /// As a time: 61 is 1:01.
        case seconds
    }

    /// How many runs a player may start in each window of a kind.
    package struct AttemptLimit: Hashable, Sendable, LosslessStringConvertible {
        package let count: Int32
        package let window: WindowKind

        /// Reads `N/WINDOW`, for example `3/day`.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Int32(parts[0]), count > 0, String(count) == parts[0],
                let window = WindowKind(rawValue: String(parts[1]))
            else { return nil }
            self.init(count: count, window: window)
        }

        package init(count: Int32, window: WindowKind) {
            self.count = count
            self.window = window
        }

        package var description: String { "\(count)/\(window.rawValue)" }
    }

    package var order: Order
    package var keep: Keep
    /// The windows that have leaderboards; ``WindowKind/all`` is always one of them.
    package var windows: Set<WindowKind>
    /// Nil is any number of runs.
    package var attempts: AttemptLimit?
    /// The kind of window in which all runs have the same seed; nil is none.
    package var seedWindow: WindowKind?
    /// The IANA name of the zone in which days, weeks and months of this game begin.
    package var zone: String
    /// When each season began, ascending; the first is season 1.
    package var seasons: [Instant]
    package var telegramScore: TelegramScore
    /// The board of the game that Telegram's tables show.
    package var telegramBoard: String
    package var messageEdits: MessageEdits
    package var bounds: ScoreBounds
    package var retention: Retention
    package var scoreFormat: ScoreFormat
    /// What pages write behind scores, such as `m`; nil is nothing.
    package var scoreUnit: String?

    package init(
        order: Order = .higher,
        keep: Keep = .best,
        windows: Set<WindowKind> = Set(WindowKind.allCases),
        attempts: AttemptLimit? = nil,
        seedWindow: WindowKind? = nil,
        zone: String = "UTC",
        seasons: [Instant] = [],
        telegramScore: TelegramScore = .same,
        telegramBoard: String = Game.mainBoard,
        messageEdits: MessageEdits = .always,
        bounds: ScoreBounds = ScoreBounds(),
        retention: Retention = .all,
        scoreFormat: ScoreFormat = .number,
        scoreUnit: String? = nil
    ) {
        self.order = order
        self.keep = keep
        self.windows = windows
        self.attempts = attempts
        self.seedWindow = seedWindow
        self.zone = zone
        self.seasons = seasons
        self.telegramScore = telegramScore
        self.telegramBoard = telegramBoard
        self.messageEdits = messageEdits
        self.bounds = bounds
        self.retention = retention
        self.scoreFormat = scoreFormat
        self.scoreUnit = scoreUnit
    }

    /// Whether windows begin in the game's zone everywhere: what is counted or drawn by windows is so for all chats.
    package var hasOneZone: Bool { attempts != nil || seedWindow != nil }

    /// Why the rules cannot be used together, or nil when they can.
    ///
    /// Telegram orders its table by the higher number, so a game where less is better cannot show its scores there
    /// as they are; and where what it shows is not obvious it must be said.
    ///
    /// - Parameter board: Whose rules they are.
    package func conflict(of board: String = Game.mainBoard) -> String? {
        if order == .lower, telegramScore == .same, telegramBoard == board {
            return
                "telegram-score 'same' would put the worst first in Telegram, whose tables rank the higher "
                + "number first; use 'off' or 'inverted:CEILING'"
        }
        guard windows.contains(.all) else { return "windows always have 'all' among them" }
        if zip(seasons, seasons.dropFirst()).contains(where: { $0 >= $1 }) {
            return "a season begins after the one before it, and no two at once"
        }
        return bounds.conflict
    }

    /// Turns a score into a number of which less is better.
    ///
    /// - Parameter score: The score, or a sum of scores.
    /// - Returns: Its key in the order of this game.
    package func scoreKey(for score: Int64) -> Int64 { order == .higher ? 0 &- score : score }

    /// Turns a sort key back into the score.
    package func score(ofScoreKey scoreKey: Int64) -> Int64 { order.score(ofScoreKey: scoreKey) }
}

extension GameRules.Order {
    /// Turns a sort key back into the score.
    ///
    /// - Parameter scoreKey: What ``GameRules/scoreKey(for:)`` gave in this order.
    package func score(ofScoreKey scoreKey: Int64) -> Int64 { self == .higher ? 0 &- scoreKey : scoreKey }
}
