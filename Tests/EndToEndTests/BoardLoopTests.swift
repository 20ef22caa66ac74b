import Curl
import Foundation
import JSON
import Postgres
import TestSupport
import Testing

/// Boards of a game, from the command that declares them to the scores on them, with the built program.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct BoardLoopTests {
    private func submit(_ body: String, _ token: String, at service: Service, query: String = "") async throws
        -> Service.Answer
    {
        try await service.send(.post, "/v1/scores\(query)", token: token, body: Array(body.utf8))
    }

    private func done(_ arena: Arena, _ line: String) async throws -> String {
        let result = try await arena.command(line)
        #expect(result.code == 0, "\(line): \(result)")
        return result.output
    }

    @Test func `boards are declared, played, shown, changed and taken away`() async throws {
        try await Arena.with { arena in
            _ = try await done(arena, "board add tetris hard expert --windows all,week --order lower")
            _ = try await done(arena, "board add tetris daily --attempts 2/day --seed day")
            let list = try await done(arena, "board list tetris --fields board,order,windows,attempts,seed")
            #expect(list.split(separator: "\n").count == 4)
            #expect(list.contains("daily\thigher\tall day week month season\t2/day\tday"), "\(list)")
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.launch(Arena.ada, message)

            let run = try await service.startRun(launch)
            let both = #"{"scores":{"main":10,"hard":90}}"#
            let answer = try await submit(both, run, at: service, query: "?boards=hard:global/all")
            #expect(answer.status == 200, "\(answer)")
            #expect(answer.json["results"]?["hard"]?["best"]?.int64 == 90)
            let boards = answer.json["boards"]?.elements.map { $0["board"]?.string }
            #expect(boards == ["main", "hard"])
            let again = try await submit(both, run, at: service)
            #expect(again.headers["Idempotency-Replayed"] == "true", "\(again)")
            let other = try await submit(#"{"score":10}"#, run, at: service)
            #expect(other.code == "run_already_scored")
            #expect(try await service.board(launch, "&board=hard") == ["\(Arena.ada)": 90])
            await arena.expectTable([Arena.ada: 10])

            // Whatever is wrong with one of them takes nothing of the run.
            let next = try await service.startRun(launch)
            for (body, status, code) in [
                (#"{"scores":{"main":11,"none":1}}"#, 422, "board_unknown"),
                (#"{"scores":{"main":11,"Main":1}}"#, 422, "board_unknown"),
                (#"{"scores":{"main":11,"hard":-1}}"#, 422, "score_invalid"),
                (#"{"scores":{"main":11,"hard":1e3}}"#, 422, "score_invalid"),
                (#"{"scores":{}}"#, 422, "score_invalid"), (#"{"scores":[1]}"#, 422, "score_invalid"),
                (#"{"scores":{"main":11,"main":12}}"#, 400, "malformed_json"),
                (#"{"score":1,"scores":{"main":11}}"#, 400, "malformed_json"),
                (#"{"scores":{"daily":11}}"#, 400, "run_required"),
            ] {
                let answer = try await submit(body, next, at: service)
                #expect(answer.status == status && answer.code == code, "\(body): \(answer)")
            }
            let taken = try await submit(#"{"scores":{"main":11,"expert":5}}"#, next, at: service)
            #expect(taken.status == 200, "\(taken)")

            let history = try await service.send(.get, "/v1/history?limit=3", token: launch)
            #expect(history.json["runs"]?.elements.map { $0["board"]?.string } == ["main", "expert", "main"])
            #expect(history.json["next"]?.string != nil)

            #expect(
                try await service.send(.get, "/v1/leaderboard?board=none", token: launch).code
                    == "board_unknown"
            )
            let month = try await service.send(.get, "/v1/leaderboard?board=hard&window=month", token: launch)
            #expect(month.code == "no_such_window")

            let shown = try await done(arena, "board show tetris --board hard --fields score")
            #expect(shown == "90\n")
            let question = try await arena.command(
                "board set tetris hard --order higher --keep latest --dry-run"
            )
            #expect(question.code == 0)
            _ = try await done(arena, "board remove tetris expert --yes --reason over")
            let gone = try await arena.command("board show tetris --board expert")
            #expect(gone.code == 3, "\(gone)")
            let removal = try await done(arena, "audit list --action board.remove --fields audit")
            _ = try await done(arena, "audit undo \(removal.split(separator: "\n").first ?? "") --yes")
            #expect(try await done(arena, "board show tetris --board expert --fields score") == "5\n")
            try await service.stop()
        }
    }

    @Test func `attempts are used on disk when runs start`() async throws {
        try await Arena.with { arena in
            _ = try await done(arena, "board add tetris daily --attempts 2/day --seed day")
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let launch = try await arena.launch(Arena.ada, message)
            func start(_ key: String, board: String = "daily") async throws -> Service.Answer {
                try await service.send(
                    .post,
                    "/v1/runs",
                    token: launch,
                    headers: [(name: "Idempotency-Key", value: key)],
                    body: Array(#"{"board":"\#(board)"}"#.utf8)
                )
            }
            let first = try await start("a")
            #expect(first.status == 201, "\(first)")
            #expect(first.json["attempt"]?["number"]?.int64 == 1 && first.json["attempt"]?["of"]?.int64 == 2)
            #expect(first.json["seed"]?.string?.count == 16)
            let again = try await start("a")
            #expect(again.json["run_id"]?.string == first.json["run_id"]?.string)
            #expect(again.json["attempt"]?["number"]?.int64 == 1)
            let second = try await start("b")
            #expect(second.json["attempt"]?["number"]?.int64 == 2)
            #expect(second.json["seed"]?.string == first.json["seed"]?.string)
            let third = try await start("c")
            #expect(third.status == 409 && third.code == "attempts_used", "\(third)")
            #expect(try await start("c", board: "none").code == "board_unknown")
            let run = try #require(first.json["run"]?.string)
            let answer = try await submit(#"{"score":7}"#, run, at: service)
            #expect(answer.json["boards"]?.firstElement?["board"]?.string == "daily", "\(answer)")
            #expect(try await service.board(launch, "&board=daily") == ["\(Arena.ada)": 7])
            #expect(try await service.board(launch).isEmpty)
            try await service.stop()

            // Seeds come from the database, whatever secrets tokens are signed with, and nobody is told the key.
            _ = try await done(arena, "board set tetris daily --seed none --attempts none --yes")
            _ = try await done(arena, "board set tetris daily --seed day --yes")
            let other = ["HIGHSCORES_SECRET": String(Arena.secret.reversed())]
            let renewed = try await arena.serve([], other, port: service.port)
            let later = try await renewed.send(
                .post,
                "/v1/runs",
                token: try await arena.launch(Arena.ada, message),
                body: Array(#"{"board":"daily"}"#.utf8)
            )
            // Midnight may have come.
            let isSameDay =
                later.json["started_at"]?.string?.prefix(10) == first.json["started_at"]?.string?.prefix(10)
            #expect((later.json["seed"]?.string == first.json["seed"]?.string) == isSameDay, "\(later)")
            let told = try await ScratchDatabase.current.pool.withSession { session throws(PostgresError) in
                try session.query(
                    """
                    SELECT count(*) FROM audit a, games g
                    WHERE g.seed_key IS NOT NULL AND a::text LIKE '%' || encode(g.seed_key, 'hex') || '%'
                    """
                ).decode(Int.self)
            }
            #expect(told == [0])
            try await renewed.stop()
        }
    }

    @Test func `Telegram's table shows the board that the game names`() async throws {
        try await Arena.with { arena in
            _ = try await done(arena, "board add tetris hard")
            _ = try await done(arena, "board add tetris last --keep latest")
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            func play(_ person: Int64, _ scores: String) async throws {
                let run = try await service.startRun(try await arena.launch(person, message))
                let answer = try await submit(#"{"scores":{\#(scores)}}"#, run, at: service)
                #expect(answer.status == 200, "\(answer)")
            }
            try await play(Arena.ada, #""main":10,"hard":90,"last":50"#)
            try await play(Arena.zoe, #""main":20"#)
            await arena.expectTable([Arena.ada: 10, Arena.zoe: 20])

            let shown = "game set tetris --telegram-board hard"
            #expect(try await arena.command(shown).code == 2)
            let trial = try await arena.command("\(shown) --dry-run")
            #expect(trial.output.contains("telegram_board\tmain\thard"), "\(trial)")
            #expect(trial.errors.contains("2 values of Telegram's tables would follow"), "\(trial)")
            _ = try await done(arena, "\(shown) --yes")
            await arena.expectTable([Arena.ada: 90])
            try await play(Arena.zoe, #""main":30,"hard":5"#)
            await arena.expectTable([Arena.ada: 90, Arena.zoe: 5])
            let drift = try await arena.command("delivery reconcile tetris --check")
            #expect(drift.code == 0, "\(drift)")
            #expect(try await arena.command("delivery list --game tetris:last").code == 5)
            #expect(try await arena.command("board remove tetris hard --yes").code == 5)

            #expect(try await arena.command("game set tetris --telegram-board last --yes").code == 2)
            _ = try await done(arena, "game set tetris --telegram-board last --telegram-score same --yes")
            await arena.expectTable([Arena.ada: 50])
            try await play(Arena.ada, #""last":30"#)
            await arena.expectTable([Arena.ada: 30])
            let changes = try await done(arena, "audit list --action game.set --fields audit")
            _ = try await done(arena, "audit undo \(changes.split(separator: "\n").first ?? "") --yes")
            await arena.expectTable([Arena.ada: 90, Arena.zoe: 5])
            try await service.stop()
        }
    }

    @Test func `a run is explained, reviewed and corrected board by board`() async throws {
        try await Arena.with { arena in
            _ = try await done(arena, "game set tetris --max-score 100 --outcome max-score=hold")
            _ = try await done(arena, "board add tetris easy hard")
            _ = try await done(arena, "board set tetris hard --max-score 50")
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let run = try await service.startRun(try await arena.launch(Arena.ada, message))
            let answer = try await submit(#"{"scores":{"main":500,"hard":70,"easy":9}}"#, run, at: service)
            let id = try #require(answer.json["run_id"]?.string)

            let why = try await arena.command("score get \(id) --fields board,window,verdict,why")
            let held = "held\tit waits for review: above_max_score"
            #expect(why.output.hasPrefix("main\tall\t\(held) (500, max-score 100)\n"), "\(why)")
            #expect(why.output.contains("hard\tall\t\(held) (70, max-score 50)\n"), "\(why)")
            #expect(why.output.contains("easy\tall\ton_board\tit is the entry\n"), "\(why)")
            #expect(
                why.errors.contains("70 by Ada (player \(Arena.ada)) in 'arena_bot/tetris:hard' at"),
                "\(why)"
            )
            #expect(why.errors.contains("highscores:   above_max_score (70, max-score 50)\n"), "\(why)")
            let start = id.prefix(10).uppercased()
            let one = try await done(arena, "score get \(start) --board hard --fields board")
            #expect(try await arena.command("score get 00000 --board hard").code == 3)
            #expect(Set(one.split(separator: "\n")) == ["hard"])
            _ = try await done(arena, "board set tetris hard --max-score 80")
            #expect(
                try await done(arena, "score get \(id) --board hard --fields why")
                    .hasPrefix("it waits for review: above_max_score (70, max-score is 80 now)\n")
            )

            let list = "review list --game tetris --fields game,score"
            #expect(try await done(arena, list).split(separator: "\n").count == 2)
            #expect(try await done(arena, "\(list) --board hard") == "arena_bot/tetris:hard\t70\n")
            _ = try await done(arena, "review accept --game tetris --board hard --yes")
            #expect(try await done(arena, list) == "arena_bot/tetris\t500\n")
            #expect(try await done(arena, "board show tetris --board hard --fields score") == "70\n")

            let tighter = try await arena.command("board set tetris easy --max-score 3 --dry-run")
            #expect(
                tighter.errors.contains("1 player of 'arena_bot/tetris:easy' had scores outside"),
                "\(tighter)"
            )
            let listed = try await done(arena, "player list --game tetris --board hard --fields player,best")
            #expect(listed == "\(Arena.ada)\t70\n")
            let known = try await done(arena, "player export \(Arena.ada)")
            #expect(known.contains(#""board" : "hard""#), "\(known)")
            #expect(try await done(arena, "complete games").split(separator: "\n").contains("tetris"))
            let several = try await arena.command("score set \(id) 5 --yes")
            #expect(
                several.code == 2 && several.errors.contains("'--board' names one: main, easy, hard"),
                "\(several)"
            )
            _ = try await done(arena, "score set \(id) 5 --board easy --yes")
            #expect(try await done(arena, "board show tetris --board easy --fields score") == "5\n")
            let stats = try await done(arena, "game stats tetris --board easy")
            #expect(stats.contains("all\t\t1\t1"), "\(stats)")
            for line in [
                "game set tetris:hard --title Hard", "player ban \(Arena.ada) --game tetris:hard --yes",
                "key create tetris:hard --label x", "game disable tetris:hard --yes",
            ] { #expect(try await arena.command(line).code == 2, "\(line)") }
            try await service.stop()
        }
    }
}
