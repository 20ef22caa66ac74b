/// Faults as people write them: `50% of setGameScore in -1001234567890 from 10s: 429 3s, 502, hang`.
///
/// A rule says which part of which calls, where and when, and after the colon in which ways they go wrong; one of the
/// ways is drawn for each call. Rules stand on lines of their own or are divided by `;`, and `#` begins a comment.
extension Fault {
    /// What errors show.
    static let exampleRule = "50% of setGameScore: 429 3s, 502, hang"

    /// Reads rules.
    ///
    /// - Parameter text: Rules, one a line or divided by `;`; or a JSON list of objects, or one object, as the control
    ///   route takes them.
    /// - Throws: ``SimulationError/invalid(_:)``, which names the rule, what is wrong with it and how it could be written.
    package static func parse(_ text: String) throws(SimulationError) -> [Fault] {
        let start = text.first { !$0.isWhitespace }
        guard start != "[", start != "{" else { return try list(json: text) }
        var faults: [Fault] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let rules = line.prefix { $0 != "#" }
            for rule in rules.split(separator: ";") where rule.contains(where: { !$0.isWhitespace }) {
                faults.append(try Fault(words: rule))
            }
        }
        return faults
    }

    private init(words text: Substring) throws(SimulationError) {
        let rule = String(text).trimmed
        func wrong(_ problem: String) -> SimulationError {
            .invalid("the rule '\(rule)': \(problem); for example: \(Self.exampleRule)")
        }
        // The key of a private chat has a colon, too, without a space behind it.
        let isEnd = { (place: String.Index) in rule[rule.index(after: place)...].first?.isWhitespace ?? true }
        guard let colon = rule.indices.first(where: { rule[$0] == ":" && isEnd($0) }) else {
            throw wrong("there is no ': ' between the calls and what happens to them")
        }
        var words = rule[..<colon].split(whereSeparator: \.isWhitespace)[...]
        var share = 1.0
        var times: Int?
        if let first = words.first, first.hasSuffix("%") {
            guard let percent = Double(first.dropLast()), percent > 0, percent <= 100 else {
                throw wrong("'\(first)' is not a part between 0% and 100%")
            }
            share = percent / 100
            words = words.dropFirst()
            guard words.popFirst() == "of" else { throw wrong("after '\(first)' comes 'of'") }
        } else if words.first == "first" {
            words = words.dropFirst()
            guard let number = words.popFirst().flatMap({ Int($0) }), number > 0, words.popFirst() == "of"
            else { throw wrong("after 'first' come a number and 'of'") }
            times = number
        }
        guard let method = words.popFirst(), method.allSatisfy(\.isLetter) else {
            throw wrong("name a method, or 'all'")
        }
        var places: [Substring: Substring] = [:]
        while let word = words.popFirst() {
            guard ["in", "by", "from", "until"].contains(word), places[word] == nil else {
                throw wrong("'\(word)' is none of 'in', 'by', 'from' and 'until', each once")
            }
            guard let value = words.popFirst() else { throw wrong("after '\(word)' nothing comes") }
            places[word] = value
        }
        var behaviours: [Fault.Behaviour] = []
        for way in rule[rule.index(after: colon)...].split(separator: ",", omittingEmptySubsequences: false) {
            guard let read = Self.behaviours(String(way).trimmed) else {
                throw wrong("'\(String(way).trimmed)' is no way to go wrong; there are \(Self.waysText)")
            }
            behaviours += read
        }
        func time(_ word: Substring) throws(SimulationError) -> Int64? {
            guard let text = places[word] else { return nil }
            guard let value = Self.milliseconds(text) else {
                throw wrong("'\(text)' is not a time such as 500ms, 30s or 2m")
            }
            return value
        }
        let bot = places["by"].map { Int64($0) }
        guard bot != .some(nil) else {
            throw wrong("after 'by' comes the id of a bot, not '\(places["by"] ?? "")'")
        }
        self.init(
            method: method == "all" ? nil : String(method),
            bot: bot ?? nil,
            chat: places["in"].map(String.init),
            share: share,
            from: try time("from") ?? 0,
            until: try time("until"),
            behaviours: behaviours,
            remaining: times
        )
    }

    // MARK: - Ways

    /// Every way, for errors.
    static let waysText =
        "400–499 and a text, 429 and seconds, 500–599, lose_call, lose_answer, hang, hang_answer, garble, delay TIME, "
        + "delete_message, kick [TIME], migrate, revoke [TIME], and any"

    /// The ways that a few words name; nil when they name none.
    static func behaviours(_ text: String) -> [Fault.Behaviour]? {
        let words = text.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        guard let word = words.first else { return nil }
        let rest = words.count > 1 ? String(words[1]).trimmed : nil
        if let status = Int(word) { return behaviour(status, rest).map { [$0] } }
        let time = rest.flatMap(milliseconds)
        guard rest == nil || time != nil else { return nil }
        switch (word, time) {
        case ("lose_call", nil): return [.loseCall]
        case ("lose_answer", nil): return [.loseAnswer]
        case ("hang", nil): return [.hang]
        case ("hang_answer", nil): return [.hangAnswer]
        case ("garble", nil): return [.garble]
        case ("delay", let time?): return [.delay(time)]
        case ("delete_message", nil): return [.deleteMessage]
        case ("kick", let time): return [.kick(time)]
        case ("migrate", nil): return [.migrate]
        case ("revoke", let time): return [.revoke(time)]
        case ("any", nil): return Fault.Behaviour.everyWay
        default: return nil
        }
    }

    private static func behaviour(_ status: Int, _ rest: String?) -> Fault.Behaviour? {
        switch status {
        case 429:
            guard let rest else { return .refuse(.tooMany(retryAfter: 1)) }
            let wait = Int64(rest) ?? milliseconds(rest).map { ($0 + 999) / 1000 }
            return wait.flatMap { $0 > 0 ? .refuse(.tooMany(retryAfter: $0)) : nil }
        case 400...499: return .refuse(.worded(status, rest))
        case 500...599: return rest == nil ? .page(status) : nil
        default: return nil
        }
    }

    // MARK: - Numbers

    private static let units: [(name: Substring, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
    ]

    /// The milliseconds of a text such as `500ms`, `3s`, `2m` or `1h`.
    static func milliseconds(_ text: some StringProtocol) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count)
        guard let number = Int64(digits), number <= 1_000_000,
            let factor = units.first(where: { $0.name == unit })?.milliseconds
        else { return nil }
        return number * factor
    }
}

extension String {
    /// The text without white space at its ends.
    var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
