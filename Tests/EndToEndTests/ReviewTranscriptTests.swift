import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// What `highscores review` says, word for word, about runs that a running service held.
@Suite(.scratchDatabase(Arena.template), .timeLimit(.minutes(4))) struct ReviewTranscriptTests {
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
                highscores: 1 held run of arena_bot/tetris player \(Arena.ada) would be accepted in the database \
                'DATABASE'. Without a terminal to ask at, '--yes' is needed.
                2
                """
            )
            try await desk.expect(
                ["review", "accept", "--player", "\(Arena.ada)", "--dry-run", "--fields", "run,score"],
                beginning: """
                    RUN\t500
                    highscores: dry run: 1 run would be accepted
                    highscores: 8 leaderboards (0 new, 0 gone) and 8 entries (0 new, 0 gone) would change; \
                    1 value of Telegram's tables would follow
                    highscores: the first of them:
                    """
            )
            try await desk.expect(
                [
                    "review", "accept", "--player", "\(Arena.ada)", "--yes", "--reason", "seen", "--fields",
                    "score,state",
                ],
                """
                500\theld
                highscores: accepted 1 run
                highscores: 8 leaderboards (0 new, 0 gone) and 8 entries (0 new, 0 gone) changed; \
                1 value of Telegram's tables follow
                0
                """
            )
            await arena.expectTable([Arena.ada: 500])
            try await desk.expect(
                ["review", "refuse", "--code", "above_max_score", "--yes", "--json", "--fields", "score"],
                beginning: #"{"runs":[{"score":600}],"effect":{"boards_added":0,"#
            )
            try await desk.expect(
                ["review", "list"],
                "highscores: there are none\n0"
            )
            try await desk.expect(
                ["review", "list", "--state", "accepted", "--state", "refused", "--fields", "score,state"],
                "500\taccepted\n600\trefused\n0"
            )
            let found = try await arena.run(
                ["review", "list", "--state", "accepted", "--fields", "run"],
                with: ["DATABASE_URL": ScratchDatabase.current.url]
            )
            let run = found.output.trimmingCharacters(in: .newlines)
            try await desk.expect(
                ["review", "refuse", run, "--fields", "score"],
                beginning: "500\nhighscores: refused 1 run\n"
            )
            await arena.expectTable([Arena.ada: 90])
            try await desk.expect(
                ["review", "refuse", run],
                "highscores: it is refused already\n0"
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
