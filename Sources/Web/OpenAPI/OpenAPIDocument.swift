import HTTPTypes
import JSON

/// The description of the API, written from what the router is built of.
enum OpenAPIDocument {
    /// OpenAPI 3.1 in JSON.
    static let bytes: [UInt8] = {
        var writer = JSONWriter(reservingCapacity: 64 * 1024)
        writer.object {
            $0.member("openapi", "3.1.0")
            $0.object("info") {
                $0.member("title", "highscores")
                $0.member("version", "1")
                $0.member("description", introduction)
            }
            $0.object("paths") {
                for operation in Operation.all {
                    $0.key(escaping: operation.path)
                    $0.object {
                        $0.key(escaping: operation.method.rawValue.lowercased())
                        operation.write(to: &$0)
                    }
                }
            }
            $0.object("components") { writeComponents(to: &$0) }
        }
        return writer.bytes
    }()

    private static let introduction =
        "Leaderboards for games played in Telegram. Ids are strings, since they may pass 2^53; times are RFC 3339 in UTC "
        + "with milliseconds. Errors are problem documents (RFC 9457) with a `code` that never changes its meaning. Pages "
        + "of any origin may call the API."

    private static func writeComponents(to writer: inout JSONWriter) {
        writer.object("schemas") {
            for (name, schema) in Schemas.all { $0.member(name, raw: schema.utf8) }
        }
        writer.object("securitySchemes") {
            for credential in Operation.Credential.allCases {
                $0.key(escaping: credential.rawValue)
                credential.write(to: &$0)
            }
        }
        writer.object("headers") {
            for header in headers {
                $0.key(escaping: header.name)
                $0.object {
                    $0.member("description", header.description)
                    // Where an answer lists the header, it has it; but only a repeated answer says that it is one.
                    $0.member("required", header.name != "Idempotency-Replayed")
                    $0.member("schema", raw: header.schema.utf8)
                }
            }
        }
    }

    /// The headers of answers that callers should know.
    static let headers: [(name: String, description: String, schema: String)] = [
        (
            "Idempotency-Replayed", "`true` when the answer repeats the figures of an earlier submission.",
            #"{"type":"string","enum":["true"]}"#
        ),
        ("Retry-After", "Whole seconds to wait before the next try.", #"{"type":"integer","minimum":1}"#),
        ("Allow", "The methods that the address takes.", #"{"type":"string"}"#),
        ("WWW-Authenticate", "The scheme of the credential.", #"{"const":"Bearer"}"#),
        ("ETag", "Names this version, for `If-None-Match`.", #"{"type":"string"}"#),
    ]
}

extension Operation.Credential {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            switch self {
            case .launchToken, .pageToken, .apiKey:
                $0.member("type", "http")
                $0.member("scheme", "bearer")
            case .boardToken:
                $0.member("type", "apiKey")
                $0.member("in", "query")
                $0.member("name", "access_token")
            case .webhookSecret:
                $0.member("type", "apiKey")
                $0.member("in", "header")
                $0.member("name", "X-Telegram-Bot-Api-Secret-Token")
            }
            $0.member("description", explanation)
        }
    }

    private var explanation: String {
        switch self {
        case .launchToken: "The token in the fragment of the game's address (`hs=`)."
        case .pageToken: "A run token, or the launch token in the fragment of the game's address."
        case .boardToken:
            "The board token that `POST /v1/runs` and `POST /v1/launches` give: it reads the leaderboards of one game and chat, nothing else."
        case .apiKey:
            "A key of `highscores key create`: it opens the routes of one game to the studio's own servers."
        case .webhookSecret: "The secret that the bot's webhook was registered with."
        }
    }
}
