import HTTPTypes
import Pages

extension Routes {
    private static let openAPI = Asset(OpenAPIDocument.bytes, contentType: "application/json")
    private static let scripts = Script.forms.map { (name: $0.name, asset: Asset($0.page)) }
    private static let versionedScripts = Dictionary(
        uniqueKeysWithValues: Script.forms.map { ($0.name, Asset($0.page, isImmutable: true)) }
    )
    private static let leaderboardPage = Asset(Page.leaderboard)
    private static let problemPages = Dictionary(
        uniqueKeysWithValues: ProblemCode.allCases.map {
            ($0.rawValue, Asset($0.html, contentType: "text/html; charset=utf-8"))
        }
    )

    /// What people and their browsers open: the description of the API, the script for game pages, the leaderboard page, and the pages of problems.
    var pages: [Route] {
        Self.scripts.map { name, script in
            Route(.get, "/sdk/\(name)") { request, _ in script.response(to: request) }
        } + [
            Route(.get, "/sdk/{version}/{file}") { try versionedScript($0, $1) },
            Route(.get, "/openapi.json") { request, _ in Self.openAPI.response(to: request) },
            Route(.get, "/leaderboard") { request, _ in
                Self.leaderboardPage.response(to: request)
            },
            Route(.get, "/problems/{code}") { try problem($0, $1) },
        ]
    }

    private func versionedScript(_ request: Request, _ context: WebContext) throws(Problem) -> Response {
        guard context.parameter("version") == Script.version,
            let script = context.parameter("file").flatMap({ Self.versionedScripts[$0] })
        else {
            throw Problem(.notFound, "The script that is served here is of version \(Script.version).")
        }
        return script.response(to: request)
    }

    private func problem(_ request: Request, _ context: WebContext) throws(Problem) -> Response {
        guard let page = context.parameter("code").flatMap({ Self.problemPages[$0] }) else {
            throw Problem(.notFound, "There is no problem of this code.")
        }
        return page.response(to: request)
    }
}
