package import JSON

/// Asks which bot a token belongs to.
package struct GetMe: BotMethod {
    package static let name: StaticString = "getMe"

    /// Creates the call.
    package init() {}

    package func writeParameters(to writer: inout JSONWriter) {}

    package static func output(from result: JSONValue) -> BotUser? { BotUser(result) }
}

/// Sets the list of commands that clients offer.
package struct SetMyCommands: BotMethod {
    package typealias Output = Bool
    package static let name: StaticString = "setMyCommands"

    /// One line of the list.
    package struct Command: Sendable, Hashable {
        /// 1–32 characters of `a-z 0-9 _`, without the slash.
        package let name: String
        /// 1–256 characters that say what the command does.
        package let description: String

        /// Creates a line.
        ///
        /// - Parameters:
        ///   - name: The command without the slash.
        ///   - description: What the command does.
        package init(name: String, description: String) {
            self.name = name
            self.description = description
        }
    }

    /// The lines in their order, at most 100.
    package let commands: [Command]

    /// Creates the call.
    ///
    /// - Parameter commands: The lines in their order.
    package init(commands: [Command]) {
        self.commands = commands
    }

    package func writeParameters(to writer: inout JSONWriter) {
        writer.array("commands") { writer in
            for command in commands {
                writer.object {
                    $0.member("command", command.name)
                    $0.member("description", command.description)
                }
            }
        }
    }
}
