import HTTPTypes
import JSON

extension Problem {
    /// The problem document as JSON.
    var document: [UInt8] {
        var writer = JSONWriter()
        writer.object {
            $0.member("type", code.page)
            $0.member("title", code.title)
            $0.member("status", code.status)
            $0.member("detail", detail)
            $0.member("code", code.rawValue)
        }
        return writer.bytes
    }

    /// The headers of the answer, its length excepted.
    var headers: HTTPFields {
        var fields = Headers.problem
        if let retryAfter { fields[.retryAfter] = String(retryAfter) }
        if let allow { fields[.allow] = allow }
        // RFC 9110 wants a challenge with every 401.
        if code.status == 401 { fields[.wwwAuthenticate] = "Bearer" }
        return fields
    }
}

extension ProblemCode {
    /// The address of the page that explains the code, relative to the service.
    package var page: String { "/problems/\(rawValue)" }
}
