import BotAPI
import HTTPTypes
import JSON
import Leaderboards
import Logging
import NIOCore
import NIOHTTP1
import Scoring
import Testing

@testable import Web

/// The routes of the service with use cases that know three tokens: `launch`, `run` and `expired`, and of the game
/// `tetris_bot/tetris` the API key `key`.
struct TestEdge {
    static let secret = "s3cret"
    static let bot = BotID(rawValue: 7)

    let submissions = Recorder<FinishedRun>()
    /// The keys that runs of launches were named by.
    let keys = Recorder<String?>()
    /// The boards that runs were started for, with their keys.
    let boards = Recorder<[String]>()
    let requests = Recorder<LeaderboardRequest>()
    let scores = Recorder<[ServerScore]>()
    let presses = Recorder<ServerPress>()
    let apps = Recorder<[String]>()
    let updates = Recorder<[UInt8]>()
    let events = Recorder<WebEvent>()
    /// What streams show; nothing of it is read before a test runs it.
    let live: LiveBoards
    var services: WebServices {
        didSet { table = .everybody(services, showsInsides: true) }
    }
    private var table: RouteTable

    init(watches: WatchLimits = WatchLimits()) {
        live = LiveBoards(limits: watches, time: { Sample.instant("2026-03-01T12:30:00.000Z") })
        let live = live
        let (submissions, requests, updates, events) = (submissions, requests, updates, events)
        let (scores, presses, apps, keys, boards) = (scores, presses, apps, keys, boards)
        let kind: @Sendable (String) throws(Refusal) -> TokenKind = { token throws(Refusal) in
            switch token {
            case "launch": .launch
            case "run": .run
            case "expired": throw .tokenExpired
            default: throw .tokenInvalid
            }
        }
        services = WebServices(
            startRun: { token throws(Refusal) in
                guard try kind(token) == .launch else { throw .tokenInvalid }
                return Sample.run()
            },
            startBoardRun: { token, board, key throws(Refusal) in
                guard try kind(token) == .launch else { throw .tokenInvalid }
                boards.record([board, key ?? ""])
                return Sample.run()
            },
            kindOfToken: kind,
            run: { token, key throws(Refusal) in
                if try kind(token) == .launch { keys.record(try key()) }
                return Sample.run().run
            },
            submit: { submission throws(Refusal) in
                submissions.record(submission)
                return Sample.receipt(score: Int64(submission.scores[0].score.value))
            },
            leaderboard: { request throws(Refusal) in
                if case .player(let token) = request.viewer { _ = try kind(token) }
                requests.record(request)
                return Sample.page()
            },
            describe: { viewer throws(Refusal) in
                if case .player(let token) = viewer { _ = try kind(token) }
                if case .anybody(_, "secret") = viewer { throw .keyRequired }
                return Sample.description
            },
            history: { token, board, limit, cursor throws(Refusal) in
                _ = try kind(token)
                return Sample.history
            },
            boardAccess: { credential throws(Refusal) in
                switch credential {
                case .player(let token): _ = try kind(token)
                case .board("board"): break
                case .board: throw .tokenInvalid
                }
                return Sample.access
            },
            watch: { topic, access throws(Refusal) in
                try await live.open(topic, expiresAt: Instant(milliseconds: 4_000_000_000_000))
            },
            endWatches: { live.end() },
            openMiniApp: { data, game throws(Refusal) in
                apps.record([data, game])
                return Sample.opened
            },
            authorize: { key, bot, name throws(Refusal) in
                guard [key, bot, name] == ["key", "tetris_bot", "tetris"] else { throw .tokenInvalid }
                return Sample.game
            },
            openForServer: { press, _ throws(Refusal) in
                presses.record(press)
                return Sample.opened
            },
            submitForServer: { list, _ throws(Refusal) in
                scores.record(list)
                return list.map { score in
                    switch score.id {
                    case "banned": .failure(.playerBanned)
                    case "other": .failure(.runAlreadyScored)
                    case "unknown": .failure(.databaseUnavailable)
                    case "held": .success(Sample.held)
                    default: .success(Sample.receipt(score: Int64(score.scores[0].score.value)))
                    }
                }
            },
            acceptsWebhook: { secret, bot in secret == Self.secret && bot == Self.bot },
            handleUpdate: { _, body in
                updates.record(body)
                return .accepted(reply: nil)
            },
            readiness: { [] },
            metrics: { Array("up 1\n".utf8) },
            observe: { events.record($0) }
        )
        table = .everybody(services, showsInsides: true)
    }

