import Leaderboards
import Storage

extension GameDraft {
    /// The longest short name, in bytes, that fits the answer to an inline query (Bot API, result ids).
    private static let maximumNameLength = 64
    private static let maximumTitleLength = 256
    private static let maximumUnitLength = 16
    /// Longer addresses do not survive every browser and proxy once a token was added.
    private static let maximumURLLength = 2000

    /// Makes sure that the description can be stored and played.
    func check() throws(OperationError) {
        try checkName()
        try checkTitle()
        try checkURL()
        try checkZone(rules.zone)
        try checkBounds()
        try checkUnit()
        if let conflict = rules.conflict(of: board) { throw .invalid(conflict) }
    }

    private func checkName() throws(OperationError) {
        guard (1...Self.maximumNameLength).contains(shortName.utf8.count) else {
            throw .invalid("a short name has 1 to \(Self.maximumNameLength) characters")
        }
        // BotFather does not say what it takes. What stands in the names of routes and commands must not split them.
        guard shortName.utf8.allSatisfy(\.isNameCharacter) else {
            throw .invalid(
                "a short name holds no spaces, slashes or letters beyond ASCII; give it as BotFather knows it"
            )
        }
    }

    private func checkTitle() throws(OperationError) {
        guard (1...Self.maximumTitleLength).contains(title.count),
            title.contains(where: { !$0.isWhitespace }),
            title.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            throw .invalid("a title has 1 to \(Self.maximumTitleLength) characters and no control characters")
        }
    }

    private func checkUnit() throws(OperationError) {
        guard let unit = rules.scoreUnit else { return }
        guard (1...Self.maximumUnitLength).contains(unit.count), unit.contains(where: { !$0.isWhitespace }),
            unit.unicodeScalars.allSatisfy({ ![.control, .format].contains($0.properties.generalCategory) })
        else {
            throw .invalid(
                "score-unit has 1 to \(Self.maximumUnitLength) characters and no control characters, or is none"
            )
        }
    }

    private func checkURL() throws(OperationError) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), url.utf8.count <= Self.maximumURLLength else {
            throw .invalid(
                "the URL holds a space or a letter that must be percent-encoded, or is longer than "
                    + "\(Self.maximumURLLength) characters"
            )
        }
        let scheme = url.prefix { $0 != ":" }.lowercased()
        let rest = url.dropFirst(scheme.count)
        let host = rest.dropFirst(3).prefix { !"/?#".contains($0) }
        guard scheme == "https" || scheme == "http", rest.hasPrefix("://"), !host.isEmpty, host.first != ":"
        else {
            throw .invalid("the URL is not an address such as https://play.example.com/tetris/")
        }
    }

    private func checkBounds() throws(OperationError) {
        let bounds = rules.bounds
        if let minimum = bounds.minimum, minimum < 0 { throw .invalid("min-score \(minimum) is below 0") }
        if let maximum = bounds.maximum, maximum < 0 { throw .invalid("max-score \(maximum) is below 0") }
        if let rate = bounds.maximumPerSecond, !rate.isFinite || rate <= 0 {
            throw .invalid("max-score-per-second must be a number above 0")
        }
        if let count = bounds.maximumPerHour, count < 1 {
            throw .invalid("max-per-hour must be a number from 1 on")
        }
        if let seconds = bounds.minimumSeconds, !seconds.isFinite || seconds < 0 {
            throw .invalid("min-seconds must be a number from 0 on")
        }
    }
}

extension GameDraft {
    /// Makes sure that the address is one that Telegram's clients open: https, or this machine, for development.
    func checkThatClientsOpenURL() throws(OperationError) {
        guard url.lowercased().hasPrefix("http://"), !Self.isLoopback(url.dropFirst(7)) else {
            return
        }
        throw .invalid(
            "the URL is http, which Telegram's clients refuse outside its test environment (TELEGRAM_API_TEST=on); "
                + "take an https address"
        )
    }

    private static func isLoopback(_ rest: Substring) -> Bool {
        let authority = rest.prefix { !"/?#".contains($0) }
        if authority == "[::1]" || authority.hasPrefix("[::1]:") { return true }
        let host = authority.prefix { $0 != ":" }.lowercased()
        // Neither a user name before the host nor a name that begins like a number.
        guard !authority.contains("@") else { return false }
        return host == "localhost" || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }
}

/// Makes sure that windows can be reckoned in a zone of that name.
func checkZone(_ name: String) throws(OperationError) {
    guard ZoneRules(named: name) != nil else {
        throw .invalid("there is no time zone '\(name)'; take a name such as Europe/Berlin or UTC")
    }
}

extension UInt8 {
    fileprivate var isNameCharacter: Bool { self > 0x20 && self < 0x7F && self != UInt8(ascii: "/") }
}
