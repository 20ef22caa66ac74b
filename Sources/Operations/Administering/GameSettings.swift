import JSON
package import Leaderboards
package import Storage

/// The value of a game's setting, as lists and documents show it.
package enum SettingValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case flag(Bool)
    case list([String])
    case none
}

extension Game {
    private static let kinds: [(name: String, value: @Sendable (Game) -> SettingValue)] = [
        ("game", { .text($0.name) }),
        ("bot", { .text($0.bot.description) }),
        ("short_name", { .text($0.shortName) }),
        ("title", { .text($0.title) }),
        ("url", { .text($0.url) }),
        ("order", { .text($0.rules.order.rawValue) }),
        ("keep", { .text($0.rules.keep.rawValue) }),
        ("zone", { .text($0.rules.zone) }),
        ("seasons", { .list($0.rules.seasons.map(\.description)) }),
        ("telegram_score", { .text($0.rules.telegramScore.description) }),
        ("edit_message", { .text($0.rules.messageEdits.description) }),
        ("min_score", { $0.rules.bounds.minimum.map { .integer(Int64($0)) } ?? .none }),
        ("max_score", { $0.rules.bounds.maximum.map { .integer(Int64($0)) } ?? .none }),
        ("max_score_per_second", { $0.rules.bounds.maximumPerSecond.map { .number($0) } ?? .none }),
        ("min_seconds", { $0.rules.bounds.minimumSeconds.map { .number($0) } ?? .none }),
        ("max_per_hour", { $0.rules.bounds.maximumPerHour.map { .integer(Int64($0)) } ?? .none }),
        ("outcomes", { .list($0.rules.bounds.outcomeTexts) }),
        ("shadow", { .flag($0.rules.bounds.isShadow) }),
        ("retention", { .text($0.rules.retention.rawValue) }),
        ("enabled", { .flag($0.isEnabled) }),
        ("public", { .flag($0.isPublic) }),
        ("show_identity", { .flag($0.showsIdentity) }),
    ]

    /// The names that documents and commands use for what makes up a game.
    package static let settingNames = kinds.map(\.name)

    /// Everything that makes up a game, by these names.
    package var settings: [(name: String, value: SettingValue)] {
        Self.kinds.map { ($0.name, $0.value(self)) }
    }

    /// The settings as one JSON object, for the audit.
    var settingsDocument: String {
        var writer = JSONWriter()
        writer.object {
            for setting in settings {
                $0.key(escaping: setting.name)
                switch setting.value {
                case .text(let text): $0.value(text)
                case .integer(let integer): $0.value(integer)
                // Finite, which is checked before it is stored; Swift's spelling of those is JSON's.
                case .number(let number): $0.value(raw: Array("\(number)".utf8))
                case .flag(let flag): $0.value(flag)
                case .list(let texts): $0.array { for text in texts { $0.value(text) } }
                case .none: $0.null()
                }
            }
        }
        return writer.text
    }
}

extension ScoreBounds {
    /// What rules lead to that do not simply refuse, as `RULE=OUTCOME`.
    fileprivate var outcomeTexts: [String] {
        PlausibilityRule.allCases.compactMap { rule in
            outcomes[rule].map { "\(rule.rawValue)=\($0.rawValue)" }
        }
    }
}

extension GameDraft {
    /// The description from which a game was made.
    package init(_ game: Game) {
        self.init(
            bot: game.bot,
            shortName: game.shortName,
            title: game.title,
            url: game.url,
            rules: game.rules,
            isEnabled: game.isEnabled,
            isPublic: game.isPublic,
            showsIdentity: game.showsIdentity
        )
    }
}