    /// Sends a request through the router, without a connection.
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields = [:],
        body: [UInt8]? = nil,
        table: ((WebServices) -> RouteTable)? = nil
    ) async throws -> Answer {
        let response = try await respond(method, path, headers: headers, body: body, table: table)
        let sink = Recorder<[UInt8]>()
        try await response.body.write { sink.record(Array($0.readableBytesView)) }
        return Answer(
            status: response.status.code,
            headers: response.headers,
            bytes: sink.all.flatMap { $0 }
        )
    }

    /// Sends a request through the router and leaves the body of the answer unread.
    func respond(
        _ method: HTTPRequest.Method,
        _ path: String,
        headers: HTTPFields = [:],
        body: [UInt8]? = nil,
        table: ((WebServices) -> RouteTable)? = nil
    ) async throws -> Response {
        let table = table?(services) ?? self.table
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var headers = headers
        if let body, headers[.contentLength] == nil, headers[.transferEncoding] == nil {
            headers[.contentLength] = String(body.count)
        }
        let head = RequestHead(
            method: method,
            target: path,
            headers: HTTPHeaders(headers.map { ($0.name.rawName, $0.value) })
        )
        return await table.responder(observe: services.observe, logger: logger).respond(
            to: Request(head: head, body: .whole(ByteBuffer(bytes: body ?? []))),
            context: WebContext()
        )
    }

    /// Posts JSON with a token.
    func post(
        _ path: String,
        token: String? = "run",
        _ body: String,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let token { headers[.authorization] = "Bearer \(token)" }
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return try await send(.post, path, headers: headers, body: Array(body.utf8))
    }

    /// Gets something with a token.
    func get(_ path: String, token: String? = nil) async throws -> Answer {
        try await send(.get, path, headers: token.map { [.authorization: "Bearer \($0)"] } ?? [:])
    }
}

/// What came back.
struct Answer: Sendable {
    let status: Int
    let headers: HTTPFields
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    var json: JSONValue? { try? JSON.parse(bytes) }
    /// The code of a problem document; nil for anything that is not a complete one.
    var problem: String? {
        guard headers[.contentType] == "application/problem+json", let json, let code = json["code"]?.string,
            json["type"]?.string == "/problems/\(code)", json["status"]?.int64 == Int64(status),
            json["title"]?.string?.isEmpty == false, json["detail"]?.string?.isEmpty == false
        else { return nil }
        return code
    }
    /// Whether pages of any origin may read the answer.
    var isReadableByAnyOrigin: Bool {
        headers[.accessControlAllowOrigin] == "*"
            && headers[.accessControlExposeHeaders] == "ETag, Idempotency-Replayed, Retry-After, X-Request-Id"
    }
    /// Whether no page of another origin may read it, or be told that it might.
    var isClosedToOtherOrigins: Bool {
        !headers.contains { $0.name.canonicalName.hasPrefix("access-control-") }
    }
}

extension Request {
    /// A request for an address.
    init(_ target: String) {
        self.init(
            head: RequestHead(method: .get, target: target, headers: [:]),
            body: .whole(ByteBuffer())
        )
    }
}

extension Response.Body {
    /// Has all parts sent.
    func write(_ send: Response.Send) async throws {
        switch self {
        case .whole(let bytes): try await send(bytes)
        case .parts(let write): try await write(send)
        }
    }
}
