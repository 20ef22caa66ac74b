import Curl

/// One request without a credential that is worth anything.
private struct OpenRequest {
    let name: String
    var path = "/v1/launches"
    var headers: [(name: String, value: String)] = []
    var body: String?

    static var all: [OpenRequest] {
        func list(_ count: Int, _ item: (Int) -> String) -> String {
            (0..<count).map(item).joined(separator: ",")
        }
        func miniApp(_ data: String) -> OpenRequest {
            OpenRequest(
                name: "initData of \(data.utf8.count) bytes",
                body: #"{"game":"x","init_data":"\#(data)"}"#
            )
        }
        return [
            miniApp((0..<2000).map { "\($0)=1" }.joined(separator: "&")),
            miniApp(String(repeating: "%41", count: 5000)),
            OpenRequest(name: "an object of 1500 members", body: "{\(list(1500) { #""\#($0)":0"# })}"),
            OpenRequest(name: "a list of 8000 elements", body: #"{"a":[\#(list(8000) { _ in "0" })]}"#),
            OpenRequest(
                name: "30 kB of query",
                path: "/v1/leaderboard?\(String(repeating: "%61=%61&", count: 3750))"
            ),
            OpenRequest(
                name: "8 kB of query",
                path: "/v1/leaderboard?\(String(repeating: "%61=%61&", count: 1000))"
            ),
            OpenRequest(name: "8 kB of path", path: String(repeating: "/a", count: 4000)),
            OpenRequest(
                name: "30 kB of token",
                path: "/v1/runs",
                headers: [(name: "Authorization", value: "Bearer \(String(repeating: "A", count: 30_000))")],
                body: ""
            ),
            OpenRequest(
                name: "30 kB of tags",
                path: "/leaderboard",
                headers: [
                    (name: "If-None-Match", value: list(5000) { "\"\($0)\"" }.prefix(30_000).description)
                ]
            ),
            OpenRequest(
                name: "90 headers",
                path: "/leaderboard",
                headers: (0..<90).map { (name: "X-\($0)", value: String(repeating: "x", count: 300)) }
            ),
        ]
    }
}

extension Stage {
    /// What requests cost the service that anybody may send: little work for them must not be much for it.
    func measureRefusals() async throws -> [BenchResult] {
        /// How many times each is sent.
        let count = 500
        var results: [BenchResult] = []
        for probe in OpenRequest.all {
            progress("refusals: \(probe.name)")
            // The first ones make what is kept.
            try await send(probe, times: 50)
            let before = try service.processorTime()
            try await send(probe, times: count)
            let spent = try service.processorTime() - before
            results.append(
                BenchResult(
                    "anybody's request: \(probe.name)",
                    spent / Double(count) * 1000,
                    unit: "ms",
                    goals: [.valueAtMost(1)],
                    note: "of a processor, with connection and answer"
                )
            )
        }
        return results
    }

    private func send(_ probe: OpenRequest, times: Int) async throws {
        for _ in 0..<times {
            try await service.provoke(
                CurlRequest(
                    method: probe.body == nil ? .get : .post,
                    url: "http://127.0.0.1:\(service.port)\(probe.path)",
                    headers: [(name: "Content-Type", value: "application/json")] + probe.headers,
                    body: probe.body.map { Array($0.utf8) }
                )
            )
        }
    }
}
