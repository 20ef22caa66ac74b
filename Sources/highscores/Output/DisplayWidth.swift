extension String {
    /// How many columns a terminal takes for the text.
    var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text with characters that would move the cursor, break the line or turn the writing direction made visible.
    var withVisibleControls: String {
        guard unicodeScalars.contains(where: \.isControl) else { return self }
        var visible = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\t": visible += "\\t"
            case "\n": visible += "\\n"
            case "\r": visible += "\\r"
            case let scalar where scalar.isControl:
                visible += "\\u{" + String(scalar.value, radix: 16) + "}"
            default: visible.unicodeScalars.append(scalar)
            }
        }
        return visible
    }

    /// The text with spaces added up to a width.
    func padded(to width: Int, atStart isRightAligned: Bool = false) -> String {
        let spaces = String(repeating: " ", count: max(width - displayWidth, 0))
        return isRightAligned ? spaces + self : self + spaces
    }

    /// The text, or as much of its beginning as a width holds together with a sign that something is missing.
    func cut(to width: Int) -> String {
        guard displayWidth > width else { return self }
        var (start, taken) = ("", 0)
        for character in self {
            taken += character.displayWidth
            guard taken < width else { break }
            start.append(character)
        }
        return start + "…"
    }

    /// The text with its lines broken between words.
    func wrapped(to width: Int) -> String {
        var (text, column) = ("", 0)
        for word in split(separator: " ", omittingEmptySubsequences: false) {
            let length = String(word).displayWidth
            if column > 0, column + 1 + length > width {
                text += "\n"
                column = 0
            } else if !text.isEmpty {
                text += " "
                column += 1
            }
            text += word
            column += length
        }
        return text
    }
}

extension Character {
    /// Two columns for East Asian wide characters and emoji, none for what only combines, one for all others.
    fileprivate var displayWidth: Int {
        guard let first = unicodeScalars.first else { return 0 }
        if first.isASCII { return 1 }
        // Asked for as a picture, whatever the first scalar alone would be.
        if unicodeScalars.contains("\u{FE0F}") { return 2 }
        if first.properties.isEmojiPresentation || first.isWide { return 2 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return 1
        }
    }
}

extension Unicode.Scalar {
    /// The wide blocks of Unicode's East Asian Width (UAX #11, classes W and F) without the emoji.
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xA000...0xA4CF,
            0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F,
            0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x17000...0x18CFF, 0x1B000...0x1B2FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// Whether a terminal would obey rather than show it.
    fileprivate var isControl: Bool {
        switch value {
        case 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: properties.generalCategory == .control
        }
    }
}
