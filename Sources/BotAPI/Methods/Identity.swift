package import JSON

/// Asks which bot a token belongs to.
package struct GetMe: BotMethod {
    package static let name: StaticString = "getMe"

    package init() {}

    package func writeParameters(to writer: inout JSONWriter) {}

    package static func output(from result: JSONValue) -> BotUser? { BotUser(result) }
}
