import Operations
import Storage

extension Administration {
    /// Gives a chat a time zone of its own, or takes it away.
    func setChatZone(
        _ chat: ChatRecord,
        to zone: String?,
        terms: ChangeTerms = ChangeTerms()
    ) async throws(OperationError) -> OperationChange {
        var settings = ChatSettings(chat)
        settings.zone = zone
        return try await set(chat, to: settings, terms: terms)
    }
}
