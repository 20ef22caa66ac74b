import HTTPTypes
import Languages
import Pages
import Synchronization

extension Routes {
    private static let openAPI = Asset(OpenAPIDocument.bytes, contentType: "application/json")
    private static let scripts = Script.forms.map { (name: $0.name, asset: Asset($0.page)) }
    private static let versionedScripts = Dictionary(
        uniqueKeysWithValues: Script.forms.map { ($0.name, Asset($0.page, isImmutable: true)) }
    )
    private static let icon = Asset(Page.icon)
    /// Pages that were asked for, by name and language; there are no more than of both together.
    private static let written = Mutex<[String: Asset]>([:])

    /// What people and their browsers open: the description of the API, the script for game pages, and pages.
    var pages: [Route] {
        Self.scripts.map { name, script in
            Route(.get, "/sdk/\(name)") { request, _ in script.response(to: request) }
        } + [
            Route(.get, "/sdk/{version}/{file}") { try versionedScript($0, $1) },
            Route(.get, "/openapi.json") { request, _ in Self.openAPI.response(to: request) },
            Route(.get, "/icon.svg") { request, _ in Self.icon.response(to: request) },
            Route(.get, "/") { request, _ in home(request) },
            Route(.get, "/leaderboard") { request, _ in
                page("leaderboard", request) { Asset(.leaderboard, in: $0) }
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

    private func home(_ request: Request) -> Response {
        let status = ReadinessDocument.Status(services.readiness())
        var response = page("home.\(status)", request) { language in
            let state =
                switch status {
                case .ready: language.text("home.ready")
                case .degraded: language.text("home.degraded")
                case .unready: language.text("home.unready")
                }
            return Asset(.home, in: language, ["status": status.rawValue, "state": state])
        }
        // How the service is changes.
        response.headers[.cacheControl] = "no-cache"
        return response
    }

    private func problem(_ request: Request, _ context: WebContext) throws(Problem) -> Response {
        guard let code = context.parameter("code").flatMap({ ProblemCode(rawValue: $0) }) else {
            throw Problem(.notFound, "There is no problem of this code.")
        }
        return page("problem.\(code)", request) { code.page(in: $0) }
    }

    /// The page of a name in the reader's language, written once.
    private func page(_ name: String, _ request: Request, _ write: (Language) -> Asset) -> Response {
        let language = request.language
        let key = "\(name).\(language)"
        let asset = Self.written.withLock { $0[key] } ?? write(language)
        Self.written.withLock { $0[key] = asset }
        return asset.response(to: request)
    }
}
