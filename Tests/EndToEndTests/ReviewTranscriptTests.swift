import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// What `highscores review` says, word for word, about runs that a running service held.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(10))) struct ReviewTranscriptTests {
    private static let line = "RUN\tarena_bot/tetris\t"

    @Test func `runs are held, found, accepted and refused`() async throws {
        try await Arena.with { arena in
            let desk = Transcript(arena)
            try await desk.expect(
                [
                    "game", "set", "tetris", "--max-score", "100", "--outcome", "max-score=hold",
                    "--max-per-hour", "50",
                ],
                """
                max_score\t\t100
                max_per_hour\t\t50
                outcomes\t\tmax_score=hold
                highscores: changed 3 settings of 'arena_bot/tetris'
                highscores: 'highscores audit undo N' takes it back
                0
                """
            )
            try await desk.expect(
                ["game", "set", "tetris", "--outcome", "luck=hold"],
                ending: "\n2"
            )
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            for (player, score) in [(Arena.ada, 90), (Arena.ada, 500), (Arena.zoe, 600)] {
                try await arena.play(player, message, at: service, score)
            }
            await arena.expectTable([Arena.ada: 90])
            let fields = "run,game,player,name,score,outcome,reasons,state"
            try await desk.expect(
                ["review", "list", "--fields", fields],
                """
                \(Self.line)\(Arena.ada)\tAda\t500\thold\tabove_max_score\theld
                \(Self.line)\(Arena.zoe)\tZoë\t600\thold\tabove_max_score\theld
                0
                """
            )
            try await desk.expect(
                ["review", "list", "--player", "\(Arena.zoe)", "--ndjson", "--fields", "run,score,reasons"],
                #"{"run":"RUN","score":600,"reasons":["above_max_score"]}"# + "\n0"
            )
            try await desk.expect(
                ["review", "accept", "--game", "tetris", "--player", "\(Arena.ada)"],
                """
                highscores: 9 rows would change in the database 'DATABASE' to accept 1 held run of arena_bot/tetris \
                player \(Arena.ada) (Ada, @ada). Without a terminal to ask at, '--yes' is needed.
                2
                """
            )
            try await desk.expect(
                ["review", "accept", "--player", "\(Arena.ada)", "--dry-run", "--fields", "run,score"],
                beginning: """
                    RUN\t500
                    highscores: dry run: would accept 1 run
                    highscores: 8 leaderboards (0 new, 0 gone) and 8 entries (0 new, 0 gone) would change; \
                    1 value of Telegram's tables would follow
                    highscores: the first of them:
                    """
            )
            try await desk.expect(
                ["review", "accept", "--player", "\(Arena.ada)", "--max-rows", "8", "--yes"],
                ending: "more than '--max-rows 8' allows; nothing was changed\n4"
            )
            try await accept(desk)
            await arena.expectTable([Arena.ada: 500])
            let refused = try await arena.run(
                ["review", "refuse", "--code", "above_max_score", "--yes", "--json"],
                with: ["DATABASE_URL": ScratchDatabase.current.url]
            )
            let document = try JSON.parse(Array(refused.output.utf8))
            #expect(refused.code == 0 && document["rows"]?.int64 == 1)
            #expect(document["changes"]?.firstElement?["score"]?.int64 == 600)
            #expect(document["effect"]?["entries_added"]?.int64 == 0)
            let entry = try #require(document["audit"]?.string)
            try await desk.expect(["review", "list"], "highscores: there are none\n0")
            try await desk.expect(
                ["review", "list", "--state", "accepted", "--state", "refused", "--fields", "score,state"],
                "500\taccepted\n600\trefused\n0"
            )
            try await desk.expect(
                ["audit", "undo", entry, "--yes", "--fields", "score,counts"],
                beginning: "600\tno\nhighscores: "
            )
            try await desk.expect(
                ["review", "list", "--fields", "score,state"],
                "600\theld\n0"
            )
            let found = try await arena.run(
                ["review", "list", "--state", "accepted", "--fields", "run"],
                with: ["DATABASE_URL": ScratchDatabase.current.url]
            )
            let run = found.output.trimmingCharacters(in: .newlines)
            try await desk.expect(
                ["review", "refuse", run],
                """
                highscores: 9 rows would change in the database 'DATABASE' to refuse 1 held run of arena_bot/tetris. \
                Without a terminal to ask at, '--yes' is needed.
                2
                """
            )
            try await desk.expect(
                ["review", "refuse", run, "--yes", "--fields", "score"],
                beginning: "500\nhighscores: refused 1 run\n"
            )
            await arena.expectTable([Arena.ada: 90])
            try await desk.expect(
                ["review", "refuse", run, "--yes"],
                "highscores: nothing matches, or it is like that already; nothing was changed\n0"
            )
            let unknown = "2f1c7b0e-5d0a-4e61-9a37-0c5f2b8f1d11"
            try await desk.expect(
                ["review", "accept", unknown],
                "highscores: no run RUN was held\n3"
            )
            try await desk.expect(
                ["review", "accept"],
                ending: "\n2"
            )
            try await desk.expect(
                ["review", "accept", unknown, "--game", "tetris"],
                ending: "\n2"
            )
            try await service.stop()
        }
    }

    private func accept(_ desk: Transcript) async throws {
        try await desk.expect(
            [
                "review", "accept", "--player", "\(Arena.ada)", "--yes", "--reason", "seen", "--fields",
                "player,counted,counts,score",
            ],
            """
            \(Arena.ada)\tno\tyes\t500
            highscores: accepted 1 run
            highscores: 8 leaderboards (0 new, 0 gone) and 8 entries (0 new, 0 gone) changed; \
            1 value of Telegram's tables follows
            highscores: 'highscores audit undo N' takes it back
            0
            """
        )
    }

    @Test func `a person sees a table and types what is to be changed`() async throws {
        try await Arena.with { arena in
            let desk = Transcript(arena)
            try await desk.expect(
                ["game", "set", "tetris", "--max-score", "100", "--outcome", "max-score=hold"],
                ending: "\n0"
            )
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            for (player, score) in [(Arena.ada, 500), (Arena.zoe, 6000)] {
                try await arena.play(player, message, at: service, score)
            }
            let list = try desk.terminal("review", "list", "--fields", "name,score,reasons,state")
            #expect(try await list.exitCode() == 0)
            #expect(
                list.screen == """
                    name  score  reasons          state
                    Ada     500  above_max_score  held
                    Zoë    6000  above_max_score  held

                    """
            )
            let accept = try desk.terminal("review", "accept", "--game", "tetris", "--fields", "score")
            try await accept.wait(for: "Type arena_bot/tetris to go on:")
            try accept.type("arena_bot/snake")
            #expect(try await accept.exitCode() == 2)
            let again = try desk.terminal("review", "accept", "--game", "tetris", "--fields", "score")
            try await again.wait(for: "Type arena_bot/tetris to go on:")
            try again.type("arena_bot/tetris")
            #expect(try await again.exitCode() == 0)
            await arena.expectTable([Arena.ada: 500, Arena.zoe: 6000])
            try await service.stop()
        }
    }

    @Test func `rules in shadow only show what they would have done`() async throws {
        try await Arena.with { arena in
            let desk = Transcript(arena)
            try await desk.expect(["game", "set", "tetris", "--max-score", "100", "--shadow"], ending: "\n0")
            let service = try await arena.serve()
            let message = try arena.post(Arena.tetris, in: Arena.friday)
            let answer = try await arena.play(Arena.ada, message, at: service, 500)
            #expect(answer["outcome"]?.string == "new_best" && answer["reasons"]?.elements.count == 0)
            try await desk.expect(
                ["review", "list", "--shadow", "--fields", "player,score,outcome,reasons,state"],
                "\(Arena.ada)\t500\trefuse\tabove_max_score\t\n0"
            )
            try await desk.expect(
                ["review", "list"],
                "highscores: there are none\n0"
            )
            let metrics = try await service.send(.get, "/metrics")
            let line =
                #"highscores_rule_breaches_total{rule="above_max_score",outcome="refuse",shadow="true"} 1"#
            #expect(String(decoding: metrics.body, as: UTF8.self).contains(line))
            try await service.stop()
        }
    }
}
