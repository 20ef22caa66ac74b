import Postgres
package import Storage
package import Leaderboards

extension Administration {
    /// Counts the game messages that were pressed in a chat.
    package func messages(of chat: ChatRecord) async throws(AdministrationError) -> ChatMessages {
        try await reading { session throws(PostgresError) in try session.chatMessages(of: chat.id) }
    }

    /// Counts the chats in which messages that a bot sent itself are pressed by inline message ids.
    ///
    /// - Returns: The number for each bot that has such chats.
    package func chatsPressedInline() async throws(AdministrationError) -> [BotID: Int64] {
        try await reading { session throws(PostgresError) in try session.chatsPressedInline() }
    }
}
