import Leaderboards
import Operations
import Scoring
import ScoringSupport
import Storage

/// Something that changes which runs make which leaderboards.
enum Disturbance: Sendable {
    /// A press shows a `chat_instance` and a Telegram id together, after Telegram told of an id the chat had before.
    case meeting(instance: Int, address: Int, former: Int?)
    case chatZone(Int, ChatRecord, String?)
    case settings(Game, GameChanges, GameRules)
    /// Leaderboards are made anew, which must change nothing.
    case rebuild(Game)

    func happen(on ensemble: Ensemble) async throws {
        let (stage, administration) = (ensemble.stage, ensemble.administration)
        switch self {
        case .meeting(let instance, let address, let former):
            let (shown, there) = (StageChat(Int64(instance)), StageChat(Int64(address)))
            if let former {
                let old = StageChat(Int64(former)).id
                try await stage.instances[1].record(.migrated(from: old, to: there.id), bot: Stage.bot)
            }
            let chat = StageChat(instance: shown.instance, id: there.id.rawValue)
            _ = try await stage.press(1, in: chat, on: 2)
        case .chatZone(_, let record, let zone):
            _ = try await administration.setChatZone(record, to: zone)
        case .settings(let game, let changes, _):
            _ = try await administration.setGame(game, changes)
        case .rebuild(let game):
            _ = try await administration.rebuildGame(game)
        }
    }
}

extension ModelPlay {
    /// Makes the model what it must be after a disturbance.
    mutating func settle(_ disturbance: Disturbance) async throws {
        switch disturbance {
        case .meeting(let instance, let address, let former):
            if let former { model.chats.join(.address(former), .address(address)) }
            model.chats.join(.instance(instance), .address(address))
        case .chatZone(let number, _, let zone):
            model.chats.setZone(number, zone)
            walks.removeAll { $0.place.kind.scope == .chat }
        case .settings(let game, _, let rules):
            let before = model.rules
            model.set(rules, of: game.board)
            walks.removeAll { walk in
                guard let old = before[walk.place.board] else { return true }
                let new = model.rules(of: walk.place.board)
                return old.order != new.order || old.zone != new.zone || old.hasOneZone != new.hasOneZone
                    || walk.place.kind.window == .season || !new.windows.contains(walk.place.kind.window)
            }
            try await ensemble.waitUntilAllKnow(self.rules)
        case .rebuild:
            break
        }
    }

