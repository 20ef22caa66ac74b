import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// A page that knows of no boards is told what it always was, byte for byte but for members that it does not know.
@Suite(.serialized, .scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct OldPageTests {
    /// A document without the members that came with boards.
    private func old(_ answer: Service.Answer) -> String {
        answer.text.replacingOccurrences(of: #""title":"Tetris","board":"main","#, with: "")
            .replacingOccurrences(of: #""board":"main","#, with: "")
    }

    private func text(_ answer: Service.Answer, _ path: String...) throws -> String {
        var value = answer.json
        for name in path { value = try #require(value[name]) }
        return try #require(value.string)
    }

    @Test func `a page without boards gets the documents that it always got`() async throws {
        try await Arena.with { arena in
            // What else the game has is none of its business.
            for line in [
                "board add tetris hard --order lower", "board add tetris daily --attempts 1/day --seed day",
            ] {
                #expect(try await arena.command(line).code == 0)
            }
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let other = try await service.startRun(try await arena.recordedLaunch(Arena.zoe, message))
            let both = try await service.send(
                .post,
                "/v1/scores",
                token: other,
                body: Array(#"{"scores":{"hard":9,"main":2}}"#.utf8)
            )
            #expect(both.status == 200, "\(both)")

            let launch = try await arena.launch(Arena.ada, message)
            let started = try await service.send(.post, "/v1/runs", token: launch)
            let (run, id) = (try text(started, "run"), try text(started, "run_id"))
            let chat = try text(started, "chat_instance")
            #expect(started.status == 201)
            #expect(
                started.text == """
                    {"run":"\(run)","run_id":"\(id)","started_at":"\(try text(started, "started_at"))",\
                    "expires_at":"\(try text(started, "expires_at"))",\
                    "board_token":"\(try text(started, "board_token"))",\
                    "game":{"name":"arena_bot/tetris","title":"Tetris","order":"higher","keep":"best"},\
                    "player":{"id":"\(Arena.ada)","name":"Ada"},"chat_instance":"\(chat)"}
                    """
            )

            let receipt = """
                {"outcome":"new_best","run_id":"\(id)","score":1,"best":1,"previous_best":null,\
                "boards":[{"scope":"chat","window":"all","rank":2,"previous_rank":null,"entries":2,\
                "next":{"rank":1,"score":2}},\
                {"scope":"global","window":"all","rank":2,"previous_rank":null,"entries":2,\
                "next":{"rank":1,"score":2}}],"reasons":[]}
                """
            for isReplay in [false, true] {
                let answer = try await service.send(
                    .post,
                    "/v1/scores?boards=global/all",
                    token: run,
                    body: Array(#"{"score": 1}"#.utf8)
                )
                #expect(answer.status == 200)
                #expect(old(answer) == receipt)
                #expect(answer.headers["Idempotency-Replayed"] == (isReplay ? "true" : nil))
            }

            let page = try await service.send(.get, "/v1/leaderboard", token: run)
            let times = try #require(page.json["entries"]).elements.compactMap { $0["achieved_at"]?.string }
            try #require(times.count == 2)
            #expect(
                old(page) == """
                    {"game":"arena_bot/tetris","scope":"chat","window":"all","from":null,"to":null,"zone":"UTC",\
                    "final":false,"order":"higher","total":2,"entries":[\
                    {"rank":1,"player":{"id":"\(Arena.zoe)","name":"Zoë","username":"zoë"},"score":2,\
                    "achieved_at":"\(times[0])","me":false},\
                    {"rank":2,"player":{"id":"\(Arena.ada)","name":"Ada","username":"ada"},"score":1,\
                    "achieved_at":"\(times[1])","me":true}],\
                    "me":{"rank":2,"score":1,"percentile":50.0},"next":null,"previous":null}
                    """
            )
            let week = try await service.send(
                .get,
                "/v1/leaderboard?window=week&scope=global&limit=1",
                token: launch
            )
            #expect(week.json["entries"]?.firstElement?["score"]?.int64 == 2)
            let wrong = try await service.send(
                .post,
                "/v1/scores",
                token: run,
                body: Array(#"{"score": 3}"#.utf8)
            )
            #expect(wrong.status == 409)
            #expect(
                wrong.text.hasPrefix(
                    #"{"type":"/problems/run_already_scored","title":"Run already scored","status":409,"detail":""#
                ),
                "\(wrong)"
            )
            await arena.expectTable([Arena.ada: 1, Arena.zoe: 2])
            try await service.stop()
        }
    }
}
