import NIOCore
import Scoring

/// The parts of an event stream (WHATWG HTML, "Server-sent events") as they are sent.
enum ServerEvent {
    /// Tells browsers to come back two seconds after a stream has ended.
    static let retry = ByteBuffer(string: "retry: 2000\n\n")
    /// A comment, which is no event.
    static let pulse = ByteBuffer(string: ":\n\n")
    /// The stream is over on purpose; events without data are not told to anybody, so there is some.
    static let bye = ByteBuffer(string: "event: bye\ndata: {}\n\n")

    /// A leaderboard as all its readers get it.
    struct Leaderboard: Sendable {
        /// Names the content: the same on every instance, another for another content.
        let id: String
        let bytes: ByteBuffer

        /// Writes the event.
        init(_ page: LeaderboardPage) {
            let document = page.document()
            id = fingerprint(of: document)
            var bytes = ByteBuffer()
            bytes.reserveCapacity(document.count + 64)
            bytes.writeString("id: \(id)\nevent: leaderboard\ndata: ")
            // The document holds no line breaks: JSON strings escape them, and the writer adds none.
            bytes.writeBytes(document)
            bytes.writeStaticString("\n\n")
            self.bytes = bytes
        }
    }
}
