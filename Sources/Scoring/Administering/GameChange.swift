package import Leaderboards
import Storage

/// What a command did to a game.
package struct GameChange: Sendable {
    /// One setting that differs.
    package struct Setting: Hashable, Sendable {
        package let name: String
        package let before: SettingValue
        package let after: SettingValue
    }

    /// Nil when the game is new.
    package let before: Game?
    package let after: Game

    /// The settings that differ; of a new game, all.
    package var settings: [Setting] {
        let new = after.settings
        guard let before else { return new.map { Setting(name: $0.name, before: .none, after: $0.value) } }
        return zip(before.settings, new).compactMap { old, new in
            old.value == new.value ? nil : Setting(name: new.name, before: old.value, after: new.value)
        }
    }

    func auditEntry(_ action: String, by actor: String, reason: String?) -> AuditEntry {
        AuditEntry(
            actor: actor,
            action: action,
            subject: after.name,
            reason: reason,
            before: before?.settingsDocument,
            after: after.settingsDocument
        )
    }
}
