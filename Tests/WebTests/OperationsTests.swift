import Encodings
import HTTPTypes
import JSON
import Leaderboards
import Pages
import Scoring
import Testing

@testable import Web

@Suite struct OperationsTests {
    static let fatal = UnreadyReason(
        code: "database_unavailable",
        detail: "no connection to db.internal:5432 as highscores",
        isFatal: true
    )
    static let mild = UnreadyReason(code: "bot_paused", detail: "paused", isFatal: false)

    @Test(
        arguments: [
            ([], 200, #"{"status":"ready","reasons":[]}"#), ([fatal], 503, Example.unready),
            (
                [mild], 200,
                #"{"status":"degraded","reasons":[{"code":"bot_paused","detail":"bot paused; the service's log says more"}]}"#
            ),
            (
                [mild, fatal], 503,
                #"{"status":"unready","reasons":[{"code":"bot_paused","detail":"bot paused; the service's log says more"},"#
                    + #"{"code":"database_unavailable","detail":"database unavailable; the service's log says more"}]}"#
            ),
        ] as [([UnreadyReason], Int, String)]
    )
    func `readiness says whether and why not`(reasons: [UnreadyReason], status: Int, text: String)
        async throws
    {
        var edge = TestEdge()
        edge.services.readiness = { reasons }
        let answer = try await edge.get("/readyz")
        #expect(answer.status == status)
        #expect(answer.text == text)
        #expect(answer.headers[.cacheControl] == "no-store")
    }

    @Test func `with an address of their own only operators see insides`() async throws {
        var edge = TestEdge()
        edge.services.readiness = { [Self.fatal] }
        let everybody: (WebServices) -> RouteTable = { .everybody($0, showsInsides: false) }
        let unready = try await edge.send(.get, "/readyz", table: everybody)
        #expect(unready.status == 503)
        #expect(unready.text == #"{"status":"unready"}"#)
        #expect(try await edge.send(.get, "/metrics", table: everybody).problem == "not_found")

        let operators: (WebServices) -> RouteTable = { .operators($0) }
        #expect(try await edge.send(.get, "/readyz", table: operators).text.contains(Self.fatal.detail))
        #expect(try await edge.send(.get, "/metrics", table: operators).text == "up 1\n")
        #expect(try await edge.send(.get, "/healthz", table: operators).status == 200)
        #expect(try await edge.send(.post, "/v1/scores", table: operators).problem == "not_found")
    }

    @Test func `the process says that it lives`() async throws {
        let answer = try await TestEdge().get("/healthz")
        #expect(answer.status == 200)
        #expect(answer.text == #"{"status":"ok"}"#)
    }

    @Test func `metrics are text for Prometheus`() async throws {
        let answer = try await TestEdge().get("/metrics")
        #expect(answer.text == "up 1\n")
        #expect(answer.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
    }

    @Test(arguments: [
        ("/sdk/highscores.js", "text/javascript; charset=utf-8"),
        ("/sdk/highscores.mjs", "text/javascript; charset=utf-8"),
        ("/sdk/highscores.d.ts", "application/typescript; charset=utf-8"),
        ("/sdk/\(Script.version)/highscores.mjs", "text/javascript; charset=utf-8"),
        ("/leaderboard", "text/html; charset=utf-8"), ("/icon.svg", "image/svg+xml"),
    ])
    func `pages may be framed, kept and asked for by their tag`(path: String, type: String) async throws {
        let edge = TestEdge()
        let answer = try await edge.get(path)
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == type)
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        #expect(answer.headers[.referrerPolicy] == "no-referrer")
        #expect(answer.headers[.crossOriginResourcePolicy] == "cross-origin")
        #expect((answer.headers[.contentSecurityPolicy] == nil) != type.hasPrefix("text/html"))
        #expect(answer.headers[.contentSecurityPolicy]?.contains("frame-ancestors") != true)
        let tag = try #require(answer.headers[.eTag])
        let again = try await edge.send(.get, path, headers: [.ifNoneMatch: tag])
        #expect(again.status == 304)
        #expect(again.bytes.isEmpty)
        for (tags, status) in [
            ("\"other\"", 200), ("*", 304), ("W/\(tag)", 304), ("\"a\", W/\(tag) ,\"b\"", 304),
            ("x\(tag)", 200),
            ("\(tag)x", 200), (tag.filter { $0 != "\"" }, 200), ("", 200),
        ] {
            let answer = try await edge.send(.get, path, headers: [.ifNoneMatch: tags])
            #expect(answer.status == status, "\(tags)")
        }
    }

    @Test func `what has a version is kept for a year, all else for minutes`() async throws {
        let edge = TestEdge()
        let newest = try await edge.get("/sdk/highscores.js")
        let versioned = try await edge.get("/sdk/\(Script.version)/highscores.js")
        #expect(newest.headers[.cacheControl] == "public, max-age=300")
        #expect(versioned.headers[.cacheControl] == "public, max-age=31536000, immutable")
        #expect(newest.bytes == versioned.bytes && newest.bytes == Script.classic.bytes)
        #expect(newest.headers[.accessControlAllowOrigin] == "*")
    }

    @Test(
        arguments: [
            ("gzip", true), ("deflate, gzip;q=0.5, br", true), ("GZIP ; q=1", true), ("br", false),
            ("", false),
            ("gzip;q=0", false), ("gzip;Q=0.000, br", false), ("xgzip", false), ("*", false),
        ]
    )
    func `scripts and pages are packed for whoever takes that`(encodings: String, isPacked: Bool) async throws
    {
        let edge = TestEdge()
        for path in ["/sdk/highscores.js", "/leaderboard", "/openapi.json"] {
            let plain = try await edge.get(path)
            let headers: HTTPFields = [.acceptEncoding: encodings]
            let answer = try await edge.send(.get, path, headers: headers)
            #expect(answer.headers[.contentEncoding] == (isPacked ? "gzip" : nil))
            #expect(answer.headers[.contentLength] == String(answer.bytes.count))
            #expect(answer.headers[.vary]?.contains("Accept-Encoding") == true)
            #expect((answer.headers[.eTag] != plain.headers[.eTag]) == isPacked)
            guard isPacked else { continue }
            #expect(answer.bytes.count < plain.bytes.count / 2)
            let reader = GzipReader()
            var (packed, unpacked) = ([answer.bytes, []].makeIterator(), [UInt8]())
            while case let piece = try reader.read({ packed.next() ?? [] }), !piece.isEmpty {
                unpacked += piece
            }
            #expect(unpacked == plain.bytes)
            let tag = try #require(answer.headers[.eTag])
            let again = try await edge.send(
                .get,
                path,
                headers: [.acceptEncoding: encodings, .ifNoneMatch: tag]
            )
            #expect(again.status == 304 && again.headers[.eTag] == tag && again.bytes.isEmpty)
        }
    }

    @Test(arguments: ProblemCode.allCases)
    func `every code has a page of one paragraph at its type`(code: ProblemCode) async throws {
        let answer = try await TestEdge().get(code.page)
        #expect(answer.status == 200)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.text.contains(code.explanation))
        #expect(answer.text.contains(code.rawValue))
        #expect(answer.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
    }
}
