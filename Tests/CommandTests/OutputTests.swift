import ArgumentParser
import Leaderboards
import Operations
import Storage
import Testing

@testable import highscores

@Suite
struct OutputTests {
    private let records = [
        Record([("id", .text("1")), ("name", .text("Zoë")), ("score", .integer(1300)), ("note", .none)]),
        Record([
            ("id", .text("-2")), ("name", .text("漢字 🎮")), ("score", .integer(7)), ("note", .text("a\tb")),
        ]),
    ]
    private let columns = ["id", "name", "score", "note"]

    private func options(_ arguments: String...) throws -> OutputOptions {
        try OutputOptions.parse(arguments)
    }

    // MARK: - Lists

    @Test func `a person sees an aligned table whatever the script`() throws {
        let text = try options().text(of: records, columns: columns, for: .person(seesColor: false))
        #expect(
            text == """
                id  name     score  note
                1   Zoë       1300  
                -2  漢字 🎮      7  a\\tb

                """
        )
    }

    @Test(
        arguments: [
            (
                30,
                """
                id  name         score  place
                7   漢字 漢字…       5  Berlin

                """
            ),
            (
                27,
                """
                id  name      score  place
                7   漢字 漢…      5  Berlin

                """
            ),
            // What is not only to be read is never cut off.
            (
                26,
                """
                id     7
                name   漢字 漢字漢字漢字
                score  5
                place  Berlin

                """
            ),
        ]
    )
    func `a table that is too wide is cut where that does no harm, or laid out by fields`(
        _ width: Int,
        _ text: String
    ) throws {
        let record = Record([
            ("id", .text("7")), ("name", .text("漢字 漢字漢字漢字")), ("score", .integer(5)),
            ("place", .text("Berlin")),
        ])
        let shown = try options().text(
            of: [record],
            columns: record.fields.map(\.name),
            for: .person(seesColor: false, columns: width)
        )
        #expect(shown == text)
    }

    @Test func `things laid out by fields are apart, and say nothing of what they have not`() throws {
        let shown = try options().text(
            of: records,
            columns: columns,
            for: .person(seesColor: true, columns: 12)
        )
        #expect(
            shown == """
                \u{1B}[1mid   \u{1B}[0m  1
                name   Zoë
                score  1300

                \u{1B}[1mid   \u{1B}[0m  -2
                name   漢字 🎮
                score  7
                note   a\\tb

                """
        )
    }

    @Test(arguments: [
        ("one two three", 7, "one two\nthree"), ("one two three", 6, "one\ntwo\nthree"),
        ("wholeword two", 3, "wholeword\ntwo"), ("漢字 漢字", 8, "漢字\n漢字"), ("", 5, ""),
    ])
    func `long lines are broken between words`(_ text: String, _ width: Int, _ lines: String) {
        #expect(text.wrapped(to: width) == lines)
    }

    @Test func `a table leaves out what has no value, and at last what can be spared`() throws {
        let record = Record([
            ("run", .text("0f3c")), ("game", .text("b/t")), ("reasons", .list([])),
            ("started_at", .time(Instant(milliseconds: 1_772_366_400_250))), ("note", .none),
        ])
        func shown(_ width: Int?, _ arguments: String...) throws -> String {
            let options = try OutputOptions.parse(arguments)
            return try options.text(
                of: [record],
                columns: record.fields.map(\.name),
                for: .person(seesColor: false, columns: width)
            )
        }
        #expect(try shown(nil) == "run   game  started_at\n0f3c  b/t   2026-03-01T12:00:00Z\n")
        #expect(try shown(31) == "run   game\n0f3c  b/t\n")
        #expect(try shown(9) == "run\n0f3c\n")
        #expect(try shown(3) == "run         0f3c\ngame        b/t\nstarted_at  2026-03-01T12:00:00Z\n")
        #expect(
            try shown(9, "--wide")
                == "run   game  reasons  started_at                note\n0f3c  b/t            2026-03-01T12:00:00.250Z  \n"
        )
        #expect(try shown(31, "--fields", "note,run") == "note  run\n      0f3c\n")
    }

    @Test func `tab-separated values begin with a head where one is wanted`() throws {
        let text = try options("--header", "--fields", "score,id").text(
            of: records,
            columns: columns,
            for: .program
        )
        #expect(text == "score\tid\n1300\t1\n7\t-2\n")
        #expect(try options("--header", "--ndjson").text(of: [], columns: columns, for: .program).isEmpty)
        #expect(
            try options("--header").text(of: [], columns: columns, for: .program) == "id\tname\tscore\tnote\n"
        )
    }

    @Test func `a time is told from now`() {
        let now = Instant(seconds: 1_000_000)
        for (seconds, text) in [
            (5, "5 s ago"), (99, "99 s ago"), (100, "1 min ago"), (7200, "2 h ago"), (200_000, "2 days ago"),
            (-300, "in 5 min"), (0, "0 s ago"),
        ] {
            #expect((now - .seconds(seconds)).text(relativeTo: now) == text)
        }
    }

    @Test func `colour marks the head only`() throws {
        let text = try options().text(of: records, columns: columns, for: .person(seesColor: true))
        #expect(text.hasPrefix("\u{1B}[1mid"))
        #expect(text.split(separator: "\n").dropFirst().allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test func `a program gets tab-separated values without a head`() throws {
        let text = try options().text(of: records, columns: columns, for: .program)
        #expect(text == "1\tZoë\t1300\t\n-2\t漢字 🎮\t7\ta\\tb\n")
    }

    @Test func `a field never holds a tab, a line break or an unescaped backslash`() throws {
        let record = Record([("text", .text("a\tb\nc\rd\\e\u{7}f\u{202E}g"))])
        let text = try options().text(of: [record], columns: ["text"], for: .program)
        #expect(text == "a\\tb\\nc\\rd\\\\e\\u{7}f\\u{202e}g\n")
    }

    @Test func `json is one document and ndjson one object a line`() throws {
        let json = try options("--json").text(of: records, columns: columns, for: .program)
        #expect(
            json
                == #"{"schema":1,"items":[{"id":"1","name":"Zoë","score":1300,"note":null},{"id":"-2","name":"漢字 🎮","score":7,"note":"a\tb"}]}"#
                + "\n"
        )
        let lines = try options("--ndjson").text(of: records, columns: columns, for: .program).split(
            separator: "\n"
        )
        #expect(lines.count == 2)
        #expect(lines[0] == #"{"id":"1","name":"Zoë","score":1300,"note":null}"#)
    }

    @Test func `fields are chosen and ordered in every form`() throws {
        #expect(
            try options("--fields", "score,id").text(of: records, columns: columns, for: .program)
                == "1300\t1\n7\t-2\n"
        )
        #expect(
            try options("--json", "--fields", "id").text(of: records, columns: columns, for: .program)
                == "{\"schema\":1,\"items\":[{\"id\":\"1\"},{\"id\":\"-2\"}]}\n"
        )
    }

    @Test func `an unknown field is a wrong usage that lists those there are`() throws {
        let error = try #require(throws: CommandFailure.self) {
            try options("--fields", "id,nope").text(of: [Record](), columns: columns, for: .program)
        }
        #expect(error.status == .usage)
        #expect(error.description.contains("'nope'") && error.description.contains("id,name,score,note"))
    }

    @Test func `an empty list is an empty document or nothing`() throws {
        #expect(
            try options("--json").text(of: [Record](), columns: columns, for: .program)
                == "{\"schema\":1,\"items\":[]}\n"
        )
        #expect(try options("--ndjson").text(of: [Record](), columns: columns, for: .program).isEmpty)
        #expect(try options().text(of: [Record](), columns: columns, for: .program).isEmpty)
        #expect(try options().text(of: [Record](), columns: columns, for: .person(seesColor: true)).isEmpty)
    }

    @Test func `json and ndjson exclude each other`() {
        #expect(throws: (any Error).self) { try options("--json", "--ndjson") }
    }

    // MARK: - Single things

    @Test func `a single thing is a line for each field`() throws {
        let record = Record([("game", .text("b/t")), ("public", .flag(true)), ("min_seconds", .number(1.5))])
        #expect(
            try options().text(of: record, for: .person(seesColor: false))
                == "game         b/t\npublic       yes\nmin_seconds  1.5\n"
        )
        #expect(try options().text(of: record, for: .program) == "game\tb/t\npublic\tyes\nmin_seconds\t1.5\n")
        #expect(try options("--fields", "public,game").text(of: record, for: .program) == "yes\tb/t\n")
        #expect(
            try options("--json").text(of: record, for: .person(seesColor: true))
                == "{\"schema\":1,\"game\":\"b/t\",\"public\":true,\"min_seconds\":1.5}\n"
        )
    }

    @Test func `bars are as long as their numbers say, and fit the line`() {
        let text = GameStatistics.bars([("0", 1), ("100", 400), ("200", 0), ("300", 200)], columns: 40)
        #expect(
            text == """
                    0    1  █
                  100  400  \(String(repeating: "█", count: 28))
                  200    0
                  300  200  \(String(repeating: "█", count: 14))

                """
        )
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 40 })
        #expect(GameStatistics.bars([("a", 0)], columns: 40) == "  a  0\n")
    }

    // MARK: - Width

    @Test(arguments: [
        ("", 0), ("abc", 3), ("Zoë", 3), ("Zoe\u{308}", 3), ("漢字", 4), ("한글", 4), ("ｆｕｌｌ", 8), ("🎮", 2),
        ("👩‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("👍🏽", 2), ("❤️", 2), ("❤", 1), ("עברית", 5), ("ไทย", 3),
    ])
    func `a terminal's columns are counted as it draws them`(_ text: String, _ width: Int) {
        #expect(text.displayWidth == width)
    }
}
