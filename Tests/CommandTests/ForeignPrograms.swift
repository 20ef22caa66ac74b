/// Programs that export scores, each with the mark, line ends, delimiters, quotes, encoding and names that it has.
extension ForeignProgram {
    static let all = spreadsheets + shells + databases + services

    private static let head = ["player", "score", "time", "name"]

    @Sendable private static func plain(_ score: ForeignScore) -> [String?] {
        ["\(score.player)", "\(score.score)", score.time(), score.name]
    }

    @Sendable private static func bare(_ score: ForeignScore) -> [String?] {
        ["\(score.player)", "\(score.score)", score.time(" ", ""), nil]
    }

    private static let titles = ["Player ID", "Score", "Date", "Display Name"]

    private static let spreadsheets: [ForeignProgram] = [
        table("Excel, CSV UTF-8", titles, lineEnd: "\r\n", encoding: .marked, row: plain),
        table("Excel in Germany", titles, ";", lineEnd: "\r\n", encoding: .marked, row: plain),
        table("Excel with sep=", head, ";", lineEnd: "\r\n", before: "sep=;", row: plain),
        table("Excel, Unicode text", titles, "\t", lineEnd: "\r\n", encoding: .utf16, row: plain),
        table("Excel for Mac", head, lineEnd: "\r", encoding: .marked, row: plain),
        table("Excel with texts", head, lineEnd: "\r\n", hasNames: false) {
            ["=\"\($0.player)\"", "\($0.score)", $0.time(" ", seconds: "", ""), ""]
        },
        table("Excel with empty columns", head + ["", ""], lineEnd: "\r\n") { plain($0) + ["", "", ""] },
        table("LibreOffice", head, quoting: .all, row: plain),
        table("LibreOffice, UTF-16", head, "\t", encoding: .utf16BigEndian, row: plain),
        table("LibreOffice, pipes", head, "|", row: plain),
        table("Google Sheets", titles, lineEnd: "\r\n", endsLastLine: false, row: plain),
        table("Google Sheets, TSV", titles, "\t", quoting: .never, lineEnd: "\r\n", row: plain),
        table("Numbers", titles, lineEnd: "\r\n", before: "Table 1", row: plain),
        table("Airtable", ["Name", "Player ID", "Points", "Created at"], encoding: .marked) {
            [$0.name, "\($0.player)", "\($0.score)", $0.time()]
        },
        table(
            "Numbers with a title and an empty line",
            head,
            ";",
            before: "Scores of spring\n;;;\n",
            row: plain
        ),
    ]

    private static let shells: [ForeignProgram] = [
        table(
            "PowerShell 5.1",
            head,
            quoting: .all,
            lineEnd: "\r\n",
            before: "#TYPE System.Management.Automation.PSCustomObject",
            encoding: .marked,
            row: plain
        ),
        table("PowerShell 5.1, Unicode", head, quoting: .all, lineEnd: "\r\n", encoding: .utf16, row: plain),
        table("PowerShell 7, tabs", head, "\t", quoting: .all, lineEnd: "\r\n", row: plain),
        table(
            "PowerShell, big-endian",
            head,
            quoting: .all,
            lineEnd: "\r\n",
            encoding: .utf16BigEndian,
            row: plain
        ),
        json("PowerShell, ConvertTo-Json", before: "[\r\n", between: ",\r\n", after: "\r\n]\r\n") {
            "    {\r\n        \"Player\":  \($0.player),\r\n        \"Score\":  \($0.score),\r\n"
                + "        \"Time\":  \"\($0.time())\",\r\n        \"Name\":  \(quoted($0.name))\r\n    }"
        },
        table("pandas", ["", "player", "score", "time", "name"]) {
            ["\($0.minute)", "\($0.player)", "\($0.score).0", $0.time(" ", "+00:00"), $0.name]
        },
        json("pandas, records", before: "[", between: ",", after: "]") {
            "{\"player\":\($0.player),\"score\":\($0.score).0,\"time\":\($0.milliseconds),\"name\":\(quoted($0.name, escapes: true))}"
        },
        json("pandas, lines") {
            "{\"player\":\($0.player),\"score\":\($0.score),\"time\":\($0.milliseconds),\"name\":\(quoted($0.name, escapes: true))}"
        },
        table("Python's csv", head, lineEnd: "\r\n", row: plain),
        table("R", [""] + head) {
            ["\"\($0.minute)\"", "\($0.player)", "\($0.score)", $0.time(" ", ""), $0.name]
        },
        json("jq -c", object: plainObject), json("jq", object: prettyObject),
        json("jq -s", before: "[\n", between: ",\n", after: "\n]\n", object: prettyObject),
        table(
            "jq, @csv",
            [],
            quoting: .all,
            hasNames: false
        ) { ["\($0.player)", "\($0.score)", $0.time()] },
        table("jq, @tsv", head, "\t", quoting: .never, row: plain),
        json("jq -c of lists", before: "[", between: "]\n[", after: "]\n", object: plainObject),
        table("Excel", titles, lineEnd: "\r\n", encoding: .marked, row: plain).packed("gzip of Excel"),
        table("LibreOffice", head, row: plain).packed("gzip, several members", members: 3),
        json("jq", object: prettyObject).packed("gzip of jq"),
        table("PowerShell", head, quoting: .all, encoding: .utf16, row: plain).packed("gzip of UTF-16"),
    ]

