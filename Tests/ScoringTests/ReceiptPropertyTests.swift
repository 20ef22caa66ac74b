import Leaderboards
import Postgres
@testable import Scoring
import ScoringSupport
import TestSupport
import Testing

/// Written together or one by one: everybody is told the same.
@Suite(.scratchDatabase(.migrated), .timeLimit(.minutes(10)))
struct ReceiptPropertyTests {
    private static let rules: [GameRules] = GameRules.Order.allCases.flatMap { order in
        GameRules.Keep.allCases.map { keep in
            GameRules(order: order, keep: keep, telegramScore: .off, bounds: ScoreBounds(maximum: 50))
        }
    }

    private func place(
        _ kind: BoardKind,
        of player: Int64,
        before: [PlainBoard.Line],
        after: [PlainBoard.Line]
    ) -> Receipt.Place {
        let rank = after.first { $0.player == "\(player)" }?.rank
        let above = rank.flatMap { rank in rank > 1 ? after[rank - 2] : nil }
        return Receipt.Place(
            board: kind,
            rank: rank,
            previousRank: before.first { $0.player == "\(player)" }?.rank,
            entries: after.count,
            next: above.map { .init(rank: $0.rank, score: $0.score) }
        )
    }

    @Test(arguments: rules, [1, 2])
    func `receipts of a batch are those of its runs one after another`(rules: GameRules, seed: Int)
        async throws
    {
        try await Stage.with {
            $0.rules = rules
        } _: { stage in
            var generator = SeededGenerator(seed: UInt64(seed))
            var chats = [PlainBoard](repeating: PlainBoard(rules: rules), count: 2)
            var global = PlainBoard(rules: rules)
            let writer = SubmissionWriter(
                pool: stage.pool,
                clock: { stage.clock.now },
                RunBatch.write
            )
            for _ in 0..<15 {
                stage.clock.advance(by: .milliseconds(1))
                var runs: [FinishedRun] = []
                var expected: [Receipt] = []
                for _ in 0..<Int.random(in: 1...8, using: &generator) {
                    let chat = Int.random(in: 0...1, using: &generator)
                    let player = Int64.random(in: 1...6, using: &generator)
                    // One in ten is over the game's bounds.
                    let score =
                        Int32.random(in: 0...9, using: &generator) == 0
                        ? 51 : Int32.random(in: 0...5, using: &generator) * 10
                    let run = try run(player, in: StageChat(Int64(chat)), score: score, stage)
                    runs.append(run)
                    let before = (chat: chats[chat].lines, global: global.lines)
                    if score <= 50 {
                        let counted = PlainBoard.Run(
                            player: player,
                            score: Int64(score),
                            acceptedAt: stage.clock.now
                        )
                        chats[chat].runs.append(counted)
                        global.runs.append(counted)
                    }
                    let after = (chat: chats[chat].lines, global: global.lines)
                    let old = before.chat.first { $0.player == "\(player)" }
                    let new = after.chat.first { $0.player == "\(player)" }
                    expected.append(
                        Receipt(
                            outcome: outcome(rules, score: score, old: old?.score, new: new?.score),
                            run: run.id,
                            score: Int64(score),
                            best: new?.score,
                            previousBest: old?.score,
                            places: [
                                place(.chatAll, of: player, before: before.chat, after: after.chat),
                                place(.globalAll, of: player, before: before.global, after: after.global),
                            ],
                            reasons: score > 50 ? ["above_max_score"] : [],
                            isReplay: false
                        )
                    )
                }
                let receipts = try await writer.write(stage.game, runs).map { try #require(try $0.get()) }
                #expect(receipts == expected)
            }
            try await compareLog(chats, stage)
        }
    }

    private func outcome(_ rules: GameRules, score: Int32, old: Int64?, new: Int64?) -> Receipt.Outcome {
        guard score <= 50 else { return .refused }
        guard let old, let new else { return .newBest }
        if rules.order == .higher ? new > old : new < old { return .newBest }
        return rules.keep == .best ? .notBetter : .updated
    }

    private func run(_ player: Int64, in chat: StageChat, score: Int32, _ stage: Stage) throws -> FinishedRun
    {
        var generator = SystemRandomNumberGenerator()
        return FinishedRun(
            Run(
                id: RunID(Identifier128(using: &generator)),
                launch: stage.launch(player, in: chat),
                startedAt: stage.clock.now,
                lifetime: .seconds(60)
            ),
            score: try #require(Score(score)),
            asked: [AskedBoard(.globalAll)]
        )
    }

    /// The log alone leads to the same boards.
    private func compareLog(_ chats: [PlainBoard], _ stage: Stage) async throws {
        for (index, chat) in chats.enumerated() {
            let instance = try #require(ChatInstance(StageChat(Int64(index)).instance))
            let rows = try await stage.pool.withSession { session throws(PostgresError) in
                try session.query(
                    """
                    SELECT s.player_id, s.score::bigint, (extract(epoch FROM s.accepted_at) * 1000)::bigint
                    FROM scores s JOIN chat_instances i USING (chat_id)
                    WHERE i.chat_instance = \(instance.rawValue) AND s.outcome <> 'refused'
                    """
                ).decode(Int64.self, Int64.self, Int64.self)
            }
            let logged = rows.map { [$0.0, $0.1, $0.2] }.sorted { $0.lexicographicallyPrecedes($1) }
            let counted = chat.runs.map { [$0.player, $0.score, $0.acceptedAt.milliseconds] }
            #expect(logged == counted.sorted { $0.lexicographicallyPrecedes($1) })
        }
    }
}
