package import Leaderboards
import Postgres
import Scoring
package import Storage

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
    /// What became of the leaderboards.
    package internal(set) var rebuild = RebuildReport()
    /// How many values of Telegram's tables are to be brought up to date.
    package internal(set) var deliveries = 0
    /// Under which number it is on record; nil when nothing changed.
    package internal(set) var audit: AuditID?

    init(before: Game?, after: Game) {
        self.before = before
        self.after = after
    }

    /// The settings that differ; of a new game, all.
    package var settings: [Setting] {
        let new = after.settings
        guard let before else { return new.map { Setting(name: $0.name, before: .none, after: $0.value) } }
        return zip(before.settings, new).compactMap { old, new in
            old.value == new.value ? nil : Setting(name: new.name, before: old.value, after: new.value)
        }
    }

    /// Makes leaderboards and deliveries what the new settings say, in the transaction that wrote them.
    mutating func carryOut(in session: Session) throws(PostgresError) {
        guard let before else { return }
        let wasShown = before.rules.telegramScore
        if after.rules.countsOtherwise(than: before.rules) {
            try rebuild(in: session)
        }
        guard after.rules.telegramScore != wasShown else { return }
        // What Telegram shows is another number for everybody.
        let (game, now) = (after, try session.run(.timeGet()))
        var wanted = 0
        try session.chatScoresRead(of: game) { standings throws(PostgresError) in
            wanted += standings.count
            try session.desiredScoresRecount(of: standings, game: game, now: now)
        }
        deliveries = wanted
    }

    /// Makes the leaderboards anew from the log.
    mutating func rebuild(
        in session: Session,
        onStep: (_ done: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(PostgresError) {
        let (game, now) = (after, try session.run(.timeGet()))
        var wanted = 0
        rebuild = try session.boardsRebuild(of: game, scope: .game) { standings throws(PostgresError) in
            guard game.rules.telegramScore != .off else { return }
            wanted += standings.count
            try session.desiredScoresRecount(of: standings, game: game, now: now)
        } onStep: {
            onStep($0, $1)
        }
        deliveries = wanted
        try session.execute(.gameClearStale(game.id))
        guard !rebuild.isEmpty else { return }
        try session.boardsNotify(game: game.id, chats: rebuild.chats, includingGlobal: rebuild.includesGlobal)
    }

    func auditEntry(_ note: AuditNote) -> AuditEntry {
        note.entry(on: after.name, before: before?.settingsDocument, after: after.settingsDocument)
    }
}
