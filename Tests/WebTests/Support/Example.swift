import JSON

@testable import Web

/// Bodies and answers as the description of the API shows them.
enum Example {
    static let run = answer("/v1/runs", 201)
    static let receipt = answer("/v1/scores", 200)
    static let leaderboard = answer("/v1/leaderboard", 200)
    static let miniAppLaunch = body("/v1/launches")
    static let openedMiniApp = answer("/v1/launches", 201)
    static let serverLaunch = body("/v1/games/{bot}/{short_name}/launches")
    static let openedLaunch = answer("/v1/games/{bot}/{short_name}/launches", 201)
    static let serverScores = body("/v1/games/{bot}/{short_name}/scores")
    static let serverResults = answer("/v1/games/{bot}/{short_name}/scores", 200)
    static let methodCall = answer("/telegram/{bot_id}", 200)
    static let unready = answer("/readyz", 503)

    private static func operation(_ path: String) -> JSONValue? {
        (try? JSON.parse(OpenAPIDocument.bytes))?["paths"]?[path]?.entries.first { _ in true }?.value
    }

    private static func answer(_ path: String, _ status: Int) -> String {
        text(operation(path)?["responses"]?["\(status)"])
    }

    private static func body(_ path: String) -> String { text(operation(path)?["requestBody"]) }

    private static func text(_ message: JSONValue?) -> String {
        let example = message?["content"]?["application/json"]?["example"]
        return String(decoding: example?.raw ?? [], as: UTF8.self)
    }
}
