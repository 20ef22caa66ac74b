import Application
import ArgumentParser
import Leaderboards
import Scoring

extension GameRules.Order: ExpressibleByArgument {}
extension GameRules.Keep: ExpressibleByArgument {}
extension Window: ExpressibleByArgument {}

extension TelegramScore: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension Instant: ExpressibleByArgument {
    init?(argument: String) { self.init(rfc3339: argument) }
}

extension HostPort: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension ChatInstance: ExpressibleByArgument {
    init?(argument: String) { self.init(argument) }
}

extension TelegramChatID: ExpressibleByArgument {
    init?(argument: String) {
        guard let number = Int64(argument), number != 0 else { return nil }
        self.init(rawValue: number)
    }
}

extension GameChanges.Bound: ExpressibleByArgument where Value: LosslessStringConvertible {
    init?(argument: String) {
        if argument == "none" {
            self = .none
        } else {
            guard let value = Value(argument) else { return nil }
            self = .at(value)
        }
    }
}

/// What every command that changes something takes.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Show what would change, and change nothing.")
    var dryRun = false

    @Option(help: "Why, for the audit.")
    var reason: String?
}
