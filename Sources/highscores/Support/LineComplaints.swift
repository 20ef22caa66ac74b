/// What is told of lines that cannot be taken: the first of them as they come, of all others how many there are of a kind.
struct LineComplaints {
    /// How many are told at once.
    static let mostTold = 8
    /// How many kinds are told apart, and how many of them are told in the end.
    private static let mostKinds = 64
    private static let mostTerms = 4

    /// How many lines there were.
    private(set) var count = 0
    /// Those that were not told at once.
    private var kinds: [String: (line: Int, reason: String, count: Int)] = [:]

    /// Notes a line.
    ///
    /// - Returns: What is to be told now, if anything.
    mutating func add(_ line: Int, _ reason: String) -> String? {
        count += 1
        guard count > Self.mostTold else { return "\(line): \(reason)" }
        let key = Self.kind(of: reason)
        guard kinds[key] != nil || kinds.count < Self.mostKinds else { return nil }
        kinds[key, default: (line, reason.withVisibleControls, 0)].count += 1
        return nil
    }

    /// How many there were, and of which kinds those are that were not told.
    var summary: String {
        let lines = "\(counted(count, "line")) could not be taken"
        guard count > Self.mostTold else { return "\(lines), as told above" }
        let terms = kinds.values.sorted { ($1.count, $0.line) < ($0.count, $1.line) }.prefix(Self.mostTerms)
            .map { "\($0.count) like line \($0.line) (\($0.reason))" }
        return "\(lines), \(Self.mostTold) as told above, \(terms.joined(separator: ", "))"
            + (kinds.count > Self.mostTerms ? " and others" : "")
    }

    /// What reasons have in common that differ only in what they quote, and in numbers.
    private static func kind(of reason: String) -> String {
        var isQuoted = false
        let kept = reason.utf8.filter { byte in
            if byte == UInt8(ascii: "'") { isQuoted.toggle() }
            return !isQuoted && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return String(decoding: kept, as: UTF8.self)
    }
}
