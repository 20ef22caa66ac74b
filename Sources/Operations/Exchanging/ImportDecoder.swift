import JSON
package import Leaderboards
package import Storage
import Postgres

/// Makes scores of the lines of files.
///
/// They are asked for their fields by the names of ``ImportVocabulary/scores``.
package struct ImportDecoder: Sendable {
    /// The game of all lines, whatever they say.
    package var gameOfAll: Game?
    /// Whether all lines are of that very board of it, too.
    package var isOfOneBoard = false
    /// What stands for what a line does not say.
    package var defaultChat: ChatInstance?
    package var defaultTime: Instant?
    /// The players of names that are no Telegram ids.
    package var players: [String: PlayerID] = [:]

    /// Months before this one have no place in the log: no game of Telegram is as old, nor what it might replace.
    private static let earliest = Instant(milliseconds: 946_684_800_000)
    private static let metadataLimit = 4096

    private let games: [Game]
    private let isOfEntries: Bool
    private let now: Instant
    private var known: [String: Game] = [:]

    /// Prepares for a file.
    ///
    /// - Parameters:
    ///   - isOfEntries: Whether the lines are entries of leaderboards rather than single scores.
    package init(games: [Game], isOfEntries: Bool, now: Instant) {
        self.games = games
        self.isOfEntries = isOfEntries
        self.now = now
    }

    /// Makes a score of a line.
    ///
    /// - Parameter field: Gives the text of a field, which is not empty; nil where there is none.
    package mutating func score(line: Int, _ field: (String) -> String?) throws(OperationError)
        -> ImportedScore
    {
        let (name, owner) = (field("player"), field("owner_id"))
        let leaderboard = field("leaderboard_id")
        let game = try board(field("board"), of: game(field("game") ?? leaderboard))
        if isOfEntries { try checkEntry(game, window: field("window")) }
        // Nakama leaves members out that are zero.
        guard let text = field("score") ?? (owner != nil && leaderboard != nil ? "0" : nil) else {
            throw OperationError.invalid("there is no score")
        }
        guard let score = Score(digits: text.plainNumber) else {
            throw OperationError.invalid(
                "the score '\(shortened(text))' is no whole number from 0 to 2147483647"
            )
        }
        var imported = ImportedScore(
            line: line,
            game: game.id,
            player: try player(name ?? owner),
            chat: try chat(field("chat")),
            score: score.value,
            time: try time(field("time"))
        )
        if let text = field("started_at") {
            imported.startedAt = min(try time(text), imported.acceptedAt)
            imported.launchedAt = imported.startedAt
        }
        if let text = field("launched_at") { imported.launchedAt = min(try time(text), imported.startedAt) }
        if let id = field("run") {
            guard id.utf8.count <= 128, !id.utf8.contains(0) else {
                throw OperationError.invalid("the id is longer than 128 bytes, or holds a NUL")
            }
            imported.id = id
        }
        imported.reasons = field("reasons")?.split(separator: " ").map(String.init) ?? []
        imported.outcome = try outcome(
            counts: field("counts"),
            // Nobody could decide on what was held for no reason.
            isHeld: field("outcome") == "held" && !imported.reasons.isEmpty
        )
        imported.metadata = try metadata(field("metadata"))
        // What other services call a username is the name that they show, not one of Telegram's.
        let isForeign = name == nil || players[name ?? ""] != nil
        let profile = PlayerProfile(
            id: imported.player,
            firstName: field("first_name") ?? (isForeign ? field("username") : nil) ?? "",
            lastName: field("last_name"),
            username: isForeign ? nil : field("username")
        )
        imported.firstName = profile.firstName.isEmpty ? nil : profile.firstName
        (imported.lastName, imported.username) = (profile.lastName, profile.username)
        return imported
    }

    // MARK: - Fields

    private mutating func game(_ name: String?) throws(OperationError) -> Game {
        if let game = gameOfAll { return game }
        guard let name else {
            throw OperationError.invalid("there is no game; '--game' names one for all lines")
        }
        if let game = known[name] { return game }
        let matches = games.filter {
            $0.name.lowercased() == name.lowercased() || $0.isMain && $0.shortName == name
        }
        guard matches.count <= 1 else {
            throw OperationError.invalid(
                "'\(shortened(name))' could be several games; '--game' names one for all lines"
            )
        }
        guard let game = matches.first else {
            throw OperationError.invalid("there is no game '\(shortened(name))'")
        }
        known[name] = game
        return game
    }

    private mutating func board(_ name: String?, of game: Game) throws(OperationError) -> Game {
        guard let name, !isOfOneBoard, name != game.board else { return game }
        let key = "\(game.gameName):\(name)"
        if let board = known[key] { return board }
        guard let board = games.first(where: { $0.root == game.root && $0.board == name }) else {
            throw OperationError.invalid(
                "'\(game.gameName)' has no board '\(shortened(name))'; 'highscores board add' declares one"
            )
        }
        known[key] = board
        return board
    }

    private func checkEntry(_ game: Game, window: String?) throws(OperationError) {
        guard game.rules.keep != .sum else {
            throw OperationError.invalid(
                "'\(game.name)' adds scores up, so its entries are no scores; import its scores"
            )
        }
        guard let window, WindowKind(rawValue: window) == nil else { return }
        throw OperationError.invalid("there is no window '\(shortened(window))'")
    }

    private func player(_ name: String?) throws(OperationError) -> PlayerID {
        guard let name else { throw OperationError.invalid("there is no player") }
        if let player = players[name] { return player }
        guard let player = PlayerID(imported: name) else {
            throw OperationError.invalid(
                name.isRoundedNumber
                    ? "the player '\(shortened(name))' was rounded by a spreadsheet; have it keep ids as text"
                    : "the player '\(shortened(name))' is no Telegram id; '--players' says whose it is"
            )
        }
        return player
    }

    private func chat(_ text: String?) throws(OperationError) -> ChatInstance? {
        guard let text else { return defaultChat }
        guard let chat = ChatInstance(text.plainNumber) else {
            throw OperationError.invalid("the chat '\(shortened(text))' is no chat_instance")
        }
        return chat
    }

    private func time(_ text: String?) throws(OperationError) -> Instant {
        guard let text else {
            guard let time = defaultTime else {
                throw OperationError.invalid("there is no time; '--at' gives one to all lines without")
            }
            return time
        }
        guard let time = Instant(imported: text) else {
            throw OperationError.invalid("'\(shortened(text))' is no time such as 2026-03-01T12:00:00Z")
        }
        guard time >= Self.earliest else {
            throw OperationError.invalid("the time lies before the year 2000")
        }
        guard time <= now else { throw OperationError.invalid("the time lies in the future") }
        return time
    }

    private func outcome(counts: String?, isHeld: Bool) throws(OperationError) -> LoggedOutcome {
        switch counts {
        case nil, "true", "yes": .imported
        case "false", "no": isHeld ? .held : .refused
        default: throw OperationError.invalid("'counts' takes true or false")
        }
    }

    private func metadata(_ text: String?) throws(OperationError) -> JSONText? {
        guard let text, text != "{}", text != "null" else { return nil }
        guard text.utf8.count <= Self.metadataLimit else {
            throw OperationError.invalid("the metadata are over 4 KiB")
        }
        guard let value = try? JSON.parse(Array(text.utf8)), value.kind == .object else {
            throw OperationError.invalid("the metadata are no JSON object")
        }
        return JSONText(text)
    }

    private func shortened(_ text: String) -> String { text.count > 40 ? text.prefix(40) + "…" : text }
}