    @Sendable private static func plainObject(_ score: ForeignScore) -> String {
        "{\"player\":\(score.player),\"score\":\(score.score),\"time\":\"\(score.time())\",\"name\":\(quoted(score.name))}"
    }

    @Sendable private static func prettyObject(_ score: ForeignScore) -> String {
        """
        {
          "user_id": "\(score.player)",
          "score": \(score.score),
          "created_at": "\(score.time())",
          "name": \(quoted(score.name))
        }
        """
    }

    private static let databases: [ForeignProgram] = [
        table("psql, \\copy csv", ["user_id", "best_score", "updated_at", "name"]) {
            ["\($0.player)", "\($0.score)", $0.time(" ", "+00"), $0.name]
        },
        table("psql, \\copy", head, "\t", quoting: .never) {
            ["\($0.player)", "\($0.score)", $0.time(" ", "+00"), $0.name ?? "\\N"]
        },
        table("psql, unaligned", head, "|", quoting: .never, hasNames: false, row: bare),
        table(
            "psql, aligned",
            ["   player   ", " score ", "          time          ", " name "],
            "|",
            quoting: .never,
            hasNames: false
        ) {
            [" \($0.player) ", "     \($0.score) ", " \($0.time(" ", "+00")) ", " "]
        },
        json("psql, json_agg", before: "[", between: ", \n ", after: "]\n", object: plainObject),
        table("sqlite3 -csv", head, lineEnd: "\r\n") {
            ["\($0.player)", "\($0.score)", $0.time(" ", ""), $0.name]
        },
        table("sqlite3, list", head, "|", quoting: .never, hasNames: false, row: bare),
        json("sqlite3 -json", before: "[", between: ",\n", after: "]\n", object: plainObject),
        table("MySQL, OUTFILE", [], "\t", quoting: .never, hasNames: false, row: bare),
        table("MySQL, OUTFILE as CSV", [], quoting: .backslash, hasNames: false, row: bare),
        table("MySQL, OUTFILE with a head", head, quoting: .backslash) {
            ["\($0.player)", "\($0.score)", $0.time(" ", ""), $0.name ?? "\\N"]
        },
        table("mysql -B", head, "\t", quoting: .never) {
            ["\($0.player)", "\($0.score)", $0.time(" ", ""), $0.name ?? "NULL"]
        },
        table(
            "SQL Server",
            ["PlayerId", "Points", "PlayedAt", "Nickname"],
            lineEnd: "\r\n",
            encoding: .utf16
        ) {
            ["\($0.player)", "\($0.score)", $0.time(" ", seconds: ":00.0000000", ""), $0.name ?? "NULL"]
        },
        table("BigQuery", ["player", "score", "time", "name"]) {
            ["\($0.player)", "\($0.score)", $0.time(" ", " UTC"), $0.name]
        },
        json("mongoexport") {
            "{\"_id\":{\"$oid\":\"65e1\"},\"player\":{\"$numberLong\":\"\($0.player)\"},\"score\":\($0.score),"
                + "\"time\":{\"$date\":\"\($0.time())\"},\"name\":\(quoted($0.name))}"
        },
        table("redis-cli --csv", [], quoting: .all, hasNames: false, hasTimes: false) {
            ["\($0.player)", "\($0.score)"]
        },
        table("two files, joined", head, endsLastLine: true, row: plain).twice(),
    ]

