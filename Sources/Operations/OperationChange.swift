package import Leaderboards
package import Scoring
package import Storage
package import Tokens

/// What an operator's command changed.
package struct OperationChange: Sendable {
    /// One setting that differs.
    package struct Setting: Hashable, Sendable {
        package let name: String
        package let before: FieldValue
        package let after: FieldValue
    }

    /// The runs that were corrected, before and after.
    package internal(set) var runs: [(before: RunState, after: RunState)] = []
    /// The bans that were set or, where ``liftsBans`` says so, taken back.
    package internal(set) var bans: [Ban] = []
    package internal(set) var liftsBans = false
    /// The games that bans are from.
    package internal(set) var bannedGames: [Game] = []
    /// The settings that differ.
    package internal(set) var settings: [Setting] = []
    /// The game whose settings they are, before and now.
    package internal(set) var games: (before: Game, now: Game)?
    /// How many bots show a name no longer.
    package internal(set) var namesHidden = 0
    /// What an erasure removed; nil when nothing was to be erased.
    package internal(set) var erasure: ErasureCount?
    /// What became of a score that an operator submitted.
    package internal(set) var receipt: Receipt?
    /// What became of the leaderboards.
    package internal(set) var rebuild = RebuildReport()
    /// How many values of Telegram's tables are to be brought up to date.
    package internal(set) var deliveries = 0
    /// Under which number it is on record; nil when nothing changed.
    package internal(set) var audit: AuditID?

    /// No change.
    package init() {}

    /// Whether nothing changed.
    package var isEmpty: Bool { rows == 0 && receipt == nil && deliveries == 0 }

    /// Whether more changes than settings: entries, Telegram's tables, or whether the game can be played.
    package var isSweeping: Bool {
        let stops =
            games.map {
                $0.before.isEnabled && !$0.now.isEnabled || !$0.before.isRemoved && $0.now.isRemoved
            } ?? false
        return !rebuild.isEmpty || deliveries > 0 || stops
    }

    /// How many rows change: runs, entries, bans, names and settings.
    package var rows: Int {
        let erased = erasure.map { $0.profiles + $0.runs + $0.corrections + $0.bans } ?? 0
        let entries = rebuild.entriesAdded + rebuild.entriesChanged + rebuild.entriesRemoved
        return runs.count + bans.count + settings.count + namesHidden + erased + entries
    }

    /// Adds what the same command changed in another game.
    mutating func add(_ other: OperationChange) {
        runs += other.runs
        rebuild.add(other.rebuild)
        deliveries += other.deliveries
        audit = audit ?? other.audit
    }

    /// Adds what the same command changed in one of several games.
    package mutating func add(_ other: OperationChange, of game: Game) {
        add(other)
        settings += other.settings.map {
            Setting(name: "\(game.name) \($0.name)", before: $0.before, after: $0.after)
        }
    }

    /// Adds a game, or a board of one, that the same command made.
    package mutating func add(newGame name: String) {
        settings.append(Setting(name: name, before: .none, after: .text("added")))
    }

    /// The name of all this, by which it is known again when it is carried out.
    package var plan: PlanToken {
        var lines = runs.map { "\($0.before) \($0.after)" }
        lines += bans.map { "\($0.bot) \($0.player) \($0.game?.description ?? "*") \(liftsBans)" }
        lines += settings.map { "\($0.name) \($0.before) \($0.after)" }
        lines.append("\(namesHidden) \(deliveries)")
        if let erasure {
            lines.append("\(erasure.profiles) \(erasure.runs) \(erasure.corrections) \(erasure.bans)")
        }
        // Of leaderboards only the entries: whether one becomes empty depends on others, who go on playing.
        lines.append("\(rebuild.entriesAdded) \(rebuild.entriesChanged) \(rebuild.entriesRemoved)")
        lines.append("\(rebuild.digest)")
        return PlanToken(of: lines)
    }
}

/// On which terms an operator changes something.
package struct ChangeTerms: Sendable {
    /// Why, for the audit.
    package var reason: String?
    /// Whether nothing is to remain; all is done all the same, to tell what would change.
    package var isDryRun: Bool
    /// What the change was going to do when it was shown; it must still do the same.
    package var plan: PlanToken?
    /// How many rows it may change; nil is any number.
    package var maximumRows: Int?

    package init(
        reason: String? = nil,
        isDryRun: Bool = false,
        plan: PlanToken? = nil,
        maximumRows: Int? = nil
    ) {
        self.reason = reason
        self.isDryRun = isDryRun
        self.plan = plan
        self.maximumRows = maximumRows
    }

    /// Why a change must not be made on these terms; nil where it may.
    package func objection(to change: OperationChange) -> OperationError? {
        if let plan, plan != change.plan {
            return .conflict(
                "the data moved since the plan was shown: it would now change something else; nothing was changed, "
                    + "look at '--dry-run' again"
            )
        }
        if let maximumRows, change.rows > maximumRows {
            return .notAllowed(
                "\(change.rows) rows would change, more than '--max-rows \(maximumRows)' allows; nothing was changed"
            )
        }
        return nil
    }
}
