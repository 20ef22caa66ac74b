import JSON
import Leaderboards
import Storage

/// How the audit spells what moderation changes, so that it can be taken back.
enum ModerationDocument {
    /// What one run counted as.
    struct LoggedRun: Hashable {
        let run: RunID
        let player: PlayerID?
        let game: GameID
        let counts: Bool
        let score: Score
        let correction: CorrectionKind?
    }

    // MARK: - Writing

    static func text(of states: [RunState], game: GameID) -> String {
        var writer = JSONWriter()
        writer.array { writer in
            for state in states {
                writer.object { writer in
                    writer.member("run", state.key.run.description)
                    writer.member("player", state.player.description)
                    writer.member("game", game.rawValue)
                    writer.member("counts", state.counts)
                    writer.member("score", Int64(state.score.value))
                    writer.member("correction", orNull: state.correction?.rawValue)
                }
            }
        }
        return writer.text
    }

    static func text(of bans: [Ban]) -> String {
        var writer = JSONWriter()
        writer.array { writer in
            for ban in bans {
                writer.object { writer in
                    writer.member("player", ban.player.description)
                    writer.member("bot", ban.bot.description)
                    writer.member("game", orNull: ban.game?.rawValue)
                }
            }
        }
        return writer.text
    }

    // MARK: - Reading

    /// Reads runs; nil where the document holds anything else.
    static func runs(_ document: JSONValue?) -> [LoggedRun]? {
        read(document) { item in
            guard let run = item["run"]?.string.flatMap({ RunID(text: $0) }),
                let game = item["game"]?.int64,
                let counts = item["counts"]?.bool,
                let score = item["score"]?.int64.flatMap({ Int32(exactly: $0) }).flatMap({ Score($0) })
            else { return nil }
            return LoggedRun(
                run: run,
                player: item["player"]?.lenientInt64.map { PlayerID(rawValue: $0) },
                game: GameID(rawValue: game),
                counts: counts,
                score: score,
                correction: item["correction"]?.string.flatMap { CorrectionKind(rawValue: $0) }
            )
        }
    }

    /// Reads bans; nil where the document holds anything else.
    static func bans(_ document: JSONValue?) -> [Ban]? {
        read(document) { item in
            guard let player = item["player"]?.lenientInt64, let bot = item["bot"]?.lenientInt64 else {
                return nil
            }
            return Ban(
                bot: BotID(rawValue: bot),
                player: PlayerID(rawValue: player),
                game: item["game"]?.int64.map { GameID(rawValue: $0) }
            )
        }
    }

    private static func read<Item>(_ document: JSONValue?, _ item: (JSONValue) -> Item?) -> [Item]? {
        guard let document, document.kind == .array else { return nil }
        var items: [Item] = []
        for element in document.elements {
            guard let read = item(element) else { return nil }
            items.append(read)
        }
        return items
    }
}
