import Leaderboards
import Operations
@testable import Scoring
import ScoringSupport
import Testing
import Tokens

extension ModelPlay {
    /// Who reads.
    enum Reader: Sendable {
        case player(Int64)
        case members
        case `operator`
    }

    /// One leaderboard as a reader names it.
    struct Place: Sendable, CustomStringConvertible {
        let board: String
        let kind: BoardKind
        /// The number of the reader's chat.
        let chat: Int
        let label: String

        var description: String { "\(board) \(kind) '\(label)' in chat \(chat)" }
    }

    /// A page as it is compared.
    struct Shown: Equatable, Sendable {
        let total: Int
        let lines: [String]
        let me: LeaderboardPage.Me
        let hasPrevious: Bool
        let hasNext: Bool
        let board: String
        let kind: BoardKind
        let zone: String
        let order: GameRules.Order
        let showsIdentity: Bool
    }

    // MARK: - One page

    /// Reads some leaderboard, of the past at times.
    mutating func readSomething() async throws {
        let number = Int.random(in: 0..<Self.chatCount, using: &generator)
        let kind = BoardKind(
            scope: Scope.allCases.randomElement(using: &generator) ?? .chat,
            window: WindowKind.allCases.randomElement(using: &generator) ?? .all
        )
        var at: Instant?
        if isOne(in: 2) {
            at = stage.clock.now + .seconds(-Int64.random(in: 0...200_000, using: &generator))
        } else if isOne(in: 2) {
            at = model.runs.randomElement(using: &generator)?.startedAt
        }
        let board = board()
        for _ in 0..<3 { try await read(kind, on: board, chat: number, at: at) }
        try await readHistory()
    }

