import Hummingbird
import Pages

/// What people and their browsers open: the description of the API, the script for game pages, the leaderboard page, and the pages of problems.
struct PageRoutes {
    private static let openAPI = Asset(OpenAPIDocument.bytes, contentType: "application/json")
    private static let script = Asset(Page.script)
    private static let leaderboardPage = Asset(Page.leaderboard)
    private static let problemPages = Dictionary(
        uniqueKeysWithValues: ProblemCode.allCases.map {
            ($0.rawValue, Asset(ProblemPage.html(for: $0), contentType: "text/html; charset=utf-8"))
        }
    )

    var routes: [Route] {
        [
            Route(.openAPI) { request, _ in Self.openAPI.response(to: request) },
            Route(.script) { request, _ in Self.script.response(to: request) },
            Route(.leaderboardPage) { request, _ in
                Self.leaderboardPage.response(to: request)
            },
            Route(.problemPage) { try problem($0, $1) },
        ]
    }

    private func problem(_ request: Request, _ context: WebContext) throws(Problem) -> Response {
        guard let page = context.parameters.get("code").flatMap({ Self.problemPages[$0] }) else {
            throw Problem(.notFound, "There is no problem of this code.")
        }
        return page.response(to: request)
    }
}
