import JSON

/// The description of the API: `openapi.json`, where each operation's `x-problems` are written out as responses.
enum OpenAPIDocument {
    /// OpenAPI 3.1 in JSON, without white space.
    static let bytes: [UInt8] = {
        guard let document = try? JSON.parse(PackageResources.openapi_json) else {
            preconditionFailure("openapi.json is no JSON")
        }
        var writer = JSONWriter(reservingCapacity: 1 << 17)
        write(document, to: &writer)
        return writer.bytes
    }()

    /// What can go wrong with any request.
    private static let anywhere: [ProblemCode] = [
        .malformedRequest, .methodNotAllowed, .requestTimeout, .headTooLarge, .internalError,
    ]

    private static func write(_ value: JSONValue, to writer: inout JSONWriter) {
        switch value.kind {
        case .object:
            writer.object {
                for (name, member) in value.entries where name != "x-problems" {
                    $0.key(escaping: name)
                    // A member `responses` is an operation's, whatever else stands in the document.
                    guard name == "responses" else {
                        write(member, to: &$0)
                        continue
                    }
                    $0.object {
                        for (status, answer) in member.entries {
                            $0.key(escaping: status)
                            writeResponse(answer, to: &$0)
                        }
                        writeProblems(of: value, to: &$0)
                    }
                }
            }
        case .array: writer.array { for element in value.elements { write(element, to: &$0) } }
        default: writer.value(raw: Array(value.raw))
        }
    }

    /// A response, with the header that all have.
    private static func writeResponse(_ response: JSONValue, to writer: inout JSONWriter) {
        writer.object {
            for (name, member) in response.entries where name != "headers" {
                $0.key(escaping: name)
                write(member, to: &$0)
            }
            $0.object("headers") {
                if let headers = response["headers"] {
                    for (name, header) in headers.entries {
                        $0.key(escaping: name)
                        write(header, to: &$0)
                    }
                }
                writeHeader("X-Request-Id", to: &$0)
            }
        }
    }

    /// A header that the document describes.
    private static func writeHeader(_ name: String, to writer: inout JSONWriter) {
        writer.key(escaping: name)
        writer.object { $0.member("$ref", "#/components/headers/\(name)") }
    }

    /// Problems by status, since OpenAPI knows one response for each.
    private static func writeProblems(of operation: JSONValue, to writer: inout JSONWriter) {
        let own =
            operation["x-problems"]?.elements.compactMap { $0.string.flatMap(ProblemCode.init(rawValue:)) }
            ?? []
        let codes = (own + anywhere).filter { operation["responses"]?[String($0.status)] == nil }
        for status in Set(codes.map(\.status)).sorted() {
            let sameStatus = codes.filter { $0.status == status }
            writer.key(escaping: String(status))
            writer.object {
                $0.member("description", sameStatus.map(\.rawValue).joined(separator: ", "))
                $0.object("headers") {
                    if let header = header(of: status) { writeHeader(header, to: &$0) }
                    writeHeader("X-Request-Id", to: &$0)
                }
                $0.object("content") {
                    $0.key("application/problem+json")
                    $0.object {
                        $0.object("schema") { $0.member("$ref", "#/components/schemas/Problem") }
                        $0.object("examples") {
                            for code in sameStatus {
                                $0.key(escaping: code.rawValue)
                                $0.object {
                                    $0.member("value", raw: Problem(code, code.explanation).document)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private static func header(of status: Int) -> String? {
        switch status {
        case 401: "WWW-Authenticate"
        case 405: "Allow"
        case 429, 503: "Retry-After"
        default: nil
        }
    }
}
