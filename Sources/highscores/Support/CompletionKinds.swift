import ArgumentParser

extension CompletionKind {
    /// The games of the database.
    static var games: CompletionKind { .shellCommand(command("games")) }
    /// The chats of the database, by `chat_instance`.
    static var chats: CompletionKind { .shellCommand(command("chats")) }
    /// The players of the database, by id.
    static var players: CompletionKind { .shellCommand(command("players")) }

    private static func command(_ kind: String) -> String { "highscores complete \(kind) 2>/dev/null" }
}
