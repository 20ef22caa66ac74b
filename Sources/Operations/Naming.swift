package import Leaderboards
import Postgres
package import Storage

extension PlayerProfile {
    /// The player as questions and remarks name them: the id, and what people call them.
    package var words: String {
        let names = [displayName, username.map { "@\($0)" }].compactMap(\.self).joined(separator: ", ")
        return names.isEmpty ? "\(id)" : "\(id) (\(names))"
    }
}

extension ChatRecord {
    /// The chat as questions and remarks name it: by title, where it has one, and by what commands take.
    package var words: String {
        let name = instances.first?.description ?? addresses.first?.description ?? id.description
        // What people write into titles must neither move a cursor nor turn the writing direction.
        return title.map { "'\(PlayerName.storable($0))' (\(name))" } ?? name
    }
}

extension Administration {
    /// As many as an error lists of those that a name fits.
    private static let mostCandidates = 10
    /// Among how many names the nearest to one that nobody has is looked for.
    private static let mostNames = 10_000

    /// Finds a player by Telegram's id, of whom nothing need be known, or by `@username` in any case.
    package func player(called name: String) async throws(OperationError) -> PlayerProfile {
        if let id = Int64(name).map({ PlayerID(rawValue: $0) }) {
            let known = try await reading { session throws(PostgresError) in
                try session.run(.playerProfilesList(of: id))
            }
            return known.first { $0.displayName != nil }
                ?? PlayerProfile(id: id, firstName: "", lastName: nil, username: nil)
        }
        let username = String(name.drop { $0 == "@" })
        let (found, others) = try await reading {
            session throws(PostgresError) -> ([PlayerProfile], [String]) in
            let found = try session.run(.playerProfilesList(called: username, limit: Self.mostCandidates))
            guard found.isEmpty else { return (found, []) }
            let start = String(username.prefix(1))
            return ([], try session.run(.usernamesList(beginning: start, limit: Self.mostNames)))
        }
        guard let player = found.first else {
            let nearest = username.nearest(among: others).map { "; did you mean @\($0)?" } ?? ""
            throw .notFound("no player is called @\(username)\(nearest)")
        }
        guard found.count == 1 else {
            let candidates = found.map(\.words).joined(separator: " or ")
            throw .invalid("several players are called @\(username): \(candidates); give the id")
        }
        return player
    }

    /// Finds a chat by its `chat_instance`, Telegram's id of it, or its title in any case.
    ///
    /// - Parameter botName: The bot's username or id; needed only where chats of several bots have that name.
    package func chat(
        called name: String,
        of botName: String? = nil
    ) async throws(OperationError) -> ChatRecord {
        if let instance = ChatInstance(name) { return try await chat(named: instance, of: botName) }
        let (found, titles) = try await reading {
            session throws(PostgresError) -> ([ChatRecord], [String]) in
            let found = try session.run(.chatsList(titled: name, limit: Self.mostCandidates))
                .filter { botName.map($0.bot.isNamed) ?? true }
            return (found, found.isEmpty ? try session.run(.chatTitlesList(limit: Self.mostNames)) : [])
        }
        guard let chat = found.first else {
            let part = titles.first { $0.lowercased().contains(name.lowercased()) }
            let nearest =
                (name.nearest(among: titles) ?? part).map { "; did you mean '\(PlayerName.storable($0))'?" }
                ?? ""
            throw .notFound(
                "there is no chat '\(name)'\(nearest.isEmpty ? "; 'highscores chat list' shows those there are" : nearest)"
            )
        }
        guard found.count == 1 else {
            let candidates = found.map { "\($0.words) of \($0.bot.name)" }.joined(separator: " or ")
            throw .invalid("several chats are called '\(name)': \(candidates); give the chat_instance")
        }
        return chat
    }
}
