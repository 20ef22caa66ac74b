import JSON
import Leaderboards
package import Scoring

extension LeaderboardPage {
    /// The document of `GET /v1/leaderboard`.
    ///
    /// - Parameter includingChat: Whether the chat is named too, as operators see it.
    package func document(includingChat: Bool = false) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512 + lines.count * 160)
        writer.object {
            $0.member("game", game.gameName)
            $0.member("title", game.title)
            $0.member("board", game.board)
            if includingChat { $0.member("chat", orNull: chat?.description) }
            $0.member("scope", board.scope.rawValue)
            $0.member("window", board.window.rawValue)
            $0.member("from", orNull: from?.description)
            $0.member("to", orNull: to?.description)
            $0.member("zone", zone)
            $0.member("final", isFinal)
            $0.member("order", order.rawValue)
            $0.member("total", total)
            $0.array("entries") { for line in lines { line.write(to: &$0, withUsername: showsUsernames) } }
            write(me, to: &$0)
            $0.member("next", orNull: next)
            $0.member("previous", orNull: previous)
        }
        return writer.bytes
    }

    /// A chat's members know one another; strangers learn a username only where the operator shows identities.
    private var showsUsernames: Bool { board.scope == .chat || showsIdentity }

    private func write(_ me: Me, to writer: inout JSONWriter) {
        switch me {
        case .nobody: break
        case .withoutEntry: writer.nullMember("me")
        case .entry(let viewer):
            writer.object("me") {
                $0.member("rank", viewer.rank)
                $0.member("score", viewer.score)
                $0.member("percentile", viewer.percentile, decimals: 1)
            }
        }
    }
}

extension LeaderboardPage.Line {
    fileprivate func write(to writer: inout JSONWriter, withUsername showsUsername: Bool) {
        guard isViewer else {
            return writer.value(raw: rendition.form { document(withUsername: showsUsername) })
        }
        writer.value(raw: document(withUsername: showsUsername))
    }

    private func document(withUsername showsUsername: Bool) -> [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("rank", rank)
            $0.object("player") {
                $0.member("id", playerID)
                $0.member("name", orNull: name)
                if showsUsername { $0.member("username", orNull: username) }
            }
            $0.member("score", score)
            $0.member("achieved_at", achievedAt.description)
            $0.member("me", isViewer)
        }
        return writer.bytes
    }
}
