import ArgumentParser
import Leaderboards
import Operations
import Storage

/// How long a list may get.
struct ListLimit: ParsableArguments {
    @Option(help: ArgumentHelp("How many at most.", valueName: "n"))
    var limit = 100

    func validate() throws {
        guard limit > 0 else { throw ValidationError("'--limit' is at least 1.") }
    }

    /// Tells people that a list is empty, or may have been cut off.
    ///
    /// - Parameters:
    ///   - count: How many lines it has.
    ///   - nothing: What is said of an empty one.
    func remark(on count: Int, orNone nothing: String = "there are none") {
        if count == 0 { StandardError.write(line: "highscores: \(nothing)") }
        if count == limit {
            StandardError.write(line: "highscores: there may be more; '--limit' shows them")
        }
    }
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
        help: ArgumentHelp("The chat, by its chat_instance.", valueName: "chat-instance"),
        completion: .chats
    )
    var chat: ChatInstance?

    @Option(
        help: ArgumentHelp("The player, by Telegram's id.", valueName: "player-id"),
        completion: .players
    )
    var player: PlayerID?

    /// Whether nothing is said.
    var isOpen: Bool { game == nil && chat == nil && player == nil }

    /// The same as a plain value.
    var choice: Choice { Choice(game: game, chat: chat, player: player) }

    /// What was chosen.
    struct Choice: Sendable {
        let game: String?
        let chat: ChatInstance?
        let player: PlayerID?

        /// Finds what was named.
        ///
        /// - Returns: The game, the chat, and what people call all of it.
        /// - Throws: ``AdministrationError`` where there is no such game or chat.
        func find(_ administration: Administration) async throws -> (
            game: Game?, chat: ChatRecord?, name: String
        ) {
            var found: (game: Game?, chat: ChatRecord?, name: String) = (nil, nil, "all games")
            if let game { found.game = try await administration.game(named: game) }
            if let chat {
                found.chat = try await administration.chat(
                    named: chat,
                    of: found.game?.bot.description
                )
            }
            let names = [found.game?.name, chat.map { "chat \($0)" }, player.map { "player \($0)" }]
                .compactMap(\.self)
            if !names.isEmpty { found.name = names.joined(separator: " ") }
            return found
        }
    }
}
