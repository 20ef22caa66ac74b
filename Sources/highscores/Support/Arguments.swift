import Application
import ArgumentParser
import Leaderboards
import Operations
import Scoring
import Storage
import Tokens
import Web

extension GameRules.Order: ExpressibleByArgument {}
extension GameRules.Keep: ExpressibleByArgument {}
extension GameRules.Retention: ExpressibleByArgument {}
extension GameRules.ScoreFormat: ExpressibleByArgument {}
extension WindowKind: ExpressibleByArgument {}

extension TelegramScore: ExpressibleByArgument {}

extension MessageEdits: ExpressibleByArgument {}

extension Instant: ExpressibleByArgument {
    init?(argument: String) { self.init(spelled: argument, now: .now) }
}

extension ReviewFilter.State: ExpressibleByArgument {}

extension APIKeyID: ExpressibleByArgument {
    init?(argument: String) {
        guard let number = Int64(argument), number > 0 else { return nil }
        self.init(rawValue: number)
    }
}

extension HostPort: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

/// A player as they are typed: Telegram's id, or `@username`.
struct NamedPlayer: ExpressibleByArgument {
    static var defaultCompletionKind: CompletionKind { .players }

    let text: String

    init?(argument: String) {
        let isName = argument.first == "@" && argument.count > 1 && !argument.contains(where: \.isWhitespace)
        guard isName || Int64(argument).map({ $0 > 0 && "\($0)" == argument }) ?? false else { return nil }
        text = argument
    }

    func find(_ administration: Administration) async throws(OperationError) -> PlayerProfile {
        try await administration.player(called: text)
    }
}

/// A chat as it is typed: its `chat_instance`, Telegram's id of it, or its title.
struct NamedChat: ExpressibleByArgument {
    static var defaultCompletionKind: CompletionKind { .chats }

    let text: String

    init?(argument: String) {
        // No spelling of a number but its own is a title.
        guard ChatInstance(argument) != nil || Int64(argument) == nil,
            argument.contains(where: { !$0.isWhitespace })
        else { return nil }
        text = argument
    }

    func find(
        _ administration: Administration,
        of bot: String? = nil
    ) async throws(OperationError) -> ChatRecord {
        try await administration.chat(called: text, of: bot)
    }
}

/// A run as it is typed: its id, or as much of the beginning as no other run has.
struct NamedRun: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard RunPrefix(argument) != nil else { return nil }
        text = argument
    }

    func find(_ administration: Administration) async throws(OperationError) -> RunID {
        try await administration.run(called: text)
    }
}

extension Score: ExpressibleByArgument {
    init?(argument: String) {
        guard let number = Int32(argument) else { return nil }
        self.init(number)
    }
}

extension AuditID: ExpressibleByArgument {
    init?(argument: String) {
        guard let number = Int64(argument), number > 0 else { return nil }
        self.init(rawValue: number)
    }
}

extension PlanToken: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension TelegramChatID: ExpressibleByArgument {
    init?(argument: String) {
        guard let number = Int64(argument), number != 0 else { return nil }
        self.init(rawValue: number)
    }
}

/// Puts the negative id of a chat behind `--`, since the parser takes a leading minus for an option.
func withNegativeNumbersLast(_ arguments: [String]) -> [String] {
    guard arguments.first == "chat", !arguments.contains("--") else { return arguments }
    // The text after --reason is anything.
    guard
        let index = arguments.indices.first(where: { index in
            Int64(arguments[index]).map { $0 < 0 } ?? false && arguments[index - 1] != "--reason"
        })
    else { return arguments }
    var rest = arguments
    let id = rest.remove(at: index)
    return rest + ["--", id]
}

/// What every command that changes something takes.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    // Taken everywhere, so that a script need not know which commands ask.
    @Flag(help: "Do it without asking.")
    var yes = false

    @Option(help: "Why, for the audit: up to 500 visible characters.")
    var reason: String?

    var terms: ChangeTerms { ChangeTerms(reason: reason, isDryRun: dryRun) }

    func validate() throws {
        guard let reason else { return }
        guard reason.unicodeScalars.count <= Self.longestReason else {
            throw ValidationError(
                "--reason has \(reason.unicodeScalars.count) characters, and 500 are the most."
            )
        }
        guard reason.unicodeScalars.allSatisfy(\.isVisible) else {
            throw ValidationError("--reason holds a character that cannot be seen, such as a line break.")
        }
    }

    /// The schema insists on it, too.
    private static let longestReason = 500
}

extension Unicode.Scalar {
    /// Whether it is no control of any kind; joiners are part of some scripts and of emoji.
    fileprivate var isVisible: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: false
        case .format: value == 0x200C || value == 0x200D
        default: true
        }
    }
}
