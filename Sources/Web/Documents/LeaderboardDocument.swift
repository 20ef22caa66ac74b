import JSON
import Leaderboards
package import Scoring

extension LeaderboardPage {
    /// The document of `GET /v1/leaderboard`.
    ///
    /// What all see is written once.
    ///
    /// - Parameter includingChat: Whether the chat is named too, as operators see it.
    package func document(includingChat: Bool = false) -> [UInt8] {
        let rendered =
            includingChat
            ? RenderedPage(self, includingChat: true)
            : rendition.form { RenderedPage(self, includingChat: false) }
        let viewer = lines.firstIndex(where: \.isViewer)
        return rendered.document(me: me) { ranges in
            viewer.map { (ranges[$0], lines[$0].document(withUsername: showsUsernames)) }
        }
    }

    /// A chat's members know one another; strangers learn a username only where the operator shows identities.
    fileprivate var showsUsernames: Bool { board.scope == .chat || showsIdentity }
}

extension LeaderboardPage.Line {
    fileprivate func document(withUsername showsUsername: Bool) -> [UInt8] {
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

/// The document of a page for somebody who is on none of its lines.
private struct RenderedPage: Sendable {
    private let bytes: [UInt8]
    /// Where each line lies, and where it is said where the viewer stands.
    private let lines: [Range<Int>]
    private let me: Int

    init(_ page: LeaderboardPage, includingChat: Bool) {
        var writer = JSONWriter(reservingCapacity: 512 + page.lines.count * 160)
        var (lines, me): ([Range<Int>], Int) = ([], 0)
        writer.object {
            $0.member("game", page.game.gameName)
            $0.member("title", page.game.title)
            $0.member("board", page.game.board)
            if includingChat { $0.member("chat", orNull: page.chat?.description) }
            $0.member("scope", page.board.scope.rawValue)
            $0.member("window", page.board.window.rawValue)
            $0.member("from", orNull: page.from?.description)
            $0.member("to", orNull: page.to?.description)
            $0.member("zone", page.zone)
            $0.member("final", page.isFinal)
            $0.member("order", page.order.rawValue)
            $0.member("total", page.total)
            $0.array("entries") {
                for var line in page.lines {
                    line.isViewer = false
                    let document = line.document(withUsername: page.showsUsernames)
                    $0.value(raw: document)
                    lines.append($0.bytes.count - document.count..<$0.bytes.count)
                }
            }
            me = $0.bytes.count
            $0.member("next", orNull: page.next)
            $0.member("previous", orNull: page.previous)
        }
        (bytes, self.lines, self.me) = (writer.bytes, lines, me)
    }

    /// The document for a viewer.
    ///
    /// - Parameter replacement: What stands in the place of one of the lines, if the viewer is on it.
    func document(
        me viewer: LeaderboardPage.Me,
        _ replacement: ([Range<Int>]) -> (Range<Int>, [UInt8])?
    ) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 128)
        switch viewer {
        case .nobody: break
        case .withoutEntry: writer.nullMember("me")
        case .entry(let viewer):
            writer.object("me") {
                $0.member("rank", viewer.rank)
                $0.member("score", viewer.score)
                $0.member("percentile", viewer.percentile, decimals: 1)
            }
        }
        var document: [UInt8] = []
        document.reserveCapacity(bytes.count + writer.bytes.count + 256)
        var start = 0
        if let (range, line) = replacement(lines) {
            document += bytes[..<range.lowerBound]
            document += line
            start = range.upperBound
        }
        document += bytes[start..<me]
        if !writer.bytes.isEmpty {
            document.append(UInt8(ascii: ","))
            document += writer.bytes
        }
        document += bytes[me...]
        return document
    }
}
