import ArgumentParser
import JSON
import Leaderboards
import Operations
import Scoring
import Storage

extension GameCommand {
    struct StatsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            "stats",
            "Show how a game is played: its scores, when it is played, and what its rules hold back.",
            "highscores game stats tetris",
            "the last 30 days, drawn: what one needs to choose --max-score",
            "highscores game stats tetris --since 2026-W13 --json",
            "from a week on, as one JSON document",
            more: """
                Counted are all runs that were submitted, by their presses, whatever became of
                them, but for players who are banned; days and hours are those of the game's
                zone. Piped, each number is a line: what, of what, runs, players or score.
                """
        )

        @OptionGroup var game: BoardArgument

        @Option(
            help: ArgumentHelp(
                "Only runs that were pressed from then on; 30 days by default.",
                valueName: "time"
            )
        )
        var since: Instant?

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let (game, statistics) = try await CommandContext().withAdministration { administration in
                let game = try await self.game.find(administration)
                let since = since ?? Instant.now - .seconds(30 * 86_400)
                return (game, try await administration.statistics(of: game, since: since))
            }
            if output.json {
                try StandardOutput.write(statistics.document(of: game) + "\n")
            } else if StandardOutput.isTerminal, !output.ndjson, output.fields == nil {
                try StandardOutput.write(statistics.drawn(columns: StandardOutput.columns ?? 80))
            } else {
                try output.print(statistics.records, columns: ["what", "of", "runs", "players", "score"])
            }
            if statistics.runs == 0 { remark("nobody has played '\(game.name)' since then") }
        }
    }
}

extension GameStatistics {
    /// Each number by itself.
    fileprivate var records: [Record] {
        func record(_ what: String, _ of: String?, runs: Int?, players: Int? = nil, score: Int32? = nil)
            -> Record
        {
            ["what": what, "of": of, "runs": runs, "players": players, "score": score]
        }
        return [record("all", nil, runs: runs, players: players)]
            + quantiles.map { record("quantile", Self.percent($0.share), runs: nil, score: $0.score) }
            + histogram.map { record("scores", "\($0.from)-\($0.to)", runs: $0.runs) }
            + days.map { record("day", $0.date, runs: $0.runs, players: $0.players) }
            + hours.enumerated().map { record("hour", "\($0)", runs: $1) }
            + rules.map { record($0.isShadow ? "shadow" : "rule", "\($0.code)=\($0.outcome)", runs: $0.runs) }
    }

    fileprivate func document(of game: Game) -> String {
        var writer = JSONWriter()
        func list(_ name: String, _ records: [Record]) {
            writer.key(escaping: name)
            writer.array { for record in records { record.write(to: &$0) } }
        }
        writer.beginObject()
        writer.member("schema", documentSchema)
        Record(["game": game.name, "zone": game.rules.zone, "runs": runs, "players": players])
            .writeFields(to: &writer)
        list("quantiles", quantiles.map { ["share": $0.share, "score": $0.score] })
        list("histogram", histogram.map { ["from": $0.from, "to": $0.to, "runs": $0.runs] })
        list("days", days.map { ["day": $0.date, "runs": $0.runs, "players": $0.players] })
        list("hours", hours.enumerated().map { ["hour": $0, "runs": $1] })
        list(
            "rules",
            rules.map { ["rule": $0.code, "outcome": $0.outcome, "shadow": $0.isShadow, "runs": $0.runs] }
        )
        writer.endObject()
        return writer.text
    }

    /// The same for people to look at, in lines that fit.
    func drawn(columns: Int) -> String {
        guard runs > 0 else { return "" }
        var text = "\(counted(runs, "run")) of \(counted(players, "player"))\n"
        text += "\nSCORES\n"
        text += quantiles.map { share, score in
            share < 1 ? "  \(Self.percent(share)) up to \(score)\n" : "  the highest is \(score)\n"
        }.joined()
        let names = histogram.map { "\($0.from)" }
        text += "\n" + Self.bars(zip(names, histogram.map(\.runs)), columns: columns)
        text += "\nDAYS\n" + Self.bars(days.map { ($0.date, $0.runs) }, columns: columns)
        text += "\nHOURS\n" + Self.bars(hours.enumerated().map { ("\($0)", $1) }, columns: columns)
        guard !rules.isEmpty else { return text }
        text += "\nRULES\n"
        text += rules.map { rule in
            "  \(rule.code): \(rule.isShadow ? "would " : "")\(rule.outcome) \(counted(rule.runs, "run"))\n"
        }.joined()
        return text
    }

    /// A line for each name, with its number as a bar; the longest bar takes what is left of the line.
    static func bars(_ numbers: some Sequence<(String, Int)>, columns: Int) -> String {
        let numbers = Array(numbers)
        let most = max(numbers.map(\.1).max() ?? 0, 1)
        let (left, right) = (numbers.map(\.0.count).max() ?? 0, "\(most)".count)
        let room = max(columns - left - right - 6, 10)
        return numbers.map { name, number in
            // Whatever is there is to be seen.
            let length = number == 0 ? 0 : max(number * room / most, 1)
            let bar = String(repeating: "█", count: length)
            return
                "  \(name.padded(to: left, atStart: true))  \("\(number)".padded(to: right, atStart: true))"
                + (bar.isEmpty ? "" : "  \(bar)") + "\n"
        }.joined()
    }

    /// Such as `99.9%`.
    private static func percent(_ share: Double) -> String {
        let thousandths = Int((share * 1000).rounded())
        return thousandths.isMultiple(of: 10)
            ? "\(thousandths / 10)%" : "\(thousandths / 10).\(thousandths % 10)%"
    }
}
