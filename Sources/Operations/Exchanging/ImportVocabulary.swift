/// The fields that lines of one kind of file have, each with the names that programs give it.
///
/// Names are compared by their letters and digits alone: `Player ID`, `player_id` and `playerId` are one.
package struct ImportVocabulary: Sendable {
    /// Where a name leads.
    package struct Place: Sendable {
        /// Which field it names, as ``ImportVocabulary/fields`` counts them.
        package let field: Int
        /// Its place among the names of the field: of several with a value the first is taken.
        package let rank: Int
    }

    /// Of each field the name by which it is asked for, and others.
    package let fields: [[String]]
    /// Of each of these fields groups one at least must be there.
    package let required: [[String]]
    /// The columns of a file without a head.
    package let plainColumns: [String]

    private let places: [String: Place]
    private let indices: [String: Int]

    init(fields: [[String]], required: [[String]], plainColumns: [String] = []) {
        (self.fields, self.required, self.plainColumns) = (fields, required, plainColumns)
        var places: [String: Place] = [:]
        for (field, names) in fields.enumerated() {
            for (rank, name) in names.enumerated() {
                places[Self.plain(name)] = Place(field: field, rank: rank)
            }
        }
        self.places = places
        indices = Dictionary(uniqueKeysWithValues: fields.enumerated().map { ($1[0], $0) })
    }

    /// Finds out what a column or member is.
    package func place(of name: String) -> Place? { places[Self.plain(name)] }

    /// The field of that very name.
    package func index(of field: String) -> Int? { indices[field] }

    /// Of the fields that a line cannot do without, those groups of which it has none.
    package func missing(from fields: Set<Int>) -> [[String]] {
        required.filter { group in !group.contains { index(of: $0).map(fields.contains) ?? false } }
    }

    /// Whether a field is one of those that a line cannot do without.
    package func isRequired(_ field: Int) -> Bool {
        required.contains { $0.contains(fields[field][0]) }
    }

    /// The fields that a line cannot do without, by their most usual names, in words.
    package var expectation: String {
        required.map { group in
            let names = group.flatMap { index(of: $0).map { fields[$0].prefix(4) } ?? [] }
            return names.count == 1
                ? names[0] : "\(names[0]) (or \(names.dropFirst().joined(separator: ", ")))"
        }.joined(separator: " and ")
    }

    private static func plain(_ name: String) -> String {
        String(decoding: name.lowercased().utf8.filter(isLetterOrDigit), as: UTF8.self)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: true
        default: false
        }
    }
}

extension ImportVocabulary {
    private static let player = [
        "player", "player_id", "user_id", "telegram_id", "telegram_user_id", "tg_id", "from_id", "user",
        "uid",
    ]
    private static let owner = [
        "owner_id", "owner", "playfab_id", "steam_id", "member_id", "account_id", "profile_id",
    ]
    private static let names = [
        [
            "first_name", "name", "display_name", "player_name", "full_name", "nickname", "nick",
            "player_display_name",
        ],
        ["last_name", "surname"],
        ["username", "telegram_username"],
    ]

    /// Scores, and entries of leaderboards: this program's exports, plain tables, and what other services list.
    package static let scores = ImportVocabulary(
        fields: [
            player, owner,
            [
                "score", "points", "value", "stat_value", "score_value", "high_score", "best_score", "best",
                "score_attr",
            ],
            [
                "time", "accepted_at", "achieved_at", "timestamp", "update_time", "updated_at",
                "updated_time",
                "create_time", "created_at", "date", "datetime", "when", "submitted_at", "played_at",
                "scored_at",
                "saved_at", "last_updated", "write_timestamp", "write_timestamp_millis",
            ],
            ["game", "short_name", "game_short_name"], ["leaderboard_id", "leaderboard"], ["board"],
            ["chat", "chat_instance"], ["run", "run_id", "id"], ["started_at"], ["launched_at"],
            ["metadata"], ["counts"], ["outcome"], ["reasons"], ["window"],
        ] + names,
        required: [["player", "owner_id"], ["score"]],
        plainColumns: ["player", "score", "time"]
    )

    /// Players.
    package static let players = ImportVocabulary(
        fields: [player, ["bot", "bot_username", "bot_id"]] + names,
        required: [["player"]],
        plainColumns: ["player", "first_name", "last_name", "username"]
    )

    /// The ids that other services gave to players.
    package static let owners = ImportVocabulary(
        fields: [owner, player],
        required: [["owner_id"], ["player"]]
    )

    /// Games with their settings.
    package static let games = ImportVocabulary(
        fields: [["game", "name"], ["board"], ["bot"]] + GameSetting.all.map { [$0.key] },
        required: [["game"]]
    )
}
