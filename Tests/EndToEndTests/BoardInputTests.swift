import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// Whatever is wrong about boards gets the contract's answer, and nothing of it is taken.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct BoardInputTests {
    /// A request and what it is answered with.
    private struct Case: Sendable {
        var method = CurlRequest.Method.post
        var path = "/v1/scores"
        let token: String
        var key: String?
        var body: String?
        let status: Int
        let code: String
    }

    private static let tooLong = String(repeating: "d", count: 33)
    /// Names of no board of the game; the last one was taken away.
    private static let unknown = ["none", "Main", "MAIN", "a b", "", tooLong, "gone"]
    private static let tables = [
        "players", "scores", "boards", "entries", "deliveries", "attempts", "server_runs",
    ]

    /// Declares what the cases speak of.
    private func declare(_ arena: Arena) async throws {
        let many = (1...16).map { "b\($0)" }.joined(separator: " ")
        for line in [
            "board add tetris hard --windows all,week --min-score 10 --max-score 100",
            "board add tetris gone",
            "board remove tetris gone --yes", "board add tetris daily --attempts 2/all",
            "board add tetris \(many)",
        ] {
            let result = try await arena.command(line)
            #expect(result.code == 0, "\(line): \(result)")
        }
    }

    private func check(_ cases: [Case], at service: Service) async throws {
        let before = try await Database.counts(Self.tables)
        for wrong in cases {
            let answer = try await service.send(
                wrong.method,
                wrong.path,
                token: wrong.token,
                headers: wrong.key.map { [(name: "Idempotency-Key", value: $0)] } ?? [],
                body: wrong.body.map { Array($0.utf8) }
            )
            #expect(
                answer.status == wrong.status && answer.code == wrong.code,
                "\(wrong.path) \(wrong.body ?? ""): \(answer)"
            )
        }
        #expect(try await Database.counts(Self.tables) == before)
    }

    @Test func `what pages send that is wrong about boards takes nothing`() async throws {
        try await Arena.with { arena in
            try await declare(arena)
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.recordedLaunch(Arena.ada, message)
            let run = try await service.startRun(launch)
            let daily = try await service.send(
                .post,
                "/v1/runs",
                token: launch,
                body: Array(#"{"board":"daily"}"#.utf8)
            )
            let ofDaily = try #require(daily.json["run"]?.string)
            let main = try await service.send(
                .post,
                "/v1/runs",
                token: launch,
                body: Array(#"{"board":"main"}"#.utf8)
            )
            #expect(main.json["board"]?.string == "main")
            let ofMain = try #require(main.json["run"]?.string)

            try await check(Self.names(run: run, launch: launch), at: service)
            try await check(
                Self.scores(run: run, ofMain: ofMain, ofDaily: ofDaily, launch: launch),
                at: service
            )

            // None of them has used the runs up; each board judges by its own bounds.
            let taken = try await service.send(
                .post,
                "/v1/scores?boards=hard:global/week",
                token: run,
                body: Array(#"{"scores":{"main":5,"hard":101,"b1":2147483647}}"#.utf8)
            )
            #expect(taken.status == 200 && taken.json["outcome"]?.string == "new_best", "\(taken)")
            #expect(taken.json["results"]?["hard"]?["outcome"]?.string == "refused")
            #expect(taken.json["results"]?["b1"]?["best"]?.int64 == 2_147_483_647)
            #expect(try await service.board(launch, "&board=hard").isEmpty)
            for (token, score, board) in [(ofMain, 6, "main"), (ofDaily, 7, "daily")] {
                #expect(try await service.submit(score, token).status == 200)
                #expect(try await service.board(launch, "&board=\(board)") == ["\(Arena.ada)": Int64(score)])
            }

            // A game that is switched off takes nothing on any board.
            let next = try await service.startRun(launch)
            #expect(try await arena.command("game disable tetris --yes").code == 0)
            try await Program.wait(for: "the game to be off") { () -> Void? in
                try await service.send(.post, "/v1/runs", token: launch).code == "game_disabled" ? () : nil
            }
            let off = [
                Case(
                    token: next,
                    body: #"{"scores":{"hard":50,"b1":1}}"#,
                    status: 403,
                    code: "game_disabled"
                ),
                Case(
                    path: "/v1/runs",
                    token: launch,
                    body: #"{"board":"daily"}"#,
                    status: 403,
                    code: "game_disabled"
                ),
            ]
            try await check(off, at: service)
            try await service.stop()
        }
    }

    /// Boards that are none, wherever a board is named.
    private static func names(run: String, launch: String) -> [Case] {
        unknown.flatMap { name -> [Case] in
            let encoded = name.replacingOccurrences(of: " ", with: "%20")
            var cases = [
                Case(
                    path: "/v1/runs",
                    token: launch,
                    key: "a",
                    body: #"{"board":"\#(name)"}"#,
                    status: 422,
                    code: "board_unknown"
                ),
                Case(token: run, body: #"{"scores":{"\#(name)":1}}"#, status: 422, code: "board_unknown"),
                Case(
                    token: run,
                    body: #"{"scores":{"main":1,"\#(name)":1}}"#,
                    status: 422,
                    code: "board_unknown"
                ),
                Case(
                    token: launch,
                    key: "a",
                    body: #"{"scores":{"hard":50,"\#(name)":1}}"#,
                    status: 422,
                    code: "board_unknown"
                ),
                Case(
                    method: .get,
                    path: "/v1/leaderboard?board=\(encoded)",
                    token: launch,
                    status: 422,
                    code: "board_unknown"
                ),
                Case(
                    method: .get,
                    path: "/v1/history?board=\(encoded)",
                    token: launch,
                    status: 422,
                    code: "board_unknown"
                ),
            ]
            // A spelling without a name is none.
            if !name.isEmpty {
                cases.append(
                    Case(
                        path: "/v1/scores?boards=\(encoded):chat/all",
                        token: run,
                        body: #"{"score":1}"#,
                        status: 422,
                        code: "board_unknown"
                    )
                )
            }
            return cases
        }
    }

    /// Scores that are wrong, and boards that the run may not feed.
    private static func scores(run: String, ofMain: String, ofDaily: String, launch: String) -> [Case] {
        let seventeen = ["main"] + (1...16).map { "b\($0)" }
        let all = seventeen.map { #""\#($0)":1"# }.joined(separator: ",")
        var cases = ["-1", "-0", "1.0", "1e3", "\"5\"", "true", "null", "[]", "{}", "2147483648"].flatMap {
            score in
            [#"{"scores":{"main":1,"hard":\#(score)}}"#, #"{"scores":{"hard":\#(score),"main":1}}"#].map {
                Case(token: run, body: $0, status: 422, code: "score_invalid")
            }
        }
        cases += ["{}", "[]", "7", "null", #"[{"main":1}]"#, "{\(all)}"].map { scores in
            Case(token: run, body: #"{"scores":\#(scores)}"#, status: 422, code: "score_invalid")
        }
        cases += [
            #"{"scores":{"main":1,"hard":}}"#, #"{"scores":{"main":1,"main":1}}"#,
            #"{"scores":{"hard":1,"main":1,"hard":2}}"#, #"{"scores":{"main":1},"scores":{"main":1}}"#,
            #"{"score":1,"scores":{"main":1}}"#, #"{"scores":{"main":01}}"#,
        ].map { Case(token: run, body: $0, status: 400, code: "malformed_json") }
        for (token, body) in [
            (ofMain, #"{"scores":{"hard":50}}"#), (ofMain, #"{"scores":{"main":1,"hard":50}}"#),
            (ofDaily, #"{"scores":{"main":1}}"#), (ofDaily, #"{"scores":{"daily":1,"hard":50}}"#),
        ] {
            cases.append(Case(token: token, body: body, status: 422, code: "board_unknown"))
        }
        for (token, body) in [
            (run, #"{"scores":{"daily":1}}"#), (run, #"{"scores":{"main":1,"daily":1}}"#),
            (launch, #"{"scores":{"daily":1}}"#),
        ] {
            cases.append(Case(token: token, key: "a", body: body, status: 400, code: "run_required"))
        }
        let seventeenAsked = (1...17).map { _ in "chat/all" }.joined(separator: ",")
        for asked in [
            "hard:chat/all", "main:chat/all,hard:chat/all", "hard:", ":chat/all", "main:chat", seventeenAsked,
        ] {
            cases.append(
                Case(
                    path: "/v1/scores?boards=\(asked)",
                    token: run,
                    body: #"{"score":1}"#,
                    status: 400,
                    code: "unknown_parameter_value"
                )
            )
        }
        for path in ["/v1/scores?boards=hard:chat/day", "/v1/scores?boards=global/season"] {
            let body = #"{"scores":{"hard":50}}"#
            cases.append(Case(path: path, token: run, body: body, status: 404, code: "no_such_window"))
        }
        return cases + [
            Case(
                method: .get,
                path: "/v1/leaderboard?board=hard&window=day",
                token: launch,
                status: 404,
                code: "no_such_window"
            ),
            Case(
                path: "/v1/runs",
                token: launch,
                body: #"{"board":5}"#,
                status: 400,
                code: "unknown_parameter_value"
            ),
            Case(
                path: "/v1/runs",
                token: launch,
                key: String(repeating: "k", count: 129),
                body: #"{"board":"daily"}"#,
                status: 400,
                code: "unknown_parameter_value"
            ),
        ]
    }

    @Test func `what a studio's server sends that is wrong about boards takes nothing`() async throws {
        try await Arena.with { arena in
            try await declare(arena)
            let service = try await arena.serve()
            let made = try await arena.command("key create tetris --label match --fields key")
            let key = made.output.trimmingCharacters(in: .newlines)
            let route = "/v1/games/arena_bot/tetris"
            try await Program.wait(for: "the key to be accepted") { () -> Void? in
                try await service.send(.get, "\(route)/leaderboard", token: key).status == 200 ? () : nil
            }
            let wrong =
                Self.unknown.map { (#"{"main":1,"\#($0)":1}"#, "board_unknown") } + [
                    (#"{"daily":1}"#, "run_required"), (#"{"main":1,"hard":-1}"#, "score_invalid"),
                    (#"{"main":1,"main":1}"#, "malformed_json"), ("{}", "score_invalid"),
                ]
            let items = wrong.enumerated().map { number, item in
                #"{"id":"\#(number)","player":{"id":"5"},"scores":\#(item.0)}"#
            }
            let before = try await Database.counts(["scores", "entries"])
            let answer = try await service.send(
                .post,
                "\(route)/scores",
                token: key,
                body: Array(#"{"scores":[\#(items.joined(separator: ","))]}"#.utf8)
            )
            let codes = answer.json["results"]?.elements.map { $0["code"]?.string ?? "-" }
            #expect(codes == wrong.map(\.1), "\(answer)")
            #expect(try await Database.counts(["scores", "entries"]) == before)
            for name in Self.unknown {
                let board = name.replacingOccurrences(of: " ", with: "%20")
                let page = try await service.send(.get, "\(route)/leaderboard?board=\(board)", token: key)
                #expect(page.status == 422 && page.code == "board_unknown", "\(name): \(page)")
            }
            try await service.stop()
        }
    }

    @Test func `boards that cannot be are not declared, one by one or from a file`() async throws {
        try await Arena.with { arena in
            try await declare(arena)
            let longest = String(repeating: "d", count: 32)
            let before = try await Database.counts(["games", "audit"])
            let wrong: [([String], Int32)] = [
                (["main"], 5), (["Main"], 2), (["a b"], 2), ([Self.tooLong], 2), ([""], 2), (["1st"], 2),
                (["ä"], 2), (["new", "a b"], 2), (["new", "new"], 2), (["new", "hard"], 5), (["gone"], 5),
                (["new", "--attempts", "0/day"], 2), (["new", "--attempts", "3/hour"], 2),
                (["new", "--seed", "hour"], 2), (["new", "--windows", "week"], 2),
                (["new", "--min-score", "10", "--max-score", "9"], 2), ([], 2),
            ]
            for (arguments, code) in wrong {
                let variables = ["DATABASE_URL": ScratchDatabase.current.url]
                let result = try await arena.run(["board", "add", "tetris"] + arguments, with: variables)
                #expect(result.code == code, "\(arguments): \(result)")
            }
            let file = arena.folder.appendingPathComponent("boards.txt")
            let thousand = (1...1000).map { "level\($0)" }.joined(separator: "\n")
            for (text, code) in [
                ("new\na b\n", 2), ("new\nMain\n", 2), ("new\n\(Self.tooLong)\n", 2), ("new\nmain\n", 5),
                ("new\nother\nnew\n", 2), ("new\nhard\n", 5), (thousand, 5),
            ] as [(String, Int32)] {
                try Data(text.utf8).write(to: file)
                let result = try await arena.command("board add tetris --file \(file.path)")
                #expect(result.code == code, "\(text.prefix(40)): \(result)")
            }
            for (line, code) in [
                ("board set tetris none --order lower --yes", 3),
                ("board set tetris gone --order lower --yes", 3),
                ("board remove tetris main --yes", 2), ("board remove tetris none --yes", 3),
                ("board show tetris --board Main", 3), ("score list --game tetris --board none", 3),
            ] as [(String, Int32)] {
                let result = try await arena.command(line)
                #expect(result.code == code, "\(line): \(result)")
            }
            #expect(try await Database.counts(["games", "audit"]) == before)
            try Data("# levels\r\n  \(longest)\t\r\n\r\nl-1\r\n".utf8).write(to: file)
            #expect(try await arena.command("board add tetris --file \(file.path)").code == 0)
            let list = try await arena.command("board list tetris --fields board")
            #expect(
                Set(list.output.split(separator: "\n")).isSuperset(of: ["main", "l-1", longest[...]]),
                "\(list)"
            )
        }
    }
}
