package import Leaderboards

extension CallLimits {
    /// The spelling that the setting takes.
    package var text: String { "chat \(chatPerSecond)/s \(chatPerMinute)/min, bot \(botPerSecond)/s" }

    /// Reads the spelling of ``text``; a part that is left out keeps its default.
    init(_ text: String) throws(ValueProblem) {
        let problem = ValueProblem("\(text.quotedForError) is not of the form 'chat N/s N/min, bot N/s'")
        let usual = CallLimits()
        var (chatPerSecond, chatPerMinute) = (usual.chatPerSecond, usual.chatPerMinute)
        var botPerSecond = usual.botPerSecond
        var seen: Set<Substring> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: " ")
            guard let subject = words.first, words.count > 1, seen.insert(subject).inserted else {
                throw problem
            }
            for word in words.dropFirst() {
                let sides = word.split(separator: "/", omittingEmptySubsequences: false)
                guard sides.count == 2, let number = Int(sides[0]), (1...100_000).contains(number),
                    seen.insert(subject + "/" + sides[1]).inserted
                else { throw problem }
                switch (subject, sides[1]) {
                case ("chat", "s"): chatPerSecond = number
                case ("chat", "min"): chatPerMinute = number
                case ("bot", "s"): botPerSecond = number
                default: throw problem
                }
            }
        }
        self.init(
            chatPerSecond: chatPerSecond,
            chatPerMinute: chatPerMinute,
            botPerSecond: botPerSecond
        )
    }
}

extension RateLimit {
    /// Reads a rate such as `5/s burst 50`, by `s`, `min` or `h`; nil stands for `off`.
    ///
    /// Without `burst` as many may come at once as the rate gives in ten seconds, at least one.
    static func parse(_ text: String) throws(ValueProblem) -> RateLimit? {
        if text == "off" { return nil }
        let problem = ValueProblem("\(text.quotedForError) is neither a rate with its burst nor 'off'")
        let words = text.split(separator: " ")
        guard words.count == 1 || (words.count == 3 && words[1] == "burst") else { throw problem }
        let sides = words[0].split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count == 2, let number = decimal(sides[0]), let seconds = unit(sides[1]) else {
            throw problem
        }
        let perSecond = number / seconds
        guard perSecond >= leastPerSecond else {
            throw ValueProblem("\(text.quotedForError) is less than one a day; 'off' takes the limit away")
        }
        guard words.count == 3 else {
            return RateLimit(perSecond: perSecond, burst: max((perSecond * 10).rounded(), 1))
        }
        guard let burst = Int(words[2]), (1...1_000_000).contains(burst) else { throw problem }
        return RateLimit(perSecond: perSecond, burst: Double(burst))
    }

    /// One a day: whoever means less means something else.
    private static let leastPerSecond = 1.0 / 86_400

    private static func decimal(_ text: Substring) -> Double? {
        // `Double` alone would take "inf", "0x5" and "1e3".
        guard text.allSatisfy({ ($0.isASCII && $0.isNumber) || $0 == "." }), let number = Double(text),
            number > 0, number <= 1_000_000
        else { return nil }
        return number
    }

    private static func unit(_ text: Substring) -> Double? {
        switch text {
        case "s": 1
        case "min": 60
        case "h": 3600
        default: nil
        }
    }
}

extension PlayerQuota {
    /// Reads a quota such as `5000 runs 4MB`, with bytes as `B`, `kB`, `MB` or `GB`; nil stands for `off`.
    static func parse(_ text: String) throws(ValueProblem) -> PlayerQuota? {
        if text == "off" { return nil }
        let words = text.split(separator: " ")
        guard words.count == 3, words[1] == "runs", let runs = Int(words[0]),
            (1...1_000_000_000).contains(runs), let bytes = bytes(words[2])
        else { throw ValueProblem("\(text.quotedForError) is neither a number of runs and bytes nor 'off'") }
        return PlayerQuota(runs: runs, bytes: bytes)
    }

    /// Reads a number of bytes as `B`, `kB`, `MB` or `GB`; nil where it is none.
    static func bytes(_ text: Substring) -> Int? {
        for (unit, factor) in [("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1)]
        where text.hasSuffix(unit) {
            guard let number = Int(text.dropLast(unit.count)), (0...1_000_000).contains(number) else {
                return nil
            }
            return number * factor
        }
        return nil
    }
}
