import Curl
import Foundation
import JSON
import TestSupport
import Testing

/// A running `serve` as game pages and operators see it.
struct Service: Sendable {
    let program: Program
    let port: UInt16
    let http: CurlClient

    var base: String { "http://127.0.0.1:\(port)" }

    /// An answer over HTTP.
    struct Answer: Sendable, CustomStringConvertible {
        let status: Int
        let headers: CurlHeaders
        let body: [UInt8]

        var json: JSONValue { (try? JSON.parse(body)) ?? Self.nothing }
        var code: String? { json["code"]?.string }
        var text: String { String(decoding: body, as: UTF8.self) }
        var description: String { "\(status) \(String(decoding: body.prefix(1000), as: UTF8.self))" }

        private static let nothing: JSONValue = {
            do { return try JSON.parse(Array("null".utf8)) } catch { fatalError("null is JSON") }
        }()
    }

    /// Sends a request.
    func send(
        _ method: CurlRequest.Method,
        _ path: String,
        token: String? = nil,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil,
        within limit: Duration = Program.longestWait
    ) async throws -> Answer {
        var headers = headers
        if let token { headers.append((name: "Authorization", value: "Bearer \(token)")) }
        if body != nil, !headers.contains(where: { $0.name == "Content-Type" }) {
            headers.append((name: "Content-Type", value: "application/json"))
        }
        let request = CurlRequest(method: method, url: base + path, headers: headers, body: body)
        do throws(CurlError) {
            let response = try await http.send(request, timeout: limit)
            return Answer(status: response.status, headers: response.headers, body: response.body)
        } catch {
            // Without these words a program that broke down looks like a connection that dropped.
            let end = program.isRunning ? "is running" : "has ended"
            throw ProgramError(
                "\(method) \(path): \(error); serve \(end): \(program.standardError.suffix(4000))"
            )
        }
    }

    /// Starts a run.
    ///
    /// - Returns: The run token.
    func startRun(_ launch: String) async throws -> String {
        let answer = try await send(.post, "/v1/runs", token: launch)
        #expect(answer.status == 201, "\(answer)")
        return try #require(answer.json["run"]?.string)
    }

    /// Submits a score.
    func submit(_ score: Int, _ token: String, within limit: Duration = Program.longestWait) async throws
        -> Answer
    {
        try await send(
            .post,
            "/v1/scores",
            token: token,
            body: Array(#"{"score":\#(score)}"#.utf8),
            within: limit
        )
    }

    /// Sends a request again until it is taken.
    ///
    /// 503 says that nobody knows what became of it, and that repeating it tells. For what may be repeated only, and for
    /// tests that are about something else than an unavailable service.
    ///
    /// - Returns: The first other answer, and whether it took more than one request.
    func persist(
        _ method: CurlRequest.Method,
        _ path: String,
        token: String? = nil,
        headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) async throws -> (answer: Answer, isRepeated: Bool) {
        var isRepeated = false
        while true {
            let answer = try await send(method, path, token: token, headers: headers, body: body)
            guard answer.status == 503 else { return (answer, isRepeated) }
            isRepeated = true
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// The scores of a leaderboard by player.
    func board(_ token: String, _ query: String = "") async throws -> [String: Int64] {
        let answer = try await persist(.get, "/v1/leaderboard?limit=100\(query)", token: token).answer
        #expect(answer.status == 200, "\(answer)")
        return Dictionary(
            uniqueKeysWithValues: answer.json["entries"]?.elements.map {
                ($0["player"]?["id"]?.string ?? "?", $0["score"]?.int64 ?? -1)
            } ?? []
        )
    }

    /// What `/readyz` says: the status, the word and the codes of the reasons.
    func readiness() async throws -> (status: Int, word: String, codes: [String]) {
        let answer = try await send(.get, "/readyz")
        let codes = answer.json["reasons"]?.elements.compactMap { $0["code"]?.string } ?? []
        return (answer.status, answer.json["status"]?.string ?? "", codes)
    }

    /// Waits until the program listens and `/readyz` has a status.
    func waitUntilReady(_ status: Int? = 200) async throws {
        try await Program.wait(for: "\(base)/readyz", else: { program.standardError }) {
            () -> Void? in
            guard program.isRunning else {
                throw ProgramError("serve ended: \(program.standardError.suffix(4000))")
            }
            guard let readiness = try? await readiness() else { return nil }
            return status == nil || readiness.status == status ? () : nil
        }
    }

    /// Waits until `/readyz` says something.
    func waitUntil(_ word: String, _ code: String? = nil) async throws {
        try await Program.wait(
            for: "\(word) \(code ?? "")",
            else: { program.standardError }
        ) { () -> Void? in
            let readiness = try await readiness()
            return readiness.word == word && code.map(readiness.codes.contains) ?? true ? () : nil
        }
    }

    /// Asks it to end and expects that it does so in good order.
    func stop(_ location: SourceLocation = #_sourceLocation) async throws {
        program.send(SIGTERM)
        let code = try await program.exitCode()
        #expect(code == 0, "\(program.standardError.suffix(2000))", sourceLocation: location)
    }
}

extension JSONValue {
    /// The first element of a list; nil where there is none.
    var firstElement: JSONValue? { elements.first { _ in true } }
}
