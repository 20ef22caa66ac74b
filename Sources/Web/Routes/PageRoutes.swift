import HTTPTypes
import Languages
import Pages

extension Routes {
    private static let openAPI = Asset(OpenAPIDocument.bytes, contentType: "application/json")
    private static let script = Asset(Page.script)
    private static let icon = Asset(Page.icon)
    private static let leaderboardPages = Language.allCases.map { Asset(.leaderboard, in: $0) }

    /// What people and their browsers open: the description of the API, the script for game pages, and pages.
    var pages: [Route] {
        [
            Route(.get, "/openapi.json") { request, _ in Self.openAPI.response(to: request) },
            Route(.get, "/sdk/highscores.js") { request, _ in Self.script.response(to: request) },
            Route(.get, "/icon.svg") { request, _ in Self.icon.response(to: request) },
            Route(.get, "/") { request, _ in home(request) },
            Route(.get, "/leaderboard") { request, _ in
                Self.leaderboardPages[request.language.index].response(to: request)
            },
            Route(.get, "/problems/{code}") { try problem($0, $1) },
        ]
    }

    private func home(_ request: Request) -> Response {
        let language = request.language
        let status = ReadinessDocument.Status(services.readiness())
        let state =
            switch status {
            case .ready: language.text("home.ready")
            case .degraded: language.text("home.degraded")
            case .unready: language.text("home.unready")
            }
        let page = Asset(.home, in: language, ["status": status.rawValue, "state": state])
        var response = page.response(to: request)
        // How the service is changes.
        response.headers[.cacheControl] = "no-cache"
        return response
    }

    private func problem(_ request: Request, _ context: WebContext) throws(Problem) -> Response {
        guard let code = context.parameter("code").flatMap({ ProblemCode(rawValue: $0) }) else {
            throw Problem(.notFound, "There is no problem of this code.")
        }
        return code.page(in: request.language).response(to: request)
    }
}
