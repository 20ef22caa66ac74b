/// Who plays, as Telegram describes a person at a press.
package struct PlayerProfile: Hashable, Sendable {
    package let id: PlayerID
    package let firstName: String
    package let lastName: String?
    package let username: String?

    /// Describes a person; Telegram sends an empty first name for users whom its server does not know.
    package init(id: PlayerID, firstName: String, lastName: String?, username: String?) {
        self.id = id
        self.firstName = PlayerName.storable(firstName)
        self.lastName = lastName.map(PlayerName.storable).flatMap { $0.isEmpty ? nil : $0 }
        self.username = username.map(PlayerName.storable).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The name that leaderboards show, or nil when there is nothing to show.
    package var displayName: String? { PlayerName.display(first: firstName, last: lastName) }
}

/// What is kept and shown of the names that people give themselves.
package enum PlayerName {
    /// Telegram's own clients take at most 64 characters a name; more is cut so that one person cannot fill a page.
    package static let maximumCharacters = 64

    /// Joins stored names for display, or nil when nothing visible is left.
    package static func display(first: String?, last: String?) -> String? {
        let parts = [first, last].compactMap { $0.flatMap { isVisible($0) ? $0 : nil } }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// Takes out what must not be stored or shown: control characters (PostgreSQL refuses NUL in text) and
    /// bidirectional controls, which would reorder the text around the name; returns the name, at most
    /// ``maximumCharacters`` long, without surrounding spaces; empty where nobody could see it.
    package static func storable(_ name: String) -> String {
        // The common case: a short name with nothing to take out is kept as it is.
        if name.utf8.count <= maximumCharacters {
            if name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return name }
            if !name.unicodeScalars.contains(where: isControl), name.first?.isWhitespace != true,
                name.last?.isWhitespace != true
            {
                return isVisible(name) ? name : ""
            }
        }
        var kept = String.UnicodeScalarView()
        // A character may be many scalars (combining marks without end); the scalars are bounded, too.
        for scalar in name.unicodeScalars.lazy.filter({ !isControl($0) }).prefix(maximumCharacters * 4) {
            kept.append(scalar)
        }
        let cut = String(kept).prefix(maximumCharacters)
        let start = cut.firstIndex { !$0.isWhitespace } ?? cut.endIndex
        let end = cut.lastIndex { !$0.isWhitespace }.map { cut.index(after: $0) } ?? cut.endIndex
        let name = String(cut[start..<end])
        return isVisible(name) ? name : ""
    }

    /// Whether there is anything to see: a name of blanks and of characters that show nothing is none.
    private static func isVisible(_ name: String) -> Bool {
        name.unicodeScalars.contains { scalar in
            if scalar.isASCII { return scalar.value > 0x20 && scalar.value < 0x7F }
            switch scalar.value {
            // Drawn empty, or not at all, though no property of theirs says so: the braille blank, the null notehead, the
            // Khitan filler and the anchors of annotations.
            case 0x2800, 0x1_D159, 0x1_6FE4, 0xFFF9...0xFFFB: return false
            default:
                let properties = scalar.properties
                return !properties.isDefaultIgnorableCodePoint && !properties.isWhitespace
                    && !isControl(scalar)
            }
        }
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        // All of the general category Cc, which Unicode will not add to.
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x061C, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x206F: true
        default: false
        }
    }
}
