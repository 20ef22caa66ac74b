/// A 64-bit id that cannot be confused with an id of another kind.
package protocol Identifier: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible
where RawValue == Int64 {
    init(rawValue: Int64)
}

extension Identifier {
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The number in decimal, as every wire carries it.
    package var description: String { String(rawValue) }
}

/// A Telegram bot: the number before `:` in its token.
package struct BotID: Identifier {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }

    /// Whether the bot goes by a name: its username, in any case and with or without `@`, or its id.
    package func isCalled(_ name: String, username: String?) -> Bool {
        let plain = name.hasPrefix("@") ? name.dropFirst() : name[...]
        return username?.lowercased() == plain.lowercased() || description == plain
    }
}

/// A game of one bot, by the id the database gave it.
package struct GameID: Identifier {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A game by the random number that was drawn when it was added, by which everything that pages are handed names it.
///
/// A row's number is given again by another deployment, or after a restore; this one is no other game's, ever.
package struct GameTokenID: Identifier {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A Telegram user.
package struct PlayerID: Identifier {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A chat of one bot by its internal id, which outlives Telegram's ids of that chat.
package struct ChatID: Identifier {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// Telegram's own id of a chat, an alias of a ``ChatID``: negative for groups, the user's id for private chats.
package struct TelegramChatID: Identifier {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }

    /// Whether the chat is a conversation of one person with the bot (Bot API: positive ids are users).
    package var isPrivate: Bool { rawValue > 0 }

    /// Whether Telegram gives chats such ids: people, groups, supergroups and channels, direct messages of channels.
    package var isInRange: Bool {
        switch rawValue {
        case 1...0xFF_FFFF_FFFF, -999_999_999_999 ... -1, -1_997_852_516_352 ... -1_000_000_000_001,
            -4_000_000_000_000 ... -2_002_147_483_649:
            true
        default: false
        }
    }
}

/// Telegram's `chat_instance`: the one key of a chat that inline and ordinary messages share.
package struct ChatInstance: Identifier {
    package let rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }

    /// Reads the signed 64-bit decimal that Telegram sends; nil for `"0"`, which it sends where there is no chat, and for
    /// anything that is not the number's only spelling.
    package init?(_ text: String) {
        guard let number = Int64(text), number != 0, String(number) == text else { return nil }
        self.rawValue = number
    }
}
