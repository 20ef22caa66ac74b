import ArgumentParser
import Leaderboards
import Operations
import Storage

/// The game that a command is about.
struct GameArgument: ParsableArguments {
    @Argument(help: "BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.", completion: .games)
    var game: String

    /// Finds the game; a board of one is none.
    func find(_ administration: Administration) async throws(OperationError) -> Game {
        try await administration.wholeGame(named: game)
    }
}

extension Administration {
    /// Finds a game by the name that people use, for what holds of all of its boards.
    func wholeGame(named name: String) async throws(OperationError) -> Game {
        let game = try await game(named: name)
        guard game.isMain else {
            throw .invalid(
                "'\(game.name)' is a board, and this is done with whole games: '\(game.gameName)'"
            )
        }
        return game
    }
}

/// A board of a game.
struct BoardArgument: ParsableArguments {
    @OptionGroup var game: GameArgument
    @OptionGroup var board: BoardOption

    func find(_ administration: Administration) async throws -> Game {
        try await administration.game(named: board.name(of: game.game) ?? game.game)
    }
}

/// A board of a game that is an option itself.
struct BoardOption: ParsableArguments {
    @Option(help: ArgumentHelp("The board of the game; its own by default.", valueName: "name"))
    var board: String?

    /// The name of the board among games.
    func name(of game: String?) throws -> String? { try Self.name(board, of: game) }

    /// The name of a board, if one is given, among games.
    static func name(_ board: String?, of game: String?) throws -> String? {
        guard let board else { return game }
        guard let game else { throw CommandFailure(.usage, "'--board' needs the game that the board is of") }
        return "\(game):\(board)"
    }
}

/// How long a list may get.
struct ListLimit: ParsableArguments {
    @Option(help: ArgumentHelp("How many at most.", valueName: "n"))
    var limit = 100

    func validate() throws {
        guard limit > 0 else { throw ValidationError("'--limit' is at least 1.") }
    }

    /// Prints a list, and tells where it is empty or may have been cut off.
    func print(
        _ records: [Record],
        columns: [String],
        orNone nothing: String = "there are none",
        _ output: OutputOptions
    ) throws {
        try output.print(records, columns: columns, orNone: nothing)
        if records.count == limit { remark("there may be more; '--limit' shows them") }
    }
}

/// From when to when; runs by the time at which they were accepted.
struct TimeRange: ParsableArguments {
    @Option(help: ArgumentHelp("Only those from then on.", valueName: "time"))
    var since: Instant?

    @Option(help: ArgumentHelp("Only those before then.", valueName: "time"))
    var until: Instant?

    var isOpen: Bool { since == nil && until == nil }
}

/// A game, a chat and a player, of which any may be left open.
struct PlaceSelection: ParsableArguments {
    @Option(
        help: "The game: BOT/SHORT_NAME, or SHORT_NAME where only one bot has it.",
        completion: .games
    )
    var game: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The chat: chat_instance, chat id or title.", valueName: "chat")
    )
    var chat: NamedChat?

    @Option(help: ArgumentHelp("The player: Telegram's id or @username.", valueName: "player"))
    var player: NamedPlayer?

    /// Whether nothing is said.
    var isOpen: Bool { game == nil && chat == nil && player == nil }

    /// Finds what was named, how it is typed again, and what people call all of it.
    func find(_ administration: Administration, board: String? = nil) async throws -> (
        game: Game?, chat: ChatRecord?, player: PlayerID?, name: String, words: String
    ) {
        let (game, chat) = try await administration.find(BoardOption.name(board, of: game), chat)
        let player = try await self.player?.find(administration)
        func joined(_ chat: String?, _ player: String?) -> String {
            let names = [game?.name, chat.map { "chat \($0)" }, player.map { "player \($0)" }]
                .compactMap(\.self)
            return names.isEmpty ? "all games" : names.joined(separator: " ")
        }
        return (
            game, chat, player?.id, joined(chat?.typed, (player?.id).map { "\($0)" }),
            joined(chat?.words, player?.words)
        )
    }
}

extension ChatRecord {
    /// What commands take for the chat.
    var typed: String {
        instances.first?.description ?? addresses.first?.description ?? id.description
    }
}

/// How much of a list that is short by itself is shown.
struct ListCut: ParsableArguments {
    @Option(help: ArgumentHelp("How many at most; all by default.", valueName: "n"))
    var limit: Int?

    func validate() throws {
        guard limit.map({ $0 > 0 }) ?? true else { throw ValidationError("'--limit' is at least 1.") }
    }

    /// Prints as much of a list as is wanted, and tells where it was cut off or empty.
    func print(
        _ records: [Record],
        columns: [String],
        orNone nothing: String,
        _ output: OutputOptions
    ) throws {
        let shown = Array(records.prefix(limit ?? .max))
        try output.print(shown, columns: columns, orNone: nothing)
        if shown.count < records.count { remark("there are more than these \(shown.count)") }
    }
}

extension Administration {
    /// Finds a game and a chat, as far as they are named; with a game, the chat is one of its bot.
    func find(
        _ game: String?,
        _ chat: NamedChat?
    ) async throws(OperationError) -> (game: Game?, chat: ChatRecord?) {
        var found: (game: Game?, chat: ChatRecord?)
        if let game { found.game = try await self.game(named: game) }
        if let chat { found.chat = try await chat.find(self, of: found.game?.bot.description) }
        return found
    }

    /// Finds the bot that was named, if one was.
    func bot(ifNamed name: String?) async throws(OperationError) -> BotRecord? {
        guard let name else { return nil }
        return try await bot(named: name)
    }
}
