import JSON
import Leaderboards
import Scoring

extension StartedRun {
    /// The answer to `POST /v1/runs`.
    var document: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 1024)
        writer.object {
            $0.member("run", runToken)
            $0.member("run_id", run.id.description)
            $0.member("started_at", run.startedAt.description)
            $0.member("expires_at", run.expiresAt.description)
            $0.member("board_token", boardToken)
            $0.object("game") {
                $0.member("name", game.gameName)
                $0.member("title", game.title)
                $0.member("order", game.rules.order.rawValue)
                $0.member("keep", game.rules.keep.rawValue)
            }
            $0.object("player") {
                $0.member("id", quoting: run.launch.player.rawValue)
                $0.member("name", orNull: playerName)
            }
            $0.member("chat_instance", orNull: run.launch.chatInstance?.description)
            if let board = run.board { $0.member("board", board) }
            if let seed { $0.member("seed", seed) }
            if let attempt {
                $0.object("attempt") {
                    $0.member("number", Int64(attempt.number))
                    $0.member("of", Int64(attempt.limit.count))
                    $0.member("window", attempt.limit.window.rawValue)
                    $0.member("ends_at", orNull: attempt.endsAt?.description)
                }
            }
        }
        return writer.bytes
    }
}
