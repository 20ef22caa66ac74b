import Leaderboards
import Postgres
import Storage

/// The board that Telegram's tables of a game are to show once its settings are changed.
struct ShownBoard {
    let id: GameID

    /// Finds it, locks what was shown and what is to be, and makes sure that it can be; nil where the settings of one board
    /// of the game change that decide nothing about it.
    ///
    /// - Parameters:
    ///   - game: The game, or a board of it, locked and as it is before the change.
    ///   - draft: As it is to be.
    init?(of game: Game, _ draft: GameDraft, _ changes: GameChanges, in session: Session) throws {
        guard game.isMain else {
            if draft.isRemoved, game.board == game.rules.telegramBoard {
                throw OperationError.conflict(
                    "Telegram shows the board '\(game.board)'; "
                        + "'highscores game set \(game.gameName) --telegram-board \(Game.mainBoard)' has it show another"
                )
            }
            return nil
        }
        let (old, new) = (game.rules.telegramBoard, draft.rules.telegramBoard)
        guard old != new || new != game.board && draft.rules.telegramScore != game.rules.telegramScore else {
            id = game.id
            return
        }
        let boards = try session.run(.gamesListWithBoards()).filter { $0.root == game.id && !$0.isRemoved }
        guard let shown = boards.first(where: { $0.board == new }) else {
            throw OperationError.noBoard(new, of: game, among: boards.map(\.board))
        }
        id = shown.id
        let concerned = boards.filter { !$0.isMain && ($0.board == old || $0.board == new) }
        for board in concerned.sorted(by: { $0.id < $1.id }) { try session.run(.gameLock(board.id)) }
        var rules = shown.isMain ? draft.rules : shown.rules
        (rules.telegramBoard, rules.telegramScore) = (new, draft.rules.telegramScore)
        if old != new, let before = boards.first(where: { $0.board == old })?.rules {
            try changes.checkThatTelegramScoreIsSaid(before: before, after: rules)
        }
        if let conflict = rules.conflict(of: new) { throw OperationError.invalid(conflict) }
    }
}

extension OperationError {
    /// A game has no board of a name; the nearest is told.
    static func noBoard(_ name: String, of game: Game, among names: [String]) -> Self {
        let nearest = name.nearest(among: names).map { "did you mean '\($0)'?" }
        return .notFound(
            "'\(game.gameName)' has no board '\(name)'; "
                + (nearest ?? "'highscores board list \(game.gameName)' shows them")
        )
    }
}
