import JSON
import Leaderboards
import Scoring

extension GameDescription {
    /// The answer to `GET /v1/game`.
    var document: [UInt8] {
        var writer = JSONWriter(reservingCapacity: 128 + boards.count * 160)
        writer.object {
            $0.member("game", boards[0].gameName)
            $0.member("title", boards[0].title)
            $0.array("scopes") { for scope in scopes { $0.value(scope.rawValue) } }
            $0.array("boards") {
                for board in boards {
                    $0.object {
                        $0.member("board", board.board)
                        $0.member("order", board.rules.order.rawValue)
                        $0.member("keep", board.rules.keep.rawValue)
                        $0.array("windows") {
                            for window in board.rules.windowsInUse { $0.value(window.rawValue) }
                        }
                        $0.member("score_format", board.rules.scoreFormat.rawValue)
                        $0.member("score_unit", orNull: board.rules.scoreUnit)
                    }
                }
            }
        }
        return writer.bytes
    }
}

extension GameRules {
    /// The windows that have leaderboards, in their order: seasons only where any were set.
    fileprivate var windowsInUse: [WindowKind] {
        WindowKind.allCases.filter { windows.contains($0) && ($0 != .season || !seasons.isEmpty) }
    }
}
