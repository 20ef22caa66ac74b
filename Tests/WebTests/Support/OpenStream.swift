import HTTPTypes
import NIOCore
import Testing

@testable import Web

/// The answer to a request for a stream while it is being written; letting go of it ends the writing.
final class OpenStream: Sendable {
    private let parts: AsyncStream<String>
    private let writing: Task<Void, any Error>

    fileprivate init(_ response: Response) {
        let (parts, part) = AsyncStream.makeStream(of: String.self)
        self.parts = parts
        writing = Task {
            defer { part.finish() }
            try await response.body.write { part.yield(String(buffer: $0)) }
        }
    }

    deinit { cancel() }

    /// The next part of the body that is no sign of life; nil at its end.
    func next() async -> String? { await parts.first { $0 != ":\n\n" } }

    func cancel() { writing.cancel() }
}

extension TestEdge {
    /// Opens a stream, without a connection.
    func stream(_ path: String, token: String? = nil, lastID: String? = nil) async throws -> OpenStream {
        var headers: HTTPFields = [:]
        if let token { headers[.authorization] = "Bearer \(token)" }
        if let lastID { headers[.lastEventID] = lastID }
        let response = try await respond(.get, path, headers: headers)
        #expect(response.status == .ok)
        return OpenStream(response)
    }
}
