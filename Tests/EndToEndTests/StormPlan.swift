import Foundation
import Simulator
import TestSupport

/// What befalls the programs of a storm, and when: the same for the same seed and length.
struct StormPlan: Sendable {
    enum Blow: Sendable, Hashable {
        /// An instance of the service is killed and started again.
        case kill(instance: Int)
        /// The database's server is stopped as by a crash and started again.
        case crashDatabase
        /// All connections of the database end.
        case cutConnections
        /// Presses on the bot's own messages arrive in another way from then on.
        case switchMode(CallbackQueryMode)
    }

    static let instances = 2
    /// How often each instance is killed at least.
    static let kills = 20
    /// How often the database's server crashes at least, and how often its connections are cut.
    static let crashes = 5
    /// How often presses change their way at least.
    static let switches = 9

    let seed: UInt64
    let seconds: Int
    /// The blows by the time after the beginning.
    let blows: [(at: Duration, blow: Blow)]
    /// What goes wrong with calls of the Bot API, as rules of the simulator.
    let faults: String

    /// Draws a plan.
    ///
    /// - Parameters:
    ///   - seed: Decides everything.
    ///   - seconds: How long the storm lasts.
    init(seed: UInt64, seconds: Int) {
        var random = SeededGenerator(seed: seed)
        var blows: [(at: Duration, blow: Blow)] = []
        /// Spreads blows over the storm: one at a random moment of each part.
        func spread(_ blow: Blow, _ count: Int) {
            let part = Double(seconds) / Double(count)
            for number in 0..<count {
                let moment = (Double(number) + Double.random(in: 0..<1, using: &random)) * part
                blows.append((.seconds(moment), blow))
            }
        }
        for instance in 0..<Self.instances {
            spread(.kill(instance: instance), max(Self.kills, seconds * Self.kills / 100))
        }
        spread(.crashDatabase, max(Self.crashes, seconds * Self.crashes / 100))
        spread(.cutConnections, max(Self.crashes, seconds * Self.crashes / 100))
        let switches = max(Self.switches, seconds * Self.switches / 100)
        for number in 0..<switches {
            // Inline, default, auto and again, at fixed times: each has its share of the storm.
            let mode = [CallbackQueryMode.inline, .default, .auto][number % 3]
            blows.append((.seconds(Double(seconds * (number + 1)) / Double(switches + 1)), .switchMode(mode)))
        }
        self.seed = seed
        self.seconds = seconds
        self.blows = blows.sorted { $0.at < $1.at }
        let refusals = stride(from: 0, to: seconds, by: 50).map { start in
            "first 1 of setGameScore from \(start + Int.random(in: 5..<45, using: &random))s: revoke 3s"
        }
        faults = """
            \(refusals.joined(separator: "\n"))
            2% of setGameScore: delete_message, delete_message, kick 4s, migrate
            2% of setGameScore: delay 25s
            50% of setGameScore: any
            50% of getGameHighScores: any
            20% of answerCallbackQuery: 429 1, 502, lose_call, lose_answer
            10% of getUpdates: 502, lose_call, lose_answer
            """
    }

    /// The plan of this test run: `HIGHSCORES_TEST_STORM_SEED` replays one, `HIGHSCORES_TEST_STORM_SECONDS` says how
    /// long it lasts.
    static func ofThisRun() -> StormPlan {
        let variables = ProcessInfo.processInfo.environment
        let seed = variables["HIGHSCORES_TEST_STORM_SEED"].flatMap { UInt64($0) }
        let seconds = variables["HIGHSCORES_TEST_STORM_SECONDS"].flatMap { Int($0) }
        return StormPlan(seed: seed ?? 1, seconds: seconds ?? 100)
    }
}
