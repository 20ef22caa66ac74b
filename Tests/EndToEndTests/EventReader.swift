import Foundation
import JSON
import TestSupport

/// Reads one stream of server-sent events as a browser would, on a thread of its own.
final class EventReader: Sendable {
    /// One event.
    struct Event: Hashable, Sendable {
        let id: String?
        let name: String?
        let data: String

        /// The document of a leaderboard.
        var board: JSONValue? { name == "leaderboard" ? try? JSON.parse(Array(data.utf8)) : nil }
    }

    private let events: AsyncStream<Event>
    private let socket: Int32

    /// Opens a stream.
    ///
    /// - Parameters:
    ///   - path: What is asked for.
    ///   - port: Where, on the loopback address.
    ///   - headers: Lines of the head.
    /// - Throws: ``ProgramError`` when there is no connection.
    init(_ path: String, at port: UInt16, headers: [String] = []) throws {
        let head = (["GET \(path) HTTP/1.1", "Host: localhost"] + headers).joined(separator: "\r\n")
        let socket = try RawExchange.connect(to: port, sending: Array("\(head)\r\n\r\n".utf8), within: 60)
        self.socket = socket
        let (events, event) = AsyncStream.makeStream(of: Event.self)
        self.events = events
        // Blocking calls need a thread of their own.
        Thread.detachNewThread {
            Self.read(socket) { event.yield($0) }
            close(socket)
            event.finish()
        }
    }

    deinit { leave() }

    /// The next event; nil once the service has closed the connection.
    func next() async -> Event? { await events.first { _ in true } }

    /// Goes away without a word.
    func leave() { shutdown(socket, Int32(SHUT_RDWR)) }

    private static func read(_ socket: Int32, _ take: (Event) -> Void) {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            // Each part is sent as one chunk of its own, so that the framing stands on lines of its own.
            text += String(decoding: buffer[0..<count], as: UTF8.self).replacing("\r\n", with: "\n")
            while let end = text.range(of: "\n\n") {
                let fields = fields(text[..<end.lowerBound])
                text = String(text[end.upperBound...])
                if let data = fields["data"] {
                    take(Event(id: fields["id"], name: fields["event"], data: data))
                }
            }
        }
    }

    private static func fields(_ text: Substring) -> [Substring: String] {
        Dictionary(
            text.split(separator: "\n").compactMap { line in
                line.range(of: ": ").map { (line[..<$0.lowerBound], String(line[$0.upperBound...])) }
            }
        ) { _, last in last }
    }
}
