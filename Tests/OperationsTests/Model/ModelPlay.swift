import Leaderboards
import Postgres
import Operations
import Scoring
import ScoringSupport
import Storage
import TestSupport

/// One play of many random steps on several instances, each compared with the model.
struct ModelPlay {
    /// What differs between plays.
    struct Setup: Sendable, CustomStringConvertible {
        let order: GameRules.Order
        let keep: GameRules.Keep
        let zone: String
        let start: String
        var players: Int64 = 12
        /// How many different scores there are.
        var scores: Int32 = 8
        var steps = 90
        /// Submissions that are made at the same time before the steps, in waves.
        var population = 0
        /// How many bytes each instance may remember.
        var memory = [64_000_000, 6_000, 0]
        /// Whether entries are kept whatever else is set, so that what is remembered can be gone by.
        var isSteady = false

        var description: String { "\(keep.rawValue)/\(order.rawValue), \(zone) from \(start)" }
    }

    static let chatCount = 5
    /// What is below is held for review.
    static let minimumScore: Int32 = 10
    /// What is above is refused.
    static let maximumScore: Int32 = 2_000_000
    static let zones = [
        "UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns", "Asia/Kathmandu", "America/New_York",
    ]

    let ensemble: Ensemble
    let setup: Setup
    let seed: UInt64
    var generator: SeededGenerator
    var model: LeaderboardModel
    /// Runs that have begun and were not submitted yet.
    var open: [Attempt] = []
    /// Submissions that were answered, to be repeated.
    var answered: [(attempt: Attempt, receipt: Receipt)] = []
    /// Walks over pages that have not come to an end.
    var walks: [Walk] = []
    var joins = 0
    /// What operators changed.
    var moderations: [Moderation] = []
    /// Who is banned: from the game, or (true) from all games of the bot.
    var bans: [Int64: Set<Bool>] = [:]
    /// The boards that were taken away, each with the number by which that is on record.
    var removed: [String: AuditID] = [:]
    /// How many attempts are used.
    var used: [AttemptWindow: Int32] = [:]
    /// The seeds of boards by their windows.
    var seeds: [String: String] = [:]
    /// From when on launches of players who were erased are good.
    var erasedAt: [Int64: Instant] = [:]
    private var step = "setup"

    var stage: Stage { ensemble.stage }

    init(_ setup: Setup, seed: UInt64, rules: GameRules, on ensemble: Ensemble) {
        self.ensemble = ensemble
        self.setup = setup
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        model = LeaderboardModel(rules: rules)
    }

    /// Plays to the end.
    ///
    /// - Throws: ``StageError`` at the first difference.
    mutating func run() async throws {
        step = "boards"
        try await declareBoards()
        if setup.population > 0 {
            step = "population"
            for _ in 0..<4 { try await wave(of: setup.population / 4, disturbed: false) }
        }
        for number in 1...setup.steps {
            stage.clock.advance(by: pause())
            try await step(number)
            if number == setup.steps / 2 { try await compareEverything("half") }
        }
        try await compareEverything("end")
        step = "rebuild"
        try await compareRebuilds()
    }

    private mutating func compareEverything(_ name: String) async throws {
        step = name
        try await compareTables()
        try await compareBoards()
    }

    private mutating func step(_ number: Int) async throws {
        switch Int.random(in: 0..<100, using: &generator) {
        case ..<30:
            step = "\(number) play"
            try await submit(try await attempt())
        case ..<40:
            step = "\(number) begin"
            open.append(try await attempt())
        case ..<57:
            step = "\(number) finish"
            guard let index = open.indices.randomElement(using: &generator) else { return }
            try await submit(open.remove(at: index))
        case ..<62:
            step = "\(number) repeat"
            try await submitAgain()
        case ..<67:
            step = "\(number) wave"
            try await wave(of: Int.random(in: 5...25, using: &generator), disturbed: false)
        case ..<70:
            step = "\(number) disturbed wave"
            try await wave(of: 12, disturbed: true)
            try await compareTables()
        case ..<77:
            step = "\(number) read"
            try await readSomething()
        case ..<79:
            step = "\(number) walk"
            try await walk()
        case ..<81:
            step = "\(number) press"
            try await press()
        case ..<84:
            step = "\(number) correction"
            try await correct()
        case ..<86:
            step = "\(number) review"
            try await review()
        case ..<87:
            step = "\(number) ban"
            try await ban()
        case ..<91:
            step = "\(number) undo"
            try await undo()
        case ..<92:
            step = "\(number) erasure"
            try await erase()
        case ..<93:
            step = "\(number) chat zone"
            try await changeChatZone()
        case ..<95:
            step = "\(number) board"
            try await removeOrRestoreBoard()
        default:
            step = "\(number) settings"
            try await changeSettings()
        }
    }

    /// How long nothing happens: mostly short, at times over the ends of windows and the lives of tokens.
    private mutating func pause() -> Duration {
        switch Int.random(in: 0..<20, using: &generator) {
        case ..<7: .zero
        case ..<12: .milliseconds(Int64.random(in: 1...5, using: &generator))
        case ..<15: .seconds(Int64.random(in: 1...600, using: &generator))
        case ..<19: .seconds(Int64.random(in: 600...14_000, using: &generator))
        default: .seconds(Int64.random(in: 14_000...100_000, using: &generator))
        }
    }

    // MARK: - Choices

    mutating func instance() -> Int { Int.random(in: Ensemble.skews.indices, using: &generator) }

    /// Somebody who is not banned: of a ban instances hear a little later, so what they say cannot be foretold.
    mutating func player() -> Int64 {
        while true {
            let player = Int64.random(in: 1...setup.players, using: &generator)
            if !model.banned.contains(player) { return player }
        }
    }

    mutating func isOne(in number: Int) -> Bool { Int.random(in: 0..<number, using: &generator) == 0 }

    func chat(_ number: Int) -> StageChat { StageChat(Int64(number)) }

    /// The rules of the boards that are there.
    var rules: [String: GameRules] { model.rules.filter { removed[$0.key] == nil } }

    /// A board that is there, the main one as likely as all others together.
    mutating func board() -> String {
        guard isOne(in: 2) else { return Game.mainBoard }
        return rules.keys.sorted().randomElement(using: &generator) ?? Game.mainBoard
    }

    /// A board as the first instance knows it.
    func game(_ board: String = Game.mainBoard) throws -> Game {
        guard let game = ensemble.game(board) else { throw failure("the board \(board) is not known") }
        return game
    }

    // MARK: - Differences

    /// Makes sure that two values are the same.
    ///
    /// - Throws: ``StageError`` with all that is needed to see it again.
    func require<Value: Equatable>(_ actual: Value, is expected: Value, _ what: String) throws {
        guard actual != expected else { return }
        throw failure("\(what)\n  is       \(actual)\n  expected \(expected)")
    }

    func failure(_ text: String) -> StageError {
        let boards = rules.sorted { $0.key < $1.key }.map { name, rules in
            let windows = WindowKind.allCases.filter(rules.windows.contains).map(\.rawValue).joined(
                separator: ","
            )
            return "\(name) \(rules.keep)/\(rules.order) \(rules.zone) \(windows) \(rules.seasons)"
        }
        return StageError("\(setup), seed \(seed), step \(step), boards \(boards): \(text)")
    }
}
