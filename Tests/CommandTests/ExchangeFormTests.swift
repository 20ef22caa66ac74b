import Operations
import ArgumentParser
import Leaderboards
import Scoring
import Testing

@testable import highscores

/// Lines of files are read by the names of their fields, whatever the form.
@Suite struct ExchangeFormTests {
    private static func read(_ text: String, format: LineFormat? = nil, cutAt size: Int = .max) throws
        -> [String]
    {
        var found: [String] = []
        var rest = Array(text.utf8)[...]
        try LineReader(path: "file", format: format, vocabulary: .scores).read(
            {
                defer { rest = rest.dropFirst(size) }
                return Array(rest.prefix(size))
            },
            onProblem: { found.append("\($0)! \($1)") },
            { fields in
                let values = ["player", "score", "metadata", "reasons"].map { fields.field($0) ?? "-" }
                found.append("\(fields.line) " + values.joined(separator: " "))
            }
        )
        return found
    }

    static let texts: [(text: String, lines: [String])] = [
        ("player,score\n", []), ("[]", []), ("{\"records\":[]}\n", []),
        ("Score,player,extra\n7,5,x\n8,6\n", ["2 5 7 - -", "3 6 8 - -"]),
        ("5,7,2026-03-01\n6,8\n", ["1 5 7 - -", "2 6 8 - -"]),
        ("player,score\n1,2,3\n3,\n", ["2! there are 3 fields where the head has 2", "3 3 - - -"]),
        (
            "\n{\"player\":5,\"score\":\"7\",\"metadata\":{\"a\":[1]},\"reasons\":[\"x\",\"y\"]}\r\n\nnot\n{\"player\":null}",
            ["2 5 7 {\"a\":[1]} x y", "4! unexpected byte", "5 - - - -"]
        ),
        ("{\"records\":[{\"score\":1},{\"score\":2}],\"next_cursor\":\"\"}\n", ["1 - 1 - -", "1 - 2 - -"]),
    ]

    @Test(arguments: texts) func `lines are read however the file is cut`(_ text: String, _ lines: [String])
        throws
    {
        for size in [Int.max, 5, 1] {
            let found = try Self.read(text, cutAt: size)
            #expect(found.count == lines.count)
            for (line, expected) in zip(found, lines) {
                // What a parser has against a text is its own affair.
                let isProblem = expected.contains("! unexpected")
                #expect(isProblem ? line.hasPrefix(String(expected.prefix(2))) : line == expected)
            }
        }
    }

    // MARK: - Progress

    @Test(
        arguments: [
            (0, nil, 5.0, "importing 0 lines  5 s"), (12_000, nil, 2, "importing 12,000 lines  6,000/s"),
            (
                500, 2000, 5,
                "importing [##........] 25%  15 s left  500 of 2,000 lines  100/s"
            ),
            (2000, 2000, 5, "importing [##########] 100%  2,000 lines  5 s"),
            (1, 10_000, 10, "importing [..........] 0%  27 h 46 min left  1 of 10,000 lines  10 s"),
        ] as [(Int, Int?, Double, String)]
    )
    func `progress tells rate and time left`(_ done: Int, _ total: Int?, _ seconds: Double, _ line: String) {
        #expect(
            Progress.line(
                "importing",
                done: done,
                total: total,
                unit: "lines",
                elapsed: .seconds(seconds),
                note: nil
            ) == line
        )
    }

    // MARK: - Times

    @Test func `local times name the same moment`() throws {
        let moment = Instant(milliseconds: 1_772_366_400_250)
        #expect(Instant(rfc3339: moment.localText) == moment)
        let record = Record([("at", .time(moment)), ("none", .none)])
        let local = try OutputOptions.parse(["--local"]).text(
            of: [record],
            columns: ["at", "none"],
            for: .program
        )
        #expect(local == "\(moment.localText)\t\n")
        let json = try OutputOptions.parse(["--local", "--ndjson"]).text(
            of: [record],
            columns: ["at", "none"],
            for: .program
        )
        #expect(json == #"{"at":"2026-03-01T12:00:00.250Z","none":null}"# + "\n")
    }
}
