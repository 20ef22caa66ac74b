extension GameRules {
    /// A score as players read it in a line of text: 61250 milliseconds are 1:01.250.
    package func text(of score: Int64) -> String {
        let text =
            switch scoreFormat {
            case .number: String(score)
            case .seconds: Self.clock(score)
            case .milliseconds: Self.clock(score / 1000) + "." + Self.padded(score % 1000, 3)
            }
        return scoreUnit.map { text + " " + $0 } ?? text
    }

    private static func clock(_ seconds: Int64) -> String {
        let (minutes, rest) = (seconds / 60, padded(seconds % 60, 2))
        return minutes < 60 ? "\(minutes):\(rest)" : "\(minutes / 60):\(padded(minutes % 60, 2)):\(rest)"
    }

    private static func padded(_ number: Int64, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(digits - text.count, 0)) + text
    }
}