    /// Chooses what is to happen while scores are submitted.
    mutating func disturbance() async throws -> Disturbance {
        let game = try game()
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: return meeting()
        case 1: return try await chatZone() ?? .rebuild(game)
        case 2:
            let board = board()
            // Whether a run may feed a board is to be foretold.
            let (changes, rules) = otherRules(of: board, withAttempts: false)
            return .settings(try self.game(board), changes, rules)
        default: return .rebuild(game)
        }
    }

    // MARK: - Chats

    /// Presses the button, by which chats may turn out to be one.
    mutating func press() async throws {
        let meeting = meeting()
        guard case .meeting(let instance, let address, _) = meeting else { return }
        try await meeting.happen(on: ensemble)
        try await settle(meeting)
        let player = player()
        let shown = StageChat(instance: chat(instance).instance, id: chat(address).id.rawValue)
        let token = try await stage.press(player, in: shown, on: self.instance())
        open.append(try await attempt(token, player: player, chat: instance))
        try await compareTables()
    }

    private mutating func meeting() -> Disturbance {
        let instance = Int.random(in: 0..<Self.chatCount, using: &generator)
        // Few are joined, so that several chats remain.
        guard joins < 3, isOne(in: 2) else {
            return .meeting(instance: instance, address: instance, former: nil)
        }
        joins += 1
        let other = Int.random(in: 0..<Self.chatCount, using: &generator)
        return isOne(in: 2)
            ? .meeting(instance: instance, address: other, former: nil)
            : .meeting(instance: instance, address: instance, former: other == instance ? nil : other)
    }

    private mutating func chatZone() async throws -> Disturbance? {
        let seen = (0..<Self.chatCount).filter { model.chats.chat($0) != nil }
        guard let number = seen.randomElement(using: &generator),
            let instance = ChatInstance(chat(number).instance)
        else { return nil }
        let zone = isOne(in: 3) ? nil : Self.zones.randomElement(using: &generator)
        let record = try await ensemble.administration.chat(named: instance)
        try require(record.zone, is: model.chats.zone(number), "the zone of chat \(number)")
        return .chatZone(number, record, zone)
    }

    /// Gives a chat another zone, after looking at what that would change.
    mutating func changeChatZone() async throws {
        guard let disturbance = try await chatZone(),
            case .chatZone(let number, let record, let zone) = disturbance
        else { return }
        let before = model.ranking
        try await settle(disturbance)
        let expected = ExpectedReport(before: before, after: model.ranking)
        let dump = try await dump()
        let what = "of zone \(zone ?? "-") for chat \(number)"
        let trial = try await ensemble.administration.setChatZone(
            record,
            to: zone,
            terms: ChangeTerms(isDryRun: true)
        )
        try require(ExpectedReport(trial.rebuild), is: expected, "the trial \(what)")
        try require(try await self.dump(), is: dump, "the tables after the trial \(what)")
        let change = try await ensemble.administration.setChatZone(record, to: zone)
        try require(ExpectedReport(change.rebuild), is: expected, "the report \(what)")
        try await compareTables()
    }

    // MARK: - Settings

    /// Changes a setting of a board, after looking at what that would change.
    mutating func changeSettings() async throws {
        let board = board()
        let game = try game(board)
        let (changes, rules) = otherRules(of: board)
        var other = model
        other.set(rules, of: board)
        let expected = ExpectedReport(before: model.ranking, after: other.ranking)
        let dump = try await dump()
        let trial = try await ensemble.administration.setGame(
            game,
            changes,
            terms: ChangeTerms(isDryRun: true)
        )
        try require(ExpectedReport(trial.rebuild), is: expected, "the trial of \(rules)")
        try require(try await self.dump(), is: dump, "the tables after the trial of \(rules)")
        let change = try await ensemble.administration.setGame(game, changes)
        try require(ExpectedReport(change.rebuild), is: expected, "the report of \(rules)")
        try await settle(.settings(game, changes, rules))
        try await compareTables()
    }

    private mutating func otherRules(
        of board: String,
        withAttempts: Bool = true
    ) -> (GameChanges, GameRules) {
        var changes = GameChanges()
        var rules = model.rules(of: board)
        let isMain = board == Game.mainBoard
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: rules.order = rules.order == .higher ? .lower : .higher
        case 1 where !setup.isSteady || !isMain:
            rules.keep = GameRules.Keep.allCases.randomElement(using: &generator) ?? .best
        case 2 where isMain: rules.zone = Self.zones.randomElement(using: &generator) ?? "UTC"
        case 3 where isMain: rules.seasons = seasons()
        case 4 where isMain: (rules.order, rules.keep, rules.zone) = (setup.order, setup.keep, setup.zone)
        case 5 where !isMain && withAttempts: (rules.attempts, rules.seedWindow) = challenge()
        default: rules.windows = windows()
        }
        if isMain {
            rules.telegramScore = rules.order == .higher && isOne(in: 2) ? .same : .off
            changes.set(\.rules.zone, to: rules.zone)
            changes.set(\.rules.seasons, to: rules.seasons)
            changes.set(\.rules.telegramScore, to: rules.telegramScore)
        } else {
            changes.set(\.rules.attempts, to: .some(rules.attempts))
            changes.set(\.rules.seedWindow, to: .some(rules.seedWindow))
        }
        changes.set(\.rules.order, to: rules.order)
        changes.set(\.rules.keep, to: rules.keep)
        changes.set(\.rules.windows, to: rules.windows)
        return (changes, rules)
    }

    /// Some windows to be in use.
    private mutating func windows() -> Set<WindowKind> {
        Set(WindowKind.allCases.filter { kind in kind == .all || !isOne(in: 3) })
    }

    /// Some seasons that begin around the present.
    mutating func seasons() -> [Instant] {
        var starts: Set<Instant> = []
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            let hours = Int64.random(in: -72...72, using: &generator)
            starts.insert(stage.clock.now + .milliseconds(hours * 3_600_000 + (isOne(in: 2) ? 1 : 0)))
        }
        return starts.sorted()
    }
}

/// How many leaderboards and entries a change concerns.
struct ExpectedReport: Equatable, Sendable {
    private let boards: [Int]
    private let entries: [Int]

    init(_ report: RebuildReport) {
        boards = [report.boardsAdded, report.boardsChanged, report.boardsRemoved]
        entries = [report.entriesAdded, report.entriesChanged, report.entriesRemoved]
    }

    /// Counts what differs: added, changed, removed.
    init(before: LeaderboardModel.Ranking, after: LeaderboardModel.Ranking) {
        var boards = [0, 0, 0]
        var entries = [0, 0, 0]
        for board in Set(before.keys).union(after.keys) {
            let (old, new) = (before[board] ?? [:], after[board] ?? [:])
            if old == new { continue }
            boards[old.isEmpty ? 0 : new.isEmpty ? 2 : 1] += 1
            entries[0] += new.keys.count { old[$0] == nil }
            entries[1] += new.count { old[$0.key] != nil && old[$0.key] != $0.value }
            entries[2] += old.keys.count { new[$0] == nil }
        }
        (self.boards, self.entries) = (boards, entries)
    }
}