    /// Reads the top of a leaderboard or around a player.
    mutating func read(_ kind: BoardKind, on board: String, chat number: Int, at: Instant?) async throws {
        let instance = instance()
        let reader = reader()
        let limit = limit()
        var around: Int64?
        var start: LeaderboardRequest.Start = .top
        if case .player(let player) = reader, isOne(in: 2) {
            (around, start) = (player, .aroundMe)
        } else if isOne(in: 2) {
            let player = player()
            (around, start) = (player, .around(id(of: player, kind.scope, reader)))
        }
        let moment = at ?? ensemble.now(instance)
        guard let label = model.label(kind, on: board, chat: number, at: moment) else {
            let refusal = await #expect(throws: Refusal.self) {
                try await page(board, kind, number, reader, at: at, start, limit, on: instance)
            }
            guard case .noSuchWindow = refusal else {
                throw failure("\(kind) at \(moment) is no window, but the answer was \(refusal as Any)")
            }
            return
        }
        let place = Place(board: board, kind: kind, chat: number, label: label)
        let lines = lines(place)
        var first = 0
        if let around, let index = lines.firstIndex(where: { $0.player == around }) {
            first = max(0, min(index - (limit - 1) / 2, lines.count - limit))
        }
        let shown = try await page(board, kind, number, reader, at: at, start, limit, on: instance)
        try compare(shown, lines, first..<min(first + limit, lines.count), place, reader, "from \(start)")
        try compareEnds(of: shown, place, now: ensemble.now(instance))
        walks += steps(from: shown, lines, place)
        if walks.count > 20 { walks.removeFirst(walks.count - 20) }
    }

    /// Reads a player's own runs page by page, of the whole game or of one board.
    mutating func readHistory() async throws {
        let (player, instance, limit) = (player(), instance(), limit())
        let board = isOne(in: 2) ? board() : nil
        let token = stage.launchToken(player, in: nil)
        var (found, cursor) = ([String](), String?.none)
        repeat {
            let page = try await stage.instances[instance].history(
                token: token,
                board: board,
                limit: limit,
                cursor: cursor
            )
            found += page.items.map {
                "\($0.acceptedAt) \($0.run) \($0.board) \($0.score.value) \($0.startedAt)"
            }
            cursor = page.next
        } while cursor != nil
        // Of runs accepted at the same time the later in the log comes first; of one run the game's own board.
        let runs = model.runs.enumerated().filter { _, run in
            run.player == player && removed[run.board] == nil && (board ?? run.board) == run.board
        }
        let places = Dictionary(model.runs.enumerated().map { ($1.id, $0) }) { first, _ in first }
        let expected = runs.sorted { left, right in
            if left.element.acceptedAt != right.element.acceptedAt {
                return left.element.acceptedAt > right.element.acceptedAt
            }
            let (one, other) = (places[left.element.id] ?? 0, places[right.element.id] ?? 0)
            if one != other { return one > other }
            let (isMain, otherIsMain) = (
                left.element.board == Game.mainBoard, right.element.board == Game.mainBoard
            )
            return isMain != otherIsMain ? isMain : left.offset < right.offset
        }
        .map(\.element).map { "\($0.acceptedAt) \($0.id) \($0.board) \($0.submitted) \($0.startedAt)" }
        try require(found, is: expected, "the runs of \(player) on \(board ?? "all boards")")
    }

    /// Compares the lists of windows.
    func compareWindows() async throws {
        for instance in stage.instances.indices {
            for board in rules.keys.sorted() {
                for number in [nil]
                    + (0..<Self.chatCount).filter({ model.chats.chat($0) != nil }).map(Optional.some)
                {
                    try await compareWindows(on: board, chat: number, instance)
                }
            }
        }
    }

    private func compareWindows(on board: String, chat number: Int?, _ instance: Int) async throws {
        guard let game = ensemble.game(board, on: instance) else { throw failure("\(board) is not known") }
        let windows = try await stage.instances[instance].windows(
            of: game,
            chat: number.flatMap { ChatInstance(chat($0).instance) }
        )
        let shown = windows.map { "\($0.interval.window) \($0.interval.label): \($0.total)" }
        let owner = number.flatMap { model.chats.chat($0) }
        let expected = model.boards.filter { $0.name == board && $0.chat == owner }.map {
            "\($0.kind.window) \($0.label): \(model.entries($0).count)"
        }
        let what = "windows of \(board) in chat \(number as Any)"
        try require(Set(shown), is: Set(expected), "the \(what)")
        try require(shown.count, is: expected.count, "the number of \(what)")
    }

    // MARK: - Comparing

    func lines(_ place: Place) -> [LeaderboardModel.Line] {
        model.lines(model.board(place.kind, on: place.board, chat: place.chat, label: place.label))
    }

    func compare(
        _ page: LeaderboardPage,
        _ lines: [LeaderboardModel.Line],
        _ range: Range<Int>,
        _ place: Place,
        _ reader: Reader,
        _ what: String
    ) throws {
        let scope = place.kind.scope
        var me = LeaderboardPage.Me.nobody
        var viewer: Int64?
        if case .player(let player) = reader {
            viewer = player
            me = .withoutEntry
            if let index = lines.firstIndex(where: { $0.player == player }) {
                let share = 100 * Double(lines.count - index) / Double(lines.count)
                me = .entry(.init(rank: index + 1, score: lines[index].score, percentile: share))
            }
        }
        let expected = Shown(
            total: lines.count,
            lines: range.map { index in
                let line = lines[index]
                let id = id(of: line.player, scope, reader)
                return "\(index + 1). \(id) \(line.score) \(line.achievedAt) \(line.player == viewer)"
            },
            me: me,
            hasPrevious: !range.isEmpty && range.lowerBound > 0,
            hasNext: !range.isEmpty && range.upperBound < lines.count,
            board: place.board,
            kind: place.kind,
            zone: model.zone(scope, on: place.board, chat: place.chat),
            order: model.rules(of: place.board).order,
            showsIdentity: showsIdentity(scope, reader)
        )
        let shown = Shown(
            total: page.total,
            lines: page.lines.map {
                "\($0.rank). \($0.playerID) \($0.score) \($0.achievedAt) \($0.isViewer)"
            },
            me: page.me,
            hasPrevious: page.previous != nil,
            hasNext: page.next != nil,
            board: page.game.board,
            kind: page.board,
            zone: page.zone,
            order: page.order,
            showsIdentity: page.showsIdentity
        )
        try require(shown, is: expected, "\(place) \(what) for \(reader)")
    }

    /// Makes sure that a page's window begins and ends where its name does.
    func compareEnds(of page: LeaderboardPage, _ place: Place, now: Instant) throws {
        func isInside(_ instant: Instant, before milliseconds: Int64 = 0) -> Bool {
            let instant = Instant(milliseconds: instant.milliseconds - milliseconds)
            return model.label(place.kind, on: place.board, chat: place.chat, at: instant) == place.label
        }
        if let from = page.from {
            try require(
                [isInside(from), isInside(from, before: 1)],
                is: [true, false],
                "\(place) from \(from)"
            )
        } else {
            try require(place.kind.window, is: .all, "the window without a beginning")
        }
        if let to = page.to {
            try require([isInside(to, before: 1), isInside(to)], is: [true, false], "\(place) to \(to)")
        } else if place.kind.window != .all {
            try require(
                place.label,
                is: "\(model.rules(of: place.board).seasons.count)",
                "the season without an end"
            )
        }
        try require(
            page.isFinal,
            is: page.to.map { $0 + .seconds(6 * 3600) <= now } ?? false,
            "whether \(place), which ends \(page.to as Any), is final"
        )
    }

    // MARK: - Asking

    func page(
        _ board: String,
        _ kind: BoardKind,
        _ number: Int,
        _ reader: Reader,
        at: Instant?,
        _ start: LeaderboardRequest.Start,
        _ limit: Int,
        on instance: Int
    ) async throws(Refusal) -> LeaderboardPage {
        try await stage.instances[instance].leaderboard(
            LeaderboardRequest(
                viewer: viewer(reader, number, on: instance),
                board: board,
                scope: kind.scope,
                window: kind.window,
                at: at,
                limit: limit,
                start: start
            )
        )
    }

    private func viewer(_ reader: Reader, _ number: Int, on instance: Int) -> LeaderboardRequest.Viewer {
        let chat = ChatInstance(chat(number).instance)
        switch reader {
        case .player(let player): return .player(token: stage.launchToken(player, in: self.chat(number)))
        case .members: return .members(stage.game, chat: chat)
        case .operator:
            guard let game = ensemble.game(on: instance) else { return .members(stage.game, chat: chat) }
            return .operator(game: game, chat: chat)
        }
    }

    private func showsIdentity(_ scope: Scope, _ reader: Reader) -> Bool {
        if case .operator = reader { return true }
        return scope == .chat
    }

    private func id(of player: Int64, _ scope: Scope, _ reader: Reader) -> String {
        guard !showsIdentity(scope, reader) else { return "\(player)" }
        return stage.pseudonym(of: PlayerID(rawValue: player))
    }

    mutating func reader() -> Reader {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: .members
        case 1: .operator
        default: .player(player())
        }
    }

    mutating func limit() -> Int {
        isOne(in: 10) ? 100 : Int.random(in: 1...8, using: &generator)
    }
}
