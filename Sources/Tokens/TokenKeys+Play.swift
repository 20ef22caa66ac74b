package import Leaderboards

/// Finds the game that a token names, among those that are there.
package typealias GameFinder = (GameTokenID) -> Game?

extension TokenKeys {
    package func token(for launch: Launch, of game: GameTokenID) -> String {
        var writer = TokenWriter()
        writer.append(launch, of: game)
        return seal(writer.bytes, for: .launch)
    }

    package func token(for run: Run, of game: GameTokenID) -> String {
        var writer = TokenWriter()
        writer.append(run.launch, of: game)
        writer.append(run.id.value)
        writer.append(run.startedAt.milliseconds - run.launch.launchedAt.milliseconds)
        writer.append(run.expiresAt.milliseconds - run.startedAt.milliseconds)
        // Most runs are for no board, and their tokens as short as they were.
        if let board = run.board { writer.append(board) }
        return seal(writer.bytes, for: .run)
    }

    package func token(for access: BoardAccess, of game: GameTokenID) -> String {
        var writer = TokenWriter()
        writer.append(bytesOf: UInt64(bitPattern: game.rawValue))
        writer.append(access.player.rawValue)
        writer.append(access.chatInstance?.rawValue ?? 0)
        writer.append(access.expiresAt.milliseconds)
        return seal(writer.bytes, for: .board)
    }

    package func launch(_ token: String, now: Instant, _ find: GameFinder) throws(TokenError) -> Launch {
        var reader = TokenReader(try open(token, for: .launch))
        let launch = try reader.launch(find)
        guard reader.isAtEnd else { throw .invalid }
        guard now < launch.expiresAt else { throw .expired }
        return launch
    }

    /// Reads a run token; it holds after its launch has expired.
    package func run(_ token: String, now: Instant, _ find: GameFinder) throws(TokenError) -> Run {
        var reader = TokenReader(try open(token, for: .run))
        let launch = try reader.launch(find)
        guard let id = reader.identifier(), let wait = reader.signed(), let lifetime = reader.signed() else {
            throw .invalid
        }
        let board = reader.isAtEnd ? nil : reader.text()
        guard reader.isAtEnd else { throw .invalid }
        let run = Run(
            id: RunID(id),
            launch: launch,
            startedAt: launch.launchedAt + .milliseconds(wait),
            lifetime: .milliseconds(lifetime),
            board: board
        )
        guard now < run.expiresAt else { throw .expired }
        return run
    }

    package func boardAccess(
        _ token: String,
        now: Instant,
        _ find: GameFinder
    ) throws(TokenError) -> BoardAccess {
        var reader = TokenReader(try open(token, for: .board))
        let game = try reader.game(find)
        guard let player = reader.signed(), let chat = reader.signed(), let expiry = reader.signed(),
            reader.isAtEnd
        else { throw .invalid }
        let access = BoardAccess(
            bot: game.bot,
            game: game.id,
            player: PlayerID(rawValue: player),
            chatInstance: chat == 0 ? nil : ChatInstance(rawValue: chat),
            expiresAt: Instant(milliseconds: expiry)
        )
        guard now < access.expiresAt else { throw .expired }
        return access
    }
}

extension TokenWriter {
    fileprivate mutating func append(_ launch: Launch, of game: GameTokenID) {
        append(bytesOf: UInt64(bitPattern: game.rawValue))
        append(launch.id.value)
        append(launch.player.rawValue)
        append(launch.chatInstance?.rawValue ?? 0)
        append(launch.launchedAt.milliseconds)
        append((launch.expiresAt - launch.launchedAt).components.seconds)
        switch launch.target {
        case .none: append(kind(0, of: launch))
        case .message(let message):
            append(kind(1, of: launch))
            append(message.chat.rawValue)
            append(Int64(message.id))
        case .inline(let id):
            append(kind(2, of: launch))
            append(id.description)
        }
    }

    /// The kind of a target; beyond those of presses stand those that a key reported.
    private func kind(_ kind: UInt64, of launch: Launch) -> UInt64 {
        launch.isReported ? kind + TokenReader.targetKinds : kind
    }
}

extension TokenReader {
    fileprivate mutating func game(_ find: GameFinder) throws(TokenError) -> Game {
        guard let id = eightBytes() else { throw .invalid }
        guard let game = find(GameTokenID(rawValue: Int64(bitPattern: id))) else { throw .unknownGame }
        return game
    }

    fileprivate mutating func launch(_ find: GameFinder) throws(TokenError) -> Launch {
        let game = try game(find)
        guard let id = identifier(), let player = signed(), let chat = signed(), let launchedAt = signed(),
            let lifetime = signed(), let kind = unsigned(), kind < 2 * Self.targetKinds,
            let target = target(kind % Self.targetKinds)
        else { throw .invalid }
        return Launch(
            id: LaunchID(id),
            bot: game.bot,
            game: game.id,
            player: PlayerID(rawValue: player),
            chatInstance: chat == 0 ? nil : ChatInstance(rawValue: chat),
            target: target,
            isReported: kind >= Self.targetKinds,
            launchedAt: Instant(milliseconds: launchedAt),
            lifetime: .seconds(lifetime)
        )
    }

    /// How many kinds of targets there are.
    fileprivate static let targetKinds: UInt64 = 3

    private mutating func target(_ kind: UInt64) -> Target? {
        switch kind {
        case 0: return Target.none
        case 1:
            guard let chat = signed(), let message = signed() else { return nil }
            return Target(chat: chat, message: message)
        case 2: return text().flatMap { Target(inline: $0) }
        default: return nil
        }
    }
}
