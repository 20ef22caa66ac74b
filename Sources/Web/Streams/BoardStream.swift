import HTTPTypes
import NIOCore
import Scoring

/// The body of one event stream.
struct BoardStream: Sendable {
    let watch: BoardWatch
    /// What the reader has already, by its id.
    let lastID: String?
    let share: StreamQuota.Share

    /// Writes events until the watch ends, the reader is gone or the task is cancelled.
    ///
    /// A reader that does not keep up holds the next write back and then gets the newest page.
    ///
    /// - Throws: When the connection is closed.
    func write(_ send: Response.Send) async throws {
        try await send(ServerEvent.retry)
        var shown = lastID
        while let event = await watch.next() {
            switch event {
            case .page(let page):
                let leaderboard = page.rendition.form { ServerEvent.Leaderboard(page.page) }
                guard leaderboard.id != shown else { continue }
                shown = leaderboard.id
                try await send(leaderboard.bytes)
            case .pulse: try await send(ServerEvent.pulse)
            case .end:
                return try await send(ServerEvent.bye)
            }
        }
    }

    /// The answer that carries the stream.
    ///
    /// The connection cancels the task that writes it when the reader leaves.
    ///
    /// - Parameter context: The context of the request.
    func response(_ context: WebContext) -> Response {
        let stream = self
        return Response(
            status: .ok,
            headers: Headers.events,
            body: .parts { send in
                if let channel = context.channel { Self.limitBuffers(of: channel) }
                defer { stream.watch.close() }
                try await stream.write(send)
            }
        )
    }

    /// Keeps little on its way, so that a slow reader does not get a long row of outdated pages first, and many of them
    /// do not take much memory.
    private static func limitBuffers(of channel: any Channel) {
        channel.setOption(.writeBufferWaterMark, value: .init(low: 1024, high: 16 * 1024)).whenFailure { _ in
        }
        channel.setOption(.socketOption(.so_sndbuf), value: 64 * 1024).whenFailure { _ in }
    }
}
