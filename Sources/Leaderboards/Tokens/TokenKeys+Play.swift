extension TokenKeys {
    /// Signs a launch.
    ///
    /// - Parameter launch: The press.
    /// - Returns: Its token.
    package func token(for launch: Launch) -> String {
        var writer = TokenWriter()
        writer.append(launch)
        return seal(writer.bytes, for: .launch)
    }

    /// Signs a run.
    ///
    /// - Parameter run: The play-through.
    /// - Returns: Its token.
    package func token(for run: Run) -> String {
        var writer = TokenWriter()
        writer.append(run.launch)
        writer.append(run.id.value)
        writer.append(run.startedAt.milliseconds - run.launch.launchedAt.milliseconds)
        writer.append(run.expiresAt.milliseconds - run.startedAt.milliseconds)
        return seal(writer.bytes, for: .run)
    }

    /// Signs the right to watch leaderboards.
    ///
    /// - Parameter access: The right.
    /// - Returns: Its token.
    package func token(for access: BoardAccess) -> String {
        var writer = TokenWriter()
        writer.append(access.bot.rawValue)
        writer.append(access.game.rawValue)
        writer.append(access.player.rawValue)
        writer.append(access.chatInstance?.rawValue ?? 0)
        writer.append(access.expiresAt.milliseconds)
        return seal(writer.bytes, for: .board)
    }

    /// Reads a launch token.
    ///
    /// - Parameters:
    ///   - token: The text.
    ///   - now: The server's time.
    /// - Returns: The launch.
    /// - Throws: ``TokenError``.
    package func launch(_ token: String, now: Instant) throws(TokenError) -> Launch {
        var reader = TokenReader(try open(token, for: .launch))
        guard let launch = reader.launch(), reader.isAtEnd else { throw .invalid }
        guard now < launch.expiresAt else { throw .expired }
        return launch
    }

    /// Reads a run token; it holds after its launch has expired.
    ///
    /// - Parameters:
    ///   - token: The text.
    ///   - now: The server's time.
    /// - Returns: The run.
    /// - Throws: ``TokenError``.
    package func run(_ token: String, now: Instant) throws(TokenError) -> Run {
        var reader = TokenReader(try open(token, for: .run))
        guard let launch = reader.launch(), let id = reader.identifier(),
            let wait = reader.signed(), let lifetime = reader.signed(), reader.isAtEnd
        else { throw .invalid }
        let run = Run(
            id: RunID(id),
            launch: launch,
            startedAt: launch.launchedAt + .milliseconds(wait),
            lifetime: .milliseconds(lifetime)
        )
        guard now < run.expiresAt else { throw .expired }
        return run
    }

    /// Reads a board token.
    ///
    /// - Parameters:
    ///   - token: The text.
    ///   - now: The server's time.
    /// - Returns: The right that it gives.
    /// - Throws: ``TokenError``.
    package func boardAccess(_ token: String, now: Instant) throws(TokenError) -> BoardAccess {
        var reader = TokenReader(try open(token, for: .board))
        guard let bot = reader.signed(), let game = reader.signed(), let player = reader.signed(),
            let chat = reader.signed(), let expiry = reader.signed(), reader.isAtEnd
        else { throw .invalid }
        let access = BoardAccess(
            bot: BotID(rawValue: bot),
            game: GameID(rawValue: game),
            player: PlayerID(rawValue: player),
            chatInstance: chat == 0 ? nil : ChatInstance(rawValue: chat),
            expiresAt: Instant(milliseconds: expiry)
        )
        guard now < access.expiresAt else { throw .expired }
        return access
    }
}

extension TokenWriter {
    fileprivate mutating func append(_ launch: Launch) {
        append(launch.id.value)
        append(launch.bot.rawValue)
        append(launch.game.rawValue)
        append(launch.player.rawValue)
        append(launch.chatInstance?.rawValue ?? 0)
        append(launch.launchedAt.milliseconds)
        append((launch.expiresAt - launch.launchedAt).components.seconds)
        switch launch.target {
        case .none: append(UInt64(0))
        case .message(let chat, let message):
            append(UInt64(1))
            append(chat.rawValue)
            append(message)
        case .inline(let id):
            append(UInt64(2))
            append(id)
        }
    }
}

extension TokenReader {
    fileprivate mutating func launch() -> Launch? {
        guard let id = identifier(), let bot = signed(), let game = signed(), let player = signed(),
            let chat = signed(), let launchedAt = signed(), let lifetime = signed(), let target = target()
        else { return nil }
        return Launch(
            id: LaunchID(id),
            bot: BotID(rawValue: bot),
            game: GameID(rawValue: game),
            player: PlayerID(rawValue: player),
            chatInstance: chat == 0 ? nil : ChatInstance(rawValue: chat),
            target: target,
            launchedAt: Instant(milliseconds: launchedAt),
            lifetime: .seconds(lifetime)
        )
    }

    private mutating func target() -> Target? {
        switch unsigned() {
        case 0: return Target.none
        case 1:
            guard let chat = signed(), let message = signed() else { return nil }
            return .message(chat: TelegramChatID(rawValue: chat), id: message)
        case 2: return text().map(Target.inline)
        default: return nil
        }
    }
}