    private static let services: [ForeignProgram] = [
        json(
            "Nakama",
            before: "{\n  \"records\": [\n",
            between: ",\n",
            after: "\n  ],\n  \"next_cursor\": \"\"\n}\n",
            hasOwners: true,
            object: record
        ),
        json(
            "Nakama, pages",
            before: "{\"records\":[",
            between: "],\"owner_records\":[]}\n{\"records\":[",
            after: "]}\n",
            hasOwners: true,
            object: record
        ),
        json(
            "PlayFab",
            before: "{\"code\":200,\"status\":\"OK\",\"data\":{\"Leaderboard\":[",
            between: ",",
            after: "],\"Version\":0}}",
            hasTimes: false,
            hasOwners: true
        ) {
            "{\"PlayFabId\":\"id-\($0.player)\",\"DisplayName\":\(quoted($0.name)),\"StatValue\":\($0.score),\"Position\":0}"
        },
        json(
            "GameSparks",
            before: "{\"@class\":\".LeaderboardDataResponse\",\"data\":[",
            between: ",",
            after: "],\"leaderboardShortCode\":\"HS\"}",
            hasOwners: true
        ) {
            "{\"userId\":\"id-\($0.player)\",\"userName\":\(quoted($0.name)),\"score_attr\":\($0.score),\"when\":\"\($0.time(seconds: ""))\",\"rank\":1}"
        },
        json(
            "Unity",
            before: "{\"limit\":10,\"total\":9,\"results\":[",
            between: ",",
            after: "]}",
            hasOwners: true
        ) {
            "{\"playerId\":\"id-\($0.player)\",\"playerName\":\(quoted($0.name)),\"rank\":0,\"score\":\($0.score).0,\"updatedTime\":\"\($0.time())\"}"
        },
        json(
            "LootLocker",
            before: "{\"pagination\":{\"total\":3},\"items\":[",
            between: ",",
            after: "]}",
            hasTimes: false,
            hasOwners: true
        ) {
            "{\"member_id\":\"id-\($0.player)\",\"rank\":1,\"score\":\($0.score),\"metadata\":\"\",\"player\":{\"name\":\(quoted($0.name))}}"
        },
        json(
            "Telegram, getGameHighScores",
            before: "{\"ok\":true,\"result\":[",
            between: ",",
            after: "]}",
            hasTimes: false
        ) {
            "{\"position\":1,\"user\":{\"id\":\($0.player),\"is_bot\":false,\"first_name\":\(quoted($0.name))},\"score\":\($0.score)}"
        },
        json(
            "this program's leaderboard",
            before: "{\"window\":\"all\",\"entries\":[",
            between: ",",
            after: "],\"me\":null}"
        ) {
            "{\"rank\":1,\"score\":\($0.score),\"player\":{\"id\":\"\($0.player)\",\"name\":\(quoted($0.name))},\"achieved_at\":\"\($0.time())\"}"
        },
    ]

    @Sendable private static func record(_ score: ForeignScore) -> String {
        "{\"leaderboard_id\":\"tetris\",\"owner_id\":\"id-\(score.player)\",\"username\":\(quoted(score.name)),"
            + (score.score == 0 ? "" : "\"score\":\"\(score.score)\",") + "\"metadata\":\"{}\","
            + "\"create_time\":\"2026-01-01T00:00:00Z\",\"update_time\":\"\(score.time())\"}"
    }

    /// Half of the scores in each of two files that are put behind one another.
    private func twice() -> ForeignProgram {
        ForeignProgram(name: name) { scores in
            write(Array(scores.prefix(1))) + write(Array(scores.dropFirst()))
        }
    }
}
