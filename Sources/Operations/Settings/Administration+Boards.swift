package import Leaderboards
import Postgres
import Storage

extension Administration {
    /// How many boards a game may have, its own not counted.
    package static let maximumBoards = 1000

    /// Makes sure that a board could be declared for a game that has none of that name.
    package static func checkBoard(
        _ name: String,
        of game: Game,
        _ changes: GameChanges
    ) throws(OperationError) {
        guard Game.isBoardName(name) else {
            throw .invalid(
                "'\(name)' cannot be the name of a board: 1 to 32 of a-z, 0-9, _ and -, beginning with a letter"
            )
        }
        try changes.checkThatApply(toBoardOf: game)
        var draft = GameDraft(boardOf: game, named: name)
        try changes.apply(to: &draft)
    }

    /// Declares boards of a game, all or none.
    ///
    /// - Parameter changes: What differs from the defaults, for each.
    package func addBoards(
        _ names: [String],
        of game: Game,
        _ changes: GameChanges,
        reason: String? = nil,
        isDryRun: Bool = false
    ) async throws(OperationError) -> [Game] {
        for name in names { try Self.checkBoard(name, of: game, changes) }
        if let twice = Set(names).first(where: { name in names.count(where: { $0 == name }) > 1 }) {
            throw .invalid("the board '\(twice)' is named more than once")
        }
        let note = note("board.add", reason)
        return try await transaction(.init(isDryRun: isDryRun)) { session in
            try session.run(.gameLock(game.id))
            guard let root = try session.run(.gameGet(game.root)) else {
                throw OperationError.notFound("the game '\(game.name)' is no longer there")
            }
            let known = try session.run(.gamesListWithBoards()).filter { $0.root == root.id }
            if let board = known.first(where: { names.contains($0.board) }) {
                throw OperationError.conflict(
                    board.isRemoved
                        ? "the board '\(board.board)' was removed; undoing that brings it back: 'audit list'"
                        : "the board '\(board.board)' is there already; 'highscores board set' changes it"
                )
            }
            guard known.count - 1 + names.count <= Self.maximumBoards else {
                throw OperationError.conflict(
                    "a game has at most \(Self.maximumBoards) boards beside its own"
                )
            }
            var boards: [Game] = []
            for name in names {
                var draft = GameDraft(boardOf: root, named: name)
                try changes.apply(to: &draft)
                let id = try session.run(.gameInsert(draft))
                if let board = try session.run(.gameGet(id)) { boards.append(board) }
            }
            try session.run(
                .auditInsert(
                    note.entry(
                        on: root.name,
                        before: nil,
                        after: #"{"boards":[\#(names.map { "\"\($0)\"" }.joined(separator: ","))]}"#
                    )
                )
            )
            return boards
        }
    }
}

extension GameDraft {
    /// A board of a game, as it is declared without options.
    fileprivate init(boardOf game: Game, named name: String) {
        var rules = game.rules
        (rules.order, rules.keep) = (.higher, .best)
        (rules.windows, rules.attempts, rules.seedWindow) = (Set(WindowKind.allCases), nil, nil)
        (rules.scoreFormat, rules.scoreUnit) = (.number, nil)
        (rules.bounds.minimum, rules.bounds.maximum, rules.bounds.maximumPerSecond) = (nil, nil, nil)
        self.init(
            bot: game.bot,
            shortName: game.shortName,
            root: game.id,
            board: name,
            title: game.title,
            url: game.url,
            rules: rules,
            isEnabled: game.isEnabled,
            isPublic: game.isPublic,
            showsIdentity: game.showsIdentity
        )
    }
}
