import HTTPTypes
import Leaderboards
import NIOCore
import Scoring
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Web

/// Watching leaderboards by server-sent events.
@Suite(.timeLimit(.minutes(10))) struct StreamTests {
    static let path = "/v1/leaderboard/events"

    let edge = TestEdge(watches: Self.limits)
    let board = Board()

    /// Tests change leaderboards as fast as they can.
    private static var limits: WatchLimits {
        var limits = WatchLimits()
        limits.interval = .zero
        limits.capacity = 3
        // Beside hundreds of other tests a first page may take long.
        limits.openingTimeout = .seconds(600)
        return limits
    }

    /// Runs a body while leaderboards are read.
    private func live(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { [edge, board] in
                await edge.live.run(
                    resolve: { topics throws(Refusal) in
                        Dictionary(uniqueKeysWithValues: topics.map { ($0, ChatID(rawValue: 50)) })
                    },
                    read: { topic throws(Refusal) in try board.page(topic) }
                )
            }
            edge.live.connected()
            do { try await body() } catch {
                edge.live.stop()
                throw error
            }
            edge.live.stop()
        }
    }

    private func change(to total: Int) {
        board.total.withLock { $0 = total }
        edge.live.boardsChanged(payload: "1 50")
    }

    private func frame(_ total: Int) -> String {
        String(buffer: ServerEvent.Leaderboard(Board.page(total: total)).bytes)
    }

    // MARK: - The stream

    @Test func `a stream tells the leaderboard at once, after each change, and says goodbye`() async throws {
        try await live {
            let stream = try await edge.stream(Self.path, token: "run")
            #expect(await stream.next() == "retry: 2000\n\n")
            #expect(await stream.next() == frame(1))
            change(to: 2)
            #expect(await stream.next() == frame(2))
            edge.live.end()
            #expect(await stream.next() == "event: bye\ndata: {}\n\n")
            #expect(await stream.next() == nil)
        }
        #expect(edge.live.count == 0)
    }

    @Test func `an event carries the document without the reader's own place`() throws {
        let page = Sample.page(me: .nobody)
        let event = ServerEvent.Leaderboard(page)
        let lines = String(buffer: event.bytes).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "id: \(event.id)")
        #expect(lines[1] == "event: leaderboard")
        #expect(lines[2] == "data: \(String(decoding: page.document(), as: UTF8.self))")
        #expect(lines[3...] == ["", ""])
        #expect(!lines[2].contains(#"],"me":"#))
        #expect(event.id == ServerEvent.Leaderboard(Sample.page(me: .nobody)).id)
        #expect(event.id != ServerEvent.Leaderboard(Sample.page(me: .nobody, total: 18)).id)
    }

    @Test func `the head lets pages of any origin read, and nobody keep or gather`() async throws {
        try await live {
            let response = try await edge.respond(.get, Self.path, headers: [.authorization: "Bearer run"])
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "text/event-stream")
            #expect(response.headers[.cacheControl] == "no-store")
            #expect(response.headers[.xAccelBuffering] == "no")
            #expect(response.headers[.accessControlAllowOrigin] == "*")
            #expect(response.headers[.contentLength] == nil)
        }
    }

    @Test func `a stream that is resumed does not repeat what its reader has`() async throws {
        let id = ServerEvent.Leaderboard(Board.page(total: 1)).id
        try await live {
            let resumed = try await edge.stream(Self.path, token: "run", lastID: id)
            let outdated = try await edge.stream(Self.path, token: "run", lastID: "0")
            #expect(await resumed.next() == "retry: 2000\n\n")
            #expect(await outdated.next() == "retry: 2000\n\n")
            #expect(await outdated.next() == frame(1))
            change(to: 2)
            #expect(await resumed.next() == frame(2))
            #expect(await outdated.next() == frame(2))
        }
    }

    @Test func `all who watch the same share one reading`() async throws {
        try await live {
            let streams = try await [
                edge.stream(Self.path, token: "run"), edge.stream(Self.path, token: "launch"),
                edge.stream(Self.path + "?access_token=board"),
            ]
            for stream in streams {
                #expect(await stream.next() == "retry: 2000\n\n")
                #expect(await stream.next() == frame(1))
            }
            #expect(board.readings.all.count == 1)
            change(to: 2)
            for stream in streams { #expect(await stream.next() == frame(2)) }
            #expect(board.readings.all.count == 2)
        }
    }

    @Test func `what is watched is what the query says`() async throws {
        try await live {
            let query = "?scope=global&window=season&limit=100&at=2026-01-01T00:00:00Z&around=me"
            let stream = try await edge.stream(Self.path + query, token: "run")
            _ = await stream.next()
            #expect(
                board.readings.all == [
                    BoardTopic(Sample.access, scope: .global, window: .season, limit: 100)
                ]
            )
        }
    }

    @Test func `whether a stream would begin can be asked without opening one`() async throws {
        try await live {
            let answer = try await edge.send(.head, Self.path, headers: [.authorization: "Bearer run"])
            #expect(answer.status == 200)
            #expect(answer.headers[.contentType] == "text/event-stream")
            #expect(answer.bytes.isEmpty)
            #expect(edge.live.count == 0)
        }
    }

    // MARK: - Refusals

    @Test(
        arguments: [
            ("", nil, 401, "token_missing"), ("", "other", 401, "token_invalid"),
            ("", "expired", 401, "token_expired"), ("", "board", 401, "token_invalid"),
            ("?access_token=run", nil, 401, "token_invalid"),
            ("?access_token=launch", nil, 401, "token_invalid"),
            ("?access_token=", nil, 401, "token_missing"),
            ("?access_token=board", "run", 400, "unknown_parameter_value"),
            ("?access_token=board&access_token=board", nil, 400, "unknown_parameter_value"),
            ("?scope=all", "other", 401, "token_invalid"),
            ("?scope=all", "run", 400, "unknown_parameter_value"),
            ("?window=year", "run", 400, "unknown_parameter_value"),
            ("?access_token=board&limit=0", nil, 400, "unknown_parameter_value"),
            ("?limit=101", "run", 400, "unknown_parameter_value"),
            ("?window=season", "run", 404, "no_such_window"),
        ] as [(String, String?, Int, String)]
    )
    func `a refusal is a problem document and no stream`(
        query: String,
        token: String?,
        status: Int,
        code: String
    ) async throws {
        board.refusal.withLock { $0 = .noSuchWindow("no seasons") }
        try await live {
            let answer = try await edge.get(Self.path + query, token: token)
            #expect(answer.status == status)
            #expect(answer.problem == code)
            #expect(answer.isReadableByAnyOrigin)
        }
    }

    @Test func `more streams than allowed are refused, and there is room again when one ends`() async throws {
        try await live {
            var streams: [OpenStream] = []
            for _ in 0..<3 { try await streams.append(edge.stream(Self.path, token: "run")) }
            let answer = try await edge.get(Self.path, token: "run")
            #expect(answer.problem == "overloaded")
            #expect(answer.headers[.retryAfter] == "1")
            streams.removeLast().cancel()
            try await until { edge.live.count == 2 }
            #expect(
                try await edge.send(.head, Self.path, headers: [.authorization: "Bearer run"]).status == 200
            )
        }
    }

    @Test func `a player who holds as many streams as there may be is told when to come back`() async throws {
        var edge = edge
        edge.services.streams = StreamQuota(StreamLimits(perPlayer: 2))
        let access = Sample.access
        edge.services.boardAccess = { _ throws(Refusal) in access }
        try await live {
            var streams = [
                try await edge.stream(Self.path, token: "run"),
                try await edge.stream(Self.path + "?access_token=board"),
            ]
            let answer = try await edge.get(Self.path, token: "run")
            #expect(answer.status == 429)
            #expect(answer.problem == "too_many_streams")
            #expect(answer.headers[.retryAfter].flatMap { Int($0) } ?? 0 > 0)
            #expect(answer.isReadableByAnyOrigin)
            streams.removeLast().cancel()
            let quota = edge.services.streams
            try await until {
                // A share that can be taken, and is given back at once.
                (try? quota.open(access, from: nil)) != nil
            }
            streams.removeAll()
            try await until { quota.isEmpty }
        }
    }

    @Test func `a database that is out of reach is told before the stream begins`() async throws {
        board.refusal.withLock { $0 = .databaseUnavailable }
        try await live {
            let answer = try await edge.get(Self.path, token: "run")
            #expect(answer.problem == "database_unavailable")
        }
    }

    // MARK: - Over sockets

    private static let request = "GET \(path)?access_token=board HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test func `a stop ends streams in good order`() async throws {
        try await live {
            try await withServer(edge.services) { port, group in
                async let answer = RawClient.exchange(Self.request, port: port)
                // A stop before the first reading would find nothing begun.
                try await until { edge.live.count == 1 && !board.readings.all.isEmpty }
                await group.triggerGracefulShutdown()
                let text = try await answer
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(text.contains("data: {\"game\":"))
                #expect(text.hasSuffix("event: bye\ndata: {}\n\n\r\n0\r\n\r\n"))
            }
        }
    }

    @Test(arguments: [
        request, request.replacing("Host: x", with: "Host: x\r\nConnection: close"),
        request.replacing("HTTP/1.1", with: "HTTP/1.0"),
    ])
    func `a client that goes frees its stream at once`(request: String) async throws {
        try await live {
            try await withServer(edge.services) { port, _ in
                let stays = Task { try await RawClient.exchange(request, port: port) }
                try await until { edge.live.count == 1 }
                // Half of a connection is all of it for a stream.
                let text = try await RawClient.exchange(request, port: port, thenFinishes: true)
                #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
                try await until { edge.live.count == 1 }
                stays.cancel()
                _ = try? await stays.value
                try await until { edge.live.count == 0 }
            }
        }
    }

    @Test func `a reader that takes nothing holds up nobody else`() async throws {
        let name = String(repeating: "x", count: 1_000_000)
        board.name.withLock { $0 = name }
        try await live {
            try await withServer(edge.services) { port, _ in
                let idle = try await RawClient.connectWithoutReading(Self.request, port: port)
                try await until { edge.live.count == 1 }
                let reader = try await edge.stream(Self.path, token: "run")
                #expect(await reader.next() == "retry: 2000\n\n")
                for total in 1...10 {
                    if total > 1 { change(to: total) }
                    let part = try #require(await reader.next())
                    // Without the text in the message: it is long.
                    let isNext = part.contains("\"total\":\(total),")
                    #expect(isNext, "\(total) of 10")
                }
                try await idle.close()
            }
        }
    }

    @Test func `silence does not cut a stream`() async throws {
        var limits = ConnectionLimits()
        limits.idle = .milliseconds(400)
        limits.read = .milliseconds(400)
        try await live {
            try await withServer(edge.services, limits: limits) { port, group in
                let answer = Task {
                    // On a busy machine a request may come too late for such limits; then it is made again.
                    var text = ""
                    for _ in 0..<20 where !text.contains("retry: 2000") {
                        text = try await RawClient.exchange(Self.request, port: port)
                    }
                    return text
                }
                // A change before the first reading would be part of it.
                try await until { edge.live.count == 1 && !board.readings.all.isEmpty }
                // A connection without a request is closed after its time, and the stream is as old.
                _ = try await RawClient.exchange("", port: port)
                _ = try await RawClient.exchange("", port: port)
                #expect(edge.live.count == 1)
                let readings = board.readings.all.count
                change(to: 2)
                try await until { board.readings.all.count > readings }
                await group.triggerGracefulShutdown()
                #expect(try await answer.value.contains(#""total":2,"#))
            }
        }
    }
}

/// A leaderboard of which only the total changes.
final class Board: Sendable {
    let total = Mutex(1)
    /// Of the player on it.
    let name = Mutex("zoe")
    /// Why it cannot be read.
    let refusal = Mutex<Refusal?>(nil)
    let readings = Recorder<BoardTopic>()

    func page(_ topic: BoardTopic) throws(Refusal) -> LeaderboardPage {
        if let refusal = refusal.withLock({ $0 }) { throw refusal }
        readings.record(topic)
        return Self.page(total: total.withLock { $0 }, name: name.withLock { $0 })
    }

    static func page(total: Int, name: String = "zoe") -> LeaderboardPage {
        Sample.page(username: name, me: .nobody, total: total)
    }
}
