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
    /// Everything that makes up a game, by the names that documents and commands use.
    package var settings: [(name: String, value: SettingValue)] {
        let bounds = rules.bounds
        return [
            ("game", .text(name)),
            ("bot", .text(bot.description)),
            ("short_name", .text(shortName)),
            ("title", .text(title)),
            ("url", .text(url)),
            ("order", .text(rules.order.rawValue)),
            ("keep", .text(rules.keep.rawValue)),
            ("zone", .text(rules.zone)),
            ("seasons", .list(rules.seasons.map(\.description))),
            ("telegram_score", .text(rules.telegramScore.description)),
            ("edit_message", .text(rules.messageEdits.description)),
            ("min_score", bounds.minimum.map { .integer(Int64($0)) } ?? .none),
            ("max_score", bounds.maximum.map { .integer(Int64($0)) } ?? .none),
            ("max_score_per_second", bounds.maximumPerSecond.map { .number($0) } ?? .none),
            ("min_seconds", bounds.minimumSeconds.map { .number($0) } ?? .none),
            ("max_per_hour", bounds.maximumPerHour.map { .integer(Int64($0)) } ?? .none),
            ("outcomes", .list(bounds.outcomeTexts)),
            ("shadow", .flag(bounds.isShadow)),
            ("retention", .text(rules.retention.rawValue)),
            ("enabled", .flag(isEnabled)),
            ("public", .flag(isPublic)),
            ("show_identity", .flag(showsIdentity)),
        ]
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
    ///
    /// - Parameter game: The game.
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
